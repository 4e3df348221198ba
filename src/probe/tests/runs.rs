//! How a run goes: retries, fallbacks, limits, and that nothing is lost on the way.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::plans::{listed, models};
use super::*;

const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const MISSING: &str = "User: arn:aws:iam::111122223333:user/chat is not authorized to perform: bedrock:InvokeModel on resource: \
    arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5 because no identity-based policy allows the \
    bedrock:InvokeModel action";
const QUARANTINE: &str = "User: arn:aws:iam::111122223333:user/chat is not authorized to perform: bedrock:InvokeModel on resource: \
    arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5 with an explicit deny in an identity-based policy: \
    arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2";

fn start(settings: Settings, discovery: Discovery) -> Run {
    Run::new(plan(settings, discovery).unwrap())
}

/// Runs to the end, one call at a time, and gives the waits.
pub(crate) fn drive(run: &mut Run, mut answer: impl FnMut(&Call, usize) -> Attempt) -> Vec<u64> {
    let mut waits = Vec::new();
    let mut made = 0;
    while let Step::Call { cell, call } = run.next_step() {
        loop {
            made += 1;
            assert!(made < 1000, "it does not end");
            match run.record(cell, answer(&call, made)) {
                After::Done => break,
                After::Again { wait_ms } => waits.push(wait_ms),
            }
        }
    }
    assert_eq!(run.next_step(), Step::Done);
    waits
}

/// The cells with their verdicts.
fn shown(run: &Run) -> String {
    let mut text = String::new();
    for cell in run.cells() {
        assert!(cell.is_done());
        let it = &cell.judgement;
        let detail = it.detail.map_or_else(String::new, |detail| format!(" {}", detail.code()));
        let _ = writeln!(
            text,
            "{} {:?} {:?}: {}{detail}, {} calls",
            cell.model(),
            cell.plan.call.api,
            cell.plan.call.variation,
            it.verdict.code(),
            cell.attempts.len()
        );
    }
    text
}

