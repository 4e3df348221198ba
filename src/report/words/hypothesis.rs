//! Causes that may fit, and what supports them.

use super::simulator::without_service_control;
use super::{public_access, statement};
use crate::diagnose::{HypothesisEvidence, HypothesisKind, ManagedSetting, SessionTool};
use crate::iam::{Action, ObjectOwnership, PublicAccessSetting, StatementName};

/// The cause.
#[must_use]
pub fn kind(kind: &HypothesisKind) -> String {
    match kind {
        HypothesisKind::Quarantine => {
            "AWS has quarantined this user (AWSCompromisedKeyQuarantine, any version) because its key leaked".to_owned()
        }
        HypothesisKind::AttachedDeny { user } => format!(
            "a Deny that an administrator attached to {}, perhaps with a condition",
            if *user { "the user or one of its groups" } else { "the role" }
        ),
        HypothesisKind::BudgetsAction => {
            "an AWS Budgets action attached a Deny when a cost limit was reached".to_owned()
        }
        HypothesisKind::PublicAccess(setting) => {
            let refuses = match setting {
                PublicAccessSetting::BlockPublicPolicy => "rejects the new bucket policy because it is public",
                PublicAccessSetting::BlockPublicAcls => "rejects the ACL if it is public",
                PublicAccessSetting::IgnorePublicAcls => "leaves out what public ACLs of the bucket and its objects grant",
                PublicAccessSetting::RestrictPublicBuckets => {
                    "keeps everyone but the owner's account and AWS services from a bucket whose policy is public"
                }
                PublicAccessSetting::Unknown => return format!("{} refuses the request", setting.name()),
            };
            format!("{} of S3 Block Public Access {refuses}", setting.name())
        }
        HypothesisKind::BucketBehind => {
            "the bucket behind the access point does not allow it: the access point and its bucket must both allow a request. The bucket's \
             policy can leave it to the account's access points (s3:DataAccessPointAccount)"
                .to_owned()
        }
        HypothesisKind::OtherOwner => {
            "another account owns the object: then no policy of the bucket's account allows anything on it. Its owner gives access by the \
             object's ACL, or uploads it again with bucket-owner-full-control; BucketOwnerEnforced makes the bucket's owner own all objects, \
             and ends every ACL"
                .to_owned()
        }
        HypothesisKind::NetworkOrigin => {
            "the access point takes requests from one VPC only, and this one came from elsewhere: its network origin is VPC, which no \
             policy shows (aws s3control get-access-point does)"
                .to_owned()
        }
        HypothesisKind::SessionPolicyOfTool(SessionTool::LiteLlm) => {
            "LiteLLM passed a session policy of its own when it got credentials by web identity (OIDC): what its list lacks is denied, \
             whatever the role allows; update LiteLLM, or give it credentials in another way (IRSA, access keys)"
                .to_owned()
        }
        HypothesisKind::SessionPolicyOfTool(SessionTool::ConfigureAwsCredentials) => {
            "the workflow passes a session policy: look at inline-session-policy and managed-session-policies of \
             aws-actions/configure-aws-credentials"
                .to_owned()
        }
        HypothesisKind::OrganizationSetting(ManagedSetting::Ec2) => {
            "an EC2 policy of the organization (a declarative policy) manages this setting, and the message is its administrator's own text: \
             no IAM policy and no SCP is involved (aws organizations describe-effective-policy --policy-type DECLARATIVE_POLICY_EC2)"
                .to_owned()
        }
        HypothesisKind::OrganizationSetting(ManagedSetting::PublicAccess) => {
            "an S3 policy of the organization manages Block Public Access of the account, and nobody in the account can change it: no IAM \
             policy and no SCP is involved (aws organizations describe-effective-policy --policy-type S3_POLICY)"
                .to_owned()
        }
        HypothesisKind::Placeholder => "a placeholder in an Allow was never replaced".to_owned(),
        HypothesisKind::PlaceholderInCall => {
            "the call was made with a placeholder that was never replaced: change the call, not a policy".to_owned()
        }
        HypothesisKind::ServiceControl => "a service control policy blocks this request".to_owned(),
    }
}

