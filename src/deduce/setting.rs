//! Settings of S3 that refuse a request with the words for a policy of the bucket.

use crate::iam::{Field, PolicyType, Principal, PublicAccessSetting, Request, may_be_rejected_as_public};
use crate::snapshot::Snapshot;

/// Whether the same words also come from a setting of the resource, with which no statement needs to have to do.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html#bucket-acl-policies>
pub(super) fn may_be_a_setting(request: &Request, named: PolicyType) -> bool {
    let s3 = request.action.value().is_none_or(|action| action.service() == "s3");
    s3 && named == PolicyType::ResourceBased
}

/// Whether S3 Block Public Access was read at every level, and nothing of it concerns the request: of calls that it rejects no setting may
/// be on, of others not the one that closes public buckets. Through an access point, the bucket's policy may have denied as well.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>
pub(super) fn settings_are_off(request: &Request, snapshot: &Snapshot) -> bool {
    let (Some(action), Some(resource)) = (request.action.value(), request.resource.value()) else { return false };
    let Field::Known(owner) = &request.resource_account else { return false };
    let rejected = may_be_rejected_as_public(action);
    let setting = if rejected { PublicAccessSetting::Unknown } else { PublicAccessSetting::RestrictPublicBuckets };
    is_of_bucket(resource) && snapshot.public_access(resource, Some(owner)).is_off(setting)
}

/// Whether the request is sent to a bucket, and to no access point.
#[expect(clippy::ptr_arg, reason = "it is asked of the field of a request")]
fn is_of_bucket(arn: &String) -> bool {
    arn.split(':').nth(5).is_some() && arn.split(':').nth(4) == Some("")
}

/// Whether no such setting can have refused this request: `RestrictPublicBuckets` leaves the callers of the account that owns the
/// bucket alone. An access point has settings of its own, such as the one VPC that it is for.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
pub(super) fn is_spared_by_settings(request: &Request) -> bool {
    let caller = request.principal.value().and_then(Principal::account);
    let owned = matches!(&request.resource_account, Field::Known(owner) if Some(owner.as_str()) == caller);
    owned
        && request.action.value().is_some_and(|action| !may_be_rejected_as_public(action))
        && request.resource.value().is_some_and(is_of_bucket)
}
