//! Who called, where a record names somebody who has no ARN.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use super::resource_shape::shape;

/// A caller without an ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    kind: CallerKind,
    /// The account, where it is told: of a user of Identity Center that of its instance.
    account: Option<Box<str>>,
    /// The identity provider of a web identity.
    provider: Option<Box<str>>,
    name: Option<Box<str>>,
}

/// What kind of caller it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallerKind {
    Saml,
    WebIdentity,
    /// A web identity whose provider is the principal.
    Subject,
    /// A user of SAML whose provider is the principal.
    SamlSubject,
    IdentityCenter,
    Directory,
}

/// What stands where CloudTrail leaves a name out.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

impl Caller {
    /// The caller of a type, as CloudTrail names it, who may have an account, a provider and a name; of a user of Identity Center the id in
    /// its directory.
    pub(super) fn new(
        kind: &str,
        account: Option<&str>,
        provider: Option<&str>,
        name: Option<&str>,
        id: Option<&str>,
    ) -> Option<Self> {
        let kind = match kind {
            "SAMLUser" => CallerKind::Saml,
            "WebIdentityUser" => CallerKind::WebIdentity,
            "IdentityCenterUser" => CallerKind::IdentityCenter,
            "Directory" => CallerKind::Directory,
            _ => return None,
        };
        let told = |text: Option<&str>| text.filter(|text| !text.is_empty() && *text != HIDDEN).map(Into::into);
        let name = if kind == CallerKind::IdentityCenter { told(id) } else { told(name) };
        let provider = told(provider).filter(|_| kind == CallerKind::WebIdentity);
        (name.is_some() || provider.is_some()).then(|| Self { kind, account: told(account), provider, name })
    }

    /// The web identity of which a provider told a subject: policies tell these apart, so denials of two of them may have two causes.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
    pub(super) fn of_provider(provider: &str, subject: &str) -> Option<Self> {
        Self::behind(CallerKind::Subject, provider, subject)
    }

    /// The same of a user of SAML.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml>
    pub(super) fn of_saml_provider(provider: &str, subject: &str) -> Option<Self> {
        Self::behind(CallerKind::SamlSubject, provider, subject)
    }

    fn behind(kind: CallerKind, provider: &str, subject: &str) -> Option<Self> {
        let told = !subject.is_empty() && subject != HIDDEN;
        let name = Some(subject.into());
        told.then(|| Self { kind, account: None, provider: Some(provider.into()), name })
    }

    /// Whether it tells who called behind the provider that is the principal.
    pub(super) const fn is_subject(&self) -> bool {
        matches!(self.kind, CallerKind::Subject | CallerKind::SamlSubject)
    }

    /// Replaces every name.
    #[cfg(feature = "report")]
    pub(crate) fn rename(&mut self, change: &mut dyn FnMut(&str) -> String) {
        let Self { kind: _, account, provider, name } = self;
        for text in [account, provider, name].into_iter().flatten() {
            *text = change(text).into();
        }
    }

