//! `block-public-access`: what to do where S3 Block Public Access refuses a request: look, let the policy name who is meant, and leave the setting on.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
//! - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html>

use super::super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::{DenialContext, PublicAccessSetting, refused_by_setting, suspected_setting};
use crate::iam::{Arn, Blank, Command, Principal, is_account_id};

/// The remedy; `certain` where AWS named the setting.
/// The denial says so.
pub(super) const REFUSED: Strategy = Strategy {
    id: "block-public-access",
    applies: |situation| !situation.is_quarantined(),
    drafts: Drafts::Advice(refused),
};

/// It may be, and the message does not tell.
pub(super) const SUSPECTED: Strategy = Strategy {
    id: "block-public-access-suspected",
    applies: |situation| situation.is_blocked() || situation.nothing_blocks() && is_of_another_account(situation),
    drafts: Drafts::Advice(suspected),
};

/// The same where the caller may be of the bucket's account, which the setting that looks like a Deny does not keep out: then it comes
/// after the policy that AWS spoke of.
pub(super) const SUSPECTED_AFTER: Strategy = Strategy {
    id: "block-public-access-suspected-after",
    applies: |situation| situation.nothing_blocks() && !is_of_another_account(situation),
    drafts: Drafts::Advice(suspected),
};

fn is_of_another_account(situation: &Situation<'_>) -> bool {
    let request = situation.case.request;
    let own = request.principal.value().and_then(Principal::account);
    request.resource_account.value().is_some_and(|owner| own.is_some_and(|own| own != owner))
}

fn refused(situation: &Situation<'_>) -> Option<Remedy> {
    refused_by_setting(situation.case).map(|setting| leave_it_on(situation.case, setting, true))
}

fn suspected(situation: &Situation<'_>) -> Option<Remedy> {
    let suspected = suspected_setting(situation.case, &situation.diagnosis.blockers);
    suspected.map(|(setting, _)| leave_it_on(situation.case, setting, false))
}

fn leave_it_on(case: &DenialContext<'_>, setting: PublicAccessSetting, certain: bool) -> Remedy {
    let policy = match setting {
        PublicAccessSetting::BlockPublicPolicy => PublicAccessStep::NameWhoIsMeant,
        PublicAccessSetting::BlockPublicAcls => PublicAccessStep::LeaveOutAcl,
        PublicAccessSetting::RestrictPublicBuckets | PublicAccessSetting::Unknown => PublicAccessStep::NameCaller,
    };
    let steps =
        [PublicAccessStep::SeeWhereItIsOn, policy, PublicAccessStep::UseCloudFront, PublicAccessStep::AskOwners];
    Remedy {
        id: RemedyId::BlockPublicAccess,
        title: Title::LeaveSettingOn { setting, certain },
        owner: Owner::ResourceOwner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: look(case),
        steps: steps.map(Step::PublicAccess).to_vec(),
        why_not: vec![WhyNot::OpensToInternet(setting)],
    }
}

/// A step where Block Public Access refuses a request, or may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicAccessStep {
    /// Look at which level the setting is on.
    SeeWhereItIsOn,
    /// Name who is meant in the new policy.
    NameWhoIsMeant,
    /// Leave the public ACL out of the call.
    LeaveOutAcl,
    /// Name the caller in the bucket policy.
    NameCaller,
    /// Let `CloudFront` publish what is to be public.
    UseCloudFront,
    /// Ask the owners of the setting.
    AskOwners,
}

impl PublicAccessStep {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeeWhereItIsOn => "see-where-public-access-is-blocked",
            Self::NameWhoIsMeant => "name-who-is-meant",
            Self::LeaveOutAcl => "leave-out-acl",
            Self::NameCaller => "name-caller",
            Self::UseCloudFront => "use-cloudfront",
            Self::AskOwners => "ask-owners-of-public-access-block",
        }
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
