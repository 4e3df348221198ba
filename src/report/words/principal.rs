//! Who asks, by what a policy is attached to.

use crate::iam::{Principal, PrincipalKind};

/// The user or role behind a caller, never a session: ``role `app` ``.
pub(super) fn entity(principal: &Principal) -> Option<String> {
    let name = principal.name()?;
    match principal.kind() {
        PrincipalKind::User => Some(format!("user `{name}`")),
        PrincipalKind::Role | PrincipalKind::AssumedRole => Some(format!("role `{name}`")),
        _ => None,
    }
}
