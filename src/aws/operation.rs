//! Which calls iamdx makes and the permission that each needs: the one table behind the calls, `doctor` and docs/permissions.md.
//!
//! Permissions: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html>

use std::fmt::Write as _;

use super::service::Service;

/// A call that iamdx makes.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The service that is called.
    pub service: Service,
    /// The operation as the API names it.
    pub name: &'static str,
    /// The permission that it needs; `None` where AWS asks for none.
    pub permission: Option<&'static str>,
    /// The commands that make the call.
    pub commands: &'static [LiveCommand],
    /// What it is called for.
    pub purpose: &'static str,
}

/// A command that calls AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveCommand {
    /// `iamdx diagnose --live`
    Diagnose,
    /// `iamdx triage --live`
    Triage,
    /// `iamdx snapshot`
    Snapshot,
    /// `iamdx probe bedrock`
    Probe,
    /// `iamdx doctor`
    Doctor,
}

impl LiveCommand {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Diagnose, Self::Triage, Self::Snapshot, Self::Probe, Self::Doctor];

    /// As typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Diagnose => "diagnose --live",
            Self::Triage => "triage --live",
            Self::Snapshot => "snapshot",
            Self::Probe => "probe bedrock",
            Self::Doctor => "doctor",
        }
    }

    /// For a `Sid`, which takes letters and digits only.
    const fn label(self) -> &'static str {
        match self {
            Self::Diagnose => "IamdxDiagnose",
            Self::Triage => "IamdxTriage",
            Self::Snapshot => "IamdxSnapshot",
            Self::Probe => "IamdxProbe",
            Self::Doctor => "IamdxDoctor",
        }
    }
}

impl Operation {
    /// `iam:GetUser`
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}:{}", self.service.prefix(), self.name)
    }
}

/// Defines each operation as a constant and lists them all.
macro_rules! operations {
    ($($constant:ident = $service:ident $name:literal $permission:expr, [$($command:ident),*], $purpose:literal;)*) => {
        $(pub(super) static $constant: Operation = Operation {
            service: Service::$service,
            name: $name,
            permission: $permission,
            commands: &[$(LiveCommand::$command),*],
            purpose: $purpose,
        };)*

        /// Every call that iamdx makes.
        pub static OPERATIONS: &[&Operation] = &[$(&$constant),*];
    };
}

