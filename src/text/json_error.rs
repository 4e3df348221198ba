//! What is said of a text that is not JSON, in the words of `serde_json`.

use serde_json::value::RawValue;

use super::span::{Position, Span, position_in};

/// Values nested deeper than this are refused; IAM documents nest six deep.
pub(super) const DEPTH_LIMIT: usize = 96;

/// Text that is not JSON, and where it stops being JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct JsonError {
    /// The place.
    pub at: Position,
    /// What is wrong there, in the words of the JSON reader.
    pub message: String,
}

/// Why the text is refused although it is JSON: something in it stands too deep.
pub(super) fn too_deep(text: &str, at: usize) -> JsonError {
    JsonError { at: position_in(text, at), message: format!("nested deeper than {DEPTH_LIMIT} levels") }
}

/// Why the text is not JSON.
pub(super) fn refusal(text: &str) -> JsonError {
    match serde_json::from_str::<&RawValue>(text) {
        Err(error) => JsonError {
            at: Position { line: error.line().max(1), column: error.column().max(1) },
            message: without_place(&error),
        },
        // both read the same grammar
        Ok(_) => JsonError { at: Position { line: 1, column: 1 }, message: "not JSON".to_owned() },
    }
}

/// Why the string cannot be read: the code of a character in it is half of one.
pub(super) fn unreadable_text(text: &str, span: Span) -> JsonError {
    let written = text.get(span.start..span.end).unwrap_or_default();
    let message = serde_json::from_str::<String>(written).err().map_or_else(String::new, |error| without_place(&error));
    JsonError { at: position_in(text, span.start), message }
}

/// The reader's words without the line and column that it appends.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}
