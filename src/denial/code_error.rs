//! Errors by their code: the headers of command lines and SDKs, codes as words, and the words of other failures.

use super::code;
use super::code_context::{Shape, evidence, shape};
use super::cursor::{Cursor, head, tail};
use super::facts::DenialKind;
use super::failure::Failure;
use super::non_iam_failures;
use super::normalized::TOKEN_END;
use super::note::Note;
use super::partial::PartialDenial;
use super::service_messages;
use super::wrapper::{self, Envelope};
use crate::iam::Principal;

/// Whether the message after a header is a sentence that begins at `sentence`: then the header is a part of that.
fn heads(rest: Cursor<'_>, sentence: Option<usize>) -> bool {
    let gap = sentence.and_then(|start| head(rest.rest(), 120).get(..start.checked_sub(rest.at())?));
    gap.is_some_and(|gap| {
        let gap = gap.trim();
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_whitespace() || byte.is_ascii_punctuation());
        plain(gap) || gap.strip_prefix("You are not authorized to perform this operation").is_some_and(plain)
    })
}

/// How long a message is read to tell what it is.
const MESSAGE: usize = 400;

/// What an error code with a message means: a denial by its code, unless the message says otherwise.
fn kind_of(envelope: &Envelope, message: &str) -> Option<DenialKind> {
    let message = head(message, MESSAGE);
    // the next error begins another message
    let message = message.split("\n\n").next().unwrap_or(message);
    let code = envelope.error_code.as_deref().unwrap_or_default();
    let failure = non_iam_failures::by_code_and_words(code, message)
        .or_else(|| non_iam_failures::by_words(message))
        .or_else(|| non_iam_failures::by_code_and_operation(code, envelope.operation.as_deref()))
        .or_else(|| non_iam_failures::by_code(code))
        .or_else(|| non_iam_failures::by_plain_words(message, envelope.service.as_deref()));
    if let Some(failure) = failure {
        return Some(DenialKind::OtherFailure(failure));
    }
    let forbidden = matches!(code, "403" | "Forbidden" | "403 Forbidden" | "ForbiddenException");
    let says_so = says_no_more(message) && !code.is_empty();
    (code::is_denial(code) || forbidden || says_so).then_some(DenialKind::IamDenial)
}

/// What the error of a record means whose message contains no error.
pub(super) fn kind_by_code(error_code: &str, message: &str, service: Option<&str>) -> Option<DenialKind> {
    let envelope = Envelope {
        error_code: Some(error_code.to_owned()),
        service: service.map(str::to_owned),
        ..Envelope::default()
    };
    kind_of(&envelope, message)
}

/// The messages that services give when they say nothing else.
pub(super) fn says_no_more(message: &str) -> bool {
    let message = message.trim_start_matches([' ', '\n', '"', '\'', '`', '(']);
    let known = [
        "Access Denied",
        "Access denied",
        "access denied",
        "Forbidden",
        "You are not authorized to perform this operation",
        "You do not have sufficient access",
        "You don't have permissions to access this resource",
        "Access to the specified resource is denied",
    ];
    // `Access denied while validating ...` goes on with what is missing
    known.iter().any(|words| {
        let rest = Cursor::new(message, 0).phrase(words);
        rest.is_some_and(|rest| rest.phrase(" while validating").is_none())
    })
}

/// The error of the AWS CLI and of boto3.
pub(super) fn command_line(text: &str, at: usize, sentence: Option<usize>) -> Option<PartialDenial> {
    // that of a waiter begins before
    let at = at + head(text.get(at..)?, 40).find("occurred").unwrap_or_default();
    let (envelope, rest) = wrapper::read_command_line(Cursor::new(text, at))?;
    if heads(rest, sentence) {
        return None;
    }
    let mut partial = with_message(text, at, envelope, rest)?;
    partial.whole |= rest.rest().trim().is_empty();
    service_messages::take_reason(&mut partial, rest);
    partial.denial.http_status = partial.denial.error_code.as_deref().and_then(|code| code.parse().ok());
    Some(partial)
}

