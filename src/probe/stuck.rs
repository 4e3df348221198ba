//! The cells that failed for another reason than a policy, by what failed: the steps for many cells are said once.

use super::cell::Cell;
use super::choice::{instead_of, ways_to};
use super::classify;
use super::discovery::{Agreement, Discovery};
use super::record::Record;
use super::settings::{NotRun, Origin};
use crate::denial::ModelFailure;
use crate::remedy::bedrock::next::{CalledModel, Calls, Ways};

/// Cells that failed in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// The cells, counted from 0.
    pub cells: Vec<usize>,
    /// What failed, of which models, and what to do.
    pub calls: Calls,
}

/// The cells of a run that failed, in the order of the first of each kind.
#[must_use]
pub fn stuck(record: &Record) -> Vec<Stuck> {
    let mut all: Vec<Stuck> = Vec::new();
    for (at, cell) in record.cells().iter().enumerate() {
        let Some(failure) = failure(record, cell) else { continue };
        let model = model(record, cell);
        match all.iter_mut().find(|known| known.calls.failure == failure) {
            Some(known) => {
                known.cells.push(at);
                if !known.calls.models.contains(&model) {
                    known.calls.models.push(model);
                }
            }
            None => all.push(Stuck { cells: vec![at], calls: Calls { failure, models: vec![model] } }),
        }
    }
    all
}

fn failure(record: &Record, cell: &Cell) -> Option<ModelFailure> {
    // that a model refuses a parameter which was only tried needs no step
    if !cell.plan.call.variation.is_plain() {
        return None;
    }
    if cell.plan.not_run == Some(NotRun::WouldSubscribe) {
        let base = cell.plan.base.as_deref();
        let agreement = base.map(|base| discovery(record).agreement(cell.region(), base));
        let known = agreement == Some(Agreement::Missing);
        return Some(if known { ModelFailure::Agreement } else { ModelFailure::AgreementNotKnown });
    }
    classify::failure(cell.judgement.verdict, cell.judgement.detail)
}

fn discovery(record: &Record) -> &Discovery {
    &record.run.plan().discovery
}

fn model(record: &Record, cell: &Cell) -> CalledModel {
    let (found, region) = (discovery(record), cell.region());
    let base = cell.plan.base.clone();
    let plain = CalledModel::new(Some(cell.model().to_owned()), Some(region.to_owned()));
    let profiles = match (answering(record, cell), &base) {
        (Some(answers), _) => Ways::Answer(vec![answers]),
        (None, Some(base)) => match ways_to(found, region, base) {
            Ways::Unknown => plain.profiles.clone(),
            known => known,
        },
        (None, None) => Ways::Unknown,
    };
    let listed = found.region(region).and_then(|region| region.models.listed());
    CalledModel {
        newest: instead_of(found, region, base.as_deref()),
        listed: listed.zip(base.as_ref()).map(|(models, base)| models.iter().any(|model| model.id == *base)),
        base,
        profiles,
        ..plain
    }
}

/// The profile that answered in the place of this cell.
fn answering(record: &Record, cell: &Cell) -> Option<String> {
    let own = &cell.plan;
    let stands_for = |other: &&Cell| {
        other.plan.origin == Origin::Fallback
            && other.is_ok()
            && other.plan.asked == own.asked
            && other.plan.call.region == own.call.region
    };
    record.cells().iter().find(stands_for).map(|other| other.model().to_owned())
}
