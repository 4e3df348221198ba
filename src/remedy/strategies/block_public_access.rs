//! `block-public-access`: what to do where S3 Block Public Access refuses a request: look, let the policy name who is meant, and leave the setting on.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
//! - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3.html>

use super::super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::{
    DenialContext, public_access, refused_by_setting, refused_for_certain, show_public_access as show,
    suspected_setting,
};
use crate::iam::{Arn, Blank, Command, Principal, PublicAccessLevel, PublicAccessSetting, is_account_id};

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
    let case = situation.case;
    let named = refused_by_setting(case).or_else(|| refused_for_certain(case).map(|refusal| refusal.setting));
    named.map(|setting| leave_it_on(case, setting, true))
}

fn suspected(situation: &Situation<'_>) -> Option<Remedy> {
    let suspected = suspected_setting(situation.case, &situation.diagnosis.blockers);
    suspected.map(|(setting, _)| leave_it_on(situation.case, setting, false))
}

fn leave_it_on(case: &DenialContext<'_>, setting: PublicAccessSetting, certain: bool) -> Remedy {
    let policy = match setting {
        PublicAccessSetting::BlockPublicPolicy => PublicAccessStep::NameWhoIsMeant,
        PublicAccessSetting::BlockPublicAcls | PublicAccessSetting::IgnorePublicAcls => PublicAccessStep::LeaveOutAcl,
        PublicAccessSetting::RestrictPublicBuckets | PublicAccessSetting::Unknown => PublicAccessStep::NameCaller,
    };
    let facts = public_access(case);
    let on = facts.on(setting);
    let at = match on.is_empty() {
        false => PublicAccessStep::IsOn(on),
        true if facts.is_off(setting) => PublicAccessStep::IsOffNow(facts.off(setting)),
        true => PublicAccessStep::SeeWhereItIsOn,
    };
    let steps = [at, policy, PublicAccessStep::UseCloudFront, PublicAccessStep::AskOwners];
    Remedy {
        id: RemedyId::BlockPublicAccess,
        title: Title::LeaveSettingOn { setting, certain },
        owner: Owner::ResourceOwner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: look(case, setting),
        steps: steps.map(Step::PublicAccess).to_vec(),
        why_not: vec![WhyNot::OpensToInternet(setting)],
    }
}

/// A step where Block Public Access refuses a request, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicAccessStep {
    /// Look at which level the setting is on.
    SeeWhereItIsOn,
    /// It was read, and is on at these levels.
    IsOn(Vec<PublicAccessLevel>),
    /// It was read, and is off at all levels.
    IsOffNow(Vec<PublicAccessLevel>),
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
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SeeWhereItIsOn => "see-where-public-access-is-blocked",
            Self::IsOn(_) => "public-access-is-blocked-at",
            Self::IsOffNow(_) => "public-access-is-not-blocked-now",
            Self::NameWhoIsMeant => "name-who-is-meant",
            Self::LeaveOutAcl => "leave-out-acl",
            Self::NameCaller => "name-caller",
            Self::UseCloudFront => "use-cloudfront",
            Self::AskOwners => "ask-owners-of-public-access-block",
        }
    }
}

/// Commands that only read, but for what was read already.
fn look(case: &DenialContext<'_>, setting: PublicAccessSetting) -> Vec<Command> {
    let arn = case.request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    let bucket = arn.as_ref().filter(|arn| arn.service() == "s3" && arn.account().is_empty());
    let bucket = bucket.and_then(|arn| arn.resource().split('/').next()).filter(|name| !name.contains(['*', '?']));
    let account = case.request.resource_account.value().filter(|account| is_account_id(account));
    let account = account.map(String::as_str);
    let of_bucket = |words: &str| Command::aws(words).option_or("--bucket", bucket, Blank::BUCKET);
    let facts = public_access(case);
    let (on, off) = (facts.on(setting), facts.off(setting));
    let is_account = |level: &PublicAccessLevel| matches!(level, PublicAccessLevel::Account(_));
    let mut commands = Vec::new();
    if on.is_empty() {
        let unseen: Vec<Command> =
            facts.unseen().map(|(level, _)| level).filter(|level| !is_account(level)).map(show).collect();
        let nothing_seen = facts.levels.is_empty();
        commands.extend(nothing_seen.then(|| of_bucket("s3api get-public-access-block")));
        commands.extend(unseen);
        let of_account =
            || Command::aws("s3control get-public-access-block").option_or("--account-id", account, Blank::ACCOUNT_ID);
        commands.extend((!off.iter().any(is_account)).then(of_account));
    }
    // of the account AWS tells what counts, and not whether the organization set it
    if on.iter().any(is_account) || (on.is_empty() && !off.iter().any(is_account)) {
        commands.push(Command::aws("organizations describe-effective-policy --policy-type S3_POLICY"));
    }
    commands.push(of_bucket("s3api get-bucket-policy-status"));
    commands
}
