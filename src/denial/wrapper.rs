//! The wrapper of a message: the error code, operation, HTTP status and service that SDKs, command lines and formats add
//! before and after it.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::code::{self, is_code};
use super::cursor::{Cursor, head, tail};
use super::normalized::TOKEN_END;
use super::{service, waiter};

/// What a wrapper says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Envelope {
    pub(super) error_code: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) http_status: Option<u16>,
    pub(super) service: Option<String>,
}

/// How far around a sentence its wrapper is looked for.
const REACH: usize = 1200;
/// How far before a sentence a lone error code is taken for its own.
const NEAR: usize = 240;

/// Reads the wrapper of the error from `start` to `end`: between the end of the denial before it, at `floor`, and `after` more bytes.
pub(super) fn around_error(text: &str, start: usize, end: usize, floor: usize, after: usize) -> Envelope {
    let following = head(text.get(end..).unwrap_or_default(), after);
    around(text.get(floor.min(start)..start).unwrap_or_default(), following)
}

/// Reads the wrapper of a denial from the text before and after it, which contains no other denial.
pub(super) fn around(before: &str, after: &str) -> Envelope {
    // the message of a record stands by itself
    if before.is_empty() && after.is_empty() {
        return Envelope::default();
    }
    let before = tail(before, REACH);
    let after = own_tail(head(after, REACH));
    let mut envelope = command_line(before).or_else(|| go(before)).unwrap_or_default();
    php(before, &mut envelope);
    let java = java(after);
    if let Some(java) = java {
        envelope.http_status = java.http_status;
        envelope.error_code = envelope.error_code.or(java.error_code);
        envelope.service = envelope.service.or(java.service);
    }
    let near = tail(before, NEAR);
    envelope.error_code = envelope.error_code.or_else(|| snake_code(near).or_else(|| snake_code(head(after, 600))));
    if envelope.error_code.is_none() {
        envelope.error_code = code_before(near).or_else(|| code_after(after)).or_else(|| keyed_code(before));
    }
    if envelope.operation.is_none() {
        envelope.operation = keyed_operation(before, after);
    }
    envelope.http_status = envelope
        .http_status
        .or_else(|| first_status(after))
        .or_else(|| last_status(before))
        .or_else(|| bare_status(near));
    envelope
}

/// Whether the header that names the operation is right before the sentence, so that it is certainly the denied one.
pub(super) fn is_beside(before: &str) -> bool {
    let decoration =
        |character: char| character.is_whitespace() || matches!(character, '"' | '\'' | '`' | '*' | '\u{1}');
    let header = tail(before, REACH).trim_end_matches(decoration);
    // EC2 says so before it says who
    let said = header.strip_suffix("You are not authorized to perform this operation.");
    let Some(header) = said.map_or(header, |header| header.trim_end_matches(decoration)).strip_suffix(':') else {
        return false;
    };
    let retried = || header.ends_with(')') && tail(header, 60).contains("(reached max retries");
    let go =
        || header.rfind("operation error ").is_some_and(|at| header.get(at..).is_some_and(|it| it.lines().count() < 4));
    header.ends_with(" operation") || retried() || go()
}

/// The id of the request, after the sentence or in Go's header before it.
pub(super) fn request_id(before: &str, after: &str) -> Option<String> {
    if before.is_empty() && after.is_empty() {
        return None;
    }
    let header = tail(before, REACH);
    let go = header.rfind("operation error ").and_then(|at| header.get(at..)).and_then(first_request_id);
    go.or_else(|| first_request_id(own_tail(head(after, REACH))))
}

/// How SDKs write the status of an answer, wherever it stands.
const STATUS_OF_SDK: [&str; 5] =
    ["HTTPStatusCode", "httpStatusCode", "(Status Code: ", ", Status Code: ", "; Status Code: "];

/// What is printed of the answer in and behind an error without the general sentence: its status, the service, and the id of the request.
pub(super) fn answer_of(inside: &str, after: &str) -> (Envelope, Option<String>) {
    let after = own_tail(head(after, REACH));
    let line = |text: &str| text.split(['\n', TOKEN_END]).next().map(str::len).unwrap_or_default();
    let beside = head(after, line(after));
    // what is on other lines may be of something else, but for the words of SDKs
    let of_sdk = |text: &str| STATUS_OF_SDK.iter().find_map(|label| first_status(text.get(text.find(label)?..)?));
    let service = || [inside, beside].into_iter().find_map(|text| java(text)?.service);
    let http_status = first_status(inside).or_else(|| first_status(beside)).or_else(|| of_sdk(after));
    let envelope = Envelope { http_status, service: service(), ..Envelope::default() };
    (envelope, first_request_id(inside).or_else(|| first_request_id(after)))
}

