//! Adding the allow that is missing: by widening the statement that nearly allowed it, or by a statement of its own.

use super::workbench::Opening;
use crate::diagnose::NearMiss;
use crate::iam::{Document, Element, Policy, Request, Statement};
use crate::text::{Json, Node, append_item, apply, parse};

/// A document that allows the request, and what else it allows.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) text: String,
    pub(super) opening: Opening,
    pub(super) what: String,
}

/// Adds the action or the resource to the statement that misses only it.
pub(super) fn widen(near: &NearMiss, request: &Request) -> Option<Granted> {
    let action = request.action.value()?;
    let resource = request.resource.value()?;
    let statement = near.statement.statement()?;
    let document = &near.statement.policy.document;
    let text = document.source.text();
    let root = parse(text).ok()?;
    let node = root.get("Statement")?.one_or_many().get(statement.index)?;
    let (key, item, opening) = match near.only_element()? {
        Element::Resource if !statement.resource.as_ref()?.negated && resource != "*" => {
            ("Resource", resource.clone(), on_resource(statement, action.as_str(), resource))
        }
        Element::Action if !statement.action.negated => {
            ("Action", action.to_string(), of_action(statement, action.as_str(), resource))
        }
        _ => return None,
    };
    let patch = append_item(text, node.get(key)?, &Json::text(item.clone()));
    Some(Granted {
        text: apply(text, &[patch]),
        opening,
        what: format!("add {item} to the {key} of {}", near.statement.label()),
    })
}

/// A further resource gets every action of the statement.
fn on_resource(statement: &Statement, action: &str, resource: &str) -> Opening {
    let entries: Vec<&str> = statement.action.entries.iter().map(|entry| entry.text.as_str()).collect();
    let exact = !statement.action.negated && matches!(entries.as_slice(), [only] if only.eq_ignore_ascii_case(action));
    let actions =
        if statement.action.negated { format!("every action but {}", entries.join(", ")) } else { entries.join(", ") };
    Opening { regions: vec![format!("{actions} on {resource}")], exact }
}

/// A further action works on every resource of the statement.
fn of_action(statement: &Statement, action: &str, resource: &str) -> Opening {
    let Some(element) = &statement.resource else {
        return Opening { regions: vec![format!("{action} on this resource")], exact: true };
    };
    let entries: Vec<&str> = element.entries.iter().map(|entry| entry.value.as_str()).collect();
    let exact = !element.negated && matches!(entries.as_slice(), [only] if *only == resource);
    let on = if element.negated { format!("everything but {}", entries.join(", ")) } else { entries.join(", ") };
    Opening { regions: vec![format!("{action} on {on}")], exact }
}

/// Adds a statement of its own to an existing document.
pub(super) fn add_statement(document: &Document, request: &Request, principal: Option<Json>) -> Option<Granted> {
    let text = document.source.text();
    let root = parse(text).ok()?;
    let taken: Vec<&str> =
        root.get("Statement")?.one_or_many().iter().filter_map(|node| node.get("Sid").and_then(Node::as_str)).collect();
    let (statement, opening) = statement(request, principal, &taken)?;
    Some(Granted {
        text: apply(text, &[append_item(text, root.get("Statement")?, &statement)]),
        what: format!("add a statement that allows {}", opening.regions.join(", ")),
        opening,
    })
}

/// A document of its own.
pub(super) fn new_document(request: &Request) -> Option<Granted> {
    let (statement, opening) = statement(request, None, &[])?;
    let document = Json::Object(vec![
        ("Version".to_owned(), Json::text("2012-10-17")),
        ("Statement".to_owned(), Json::List(vec![statement])),
    ]);
    let what = format!("allow {}", opening.regions.join(", "));
    Some(Granted { text: format!("{}\n", document.pretty("  ", 0)), opening, what })
}

/// One action on one resource, nothing else.
fn statement(request: &Request, principal: Option<Json>, taken: &[&str]) -> Option<(Json, Opening)> {
    let action = request.action.value()?;
    let resource = request.resource.value()?;
    let mut members = vec![
        ("Sid".to_owned(), Json::text(fresh_name(&policy_name(request)?, taken))),
        ("Effect".to_owned(), Json::text("Allow")),
    ];
    let trust = principal.is_some() && action.service() == "sts";
    if let Some(principal) = principal {
        members.push(("Principal".to_owned(), principal));
    }
    members.push(("Action".to_owned(), Json::text(action.as_str())));
    if !trust {
        members.push(("Resource".to_owned(), Json::text(resource.clone())));
    }
    let opening = Opening { regions: vec![format!("{action} on {resource}")], exact: true };
    Some((Json::Object(members), opening))
}

/// `AllowInvokeModel` for bedrock:InvokeModel; letters and digits only, as a Sid wants.
pub(super) fn policy_name(request: &Request) -> Option<String> {
    let name = request.action.value()?.name();
    Some(format!("Allow{}", name.chars().filter(char::is_ascii_alphanumeric).collect::<String>()))
}

/// A name that is not taken yet.
pub(super) fn fresh_name(base: &str, taken: &[&str]) -> String {
    let mut name = base.to_owned();
    let mut number = 2;
    while taken.contains(&name.as_str()) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

/// Whether a policy can be edited by the account: AWS's own cannot.
pub(super) fn is_editable(policy: &Policy) -> bool {
    policy.origin != crate::iam::PolicyOrigin::AwsManaged
}
