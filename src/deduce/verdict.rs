//! What AWS said of a request, as far as conclusions may be drawn from it.

use super::setting::{may_be_a_setting, settings_are_off};
use crate::denial::{Denial, DenialKind, ReasonEffect};
use crate::evaluate::{CheckEffect, Evaluation};
use crate::iam::{Effect, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, Request, is_federated_call};
use crate::snapshot::Snapshot;

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
    /// Whether no setting of the resource can have been meant, by what was read of the settings.
    pub settings_are_off: bool,
}

impl Verdict {
    /// What AWS said: a Deny of this type matched, or no policy of it allowed.
    #[must_use]
    pub const fn new(explicit: bool, policy_type: PolicyType, policy_arn: Option<String>) -> Self {
        Self { explicit, policy_type, policy_arn, settings_are_off: false }
    }

    /// The same with what a snapshot tells of the settings of the resource.
    #[must_use]
    pub fn by_settings(self, request: &Request, snapshot: &Snapshot) -> Self {
        Self { settings_are_off: settings_are_off(request, snapshot), ..self }
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
        Some(Self::new(explicit, reason.policy_type?, reason.policy_arn.clone()))
    }

    /// What follows from a denial without a reason of a call that a token makes: nobody's policies but those of the role, its organization
    /// and the endpoint decide about it, so where none of these can have denied it, the trust policy did not allow it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_condition_keys_federated.html>
    #[must_use]
    pub fn of_token(denial: &Denial, request: &Request, policies: &PolicySet, evaluation: &Evaluation) -> Option<Self> {
        let federated = request.action.value().is_some_and(is_federated_call);
        let plain = request.principal.value().and_then(Principal::key_prefix).is_some_and(sends_no_tags);
        let silent = denial.reason.effect == ReasonEffect::Unknown && denial.reason.policy_type.is_none();
        let is_denial = denial.kind == DenialKind::IamDenial && denial.damage.is_empty();
        let seen = policies.resource_control.coverage.gap().is_none()
            && policies.vpc_endpoint.coverage.gap().is_none()
            && policies.resource.coverage.gap().is_none();
        let outcomes = || evaluation.checks.iter().flat_map(|check| &check.outcomes);
        let may_deny = outcomes().any(|it| it.effect == Effect::Deny && !it.matched().is_false());
        // an endpoint policy that may not allow it is another reason
        let endpoint = evaluation
            .checks
            .iter()
            .any(|check| check.policy_type == PolicyType::VpcEndpoint && check.effect != CheckEffect::Allow);
        let trust = policies.resource.policies.iter().any(|policy| policy.policy_type == PolicyType::RoleTrust);
        (federated && plain && silent && is_denial && seen && trust && !may_deny && !endpoint)
            .then(|| Self::new(false, PolicyType::RoleTrust, None))
    }

    /// Whether a setting of the resource, and no statement, may have been meant.
    pub(super) fn may_be_a_setting(&self, request: &Request) -> bool {
        !self.settings_are_off && may_be_a_setting(request, self.policy_type)
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

/// Whether tokens of this provider have no session tags. With tags the trust policy must allow `sts:TagSession` too, and AWS may say the
/// same where it does not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required>
/// <https://docs.github.com/en/actions/reference/security/oidc>
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens>
fn sends_no_tags(prefix: &str) -> bool {
    prefix == "token.actions.githubusercontent.com" || prefix.starts_with("oidc.eks.")
}
