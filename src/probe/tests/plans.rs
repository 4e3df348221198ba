//! What a plan holds for what was asked and what the control plane said.

use std::fmt::Write as _;

use super::*;

const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

/// A control plane that lists one model with its profiles, to which the account has agreed.
pub(crate) fn listed(region: &str, id: &str, types: &[&str], prefixes: &[&str]) -> Discovery {
    let model = FoundModel {
        id: id.to_owned(),
        lifecycle: Some("ACTIVE".to_owned()),
        inference_types: types.iter().map(|kind| (*kind).to_owned()).collect(),
        text: Some(true),
        ..FoundModel::default()
    };
    let profile = |prefix: &&str| FoundProfile {
        id: format!("{prefix}.{id}"),
        arn: format!("arn:aws:bedrock:{region}:111122223333:inference-profile/{prefix}.{id}"),
        status: Some("ACTIVE".to_owned()),
        models: ["us-east-1", "us-east-2", "us-west-2"]
            .map(|to| format!("arn:aws:bedrock:{to}::foundation-model/{id}"))
            .to_vec(),
    };
    let availability = Availability { agreement: Some("AVAILABLE".to_owned()), ..Availability::default() };
    let models = RegionModels {
        models: Found::Listed(vec![model]),
        profiles: Found::Listed(prefixes.iter().map(profile).collect()),
        availability: [(id.to_owned(), Found::Listed(availability))].into(),
    };
    Discovery { regions: [(region.to_owned(), models)].into() }
}

pub(crate) fn models(names: &[&str]) -> Settings {
    Settings { models: names.iter().map(|name| (*name).to_owned()).collect(), ..Settings::default() }
}

/// The cells, one a line, then the notes.
fn shown(settings: Settings, discovery: Discovery) -> String {
    let plan = plan(settings, discovery).unwrap();
    let mut text = String::new();
    for cell in &plan.cells {
        let reason = cell.not_run.map_or_else(String::new, |reason| format!(" not run: {reason:?}"));
        let _ =
            writeln!(text, "{} {} {:?} {:?}{reason}", cell.call.region, cell.call.model, cell.call.api, cell.origin);
    }
    for note in &plan.notes {
        let _ = writeln!(text, "- {}", note.code());
    }
    let _ = writeln!(text, "{} calls, at most {:.5} USD", plan.estimate.calls, plan.estimate.max_usd);
    text
}

