//! The proof of a remedy: the edited policies are evaluated, and so are requests next to the denied one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Edit;
use super::bedrock::Through;
use super::workbench::Workbench;
use crate::difference::{Difference, Region, difference};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Field, Layer, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, PrincipalKind, Request};
use crate::reference::Reference;

/// What the edits of a remedy do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The decision with the edits in place, over the policies at hand.
    pub decision_after: Decision,
    /// What else this principal may do afterwards; exactly the request when `exactly_minimal`.
    pub newly_allowed: Vec<String>,
    /// What it may no longer do.
    pub newly_denied: Vec<String>,
    /// What could not be compared.
    pub cannot_tell: Vec<String>,
    /// The comparison that the three lists above are the words of.
    pub compared: Difference,
    /// What a narrowed Deny no longer denies; other policies, now or later, may allow it.
    pub no_longer_denied: Vec<String>,
    /// Whether the request is all that the edits open.
    pub exactly_minimal: bool,
    /// Whether what the edits open is all part of the call that was denied: AWS checks several requests for one call of a model
    /// through an inference profile.
    pub only_this_call: bool,
    /// Layers that were not seen, which the proof takes not to block.
    pub assumes: Vec<String>,
    /// What else the proof takes to be so.
    pub provided: Vec<String>,
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

/// Evaluates the workbench for the request, and compares what the principal may do before and after.
pub(super) fn verify(
    request: &Request,
    before: &PolicySet,
    bench: &Workbench,
    lifted: Vec<String>,
    through: Option<&Through>,
) -> Verification {
    let decision_after = evaluate(request, &bench.policies).decision;
    let unchanged = Workbench::new(before).policies;
    let mut difference = difference(&unchanged, &bench.policies, request, Reference::embedded());
    let mut exact = difference.opens_only(request);
    // a policy of the resource is about that resource; where the request names none, what the other edits open on resources
    // without a policy is a comparison of its own
    let nameless = request.resource.value().is_none_or(|resource| resource == "*");
    let only_its_own = bench.edits().iter().all(is_about_resource);
    if nameless && !unchanged.resource.policies.is_empty() && !only_its_own {
        let elsewhere = elsewhere(&unchanged, bench, request);
        exact &= elsewhere.is_empty() || elsewhere.opens_only(request);
        merge(&mut difference, elsewhere);
    }
    let whole_call: Vec<Request> =
        through.iter().flat_map(|through| &through.grant.checks).map(|check| check.like(request)).collect();
    let provided = through.map(Through::provided).unwrap_or_default();
    Verification {
        decision_after,
        exactly_minimal: exact,
        only_this_call: exact || difference.opens_only_these(&whole_call),
        newly_allowed: difference.newly_allowed.iter().map(ToString::to_string).collect(),
        newly_denied: difference.newly_denied.iter().map(ToString::to_string).collect(),
        cannot_tell: difference.cannot_tell.clone(),
        compared: difference,
        no_longer_denied: lifted,
        assumes: assumed(request, before),
        provided,
        size: largest(bench).map(|(_, size)| size),
    }
}

/// Whether an edit is of the resource's own policy.
fn is_about_resource(edit: &Edit) -> bool {
    matches!(edit.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust)
}

/// The comparison for resources that have no policy of their own.
fn elsewhere(unchanged: &PolicySet, bench: &Workbench, request: &Request) -> Difference {
    let without = |set: &PolicySet| PolicySet { resource: Layer::empty(), ..set.clone() };
    difference(&without(unchanged), &without(&bench.policies), request, Reference::embedded())
}

/// Adds what another comparison found.
fn merge(all: &mut Difference, other: Difference) {
    let told: Vec<String> = all.newly_allowed.iter().chain(&all.newly_denied).map(ToString::to_string).collect();
    let new = |region: &Region| !told.contains(&region.to_string());
    all.newly_allowed.extend(other.newly_allowed.into_iter().filter(new));
    all.newly_denied.extend(other.newly_denied.into_iter().filter(new));
    for unknown in other.cannot_tell {
        if !all.cannot_tell.contains(&unknown) {
            all.cannot_tell.push(unknown);
        }
    }
}

/// What a proof rests on besides the policies at hand.
pub(super) fn assumed(request: &Request, policies: &PolicySet) -> Vec<String> {
    let mut all = unseen(policies);
    let named = request.resource.value().is_some_and(|resource| resource != "*" && !resource.contains(":bedrock:"));
    if let (Field::Assumed(account, _), true) = (&request.resource_account, named) {
        all.push(format!("a resource of another account than {account}"));
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

/// The changed document that comes nearest to its quota, or is furthest beyond it.
pub(super) fn largest(bench: &Workbench) -> Option<(&Edit, Size)> {
    let sizes = bench.edits().iter().filter_map(|edit| Some((edit, size(edit, &bench.policies)?)));
    sizes.max_by_key(|(_, size)| size.characters * 1000 / size.quota)
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

/// White space does not count for IAM's policies; it does for those that are saved as they are.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
fn characters(policy: &Policy) -> usize {
    let counts = matches!(
        policy.policy_type,
        PolicyType::ServiceControl | PolicyType::ResourceControl | PolicyType::VpcEndpoint
    );
    policy.document.source.text().chars().filter(|character| counts || !character.is_whitespace()).count()
}
