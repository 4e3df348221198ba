//! Records with half of a letter in a text, which other readers take: they are counted and explained as those take them.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::trail::{Shape, record};
use crate::support::{iamdx, project};
use crate::triage::{answer, counts};

/// Stands where half of a letter is put.
const MARK: &str = "HALF";

/// Halves of letters, and a whole one.
const HALVES: [&str; 5] = [r"\ud800", r"\uDFFF", r"\ud83d\ud83d", r"\ude00\ud83d", r"\ud83d\ude00"];

/// A record of a denial with a mark in this place.
fn marked(place: &str) -> Value {
    let arn = "arn:aws:sts::111122223333:assumed-role/deploy/run-1";
    let mut record = json!({"eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLEEXAMPLE12:run-1", "arn": arn, "accountId": "111122223333",
            "userName": null, "sessionContext": {"sourceIdentity": "ana"}},
        "eventTime": "2026-11-10T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31", "errorCode": "AccessDenied",
        "errorMessage": format!("User: {arn} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/q3.csv because no \
            identity-based policy allows the s3:GetObject action"),
        "requestParameters": {"bucketName": "reports", "key": "q3.csv"}, "responseElements": null, "requestID": "r",
        "eventID": format!("event {place}"), "eventType": "AwsApiCall", "recipientAccountId": "111122223333"});
    match place {
        "/a name" => record[MARK] = json!(1),
        "/requestParameters/a name" => record["requestParameters"][MARK] = json!("x"),
        place => {
            let text = record.pointer_mut(place).unwrap();
            *text = format!("{}{MARK}", text.as_str().unwrap_or_default()).into();
        }
    }
    record
}

const PLACES: [&str; 12] = [
    "/a name",
    "/requestParameters/a name",
    "/requestParameters/key",
    "/userAgent",
    "/errorMessage",
    "/eventID",
    "/requestID",
    "/userIdentity/arn",
    "/userIdentity/principalId",
    "/userIdentity/userName",
    "/userIdentity/sessionContext/sourceIdentity",
    "/sourceIPAddress",
];

#[test]
fn half_of_a_letter_anywhere_in_a_record_loses_nothing() {
    let plain = project().join("tests/sql/plain.py");
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(41);
    let mut number = 0;
    for place in PLACES {
        for half in HALVES {
            let whole = record(&mut random, Shape { denied: 20, names: 3, odd: false });
            let records = [marked(place), whole].map(|record| record.to_string().replace(MARK, half));
            number += 1;
            let path = folder.path().join(format!("f{number}"));
            if number % 2 == 0 {
                fs::write(path.with_extension("json"), format!(r#"{{"Records":[{}]}}"#, records.join(","))).unwrap();
            } else {
                fs::write(path.with_extension("ndjson"), records.join("\n")).unwrap();
            }
        }
    }
    let found = answer(folder.path(), &["."]);
    assert_eq!(found["trail"]["tally"]["unreadable"]["records"], 0, "{}", found["trail"]["tally"]["unreadable"]);
    let Ok(python) = Command::new("python3").arg(&plain).arg(folder.path()).output() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is not there");
        return;
    };
    let expected: Value = serde_json::from_slice(&python.stdout).unwrap();
    let (all, denials) = counts(&found);
    assert_eq!((json!(all), json!(denials)), (expected["records"].clone(), expected["denials"].clone()));
}

#[test]
fn a_record_with_half_of_a_letter_is_explained_with_the_sign_for_it() {
    for place in PLACES {
        let record = marked(place).to_string().replace(MARK, r"\ud800");
        let whole = marked(place).to_string().replace(MARK, r"\ufffd");
        let line = json!({"id": 1, "raw": record}).to_string();
        // the record as it is, the event in an answer of lookup-events, and a line of a filter
        let inside = json!({"Events": [{"CloudTrailEvent": record}]}).to_string();
        let said = |arguments: &[&str], input: &str| -> Value {
            let run = iamdx(arguments, input.as_bytes());
            let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{place}: {}", run.stderr));
            answer["denials"][0].clone()
        };
        let explain = ["explain", "--format", "json"];
        let expected = said(&explain, &whole);
        assert_eq!(expected["action"], "s3:GetObject", "{place}");
        assert_eq!(said(&explain, &record), expected, "{place}");
        assert_eq!(said(&explain, &inside)["fingerprint"], expected["fingerprint"], "{place}");
        assert_eq!(said(&["explain", "--ndjson"], &line)["fingerprint"], expected["fingerprint"], "{place}");
    }
    // an event of Security Lake
    let event = json!({"class_uid": 6003, "metadata": {"uid": "e1"}, "time": 1_762_768_800_000_i64,
        "api": {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"}, "response": {"error": "AccessDenied", "message": "Access Denied"}},
        "actor": {"user": {"type": "IAMUser", "uid": "arn:aws:iam::111122223333:user/ana"}}, "http_request": {"user_agent": MARK}})
    .to_string()
    .replace(MARK, r"\ud800");
    let answer: Value =
        serde_json::from_str(&iamdx(&["explain", "--format", "json"], event.as_bytes()).stdout).unwrap();
    assert_eq!(answer["denials"][0]["principal"]["name"], "ana");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), &event).unwrap();
    assert_eq!(counts(&crate::triage::answer(folder.path(), &["."])).1, 1);
}
