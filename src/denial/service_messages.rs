//! Denials in words of their own: texts of one service, a reason or an encoded message without its sentence, a line of an
//! access log.

use super::code;
use super::code_error::{Bare, code_words};
use super::cursor::{Cursor, head, tail, unwrapped};
use super::normalized::TOKEN_END;
use super::triggers::Text;
use super::wrapper::{self, Envelope};
use super::{DenialKind, Note, grammar};
use crate::iam::{Action, PolicyType, Principal};

/// What EC2 says of every denial.
const OPERATION: &str = "You are not authorized to perform this operation";

/// The text of one service at `at`.
pub(super) fn read(text: &str, at: usize, kind: Text, floor: usize) -> Option<Bare> {
    let before = tail(text.get(floor.min(at)..at)?, 300);
    let after = head(text.get(at..)?, 600);
    let line_end = at + after.find(['\n', '"', TOKEN_END]).unwrap_or(after.len());
    let envelope = wrapper::around(text, at, line_end, floor, text.len().min(line_end + 900));
    let mut bare = Bare::new(at, line_end, DenialKind::IamDenial, envelope);
    bare.whole = true;
    match kind {
        Text::Operation => {
            let coded = bare.envelope.error_code.is_some() || before.contains("errorMessage");
            let label = after.contains("ncoded authorization");
            let trailer = after.contains("(Service:");
            if !coded && !label && !trailer {
                return None;
            }
            bare.end = (at + OPERATION.len()).min(text.len());
            take_encoded(&mut bare, text, at);
            if let Some(java) = text.get(bare.end..).and_then(wrapper::java) {
                bare.envelope.error_code = bare.envelope.error_code.or(java.error_code);
                bare.envelope.http_status = bare.envelope.http_status.or(java.http_status);
            }
            bare.end = bare.end.max(line_end);
        }
        Text::VpcEndpoint => bare.policy_type = Some(PolicyType::VpcEndpoint),
        Text::Assume => {
            bare.notes.push(Note::RoleNotAssumed);
            bare.envelope = Envelope::default();
        }
        Text::Kms => bare.notes.push(Note::KmsKeyNotNamed),
        Text::Ciphertext => bare.notes.push(Note::KeyNotFoundOrDenied),
        // the class name is no code; the trailer of Java is read with it
        Text::Storage => {
            let java = wrapper::java(head(after, 600));
            bare.envelope = java.unwrap_or_default();
            bare.envelope.service = Some("s3".to_owned());
            bare.end = line_end.min(at + "S3Exception: Access Denied".len());
        }
        Text::StackCall => {
            let name = Cursor::new(text, at).skip("API: ".len());
            let end = name.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b':');
            end.phrase(" Access Denied")?;
            bare.action = Some(end.since(name.at()).parse().ok()?);
            bare.envelope = Envelope { service: Some("s3".to_owned()), ..Envelope::default() };
        }
        Text::Queue => {
            let address = after.get("Access to the resource ".len()..)?;
            // a mask may hold spaces, and a terminal may have broken the address
            let end = address.match_indices(char::is_whitespace).take(5).find_map(|(end, _)| {
                let gap = Cursor::new(address, end).space();
                gap.phrase("is denied").map(|_| end)
            })?;
            bare.resource = Some(unwrapped(address.get(..end)?));
            // CloudFormation's label of what it called
            let label = before.trim_end().rsplit_once("API: ").map(|(_, name)| name);
            bare.action = label.filter(|name| name.starts_with("sqs:")).and_then(|name| name.parse().ok());
        }
        Text::ServiceLinkedRole => {
            let name = after.get("due to missing permissions for".len()..)?.trim_start_matches([' ', '\'', '"', '`']);
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-')).unwrap_or(name.len());
            bare.action = Some(name.get(..end)?.parse().ok()?);
        }
    }
    Some(bare)
}

