//! What the message tells of the request, and what the person adds: each field known, assumed with a reason, or missing.

use std::collections::BTreeMap;

use super::quoted::with_hidden_parts;
use crate::denial::{ContextFact, ContextSource, Denial, Note, Part, ServiceRole};
use crate::iam::{
    Action, Arn, AssumedField, Assumption, ContextValue, Field, Hints, NotTold, PolicyType, Principal, PrincipalKind,
    Request, Why, is_alias_name,
};

/// Reads the request out of a denial and what the person adds to it.
pub(super) fn request(denial: &Denial, hints: &Hints) -> Request {
    let mut request = Request {
        principal: doubted(principal(denial, hints), denial, hints, Part::Principal),
        role: match &hints.principal {
            Some(given) => (given.kind() == PrincipalKind::Role).then(|| given.as_str().parse().ok()).flatten(),
            None => denial.role.clone(),
        },
        action: doubted(action(denial, hints), denial, hints, Part::Action),
        resource: doubted(resource(denial, hints), denial, hints, Part::Resource),
        rcp_named: denial.reason.policy_type == Some(PolicyType::ResourceControl),
        ..Request::missing(NotTold::NotNamed)
    };
    request.assume(AssumedField::Principal, |request| &request.principal);
    request.assume(AssumedField::Resource, |request| &request.resource);
    request.assume(AssumedField::Action, |request| &request.action);
    with_hints(request.with_owner(), &denial.context, hints)
}

/// Adds the condition keys that the input tells, and what the person adds, which wins.
pub(super) fn with_hints(request: Request, facts: &[ContextFact], hints: &Hints) -> Request {
    let mut request = match &hints.resource_account {
        Some(account) => request.with_resource_account(account),
        None => request,
    };
    request.not_after = hints.now;
    if hints.context_complete {
        request = request.with_complete_context();
    } else {
        for fact in facts {
            if fact.values.is_empty() {
                request.context.set(&fact.key, ContextValue::Absent);
            } else {
                request.set_key(&fact.key, fact.values.clone());
            }
            request.assumed.push(Assumption::key(&fact.key, &fact.values, source(&fact.source)));
        }
    }
    let mut given: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (key, value) in &hints.context {
        given.entry(key).or_default().push(value.clone());
    }
    given.into_iter().fold(request, |request, (key, values)| request.with_context(key, values))
}

/// The parts of the request that the reader has given.
#[must_use]
pub fn confirmed(hints: &Hints) -> Vec<Part> {
    let given = [
        (Part::Principal, hints.principal.is_some()),
        (Part::Action, hints.action.is_some()),
        (Part::Resource, hints.resource.is_some()),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(part, _)| part).collect()
}

/// A part about which the text contradicts itself is assumed, until the reader gives it.
fn doubted<T>(field: Field<T>, denial: &Denial, hints: &Hints, part: Part) -> Field<T> {
    let confirmed = confirmed(hints);
    let contradicted = denial.damage.iter().any(|damage| damage.unconfirmed(&confirmed).contains(&part));
    match (field, contradicted) {
        (Field::Known(value) | Field::Assumed(value, _), true) => Field::Assumed(value, Why::Contradicted),
        (field, _) => field,
    }
}

fn principal(denial: &Denial, hints: &Hints) -> Field<Principal> {
    // a record names the caller, and the message is about the role that it passes
    let caller = denial.principal.as_ref().filter(|_| denial.role_of_service() != Some(ServiceRole::Execution));
    match hints.principal.as_ref().or(caller) {
        // the job assumed it before; the call may have used other credentials
        Some(principal) if hints.principal.is_none() && denial.notes.contains(&Note::CallerRoleOfText) => {
            Field::Assumed(principal.clone(), Why::RoleOfText)
        }
        Some(principal) => Field::Known(principal.clone()),
        None => Field::Missing(NotTold::NotNamed),
    }
}

fn action(denial: &Denial, hints: &Hints) -> Field<Action> {
    if let Some(action) = &hints.action {
        return Field::Known(action.clone());
    }
    if let Some(action) = &denial.action {
        return Field::Known(action.clone());
    }
    match denial.candidates.as_slice() {
        [] => Field::Missing(NotTold::NotNamed),
        [first, others @ ..] => {
            if denial.role_of_service().is_some() {
                return Field::Assumed(first.clone(), Why::OneOf(denial.candidates.clone()));
            }
            let why = Why::Operation { operation: denial.operation.clone(), others: others.to_vec() };
            Field::Assumed(first.clone(), why)
        }
    }
}

fn resource(denial: &Denial, hints: &Hints) -> Field<String> {
    if let Some(resource) = &hints.resource {
        return if is_alias_name(resource) {
            Field::Missing(NotTold::NoArn(resource.clone()))
        } else {
            Field::Known(resource.clone())
        };
    }
    let Some(resource) = &denial.resource else {
        return Field::Missing(NotTold::NotNamed);
    };
    if let Some(open) = with_hidden_parts(resource) {
        return Field::Assumed(open, Why::Masked);
    }
    if resource != "*" && resource.contains(['*', '?']) && resource.parse::<Arn>().is_ok() {
        return Field::Assumed(resource.clone(), Why::QuotedPattern);
    }
    if resource.parse::<Arn>().is_ok() || resource == "*" {
        return Field::Known(resource.clone());
    }
    match named_iam_entity(resource, hints.principal.as_ref().or(denial.principal.as_ref())) {
        Some(arn) => Field::Assumed(arn, Why::EntityName(resource.clone())),
        None => Field::Missing(NotTold::NoArn(resource.clone())),
    }
}

/// IAM's older messages name `role X`, `user x`, `group G`, `policy P`, `instance profile P` instead of an ARN.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
fn named_iam_entity(resource: &str, principal: Option<&Principal>) -> Option<String> {
    let (kind, name) = ["role", "user", "group", "policy", "instance profile"]
        .into_iter()
        .find_map(|kind| Some((kind, resource.strip_prefix(kind)?.strip_prefix(' ')?)))?;
    let principal = principal?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let kind = kind.replace(' ', "-");
    Some(format!("arn:{}:iam::{}:{kind}/{name}", principal.partition()?, principal.account()?))
}

fn source(source: &ContextSource) -> Why {
    match source {
        ContextSource::CloudTrailField(field) => Why::CloudTrailField(field.clone()),
        ContextSource::EventHistory { event, field } => {
            Why::EventHistory { event: event.clone(), field: field.clone() }
        }
        ContextSource::DecodedMessage => Why::DecodedConditions,
        ContextSource::CallerIdentity => Why::CallerIdentity,
        ContextSource::JobLog => Why::JobLog,
        ContextSource::ProbedProfile => Why::Probe,
    }
}
