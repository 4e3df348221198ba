//! By what two denials are seen to be blocked by the same: keys that are short, so that those of many fingerprints can be held.

use sha2::{Digest as _, Sha256};

use crate::denial::Fingerprint;
use crate::diagnose::{Blocker, Diagnosis};
use crate::iam::{Policy, PolicyType};

/// The first 64 bits of a SHA-256 of what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(u64);

impl Key {
    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.finalize().iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte)))
    }

    /// A policy, by what names it.
    pub(super) fn policy(policy: &Policy) -> Self {
        let kind = policy.policy_type.normalized().id();
        if let Some(arn) = &policy.arn {
            return Self::of(&["policy", kind, arn]);
        }
        let of = policy.attached_to.first().map(String::as_str).unwrap_or_default();
        Self::of(&["policy", kind, &policy.name, of, policy.document.source.name()])
    }

    /// A statement, by its place.
    pub(super) fn statement(policy: &Policy, index: usize) -> Self {
        Self::of(&["statement", &Self::policy(policy).0.to_string(), &index.to_string()])
    }

    /// What blocks: a statement, or the policies of somebody or something in which none allows.
    pub(super) fn blocker(blocker: &Blocker, cause: &Fingerprint) -> Self {
        if let Some(statement) = blocker.statement.as_ref().filter(|_| blocker.is_explicit()) {
            return Self::statement(&statement.policy, statement.index);
        }
        let kind = blocker.policy_type.normalized();
        let whose = match (&blocker.target, kind) {
            (Some(target), _) => target.clone(),
            (None, PolicyType::ResourceBased) => cause.resource.as_deref().unwrap_or_default().to_owned(),
            (None, PolicyType::ServiceControl | PolicyType::ResourceControl | PolicyType::VpcEndpoint) => {
                cause.account.as_deref().unwrap_or_default().to_owned()
            }
            (None, _) => cause.principal.as_deref().unwrap_or_default().to_owned(),
        };
        Self::of(&["lacks", kind.id(), &whose, if blocker.is_explicit() { "deny" } else { "" }])
    }

    /// What the denials of a finding have in common.
    pub(super) fn group(diagnosis: &Diagnosis, cause: &Fingerprint) -> Self {
        let principal = cause.principal.as_deref().unwrap_or_default();
        match diagnosis.blockers.first() {
            _ if diagnosis.incident => Self::of(&["incident", principal]),
            Some(blocker) => Self::blocker(blocker, cause),
            None => Self::of(&["cause", diagnosis.cause.id, principal]),
        }
    }
}
