//! `iamdx probe bedrock` over the wire: what each situation comes to, in the report that a person reads and in JSON.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;

use crate::support::event_stream::exception;
use crate::support::fake_bedrock::{Asked, EXPLICIT, FakeBedrock, IMPLICIT, Reply, conversation};
use crate::support::probe::{cells, command, finish, json, open, probe, report, timeless};

const SONNET: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const ONE: [&str; 2] = ["--models", SONNET];

/// Four models that were current in their day.
const FOUR: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0,anthropic.claude-3-5-sonnet-20240620-v1:0,\
                    anthropic.claude-3-sonnet-20240229-v1:0,anthropic.claude-v2:1";

fn denied(asked: &Asked) -> Reply {
    Reply::denied(asked, EXPLICIT)
}

#[test]
fn four_models_denied_by_one_policy_are_one_finding() {
    let fake = open(denied);
    let run = probe(&fake, &["--models", FOUR]);
    assert_eq!(run.code, 1, "{}", run.whole());
    // each model by itself and as a stream: nothing is taken for granted
    assert_eq!(fake.calls().len(), 8);
    insta::assert_snapshot!("probe_four_models", timeless(&run.stdout));
}

#[test]
fn everything_answers() {
    let fake = open(|_| Reply::Ok);
    let run = probe(&fake, &[]);
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(timeless(&run.stdout), @r#"
    PROBE  Amazon Bedrock, 2026-11-22T10:00:00Z to 2026-11-22T10:00:00Z
      as    user/notebook, account 111122223333
      auth  SigV4, by these credentials

    IN SHORT    each of the 3 models that were called answers

    us-east-1                                               converse    stream
      us.anthropic.claude-sonnet-4-5-20250929-v1:0          ok          ok
      us.anthropic.claude-haiku-4-5-20251001-v1:0           ok          ok
      us.anthropic.claude-opus-4-5-20251101-v1:0            ok          ok

    COUNTS      6 planned = 6 ok; by policies: 6 allowed, 0 not, 0 not known
    USED        6 calls, 48 tokens in, 6 out, at most 0.0007 USD (before: at most
                0.0019 USD for 6 calls; prices of 2026-11-22)
    SEEN        6 of 6 attempted calls answered
    NOTES       not tried: Regions other than us-east-1; nothing is said about them

    AGAIN
        iamdx probe bedrock --regions us-east-1
    "#);
}

#[test]
fn an_answer_without_a_permission_to_stream_is_told_apart() {
    let fake = open(|asked| if asked.operation == "converse" { Reply::Ok } else { Reply::denied(asked, IMPLICIT) });
    let run = probe(&fake, &ONE);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!("probe_stream_denied", timeless(&run.stdout));
}

#[test]
fn a_model_that_needs_a_profile_is_called_through_one_and_the_report_says_so() {
    let fake = open(|asked| {
        if asked.model.starts_with("us.") {
            return Reply::Ok;
        }
        let message = format!(
            "Invocation of model ID {} with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an \
             inference profile that contains this model.",
            asked.model
        );
        Reply::bedrock(400, "ValidationException", &message)
    });
    let (code, report) = json(&fake, &["--models", "anthropic.claude-sonnet-4-5-20250929-v1:0"]);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 0
    us-east-1 anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: routing needs-profile authorized unknown
    us-east-1 anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: routing needs-profile authorized unknown
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    "#);
}

#[test]
fn a_throttled_call_is_repeated_within_its_cell() {
    let times = Mutex::new(0);
    let fake = open(move |asked| {
        let mut times = times.lock().unwrap();
        *times += u32::from(asked.operation == "converse");
        if asked.operation == "converse" && *times <= 2 {
            Reply::bedrock(429, "ThrottlingException", "Too many requests, please wait before trying again.")
        } else {
            Reply::Ok
        }
    });
    let (code, report) = json(&fake, &ONE);
    insta::assert_snapshot!(format!("exit {code}\n{}\n{}", cells(&report), report["usage"]), @r#"
    exit 0
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x3: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    {"calls":4,"estimated_usd":0.000156,"input_tokens":16,"output_tokens":2}
    "#);
}

#[test]
fn a_call_that_stays_throttled_is_an_allowed_one() {
    let fake = open(|asked| match asked.operation.as_str() {
        "converse" => Reply::bedrock(429, "ThrottlingException", "Too many requests, please wait before trying again."),
        _ => Reply::bedrock(429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
    });
    let (code, report) = json(&fake, &ONE);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 0
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x3: throttled requests authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: throttled tokens-per-day authorized yes
    "#);
}

#[test]
fn streams_that_break_are_told_from_streams_that_are_denied() {
    let all = conversation();
    let broken = |reply: Reply| {
        let fake = open(move |asked| if asked.operation == "converse" { Reply::Ok } else { reply.clone() });
        let (code, report) = json(&fake, &ONE);
        let cell = &report["cells"][1];
        format!(
            "exit {code}: {} {} authorized {}; {}",
            cell["verdict"].as_str().unwrap(),
            cell["detail"],
            cell["authorized"].as_str().unwrap(),
            cell["note"].as_str().unwrap_or("-")
        )
    };
    let with = |frame: Vec<u8>| Reply::Frames(vec![all[0].clone(), all[1].clone(), frame]);
    let mut half = all[0].clone();
    half.extend_from_slice(&all[1][..40]);
    let told = [
        broken(Reply::Frames(all[..3].to_vec())),
        broken(Reply::Broken(half)),
        broken(with(exception("throttlingException", "Too many requests, please wait before trying again."))),
        broken(with(exception("modelStreamErrorException", "The model broke."))),
        broken(with(exception("accessDeniedException", "No."))),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
    exit 3: stream-truncated null authorized yes; the stream began and broke off after 3 events, without an error
    exit 3: stream-truncated null authorized yes; the stream began and broke off after 1 events, without an error
    exit 3: stream-error "requests" authorized yes; the stream began and ended with an error after 2 events
    exit 3: stream-error "model-error" authorized yes; the stream began and ended with an error after 2 events
    exit 1: denied null authorized no; the text tells neither the resource nor the reason
    "#);
}

#[test]
fn what_may_not_be_listed_comes_from_the_built_in_list() {
    let fake = FakeBedrock::start(|asked| {
        if asked.is_call() {
            Reply::Ok
        } else {
            Reply::iam("User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List")
        }
    });
    // what is not known could subscribe the account
    let (code, cautious) = json(&fake, &[]);
    assert_eq!(code, 3);
    assert_eq!(fake.calls().len(), 0);
    // a model that is named is called, and that is said
    let (code, named) = json(&fake, &["--models", "us.anthropic.claude-sonnet-5-5"]);
    assert_eq!((code, fake.calls().len()), (0, 2));
    let notes = named["notes"].to_string();
    assert!(notes.contains("the Marketplace offer of anthropic.claude-sonnet-5-5 could not be asked"), "{notes}");
    let (code, report) = json(&fake, &["--allow-subscribe"]);
    insta::assert_snapshot!(
        format!("{}\n\nexit {code}\n{}\n{:#}\n{:#}", cells(&cautious), cells(&report), report["discovery"], report["notes"]),
        @r#"
    us-east-1 us.anthropic.claude-sonnet-5-5 converse x0: not-run would-subscribe authorized unknown
    us-east-1 us.anthropic.claude-sonnet-5-5 converse-stream x0: not-run would-subscribe authorized unknown
    us-east-1 us.anthropic.claude-haiku-5-5 converse x0: not-run would-subscribe authorized unknown
    us-east-1 us.anthropic.claude-haiku-5-5 converse-stream x0: not-run would-subscribe authorized unknown
    us-east-1 us.anthropic.claude-opus-5-5 converse x0: not-run would-subscribe authorized unknown
    us-east-1 us.anthropic.claude-opus-5-5 converse-stream x0: not-run would-subscribe authorized unknown

    exit 0
    us-east-1 us.anthropic.claude-sonnet-5-5 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-5-5 converse-stream x1: ok - authorized yes
    us-east-1 us.anthropic.claude-haiku-5-5 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-haiku-5-5 converse-stream x1: ok - authorized yes
    us-east-1 us.anthropic.claude-opus-5-5 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-opus-5-5 converse-stream x1: ok - authorized yes
    [
      {
        "models": null,
        "profiles": null,
        "refused": [
          "AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List",
          "AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List",
          "AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List",
          "AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List",
          "AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List"
        ],
        "region": "us-east-1"
      }
    ]
    [
      "the models of us-east-1 could not be listed (ListFoundationModels: AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List; ListInferenceProfiles: AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List), which says nothing about calling them; the built-in list of 2026-11-29 is used",
      "not tried: Regions other than us-east-1; nothing is said about them"
    ]
    "#
    );
}

#[test]
fn a_page_of_a_proxy_is_no_denial() {
    let fake = open(|_| Reply::Html(403, "<html><h1>Blocked by policy</h1></html>"));
    let run = probe(&fake, &ONE);
    assert_eq!(run.code, 3);
    insta::assert_snapshot!(timeless(&run.stdout), @r#"
    PROBE  Amazon Bedrock, 2026-11-22T10:00:00Z to 2026-11-22T10:00:00Z
      as    user/notebook, account 111122223333
      auth  SigV4, by these credentials

    IN SHORT    the model that was called does not answer; 2 calls unknown

    us-east-1                                               converse    stream
      us.anthropic.claude-sonnet-4-5-20250929-v1:0          unclear     unclear

      unclear     an answer that is not recognised

    NEXT  2 cells: something that is not AWS answered: a proxy, firewall or gateway
     1  look for the proxy, firewall or gateway between this machine and AWS

    COUNTS      2 planned = 2 unknown; by policies: 0 allowed, 0 not, 2 not known
    USED        2 calls, 0 tokens in, 0 out, no cost (before: at most 0.0005 USD for
                2 calls; prices of 2026-11-22)
    CELLS       2 cells: unknown (intermediary) 403: <html><h1>Blocked by
                policy</h1></html>; the answer carries no error type of AWS: a
                proxy, firewall or gateway may have answered
    NOTES       not tried: Regions other than us-east-1; nothing is said about them

    AGAIN
        iamdx probe bedrock --models us.anthropic.claude-sonnet-4-5-20250929-v1:0 --regions us-east-1
    "#);
}

#[test]
fn nothing_that_answers_is_the_network() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let fake = open(|_| Reply::Ok);
    let mut command = command(&fake.url, &["--format", "json", ONE[0], ONE[1]]);
    command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &closed);
    let run = finish(command);
    assert_eq!(run.code, 4, "{}", run.whole());
    insta::assert_snapshot!(cells(&report(&run)), @r#"
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: network - authorized unknown
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: network - authorized unknown
    "#);
    assert_eq!(fake.calls().len(), 0);
}

#[test]
fn an_answer_that_takes_too_long_is_no_answer() {
    let fake = open(|asked| match asked.operation.as_str() {
        "converse" => Reply::Slow(Duration::from_secs(3)),
        _ => Reply::Standstill(conversation()[0].clone()),
    });
    let (code, report) = json(&fake, &["--timeout", "1", ONE[0], ONE[1]]);
    let messages: Vec<_> = report["cells"].as_array().unwrap().iter().map(|cell| cell["message"].to_string()).collect();
    insta::assert_snapshot!(format!("exit {code}\n{}\n{}", cells(&report), messages.join("\n")), @r#"
    exit 3
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: network timeout authorized unknown
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: stream-error - authorized yes
    "timed out: no answer within 1 s"
    "the stream stalled: nothing more came in time"
    "#);
}

#[test]
fn parameters_are_varied_on_what_works() {
    let fake = open(|asked| {
        let body = asked.body.to_string();
        let refused = match body {
            _ if body.contains("topP") => {
                "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
            }
            _ if body.contains("optimized") => "Latency performance configuration is not supported for this model",
            _ => return Reply::Ok,
        };
        Reply::bedrock(400, "ValidationException", &format!("The model returned the following errors: {refused}"))
    });
    let (code, report) = json(&fake, &["--params", "--guardrail", "gr1234567890:1", ONE[0], ONE[1]]);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 0
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"guardrail":"gr1234567890","guardrail_version":"1"} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"latency":"optimized"} x1: request-invalid - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"service_tier":"flex"} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"service_tier":"priority"} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"temperature":0,"top_p":1} x1: request-invalid sampling-both authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"temperature":0} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"tools":1} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream {"guardrail":"gr1234567890","guardrail_version":"1"} x1: ok - authorized yes
    "#);
    // the plain calls carry nothing but the limit of one token
    let plain: Vec<_> = fake.calls().into_iter().take(2).map(|asked| asked.body["inferenceConfig"].clone()).collect();
    assert_eq!(plain, [json!({"maxTokens": 1}), json!({"maxTokens": 1})]);
}

