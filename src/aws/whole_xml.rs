//! That an answer in XML came whole. The SDK reads what is cut as if the rest were empty, and then a list without its end is an empty list.

use aws_sdk_iam::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iam::error::BoxError;

/// Refuses an answer that does not end with its first element.
#[derive(Debug)]
pub(super) struct WholeXml;

impl Intercept for WholeXml {
    fn name(&self) -> &'static str {
        "WholeXml"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        // an error is judged by its status too
        match answer.body().bytes() {
            Some(body) if answer.status().is_success() && !is_whole(body) => Err("it was cut on its way".into()),
            _ => Ok(()),
        }
    }
}

/// Whether the end of the first element is the end of the text. No element of AWS's answers stands in one of the same name.
fn is_whole(body: &[u8]) -> bool {
    let mut rest = body.trim_ascii();
    while rest.starts_with(b"<?") || rest.starts_with(b"<!") {
        let Some(end) = rest.iter().position(|byte| *byte == b'>') else { return false };
        rest = rest.get(end + 1..).unwrap_or_default().trim_ascii_start();
    }
    let Some(first) = rest.strip_prefix(b"<") else { return false };
    let length = first.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'));
    let name = first.get(..length.unwrap_or_default()).unwrap_or_default();
    let closed = rest.strip_suffix(b">").map(<[u8]>::trim_ascii_end).and_then(|rest| rest.strip_suffix(name));
    let alone = || rest.ends_with(b"/>") && memchr::memchr_iter(b'<', rest).count() == 1;
    !name.is_empty() && (closed.is_some_and(|rest| rest.ends_with(b"</")) || alone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_not_whole() {
        let whole = ["<A/>", "<A x=\"1\"><B/></A>", "<?xml version=\"1.0\"?>\n<A>\n<A1>a</A1></A >\n", "<A></A>"];
        assert_eq!(whole.map(|text| is_whole(text.as_bytes())), [true; 4]);
        let cut = [
            "",
            "<",
            "<A",
            "<A>",
            "<A><B/>",
            "<A><B></B>",
            "<A></A",
            "<?xml version=\"1.0\"?>",
            "<A><B></BA>",
            "plain",
        ];
        assert_eq!(cut.map(|text| is_whole(text.as_bytes())), [false; 10]);
    }
}
