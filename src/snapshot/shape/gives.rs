//! Which arguments of a resource give access without a policy document, in templates of CloudFormation and SAM and in Terraform.

use super::find::{candidates, is_policy_member};
use super::tree::Tree;

/// Of which resources a change of an argument is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Of every one, also where it is new.
    Always,
    /// Of those that both versions have: by itself a new one gives nobody anything.
    IfKept,
    Never,
}

/// Arguments that attach policies, or limit what they give, wherever they stand.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html>
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sso-permissionset.html>
const ATTACHING: [&str; 7] = [
    "CustomerManagedPolicyReferences",
    "ManagedPolicies",
    "ManagedPolicyArns",
    "PermissionsBoundary",
    "managed_policy_arns",
    "permissions_boundary",
    "managed_policy_arn",
];

/// Types of resources that do nothing but give access, or say to whom a policy applies: of CloudFormation, then of Terraform.
/// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
/// - <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-connector.html>
/// - <https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html>
/// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>
/// - <https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
const GIVING: [&str; 37] = [
    "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::EKS::AccessEntry",
    "AWS::EKS::PodIdentityAssociation",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::SAMLProvider",
    "AWS::IAM::UserToGroupAddition",
    "AWS::Lambda::Url",
    "AWS::RAM::ResourceShare",
    "AWS::RolesAnywhere::Profile",
    "AWS::RolesAnywhere::TrustAnchor",
    "AWS::S3::AccessGrant",
    "AWS::SSO::Assignment",
    "AWS::Serverless::Connector",
    "aws_cognito_identity_pool_roles_attachment",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_eks_pod_identity_association",
    "aws_iam_group_membership",
    "aws_iam_instance_profile",
    "aws_iam_openid_connect_provider",
    "aws_iam_saml_provider",
    "aws_iam_user_group_membership",
    "aws_kms_grant",
    "aws_lambda_function_url",
    "aws_ram_principal_association",
    "aws_ram_resource_association",
    "aws_rolesanywhere_profile",
    "aws_rolesanywhere_trust_anchor",
    "aws_s3_account_public_access_block",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_public_access_block",
    "aws_s3control_access_grant",
    "aws_ssoadmin_account_assignment",
    "aws_vpc_endpoint_service_allowed_principal",
];

/// Arguments by which something is open to others, or through which policies work, wherever they stand.
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>
/// - <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html>
/// - <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-functionurlconfig.html>
const OPENING: [&str; 15] = [
    "AccessControl",
    "AllowedPrincipals",
    "AuthType",
    "AuthorizationType",
    "Connectors",
    "Fn::Transform",
    "FunctionUrlConfig",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "acl",
    "allowed_principals",
    "authorization",
    "authorization_type",
    "grant",
    "public_access_block_configuration",
];

/// Arguments that give nobody anything.
const NAMING: [&str; 22] = [
    "Description",
    "ManagedPolicyName",
    "Name",
    "Path",
    "PolicyName",
    "Tags",
    "arn",
    "attachment_count",
    "description",
    "depends_on",
    "id",
    "lifecycle",
    "name",
    "name_prefix",
    "path",
    "policy_id",
    "provider",
    "revision",
    "tags",
    "tags_all",
    "timeouts",
    "type",
];

/// What becomes of an argument.
pub(super) fn told(kind: &str, name: &str, value: &Tree, is_policy: bool) -> Told {
    let is_serverless = kind.starts_with("AWS::Serverless::");
    let attaches = ATTACHING.contains(&name)
        || (is_serverless && name == "Policies")
        || (kind.starts_with("AWS::IAM::") && name == "Groups");
    let is_document = is_policy_member(name) || (!candidates(value).is_empty() && !attaches);
    if attaches || OPENING.contains(&name) || (is_serverless && name == "Auth") {
        Told::Always
    } else if is_document {
        Told::Never
    } else if ((gives(kind) || is_policy) && !NAMING.contains(&name)) || names_role(name, &["instanceprofile"]) {
        Told::Always
    } else if names_role(name, &["role", "rolearn"]) {
        Told::IfKept
    } else {
        Told::Never
    }
}

/// Whether a resource of this type does nothing but give access.
fn gives(kind: &str) -> bool {
    let of_permissions = ["Permission", "Permissions", "_permission", "_permissions"];
    GIVING.contains(&kind)
        || of_permissions.iter().any(|end| kind.ends_with(end))
        || kind.contains("policy_attachment")
        || kind.contains("policies_exclusive")
}

/// Whether an argument says with which role something works.
fn names_role(name: &str, ends: &[&str]) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    ends.iter().any(|end| plain.ends_with(end))
}

/// Words in the names of a module's arguments that are about access.
const WORDS: [&str; 22] = [
    "access",
    "account",
    "acl",
    "action",
    "admin",
    "allow",
    "arn",
    "assum",
    "auth",
    "boundary",
    "federat",
    "grant",
    "iam",
    "identit",
    "oidc",
    "permission",
    "polic",
    "principal",
    "public",
    "role",
    "statement",
    "trust",
];

/// Whether an argument of a module of Terraform seems to be about access, by its name or by what it is.
pub(super) fn is_about_access(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let item = |item: &str| {
        let is_action = item.split_once(':').is_some_and(|(service, action)| {
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            plain(service) && !service.is_empty() && action.starts_with(|c: char| c == '*' || c.is_ascii_uppercase())
        });
        item == "*" || item.starts_with("arn:") || is_action
    };
    WORDS.iter().any(|word| name.contains(word)) || value.split(", ").any(item)
}
