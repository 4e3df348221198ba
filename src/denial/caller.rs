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
            CallerKind::Saml => "saml-user",
            CallerKind::WebIdentity => "web-identity",
            CallerKind::IdentityCenter => "identity-center-user",
            CallerKind::Directory => "directory-user",
        };
        // an id of Identity Center is that of one person, and does not change
        let name = match (self.kind, self.name.as_deref()) {
            (CallerKind::IdentityCenter, Some(id)) => Some(id.to_owned()),
            (_, name) => name.map(shape),
        };
        let parts = [self.account(), Some(kind), self.provider.as_deref(), name.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
