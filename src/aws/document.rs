//! A policy document from the API, as a snapshot holds it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use crate::snapshot::RawDocument;

/// The IAM API encodes documents for URLs (RFC 3986). Decoded they keep their formatting, so that lines and columns are AWS's own.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
pub(super) fn document(text: &str) -> RawDocument<'static> {
    let encoded = text.trim_start().starts_with('%');
    let decoded = percent_decode_str(text).decode_utf8().ok().filter(|_| encoded).unwrap_or(Cow::Borrowed(text));
    let whole = RawValue::from_string(decoded.clone().into_owned()).ok();
    match whole.filter(|raw| raw.get().starts_with('{')) {
        Some(raw) => Cow::Owned(raw),
        // what is no JSON object is kept as the text that it is, and reported when it is read
        None => Cow::Owned(serde_json::value::to_raw_value(&decoded).unwrap_or_else(|_| RawValue::NULL.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded_and_keep_their_formatting() {
        let rows = [
            ("%7B%0A%20%20%22Statement%22%3A%20%5B%5D%0A%7D", "{\n  \"Statement\": []\n}"),
            ("{\"Statement\": []}", "{\"Statement\": []}"),
            ("not a policy", "\"not a policy\""),
            ("", "\"\""),
        ];
        for (from_aws, kept) in rows {
            assert_eq!(document(from_aws).get(), kept);
        }
    }
}
