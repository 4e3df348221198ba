//! The report of a probe: the three renderings, counts that add up, one finding for many cells.

use proptest::prelude::*;

use super::*;
use crate::iam::Command;
use crate::probe::tests::plans::{listed, models};
use crate::probe::tests::runs::{any_attempt, drive};
use crate::probe::tests::{attempt, completed, refused};
use crate::probe::{
    After, Attempt, Auth, Call, Discovery, Identity, NoAnswer, Note, Outcome, Run, Settings, Step, Usage, Variation,
    Verdict, findings, patterns, plan,
};
use crate::report::words::probe as words;
use crate::report::{Format, Redactor, Style};
use crate::snapshot::{Snapshot, SnapshotFile};

const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const USER: &str = "arn:aws:iam::123456789012:user/ci-summaries";
const OLD: [&str; 4] = [
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "anthropic.claude-3-sonnet-20240229-v1:0",
    "anthropic.claude-v2:1",
];

/// The report in a format.
fn written(report: &ProbeReport, format: &str) -> String {
    Format::named(format).unwrap().write(report, Detail::default(), Style::default())
}

/// What IAM says of a call.
fn iam(call: &Call, user: &str, resource: &str, reason: &str) -> Attempt {
    let action = call.api.action();
    let reason = reason.replace("ACTION", action);
    refused(
        403,
        "AccessDeniedException",
        &format!("User: {user} is not authorized to perform: {action} on resource: {resource} {reason}"),
    )
}

fn model_arn(call: &Call) -> String {
    format!("arn:aws:bedrock:{}::foundation-model/{}", call.region, call.model)
}

fn record(run: Run, user: &str, command: &str) -> Record {
    let identity = Identity { arn: user.to_owned(), account: user.split(':').nth(4).unwrap().to_owned() };
    Record {
        run,
        started_at: "2026-11-22T10:00:00Z".to_owned(),
        ended_at: "2026-11-22T10:00:04Z".to_owned(),
        identity: Some(identity),
        auth: Auth::Sigv4,
        command: Command::new(command),
        incident: None,
        notes: Vec::new(),
    }
}

/// The report with its findings over the policies of a snapshot.
fn diagnosed(record: Record, snapshot: &Snapshot) -> ProbeReport {
    let findings = findings(&record);
    let mut report = ProbeReport::new(record);
    for finding in findings {
        let diagnosis = crate::diagnose(&finding.denial, snapshot, &crate::Options::default());
        report.add(finding, diagnosis);
    }
    report
}

fn adds_up(report: &ProbeReport) -> bool {
    let counts = Counts::of(report.record.cells());
    let sum: usize = Verdict::ALL.iter().map(|verdict| counts.get(*verdict)).sum();
    sum == counts.planned && sum == report.record.cells().len()
}

/// The profiles that discovery found, as a snapshot.
fn profiles(discovery: &Discovery) -> Snapshot {
    let file = SnapshotFile { inference_profiles: discovery.profiles(), ..SnapshotFile::default() };
    let mut bytes = Vec::new();
    file.write(&mut bytes).unwrap();
    Snapshot::read("profiles.json", bytes).unwrap()
}

