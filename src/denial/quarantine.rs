//! AWS's quarantine of a leaked key, as requests name it.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantine.html>

use memchr::memmem;

use crate::iam::Action;

/// How the names of its policies begin; the second is what AWS put into users before it had managed ones.
const NAMES: [&str; 2] = ["AWSCompromisedKeyQuarantine", "AWSExposedCredentialPolicy"];

/// Calls that take a policy off somebody, or make another of it.
const UNDO: [&str; 9] = [
    "iam:createpolicyversion",
    "iam:deletegrouppolicy",
    "iam:deletepolicy",
    "iam:deleterolepolicy",
    "iam:deleteuserpolicy",
    "iam:detachgrouppolicy",
    "iam:detachrolepolicy",
    "iam:detachuserpolicy",
    "iam:setdefaultpolicyversion",
];

/// A policy of the quarantine that a request would take off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undoing {
    /// Off whom, as in a fingerprint but for the account, where that is told: `user alice`.
    pub(crate) whose: Option<String>,
}

/// Whether an ARN or a name is that of AWS's own quarantine policy for leaked keys.
pub(crate) fn is_quarantine_policy(arn: &str) -> bool {
    let name = arn.rsplit('/').next().unwrap_or_default();
    NAMES.iter().any(|begin| name.starts_with(begin))
}

/// Whether a text names one anywhere.
pub(crate) fn names_quarantine(text: &str) -> bool {
    NAMES.iter().any(|begin| memmem::find(text.as_bytes(), begin.as_bytes()).is_some())
}

/// Whether a call would end what a policy does that it names.
pub(crate) fn ends_policy(action: &Action) -> bool {
    UNDO.contains(&action.folded())
}

/// Whom parameters of a call of IAM name, as in a fingerprint but for the account, and whether they name a policy of the quarantine: a
/// managed one by its ARN, one that stands in a user by its name.
pub(crate) fn named<'p>(parameters: impl IntoIterator<Item = (&'p str, &'p str)>) -> (Option<String>, bool) {
    let (mut whose, mut is_quarantine) = (None, false);
    for (name, value) in parameters {
        match name.to_ascii_lowercase().as_str() {
            "username" => whose = Some(format!("user {value}")),
            "rolename" => whose = Some(format!("role {value}")),
            "policyarn" | "policyname" => is_quarantine |= is_quarantine_policy(value),
            _ => {}
        }
    }
    (whose, is_quarantine)
}
