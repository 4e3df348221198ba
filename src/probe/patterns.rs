//! What the cells together show: how much of what was tried is denied, what that points to, and what was not tried.

use std::collections::{BTreeMap, BTreeSet};

use super::call::Variation;
use super::catalogue;
use super::discovery::Discovery;
use super::model::{ModelKind, ModelRef};
use super::record::CellRecord;
use super::verdict::{Authorized, Detail, Verdict};

/// How many of the attempted calls were denied: about those and no others.
pub(super) fn statements(cells: &[CellRecord]) -> Vec<String> {
    let called: Vec<&CellRecord> = cells.iter().filter(|cell| cell.was_called()).collect();
    if called.is_empty() {
        return vec!["no call was made: nothing is known about permissions".to_owned()];
    }
    let share = |what: &str, wanted: &dyn Fn(&CellRecord) -> bool| {
        let counted = called.iter().filter(|cell| wanted(cell)).count();
        (counted > 0).then(|| format!("{counted} of {} attempted calls {what}", called.len()))
    };
    let denied = |cell: &CellRecord| cell.verdict.is_denied();
    let mut all = Vec::new();
    if let Some(share) = share("denied", &denied) {
        let by_action = by_action(&called);
        all.push(format!("{share} ({}, {})", extent(&called), by_action));
    }
    all.extend(share("answered", &|cell| cell.verdict == Verdict::Ok));
    all.extend(share("refused for the credentials", &|cell| cell.verdict == Verdict::AuthFailed));
    all
}

/// The answer in a sentence, for whoever reads no further.
pub(super) fn in_short(cells: &[CellRecord]) -> String {
    let called: Vec<&CellRecord> = cells.iter().filter(|cell| cell.was_called()).collect();
    let plain: Vec<&CellRecord> =
        called.iter().copied().filter(|cell| matches!(cell.variation, Variation::Plain | Variation::Dry)).collect();
    if plain.is_empty() {
        return "nothing was called".to_owned();
    }
    let name = |cell: &&CellRecord| cell.base.clone().unwrap_or_else(|| cell.resolved.clone());
    let distinct = |wanted: &dyn Fn(&CellRecord) -> bool| {
        let names: BTreeSet<String> = plain.iter().filter(|cell| wanted(cell)).map(name).collect();
        names.len()
    };
    let models = distinct(&|_| true);
    let answering = distinct(&|cell| cell.verdict == Verdict::Ok);
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for cell in plain.iter().filter(|cell| cell.verdict != Verdict::Ok) {
        let kind = kind(cell);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let head = match (models, answering) {
        (1, 0) => "the model that was called does not answer".to_owned(),
        (1, 1) => "the model that was called answers".to_owned(),
        (_, 0) => format!("none of the {models} models that were called answers"),
        _ if answering == models => format!("each of the {models} models that were called answers"),
        (_, 1) => format!("1 of the {models} models that were called answers"),
        _ => format!("{answering} of the {models} models that were called answer"),
    };
    let dry = plain.iter().all(|cell| cell.variation == Variation::Dry) && answering == 0;
    let head = if dry { "nothing was asked to answer (dry)".to_owned() } else { head };
    let each: Vec<String> =
        kinds.into_iter().map(|(kind, number)| format!("{} {kind}", count(number, "call"))).collect();
    if each.is_empty() { head } else { format!("{head}; {}", each.join(", ")) }
}

/// What became of a call that was not answered.
fn kind(cell: &CellRecord) -> String {
    let layer = cell.policy_type.map(|layer| format!(" ({})", layer.noun())).unwrap_or_default();
    match cell.verdict {
        Verdict::DeniedExplicit => format!("denied by an explicit deny{layer}"),
        Verdict::DeniedImplicit => format!("denied for want of an allow{layer}"),
        Verdict::Denied => "denied without a reason".to_owned(),
        Verdict::AuthFailed => "refused for the credentials".to_owned(),
        Verdict::Entitlement => "to a model that is not open to the account".to_owned(),
        Verdict::Lifecycle => "to a model that has ended".to_owned(),
        Verdict::Routing => "by an id that cannot be called there".to_owned(),
        Verdict::RequestInvalid if cell.detail == Some(Detail::Likely) => "likely allowed".to_owned(),
        Verdict::RequestInvalid => "refused as not valid".to_owned(),
        Verdict::StreamTruncated | Verdict::StreamError => "broken off".to_owned(),
        Verdict::Capacity => "that the service could not answer".to_owned(),
        Verdict::Network => "without an answer".to_owned(),
        Verdict::Ok | Verdict::Throttled | Verdict::NotRun | Verdict::Unknown => cell.verdict.id().to_owned(),
    }
}

/// `4 models, 1 Region`.
pub(super) fn extent(cells: &[&CellRecord]) -> String {
    let models = distinct(cells, |cell| cell.base.as_deref().unwrap_or(&cell.resolved));
    let regions = distinct(cells, |cell| &cell.region);
    format!("{}, {}", count(models, "model"), count(regions, "Region"))
}

/// `2 actions: bedrock:InvokeModel 4 of 4, ...`.
fn by_action(called: &[&CellRecord]) -> String {
    let mut actions: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for cell in called {
        let (denied, all) = actions.entry(cell.api.action()).or_default();
        *denied += usize::from(cell.verdict.is_denied());
        *all += 1;
    }
    let each: Vec<String> =
        actions.iter().map(|(action, (denied, all))| format!("{action} {denied} of {all}")).collect();
    format!("{}: {}", count(actions.len(), "action"), each.join(", "))
}

fn distinct<'a>(cells: &[&'a CellRecord], of: impl Fn(&'a CellRecord) -> &'a str) -> usize {
    let mut all: Vec<&str> = cells.iter().map(|cell| of(cell)).collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Differences between cells that point to a cause.
pub(super) fn patterns(cells: &[CellRecord]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut add = |text: String| {
        if !all.contains(&text) {
            all.push(text);
        }
    };
    let ok = |cell: &&CellRecord| cell.verdict == Verdict::Ok;
    let plain = |cell: &&CellRecord| matches!(cell.variation, Variation::Plain | Variation::Dry);
    // a Region that the account has not enabled does not know its credentials
    // https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    let accepted = |cell: &&CellRecord| {
        cell.was_called() && matches!(cell.authorized, Authorized::Yes) || cell.verdict.is_denied()
    };
    for refused in cells.iter().filter(|cell| cell.detail == Some(Detail::InvalidCredentials)) {
        if let Some(other) = cells.iter().filter(accepted).find(|other| other.region != refused.region) {
            add(format!(
                "the credentials are accepted in {} and not in {}: the account may not have enabled that Region",
                other.region, refused.region
            ));
        }
    }
    for denied in cells.iter().filter(|cell| cell.verdict.is_denied()).filter(plain) {
        for other in cells.iter().filter(ok) {
            let same_region = other.region == denied.region;
            let same_model = other.resolved == denied.resolved;
            let same_base = other.base.is_some() && other.base == denied.base;
            let same_api = other.api == denied.api;
            if same_model && same_region && same_api && !plain(&other) {
                add(format!(
                    "{} is denied plainly and answers with {}: the Deny depends on it",
                    denied.resolved,
                    words(&other.variation)
                ));
            }
            if !plain(&other) {
                continue;
            }
            if same_model && same_region && denied.api.streams() != other.api.streams() {
                add(streaming(denied, other));
            }
            if same_base && same_api && !same_region {
                add(format!(
                    "{} answers in {} and is denied in {}: look for a condition on the Region (aws:RequestedRegion) or a Region in Resource",
                    other.resolved, other.region, denied.region
                ));
            }
            if same_base && same_api && same_region && !same_model {
                add(naming(denied, other));
            }
        }
        match denied.detail {
            Some(Detail::DestinationRegion) => add(format!(
                "{} was called in {}, and {} was denied: the profile sends calls there too, and one Region that is blocked denies them",
                denied.resolved,
                denied.region,
                denied.denied_resource.as_deref().unwrap_or("a model in another Region")
            )),
            Some(Detail::UnspecifiedRegion) => add(format!(
                "{} is a global profile: for its model aws:RequestedRegion is `unspecified`, which a list of Regions does not hold",
                denied.resolved
            )),
            _ => {}
        }
    }
    all
}

