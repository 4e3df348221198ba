//! The kinds of policy that can decide a request: one row each, from which the type itself is made.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types>

use std::fmt;

use serde::{Deserialize, Serialize};

use super::command::Blank;
use super::policy_owner::Owner;
use super::policy_type_row::{PolicyArn, PolicyFetch, PolicyQuota, PolicySide, PolicyTypeRow, PrincipalRule, ShortArn};

/// Makes the type from its rows, so that none can be without one.
macro_rules! policy_types {
    ($($(#[$doc:meta])* $name:ident $row:tt)+) => {
        /// A kind of policy, in AWS's words. The order is the order in which reports list them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum PolicyType {
            $($(#[$doc])* $name,)+
        }

        impl PolicyType {
            /// All of them, in order.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// What is known of the type.
            #[must_use]
            pub const fn row(self) -> &'static PolicyTypeRow {
                match self {
                    $(Self::$name => const { &PolicyTypeRow $row },)+
                }
            }
        }
    };
}

const DESCRIBE_POLICY: &str = "organizations describe-policy";

policy_types! {
    /// Resource control policy (RCP) of the organization that owns the resource.
    ResourceControl {
        id: "resource-control",
        noun: "resource control policy",
        plural: "resource control policies",
        short: "RCP",
        phrases: &["resource control policy"],
        constants: &["RESOURCE_CONTROL_POLICY"],
        arn: PolicyArn::Organization("resource_control_policy"),
        principal: PrincipalRule::Required,
        not_principal: false,
        needs_resource: true,
        short_arn: ShortArn::Rejected,
        only_denies: true,
        grants: false,
        has_levels: true,
        is_of_principal: false,
        side: PolicySide::Resource,
        owner: Owner::OrganizationAdmin,
        // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
        quota: Some(PolicyQuota::written(5_120)),
        option: "--rcp",
        none_option: Some("--no-rcp"),
        fetch: PolicyFetch::ById { command: DESCRIBE_POLICY, option: "--policy-id", id: Blank::RCP_ID },
        snapshot_field: "resource_control_policies",
    }
    /// Service control policy (SCP) of the organization of the principal.
    ServiceControl {
        id: "service-control",
        noun: "service control policy",
        plural: "service control policies",
        short: "SCP",
        phrases: &["service control policy", "scp"],
        constants: &["SERVICE_CONTROL_POLICY"],
        arn: PolicyArn::Organization("service_control_policy"),
        principal: PrincipalRule::Forbidden,
        not_principal: false,
        needs_resource: true,
        short_arn: ShortArn::EndsInStar,
        only_denies: false,
        grants: false,
        has_levels: true,
        is_of_principal: false,
        side: PolicySide::Principal,
        owner: Owner::OrganizationAdmin,
        // since 15 May 2026; 5,120 before
        // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
        quota: Some(PolicyQuota::written(10_240)),
        option: "--scp",
        none_option: Some("--no-scp"),
        fetch: PolicyFetch::ById { command: DESCRIBE_POLICY, option: "--policy-id", id: Blank::SCP_ID },
        snapshot_field: "service_control_policies",
    }
    /// Policy of the VPC endpoint that the request went through.
    VpcEndpoint {
        id: "vpc-endpoint",
        noun: "VPC endpoint policy",
        plural: "VPC endpoint policies",
        short: "endpoint",
        phrases: &["vpc endpoint policy"],
        constants: &["VPC_ENDPOINT_POLICY", "VPC_ENDPOINT"],
        arn: PolicyArn::Undocumented,
        principal: PrincipalRule::Optional,
        not_principal: true,
        needs_resource: true,
        short_arn: ShortArn::Starred,
        only_denies: false,
        grants: false,
        has_levels: false,
        is_of_principal: false,
        side: PolicySide::Principal,
        owner: Owner::AccountAdmin,
        // <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html>
        quota: Some(PolicyQuota::written(20_480)),
        option: "--vpc-endpoint-policy",
        none_option: Some("--no-vpc-endpoint-policy"),
        fetch: PolicyFetch::ById {
            command: "ec2 describe-vpc-endpoints",
            option: "--vpc-endpoint-ids",
            id: Blank::ENDPOINT_ID,
        },
        snapshot_field: "vpc_endpoint_policies",
    }
    /// Policy attached to the resource.
    ResourceBased {
        id: "resource-based",
        noun: "resource-based policy",
        plural: "resource-based policies",
        short: "resource-based",
        // the last two are the auth policies of VPC Lattice: the service's and its network's
        // <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html>
        phrases: &["resource-based policy", "resource based policy", "service-based policy", "network-based policy"],
        constants: &["RESOURCE_BASED_POLICY", "RESOURCE"],
        arn: PolicyArn::Undocumented,
        principal: PrincipalRule::Required,
        not_principal: true,
        needs_resource: false,
        short_arn: ShortArn::Starred,
        only_denies: false,
        grants: true,
        has_levels: false,
        is_of_principal: false,
        side: PolicySide::Resource,
        owner: Owner::ResourceOwner,
        // each service has its own
        quota: None,
        option: "--resource-policy",
        none_option: Some("--no-resource-policy"),
        fetch: PolicyFetch::Resource,
        snapshot_field: "resource_policies",
    }
    /// Trust policy of a role: the resource-based policy of `sts:AssumeRole*`.
    RoleTrust {
        id: "role-trust",
        noun: "role trust policy",
        plural: "role trust policies",
        short: "trust",
        phrases: &["role trust policy", "trust policy"],
        constants: &[],
        arn: PolicyArn::Undocumented,
        principal: PrincipalRule::Required,
        not_principal: false,
        needs_resource: false,
        short_arn: ShortArn::Starred,
        only_denies: false,
        grants: true,
        has_levels: false,
        is_of_principal: false,
        side: PolicySide::Resource,
        owner: Owner::AccountAdmin,
        quota: Some(PolicyQuota { raised: 8_192, ..PolicyQuota::iam(2_048) }),
        option: "--resource-policy",
        none_option: Some("--no-resource-policy"),
        fetch: PolicyFetch::Account,
        snapshot_field: "AssumeRolePolicyDocument",
    }
    /// Policy attached to the user, its groups, or the role.
    IdentityBased {
        id: "identity-based",
        noun: "identity-based policy",
        plural: "identity-based policies",
        short: "identity-based",
        phrases: &["identity-based policy", "identity based policy"],
        constants: &["IDENTITY_BASED_POLICY", "PRINCIPAL"],
        arn: PolicyArn::Managed,
        principal: PrincipalRule::Forbidden,
        not_principal: false,
        needs_resource: true,
        short_arn: ShortArn::Filled,
        only_denies: false,
        grants: true,
        has_levels: false,
        is_of_principal: true,
        side: PolicySide::Principal,
        owner: Owner::AccountAdmin,
        quota: Some(PolicyQuota::iam(6_144)),
        option: "--identity-policy",
        none_option: None,
        fetch: PolicyFetch::Account,
        snapshot_field: "AttachedManagedPolicies",
    }
    /// Permissions boundary of the user or role.
    PermissionsBoundary {
        id: "permissions-boundary",
        noun: "permissions boundary",
        // a principal has one
        plural: "permissions boundary",
        short: "boundary",
        phrases: &["permissions boundary", "permission boundary"],
        constants: &["PERMISSIONS_BOUNDARY"],
        arn: PolicyArn::Managed,
        principal: PrincipalRule::Forbidden,
        not_principal: false,
        needs_resource: true,
        short_arn: ShortArn::Filled,
        only_denies: false,
        grants: false,
        has_levels: false,
        is_of_principal: true,
        side: PolicySide::Principal,
        owner: Owner::AccountAdmin,
        quota: Some(PolicyQuota::iam(6_144)),
        option: "--permissions-boundary",
        none_option: Some("--no-permissions-boundary"),
        fetch: PolicyFetch::Account,
        snapshot_field: "PermissionsBoundary",
    }
    /// Policy passed when the session was made.
    Session {
        id: "session",
        noun: "session policy",
        plural: "session policies",
        short: "session",
        // one sample of AWS's documentation has the plural
        phrases: &["session policy", "sessions policy"],
        constants: &["SESSION_POLICY", "SESSION"],
        arn: PolicyArn::Managed,
        principal: PrincipalRule::Forbidden,
        not_principal: false,
        needs_resource: true,
        short_arn: ShortArn::Filled,
        only_denies: false,
        grants: false,
        has_levels: false,
        is_of_principal: false,
        side: PolicySide::Principal,
        owner: Owner::Caller,
        // <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
        quota: Some(PolicyQuota::written(2_048)),
        option: "--session-policy",
        none_option: Some("--no-session-policy"),
        fetch: PolicyFetch::Nothing,
        snapshot_field: "session_policies",
    }
}

impl PolicyType {
    /// The type that the policy counts as: a trust policy is the resource-based policy of its role, and AWS's messages use both names.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_resource-based>
    #[must_use]
    pub const fn normalized(self) -> Self {
        match self {
            Self::RoleTrust => Self::ResourceBased,
            other => other,
        }
    }

    /// The stable identifier, as in JSON: `service-control`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.row().id
    }

    /// What a person calls it: `service control policy`.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        self.row().noun
    }

    /// The noun with its article: `an identity-based policy`.
    #[must_use]
    pub fn with_article(self) -> String {
        let article = if self.noun().starts_with('i') { "an" } else { "a" };
        format!("{article} {}", self.noun())
    }

    /// What AWS's records and calls call it: `SERVICE_CONTROL_POLICY`; empty where they do not.
    #[must_use]
    pub const fn constant(self) -> &'static str {
        match self.row().constants {
            [constant, ..] => constant,
            [] => "",
        }
    }

    /// The type that AWS's records and calls call so: `SERVICE_CONTROL_POLICY`.
    #[must_use]
    pub fn of_constant(constant: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy_type| policy_type.row().constants.contains(&constant))
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_types_have_the_same_names() {
        for (at, one) in PolicyType::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(one).unwrap(), one.id());
            for other in PolicyType::ALL.into_iter().skip(at + 1) {
                let (one, other) = (one.row(), other.row());
                assert!(one.id != other.id && one.noun != other.noun && one.short != other.short);
                assert!(
                    one.phrases
                        .iter()
                        .chain(one.constants)
                        .all(|name| !other.phrases.contains(name) && !other.constants.contains(name))
                );
            }
        }
    }

    #[test]
    fn every_type_is_described_with_its_place_in_a_snapshot() {
        let page = include_str!("../../docs/snapshot.md");
        for policy_type in PolicyType::ALL {
            let field = policy_type.row().snapshot_field;
            assert!(page.contains(field), "{field}");
        }
    }
}
