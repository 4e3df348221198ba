//! Which calls to make: every cell of the matrix before the first call, what they cost at most, and what is left out and why.

use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Api, Variation};
use super::catalogue::{self, Family};
use super::discovery::{Agreement, Discovery, Found, FoundModel};
use super::model::{ModelError, ModelKind, ModelRef, prefixes_of};
use super::price;
use super::settings::{MAX_CELLS, NotRun, Origin, Settings};
use crate::remedy::bedrock::GEOGRAPHIES;

/// One cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCell {
    /// The model as asked.
    pub model: String,
    /// What goes into the request.
    pub resolved: ModelRef,
    /// The id of the model behind it, where it is known.
    pub base: Option<String>,
    /// The Region that is called.
    pub region: String,
    /// The operation.
    pub api: Api,
    /// The parameters.
    pub variation: Variation,
    /// Why it is here.
    pub origin: Origin,
    /// The cell that led to it.
    pub after: Option<usize>,
    /// Why it is not called.
    pub not_run: Option<NotRun>,
}

/// The calls to make, and what is said about them beforehand.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What was asked for.
    pub settings: Settings,
    /// What the control plane said.
    pub discovery: Discovery,
    /// The cells that are known beforehand.
    pub cells: Vec<PlannedCell>,
    /// What the run costs at most.
    pub estimate: Estimate,
    /// What there is to know: where the models come from, which have ended, what was not found out.
    pub notes: Vec<String>,
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
    #[error("no Region to call: name one with --regions, or configure one")]
    NoRegion,
    /// A Region that cannot be one.
    #[error("`{0}` is not the name of a Region, such as us-east-1")]
    Region(String),
    /// No operation.
    #[error("no API to call: converse or invoke")]
    NoApi,
    /// A limit that is none.
    #[error("the limit of US dollars must be a number from 0")]
    Budget,
}

