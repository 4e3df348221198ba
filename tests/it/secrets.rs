//! No secret leaves: every kind of them, in every place of every input, is in no output of any command.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::iamdx;

/// A text with secrets, and the parts of them that nobody may see.
struct Planted {
    text: String,
    hidden: Vec<String>,
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn drawn(random: &mut Random, letters: &[u8], count: usize) -> String {
    (0..count).map(|_| char::from(letters[random.below(letters.len())])).collect()
}

/// Forty characters with a capital, a small letter and a digit, as every real one has.
fn secret_key(random: &mut Random) -> String {
    format!("{}aZ7", drawn(random, BASE64, 37))
}

/// One of each kind, in the spellings in which they are met. None of them is a real one.
fn planted(random: &mut Random) -> Vec<Planted> {
    let id = format!("AKIA{}", drawn(random, BASE32, 16));
    let temporary = format!("ASIA{}", drawn(random, BASE32, 16));
    let key = secret_key(random);
    let token = format!("IQoJb3JpZ2lu{}", drawn(random, BASE64, 200));
    let other = drawn(random, &BASE64[..62], 200);
    let bearer = format!("bedrock-api-key-{}", drawn(random, &BASE64[..62], 80));
    let long_term = format!("ABSKQmVkcm9ja0FQSUtleS{}", drawn(random, &BASE64[..62], 80));
    let header = format!("{}7", drawn(random, &BASE64[..62], 40));
    let signature = drawn(random, b"0123456789abcdef", 64);
    let one = |text: String, hidden: &[&String]| Planted {
        text,
        hidden: hidden.iter().map(|text| (*text).clone()).collect(),
    };
    vec![
        one(id.clone(), &[&id]),
        one(format!("key{temporary}x"), &[&temporary]),
        one(format!("X{id}"), &[&id]),
        one(format!("{id}/{key}"), &[&id, &key]),
        one(format!("{id},{key}"), &[&id, &key]),
        one(format!("{key}:{id}"), &[&id, &key]),
        one(format!("aws_secret_access_key={key}"), &[&key]),
        one(format!("SecretAccessKey={key}"), &[&key]),
        one(token.clone(), &[&token]),
        one(format!("aws_session_token={other}"), &[&other]),
        one(bearer.clone(), &[&bearer]),
        one(format!("my{long_term}"), &[&long_term]),
        one(format!("Bearer {header}"), &[&header]),
        one(format!("X-Amz-Signature={signature}"), &[&signature]),
    ]
}

/// Whether any part of the secret that tells something of it is in the text.
fn leak<'h>(text: &str, hidden: &'h [String]) -> Option<&'h str> {
    // the first letters are the same for all of a kind
    hidden.iter().find_map(|secret| {
        let own = if secret.len() > 60 { secret.get(24..)? } else { secret.get(4..)? };
        (0..=own.len() - 12).filter_map(|at| own.get(at..at + 12)).find(|part| text.contains(part))
    })
}

/// Everything that a run wrote: both streams, and every file that is new.
fn everything(folder: &Path, arguments: &[String], input: &str) -> String {
    let before: Vec<_> = files(folder);
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, text.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let mut all = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    for file in files(folder).into_iter().filter(|file| !before.contains(file)) {
        all += &fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
    }
    all
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn denial(user: &str, resource: &str) -> String {
    format!(
        "User: {user} is not authorized to perform: s3:GetObject on resource: {resource} because no identity-based policy \
         allows the s3:GetObject action"
    )
}

fn policy(secret: &str) -> Value {
    json!({"Version": "2012-10-17", "Id": secret, "Statement": [
        {"Sid": secret, "Effect": "Allow", "Action": "s3:GetObject", "Resource": [format!("arn:aws:s3:::reports/{secret}"), secret],
         "Condition": {"StringEquals": {"aws:PrincipalTag/team": secret, format!("aws:RequestTag/{secret}"): [secret, "x"]}}},
        {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotLike": {"aws:userid": secret}}},
        {"Effect": secret, "Action": secret, secret: secret}]})
}

fn snapshot(secret: &str) -> Value {
    json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [
        {"Arn": ALICE, "GroupList": [secret], "Tags": [{"Key": secret, "Value": secret}],
         "AttachedManagedPolicies": [{"PolicyName": secret, "PolicyArn": format!("arn:aws:iam::111122223333:policy/{secret}")}],
         "UserPolicyList": [{"PolicyName": secret, "PolicyDocument": policy(secret)}]}]}]})
}

