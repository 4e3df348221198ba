//! Which calls to make: every cell of the matrix before the first call, what they cost at most, and what is left out and why.

use schemars::JsonSchema;
use serde::Serialize;

use super::call::Call;
use super::cell::PlannedCell;
use super::choice::choices;
use super::discovery::Discovery;
use super::model::ModelError;
use super::note::Note;
use super::offer::{is_offered, would_subscribe};
use super::plan_notes::{about, sources};
use super::price;
use super::settings::{MAX_CELLS, NotRun, Settings};

/// The calls to make, and what is known before them.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What was asked for.
    pub settings: Settings,
    /// What the control plane reported.
    pub discovery: Discovery,
    /// The cells that are known before the run.
    pub cells: Vec<PlannedCell>,
    /// What the run costs at most.
    pub estimate: Estimate,
    /// Where the models come from, which have ended, what was not found out.
    pub notes: Vec<Note>,
}

/// What a run can come to, before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct Estimate {
    /// Calls, without retries and without what follows from their answers.
    pub calls: usize,
    /// Their price at most.
    pub max_usd: f64,
    /// The limit of the whole run.
    pub limit_usd: f64,
}

/// What cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// One of the models.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// No Region.
    #[error("there is no Region to call. Name one with --regions, or configure one")]
    NoRegion,
    /// A Region that cannot be one.
    #[error("`{0}` is not the name of a Region, such as us-east-1")]
    Region(String),
    /// No operation.
    #[error("there is no API to call. Give --api converse or --api invoke")]
    NoApi,
    /// A limit that is none.
    #[error("the limit of US dollars is no number from 0 on. Give one, such as --max-usd 0.5")]
    Budget,
}

/// The plan for what is asked, with what the control plane reported.
///
/// # Errors
/// When a model or Region is none, or there is nothing to call.
pub fn plan(mut settings: Settings, discovery: Discovery) -> Result<Plan, PlanError> {
    check(&settings)?;
    let mut seen: Vec<String> = Vec::new();
    settings.regions.retain(|region| {
        let new = !seen.contains(region);
        seen.push(region.clone());
        new
    });
    let mut cells = Vec::new();
    let mut notes = Vec::new();
    for region in &settings.regions {
        let (chosen, missing) = choices(&settings, &discovery, region)?;
        notes.extend(missing.into_iter().map(|family| Note::NoActiveModel { region: region.clone(), family }));
        for choice in chosen {
            let base = discovery.base(region, &choice.model);
            for note in about(&choice.model, base.as_deref(), region, &discovery) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            for api in settings.apis() {
                let (region, model) = (region.clone(), choice.model.clone());
                let mut cell = PlannedCell {
                    asked: choice.asked.clone(),
                    call: Call { region, model, api, variation: settings.plain() },
                    base: base.clone(),
                    origin: choice.origin,
                    after: None,
                    not_run: None,
                };
                cell.not_run = would_subscribe(&settings, &discovery, &cell);
                cells.push(cell);
            }
        }
    }
    limit(&settings, &mut cells);
    notes.extend(sources(&settings, &discovery));
    let called = || cells.iter().filter(|cell| cell.not_run.is_none());
    let estimate = Estimate {
        calls: called().count(),
        max_usd: called().map(|cell| price::bound(&cell.call)).sum(),
        limit_usd: settings.max_usd,
    };
    Ok(Plan { settings, discovery, cells, estimate, notes })
}

/// The models whose availability to ask for before the plan is made: Region and id, each once.
///
/// # Errors
/// As [`plan`].
pub fn candidates(settings: &Settings, discovery: &Discovery) -> Result<Vec<(String, String)>, PlanError> {
    check(settings)?;
    let mut found = Vec::new();
    for region in &settings.regions {
        for choice in choices(settings, discovery, region)?.0 {
            let Some(base) = discovery.base(region, &choice.model) else {
                continue;
            };
            let candidate = (region.clone(), base);
            if is_offered(&choice.model) && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
    }
    Ok(found)
}

fn check(settings: &Settings) -> Result<(), PlanError> {
    if settings.regions.is_empty() {
        return Err(PlanError::NoRegion);
    }
    let plain = |region: &&String| {
        !region.is_empty() && region.len() <= 32 && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if let Some(region) = settings.regions.iter().find(|region| !plain(region)) {
        return Err(PlanError::Region(region.escape_debug().take(80).collect()));
    }
    if settings.apis().is_empty() {
        return Err(PlanError::NoApi);
    }
    if settings.max_usd.is_finite() && settings.max_usd >= 0.0 { Ok(()) } else { Err(PlanError::Budget) }
}

/// Takes out what is over the limits.
fn limit(settings: &Settings, cells: &mut [PlannedCell]) {
    let (cells_left, reason) = match settings.max_calls {
        Some(calls) => (usize::try_from(calls).unwrap_or(usize::MAX), NotRun::OverCalls),
        None => (MAX_CELLS, NotRun::OverCap),
    };
    let mut usd = settings.max_usd;
    let mut count = 0;
    for cell in cells.iter_mut().filter(|cell| cell.not_run.is_none()) {
        let bound = price::bound(&cell.call);
        if count >= cells_left {
            cell.not_run = Some(reason);
        } else if bound > usd {
            cell.not_run = Some(NotRun::OverBudget);
        } else {
            count += 1;
            usd -= bound;
        }
    }
}