/// Four models that have ended, all denied by the same policy of the user; the lists of models are open to it.
fn first_report() -> ProbeReport {
    let mut run = Run::new(plan(models(&OLD), listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us"])).unwrap());
    drive(&mut run, |call, _| iam(call, USER, &model_arn(call), "with an explicit deny in an identity-based policy"));
    let command = format!("iamdx probe bedrock --models {}", OLD.join(","));
    diagnosed(record(run, USER, &command), &Snapshot::default())
}

#[test]
fn four_denied_models_are_one_finding_about_what_was_tried() {
    let report = first_report();
    assert!(adds_up(&report));
    assert_eq!((report.findings.len(), report.ending()), (1, Ending::Denied));
    insta::assert_snapshot!("first_report_text", written(&report, "text"));
    insta::assert_snapshot!("first_report_markdown", written(&report, "markdown"));
}

#[test]
fn the_json_holds_cells_counts_and_findings() {
    let report = first_report();
    let value: serde_json::Value = serde_json::from_str(&written(&report, "json")).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&value["cells"][1]).unwrap(), @r#"
    {
      "action": "bedrock:InvokeModelWithResponseStream",
      "after": null,
      "api": "converse-stream",
      "attempts": 1,
      "authorized": "no",
      "denied_resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0",
      "detail": null,
      "error_code": "AccessDeniedException",
      "http_status": 403,
      "latency_ms": 12,
      "message": "User: arn:aws:iam::123456789012:user/ci-summaries is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0 with an explicit deny in an identity-based policy",
      "model": "anthropic.claude-3-5-sonnet-20241022-v2:0",
      "note": null,
      "note_codes": [],
      "origin": "asked",
      "parameters": {},
      "policy_arn": null,
      "policy_type": "identity-based",
      "region": "us-east-1",
      "request_id": "0b1c2d3e",
      "resolved": "anthropic.claude-3-5-sonnet-20241022-v2:0",
      "usage": null,
      "verdict": "denied-explicit"
    }
    "#);
    insta::assert_snapshot!(serde_json::to_string(&value["counts"]).unwrap(), @r#"{"auth-failed":0,"capacity":0,"denied":0,"denied-explicit":8,"denied-implicit":0,"entitlement":0,"lifecycle":0,"network":0,"not-run":0,"ok":0,"planned":8,"request-invalid":0,"routing":0,"stream-error":0,"stream-truncated":0,"throttled":0,"unknown":0}"#);
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    insta::assert_snapshot!(names.join(" "), @"auth cells command complete counts discovery ended_at estimate findings identity incident next note_codes notes pattern_codes patterns schema_version started_at statement_codes statements summary summary_code usage");
    let finding = &value["findings"][0];
    assert_eq!(finding["cells"].as_array().unwrap().len(), 8);
    assert_eq!(finding["hypotheses"][0]["likelihood"], "likely");
}

/// An account with one user, whose only policy allows some calls.
fn account(statements: &str) -> Snapshot {
    let policy = format!(
        r#"{{"iamdx_snapshot": 1, "accounts": [{{"id": "123456789012", "in_organization": false, "UserDetailList": [{{"Arn": "{USER}",
            "UserPolicyList": [{{"PolicyName": "models", "PolicyDocument": {{"Version": "2012-10-17", "Statement": {statements}}}}}]}}]}}]}}"#
    );
    Snapshot::read("account.json", policy.into_bytes()).unwrap()
}

#[test]
fn a_missing_allow_gets_one_policy_that_is_held_against_every_request() {
    let discovery = listed("us-east-1", SONNET, &["INFERENCE_PROFILE"], &["us", "global"]);
    let profiles = profiles(&discovery);
    let settings = models(&[&format!("us.{SONNET}"), &format!("global.{SONNET}")]);
    let mut run = Run::new(plan(settings, discovery).unwrap());
    drive(&mut run, |call, _| {
        if call.model.is_global() && !call.api.streams() {
            return completed();
        }
        let profile = format!("arn:aws:bedrock:us-east-1:123456789012:inference-profile/{}", call.model);
        iam(call, USER, &profile, "because no identity-based policy allows the ACTION action")
    });
    let mut snapshot = account(
        r#"{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*:123456789012:inference-profile/global.*"}"#,
    );
    snapshot.merge(profiles);
    let report = diagnosed(record(run, USER, "iamdx probe bedrock"), &snapshot);
    assert!(adds_up(&report));
    assert_eq!(report.ending(), Ending::Denied);
    insta::assert_snapshot!("missing_allow_text", written(&report, "text"));
    let proposal = report.findings[0].proposal.as_ref().unwrap();
    assert_eq!((proposal.allowed, proposal.allowed_with_policies()), (proposal.requests, proposal.requests));
}

