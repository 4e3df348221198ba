//! The general sentence: `User: X is not authorized to perform: A on resource: R` and its tails, as AWS writes it and as
//! people, terminals and programs leave it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::cursor::{Cursor, head, is_elided};
use super::damage::{Damage, Part};
use super::facts::{EncodedMessage, ReasonEffect};
use super::failure::Failure;
use super::inspect::looks_english;
use super::normalized::TOKEN_END;
use super::partial::PartialDenial;
use super::reason::{self, Cause, Wording};
use super::wrapper::Envelope;
use super::{principal, resource};
use crate::iam::{Action, Principal, PrincipalKind};

/// One sentence, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) partial: PartialDenial,
    pub(super) wording: Wording,
    /// The action that the reason names, and whether its name is whole.
    pub(super) action_of_reason: Option<(Action, bool)>,
    pub(super) oddities: Oddities,
}

/// What is odd about a sentence, for notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a remark of its own")]
pub(super) struct Oddities {
    /// A part was left out (`...`).
    pub(super) elided: bool,
    /// The principal is cut off at the front.
    pub(super) cut_principal: bool,
    /// `is not authorized to access this resource`.
    pub(super) no_action_named: bool,
    /// The resource is cut off.
    pub(super) cut_resource: bool,
    /// The resource is there, but is not named.
    pub(super) unnamed_resource: bool,
    /// `is not authorized to create managed-rule`.
    pub(super) managed_rule: bool,
}

/// What Step Functions does with the rule that tells it of the end of a job that it waits for.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html>
const MANAGED_RULE: [&str; 3] = ["events:PutTargets", "events:PutRule", "events:DescribeRule"];

/// The sentence around the `not authorized` at byte `hit`, if it is one; `floor` is where the one before it ends.
pub(super) fn read(text: &str, hit: usize, floor: usize) -> Option<Sentence> {
    let not = Cursor::new(text, hit);
    let after = not.phrase("not authorized")?;
    let who = principal::read(text, hit, floor);
    let mut sentence = Sentence {
        partial: PartialDenial::new(who.start, after.at(), Envelope::default()),
        wording: Wording::default(),
        action_of_reason: None,
        oddities: Oddities { elided: who.elided, cut_principal: who.cut, ..Oddities::default() },
    };
    if let Some(rest) = after.phrase(" to access this resource") {
        sentence.partial.denial.principal = who.stated();
        // API Gateway says it of nobody in particular, as the whole message of its answer
        if sentence.partial.denial.principal.is_none() && !text.get(..hit)?.ends_with("\"User is ") {
            return None;
        }
        sentence.oddities.no_action_named = true;
        sentence.reason(rest);
        return Some(sentence);
    }
    // Step Functions says it of the role of the state machine, which needs all three
    if let (Some(rest), Some(role)) = (after.phrase(" to create managed-rule"), &who.principal) {
        sentence.partial.denial.principal = Some(role.clone());
        sentence.partial.denial.candidates = MANAGED_RULE.iter().filter_map(|name| name.parse().ok()).collect();
        sentence.partial.end = rest.at();
        sentence.oddities.managed_rule = true;
        return Some(sentence);
    }
    // the role is what was to be assumed, not who called
    if after.phrase(" to be assumed").is_some() {
        return None;
    }
    let assume = [(" to assume role ", ()), (" to assume the role ", ()), (" to assume IAM Role ", ())];
    if let (Some((role, ())), Some(who)) = (after.any_phrase(&assume), who.stated().filter(is_caller)) {
        let found = resource::read(role);
        sentence.partial.denial.principal = Some(who);
        sentence.partial.denial.action = "sts:AssumeRole".parse().ok();
        sentence.partial.denial.resource = found.value.filter(|role| role.starts_with("arn:"));
        sentence.partial.end = found.end.at();
        return Some(sentence);
    }
    let Some(perform) = after.phrase(" to perform") else {
        // cut here: only a principal makes it a message
        let whole = |who: &Principal| who.as_str().starts_with("arn:") || stops(after.rest());
        sentence.partial.denial.principal = Some(who.stated().filter(whole)?);
        sentence.oddities.elided = true;
        return Some(sentence);
    };
    let colon = perform.literal(":").or_else(|| perform.space().literal(":"));
    let open = colon.unwrap_or(perform).decoration();
    if who.template || open.phrase("this operation").is_some() || open.phrase("the required").is_some() {
        return None;
    }
    // CodePipeline names the operation, and the role without a label
    if let (Some(role), Some(who)) = (open.phrase("AssumeRole on role "), &who.principal) {
        sentence.partial.denial.principal = Some(who.clone());
        sentence.partial.denial.action = "sts:AssumeRole".parse().ok();
        let found = resource::read(role);
        sentence.partial.denial.resource = found.value;
        sentence.partial.end = found.end.at();
        return Some(sentence);
    }
    let (action, rest) = action(open);
    let (action, rest) = match past_lookalikes(rest) {
        None => (action, rest),
        Some((damage, rest)) => {
            sentence.partial.denial.damage.push(damage);
            (None, rest)
        }
    };
    let quoted = open.since(perform.at()).ends_with('`') && rest.literal("'").is_some();
    let web_identity = not.rest().starts_with('N') && action.as_ref().is_some_and(|action| action.service() == "sts");
    let accepted = match &action {
        Some(_) => colon.is_some() || quoted || web_identity || who.strong,
        None => who.strong && colon.is_some() && !open.rest().starts_with(['{', '$', '%', '<', '"', '\'']),
    };
    if !accepted {
        return None;
    }
    sentence.partial.denial.principal = who.principal;
    let unnamed = action.is_none() && is_null(open);
    sentence.partial.denial.action = action;
    sentence.partial.end = rest.at();
    sentence.on_resource(rest.skip_while(|byte| matches!(byte, b'*' | b'`' | b'"' | b'\'')));
    // a Deny may be about every action, and a reason may name the action that the sentence lacks
    let denied = sentence.partial.denial.reason.effect == ReasonEffect::ExplicitDeny;
    if unnamed && !denied && sentence.action_of_reason.is_none() {
        sentence.wording = Wording::Setting(Failure::UnnamedAction);
    }
    Some(sentence)
}

