//! What two snapshots tell alike: its policies need not be read to know that nothing changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Snapshot;
use super::index::{Account, Entity};
use crate::iam::{Arn, EntityKind};

/// Two snapshots, and what of them is not alike. Texts are compared as they are written: what is only written in another way counts as
/// changed, and is for the comparison of policies to tell.
#[derive(Debug)]
pub struct Unchanged<'s> {
    old: &'s Snapshot,
    new: &'s Snapshot,
    /// Whether all that more than one principal has of is alike, but for managed policies and groups.
    shared: bool,
    /// The ARNs of managed policies that are not alike.
    policies: BTreeSet<&'s str>,
    /// The ARNs of groups that are not alike.
    groups: BTreeSet<&'s Arn>,
}

impl Snapshot {
    /// What this snapshot and a newer one tell alike.
    #[must_use]
    pub fn unchanged<'s>(&'s self, new: &'s Self) -> Unchanged<'s> {
        let policies = self.policies.keys().chain(new.policies.keys());
        let policies = policies.filter(|arn| self.policies.get(*arn) != new.policies.get(*arn));
        let policies: BTreeSet<&str> = policies.map(String::as_str).collect();
        let groups = || [(self, new), (new, self)].into_iter();
        let groups = groups().flat_map(|(one, other)| {
            let all = one.accounts.values().flat_map(|account| account.groups.values());
            all.filter(|group| other.entity(&group.arn) != Some(group)).map(|group| &group.arn)
        });
        let shared = self.organizations == new.organizations
            && self.gaps == new.gaps
            && self.permission_sets == new.permission_sets
            && self.session_policies == new.session_policies
            && !self.loose.has_documents()
            && !new.loose.has_documents();
        Unchanged { old: self, new, shared, policies, groups: groups.collect() }
    }

    fn entity(&self, arn: &Arn) -> Option<&Arc<Entity>> {
        let (kind, path) = arn.resource().split_once('/')?;
        let kind = match kind {
            "user" => EntityKind::User,
            "role" => EntityKind::Role,
            "group" => EntityKind::Group,
            _ => return None,
        };
        self.accounts.get(arn.account())?.list(kind).get(path.rsplit('/').next()?)
    }
}

impl Unchanged<'_> {
    /// Whether everything is alike that decides what a user or role may do: its own policies, those of its groups, what it is known to
    /// lack, its boundary, trust policy and tags, and what the organization lays over it.
    #[must_use]
    pub fn principal(&self, arn: &Arn) -> bool {
        let (Some(old), Some(new)) = (self.old.entity(arn), self.new.entity(arn)) else { return false };
        let [old_account, new_account] = [self.old, self.new].map(|snapshot| snapshot.accounts.get(arn.account()));
        let is_alike = |account: &Account| (account.partial, account.in_organization);
        self.shared
            && old == new
            && old_account.map(is_alike) == new_account.map(is_alike)
            && old.attached.iter().all(|(_, arn)| !self.policies.contains(arn.as_str()))
            && old.boundary.as_deref().is_none_or(|arn| !self.policies.contains(arn))
            && old.groups.iter().all(|name| {
                let group = old_account.and_then(|account| account.groups.get(name));
                group.is_none_or(|group| {
                    !self.groups.contains(&group.arn)
                        && group.attached.iter().all(|(_, arn)| !self.policies.contains(arn.as_str()))
                })
            })
    }

    /// Whether the policy of a resource is alike, and what of it could not be read.
    #[must_use]
    pub fn resource(&self, arn: &str) -> bool {
        let [old, new] = [self.old, self.new].map(|snapshot| snapshot.resource_policies.get(arn));
        self.shared && old.is_some() && old == new
    }
}
