//! AWS's quarantine of a leaked key, told by the calls of a trail rather than by AWS's message.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantine.html>

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, allow, findings, triage, written};

const QUARANTINE: &str = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";

fn by(user: &str, at: &str, source: &str, name: &str, parameters: &Value) -> Value {
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/{user}");
    json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": arn, "accountId": ACCOUNT, "userName": user},
        "eventTime": format!("2026-11-04T{at}:00Z"), "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31", "requestParameters": parameters, "eventID": format!("event-{name}-{at}"),
        "readOnly": false, "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT})
}

/// A call that AWS denies.
fn denied(user: &str, at: &str, action: &str, resource: &str, parameters: &Value) -> Value {
    let (source, name) = action.split_once(':').unwrap();
    let mut record = by(user, at, source, name, parameters);
    record["errorCode"] = json!("AccessDenied");
    record["errorMessage"] = json!(format!(
        "User: arn:aws:iam::{ACCOUNT}:user/{user} is not authorized to perform: {action} on resource: {resource} {NO_ALLOW}"
    ));
    record
}

fn on(user: &str) -> Value {
    json!({"userName": user, "policyArn": QUARANTINE})
}

/// What AWS itself calls.
fn put(at: &str) -> Value {
    let mut record = by("-", at, "iam", "AttachUserPolicy", &on("leaky"));
    record["userIdentity"] = json!({"type": "AWSService", "invokedBy": "iam.amazonaws.com"});
    record
}

fn account() -> Value {
    let user = |name: &str| {
        json!({"UserName": name, "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"), "GroupList": [], "AttachedManagedPolicies": [],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow(&json!("ec2:Describe*"), "*")]}}]})
    };
    // as it was before
    json!({"iamdx_snapshot": 1, "taken_at": "2026-10-31T00:00:00Z", "accounts": [{"id": ACCOUNT, "in_organization": false,
        "UserDetailList": [user("leaky"), user("bob"), user("alice")]}]})
}

#[test]
fn nothing_is_offered_to_whom_a_trail_shows_in_quarantine() {
    let folder = tempfile::tempdir().unwrap();
    let lists = |at: &str| denied("leaky", at, "s3:ListAllMyBuckets", "*", &Value::Null);
    let by_thief = by("leaky", "09:30", "iam", "DetachUserPolicy", &on("leaky"));
    let records = [put("09:00"), by_thief, lists("09:40"), lists("09:50")];
    written(folder.path(), &records, &account());
    let (code, text) = triage(folder.path(), &["trail.json"]);
    assert_eq!(code, Some(5));
    // that the user took it off by itself ends nothing
    insta::assert_snapshot!(text.split("\n\n").nth(1).unwrap(), @"
    STANDS OUT
     !  111122223333 user leaky: AWS's quarantine of a leaked key was put on it on
        2026-11-04 09:00 UTC (iam:AttachUserPolicy, event
        event-AttachUserPolicy-09:00). Replace the key; leave the policy (iamdx
        cause quarantine)
    ");
    assert!(!text.contains("  ask   "), "{text}");
    let (code, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--all"]);
    assert_eq!(code, Some(5));
    assert!(!text.contains("AllowListAllMyBuckets"), "{text}");
    let withheld = &findings(folder.path(), &["trail.json", "--snapshot", "account.json"])[0]["diagnosis"]["withheld"];
    assert_eq!(*withheld, json!(true));
    // the names are others, and it is seen all the same
    let (code, text) = triage(folder.path(), &["trail.json", "--redact", "--format", "json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &answer["stands_out"][0]["code"]), (Some(5), &json!("quarantine")));
    assert!(!text.contains("leaky"), "{text}");
    // an administrator took it off
    let lifted = [put("09:00"), by("ops", "09:30", "iam", "DetachUserPolicy", &on("leaky")), lists("09:40")];
    written(folder.path(), &lifted, &account());
    let (code, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--all"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("AllowListAllMyBuckets"), "{text}");
}

#[test]
fn a_call_that_would_end_a_quarantine_is_an_incident() {
    for (whose, user) in [("the own", "bob"), ("another's", "alice")] {
        let folder = tempfile::tempdir().unwrap();
        let resource = format!("user {user}");
        let detach = |at: &str| denied("bob", at, "iam:DetachUserPolicy", &resource, &on(user));
        // the next of the same kind are not read as a whole
        written(folder.path(), &[detach("10:00"), detach("10:01"), detach("10:02")], &account());
        for arguments in [&["trail.json"][..], &["trail.json", "--snapshot", "account.json", "--all"]] {
            let (code, text) = triage(folder.path(), arguments);
            assert_eq!(code, Some(5), "{whose}: {text}");
            let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = format!(
                "3 denials of calls that would end AWS's quarantine of {ACCOUNT} user {user}; by {ACCOUNT} user bob"
            );
            assert_eq!(told.matches(&said).count(), 1, "{text}");
            assert!(!text.contains("AllowDetachUserPolicy"), "{whose}: {text}");
        }
        let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(["diagnose", "trail.json", "--snapshot", "account.json", "--format", "json"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let report = &answer["reports"][0];
        assert_eq!((output.status.code(), &report["finding"]), (Some(5), &json!("quarantine")), "{whose}");
        assert_eq!(report["remedies"][0]["kind"], json!("incident-response"), "{whose}");
    }
}

#[test]
fn other_policies_and_calls_that_only_look_are_no_incident() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        denied(
            "bob",
            "10:00",
            "iam:DetachUserPolicy",
            "user bob",
            &json!({"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ),
        denied("bob", "10:01", "iam:AttachUserPolicy", "user bob", &on("bob")),
        denied("bob", "10:02", "iam:GetPolicy", &format!("policy {QUARANTINE}"), &json!({"policyArn": QUARANTINE})),
    ];
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let (code, text) = triage(folder.path(), &["trail.json"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("quarantine"), "{text}");
}

#[test]
fn a_policy_that_is_given_with_the_message_tells_it_too() {
    let said = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:DetachUserPolicy on resource: user alice {NO_ALLOW}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["diagnose", "-m", &said, "--context", &format!("iam:PolicyARN={QUARANTINE}"), "--format", "json"])
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["reports"][0]["finding"]), (Some(5), &json!("quarantine")));
}
