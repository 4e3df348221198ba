//! What S3 itself has set that may refuse a request which every policy allows, by what was read of it.

use super::blocker::Blocker;
use super::context::DenialContext;
use super::public_access;
use crate::denial::{DenialKind, ReasonEffect};
use crate::evaluate::Decision;
use crate::iam::{
    Arn, Blank, Command, Gap, ObjectOwnership, PublicAccessLevel, Subject, Unseen, is_given_by_object_owner,
};

/// Whether such a setting may refuse the request.
pub(super) fn may_refuse(case: &DenialContext<'_>) -> bool {
    let only_from_vpc = || {
        let resource = case.request.resource.value()?;
        case.snapshot.access_point_of(resource)?.1.vpc.clone()
    };
    public_access::may_refuse(case) || uncertain_owner(case).is_some() || only_from_vpc().is_some()
}

/// What AWS refused to tell of an access point, or of who owns objects, where it can decide.
pub(super) fn gaps(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let Some(resource) = case.request.resource.value() else { return gaps };
    let arn: Option<Arn> = resource.parse().ok();
    let name = arn.as_ref().and_then(|arn| arn.resource().strip_prefix("accesspoint/")?.split('/').next());
    if let (Some(arn), Some(name)) = (arn.as_ref().filter(|arn| arn.service() == "s3"), name) {
        let head = arn.as_str().strip_suffix(arn.resource()).unwrap_or_default();
        let point = format!("{head}accesspoint/{name}");
        let refused = case.snapshot.setting_refused(&point, "s3control:GetAccessPoint");
        let show = || public_access::show(&PublicAccessLevel::AccessPoint(point.clone()));
        gaps.extend(
            refused.map(|why| Gap::new(Subject::AccessPoint(point.clone()), Unseen::Refused(why)).closed_by(show())),
        );
    }
    let open = blockers.is_empty() && case.evaluation.decision != Decision::ExplicitDeny;
    if let Some(bucket) = case.snapshot.bucket_of(resource).filter(|_| open && leaves_owner_open(case)) {
        let refused = case.snapshot.setting_refused(&bucket, "s3:GetBucketOwnershipControls");
        let name = bucket.rsplit(':').next().map(str::to_owned);
        gaps.extend(refused.map(|why| {
            let show = Command::aws("s3api get-bucket-ownership-controls");
            let show = show.option_or("--bucket", name.as_deref(), Blank::BUCKET);
            Gap::new(Subject::ObjectOwnership(bucket), Unseen::Refused(why)).closed_by(show)
        }));
    }
    gaps
}

/// The setting under which another account may own the object, where the message leaves that open: it names no type of policy.
pub(super) fn uncertain_owner(case: &DenialContext<'_>) -> Option<ObjectOwnership> {
    let resource = case.request.resource.value().filter(|_| leaves_owner_open(case))?;
    let ownership = case.snapshot.object_ownership(&case.snapshot.bucket_of(resource)?)?;
    (ownership != ObjectOwnership::BucketOwnerEnforced).then_some(ownership)
}

/// Whether the request is for an object by a permission that its owner gives, and the message names no type of policy.
fn leaves_owner_open(case: &DenialContext<'_>) -> bool {
    let reason = &case.denial.reason;
    let silent = reason.policy_type.is_none() && reason.effect == ReasonEffect::Unknown;
    let concerned = case.request.action.value().is_some_and(is_given_by_object_owner);
    let arn = case.request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    let object = arn.is_some_and(|arn| match arn.resource().strip_prefix("accesspoint/") {
        Some(point) => point.contains("/object/"),
        None => arn.resource().contains('/'),
    });
    silent && concerned && object && case.denial.kind == DenialKind::IamDenial
}