/// The plan for what is asked, with what the control plane said.
///
/// # Errors
/// When a model or Region is none, or there is nothing to call.
pub fn plan(settings: Settings, discovery: Discovery) -> Result<Plan, PlanError> {
    check(&settings)?;
    let mut settings = settings;
    let mut seen: Vec<String> = Vec::new();
    settings.regions.retain(|region| {
        !seen.contains(region) && {
            seen.push(region.clone());
            true
        }
    });
    let mut cells = Vec::new();
    let mut notes = Vec::new();
    for region in &settings.regions {
        let (all, missing) = wanted(&settings, &discovery, region)?;
        notes.extend(missing.into_iter().map(|family| format!("{region} lists no active {family} model")));
        for wanted in all {
            let base = discovery.base(region, &wanted.model);
            for note in about(&wanted.model, base.as_deref(), region, &discovery) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            for api in settings.apis() {
                let not_run = subscribes(&settings, &discovery, region, &wanted.model, base.as_deref());
                cells.push(PlannedCell {
                    model: wanted.asked.clone(),
                    resolved: wanted.model.clone(),
                    base: base.clone(),
                    region: region.clone(),
                    api,
                    variation: settings.plain(),
                    origin: wanted.origin,
                    after: None,
                    not_run,
                });
            }
        }
    }
    limit(&settings, &mut cells);
    notes.extend(sources(&settings, &discovery));
    let called = cells.iter().filter(|cell| cell.not_run.is_none());
    let estimate = Estimate {
        calls: called.clone().count(),
        max_usd: called.map(|cell| price::bound(cell.resolved.as_str(), &cell.variation)).sum(),
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
        for wanted in wanted(settings, discovery, region)?.0 {
            let Some(base) = discovery.base(region, &wanted.model) else {
                continue;
            };
            let candidate = (region.clone(), base);
            if offered(&wanted.model) && !found.contains(&candidate) {
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

/// A model to call, and how it was asked for.
struct Wanted {
    asked: String,
    model: ModelRef,
    origin: Origin,
}

/// The models to call in a Region, and the families of which it lists none.
fn wanted(settings: &Settings, discovery: &Discovery, region: &str) -> Result<(Vec<Wanted>, Vec<String>), PlanError> {
    let mut all: Vec<Wanted> = Vec::new();
    let mut missing = Vec::new();
    let families = ["sonnet", "haiku", "opus"].map(str::to_owned);
    let (names, origin) = if settings.models.is_empty() {
        (families.as_slice(), Origin::Newest)
    } else {
        (settings.models.as_slice(), Origin::Asked)
    };
    for name in names {
        let family = match name.trim().to_ascii_lowercase().as_str() {
            "sonnet" => Some(Family::Sonnet),
            "haiku" => Some(Family::Haiku),
            "opus" => Some(Family::Opus),
            _ => None,
        };
        let (asked, text) = match family {
            Some(family) => {
                let Some(id) = newest(discovery, region, family) else {
                    missing.push(name.trim().to_ascii_lowercase());
                    continue;
                };
                let text = callable(discovery, region, &id);
                (if origin == Origin::Newest { text.clone() } else { name.clone() }, text)
            }
            None => (name.trim().to_owned(), name.trim().to_owned()),
        };
        let model = ModelRef::parse(&text)?;
        if all.iter().all(|other| other.model != model) {
            all.push(Wanted { asked, model, origin });
        }
    }
    Ok((all, missing))
}

/// The newest model of a family: as the Region lists it, otherwise by the built-in list.
fn newest(discovery: &Discovery, region: &str, family: Family) -> Option<String> {
    let listed = discovery.region(region).and_then(|region| region.models.listed());
    let Some(listed) = listed else {
        return catalogue::newest().into_iter().find(|model| model.family == family).map(|model| model.id.to_owned());
    };
    let fits = |model: &&FoundModel| {
        catalogue::family(&model.id) == family
            && model.lifecycle.as_deref() != Some("LEGACY")
            && model.text != Some(false)
            // ids of provisioned variants carry a context size: `:200k`
            && !model.id.rsplit(':').next().is_some_and(|end| end.ends_with('k'))
    };
    listed.iter().filter(fits).max_by_key(|model| version(&model.id)).map(|model| model.id.clone())
}

/// The numbers of a version in an id: 4.5 of `claude-sonnet-4-5-20250929-v1:0`, 3.7 of `claude-3-7-sonnet-20250219-v1:0`.
fn version(id: &str) -> (u32, u32) {
    let mut numbers = id
        .split(['-', '.'])
        .filter_map(|part| part.parse::<u32>().ok())
        // a date is not a version
        .filter(|number| *number < 100);
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

/// What would be called in a Region if nothing was asked for: the newest of each family.
pub(super) fn newest_of(discovery: &Discovery, region: &str) -> Vec<String> {
    let ids = [Family::Sonnet, Family::Haiku, Family::Opus].into_iter().filter_map(|it| newest(discovery, region, it));
    ids.map(|id| callable(discovery, region, &id)).collect()
}

/// How a model is called in a Region: by its id where that is said to do, by a profile otherwise.
fn callable(discovery: &Discovery, region: &str, id: &str) -> String {
    let on_demand = match discovery.model(region, id) {
        Some(found) => found.inference_types.iter().any(|kind| kind == "ON_DEMAND"),
        None => catalogue::model(id).is_some_and(|model| model.on_demand),
    };
    if on_demand {
        return id.to_owned();
    }
    profiles(discovery, region, id).into_iter().next().unwrap_or_else(|| id.to_owned())
}

/// The profiles of a model that a Region can call, the nearest geography first, `global` last.
pub(super) fn profiles(discovery: &Discovery, region: &str, base: &str) -> Vec<String> {
    let listed = discovery.region(region).and_then(|region| region.profiles.listed());
    let Some(listed) = listed else {
        let known = catalogue::model(base).map_or(&[][..], |model| model.profiles);
        let order = prefixes_of(region).into_iter().filter(|prefix| known.contains(prefix));
        return order.map(|prefix| format!("{prefix}.{base}")).collect();
    };
    let near = prefixes_of(region);
    // a geography that is listed here although it is not known to reach here stands behind the known ones, before `global`
    let rank = |prefix: &&'static str| match near.iter().position(|known| known == prefix) {
        _ if prefix.starts_with("global") => usize::MAX,
        Some(at) => at,
        None => near.len(),
    };
    let mut order = GEOGRAPHIES.to_vec();
    order.sort_by_key(rank);
    let names = order.into_iter().map(|prefix| format!("{prefix}.{base}"));
    names.filter(|name| listed.iter().any(|profile| profile.id == *name)).collect()
}

/// Whether calling it is calling a model that is offered on Marketplace: the account's own models and capacity are there already.
const fn offered(model: &ModelRef) -> bool {
    matches!(
        model.kind(),
        ModelKind::Foundation | ModelKind::SystemProfile | ModelKind::ApplicationProfile | ModelKind::PromptRouter
    )
}

/// Whether the first call could make the account agree to an offer. What is not known could: then only a model that the user names is
/// called, and the report says so.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html>
pub(super) fn subscribes(
    settings: &Settings,
    discovery: &Discovery,
    region: &str,
    model: &ModelRef,
    base: Option<&str>,
) -> Option<NotRun> {
    if settings.allow_subscribe || !offered(model) {
        return None;
    }
    let agreement = base.map_or(Agreement::Unknown, |base| discovery.agreement(region, base));
    let chosen_here = settings.models.is_empty();
    (agreement == Agreement::Missing || (agreement == Agreement::Unknown && chosen_here && !ended(base)))
        .then_some(NotRun::WouldSubscribe)
}

/// Nobody can subscribe to what has ended.
fn ended(base: Option<&str>) -> bool {
    base.and_then(catalogue::model).is_some_and(catalogue::Listed::ended)
}

/// What is to be said where a named model was called of which nobody knows whether the account has agreed to its offer.
pub(super) fn unknown_offer(plan: &Plan, cell: &PlannedCell) -> Option<String> {
    let base = cell.base.as_deref();
    let unknown = base.is_none_or(|base| plan.discovery.agreement(&cell.region, base) == Agreement::Unknown);
    (unknown && !plan.settings.allow_subscribe && offered(&cell.resolved) && !ended(base)).then(|| {
        format!(
            "whether the account has agreed to the Marketplace offer of {} could not be asked; it was called because it was named",
            base.unwrap_or_else(|| cell.resolved.as_str())
        )
    })
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
        let bound = price::bound(cell.resolved.as_str(), &cell.variation);
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

/// What there is to know about a model before it is called.
fn about(model: &ModelRef, base: Option<&str>, region: &str, discovery: &Discovery) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(named) = model.region().filter(|named| named != region) {
        notes.push(format!("{model} is of {named} and was called in {region}"));
    }
    let Some(base) = base else {
        notes.push(format!("which model is behind {model} is not known"));
        return notes;
    };
    match discovery.model(region, base) {
        Some(found) => {
            let end = found.end_of_life.as_ref().map_or_else(String::new, |end| format!(", end of life {end}"));
            if found.lifecycle.as_deref() == Some("LEGACY") {
                notes.push(format!("{base} is a legacy model{end} ({region})"));
            }
        }
        None => notes.extend(catalogue::model(base).and_then(catalogue::Listed::lifecycle)),
    }
    notes.extend(availability(base, region, discovery));
    notes
}

/// What the control plane says of the account's access to a model, where that is not all well. It is no verdict.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html>
fn availability(base: &str, region: &str, discovery: &Discovery) -> Option<String> {
    let told = discovery.region(region)?;
    match told.availability.get(base)? {
        // where nothing could be asked, that is said once
        Found::Refused(_) if matches!(told.models, Found::Refused(_)) => None,
        Found::NotTried => None,
        Found::Refused(why) => {
            Some(format!("whether the account has agreed to the offer of {base} is not known in {region}: {why}"))
        }
        Found::Listed(found) => {
            let rows = [
                ("agreement", &found.agreement, "AVAILABLE"),
                ("authorization", &found.authorization, "AUTHORIZED"),
                ("entitlement", &found.entitlement, "AVAILABLE"),
                ("Region", &found.region, "AVAILABLE"),
            ];
            let said: Vec<String> = rows
                .into_iter()
                .filter_map(|(what, said, well)| Some((what, said.as_deref().filter(|said| *said != well)?)))
                .map(|(what, said)| format!("{what} {said}"))
                .collect();
            (!said.is_empty()).then(|| {
                format!(
                    "the control plane says of {base} in {region}: {}; only a call shows what holds",
                    said.join(", ")
                )
            })
        }
    }
}

/// Where the knowledge about models comes from.
fn sources(settings: &Settings, discovery: &Discovery) -> Vec<String> {
    let mut notes = Vec::new();
    for region in &settings.regions {
        let found = discovery.region(region);
        let refused = found.into_iter().flat_map(|found| {
            [("ListFoundationModels", refused(&found.models)), ("ListInferenceProfiles", refused(&found.profiles))]
        });
        let refused: Vec<_> = refused.filter_map(|(name, why)| Some(format!("{name}: {}", why?))).collect();
        let listed = found.is_some_and(|found| found.models.listed().is_some() && found.profiles.listed().is_some());
        if !refused.is_empty() {
            notes.push(format!(
                "the models of {region} could not be listed ({}), which says nothing about calling them; the built-in list of {} is used",
                refused.join("; "),
                catalogue::DATE
            ));
        } else if !listed {
            notes.push(format!("models and profiles of {region} by the built-in list of {}", catalogue::DATE));
        }
    }
    notes
}

fn refused<T>(found: &Found<T>) -> Option<&str> {
    match found {
        Found::Refused(why) => Some(why),
        Found::Listed(_) | Found::NotTried => None,
    }
}
