//! One document to change, and what changes in it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::change_kind::ChangeKind;
use super::file_stem::file_stem;
use crate::iam::{AttachmentScope, Owner, Policy, PolicyType, Subject};

/// One document to change.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Create, replace, attach or detach.
    pub op: EditOp,
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The policy before; `None` for a new one.
    pub before: Option<Arc<Policy>>,
    /// The policy after, with the whole corrected document.
    pub after: Arc<Policy>,
    /// The root, unit or account, for policies of an organization.
    pub target: Option<String>,
    /// What it changes, one after the other.
    pub changes: Vec<DocumentChange>,
    /// How far the policy reaches, for policies of an organization whose tree is known.
    pub reach: Option<AttachmentScope>,
    /// The name of its files and blocks: no other edit of the remedy has it.
    pub file_stem: String,
    /// The account in which it is made, where that is known.
    pub account: Option<String>,
    /// The Region in which it is made, where it is one and its ARN does not tell.
    pub region: Option<String>,
    /// The ARN of the permission set of IAM Identity Center whose policy it is, where that is known.
    pub permission_set_arn: Option<String>,
}

impl Edit {
    /// Who must make it.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match self.permission_set() {
            Some(_) => Owner::IdentityCenterAdmin,
            // one that was passed by its ARN is a managed policy of the account
            // <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
            None if self.policy_type == PolicyType::Session && self.after.arn.is_some() => Owner::AccountAdmin,
            None => self.policy_type.row().owner,
        }
    }

    /// Who must make it, and in which account where that is known: `resource owner of 111122223333`.
    #[must_use]
    pub fn owner_in_account(&self) -> String {
        let account = self.account.as_ref().map_or_else(String::new, |account| format!(" of {account}"));
        format!("{}{account}", self.owner().noun())
    }

    /// The file name under which commands expect the corrected document.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.json", self.file_stem)
    }

    /// The file name of the document as it was.
    #[must_use]
    pub fn file_before(&self) -> String {
        format!("{}.before.json", self.file_stem)
    }

    /// The permission set of IAM Identity Center whose inline policy it is: there it is really edited.
    #[must_use]
    pub fn permission_set(&self) -> Option<String> {
        self.after.permission_set()
    }

    /// Whether there was no document before.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.op == EditOp::Create || self.before.is_none()
    }

    /// The document as it was; empty for a new policy.
    #[must_use]
    pub fn text_before(&self) -> &str {
        self.before.as_ref().map_or("", |policy| policy.document.source.text())
    }
}

/// The edit, with its new policy under another name.
#[must_use]
pub fn renamed(edit: &Edit, after: Arc<Policy>) -> Edit {
    Edit { file_stem: file_stem(&after.name), after, ..edit.clone() }
}

/// What is done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EditOp {
    /// A new policy, attached.
    Create,
    /// A new text for an existing policy.
    Replace,
    /// An existing policy, attached.
    Attach,
    /// An existing policy, detached.
    Detach,
}

/// One change of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentChange {
    /// What it does.
    pub kind: ChangeKind,
    /// A policy that was not seen, and without the change allows the request already if it exists.
    pub unless: Option<Subject>,
}