    /// The account.
    pub(super) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// As a fingerprint has it.
    pub(super) fn label(&self) -> String {
        let kind = match self.kind {
            CallerKind::Saml | CallerKind::SamlSubject => "saml-user",
            CallerKind::WebIdentity | CallerKind::Subject => "web-identity",
            CallerKind::IdentityCenter => "identity-center-user",
            CallerKind::Directory => "directory-user",
        };
        // an id of Identity Center is that of one person, and does not change
        let name = match (self.kind, self.name.as_deref()) {
            (CallerKind::IdentityCenter, Some(id)) => Some(id.to_owned()),
            (CallerKind::Subject, name) => name.map(subject),
            (CallerKind::SamlSubject, name) => name.map(saml_subject),
            (_, name) => name.map(shape),
        };
        let parts = [self.account(), Some(kind), self.provider.as_deref(), name.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A subject without what changes from call to call. Its parts say which organization, repository, project or person it is, also where they are
/// ids and numbers, so they stay. What may change is the last of several parts (a visitor of Cognito, a step, a branch with a number), the
/// number of a pull request, and a commit.
fn subject(text: &str) -> String {
    let Some(last) = text.rfind(['/', ':']) else { return text.to_owned() };
    let (head, tail) = text.split_at_checked(last + 1).unwrap_or((text, ""));
    let mut parts = Vec::new();
    for part in head.split_inclusive(['/', ':']) {
        let bare = part.trim_end_matches(['/', ':']);
        let is_number = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        let is_commit = bare.len() >= COMMIT && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_of_request = || is_number && parts.last().is_some_and(|before| REQUESTS.contains(before));
        match part.strip_prefix(bare) {
            Some(end) if is_commit || is_of_request() => parts.extend(["{id}", end]),
            _ => parts.push(part),
        }
    }
    parts.concat() + &shape(tail)
}

/// The subject of an assertion. It is that of one person, also where it is a number or an id, unless the provider makes up another one for
/// each session (`_` and many digits).
/// <https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf> (8.3.8, transient identifiers)
fn saml_subject(text: &str) -> String {
    let digits = text.strip_prefix('_').unwrap_or_default();
    let is_transient = digits.len() >= TRANSIENT && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_transient { "{id}".to_owned() } else { text.to_owned() }
}

/// Digits of an id that a provider of SAML makes up, at the least: it has 128 bits or more.
const TRANSIENT: usize = 32;

/// Digits of the id of a commit in Git, at the least.
const COMMIT: usize = 40;

/// What stands before the number of a request to merge.
const REQUESTS: [&str; 3] = ["pull/", "merge-requests/", "merge_requests/"];

#[cfg(test)]
mod tests {
    use super::{saml_subject, subject};

    #[test]
    fn of_an_assertion_only_what_is_made_up_for_a_session_is_left_out() {
        for (text, expected) in [
            ("ana@example.com", "ana@example.com"),
            ("20481632", "20481632"),
            ("0a1b2c3d-1111-2222-3333-444455556666", "0a1b2c3d-1111-2222-3333-444455556666"),
            ("_ana", "_ana"),
            ("_ce3d2948b4cf20146dee0a0b3dd6f69b6cf86f62d7", "{id}"),
        ] {
            assert_eq!(saml_subject(text), expected);
        }
    }

    #[test]
    fn who_a_subject_is_stays_and_what_changes_from_call_to_call_does_not() {
        for (text, expected) in [
            ("repo:acme/app2:ref:refs/heads/main", "repo:acme/app2:ref:refs/heads/main"),
            ("repo:acme@12345678/app@87654321:pull_request", "repo:acme@12345678/app@87654321:pull_request"),
            ("repo:acme/app:ref:refs/pull/4711/merge", "repo:acme/app:ref:refs/pull/{id}/merge"),
            ("system:serviceaccount:payments:api", "system:serviceaccount:payments:api"),
            ("107691503500061507151", "107691503500061507151"),
            ("0a1b2c3d-1111-2222-3333-444455556666", "0a1b2c3d-1111-2222-3333-444455556666"),
            ("eu-west-1:0a1b2c3d-1111-2222-3333-444455556666", "eu-west-1:{id}"),
            (
                "org/0a1b2c3d-1111-2222-3333-444455556666/project/1a1b2c3d-1111-2222-3333-444455556666/user/2a1b2c3d-1111-2222-3333-444455556666",
                "org/0a1b2c3d-1111-2222-3333-444455556666/project/1a1b2c3d-1111-2222-3333-444455556666/user/{id}",
            ),
            (
                "organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3455f46cea977b366c39e3dab876d30b0a9b3a:step:build",
                "organization:acme:pipeline:web:ref:refs/heads/main:commit:{id}:step:build",
            ),
            ("", ""),
            (":", ":"),
        ] {
            assert_eq!(subject(text), expected);
        }
    }
}