#[test]
fn a_deny_that_depends_on_a_guardrail_is_found_by_trying_one() {
    let fake =
        open(
            |asked| {
                if asked.body.to_string().contains("gr1234567890") { Reply::Ok } else { Reply::denied(asked, EXPLICIT) }
            },
        );
    let arguments = ["--guardrail", "gr1234567890:1", "--try-conditions", ONE[0], ONE[1]];
    let (code, report) = json(&fake, &arguments);
    insta::assert_snapshot!(format!("exit {code}\n{}\n{:#}", cells(&report), report["patterns"]), @r#"
    exit 1
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: denied-explicit inference-profile authorized no
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: denied-explicit inference-profile authorized no
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"guardrail":"gr1234567890","guardrail_version":"1"} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"service_tier":"flex"} x1: denied-explicit inference-profile authorized no
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"service_tier":"priority"} x1: denied-explicit inference-profile authorized no
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream {"guardrail":"gr1234567890","guardrail_version":"1"} x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream {"service_tier":"flex"} x1: denied-explicit inference-profile authorized no
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream {"service_tier":"priority"} x1: denied-explicit inference-profile authorized no
    [
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0 is denied plainly and answers with guardrail gr1234567890:1: the Deny depends on it"
    ]
    "#);
}

#[test]
fn invoke_is_called_by_its_own_operations() {
    let fake = open(|_| Reply::Ok);
    let (code, report) = json(&fake, &["--api", "converse,invoke", ONE[0], ONE[1]]);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 0
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 invoke x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 invoke-stream x1: ok - authorized yes
    "#);
    let mut operations: Vec<_> = fake.calls().into_iter().map(|asked| asked.operation).collect();
    operations.sort();
    assert_eq!(operations, ["converse", "converse-stream", "invoke", "invoke-with-response-stream"]);
}

