//! `owned-by-aws`: the resource belongs to AWS, and what is missing is nobody's to give: its policy is AWS's, or only AWS changes it.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies>
//! - <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>

use super::super::{Disposition, OfAws, Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::DenialContext;
use crate::iam::{Arn, Coverage, NotApplicable, PolicyType};

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
