//! Settings of S3 that refuse a request with the words for a policy of the bucket.

use super::verdict::Verdict;
use crate::iam::{Field, PolicyType, Principal, Request};

/// Whether the same words also come from a setting of the resource, with which no statement needs to have to do.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html#bucket-acl-policies>
pub(super) fn may_be_a_setting(request: &Request, verdict: &Verdict) -> bool {
    let s3 = request.action.value().is_none_or(|action| action.service() == "s3");
    s3 && verdict.policy_type == PolicyType::ResourceBased
}

/// Calls that Block Public Access rejects for everybody, by the policy or ACL that they carry.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>
const REJECTED: [&str; 7] = [
    "s3:createbucket",
    "s3:putaccesspointpolicy",
    "s3:putbucketacl",
    "s3:putbucketpolicy",
    "s3:putobject",
    "s3:putobjectacl",
    "s3:putobjectversionacl",
];

/// Whether no such setting can have refused this request: `RestrictPublicBuckets` leaves the callers of the account that owns the
/// bucket alone. An access point has settings of its own, such as the one VPC that it is for.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
pub(super) fn is_spared_by_settings(request: &Request) -> bool {
    let caller = request.principal.value().and_then(Principal::account);
    let owned = matches!(&request.resource_account, Field::Known(owner) if Some(owner.as_str()) == caller);
    let of_bucket = |arn: &String| arn.split(':').nth(5).is_some() && arn.split(':').nth(4) == Some("");
    let rejected = |action: &str| REJECTED.contains(&action);
    owned
        && request.action.value().is_some_and(|action| !rejected(action.folded()))
        && request.resource.value().is_some_and(of_bucket)
}
