//! What is not known and decides: condition keys, fields of the request, layers that were not seen.

use super::condition::missing_keys;
use super::logic::{Layers, Part};
use super::subject::Subject;
use super::{Check, StatementOutcome, Truth};
use crate::iam::{Effect, Field, PolicySet, PolicyType, open_parts};

/// Names of what is missing, each once, in the order of the policies.
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub(super) context: Vec<String>,
    pub(super) evidence: Vec<String>,
}

fn add(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        list.push(name.to_owned());
    }
}

/// What an undetermined decision depends on.
pub(super) fn missing(subject: &Subject<'_>, layers: &Layers, checks: &[Check], policies: &PolicySet) -> Missing {
    let deciding = layers.deciding();
    let mut missing = Missing::default();
    for check in checks {
        for outcome in &check.outcomes {
            let parts = match outcome.effect {
                Effect::Deny => &[Part::Deny][..],
                Effect::Allow => parts(check.policy_type),
            };
            let unclear = check.policy_type == PolicyType::ResourceControl && subject.rcps_reach() == Truth::Unknown;
            if unclear
                && outcome.effect == Effect::Deny
                && !outcome.matched().is_false()
                && deciding.contains(&Part::Deny)
            {
                add(&mut missing.evidence, "whether resource control policies reach an action that has no resource");
            }
            if outcome.matched() == Truth::Unknown && parts.iter().any(|part| deciding.contains(part)) {
                statement(subject, outcome, &mut missing);
            }
        }
    }
    if deciding.contains(&Part::SameAccount) {
        match &subject.request.resource_account {
            Field::Missing(_) => add(&mut missing.evidence, "the account that owns the resource"),
            _ => add(&mut missing.evidence, "the account of the principal"),
        }
    }
    if deciding.contains(&Part::ResourceMustAllow) {
        add(&mut missing.evidence, "the resource");
    }
    let layers = [
        (PolicyType::ResourceControl, &policies.resource_control.coverage),
        (PolicyType::ServiceControl, &policies.service_control.coverage),
        (PolicyType::VpcEndpoint, &policies.vpc_endpoint.coverage),
        (PolicyType::ResourceBased, &policies.resource.coverage),
        (PolicyType::IdentityBased, &policies.identity.coverage),
        (PolicyType::PermissionsBoundary, &policies.boundary.coverage),
        (PolicyType::Session, &policies.session.coverage),
    ];
    for (policy_type, coverage) in layers {
        let decides = deciding.contains(&Part::Deny) || parts(policy_type).iter().any(|part| deciding.contains(part));
        let applies = checks.iter().any(|check| check.incomplete && same_layer(check.policy_type, policy_type));
        if let (Some(gap), true, true) = (coverage.gap(), decides, applies) {
            add(&mut missing.evidence, &gap.what);
        }
    }
    missing
}

fn same_layer(check: PolicyType, layer: PolicyType) -> bool {
    check == layer || (check == PolicyType::RoleTrust && layer == PolicyType::ResourceBased)
}

/// Where an Allow of this type counts.
const fn parts(policy_type: PolicyType) -> &'static [Part] {
    match policy_type {
        PolicyType::ResourceControl => &[],
        PolicyType::ServiceControl => &[Part::ServiceControl],
        PolicyType::VpcEndpoint => &[Part::VpcEndpoint],
        PolicyType::ResourceBased | PolicyType::RoleTrust => &[Part::Account, Part::Role, Part::User, Part::Direct],
        PolicyType::IdentityBased => &[Part::Identity],
        PolicyType::PermissionsBoundary => &[Part::Boundary],
        PolicyType::Session => &[Part::Session],
    }
}

/// What one statement's match depends on.
fn statement(subject: &Subject<'_>, outcome: &StatementOutcome, missing: &mut Missing) {
    let Some(statement) = outcome.statement() else {
        return;
    };
    for key in statement.conditions.iter().flat_map(|condition| missing_keys(condition, subject.context)) {
        add(&mut missing.context, key);
    }
    let mut open = |texts: &mut dyn Iterator<Item = &str>| {
        let parts: Vec<&str> = texts.flat_map(open_parts).collect();
        for part in &parts {
            add(&mut missing.evidence, &outcome.policy.names_open_part(part));
        }
        !parts.is_empty()
    };
    let action = outcome.action == Truth::Unknown
        && !open(&mut statement.action.entries.iter().map(|entry| entry.text.as_str()));
    let principal = outcome.principal == Truth::Unknown
        && !open(&mut statement.principal.iter().flat_map(|it| &it.entries).map(|entry| entry.value.as_str()));
    let resource = outcome.resource == Truth::Unknown
        && !open(&mut statement.resource.iter().flat_map(|it| &it.entries).map(|entry| entry.value.as_str()));
    if outcome.condition == Truth::Unknown {
        let values = statement.conditions.iter().flat_map(|line| &line.values).map(|value| value.value.as_str());
        open(&mut statement.conditions.iter().map(|line| line.key.as_str()).chain(values));
    }
    if action {
        add(&mut missing.evidence, "the action");
    }
    if principal {
        let partly = statement.principal.as_ref().is_some_and(|principal| principal.negated);
        let gateway =
            subject.through_gateway() != Truth::False && outcome.policy.policy_type == PolicyType::VpcEndpoint;
        let what = if gateway && subject.request.vpc_endpoint.is_none() {
            "whether the VPC endpoint is a gateway endpoint, in whose policy Principal must be `*`"
        } else if gateway {
            "what a Principal other than `*` denies in the policy of a gateway endpoint"
        } else if partly && subject.principal.is_some() {
            "whether a NotPrincipal that lists the principal only in part spares it"
        } else {
            "the principal"
        };
        add(&mut missing.evidence, what);
    }
    if resource {
        let keys = super::statement::unknown_variables(subject, statement.resource.as_ref());
        if keys.is_empty() {
            add(&mut missing.evidence, "the resource");
        }
        for key in keys {
            add(&mut missing.context, key);
        }
    }
}
