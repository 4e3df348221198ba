//! What to do where S3 Block Public Access refuses a request.

use crate::diagnose::PublicAccessSetting;
use crate::remedy::PublicAccessStep;

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

/// What to do.
#[must_use]
pub const fn step(step: PublicAccessStep) -> &'static str {
    match step {
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
    }
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