#[test]
fn without_models_the_newest_of_each_family_by_the_profile_of_the_region() {
    let settings = Settings { allow_subscribe: true, regions: vec!["eu-west-1".to_owned()], ..Settings::default() };
    insta::assert_snapshot!(shown(settings, Discovery::default()), @"
    eu-west-1 eu.anthropic.claude-sonnet-5-5 Converse Newest
    eu-west-1 eu.anthropic.claude-sonnet-5-5 ConverseStream Newest
    eu-west-1 eu.anthropic.claude-haiku-5-5 Converse Newest
    eu-west-1 eu.anthropic.claude-haiku-5-5 ConverseStream Newest
    eu-west-1 eu.anthropic.claude-opus-5-5 Converse Newest
    eu-west-1 eu.anthropic.claude-opus-5-5 ConverseStream Newest
    - built-in-list
    6 calls, at most 0.00145 USD
    ");
}

#[test]
fn what_the_region_lists_goes_before_the_built_in_list() {
    let discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us", "global"]);
    insta::assert_snapshot!(shown(Settings::default(), discovery), @"
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 Converse Newest
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 ConverseStream Newest
    - no-active-model
    - no-active-model
    2 calls, at most 0.00047 USD
    ");
    let discovery = listed("us-east-1", SONNET, &["ON_DEMAND"], &["us"]);
    let settings = Settings { invoke: true, converse: false, ..models(&["sonnet"]) };
    insta::assert_snapshot!(shown(settings, discovery), @"
    us-east-1 anthropic.claude-sonnet-4-5-20250929-v1:0 Invoke Asked
    us-east-1 anthropic.claude-sonnet-4-5-20250929-v1:0 InvokeStream Asked
    2 calls, at most 0.00047 USD
    ");
}

#[test]
fn a_first_call_that_could_subscribe_the_account_is_not_made() {
    let mut discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us"]);
    let profile = format!("us.{SONNET}");
    let settings = || models(&[&profile, "anthropic.claude-v2:1"]);
    let region = discovery.regions.get_mut("us-east-1").unwrap();
    let none = Availability { agreement: Some("NOT_AVAILABLE".to_owned()), ..Availability::default() };
    region.availability.insert(SONNET.to_owned(), Found::Listed(none));
    insta::assert_snapshot!(shown(settings(), discovery.clone()), @"
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 Converse Asked not run: WouldSubscribe
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 ConverseStream Asked not run: WouldSubscribe
    us-east-1 anthropic.claude-v2:1 Converse Asked
    us-east-1 anthropic.claude-v2:1 ConverseStream Asked
    - not-available
    - end-of-life
    2 calls, at most 0.00122 USD
    ");
    let allowed = Settings { allow_subscribe: true, ..settings() };
    assert!(plan(allowed, discovery).unwrap().cells.iter().all(|cell| cell.not_run.is_none()));
    // what is not known could: a model is called where the user names it, and not where iamdx chose it
    let unknown = plan(settings(), Discovery::default()).unwrap();
    assert!(unknown.cells.iter().all(|cell| cell.not_run.is_none()));
    let chosen = plan(models(&[]), Discovery::default()).unwrap();
    assert!(chosen.cells.iter().all(|cell| cell.not_run == Some(NotRun::WouldSubscribe)));
    assert_eq!(candidates(&settings(), &Discovery::default()).unwrap().len(), 2);
}

#[test]
fn the_thirteenth_cell_needs_a_limit_of_ones_own() {
    let regions = ["us-east-1", "us-west-2", "eu-west-1"].map(str::to_owned).to_vec();
    let settings = |max_calls, max_usd| Settings {
        allow_subscribe: true,
        regions: regions.clone(),
        max_calls,
        max_usd,
        ..Settings::default()
    };
    let not_run = |settings| {
        let cells = plan(settings, Discovery::default()).unwrap().cells;
        let reasons: Vec<_> = cells.iter().filter_map(|cell| cell.not_run).collect();
        (cells.len(), reasons.len(), reasons.first().copied())
    };
    assert_eq!(not_run(settings(None, MAX_USD)), (18, 6, Some(NotRun::OverCap)));
    assert_eq!(not_run(settings(Some(20), MAX_USD)), (18, 0, None));
    assert_eq!(not_run(settings(Some(4), MAX_USD)), (18, 14, Some(NotRun::OverCalls)));
    assert_eq!(not_run(settings(None, 0.0)), (18, 18, Some(NotRun::OverBudget)));
}

#[test]
fn what_cannot_be_planned_is_told() {
    let fails = |settings: Settings| plan(settings, Discovery::default()).unwrap_err().to_string();
    assert_eq!(
        fails(models(&["claude sonnet"])),
        "`claude sonnet` is not a model: a model id, an inference profile id or an ARN is expected, in printable ASCII without spaces"
    );
    assert_eq!(
        fails(Settings { regions: vec!["us-east-1/..".to_owned()], ..Settings::default() }),
        "`us-east-1/..` is not the name of a Region, such as us-east-1"
    );
    assert_eq!(
        fails(Settings { regions: Vec::new(), ..Settings::default() }),
        "there is no Region to call. Name one with --regions, or configure one"
    );
    assert_eq!(
        fails(Settings { converse: false, ..Settings::default() }),
        "there is no API to call. Give --api converse or --api invoke"
    );
    assert_eq!(
        fails(Settings { max_usd: f64::NAN, ..Settings::default() }),
        "the limit of US dollars is no number from 0 on. Give one, such as --max-usd 0.5"
    );
}
