//! Where credentials come from.

use std::path::PathBuf;

/// The one source that credentials can come from.
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-authentication.html#cli-chap-authentication-precedence>
#[derive(Debug, Clone)]
pub(in crate::aws) enum Origin {
    /// `AWS_ACCESS_KEY_ID` and its kin.
    Environment,
    /// A profile, perhaps by way of others.
    Profile {
        /// The profile that was chosen.
        name: String,
        /// The profile that has the credentials at the start of the way.
        base: String,
        /// What it has.
        source: Source,
        /// The role that is assumed last.
        role: Option<String>,
    },
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
    WebIdentity,
    /// The variables of a container.
    Container,
    /// Nothing is set: only an instance's own role is left.
    Instance {
        /// The profile that has none.
        profile: String,
        /// That an option names it, so that the environment does not count.
        by_option: bool,
        /// The files that were read.
        files: Vec<PathBuf>,
    },
}

/// What a profile has.
#[derive(Debug, Clone)]
pub(in crate::aws) enum Source {
    /// An access key.
    Keys,
    /// A sign-in of IAM Identity Center, at this address.
    Sso(String),
    /// A sign-in of the console.
    Login,
    /// A program that prints credentials.
    Process(String),
    /// A token of another provider.
    WebIdentity,
    /// A source by its name: the environment, a container, an instance.
    Named(String),
}
