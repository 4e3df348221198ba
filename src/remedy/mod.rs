//! What to change, and who must change it. Every remedy with edits has been applied to the policies at hand and evaluated
//! before it is shown; what does not make the request allowed is not a remedy.

pub mod bedrock;
mod change;
mod cloudformation;
mod commands;
mod grant;
mod guardrail;
mod incident;
mod narrow;
mod next;
mod obstacle;
mod propose;
mod step;
mod terraform;
mod verify;
mod workbench;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::iam::{Policy, PolicyType};

pub use next::{NextDenial, expected, gaps, next_denials};
pub use propose::propose;
pub use verify::{Size, Verification};
pub use workbench::edited;

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
    /// Commands that carry it out, and how to go back.
    pub commands: Vec<String>,
    /// The same change as Terraform resources, where there are such.
    pub terraform: Option<String>,
    /// The same change as a CloudFormation template, where there are such resources.
    pub cloudformation: Option<String>,
    /// Steps for a person, in order, where commands do not do it.
    pub steps: Vec<String>,
    /// Why it should not be done, or why nothing better can be offered.
    pub why_not: Option<String>,
}

/// Who must make a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Whoever administers IAM in the principal's account.
    AccountAdmin,
    /// Whoever administers the organization's policies.
    OrganizationAdmin,
    /// Whoever makes the call.
    Caller,
    /// Whoever owns the resource.
    ResourceOwner,
    /// AWS itself.
    Aws,
}

impl Owner {
    /// For a person.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::AccountAdmin => "account admin",
            Self::OrganizationAdmin => "organization admin",
            Self::Caller => "the caller",
            Self::ResourceOwner => "resource owner",
            Self::Aws => "AWS",
        }
    }
}

/// Whether a remedy may be carried out as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// It opens exactly the denied request, or the call that it is part of, and weakens no Deny.
    Safe,
    /// A person who knows why the policy is as it is must agree.
    NeedsReview,
    /// It must not be done.
    Refused,
}

/// The kind of a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// The name of its files and blocks: no other edit of the remedy has it.
    pub stem: String,
}

impl Edit {
    /// The file name under which commands expect the corrected document.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.json", self.stem)
    }

    /// The file name of the document as it was.
    #[must_use]
    pub fn file_before(&self) -> String {
        format!("{}.before.json", self.stem)
    }

    /// The document as it was; empty for a new policy.
    #[must_use]
    pub fn text_before(&self) -> &str {
        self.before.as_ref().map_or("", |policy| policy.document.source.text())
    }
}

/// What is done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
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