/// `null`, or what other languages write for nothing, in the place of the action: the service had nothing yet that it could ask IAM about, so no statement can allow it.
/// AWS `IoT` Greengrass answers so to a Lambda function that is named by an alias, where only a version will do.
/// <https://github.com/aws/aws-cli/issues/6274>,
/// <https://docs.aws.amazon.com/greengrass/v2/developerguide/import-lambda-function-cli.html>
fn is_null(open: Cursor<'_>) -> bool {
    let ends = |rest: Cursor<'_>| !rest.rest().starts_with(|c: char| c.is_ascii_alphanumeric() || "_:-".contains(c));
    ["null", "None", "undefined", "nil"].iter().any(|word| open.decoration().literal(word).is_some_and(ends))
}

/// Whether somebody can assume a role: a user of a Redshift database cannot, though it has an ARN.
fn is_caller(who: &Principal) -> bool {
    who.as_str().starts_with("arn:") && !matches!(who.kind(), PrincipalKind::Unknown)
}

/// Whether a sentence that stops here was cut: the text, line or quote ends.
fn stops(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '.', '…', '"', '\'', '`']);
    rest.is_empty() || rest.starts_with(['\n', TOKEN_END, '(', '}', ')'])
}

/// The action at `open`, which a terminal may have broken, and where it ends.
fn action(open: Cursor<'_>) -> (Option<Action>, Cursor<'_>) {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let service = open.skip_while(word);
    let Some(colon) = service.literal(":").or_else(|| service.space().literal(":")) else {
        return (None, open.skip_while(|byte| !byte.is_ascii_whitespace() && byte != 1));
    };
    let start = if colon.rest().starts_with('\n') { colon.space() } else { colon };
    let mut end = start.skip_while(|byte| word(byte) || byte == b'*');
    let mut text = format!("{}:{}", service.since(open.at()), end.since(start.at()));
    if end.rest().starts_with('\n') {
        // broken inside: the rest of the name is alone before the next word of the sentence
        let next = end.space();
        let rest = next.skip_while(|byte| byte.is_ascii_alphabetic());
        let piece = rest.since(next.at());
        let goes_on = ["on", "because", "with", "status", "User", "Encoded", "at"].contains(&piece) || piece.is_empty();
        let sentence_goes_on = [" on ", " because ", " with "].iter().any(|word| rest.phrase(word).is_some());
        if !goes_on && sentence_goes_on {
            text.push_str(piece);
            end = rest;
        }
    }
    match text.trim_end_matches('*').parse::<Action>() {
        Ok(action) => (Some(action), end),
        Err(_) => (None, end),
    }
}

