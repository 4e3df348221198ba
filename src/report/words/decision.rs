//! A decision in words.

use crate::evaluate::Decision;

/// As a noun: `implicit deny`.
#[must_use]
pub const fn noun(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicit deny",
        Decision::ImplicitDeny => "implicit deny",
        Decision::Undetermined => "undetermined",
    }
}

/// As what happens to the request: `implicitly denied`.
#[must_use]
pub const fn verdict(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicitly denied",
        Decision::ImplicitDeny => "implicitly denied",
        Decision::Undetermined => "undetermined",
    }
}
