//! The four lists of `iam:GetAccountAuthorizationDetails`, under AWS's own names.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::object::{Other, document, fields, maybe_text, object, objects, text, texts, truth};

/// A policy document as a file holds it: an object, or a string with JSON in it, URL-encoded or not.
pub type RawDocument<'a> = Cow<'a, RawValue>;

/// A user with its policies.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserDetail<'a> {
    /// `UserName`; empty means: as in the ARN.
    pub user_name: Cow<'a, str>,
    /// `Arn`.
    pub arn: Cow<'a, str>,
    /// `UserId`: the unique id, `AIDA...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Cow<'a, str>>,
    /// Inline policies.
    pub user_policy_list: Vec<PolicyDetail<'a>>,
    /// Names of its groups.
    pub group_list: Vec<Cow<'a, str>>,
    /// Managed policies.
    pub attached_managed_policies: Vec<AttachedPolicy<'a>>,
    /// The permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PermissionsBoundary<'a>>,
    /// Tags.
    pub tags: Vec<Tag<'a>>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// A group with its policies.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupDetail<'a> {
    /// `GroupName`; empty means: as in the ARN.
    pub group_name: Cow<'a, str>,
    /// `Arn`.
    pub arn: Cow<'a, str>,
    /// Inline policies.
    pub group_policy_list: Vec<PolicyDetail<'a>>,
    /// Managed policies.
    pub attached_managed_policies: Vec<AttachedPolicy<'a>>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// A role with its policies.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleDetail<'a> {
    /// `RoleName`; empty means: as in the ARN.
    pub role_name: Cow<'a, str>,
    /// `Arn`, with the path.
    pub arn: Cow<'a, str>,
    /// `RoleId`: the unique id, `AROA...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_id: Option<Cow<'a, str>>,
    /// The trust policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume_role_policy_document: Option<RawDocument<'a>>,
    /// Inline policies.
    pub role_policy_list: Vec<PolicyDetail<'a>>,
    /// Managed policies.
    pub attached_managed_policies: Vec<AttachedPolicy<'a>>,
    /// The permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PermissionsBoundary<'a>>,
    /// Tags.
    pub tags: Vec<Tag<'a>>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// An inline policy.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDetail<'a> {
    /// Its name.
    pub policy_name: Cow<'a, str>,
    /// What it says.
    pub policy_document: Option<RawDocument<'a>>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// A managed policy as something that is attached.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy<'a> {
    /// Its name.
    pub policy_name: Cow<'a, str>,
    /// Its ARN.
    pub policy_arn: Cow<'a, str>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// The permissions boundary of a user or role.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PermissionsBoundary<'a> {
    /// Always a managed policy: its ARN.
    pub permissions_boundary_arn: Cow<'a, str>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// A tag.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag<'a> {
    /// Its key.
    pub key: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// A managed policy with its versions.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicyDetail<'a> {
    /// Its name; empty means: as in the ARN.
    pub policy_name: Cow<'a, str>,
    /// Its ARN.
    pub arn: Cow<'a, str>,
    /// The version that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_version_id: Option<Cow<'a, str>>,
    /// Its versions.
    pub policy_version_list: Vec<PolicyVersion<'a>>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersion<'a> {
    /// `v1`, `v2`, ...
    pub version_id: Cow<'a, str>,
    /// Whether it is the one that counts.
    pub is_default_version: bool,
    /// What it says.
    pub document: Option<RawDocument<'a>>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

fields!(UserDetail, "a user", required ["Arn" arn], ignored ["CreateDate", "Path", "PasswordLastUsed"],
    "UserName" => user_name: text,
    "Arn" => arn: text,
    "UserId" => user_id: maybe_text,
    "UserPolicyList" => user_policy_list: objects,
    "GroupList" => group_list: texts,
    "AttachedManagedPolicies" => attached_managed_policies: objects,
    "PermissionsBoundary" => permissions_boundary: object,
    "Tags" => tags: objects,
);

fields!(GroupDetail, "a group", required ["Arn" arn], ignored ["CreateDate", "Path", "GroupId"],
    "GroupName" => group_name: text,
    "Arn" => arn: text,
    "GroupPolicyList" => group_policy_list: objects,
    "AttachedManagedPolicies" => attached_managed_policies: objects,
);

fields!(RoleDetail, "a role", required ["Arn" arn],
    ignored ["CreateDate", "Path", "InstanceProfileList", "RoleLastUsed", "Description", "MaxSessionDuration"],
    "RoleName" => role_name: text,
    "Arn" => arn: text,
    "RoleId" => role_id: maybe_text,
    "AssumeRolePolicyDocument" => assume_role_policy_document: document,
    "RolePolicyList" => role_policy_list: objects,
    "AttachedManagedPolicies" => attached_managed_policies: objects,
    "PermissionsBoundary" => permissions_boundary: object,
    "Tags" => tags: objects,
);

fields!(PolicyDetail, "an inline policy", required ["PolicyName" policy_name], ignored [],
    "PolicyName" => policy_name: text,
    "PolicyDocument" => policy_document: document,
);

fields!(AttachedPolicy, "an attached policy", required ["PolicyArn" policy_arn], ignored [],
    "PolicyName" => policy_name: text,
    "PolicyArn" => policy_arn: text,
);

fields!(PermissionsBoundary, "a permissions boundary", required ["PermissionsBoundaryArn" permissions_boundary_arn],
    ignored ["PermissionsBoundaryType"],
    "PermissionsBoundaryArn" => permissions_boundary_arn: text,
);

fields!(Tag, "a tag", required ["Key" key], ignored [],
    "Key" => key: text,
    "Value" => value: text,
);

fields!(ManagedPolicyDetail, "a managed policy", required ["Arn" arn],
    ignored ["AttachmentCount", "CreateDate", "Description", "IsAttachable", "Path", "PermissionsBoundaryUsageCount", "PolicyId",
        "Tags", "UpdateDate"],
    "PolicyName" => policy_name: text,
    "Arn" => arn: text,
    "DefaultVersionId" => default_version_id: maybe_text,
    "PolicyVersionList" => policy_version_list: objects,
);

fields!(PolicyVersion, "a policy version", required ["VersionId" version_id], ignored ["CreateDate"],
    "VersionId" => version_id: text,
    "IsDefaultVersion" => is_default_version: truth,
    "Document" => document: document,
);
