//! Denials in words of their own: texts of one service, a reason or an encoded message without its sentence.

use super::cursor::{Cursor, head, tail, unwrapped};
use super::form::ServiceMessage;
use super::normalized::TOKEN_END;
use super::note::{Note, ServiceRole};
use super::partial::PartialDenial;
use super::reason::{self, Cause};
use super::wrapper::{self, Envelope};
use super::{code, grammar};
use crate::iam::{Action, PolicyType, is_account_id};

/// What EC2 says of every denial.
const OPERATION: &str = "You are not authorized to perform this operation";

/// The message of one service at `at`.
#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
pub(super) fn read(text: &str, at: usize, message: ServiceMessage, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, 300);
    let after = head(text.get(at..)?, 600);
    let line_end = at + after.find(['\n', '"', TOKEN_END]).unwrap_or(after.len());
    let envelope = || wrapper::around_error(text, at, line_end, floor, 900);
    let partial = |envelope: Envelope| PartialDenial::new(at, line_end, envelope).whole();
    let s3 = || Envelope { service: Some("s3".to_owned()), ..Envelope::default() };
    let with_note = |envelope: Envelope, note: Note| {
        let mut partial = partial(envelope);
        partial.denial.notes.push(note);
        partial
    };
    Some(match message {
        ServiceMessage::Ec2Operation => {
            let mut partial = partial(envelope());
            // classes of .NET and of PowerShell, before the message and behind it
            let class = before.ends_with("Amazon.EC2.AmazonEC2Exception: ")
                || after.contains(": Amazon.EC2.AmazonEC2Exception");
            let coded = partial.denial.error_code.is_some() || before.contains("errorMessage") || class;
            if !coded && !after.contains("ncoded authorization") && !after.contains("(Service:") {
                return None;
            }
            partial.end = (at + OPERATION.len()).min(text.len());
            take_encoded(&mut partial, text, at);
            partial.wrap(
                text.get(partial.end..).and_then(wrapper::java).map(wrapper::code_and_status).unwrap_or_default(),
            );
            partial.end = partial.end.max(line_end);
            partial
        }
        ServiceMessage::VpcEndpoint => {
            let mut partial = partial(envelope());
            partial.denial.reason.policy_type = Some(PolicyType::VpcEndpoint);
            partial
        }
        ServiceMessage::AssumeRole => with_note(Envelope::default(), Note::RoleNotAssumed),
        ServiceMessage::Kms => with_note(with_trailer(envelope(), after), Note::KmsKeyNotNamed),
        ServiceMessage::KmsCiphertext => with_note(with_trailer(envelope(), after), Note::KeyNotFoundOrDenied),
        // EC2 Auto Scaling tries whether the caller could run an instance of it: that, tagging it and passing its role look the same
        // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
        ServiceMessage::LaunchTemplate => {
            let mut partial = partial(with_trailer(envelope(), after));
            let asked = ["ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"];
            partial.denial.candidates = asked.iter().filter_map(|name| name.parse().ok()).collect();
            partial
        }
        // the class name is no code; the trailer of Java is read with it
        ServiceMessage::S3Exception => {
            let mut partial = partial(s3());
            partial.wrap(wrapper::java(after).unwrap_or_default());
            partial.end = line_end.min(at + "S3Exception: Access Denied".len());
            partial
        }
        ServiceMessage::S3OfStack => {
            let name = Cursor::new(text, at).skip("API: ".len());
            let end = name.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b':');
            end.phrase(" Access Denied")?;
            let mut partial = partial(s3());
            partial.denial.action = Some(end.since(name.at()).parse().ok()?);
            partial
        }
        ServiceMessage::Sqs => {
            let address = after.get("Access to the resource ".len()..)?;
            // a mask may contain spaces, and a terminal may have broken the address
            let end = address.match_indices(char::is_whitespace).take(5).find_map(|(end, _)| {
                let gap = Cursor::new(address, end).space();
                gap.phrase("is denied").map(|_| end)
            })?;
            let mut partial = partial(envelope());
            partial.denial.resource = Some(unwrapped(address.get(..end)?));
            // CloudFormation's label of what it called
            let label = before.trim_end().rsplit_once("API: ").map(|(_, name)| name);
            partial.denial.action = label.filter(|name| name.starts_with("sqs:")).and_then(|name| name.parse().ok());
            partial
        }
        ServiceMessage::S3ForCaller => {
            // the newer form goes on with the whole sentence of S3, which says more
            if after.contains("ot authorized to perform") {
                return None;
            }
            let asked = after.split_once(" permission to ")?.1;
            let (operation, path) = asked.split_once(" for ")?;
            let end = path.find(". S3 Error").or_else(|| path.find(char::is_whitespace)).unwrap_or(path.len());
            let path = path.get(..end)?.trim_end_matches(['.', ',', '"', '\'', TOKEN_END]);
            let mut partial = with_note(envelope(), Note::ReadForCaller);
            // the trailer of CloudFormation; its code is that of S3
            if let Some(trailer) = wrapper::java(after) {
                let code = after.split_once("S3 Error Code: ").map(|(_, rest)| rest);
                let code = code.and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
                let of_trailer = trailer.error_code.filter(|code| code.bytes().all(code::is_code_byte));
                let code = of_trailer.or_else(|| code.map(str::to_owned));
                partial.wrap(Envelope { error_code: code, http_status: trailer.http_status, ..Envelope::default() });
            }
            partial.denial.action = format!("s3:{operation}").parse().ok();
            partial.denial.resource = path.contains('/').then(|| format!("arn:aws:s3:::{path}"));
            partial
        }
        ServiceMessage::ExecutionRole => {
            let list = after.split_once(" permissions for ")?.1;
            let list = list.split(" operation").next().unwrap_or(list);
            let names = list.split([',', ' ', '\n']).map(|word| word.trim_matches(['\'', '"', '`', '.', TOKEN_END]));
            let actions: Vec<Action> = names
                .take_while(|word| word.contains(':') || matches!(*word, "" | "and"))
                .filter_map(|word| word.parse().ok())
                .collect();
            if actions.is_empty() {
                return None;
            }
            let mut partial = with_note(envelope(), Note::RoleOfService(ServiceRole::Execution));
            partial.denial.candidates = actions;
            partial.denial.resource = before.rfind(".dkr.ecr.").and_then(|at| repository(before, at));
            partial
        }
        ServiceMessage::ServiceLinkedRole => {
            let name = after.get("due to missing permissions for".len()..)?.trim_start_matches([' ', '\'', '"', '`']);
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-')).unwrap_or(name.len());
            let mut partial = partial(envelope());
            partial.denial.action = Some(name.get(..end)?.parse().ok()?);
            partial
        }
    })
}

