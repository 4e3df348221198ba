//! Who was denied: the words before `is not authorized`.

use super::cursor::{is_elided, tail, undecorated, unwrapped};
use super::normalized::TOKEN_END;
use crate::iam::{Principal, PrincipalKind};

/// The words before `not authorized`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a remark of its own")]
pub(super) struct Who {
    /// Where the sentence begins.
    pub(super) start: usize,
    pub(super) principal: Option<Principal>,
    /// It begins with `User:` or is an ARN: enough to distinguish a message from prose.
    pub(super) strong: bool,
    /// It is a placeholder of a program: this is source code, not a message.
    pub(super) template: bool,
    /// It is `...`.
    pub(super) elided: bool,
    /// It is the end of something longer.
    pub(super) cut: bool,
}

impl Who {
    const fn nobody(start: usize) -> Self {
        Self { start, principal: None, strong: false, template: false, elided: false, cut: false }
    }

    /// The principal, when the words leave no doubt that they are one.
    pub(super) fn stated(&self) -> Option<Principal> {
        self.principal.clone().filter(|_| self.strong && !self.template)
    }
}

/// A principal is no longer than this, with line breaks and indentation.
const REACH: usize = 900;

/// Labels that announce a principal.
const LABELS: [&str; 4] = ["User:", "Service Principal:", "Principal:", "user:"];

/// Reads the words before byte `hit` of `text`, but not before `floor`.
pub(super) fn read(text: &str, hit: usize, floor: usize) -> Who {
    let before = tail(text.get(floor..hit).unwrap_or_default(), REACH).trim_end();
    let start_of = |part: &str| (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    // "is", perhaps broken in two
    let broken = || before.strip_suffix('s')?.trim_end().strip_suffix('i');
    let Some(before) = before.strip_suffix("is").or_else(broken).map(str::trim_end) else {
        return Who::nobody(hit);
    };
    // the last label: one colon after the other, from the end
    let labelled = memchr::memrchr_iter(b':', before.as_bytes()).find_map(|colon| {
        let head = before.get(..=colon)?;
        let label = LABELS.iter().find(|label| head.ends_with(**label))?;
        Some((head.len() - label.len(), before.get(colon + 1..)?))
    });
    let labelled = labelled.filter(|(_, value)| {
        value.len() <= 500 && !value.contains(TOKEN_END) && !value.contains(". ") && value.split(' ').count() <= 40
    });
    if let Some((at, value)) = labelled {
        let start = start_of(before.get(at..).unwrap_or_default());
        return named(start, value, true);
    }
    let user = before.rfind("User ").and_then(|at| Some((at, before.get(at + 5..)?)));
    if let Some((at, value)) = user {
        let value = value.trim();
        if value.starts_with("arn:") || value.starts_with('`') || is_elided(value) {
            return named(start_of(before.get(at..).unwrap_or_default()), value, true);
        }
    }
    last_word(before, start_of)
}

fn named(start: usize, value: &str, strong: bool) -> Who {
    let mut who = Who { strong, ..Who::nobody(start) };
    let value = unwrapped(undecorated(value));
    if is_elided(&value) {
        who.elided = !value.is_empty();
        return who;
    }
    let no_arn = !value.contains("arn:");
    who.template = no_arn && (value.contains(['{', '}', '%']) || value.contains("${") || value.starts_with('$'));
    if !who.template {
        who.principal = Some(Principal::new(&value));
    }
    who
}

/// Without a label: the last word, if it is an ARN, a service, or the name of one.
fn last_word(before: &str, start_of: impl Fn(&str) -> usize) -> Who {
    let mut at = before.rfind([' ', '\n', TOKEN_END]).map_or(0, |space| space + 1);
    // an ARN that was broken: its beginning is on an earlier line
    for _ in 0..3 {
        let word = before.get(at..).unwrap_or_default();
        let head = before.get(..at).unwrap_or_default();
        if word.contains("arn:") || !head.ends_with('\n') {
            break;
        }
        let earlier = head.trim_end();
        let earlier_at = earlier.rfind([' ', '\n', TOKEN_END]).map_or(0, |space| space + 1);
        if !earlier.get(earlier_at..).is_some_and(|word| word.contains("arn:") || word.contains('/')) {
            break;
        }
        at = earlier_at;
    }
    let word = before.get(at..).unwrap_or_default();
    let start = start_of(word);
    if let Some(arn) = word.find("arn:") {
        return named(start + arn, word.get(arn..).unwrap_or_default(), true);
    }
    let plain = undecorated(word);
    let principal = Principal::new(plain);
    if principal.kind() == PrincipalKind::Service || principal.kind() == PrincipalKind::Anonymous {
        return Who { principal: Some(principal), ..Who::nobody(start) };
    }
    let head = before.get(..at).unwrap_or_default().trim_end_matches(' ');
    let name = word.rsplit(['"', '\'', '`', '*', '(', '[', '=', '>']).next().unwrap_or(word);
    let opened = name.len() < word.trim_end_matches(['"', '\'', '`', '*']).len();
    let opens = opened || head.is_empty() || head.ends_with([':', '"', '\n', ']', '-', '=', ',', '(', '>', '*', '|']);
    let service = if opened { name } else { plain };
    if opens && is_service_word(service) {
        return Who { principal: Some(Principal::new(service)), ..Who::nobody(start) };
    }
    let elided = !plain.is_empty() && is_elided(plain);
    let template = plain.contains(['{', '}', '%', '$']);
    let cut = !elided && plain.contains(['/', '-', '_']);
    Who { template, elided, cut, ..Who::nobody(start) }
}

/// `CodeBuild`: one capitalised word with a second capital, as services are called.
fn is_service_word(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphabetic())
        && letters.any(|c| c.is_ascii_uppercase())
        && word.len() > 3
}
