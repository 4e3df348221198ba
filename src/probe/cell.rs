//! One cell of the matrix: the planned call, the attempts at it, and what they amount to.

use super::attempt::{Attempt, Outcome, StreamFailure, Usage};
use super::call::Call;
use super::settings::{NotRun, Origin};
use super::verdict::{Authorized, Detail, Verdict};
use crate::denial::Denial;
use crate::iam::PolicyType;

/// A call that the plan holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCell {
    /// The model as asked.
    pub asked: String,
    /// The call.
    pub call: Call,
    /// The id of the model that answers the call, where it is known.
    pub base: Option<String>,
    /// Why it is here.
    pub origin: Origin,
    /// The cell that led to it.
    pub after: Option<usize>,
    /// Why it is not called.
    pub not_run: Option<NotRun>,
}

/// A planned call with its attempts and their verdict.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What was planned.
    pub plan: PlannedCell,
    /// Every call that was made.
    pub attempts: Vec<Attempt>,
    /// What they amount to; until the cell is done, that it was not run.
    pub judgement: Judgement,
    pub(crate) state: State,
}

/// How far a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    InFlight,
    Done,
}

/// What the attempts of one cell amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What it says more precisely.
    pub detail: Option<Detail>,
    /// Whether the policies allow it.
    pub authorized: Authorized,
    /// What the verdict does not show by itself.
    pub notes: Vec<CellNote>,
    /// What AWS said, read; for denied cells.
    pub denial: Option<Denial>,
}

/// What a verdict does not show by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellNote {
    /// The verdicts of the attempts before the last one, and how many attempts these were.
    EarlierAttempts(Vec<Verdict>, usize),
    /// The stream broke off after so many events.
    StreamBrokeOff(u32),
    /// The stream ended with an error after so many events.
    StreamFailed(u32),
    /// Without an answer, nothing is known about permissions.
    NoAnswer,
    /// The error is not one that this service is known to send.
    UnknownError,
    /// The model's provider refuses, not IAM.
    ProviderRefuses,
    /// The model's provider sends an error that is not known.
    UnknownProviderError,
    /// The answer does not look like one of AWS.
    NotFromAws,
    /// The dry call was refused as not valid.
    LikelyAllowed,
    /// The service judges the body after the permissions.
    BodyJudgedAfterPermissions,
    /// Only a rate or quota is in the way.
    OnlyRateOrQuota,
    /// The credentials were not accepted, so no policy was evaluated.
    CredentialsNotAccepted,
    /// No policy of Bedrock is named.
    NoPolicyNamed,
    /// The model has ended: not a permission.
    ModelEnded,
    /// The model seems to have been reached.
    ModelReached,
    /// The denial names neither the resource nor the reason.
    BareDenial,
    /// The model is known to refuse the parameters.
    KnownToRefuse,
    /// Why the cell was not called.
    NotRun(NotRun),
    /// The run was interrupted during the call.
    InterruptedDuringCall,
}

impl CellNote {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EarlierAttempts(..) => "earlier-attempts",
            Self::StreamBrokeOff(_) => "stream-broke-off",
            Self::StreamFailed(_) => "stream-failed",
            Self::NoAnswer => "no-answer",
            Self::UnknownError => "unknown-error",
            Self::ProviderRefuses => "provider-refuses",
            Self::UnknownProviderError => "unknown-provider-error",
            Self::NotFromAws => "not-from-aws",
            Self::LikelyAllowed => "likely-allowed",
            Self::BodyJudgedAfterPermissions => "body-judged-after-permissions",
            Self::OnlyRateOrQuota => "only-rate-or-quota",
            Self::CredentialsNotAccepted => "credentials-not-accepted",
            Self::NoPolicyNamed => "no-policy-named",
            Self::ModelEnded => "model-ended",
            Self::ModelReached => "model-reached",
            Self::BareDenial => "bare-denial",
            Self::KnownToRefuse => "known-to-refuse",
            Self::NotRun(reason) => reason.code(),
            Self::InterruptedDuringCall => "interrupted-during-call",
        }
    }
}