#[test]
fn each_way_to_a_model_is_a_cell_of_its_own() {
    let discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us", "global"]);
    let mut run = start(models(&[SONNET]), discovery);
    drive(&mut run, |call, _| {
        if call.model.is_global() {
            completed()
        } else if call.model.prefix() == Some("us") {
            refused(403, "AccessDeniedException", MISSING)
        } else {
            refused(
                400,
                "ValidationException",
                "Invocation of model ID x with on-demand throughput isn\u{2019}t supported.",
            )
        }
    });
    insta::assert_snapshot!(shown(&run), @"
    anthropic.claude-sonnet-4-5-20250929-v1:0 Converse Plain: routing needs-profile, 1 calls
    anthropic.claude-sonnet-4-5-20250929-v1:0 ConverseStream Plain: routing needs-profile, 1 calls
    us.anthropic.claude-sonnet-4-5-20250929-v1:0 Converse Plain: denied-implicit, 1 calls
    us.anthropic.claude-sonnet-4-5-20250929-v1:0 ConverseStream Plain: denied-implicit, 1 calls
    global.anthropic.claude-sonnet-4-5-20250929-v1:0 Converse Plain: ok, 1 calls
    global.anthropic.claude-sonnet-4-5-20250929-v1:0 ConverseStream Plain: ok, 1 calls
    ");
    assert!(run.is_complete());
    assert_eq!((run.calls(), run.usage()), (6, Usage { input_tokens: 16, output_tokens: 2 }));
}

#[test]
fn an_action_that_is_missing_is_not_looked_for_elsewhere() {
    for plain_first in [true, false] {
        let discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us", "global"]);
        let mut run = start(models(&[&format!("us.{SONNET}")]), discovery);
        let mut calls = Vec::new();
        while let Step::Call { cell, call } = run.next_step() {
            calls.push((cell, call));
        }
        if !plain_first {
            calls.reverse();
        }
        for (cell, call) in calls {
            let denied = refused(403, "AccessDeniedException", MISSING);
            run.record(cell, if call.api.streams() { denied } else { completed() });
        }
        assert_eq!((run.next_step(), run.cells().len()), (Step::Done, 2));
    }
}

#[test]
fn a_profile_of_another_geography_leads_to_the_nearest_and_its_arn_is_the_same_way() {
    let asked = |model: &str| {
        let discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us", "global"]);
        let mut run = start(Settings { converse: false, invoke: true, ..models(&[model]) }, discovery);
        drive(&mut run, |_, _| refused(403, "AccessDeniedException", MISSING));
        let cells = run.cells().iter().filter(|cell| !cell.plan.call.api.streams());
        cells.map(|cell| cell.model().replace(SONNET, "M")).collect::<Vec<_>>()
    };
    assert_eq!(asked(&format!("eu.{SONNET}")), ["eu.M", "us.M", "global.M"]);
    let arn = format!("arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.{SONNET}");
    assert_eq!(asked(&arn), ["arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.M", "global.M"]);
    assert_eq!(asked(&format!("global.{SONNET}")), ["global.M"]);
}

#[test]
fn an_explicit_deny_is_not_gone_around() {
    let discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us", "global"]);
    let mut run = start(models(&[SONNET]), discovery);
    let deny = MISSING.replace(
        "because no identity-based policy allows the bedrock:InvokeModel action",
        "with an explicit deny in an identity-based policy",
    );
    drive(&mut run, |_, _| refused(403, "AccessDeniedException", &deny));
    assert_eq!(run.cells().len(), 2);
}

#[test]
fn a_throttled_call_is_repeated_twice_and_a_failed_one_once() {
    let throttled = || refused(429, "ThrottlingException", "Too many requests, please wait before trying again.");
    let one = || Settings { allow_subscribe: true, ..models(&["us.anthropic.claude-opus-5"]) };
    let mut run = start(one(), Discovery::default());
    let waits = drive(&mut run, |_, made| if made < 3 { throttled() } else { completed() });
    assert_eq!(waits, [1000, 2000]);
    insta::assert_snapshot!(shown(&run), @"
    us.anthropic.claude-opus-5 Converse Plain: ok, 3 calls
    us.anthropic.claude-opus-5 ConverseStream Plain: ok, 1 calls
    ");
    let mut run = start(one(), Discovery::default());
    assert_eq!(drive(&mut run, |_, _| throttled()), [1000, 2000, 1000, 2000]);
    for (status, code) in
        [(408, "ModelTimeoutException"), (424, "ModelErrorException"), (503, "ServiceUnavailableException")]
    {
        let mut run = start(one(), Discovery::default());
        assert_eq!(drive(&mut run, |_, _| refused(status, code, "")), [1000, 1000], "{code}");
        assert_eq!(run.calls(), 4);
    }
    let mut run = start(one(), Discovery::default());
    assert!(drive(&mut run, |_, _| refused(500, "InternalServerException", "")).is_empty());
}

#[test]
fn a_daily_quota_stops_its_model_and_no_other() {
    let settings = Settings {
        allow_subscribe: true,
        invoke: true,
        ..models(&["us.anthropic.claude-opus-5", "us.anthropic.claude-sonnet-5"])
    };
    let mut run = start(settings, Discovery::default());
    let waits = drive(&mut run, |call, _| {
        if call.model.as_str().contains("opus") {
            refused(429, "ThrottlingException", "Too many tokens per day, please wait before trying again.")
        } else {
            completed()
        }
    });
    assert!(waits.is_empty());
    insta::assert_snapshot!(shown(&run), @"
    us.anthropic.claude-opus-5 Converse Plain: throttled tokens-per-day, 1 calls
    us.anthropic.claude-opus-5 ConverseStream Plain: throttled tokens-per-day, 1 calls
    us.anthropic.claude-opus-5 Invoke Plain: not-run daily-quota, 0 calls
    us.anthropic.claude-opus-5 InvokeStream Plain: not-run daily-quota, 0 calls
    us.anthropic.claude-sonnet-5 Converse Plain: ok, 1 calls
    us.anthropic.claude-sonnet-5 ConverseStream Plain: ok, 1 calls
    us.anthropic.claude-sonnet-5 Invoke Plain: ok, 1 calls
    us.anthropic.claude-sonnet-5 InvokeStream Plain: ok, 1 calls
    ");
}

#[test]
fn a_quarantine_ends_the_run() {
    let settings = Settings { allow_subscribe: true, ..Settings::default() };
    let mut run = start(settings, Discovery::default());
    drive(&mut run, |_, _| refused(403, "AccessDeniedException", QUARANTINE));
    insta::assert_snapshot!(shown(&run), @"
    us.anthropic.claude-sonnet-5-5 Converse Plain: denied-explicit quarantine, 1 calls
    us.anthropic.claude-sonnet-5-5 ConverseStream Plain: not-run incident, 0 calls
    us.anthropic.claude-haiku-5-5 Converse Plain: not-run incident, 0 calls
    us.anthropic.claude-haiku-5-5 ConverseStream Plain: not-run incident, 0 calls
    us.anthropic.claude-opus-5-5 Converse Plain: not-run incident, 0 calls
    us.anthropic.claude-opus-5-5 ConverseStream Plain: not-run incident, 0 calls
    ");
}

#[test]
fn parameters_are_varied_on_what_works_only() {
    let guardrail = Some(("gr-1".to_owned(), "1".to_owned()));
    let settings = Settings {
        allow_subscribe: true,
        params: true,
        guardrail,
        max_calls: Some(40),
        ..models(&["us.anthropic.claude-opus-5"])
    };
    let mut run = start(settings.clone(), Discovery::default());
    drive(&mut run, |call, _| match call.variation {
        Variation::Temperature => refused(
            400,
            "ValidationException",
            "The model returned the following errors: temperature is deprecated for this model.",
        ),
        _ => completed(),
    });
    insta::assert_snapshot!(shown(&run), @r#"
    us.anthropic.claude-opus-5 Converse Plain: ok, 1 calls
    us.anthropic.claude-opus-5 ConverseStream Plain: ok, 1 calls
    us.anthropic.claude-opus-5 Converse Temperature: request-invalid sampling, 1 calls
    us.anthropic.claude-opus-5 Converse TemperatureAndTopP: ok, 1 calls
    us.anthropic.claude-opus-5 Converse Tool: ok, 1 calls
    us.anthropic.claude-opus-5 Converse ServiceTier("priority"): ok, 1 calls
    us.anthropic.claude-opus-5 Converse ServiceTier("flex"): ok, 1 calls
    us.anthropic.claude-opus-5 Converse LowLatency: ok, 1 calls
    us.anthropic.claude-opus-5 Converse Guardrail { identifier: "gr-1", version: "1" }: ok, 1 calls
    us.anthropic.claude-opus-5 ConverseStream Guardrail { identifier: "gr-1", version: "1" }: ok, 1 calls
    "#);
    let deny = QUARANTINE.replace(": arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2", "");
    let mut run = start(settings.clone(), Discovery::default());
    drive(&mut run, |_, _| refused(403, "AccessDeniedException", &deny));
    assert_eq!(run.cells().len(), 2);
    let mut run = start(Settings { try_conditions: true, ..settings }, Discovery::default());
    drive(&mut run, |_, _| refused(403, "AccessDeniedException", &deny));
    assert_eq!(run.cells().len(), 8);
}

#[test]
fn calls_at_a_time_are_limited_in_a_region_and_in_all() {
    let regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-west-3", "ap-south-1"].map(str::to_owned).to_vec();
    let settings = Settings {
        allow_subscribe: true,
        max_calls: Some(100),
        regions,
        ..models(&["global.anthropic.claude-opus-5", "global.anthropic.claude-sonnet-5"])
    };
    let mut run = start(settings, Discovery::default());
    let mut flying = Vec::new();
    while let Step::Call { cell, call } = run.next_step() {
        flying.push((cell, call.region));
    }
    assert_eq!(run.next_step(), Step::Wait);
    assert_eq!(flying.len(), IN_ALL);
    let most = flying.iter().map(|(_, region)| flying.iter().filter(|(_, other)| other == region).count()).max();
    assert_eq!(most, Some(PER_REGION));
    let (first, region) = &flying[0];
    run.record(*first, completed());
    assert!(matches!(run.next_step(), Step::Call { call, .. } if call.region == *region));
}

#[test]
fn an_interrupted_run_keeps_what_it_has() {
    let settings = Settings { allow_subscribe: true, ..Settings::default() };
    let mut run = start(settings, Discovery::default());
    let Step::Call { cell: first, .. } = run.next_step() else { panic!("nothing to call") };
    let Step::Call { cell: second, .. } = run.next_step() else { panic!("nothing to call") };
    run.record(first, completed());
    let again =
        run.record(second, refused(429, "ThrottlingException", "Too many requests, please wait before trying again."));
    assert_eq!(again, After::Again { wait_ms: 1000 });
    run.interrupt();
    assert!(!run.is_complete());
    assert_eq!(run.next_step(), Step::Done);
    insta::assert_snapshot!(shown(&run), @"
    us.anthropic.claude-sonnet-5-5 Converse Plain: ok, 1 calls
    us.anthropic.claude-sonnet-5-5 ConverseStream Plain: throttled requests, 1 calls
    us.anthropic.claude-haiku-5-5 Converse Plain: not-run interrupted, 0 calls
    us.anthropic.claude-haiku-5-5 ConverseStream Plain: not-run interrupted, 0 calls
    us.anthropic.claude-opus-5-5 Converse Plain: not-run interrupted, 0 calls
    us.anthropic.claude-opus-5-5 ConverseStream Plain: not-run interrupted, 0 calls
    ");
}

#[test]
fn interrupting_a_finished_run_changes_nothing() {
    let mut run = start(Settings { allow_subscribe: true, ..Settings::default() }, Discovery::default());
    drive(&mut run, |_, _| completed());
    run.interrupt();
    assert!(run.is_complete());
}

/// Any answer at all.
pub(crate) fn any_attempt() -> impl Strategy<Value = Attempt> {
    let rows = [
        (403, "AccessDeniedException", MISSING),
        (403, "AccessDeniedException", QUARANTINE),
        (400, "ValidationException", "The provided model identifier is invalid."),
        (429, "ThrottlingException", "Too many requests, please wait before trying again."),
        (429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
        (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
        (404, "ResourceNotFoundException", "This model version has reached the end of its life."),
    ];
    prop_oneof![
        3 => Just(completed()),
        6 => proptest::sample::select(rows.to_vec()).prop_map(|(status, code, words)| refused(status, code, words)),
        1 => Just(attempt(Outcome::Truncated { events: 1, usage: Usage::default() })),
        1 => Just(attempt(Outcome::Unanswered(NoAnswer::Failed("connection reset".to_owned())))),
    ]
}

proptest! {
    #[test]
    fn every_run_ends_within_its_limits_and_every_cell_has_a_verdict(
        answers in proptest::collection::vec(any_attempt(), 1..40),
        max_calls in proptest::option::of(0u32..30),
        max_usd in 0.0f64..0.01,
        params: bool,
        interrupted in proptest::option::of(0usize..20),
    ) {
        let settings = Settings { allow_subscribe: true, params, max_calls, max_usd, ..Settings::default() };
        let mut run = start(settings, Discovery::default());
        let mut made = 0u32;
        let mut flying: Vec<usize> = Vec::new();
        loop {
            match run.next_step() {
                Step::Call { cell, .. } => { made += 1; flying.push(cell); }
                Step::Wait | Step::Done if flying.is_empty() => break,
                Step::Wait | Step::Done => {
                    let cell = flying.remove(0);
                    while let After::Again { .. } = {
                        let answer = answers[made as usize % answers.len()].clone();
                        run.record(cell, answer)
                    } {
                        made += 1;
                    }
                }
            }
            if interrupted.is_some_and(|at| made as usize >= at) {
                run.interrupt();
                flying.clear();
            }
        }
        prop_assert_eq!(run.next_step(), Step::Done);
        prop_assert_eq!(made, run.calls());
        prop_assert!(max_calls.is_none_or(|most| made <= most));
        prop_assert!(run.spent_usd() <= max_usd + 1e-12);
        for cell in run.cells() {
            prop_assert!(cell.is_done());
            prop_assert_eq!(cell.attempts.is_empty(), cell.judgement.verdict == Verdict::NotRun);
        }
    }
}