fn streaming(denied: &CellRecord, other: &CellRecord) -> String {
    if denied.api.streams() {
        format!(
            "{} answers and its stream is denied: streaming is an action of its own, bedrock:InvokeModelWithResponseStream",
            other.resolved
        )
    } else {
        format!(
            "{} streams and is denied without streaming: that is an action of its own, bedrock:InvokeModel",
            other.resolved
        )
    }
}

/// The same model by another name.
fn naming(denied: &CellRecord, other: &CellRecord) -> String {
    let by_profile = |cell: &CellRecord| {
        ModelRef::parse(&cell.resolved)
            .is_ok_and(|model| matches!(model.kind(), ModelKind::SystemProfile | ModelKind::ApplicationProfile))
    };
    match (by_profile(denied), by_profile(other)) {
        (true, false) => format!(
            "{} answers and {} is denied: the profile's own ARN, or its other Regions, are not allowed",
            other.resolved, denied.resolved
        ),
        (false, true) => {
            format!(
                "{} answers and {} is denied: the model is allowed through the profile only",
                other.resolved, denied.resolved
            )
        }
        _ => format!(
            "{} answers and {} is denied: they differ in the Regions behind them",
            other.resolved, denied.resolved
        ),
    }
}

/// What the run says nothing about.
pub(super) fn not_tried(cells: &[CellRecord], discovery: &Discovery) -> Vec<String> {
    let mut all = Vec::new();
    let mut regions: Vec<&str> =
        cells.iter().filter(|cell| cell.was_called()).map(|cell| cell.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    if !regions.is_empty() {
        all.push(format!("not tried: Regions other than {}; nothing is said about them", regions.join(", ")));
    }
    let mut called: Vec<&str> =
        cells.iter().filter(|cell| cell.was_called()).filter_map(|cell| cell.base.as_deref()).collect();
    called.sort_unstable();
    called.dedup();
    let ended = called.iter().filter(|base| catalogue::model(base).is_some_and(catalogue::Listed::ended)).count();
    if ended > 0 && ended == called.len() {
        let all_of = if ended == 1 { "the model".to_owned() } else { format!("all {ended} models") };
        all.push(format!(
            "{all_of} that were called had ended by {}: they cannot answer, whatever the policies say",
            catalogue::DATE
        ));
    }
    if ended > 0 && ended == called.len() {
        let newest = regions.first().map(|region| super::plan::newest_of(discovery, region)).unwrap_or_default();
        if !newest.is_empty() {
            all.push(format!("not called, and there: --models {}", newest.join(",")));
        }
    }
    all
}

/// A variation for a person.
pub(super) fn words(variation: &Variation) -> String {
    match variation {
        Variation::Plain => "one output token".to_owned(),
        Variation::Temperature => "temperature 0".to_owned(),
        Variation::TemperatureAndTopP => "temperature, top_p".to_owned(),
        Variation::Tool => "a tool".to_owned(),
        Variation::ServiceTier(tier) => format!("service tier {tier}"),
        Variation::LowLatency => "low latency".to_owned(),
        Variation::Guardrail { identifier, version } => format!("guardrail {identifier}:{version}"),
        Variation::Dry => "no output (dry)".to_owned(),
    }
}