/// `Request ID: X`, `RequestID: X`, `request id: X`, `"RequestId": "X"`, `<RequestId>X`.
fn first_request_id(text: &str) -> Option<String> {
    memmem::find_iter(text.as_bytes(), b"equest").find_map(|at| {
        let label = Cursor::new(text, at + "equest".len()).skip_while(|byte| byte == b' ' || byte == b'_');
        let label = label.literal("ID").or_else(|| label.literal("Id")).or_else(|| label.literal("id"))?;
        let start = label.skip_while(|byte| matches!(byte, b'"' | b'\'' | b' ' | b':' | b'=' | b'>'));
        let end = start.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let id = end.since(start.at());
        // a placeholder is the same in texts about different requests
        let real = id.len() >= 12 && id.bytes().any(|byte| byte.is_ascii_digit()) && start.at() > label.at();
        real.then(|| id.to_owned())
    })
}

/// What follows a sentence, up to where another error begins.
fn own_tail(after: &str) -> &str {
    /// Made once, as this is asked for every denial.
    static STOPS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["An error occurred", "\nError: ", "operation error "].map(Finder::new));
    let end = STOPS.iter().filter_map(|stop| stop.find(after.as_bytes())).min().unwrap_or(after.len());
    after.get(..end).unwrap_or(after)
}

/// `An error occurred (CODE) when calling the OP operation (reached max retries: N): `, the last one in `before`.
/// <https://github.com/boto/botocore/blob/develop/botocore/exceptions.py>
pub(super) fn command_line(before: &str) -> Option<Envelope> {
    memmem::rfind_iter(before.as_bytes(), b"occurred")
        .find_map(|at| read_command_line(Cursor::new(before, at)))
        .map(|(envelope, _)| envelope)
        .or_else(|| cut_command_line(before))
}

/// The same header, the beginning of which is missing: `CODE) when calling the OP operation: `.
fn cut_command_line(before: &str) -> Option<Envelope> {
    memmem::rfind_iter(before.as_bytes(), b"calling").find_map(|at| {
        let operation = Cursor::new(before, at).phrase("calling the ")?;
        let end = operation.skip_while(|byte| byte.is_ascii_alphanumeric());
        end.phrase(" operation")?;
        let head = before.get(..at)?.trim_end();
        let head = head.strip_suffix("when").map_or(head, str::trim_end);
        let code = head.strip_suffix(')').and_then(last_code_word).filter(|(_, word)| is_code(word));
        Some(Envelope {
            error_code: code.map(|(_, word)| word.to_owned()),
            operation: Some(end.since(operation.at()).to_owned()).filter(|name| !name.is_empty()),
            ..Envelope::default()
        })
    })
}

/// The command line's sentence at `occurred (`, and where it ends.
pub(super) fn read_command_line(here: Cursor<'_>) -> Option<(Envelope, Cursor<'_>)> {
    let open = here.phrase("occurred (")?;
    let close = open.skip_while(|byte| byte != b')' && byte != b'\n');
    let code = close.since(open.at()).trim();
    let error_code = (!code.is_empty()).then(|| code.to_owned());
    let Some(calling) = close.literal(")")?.phrase(" when calling the ") else {
        let (operation, rest) = waiter::read(here, close)?;
        let (operation, service) = (operation.map(str::to_owned), operation.map(|_| "s3".to_owned()));
        return Some((Envelope { error_code, operation, service, ..Envelope::default() }, rest));
    };
    let operation = calling.decoration();
    let end = operation.skip_while(|byte| byte.is_ascii_alphanumeric());
    let rest = end.decoration().phrase("operation")?;
    let rest = rest.phrase(" (reached max retries").map_or(rest, |more| more.skip_while(|byte| byte != b')').skip(1));
    let rest = rest.literal(":").unwrap_or(rest);
    let operation = Some(end.since(operation.at()).to_owned()).filter(|name| !name.is_empty());
    Some((Envelope { error_code, operation, ..Envelope::default() }, rest))
}

/// `operation error S3: GetObject, https response error StatusCode: 403, RequestID: .., api error CODE: `, the last one.
/// <https://github.com/aws/smithy-go/blob/main/errors.go>
pub(super) fn go(before: &str) -> Option<Envelope> {
    memmem::rfind_iter(before.as_bytes(), b"operation").find_map(|at| go_at(before, at))
}