/// Past the rest of an action that goes on with letters that only look English: what it was is not known.
fn past_lookalikes(here: Cursor<'_>) -> Option<(Damage, Cursor<'_>)> {
    let word: Vec<char> =
        here.rest().chars().take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '-' | '_')).collect();
    if !word.first().copied().is_some_and(looks_english) {
        return None;
    }
    let length = word.iter().map(|character| character.len_utf8()).sum();
    let mut characters: Vec<char> = word.into_iter().filter(|character| !character.is_ascii()).collect();
    characters.sort_unstable();
    characters.dedup();
    Some((Damage::LookalikeLetters { part: Part::Action, characters }, here.skip(length)))
}

impl Sentence {
    /// `on resource: R` and what follows, at `here`.
    fn on_resource(&mut self, here: Cursor<'_>) {
        let here = self.past_dots(here);
        let on = here.space();
        if on.at() == here.at() {
            self.tails(here);
            return;
        }
        let unnamed = [("on this resource", ()), ("on the resource associated with this ciphertext", ())];
        if let Some((rest, ())) = on.any_phrase(&unnamed) {
            self.oddities.unnamed_resource = true;
            self.partial.end = rest.at();
            self.reason(rest);
            return;
        }
        let start = match on.phrase("on resource") {
            Some(rest) => {
                let rest = rest.literal("(s)").or_else(|| rest.literal("s")).unwrap_or(rest);
                rest.space().literal(":").unwrap_or(rest)
            }
            None => match on.phrase("on ") {
                Some(rest) if rest.decoration().rest().starts_with("arn:") => rest,
                _ => return self.reason(here),
            },
        };
        let found = resource::read(start);
        self.oddities.elided |= found.elided;
        self.oddities.cut_resource = found.cut;
        self.partial.denial.resource = found.value;
        self.partial.end = found.end.at();
        match found.reason {
            Some((cause, rest)) => self.because(cause, rest),
            None => self.tails(found.end),
        }
    }

    /// Past the `...` of somebody who left something out.
    fn past_dots<'a>(&mut self, here: Cursor<'a>) -> Cursor<'a> {
        let start = here.space();
        let dots = start.rest().len() - start.rest().trim_start_matches(['.', '…']).len();
        if dots < 2 {
            return here;
        }
        self.oddities.elided = true;
        start.skip(dots)
    }

    /// A reason may follow at `here`, after white space, a comma or bold marks.
    fn reason(&mut self, here: Cursor<'_>) {
        let next = here.skip_while(|byte| matches!(byte, b'*' | b'`' | b'"' | b'\'' | b',' | b';' | b')'));
        let next = self.past_dots(next).decoration();
        match reason::read(next).filter(|_| next.at() > here.at()) {
            Some((cause, rest)) => self.because(cause, rest),
            None => self.tails(here),
        }
    }

    fn because(&mut self, cause: Cause, rest: Cursor<'_>) {
        self.wording = cause.wording;
        self.action_of_reason = cause.action;
        self.partial.denial.reason = cause.reason;
        self.partial.end = rest.at();
        self.tails(rest);
    }

    /// The encoded message and the authorization id.
    fn tails(&mut self, here: Cursor<'_>) {
        let window = before_next_sentence(head(here.rest(), TAIL_WINDOW));
        if !window.contains("uthorization") {
            return;
        }
        if let Some((encoded, end)) = encoded_message(window) {
            self.partial.denial.encoded_message = Some(encoded);
            self.partial.end = self.partial.end.max(here.at() + end);
        }
        if let Some((id, end)) = authorization_id(window) {
            self.partial.denial.authorization_id = Some(id);
            self.partial.end = self.partial.end.max(here.at() + end);
        }
    }
}

