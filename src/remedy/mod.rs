//! What to change, and who must change it. Every remedy with edits has been applied to the policies at hand and evaluated
//! before it is shown; what does not make the request allowed is not a remedy.

mod add_allow;
mod add_to;
mod addition;
mod addition_commands;
mod agreeing;
mod applied;
mod assumption;
mod attempt;
pub mod bedrock;
mod cannot_fix;
mod change_kind;
mod companion_checks;
mod danger;
mod demand;
mod draft;
mod edit;
mod editable;
mod exact;
mod federated;
mod file_stem;
mod for_service;
mod further_denials;
mod grantee;
mod guardrail;
mod id;
mod kept;
mod lever;
mod loose_document;
mod mfa;
mod narrow;
mod narrow_deny;
mod needed_statement;
mod next_why;
mod opens_guardrail;
mod other_denial;
mod presumed;
mod principal_arn;
mod propose;
mod prove;
mod provision;
mod quota;
mod rank;
mod request_change;
mod resource_entry;
mod service_linked;
mod step;
mod strategies;
mod title;
mod verify;
mod why_not;
mod wider;

use serde::{Deserialize, Serialize};

use crate::iam::Command;
use crate::reference::Danger;

pub use crate::iam::Owner;
pub use add_to::AddTo;
pub use addition::Addition;
pub use applied::{applied, is_attached, is_same_policy};
pub use assumption::{Needed, PolicyAssumption};
pub use cannot_fix::{CannotFix, PolicyPart};
pub use change_kind::{Access, Allows, ChangeKind, Exempted, KeptConditions};
pub use danger::MainDanger;
pub use demand::{Demand, VariableMiss};
pub use draft::edited;
pub use edit::{DocumentChange, Edit, EditOp, renamed};
pub use file_stem::free_stem;
pub use further_denials::{NextDenial, expected, gaps, next_denials};
pub use guardrail::{Exception, Guarded, Guardrail, KnownIdentity};
pub use id::RemedyId;
pub use mfa::Mfa;
pub use narrow::Opened;
pub use next_why::{CopyHalf, NextWhy, When};
pub use other_denial::{DenialPlace, OtherDenial};
pub use presumed::Presumed;
pub use propose::propose;
pub use quota::{Size, has_room};
pub use request_change::{NewValue, RequestChange};
pub use step::{Credentials, OtherStatement, Step};
pub use strategies::{IncidentStep, PublicAccessStep, incident_response};
pub use title::{ForGuests, OfAws, Title};
pub use verify::Verification;
pub use why_not::{Together, WhyNot};

/// The policies as a proof takes them: layers that were not seen do not block; and which those are.
#[must_use]
pub fn presumed(policies: &crate::iam::PolicySet) -> (crate::iam::PolicySet, Vec<crate::iam::Subject>) {
    (draft::Draft::new(policies).policies, verify::unseen(policies))
}

/// A change that takes the request from denied to allowed, or the steps to take instead.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Remedy {
    /// Which one of its report it is.
    pub id: RemedyId,
    /// What it does, in one line.
    pub title: Title,
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
    pub steps: Vec<Step>,
    /// Why it should not be done, or why nothing better can be offered.
    pub why_not: Vec<WhyNot>,
}

impl Remedy {
    /// Who must make its edits, each once, in order, in the words of [`Edit::owner_in_account`].
    #[must_use]
    pub fn owners(&self) -> Vec<String> {
        owners(&self.edits)
    }

    /// A remedy that changes no policy and is not proved.
    fn advice(id: RemedyId, owner: Owner, title: Title, steps: Vec<Step>) -> Self {
        Self {
            id,
            title,
            owner,
            disposition: Disposition::NeedsReview,
            kind: RemedyKind::ChangeRequest,
            edits: Vec::new(),
            verification: None,
            calls: Vec::new(),
            steps,
            why_not: Vec::new(),
        }
    }

    /// Whether it is about the policy that AWS spoke of and nobody has seen: then it is the answer, and stands first.
    #[must_use]
    pub const fn answers_alone(&self) -> bool {
        matches!(
            self.title,
            Title::AddTo { .. }
                | Title::ServiceLinked { .. }
                | Title::FindDeny { .. }
                | Title::SeeResource { .. }
                | Title::Unsigned
                | Title::AssumeThere { .. }
                | Title::SessionOfGuest
                | Title::TellMore(_)
        )
    }

    /// Whether another call was meant, and nothing has to be allowed for it here.
    #[must_use]
    pub const fn changes_the_call(&self) -> bool {
        match &self.title {
            Title::AlreadyThisRole(_)
            | Title::NameTheRole(_)
            | Title::NoLongerAsked(_)
            | Title::OwnedByAws { .. }
            | Title::NameTheOtherAccount { .. } => true,
            Title::OtherProvider { trusted, .. } => !trusted.is_empty(),
            _ => false,
        }
    }

    /// Whether it helps only if something holds that was not seen.
    fn is_conditional(&self) -> bool {
        self.verification.as_ref().is_none_or(|verification| !verification.conditional_on.is_empty())
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
#[non_exhaustive]
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
