//! The binary's `probe bedrock` against a server of our own, and what of its output stays the same from run to run.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::fake_bedrock::{Asked, FakeBedrock, Reply};
use super::{Run, project};

pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const TOKEN: &str =
    "IQoJb3JpZ2luX2VjEXAMPLETOKENexampletokenEXAMPLETOKENexampletokenEXAMPLETOKENexampletokenEXAMPLETOKEN==";
pub(crate) const API_KEY: &str = "ABSKQmVkcm9ja0FQSUtleS1leGFtcGxlLWF0LTExMTEyMjIyMzMzMzpFWEFNUExFRVhBTVBMRUVYQU1QTEU=";

/// The models that the fake has: id, and the prefixes of its profiles.
const MODELS: [&str; 3] = [
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-opus-4-5-20251101-v1:0",
];

/// What a control plane says that may be asked: three models, each by a geography's profile and the global one, all agreed to.
pub(crate) fn control_plane(asked: &Asked) -> Reply {
    let region = &asked.region;
    let (prefix, regions): (_, &[&str]) = if region.starts_with("eu-") {
        ("eu", &["eu-central-1", "eu-west-1", "eu-west-3"])
    } else {
        ("us", &["us-east-1", "us-east-2", "us-west-2"])
    };
    Reply::Json(match asked.operation.as_str() {
        "foundation-models" => {
            let model = |id: &&str| {
                json!({
                    "modelArn": format!("arn:aws:bedrock:{region}::foundation-model/{id}"), "modelId": id, "providerName": "Anthropic",
                    "inputModalities": ["TEXT"], "outputModalities": ["TEXT"], "responseStreamingSupported": true,
                    "inferenceTypesSupported": ["INFERENCE_PROFILE"], "modelLifecycle": {"status": "ACTIVE"},
                })
            };
            json!({"modelSummaries": MODELS.iter().map(model).collect::<Vec<_>>()})
        }
        "inference-profiles" => {
            let profile = |prefix: &str, id: &str, regions: &[&str]| {
                let arn =
                    |region: &&str| json!({"modelArn": format!("arn:aws:bedrock:{region}::foundation-model/{id}")});
                json!({
                    "inferenceProfileName": id, "inferenceProfileId": format!("{prefix}.{id}"), "status": "ACTIVE", "type": "SYSTEM_DEFINED",
                    "inferenceProfileArn": format!("arn:aws:bedrock:{region}:111122223333:inference-profile/{prefix}.{id}"),
                    "models": regions.iter().map(arn).collect::<Vec<_>>(),
                })
            };
            let both = |id: &&str| [profile(prefix, id, regions), profile("global", id, &[region.as_str(), ""])];
            json!({"inferenceProfileSummaries": MODELS.iter().flat_map(both).collect::<Vec<_>>()})
        }
        "foundation-model-availability" => json!({
            "modelId": asked.model, "agreementAvailability": {"status": "AVAILABLE"}, "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE",
        }),
        other => panic!("the control plane has no `{other}`"),
    })
}

/// A server whose control plane answers, and whose models answer as `calls` says.
pub(crate) fn open(calls: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> FakeBedrock {
    FakeBedrock::start(move |asked| if asked.is_call() { calls(asked) } else { control_plane(asked) })
}

/// The binary with credentials of its own and an endpoint on the loopback.
pub(crate) fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    command
        .args(["probe", "bedrock", "--no-waits"])
        .args(arguments)
        .current_dir(project())
        .env_clear()
        .envs([
            ("NO_COLOR", "1"),
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", TOKEN),
            ("AWS_MAX_ATTEMPTS", "1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn probe(fake: &FakeBedrock, arguments: &[&str]) -> Run {
    finish(command(&fake.url, arguments))
}

/// The report as JSON, and the exit code.
pub(crate) fn json(fake: &FakeBedrock, arguments: &[&str]) -> (i32, Value) {
    let run = probe(fake, &[&["--format", "json"], arguments].concat());
    (run.code, report(&run))
}

pub(crate) fn report(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()));
    // the sum over the cells is the sum of the counts, always
    let counts = report["counts"].as_object().unwrap();
    let sum: u64 = counts.iter().filter(|(name, _)| *name != "planned").map(|(_, count)| count.as_u64().unwrap()).sum();
    assert_eq!(counts["planned"].as_u64().unwrap(), sum);
    assert_eq!(usize::try_from(sum).unwrap(), report["cells"].as_array().unwrap().len());
    report
}

/// Each cell in a line: where, what, how often, what came of it.
pub(crate) fn cells(report: &Value) -> String {
    let line = |cell: &Value| {
        let text = |name: &str| cell[name].as_str().unwrap_or("-").to_owned();
        let parameters = cell["parameters"].as_object().filter(|all| !all.is_empty());
        let parameters = parameters.map_or_else(String::new, |all| format!(" {}", Value::Object(all.clone())));
        format!(
            "{} {} {}{parameters} x{}: {} {} authorized {}",
            text("region"),
            text("resolved"),
            text("api"),
            cell["attempts"],
            text("verdict"),
            text("detail"),
            text("authorized")
        )
    };
    let cells = report["cells"].as_array().unwrap();
    let (planned, mut followed): (Vec<_>, Vec<_>) = cells.iter().partition(|cell| cell["after"].is_null());
    // what follows from answers follows in their order, which is nobody's
    followed.sort_by_key(|cell| line(cell));
    planned.into_iter().chain(followed).map(line).collect::<Vec<_>>().join("\n")
}

/// The text without times.
pub(crate) fn timeless(text: &str) -> String {
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap();
    time.replace_all(text, "2026-11-22T10:00:00Z").into_owned()
}
