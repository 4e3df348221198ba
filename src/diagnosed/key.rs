//! By what two denials are seen to be blocked by the same: keys that are short, so that those of many fingerprints can be held.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::deduce::Basis;
use crate::denial::Fingerprint;
use crate::diagnose::{Blocker, Diagnosis};
use crate::iam::{Policy, PolicyType};
use crate::triage::whose;

/// The first 64 bits of a SHA-256 of what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
        // a boundary is one policy, whoever it is set for
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
        let boundary = blocker.searched.first().filter(|_| kind == PolicyType::PermissionsBoundary);
        let boundary = boundary.and_then(|policy| policy.arn.as_deref());
        let whose = boundary.or(blocker.target.as_deref()).or_else(|| whose(kind, cause)).unwrap_or_default();
        Self::of(&["lacks", kind.id(), whose, if blocker.is_explicit() { "deny" } else { "" }])
    }

    /// What the denials of a finding have in common: what surely blocks them, and AWS's own words where the policies at hand do not decide
    /// or AWS named what they do not show. Then two denials by different policies look alike but for these words.
    pub(super) fn group(diagnosis: &Diagnosis, cause: &Fingerprint) -> Self {
        let principal = cause.principal.as_deref().unwrap_or_default();
        let decided = diagnosis.blockers.iter().any(|blocker| blocker.basis != Basis::Possible)
            && diagnosis.unseen_that_aws_named().is_none();
        match diagnosis.blockers.first() {
            _ if diagnosis.incident => Self::of(&["incident", principal]),
            Some(blocker) if decided => Self::blocker(blocker, cause),
            Some(blocker) => Self::blocker(blocker, cause).with(Self::said(cause)),
            None => Self::of(&["cause", diagnosis.cause.id, principal]).with(Self::said(cause)),
        }
    }

    /// The same of one caller alone.
    pub(super) fn of_caller(self, cause: &Fingerprint) -> Self {
        self.with(Self::of(&["caller", cause.principal.as_deref().unwrap_or_default()]))
    }

    /// AWS's own words: the type of the policy, whether it denies, which one it is, and whose.
    fn said(cause: &Fingerprint) -> Self {
        let told = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
        let kind = cause.policy_type.map(PolicyType::normalized);
        Self::of(&[
            "said",
            kind.map(PolicyType::id).unwrap_or_default(),
            &told(&cause.effect),
            &told(&cause.policy_arn),
            kind.and_then(|kind| whose(kind, cause)).unwrap_or_default(),
        ])
    }

    fn with(self, other: Self) -> Self {
        Self::of(&[&self.0.to_string(), &other.0.to_string()])
    }
}