/// Two Regions, three models, and almost every answer.
fn mixed_report() -> ProbeReport {
    let settings = Settings {
        regions: vec!["us-east-1".to_owned(), "eu-west-1".to_owned()],
        allow_subscribe: true,
        params: true,
        max_calls: Some(24),
        ..models(&[
            "global.anthropic.claude-sonnet-5",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "anthropic.claude-3-sonnet-20240229-v1:0",
        ])
    };
    let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
    let deny = "with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-examplepolicyid";
    drive(&mut run, |call, _| match (call.region.as_str(), call.model.as_str(), &call.variation) {
        (_, _, Variation::TemperatureAndTopP) => refused(
            400,
            "ValidationException",
            "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model.",
        ),
        ("us-east-1", "global.anthropic.claude-sonnet-5", _) if call.api.streams() => {
            attempt(Outcome::Truncated { events: 2, usage: Usage { input_tokens: 8, output_tokens: 1 } })
        }
        ("eu-west-1", "global.anthropic.claude-sonnet-5", _) => {
            iam(call, USER, "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-5", deny)
        }
        (_, "anthropic.claude-haiku-4-5-20251001-v1:0", _) => refused(
            400,
            "ValidationException",
            "Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
        ),
        (_, model, _) if model.ends_with("claude-3-sonnet-20240229-v1:0") => refused(
            404,
            "ResourceNotFoundException",
            "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
        ),
        _ => completed(),
    });
    diagnosed(record(run, USER, "iamdx probe bedrock --params"), &Snapshot::default())
}

#[test]
fn a_mixed_matrix_tells_each_cell_and_what_the_differences_point_to() {
    let report = mixed_report();
    assert!(adds_up(&report));
    assert_eq!(report.ending(), Ending::Denied);
    let text = written(&report, "text");
    insta::assert_snapshot!("mixed_text", text.split("\n====").next().unwrap());
    let before_findings = text.split("\n====").next().unwrap();
    // a command is one line, to be copied
    let mut prose = before_findings.lines().filter(|line| !line.starts_with("    aws "));
    assert!(prose.all(|line| line.chars().count() <= 80), "{text}");
}

/// The matrix of a page, and what its words mean. `IAMDX_PAGES` names a folder for the whole page, for a look at it in a browser.
#[test]
#[expect(clippy::disallowed_methods, reason = "the page is written where the one who runs the test wants it")]
fn a_page_tells_each_cell_what_it_means_and_the_next_step() {
    let page = written(&mixed_report(), "html");
    if let Some(folder) = std::env::var_os("IAMDX_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join("probe.html"), &page).unwrap();
    }
    let start = page.find("<h2 id=\"matrix\">").unwrap();
    let end = page.find("<h2 id=\"points\">").unwrap();
    let rows = ["section", "h2", "h3", "div", "thead", "tr", "th", "td"];
    let lines = rows.iter().fold(page.get(start..end).unwrap().to_owned(), |text, name| {
        text.replace(&format!("<{name} "), &format!("\n<{name} ")).replace(&format!("<{name}>"), &format!("\n<{name}>"))
    });
    insta::assert_snapshot!("mixed_html", lines);
}

#[test]
fn all_ok_is_a_short_report() {
    let settings = Settings { allow_subscribe: true, ..Settings::default() };
    let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
    drive(&mut run, |_, _| completed());
    let report = diagnosed(record(run, USER, "iamdx probe bedrock --allow-subscribe"), &Snapshot::default());
    assert_eq!(report.ending(), Ending::Allowed);
    insta::assert_snapshot!("all_ok_text", written(&report, "text"));
}

#[test]
fn a_dry_run_says_likely_and_no_more() {
    let settings = Settings { allow_subscribe: true, dry: true, ..models(&["us.anthropic.claude-sonnet-5"]) };
    let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
    let words = "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1";
    drive(&mut run, |_, _| refused(400, "ValidationException", words));
    let report = diagnosed(record(run, USER, "iamdx probe bedrock --dry"), &Snapshot::default());
    assert_eq!(report.ending(), Ending::Undecided);
    insta::assert_snapshot!("dry_text", written(&report, "text"));
}

#[test]
fn an_interrupted_run_is_marked_incomplete() {
    let mut run =
        Run::new(plan(Settings { allow_subscribe: true, ..Settings::default() }, Discovery::default()).unwrap());
    let Step::Call { cell, .. } = run.next_step() else { panic!("nothing to call") };
    run.record(cell, completed());
    run.interrupt();
    let report = diagnosed(record(run, USER, "iamdx probe bedrock"), &Snapshot::default());
    assert_eq!(report.ending(), Ending::Undecided);
    insta::assert_snapshot!("interrupted_text", written(&report, "text"));
    let markdown = written(&report, "markdown");
    assert!(markdown.contains("- **`!`:** the run was broken off"), "{markdown}");
}

