//! What AWS said of a request, as far as conclusions may be drawn from it.

use crate::denial::{Denial, ReasonEffect};
use crate::iam::{Policy, PolicyOrigin, PolicyType};

/// AWS's words as evidence: which type of policy denied, or did not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether a Deny statement matched; otherwise an allow was missing.
    pub explicit: bool,
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The policy, where AWS named it.
    pub policy_arn: Option<String>,
}

impl Verdict {
    /// What AWS said: a Deny of this type matched, or no policy of it allowed.
    #[must_use]
    pub const fn new(explicit: bool, policy_type: PolicyType, policy_arn: Option<String>) -> Self {
        Self { explicit, policy_type, policy_arn }
    }

    /// What the message says; `None` where it names no type, or where the text is not as AWS wrote it: an edited text proves nothing.
    #[must_use]
    pub fn of(denial: &Denial) -> Option<Self> {
        let reason = &denial.reason;
        let explicit = match reason.effect {
            ReasonEffect::ExplicitDeny => true,
            ReasonEffect::ImplicitDeny => false,
            ReasonEffect::Unknown => return None,
        };
        // an endpoint policy that denies because of an SCP names two types
        if !denial.damage.is_empty() || reason.is_transitive() {
            return None;
        }
        Some(Self { explicit, policy_type: reason.policy_type?, policy_arn: reason.policy_arn.clone() })
    }

    /// Whether the verdict is about policies of this type. A role's trust policy is its resource-based policy.
    #[must_use]
    pub fn is_about(&self, policy_type: PolicyType) -> bool {
        self.policy_type.normalized() == policy_type.normalized()
    }

    /// Whether this may be the policy that AWS named, or AWS named none.
    #[must_use]
    pub fn may_name(&self, policy: &Policy) -> bool {
        match (&self.policy_arn, &policy.arn) {
            (Some(named), Some(own)) => named == own,
            // an inline policy has no ARN to be named by
            (Some(_), None) => policy.origin != PolicyOrigin::Inline,
            (None, _) => true,
        }
    }
}
