//! `owned-by-aws`: the resource belongs to AWS, or the session policy, and what is missing is nobody's to give: its policy is AWS's, or only AWS
//! changes it.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies>
//! - <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>

use super::super::{Disposition, ForGuests, OfAws, Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::denial::ReasonEffect;
use crate::diagnose::DenialContext;
use crate::iam::{Arn, Coverage, NotApplicable, PolicyType, Principal};

pub(in crate::remedy) const STRATEGY: Strategy =
    Strategy { id: "owned-by-aws", applies, drafts: Drafts::Advice(draft) };

/// What changes a managed policy.
const CHANGES_POLICY: [&str; 6] = [
    "iam:createpolicyversion",
    "iam:deletepolicy",
    "iam:deletepolicyversion",
    "iam:setdefaultpolicyversion",
    "iam:tagpolicy",
    "iam:untagpolicy",
];

fn applies(situation: &Situation<'_>) -> bool {
    (situation.nothing_blocks() || situation.is_blocked()) && !situation.case.secret_seen
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    if is_of_guest(situation) {
        let steps = [ForGuests::PolicyOfAws, ForGuests::SignIn, ForGuests::CallForThem, ForGuests::ClassicFlow];
        let steps = steps.into_iter().map(Step::ForGuests).collect();
        return Some(Remedy::advice(RemedyId::Ask, Owner::AccountAdmin, Title::SessionOfGuest, steps));
    }
    let of = what(situation.case)?;
    let resource = situation.case.request.resource.value()?.clone();
    let advice = Remedy::advice(
        RemedyId::ChangeTheRequest,
        Owner::Caller,
        Title::OwnedByAws { of, resource },
        vec![Step::OfAws(of)],
    );
    Some(Remedy { disposition: Disposition::Safe, ..advice })
}

/// Whether a session policy lacks an allow that Cognito passed for a guest of an identity pool: no call takes another one.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html>,
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonCognitoUnAuthedIdentitiesSessionPolicy.html>
fn is_of_guest(situation: &Situation<'_>) -> bool {
    let case = situation.case;
    let reason = &case.denial.reason;
    let is_session = |policy_type: PolicyType| policy_type.normalized() == PolicyType::Session;
    let lacks = reason.effect != ReasonEffect::ExplicitDeny && reason.policy_type.is_some_and(is_session);
    let mut blockers = situation.diagnosis.blockers.iter();
    let blocks = reason.policy_type.is_none()
        && blockers.any(|blocker| is_session(blocker.policy_type) && !blocker.is_explicit());
    (lacks || blocks) && case.request.principal.value().is_some_and(Principal::is_of_identity_pool)
}

/// What of AWS's it is, where nobody else can let the request through.
fn what(case: &DenialContext<'_>) -> Option<OfAws> {
    let action = case.request.action.value()?.folded();
    let arn: Arn = case.request.resource.value()?.parse().ok()?;
    if arn.account() == "aws" && arn.service() == "iam" && CHANGES_POLICY.contains(&action) {
        return Some(OfAws::ManagedPolicy);
    }
    let reserved = ["parameter/aws", "parameter/ssm"];
    let name = arn.resource().to_ascii_lowercase().replace("parameter//", "parameter/");
    if action == "ssm:putparameter" && reserved.iter().any(|start| name.starts_with(start)) {
        return Some(OfAws::ReservedParameter);
    }
    let kept = matches!(case.policies.resource.coverage, Coverage::NotApplicable(NotApplicable::ResourceOfAws));
    let named = case.denial.reason.policy_type.map(PolicyType::normalized) == Some(PolicyType::ResourceBased);
    (kept && named).then_some(OfAws::ResourcePolicy)
}
