//! Who tries many things: one who calls, and not all who share a role or a permission set.

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, denied, triage};

/// Denials of a role, each of another action.
fn tried(role: &str, many: usize, session: impl Fn(usize) -> usize, address: impl Fn(usize) -> usize) -> Vec<Value> {
    let each = |number: usize| {
        let mut record = denied(number, role, &format!("ec2:DescribeThing{number}"), "*", NO_ALLOW);
        let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/s{}", session(number));
        let own = record["userIdentity"]["arn"].as_str().unwrap().to_owned();
        record["errorMessage"] = json!(record["errorMessage"].as_str().unwrap().replace(&own, &arn));
        record["userIdentity"]["arn"] = json!(arn);
        record["sourceIPAddress"] = json!(format!("203.0.113.{}", address(number)));
        record
    };
    (0..many).map(each).collect()
}

fn stands_out(records: &[Value]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let (_, text) = triage(folder.path(), &["trail.json", "--format", "json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    let codes = answer["stands_out"].as_array().unwrap().iter();
    codes.map(|one| format!("{}: {}", one["code"].as_str().unwrap(), one["what"].as_str().unwrap())).collect()
}

#[test]
fn people_who_share_a_permission_set_are_each_by_themselves() {
    const DEV: &str = "AWSReservedSSO_Dev_0123456789abcdef";
    // two denials each, of twelve people behind one address
    assert_eq!(stands_out(&tried(DEV, 24, |number| number / 2, |_| 9)), [""; 0]);
    // one of them tries them all
    assert_eq!(stands_out(&tried(DEV, 24, |_| 1, |_| 9)).len(), 1);
}

#[test]
fn sessions_whose_names_the_caller_chooses_are_known_by_their_address() {
    // pipelines of one role
    assert_eq!(stands_out(&tried("ci", 24, |number| number / 2, |number| number / 2)), [""; 0]);
    // each call under another name
    assert_eq!(stands_out(&tried("ci", 24, |number| number, |_| 9)).len(), 1);
    assert_eq!(stands_out(&tried("ci", 24, |_| 1, |number| number)).len(), 1);
}

#[test]
fn one_action_on_many_resources_stands_out() {
    let on = |many: usize| -> Vec<Value> {
        let letters: Vec<char> = ('a'..='z').collect();
        let bucket = |number: usize| format!("arn:aws:s3:::bucket-{}{}", letters[number % 26], "x".repeat(number / 26));
        (0..many).map(|number| denied(number, "report", "s3:ListBucket", &bucket(number), NO_ALLOW)).collect()
    };
    assert_eq!(stands_out(&on(49)), [""; 0]);
    insta::assert_snapshot!(stands_out(&on(50)).join("\n"), @"many-resources: 111122223333 role report: denied s3:ListBucket on 50 different resources on 2026-11-01. Somebody looks for what is open, or a job lacks one permission for all of them");
}