fn case(secret: &str) -> Value {
    json!({"id": secret, "name": secret, "expect": "allowed",
        "request": {"principal": ALICE, "action": "s3:GetObject", "resource": format!("arn:aws:s3:::b/{secret}"),
            "context": {"aws:userid": [secret]}},
        "policies": {"identity-based": [{"name": secret, "document": policy(secret)}]}})
}

/// Runs all commands with the secret in one place each; how many runs there were.
fn try_all(number: usize, secret: &Planted) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let text = secret.text.as_str();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put(
        "plain.json",
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/2025/*"}]}"#,
    );
    put("policy.json", &policy(text).to_string());
    put("pretty.json", &format!("{:#}", policy(text)));
    put("broken.json", &format!("{{\"Statement\": [{{\"Sid\": \"{text}\" {text}"));
    put("snapshot.json", &snapshot(text).to_string());
    put("case.json", &case(text).to_string());
    put("bad-case.json", &json!({"id": text, text: text}).to_string());
    let in_name = text.replace('/', "_");
    put(&in_name, "nothing");
    let plain = denial(ALICE, "arn:aws:s3:::reports/2026/q1.csv");
    let texts = [
        format!("{plain}\n{text}\n"),
        denial(&format!("arn:aws:iam::111122223333:user/{text}"), "arn:aws:s3:::reports/2026/q1.csv"),
        denial(&format!("arn:aws:sts::111122223333:assumed-role/app/{text}"), "arn:aws:s3:::reports/2026/q1.csv"),
        denial(ALICE, &format!("arn:aws:s3:::reports/{text}")),
        text.to_owned(),
    ];
    let with = |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let mut runs: Vec<(Vec<String>, String)> = Vec::new();
    for said in &texts {
        for format in ["text", "json"] {
            runs.push((with(&["explain", "--format", format]), said.clone()));
            runs.push((with(&["explain", "--redact", "--format", format]), said.clone()));
            runs.push((with(&["diagnose", "--all", "-v", "--format", format]), said.clone()));
        }
        let line = json!({"id": text, "raw": said}).to_string();
        runs.push((with(&["explain", "--ndjson"]), line.clone()));
        runs.push((with(&["diagnose", "--ndjson", "--identity-policy", "policy.json"]), line));
    }
    let slashes = json!({"id": text, "raw": plain}).to_string().replace('/', "\\/");
    runs.push((with(&["explain", "--ndjson", "-o", "answers"]), format!("{slashes}\n{{\"id\":\"{text}\"}}\n{text}\n")));
    for file in ["policy.json", "pretty.json", "broken.json"] {
        for option in ["--identity-policy", "--resource-policy", "--scp", "--session-policy", "--permissions-boundary"]
        {
            runs.push((with(&["diagnose", "--all", option, file]), plain.clone()));
        }
        runs.push((with(&["diagnose", "--format", "json", "--identity-policy", file]), plain.clone()));
        runs.push((with(&["diff", "plain.json", file]), String::new()));
        runs.push((with(&["diff", file, "plain.json", "--format", "json"]), String::new()));
    }
    let value = format!("aws:userid={text}");
    let key = format!("{text}={text}");
    let resource = format!("arn:aws:s3:::b/{text}");
    let user = format!("arn:aws:iam::111122223333:user/{text}");
    for format in ["text", "json"] {
        runs.push((
            with(&["diagnose", "--all", "-v", "--snapshot", "snapshot.json", "--format", format]),
            plain.clone(),
        ));
        runs.push((
            with(&[
                "diagnose",
                "--snapshot",
                "snapshot.json",
                "--context",
                &value,
                "--context",
                &key,
                "--format",
                format,
            ]),
            plain.clone(),
        ));
        let asked = [
            "simulate",
            "--principal",
            ALICE,
            "--action",
            "s3:GetObject",
            "--resource",
            &resource,
            "-v",
            "--format",
            format,
        ];
        runs.push((
            with(&[&asked[..], &["--snapshot", "snapshot.json", "--context", &value, "--context", &key]].concat()),
            String::new(),
        ));
        runs.push((
            with(&[
                "simulate",
                "--who",
                "--action",
                "s3:GetObject",
                "--resource",
                &resource,
                "--snapshot",
                "snapshot.json",
                "--format",
                format,
            ]),
            String::new(),
        ));
        runs.push((with(&["test", "case.json", "bad-case.json", "--format", format]), String::new()));
    }
    runs.push((with(&["diagnose", "--snapshot", "snapshot.json", "--write-remedies", "out"]), plain.clone()));
    runs.push((with(&["diagnose", "--identity-policy", "plain.json", "--write-remedies", text]), plain.clone()));
    for file in ["case.json", "bad-case.json"] {
        runs.push((with(&["simulate", "--batch", file]), String::new()));
        runs.push((with(&["simulate", "--batch", file, "-o", "answers"]), String::new()));
    }
    // arguments that are wrong, and files that are not there or hold something else
    for arguments in [
        &["explain", text][..],
        &["explain", "-m", text],
        &["explain", &in_name],
        &["explain", "-m", &plain, "-o", &format!("{text}/answer")],
        &["diagnose", "-m", &plain, "--snapshot", &in_name],
        &["diagnose", "-m", &plain, "--scp", &in_name],
        &["diagnose", "-m", &plain, "--scp", text],
        &["diagnose", "-m", &plain, "--context", text],
        &["diagnose", "-m", &plain, "--resource", text],
        &["diagnose", "-m", &plain, "--resource-account", text],
        &["diagnose", "-m", &plain, "--service-reference", &in_name],
        &["simulate", "--principal", &user, "--action", "s3:GetObject", "--resource", "*"],
        &["simulate", "--principal", text, "--action", "s3:GetObject", "--resource", "*"],
        &["simulate", "--principal", ALICE, "--action", text, "--resource", "*"],
        &["simulate", "--principal", ALICE, "--action", "s3:GetObject", "--resource", text],
        &["simulate", "--batch", text],
        &["test", &in_name, text],
        &["diff", text, &in_name],
        &["cause", text],
        &["help", text],
        &["completions", text],
        &[text],
        &["explain", &format!("--{text}")],
        &["--color", text, "cause"],
        &["explain", "--format", text],
    ] {
        runs.push((with(arguments), String::new()));
    }
    // each run meets some of the spellings, or all of them where there is time
    let all = std::env::var_os("IAMDX_ALL_SECRETS").is_some();
    let share = runs.into_iter().enumerate().filter(|(index, _)| all || index % 4 == number % 4).map(|(_, run)| run);
    let runs: Vec<_> = share.collect();
    for (arguments, input) in &runs {
        let shown = everything(folder.path(), arguments, input);
        if let Some(part) = leak(&shown, &secret.hidden) {
            panic!("`{part}` of `{text}` in what {arguments:?} writes:\n{shown}");
        }
    }
    runs.len()
}

#[test]
fn no_secret_is_in_any_output() {
    let mut random = Random::new(20_261_129);
    let all = planted(&mut random);
    let tried: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            all.iter().enumerate().map(|(number, secret)| scope.spawn(move || try_all(number, secret))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("{} spellings of secrets, {tried} runs", all.len());
}

/// The leak is told by every command that reads a text, also where nothing else of it can be told.
#[test]
fn a_leak_is_told_where_nothing_else_is() {
    let signed = "GET https://lake.s3.eu-west-1.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE\
                  %2F20260901%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260901T100000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host\
                  &X-Amz-Signature=deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef 403 Forbidden\n";
    let denied = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k\n";
    let both = format!("{denied}{signed}");
    let cases: [(&[&str], &str); 5] = [
        (&["explain"], signed),
        (&["diagnose"], signed),
        (&["diagnose", "--principal", "arn:aws:iam::111122223333:user/ana"], signed),
        // a file that is not there is no reason to be silent
        (&["diagnose", "--identity-policy", "no-such-file.json"], &both),
        (&["diagnose", "--format", "json"], signed),
    ];
    for (arguments, text) in cases {
        let run = iamdx(arguments, text.as_bytes());
        assert_eq!(run.code, 5, "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.starts_with("iamdx: SECURITY: the input holds a secret"), "{arguments:?}: {}", run.stderr);
        assert!(
            !run.whole().contains("IOSFODNN7") && !run.whole().contains("deadbeef"),
            "{arguments:?}: {}",
            run.whole()
        );
    }
    let line = serde_json::json!({"id": 1, "raw": signed}).to_string();
    for command in ["explain", "diagnose"] {
        assert_eq!(iamdx(&[command, "--ndjson"], line.as_bytes()).code, 5, "{command}");
    }
}
