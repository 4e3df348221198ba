//! What is known about the models of a plan before any of them is called, and where that knowledge comes from.

use super::catalogue::{self, Listed};
use super::discovery::{Availability, Discovery, Found};
use super::model::ModelRef;
use super::note::{Aspect, Note};
use super::settings::Settings;

/// What is known about a model before it is called.
pub(super) fn about(model: &ModelRef, base: Option<&str>, region: &str, discovery: &Discovery) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(named) = model.region().filter(|named| named != region) {
        notes.push(Note::OtherRegion { model: model.clone(), named, called: region.to_owned() });
    }
    let Some(base) = base else {
        notes.push(Note::ModelNotKnown(model.clone()));
        return notes;
    };
    match discovery.model(region, base) {
        Some(found) if found.lifecycle.as_deref() == Some("LEGACY") => {
            let (base, region) = (base.to_owned(), region.to_owned());
            notes.push(Note::Legacy { base, end: found.end_of_life.clone(), region });
        }
        Some(_) => {}
        None => notes.extend(catalogue::model(base).filter(|model| Listed::ends(model)).map(Note::Ends)),
    }
    notes.extend(availability(base, region, discovery));
    notes
}

/// What the control plane reports of the account's access to a model, where that is not all well.
fn availability(base: &str, region: &str, discovery: &Discovery) -> Option<Note> {
    let found = discovery.region(region)?;
    let (base, region) = (base.to_owned(), region.to_owned());
    match found.availability.get(&base)? {
        Found::NotTried => None,
        // where nothing could be asked, one note about the lists is enough
        Found::Refused(_) if found.models.refused().is_some() => None,
        Found::Refused(why) => Some(Note::AgreementNotKnown { base, region, why: why.clone() }),
        Found::Listed(availability) => {
            let states = not_well(availability);
            (!states.is_empty()).then_some(Note::NotAvailable { base, region, states })
        }
    }
}

fn not_well(found: &Availability) -> Vec<(Aspect, String)> {
    let rows = [
        (Aspect::Agreement, &found.agreement, "AVAILABLE"),
        (Aspect::Authorization, &found.authorization, "AUTHORIZED"),
        (Aspect::Entitlement, &found.entitlement, "AVAILABLE"),
        (Aspect::Region, &found.region, "AVAILABLE"),
    ];
    rows.into_iter()
        .filter_map(|(aspect, state, well)| Some((aspect, state.clone().filter(|state| state != well)?)))
        .collect()
}

/// Where the knowledge about the models of each Region comes from, if not from the control plane.
pub(super) fn sources(settings: &Settings, discovery: &Discovery) -> Vec<Note> {
    let source = |region: &String| {
        let Some(found) = discovery.region(region) else {
            return Some(Note::BuiltInList(region.clone()));
        };
        let refused: Vec<_> =
            [("ListFoundationModels", found.models.refused()), ("ListInferenceProfiles", found.profiles.refused())]
                .into_iter()
                .filter_map(|(operation, why)| Some((operation, why?.clone())))
                .collect();
        let listed = found.models.listed().is_some() && found.profiles.listed().is_some();
        match (refused.is_empty(), listed) {
            (false, _) => Some(Note::NotListed { region: region.clone(), refused }),
            (true, false) => Some(Note::BuiltInList(region.clone())),
            (true, true) => None,
        }
    };
    settings.regions.iter().filter_map(source).collect()
}
