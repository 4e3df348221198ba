//! How an error code is used in a text: as an error, or only mentioned.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::cursor::{head, tail};
use super::normalized::TOKEN_END;

/// How an error code is used in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `CODE: message`, `CODE (client): message`, `[CODE] message`, `Errors::CODE (message)`.
    Colon,
    /// `"errorCode": "CODE"`, beside an event's other keys.
    Event,
    /// `"code": "CODE"` or `<Code>CODE`, beside a message.
    Keyed,
    /// `CODE` alone on its line, or at its end.
    Line,
}

impl Shape {
    /// Where the message of the error begins.
    pub(super) fn message(self, after: &str) -> &str {
        let keyed = || {
            let at = after.find("essage")?;
            let rest = after.get(at + "essage".len()..)?;
            Some(
                rest.trim_start_matches(['"', '\'', ' ', ':', '>', '=', '_', '\n', '('])
                    .trim_start_matches("Some(\"")
                    .trim_start_matches("chr \""),
            )
        };
        match self {
            Self::Event | Self::Keyed => keyed().unwrap_or_default(),
            // the header of a command line that is cut before the code
            Self::Colon if after.starts_with(") when calling the ") => {
                after.split_once(" operation: ").map_or("", |(_, message)| message)
            }
            Self::Colon | Self::Line => after
                .trim_start_matches(|c: char| c == ':' || c == ']' || c == ')' || c == '"' || c.is_whitespace())
                .trim_start_matches("(client): ")
                .trim_start_matches("(HTTP 403). ")
                .trim_start_matches("(AccessDenied"),
        }
    }

    /// Whether the shape alone proves an error.
    pub(super) const fn is_proof(self) -> bool {
        matches!(self, Self::Event)
    }
}

/// The shape of the code between `before` and `after`; nothing when it is only mentioned.
pub(super) fn shape(before: &str, after: &str) -> Option<Shape> {
    let opened = before.trim_end_matches(['"', '\'', ' ', '\n', '`', '*']);
    // `code: Some("CODE")` of Rust's debug output
    let opened = opened.strip_suffix("Some(").map_or(opened, str::trim_end);
    // `$ Code : chr "CODE"`, as R prints a list
    let opened = opened.strip_suffix(" chr").map_or(opened, str::trim_end);
    let near = |text: &str, keys: &[&str]| keys.iter().any(|key| text.contains(key));
    let handler = opened.ends_with("HandlerErrorCode:");
    if handler {
        return None;
    }
    let key = opened.ends_with([':', '=', '>', '#']);
    let event_key = tail(opened, 24);
    if key && (event_key.contains("errorCode") || event_key.contains("ErrorCode")) {
        let keys = ["eventName", "eventSource", "errorMessage", "userIdentity", "EventName", "event_name"];
        return (near(before, &keys) || near(after, &keys)).then_some(Shape::Event);
    }
    // the JSON protocols' own key
    if key && event_key.contains("__type") {
        return Some(Shape::Event);
    }
    let message = ["essage\"", "essage'", "<Message", "essage:", "message=", "essage :", "$ Message"];
    let namespaced = before.ends_with('#') && near(tail(before, 80), &["type", "Type", "code", "Code"]);
    // markup that was escaped closes as text
    let json_value = (after.starts_with(['"', '\'', TOKEN_END]) || after.starts_with("</"))
        && (!before.ends_with('#') || namespaced);
    if key && json_value {
        return (near(after, &message) || near(before, &message)).then_some(Shape::Keyed);
    }
    if key && near(tail(opened, 20), &["errortype", "ErrorType", "Error Code", "error code"]) {
        return Some(Shape::Keyed);
    }
    if after.starts_with(") when calling the ")
        || after.starts_with(": ")
        || after.starts_with(":\n")
        || after == ":"
        || after.starts_with(" (client): ")
        || after.starts_with(" (HTTP 40")
    {
        return Some(Shape::Colon);
    }
    // values of Rust's and Python's debug output; a parenthesis alone is source code
    let value = after.strip_prefix('(').is_some_and(|rest| {
        rest.starts_with(['\'', '"', '4'])
            || rest.split(' ').nth(1) == Some("{") && rest.starts_with(|c: char| c.is_ascii_uppercase())
    });
    if after.starts_with(']') && before.ends_with('[') || before.ends_with("Errors::") || value {
        return Some(Shape::Colon);
    }
    let line_before = before.is_empty() || before.ends_with(['\n', ' ']) || opened.ends_with(':');
    (after.starts_with('\n') && line_before).then_some(Shape::Line)
}

/// Marks of an SDK, of a request or of AWS.
const EVIDENCE: [&str; 23] = [
    "status code: 4",
    "StatusCode: 4",
    "tatus Code: 4",
    "statusCode",
    "StatusCode\"",
    "$metadata",
    "equest id:",
    "RequestId",
    "RequestID",
    "request_id",
    "botocore",
    "boto3",
    "awssdk",
    "amazonaws",
    "aws-sdk",
    "Amazon.Runtime",
    "arn:aws",
    "Aws::",
    "caused by: ",
    "api error",
    "x-amz",
    "retryable",
    "HostId",
];

static EVIDENCE_SEARCHER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(EVIDENCE).ok());

/// Whether such a mark is near a code whose message is unknown.
pub(super) fn evidence(before: &str, after: &str) -> bool {
    let near = |text: &str| EVIDENCE_SEARCHER.as_ref().is_some_and(|marks| marks.is_match(text));
    near(head(after, 500)) || near(tail(before, 240))
}