operations! {
    GET_CALLER_IDENTITY = Sts "GetCallerIdentity" None, [Diagnose, Triage, Snapshot, Probe, Doctor], "who is asking, and in which account";
    DECODE_MESSAGE = Sts "DecodeAuthorizationMessage" Some("sts:DecodeAuthorizationMessage"), [Diagnose, Doctor],
        "what an encoded authorization failure message says";
    AUTHORIZATION_DETAILS = IamToolbox "GetRequestAuthorizationDetails" Some("iam:GetRequestAuthorizationDetails"), [Diagnose, Doctor],
        "AWS's own record of the denied request";
    AUTHORIZATION_POLICY = IamToolbox "GetRequestAuthorizationPolicy" Some("iam:GetRequestAuthorizationPolicy"), [Diagnose, Doctor],
        "the policy that denied, as it was then";
    LOOKUP_EVENTS = CloudTrail "LookupEvents" Some("cloudtrail:LookupEvents"), [Diagnose, Doctor],
        "CloudTrail's record of the denial, and of the call that made the session; `--no-trail` leaves it out";
    ACCOUNT_DETAILS = Iam "GetAccountAuthorizationDetails" Some("iam:GetAccountAuthorizationDetails"), [Diagnose, Triage, Snapshot, Doctor],
        "users, groups, roles and policies; `diagnose` asks for users and groups only, and keeps those of the denied user";
    LIST_ACCOUNT_ALIASES = Iam "ListAccountAliases" Some("iam:ListAccountAliases"), [Snapshot, Doctor], "the account's name";
    GET_USER = Iam "GetUser" Some("iam:GetUser"), [Diagnose, Triage, Doctor], "the denied user: boundary and tags";
    LIST_USER_POLICIES = Iam "ListUserPolicies" Some("iam:ListUserPolicies"), [Diagnose, Triage, Doctor], "names of its inline policies";
    GET_USER_POLICY = Iam "GetUserPolicy" Some("iam:GetUserPolicy"), [Diagnose, Triage, Doctor], "their documents";
    LIST_ATTACHED_USER_POLICIES = Iam "ListAttachedUserPolicies" Some("iam:ListAttachedUserPolicies"), [Diagnose, Triage, Doctor],
        "its managed policies";
    LIST_GROUPS_FOR_USER = Iam "ListGroupsForUser" Some("iam:ListGroupsForUser"), [Diagnose, Triage, Doctor], "its groups";
    LIST_GROUP_POLICIES = Iam "ListGroupPolicies" Some("iam:ListGroupPolicies"), [Diagnose, Triage, Doctor],
        "names of a group's inline policies";
    GET_GROUP_POLICY = Iam "GetGroupPolicy" Some("iam:GetGroupPolicy"), [Diagnose, Triage, Doctor], "their documents";
    LIST_ATTACHED_GROUP_POLICIES = Iam "ListAttachedGroupPolicies" Some("iam:ListAttachedGroupPolicies"), [Diagnose, Triage, Doctor],
        "a group's managed policies";
    GET_ROLE = Iam "GetRole" Some("iam:GetRole"), [Diagnose, Triage, Doctor], "the denied role: path, trust policy, boundary and tags";
    LIST_ROLE_POLICIES = Iam "ListRolePolicies" Some("iam:ListRolePolicies"), [Diagnose, Triage, Doctor], "names of its inline policies";
    GET_ROLE_POLICY = Iam "GetRolePolicy" Some("iam:GetRolePolicy"), [Diagnose, Triage, Doctor], "their documents";
    LIST_ATTACHED_ROLE_POLICIES = Iam "ListAttachedRolePolicies" Some("iam:ListAttachedRolePolicies"), [Diagnose, Triage, Doctor],
        "its managed policies";
    GET_POLICY = Iam "GetPolicy" Some("iam:GetPolicy"), [Diagnose, Triage, Doctor], "which version of a managed policy counts";
    GET_POLICY_VERSION = Iam "GetPolicyVersion" Some("iam:GetPolicyVersion"), [Diagnose, Triage, Doctor], "its document";
    SIMULATE_PRINCIPAL = Iam "SimulatePrincipalPolicy" Some("iam:SimulatePrincipalPolicy"), [Diagnose, Doctor],
        "the simulator's answer for the denied request";
    SIMULATE_CUSTOM = Iam "SimulateCustomPolicy" Some("iam:SimulateCustomPolicy"), [Diagnose, Doctor],
        "the simulator's answer with a remedy in place, and for the SCPs alone";
    DESCRIBE_ORGANIZATION = Organizations "DescribeOrganization" Some("organizations:DescribeOrganization"), [Diagnose, Triage, Snapshot, Doctor],
        "the organization and its management account";
    LIST_PARENTS = Organizations "ListParents" Some("organizations:ListParents"), [Diagnose, Triage, Doctor], "the account's way up to the root";
    LIST_ROOTS = Organizations "ListRoots" Some("organizations:ListRoots"), [Snapshot, Doctor], "the root, and the policy types enabled in it";
    LIST_UNITS = Organizations "ListOrganizationalUnitsForParent" Some("organizations:ListOrganizationalUnitsForParent"), [Snapshot, Doctor],
        "the units of the tree";
    LIST_ACCOUNTS = Organizations "ListAccountsForParent" Some("organizations:ListAccountsForParent"), [Snapshot, Doctor],
        "the accounts of the tree";
    LIST_POLICIES_FOR_TARGET = Organizations "ListPoliciesForTarget" Some("organizations:ListPoliciesForTarget"),
        [Diagnose, Triage, Snapshot, Doctor], "SCPs and RCPs attached to a root, unit or account";
    DESCRIBE_POLICY = Organizations "DescribePolicy" Some("organizations:DescribePolicy"), [Diagnose, Triage, Snapshot, Doctor],
        "the document of an SCP or RCP";
    GET_BUCKET_POLICY = S3 "GetBucketPolicy" Some("s3:GetBucketPolicy"), [Diagnose, Triage, Doctor], "the policy of a bucket";
    GET_ACCESS_POINT_POLICY = S3Control "GetAccessPointPolicy" Some("s3:GetAccessPointPolicy"), [Diagnose, Triage, Doctor],
        "the policy of an access point";
    GET_OBJECT_LAMBDA_POLICY = S3Control "GetAccessPointPolicyForObjectLambda" Some("s3:GetAccessPointPolicyForObjectLambda"),
        [Diagnose, Triage, Doctor], "the policy of an Object Lambda access point";
    GET_DIRECTORY_BUCKET_POLICY = S3Express "GetBucketPolicy" Some("s3express:GetBucketPolicy"), [Diagnose, Triage, Doctor],
        "the policy of a directory bucket";
    GET_ACCESS_POINT = S3Control "GetAccessPoint" Some("s3:GetAccessPoint"), [Diagnose, Triage, Doctor],
        "the bucket behind an access point, the VPC that it is for, and its S3 Block Public Access";
    GET_BUCKET_PUBLIC_ACCESS = S3 "GetPublicAccessBlock" Some("s3:GetBucketPublicAccessBlock"), [Diagnose, Triage, Doctor],
        "S3 Block Public Access of a bucket";
    GET_ACCOUNT_PUBLIC_ACCESS = S3Control "GetPublicAccessBlock" Some("s3:GetAccountPublicAccessBlock"), [Diagnose, Triage, Doctor],
        "S3 Block Public Access of the account, with what its organization sets";
    GET_OWNERSHIP = S3 "GetBucketOwnershipControls" Some("s3:GetBucketOwnershipControls"), [Diagnose, Triage, Doctor],
        "who owns the objects of a bucket that others upload";
    GET_KEY_POLICY = Kms "GetKeyPolicy" Some("kms:GetKeyPolicy"), [Diagnose, Triage, Doctor], "the policy of a key";
    DESCRIBE_KEY = Kms "DescribeKey" Some("kms:DescribeKey"), [Diagnose, Triage, Doctor], "the key that an alias stands for";
    LIST_GRANTS = Kms "ListGrants" Some("kms:ListGrants"), [Diagnose, Triage, Doctor], "grants of a key, which allow beside its policy";
    GET_QUEUE_ATTRIBUTES = Sqs "GetQueueAttributes" Some("sqs:GetQueueAttributes"), [Diagnose, Triage, Doctor], "the policy of a queue";
    GET_TOPIC_ATTRIBUTES = Sns "GetTopicAttributes" Some("sns:GetTopicAttributes"), [Diagnose, Triage, Doctor], "the policy of a topic";
    GET_FUNCTION_POLICY = Lambda "GetPolicy" Some("lambda:GetPolicy"), [Diagnose, Triage, Doctor], "the policy of a function, version or alias";
    GET_LAYER_POLICY = Lambda "GetLayerVersionPolicy" Some("lambda:GetLayerVersionPolicy"), [Diagnose, Triage, Doctor],
        "the policy of a layer's version";
    GET_SECRET_POLICY = SecretsManager "GetResourcePolicy" Some("secretsmanager:GetResourcePolicy"), [Diagnose, Triage, Doctor],
        "the policy of a secret";
    GET_REPOSITORY_POLICY = Ecr "GetRepositoryPolicy" Some("ecr:GetRepositoryPolicy"), [Diagnose, Triage, Doctor], "the policy of a repository";
    GET_TABLE_POLICY = DynamoDb "GetResourcePolicy" Some("dynamodb:GetResourcePolicy"), [Diagnose, Triage, Doctor], "the policy of a table";
    GET_STREAM_POLICY = Kinesis "GetResourcePolicy" Some("kinesis:GetResourcePolicy"), [Diagnose, Triage, Doctor], "the policy of a stream";
    DESCRIBE_EVENT_BUS = EventBridge "DescribeEventBus" Some("events:DescribeEventBus"), [Diagnose, Triage, Doctor], "the policy of an event bus";
    FILE_SYSTEM_POLICY = Efs "DescribeFileSystemPolicy" Some("elasticfilesystem:DescribeFileSystemPolicy"), [Diagnose, Triage, Doctor],
        "the policy of a file system";
    DESCRIBE_DOMAIN = OpenSearch "DescribeDomain" Some("es:DescribeDomain"), [Diagnose, Triage, Doctor], "the policy of a domain";
    GET_REST_API = ApiGateway "GetRestApi" Some("apigateway:GET"), [Diagnose, Triage, Doctor], "the policy of a REST API";
    GET_VAULT_POLICY = Backup "GetBackupVaultAccessPolicy" Some("backup:GetBackupVaultAccessPolicy"), [Diagnose, Triage, Doctor],
        "the policy of a backup vault";
    GET_CATALOG_POLICY = Glue "GetResourcePolicy" Some("glue:GetResourcePolicy"), [Diagnose, Triage, Doctor], "the policy of the Data Catalog";
    GET_DOMAIN_PERMISSIONS = CodeArtifact "GetDomainPermissionsPolicy" Some("codeartifact:GetDomainPermissionsPolicy"), [Diagnose, Triage, Doctor],
        "the policy of a CodeArtifact domain";
    GET_REPOSITORY_PERMISSIONS = CodeArtifact "GetRepositoryPermissionsPolicy" Some("codeartifact:GetRepositoryPermissionsPolicy"),
        [Diagnose, Triage, Doctor], "the policy of a CodeArtifact repository";
    GET_AUTH_POLICY = VpcLattice "GetAuthPolicy" Some("vpc-lattice:GetAuthPolicy"), [Diagnose, Triage, Doctor],
        "the auth policy of a VPC Lattice service or network";
    DESCRIBE_ENDPOINTS = Ec2 "DescribeVpcEndpoints" Some("ec2:DescribeVpcEndpoints"), [Diagnose, Triage, Doctor],
        "the policy of the VPC endpoint that the request came through";
    LIST_INSTANCES = SsoAdmin "ListInstances" Some("sso:ListInstances"), [Diagnose, Triage, Doctor],
        "where the permission sets behind the roles of IAM Identity Center are kept";
    LIST_PROVISIONED_SETS = SsoAdmin "ListPermissionSetsProvisionedToAccount" Some("sso:ListPermissionSetsProvisionedToAccount"),
        [Diagnose, Triage, Doctor], "the permission sets of the account";
    DESCRIBE_PERMISSION_SET = SsoAdmin "DescribePermissionSet" Some("sso:DescribePermissionSet"), [Diagnose, Triage, Doctor],
        "which of them the denied role is made from";
    GET_SET_INLINE = SsoAdmin "GetInlinePolicyForPermissionSet" Some("sso:GetInlinePolicyForPermissionSet"), [Diagnose, Triage, Doctor],
        "its inline policy, which an edit replaces";
    LIST_SET_MANAGED = SsoAdmin "ListManagedPoliciesInPermissionSet" Some("sso:ListManagedPoliciesInPermissionSet"), [Diagnose, Triage, Doctor],
        "its AWS managed policies";
    LIST_SET_CUSTOMER = SsoAdmin "ListCustomerManagedPolicyReferencesInPermissionSet"
        Some("sso:ListCustomerManagedPolicyReferencesInPermissionSet"), [Diagnose, Triage, Doctor], "its customer managed policies";
    GET_SET_BOUNDARY = SsoAdmin "GetPermissionsBoundaryForPermissionSet" Some("sso:GetPermissionsBoundaryForPermissionSet"),
        [Diagnose, Triage, Doctor], "its permissions boundary";
    LIST_FOUNDATION_MODELS = Bedrock "ListFoundationModels" Some("bedrock:ListFoundationModels"), [Probe, Doctor],
        "the models of a Region, and which have reached the end of their life";
    LIST_INFERENCE_PROFILES = Bedrock "ListInferenceProfiles" Some("bedrock:ListInferenceProfiles"), [Probe, Doctor],
        "the inference profiles, and the Regions behind each";
    GET_INFERENCE_PROFILE = Bedrock "GetInferenceProfile" Some("bedrock:GetInferenceProfile"), [Probe, Doctor],
        "the model behind an application inference profile";
    GET_MODEL_AVAILABILITY = Bedrock "GetFoundationModelAvailability" Some("bedrock:GetFoundationModelAvailability"), [Probe, Doctor],
        "whether the account has agreed to a model's offer, so that no call agrees to one";
}