/// The error with the header at `at` and the message at `rest`.
fn with_message(text: &str, at: usize, envelope: Envelope, rest: Cursor<'_>) -> Option<PartialDenial> {
    let kind = kind_of(&envelope, rest.rest())?;
    let whole = says_no_more(rest.rest()) || kind != DenialKind::IamDenial;
    // what is left otherwise may be a message of one service, and is read as such
    let end = if whole { message_end(rest) } else { rest.at() };
    let mut partial = PartialDenial::new(at, end, envelope).of_kind(kind);
    partial.whole = whole;
    service_messages::take_encoded(&mut partial, text, rest.at());
    take_cut_principal(&mut partial, rest.rest());
    Some(partial)
}

/// The principal of a sentence that is cut before it says what: `User: P is not autho`, where the text ends.
fn take_cut_principal(partial: &mut PartialDenial, message: &str) {
    const SENTENCE: &str = " is not authorized to perform: ";
    let read = || {
        let message = head(message, 700).trim_start().strip_prefix("User: ")?;
        let end = message.find(char::is_whitespace)?;
        let (who, rest) = message.split_at_checked(end)?;
        let rest = rest.trim_end_matches([' ', '.', '…', '"', '\'', '\n', TOKEN_END]);
        (who.starts_with("arn:") && rest.len() > 2 && SENTENCE.starts_with(rest)).then(|| Principal::new(who))
    };
    if partial.denial.principal.is_none()
        && let Some(principal) = read()
    {
        partial.denial.principal = Some(principal);
        partial.denial.add_note(Note::Elided);
    }
}

/// The end of a message that says nothing else: its line.
fn message_end(rest: Cursor<'_>) -> usize {
    let line = rest.space();
    let length = head(line.rest(), MESSAGE).find(['\n', TOKEN_END]).unwrap_or_else(|| head(line.rest(), MESSAGE).len());
    let end = line.skip(length);
    if end.since(rest.at()).trim().is_empty() { rest.at() } else { end.at() }
}

/// The error of the Go SDK.
pub(super) fn go(text: &str, at: usize, floor: usize, sentence: Option<usize>) -> Option<PartialDenial> {
    let here = Cursor::new(text, at);
    // the header and the code are on one line, or on a few when a terminal broke them
    let line = head(here.rest(), 700);
    let line = line.split("\n\n").next().unwrap_or(line);
    let api = line.find("api error ").map(|found| found + "api error ".len());
    let (code_at, code) = match api {
        Some(start) => {
            let word = Cursor::new(line, start).space();
            (word.at(), word.skip_while(code::is_code_byte).since(word.at()))
        }
        None => code::words(line).find(|(_, word)| code::is_code(word) || non_iam_failures::by_code(word).is_some())?,
    };
    let rest = here.skip(code_at + code.len());
    let rest = rest.literal(":").unwrap_or(rest);
    if heads(rest, sentence) {
        return None;
    }
    let header = tail(text.get(floor.min(at)..rest.at())?, 900);
    let mut envelope = wrapper::go(header.trim_end_matches(code).trim_end_matches(':')).unwrap_or_default();
    envelope.error_code = Some(code.to_owned());
    with_message(text, at, envelope, rest)
}

/// The trailer of the Java SDKs with status 403 and no sentence before it.
pub(super) fn java(text: &str, at: usize, floor: usize) -> Option<PartialDenial> {
    let open = tail(text.get(floor.min(at)..at)?, 200);
    let open_at = at - open.len() + open.rfind('(')?;
    let trailer = text.get(open_at..)?;
    if !head(trailer, 200).contains("Service:") {
        return None;
    }
    let mut envelope = wrapper::java(head(trailer, 900))?;
    let message = tail(text.get(floor.min(open_at)..open_at)?, 300).trim_end();
    let own = message.rfind("User is not permitted").and_then(|at| message.get(at..)).unwrap_or(message);
    let failure = non_iam_failures::by_words(message)
        .or_else(|| non_iam_failures::by_message(own))
        .or_else(|| envelope.error_code.as_deref().and_then(non_iam_failures::by_code))
        .or_else(|| {
            non_iam_failures::by_plain_words(
                message.rsplit(": ").next().unwrap_or_default(),
                envelope.service.as_deref(),
            )
        });
    let kind = failure.map_or(DenialKind::IamDenial, DenialKind::OtherFailure);
    envelope.operation = envelope.operation.or_else(|| hadoop(tail(text.get(floor.min(open_at)..open_at)?, 1200)));
    let near = head(trailer, 900);
    let end = open_at + near.find([')', '\n']).unwrap_or(near.len());
    let mut partial = PartialDenial::new(open_at, end, envelope).of_kind(kind);
    partial.whole = ["Access Denied", "Forbidden", "null"].iter().any(|words| message.ends_with(words));
    Some(partial)
}

