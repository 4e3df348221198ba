//! Which cells follow from the answer of another one: another way to the same model, or other parameters.

use super::call::Variation;
use super::cell::{Cell, PlannedCell};
use super::choice::profiles;
use super::model::ModelRef;
use super::offer::would_subscribe;
use super::plan::Plan;
use super::settings::{Origin, Settings};
use super::verdict::{Authorized, Detail, Verdict};

/// Another way to the same model, where the answer may depend on how the model is named. An explicit deny is looked up, not gone around.
pub(super) fn fallback(plan: &Plan, cells: &[Cell], at: usize) -> Option<PlannedCell> {
    let cell = cells.get(at)?;
    let call = &cell.plan.call;
    let depends = match cell.judgement.verdict {
        Verdict::Routing => true,
        // where the other action is allowed on the same model, the action is what is missing, and no other way has it
        Verdict::DeniedImplicit | Verdict::Denied => !cells.iter().any(|other| {
            other.plan.call.is_sibling(call)
                && other.plan.call.api.action() != call.api.action()
                && (!other.is_done() || other.judgement.authorized == Authorized::Yes)
        }),
        _ => false,
    };
    let with_api_key = cell.judgement.detail == Some(Detail::BearerToken);
    if !depends || !plan.settings.fallback || call.variation != plan.settings.plain() || with_api_key {
        return None;
    }
    // each way leads to the next: from the id, or a profile of another geography, to the nearest profile, from that to the one after it
    let ways = profiles(&plan.discovery, &call.region, cell.plan.base.as_deref()?);
    let prefix = call.model.prefix();
    let here =
        ways.iter().position(|way| prefix.is_some() && ModelRef::parse(way).is_ok_and(|way| way.prefix() == prefix));
    let model = ModelRef::parse(ways.get(here.map_or(0, |here| here + 1))?).ok()?;
    let mut next = PlannedCell { origin: Origin::Fallback, after: Some(at), not_run: None, ..cell.plan.clone() };
    next.call.model = model;
    if cells.iter().any(|cell| cell.plan.call == next.call) {
        return None;
    }
    next.not_run = would_subscribe(&plan.settings, &plan.discovery, &next);
    Some(next)
}

/// The same call with other parameters: on what works, and on an explicit deny those that its condition may ask for.
pub(super) fn variations(settings: &Settings, cell: &Cell, at: usize) -> Vec<PlannedCell> {
    let call = &cell.plan.call;
    if call.variation != Variation::Plain {
        return Vec::new();
    }
    let guardrail = settings.guardrail.clone();
    let guardrail = guardrail.map(|(identifier, version)| Variation::Guardrail { identifier, version });
    let tiers = [Variation::ServiceTier("priority"), Variation::ServiceTier("flex")];
    let mut variations = Vec::new();
    match cell.judgement.verdict {
        Verdict::Ok => {
            if settings.params && !call.api.streams() {
                variations.extend([Variation::Temperature, Variation::TemperatureAndTopP, Variation::Tool]);
                variations.extend(tiers);
                variations.push(Variation::LowLatency);
            }
            variations.extend(guardrail);
        }
        Verdict::DeniedExplicit if settings.try_conditions => {
            variations.extend(guardrail);
            variations.extend(tiers);
        }
        _ => {}
    }
    let planned = |variation| {
        let mut planned = PlannedCell { origin: Origin::Variation, after: Some(at), ..cell.plan.clone() };
        planned.call.variation = variation;
        planned
    };
    variations.into_iter().map(planned).collect()
}
