//! What a narrowed Deny opens beside the request: nothing of it may be a guardrail that would stay if it were asked for.

use super::guardrail::{Guardrail, guardrail};
use super::narrow::{Opened, can_be_asked_on};
use super::principal_arn::principal_arn;
use crate::diagnose::DenialContext;
use crate::iam::{Action, ActionPattern, Field, PolicyType, Request, Statement};
use crate::reference::{ActionFacts, Reference};
use crate::text::Wildcard;

/// The first action that the narrowed Deny opens beside the request and that it guards, with what it guards there.
pub(super) fn opens_guardrail(
    statement: &Statement,
    policy_type: PolicyType,
    case: &DenialContext<'_>,
    opened: &Opened,
) -> Option<(Action, Guardrail)> {
    let DenialContext { request, reference, .. } = *case;
    let actions = actions(opened, reference);
    // without names of resources only the action can tell
    let by_name = statement.resource.as_ref().is_some_and(|all| all.entries.iter().any(|entry| entry.value != "*"));
    resources(opened, request).iter().find_map(|resource| {
        let mut asked = Request { resource: Field::Known(resource.clone()), ..request.clone() };
        actions.iter().find_map(|action| {
            let facts = reference.action(action);
            let itself = request.action.value() == Some(action) && request.resource.value() == Some(resource);
            let possible = facts.is_none_or(|facts| can_be_asked_on(&facts, resource));
            if itself || !possible || !(by_name || is_telling(action, reference)) {
                return None;
            }
            asked.action = Field::Known(action.clone());
            let guard = guardrail(statement, policy_type, &asked, reference).filter(|guard| guard.refused)?;
            Some((action.clone(), guard))
        })
    })
}

/// Whether an action may be guarded for what it is: all that guardrails know by the action alone.
fn is_telling(action: &Action, reference: &Reference) -> bool {
    let name = action.folded();
    name == "organizations:leaveorganization"
        || name.contains("permissionsboundary")
        || name.starts_with("ec2:modifyinstancemetadata")
        || reference.danger(action).is_some()
}

/// The actions that are opened, as far as they are known.
fn actions(opened: &Opened, reference: &Reference) -> Vec<Action> {
    let mut all = Vec::new();
    for pattern in &opened.actions {
        let Some(text) = pattern.pattern.text() else { continue };
        let but: Vec<ActionPattern> =
            pattern.except.iter().filter_map(|except| except.text()).map(ActionPattern::new).collect();
        let known = reference.matching(&ActionPattern::new(text));
        let known = known.iter().filter_map(ActionFacts::action);
        all.extend(known.filter(|action| !but.iter().any(|but| but.matches(action))).cloned());
        all.extend(text.parse().ok().filter(|_| !text.contains(['*', '?'])));
    }
    all
}

/// The resources on which they are opened: that of the request, what the statement writes, and the caller itself where that is among them.
fn resources(opened: &Opened, request: &Request) -> Vec<String> {
    let written: Vec<&str> = opened.resources.iter().filter_map(|pattern| pattern.pattern.text()).collect();
    let itself = principal_arn(request).filter(|own| written.iter().any(|text| Wildcard::new(text).matches(own)));
    let mut all: Vec<String> = request.resource.value().cloned().into_iter().collect();
    for resource in written.iter().map(|text| (*text).to_owned()).chain(itself) {
        if !all.contains(&resource) {
            all.push(resource);
        }
    }
    all
}
