//! S3 Block Public Access: a setting of the bucket, its account or the organization, and no statement of any policy.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>

use super::blocker::Blocker;
use super::context::DenialContext;
use super::hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood, PublicAccessSetting};
use crate::denial::{DenialKind, Failure, ReasonEffect};
use crate::evaluate::Decision;
use crate::iam::{Effect, Field, PolicyType, Principal, PrincipalKind, Statement};

/// The setting that AWS says refused the request.
#[must_use]
pub fn refused_by_setting(case: &DenialContext<'_>) -> Option<PublicAccessSetting> {
    if case.denial.kind != DenialKind::OtherFailure(Failure::BlockPublicAccess) {
        return None;
    }
    let action = case.denial.action.as_ref().map(|action| action.name().to_owned());
    let operation = action.or_else(|| case.denial.operation.clone()).unwrap_or_default();
    Some(by_operation(&operation).unwrap_or(PublicAccessSetting::Unknown))
}

/// Each of the two settings that reject calls rejects calls of its own.
fn by_operation(operation: &str) -> Option<PublicAccessSetting> {
    match operation {
        "PutBucketPolicy" | "PutAccessPointPolicy" => Some(PublicAccessSetting::BlockPublicPolicy),
        "PutBucketAcl" | "PutObjectAcl" | "PutObjectVersionAcl" | "PutObject" | "CreateBucket" => {
            Some(PublicAccessSetting::BlockPublicAcls)
        }
        _ => None,
    }
}

/// The setting that may have refused a request where AWS's message does not name it, as a hypothesis.
#[must_use]
pub fn suspected_setting(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<(PublicAccessSetting, Hypothesis)> {
    let action = case.request.action.value()?;
    if case.denial.kind != DenialKind::IamDenial || action.service() != "s3" {
        return None;
    }
    let suspected = |setting, likelihood, evidence| {
        (setting, Hypothesis { likelihood, kind: HypothesisKind::PublicAccess(setting), evidence })
    };
    let reason = &case.denial.reason;
    let silent = reason.policy_type.is_none() && reason.effect == ReasonEffect::Unknown;
    let allowed = case.evaluation.decision == Decision::Allowed;
    if action.folded() == "s3:putbucketpolicy" && silent && (allowed || blockers.is_empty()) {
        let evidence = vec![HypothesisEvidence::BareDenialOfPublicPolicy];
        return Some(suspected(PublicAccessSetting::BlockPublicPolicy, Likelihood::Possible, evidence));
    }
    let by_words = reason.effect == ReasonEffect::ExplicitDeny
        && reason.policy_type == Some(PolicyType::ResourceBased)
        && !blockers.iter().any(|blocker| blocker.is_explicit() && blocker.policy_type == PolicyType::ResourceBased);
    if !(by_words || (allowed && silent)) || is_owner(case) {
        return None;
    }
    let bucket = &case.policies.resource;
    let public = bucket.policies.iter().find_map(|policy| {
        let open = policy.document.statements.iter().find(|statement| is_public(statement))?;
        Some(HypothesisEvidence::PublicStatement { policy: policy.name.clone(), index: open.index })
    });
    // a bucket whose policy was seen and is not public is not concerned
    if public.is_none() && (bucket.coverage.gap().is_none() || allowed) {
        return None;
    }
    let outside = is_outside(case);
    let likelihood = if public.is_some() && outside { Likelihood::Likely } else { Likelihood::Possible };
    let evidence = by_words.then_some(HypothesisEvidence::DenyWithoutStatement).into_iter();
    let evidence = evidence.chain(public).chain(outside.then_some(HypothesisEvidence::CallerOutside)).collect();
    Some(suspected(PublicAccessSetting::RestrictPublicBuckets, likelihood, evidence))
}

/// Whether the caller is certainly of the bucket's account.
fn is_owner(case: &DenialContext<'_>) -> bool {
    let caller = case.request.principal.value().and_then(Principal::account);
    matches!(&case.request.resource_account, Field::Known(owner) if Some(owner.as_str()) == caller)
}

/// Whether the caller is certainly not.
fn is_outside(case: &DenialContext<'_>) -> bool {
    let principal = case.request.principal.value();
    let anonymous = principal.is_some_and(|principal| principal.kind() == PrincipalKind::Anonymous);
    let caller = principal.and_then(Principal::account);
    anonymous
        || matches!(&case.request.resource_account, Field::Known(owner) if caller.is_some_and(|caller| caller != owner))
}

/// Keys whose fixed value keeps a statement from being public.
const FIXED: [&str; 14] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Whether the statement allows everybody, with no condition that holds it to fixed values.
fn is_public(statement: &Statement) -> bool {
    let everybody = statement.principal.as_ref().is_some_and(|principal| {
        principal.negated
            || principal.entries.iter().any(|entry| entry.value == "*" && matches!(entry.kind.as_str(), "*" | "AWS"))
    });
    let fixed = statement.conditions.iter().any(|condition| {
        let positive = condition.operator.kind.is_some_and(|kind| !kind.is_negated());
        let literal = condition.values.iter().all(|value| !value.value.contains(['*', '?', '$']));
        positive && literal && FIXED.contains(&condition.folded_key.as_str())
    });
    statement.effect == Effect::Allow && everybody && !fixed
}
