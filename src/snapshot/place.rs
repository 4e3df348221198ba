//! Where a byte of a JSON text stands: the path of keys and indices that leads to it. Works on text that is cut or broken further on.

use std::fmt::Write as _;

/// Keys longer than this are shortened in a path.
const KEY_LIMIT: usize = 60;
/// Steps that a path shows; what is nested deeper is not told.
const STEP_LIMIT: usize = 16;

enum Frame<'a> {
    Object { key: Option<&'a str>, expects_key: bool },
    Array { index: usize },
}

/// The path to the value at `offset`, for example `GroupDetailList[3].GroupPolicyList`; empty at the top.
pub(super) fn path_at(text: &str, offset: usize) -> String {
    written(&frames_at(text, offset))
}

/// The path to the object around `offset`.
pub(super) fn object_at(text: &str, offset: usize) -> String {
    let mut stack = frames_at(text, offset);
    if let Some(Frame::Object { key, .. }) = stack.last_mut() {
        *key = None;
    }
    written(&stack)
}

fn frames_at(text: &str, offset: usize) -> Vec<Frame<'_>> {
    let bytes = text.as_bytes();
    let end = offset.min(bytes.len());
    let mut stack: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|_| at < end) {
        match byte {
            b'"' => {
                let close = string_end(bytes, at);
                if let Some(Frame::Object { key, expects_key: true }) = stack.last_mut()
                    && close < bytes.len()
                {
                    *key = text.get(at + 1..close);
                }
                at = close;
            }
            b'{' => stack.push(Frame::Object { key: None, expects_key: true }),
            b'[' => stack.push(Frame::Array { index: 0 }),
            b'}' | b']' => {
                stack.pop();
            }
            b':' => {
                if let Some(Frame::Object { expects_key, .. }) = stack.last_mut() {
                    *expects_key = false;
                }
            }
            b',' => match stack.last_mut() {
                Some(Frame::Object { key, expects_key }) => (*key, *expects_key) = (None, true),
                Some(Frame::Array { index }) => *index += 1,
                None => {}
            },
            _ => {}
        }
        at += 1;
    }
    stack
}

fn written(stack: &[Frame<'_>]) -> String {
    let mut path = String::new();
    for frame in stack.iter().take(STEP_LIMIT) {
        match frame {
            Frame::Object { key: Some(key), .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(key.chars().take(KEY_LIMIT));
            }
            Frame::Object { key: None, .. } => {}
            Frame::Array { index } => {
                let _ = write!(path, "[{index}]");
            }
        }
    }
    if stack.len() > STEP_LIMIT {
        path.push_str("...");
    }
    path
}

/// The offset of the quote that closes the string which opens at `open`, or the end of the text.
fn string_end(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        match bytes.get(at + found) {
            Some(b'\\') => at += found + 2,
            _ => return at + found,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{object_at, path_at};

    #[test]
    fn a_path_leads_to_the_value_also_in_text_that_is_cut() {
        let text = r#"{"a": [1, {"b\"]": "x}", "c": [[], [7"#;
        let at = |needle: &str| path_at(text, text.find(needle).unwrap());
        assert_eq!([at("1,"), at("x}"), at("[[]"), at("7")], ["a[0]", r#"a[1].b\"]"#, "a[1].c", "a[1].c[1][0]"]);
        assert_eq!(path_at(text, 999), "a[1].c[1][0]");
        assert_eq!(object_at(r#"{"a": {"b": 1}}"#, 13), "a");
        assert_eq!(path_at(r#"{"a": {"b": 1, "cu"#, 99), "a");
    }
}
