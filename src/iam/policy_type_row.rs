//! The columns of the table of policy types.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>

use super::command::Blank;
use super::policy_owner::Owner;

/// What is known of a policy type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each column is a fact of its own")]
pub struct PolicyTypeRow {
    /// The stable identifier, as in JSON: `service-control`.
    pub id: &'static str,
    /// What a person calls it: `service control policy`.
    pub noun: &'static str,
    /// Several of them.
    pub plural: &'static str,
    /// For a table of the report.
    pub short: &'static str,
    /// What AWS's messages call it, in lower case.
    pub phrases: &'static [&'static str],
    /// What AWS's records and calls call it: `SERVICE_CONTROL_POLICY`.
    pub constants: &'static [&'static str],
    /// Whose ARN a message gives for it.
    pub arn: PolicyArn,
    /// Whether statements of this type have a principal.
    pub principal: PrincipalRule,
    /// Whether `NotPrincipal` may stand in its statements.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    pub not_principal: bool,
    /// Whether its statements need `Resource` or `NotResource`.
    pub needs_resource: bool,
    /// What becomes of a Resource with fewer than six parts.
    pub short_arn: ShortArn,
    /// Whether AWS rejects an Allow in it.
    pub only_denies: bool,
    /// Whether it gives permissions; the others only limit them.
    pub grants: bool,
    /// Whether it is attached to the levels of an organization.
    pub has_levels: bool,
    /// Whether it is attached to the user or role, and so the same for all its requests.
    pub is_of_principal: bool,
    /// Whose account decides which policies of the type apply.
    pub side: PolicySide,
    /// Who changes it.
    pub owner: Owner,
    /// How large it may be, where that depends on the type alone.
    pub quota: Option<PolicyQuota>,
    /// The option of the command line that takes it.
    pub option: &'static str,
    /// The option that says that there is none.
    pub none_option: Option<&'static str>,
    /// How to print it.
    pub fetch: PolicyFetch,
    /// Where it stands in a snapshot, as docs/snapshot.md calls it.
    pub snapshot_field: &'static str,
}

/// Whether statements of a type name whom they are about.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalRule {
    /// They must.
    Required,
    /// They may: without it everybody is meant.
    Optional,
    /// They must not.
    Forbidden,
}

/// What becomes of a Resource that has fewer than the six parts of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortArn {
    /// AWS fills the rest with `*`.
    Filled,
    /// It counts when there is a `*` in it.
    Starred,
    /// It counts when it ends in `*`.
    EndsInStar,
    /// It never counts.
    Rejected,
}

/// What the ARN of a policy looks like.
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyArn {
    /// A policy of AWS Organizations; its resource has this kind.
    Organization(&'static str),
    /// A managed policy of IAM.
    Managed,
    /// AWS documents none.
    Undocumented,
}

/// Whose account a policy belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicySide {
    /// The principal's.
    Principal,
    /// The resource's.
    Resource,
}

/// A quota and how AWS counts against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyQuota {
    /// The most characters.
    pub most: usize,
    /// What it can be raised to on request.
    pub raised: usize,
    /// Whether white space counts.
    pub space: bool,
    /// Whether it holds for all inline policies of the entity together.
    pub together: bool,
}

impl PolicyQuota {
    /// For policies that IAM keeps: white space does not count.
    #[must_use]
    pub const fn iam(most: usize) -> Self {
        Self { most, raised: most, space: false, together: false }
    }

    /// For policies that are kept as they are written.
    #[must_use]
    pub const fn written(most: usize) -> Self {
        Self { most, raised: most, space: true, together: false }
    }

    /// Of all inline policies of an entity.
    #[must_use]
    pub const fn inline(most: usize) -> Self {
        Self { together: true, ..Self::iam(most) }
    }
}

/// The command of the AWS CLI that prints a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyFetch {
    /// The one that prints the whole account.
    Account,
    /// That of the resource.
    Resource,
    /// A command that takes the id of the policy or of what has it.
    ById {
        /// The words after `aws`.
        command: &'static str,
        /// The option that takes the id.
        option: &'static str,
        /// The id.
        id: Blank,
    },
    /// None: it was passed with a call.
    Nothing,
}
