//! One call of Bedrock's runtime over the wire, and what it came to: every success, every failure, and what is sent.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_iam::config::Credentials;
use iamdx::aws::{Auth, Bedrock, Clients, drive};
use iamdx::probe::{
    Api, Attempt, Call, Discovery, Found, ModelRef, NoAnswer, Outcome, Plan, Refusal, Run, Settings, StreamFailure,
    Variation, plan,
};
use serde_json::json;

use crate::support::event_stream::{chunk, error, event, exception, spoiled};
use crate::support::fake_bedrock::{Asked, EXPLICIT, FakeBedrock, IMPLICIT, Reply, chunks, conversation};

const MODEL: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

fn bedrock(url: &str, limit: Duration) -> Bedrock {
    let config = aws_config::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .credentials_provider(aws_sdk_iam::config::SharedCredentialsProvider::new(Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            None,
            None,
            "test",
        )))
        .build();
    Bedrock::new(&Clients::of(config), Auth::SigV4, Some(limit)).unwrap()
}

fn call(api: Api, variation: Variation) -> Call {
    Call { region: "us-east-1".to_owned(), model: ModelRef::parse(MODEL).unwrap(), api, variation }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// What one call with this answer comes to.
fn attempt(api: Api, reply: Reply) -> Attempt {
    let fake = FakeBedrock::start(move |_| reply.clone());
    block_on(bedrock(&fake.url, Duration::from_secs(2)).call(&call(api, Variation::Plain)))
}

fn outcome(api: Api, reply: Reply) -> String {
    let attempt = attempt(api, reply);
    let id = if attempt.request_id.is_some() { "" } else { " (no request id)" };
    match attempt.outcome {
        Outcome::Completed { stop_reason, usage } => {
            format!(
                "completed: {}, {} in, {} out{id}",
                stop_reason.as_deref().unwrap_or("-"),
                usage.input_tokens,
                usage.output_tokens
            )
        }
        Outcome::Truncated { events, usage } => format!("truncated after {events}, {} out{id}", usage.output_tokens),
        Outcome::Exception { failure: StreamFailure::Service { code, message }, events } => {
            format!(
                "exception after {events}: {}: {}{id}",
                code.as_deref().unwrap_or("-"),
                message.as_deref().unwrap_or("-")
            )
        }
        Outcome::Refused { status, code, message, body } => {
            let body = body.map_or_else(String::new, |body| format!(" [{body}]"));
            format!("{status} {}: {}{body}{id}", code.as_deref().unwrap_or("-"), message.as_deref().unwrap_or("-"))
        }
        Outcome::Exception { failure, events } => format!("{failure:?} after {events}{id}"),
        Outcome::Unanswered(why) => format!("unanswered: {why:?}{id}"),
    }
}

#[test]
fn an_answer_of_each_operation_is_whole() {
    for api in [Api::Converse, Api::ConverseStream, Api::Invoke, Api::InvokeStream] {
        assert_eq!(outcome(api, Reply::Ok), "completed: max_tokens, 8 in, 1 out", "{api:?}");
    }
    let intervened = json!({"type": "message", "content": [], "stop_reason": "end_turn", "amazon-bedrock-guardrailAction": "INTERVENED"});
    assert_eq!(outcome(Api::Invoke, Reply::Json(intervened)), "completed: guardrail_intervened, 0 in, 0 out");
}

#[test]
fn an_error_keeps_status_code_and_words_whether_the_client_knows_it_or_not() {
    let gate = r#"{"type":"error","error":{"type":"permission_error","message":"The model is not available for this account."}}"#;
    let replies = [
        Reply::iam("User: arn:aws:iam::111122223333:user/notebook is not authorized"),
        Reply::bedrock(403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
        Reply::unauthenticated("UnrecognizedClientException", "The security token included in the request is invalid."),
        Reply::unauthenticated("ExpiredTokenException", "The security token included in the request is expired"),
        Reply::bedrock(400, "ServiceQuotaExceededException", "Over the quota."),
        Reply::bedrock(404, "ResourceNotFoundException", "This model version has reached the end of its life."),
        Reply::bedrock(408, "ModelTimeoutException", "Too slow."),
        Reply::bedrock(424, "ModelErrorException", "Broken."),
        Reply::bedrock(429, "ThrottlingException", "Too many requests."),
        Reply::bedrock(503, "ServiceUnavailableException", "Not now."),
        Reply::bedrock(400, "SomethingNewException", "Nobody knows."),
        Reply::Error(403, None, gate.to_owned()),
        Reply::Html(403, "<html><h1>Blocked by policy</h1></html>"),
        Reply::Error(502, None, String::new()),
    ];
    let said = |api| replies.iter().map(|reply| outcome(api, reply.clone())).collect::<Vec<_>>().join("\n");
    let converse = said(Api::Converse);
    for api in [Api::ConverseStream, Api::Invoke, Api::InvokeStream] {
        assert_eq!(said(api), converse, "{api:?}");
    }
    insta::assert_snapshot!(converse, @r#"
    403 AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized
    403 AccessDeniedException: You don't have access to the model with the specified model ID.
    403 UnrecognizedClientException: The security token included in the request is invalid.
    403 ExpiredTokenException: The security token included in the request is expired
    400 ServiceQuotaExceededException: Over the quota.
    404 ResourceNotFoundException: This model version has reached the end of its life.
    408 ModelTimeoutException: Too slow.
    424 ModelErrorException: Broken.
    429 ThrottlingException: Too many requests.
    503 ServiceUnavailableException: Not now.
    400 SomethingNewException: Nobody knows.
    403 -: - [{"type":"error","error":{"type":"permission_error","message":"The model is not available for this account."}}]
    403 -: - [<html><h1>Blocked by policy</h1></html>] (no request id)
    502 -: -
    "#);
}

#[test]
fn a_stream_is_whole_only_with_its_closing_event() {
    let all = conversation();
    let cut = |events: usize| Reply::Frames(all[..events].to_vec());
    let with = |frame: Vec<u8>| Reply::Frames(vec![all[0].clone(), all[1].clone(), frame]);
    let mut half = all[0].clone();
    half.extend_from_slice(&all[1][..40]);
    let replies = [
        ("nothing", Reply::Frames(Vec::new())),
        ("before the closing event", cut(3)),
        ("before the usage", cut(4)),
        ("inside a frame", Reply::Frames(vec![half.clone()])),
        ("inside a chunk", Reply::Broken(half)),
        ("a spoiled frame", with(spoiled(all[2].clone()))),
        ("throttled", with(exception("throttlingException", "Too many requests."))),
        ("not modelled", with(exception("accessDeniedException", "No."))),
        ("an error", with(error("InternalError", "Something broke."))),
        ("unknown event", Reply::Frames([vec![event("somethingNew", "{}")], all.clone()].concat())),
        ("standing still", Reply::Standstill(all[0].clone())),
    ];
    let said: Vec<_> = replies.map(|(name, reply)| format!("{name}: {}", outcome(Api::ConverseStream, reply))).into();
    insta::assert_snapshot!(said.join("\n"), @r#"
    nothing: truncated after 0, 0 out
    before the closing event: truncated after 3, 0 out
    before the usage: completed: max_tokens, 0 in, 0 out
    inside a frame: truncated after 1, 0 out
    inside a chunk: truncated after 1, 0 out
    a spoiled frame: Unreadable("message checksum 0xB32E4D34 didn't match expected checksum 0x26AA6996") after 2
    throttled: exception after 2: throttlingException: Too many requests.
    not modelled: exception after 2: accessDeniedException: No.
    an error: exception after 2: InternalError: Something broke.
    unknown event: completed: max_tokens, 8 in, 1 out
    standing still: Stalled after 1
    "#);
}

#[test]
fn a_stream_of_chunks_is_whole_only_with_its_closing_event() {
    let all = chunks();
    let with = |frame: Vec<u8>| Reply::Frames(vec![all[0].clone(), all[1].clone(), frame]);
    let replies = [
        ("before the closing event", Reply::Frames(all[..5].to_vec())),
        ("throttled", with(exception("throttlingException", "Too many requests."))),
        ("timed out", with(exception("modelTimeoutException", "Too slow."))),
        ("not modelled", with(exception("accessDeniedException", "No."))),
        ("an error", with(error("InternalError", "Something broke."))),
        ("the model's own", with(chunk(r#"{"type":"error","error":{"type":"overloaded_error","message":"Busy."}}"#))),
        ("a spoiled frame", with(spoiled(all[2].clone()))),
    ];
    let said: Vec<_> = replies.map(|(name, reply)| format!("{name}: {}", outcome(Api::InvokeStream, reply))).into();
    insta::assert_snapshot!(said.join("\n"), @r#"
    before the closing event: truncated after 5, 1 out
    throttled: exception after 2: throttlingException: Too many requests.
    timed out: exception after 2: modelTimeoutException: Too slow.
    not modelled: exception after 2: accessDeniedException: No.
    an error: exception after 2: InternalError: Something broke.
    the model's own: exception after 3: overloaded_error: Busy.
    a spoiled frame: Unreadable("message checksum 0xD348D971 didn't match expected checksum 0x46CCFDD3") after 2
    "#);
}

#[test]
fn what_does_not_answer_is_told() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let refused = block_on(bedrock(&closed, Duration::from_secs(2)).call(&call(Api::Converse, Variation::Plain)));
    let Outcome::Unanswered(NoAnswer::Failed(why)) = refused.outcome else { panic!("{:?}", refused.outcome) };
    assert!(why.contains("Connection refused"), "{why}");
    let nowhere = "http://bedrock.invalid";
    let unknown = block_on(bedrock(nowhere, Duration::from_secs(2)).call(&call(Api::Converse, Variation::Plain)));
    let Outcome::Unanswered(NoAnswer::Failed(why)) = unknown.outcome else { panic!("{:?}", unknown.outcome) };
    assert!(why.contains("dns error"), "{why}");
    assert_eq!(outcome(Api::Converse, Reply::Slow(Duration::from_secs(3))), "unanswered: TimedOut(2s) (no request id)");
    assert_eq!(outcome(Api::Invoke, Reply::Html(200, "<html>Welcome")), "unanswered: NotJson (no request id)");
    assert!(outcome(Api::Converse, Reply::Html(200, "<html>Welcome")).starts_with("unanswered: Unreadable("));
    for api in [Api::ConverseStream, Api::InvokeStream] {
        for page in ["<html>Welcome to the captive portal, please sign in</html>", ""] {
            let portal = outcome(api, Reply::Html(200, page));
            assert!(portal.starts_with("unanswered: NotStream("), "{portal}");
        }
    }
    let slow = attempt(Api::Converse, Reply::Slow(Duration::from_millis(300)));
    assert!(slow.latency_ms >= 300, "{}", slow.latency_ms);
}

/// What goes over the wire for a variation: the path, what is in the body beyond the question, and the headers of Bedrock.
fn sent(api: Api, variation: Variation) -> String {
    let fake = FakeBedrock::start(|_| Reply::Ok);
    block_on(bedrock(&fake.url, Duration::from_secs(2)).call(&call(api, variation)));
    let asked = fake.calls().remove(0);
    let mut body = asked.body.clone();
    let fields = body.as_object_mut().unwrap();
    let message = fields.remove("messages").unwrap();
    let said = message[0]["content"][0]["text"].as_str().or_else(|| message[0]["content"].as_str());
    assert_eq!((said, message.as_array().unwrap().len()), (Some("ping"), 1));
    assert_eq!(asked.scheme(), "AWS4-HMAC-SHA256");
    let headers = ["guardrailidentifier", "guardrailversion", "service-tier", "performanceconfig-latency"];
    let headers: Vec<_> = headers
        .iter()
        .filter_map(|name| Some(format!(" {name}={}", asked.header(&format!("x-amzn-bedrock-{name}"))?)))
        .collect();
    format!("{} {body}{}", asked.operation, headers.concat())
}

#[test]
fn a_plain_call_asks_for_one_token_and_sets_nothing_else() {
    let variations = [
        Variation::Plain,
        Variation::Dry,
        Variation::Temperature,
        Variation::TemperatureAndTopP,
        Variation::Tool,
        Variation::ServiceTier("flex"),
        Variation::LowLatency,
        Variation::Guardrail { identifier: "gr1234567890".to_owned(), version: "2".to_owned() },
    ];
    let all: Vec<_> = [Api::Converse, Api::ConverseStream, Api::Invoke, Api::InvokeStream]
        .into_iter()
        .flat_map(|api| variations.iter().map(move |variation| sent(api, variation.clone())))
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    converse {"inferenceConfig":{"maxTokens":1}}
    converse {"inferenceConfig":{"maxTokens":0}}
    converse {"inferenceConfig":{"maxTokens":1,"temperature":0.0}}
    converse {"inferenceConfig":{"maxTokens":1,"temperature":0.0,"topP":1.0}}
    converse {"inferenceConfig":{"maxTokens":1},"toolConfig":{"tools":[{"toolSpec":{"description":"Answers with the same word.","inputSchema":{"json":{"type":"object"}},"name":"ping"}}]}}
    converse {"inferenceConfig":{"maxTokens":1},"serviceTier":{"type":"flex"}}
    converse {"inferenceConfig":{"maxTokens":1},"performanceConfig":{"latency":"optimized"}}
    converse {"guardrailConfig":{"guardrailIdentifier":"gr1234567890","guardrailVersion":"2","trace":"disabled"},"inferenceConfig":{"maxTokens":1}}
    converse-stream {"inferenceConfig":{"maxTokens":1}}
    converse-stream {"inferenceConfig":{"maxTokens":0}}
    converse-stream {"inferenceConfig":{"maxTokens":1,"temperature":0.0}}
    converse-stream {"inferenceConfig":{"maxTokens":1,"temperature":0.0,"topP":1.0}}
    converse-stream {"inferenceConfig":{"maxTokens":1},"toolConfig":{"tools":[{"toolSpec":{"description":"Answers with the same word.","inputSchema":{"json":{"type":"object"}},"name":"ping"}}]}}
    converse-stream {"inferenceConfig":{"maxTokens":1},"serviceTier":{"type":"flex"}}
    converse-stream {"inferenceConfig":{"maxTokens":1},"performanceConfig":{"latency":"optimized"}}
    converse-stream {"guardrailConfig":{"guardrailIdentifier":"gr1234567890","guardrailVersion":"2","streamProcessingMode":"sync","trace":"disabled"},"inferenceConfig":{"maxTokens":1}}
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1}
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":0}
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"temperature":0}
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"temperature":0,"top_p":1}
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"tools":[{"description":"Answers with the same word.","input_schema":{"type":"object"},"name":"ping"}]}
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1} service-tier=flex
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1} performanceconfig-latency=optimized
    invoke {"anthropic_version":"bedrock-2023-05-31","max_tokens":1} guardrailidentifier=gr1234567890 guardrailversion=2
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1}
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":0}
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"temperature":0}
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"temperature":0,"top_p":1}
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"tools":[{"description":"Answers with the same word.","input_schema":{"type":"object"},"name":"ping"}]}
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1} service-tier=flex
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1} performanceconfig-latency=optimized
    invoke-with-response-stream {"anthropic_version":"bedrock-2023-05-31","max_tokens":1} guardrailidentifier=gr1234567890 guardrailversion=2
    "#);
}

