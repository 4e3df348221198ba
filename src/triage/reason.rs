//! By what a group of denials is denied, as far as AWS's words tell.

use crate::denial::Fingerprint;
use crate::iam::{Owner, PolicyType};

/// What a group of denials is denied by, as far as AWS's words tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// A policy that AWS names.
    Policy {
        /// Its ARN.
        arn: String,
        /// Its type.
        policy_type: Option<PolicyType>,
    },
    /// A policy of a type, or none of that type that allows: who has it or lacks it.
    OfType {
        /// The type.
        policy_type: PolicyType,
        /// Whether a statement denies, or none allows; `None` where AWS does not say which of both.
        denies: Option<bool>,
        /// Whose policies: a principal, an account, a resource.
        whose: String,
    },
    /// A statement denies, or nothing allows, and the type of the policy is not told.
    Untold {
        /// Whether a statement denies, where that is told.
        effect: Option<String>,
        /// Who.
        principal: String,
        /// The service of the action.
        service: String,
    },
    /// No denial of IAM.
    Failure {
        /// What it is.
        failure: String,
        /// Who.
        principal: String,
    },
}

/// Where policies lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LiesIn<'c> {
    /// In this account.
    Account(&'c str),
    /// In that of this resource, whose ARN does not tell it.
    AccountOf(&'c str),
}

/// Whose policies of a type decide: of the caller, of an account, or of the resource.
pub(crate) fn whose(policy_type: PolicyType, cause: &Fingerprint) -> Option<&str> {
    match policy_type {
        PolicyType::ServiceControl | PolicyType::VpcEndpoint => cause.account.as_deref(),
        // they limit the resources of an account, whoever calls
        // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
        PolicyType::ResourceControl => match owned(cause) {
            Some(resource) => cause.resource_account().or_else(|| all_buckets(resource)).or(Some(resource)),
            None => cause.account.as_deref(),
        },
        PolicyType::ResourceBased | PolicyType::RoleTrust => cause.resource.as_deref(),
        _ => cause.principal.as_deref(),
    }
}

/// The resource that somebody owns: of an object its bucket. What is asked for all resources is asked in the caller's account.
fn owned(cause: &Fingerprint) -> Option<&str> {
    let resource = cause.resource.as_deref().filter(|resource| *resource != "*" && !BUCKETS.contains(resource))?;
    let is_of_s3 = resource.split(':').nth(2) == Some("s3");
    Some(if is_of_s3 { bucket(resource) } else { resource })
}

/// The bucket of an object.
fn bucket(resource: &str) -> &str {
    resource.split('/').next().unwrap_or(resource)
}

/// All buckets of a partition. Their ARNs do not tell which of them are in one account, and the policies of an organization are over many.
fn all_buckets(bucket: &str) -> Option<&'static str> {
    BUCKETS.into_iter().find(|all| bucket.starts_with(all.trim_end_matches('*')))
}

/// Those of the partitions that have resource control policies.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
const BUCKETS: [&str; 2] = ["arn:aws:s3:::*", "arn:aws-us-gov:s3:::*"];

/// Whether that whose policies decide stands for buckets of which the accounts are not told.
pub(crate) fn is_of_buckets(policy_type: PolicyType, whose: &str) -> bool {
    policy_type == PolicyType::ResourceControl && BUCKETS.contains(&whose)
}

impl Reason {
    /// The same of these resources: where it is one bucket, that one.
    pub(crate) fn on<'r>(mut self, mut resources: impl Iterator<Item = &'r str>) -> Self {
        if let Self::OfType { policy_type, whose, .. } = &mut self
            && is_of_buckets(*policy_type, whose)
            && let Some(first) = resources.next().map(bucket)
            && resources.all(|other| bucket(other) == first)
        {
            first.clone_into(whose);
        }
        self
    }

    /// Whether AWS said that a statement denies.
    #[must_use]
    pub fn denies(&self) -> bool {
        match self {
            Self::Policy { .. } | Self::OfType { denies: Some(true), .. } => true,
            Self::Untold { effect, .. } => effect.as_deref() == Some("explicit-deny"),
            Self::OfType { .. } | Self::Failure { .. } => false,
        }
    }

    /// By what a fingerprint is denied, as far as AWS's words tell.
    #[must_use]
    pub fn of(cause: &Fingerprint) -> Self {
        let principal = || cause.principal.as_deref().unwrap_or("unknown").to_owned();
        if let Some(failure) = &cause.failure {
            return Self::Failure { failure: failure.to_string(), principal: principal() };
        }
        if let Some(arn) = &cause.policy_arn {
            return Self::Policy { arn: arn.to_string(), policy_type: cause.policy_type };
        }
        let Some(policy_type) = cause.policy_type else {
            let action = cause.action.as_deref().unwrap_or_default();
            let service = action.split(':').next().unwrap_or_default().to_owned();
            return Self::Untold {
                effect: cause.effect.as_deref().map(str::to_owned),
                principal: principal(),
                service,
            };
        };
        let whose = whose(policy_type, cause).unwrap_or("unknown").to_owned();
        let denies = cause.effect.as_deref().map(|effect| effect == "explicit-deny");
        Self::OfType { policy_type, denies, whose }
    }

    /// Where the policies lie that decide a denial of this reason.
    #[must_use]
    pub fn lies_in<'c>(&self, cause: &'c Fingerprint) -> Option<LiesIn<'c>> {
        let policy_type = match self {
            Self::Policy { policy_type, .. } => *policy_type,
            Self::OfType { policy_type, .. } => Some(*policy_type),
            Self::Untold { .. } | Self::Failure { .. } => None,
        };
        let of_resource = matches!(
            policy_type,
            Some(PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::ResourceControl)
        );
        match owned(cause) {
            Some(resource) if of_resource => {
                Some(cause.resource_account().map_or(LiesIn::AccountOf(resource), LiesIn::Account))
            }
            _ => cause.account.as_deref().map(LiesIn::Account),
        }
    }

    /// Who can change it; `None` where the type of the policy is not told.
    #[must_use]
    pub fn owner(&self) -> Option<Owner> {
        let policy_type = match self {
            Self::Policy { policy_type, .. } => (*policy_type)?,
            Self::OfType { policy_type, whose, .. } => {
                let granted = matches!(policy_type, PolicyType::IdentityBased | PolicyType::PermissionsBoundary);
                if granted && whose.contains(" permission-set ") {
                    return Some(Owner::IdentityCenterAdmin);
                }
                *policy_type
            }
            Self::Untold { .. } | Self::Failure { .. } => return None,
        };
        Some(policy_type.row().owner)
    }
}
