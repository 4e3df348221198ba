//! The four lists of `iam:GetAccountAuthorizationDetails`, under AWS's own names.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::object::{declare, document, maybe_text, object, objects, text, texts, truth};

/// A policy document as a file holds it: an object, or a string with JSON in it, URL-encoded or not.
pub type RawDocument<'a> = Cow<'a, RawValue>;

declare! {
    /// A user with its policies.
    UserDetail<'a>, "a user", ignored ["CreateDate", "Path", "PasswordLastUsed"] {
        /// `UserName`; empty means: as in the ARN.
        user_name: Cow<'a, str> = "UserName" text,
        /// `Arn`.
        arn: Cow<'a, str> = "Arn" text required,
        /// `UserId`: the unique id, `AIDA...`.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<Cow<'a, str>> = "UserId" maybe_text,
        /// Inline policies.
        user_policy_list: Vec<PolicyDetail<'a>> = "UserPolicyList" objects,
        /// Names of its groups.
        group_list: Vec<Cow<'a, str>> = "GroupList" texts,
        /// Managed policies.
        attached_managed_policies: Vec<AttachedPolicy<'a>> = "AttachedManagedPolicies" objects,
        /// The permissions boundary.
        #[serde(skip_serializing_if = "Option::is_none")]
        permissions_boundary: Option<PermissionsBoundary<'a>> = "PermissionsBoundary" object,
        /// Tags.
        tags: Vec<Tag<'a>> = "Tags" objects,
    }

    /// A group with its policies.
    GroupDetail<'a>, "a group", ignored ["CreateDate", "Path", "GroupId"] {
        /// `GroupName`; empty means: as in the ARN.
        group_name: Cow<'a, str> = "GroupName" text,
        /// `Arn`.
        arn: Cow<'a, str> = "Arn" text required,
        /// Inline policies.
        group_policy_list: Vec<PolicyDetail<'a>> = "GroupPolicyList" objects,
        /// Managed policies.
        attached_managed_policies: Vec<AttachedPolicy<'a>> = "AttachedManagedPolicies" objects,
    }

    /// A role with its policies.
    RoleDetail<'a>, "a role",
    ignored ["CreateDate", "Path", "InstanceProfileList", "RoleLastUsed", "Description", "MaxSessionDuration"] {
        /// `RoleName`; empty means: as in the ARN.
        role_name: Cow<'a, str> = "RoleName" text,
        /// `Arn`, with the path.
        arn: Cow<'a, str> = "Arn" text required,
        /// `RoleId`: the unique id, `AROA...`.
        #[serde(skip_serializing_if = "Option::is_none")]
        role_id: Option<Cow<'a, str>> = "RoleId" maybe_text,
        /// The trust policy.
        #[serde(skip_serializing_if = "Option::is_none")]
        assume_role_policy_document: Option<RawDocument<'a>> = "AssumeRolePolicyDocument" document,
        /// Inline policies.
        role_policy_list: Vec<PolicyDetail<'a>> = "RolePolicyList" objects,
        /// Managed policies.
        attached_managed_policies: Vec<AttachedPolicy<'a>> = "AttachedManagedPolicies" objects,
        /// The permissions boundary.
        #[serde(skip_serializing_if = "Option::is_none")]
        permissions_boundary: Option<PermissionsBoundary<'a>> = "PermissionsBoundary" object,
        /// Tags.
        tags: Vec<Tag<'a>> = "Tags" objects,
    }

    /// An inline policy.
    PolicyDetail<'a>, "an inline policy", ignored [] {
        /// Its name.
        policy_name: Cow<'a, str> = "PolicyName" text required,
        /// What it says.
        policy_document: Option<RawDocument<'a>> = "PolicyDocument" document,
    }

    /// A managed policy as something that is attached.
    AttachedPolicy<'a>, "an attached policy", ignored [] {
        /// Its name.
        policy_name: Cow<'a, str> = "PolicyName" text,
        /// Its ARN.
        policy_arn: Cow<'a, str> = "PolicyArn" text required,
    }

    /// The permissions boundary of a user or role.
    PermissionsBoundary<'a>, "a permissions boundary", ignored ["PermissionsBoundaryType"] {
        /// Always a managed policy: its ARN.
        permissions_boundary_arn: Cow<'a, str> = "PermissionsBoundaryArn" text required,
    }

    /// A tag.
    Tag<'a>, "a tag", ignored [] {
        /// Its key.
        key: Cow<'a, str> = "Key" text required,
        /// Its value.
        value: Cow<'a, str> = "Value" text,
    }

    /// A managed policy with its versions.
    ManagedPolicyDetail<'a>, "a managed policy",
    ignored ["AttachmentCount", "CreateDate", "Description", "IsAttachable", "Path", "PermissionsBoundaryUsageCount", "PolicyId", "Tags", "UpdateDate"] {
        /// Its name; empty means: as in the ARN.
        policy_name: Cow<'a, str> = "PolicyName" text,
        /// Its ARN.
        arn: Cow<'a, str> = "Arn" text required,
        /// The version that counts.
        #[serde(skip_serializing_if = "Option::is_none")]
        default_version_id: Option<Cow<'a, str>> = "DefaultVersionId" maybe_text,
        /// Its versions.
        policy_version_list: Vec<PolicyVersion<'a>> = "PolicyVersionList" objects,
    }

    /// One version of a managed policy.
    PolicyVersion<'a>, "a policy version", ignored ["CreateDate"] {
        /// `v1`, `v2`, ...
        version_id: Cow<'a, str> = "VersionId" text required,
        /// Whether it is the one that counts.
        is_default_version: bool = "IsDefaultVersion" truth,
        /// What it says.
        document: Option<RawDocument<'a>> = "Document" document,
    }
}
