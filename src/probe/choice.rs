//! Which models to call in a Region: as asked, or the newest of each family, each by the id or profile that can be called there.

use super::catalogue::{self, Family};
use super::discovery::{Discovery, FoundModel};
use super::model::{ModelError, ModelRef};
use super::settings::{Origin, Settings};
use crate::remedy::bedrock::next::Ways;
use crate::remedy::bedrock::{GEOGRAPHIES, prefixes_of};

/// The families that can be asked for by name.
const FAMILIES: [(&str, Family); 3] = [("sonnet", Family::Sonnet), ("haiku", Family::Haiku), ("opus", Family::Opus)];

/// A model to call, and how it was asked for.
pub(super) struct Choice {
    pub(super) asked: String,
    pub(super) model: ModelRef,
    pub(super) origin: Origin,
}

/// The models to call in a Region, and the families of which it lists none.
pub(super) fn choices(
    settings: &Settings,
    discovery: &Discovery,
    region: &str,
) -> Result<(Vec<Choice>, Vec<String>), ModelError> {
    let mut chosen: Vec<Choice> = Vec::new();
    let mut missing = Vec::new();
    let (names, origin) = if settings.models.is_empty() {
        (FAMILIES.map(|(name, _)| name).to_vec(), Origin::Newest)
    } else {
        (settings.models.iter().map(|name| name.trim()).collect(), Origin::Asked)
    };
    for name in names {
        let family = FAMILIES.into_iter().find(|(family, _)| name.eq_ignore_ascii_case(family));
        let called = match family {
            None => name.to_owned(),
            Some((name, family)) => {
                let Some(id) = newest(discovery, region, family) else {
                    missing.push(name.to_owned());
                    continue;
                };
                callable(discovery, region, &id)
            }
        };
        let model = ModelRef::parse(&called)?;
        if chosen.iter().all(|other| other.model != model) {
            let asked = if origin == Origin::Newest { called } else { name.to_owned() };
            chosen.push(Choice { asked, model, origin });
        }
    }
    Ok((chosen, missing))
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
    let ids = FAMILIES.into_iter().filter_map(|(_, family)| newest(discovery, region, family));
    ids.map(|id| callable(discovery, region, &id)).collect()
}

/// What to call in the place of a model: the newest of its family that is another one, or the newest of the others.
pub(super) fn instead_of(discovery: &Discovery, region: &str, base: Option<&str>) -> Ways {
    let family = base.map_or(Family::Other, catalogue::family);
    let other = |id: &String| Some(id.as_str()) != base;
    let of = |family: Family| newest(discovery, region, family).filter(other);
    let all = || FAMILIES.into_iter().filter_map(|(_, family)| of(family)).collect();
    let ids: Vec<String> = of(family).map_or_else(all, |id| vec![id]);
    let ways = ids.iter().map(|id| callable(discovery, region, id)).collect();
    let found = discovery.region(region);
    let listed = found.is_some_and(|found| found.models.listed().is_some() && found.profiles.listed().is_some());
    if listed { Ways::Listed(ways) } else { Ways::AsOf(catalogue::DATE, ways) }
}

/// The profiles by which a Region calls a model, and where they come from.
pub(super) fn ways_to(discovery: &Discovery, region: &str, base: &str) -> Ways {
    let ids = profiles(discovery, region, base);
    let listed = discovery.region(region).is_some_and(|region| region.profiles.listed().is_some());
    match (listed, catalogue::model(base)) {
        (true, _) => Ways::Listed(ids),
        (false, Some(_)) => Ways::AsOf(catalogue::DATE, ids),
        (false, None) => Ways::Unknown,
    }
}

/// How a model is called in a Region: by its id where it is listed as on demand, by a profile otherwise.
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
    // a geography that is listed here although it is not known to reach here comes after the known ones, before `global`
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
