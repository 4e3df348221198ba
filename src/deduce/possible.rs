//! What no request is, whatever AWS said of it: keys that are not in one request together, and times that have not come.

use super::solve::{Classes, Clause, Literal};
use super::unknowns::{Form, Unknowns};
use crate::evaluate::{BONDS, Bond, is_present};
use crate::iam::{ContextValue, PrincipalKind, Request, instant};
use crate::reference::Reference;

/// Keys that are times which are past when AWS answers.
const TIMES: [&str; 3] = ["aws:currenttime", "aws:epochtime", "aws:tokenissuetime"];

/// The classes that each unknown can take by itself.
pub(super) fn domains(unknowns: &Unknowns, request: &Request) -> Vec<Classes> {
    let mut domains = unknowns.domains();
    for (number, (key, domain)) in unknowns.keys.iter().zip(&mut domains).enumerate() {
        let absent = key.absent.map_or(0, |class| 1 << class);
        let class_of = |text: &str| unknowns.class_of(number, &one(text), request).map_or(0, |class| 1 << class);
        if TIMES.contains(&key.folded.as_str()) {
            let Some(latest) = latest(request) else { continue };
            let past = key.tried.iter().filter(|(_, text)| instant(text).is_none_or(|at| at <= latest));
            let classes = past.fold(absent, |classes, (class, _)| classes | (1 << class));
            *domain &= classes | class_of(&(latest / 1_000_000_000).to_string());
        } else if key.folded == "aws:multifactorauthpresent" && is_without_mfa(request) {
            *domain &= absent | class_of("false");
        } else if key.folded == "aws:multifactorauthage" && is_without_mfa(request) {
            *domain &= absent;
        }
    }
    domains
}

/// A value of the class that a request can have; the first of the class may be one that it cannot.
pub(super) fn value(unknowns: &Unknowns, number: usize, class: usize, request: &Request) -> Option<ContextValue> {
    let key = unknowns.keys.get(number)?;
    let first = &key.cases.get(class)?.value;
    let is_of = |value: &ContextValue| unknowns.class_of(number, value, request) == Some(class);
    let other = if TIMES.contains(&key.folded.as_str()) {
        let late = |text: &str| latest(request).zip(instant(text)).is_some_and(|(latest, at)| at > latest);
        let past = key.tried.iter().find(|(own, text)| *own == class && !late(text)).map(|(_, text)| one(text));
        let last = || latest(request).map(|at| one(&(at / 1_000_000_000).to_string())).filter(is_of);
        first.single().is_some_and(late).then(|| past.or_else(last)).flatten()
    } else if key.folded == "aws:multifactorauthpresent" && is_without_mfa(request) {
        [one("false"), ContextValue::Absent].into_iter().find(is_of)
    } else {
        None
    };
    Some(other.unwrap_or_else(|| first.clone()))
}

/// No later than this the request was made.
fn latest(request: &Request) -> Option<i128> {
    request.context.get("aws:CurrentTime").single().and_then(instant).or(request.not_after)
}

/// Whether AWS does not learn whether the session has MFA, or it cannot have it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
fn is_without_mfa(request: &Request) -> bool {
    let of_provider = is_present(request.context.get("aws:FederatedProvider"));
    request.principal.value().is_some_and(|caller| {
        let has_user = !matches!(caller.kind(), PrincipalKind::User | PrincipalKind::Root);
        has_user && (of_provider || caller.permission_set().is_some())
    })
}

/// Which keys are not in one request together. What is excluded holds for no value of the classes; more may be impossible.
pub(super) fn clauses(unknowns: &Unknowns, request: &Request) -> Vec<Clause> {
    BONDS.iter().flat_map(|bond| of_bond(bond, unknowns, request)).collect()
}

fn of_bond(bond: &Bond, unknowns: &Unknowns, request: &Request) -> Vec<Clause> {
    let number = |key: &str| unknowns.keys.iter().position(|own| own.folded == key);
    // what meets the bond; nothing where the other key is known not to
    let met: Clause = match (bond.needs.is_met(request.context.get_folded(bond.other)), number(bond.other)) {
        (Some(false), _) => Vec::new(),
        (None, Some(other)) => {
            let Some(class) = unknowns.class_of(other, &bond.needs.value(), request) else { return Vec::new() };
            vec![Literal { unknown: other, classes: 1 << class }]
        }
        (Some(true), _) | (None, None) => return Vec::new(),
    };
    let without = |key: &&str| {
        let mut clause = met.clone();
        match number(key) {
            Some(own) => clause.push(Literal { unknown: own, classes: absent(unknowns, own, request) }),
            None if is_present(request.context.get_folded(key)) => {}
            None => return None,
        }
        // two keys that are told so all the same
        (!clause.is_empty()).then_some(clause)
    };
    bond.keys.iter().filter_map(without).collect()
}

/// The classes in which the key may be absent; a list of nothing is not there either.
pub(super) fn absent(unknowns: &Unknowns, number: usize, request: &Request) -> Classes {
    let Some(key) = unknowns.keys.get(number) else { return 0 };
    let nothing = |multivalued| ContextValue::Present { values: vec![String::new()], multivalued };
    let class_of = |multivalued| unknowns.class_of(number, &nothing(multivalued), request);
    let empty = [true, false].map(|multivalued| key.is_list.then(|| class_of(multivalued)).flatten());
    std::iter::once(key.absent).chain(empty).flatten().fold(0, |classes, class| classes | (1 << class))
}

fn one(text: &str) -> ContextValue {
    ContextValue::Present { values: vec![text.to_owned()], multivalued: false }
}

/// Whether a statement needs a key that AWS's reference does not list for the action. That is unlikely, and no more: the services write
/// their lists themselves, and not all are complete, so it makes an order of what is possible and excludes nothing.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
pub(super) fn is_unlikely(form: &Form, unknowns: &Unknowns, request: &Request, reference: &Reference) -> bool {
    let Some(action) = request.action.value() else { return false };
    let Some(facts) = reference.action(action) else { return false };
    form.literals.iter().any(|literal| {
        let Some(key) = unknowns.keys.get(literal.unknown) else { return false };
        let own = key.folded.split_once(':').is_some_and(|(service, _)| service == action.service());
        let of_tags = key.folded.starts_with("aws:requesttag/") || key.folded == "aws:tagkeys";
        let present = literal.classes & absent(unknowns, literal.unknown, request) == 0;
        present && (own || of_tags) && !facts.lists(&key.folded)
    })
}
