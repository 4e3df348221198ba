//! What S3 itself has set, as a snapshot file holds it: Block Public Access, the ownership of objects, access points.

use std::borrow::Cow;

use serde::de::MapAccess;

use super::object::{Fields, declare, maybe_text, maybe_truth, object, text};
use crate::iam::{AccessPoint, ObjectOwnership, PublicAccessBlock, PublicAccessSeen};

declare! {
    /// S3 Block Public Access of one bucket, access point or account.
    PublicAccessBlockFile<'a>, "a public access block", ignored [] {
        /// The ARN of the bucket or access point, or the id of the account.
        of: Cow<'a, str> = "of" text required,
        /// What is set, under AWS's own names; `null`: nothing.
        configuration: Option<Option<PublicAccessConfigurationFile<'a>>> = "configuration" nullable required,
    }

    /// The four settings, as `aws s3api get-public-access-block` prints them. Where one is absent, nothing is known of the level.
    PublicAccessConfigurationFile<'a>, "a public access block", ignored [] {
        /// `BlockPublicAcls`
        #[serde(skip_serializing_if = "Option::is_none")]
        block_public_acls: Option<bool> = "BlockPublicAcls" maybe_truth,
        /// `IgnorePublicAcls`
        #[serde(skip_serializing_if = "Option::is_none")]
        ignore_public_acls: Option<bool> = "IgnorePublicAcls" maybe_truth,
        /// `BlockPublicPolicy`
        #[serde(skip_serializing_if = "Option::is_none")]
        block_public_policy: Option<bool> = "BlockPublicPolicy" maybe_truth,
        /// `RestrictPublicBuckets`
        #[serde(skip_serializing_if = "Option::is_none")]
        restrict_public_buckets: Option<bool> = "RestrictPublicBuckets" maybe_truth,
    }

    /// Who owns the objects of a bucket.
    ObjectOwnershipFile<'a>, "an object ownership", ignored [] {
        /// The ARN of the bucket.
        bucket: Cow<'a, str> = "bucket" text required,
        /// `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`; `null`: nothing is set, as for buckets of before 2023.
        ownership: Option<Cow<'a, str>> = "ownership" maybe_text,
    }

    /// An access point of S3.
    AccessPointFile<'a>, "an access point", ignored [] {
        /// Its ARN.
        arn: Cow<'a, str> = "arn" text required,
        /// The ARN of the bucket behind it.
        bucket: Cow<'a, str> = "bucket" text required,
        /// The account that owns the bucket.
        #[serde(skip_serializing_if = "Option::is_none")]
        bucket_account: Option<Cow<'a, str>> = "bucket_account" maybe_text,
        /// The one VPC that it takes requests from; absent: it takes them from everywhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        vpc: Option<Cow<'a, str>> = "vpc" maybe_text,
    }
}

/// The value of a field that is an object, or `null` to say that there is none.
#[expect(clippy::option_option, reason = "a field that is absent and one that is null are two things")]
fn nullable<'de, T: Fields<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Option<T>>, A::Error> {
    Ok(Some(object(map)?))
}

impl PublicAccessBlockFile<'_> {
    /// What it tells. AWS tells all four settings; one that is missing or misspelled is not taken to be off.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>
    pub(super) fn seen(&self) -> Option<PublicAccessSeen> {
        match &self.configuration {
            Some(Some(set)) => Some(PublicAccessSeen::Configured(PublicAccessBlock {
                block_public_acls: set.block_public_acls?,
                ignore_public_acls: set.ignore_public_acls?,
                block_public_policy: set.block_public_policy?,
                restrict_public_buckets: set.restrict_public_buckets?,
            })),
            Some(None) | None => Some(PublicAccessSeen::NotConfigured),
        }
    }
}

impl ObjectOwnershipFile<'_> {
    /// What it tells. A bucket for which nothing is set leaves an object to whoever uploaded it; a name that is not known tells nothing.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
    pub(super) fn seen(&self) -> Option<ObjectOwnership> {
        let Some(name) = self.ownership.as_deref() else { return Some(ObjectOwnership::ObjectWriter) };
        ObjectOwnership::ALL.into_iter().find(|ownership| ownership.name() == name)
    }
}

impl AccessPointFile<'_> {
    /// What it tells.
    pub(super) fn seen(&self) -> AccessPoint {
        AccessPoint {
            bucket: self.bucket.clone().into_owned(),
            bucket_account: self.bucket_account.clone().map(Cow::into_owned),
            vpc: self.vpc.clone().map(Cow::into_owned),
        }
    }
}
