//! `iamdx mcp` with an account behind it, which is a server of our own: what is asked, what a cancelled call leaves, and what calls of models
//! may cost.

use std::io::Read as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::mcp::Bare;
use crate::support::fake_aws::{Answer, FakeAws, Fault};
use crate::support::fake_bedrock::{Asked, FakeBedrock, IMPLICIT, Reply, denial};
use crate::support::probe::{KEY_ID, SECRET, open};

const DENIED: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::reports/q1.csv\" \
                      because no identity-based policy allows the s3:GetObject action";

/// The environment of whoever starts the server: a profile of a configuration file, and an endpoint on the loopback.
fn environment(folder: &tempfile::TempDir, url: &str) -> Vec<(String, String)> {
    let file = folder.path().join("config");
    let profile = format!(
        "[profile audit]\nregion = us-east-1\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
    );
    std::fs::write(&file, profile).unwrap();
    let none = folder.path().join("none");
    [
        ("AWS_CONFIG_FILE", &*file.to_string_lossy()),
        ("AWS_SHARED_CREDENTIALS_FILE", &none.to_string_lossy()),
        ("AWS_ENDPOINT_URL", url),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

const LIVE: [&str; 3] = ["--live", "--profile", "audit"];

#[test]
fn a_live_call_answers_what_the_command_answers_and_one_without_asks_nothing() {
    let aws = FakeAws::start(Duration::ZERO, |call| {
        match call.operation.as_str() {
        "GetCallerIdentity" => Answer::Body(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>arn:aws:iam::111122223333:user/alice</Arn><UserId>AIDAEXAMPLEALICE00001</UserId><Account>111122223333</Account>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
                .to_owned(),
        ),
        _ => Answer::Fault(Fault::Denied),
    }
    });
    let folder = tempfile::tempdir().unwrap();
    let environment = environment(&folder, &aws.url);
    let mut server = Bare::start_in(&LIVE, &environment);
    server.begin();
    let answer = server.call(2, "diagnose_denial", &json!({"text": DENIED, "live": false}));
    assert_eq!((&answer["result"]["isError"], aws.calls().len()), (&json!(false), 0), "{answer}");
    let answer = server.call(3, "diagnose_denial", &json!({"text": DENIED}));
    let asked = aws.calls().len();
    assert!(asked > 3, "{asked}");
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["diagnose", "-m", DENIED, "--format", "json"])
        .args(LIVE)
        .envs(environment)
        .output()
        .unwrap();
    let command: Value = serde_json::from_slice(&command.stdout).unwrap();
    assert_eq!(answer["result"]["structuredContent"], command);
    assert_eq!(aws.calls().len(), 2 * asked);
    assert_eq!(server.end(), (String::new(), Some(0)));
}

#[test]
fn what_a_cancelled_call_asks_of_aws_ends_with_it() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut server = Bare::start_in(&LIVE, &environment(&folder, &url));
    server.begin();
    let asked = json!({"name": "diagnose_denial", "arguments": {"text": DENIED}});
    server.send(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked}).to_string().as_bytes());
    let (mut connection, _) = silent.accept().unwrap();
    let cancelled = Instant::now();
    server.send(
        br#"{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2, "reason": "enough"}}"#,
    );
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // what was sent before, and then the end of the connection
    drop(connection.read_to_end(&mut Vec::new()));
    let closed = cancelled.elapsed();
    assert!(closed < Duration::from_secs(10), "{closed:?}");
    println!("the call of AWS ended {closed:?} after the call was cancelled");
    // there is no answer to what was cancelled: the next one is to the next
    let answer = server.call(3, "explain_denial", &json!({"text": DENIED}));
    assert_eq!(answer["result"]["isError"], json!(false));
    assert_eq!(server.end(), (String::new(), Some(0)));
}

/// A probe by a server with these options: its answer, and the calls that were made.
fn probe(options: &[&str], fake: &FakeBedrock) -> (Value, usize) {
    let folder = tempfile::tempdir().unwrap();
    let options = [&["--allow-calls", "--profile", "audit"], options].concat();
    let mut server = Bare::start_in(&options, &environment(&folder, &fake.url));
    server.begin();
    server.send(br#"{"jsonrpc": "2.0", "id": 2, "method": "tools/list"}"#);
    let tools = server.next();
    let tool = tools["result"]["tools"].as_array().unwrap().last().unwrap().clone();
    let answer = server.call(3, "probe_bedrock", &json!({"models": ["haiku"], "regions": ["us-east-1"]}));
    let report = &answer["result"]["structuredContent"];
    let schema = jsonschema::validator_for(&tool["outputSchema"]).unwrap();
    let problems: Vec<String> = schema.iter_errors(report).map(|error| error.to_string()).collect();
    assert_eq!(problems, Vec::<String>::new(), "{answer}");
    assert_eq!(server.end(), (String::new(), Some(0)));
    (report["counts"].clone(), fake.calls().len())
}

#[test]
fn models_are_called_for_no_more_than_the_server_may_spend() {
    let denied = |asked: &Asked| Reply::iam(&denial(asked, IMPLICIT));
    let (counts, calls) = probe(&[], &open(denied));
    assert!(calls > 0 && counts["denied-implicit"].as_u64().unwrap() > 0, "{counts}");
    let (counts, calls) = probe(&["--max-usd", "0.0000001"], &open(denied));
    assert_eq!((calls, &counts["not-run"]), (0, &counts["planned"]), "{counts}");
}
