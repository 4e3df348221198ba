//! What is not known and decides: condition keys, fields of the request, layers that were not seen.

use std::collections::HashSet;

use super::condition::missing_keys;
use super::evaluation::{Check, MissingEvidence, StatementOutcome};
use super::logic::{Layers, Part};
use super::statement::unknown_variables;
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{Effect, Field, PolicySet, PolicyType, open_parts};

/// What is missing, each once, in the order of the policies.
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub(super) context: Vec<String>,
    pub(super) evidence: Vec<MissingEvidence>,
    /// The keys in lower case, and the evidence, that are there already.
    known_keys: HashSet<String>,
    known_evidence: HashSet<MissingEvidence>,
}

impl Missing {
    fn key(&mut self, key: &str) {
        if self.known_keys.insert(key.to_ascii_lowercase()) {
            self.context.push(key.to_owned());
        }
    }

    fn evidence(&mut self, what: MissingEvidence) {
        if self.known_evidence.insert(what.clone()) {
            self.evidence.push(what);
        }
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
                Effect::Allow => Part::of(check.policy_type),
            };
            let unclear = check.policy_type == PolicyType::ResourceControl && subject.rcps_reach() == Truth::Unknown;
            if unclear
                && outcome.effect == Effect::Deny
                && !outcome.matched().is_false()
                && deciding.contains(&Part::Deny)
            {
                missing.evidence(MissingEvidence::ReachOfResourceControl);
            }
            if outcome.matched() == Truth::Unknown && parts.iter().any(|part| deciding.contains(part)) {
                statement(subject, outcome, &mut missing);
            }
        }
    }
    if deciding.contains(&Part::SameAccount) {
        missing.evidence(match &subject.request.resource_account {
            Field::Missing(_) => MissingEvidence::ResourceAccount,
            _ => MissingEvidence::PrincipalAccount,
        });
    }
    if deciding.contains(&Part::ResourceMustAllow) {
        missing.evidence(MissingEvidence::Resource);
    }
    for policy_type in PolicyType::ALL.into_iter().filter(|policy_type| *policy_type == policy_type.normalized()) {
        let coverage = policies.layer(policy_type).coverage;
        let decides =
            deciding.contains(&Part::Deny) || Part::of(policy_type).iter().any(|part| deciding.contains(part));
        let applies = checks.iter().any(|check| check.incomplete && check.policy_type.normalized() == policy_type);
        if let (Some(gap), true, true) = (coverage.gap(), decides, applies) {
            missing.evidence(MissingEvidence::Policies(gap.subject.clone()));
        }
    }
    missing
}

/// What one statement's match depends on.
fn statement(subject: &Subject<'_>, outcome: &StatementOutcome, missing: &mut Missing) {
    let Some(statement) = outcome.statement() else {
        return;
    };
    for key in statement.conditions.iter().flat_map(|condition| missing_keys(condition, subject.context)) {
        missing.key(key);
    }
    let mut open = |texts: &mut dyn Iterator<Item = &str>| {
        let parts: Vec<&str> = texts.flat_map(open_parts).collect();
        for part in &parts {
            missing.evidence(MissingEvidence::OpenPart(outcome.policy.open_part(part)));
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
        missing.evidence(MissingEvidence::Action);
    }
    if principal {
        let partly = statement.principal.as_ref().is_some_and(|principal| principal.negated);
        let gateway =
            subject.through_gateway() != Truth::False && outcome.policy.policy_type == PolicyType::VpcEndpoint;
        let what = if gateway && subject.request.vpc_endpoint.is_none() {
            MissingEvidence::EndpointKind
        } else if gateway {
            MissingEvidence::GatewayPrincipal
        } else if partly && subject.principal.is_some() {
            MissingEvidence::PartialNotPrincipal
        } else {
            MissingEvidence::Principal
        };
        missing.evidence(what);
    }
    if resource {
        let keys = unknown_variables(subject, statement.resource.as_ref());
        if keys.is_empty() {
            missing.evidence(MissingEvidence::Resource);
        }
        for key in keys {
            missing.key(key);
        }
    }
}
