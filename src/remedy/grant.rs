//! Adding the allow that is missing: by widening the statement that nearly allowed it, or by a statement of its own.

use crate::diagnose::NearMiss;
use crate::iam::{Document, Element, Policy, PrincipalKind, Request};
use crate::text::{Json, Node, append_item, apply, parse};

/// A document that allows the request.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) text: String,
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
    let (key, item) = match near.only_element()? {
        Element::Resource if !statement.resource.as_ref()?.negated && resource != "*" => ("Resource", resource.clone()),
        Element::Action if !statement.action.negated => ("Action", action.to_string()),
        _ => return None,
    };
    let patch = append_item(text, node.get(key)?, &Json::text(item.clone()));
    Some(Granted {
        text: apply(text, &[patch]),
        what: format!("add {item} to the {key} of {}", near.statement.label()),
    })
}

/// Adds a statement of its own to an existing document.
pub(super) fn add_statement(document: &Document, request: &Request, principal: Option<Json>) -> Option<Granted> {
    let text = document.source.text();
    let root = parse(text).ok()?;
    let taken: Vec<&str> =
        root.get("Statement")?.one_or_many().iter().filter_map(|node| node.get("Sid").and_then(Node::as_str)).collect();
    let (statement, request_in_words) = statement(request, principal, &taken)?;
    Some(Granted {
        text: apply(text, &[append_item(text, root.get("Statement")?, &statement)]),
        what: format!("add a statement that allows {request_in_words}"),
    })
}

/// A document of its own.
pub(super) fn new_document(request: &Request) -> Option<Granted> {
    let (statement, request_in_words) = statement(request, None, &[])?;
    let document = Json::Object(vec![
        ("Version".to_owned(), Json::text("2012-10-17")),
        ("Statement".to_owned(), Json::List(vec![statement])),
    ]);
    let what = format!("allow {request_in_words}");
    Some(Granted { text: format!("{}\n", document.pretty("  ", 0)), what })
}

/// One action on one resource, nothing else.
fn statement(request: &Request, principal: Option<Json>, taken: &[&str]) -> Option<(Json, String)> {
    let action = request.action.value()?;
    let resource = request.resource.value()?;
    let mut members = vec![
        ("Sid".to_owned(), Json::text(fresh_name(&policy_name(request)?, taken))),
        ("Effect".to_owned(), Json::text("Allow")),
    ];
    let trust = principal.is_some() && action.service() == "sts";
    // as a Principal the root user's ARN is the whole account
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts>
    let root = request.principal.value().filter(|caller| principal.is_some() && caller.kind() == PrincipalKind::Root);
    if let Some(principal) = principal {
        members.push(("Principal".to_owned(), principal));
    }
    members.push(("Action".to_owned(), Json::text(action.as_str())));
    if !trust {
        members.push(("Resource".to_owned(), Json::text(resource.clone())));
    }
    if let Some(root) = root {
        let line = Json::Object(vec![("aws:PrincipalArn".to_owned(), Json::text(root.as_str()))]);
        members.push(("Condition".to_owned(), Json::Object(vec![("ArnEquals".to_owned(), line)])));
    }
    Some((Json::Object(members), format!("{action} on {resource}")))
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
