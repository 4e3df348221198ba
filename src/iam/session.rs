//! How a session was made: by whom, when, with which policies.

/// The call that made a session, as a record of it tells.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOrigin {
    /// `AssumeRole`, `AssumeRoleWithWebIdentity`, `GetFederationToken`, ...
    pub operation: String,
    /// The ARN of the session.
    pub arn: String,
    /// Who called: an ARN, a service, a user of an identity provider.
    pub by: Option<String>,
    /// When, as the record has it.
    pub at: Option<String>,
    /// The source identity that was set.
    pub source_identity: Option<String>,
    /// The session policy that was passed inline, and the line of the input on which it stands.
    pub policy: Option<(String, usize)>,
    /// The managed policies that were passed as session policies.
    pub policy_arns: Vec<String>,
    /// Whether no other call limited the session further: credentials of `GetScopedCredentials` also have the limits of the session
    /// that called it.
    pub whole: bool,
    /// Whether the record holds the parameters of the call: without them it does not tell which policies were passed.
    pub has_parameters: bool,
    /// The name of the input.
    pub file: String,
    /// The line of the input on which the record begins.
    pub line: usize,
    /// How the record is known to be about this session.
    pub matched_by: SessionMatch,
}

/// How a record is known to be about a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionMatch {
    /// The access key that the record gives is the one that was denied.
    AccessKey,
    /// The role and the session name are the same, and no other record contradicts it.
    RoleAndSessionName,
}

impl SessionMatch {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccessKey => "access-key",
            Self::RoleAndSessionName => "role-and-session-name",
        }
    }
}

impl SessionOrigin {
    /// Whether the record tells of a session policy.
    #[must_use]
    pub const fn has_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }
}
