//! What a finding of `iamdx triage` says to run next, where no policies were given.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::triage_diagnosed::{NO_ALLOW, denied};
use crate::triage::triage;

/// What a shell makes of a line: the words that `iamdx` gets, or nothing where it stops.
fn words(line: &str, trail: Option<&str>) -> Option<Vec<String>> {
    let script = format!("iamdx() {{ printf '%s\\0' \"$@\"; }}\n{line}\n");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env_remove("FILL_IN_TRAIL");
    shell.envs(trail.map(|trail| ("FILL_IN_TRAIL", trail)));
    let output = shell.output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| words.split_terminator('\0').map(str::to_owned).collect())
}

#[test]
fn each_finding_says_what_to_run_and_a_shell_takes_it_whatever_the_names_are() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["report", "a b", "$(touch broken)", "'; touch broken; '", "`touch broken`", "-x", "\"!\\"];
    let mut records: Vec<Value> = (0..)
        .zip(names)
        .map(|(number, name)| denied(number, name, "s3:GetObject", "arn:aws:s3:::reports/x", NO_ALLOW))
        .collect();
    // another failure is no denial, and the quarantine of a key is answered otherwise
    let mut throttled = denied(20, "web", "s3:GetObject", "*", "");
    throttled["errorCode"] = "ThrottlingException".into();
    throttled["errorMessage"] = "Rate exceeded".into();
    let quarantine =
        "with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";
    records.extend([throttled, denied(21, "leaked", "iam:CreateUser", "*", quarantine)]);
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let (_, text, complaint) = triage(folder.path(), &["trail.json", "--format", "ndjson"]);
    let findings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(findings.len(), names.len() + 2, "{complaint}");
    let mut told = 0;
    for finding in findings {
        let commands = finding["next_commands"].as_array().map_or(&[][..], Vec::as_slice);
        let [command] = commands else {
            let reason = finding["reason"].as_str().unwrap();
            assert!(reason.contains("rate limit") || reason.contains("Quarantine"), "{reason}");
            continue;
        };
        told += 1;
        let command = command.as_str().unwrap();
        assert_eq!(words(command, None), None, "{command}");
        let found = words(command, Some("trail.json")).unwrap();
        assert_eq!(
            (found.first().map(String::as_str), found.last().map(String::as_str)),
            (Some("triage"), Some("--live"))
        );
        // the same denials are chosen by it
        let chosen: Vec<&str> = found.iter().skip(1).map(String::as_str).filter(|word| *word != "--live").collect();
        let (_, text, complaint) = triage(folder.path(), &[&chosen[..], &["--format", "json"]].concat());
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{complaint}"));
        let fingerprints = answer["findings"].as_array().unwrap().iter().map(|found| &found["fingerprints"]);
        assert!(fingerprints.into_iter().any(|all| *all == finding["fingerprints"]), "{command}");
    }
    assert_eq!(told, names.len());
    assert!(!folder.path().join("broken").exists() && !std::path::Path::new("broken").exists());
    // with policies the finding has its own
    fs::write(
        folder.path().join("account.json"),
        json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333"}]}).to_string(),
    )
    .unwrap();
    let (_, text, _) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--format", "ndjson"]);
    assert!(!text.contains("next_commands"), "{text}");
}
