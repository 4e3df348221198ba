//! Repeated denials: the same request denied for the same reason, whatever its request id, session name, encoded message or
//! authorization id.

use std::collections::BTreeMap;

use super::facts::{Denial, DenialKind, Reason};
use crate::iam::Principal;

/// Denials in order, each once.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    denials: Vec<Denial>,
    /// Fingerprint to places in `denials`.
    known: BTreeMap<String, Vec<usize>>,
}

impl Distinct {
    /// Adds a denial, or counts it.
    pub(super) fn add(&mut self, denial: Denial) {
        // most texts contain one denial; nothing is compared then
        if self.denials.is_empty() {
            self.denials.push(denial);
            return;
        }
        if self.known.is_empty() {
            let first = self.denials.first().map(fingerprint).unwrap_or_default();
            self.known.insert(first, vec![0]);
        }
        // a message that was cut, beside the whole one
        if let Some(last) = self.denials.last_mut().filter(|last| is_part(last, &denial) || is_part(&denial, last)) {
            let mut whole = denial;
            if is_part(&whole, last) {
                std::mem::swap(last, &mut whole);
            }
            (whole.span, whole.line) = (last.span, last.line);
            repeat(&mut whole, std::mem::take(last));
            let print = fingerprint(&whole);
            *last = whole;
            self.known.entry(print).or_default().push(self.denials.len() - 1);
            return;
        }
        // a log and its details tell one request twice
        if let Some(last) = self.denials.last_mut().filter(|last| is_same_request(last, &denial)) {
            repeat(last, denial);
            return;
        }
        let print = fingerprint(&denial);
        let places = self.known.entry(print).or_default();
        let same =
            places.iter().copied().find(|at| self.denials.get(*at).is_some_and(|known| compatible(known, &denial)));
        if let Some(known) = same.and_then(|at| self.denials.get_mut(at)) {
            repeat(known, denial);
        } else {
            places.push(self.denials.len());
            self.denials.push(denial);
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.denials.len()
    }

    pub(super) fn into_denials(self) -> Vec<Denial> {
        self.denials
    }
}

/// Whether `part` is the beginning of `whole`: the same request, cut before the resource or the reason.
fn is_part(part: &Denial, whole: &Denial) -> bool {
    part.action.is_some()
        && part.action == whole.action
        && part.principal.as_ref().map(without_session) == whole.principal.as_ref().map(without_session)
        && part.kind == whole.kind
        && part.reason == Reason::default()
        && part.resource.is_none()
        && (whole.resource.is_some() || whole.reason != Reason::default())
        && compatible(part, whole)
        && whole.span.start.abs_diff(part.span.end) < 2000
}

impl Denial {
    /// What makes it the same denial the next time, whatever its request, session or encoded message.
    #[must_use]
    pub fn identity(&self) -> String {
        fingerprint(self)
    }
}

fn fingerprint(denial: &Denial) -> String {
    let kind = match denial.kind {
        DenialKind::IamDenial => "iam",
        DenialKind::OtherFailure(failure) => denial.model.as_ref().map_or(failure.id(), |model| model.failure.code()),
    };
    let action = denial.action.as_ref().map_or("", |action| action.folded());
    let resource = denial.resource.as_deref().unwrap_or_default();
    let principal = denial.principal.as_ref().map(without_session).unwrap_or_default();
    let reason = &denial.reason;
    let policy = reason.policy_type.map_or("", crate::iam::PolicyType::id);
    let arn = reason.policy_arn.as_deref().unwrap_or_default();
    format!("{kind}\n{principal}\n{action}\n{resource}\n{:?}\n{policy}\n{arn}", reason.effect)
}

/// The principal as written, a session without its name.
fn without_session(principal: &Principal) -> &str {
    let text = principal.as_str();
    principal.session().and_then(|session| text.strip_suffix(session)).unwrap_or(text)
}

/// Whether nothing that one says contradicts the other.
pub(super) fn compatible(known: &Denial, new: &Denial) -> bool {
    fn fits(known: Option<&String>, new: Option<&String>) -> bool {
        known.zip(new).is_none_or(|(known, new)| known == new)
    }
    fits(known.operation.as_ref(), new.operation.as_ref())
        && (fits(known.error_code.as_ref(), new.error_code.as_ref()) || known.action.is_some())
}

/// Whether every request of the new denial is one of the known.
fn same_ids(known: &Denial, new: &Denial) -> bool {
    !new.request_ids.is_empty() && new.request_ids.iter().all(|id| known.request_ids.contains(id))
}

/// Whether both tell of one request, and neither names what the other contradicts.
fn is_same_request(known: &Denial, new: &Denial) -> bool {
    let fits = |one: Option<&str>, other: Option<&str>| one.zip(other).is_none_or(|(one, other)| one == other);
    let action = |denial: &Denial| denial.action.as_ref().map(crate::iam::Action::folded).map(str::to_owned);
    let principal = |denial: &Denial| denial.principal.as_ref().map(|principal| principal.as_str().to_owned());
    let silent = |denial: &Denial| denial.reason == Reason::default();
    same_ids(known, new)
        && known.kind == new.kind
        // two reasons of one request contradict each other, which is told
        && (silent(known) || silent(new) || known.reason == new.reason)
        && compatible(known, new)
        && fits(known.resource.as_deref(), new.resource.as_deref())
        && fits(action(known).as_deref(), action(new).as_deref())
        && fits(principal(known).as_deref(), principal(new).as_deref())
}

/// Counts another occurrence, and adds what it knows.
pub(super) fn repeat(known: &mut Denial, new: Denial) {
    if !same_ids(known, &new) {
        known.occurrences += new.occurrences;
    }
    known.merge(new);
}