#[test]
fn a_quarantine_is_an_incident_and_nothing_is_proposed() {
    let mut run =
        Run::new(plan(Settings { allow_subscribe: true, ..Settings::default() }, Discovery::default()).unwrap());
    let deny =
        "with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";
    drive(&mut run, |call, _| iam(call, USER, &model_arn(call), deny));
    let report = diagnosed(record(run, USER, "iamdx probe bedrock"), &Snapshot::default());
    assert_eq!(report.ending(), Ending::Incident);
    assert_eq!(Counts::of(report.record.cells()).not_run, 5);
    assert!(report.findings[0].proposal.is_none() && written(&report, "text").contains("SECURITY INCIDENT"));
}

#[test]
fn secrets_and_controls_of_an_answer_reach_no_output() {
    let key = "AKIAIOSFODNN7EXAMPLE";
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let leak =
        format!("{key} aws_secret_access_key={secret} \u{1b}[31m<script>alert(1)</script>\" onload='x' \u{202e}\u{0}");
    let report_with = |plant: i32, leak: &str| {
        let mut run = Run::new(
            plan(Settings { allow_subscribe: true, ..models(&["us.anthropic.claude-sonnet-5"]) }, Discovery::default())
                .unwrap(),
        );
        drive(&mut run, |_, _| match plant {
            0 => refused(400, "ValidationException", leak),
            3 => refused(
                403,
                "AccessDeniedException",
                &format!(
                    "User: {USER} is not authorized to perform: bedrock:InvokeModel on resource: \
                     arn:aws:bedrock:us-east-1::foundation-model/{key} because no identity-based policy allows the bedrock:InvokeModel \
                     action {leak}"
                ),
            ),
            1 => attempt(Outcome::Refused { status: 403, code: None, message: None, body: Some(leak.to_owned()) }),
            _ => attempt(Outcome::Unanswered(NoAnswer::Failed(leak.to_owned()))),
        });
        let mut record = record(run, USER, &format!("AWS_ACCESS_KEY_ID={key} iamdx probe bedrock"));
        record.notes.push(Note::SecretInInput(leak.to_owned()));
        diagnosed(record, &Snapshot::default())
    };
    // what stands between angle brackets on a page is the same whatever the answers say
    let tags =
        |page: &str| page.split('<').skip(1).map(|tag| tag.split('>').next().unwrap().to_owned()).collect::<Vec<_>>();
    for plant in 0..4 {
        let report = report_with(plant, &leak);
        let page = written(&report, "html");
        assert!(
            !page.contains(key) && !page.contains(secret) && !page.contains(['\u{1b}', '\u{202e}', '\u{0}']),
            "{page}"
        );
        assert_eq!(tags(&page), tags(&written(&report_with(plant, "nothing of note"), "html")));
        let markdown = written(&report, "markdown");
        for page in [written(&report, "text"), markdown.clone(), written(&report, "json")] {
            assert!(!page.contains(key) && !page.contains(secret) && !page.contains('\u{1b}'), "{page}");
        }
        let markup = |event: &pulldown_cmark::Event<'_>| {
            matches!(event, pulldown_cmark::Event::Html(_) | pulldown_cmark::Event::InlineHtml(_))
        };
        assert_eq!(pulldown_cmark::Parser::new(&markdown).find(markup), None);
    }
}

/// What the cells of a run point to.
fn pointed(settings: Settings, answer: impl FnMut(&Call, usize) -> Attempt) -> Vec<String> {
    let settings = Settings { allow_subscribe: true, ..settings };
    let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
    drive(&mut run, answer);
    patterns(run.cells()).iter().map(words::pattern).collect()
}