impl Judgement {
    /// A verdict without more.
    #[must_use]
    pub const fn new(verdict: Verdict, detail: Option<Detail>, authorized: Authorized) -> Self {
        Self { verdict, detail, authorized, notes: Vec::new(), denial: None }
    }

    /// That the cell was not called.
    #[must_use]
    pub fn not_run(reason: NotRun) -> Self {
        Self::new(Verdict::NotRun, Some(reason.into()), Authorized::Unknown).with(CellNote::NotRun(reason))
    }

    pub(super) fn with(mut self, note: CellNote) -> Self {
        self.notes.push(note);
        self
    }

    /// Whether AWS has quarantined the identity.
    #[must_use]
    pub fn is_quarantine(&self) -> bool {
        self.detail == Some(Detail::Quarantine)
    }

    /// The type of policy that AWS named.
    #[must_use]
    pub fn policy_type(&self) -> Option<PolicyType> {
        self.denial.as_ref()?.reason.policy_type
    }

    /// The policy that AWS named.
    #[must_use]
    pub fn policy_arn(&self) -> Option<&str> {
        self.denial.as_ref()?.reason.policy_arn.as_deref()
    }

    /// The resource that was denied: not always the model that was asked for.
    #[must_use]
    pub fn denied_resource(&self) -> Option<&str> {
        self.denial.as_ref()?.resource.as_deref()
    }
}

impl Cell {
    pub(super) fn new(plan: PlannedCell) -> Self {
        let state = if plan.not_run.is_some() { State::Done } else { State::Open };
        let judgement = Judgement::not_run(plan.not_run.unwrap_or(NotRun::Interrupted));
        Self { plan, attempts: Vec::new(), judgement, state }
    }

    /// Whether it was called.
    #[must_use]
    pub const fn was_called(&self) -> bool {
        !self.attempts.is_empty()
    }

    /// Why it was not called.
    #[must_use]
    pub fn why_not_run(&self) -> Option<NotRun> {
        self.judgement.notes.iter().find_map(|note| match note {
            CellNote::NotRun(reason) => Some(*reason),
            _ => None,
        })
    }

    /// Whether it has its verdict.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether IAM denied it.
    #[must_use]
    pub const fn is_denied(&self) -> bool {
        self.judgement.verdict.is_denied()
    }

    /// Whether the model answered.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.judgement.verdict == Verdict::Ok
    }

    /// What was called, as it went into the request.
    #[must_use]
    pub fn model(&self) -> &str {
        self.plan.call.model.as_str()
    }

    /// The id of the model that answers, otherwise what was called.
    #[must_use]
    pub fn base_or_model(&self) -> &str {
        self.plan.base.as_deref().unwrap_or_else(|| self.model())
    }

    /// The Region whose endpoint was called.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.plan.call.region
    }

    /// The action that was denied, otherwise the one that the operation checks.
    #[must_use]
    pub fn action(&self) -> &str {
        let denied = self.judgement.denial.as_ref().and_then(|denial| denial.action.as_ref());
        denied.map_or_else(|| self.plan.call.api.action(), |action| action.as_str())
    }

    /// The HTTP status of the last answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.attempts.last()?.outcome {
            Outcome::Refused { status, .. } => Some(status),
            Outcome::Unanswered(_) => None,
            _ => Some(200),
        }
    }

    /// The error code of the last answer.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        match &self.attempts.last()?.outcome {
            Outcome::Refused { code, .. } | Outcome::Exception { failure: StreamFailure::Service { code, .. }, .. } => {
                code.as_deref()
            }
            _ => None,
        }
    }

    /// The tokens, where an answer reports them.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.attempts.iter().map(Attempt::usage).find(|usage| *usage != Usage::default())
    }
}
