//! What a line of the protocol is: a message for the server, nothing, or something that is refused at once, by the rules of
//! [JSON-RPC](https://www.jsonrpc.org/specification#error_object).

use rmcp::RoleServer;
use rmcp::model::{ClientRequest, ErrorCode, JsonRpcMessage};
use rmcp::service::RxJsonRpcMessage;
use serde_json::{Value, json};

use super::bounded::is_id;

/// A message of the client.
pub(super) type Message = RxJsonRpcMessage<RoleServer>;

/// What a line is.
pub(super) enum Read {
    /// Something that the server answers or hears.
    Message(Box<Message>),
    /// Nothing that anybody waits for.
    Nothing,
    /// No message; the answer to it.
    Refused(Value),
}

/// The methods that need something, and what.
const PARAMS: [(&str, &str); 4] = [
    (
        "initialize",
        "`protocolVersion`, a text, `capabilities`, an object, and `clientInfo`, an object with `name` and `version`",
    ),
    ("prompts/get", "`name`, a text, and `arguments`, an object"),
    ("resources/read", "`uri`, a text"),
    ("tools/call", "`name`, a text, and `arguments`, an object"),
];

/// Reads a line. Nothing of it is repeated in what is refused.
pub(super) fn read(line: &[u8]) -> Read {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Read::Nothing;
    }
    let value = match serde_json::from_slice::<Value>(line) {
        Ok(value) => value,
        Err(error) => {
            let why = format!(
                "Parse error: the line is no JSON from column {} on. Each message is one line of JSON",
                error.column()
            );
            return refused(ErrorCode::PARSE_ERROR, &Value::Null, &why);
        }
    };
    let invalid = |id: &Value, why: &str| refused(ErrorCode::INVALID_REQUEST, id, &format!("Invalid Request: {why}"));
    let members = match &value {
        Value::Object(members) => members,
        Value::Array(_) => {
            return invalid(&Value::Null, "the protocol has no batches. Send one message on each line");
        }
        _ => return invalid(&Value::Null, "a message is an object"),
    };
    let id = members.get("id");
    // null stands for what cannot be told
    let known = id.filter(|id| is_id(id)).cloned().unwrap_or_default();
    let method = match members.get("method") {
        Some(Value::String(method)) => method.clone(),
        Some(_) => return invalid(&known, "`method` is a text"),
        // this server asks nothing, and what is wrong with an answer is not answered: the other side might do the same
        None if members.contains_key("result") || members.contains_key("error") => return Read::Nothing,
        None => return invalid(&known, "`method` is missing"),
    };
    if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return invalid(&known, "`jsonrpc` is \"2.0\"");
    }
    if members.contains_key("result") || members.contains_key("error") {
        return invalid(&known, "a message with `method` has neither `result` nor `error`");
    }
    if id.is_some() && known.is_null() {
        return invalid(&known, "`id` is a text or a whole number");
    }
    let has_id = id.is_some();
    let message = match serde_json::from_value::<Message>(value) {
        // where the parameters are not those of the method, it is taken for a method that nobody knows
        Ok(JsonRpcMessage::Request(request)) if matches!(request.request, ClientRequest::CustomRequest(_)) => {
            let params = PARAMS.iter().find(|(name, _)| *name == method);
            match params {
                Some((_, takes)) => Err(format!("`params` of {method} has {takes}")),
                None => Ok(JsonRpcMessage::Request(request)),
            }
        }
        other => other.map_err(|_| "`params` is an object".to_owned()),
    };
    match message {
        Ok(message) => Read::Message(Box::new(message)),
        // nobody waits for an answer
        Err(_) if !has_id => Read::Nothing,
        Err(why) => refused(ErrorCode::INVALID_PARAMS, &known, &format!("Invalid params: {why}")),
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The answer to what is too long to be read.
pub(super) fn too_long(id: &Value, limit: usize) -> Value {
    let message = format!("the message has more than {limit} bytes. Give the part that matters, or a file by its path");
    error(ErrorCode::INVALID_REQUEST, id, &message)
}

fn refused(code: ErrorCode, id: &Value, message: &str) -> Read {
    Read::Refused(error(code, id, message))
}

fn error(ErrorCode(code): ErrorCode, id: &Value, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        match read(line.as_bytes()) {
            Read::Message(message) => match *message {
                JsonRpcMessage::Request(request) => format!("request {}", request.request.method()),
                JsonRpcMessage::Notification(_) => "notification".to_owned(),
                JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => "answer".to_owned(),
            },
            Read::Nothing => "nothing".to_owned(),
            Read::Refused(answer) => {
                format!("{} {} {}", answer["error"]["code"], answer["id"], answer["error"]["message"].as_str().unwrap())
            }
        }
    }

    #[test]
    fn what_is_no_message_is_answered_by_the_code_of_its_kind_and_its_id_where_it_has_one() {
        for (line, expected) in [
            ("", "nothing"),
            (" \r", "nothing"),
            (
                "no JSON",
                "-32700 null Parse error: the line is no JSON from column 2 on. Each message is one line of JSON",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 9"#,
                "-32700 null Parse error: the line is no JSON from column 26 on. Each message is one line of JSON",
            ),
            ("5", "-32600 null Invalid Request: a message is an object"),
            ("[]", "-32600 null Invalid Request: the protocol has no batches. Send one message on each line"),
            ("{}", "-32600 null Invalid Request: `method` is missing"),
            (r#"{"jsonrpc": "2.0", "id": 3}"#, "-32600 3 Invalid Request: `method` is missing"),
            (r#"{"jsonrpc": "2.0", "id": "a", "method": 5}"#, "-32600 \"a\" Invalid Request: `method` is a text"),
            (r#"{"id": 4, "method": "ping"}"#, "-32600 4 Invalid Request: `jsonrpc` is \"2.0\""),
            (
                r#"{"jsonrpc": "1.0", "method": "notifications/initialized"}"#,
                "-32600 null Invalid Request: `jsonrpc` is \"2.0\"",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": null, "method": "ping"}"#,
                "-32600 null Invalid Request: `id` is a text or a whole number",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}"#,
                "-32600 null Invalid Request: `id` is a text or a whole number",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 6, "method": "ping", "result": {}}"#,
                "-32600 6 Invalid Request: a message with `method` has neither `result` nor `error`",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": 5}}"#,
                "-32602 7 Invalid params: `params` of tools/call has `name`, a text, and `arguments`, an object",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": {"name": "a", "arguments": []}}"#,
                "-32602 8 Invalid params: `params` of tools/call has `name`, a text, and `arguments`, an object",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 8, "method": "initialize"}"#,
                "-32602 8 Invalid params: `params` of initialize has `protocolVersion`, a text, `capabilities`, an object, and `clientInfo`, an object with `name` and `version`",
            ),
            (
                r#"{"jsonrpc": "2.0", "id": 9, "method": "no/method", "params": [1]}"#,
                "-32602 9 Invalid params: `params` is an object",
            ),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn messages_are_messages_and_answers_are_never_answered() {
        for (line, expected) in [
            (r#"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#, "request ping"),
            ("\u{feff}{\"jsonrpc\": \"2.0\", \"id\": \"a\", \"method\": \"tools/list\"}\r\n", "request tools/list"),
            (r#"{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "a"}}"#, "request tools/call"),
            (r#"{"jsonrpc": "2.0", "id": 3, "method": "no/method", "params": {}}"#, "request no/method"),
            (r#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#, "notification"),
            (r#"{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": "x"}"#, "nothing"),
            (r#"{"jsonrpc": "2.0", "id": 4, "result": {}}"#, "nothing"),
            (r#"{"jsonrpc": "2.0", "id": 4, "result": {}, "error": 5}"#, "nothing"),
            (r#"{"id": null, "error": {"code": -32700, "message": "Parse error"}}"#, "nothing"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}
