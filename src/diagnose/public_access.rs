//! S3 Block Public Access: a setting of an access point, the bucket, its account or the organization, and no statement of any policy.
//!
//! Where the settings were read, they decide: what is off at every level is no longer supposed, and what is on for a public policy refuses
//! every caller of another account, whatever else allows it.
//!
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::blocker::{Blocker, StatementRef};
use super::context::DenialContext;
use super::hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood};
use crate::denial::{DenialKind, Failure, ReasonEffect};
use crate::evaluate::Decision;
use crate::iam::{
    Arn, Blank, Command, Condition, ContextValue, Effect, Field, Gap, OperatorKind, Policy, PolicySet, PolicyType,
    Principal, PrincipalKind, PublicAccess, PublicAccessLevel, PublicAccessSetting, Quantifier, Request, Statement,
    Subject, Unseen,
};
use crate::snapshot::Snapshot;

/// A setting that certainly refuses the request, by what was read of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PublicAccessRefusal {
    /// The setting.
    pub setting: PublicAccessSetting,
    /// Where it is on.
    pub levels: Vec<PublicAccessLevel>,
    /// The statement that makes the bucket public; `None` where it is the ACL of the call.
    pub statement: Option<StatementRef>,
}

/// What was read of S3 Block Public Access for the request.
#[must_use]
pub fn public_access(case: &DenialContext<'_>) -> PublicAccess {
    public_access_for(case.request, case.snapshot)
}

fn public_access_for(request: &Request, snapshot: &Snapshot) -> PublicAccess {
    let owner = match &request.resource_account {
        Field::Known(owner) => Some(owner.as_str()),
        Field::Assumed(..) | Field::Missing(_) => None,
    };
    request.resource.value().map(|resource| snapshot.public_access(resource, owner)).unwrap_or_default()
}

/// S3 Block Public Access beside what policies say of a request: the settings that were not seen where one may refuse it, and the one that
/// certainly does.
#[must_use]
pub fn settings_beside(
    request: &Request,
    policies: &PolicySet,
    snapshot: &Snapshot,
) -> (Vec<Gap>, Option<PublicAccessRefusal>) {
    let Some(action) = request.action.value().filter(|action| action.service() == "s3") else {
        return (Vec::new(), None);
    };
    let by_acl =
        by_operation(action.name()) == Some(PublicAccessSetting::BlockPublicAcls) && carries_public_acl(request);
    let of_service = request.principal.value().is_some_and(|principal| principal.kind() == PrincipalKind::Service);
    let public = public_statement(policies, Publicness::Perhaps).filter(|_| !is_owner(request) && !of_service);
    let (setting, statement) = match public {
        _ if by_acl => (PublicAccessSetting::BlockPublicAcls, None),
        Some((policy, index)) => {
            (PublicAccessSetting::RestrictPublicBuckets, Some(StatementRef::new(request, policy, index)))
        }
        // the text of the new policy is not in the request
        None if action.folded() == "s3:putbucketpolicy" => (PublicAccessSetting::BlockPublicPolicy, None),
        None => return (Vec::new(), None),
    };
    let facts = public_access_for(request, snapshot);
    let levels = facts.on(setting);
    if levels.is_empty() {
        return (facts.unseen().map(unseen).collect(), None);
    }
    let certain = match setting {
        PublicAccessSetting::BlockPublicAcls => true,
        PublicAccessSetting::RestrictPublicBuckets => {
            is_outside(request) && is_of_bucket(request) && public_statement(policies, Publicness::Public).is_some()
        }
        _ => false,
    };
    (Vec::new(), certain.then_some(PublicAccessRefusal { setting, levels, statement }))
}

/// A level that was not seen, with the command that shows it.
fn unseen((level, why): (&PublicAccessLevel, &Unseen)) -> Gap {
    Gap::new(Subject::PublicAccessBlock(level.clone()), why.clone()).closed_by(show(level))
}

