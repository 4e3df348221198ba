//! Permission sets of IAM Identity Center beside the roles that are made from them.

use std::sync::Arc;

use super::Snapshot;
use super::document::Stored;
use super::index::RecordedGap;
use crate::iam::{Arn, Document, Policy, PolicyOrigin, PolicyType};

/// A permission set whose inline policy is another one than that of the role that is made from it: it was changed, and not provisioned since.
/// <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unprovisioned {
    /// The ARN of the set.
    pub arn: String,
    /// The inline policy that it has.
    pub inline: OfSet,
}

/// The inline policy of a permission set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfSet {
    /// It has none.
    None,
    /// This one, as the role will have it.
    Policy(Arc<Policy>),
    /// It cannot be read.
    Unreadable,
}

/// What IAM Identity Center calls the inline policy of its roles.
const INLINE: &str = "AwsSSOInlinePolicy";

impl Snapshot {
    /// The permission set behind a role, where its inline policy is another one than the role's; `None` too where one of them was not read.
    #[must_use]
    pub fn unprovisioned(&self, role: &Arn) -> Option<Unprovisioned> {
        let set = self.permission_sets.get(role.as_str())?;
        let name = role.resource().rsplit('/').next().unwrap_or_default();
        let entity = self.accounts.get(role.account())?.roles.get(name)?;
        // what the role has was not read whole
        let inline = ["iam:ListRolePolicies", "iam:GetRolePolicy"];
        let unread =
            |gap: &RecordedGap| gap.of.as_deref() == Some(role.as_str()) && inline.contains(&gap.operation.as_str());
        if self.gaps.iter().any(unread) {
            return None;
        }
        // the one inline policy of the role is a copy
        let same = match (&set.inline, entity.inline.as_slice()) {
            (None, own) => own.is_empty(),
            (Some(set), own) => own.iter().any(|(_, own)| own.as_ref().is_none_or(|own| is_same_json(set, own))),
        };
        if same {
            return None;
        }
        let name = entity.inline.first().map_or(INLINE, |(name, _)| name.as_str());
        let inline = set.inline.as_ref().map_or(OfSet::None, |stored| read(stored, name, role));
        Some(Unprovisioned { arn: set.arn.clone(), inline })
    }
}

fn read(stored: &Stored, name: &str, role: &Arn) -> OfSet {
    let Ok(document) = stored.source(name).and_then(Document::parse) else { return OfSet::Unreadable };
    let mut policy = Policy::new(name, PolicyType::IdentityBased, document);
    policy.origin = PolicyOrigin::Inline;
    policy.attached_to = vec![role.as_str().to_owned()];
    OfSet::Policy(Arc::new(policy))
}

/// Whether two documents say the same, however they are written.
pub(super) fn is_same_json(one: &Stored, other: &Stored) -> bool {
    let read = |stored: &Stored| {
        let source = stored.source("").ok()?;
        serde_json::from_str::<serde_json::Value>(source.text()).ok()
    };
    read(one) == read(other)
}
