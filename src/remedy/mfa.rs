//! How a principal comes to multi-factor authentication.

use crate::iam::{PrincipalKind, Request};

/// How a principal comes to a session with MFA.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mfa {
    /// A user asks for one with its own long-term key.
    OwnSession,
    /// The root user signs in with it.
    SignIn,
    /// Whoever assumes the role shows it.
    AssumeRole,
    /// The identity provider asks for it; AWS does not learn of it.
    IdentityProvider,
    /// The session was made by a call that takes none.
    Federation,
    /// An instance or a service has no device.
    Never,
}

/// How the caller could have MFA.
pub(super) fn mfa(request: &Request) -> Mfa {
    let Some(caller) = request.principal.value() else { return Mfa::AssumeRole };
    match caller.kind() {
        PrincipalKind::User => Mfa::OwnSession,
        PrincipalKind::Root => Mfa::SignIn,
        PrincipalKind::FederatedUser => Mfa::Federation,
        PrincipalKind::Service => Mfa::Never,
        _ if caller.permission_set().is_some() => Mfa::IdentityProvider,
        _ if caller.is_service_linked_role() || caller.session().is_some_and(is_of_instance) => Mfa::Never,
        _ => Mfa::AssumeRole,
    }
}

/// Whether the session is that of an EC2 instance, which is named by its id.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse>
fn is_of_instance(session: &str) -> bool {
    let id = session.strip_prefix("i-").unwrap_or_default();
    (id.len() == 8 || id.len() == 17) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}
