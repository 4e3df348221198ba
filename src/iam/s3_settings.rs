//! What S3 itself has set for a bucket, an access point or an account, beside every policy.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPoint.html>

use super::action::Action;
use super::gap::Unseen;
use super::public_access_level::PublicAccessLevel;

/// A setting of S3 Block Public Access that may refuse a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicAccessSetting {
    /// Rejects a policy that makes a bucket public.
    BlockPublicPolicy,
    /// Rejects an ACL that makes a bucket or object public.
    BlockPublicAcls,
    /// Leaves out what a public ACL grants.
    IgnorePublicAcls,
    /// Keeps everyone but the owner's account and AWS services from a bucket whose policy is public.
    RestrictPublicBuckets,
    /// One of them.
    Unknown,
}

impl PublicAccessSetting {
    /// AWS's name for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BlockPublicPolicy => "BlockPublicPolicy",
            Self::BlockPublicAcls => "BlockPublicAcls",
            Self::IgnorePublicAcls => "IgnorePublicAcls",
            Self::RestrictPublicBuckets => "RestrictPublicBuckets",
            Self::Unknown => "S3 Block Public Access",
        }
    }
}

/// The four settings of S3 Block Public Access at one level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the four settings are AWS's, and each is on or off")]
pub struct PublicAccessBlock {
    /// `BlockPublicAcls`
    pub block_public_acls: bool,
    /// `IgnorePublicAcls`
    pub ignore_public_acls: bool,
    /// `BlockPublicPolicy`
    pub block_public_policy: bool,
    /// `RestrictPublicBuckets`
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// Whether a setting is on; of a setting that is not known, whether any is.
    #[must_use]
    pub const fn is_on(self, setting: PublicAccessSetting) -> bool {
        match setting {
            PublicAccessSetting::BlockPublicPolicy => self.block_public_policy,
            PublicAccessSetting::BlockPublicAcls => self.block_public_acls,
            PublicAccessSetting::IgnorePublicAcls => self.ignore_public_acls,
            PublicAccessSetting::RestrictPublicBuckets => self.restrict_public_buckets,
            PublicAccessSetting::Unknown => {
                self.block_public_acls
                    || self.ignore_public_acls
                    || self.block_public_policy
                    || self.restrict_public_buckets
            }
        }
    }
}

/// What was seen of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicAccessSeen {
    /// The settings.
    Configured(PublicAccessBlock),
    /// Nothing is set there, so that none of the settings is on.
    NotConfigured,
    /// It was not seen.
    NotSeen(Unseen),
}

/// S3 Block Public Access of a bucket, level by level. S3 applies the most restrictive combination of all of them.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicAccess {
    /// The levels that count for a request, the nearest first.
    pub levels: Vec<(PublicAccessLevel, PublicAccessSeen)>,
}

impl PublicAccess {
    /// The levels at which a setting is on.
    #[must_use]
    pub fn on(&self, setting: PublicAccessSetting) -> Vec<PublicAccessLevel> {
        let on = |seen: &PublicAccessSeen| matches!(seen, PublicAccessSeen::Configured(set) if set.is_on(setting));
        self.levels.iter().filter(|(_, seen)| on(seen)).map(|(level, _)| level.clone()).collect()
    }

    /// The levels that were seen and at which a setting is off.
    #[must_use]
    pub fn off(&self, setting: PublicAccessSetting) -> Vec<PublicAccessLevel> {
        let off = |seen: &PublicAccessSeen| match seen {
            PublicAccessSeen::Configured(set) => !set.is_on(setting),
            PublicAccessSeen::NotConfigured => true,
            PublicAccessSeen::NotSeen(_) => false,
        };
        self.levels.iter().filter(|(_, seen)| off(seen)).map(|(level, _)| level.clone()).collect()
    }

    /// Whether a setting is known to be off at every level.
    #[must_use]
    pub fn is_off(&self, setting: PublicAccessSetting) -> bool {
        !self.levels.is_empty() && self.off(setting).len() == self.levels.len()
    }

    /// The levels that were not seen, and why.
    pub fn unseen(&self) -> impl Iterator<Item = (&PublicAccessLevel, &Unseen)> {
        self.levels.iter().filter_map(|(level, seen)| match seen {
            PublicAccessSeen::NotSeen(why) => Some((level, why)),
            _ => None,
        })
    }
}

/// Who owns the objects of a bucket that others upload, and whether ACLs count.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectOwnership {
    /// The bucket's owner owns every object, and ACLs do not count.
    BucketOwnerEnforced,
    /// The bucket's owner owns what is uploaded with `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// Who uploads an object owns it.
    ObjectWriter,
}

impl ObjectOwnership {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::BucketOwnerEnforced, Self::BucketOwnerPreferred, Self::ObjectWriter];

    /// AWS's name for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::ObjectWriter => "ObjectWriter",
        }
    }
}

/// An access point of S3, as AWS tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPoint {
    /// The bucket behind it.
    pub bucket: String,
    /// The account that owns the bucket, where it is told.
    pub bucket_account: Option<String>,
    /// The one VPC that it takes requests from; `None`: from everywhere.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html>
    pub vpc: Option<String>,
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

/// Whether Block Public Access may reject such a call for everybody.
#[must_use]
pub fn may_be_rejected_as_public(action: &Action) -> bool {
    REJECTED.contains(&action.folded())
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

/// Whether whoever owns the object gives this permission, and not whoever owns the bucket.
#[must_use]
pub fn is_given_by_object_owner(action: &Action) -> bool {
    OF_OBJECT_OWNER.contains(&action.folded())
}