/// What supports it.
#[must_use]
pub fn evidence(evidence: &HypothesisEvidence) -> String {
    match evidence {
        HypothesisEvidence::QuarantineDenies(action) => {
            format!("AWS's quarantine policies deny {} on every resource", action.as_ref().map_or("it", Action::as_str))
        }
        HypothesisEvidence::InResource { placeholder } => format!("the resource has `{placeholder}` in it"),
        HypothesisEvidence::WouldCover { placeholder, policy, statement: name } => format!(
            "{} of `{policy}` would cover this resource with a name in the place of `{placeholder}`",
            statement::name(name)
        ),
        HypothesisEvidence::CredentialsInText => {
            "credentials are in the same text: AWS may know already that this key leaked".to_owned()
        }
        HypothesisEvidence::QuarantinedKeyWorks => {
            "a quarantined key still authenticates, so credentials that work do not rule it out".to_owned()
        }
        HypothesisEvidence::DeniedOnAllModels { models } => {
            format!("both actions that it denies are denied on all {models} models that were called")
        }
        HypothesisEvidence::ListingWorks => {
            "listing models works, which a Deny on all of Bedrock would stop".to_owned()
        }
        HypothesisEvidence::WordingFits => "the wording fits; the policies were not seen".to_owned(),
        HypothesisEvidence::NewerThanSeen => {
            "the wording fits; the policies that you gave hold no such Deny, so it would be newer".to_owned()
        }
        HypothesisEvidence::BareDenialOfPublicPolicy => {
            "S3 answers a policy that would make the bucket public with the same bare denial".to_owned()
        }
        HypothesisEvidence::DenyWithoutStatement => {
            "with it S3 says `explicit deny in a resource-based policy` although no statement denies".to_owned()
        }
        HypothesisEvidence::PublicStatement { policy, index } => {
            format!(
                "{} of `{policy}` makes the bucket public by AWS's meaning of the word",
                statement::name(&StatementName::Index(*index))
            )
        }
        HypothesisEvidence::SessionName(name) => format!("the session is called `{name}`, as this program calls it"),
        HypothesisEvidence::BareDenialOfManagedSetting => {
            "S3 answers such a call with the same bare denial; it is about the setting of an account (s3control), not of a bucket".to_owned()
        }
        HypothesisEvidence::SettingOn(on) => format!("it is on for {}", public_access::levels(on)),
        HypothesisEvidence::SettingOff(off) => {
            format!("it is off for {}; the rest was not seen", public_access::levels(off))
        }
        HypothesisEvidence::OnlyFromVpc(vpc) => format!("this access point is for {vpc}"),
        HypothesisEvidence::BucketDenies { policy, statement: name } => {
            format!("{} of `{policy}` denies the same request to the bucket", statement::name(name))
        }
        HypothesisEvidence::BucketDoesNotAllow => {
            "no policy of the bucket or of the caller that was seen allows the same request to the bucket".to_owned()
        }
        HypothesisEvidence::Ownership(ObjectOwnership::BucketOwnerPreferred) => {
            "the bucket has BucketOwnerPreferred: who uploads without bucket-owner-full-control owns the object".to_owned()
        }
        HypothesisEvidence::Ownership(ownership) => {
            format!("the bucket has {}: who uploads an object owns it", ownership.name())
        }
        HypothesisEvidence::CallerOutside => "the caller is not of the account that owns the bucket".to_owned(),
        HypothesisEvidence::SimulatedServiceControl => {
            "AWS's simulator says that the organization's SCPs do not allow the request".to_owned()
        }
        HypothesisEvidence::SimulatedWithoutServiceControl(decision) => without_service_control(*decision),
    }
}
