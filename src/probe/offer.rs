//! Whether a call could make the account agree to a model's offer on AWS Marketplace.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html>

use super::catalogue::{self, Listed};
use super::cell::PlannedCell;
use super::discovery::{Agreement, Discovery};
use super::model::{ModelKind, ModelRef};
use super::note::Note;
use super::settings::{NotRun, Settings};

/// Whether a call goes to a model that is offered on Marketplace: the account's own models and capacity are there already.
pub(super) const fn is_offered(model: &ModelRef) -> bool {
    matches!(
        model.kind(),
        ModelKind::Foundation | ModelKind::SystemProfile | ModelKind::ApplicationProfile | ModelKind::PromptRouter
    )
}

/// Whether the first call could make the account agree to an offer. What is not known could: then only a model that the user names is
/// called, and the report says so.
pub(super) fn would_subscribe(settings: &Settings, discovery: &Discovery, cell: &PlannedCell) -> Option<NotRun> {
    if settings.allow_subscribe || !is_offered(&cell.call.model) {
        return None;
    }
    let would = match agreement(discovery, cell) {
        Agreement::Made => false,
        Agreement::Missing => true,
        Agreement::Unknown => settings.models.is_empty() && !has_ended(cell),
    };
    would.then_some(NotRun::WouldSubscribe)
}

/// That a model was called because it was named, though nobody knows whether the account has agreed to its offer.
pub(super) fn called_because_named(settings: &Settings, discovery: &Discovery, cell: &PlannedCell) -> Option<Note> {
    let unknown = agreement(discovery, cell) == Agreement::Unknown;
    (unknown && !settings.allow_subscribe && is_offered(&cell.call.model) && !has_ended(cell))
        .then(|| Note::CalledBecauseNamed(cell.base.clone().unwrap_or_else(|| cell.call.model.to_string())))
}

fn agreement(discovery: &Discovery, cell: &PlannedCell) -> Agreement {
    cell.base.as_deref().map_or(Agreement::Unknown, |base| discovery.agreement(&cell.call.region, base))
}

/// Nobody can subscribe to what has ended.
fn has_ended(cell: &PlannedCell) -> bool {
    cell.base.as_deref().and_then(catalogue::model).is_some_and(Listed::ended)
}
