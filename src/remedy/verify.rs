//! The proof of a remedy: the edited policies are evaluated, and so are requests next to the denied one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Edit;
use super::workbench::{Opening, Workbench};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Action, Field, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, PrincipalKind, Request};

/// What the edits of a remedy do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The decision with the edits in place, over the policies at hand.
    pub decision_after: Decision,
    /// What else may work afterwards, in words; exactly the request when `exactly_minimal`.
    pub newly_allowed: Vec<String>,
    /// What stops working. Edits that narrow denies and add allows take nothing away; anything found is listed.
    pub newly_denied: Vec<String>,
    /// Whether the request is all that the edits open.
    pub exactly_minimal: bool,
    /// Layers that were not seen, which the proof takes not to block.
    pub assumes: Vec<String>,
    /// The largest changed document against its quota.
    pub size: Option<Size>,
}

/// A document's size against the quota of its kind, in characters without white space as AWS counts managed policies.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Size {
    /// Characters, white space not counted; for inline policies all of the entity together.
    pub characters: usize,
    /// The quota.
    pub quota: usize,
}

/// Evaluates the workbench for the request and its neighbours.
pub(super) fn verify(request: &Request, before: &PolicySet, bench: &Workbench, openings: &[Opening]) -> Verification {
    let decision_after = evaluate(request, &bench.policies).decision;
    let unchanged = Workbench::new(before).policies;
    let mut newly_allowed: Vec<String> = Vec::new();
    for region in openings.iter().flat_map(|opening| &opening.regions) {
        if !newly_allowed.contains(region) {
            newly_allowed.push(region.clone());
        }
    }
    let mut exact = openings.iter().all(|opening| opening.exact);
    let mut newly_denied = Vec::new();
    for neighbour in neighbours(request, bench.edits()) {
        let was = evaluate(&neighbour.request, &unchanged).decision;
        let is = evaluate(&neighbour.request, &bench.policies).decision;
        if was != Decision::Allowed && is == Decision::Allowed {
            exact = false;
            if openings.iter().all(|opening| opening.exact) {
                newly_allowed.push(neighbour.what.clone());
            }
        }
        if was == Decision::Allowed && is != Decision::Allowed {
            newly_denied.push(neighbour.what);
        }
    }
    Verification {
        decision_after,
        newly_allowed,
        newly_denied,
        exactly_minimal: exact,
        assumes: unseen(before),
        size: bench
            .edits()
            .iter()
            .filter_map(|edit| size(edit, &bench.policies))
            .max_by_key(|size| size.characters * 1000 / size.quota),
    }
}

struct Neighbour {
    request: Request,
    what: String,
}

/// The request with one thing changed: what a remedy that is too wide would open first.
fn neighbours(request: &Request, edits: &[Edit]) -> Vec<Neighbour> {
    let mut all = Vec::new();
    if let Some(action) = request.action.value() {
        for name in [format!("{action}X"), format!("{}:IamdxOther", action.service())] {
            if let Ok(other) = name.parse::<Action>() {
                let what = format!("other actions of {}, for example {other}", action.service());
                all.push(Neighbour { request: Request { action: Field::Known(other), ..request.clone() }, what });
            }
        }
    }
    // a trust policy is about its own role only, so another role is no neighbour of it
    let trust = edits.iter().any(|edit| edit.policy_type == PolicyType::RoleTrust);
    if let Some(resource) = request.resource.value().filter(|resource| *resource != "*" && !trust) {
        let other = format!("{resource}x");
        let what = format!("other resources, for example {other}");
        all.push(Neighbour { request: Request { resource: Field::Known(other), ..request.clone() }, what });
    }
    all
}

/// The layers that were not seen, which a proof takes not to block.
pub(super) fn unseen(policies: &PolicySet) -> Vec<String> {
    let layers =
        [&policies.identity, &policies.boundary, &policies.session, &policies.resource, &policies.vpc_endpoint];
    let hierarchies = [&policies.service_control, &policies.resource_control];
    let coverages =
        layers.map(|layer| &layer.coverage).into_iter().chain(hierarchies.map(|hierarchy| &hierarchy.coverage));
    coverages.filter_map(|coverage| coverage.gap()).map(|gap| gap.what.clone()).collect()
}

/// The quota that the edited policy counts against.
fn size(edit: &Edit, policies: &PolicySet) -> Option<Size> {
    let policy = &edit.after;
    let own = characters(policy);
    let inline = |quota| {
        let owner = policy.attached_to.first();
        let siblings = policies.identity.policies.iter().filter(|other| {
            other.origin == PolicyOrigin::Inline && other.attached_to.first() == owner && !Arc::ptr_eq(other, policy)
        });
        Some(Size { characters: own + siblings.map(|other| characters(other)).sum::<usize>(), quota })
    };
    let fixed = |quota| Some(Size { characters: own, quota });
    match (policy.policy_type, policy.origin) {
        (PolicyType::IdentityBased, PolicyOrigin::Inline) => {
            let owner = policy.attached_to.first().map(String::as_str).unwrap_or_default();
            if owner.contains(":group/") {
                inline(5_120)
            } else if Principal::new(owner).kind() == PrincipalKind::User {
                inline(2_048)
            } else {
                inline(10_240)
            }
        }
        (
            PolicyType::IdentityBased | PolicyType::PermissionsBoundary,
            PolicyOrigin::CustomerManaged | PolicyOrigin::Loose,
        ) => fixed(6_144),
        // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
        (PolicyType::ServiceControl, _) => fixed(10_240),
        (PolicyType::ResourceControl, _) => fixed(5_120),
        (PolicyType::RoleTrust, _) => fixed(2_048),
        (PolicyType::VpcEndpoint, _) => fixed(20_480),
        _ => None,
    }
}

fn characters(policy: &Policy) -> usize {
    policy.document.source.text().chars().filter(|character| !character.is_whitespace()).count()
}
