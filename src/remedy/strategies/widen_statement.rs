//! `widen-statement`: the statement that nearly allows the request is widened by one entry.

use std::sync::Arc;

use super::super::change_kind::ChangeKind;
use super::super::editable::is_editable;
use super::super::kept::Kept;
use super::super::narrow::Style;
use super::super::needed_statement::{Granted, passed_service};
use super::super::resource_entry::resource_entry;
use super::strategy::{Drafts, Grant, Strategy};
use crate::diagnose::NearMiss;
use crate::iam::{Element, Language, PASSED_TO_SERVICE, Policy, Request};
use crate::text::{Json, append_item, apply, parse};

pub(super) const STRATEGY: Strategy = Strategy {
    id: "widen-statement",
    applies: |situation| situation.is_blocked(),
    drafts: Drafts::Edits(Style::Exact, Grant::Widen),
};

/// The policy whose statement nearly allows the request, and its document with that statement widened. Where a condition is what
/// blocks, only that condition may be widened.
pub(in crate::remedy) fn widened<'p>(
    near: Option<&'p NearMiss>,
    kept: Option<&'p Kept>,
    request: &Request,
) -> Option<(&'p Arc<Policy>, Granted)> {
    match (kept.filter(|kept| kept.is_gate), near) {
        (Some(gate), _) if is_editable(&gate.policy) => Some((&gate.policy, widen_condition(gate, request)?)),
        (None, Some(near)) => Some((&near.statement.policy, widen(near, request)?)),
        _ => None,
    }
}

/// Adds the action or the resource to the statement that misses only it.
fn widen(near: &NearMiss, request: &Request) -> Option<Granted> {
    let action = request.action.value()?;
    let resource = request.resource.value()?;
    let statement = near.statement.statement()?;
    // a statement of its own names the service that gets the role
    let limited = statement.conditions.iter().any(|line| line.key.eq_ignore_ascii_case(PASSED_TO_SERVICE));
    if passed_service(request).is_some() && !limited {
        return None;
    }
    let document = &near.statement.policy.document;
    let text = document.source.text();
    let root = parse(text).ok()?;
    let node = root.get("Statement")?.one_or_many().get(statement.index)?;
    let element = near.only_element()?;
    let item = match element {
        Element::Resource if !statement.resource.as_ref()?.negated && resource != "*" => {
            let entry = resource_entry(request, resource);
            // the statement's other actions would be allowed on everything
            if entry == "*" {
                return None;
            }
            // the old language has no way to write a wildcard or a variable as plain text
            if document.language == Language::V2008 && entry != *resource {
                return None;
            }
            entry
        }
        Element::Action if !statement.action.negated => action.to_string(),
        _ => return None,
    };
    let patch = append_item(text, node.get(&element.to_string())?, &Json::text(item.clone()));
    Some(Granted {
        text: apply(text, &[patch]),
        kind: ChangeKind::AddEntry { statement: near.statement.name(), element, entry: item },
    })
}

/// Adds the request's own value to the one condition that keeps the statement from covering it.
fn widen_condition(kept: &Kept, request: &Request) -> Option<Granted> {
    let (condition, value) = kept.further_value(request)?;
    let document = &kept.policy.document;
    let text = document.source.text();
    let root = parse(text).ok()?;
    let node = root.get("Statement")?.one_or_many().get(kept.statement()?.index)?;
    let mut operators = node.get("Condition")?.members()?.iter();
    let operator = operators.find(|member| *member.key == *condition.operator.text)?;
    let mut keys = operator.value.members()?.iter();
    let key = keys.find(|member| member.key == condition.key)?;
    Some(Granted {
        text: apply(text, &[append_item(text, &key.value, &Json::text(value.clone()))]),
        kind: ChangeKind::AddConditionValue { statement: kept.name(), key: condition.key.clone(), value },
    })
}