fn go_at(before: &str, at: usize) -> Option<Envelope> {
    let word = Cursor::new(before, at).phrase("operation ")?;
    let service = word.skip_while(|byte| byte.is_ascii_lowercase()).space();
    let colon = service.skip_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-'));
    let operation = colon.literal(":")?.space();
    let end = operation.skip_while(|byte| byte.is_ascii_alphanumeric());
    let name = end.since(operation.at());
    let follows = end.rest().is_empty() || end.rest().starts_with([',', '\n', ':', ' ', '"']);
    if !name.starts_with(|c: char| c.is_ascii_uppercase()) || !follows || colon.at() == service.at() {
        return None;
    }
    let rest = end.rest();
    let api = rest.rfind("api ").and_then(|at| {
        let word = Cursor::new(rest, at + 4).skip_while(|byte| byte.is_ascii_lowercase()).space();
        let end = word.skip_while(code::is_code_byte);
        end.rest().starts_with(':').then(|| end.since(word.at()).to_owned())
    });
    // a modelled error comes without "api error"
    let modelled = || {
        let (_, last) = rest.trim_end().strip_suffix(':')?.rsplit_once(", ")?;
        (!last.is_empty() && last.bytes().all(code::is_code_byte)).then(|| last.to_owned())
    };
    Some(Envelope {
        error_code: api.or_else(modelled),
        operation: Some(name.to_owned()),
        http_status: first_status(rest),
        service: service::from_sdk(colon.since(service.at())),
    })
}

/// `Error executing "PutObject" on "https://..."` and `S3::putObject(): [CODE]`.
pub(super) fn php(before: &str, envelope: &mut Envelope) {
    if envelope.operation.is_some() {
        return;
    }
    let word = |start: Cursor<'_>| {
        let start = start.decoration();
        let end = start.skip_while(|byte| byte.is_ascii_alphanumeric());
        Some(end.since(start.at()).to_owned()).filter(|name| !name.is_empty())
    };
    if let Some(name) = memmem::rfind(before.as_bytes(), b"Error executing")
        .and_then(|at| Cursor::new(before, at).phrase("Error executing "))
    {
        envelope.operation = word(name);
    } else if let Some(at) =
        memmem::rfind(before.as_bytes(), b"S3::").filter(|at| before.get(at + 4..).is_some_and(|s| s.contains("()")))
    {
        envelope.operation = word(Cursor::new(before, at + 4));
    }
}

/// `(Service: X; Status Code: 403; Error Code: Y; Request ID: Z` of version 1, the same with commas and without a code of
/// version 2, and the older `Status Code: 403, AWS Service: X, AWS Error Code: Y`.
pub(super) fn java(after: &str) -> Option<Envelope> {
    let near = head(after, 700);
    memmem::find(near.as_bytes(), b"tatus Code:")?;
    let field = |label: &str| {
        let from = near.find(label).filter(|at| !near.get(..*at).is_some_and(|s| s.ends_with("Handler")))?;
        let value = near.get(from + label.len()..)?.trim_start();
        let end = value.find([';', ',', ')', '\n']).unwrap_or(value.len());
        Some(value.get(..end)?.trim().to_owned()).filter(|value| !value.is_empty() && value != "null")
    };
    let status = field("tatus Code:").and_then(|status| status.parse().ok());
    Some(Envelope {
        error_code: field("Error Code:"),
        operation: None,
        http_status: status,
        service: field("Service:").and_then(|name| service::from_sdk(&name)),
    })
}

/// Only the code and the status: the message before them names the service better.
pub(super) fn code_and_status(envelope: Envelope) -> Envelope {
    Envelope { error_code: envelope.error_code, http_status: envelope.http_status, ..Envelope::default() }
}

/// `"code": "access_denied"`, as the endpoint of Amazon Bedrock for clients of `OpenAI` answers.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html>
fn snake_code(text: &str) -> Option<String> {
    const CODE: &str = "access_denied";
    let at = memmem::rfind(text.as_bytes(), CODE.as_bytes())?;
    let key = text.get(..at)?.trim_end_matches(['"', '\'', ' ', ':', '\n']);
    key.ends_with("code").then(|| CODE.to_owned())
}

/// The last error code in the text just before the sentence.
fn code_before(near: &str) -> Option<String> {
    let mut end = if code::may_hold(near) { near.len() } else { 0 };
    while let Some(word) = near.get(..end).and_then(last_code_word) {
        let (start, text) = word;
        let before = near.get(..start).unwrap_or_default();
        // "403 Forbidden" is the status; a code has a colon
        let status = text == "Forbidden" && !near.get(start + text.len()..).is_some_and(|rest| rest.starts_with(':'));
        if is_code(text)
            && !status
            && !before.trim_end_matches([' ', '"', '\n']).ends_with("HandlerErrorCode:")
            && !before.ends_with("java.nio.file.")
        {
            // an answer in XML of which only the texts are left: `Sender` is the type of the error
            return Some(text.strip_prefix("Sender").unwrap_or(text).to_owned());
        }
        end = start;
    }
    None
}