/// Encoded messages are long; what follows a sentence within this many bytes may belong to it.
const TAIL_WINDOW: usize = 8 << 10;

/// The text up to the next sentence about somebody who is not authorized.
fn before_next_sentence(window: &str) -> &str {
    let end = memchr::memmem::find(window.as_bytes(), b"not authorized").unwrap_or(window.len());
    window.get(..end).unwrap_or(window)
}

/// `Encoded authorization failure message: BLOB` in `window`, and where it ends.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
pub(super) fn encoded_message(window: &str) -> Option<(EncodedMessage, usize)> {
    let label = memchr::memmem::find_iter(window.as_bytes(), b"ncoded")
        .find_map(|at| Cursor::new(window, at).phrase("ncoded authorization failure message"))?;
    let start = label.literal(":").unwrap_or(label);
    let start = start.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'`' | b'*' | b'"'));
    // the language of a code fence
    let start = match start.skip_while(|byte| byte.is_ascii_lowercase()) {
        word if start.since(0).ends_with("```") && word.rest().starts_with('\n') => word.space(),
        _ => start,
    };
    let is_blob = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut end = start.skip_while(is_blob);
    let first = end.at() - start.at();
    let mut blob = end.since(start.at()).to_owned();
    // the label without a blob: what follows is prose
    if first < 16 && !end.rest().starts_with(['.', '…']) {
        return Some((EncodedMessage { blob: String::new(), complete: false }, label.at()));
    }
    while end.rest().starts_with(['\n', ' ']) {
        let next = end.space();
        let piece = next.skip_while(is_blob);
        let length = piece.at() - next.at();
        let alone = piece.rest().is_empty() || piece.rest().starts_with(['\n', '"', '`', '\'', '.', TOKEN_END]);
        // a whole line of the blob, or its last line: mixed letters and digits, and nothing else beside it
        let looks = piece.since(next.at()).bytes().any(|byte| byte.is_ascii_digit());
        if length > first + 3 || length == 0 || !alone || (length + 3 < first && !looks) {
            break;
        }
        blob.push_str(piece.since(next.at()));
        end = piece;
        if length + 3 < first {
            break;
        }
    }
    let cut = end.rest().trim_start_matches(' ');
    let complete = blob.len() >= 64 && !cut.starts_with("..") && !cut.starts_with(['…', '[', '*']);
    Some((EncodedMessage { blob, complete }, end.at()))
}

/// The authorization id, from its own label or from the console's address.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html>
fn authorization_id(window: &str) -> Option<(String, usize)> {
    let bytes = window.as_bytes();
    let label = memchr::memmem::find_iter(bytes, b"uthorization")
        .find_map(|at| Cursor::new(window, at).phrase("uthorization id:").map(Cursor::decoration));
    let address = || {
        let at = memchr::memmem::find(bytes, b"authorization-details/")?;
        Some(Cursor::new(window, at).skip("authorization-details/".len()))
    };
    let read = |start: Cursor<'_>| {
        let end = start.skip_while(|byte| byte.is_ascii_alphanumeric());
        let id = end.since(start.at());
        (!id.is_empty() && !is_elided(id)).then(|| (id.to_owned(), end.at()))
    };
    label.and_then(read).or_else(|| address().and_then(read))
}