/// The setting that AWS says refused the request.
#[must_use]
pub fn refused_by_setting(case: &DenialContext<'_>) -> Option<PublicAccessSetting> {
    if case.denial.kind != DenialKind::OtherFailure(Failure::BlockPublicAccess) {
        return None;
    }
    let action = case.denial.action.as_ref().map(|action| action.name().to_owned());
    let operation = action.or_else(|| case.denial.operation.clone()).unwrap_or_default();
    Some(by_operation(&operation).unwrap_or(PublicAccessSetting::Unknown))
}

/// Each of the two settings that reject calls rejects calls of its own.
fn by_operation(operation: &str) -> Option<PublicAccessSetting> {
    match operation {
        "PutBucketPolicy" | "PutAccessPointPolicy" => Some(PublicAccessSetting::BlockPublicPolicy),
        "PutBucketAcl" | "PutObjectAcl" | "PutObjectVersionAcl" | "PutObject" | "CreateBucket" => {
            Some(PublicAccessSetting::BlockPublicAcls)
        }
        _ => None,
    }
}

/// The setting that certainly refuses the request, where AWS's message does not say otherwise.
#[must_use]
pub fn refused_for_certain(case: &DenialContext<'_>) -> Option<PublicAccessRefusal> {
    let action = case.request.action.value()?;
    if case.denial.kind != DenialKind::IamDenial || action.service() != "s3" || !case.unconfirmed().is_empty() {
        return None;
    }
    let facts = public_access(case);
    let refusal = |setting, statement| {
        let levels = facts.on(setting);
        (!levels.is_empty()).then_some(PublicAccessRefusal { setting, levels, statement })
    };
    if is_silent(case)
        && by_operation(action.name()) == Some(PublicAccessSetting::BlockPublicAcls)
        && carries_public_acl(case.request)
    {
        return refusal(PublicAccessSetting::BlockPublicAcls, None);
    }
    // a policy of an access point is another one than that of its bucket
    if !is_outside(case.request) || !(is_silent(case) || says_resource_denies(case)) || !is_of_bucket(case.request) {
        return None;
    }
    let (policy, index) = public_statement(case.policies, Publicness::Public)?;
    let statement = StatementRef::new(case.request, policy, index);
    refusal(PublicAccessSetting::RestrictPublicBuckets, Some(statement))
}

