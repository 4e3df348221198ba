//! A set of policies put together by hand: what a test or another program has, without a snapshot.

use std::sync::Arc;

use super::policy::Policy;
use super::policy_set::{Coverage, LayerMut, Level, PolicySet};
use super::policy_type::PolicyType;

/// Puts a [`PolicySet`] together; see [`PolicySet::builder`].
#[derive(Debug, Clone)]
pub struct PolicySetBuilder {
    set: PolicySet,
}

impl PolicySet {
    /// An empty set, to be filled. What is not added does not exist, unless [`PolicySetBuilder::coverage`] says otherwise.
    ///
    /// ```
    /// use iamdx::iam::{Policy, PolicySet, PolicyType};
    ///
    /// let reports = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    /// let set = PolicySet::builder().policy(Policy::inline("reports", PolicyType::IdentityBased, reports)?).build();
    /// assert_eq!(set.policies().count(), 1);
    /// # Ok::<(), iamdx::iam::PolicyError>(())
    /// ```
    #[must_use]
    pub const fn builder() -> PolicySetBuilder {
        PolicySetBuilder { set: Self::empty() }
    }
}

impl PolicySetBuilder {
    /// Adds a policy to the layer of its type. Each SCP and RCP that is added so stands at a level of its own, below those before it:
    /// every one must allow the request. [`Self::level`] puts several on one level.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<Arc<Policy>>) -> Self {
        let policy = policy.into();
        let (policy_type, name) = (policy.policy_type, policy.name.clone());
        if let LayerMut::Plain(layer) = self.set.layer_mut(policy_type) {
            layer.policies.push(policy);
            return self;
        }
        self.level(policy_type, name, [policy])
    }

    /// Adds a level of an organization with its SCPs or RCPs, root first, the account last. Other types have no levels: nothing is added.
    #[must_use]
    pub fn level(
        mut self,
        policy_type: PolicyType,
        target: impl Into<String>,
        policies: impl IntoIterator<Item = impl Into<Arc<Policy>>>,
    ) -> Self {
        let policies = policies.into_iter().map(Into::into).collect();
        if let LayerMut::Levels(hierarchy) = self.set.layer_mut(policy_type) {
            hierarchy.levels.push(Level { target: target.into(), policies, coverage: Coverage::Complete });
        }
        self
    }

    /// Says how much of a layer was seen.
    #[must_use]
    pub fn coverage(mut self, policy_type: PolicyType, coverage: Coverage) -> Self {
        *self.set.coverage_mut(policy_type) = coverage;
        self
    }

    /// The set.
    #[must_use]
    pub fn build(self) -> PolicySet {
        self.set
    }
}