/// The repository of `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG`, of which `.dkr.ecr.` is at `at`.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html>
fn repository(text: &str, at: usize) -> Option<String> {
    let account = tail(text.get(..at)?, 12);
    let (host, path) = text.get(at + ".dkr.ecr.".len()..)?.split_once('/')?;
    let region = host.split('.').next()?;
    let name = path.split(['@', ':', '\'', '"', ' ', '`', TOKEN_END]).next()?;
    let partition = match region.split('-').next()? {
        "cn" => "aws-cn",
        "us" if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    (is_account_id(account) && !name.is_empty())
        .then(|| format!("arn:{partition}:ecr:{region}:{account}:repository/{name}"))
}

/// The wrapper with what Java's trailer behind the message adds. Where a command line named the operation, the service in the trailer is
/// another one: that of the key.
fn with_trailer(mut envelope: Envelope, after: &str) -> Envelope {
    let Some(trailer) = wrapper::java(after.split('\n').next().unwrap_or(after)) else { return envelope };
    let service = trailer.service.filter(|_| envelope.operation.is_none());
    envelope.error_code = envelope.error_code.or(trailer.error_code);
    envelope.http_status = envelope.http_status.or(trailer.http_status);
    envelope.service = envelope.service.or(service);
    envelope
}

/// A reason whose sentence was left out: `AccessDenied ... because no session policy allows the s3:GetObject action`.
pub(super) fn reason_alone(text: &str, at: usize, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, 120);
    let start = ["because", "Because"].iter().filter_map(|word| before.rfind(word)).max();
    let start = start.map_or(at, |found| at - before.len() + found);
    let (cause, rest) = reason::read(Cursor::new(text, start))?;
    let before = tail(text.get(floor.min(start)..start)?, 160);
    let dots = before.trim_end_matches([' ', '\n', '"', '\'']);
    let left_out = dots.ends_with("...") || dots.ends_with('…');
    let (code_at, error_code) = code::words(before).filter(|(_, word)| code::is_denial(word)).last()?;
    let code_at = start - before.len() + code_at;
    if !left_out {
        return None;
    }
    let envelope = wrapper::around_error(text, code_at, rest.at(), floor, 900);
    let envelope = Envelope { error_code: Some(error_code.to_owned()), ..envelope };
    let mut partial = PartialDenial::new(code_at, rest.at(), envelope).whole();
    because(&mut partial, &cause, rest.since(start));
    Some(partial)
}

