//! How many of the attempted calls were denied or answered: counts of what was tried, and of nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use super::settings::NotRun;
use super::verdict::{Detail, Verdict};
use crate::iam::PolicyType;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// No call was made.
    NothingCalled,
    /// Calls were denied.
    Denied {
        /// How many.
        calls: usize,
        /// Of how many.
        called: usize,
        /// What was called.
        extent: Extent,
        /// By action: how many of how many.
        actions: BTreeMap<&'static str, (usize, usize)>,
    },
    /// Calls were answered.
    Answered {
        /// How many.
        calls: usize,
        /// Of how many.
        called: usize,
    },
    /// Calls were refused because of the credentials.
    CredentialsRefused {
        /// How many.
        calls: usize,
        /// Of how many.
        called: usize,
    },
}

impl Observation {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NothingCalled => "nothing-called",
            Self::Denied { .. } => "denied",
            Self::Answered { .. } => "answered",
            Self::CredentialsRefused { .. } => "credentials-refused",
        }
    }
}

/// How many models and Regions cells are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Models.
    pub models: usize,
    /// Regions.
    pub regions: usize,
}

impl Extent {
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> Self {
        let models: BTreeSet<&str> = cells.clone().map(Cell::base_or_model).collect();
        let regions: BTreeSet<&str> = cells.map(Cell::region).collect();
        Self { models: models.len(), regions: regions.len() }
    }
}

/// How many of the attempted calls were denied, answered, refused for the credentials.
#[must_use]
pub fn observations(cells: &[Cell]) -> Vec<Observation> {
    let attempted = cells.iter().filter(|cell| cell.was_called());
    let called = attempted.clone().count();
    if called == 0 {
        return vec![Observation::NothingCalled];
    }
    let mut actions: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for cell in attempted.clone() {
        let (denied, all) = actions.entry(cell.plan.call.api.action()).or_default();
        *denied += usize::from(cell.is_denied());
        *all += 1;
    }
    let count = |verdict: fn(&Cell) -> bool| attempted.clone().filter(|cell| verdict(cell)).count();
    let all = [
        (
            count(Cell::is_denied),
            Observation::Denied {
                calls: count(Cell::is_denied),
                called,
                extent: Extent::of(attempted.clone()),
                actions,
            },
        ),
        (count(Cell::is_ok), Observation::Answered { calls: count(Cell::is_ok), called }),
        (count(bad_key), Observation::CredentialsRefused { calls: count(bad_key), called }),
    ];
    all.into_iter().filter(|(calls, _)| *calls > 0).map(|(_, observation)| observation).collect()
}

fn bad_key(cell: &Cell) -> bool {
    cell.judgement.verdict == Verdict::AuthFailed
}

/// The answer in short: models that answer, and what became of the other calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many models were called, not counting calls with other parameters.
    pub models: usize,
    /// How many of them answer.
    pub answering: usize,
    /// Whether no call asked for an answer.
    pub dry: bool,
    /// Why cells were not called, and how many they are; only where none was.
    pub not_called: Vec<(NotRun, usize)>,
    /// What became of the calls that were not answered, and how many they are.
    pub others: Vec<(Fate, usize)>,
}

/// What became of a call that was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// The verdict; of a stream that broke, always the same.
    pub verdict: Verdict,
    /// Whether it is likely allowed.
    pub likely: bool,
    /// Which type of policy denied it.
    pub policy_type: Option<PolicyType>,
}

impl Fate {
    fn of(cell: &Cell) -> Self {
        let verdict = match cell.judgement.verdict {
            Verdict::StreamTruncated => Verdict::StreamError,
            other => other,
        };
        let names_type = matches!(verdict, Verdict::DeniedExplicit | Verdict::DeniedImplicit);
        let policy_type = cell.judgement.policy_type().filter(|_| names_type);
        Self { verdict, likely: cell.judgement.detail == Some(Detail::Likely), policy_type }
    }
}

impl Summary {
    /// The answer of these cells.
    #[must_use]
    pub fn of(cells: &[Cell]) -> Self {
        let plain = cells.iter().filter(|cell| cell.was_called() && cell.plan.call.variation.is_plain());
        let mut others: Vec<(Fate, usize)> = Vec::new();
        for fate in plain.clone().filter(|cell| !cell.is_ok()).map(Fate::of) {
            match others.iter_mut().find(|(known, _)| *known == fate) {
                Some((_, calls)) => *calls += 1,
                None => others.push((fate, 1)),
            }
        }
        let answering = Extent::of(plain.clone().filter(|cell| cell.is_ok())).models;
        let dry = answering == 0 && plain.clone().all(|cell| cell.plan.call.variation == super::Variation::Dry);
        let models = Extent::of(plain).models;
        let mut not_called: Vec<(NotRun, usize)> = Vec::new();
        for reason in cells.iter().filter(|_| models == 0).filter_map(Cell::why_not_run) {
            match not_called.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, cells)) => *cells += 1,
                None => not_called.push((reason, 1)),
            }
        }
        Self { models, answering, dry, not_called, others }
    }

    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match (self.models, self.answering) {
            (0, _) => "nothing-called",
            _ if self.dry => "dry",
            (_, 0) => "none-answers",
            (models, answering) if models == answering => "all-answer",
            _ => "some-answer",
        }
    }
}
