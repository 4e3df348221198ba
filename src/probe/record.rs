//! A finished run and what it does not know by itself: when, by whom, how signed; what follows from both.

use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::{self, Listed};
use super::cell::Cell;
use super::choice::newest_of;
use super::note::Note;
use super::offer::called_because_named;
use super::run::Run;
use super::settings::Origin;
use super::verdict::{Authorized, Verdict};
use crate::iam::{Command, Principal};
use crate::remedy::Remedy;

/// Whom the credentials belong to, as STS says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Identity {
    /// The caller's ARN.
    pub arn: String,
    /// The account.
    pub account: String,
}

/// How the calls are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// By the credentials of the identity.
    Sigv4,
    /// By a Bedrock API key, whose user may be another one.
    Bearer,
}

/// Why a key counts as compromised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// This input shows the key.
    KeyInInput(String),
    /// This input says that AWS has quarantined the identity.
    QuarantineInInput(String),
    /// AWS's quarantine policy is attached to the identity.
    QuarantineAttached,
}

impl Mark {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeyInInput(_) => "key-in-input",
            Self::QuarantineInInput(_) => "quarantine-in-input",
            Self::QuarantineAttached => "quarantine-attached",
        }
    }
}

/// That the key which signs the calls counts as compromised, and what to do.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Why.
    pub marks: Vec<Mark>,
    /// Whether calls were made with it all the same, as the caller wished.
    pub called: bool,
    /// What to do.
    pub response: Option<Remedy>,
}

/// A finished run.
#[derive(Debug, Clone)]
pub struct Record {
    /// The run.
    pub run: Run,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended.
    pub ended_at: String,
    /// Who called; none where STS did not answer.
    pub identity: Option<Identity>,
    /// How the calls were signed.
    pub auth: Auth,
    /// The command that does it again.
    pub command: Command,
    /// That the key counts as compromised.
    pub incident: Option<Incident>,
    /// What was known before the run, beyond the plan's notes.
    pub notes: Vec<Note>,
}

/// How a probe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every call that was planned is allowed, and the models answer.
    Allowed,
    /// Some cell is denied.
    Denied,
    /// Nothing is denied, and not everything is decided.
    Undecided,
    /// No call got an answer.
    Unreachable,
    /// A quarantined identity, or leaked credentials.
    Incident,
}

impl Record {
    /// The cells.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        self.run.cells()
    }

    /// How it ended; `incident` where the diagnosis of a denied cell is one.
    #[must_use]
    pub fn ending(&self, incident: bool) -> Ending {
        let cells = self.cells();
        let mut called = self.run.called().map(|cell| cell.judgement.verdict).peekable();
        if incident || self.incident.is_some() || cells.iter().any(|cell| cell.judgement.is_quarantine()) {
            Ending::Incident
        } else if called.peek().is_some() && called.all(|verdict| verdict == Verdict::Network) {
            Ending::Unreachable
        } else if cells.iter().any(|cell| cell.judgement.authorized == Authorized::No) {
            Ending::Denied
        } else if self.run.is_complete() && !cells.is_empty() && cells.iter().all(|cell| self.is_allowed(cell)) {
            Ending::Allowed
        } else {
            Ending::Undecided
        }
    }

    /// Whether a cell is allowed. That a model can be called by a profile only is no open question once the profile answers.
    fn is_allowed(&self, cell: &Cell) -> bool {
        let fine = |cell: &Cell| {
            cell.judgement.authorized == Authorized::Yes
                && matches!(cell.judgement.verdict, Verdict::Ok | Verdict::Throttled | Verdict::RequestInvalid)
        };
        let answers = |other: &Cell| {
            let (call, own) = (&other.plan.call, &cell.plan.call);
            other.plan.origin == Origin::Fallback
                && (&other.plan.asked, &call.region, call.api) == (&cell.plan.asked, &own.region, own.api)
                && fine(other)
        };
        fine(cell) || (cell.judgement.verdict == Verdict::Routing && self.cells().iter().any(answers))
    }

    /// The account whose policies decide: of the API key's user where that is known, of the identity otherwise.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self.auth {
            Auth::Sigv4 => self.identity.as_ref().map(|identity| identity.account.as_str()),
            Auth::Bearer => self.denied_principals().find_map(Principal::account),
        }
    }

    /// Whom AWS named as denied.
    fn denied_principals(&self) -> impl Iterator<Item = &Principal> {
        self.cells().iter().filter_map(|cell| cell.judgement.denial.as_ref()?.principal.as_ref())
    }

    /// What a reader should know besides the cells.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let plan = self.run.plan();
        let mut notes: Vec<Note> = plan.notes.iter().chain(&self.notes).cloned().collect();
        for cell in self.run.called() {
            notes.extend(
                called_because_named(&plan.settings, &plan.discovery, &cell.plan).filter(|note| !notes.contains(note)),
            );
        }
        notes.extend(self.not_tried());
        notes.extend(self.other_principal());
        notes
    }

    /// What the run does not show.
    fn not_tried(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut regions: Vec<&str> = self.run.called().map(Cell::region).collect();
        regions.sort_unstable();
        regions.dedup();
        let Some(first) = regions.first() else {
            return notes;
        };
        notes.push(Note::OnlyRegions(regions.iter().map(|region| (*region).to_owned()).collect()));
        let mut called: Vec<&str> = self.run.called().filter_map(|cell| cell.plan.base.as_deref()).collect();
        called.sort_unstable();
        called.dedup();
        if !called.is_empty() && called.iter().all(|base| catalogue::model(base).is_some_and(Listed::ended)) {
            notes.push(Note::AllEnded(called.len()));
            let newest = newest_of(&self.run.plan().discovery, first);
            notes.extend((!newest.is_empty()).then_some(Note::NewestModels(newest)));
        }
        notes
    }

    /// That AWS denied another principal than the one that STS named.
    fn other_principal(&self) -> Option<Note> {
        let denied = self.denied_principals().map(Principal::as_str).find(|named| named.starts_with("arn:"))?;
        let named = self.identity.as_ref().map(|identity| &identity.arn);
        if named.is_some_and(|named| named == denied) {
            return None;
        }
        let denied = denied.to_owned();
        Some(match self.auth {
            Auth::Bearer => Note::ApiKeyUser(denied),
            Auth::Sigv4 => Note::OtherPrincipal { denied, named: named.cloned() },
        })
    }

    /// How many cells show that the policies allow them, or do not.
    #[must_use]
    pub fn authorized(&self, wanted: Authorized) -> usize {
        self.cells().iter().filter(|cell| cell.judgement.authorized == wanted).count()
    }
}