/// The last word of `text` that could be a code: its place and its text, without the path of a class.
fn last_code_word(text: &str) -> Option<(usize, &str)> {
    let end = text.rfind(|c: char| c.is_ascii_alphanumeric())? + 1;
    let head = text.get(..end)?;
    let start = head
        .rfind(|c: char| !c.is_ascii() || !code::is_code_byte(c as u8))
        .map_or(0, |at| at + head.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let (offset, word) = code::unqualified(head.get(start..)?);
    Some((start + offset, word))
}

/// A code after the sentence, where it is the value of a key: `"Code": "X"`, `name: 'X'`, `<Code>X`, `x-amzn-errortype: X`.
fn code_after(after: &str) -> Option<String> {
    let near = head(after, 600);
    // `,Status 403,Error CODE,` of Amazon Redshift
    let listed = || {
        let code = near.split_once(",Error ")?.1.split(',').next()?;
        is_code(code).then(|| code.to_owned())
    };
    code::keyed(near).next().map(str::to_owned).or_else(listed)
}

/// A code further before the sentence, where it is the value of a key.
fn keyed_code(before: &str) -> Option<String> {
    code::keyed(before).last().map(str::to_owned)
}

/// The operation as the value of `eventName`, before or after the message. In the head of a table the name of the next column follows.
fn keyed_operation(before: &str, after: &str) -> Option<String> {
    let read = |text: &str, at: usize| {
        let key = Cursor::new(text, at + "eventName".len());
        let start = key.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b':' | b'=' | b'\''));
        let end = start.skip_while(|byte| byte.is_ascii_alphanumeric());
        let name = end.since(start.at());
        let is_value = start.since(key.at()).contains([':', '=']) || name.starts_with(|c: char| c.is_ascii_uppercase());
        Some(name.to_owned()).filter(|name| !name.is_empty() && is_value)
    };
    memmem::rfind(before.as_bytes(), b"eventName")
        .and_then(|at| read(before, at))
        .or_else(|| memmem::find(after.as_bytes(), b"eventName").and_then(|at| read(after, at)))
        .or_else(|| frame_operation(after))
}

/// The operation in the name of the JavaScript SDK's function that read the answer: `de_PutObjectCommandError`,
/// `deserializeAws_restXmlPutObjectCommandError`.
fn frame_operation(after: &str) -> Option<String> {
    let at = memmem::find(after.as_bytes(), b"CommandError")?;
    let head = after.get(..at)?;
    let start = head.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    let word = head.get(start..)?;
    let name = word.strip_prefix("de_").or_else(|| {
        let rest = word.strip_prefix("deserializeAws_")?;
        ["restXml", "restJson1", "json1_0", "json1_1", "query", "ec2"]
            .iter()
            .find_map(|protocol| rest.strip_prefix(protocol))
    })?;
    name.starts_with(|c: char| c.is_ascii_uppercase()).then(|| name.to_owned())
}

fn first_status(text: &str) -> Option<u16> {
    memmem::find_iter(text.as_bytes(), b"tatus").find_map(|at| status_at(text, at))
}

fn last_status(text: &str) -> Option<u16> {
    memmem::rfind_iter(text.as_bytes(), b"tatus").find_map(|at| status_at(text, at))
}

/// The three digits shortly after the word "status" at `at`.
fn status_at(text: &str, at: usize) -> Option<u16> {
    let start = Cursor::new(text, at + "tatus".len());
    let digits = start.skip_while(|byte| {
        byte.is_ascii_whitespace() || matches!(byte, b':' | b'=' | b'"' | b'\'' | b'_') || b"cCode".contains(&byte)
    });
    three_digits(digits.rest())
}

fn three_digits(text: &str) -> Option<u16> {
    let digits: &str = text.get(..3)?;
    let ends = !text.as_bytes().get(3).is_some_and(u8::is_ascii_alphanumeric);
    digits.parse().ok().filter(|status| ends && (400..600).contains(status))
}

/// `(403`, `403 Forbidden`, `HTTP 403`, right before the sentence.
fn bare_status(near: &str) -> Option<u16> {
    // this is in all of them
    memmem::find(near.as_bytes(), b"40")?;
    ["(40", "HTTP 40", "403 Forb", "HTTP/1.1 40"].iter().find_map(|mark| {
        let at = near.rfind(mark)?;
        three_digits(
            near.get(at..)?.trim_start_matches(|c: char| !c.is_ascii_digit() || mark.starts_with("HTTP/") && c == '1'),
        )
    })
}