/// The permissions of a command, sorted, each once.
#[must_use]
pub fn permissions(command: LiveCommand) -> Vec<&'static str> {
    let used = OPERATIONS.iter().filter(|operation| operation.commands.contains(&command));
    let mut names: Vec<_> = used.filter_map(|operation| operation.permission).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The least-privilege policy of a command. Everything reads, nothing writes.
///
/// `Resource` is `*`: which users, roles and policies a denial concerns is not known beforehand, and `GetAccountAuthorizationDetails`,
/// `SimulateCustomPolicy`, `GetRequestAuthorizationDetails` and most of Organizations take no other.
#[must_use]
pub fn policy(command: LiveCommand) -> String {
    let actions: Vec<String> = permissions(command).iter().map(|name| format!("        \"{name}\"")).collect();
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Sid\": \"{}\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n{}\n      ],\n      \"Resource\": \"*\"\n    }}\n  ]\n}}\n",
        command.label(),
        actions.join(",\n")
    )
}

/// docs/permissions.md.
#[must_use]
pub fn permissions_page() -> String {
    let mut page = String::from(
        "# Permissions\n\n\
         What iamdx calls, and what each call needs. This page is generated: `iamdx doctor --table > docs/permissions.md`.\n\n\
         Every call reads; none changes anything. A call that is refused does not end a command: it becomes a gap in the report, with the\n\
         permission that would close it. `iamdx doctor` tries each of them and says which work.\n\n\
         | call | permission | used by | for |\n|---|---|---|---|\n",
    );
    for operation in OPERATIONS {
        let used: Vec<_> = operation.commands.iter().map(|command| command.name()).collect();
        let permission = operation.permission.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"));
        // writing to a string cannot fail
        let _ = writeln!(page, "| `{}` | {permission} | {} | {} |", operation.id(), used.join(", "), operation.purpose);
    }
    page.push_str(
        "\nThe calls of Organizations work only from the management account or a delegated administrator, whatever the permissions;\n\
         `DescribeOrganization` works from every member account.\n\n\
         Whoever holds `iam:GetRequestAuthorizationDetails` can read the request context of denials of the whole account or organization:\n\
         addresses, user agents, session names; whoever holds `iam:GetRequestAuthorizationPolicy` the policies that were evaluated, and\n\
         `cloudtrail:LookupEvents` the management events of the account. Grant them with that in mind.\n\n\
         `iamdx probe bedrock` also calls models, one token each: `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream` are what\n\
         it tests, so they are not in its policy. What it lists beforehand is optional. See [docs/bedrock.md](bedrock.md).\n",
    );
    for command in LiveCommand::ALL {
        let _ =
            write!(page, "\n## The least that `iamdx {}` needs\n\n```json\n{}```\n", command.name(), policy(command));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_belongs_to_the_doctor_who_tries_it() {
        for operation in OPERATIONS {
            assert!(operation.commands.contains(&LiveCommand::Doctor), "{}", operation.id());
        }
    }

    #[test]
    fn the_policy_of_a_command_is_a_policy() {
        for command in LiveCommand::ALL {
            let source = crate::text::Source::new(command.name(), policy(command));
            assert_eq!(crate::iam::Document::parse(source).unwrap().statements.len(), 1);
        }
    }
}