#[test]
fn differences_between_cells_point_to_their_cause() {
    let deny = "with an explicit deny in an identity-based policy";
    let lacks = "because no identity-based policy allows the ACTION action";
    let one = || models(&["us.anthropic.claude-sonnet-5"]);
    let streams =
        pointed(
            one(),
            |call, _| {
                if call.api.streams() { iam(call, USER, &model_arn(call), deny) } else { completed() }
            },
        );
    assert_eq!(
        streams,
        [
            "us.anthropic.claude-sonnet-5 answers and its stream is denied: streaming is an action of its own, bedrock:InvokeModelWithResponseStream"
        ]
    );
    let bare = models(&["anthropic.claude-3-haiku-20240307-v1:0", "us.anthropic.claude-3-haiku-20240307-v1:0"]);
    let profile = pointed(bare.clone(), |call, _| {
        if call.model.prefix() == Some("us") { iam(call, USER, &model_arn(call), lacks) } else { completed() }
    });
    assert_eq!(
        profile,
        [
            "anthropic.claude-3-haiku-20240307-v1:0 answers and us.anthropic.claude-3-haiku-20240307-v1:0 is denied: the profile's own ARN, or its other Regions, are not allowed"
        ]
    );
    let only_profile = pointed(bare, |call, _| {
        if call.model.prefix() == Some("us") { completed() } else { iam(call, USER, &model_arn(call), lacks) }
    });
    assert_eq!(
        only_profile,
        [
            "us.anthropic.claude-3-haiku-20240307-v1:0 answers and anthropic.claude-3-haiku-20240307-v1:0 is denied: the model is allowed through the profile only"
        ]
    );
    let guarded = Settings { try_conditions: true, guardrail: Some(("gr-1".to_owned(), "1".to_owned())), ..one() };
    let condition = pointed(guarded, |call, _| match call.variation {
        Variation::Guardrail { .. } => completed(),
        _ => iam(call, USER, &model_arn(call), deny),
    });
    assert_eq!(
        condition,
        ["us.anthropic.claude-sonnet-5 is denied plainly and answers with guardrail gr-1:1: the Deny depends on it"]
    );
    let regions = Settings {
        regions: vec!["us-east-1".to_owned(), "me-south-1".to_owned()],
        ..models(&["global.anthropic.claude-sonnet-5"])
    };
    let opt_in = pointed(regions, |call, _| match call.region.as_str() {
        "us-east-1" => completed(),
        _ => refused(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
    });
    assert_eq!(
        opt_in,
        [
            "the credentials are accepted in us-east-1 and not in me-south-1: the account may not have enabled that Region"
        ]
    );
    let elsewhere = pointed(one(), |call, _| {
        iam(
            call,
            USER,
            "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-5",
            "with an explicit deny in a service control policy",
        )
    });
    assert_eq!(
        elsewhere,
        [
            "us.anthropic.claude-sonnet-5 was called in us-east-1, and arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-5 was denied: the profile sends calls there too, and one Region that is blocked denies them"
        ]
    );
}

#[test]
fn a_redacted_report_names_nobody() {
    let mut report = first_report();
    let pages = |report: &ProbeReport| ["text", "markdown", "json"].map(|format| written(report, format));
    for page in pages(&report) {
        assert!(page.contains("ci-summaries") && page.contains("123456789012"));
    }
    Redactor::default().report(&mut report);
    for clean in pages(&report) {
        assert!(!clean.contains("ci-summaries") && !clean.contains("123456789012"), "{clean}");
        assert!(clean.contains("anthropic.claude-v2:1"));
    }
}

#[test]
fn a_name_with_what_a_format_escapes_is_replaced_before_it_is_escaped() {
    let mut run = Run::new(plan(Settings::default(), Discovery::default()).unwrap());
    run.interrupt();
    let user = "arn:aws:iam::123456789012:user/_ci_summaries_";
    let mut report = ProbeReport::new(record(run, user, "iamdx probe bedrock"));
    assert!(written(&report, "markdown").contains("_ci_summaries_"));
    Redactor::default().report(&mut report);
    for format in ["text", "markdown", "json"] {
        let clean = written(&report, format);
        assert!(!clean.contains("summaries") && clean.contains("user/"), "{clean}");
    }
}

#[test]
fn the_steps_for_many_cells_of_a_kind_are_said_once() {
    let asked = models(&["us.anthropic.claude-sonnet-5", "us.anthropic.claude-opus-5"]);
    let mut run = Run::new(plan(Settings { allow_subscribe: true, ..asked }, Discovery::default()).unwrap());
    let form = "Model use case details have not been submitted for this account.";
    drive(&mut run, |_, _| refused(404, "ResourceNotFoundException", form));
    let found = stuck(&record(run, USER, "iamdx probe bedrock"));
    let [form] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((form.calls.failure.code(), form.cells.as_slice()), ("use-case", [0, 1, 2, 3].as_slice()));
    let steps = form.calls.steps();
    let codes: Vec<&str> = steps.iter().map(|step| step.what.code()).collect();
    assert_eq!(codes, ["see-use-case", "submit-use-case", "call-again"]);
    assert!(steps.iter().all(|step| step.commands.len() <= 1), "{steps:?}");
}

#[test]
fn nothing_called_says_why() {
    let run = Run::new(plan(Settings::default(), Discovery::default()).unwrap());
    let said = words::summary(&Summary::of(run.cells()));
    assert_eq!(
        said,
        "nothing was called, so nothing is known about permissions; 6 cells: the first call could make the account agree to the model's \
         Marketplace offer; --allow-subscribe permits it, and where the control plane does not tell, naming the model with --models does"
    );
    let found = stuck(&record(run, USER, "iamdx probe bedrock"));
    assert_eq!(found.iter().map(|it| it.calls.failure.code()).collect::<Vec<_>>(), ["agreement-not-known"]);
}

/// AWS's own ARN counts, whatever the lists say: a Region to which the profile leads, or another type than the id seems to have.
#[test]
fn a_proposed_policy_covers_what_aws_denied() {
    let lacks = "because no identity-based policy allows the ACTION action";
    for denied in [
        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-5",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12cd34ef56",
    ] {
        let settings = Settings { allow_subscribe: true, fallback: false, ..models(&["us.anthropic.claude-sonnet-5"]) };
        let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
        drive(&mut run, |call, _| iam(call, USER, denied, lacks));
        let report = diagnosed(record(run, USER, "iamdx probe bedrock"), &Snapshot::default());
        let proposal = report.findings[0].proposal.as_ref().unwrap();
        assert!(proposal.document.contains(denied), "{}", proposal.document);
        assert_eq!(proposal.requests, proposal.allowed, "{}", proposal.document);
    }
}

#[test]
fn an_api_key_is_judged_by_the_user_that_aws_names() {
    let settings = Settings { allow_subscribe: true, ..models(&["us.anthropic.claude-sonnet-5"]) };
    let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
    let owner = "arn:aws:iam::444455556666:user/BedrockAPIKey-ab12";
    drive(&mut run, |call, _| {
        let profile = format!("arn:aws:bedrock:us-east-1:444455556666:inference-profile/{}", call.model);
        iam(call, owner, &profile, "because no identity-based policy allows the ACTION action")
    });
    let record = Record { auth: Auth::Bearer, ..record(run, USER, "iamdx probe bedrock") };
    let report = diagnosed(record, &Snapshot::default());
    let note = "AWS denied arn:aws:iam::444455556666:user/BedrockAPIKey-ab12: that is the user of the API key, whose policies decide";
    let notes: Vec<String> = report.record.notes().iter().map(words::note).collect();
    assert!(notes.iter().any(|it| it == note), "{notes:?}");
    let proposal = report.findings[0].proposal.as_ref().unwrap();
    assert!(proposal.document.contains("444455556666") && !proposal.document.contains("123456789012"));
    assert_eq!(proposal.unknown.len(), 1);
}

proptest! {
    #[test]
    fn the_counts_add_up_whatever_happens(
        answers in proptest::collection::vec(any_attempt(), 1..20),
        params: bool,
        max_calls in proptest::option::of(0u32..30),
        broken in proptest::option::of(0usize..8),
    ) {
        let settings = Settings { allow_subscribe: true, params, max_calls, ..Settings::default() };
        let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
        let mut made = 0;
        while let Step::Call { cell, .. } = run.next_step() {
            if broken == Some(made) {
                break;
            }
            made += 1;
            while run.record(cell, answers[made % answers.len()].clone()) != After::Done {}
        }
        run.interrupt();
        let report = diagnosed(record(run, USER, "iamdx probe bedrock"), &Snapshot::default());
        prop_assert!(adds_up(&report));
        let denied = report.record.cells().iter().filter(|cell| cell.is_denied()).count();
        prop_assert_eq!(report.findings.iter().map(|finding| finding.finding.cells.len()).sum::<usize>(), denied);
        let _ = (written(&report, "text"), written(&report, "markdown"), written(&report, "json"));
    }
}
