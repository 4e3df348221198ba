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

/// Before what was not seen, where what was given allows the request.
#[must_use]
pub const fn allowed_unless() -> &'static str {
    "allowed by what was given, unless any of these blocks it:"
}

/// Why the policy of an endpoint counts for a call without a signature.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html#reference_sts_vpc_endpoint_policies_considerations>
#[must_use]
pub const fn endpoint_of_token() -> &'static str {
    "it is asked about calls with a token or an assertion too, of which it has no aws:PrincipalOrgID; over the internet there is none: \
     --no-vpc-endpoint-policy"
}
