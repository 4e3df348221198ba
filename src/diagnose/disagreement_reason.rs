//! Why policies may not say what AWS said of the request, most likely first.

use super::blocker::blockers;
use super::context::DenialContext;
use super::guessed::{guesses, without};
use super::named::is_named;
use crate::deduce::{Verdict, deduce};
use crate::evaluate::{Decision, evaluate, tested};
use crate::iam::{
    Assumption, ContextValue, Coverage, Field, NotApplicable, PolicySet, PolicyType, PrincipalKind, Request,
};

/// Why the policies may not say what AWS said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisagreementReason {
    /// The text is not as AWS wrote it.
    Edited,
    /// There is a policy of the type that AWS named, and what was given says that there is none.
    NoneGiven(PolicyType),
    /// The reader's values of these keys: without them the policies agree with AWS.
    Told(Vec<String>),
    /// The reader said that the request carried no other keys: without that the policies agree with AWS.
    ToldComplete,
    /// These values, which were only taken from the call or from the resource's ARN: without them the policies agree with AWS.
    Guessed(Vec<Assumption>),
    /// The resource does not belong to this account, which was assumed: if it belongs to another one, the policies agree with AWS.
    AssumedOwner(String),
    /// The policy that AWS named is not among those that apply to the principal.
    NotAttached(String),
    /// Policies of these types were not seen.
    NotSeen(Vec<PolicyType>),
    /// The policies were changed after the denial.
    Changed,
    /// The policies are those of another principal, account or resource.
    OtherPolicies,
}

impl DisagreementReason {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Edited => "edited-text",
            Self::NoneGiven(_) => "none-given",
            Self::Told(_) => "told-context",
            Self::ToldComplete => "told-context-complete",
            Self::Guessed(_) => "guessed-context",
            Self::AssumedOwner(_) => "assumed-owner",
            Self::NotAttached(_) => "policy-not-attached",
            Self::NotSeen(_) => "policies-not-seen",
            Self::Changed => "changed-since",
            Self::OtherPolicies => "other-policies",
        }
    }
}

/// What may explain that the policies do not say what AWS said. What there is evidence for comes first.
pub(super) fn reasons(case: &DenialContext<'_>) -> Vec<DisagreementReason> {
    let mut reasons = Vec::new();
    if !case.denial.damage.is_empty() {
        reasons.push(DisagreementReason::Edited);
    }
    // a user has no session, whatever was given
    let user = case.request.principal.value().is_some_and(|caller| caller.kind() == PrincipalKind::User);
    let can_be = |named: &PolicyType| !(user && *named == PolicyType::Session);
    let none = case.denial.reason.policy_type.filter(|named| can_be(named) && contradicts_none(case, *named));
    reasons.extend(none.map(DisagreementReason::NoneGiven));
    reasons.extend(told(case));
    reasons.extend(guessed(case));
    reasons.extend(assumed_owner(case));
    if let (Some(arn), Some(named)) = (&case.denial.reason.policy_arn, case.denial.reason.policy_type)
        && !case.policies.layer(named).all().any(|policy| policy.arn.as_ref() == Some(arn))
    {
        reasons.push(DisagreementReason::NotAttached(arn.clone()));
    }
    if case.denial.reason.policy_type.is_none() {
        let unseen = |policy_type: &PolicyType| case.policies.layer(*policy_type).gap().is_some();
        let types: Vec<PolicyType> = PolicySet::LAYERS.into_iter().filter(unseen).collect();
        if !types.is_empty() {
            reasons.push(DisagreementReason::NotSeen(types));
        }
    }
    reasons.extend([DisagreementReason::Changed, DisagreementReason::OtherPolicies]);
    reasons
}

/// Whether there is no policy of the type that AWS named, by what was given.
#[must_use]
pub fn contradicts_none(case: &DenialContext<'_>, named: PolicyType) -> bool {
    let layer = case.policies.layer(named);
    layer.gap().is_none() && layer.all().next().is_none() && !is_kept_by_aws(layer.coverage)
}

/// Whether the layer is of a resource that belongs to AWS: then its policies are AWS's, and nobody is given them.
pub(super) const fn is_kept_by_aws(coverage: &Coverage) -> bool {
    matches!(coverage, Coverage::NotApplicable(NotApplicable::ResourceOfAws))
}

/// What the reader said of the context, where the policies agree with AWS without it.
fn told(case: &DenialContext<'_>) -> Option<DisagreementReason> {
    let without = |keys: &[&String]| {
        let mut request = case.request.clone();
        for key in keys {
            request.context.set(key, ContextValue::Unknown);
        }
        request
    };
    let mut keys: Vec<&String> = case.told.iter().map(|(key, _)| key).collect();
    keys.dedup();
    if let Some(only) = keys.iter().find(|key| agrees(case, &without(&[key]))) {
        return Some(DisagreementReason::Told(vec![(*only).clone()]));
    }
    if keys.len() > 1 && agrees(case, &without(&keys)) {
        return Some(DisagreementReason::Told(keys.into_iter().cloned().collect()));
    }
    let mut open = case.request.clone();
    open.context.set_complete(false);
    (case.request.context.is_complete() && agrees(case, &open)).then_some(DisagreementReason::ToldComplete)
}

/// What was only guessed of the context, where the policies agree with AWS without it.
fn guessed(case: &DenialContext<'_>) -> Option<DisagreementReason> {
    let unreported = case.denial.reason.policy_type.is_none();
    let denies = |request: &Request| evaluate(request, case.policies).decision != Decision::Allowed;
    let fits = |request: &Request| if unreported { denies(request) } else { agrees(case, request) };
    let kinds = guesses(case.request);
    let wrong = kinds.iter().find(|guesses| fits(&without(case.request, guesses)))?;
    // of values that follow from one thing those that no policy tests do not matter
    let tested = tested(case.policies);
    let is_tested = |guess: &&Assumption| tested.keys().any(|key| guess.field.is_key(key));
    Some(DisagreementReason::Guessed(wrong.iter().copied().filter(is_tested).cloned().collect()))
}

/// The account to which the resource was assumed to belong, where the policies agree with AWS if it belongs to another one.
fn assumed_owner(case: &DenialContext<'_>) -> Option<DisagreementReason> {
    let Field::Assumed(owner, _) = &case.request.resource_account else { return None };
    let mut request = case.request.clone();
    // any other one
    request.resource_account = Field::Known(String::new());
    agrees(case, &request).then(|| DisagreementReason::AssumedOwner(owner.clone()))
}

/// Whether the policies can say of this request what AWS said.
fn agrees(case: &DenialContext<'_>, request: &Request) -> bool {
    let Some(verdict) = Verdict::of(case.denial) else { return false };
    let verdict = verdict.by_settings(request, case.snapshot);
    let evaluation = evaluate(request, case.policies);
    let deduction = deduce(request, case.policies, &evaluation, Some(&verdict), case.reference);
    let found = || blockers(request, case.policies, &evaluation).iter().any(|blocker| is_named(case, blocker));
    deduction.contradiction.is_none()
        && (!deduction.denies.is_empty() || !deduction.missing_allows.is_empty() || found())
}
