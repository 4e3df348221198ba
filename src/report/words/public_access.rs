//! What to do where S3 Block Public Access refuses a request.

use super::list::all_of;
use super::statement;
use crate::diagnose::PublicAccessRefusal;
use crate::iam::{PublicAccessLevel, PublicAccessSetting};
use crate::remedy::PublicAccessStep;

/// What a setting does that refuses a request.
pub const REFUSED: &str = "S3 refuses it, whatever the policies say";

/// What to do, in one line.
#[must_use]
pub fn title(setting: PublicAccessSetting, certain: bool) -> String {
    let name = setting.name();
    match (certain, setting) {
        (false, _) => format!("See whether {name} refuses it, and leave it on"),
        (true, PublicAccessSetting::BlockPublicAcls) => format!("Leave {name} on, and leave out the public ACL"),
        (true, _) => format!("Leave {name} on, and name who is meant"),
    }
}

/// A setting that certainly refuses the request.
#[must_use]
pub fn refusal(refusal: &PublicAccessRefusal) -> String {
    let is_on = format!("{} of S3 Block Public Access is on for {}", refusal.setting.name(), levels(&refusal.levels));
    match &refusal.statement {
        Some(made) => format!(
            "{is_on}: while {} of `{}` makes the bucket public, only callers of the bucket's own account and AWS services get in",
            statement::name(&made.name()),
            made.policy.name
        ),
        None => format!("{is_on}, and this call carries a public ACL"),
    }
}

/// Where a setting is on or off: `bucket reports and account 111122223333`.
#[must_use]
pub fn levels(levels: &[PublicAccessLevel]) -> String {
    all_of(&levels.iter().map(level).collect::<Vec<_>>())
}

/// One level: `bucket reports`.
#[must_use]
pub fn level(level: &PublicAccessLevel) -> String {
    let name = |arn: &str| arn.rsplit([':', '/']).next().unwrap_or(arn).to_owned();
    match level {
        PublicAccessLevel::AccessPoint(arn) => format!("access point {}", name(arn)),
        PublicAccessLevel::Bucket(arn) => format!("bucket {}", name(arn)),
        PublicAccessLevel::Account(Some(id)) => format!("account {id}"),
        PublicAccessLevel::Account(None) => "the account that owns the bucket".to_owned(),
    }
}

/// What to do.
#[must_use]
pub fn step(step: &PublicAccessStep) -> String {
    let text = match step {
        PublicAccessStep::IsOn(on) => {
            let of_account = on.iter().any(|level| matches!(level, PublicAccessLevel::Account(_)));
            let organization =
                if of_account { ". The account's may come from an S3 policy of the organization" } else { "" };
            return format!("it is on for {}; S3 takes the most restrictive of all levels{organization}", levels(on));
        }
        PublicAccessStep::IsOffNow(off) => {
            return format!("it is off now for {}: make the call again before you change anything", levels(off));
        }
        PublicAccessStep::SeeWhereItIsOn => {
            "see where it is on: the bucket, its account, or an S3 policy of the organization; S3 takes the most restrictive of them"
        }
        PublicAccessStep::NameWhoIsMeant => {
            "let the new policy name who is meant instead of `*`: accounts, roles, a VPC endpoint, or the organization by \
             aws:PrincipalOrgID; then it is not public, and the setting does not concern it"
        }
        PublicAccessStep::LeaveOutAcl => {
            "leave out the public ACL (public-read, public-read-write, authenticated-read); who is to read the object is named in the \
             bucket policy"
        }
        PublicAccessStep::NameCaller => {
            "let the bucket policy name the caller's account or role instead of `*`: once no statement is public, the setting does not \
             concern the bucket"
        }
        PublicAccessStep::UseCloudFront => {
            "for a web site or downloads: CloudFront with origin access control in front, and the bucket stays private"
        }
        PublicAccessStep::AskOwners => {
            "its owners: of the bucket's setting whoever administers the bucket, of the account's the account admin, of an S3 policy the \
             organization admin, whose policy the account cannot change"
        }
    };
    text.to_owned()
}

/// Why the setting stays on.
#[must_use]
pub fn opens_to_internet(setting: PublicAccessSetting) -> String {
    format!(
        "turning {} off is not offered: what a policy or ACL then makes public is open to the whole internet at once, for the account's \
         setting in every bucket of the account; that is for its owner to decide, after a review of every policy and ACL that it covers",
        setting.name()
    )
}
