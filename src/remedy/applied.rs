//! The edits of a remedy on the policies of another request: a policy that is there is replaced, one that is new is added where it would be
//! attached.

use std::sync::Arc;

use super::{Edit, EditOp};
use crate::denial::Fingerprint;
use crate::iam::{Arn, Coverage, LayerMut, Policy, PolicySet, PolicyType, policy_carrier};

/// The policies with the edits in place; `None` where these change none of them. With each edit stands whether a new policy would be attached
/// to who asks, or to what is asked for ([`is_attached`]).
#[must_use]
pub fn applied<'e>(edits: impl IntoIterator<Item = (&'e Edit, bool)>, policies: &PolicySet) -> Option<PolicySet> {
    let mut changed = policies.clone();
    let mut any = false;
    for (edit, is_attached) in edits {
        match (&edit.before, edit.op) {
            (Some(before), EditOp::Replace) => {
                if !policies.policies().any(|policy| is_same_policy(before, policy)) {
                    continue;
                }
                any = true;
                changed = changed.map_policies(&|policy| {
                    if is_same_policy(before, policy) {
                        let document = Arc::clone(&edit.after.document);
                        Arc::new(Policy { document, ..Policy::clone(policy) })
                    } else {
                        Arc::clone(policy)
                    }
                });
            }
            (None, EditOp::Create) if is_attached => any |= add(&mut changed, edit),
            // what else there is is not tried on others
            _ => {}
        }
    }
    any.then_some(changed)
}

/// Whether two policies that were read for different requests are one. A document of which a template fills a part differs from request to
/// request, and is another one.
#[must_use]
pub fn is_same_policy(one: &Arc<Policy>, other: &Arc<Policy>) -> bool {
    let same = match (&one.arn, &other.arn) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.name == other.name && one.attached_to == other.attached_to,
        _ => false,
    };
    same && one.policy_type == other.policy_type
        && (Arc::ptr_eq(&one.document, &other.document) || one.document.source.text() == other.document.source.text())
}

/// Whether a new policy that a remedy makes for denials of one cause would be attached to who asks, or to what is asked for, in those of
/// another.
#[must_use]
pub fn is_attached(edit: &Edit, of: &Fingerprint, cause: &Fingerprint) -> bool {
    match edit.policy_type.normalized() {
        PolicyType::ResourceBased => {
            let arn: Option<Arn> = cause.resource.as_deref().and_then(|resource| resource.parse().ok());
            let carrier = arn.and_then(|arn| policy_carrier(&arn));
            let same = carrier.is_some() && carrier.as_ref() == edit.after.attached_to.first();
            same || cause.resource.is_some() && cause.resource == of.resource
        }
        PolicyType::ServiceControl | PolicyType::ResourceControl => {
            cause.account.is_some() && cause.account == of.account
        }
        PolicyType::VpcEndpoint => cause == of,
        _ => cause.principal.is_some() && cause.principal == of.principal,
    }
}

fn add(set: &mut PolicySet, edit: &Edit) -> bool {
    let policy = Arc::clone(&edit.after);
    match set.layer_mut(edit.policy_type) {
        LayerMut::Plain(layer) => {
            // where there was none, there is one now
            if matches!(layer.coverage, Coverage::NotApplicable(_)) {
                layer.coverage = Coverage::Complete;
            }
            layer.policies.push(policy);
        }
        LayerMut::Levels(hierarchy) => {
            let mut levels = hierarchy.levels.iter_mut();
            let Some(level) = levels.find(|level| Some(level.target.as_str()) == edit.target.as_deref()) else {
                return false;
            };
            level.policies.push(policy);
        }
    }
    true
}
