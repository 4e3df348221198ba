//! One policy for every call that was tried, and whether it allows each request that these calls make.

use std::sync::Arc;

use super::finding::Finding;
use super::needs::grant_of;
use super::record::Record;
use crate::denial::ReasonEffect;
use crate::diagnose::{Blocker, Diagnosis};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Document, Layer, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, Request, Subject};
use crate::remedy::bedrock::{Check, Grant, GrantStatement, Unknown};
use crate::remedy::presumed;
use crate::text::Source;

/// A policy for all calls of a finding.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The policy document.
    pub document: String,
    /// How many requests the calls make.
    pub requests: usize,
    /// How many of them the document alone allows.
    pub allowed: usize,
    /// Layers that were not seen, which are assumed not to block.
    pub assumes: Vec<Subject>,
    /// Requests that the document together with the policies that were given does not allow, and the decision about each.
    pub still_denied: Vec<(Check, Decision)>,
    /// What is not known of the calls, with the command that shows it.
    pub unknown: Vec<Unknown>,
}

impl Proposal {
    /// How many requests are allowed by the document together with the policies that were given.
    #[must_use]
    pub fn allowed_with_policies(&self) -> usize {
        self.requests.saturating_sub(self.still_denied.len())
    }

    /// The size as AWS counts it, without white space.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.document.chars().filter(|character| !character.is_whitespace()).count()
    }
}

impl Finding {
    /// The policy that allows the denied calls, where an allow of the identity's own policies is what is missing. `request` is the one
    /// that was diagnosed, over `policies`.
    #[must_use]
    pub fn proposal(
        &self,
        record: &Record,
        request: &Request,
        policies: &PolicySet,
        diagnosis: &Diagnosis,
    ) -> Option<Proposal> {
        if !self.lacks_allow(diagnosis) || diagnosis.incident {
            return None;
        }
        let (all, unknown) = self.grant(record)?;
        let document = all.document();
        let policy = policy(&document)?;
        let alone = PolicySet { identity: Layer::complete(vec![Arc::clone(&policy)]), ..PolicySet::empty() };
        let (mut together, assumes) = presumed(policies);
        together.identity.policies.push(policy);
        let caller = record.identity.as_ref().map(|identity| Principal::new(&identity.arn));
        let requests: Vec<(&Check, Request)> =
            all.checks.iter().filter_map(|check| Some((check, as_request(check, request, caller.as_ref())?))).collect();
        let decision = |request: &Request, policies: &PolicySet| evaluate(request, policies).decision;
        let decided = requests.iter().map(|(check, request)| ((*check).clone(), decision(request, &together)));
        Some(Proposal {
            requests: requests.len(),
            allowed: requests.iter().filter(|(_, it)| decision(it, &alone) == Decision::Allowed).count(),
            still_denied: decided.filter(|(_, decision)| *decision != Decision::Allowed).collect(),
            assumes,
            document,
            unknown,
        })
    }

    /// What all denied calls need together, and what is not known of them.
    fn grant(&self, record: &Record) -> Option<(Grant, Vec<Unknown>)> {
        let mut all = Grant { statements: Vec::new(), checks: Vec::new(), unknown: None };
        let mut unknown = Vec::new();
        let mut done: Vec<(&str, &str)> = Vec::new();
        for cell in self.cells(record) {
            let place = (cell.region(), cell.model());
            if done.contains(&place) {
                continue;
            }
            done.push(place);
            let mut actions: Vec<Action> = Vec::new();
            for other in self.cells(record).filter(|other| (other.region(), other.model()) == place) {
                // keys of their own are no part of a call
                let action =
                    other.action().parse().ok().filter(|it: &Action| it.folded().starts_with("bedrock:invokemodel"));
                actions.extend(action.filter(|it| !actions.iter().any(|known| known.folded() == it.folded())));
            }
            let one = grant_of(record, cell, &actions)?;
            unknown.extend(one.unknown);
            all.checks.extend(one.checks);
            // each Sid occurs once in a document
            let number = done.len();
            let numbered = |it: GrantStatement| GrantStatement { sid: format!("{}{number}", it.sid), ..it };
            all.statements.extend(one.statements.into_iter().map(numbered));
        }
        (!all.checks.is_empty()).then_some((all, unknown))
    }

    /// Whether what is missing is an allow of the identity's own policies: as AWS said, or, where it gave no reason, as the policies show.
    fn lacks_allow(&self, diagnosis: &Diagnosis) -> bool {
        let reason = &self.denial.reason;
        let own = |blocker: &Blocker| !blocker.is_explicit() && blocker.policy_type == PolicyType::IdentityBased;
        match reason.effect {
            ReasonEffect::ImplicitDeny => reason.policy_type == Some(PolicyType::IdentityBased),
            ReasonEffect::Unknown => !diagnosis.blockers.is_empty() && diagnosis.blockers.iter().all(own),
            ReasonEffect::ExplicitDeny => false,
        }
    }
}

/// The check as a request of the denied principal, or of the caller where AWS named nobody.
fn as_request(check: &Check, denied: &Request, caller: Option<&Principal>) -> Option<Request> {
    if denied.principal.value().is_some() {
        Some(check.like(denied))
    } else {
        caller.map(|caller| check.request(caller))
    }
}

fn policy(document: &str) -> Option<Arc<Policy>> {
    let document = Document::parse(Source::new("proposed policy", document.to_owned())).ok()?;
    Some(Arc::new(Policy {
        origin: PolicyOrigin::Inline,
        ..Policy::new("proposed", PolicyType::IdentityBased, document)
    }))
}
