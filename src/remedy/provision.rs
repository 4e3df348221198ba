//! Permission sets of IAM Identity Center that were changed and not provisioned since: their roles are of before.

use super::draft::Draft;
use crate::diagnose::DenialContext;
use crate::iam::{Arn, PolicySet, Principal, PrincipalKind};
use crate::snapshot::{OfSet, Unprovisioned};

/// The permission set behind the caller's role, where the set's inline policy is known to be another one than the role's.
pub(super) fn unprovisioned(case: &DenialContext<'_>) -> Option<Unprovisioned> {
    let caller = case.request.principal.value()?;
    let own = || if caller.kind() == PrincipalKind::Role { caller.as_str().parse::<Arn>().ok() } else { None };
    case.snapshot.unprovisioned(&case.request.role.clone().or_else(own)?)
}

/// The policies as they are once the set is provisioned; `None` where its policy cannot be read.
pub(super) fn provisioned(case: &DenialContext<'_>, set: &Unprovisioned) -> Option<Draft> {
    let mut bench = Draft::new(case.policies);
    let own = |policy: &crate::iam::Policy| policy.permission_set().is_some();
    let PolicySet { identity, .. } = &mut bench.policies;
    identity.policies.retain(|policy| !own(policy));
    match &set.inline {
        OfSet::None => {}
        OfSet::Policy(policy) => identity.policies.push(policy.clone()),
        OfSet::Unreadable => return None,
    }
    Some(bench)
}

/// The name of the set behind the caller.
pub(super) fn name(case: &DenialContext<'_>) -> Option<String> {
    case.request.principal.value().and_then(Principal::permission_set).map(str::to_owned)
}
