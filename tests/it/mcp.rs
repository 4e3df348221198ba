//! `iamdx mcp` by clients that others wrote: the client of the Python SDK (`clients/sessions.py`), and the command line of the MCP inspector.
//! They are installed as the emulators are. What a client keeps to itself, bytes and time, is looked at without one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::installed::{node, or_not_run, python};
use crate::support::project;

/// Versions are fixed so that a run tomorrow is the run of today.
const CLIENT: [&str; 2] = ["mcp==2.3.0", "jsonschema==4.26.0"];
const INSPECTOR: [&str; 1] = ["@modelcontextprotocol/inspector@2.12.0"];

const IAMDX: &str = env!("CARGO_BIN_EXE_iamdx");

/// Runs a check of the client; what it showed, with what differs from run to run replaced.
fn check(name: &str) -> Option<String> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| python("target/mcp-client", &CLIENT)).as_ref();
    let programs = or_not_run("the client of MCP", installed)?;
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(programs.join("python"))
        .args(["tests/it/clients/sessions.py", name, IAMDX])
        .arg(folder.path())
        .current_dir(project())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    print!("{said}");
    let shown = String::from_utf8(output.stdout).unwrap();
    let number = regex::Regex::new("iamdx data (\\d{16}|[0-9a-f]{16}) (begins|ends) =====(\n|\"|$)").unwrap();
    let shown = number.replace_all(&shown, "iamdx data NUMBER $2 =====$3");
    let causes = regex::Regex::new("The causes are: [a-z, -]+").unwrap();
    let shown = causes.replace_all(&shown, "The causes are: CAUSES");
    Some(shown.replace(&*folder.path().canonicalize().unwrap().to_string_lossy(), "FOLDER"))
}

#[test]
fn a_client_finds_tools_pages_and_a_prompt() {
    let Some(shown) = check("handshake") else { return };
    insta::assert_snapshot!("mcp_handshake", shown);
}

#[test]
fn a_tool_answers_what_the_command_answers() {
    let Some(shown) = check("answers") else { return };
    insta::assert_snapshot!("mcp_answers", shown);
}

#[test]
fn what_is_wrong_or_outside_or_too_long_is_refused_with_a_reason() {
    let Some(shown) = check("refusals") else { return };
    insta::assert_snapshot!("mcp_refusals", shown);
}

#[test]
fn a_hostile_text_stays_data() {
    let Some(shown) = check("hostile") else { return };
    insta::assert_snapshot!("mcp_hostile", shown);
}

#[test]
fn a_call_that_is_cancelled_or_late_keeps_nobody() {
    let Some(shown) = check("cancelled") else { return };
    insta::assert_snapshot!("mcp_cancelled", shown);
}

#[test]
fn sessions_side_by_side_do_not_mix() {
    check("side_by_side");
}

#[test]
fn with_redact_nothing_that_leaves_names_anybody() {
    check("redacted");
}

