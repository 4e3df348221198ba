//! What the bucket behind an access point of S3 says of a request: both must allow it.
//!
//! The bucket is asked for the same object by its own ARN, with the keys by which its policy knows the access point.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-delegating-control>

use super::blocker::{Blocker, blockers};
use super::context::DenialContext;
use super::hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood};
use crate::denial::{DenialKind, ReasonEffect};
use crate::evaluate::{Decision, evaluate};
use crate::iam::{Arn, ContextValue, Coverage, Field, Gap, PolicySet, PolicyType, Request, Subject};
use crate::snapshot::{Selection, Snapshot, select};

/// What the bucket says.
struct Behind {
    decision: Decision,
    blockers: Vec<Blocker>,
}

/// The same request to the bucket, where the files tell which one that is and hold its policy.
fn behind(request: &Request, snapshot: &Snapshot) -> Option<Behind> {
    let resource = request.resource.value()?;
    let (point_arn, point) = snapshot.access_point_of(resource)?;
    let key = resource.strip_prefix(&point_arn)?;
    let key = key.strip_prefix("/object").unwrap_or(key);
    let arn: Arn = point_arn.parse().ok()?;
    let mut to_bucket = request.clone();
    to_bucket.resource = Field::Known(format!("{}{key}", point.bucket));
    if let Some(owner) = &point.bucket_account {
        to_bucket.resource_account = Field::Known(owner.clone());
    }
    let one = |value: &str| ContextValue::Present { values: vec![value.to_owned()], multivalued: false };
    to_bucket.context.set("s3:DataAccessPointArn", one(&point_arn));
    to_bucket.context.set("s3:DataAccessPointAccount", one(arn.account()));
    let origin = if point.vpc.is_some() { "VPC" } else { "Internet" };
    to_bucket.context.set("s3:AccessPointNetworkOrigin", one(origin));
    // a document given by option is the access point's
    if snapshot.has_loose(PolicyType::ResourceBased) {
        return None;
    }
    let selected = select(snapshot, &to_bucket).policies;
    if selected.resource.coverage != Coverage::Complete {
        return None;
    }
    // what stands above both must let the request through to the bucket, too; what was not seen of it is told of the access point
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html>
    let whole = evaluate(&to_bucket, &selected);
    if matches!(whole.decision, Decision::ExplicitDeny | Decision::ImplicitDeny) {
        return Some(Behind { decision: whole.decision, blockers: blockers(&to_bucket, &selected, &whole) });
    }
    let mut policies = PolicySet::empty();
    policies.identity = selected.identity;
    policies.boundary = selected.boundary;
    policies.session = selected.session;
    policies.resource = selected.resource;
    let evaluation = evaluate(&to_bucket, &policies);
    Some(Behind { decision: evaluation.decision, blockers: blockers(&to_bucket, &policies, &evaluation) })
}

/// Takes the bucket behind an access point off what was not seen, where it allows the request, too.
pub fn settle_bucket_behind(request: &Request, snapshot: &Snapshot, selection: &mut Selection) {
    let about = |gap: &Gap| matches!(gap.subject, Subject::BucketBehind(_));
    let open = matches!(&selection.policies.resource.coverage, Coverage::MayDeny(gap) if about(gap));
    if open && behind(request, snapshot).is_some_and(|behind| behind.decision == Decision::Allowed) {
        selection.policies.resource.coverage = Coverage::Complete;
        selection.gaps.retain(|gap| !about(gap));
    }
}

/// That the bucket keeps the request out, as far as its policy shows.
pub(super) fn hypothesis(case: &DenialContext<'_>, found: &[Blocker]) -> Option<Hypothesis> {
    let reason = &case.denial.reason;
    let fits = match reason.policy_type {
        Some(named) => named == PolicyType::ResourceBased,
        None => reason.effect == ReasonEffect::Unknown,
    };
    let explicit = found.iter().any(Blocker::is_explicit);
    if case.denial.kind != DenialKind::IamDenial || !fits || explicit {
        return None;
    }
    let behind = behind(case.request, case.snapshot)?;
    let of_resource = |blocker: &&Blocker| blocker.policy_type == PolicyType::ResourceBased;
    let denies = behind.blockers.iter().filter(of_resource).find(|blocker| blocker.is_explicit());
    let evidence = match denies.and_then(|blocker| blocker.statement.as_ref()) {
        _ if reason.effect == ReasonEffect::ImplicitDeny && denies.is_some() => return None,
        Some(found) => HypothesisEvidence::BucketDenies { policy: found.policy.name.clone(), statement: found.name() },
        // where nothing that was seen of the access point keeps the request out
        None if reason.effect != ReasonEffect::ExplicitDeny
            && behind.decision == Decision::ImplicitDeny
            && found.is_empty()
            && !matches!(case.policies.resource.coverage, Coverage::Gap(_)) =>
        {
            HypothesisEvidence::BucketDoesNotAllow
        }
        None => return None,
    };
    let likelihood = if denies.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Hypothesis { likelihood, kind: HypothesisKind::BucketBehind, evidence: vec![evidence] })
}
