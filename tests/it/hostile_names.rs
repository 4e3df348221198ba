//! Names of files, folders, programs and options that would write lines of their own, or tell the terminal something: whatever prints one
//! prints it on its own line, and with nothing in it that is obeyed.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use crate::support::repository::Repository;

/// What a name would like to be read as.
const FORGED: &str = "\niamdx: note: FORGED\r::error::FORGED\u{9b}2J\u{1b}[2J\u{202e}\t";

const DENIED: &str = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::reports/a\" because no identity-based policy allows the s3:GetObject action\n";
const ALLOW: &str =
    "{\"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"s3:PutObject\", \"Resource\": \"*\"}\n]}\n";
const DENY: &str =
    "{\"Statement\": [\n  {\"Effect\": \"Deny\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}\n]}\n";

fn name(of: &str) -> String {
    format!("{of}{FORGED}.json")
}

/// What a command showed in a folder, after a look whether a name got out of its line.
fn shown(folder: &Path, arguments: &[&str]) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let shown = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    for line in shown.lines() {
        let start = line.trim_start_matches([' ', '>', '-', '*', '|', '"']);
        // a browser makes a space of a line end
        assert!(
            shown.starts_with("<!DOCTYPE html>")
                || !start.starts_with("iamdx: note: FORGED") && !start.starts_with("::error::FORGED"),
            "{arguments:?}\n{shown}"
        );
    }
    let raw: Vec<char> =
        shown.chars().filter(|c| *c != '\n' && *c != '\t' && (c.is_control() || *c == '\u{202e}')).collect();
    assert!(raw.is_empty(), "{arguments:?} {raw:?}\n{shown}");
    shown
}

/// Files of each kind in a repository, of which one changed since the commit.
fn files() -> Repository {
    let repository = Repository::new();
    let request = r#"{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/a"}"#;
    let id = serde_json::to_string(&name("id")).unwrap();
    let case = format!("{{\"id\": {id}, \"request\": {request}, \"policies\": {{}}, \"expect\": \"allowed\"}}\n{{");
    for (name, text) in [
        (&*name("denied"), DENIED),
        (&name("allow"), ALLOW),
        (&name("deny"), DENY),
        (&name("broken"), "{\"Statement\": ["),
        (&name("words"), "no policy"),
        (&name("cases"), &case),
        (&format!("{}/p.json", name("below")), ALLOW),
        (&format!("{}/q.json", name("below")), "{\"Statement\": ["),
        ("denied", DENIED),
        ("allow", ALLOW),
    ] {
        repository.write(name, text);
    }
    repository.commit();
    repository.write(&name("allow"), &ALLOW.replace("Put", "Get"));
    repository
}

#[test]
fn a_name_stays_on_its_line_whatever_prints_it() {
    let repository = files();
    let folder = &*repository.path();
    let [denied, allow, deny, broken, words, missing, cases, below] =
        ["denied", "allow", "deny", "broken", "words", "missing", "cases", "below"].map(name);
    let asked = [
        "simulate",
        "--principal",
        "arn:aws:iam::111122223333:user/alice",
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::reports/a",
    ];
    let simulate = |rest: &[&str]| shown(folder, &[&asked[..], rest].concat());
    let mut told = Vec::new();
    for file in [&missing, &broken, &words, &below] {
        told.push(shown(folder, &["explain", file]));
        told.push(shown(folder, &["explain", "--ndjson", file]));
        told.push(shown(folder, &["diagnose", file]));
        for option in [
            "--snapshot",
            "--identity-policy",
            "--scp",
            "--rcp",
            "--permissions-boundary",
            "--session-policy",
            "--resource-policy",
            "--vpc-endpoint-policy",
            "--service-reference",
        ] {
            told.push(shown(folder, &["diagnose", "denied", option, file]));
        }
        told.push(simulate(&["--identity-policy", file]));
        told.push(simulate(&["--who", "--snapshot", file]));
        told.push(shown(folder, &["simulate", "--batch", file]));
        told.push(shown(folder, &["test", file]));
        told.push(shown(folder, &["diff", file, "allow"]));
        told.push(shown(folder, &["diff", "allow", file]));
        told.push(shown(folder, &["triage", file]));
        told.push(shown(folder, &["triage", "merge", file]));
        told.push(shown(folder, &["run", "--snapshot", file, "--", "cat", "denied"]));
        told.push(shown(folder, &["run", "--stdout", "--snapshot", file, "--", "cat", "denied"]));
    }
    for format in ["text", "json", "markdown", "html"] {
        told.push(shown(folder, &["explain", &denied, "--format", format]));
        told.push(shown(folder, &["diagnose", &denied, "--identity-policy", &deny, "--all", "--format", format]));
        told.push(shown(folder, &["diagnose", &denied, "--snapshot", &deny, "--format", format]));
        told.push(shown(folder, &["triage", &denied, "--format", format]));
    }
    for format in ["text", "json", "markdown", "github", "junit", "sarif"] {
        told.push(shown(folder, &["diff", &deny, &allow, "--format", format]));
        told.push(shown(folder, &["diff", "--base", "HEAD", "--format", format]));
        told.push(shown(folder, &["diff", &below, ".", "--format", format]));
        told.push(shown(folder, &["test", &cases, "--format", format]));
    }
    told.push(simulate(&["--identity-policy", &deny]));
    told.push(simulate(&["--identity-policy", "allow", "--output", &format!("{missing}/x")]));
    told.push(shown(folder, &["diagnose", &denied, "--identity-policy", &deny, "--write-remedies", &below]));
    told.push(shown(folder, &["run", "--", &format!("./{missing}")]));
    told.push(shown(folder, &["run", "--", &format!("./{allow}")]));
    told.push(shown(folder, &["mcp", "--root", &missing]));
    told.push(shown(folder, &["mcp", "--root", &allow]));
    told.push(shown(folder, &["help", &missing]));
    told.push(shown(folder, &["cause", &missing]));
    told.push(shown(folder, &["diff", "--base", &missing]));
    told.push(shown(folder, &["explain", "denied", "--format", &missing]));
    told.push(shown(folder, &["explain", "denied", &missing]));
    told.push(shown(folder, &[&missing]));
    told.push(shown(folder, &[&format!("--{missing}")]));
    told.push(shown(folder, &["diagnose", "denied", "--principal", &missing]));
    told.push(shown(folder, &["diagnose", "denied", "--context", &missing]));
    told.push(shown(folder, &["explain", "denied", "--output", &format!("{missing}/x")]));
    told.push(shown(folder, &["triage", "denied", "--state", &broken]));
    told.push(shown(folder, &["triage", "denied", "--since", &missing]));
    // it was there to be seen
    let seen = told.iter().filter(|told| told.contains("FORGED")).count();
    assert!(seen * 10 > told.len() * 7, "{seen} of {}", told.len());
}

#[test]
fn what_of_a_name_cannot_be_shown_is_written_out() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        shown(folder.path(), &["explain", &name("a")]),
        "iamdx: cannot read `a\\u{a}iamdx: note: FORGED\\u{d}::error::FORGED\\u{9b}2J\\u{1b}[2J\\u{202e}\\u{9}.json`: No such file or directory (os error 2)\n"
    );
}