/// `: getFileStatus on s3a://bucket/key: `, as Hadoop names what it did.
fn hadoop(before: &str) -> Option<String> {
    let joints = [" on s3a://", " on s3://", " on s3n://", "\non s3a://"];
    let at = joints.iter().find_map(|joint| before.find(joint))?;
    let name = before.get(..at)?.rsplit([' ', ':']).next()?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| name.to_owned())
}

/// Parts of the packages whose exceptions carry AWS's codes; `org.springframework.security.access.AccessDeniedException` and
/// the like are of other systems.
const AWS_PACKAGES: [&str; 6] = ["aws", "amazon", "Amazon", "boto", "java.nio.file.", "s3a."];

/// An error code as a word: the text around it decides whether it is an error or only mentioned.
pub(super) fn coded(text: &str, at: usize, failure: Option<Failure>, floor: usize) -> Option<PartialDenial> {
    // the phrase may begin before the code
    let lead = ["S3::Errors::", "api error "].iter().find(|lead| text.get(at..).is_some_and(|t| t.starts_with(**lead)));
    let at = at + lead.map_or(0, |lead| lead.len());
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| code::is_code_byte(*byte);
    let start = at - bytes.get(..at)?.iter().rev().take(120).take_while(|byte| is_word(byte)).count();
    let rest = Cursor::new(text, at).skip_while(code::is_code_byte);
    let (offset, word) = code::unqualified(rest.since(start).trim_end_matches('.'));
    let package = head(rest.since(start), offset);
    if package.contains('.') && !AWS_PACKAGES.iter().any(|part| package.contains(part)) {
        return None;
    }
    let start = start + offset;
    let word_end = start + word.len();
    if start > at + 12 || (failure.is_none() && !code::is_denial(word) && word != "Forbidden") {
        return None;
    }
    if failure.is_some() && non_iam_failures::by_code(word).is_none() {
        return None;
    }
    let before = tail(text.get(floor.min(start)..start)?, 300);
    let after = head(text.get(word_end..)?, 700);
    // Java's own class for files
    if before.ends_with("java.nio.file.") && !after.contains("s3a://") && !after.contains("s3://") {
        return local_file(start, word_end, after);
    }
    // the error of a HEAD request says nothing after its name; another product's goes on
    if word == "Forbidden" && after.strip_prefix(": Forbidden").is_some_and(|rest| rest.starts_with(':')) {
        return None;
    }
    if word == "AccessDeniedAccess" {
        return service_messages::without_tags(text, start, after);
    }
    let shape = shape(before, after)?;
    let message = shape.message(after);
    let mut envelope = wrapper::around_error(text, start, word_end, floor, 900);
    if before.ends_with("java.nio.file.") {
        envelope.operation = envelope.operation.or_else(|| hadoop(after));
    } else {
        envelope.error_code = Some(word.to_owned());
    }
    if let Some(called) = Cursor::new(after, 0).literal(")").and_then(|rest| rest.phrase(" when calling the ")) {
        let end = called.skip_while(|byte| byte.is_ascii_alphanumeric());
        envelope.operation = Some(end.since(called.at()).to_owned()).filter(|name| !name.is_empty());
    }
    let kind = match kind_of(&envelope, message) {
        Some(kind) => kind,
        None => DenialKind::OtherFailure(failure?),
    };
    let says_only_that = says_no_more(message);
    let telling =
        non_iam_failures::by_words(head(message, 200)).is_some() || non_iam_failures::by_message(message).is_some();
    // other products have errors of this name too
    let says_only_that = says_only_that && (word != "Forbidden" || evidence(before, after));
    let unmistakable = word.starts_with("KMS") || word.ends_with(code::ROLE_NOT_CREATED);
    let proved = says_only_that || telling || shape.is_proof() || unmistakable || evidence(before, after);
    if !proved {
        return None;
    }
    let kind = match kind {
        DenialKind::IamDenial
            if non_iam_failures::is_other_cloud(before) || non_iam_failures::is_other_cloud(after) =>
        {
            DenialKind::OtherFailure(Failure::OtherCloud)
        }
        kind => kind,
    };
    // EC2's message is read as a text of its own: an encoded message may follow it
    let operation = Cursor::new(message, 0).phrase("You are not authorized to perform").is_some();
    let own_message = says_only_that && !operation;
    let message_at = (message.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let end = if own_message { message_at + 6 } else { word_end };
    let mut partial = PartialDenial::new(start, end.clamp(word_end, text.len()), envelope).of_kind(kind);
    partial.denial.principal = keyed_principal(before, after);
    take_cut_principal(&mut partial, message);
    partial.whole = own_message && shape == Shape::Colon;
    Some(partial)
}

/// Java's exception for a file: the machine's permissions, where a path follows.
/// <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/nio/file/AccessDeniedException.html>
fn local_file(start: usize, end: usize, after: &str) -> Option<PartialDenial> {
    let path = after.strip_prefix(": ")?;
    let drive = path.as_bytes().get(1..3).is_some_and(|rest| rest == b":\\" || rest == b":/");
    if !path.starts_with(['/', '.', '~', '\\']) && !drive {
        return None;
    }
    let line = path.find(['\n', TOKEN_END]).unwrap_or(path.len());
    let kind = DenialKind::OtherFailure(Failure::LocalPermission);
    Some(PartialDenial::new(start, end + 2 + line.max(1), Envelope::default()).of_kind(kind).whole())
}

/// The ARN of `userIdentity`, as the pieces of a record show it.
pub(super) fn keyed_principal(before: &str, after: &str) -> Option<Principal> {
    let identity = |text: &str| {
        let at = text.find("userIdentity")?;
        let rest = text.get(at..)?;
        let (arn, key) = ["\"arn\"", "Identity.arn"].iter().find_map(|key| Some((rest.find(key)?, key)))?;
        let value = Cursor::new(rest, arn + key.len())
            .skip_while(|byte| matches!(byte, b' ' | b':' | b'"' | b'\n' | b'=' | b'\t'));
        let end = value.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b',' | b'}'));
        let arn = end.since(value.at());
        (!arn.is_empty()).then(|| Principal::new(arn))
    };
    identity(before).or_else(|| identity(after))
}

