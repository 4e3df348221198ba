//! Which accounts a policy of the organization binds: where it is attached, and what lies below.

use super::policy_type::PolicyType;
use super::refusal::Refusal;

/// How far a policy of the organization reaches, or a new one at a level would.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachmentScope {
    /// Whose reach it is.
    pub of: ReachOf,
    /// The account that is asked about.
    pub account: String,
    /// The roots, units and accounts to which it is attached.
    pub attached_to: Vec<String>,
    /// The member accounts at or below them, in order. The management account is not among them: no such policy binds it.
    pub accounts: Vec<String>,
    /// Why there may be more, where not all of the tree is known.
    pub incomplete: Option<TreeGap>,
}

/// Why not all of an organization's tree is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreeGap {
    /// Only the path to the account was collected.
    OnlyThePath,
    /// What is attached to this root, unit or account is not known.
    AttachmentsNotKnown(String),
    /// AWS did not answer a call of the collector.
    Refused(Refusal),
}

impl AttachmentScope {
    /// The accounts besides the one that is asked about.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(String::as_str).filter(|account| *account != self.account)
    }
}

/// What a reach is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReachOf {
    /// A policy, by its ARN or else its name.
    Policy(PolicyType, String),
    /// Whatever is attached to this root, unit or account.
    Level(PolicyType, String),
}
