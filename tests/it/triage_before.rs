//! The change of policies after which denials began: found whatever was denied before, and said on the first screen.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, denied, findings, triage};

fn at(mut record: Value, time: &str) -> Value {
    record["eventTime"] = json!(format!("2026-11-{time}:00Z"));
    record["eventID"] = json!(format!("{}-{time}", record["eventID"].as_str().unwrap()));
    record
}

fn change(name: &str, parameters: &Value, time: &str) -> Value {
    at(
        json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/bo@example.com")},
            "eventSource": "iam.amazonaws.com", "eventName": name, "eventID": name, "requestParameters": parameters,
            "recipientAccountId": ACCOUNT, "readOnly": false}),
        time,
    )
}

fn trail(folder: &Path, records: &[Value]) {
    fs::write(folder.join("trail.json"), json!({"Records": records}).to_string()).unwrap();
}

fn detach() -> Value {
    let policy = format!("arn:aws:iam::{ACCOUNT}:policy/deploy");
    change("DetachRolePolicy", &json!({"roleName": "deploy", "policyArn": policy}), "13T08:40")
}

/// Denials that began at nine on the 13th.
fn deploys() -> impl Iterator<Item = Value> {
    let actions = ["ecr:PutImage", "ecs:UpdateService", "iam:PassRole"];
    (0..12).map(move |number| {
        let record = denied(number, "deploy", actions[number % 3], "*", NO_ALLOW);
        at(record, &format!("13T09:{number:02}"))
    })
}

#[test]
fn an_old_denial_of_the_same_caller_does_not_hide_the_change() {
    let folder = tempfile::tempdir().unwrap();
    let old = at(denied(20, "deploy", "ec2:DescribeRegions", "*", NO_ALLOW), "02T10:00");
    trail(folder.path(), &[old].into_iter().chain([detach()]).chain(deploys()).collect::<Vec<_>>());
    for filter in [&[][..], &["--since", "2026-11-13"], &["--action", "ecr:PutImage"]] {
        let found = &findings(folder.path(), &[&["trail.json"], filter].concat())[0];
        assert_eq!(found["changes_before"], json!(["DetachRolePolicy-13T08:40"]), "{filter:?}");
    }
    let (_, text) = triage(folder.path(), &["trail.json", "--all"]);
    let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("look 20 minutes before the first of 12 denials: iam:DetachRolePolicy"), "{text}");
    // what began before the change is not told of it
    let since = at(denied(21, "deploy", "ecr:PutImage", "*", NO_ALLOW), "01T10:00");
    trail(folder.path(), &[since].into_iter().chain([detach()]).chain(deploys()).collect::<Vec<_>>());
    let only = ["trail.json", "--since", "2026-11-13", "--action", "ecr:PutImage"];
    assert_eq!(findings(folder.path(), &only)[0]["changes_before"], json!([]));
}

#[test]
fn the_change_stands_out_on_a_screen_of_many_findings() {
    let folder = tempfile::tempdir().unwrap();
    let noise = (0..4).flat_map(|role| {
        (0..20).map(move |number| {
            let record = denied(number, &format!("noise-{role}"), "s3:GetObject", "arn:aws:s3:::reports/x", NO_ALLOW);
            at(record, &format!("{:02}T10:{number:02}", role + 1))
        })
    });
    // what was given to somebody took nothing away
    let policy = format!("arn:aws:iam::{ACCOUNT}:policy/more");
    let attach = change("AttachRolePolicy", &json!({"roleName": "noise-3", "policyArn": policy}), "04T09:50");
    trail(folder.path(), &noise.chain([attach, detach()]).chain(deploys()).collect::<Vec<_>>());
    let (_, text) = triage(folder.path(), &["trail.json"]);
    insta::assert_snapshot!(text, @"
    92 denials in 94 records of 1 file, from 2026-11-01 10:00 UTC to 2026-11-13
    09:11 UTC

    STANDS OUT
     !  20 minutes before 12 denials of 111122223333 role deploy began:
        iam:DetachRolePolicy (policyArn policy/deploy, roleName deploy) by
        Admin/bo@example.com; no proof that it is the cause
     !  12 denials of actions by which the caller could get more permissions:
        ecr:PutImage, ecs:UpdateService, iam:PassRole; by 111122223333 role deploy

    1  20 denials: no identity-based policy of 111122223333 role noise-0 allows it
       for s3:GetObject; ask the account admin

    2  20 denials: no identity-based policy of 111122223333 role noise-1 allows it
       for s3:GetObject; ask the account admin

    3  20 denials: no identity-based policy of 111122223333 role noise-2 allows it
       for s3:GetObject; ask the account admin

    4  20 denials: no identity-based policy of 111122223333 role noise-3 allows it
       for s3:GetObject; ask the account admin

    MORE  1 finding; details: --top N, --all; pages: --format html -o DIR/
    ");
    assert!(text.lines().count() <= 23);
    // a change that names only a policy tells by what began together after it
    let policy = format!("arn:aws:iam::{ACCOUNT}:policy/deploy");
    let version = change("CreatePolicyVersion", &json!({"policyArn": policy}), "13T08:40");
    let noise = (0..4).map(|role| {
        at(denied(role, &format!("noise-{role}"), "s3:GetObject", "arn:aws:s3:::reports/x", NO_ALLOW), "01T10:00")
    });
    let begins = change("DeletePolicyVersion", &json!({"policyArn": policy}), "01T09:50");
    trail(folder.path(), &noise.chain([begins, version]).chain(deploys()).collect::<Vec<_>>());
    let (_, text) = triage(folder.path(), &["trail.json", "--format", "json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    let changes = answer["stands_out"].as_array().unwrap().iter().filter(|one| one["code"] == json!("change-before"));
    let told: Vec<&str> = changes.map(|one| one["what"].as_str().unwrap()).collect();
    // in the first hours of a trail all that there is begins
    insta::assert_snapshot!(told.join("\n"), @"20 minutes before 12 denials of 111122223333 role deploy began: iam:CreatePolicyVersion (policyArn policy/deploy) by Admin/bo@example.com; no proof that it is the cause");
}