#[test]
fn the_inspector_finds_and_calls() {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| node("target/mcp-inspector", &INSPECTOR)).as_ref();
    let Some(programs) = or_not_run("the inspector of MCP", installed) else { return };
    let inspect = |arguments: &[&str]| -> Output {
        let mut inspector = Command::new("node");
        inspector.arg(programs.join("mcp-inspector")).args(["--cli", IAMDX, "mcp", "--root", "fixtures"]);
        inspector.args(arguments).current_dir(project()).output().unwrap()
    };
    let found = |arguments: &[&str]| -> Value {
        let output = inspect(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        assert!(!said.contains("unknown format"), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let tools = found(&["--method", "tools/list"]);
    let names: Vec<&str> =
        tools["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["explain_denial", "diagnose_denial", "simulate_request", "who_can", "diff_policies", "triage", "get_cause"]
    );
    let call = ["--method", "tools/call", "--tool-name"];
    let denial = "path=cases/explicit-deny/guard-on-group/denial.txt";
    let policies = r#"policies=[{"type":"snapshot","path":"cases/explicit-deny/guard-on-group/snapshot.json"}]"#;
    let answer = found(&[&call[..], &["diagnose_denial", "--tool-arg", denial, "--tool-arg", policies]].concat());
    assert_eq!(answer["structuredContent"]["reports"][0]["finding"], "explicit-deny", "{answer}");
    let answer = found(&[&call[..], &["explain_denial", "--tool-arg", denial]].concat());
    assert_eq!(answer["structuredContent"]["denials"][0]["effect"], "explicit-deny", "{answer}");
    let page = found(&["--method", "resources/read", "--uri", "iamdx://causes/scp"]);
    assert_eq!(page["contents"][0]["text"], crate::support::read("docs/causes/scp.md"));
    let prompt = found(&["--method", "prompts/get", "--prompt-name", "diagnose", "--prompt-args", "message=denied"]);
    let text = prompt["messages"][0]["content"]["text"].as_str().unwrap();
    assert!(text.starts_with("Find out why AWS denied this") && text.contains("\ndenied\n===== iamdx data "), "{text}");
    // what a tool refuses, the inspector tells by its exit code
    let refused = inspect(&[&call[..], &["explain_denial", "--tool-arg", "path=../Cargo.toml"]].concat());
    assert_eq!(refused.status.code(), Some(5));
    let answer: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert!(answer["content"][0]["text"].as_str().unwrap().contains("is no file below the folders"), "{answer}");
}

/// A server without a client in between.
pub(crate) struct Bare {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Bare {
    fn start(options: &[&str]) -> Self {
        Self::start_in(options, &[])
    }

    pub(crate) fn start_in(options: &[&str], environment: &[(String, String)]) -> Self {
        let mut child = Command::new(IAMDX)
            .arg("mcp")
            .args(options)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(project())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, to, from }
    }

    pub(crate) fn send(&mut self, line: &[u8]) {
        self.to.as_mut().unwrap().write_all(&[line, b"\n"].concat()).unwrap();
    }

    pub(crate) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert_eq!(message["jsonrpc"], "2.0");
        message
    }

    pub(crate) fn begin(&mut self) -> Value {
        let client = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bare", "version": "1"}});
        self.send(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client}).to_string().as_bytes());
        let answer = self.next();
        self.send(br#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#);
        answer
    }

    pub(crate) fn call(&mut self, id: u32, tool: &str, arguments: &Value) -> Value {
        let asked = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
        self.send(asked.to_string().as_bytes());
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// Closes its standard input; what it wrote besides, and how it ended.
    pub(crate) fn end(mut self) -> (String, Option<i32>) {
        drop(self.to.take());
        let mut rest = String::new();
        while self.from.read_line(&mut rest).unwrap() > 0 {}
        let output = self.child.wait_with_output().unwrap();
        (rest + &String::from_utf8_lossy(&output.stderr), output.status.code())
    }
}

#[test]
fn standard_output_carries_the_protocol_alone_whatever_comes_in() {
    let mut server = Bare::start(&["--redact"]);
    assert_eq!(server.begin()["result"]["serverInfo"]["name"], "iamdx");
    // what is no message is answered all the same, and the next one is read
    server.send(b"");
    for (line, code, id) in [
        (&b"no JSON"[..], -32700, Value::Null),
        (b"\xff\xfe\x00", -32700, Value::Null),
        (b"{\"jsonrpc\": \"2.0\", \"id\": 9", -32700, Value::Null),
        (b"\x1b[2J", -32700, Value::Null),
        (b"[]", -32600, Value::Null),
        (br#"{"jsonrpc": "2.0", "id": 10, "method": 5}"#, -32600, json!(10)),
        (br#"{"jsonrpc": "2.0", "id": 11, "method": "no/method"}"#, -32601, json!(11)),
        (br#"{"jsonrpc": "2.0", "id": 12, "method": "tools/call", "params": {"name": 5}}"#, -32602, json!(12)),
    ] {
        server.send(line);
        let answer = server.next();
        assert_eq!((&answer["error"]["code"], answer.get("id")), (&json!(code), Some(&id)), "{answer}");
    }
    // an answer to nothing is not answered
    server.send(br#"{"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "Parse error"}}"#);
    // more than is read of one message
    let long = "x".repeat(17 << 20);
    let answer = server.call(12, "explain_denial", &json!({"text": long}));
    assert_eq!(
        answer["error"]["message"],
        "the message has more than 16777216 bytes. Give the part that matters, or a file by its path"
    );
    // remarks of a command are part of its answer
    let policies = json!([{"type": "identity-based", "text": r#"{"Statement": [{"Effect": "Allow", "Action": "s3:Nothing", "Resource": "x"}]}"#}]);
    let asked = json!({"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObjekt", "resource": "*", "policies": policies});
    let answer = server.call(13, "simulate_request", &asked);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("note: `s3:GetObjekt` looks like s3:GetObject or"), "{text}");
    assert_eq!(server.end(), (String::new(), Some(0)));
}

#[test]
fn a_session_that_ends_before_it_begins_ends_quietly() {
    assert_eq!(Bare::start(&[]).end(), (String::new(), Some(0)));
    let mut server = Bare::start(&[]);
    server.send(br#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#);
    server.send(b"no JSON");
    assert_eq!(server.next()["error"]["code"], -32700);
    assert_eq!(server.begin()["result"]["serverInfo"]["name"], "iamdx");
    assert_eq!(server.end(), (String::new(), Some(0)));
    // what was asked is answered, though nothing more comes and the last line has no end
    let mut server = Bare::start(&[]);
    server.begin();
    let asked = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "get_cause", "arguments": {"id": "scp"}}});
    server.to.as_mut().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let (answer, code) = server.end();
    assert!(answer.starts_with(r#"{"jsonrpc":"2.0","id":2,"result":"#) && code == Some(0), "{answer}");
}

#[test]
fn the_first_answer_comes_at_once() {
    let times: Vec<Duration> = (0..10)
        .map(|_| {
            let started = Instant::now();
            let mut server = Bare::start(&[]);
            server.begin();
            let time = started.elapsed();
            assert_eq!(server.end(), (String::new(), Some(0)));
            time
        })
        .collect();
    let best = times.iter().min().unwrap();
    println!("from the start of the process to the answer of initialize: {best:?}, the best of {times:?}");
    // a build for tests is some times slower
    let limit = if cfg!(debug_assertions) { 500 } else { 50 };
    assert!(*best < Duration::from_millis(limit), "{best:?}");
}

#[cfg(feature = "bedrock-live")]
#[test]
fn what_asks_others_is_offered_only_where_the_command_line_says_so() {
    let tools = |options: &[&str]| -> Vec<(String, bool, bool)> {
        let mut server = Bare::start(options);
        server.begin();
        server.send(br#"{"jsonrpc": "2.0", "id": 2, "method": "tools/list"}"#);
        let answer = server.next();
        let tools = answer["result"]["tools"].as_array().unwrap().iter();
        let described = tools.map(|tool| {
            let hints = &tool["annotations"];
            assert_eq!((&hints["readOnlyHint"], &hints["destructiveHint"]), (&json!(true), &json!(false)));
            let live = tool["inputSchema"]["properties"].get("live").is_some();
            (tool["name"].as_str().unwrap().to_owned(), hints["openWorldHint"].as_bool().unwrap(), live)
        });
        described.filter(|(_, open, live)| *open || *live).collect()
    };
    let asks = |name: &str, live: bool| (name.to_owned(), true, live);
    assert_eq!(tools(&[]), []);
    let live = ["--live", "--profile", "audit"];
    assert_eq!(tools(&live), [asks("diagnose_denial", true), asks("simulate_request", true)]);
    assert_eq!(tools(&["--allow-calls", "--profile", "audit"]), [asks("probe_bedrock", false)]);
    for without in [&["--live"][..], &["--allow-calls"]] {
        let refused = crate::support::iamdx(&[&["mcp"], without].concat(), b"");
        assert!(refused.code == 2 && refused.stderr.contains("--profile"), "{}", refused.whole());
    }
}
