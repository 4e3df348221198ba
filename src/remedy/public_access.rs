//! What to do where S3 Block Public Access refuses a request: look, let the policy name who is meant, and leave the setting on.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
//! - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html>

use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};
use crate::diagnose::{DenialContext, PublicAccessSetting};
use crate::iam::{Arn, Blank, Command, is_account_id};

/// The remedy; `certain` where AWS named the setting.
pub(super) fn leave_it_on(case: &DenialContext<'_>, setting: PublicAccessSetting, certain: bool) -> Remedy {
    let name = setting.name();
    let mut steps = vec![
        "see where it is on: the bucket, its account, or an S3 policy of the organization; S3 takes the most restrictive of them"
            .to_owned(),
    ];
    steps.push(match setting {
        PublicAccessSetting::BlockPublicPolicy => {
            "let the new policy name who is meant instead of `*`: accounts, roles, a VPC endpoint, or the organization by \
             aws:PrincipalOrgID; then it is not public, and the setting does not concern it"
                .to_owned()
        }
        PublicAccessSetting::BlockPublicAcls => {
            "leave out the public ACL (public-read, public-read-write, authenticated-read); who is to read the object is named in the \
             bucket policy"
                .to_owned()
        }
        PublicAccessSetting::RestrictPublicBuckets | PublicAccessSetting::Unknown => {
            "let the bucket policy name the caller's account or role instead of `*`: once no statement is public, the setting does not \
             concern the bucket"
                .to_owned()
        }
    });
    steps.push(
        "for a web site or downloads: CloudFront with origin access control in front, and the bucket stays private"
            .to_owned(),
    );
    steps.push(
        "its owners: of the bucket's setting whoever administers the bucket, of the account's the account admin, of an S3 policy the \
         organization admin, whose policy the account cannot change"
            .to_owned(),
    );
    Remedy {
        id: RemedyId::BlockPublicAccess,
        title: Title::Text(match (certain, setting) {
            (false, _) => format!("See whether {name} refuses it, and leave it on"),
            (true, PublicAccessSetting::BlockPublicAcls) => format!("Leave {name} on, and leave out the public ACL"),
            (true, _) => format!("Leave {name} on, and name who is meant"),
        }),
        owner: Owner::ResourceOwner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: look(case),
        steps: steps.into_iter().map(Step::Text).collect(),
        why_not: vec![WhyNot::Text(format!(
            "turning {name} off is not offered: what a policy or ACL then makes public is open to the whole internet at once, for the \
             account's setting in every bucket of the account; that is for its owner to decide, after a review of every policy and ACL \
             that it covers"
        ))],
    }
}

/// Commands that only read.
fn look(case: &DenialContext<'_>) -> Vec<Command> {
    let arn = case.request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    let bucket = arn.as_ref().filter(|arn| arn.service() == "s3" && arn.account().is_empty());
    let bucket = bucket.and_then(|arn| arn.resource().split('/').next()).filter(|name| !name.contains(['*', '?']));
    let account = case.request.resource_account.value().filter(|account| is_account_id(account));
    let account = account.map(String::as_str);
    let of_bucket = |words: &str| Command::aws(words).option_or("--bucket", bucket, Blank::BUCKET);
    [
        of_bucket("s3api get-public-access-block"),
        Command::aws("s3control get-public-access-block").option_or("--account-id", account, Blank::ACCOUNT_ID),
        Command::aws("organizations describe-effective-policy --policy-type S3_POLICY"),
        of_bucket("s3api get-bucket-policy-status"),
    ]
    .to_vec()
}
