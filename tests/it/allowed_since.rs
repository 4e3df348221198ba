//! "Allowed now": only where everything that was read is newer than the denial.

use serde_json::{Value, json};

use crate::support::{iamdx, project, read};

const CASE: &str = "fixtures/cases/allowed-now/read-after-missing-allow";

/// Exit code and finding for a text, with the snapshot of the case changed, and options.
fn found(text: &str, change: impl Fn(&mut Value), options: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot: Value = serde_json::from_str(&read(format!("{CASE}/snapshot.json"))).unwrap();
    change(&mut snapshot);
    let path = folder.path().join("snapshot.json").to_string_lossy().into_owned();
    std::fs::write(&path, snapshot.to_string()).unwrap();
    let arguments = ["diagnose", "--format", "json", "--snapshot", &path, "-"];
    let run = iamdx(&[&arguments, options].concat(), text.as_bytes());
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()));
    (run.code, report["reports"][0]["finding"].as_str().unwrap().to_owned())
}

fn denial() -> String {
    read(format!("{CASE}/denial.txt"))
}

/// The same denial as CloudTrail records it.
fn record(at: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": at, "eventSource": "sqs.amazonaws.com", "eventName": "SendMessage",
        "awsRegion": "eu-west-1", "eventID": format!("11111111-2222-3333-4444-{:012}", at.len()), "errorCode": "AccessDenied",
        "errorMessage": "User: arn:aws:sts::111122223333:assumed-role/nightly/i-0123456789abcdef0 is not authorized to perform: \
            sqs:SendMessage on resource: arn:aws:sqs:eu-west-1:111122223333:jobs because no identity-based policy allows the \
            sqs:SendMessage action",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/nightly/i-0123456789abcdef0",
            "accountId": "111122223333"}
    })
}

#[test]
fn everything_that_was_read_has_to_be_newer_than_the_denial() {
    let allowed = (0, "allowed-now".to_owned());
    let open = (3, "not-enough-evidence".to_owned());
    let same = |_: &mut Value| {};
    assert_eq!(found(&denial(), same, &[]), allowed);
    // a record has its own time
    let known = |at: &str| found(&json!({"Records": [record(at)]}).to_string(), same, &[]);
    assert_eq!(known("2026-03-02T10:14:59Z"), allowed);
    assert_eq!(known("2026-03-02T10:15:01Z"), open);
    // of two denials one is later
    let both = json!({"Records": [record("2026-03-02T10:14:59Z"), record("2026-03-02T10:16:59Z")]});
    assert_eq!(found(&both.to_string(), same, &[]), open);
    // a file without a time, or with one that is none, tells nothing
    assert_eq!(found(&denial(), |it| drop(it.as_object_mut().unwrap().remove("taken_at")), &[]), open);
    assert_eq!(found(&denial(), |it| it["taken_at"] = json!("yesterday"), &[]), open);
    // who has which policy may stand in another file than the policy
    let older = project().join("fixtures/cases/allowed-now/changed-since/snapshot.json");
    assert_eq!(found(&denial(), same, &["--snapshot", &older.to_string_lossy()]), open);
    // nor is it known of a document that is given by itself
    let policy = project().join("fixtures/policies/mfa.json");
    assert_eq!(found(&denial(), same, &["--rcp", &policy.to_string_lossy()]).0, 3);
}

#[test]
fn across_accounts_both_have_to_allow_it() {
    let foreign =
        |text: &str| text.replace("arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws:sqs:eu-west-1:444455556666:jobs");
    let snapshot = |it: &mut Value| *it = serde_json::from_str(&foreign(&it.to_string())).unwrap();
    assert_eq!(found(&foreign(&denial()), snapshot, &[]).0, 3);
}
