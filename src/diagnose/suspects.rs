//! What a message fits that no policy of the account shows: an access point for one VPC, an object that another account owns, a session
//! policy that a program passes, an S3 policy of the organization.

use super::blocker::Blocker;
use super::bucket_behind;
use super::context::DenialContext;
use super::hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood, ManagedSetting, SessionTool};
use super::settings;
use crate::denial::{DenialKind, Note, ReasonEffect};
use crate::evaluate::Decision;
use crate::iam::{Arn, ContextValue, PolicyType, PrincipalKind, SessionOrigin};

/// All that fit.
pub(super) fn suspects(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<Hypothesis> {
    if case.denial.kind != DenialKind::IamDenial {
        return Vec::new();
    }
    [
        network_origin(case, blockers),
        bucket_behind::hypothesis(case, blockers),
        other_owner(case, blockers),
        tool_session(case, blockers),
        organization_setting(case, blockers),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the request goes through an access point of S3 that AWS may keep for one VPC: it says that a resource-based policy denies, or
/// nothing, and no policy of the resource that was seen denies. What AWS tells of the access point rules it out, or names the VPC.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html>
#[must_use]
pub fn may_have_network_origin(case: &DenialContext<'_>, blockers: &[Blocker]) -> bool {
    let resource = case.request.resource.value();
    let arn = resource.and_then(|resource| resource.parse::<Arn>().ok());
    let access_point = arn.is_some_and(|arn| arn.service() == "s3" && arn.resource().starts_with("accesspoint/"));
    let told = resource.and_then(|resource| case.snapshot.access_point_of(resource));
    let from_everywhere = told.is_some_and(|(_, point)| point.vpc.is_none());
    let reason = &case.denial.reason;
    let fits = match reason.policy_type {
        Some(named) => named == PolicyType::ResourceBased && reason.effect == ReasonEffect::ExplicitDeny,
        None => reason.effect == ReasonEffect::Unknown,
    };
    access_point && !from_everywhere && fits && !blockers.iter().any(Blocker::is_explicit)
}

fn network_origin(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<Hypothesis> {
    if !may_have_network_origin(case, blockers) {
        return None;
    }
    let seen = case.policies.resource.coverage.gap().is_none() && !case.policies.resource.policies.is_empty();
    let explicit = case.denial.reason.effect == ReasonEffect::ExplicitDeny;
    // a Deny of the bucket behind the access point fits as well
    let by_words =
        if seen && explicit { HypothesisEvidence::DenyWithoutStatement } else { HypothesisEvidence::WordingFits };
    let mut evidence = vec![by_words];
    let vpc = case.request.resource.value().and_then(|resource| case.snapshot.access_point_of(resource)?.1.vpc.clone());
    let likelihood = match vpc {
        // it came from that one
        Some(vpc) if came_from(case, &vpc) == Some(true) => return None,
        Some(vpc) => {
            evidence = vec![HypothesisEvidence::OnlyFromVpc(vpc)];
            Likelihood::Likely
        }
        None => Likelihood::Possible,
    };
    Some(Hypothesis { likelihood, kind: HypothesisKind::NetworkOrigin, evidence })
}

/// Whether the request came from this VPC, where its context tells.
fn came_from(case: &DenialContext<'_>, vpc: &str) -> Option<bool> {
    match case.request.context.get("aws:SourceVpc") {
        ContextValue::Present { values, .. } => Some(values.iter().any(|value| value == vpc)),
        _ => None,
    }
}

/// The object may belong to another account, so that no policy of the bucket's account counts for it: where whoever uploads an object owns
/// it. Whoever owns the bucket may only deny, delete and archive such an object.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
fn other_owner(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<Hypothesis> {
    let ownership = settings::uncertain_owner(case).filter(|_| blockers.is_empty())?;
    let seen = case.policies.identity.coverage.gap().is_none();
    let open = case.evaluation.decision == Decision::Undetermined && seen;
    (open || case.evaluation.decision == Decision::Allowed).then(|| Hypothesis {
        likelihood: Likelihood::Possible,
        kind: HypothesisKind::OtherOwner,
        evidence: vec![HypothesisEvidence::Ownership(ownership)],
    })
}

/// Programs that pass a session policy, by the name that they give to the session.
/// <https://github.com/BerriAI/litellm/issues/33094>, <https://github.com/BerriAI/litellm/pull/24504>,
/// <https://github.com/aws-actions/configure-aws-credentials/pull/739>
const TOOLS: [(&str, SessionTool); 2] =
    [("litellm-session", SessionTool::LiteLlm), ("GitHubActions", SessionTool::ConfigureAwsCredentials)];

fn tool_session(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<Hypothesis> {
    let principal = case.request.principal.value().filter(|who| who.kind() == PrincipalKind::AssumedRole)?;
    let session = principal.as_str().rsplit('/').next()?;
    let (_, tool) = TOOLS.iter().find(|(name, _)| *name == session)?;
    let reason = &case.denial.reason;
    let told = case.denial.session_origin().is_some_and(SessionOrigin::has_policies);
    let likelihood = match (reason.policy_type, tool) {
        _ if reason.effect == ReasonEffect::ExplicitDeny || told => return None,
        (Some(PolicyType::Session), SessionTool::LiteLlm) => Likelihood::Likely,
        (Some(PolicyType::Session), SessionTool::ConfigureAwsCredentials) => Likelihood::Possible,
        // its reports also name an identity-based policy where the role allows the action
        (Some(PolicyType::IdentityBased), SessionTool::LiteLlm)
            if blockers.is_empty() && case.evaluation.decision != Decision::Undetermined =>
        {
            Likelihood::Possible
        }
        _ => return None,
    };
    let evidence = vec![HypothesisEvidence::SessionName(session.to_owned())];
    Some(Hypothesis { likelihood, kind: HypothesisKind::SessionPolicyOfTool(*tool), evidence })
}

/// EC2 refuses in the administrator's own words to change what an EC2 policy manages; S3 refuses to change Block Public Access of an account where a policy of the organization manages it, whatever IAM allows.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html>
fn organization_setting(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<Hypothesis> {
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2.html#orgs_manage_policies_ec2-custom-message
    if case.denial.notes.contains(&Note::WordsOfOrganization) && blockers.is_empty() {
        return Some(Hypothesis {
            likelihood: Likelihood::Likely,
            kind: HypothesisKind::OrganizationSetting(ManagedSetting::Ec2),
            evidence: vec![HypothesisEvidence::WordingFits],
        });
    }
    let action = case.request.action.value()?;
    let of_account = action.folded() == "s3:putaccountpublicaccessblock";
    let may_be = case.denial.action.is_none()
        && matches!(
            case.denial.operation.as_deref(),
            Some(
                "PutPublicAccessBlock"
                    | "DeletePublicAccessBlock"
                    | "PutAccountPublicAccessBlock"
                    | "DeleteAccountPublicAccessBlock"
            )
        );
    let silent = case.denial.reason.policy_type.is_none() && case.denial.reason.effect == ReasonEffect::Unknown;
    ((of_account || may_be) && silent && blockers.is_empty()).then(|| Hypothesis {
        likelihood: Likelihood::Possible,
        kind: HypothesisKind::OrganizationSetting(ManagedSetting::PublicAccess),
        evidence: vec![HypothesisEvidence::BareDenialOfManagedSetting],
    })
}
