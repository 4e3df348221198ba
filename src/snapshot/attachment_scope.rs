//! How far the policies of an organization reach: where else they are attached, and which accounts they bind.

use super::Snapshot;
use super::organization::{Attached, Organization};
use crate::iam::{AttachmentScope, PolicyType, ReachOf, TreeGap};

impl Snapshot {
    /// How far the policies of this type reach that bind the account, and how far a new one would at each level above it.
    ///
    /// Nothing where the tree does not hold the account, or options gave the policies instead of it.
    #[must_use]
    pub fn reach(&self, policy_type: PolicyType, account: &str) -> Vec<AttachmentScope> {
        let holds = |organization: &&Organization| organization.path(account).is_some();
        let Some(organization) = self.organizations.iter().find(holds) else {
            return Vec::new();
        };
        if self.loose.levels(policy_type).next().is_some() {
            return Vec::new();
        }
        // what the collector was refused may be more of the tree
        let refused = self
            .gaps
            .iter()
            .find(|gap| !gap.is_of_setting() && gap.of.as_deref().is_some_and(|of| organization.has(of)));
        let refused = refused.map(|gap| TreeGap::Refused(gap.refusal()));
        let mut all: Vec<AttachmentScope> = Vec::new();
        for node in organization.path(account).unwrap_or_default() {
            let mut add = |of: ReachOf, policy: Option<&str>| {
                if all.iter().all(|known| known.of != of) {
                    let mut reach = organization.reach(account, of, policy, &node.id);
                    reach.incomplete = reach.incomplete.or_else(|| refused.clone());
                    all.push(reach);
                }
            };
            for policy in node.attached(policy_type).into_iter().flatten() {
                if let Attached::Known(policy) = policy {
                    let name = policy.arn.as_ref().unwrap_or(&policy.name).clone();
                    add(ReachOf::Policy(policy_type, name), Some(&policy.id));
                }
            }
            add(ReachOf::Level(policy_type, node.to_string()), None);
        }
        all
    }
}
