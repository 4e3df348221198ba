//! What the files tell of S3's own settings: of a bucket, the access point before it, and the account that owns it.

use std::collections::BTreeMap;

use super::Snapshot;
use super::index::RecordedGap;
use crate::iam::{
    AccessPoint, Arn, ObjectOwnership, PublicAccess, PublicAccessLevel, PublicAccessSeen, Refusal, Unseen,
};

/// The settings that the files hold.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Block Public Access, by the ARN of a bucket or access point, or the id of an account.
    pub(super) public_access: BTreeMap<String, PublicAccessSeen>,
    /// By the ARN of the bucket.
    pub(super) ownership: BTreeMap<String, ObjectOwnership>,
    /// By the ARN of the access point.
    pub(super) access_points: BTreeMap<String, AccessPoint>,
}

impl Settings {
    /// Takes over what another file tells.
    pub(super) fn merge(&mut self, other: Self) {
        self.public_access.extend(other.public_access);
        self.ownership.extend(other.ownership);
        self.access_points.extend(other.access_points);
    }
}

/// The operations that tell of settings, and of no policy.
const OPERATIONS: [&str; 4] = [
    "s3:GetPublicAccessBlock",
    "s3:GetBucketOwnershipControls",
    "s3control:GetAccessPoint",
    "s3control:GetPublicAccessBlock",
];

impl RecordedGap {
    /// Whether it is about a setting of S3, so that it leaves no policy open.
    pub(super) fn is_of_setting(&self) -> bool {
        OPERATIONS.contains(&self.operation.as_str())
    }
}

/// The access point or the bucket that a request of S3 is sent to, by its ARN.
fn addressed(resource: &str) -> Option<(Arn, String)> {
    let arn: Arn = resource.parse().ok().filter(|arn: &Arn| arn.service() == "s3" && !resource.contains(['*', '?']))?;
    let head = arn.as_str().strip_suffix(arn.resource())?;
    let mut parts = arn.resource().split('/');
    let name = match (parts.next()?, arn.account().is_empty()) {
        ("accesspoint", false) => format!("accesspoint/{}", parts.next()?),
        (bucket, true) => bucket.to_owned(),
        _ => return None,
    };
    let at = format!("{head}{name}");
    Some((arn, at)).filter(|_| !name.is_empty())
}

impl Snapshot {
    /// The access point through which a request goes, where the files tell of it.
    #[must_use]
    pub fn access_point_of(&self, resource: &str) -> Option<(String, &AccessPoint)> {
        let (arn, at) = addressed(resource)?;
        let point = self.s3.access_points.get(&at).filter(|_| !arn.account().is_empty())?;
        Some((at, point))
    }

    /// The bucket that a request of S3 is about, by its ARN: of an access point the one behind it, where the files tell.
    #[must_use]
    pub fn bucket_of(&self, resource: &str) -> Option<String> {
        let (arn, at) = addressed(resource)?;
        if arn.account().is_empty() {
            return Some(at);
        }
        self.s3.access_points.get(&at).map(|point| point.bucket.clone())
    }

    /// S3 Block Public Access at every level that counts for a request; `owner` is the account that certainly owns the bucket.
    #[must_use]
    pub fn public_access(&self, resource: &str, owner: Option<&str>) -> PublicAccess {
        let Some((arn, at)) = addressed(resource) else { return PublicAccess::default() };
        let mut levels = Vec::new();
        let point = self.s3.access_points.get(&at);
        let of_point = !arn.account().is_empty();
        if of_point {
            levels.push((PublicAccessLevel::AccessPoint(at.clone()), self.public_access_at(&at)));
        }
        let bucket = if of_point { point.map(|point| point.bucket.clone()) } else { Some(at) };
        if let Some(bucket) = &bucket {
            levels.push((PublicAccessLevel::Bucket(bucket.clone()), self.public_access_at(bucket)));
        }
        let told = point.and_then(|point| point.bucket_account.as_deref());
        let told = told.or_else(|| self.owner_of(bucket.as_deref()?));
        let account = told.or(owner.filter(|_| !of_point));
        let seen = account.map_or(PublicAccessSeen::NotSeen(Unseen::ResourceAccountNotKnown), |account| {
            self.public_access_at(account)
        });
        levels.push((PublicAccessLevel::Account(account.map(str::to_owned)), seen));
        PublicAccess { levels }
    }

    /// Who owns the objects of a bucket; the outside is empty where no file tells.
    #[must_use]
    pub fn object_ownership(&self, bucket: &str) -> Option<ObjectOwnership> {
        self.s3.ownership.get(bucket).copied()
    }

    /// What came of asking AWS for a setting, where that did not give it.
    #[must_use]
    pub fn setting_refused(&self, of: &str, operation: &str) -> Option<Refusal> {
        let mut gaps = self.gaps.iter();
        gaps.find(|gap| gap.of.as_deref() == Some(of) && gap.operation == operation).map(RecordedGap::refusal)
    }

    fn public_access_at(&self, of: &str) -> PublicAccessSeen {
        if let Some(seen) = self.s3.public_access.get(of) {
            return seen.clone();
        }
        let about = |gap: &&RecordedGap| gap.is_of_setting() && gap.of.as_deref() == Some(of);
        let operation = |gap: &&RecordedGap| gap.operation != "s3:GetBucketOwnershipControls";
        let refused = self.gaps.iter().filter(about).find(operation);
        PublicAccessSeen::NotSeen(refused.map_or(Unseen::NotGiven, |gap| Unseen::Refused(gap.refusal())))
    }
}
