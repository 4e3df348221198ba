//! One policy for every call that was tried, and whether it allows each request that these calls make.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::findings::{Finding, Group};
use super::model::partition;
use super::record::CellRecord;
use super::report::ProbeReport;
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Arn, Document, Layer, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, Request};
use crate::remedy::bedrock::{Calls, Check, Destinations, Grant, GrantStatement, Target, grant};
use crate::remedy::presumed;
use crate::report::{Report, words};
use crate::text::Source;

/// A request that AWS checks for a call of the probe.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// The cell, counted from 0.
    pub cell: usize,
    /// What is checked.
    pub check: Check,
}

/// A policy for all calls of a finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Proposal {
    /// The policy document.
    pub document: String,
    /// Its size as AWS counts it, without white space.
    pub characters: usize,
    /// Requests that the calls make.
    pub requests: usize,
    /// How many of them the document alone allows.
    pub allowed: usize,
    /// How many are allowed by the document together with the policies at hand.
    pub allowed_with_policies: usize,
    /// Layers that were not seen, which that takes not to block.
    pub assumes: Vec<String>,
    /// Requests that stay denied, and how.
    pub still_denied: Vec<String>,
    /// What is not known of the calls, with the command that tells it.
    pub unknown: Vec<String>,
}

impl ProbeReport {
    /// Every request that AWS checks for the calls of the probe, as far as they are known: by cell, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<ProbeRequest> {
        let all = self.cells.iter().enumerate();
        all.flat_map(|(at, cell)| {
            let grant = self.grant_of(cell);
            grant.into_iter().flat_map(|grant| grant.checks).map(move |check| ProbeRequest { cell: at, check })
        })
        .collect()
    }

    /// What the call of a cell needs.
    fn grant_of(&self, cell: &CellRecord) -> Option<Grant> {
        let calls = self.calls(cell, vec![cell.api.action().parse().ok()?])?;
        Some(grant(&calls))
    }

    fn calls(&self, cell: &CellRecord, actions: Vec<Action>) -> Option<Calls> {
        let account = self.account()?.to_owned();
        let known: Vec<Arn> = self.destinations(cell).iter().filter_map(|arn| arn.parse().ok()).collect();
        Some(Calls {
            partition: partition(&cell.region).to_owned(),
            account,
            region: cell.region.clone(),
            target: Target::read(&cell.resolved),
            actions,
            destinations: if known.is_empty() { Destinations::AtLeast(Vec::new()) } else { Destinations::Known(known) },
        })
    }

    fn destinations(&self, cell: &CellRecord) -> &[String] {
        let same =
            |(region, model, _): &&(String, String, Vec<String>)| *region == cell.region && *model == cell.resolved;
        self.destinations.iter().find(same).map_or(&[], |(.., models)| models)
    }

    /// The policy that allows the denied calls of a group, where an allow of the identity's own policies is what is missing.
    pub(super) fn proposal(&self, group: &Group, report: &Report) -> Option<Proposal> {
        if !Finding::lacks_allow(report) || report.diagnosis.incident {
            return None;
        }
        let mut all = Grant { statements: Vec::new(), checks: Vec::new(), unknown: None };
        let mut unknown: Vec<String> = Vec::new();
        let mut done: Vec<(&str, &str)> = Vec::new();
        let denied = || group.cells.iter().filter_map(|at| self.cells.get(*at));
        for cell in denied() {
            let place = (cell.region.as_str(), cell.resolved.as_str());
            if done.contains(&place) {
                continue;
            }
            done.push(place);
            let same = denied().filter(|other| (other.region.as_str(), other.resolved.as_str()) == place);
            let mut actions: Vec<Action> = Vec::new();
            for action in same.filter_map(|cell| cell.action.parse::<Action>().ok()) {
                if !actions.iter().any(|known| known.folded() == action.folded()) {
                    actions.push(action);
                }
            }
            // keys of their own are no part of a call
            actions.retain(|action| action.folded().starts_with("bedrock:invokemodel"));
            let one = grant(&self.calls(cell, actions)?);
            if let Some(gap) = &one.unknown {
                unknown.push(format!("{}: {}", crate::report::words::gap_subject(&gap.subject), gap.command));
            }
            all.checks.extend(one.checks);
            // a Sid stands once in a document
            let number = done.len();
            all.statements.extend(
                one.statements
                    .into_iter()
                    .map(|statement| GrantStatement { sid: format!("{}{number}", statement.sid), ..statement }),
            );
        }
        if all.checks.is_empty() {
            return None;
        }
        let document = all.document();
        let policy = policy(&document)?;
        let alone = PolicySet { identity: Layer::complete(vec![Arc::clone(&policy)]), ..PolicySet::empty() };
        let (mut together, assumes) = presumed(&report.policies);
        together.identity.policies.push(policy);
        let requests: Vec<Request> = self.requests_of(&all.checks, report);
        let decide = |policies: &PolicySet| -> Vec<Decision> {
            requests.iter().map(|request| evaluate(request, policies).decision).collect()
        };
        let allowed = decide(&alone).iter().filter(|decision| **decision == Decision::Allowed).count();
        let with = decide(&together);
        let still = |(check, decision): (&Check, &Decision)| {
            (*decision != Decision::Allowed)
                .then(|| format!("{} on {}: {}", check.action, check.resource, words::decision::verdict(*decision)))
        };
        Some(Proposal {
            characters: document.chars().filter(|character| !character.is_whitespace()).count(),
            requests: requests.len(),
            allowed,
            still_denied: all.checks.iter().zip(&with).filter_map(still).collect(),
            allowed_with_policies: with.iter().filter(|decision| **decision == Decision::Allowed).count(),
            assumes,
            document,
            unknown,
        })
    }

    /// The checks as requests of the caller.
    fn requests_of(&self, checks: &[Check], report: &Report) -> Vec<Request> {
        let principal = report.request.principal.value().cloned();
        let principal = principal.or_else(|| Some(Principal::new(&self.identity.as_ref()?.arn)));
        let known = report.request.principal.value().is_some();
        let request = |check: &Check| match (&principal, known) {
            (_, true) => Some(check.like(&report.request)),
            (Some(principal), false) => Some(check.request(principal)),
            (None, false) => None,
        };
        checks.iter().filter_map(request).collect()
    }
}

/// The ARN of the profile that a cell calls.
pub(super) fn profile_arn(cell: &CellRecord, account: &str) -> Option<String> {
    match Target::read(&cell.resolved) {
        _ if cell.resolved.starts_with("arn:") => {
            cell.resolved.contains("inference-profile/").then(|| cell.resolved.clone())
        }
        Target::Profile(id) => {
            Some(format!("arn:{}:bedrock:{}:{account}:inference-profile/{id}", partition(&cell.region), cell.region))
        }
        _ => None,
    }
}

fn policy(document: &str) -> Option<Arc<Policy>> {
    let document = Document::parse(Source::new("proposed policy", document.to_owned())).ok()?;
    Some(Arc::new(Policy {
        name: "proposed".to_owned(),
        arn: None,
        policy_type: PolicyType::IdentityBased,
        origin: PolicyOrigin::Inline,
        version_id: None,
        versions: Vec::new(),
        attached_to: Vec::new(),
        document: Arc::new(document),
    }))
}
