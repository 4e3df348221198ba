//! What one line of collecting found, and what it was refused: parts are collected side by side and put together in a fixed order.

use std::collections::BTreeMap;

use crate::aws::failure::Failure;
use crate::iam::PolicyType;
use crate::snapshot::{GapFile, GroupDetail, ManagedPolicyDetail, PermissionSetFile, RoleDetail, UserDetail};

/// A part of a snapshot.
#[derive(Debug, Default)]
pub(super) struct PartialSnapshot {
    pub(super) users: Vec<UserDetail<'static>>,
    pub(super) groups: Vec<GroupDetail<'static>>,
    pub(super) roles: Vec<RoleDetail<'static>>,
    /// Managed policies by ARN.
    pub(super) policies: BTreeMap<String, ManagedPolicyDetail<'static>>,
    pub(super) permission_sets: Vec<PermissionSetFile<'static>>,
    pub(super) gaps: Vec<GapFile<'static>>,
}

impl PartialSnapshot {
    /// Records what a call left unseen.
    pub(super) fn missing(&mut self, failure: &Failure, of: &str, policy_type: PolicyType) {
        let gap = failure.gap(of, Some(policy_type));
        let known = |other: &GapFile<'_>| {
            other.operation == gap.operation && other.of == gap.of && other.policy_type == gap.policy_type
        };
        if !self.gaps.iter().any(known) {
            self.gaps.push(gap);
        }
    }

    /// Takes over what another part found.
    pub(super) fn add(&mut self, other: Self) {
        self.users.extend(other.users);
        self.groups.extend(other.groups);
        for role in other.roles {
            if !self.roles.iter().any(|known| known.arn == role.arn) {
                self.roles.push(role);
            }
        }
        self.policies.extend(other.policies);
        self.permission_sets.extend(other.permission_sets);
        self.gaps.extend(other.gaps);
    }

    /// The value, or what its failure leaves unseen.
    pub(super) fn take<T>(&mut self, answer: Result<T, Failure>, of: &str, policy_type: PolicyType) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(failure) => {
                self.missing(&failure, of, policy_type);
                None
            }
        }
    }
}