/// The reason after a header when everything between was left out: `...: ... because no session policy allows it`.
pub(super) fn take_reason(partial: &mut PartialDenial, here: Cursor<'_>) {
    let dots = here.space();
    let after = dots.skip(dots.rest().len() - dots.rest().trim_start_matches(['.', '…']).len());
    if after.at() == dots.at() {
        return;
    }
    if let Some((cause, rest)) = reason::read(after.decoration()) {
        because(partial, &cause, rest.since(after.at()));
        partial.end = rest.at();
        partial.whole = true;
    }
}

/// Adds a reason between which and the error everything was left out.
fn because(partial: &mut PartialDenial, cause: &Cause, words: &str) {
    partial.denial.action = allowed_action(words);
    partial.denial.reason.effect = cause.reason.effect;
    partial.denial.reason.policy_type = cause.reason.policy_type;
    partial.denial.notes.push(Note::Elided);
}

/// The action in `... allows the s3:GetObject action`.
fn allowed_action(reason: &str) -> Option<Action> {
    reason.split_whitespace().find_map(|word| word.trim_matches(['*', '`', '"', '\'']).parse().ok())
}

/// The encoded message that follows EC2's sentence at `at`.
pub(super) fn take_encoded(partial: &mut PartialDenial, text: &str, at: usize) {
    if Cursor::new(text, at).decoration().phrase(OPERATION).is_none() {
        return;
    }
    let window = head(text.get(at..).unwrap_or_default(), 8 << 10);
    let next = window.get(10..).and_then(|rest| rest.find("not authorized")).map_or(window.len(), |found| found + 10);
    if let Some((message, end)) = grammar::encoded_message(window.get(..next).unwrap_or(window)) {
        partial.denial.encoded_message = Some(message);
        partial.end = partial.end.max(at + end);
    }
}

/// An encoded message with nothing before it.
pub(super) fn encoded_alone(text: &str, at: usize, floor: usize) -> Option<PartialDenial> {
    let envelope = wrapper::around_error(text, at, at, floor, 0);
    let (message, end) = grammar::encoded_message(head(text.get(at..)?, 8 << 10))?;
    if message.blob.is_empty() && envelope.error_code.is_none() {
        return None;
    }
    let mut partial = PartialDenial::new(at, at + end, envelope).whole();
    partial.denial.encoded_message = Some(message);
    Some(partial)
}

/// An answer in XML of which only the texts are left: `AccessDeniedAccess Denied` and the id of the request.
pub(super) fn without_tags(text: &str, start: usize, after: &str) -> Option<PartialDenial> {
    let id = after.strip_prefix(" Denied")?;
    let letters = id.bytes().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
    if letters < 12 {
        return None;
    }
    let end = Cursor::new(text, start).skip("AccessDeniedAccess Denied".len() + letters).at();
    let envelope =
        Envelope { error_code: Some("AccessDenied".to_owned()), service: Some("s3".to_owned()), ..Envelope::default() };
    Some(PartialDenial::new(start, end, envelope).whole())
}