#[test]
fn a_deny_in_one_region_is_told_as_such() {
    let fake = open(|asked| match asked.region.as_str() {
        "us-east-1" => Reply::Ok,
        _ => Reply::denied(asked, "with an explicit deny in a service control policy"),
    });
    let (code, report) = json(&fake, &["--models", "sonnet", "--regions", "us-east-1,eu-west-3", "--max-calls", "20"]);
    insta::assert_snapshot!(
        format!("exit {code}\n{}\n{:#}\n{:#}", cells(&report), report["statements"], report["patterns"]),
        @r#"
    exit 1
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    eu-west-3 eu.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: denied-explicit inference-profile authorized no
    eu-west-3 eu.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: denied-explicit inference-profile authorized no
    [
      "2 of 4 attempted calls denied (1 model, 2 Regions, 2 actions: bedrock:InvokeModel 1 of 2, bedrock:InvokeModelWithResponseStream 1 of 2)",
      "2 of 4 attempted calls answered"
    ]
    [
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0 answers in us-east-1 and is denied in eu-west-3: look for a condition on the Region (aws:RequestedRegion) or a Region in Resource"
    ]
    "#
    );
}

#[test]
fn the_control_plane_of_each_region_is_asked_once() {
    let fake = open(|_| Reply::Ok);
    let run = probe(&fake, &["--models", "sonnet"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    let mut asked: Vec<_> = fake.asked().into_iter().map(|asked| asked.operation).collect();
    asked.sort();
    assert_eq!(
        asked,
        [
            "GetCallerIdentity",
            "converse",
            "converse-stream",
            "foundation-model-availability",
            "foundation-models",
            "inference-profiles"
        ]
    );
    assert!(fake.asked().iter().all(|asked| asked.scheme() == "AWS4-HMAC-SHA256"));
}
