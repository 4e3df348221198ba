//! What S3 itself has set that may refuse a request which every policy allows, by what was read of it.

use super::context::DenialContext;
use super::public_access;
use crate::denial::{DenialKind, ReasonEffect};
use crate::iam::{Arn, ObjectOwnership};

/// Whether such a setting may refuse the request.
pub(super) fn may_refuse(case: &DenialContext<'_>) -> bool {
    let only_from_vpc = || {
        let resource = case.request.resource.value()?;
        case.snapshot.access_point_of(resource)?.1.vpc.clone()
    };
    public_access::may_refuse(case) || uncertain_owner(case).is_some() || only_from_vpc().is_some()
}

/// What is done to an object by a permission that its owner gives.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html>
const OF_OBJECT_OWNER: [&str; 8] = [
    "s3:getobject",
    "s3:getobjectacl",
    "s3:getobjectattributes",
    "s3:getobjectversion",
    "s3:getobjectversionacl",
    "s3:getobjectversionattributes",
    "s3:putobjectacl",
    "s3:putobjectversionacl",
];

/// The setting under which another account may own the object, where the message leaves that open: it names no type of policy.
pub(super) fn uncertain_owner(case: &DenialContext<'_>) -> Option<ObjectOwnership> {
    let reason = &case.denial.reason;
    let silent = reason.policy_type.is_none() && reason.effect == ReasonEffect::Unknown;
    let action = case.request.action.value()?;
    let concerned = case.denial.kind == DenialKind::IamDenial && OF_OBJECT_OWNER.contains(&action.folded());
    if !silent || !concerned {
        return None;
    }
    let resource = case.request.resource.value()?;
    let object = resource.parse::<Arn>().is_ok_and(|arn| arn.resource().contains('/'));
    let ownership = case.snapshot.object_ownership(&case.snapshot.bucket_of(resource)?).filter(|_| object)?;
    (ownership != ObjectOwnership::BucketOwnerEnforced).then_some(ownership)
}
