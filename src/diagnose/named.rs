//! Whether AWS's message is about a blocker.

use super::blocker::Blocker;
use super::context::DenialContext;
use crate::denial::ReasonEffect;

/// Whether the blocker is of the type and effect that the message names.
pub(super) fn is_named(case: &DenialContext<'_>, blocker: &Blocker) -> bool {
    let reason = &case.denial.reason;
    let effect = match reason.effect {
        ReasonEffect::ExplicitDeny => blocker.is_explicit(),
        ReasonEffect::ImplicitDeny => !blocker.is_explicit(),
        ReasonEffect::Unknown => true,
    };
    let same_arn = match (&reason.policy_arn, &blocker.statement) {
        (Some(arn), Some(statement)) => statement.policy.arn.as_ref().is_none_or(|own| own == arn),
        _ => true,
    };
    effect && same_arn && reason.policy_type.is_some_and(|named| named.normalized() == blocker.policy_type.normalized())
}