/// The setting that may have refused a request where AWS's message does not name it, as a hypothesis.
#[must_use]
pub fn suspected_setting(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<(PublicAccessSetting, Hypothesis)> {
    if refused_for_certain(case).is_some() {
        return None;
    }
    let facts = public_access(case);
    let (setting, mut hypothesis) = supposed(case, blockers).or_else(|| by_facts(case, blockers, &facts))?;
    if facts.is_off(setting) {
        return None;
    }
    let (on, off) = (facts.on(setting), facts.off(setting));
    if !on.is_empty() {
        hypothesis.evidence.push(HypothesisEvidence::SettingOn(on));
    } else if !off.is_empty() {
        hypothesis.evidence.push(HypothesisEvidence::SettingOff(off));
    }
    Some((setting, hypothesis))
}

fn hypothesis(
    setting: PublicAccessSetting,
    likelihood: Likelihood,
    evidence: Vec<HypothesisEvidence>,
) -> (PublicAccessSetting, Hypothesis) {
    (setting, Hypothesis { likelihood, kind: HypothesisKind::PublicAccess(setting), evidence })
}

/// What AWS's words and the policies make likely, whether the settings were read or not.
fn supposed(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<(PublicAccessSetting, Hypothesis)> {
    let action = case.request.action.value()?;
    if case.denial.kind != DenialKind::IamDenial || action.service() != "s3" {
        return None;
    }
    let allowed = case.evaluation.decision == Decision::Allowed;
    if action.folded() == "s3:putbucketpolicy" && is_silent(case) && (allowed || blockers.is_empty()) {
        let evidence = vec![HypothesisEvidence::BareDenialOfPublicPolicy];
        return Some(hypothesis(PublicAccessSetting::BlockPublicPolicy, Likelihood::Possible, evidence));
    }
    let by_words = says_resource_denies(case)
        && !blockers.iter().any(|blocker| blocker.is_explicit() && blocker.policy_type == PolicyType::ResourceBased);
    if !(by_words || (allowed && is_silent(case))) || is_owner(case.request) {
        return None;
    }
    let public = public_statement(case.policies, Publicness::Perhaps).map(|(policy, index)| {
        let policy = policy.name.clone();
        HypothesisEvidence::PublicStatement { policy, index }
    });
    // a bucket whose policy was seen and is not public is not concerned
    if public.is_none() && (case.policies.resource.coverage.gap().is_none() || allowed) {
        return None;
    }
    let outside = is_outside(case.request);
    let likelihood = if public.is_some() && outside { Likelihood::Likely } else { Likelihood::Possible };
    let evidence = by_words.then_some(HypothesisEvidence::DenyWithoutStatement).into_iter();
    let evidence = evidence.chain(public).chain(outside.then_some(HypothesisEvidence::CallerOutside)).collect();
    Some(hypothesis(PublicAccessSetting::RestrictPublicBuckets, likelihood, evidence))
}

/// What is only worth a word because the setting was read and is on.
fn by_facts(
    case: &DenialContext<'_>,
    blockers: &[Blocker],
    facts: &PublicAccess,
) -> Option<(PublicAccessSetting, Hypothesis)> {
    let action = case.request.action.value()?;
    let explicit = blockers.iter().any(Blocker::is_explicit);
    if case.denial.kind != DenialKind::IamDenial || action.service() != "s3" || !is_silent(case) || explicit {
        return None;
    }
    let is_on = |setting| !facts.on(setting).is_empty();
    let sets_acl = by_operation(action.name()) == Some(PublicAccessSetting::BlockPublicAcls)
        && matches!(action.folded(), "s3:putbucketacl" | "s3:putobjectacl" | "s3:putobjectversionacl");
    if sets_acl && is_on(PublicAccessSetting::BlockPublicAcls) && blockers.is_empty() {
        return Some(hypothesis(PublicAccessSetting::BlockPublicAcls, Likelihood::Possible, Vec::new()));
    }
    let reads = matches!(action.folded(), "s3:getobject" | "s3:getobjectversion" | "s3:listbucket");
    let not_allowed = case.evaluation.decision != Decision::Allowed;
    if reads && not_allowed && is_outside(case.request) && is_on(PublicAccessSetting::IgnorePublicAcls) {
        let evidence = vec![HypothesisEvidence::CallerOutside];
        return Some(hypothesis(PublicAccessSetting::IgnorePublicAcls, Likelihood::Possible, evidence));
    }
    None
}

/// Whether S3 Block Public Access may refuse the request whatever the policies say, by what was read of it and of the bucket's policy.
#[must_use]
pub(super) fn may_refuse(case: &DenialContext<'_>) -> bool {
    let s3 = case.request.action.value().is_some_and(|action| action.service() == "s3");
    let concerned = s3 && !is_owner(case.request) && (is_silent(case) || says_resource_denies(case));
    let public = public_statement(case.policies, Publicness::Perhaps).is_some();
    concerned && public && !public_access(case).is_off(PublicAccessSetting::RestrictPublicBuckets)
}

/// The levels that AWS refused to tell of, where one of them decides.
pub(super) fn gaps(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<Gap> {
    let suspected = suspected_setting(case, blockers).map(|(setting, _)| setting);
    let Some(setting) = refused_by_setting(case).or(suspected) else { return Vec::new() };
    let facts = public_access(case);
    // S3 applies the most restrictive: one that is on decides
    if !facts.on(setting).is_empty() {
        return Vec::new();
    }
    let refused = facts.unseen().filter(|(_, why)| matches!(why, Unseen::Refused(_)));
    refused.map(unseen).collect()
}

/// The command that shows a level's settings.
#[must_use]
pub fn show(level: &PublicAccessLevel) -> Command {
    match level {
        PublicAccessLevel::AccessPoint(arn) => {
            let parsed = arn.parse::<Arn>().ok();
            let name = parsed.as_ref().and_then(|arn| arn.resource().strip_prefix("accesspoint/"));
            Command::aws("s3control get-access-point")
                .option_or("--account-id", parsed.as_ref().map(Arn::account), Blank::ACCOUNT_ID)
                .option_or("--name", name, Blank::ROLE)
        }
        PublicAccessLevel::Bucket(arn) => {
            let bucket = arn.rsplit(':').next();
            Command::aws("s3api get-public-access-block").option_or("--bucket", bucket, Blank::BUCKET)
        }
        PublicAccessLevel::Account(id) => Command::aws("s3control get-public-access-block").option_or(
            "--account-id",
            id.as_deref(),
            Blank::ACCOUNT_ID,
        ),
    }
}

/// Whether AWS's message gives no reason.
fn is_silent(case: &DenialContext<'_>) -> bool {
    let reason = &case.denial.reason;
    reason.policy_type.is_none() && reason.effect == ReasonEffect::Unknown
}

/// Whether it says that a policy of the resource denies.
fn says_resource_denies(case: &DenialContext<'_>) -> bool {
    let reason = &case.denial.reason;
    reason.effect == ReasonEffect::ExplicitDeny && reason.policy_type == Some(PolicyType::ResourceBased)
}

/// Canned ACLs that grant something to everybody, or to everybody with an AWS account.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl>
const PUBLIC_ACLS: [&str; 3] = ["public-read", "public-read-write", "authenticated-read"];

fn carries_public_acl(request: &Request) -> bool {
    let ContextValue::Present { values, .. } = request.context.get("s3:x-amz-acl") else { return false };
    values.iter().any(|value| PUBLIC_ACLS.contains(&value.as_str()))
}

/// Whether the request is sent to a bucket, and to no access point.
fn is_of_bucket(request: &Request) -> bool {
    let arn = request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    arn.is_some_and(|arn| arn.service() == "s3" && arn.account().is_empty())
}

/// Whether the caller is certainly of the bucket's account.
fn is_owner(request: &Request) -> bool {
    let caller = request.principal.value().and_then(Principal::account);
    matches!(&request.resource_account, Field::Known(owner) if Some(owner.as_str()) == caller)
}

/// Whether the caller is certainly not.
fn is_outside(request: &Request) -> bool {
    let principal = request.principal.value();
    let anonymous = principal.is_some_and(|principal| principal.kind() == PrincipalKind::Anonymous);
    let caller = principal.and_then(Principal::account);
    anonymous
        || matches!(&request.resource_account, Field::Known(owner) if caller.is_some_and(|caller| caller != owner))
}

/// Keys whose fixed value keeps a statement from being public.
const FIXED: [&str; 14] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Keys that say how or when a call is made: whatever their values, anybody can make such a call. A key that is in neither list may be one
/// that AWS takes for fixing who calls, so nothing is certain about it.
const OPEN: [&str; 12] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
    "s3:tlsversion",
    "s3:x-amz-acl",
    "s3:x-amz-server-side-encryption",
];

/// Bits of a range of addresses from which on it is none that AWS takes for everybody, for IPv4 and IPv6.
const NARROW: (u8, u8) = (8, 32);

/// Whether a statement makes the bucket public, by AWS's meaning of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Publicness {
    /// It does not.
    No,
    /// A condition may keep it from that: a pattern that fixes the account, a range of addresses, a key about which nothing is known.
    Perhaps,
    /// It allows everybody, and no condition is of a kind that could change that.
    Public,
}

/// The first statement of the resource's policies that is public at least so surely.
fn public_statement(policies: &PolicySet, at_least: Publicness) -> Option<(&Arc<Policy>, usize)> {
    policies.resource.policies.iter().find_map(|policy| {
        let open = policy.document.statements.iter().find(|statement| publicness(statement) >= at_least)?;
        Some((policy, open.index))
    })
}

fn publicness(statement: &Statement) -> Publicness {
    let everybody = statement.principal.as_ref().is_some_and(|principal| {
        principal.negated
            || principal.entries.iter().any(|entry| entry.value == "*" && matches!(entry.kind.as_str(), "*" | "AWS"))
    });
    if statement.effect != Effect::Allow || !everybody {
        return Publicness::No;
    }
    let negated = statement.principal.as_ref().is_some_and(|principal| principal.negated);
    if statement.conditions.iter().any(fixes_who_calls) {
        Publicness::No
    } else if negated || !statement.conditions.iter().all(|line| OPEN.contains(&line.folded_key.as_str())) {
        Publicness::Perhaps
    } else {
        Publicness::Public
    }
}

/// Whether a line certainly leaves only callers that somebody chose: fixed values of the right key, and no request without the key.
fn fixes_who_calls(line: &Condition) -> bool {
    use OperatorKind::{ArnEquals, ArnLike, IpAddress, StringEquals, StringEqualsIgnoreCase, StringLike};
    let names = matches!(
        line.operator.kind,
        Some(StringEquals | StringEqualsIgnoreCase | StringLike | ArnEquals | ArnLike | IpAddress)
    );
    let asks = names && !line.operator.if_exists && line.operator.quantifier != Some(Quantifier::ForAllValues);
    asks && FIXED.contains(&line.folded_key.as_str()) && line.values.iter().all(|value| is_fixed(line, &value.value))
}

fn is_fixed(line: &Condition, value: &str) -> bool {
    if value.contains(['*', '?', '$']) {
        return false;
    }
    match value.parse::<IpNet>() {
        Ok(IpNet::V4(range)) => range.prefix_len() >= NARROW.0,
        Ok(IpNet::V6(range)) => range.prefix_len() >= NARROW.1,
        // an address is the narrowest range
        Err(_) => line.folded_key != "aws:sourceip" || value.parse::<IpAddr>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Publicness, publicness};
    use crate::iam::Document;
    use crate::text::Source;

    fn of(principal: &str, condition: &str) -> Publicness {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "*", "Condition": {condition}}}}}"#
        );
        publicness(&Document::parse(Source::new("policy.json", text)).unwrap().statements[0])
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
    #[test]
    fn a_statement_is_public_for_certain_only_where_nothing_can_fix_who_calls() {
        use Publicness::{No, Perhaps, Public};
        let everybody = r#"{"AWS": "*"}"#;
        for (condition, expected) in [
            ("{}", Public),
            (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, Public),
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#, No),
            (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, No),
            (r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7", "2001:db8::/32"]}}"#, No),
            // a range that everybody is in, and its other half beside it
            (r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#, Perhaps),
            (r#"{"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}"#, Perhaps),
            (r#"{"IpAddress": {"aws:SourceIp": "::/0"}}"#, Perhaps),
            // no fixed value, and a request without the key passes
            (r#"{"Null": {"aws:SourceVpce": "false"}}"#, Perhaps),
            (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#, Perhaps),
            (r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#, Perhaps),
            (r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#, Perhaps),
            // AWS may take a key for fixing that nobody told us of
            (r#"{"StringEquals": {"aws:SourceOrgID": "o-exampleorgid"}}"#, Perhaps),
        ] {
            assert_eq!(of(everybody, condition), expected, "{condition}");
        }
        assert_eq!(of(r#"{"AWS": "arn:aws:iam::444455556666:root"}"#, "{}"), No);
    }
}
