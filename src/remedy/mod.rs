//! What to change, and who must change it. Every remedy with edits has been applied to the policies at hand and evaluated
//! before it is shown; what does not make the request allowed is not a remedy.

mod advice;
mod assumption;
pub mod bedrock;
mod cannot_fix;
mod change;
mod change_request;
mod companion_checks;
mod conditional;
mod danger;
mod doubt;
mod draft;
mod edit_for_blocker;
mod exact;
mod file_stem;
mod further_denials;
mod grant;
mod grantee;
mod guardrail;
mod incident;
mod kept;
mod mfa;
mod narrow;
mod next_why;
mod owner;
mod per_owner;
mod policy_location;
mod presumed;
mod principal_arn;
mod propose;
mod public_access;
mod quota;
mod resource_entry;
mod verify;
mod wider;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::iam::{AttachmentScope, Command, Policy, PolicyType};
use crate::reference::Danger;

pub use assumption::{Needed, PolicyAssumption};
pub use draft::edited;
pub use further_denials::{NextDenial, expected, gaps, next_denials};
pub use guardrail::{Exception, Guarded, Guardrail, KnownIdentity};
pub use incident::response as incident_response;
pub use next_why::{CopyHalf, NextWhy, When};
pub use owner::Owner;
pub use presumed::Presumed;
pub use propose::propose;
pub use quota::Size;
pub use verify::Verification;

/// The policies as a proof takes them: layers that were not seen do not block; and which those are.
#[must_use]
pub fn presumed(policies: &crate::iam::PolicySet) -> (crate::iam::PolicySet, Vec<crate::iam::Subject>) {
    (draft::Draft::new(policies).policies, verify::unseen(policies))
}

/// A change that takes the request from denied to allowed, or the steps to take instead.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// Stable within one report.
    pub id: String,
    /// What it does, in one line.
    pub title: String,
    /// Who must do it.
    pub owner: Owner,
    /// Whether it may be done as it stands.
    pub disposition: Disposition,
    /// What kind of change it is.
    pub kind: RemedyKind,
    /// The documents to change, all of them needed.
    pub edits: Vec<Edit>,
    /// What the edits do; `None` where there are none.
    pub verification: Option<Verification>,
    /// The calls to make where no document is edited: they look, or stop a leaked key.
    pub calls: Vec<Command>,
    /// Steps for a person, in order, where commands do not do it.
    pub steps: Vec<String>,
    /// Why it should not be done, or why nothing better can be offered.
    pub why_not: Option<String>,
}

impl Remedy {
    /// Who must make its edits, each once, in order, in the words of [`Edit::owner_in_account`].
    #[must_use]
    pub fn owners(&self) -> Vec<String> {
        owners(&self.edits)
    }

    /// Who must do it, for a person. A session policy belongs to whoever makes the session, which need not be who calls.
    #[must_use]
    pub fn owner_in_words(&self) -> &'static str {
        let session = self.owner == Owner::Caller && self.id != change_request::ID && self.id != doubt::ID;
        if session { "whoever makes the session" } else { self.owner.noun() }
    }

    /// What whoever gains its new access could do beyond it.
    #[must_use]
    pub fn dangers(&self) -> &[Danger] {
        self.verification.as_ref().map_or(&[], |verification| &verification.dangers)
    }
}

/// The owners of edits, each once, in order.
fn owners(edits: &[Edit]) -> Vec<String> {
    let mut owners: Vec<String> = Vec::new();
    for owner in edits.iter().map(Edit::owner_in_account) {
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    owners
}

/// Whether a remedy may be carried out as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// It opens only the denied action on its resource, or the call that it is part of, weakens no Deny, and goes around no condition
    /// of an Allow.
    Safe,
    /// A person who knows why the policy is as it is must agree.
    NeedsReview,
    /// It must not be done.
    Refused,
}

/// The kind of a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RemedyKind {
    /// Adds an allow.
    Grant,
    /// Narrows a Deny for this request; everything else stays denied.
    NarrowDeny,
    /// Narrows a Deny and adds the allow that would be missing then.
    NarrowAndGrant,
    /// Something to ask of somebody, or to change in the request.
    ChangeRequest,
    /// An incident to handle.
    IncidentResponse,
}

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
    /// What it changes, in words.
    pub what: String,
    /// How far the policy reaches, for policies of an organization whose tree is known.
    pub reach: Option<AttachmentScope>,
    /// The name of its files and blocks: no other edit of the remedy has it.
    pub file_stem: String,
    /// The account in which it is made, where that is known.
    pub account: Option<String>,
}

impl Edit {
    /// Who must make it.
    #[must_use]
    pub const fn owner(&self) -> Owner {
        Owner::of(self.policy_type)
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

/// What is done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
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
