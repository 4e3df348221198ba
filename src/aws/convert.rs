//! From the SDK's shapes of users, groups, roles and policies to those of the snapshot file.

use aws_sdk_iam::types as iam;

use super::document::document;
use crate::snapshot::{
    AttachedPolicy, GroupDetail, ManagedPolicyDetail, PermissionsBoundary, PolicyDetail, PolicyVersion, RoleDetail,
    Tag, UserDetail,
};

fn text(value: Option<String>) -> std::borrow::Cow<'static, str> {
    value.unwrap_or_default().into()
}

pub(super) fn inline(name: String, encoded: &str) -> PolicyDetail<'static> {
    PolicyDetail { policy_name: name.into(), policy_document: Some(document(encoded)), ..PolicyDetail::default() }
}

fn inlines(policies: Option<Vec<iam::PolicyDetail>>) -> Vec<PolicyDetail<'static>> {
    let detail = |policy: iam::PolicyDetail| PolicyDetail {
        policy_name: text(policy.policy_name),
        policy_document: policy.policy_document.as_deref().map(document),
        ..PolicyDetail::default()
    };
    policies.unwrap_or_default().into_iter().map(detail).collect()
}

pub(super) fn attached(policies: impl IntoIterator<Item = iam::AttachedPolicy>) -> Vec<AttachedPolicy<'static>> {
    let one = |policy: iam::AttachedPolicy| AttachedPolicy {
        policy_name: text(policy.policy_name),
        policy_arn: text(policy.policy_arn),
        ..AttachedPolicy::default()
    };
    policies.into_iter().map(one).collect()
}

pub(super) fn boundary(boundary: Option<iam::AttachedPermissionsBoundary>) -> Option<PermissionsBoundary<'static>> {
    let arn = boundary?.permissions_boundary_arn?;
    Some(PermissionsBoundary { permissions_boundary_arn: arn.into(), ..PermissionsBoundary::default() })
}

pub(super) fn tags(tags: impl IntoIterator<Item = iam::Tag>) -> Vec<Tag<'static>> {
    let one = |tag: iam::Tag| Tag { key: tag.key.into(), value: tag.value.into(), ..Tag::default() };
    tags.into_iter().map(one).collect()
}

pub(super) fn user(user: iam::UserDetail) -> UserDetail<'static> {
    UserDetail {
        user_name: text(user.user_name),
        arn: text(user.arn),
        user_id: user.user_id.map(Into::into),
        user_policy_list: inlines(user.user_policy_list),
        group_list: user.group_list.unwrap_or_default().into_iter().map(Into::into).collect(),
        attached_managed_policies: attached(user.attached_managed_policies.unwrap_or_default()),
        permissions_boundary: boundary(user.permissions_boundary),
        tags: tags(user.tags.unwrap_or_default()),
        ..UserDetail::default()
    }
}

pub(super) fn group(group: iam::GroupDetail) -> GroupDetail<'static> {
    GroupDetail {
        group_name: text(group.group_name),
        arn: text(group.arn),
        group_policy_list: inlines(group.group_policy_list),
        attached_managed_policies: attached(group.attached_managed_policies.unwrap_or_default()),
        ..GroupDetail::default()
    }
}

pub(super) fn role(role: iam::RoleDetail) -> RoleDetail<'static> {
    RoleDetail {
        role_name: text(role.role_name),
        arn: text(role.arn),
        role_id: role.role_id.map(Into::into),
        assume_role_policy_document: role.assume_role_policy_document.as_deref().map(document),
        role_policy_list: inlines(role.role_policy_list),
        attached_managed_policies: attached(role.attached_managed_policies.unwrap_or_default()),
        permissions_boundary: boundary(role.permissions_boundary),
        tags: tags(role.tags.unwrap_or_default()),
        ..RoleDetail::default()
    }
}

/// All versions by their ids, the one that counts with its document: a change of a policy with five versions must delete one.
pub(super) fn managed(policy: iam::ManagedPolicyDetail) -> ManagedPolicyDetail<'static> {
    let default = policy.default_version_id.clone();
    let counts = |version: &iam::PolicyVersion| match &default {
        Some(default) => version.version_id.as_ref() == Some(default),
        None => version.is_default_version,
    };
    let mut versions = policy.policy_version_list.unwrap_or_default();
    for version in &mut versions {
        if !counts(version) {
            version.document = None;
        }
    }
    ManagedPolicyDetail {
        policy_name: text(policy.policy_name),
        arn: text(policy.arn),
        default_version_id: policy.default_version_id.map(Into::into),
        policy_version_list: versions.into_iter().map(version).collect(),
        ..ManagedPolicyDetail::default()
    }
}

pub(super) fn version(version: iam::PolicyVersion) -> PolicyVersion<'static> {
    PolicyVersion {
        version_id: text(version.version_id),
        is_default_version: version.is_default_version,
        document: version.document.as_deref().map(document),
        ..PolicyVersion::default()
    }
}
