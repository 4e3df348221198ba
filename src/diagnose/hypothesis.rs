//! A cause that fits where the policies do not show what blocked the request, and what supports it.

use serde::{Deserialize, Serialize};

use crate::evaluate::Decision;
use crate::iam::{Action, ObjectOwnership, PublicAccessLevel, PublicAccessSetting, StatementName};

/// How well a cause fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// More likely than everything else together.
    Likely,
    /// Fits.
    Possible,
}

/// A cause that fits, and the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hypothesis {
    /// How well it fits.
    pub likelihood: Likelihood,
    /// What it is.
    pub kind: HypothesisKind,
    /// What supports it.
    pub evidence: Vec<HypothesisEvidence>,
}

/// A cause that may fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HypothesisKind {
    /// AWS has quarantined the user because its access key leaked.
    Quarantine,
    /// An administrator attached a Deny to a user, to one of its groups, or to a role.
    AttachedDeny {
        /// Whether the principal is a user.
        user: bool,
    },
    /// An action of AWS Budgets attached a Deny.
    BudgetsAction,
    /// A setting of S3 Block Public Access.
    PublicAccess(PublicAccessSetting),
    /// A service control policy.
    ServiceControl,
    /// A placeholder in an Allow was never replaced.
    Placeholder,
    /// The call was made with a placeholder in the place of a name.
    PlaceholderInCall,
    /// The access point is for one VPC.
    NetworkOrigin,
    /// The bucket behind the access point does not allow the request: both must.
    BucketBehind,
    /// Another account owns the object, so that the bucket's policy does not count for it.
    OtherOwner,
    /// A program passed a session policy of its own.
    SessionPolicyOfTool(SessionTool),
    /// A policy of the organization manages the setting.
    OrganizationSetting(ManagedSetting),
}

/// A program that passes a session policy when it gets credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionTool {
    /// `LiteLLM`, always where it gets credentials by a web identity.
    LiteLlm,
    /// The action `aws-actions/configure-aws-credentials`, where its inputs say so.
    ConfigureAwsCredentials,
}

/// A setting that a policy of the organization may manage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManagedSetting {
    /// S3 Block Public Access of an account, by an S3 policy.
    PublicAccess,
    /// A setting of EC2, by an EC2 policy.
    Ec2,
}

/// What supports a hypothesis.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HypothesisEvidence {
    /// AWS's quarantine policies deny the action on every resource.
    QuarantineDenies(Option<Action>),
    /// Credentials are in the text of the denial.
    CredentialsInText,
    /// A quarantined key still authenticates, so credentials that work prove nothing.
    QuarantinedKeyWorks,
    /// Both actions that a quarantine denies are denied on every model that was called.
    DeniedOnAllModels {
        /// How many models.
        models: usize,
    },
    /// Listing models works, which a Deny on all of Bedrock would stop.
    ListingWorks,
    /// The wording fits, and the policies were not seen.
    WordingFits,
    /// The wording fits, and the policies that were seen hold no such Deny: it would be newer than they are.
    NewerThanSeen,
    /// S3 answers a policy that would make a bucket public with a denial that names no reason.
    BareDenialOfPublicPolicy,
    /// S3 reports an explicit deny in a resource-based policy, and no statement denies.
    DenyWithoutStatement,
    /// A statement makes the bucket public.
    PublicStatement {
        /// The name of the bucket policy.
        policy: String,
        /// The statement's index in its document.
        index: usize,
    },
    /// The caller is not of the account that owns the bucket.
    CallerOutside,
    /// The setting was read, and is on at these levels.
    SettingOn(Vec<PublicAccessLevel>),
    /// The setting was read, and is off at these levels; not all were.
    SettingOff(Vec<PublicAccessLevel>),
    /// The access point takes requests from this VPC only.
    OnlyFromVpc(String),
    /// A statement of the policy of the bucket behind the access point denies the same request to the bucket.
    BucketDenies {
        /// The policy.
        policy: String,
        /// The name of the statement.
        statement: StatementName,
    },
    /// Neither the policy of that bucket nor a policy of the caller allows the same request to the bucket.
    BucketDoesNotAllow,
    /// Who owns what others upload to the bucket.
    Ownership(ObjectOwnership),
    /// The name of the session is one that a program gives.
    SessionName(String),
    /// S3 answers so where a policy of the organization manages the setting.
    BareDenialOfManagedSetting,
    /// The resource of the message has it.
    InResource {
        /// The placeholder, as written.
        placeholder: String,
    },
    /// An entry of an Allow would cover the resource, were this placeholder replaced.
    WouldCover {
        /// The placeholder, as written.
        placeholder: String,
        /// The policy.
        policy: String,
        /// The name of the statement.
        statement: StatementName,
    },
    /// AWS's simulator says that the SCPs do not allow the request.
    SimulatedServiceControl,
    /// What AWS's simulator says without the SCPs.
    SimulatedWithoutServiceControl(Decision),
}

impl HypothesisKind {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::AttachedDeny { .. } => "attached-deny",
            Self::BudgetsAction => "budgets-action",
            Self::PublicAccess(_) => "block-public-access",
            Self::ServiceControl => "service-control",
            Self::NetworkOrigin => "network-origin",
            Self::BucketBehind => "bucket-behind-access-point",
            Self::OtherOwner => "other-owner",
            Self::SessionPolicyOfTool(_) => "session-policy-of-tool",
            Self::OrganizationSetting(_) => "organization-setting",
            Self::Placeholder => "placeholder",
            Self::PlaceholderInCall => "placeholder-in-call",
        }
    }
}

impl HypothesisEvidence {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::QuarantineDenies(_) => "quarantine-denies",
            Self::CredentialsInText => "credentials-in-text",
            Self::QuarantinedKeyWorks => "quarantined-key-works",
            Self::DeniedOnAllModels { .. } => "denied-on-all-models",
            Self::ListingWorks => "listing-works",
            Self::WordingFits => "wording-fits",
            Self::NewerThanSeen => "newer-than-seen",
            Self::BareDenialOfPublicPolicy => "bare-denial-of-public-policy",
            Self::DenyWithoutStatement => "deny-without-statement",
            Self::PublicStatement { .. } => "public-statement",
            Self::CallerOutside => "caller-outside",
            Self::SettingOn(_) => "setting-on",
            Self::SettingOff(_) => "setting-off",
            Self::OnlyFromVpc(_) => "only-from-vpc",
            Self::BucketDenies { .. } => "bucket-denies",
            Self::BucketDoesNotAllow => "bucket-does-not-allow",
            Self::Ownership(_) => "object-ownership",
            Self::SessionName(_) => "session-name",
            Self::BareDenialOfManagedSetting => "bare-denial-of-managed-setting",
            Self::InResource { .. } => "in-resource",
            Self::WouldCover { .. } => "would-cover",
            Self::SimulatedServiceControl => "simulated-service-control",
            Self::SimulatedWithoutServiceControl(_) => "simulated-without-service-control",
        }
    }
}
