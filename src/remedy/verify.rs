//! The proof of a remedy: the edited policies are evaluated, and so are requests next to the denied one.

use super::bedrock::{BedrockCall, Provided};
use super::danger::dangers;
use super::draft::Draft;
use super::exact::only_in_its_context;
use super::narrow::Opened;
use super::presumed::Presumed;
use super::quota::Size;
use super::{Edit, PolicyAssumption};
use crate::deduce::InCases;
use crate::diagnose::DenialContext;
use crate::difference::{Difference, difference};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Field, Layer, PolicySet, PolicyType, Request, Subject};
use crate::reference::Danger;

/// What the edits of a remedy do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// The decision with the edits in place, over the policies at hand.
    pub decision_after: Decision,
    /// What else this principal may do afterwards, exactly the request when `exactly_minimal`; what it may no longer do; and what could
    /// not be compared.
    pub compared: Difference,
    /// Policies in which an allow was added for everyone whom they bind.
    pub shared: Vec<String>,
    /// What of it, and of what is no longer denied, reaches beyond itself.
    pub dangers: Vec<Danger>,
    /// What a narrowed Deny no longer denies; other policies, now or later, may allow it.
    pub no_longer_denied: Vec<Opened>,
    /// Whether the request is all that the edits open, in the context that it has.
    pub exactly_minimal: bool,
    /// Whether what the edits open is all part of the call that was denied: AWS checks several requests for one call of a model
    /// through an inference profile.
    pub only_this_call: bool,
    /// Whether the action on the resource, or the parts of the call, are all that the edits open, in whichever context the conditions
    /// that stand leave.
    pub only_this_access: bool,
    /// What the proof takes to be so, and not to block.
    pub assumes: Vec<Presumed>,
    /// What else the proof takes to be so.
    pub provided: Vec<Provided>,
    /// What must hold in policies that were not seen; then `decision_after` is not `allowed`, whatever the edits do.
    pub conditional_on: Vec<PolicyAssumption>,
    /// The largest changed document against its quota.
    pub size: Option<Size>,
    /// In which of the cases that agree with AWS's words the request is allowed then.
    pub in_cases: InCases,
}

impl Verification {
    /// Whether it helps only if something is so that is not known.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        !self.conditional_on.is_empty() || self.in_cases != InCases::Every
    }
}

/// Evaluates the draft for the request, and compares what the principal may do before and after.
pub(super) fn verify(
    case: &DenialContext<'_>,
    before: &PolicySet,
    bench: &Draft,
    lifted: &[Opened],
    through: Option<&BedrockCall>,
) -> Verification {
    let DenialContext { request, reference, .. } = *case;
    let decision_after = evaluate(request, &bench.policies).decision;
    let unchanged = Draft::new(before).policies;
    let mut difference = difference(&unchanged, &bench.policies, request, reference);
    // nobody loses what cannot be asked
    difference.newly_denied.retain(|change| !change.never_asked);
    let mut alone = difference.opens_only(request);
    let mut exact = alone && only_in_its_context(request, &unchanged, &bench.policies);
    // a policy of the resource is about that resource; where the request names none, what the other edits open on resources
    // without a policy is a comparison of its own
    let nameless = request.resource.value().is_none_or(|resource| resource == "*");
    let only_its_own = bench.edits().iter().all(is_about_resource);
    if nameless && !unchanged.resource.policies.is_empty() && !only_its_own {
        let mut elsewhere = elsewhere(&unchanged, bench, case);
        elsewhere.newly_denied.retain(|change| !change.never_asked);
        let in_its_context = || {
            let without = |set: &PolicySet| PolicySet { resource: Layer::empty(), ..set.clone() };
            only_in_its_context(request, &without(&unchanged), &without(&bench.policies))
        };
        alone &= elsewhere.is_empty() || elsewhere.opens_only(request);
        exact &= alone && (elsewhere.is_empty() || in_its_context());
        merge(&mut difference, elsewhere);
    }
    let whole_call: Vec<Request> =
        through.iter().flat_map(|through| &through.grant.checks).map(|check| check.like(request)).collect();
    let call_alone = difference.opens_only_these(&whole_call);
    let mut parts = whole_call.iter();
    let only_this_call =
        exact || (call_alone && parts.all(|part| only_in_its_context(part, &unchanged, &bench.policies)));
    let provided = through.map(BedrockCall::provided).unwrap_or_default();
    Verification {
        decision_after,
        exactly_minimal: exact,
        only_this_call,
        only_this_access: alone || call_alone,
        in_cases: InCases::Every,
        dangers: dangers(case, &difference, lifted),
        compared: difference,
        shared: Vec::new(),
        no_longer_denied: lifted.to_vec(),
        assumes: assumed(request, before),
        provided,
        conditional_on: Vec::new(),
        size: None,
    }
}

/// Whether an edit is of the resource's own policy.
fn is_about_resource(edit: &Edit) -> bool {
    matches!(edit.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust)
}

/// The comparison for resources that have no policy of their own.
fn elsewhere(unchanged: &PolicySet, bench: &Draft, case: &DenialContext<'_>) -> Difference {
    let without = |set: &PolicySet| PolicySet { resource: Layer::empty(), ..set.clone() };
    difference(&without(unchanged), &without(&bench.policies), case.request, case.reference)
}

/// Adds what another comparison found.
fn merge(all: &mut Difference, other: Difference) {
    for (known, new) in [(&mut all.newly_allowed, other.newly_allowed), (&mut all.newly_denied, other.newly_denied)] {
        for change in new {
            if !known.iter().any(|known| known.access() == change.access()) {
                known.push(change);
            }
        }
    }
    for unknown in other.cannot_tell {
        if !all.cannot_tell.contains(&unknown) {
            all.cannot_tell.push(unknown);
        }
    }
}

/// What a proof rests on besides the policies at hand.
pub(super) fn assumed(request: &Request, policies: &PolicySet) -> Vec<Presumed> {
    let mut all: Vec<Presumed> = unseen(policies).into_iter().map(Presumed::NotSeen).collect();
    let named = request.resource.value().is_some_and(|resource| resource != "*" && !resource.contains(":bedrock:"));
    if let (Field::Assumed(account, _), true) = (&request.resource_account, named) {
        all.push(Presumed::OwnedBy(account.clone()));
    }
    all
}

/// The layers that were not seen, which a proof takes not to block.
pub(super) fn unseen(policies: &PolicySet) -> Vec<Subject> {
    policies.layers().filter_map(|(_, layer)| layer.gap()).map(|gap| gap.subject.clone()).collect()
}
