//! Actions that do not exist: names of API operations and typos, in the text and in the policies. An Allow of one allows nothing, and a
//! Deny of one denies nothing.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use crate::iam::{Action, ActionPattern, Effect, Policy, PolicyOrigin, Problem, Request, Severity, Statement};
use crate::reference::{Advice, Reference};

/// What is wrong with the action of the request.
pub(super) fn asked(request: &Request, reference: &Reference) -> Option<String> {
    let action = request.action.value()?;
    Some(format!("the text asks for `{action}`, which {}, it cannot be allowed", unknown_action(action, reference)?))
}

/// What is wrong with the actions of a document, as far as they are of the service that was asked.
pub(super) fn written(policy: &Policy, request: &Request, reference: &Reference) -> Vec<Problem> {
    let service = request.action.value().map(Action::service).unwrap_or_default();
    // AWS keeps actions in its own policies that are no longer documented
    if policy.origin == PolicyOrigin::AwsManaged {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for statement in policy.document.statements.iter().filter(|statement| !statement.rejected) {
        for entry in &statement.action.entries {
            let of_service = entry.pattern.service() == Some(service);
            if let Some(what) = of_service.then(|| unknown_entry(&entry.text, reference)).flatten() {
                let message = format!("`{}` {what}, {}", entry.text, consequence(statement));
                problems.push(Problem { span: entry.span, message, severity: Severity::Warning });
            }
        }
    }
    problems
}

/// What follows from an entry that covers no action.
const fn consequence(statement: &Statement) -> &'static str {
    match (statement.action.negated, statement.effect) {
        (true, _) => "it leaves nothing out",
        (false, Effect::Allow) => "it allows nothing",
        (false, Effect::Deny) => "it denies nothing",
    }
}

fn unknown_entry(text: &str, reference: &Reference) -> Option<String> {
    if text.contains(['*', '?']) {
        let (service, _) = text.split_once(':')?;
        let nothing = reference.has_service(service) && reference.matching(&ActionPattern::new(text)).is_empty();
        return nothing.then(|| {
            format!(
                "matches no action in the service reference of {}: unless AWS has added one since",
                reference.date()
            )
        });
    }
    unknown_action(&text.parse().ok()?, reference)
}

/// What a name is that is no known action, with the action that is meant: `is the name of an API operation ...`. Nothing where it is
/// known, or like no other.
#[must_use]
pub fn unknown_action(action: &Action, reference: &Reference) -> Option<String> {
    match reference.advice(action) {
        Advice::NotAnAction { instead, page } => Some(format!(
            "is the name of an API operation and no action of IAM ({} {} it, {page})",
            instead.join(" and "),
            if instead.len() == 1 { "permits" } else { "permit" }
        )),
        Advice::UnknownAction { nearest } if !nearest.is_empty() => Some(format!(
            "looks like {} and is not in the service reference of {}: unless AWS has added it since",
            nearest.join(" or "),
            reference.date()
        )),
        Advice::Known(_) | Advice::UnknownAction { .. } | Advice::UnknownService { .. } => None,
    }
}