#[test]
fn a_model_is_one_part_of_the_path() {
    let fake = FakeBedrock::start(|_| Reply::Ok);
    let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123";
    let call = Call { model: ModelRef::parse(arn).unwrap(), ..call(Api::Converse, Variation::Plain) };
    block_on(bedrock(&fake.url, Duration::from_secs(2)).call(&call));
    let asked = fake.calls().remove(0);
    assert_eq!(
        asked.path,
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123/converse"
    );
    assert_eq!((asked.model.as_str(), asked.region.as_str()), (arn, "us-east-1"));
}

#[test]
fn a_denial_is_worded_as_iam_does() {
    let fake = FakeBedrock::start(|asked| match asked.operation.as_str() {
        "converse" => Reply::denied(asked, EXPLICIT),
        _ => Reply::denied(asked, IMPLICIT),
    });
    let bedrock = bedrock(&fake.url, Duration::from_secs(2));
    let said = |api| {
        let attempt = block_on(bedrock.call(&call(api, Variation::Plain)));
        let Outcome::Refused { message, .. } = attempt.outcome else { panic!("{:?}", attempt.outcome) };
        message.unwrap()
    };
    let text = [said(Api::Converse), said(Api::ConverseStream)].join("\n");
    insta::assert_snapshot!(text, @r#"
    User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in an identity-based policy
    User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 because no identity-based policy allows the bedrock:InvokeModelWithResponseStream action
    "#);
    let denials = iamdx::denial::parse(&iamdx::text::Source::new("answers", text));
    assert_eq!(denials.len(), 2);
}

/// The control plane of us-east-1 with two models and a profile in two pages; elsewhere it refuses.
fn control_plane(asked: &Asked) -> Reply {
    if asked.region != "us-east-1" {
        return Reply::iam("User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List");
    }
    Reply::Json(match (asked.operation.as_str(), asked.path.contains("nextToken=")) {
        ("foundation-models", _) => json!({"modelSummaries": [
            {
                "modelArn": format!("arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"),
                "modelId": MODEL,
                "modelName": "Claude Sonnet 4.5",
                "providerName": "Anthropic",
                "inputModalities": ["TEXT", "IMAGE"],
                "outputModalities": ["TEXT"],
                "inferenceTypesSupported": ["INFERENCE_PROFILE"],
                "modelLifecycle": {"status": "ACTIVE"},
            },
            {
                "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
                "modelId": "anthropic.claude-3-haiku-20240307-v1:0",
                "outputModalities": ["TEXT"],
                "inferenceTypesSupported": ["ON_DEMAND"],
                "modelLifecycle": {"status": "LEGACY", "endOfLifeTime": "2026-12-01T00:00:00Z"},
            },
        ]}),
        ("inference-profiles", page) => {
            let id = if page { "global" } else { "us" };
            let mut answer = json!({"inferenceProfileSummaries": [{
                "inferenceProfileName": "Claude",
                "inferenceProfileArn": format!("arn:aws:bedrock:us-east-1:111122223333:inference-profile/{id}.{MODEL}"),
                "inferenceProfileId": format!("{id}.{MODEL}"),
                "status": "ACTIVE",
                "type": "SYSTEM_DEFINED",
                "models": [{"modelArn": format!("arn:aws:bedrock:us-east-1::foundation-model/{MODEL}")}],
            }]});
            if !page {
                answer["nextToken"] = json!("more");
            }
            answer
        }
        ("foundation-model-availability", _) => json!({
            "modelId": MODEL,
            "agreementAvailability": {"status": "AVAILABLE"},
            "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE",
            "regionAvailability": "AVAILABLE",
        }),
        (other, _) => panic!("{other} is not of the control plane"),
    })
}

fn discover(fake: &FakeBedrock, settings: &Settings) -> Discovery {
    block_on(bedrock(&fake.url, Duration::from_secs(2)).discover(settings)).unwrap()
}

#[test]
fn the_control_plane_tells_models_profiles_and_agreements_and_its_refusal_is_told_too() {
    let fake = FakeBedrock::start(control_plane);
    let settings = Settings {
        models: vec![MODEL.to_owned()],
        regions: vec!["us-east-1".to_owned(), "eu-west-3".to_owned()],
        ..Settings::default()
    };
    let discovery = discover(&fake, &settings);
    let here = discovery.region("us-east-1").unwrap();
    let models: Vec<_> = here.models.listed().unwrap().iter().map(|model| format!("{model:?}")).collect();
    insta::assert_snapshot!(models.join("\n"), @r#"
    FoundModel { id: "anthropic.claude-sonnet-4-5-20250929-v1:0", name: Some("Claude Sonnet 4.5"), lifecycle: Some("ACTIVE"), inference_types: ["INFERENCE_PROFILE"], end_of_life: None, text: Some(true) }
    FoundModel { id: "anthropic.claude-3-haiku-20240307-v1:0", name: None, lifecycle: Some("LEGACY"), inference_types: ["ON_DEMAND"], end_of_life: Some("2026-12-01T00:00:00Z"), text: Some(true) }
    "#);
    let profiles: Vec<_> = here.profiles.listed().unwrap().iter().map(|profile| format!("{profile:?}")).collect();
    insta::assert_snapshot!(profiles.join("\n"), @r#"
    FoundProfile { id: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", arn: "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", status: Some("ACTIVE"), models: ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"] }
    FoundProfile { id: "global.anthropic.claude-sonnet-4-5-20250929-v1:0", arn: "arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0", status: Some("ACTIVE"), models: ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"] }
    "#);
    insta::assert_snapshot!(format!("{:?}", here.availability), @r#"{"anthropic.claude-sonnet-4-5-20250929-v1:0": Listed(Availability { agreement: Some("AVAILABLE"), authorization: Some("AUTHORIZED"), entitlement: Some("AVAILABLE"), region: Some("AVAILABLE") })}"#);
    let there = discovery.region("eu-west-3").unwrap();
    let Found::Refused(Refusal::Said(why)) = &there.models else { panic!("{:?}", there.models) };
    insta::assert_snapshot!(why, @r#"AccessDeniedException: User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:List"#);
    assert!(matches!(there.profiles, Found::Refused(_)));
    let paths: Vec<_> = fake.asked().iter().map(|asked| asked.path.clone()).collect();
    assert!(paths.contains(&"/foundation-models?byProvider=Anthropic".to_owned()), "{paths:?}");
}

#[test]
fn an_application_profile_is_looked_up_since_its_id_hides_the_model() {
    let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456";
    let fake = FakeBedrock::start(move |asked| {
        if asked.operation == "inference-profiles" && !asked.model.is_empty() {
            assert_eq!(asked.model, arn);
            return Reply::Json(json!({
                "inferenceProfileName": "team",
                "inferenceProfileArn": arn,
                "inferenceProfileId": "abc123def456",
                "status": "ACTIVE",
                "type": "APPLICATION",
                "models": [{"modelArn": format!("arn:aws:bedrock:us-west-2::foundation-model/{MODEL}")}],
            }));
        }
        control_plane(asked)
    });
    let settings = Settings { models: vec![arn.to_owned()], ..Settings::default() };
    let discovery = discover(&fake, &settings);
    let plan = plan(settings, discovery).unwrap();
    assert_eq!(plan.cells[0].base.as_deref(), Some(MODEL));
    assert_eq!(plan.cells[0].not_run, None);
}

/// A plan that may call everything in two Regions.
fn wide(models: usize) -> Plan {
    let settings = Settings {
        models: (0..models).map(|index| format!("anthropic.claude-example-{index}")).collect(),
        regions: vec!["us-east-1".to_owned(), "us-west-2".to_owned()],
        max_calls: Some(100),
        max_usd: 1.0,
        allow_subscribe: true,
        ..Settings::default()
    };
    plan(settings, Discovery::default()).unwrap()
}

#[test]
fn two_calls_a_region_run_side_by_side_and_no_more() {
    let fake = FakeBedrock::start(|_| Reply::Slow(Duration::from_millis(300)));
    let mut run = Run::new(wide(3));
    let bedrock = bedrock(&fake.url, Duration::from_secs(5));
    block_on(drive(&bedrock, &mut run, false, std::future::pending(), |_, _| {}));
    assert!(run.is_complete());
    assert_eq!(fake.calls().len(), 12);
    assert_eq!(fake.most_at_once(Some("us-east-1")), 2);
    assert_eq!(fake.most_at_once(None), 4);
}

#[test]
fn calls_start_a_quarter_of_a_second_apart() {
    let fake = FakeBedrock::start(|_| Reply::Ok);
    let mut run = Run::new(wide(1));
    let bedrock = bedrock(&fake.url, Duration::from_secs(5));
    block_on(drive(&bedrock, &mut run, true, std::future::pending(), |_, _| {}));
    let calls = fake.calls();
    assert_eq!(calls.len(), 4);
    // three times a quarter of a second, less what the first one took to arrive
    let apart = calls[3].came - calls[0].came;
    assert!(apart >= Duration::from_millis(500), "{apart:?}");
}

#[test]
fn a_repetition_that_waits_is_not_made_once_quarantine_is_known() {
    let fake = FakeBedrock::start(|asked| match asked.operation.as_str() {
        "converse" => Reply::bedrock(429, "ThrottlingException", "Too many requests, please wait before trying again."),
        _ => Reply::denied(asked, &format!("{EXPLICIT}: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3")),
    });
    let settings = Settings { models: vec![MODEL.to_owned()], allow_subscribe: true, ..Settings::default() };
    let mut run = Run::new(plan(settings, Discovery::default()).unwrap());
    let bedrock = bedrock(&fake.url, Duration::from_secs(5));
    block_on(drive(&bedrock, &mut run, true, std::future::pending(), |_, _| {}));
    let verdicts: Vec<_> = run.cells().iter().map(|cell| cell.judgement.verdict.code()).collect();
    assert_eq!(verdicts, ["throttled", "denied-explicit"]);
    assert_eq!((fake.calls().len(), run.calls()), (2, 2));
}

#[test]
fn an_interrupted_run_keeps_what_it_knows() {
    let fake =
        FakeBedrock::start(
            |asked| {
                if asked.model.ends_with('0') { Reply::Ok } else { Reply::Slow(Duration::from_secs(20)) }
            },
        );
    let mut run = Run::new(wide(3));
    let bedrock = bedrock(&fake.url, Duration::from_secs(30));
    block_on(async {
        let interrupt = tokio::time::sleep(Duration::from_millis(700));
        drive(&bedrock, &mut run, false, interrupt, |_, _| {}).await;
    });
    assert!(!run.is_complete());
    let verdicts: Vec<_> = run.cells().iter().map(|cell| cell.judgement.verdict.code()).collect();
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == "ok").count(), 4, "{verdicts:?}");
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == "not-run").count(), 8, "{verdicts:?}");
}