/// Words that say that something else failed.
pub(super) fn words(text: &str, at: usize, failure: Failure, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, 400);
    let after = head(text.get(at..)?, 400);
    // nobody else says so, and Athena and Redshift say it without a word of AWS's
    let unmistakable = ["Insufficient Lake Formation", "requester is not authorized to access requested"];
    let own = matches!(failure, Failure::KubernetesRbac | Failure::OtherCloud | Failure::LocalPermission)
        || unmistakable.iter().any(|words| after.starts_with(words));
    let marks = [
        "aws",
        "AWS",
        "mazon",
        "arn:",
        "edrock",
        "xception",
        "rror",
        "boto",
        "tatus",
        "denied:",
        "essage",
        "API",
        "basic auth",
    ];
    if !own && !marks.iter().any(|mark| before.contains(mark) || after.contains(mark)) {
        return None;
    }
    let end = at + after.find(['\n', '.', TOKEN_END]).unwrap_or(after.len()).max(1);
    let envelope = wrapper::around_error(text, at, end, floor, 300);
    let failure = non_iam_failures::in_context(failure, after, after);
    Some(PartialDenial::new(at, end, envelope).of_kind(DenialKind::OtherFailure(failure)).whole())
}

/// The same error, as a failure of another cloud where that cloud's host is beside it.
pub(super) fn unless_other_cloud(mut partial: PartialDenial, text: &str, floor: usize) -> PartialDenial {
    let before = tail(text.get(floor.min(partial.start)..partial.start).unwrap_or_default(), 200);
    let after = head(text.get(partial.start..).unwrap_or_default(), 300);
    let own = |part: &str| non_iam_failures::is_other_cloud(part) && !part.contains("amazonaws.com");
    if partial.denial.kind == DenialKind::IamDenial && (own(before) || own(after)) {
        partial.denial.kind = DenialKind::OtherFailure(Failure::OtherCloud);
    }
    partial
}
