//! What a strategy is, and what it goes by.

use super::super::Remedy;
use super::super::bedrock::{BedrockCall, through};
use super::super::cannot_fix::CannotFix;
use super::super::narrow::Style;
use super::super::wider::Proved;
use crate::denial::DenialKind;
use crate::diagnose::{Blocker, DenialContext, Diagnosis, is_quarantine};

/// One way to a remedy.
#[derive(Debug, Clone, Copy)]
pub(in crate::remedy) struct Strategy {
    /// The stable name.
    pub(in crate::remedy) id: &'static str,
    /// Whether it is for this case.
    pub(in crate::remedy) applies: fn(&Situation<'_>) -> bool,
    /// What it drafts.
    pub(in crate::remedy) drafts: Drafts,
}

/// What a strategy drafts.
#[derive(Debug, Clone, Copy)]
pub(in crate::remedy) enum Drafts {
    /// A remedy that edits nothing.
    Advice(fn(&Situation<'_>) -> Option<Remedy>),
    /// Edits, one for each blocker: how a Deny is narrowed, and how a missing allow is added.
    Edits(Style, Grant),
}

/// How a missing allow is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::remedy) enum Grant {
    /// A statement of its own.
    Statement,
    /// The statement that nearly allows it.
    Widen,
    /// A policy of its own, where those that are there have no room left: a managed one, or another one at the level.
    Own,
    /// Everything that the call needs of which the request is a part.
    Call,
}

/// How far the case lets remedies go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// AWS quarantined the key: nothing but the incident counts.
    Quarantined,
    /// No policy denied the request.
    NoDenial,
    /// The text contradicts itself about what was denied.
    Unconfirmed,
    /// A role that a service uses lacks permissions; of the several that it needs the text does not tell which.
    ServiceRole,
    /// No policy that was seen blocks the request.
    NothingBlocks,
    /// Policies block it.
    Blocked,
}

/// The case, and what the strategies before this one found.
#[derive(Debug)]
pub(in crate::remedy) struct Situation<'c> {
    pub(in crate::remedy) case: &'c DenialContext<'c>,
    pub(in crate::remedy) diagnosis: &'c Diagnosis,
    stage: Stage,
    /// The call through an inference profile of which the request is a part.
    pub(in crate::remedy) call: Option<BedrockCall>,
    /// The advice so far, each with the strategy that gave it.
    pub(in crate::remedy) advice: Vec<(&'static str, Remedy)>,
    /// The edits that were proved.
    pub(in crate::remedy) proved: Vec<Proved>,
    /// Why other edits could not be made or proved.
    pub(in crate::remedy) obstacles: Vec<CannotFix>,
    /// How much advice there was when the first edits were tried.
    pub(in crate::remedy) edits_at: Option<usize>,
    /// Whether the strategy before found a policy without room for its edit.
    pub(in crate::remedy) no_room: bool,
}

/// Whether AWS says that a Deny matched, of no type, and none was found: no Allow helps against it.
fn is_denied_elsewhere(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> bool {
    case.says_only_that_it_is_denied() && !diagnosis.blockers.iter().any(Blocker::is_explicit)
}

impl<'c> Situation<'c> {
    pub(in crate::remedy) fn new(case: &'c DenialContext<'c>, diagnosis: &'c Diagnosis) -> Self {
        let stage = if is_quarantine(case) {
            Stage::Quarantined
        } else if case.denial.kind != DenialKind::IamDenial {
            Stage::NoDenial
        } else if !case.unconfirmed().is_empty() {
            Stage::Unconfirmed
        } else if case.denial.role_of_service().is_some() {
            Stage::ServiceRole
        } else if diagnosis.blockers.is_empty() || is_denied_elsewhere(case, diagnosis) {
            Stage::NothingBlocks
        } else {
            Stage::Blocked
        };
        let call = if stage == Stage::Blocked { through(case) } else { None };
        let (advice, proved, obstacles) = (Vec::new(), Vec::new(), Vec::new());
        Self { case, diagnosis, stage, call, advice, proved, obstacles, edits_at: None, no_room: false }
    }

    pub(super) fn is_quarantined(&self) -> bool {
        self.stage == Stage::Quarantined
    }

    pub(super) fn is_unconfirmed(&self) -> bool {
        self.stage == Stage::Unconfirmed
    }

    pub(super) fn is_of_service_role(&self) -> bool {
        self.stage == Stage::ServiceRole
    }

    pub(super) fn nothing_blocks(&self) -> bool {
        self.stage == Stage::NothingBlocks
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.stage == Stage::Blocked
    }

    /// Whether a strategy gave its advice.
    pub(in crate::remedy) fn has(&self, strategy: &Strategy) -> bool {
        self.advice.iter().any(|(id, _)| *id == strategy.id)
    }

    /// Takes in what became of edits.
    pub(in crate::remedy) fn add(&mut self, outcome: Result<Option<Proved>, CannotFix>) {
        self.edits_at.get_or_insert(self.advice.len());
        self.no_room = outcome.as_ref().is_err_and(CannotFix::is_for_want_of_room);
        match outcome {
            Ok(proved) => self.proved.extend(proved),
            Err(obstacle) if !self.obstacles.contains(&obstacle) => self.obstacles.push(obstacle),
            Err(_) => {}
        }
    }
}
