//! Policies that stand in for what a comparison does not look at.

use std::sync::Arc;

use crate::iam::{Document, Layer, Policy, PolicySet, PolicyType, Principal, Request};
use crate::text::Source;

/// The policies for a resource that the resource-based policies at hand are not about: its own leave it to the account.
pub(super) fn elsewhere(policies: &PolicySet, request: &Request) -> PolicySet {
    PolicySet { resource: delegating(request.principal.value().and_then(Principal::account)), ..policies.clone() }
}

/// A resource-based policy that leaves the decision to the policies of the account, as KMS keys have by default.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub(super) fn delegating(account: Option<&str>) -> Layer {
    let Some(account) = account else { return Layer::empty() };
    let text = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{account}"}}, "Action": "*", "Resource": "*"}}}}"#
    );
    Layer::complete(policy("the account decides", PolicyType::ResourceBased, &text).into_iter().collect())
}

/// A policy that only exists to complete a set.
pub(super) fn policy(name: &str, policy_type: PolicyType, text: &str) -> Option<Arc<Policy>> {
    let document = Document::parse(Source::new(name, text)).ok()?;
    Some(Arc::new(Policy::new(name, policy_type, document)))
}