/// A reason whose sentence was left out: `AccessDenied ... because no session policy allows the s3:GetObject action`.
pub(super) fn reason_alone(text: &str, at: usize, floor: usize) -> Option<Bare> {
    let before = tail(text.get(floor.min(at)..at)?, 120);
    let start = ["because", "Because"].iter().filter_map(|word| before.rfind(word)).max();
    let start = start.map_or(at, |found| at - before.len() + found);
    let (cause, rest) = super::reason::read(Cursor::new(text, start))?;
    let before = tail(text.get(floor.min(start)..start)?, 160);
    let dots = before.trim_end_matches([' ', '\n', '"', '\'']);
    let left_out = dots.ends_with("...") || dots.ends_with('…');
    let (code_at, error_code) = code_words(before).filter(|(_, word)| code::is_denial(word)).last()?;
    let code_at = start - before.len() + code_at;
    if !left_out {
        return None;
    }
    let envelope = wrapper::around(text, code_at, rest.at(), floor, text.len().min(rest.at() + 900));
    let mut bare = Bare::new(code_at, rest.at(), DenialKind::IamDenial, envelope);
    bare.envelope.error_code = Some(error_code.to_owned());
    bare.action = allowed_action(rest.since(start));
    bare.effect = cause.effect;
    bare.policy_type = cause.policy_type;
    bare.notes.push(Note::Elided);
    bare.whole = true;
    Some(bare)
}

/// The reason behind a header when everything between was left out: `...: ... because no session policy allows it`.
pub(super) fn take_reason(bare: &mut Bare, here: Cursor<'_>) {
    let dots = here.space();
    let after = dots.skip(dots.rest().len() - dots.rest().trim_start_matches(['.', '…']).len());
    if after.at() == dots.at() {
        return;
    }
    if let Some((cause, rest)) = super::reason::read(after.decoration()) {
        bare.action = allowed_action(rest.since(after.at()));
        bare.effect = cause.effect;
        bare.policy_type = cause.policy_type;
        bare.end = rest.at();
        bare.whole = true;
        bare.notes.push(Note::Elided);
    }
}

/// The action in `... allows the s3:GetObject action`.
fn allowed_action(reason: &str) -> Option<Action> {
    reason.split_whitespace().find_map(|word| word.trim_matches(['*', '`', '"', '\'']).parse().ok())
}

/// The encoded message that follows EC2's sentence at `at`.
pub(super) fn take_encoded(bare: &mut Bare, text: &str, at: usize) {
    if Cursor::new(text, at).decoration().phrase(OPERATION).is_none() {
        return;
    }
    let window = head(text.get(at..).unwrap_or_default(), 8 << 10);
    let next = window.get(10..).and_then(|rest| rest.find("not authorized")).map_or(window.len(), |found| found + 10);
    if let Some((message, end)) = grammar::encoded_message(window.get(..next).unwrap_or(window)) {
        bare.encoded = Some(message);
        bare.end = bare.end.max(at + end);
    }
}

/// An encoded message with nothing before it.
pub(super) fn encoded_alone(text: &str, at: usize, floor: usize) -> Option<Bare> {
    let envelope = wrapper::around(text, at, at, floor, at);
    let mut bare = Bare::new(at, at + 8, DenialKind::IamDenial, envelope);
    let (message, end) = grammar::encoded_message(head(text.get(at..)?, 8 << 10))?;
    if message.blob.is_empty() && bare.envelope.error_code.is_none() {
        return None;
    }
    bare.encoded = Some(message);
    bare.end = at + end;
    bare.whole = true;
    Some(bare)
}

/// A line of an S3 server access log.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>
pub(super) fn access_log(text: &str, at: usize) -> Option<Bare> {
    let before = tail(text.get(..at)?, 4096);
    let start = at - before.len() + before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..at)?;
    let mut words = line.split(' ');
    let operation = words.clone().find(|word| {
        ["REST.", "WEBSITE.", "SOAP.", "BATCH.", "S3."].iter().any(|kind| word.starts_with(kind)) && word.len() > 6
    })?;
    let principal = words.find(|word| word.starts_with("arn:")).map(Principal::new);
    let envelope = Envelope {
        error_code: Some("AccessDenied".to_owned()),
        operation: Some(operation.to_owned()),
        http_status: Some(403),
        service: Some("s3".to_owned()),
    };
    let mut bare = Bare::new(start, at + " 403 AccessDenied".len(), DenialKind::IamDenial, envelope);
    bare.principal = principal;
    bare.whole = true;
    Some(bare)
}
