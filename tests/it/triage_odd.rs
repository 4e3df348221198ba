//! What stands in a trail beside plain records: values that hold records, records of other types, damage, secrets that stay out of answers.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::triage::{answer, counts, triage};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn record(id: &str) -> Value {
    json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLEEXAMPLE12:run-1",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/run-1", "accountId": "111122223333", "accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
        "eventTime": "2026-11-10T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1",
        "errorCode": "AccessDenied", "errorMessage": "User: arn:aws:sts::111122223333:assumed-role/deploy/run-1 is not authorized to \
        perform: s3:GetObject on resource: arn:aws:s3:::reports/q3.csv because no identity-based policy allows the s3:GetObject action",
        "userAgent": "aws-cli/2.31", "eventID": id, "eventType": "AwsApiCall", "recipientAccountId": "111122223333"})
}

fn put(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn records_inside_other_values_are_records() {
    let folder = tempfile::tempdir().unwrap();
    let event = json!({"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": record("1")});
    let mut worked = record("2");
    worked.as_object_mut().unwrap().remove("errorCode");
    let looked =
        json!({"Events": [{"EventId": "1", "EventName": "GetObject", "CloudTrailEvent": record("1").to_string()}]});
    let logged = |texts: &[String]| {
        let events: Vec<Value> = texts.iter().map(|text| json!({"id": "1", "timestamp": 1, "message": text})).collect();
        json!({"messageType": "DATA_MESSAGE", "logGroup": "CloudTrail/x", "logEvents": events})
    };
    let many = logged(&[record("1").to_string(), worked.to_string(), "CWL CONTROL MESSAGE".to_owned()]);
    for (text, expected) in [
        (event.to_string(), (1, 1)),
        (format!("{event}\n{}\n", json!({"version": "0", "detail": worked})), (2, 1)),
        (looked.to_string(), (1, 1)),
        (many.to_string(), (2, 1)),
        (format!("{many}{many}"), (4, 2)),
    ] {
        put(folder.path(), "a.json", &text);
        assert_eq!(counts(&answer(folder.path(), &["a.json"])), expected, "{text}");
    }
}

#[test]
fn a_record_with_fields_of_other_types_is_counted_as_one_that_could_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for (field, value) in
        [("errorCode", json!(403)), ("eventTime", json!(1_794_304_800)), ("userIdentity", json!("ana"))]
    {
        let mut odd = record("odd-1");
        odd[field] = value;
        put(folder.path(), "a.json", &json!({"Records": [record("1"), odd, record("2")]}).to_string());
        let (code, text, complaint) = triage(folder.path(), &["a.json"]);
        assert_eq!(code, Some(2), "{field}");
        assert!(text.starts_with("2 denials in 2 records of 1 file"), "{text}");
        let said = "1 record could not be read: fields of other types than in CloudTrail, event odd-1, in ";
        assert!(complaint.starts_with(&format!("iamdx: {said}")) && complaint.ends_with("a.json\n"), "{complaint}");
        assert!(text.contains("1 record could not be read"), "{text}");
    }
    let twice = record("3").to_string().replacen('{', r#"{"errorCode":"AccessDenied","#, 1);
    put(folder.path(), "a.json", &format!("[{twice}]"));
    assert_eq!(answer(folder.path(), &["a.json"])["trail"]["tally"]["unreadable"]["records"], 1);
}

#[test]
fn what_is_no_json_is_damage_and_a_link_to_nowhere_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "good.json", &record("1").to_string());
    put(folder.path(), "nan.json", &record("2").to_string().replacen('{', r#"{"x":NaN,"#, 1));
    let found = answer(folder.path(), &["."]);
    assert_eq!(counts(&found), (1, 1));
    assert_eq!(found["trail"]["skipped"][0]["why"], "a record in it is no JSON");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/nonexistent", folder.path().join("dangling.json")).unwrap();
        let found = answer(folder.path(), &["."]);
        assert_eq!((counts(&found), found["trail"]["skipped"].as_array().unwrap().len()), ((1, 1), 2));
    }
}

#[test]
fn a_file_that_was_skipped_alone_is_named_on_the_first_screen() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "whole.json", &json!({"Records": [record("a")]}).to_string());
    put(folder.path(), "cut.json", r#"{"Records":[{"eventName":"#);
    let place = folder.path().canonicalize().unwrap().join("cut.json");
    let place = place.to_str().unwrap();
    let (code, text, complaint) = triage(folder.path(), &["."]);
    assert_eq!(code, Some(2));
    let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("SKIPPED 1 file is damaged, and nothing of it was counted {place}: it ends inside a record");
    assert!(unwrapped.contains(&said), "{text}");
    assert_eq!(complaint, format!("iamdx: {place} was skipped: it ends inside a record\n"));
    // of several it is said how to see them
    put(folder.path(), "text.json", "not a trail");
    let (_, text, _) = triage(folder.path(), &["."]);
    assert!(text.contains("2 files are damaged, and nothing of them was counted: --all"), "{text}");
}

#[test]
fn a_secret_stays_out_of_what_is_kept_and_stays_an_incident() {
    let folder = tempfile::tempdir().unwrap();
    let mut leaking = record("leak-1");
    leaking["userAgent"] = json!(format!("mytool AKIAIOSFODNN7EXAMPLE {SECRET}"));
    put(folder.path(), "a.json", &json!({"Records": [leaking, record("2")]}).to_string());
    for run in 0..2 {
        let (code, text, complaint) = triage(folder.path(), &["a.json", "--state", "kept.state"]);
        assert_eq!(code, Some(5), "{run}: {complaint}");
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = "! a secret (access key id, secret access key) stands in 1 record of a denial, event leak-1 by 111122223333 role deploy.";
        assert!(flat.contains(expected), "{text}");
        let kept = fs::read_to_string(folder.path().join("kept.state")).unwrap();
        assert!(!kept.contains(SECRET) && !kept.contains("AKIAIOSFODNN7EXAMPLE") && kept.contains("mytool"), "{kept}");
    }
    let part = triage(folder.path(), &["a.json", "--format", "json"]).1;
    put(folder.path(), "part", &part);
    let (code, text, complaint) = triage(folder.path(), &["merge", "part", "--format", "markdown"]);
    assert_eq!(code, Some(5));
    assert!(text.contains("leak\\-1") || text.contains("leak-1"), "{text}");
    assert!(complaint.contains("SECURITY"), "{complaint}");
}

#[test]
fn options_that_can_take_nothing_are_refused_and_a_role_stands_for_its_sessions() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.json", &record("1").to_string());
    for options in [&["--account", "abc"][..], &["--since", "2026-11-11", "--until", "2026-11-10"]] {
        assert_eq!(triage(folder.path(), &[&["a.json"], options].concat()).0, Some(2), "{options:?}");
    }
    let named = |name: &str| counts(&answer(folder.path(), &["a.json", "--principal", name])).1;
    for name in [
        "arn:aws:iam::111122223333:role/ci/deploy",
        "111122223333 role deploy",
        "Deploy/RUN",
        "assumed-role/deploy/run-1",
    ] {
        assert_eq!(named(name), 1, "{name}");
    }
    assert_eq!(named("arn:aws:iam::111122223333:role/other"), 0);
}

#[test]
fn records_that_come_from_two_trails_are_said_to_be_counted_twice() {
    let folder = tempfile::tempdir().unwrap();
    let own: Vec<String> = ["e1", "e2", "e3", "e4", "e5"].map(|id| record(id).to_string()).to_vec();
    put(folder.path(), "own.json", &own.join("\n"));
    put(folder.path(), "organization.json", &format!("{}\n{}", own.join("\n"), record("e6")));
    put(folder.path(), "other.json", &record("e7").to_string());
    let remark = |arguments: &[&str]| {
        let (_, text, _) = triage(folder.path(), arguments);
        text.split_whitespace().collect::<Vec<_>>().join(" ").contains("counts of 1 kind of denial are too high")
    };
    assert!(remark(&["own.json", "organization.json"]));
    assert!(!remark(&["own.json", "other.json"]) && !remark(&["own.json", "own.json"]));
    // parts of a whole tell it when they are added up, and once told it stays
    for (name, paths) in
        [("a", &["own.json"][..]), ("b", &["organization.json"]), ("c", &["own.json", "organization.json"])]
    {
        let (_, text, _) = triage(folder.path(), &[paths, &["--format", "json"]].concat());
        put(folder.path(), &format!("{name}.part"), &text);
    }
    assert!(!remark(&["merge", "a.part"]) && !remark(&["merge", "b.part"]));
    assert!(remark(&["merge", "a.part", "b.part"]) && remark(&["merge", "c.part"]));
}

#[test]
fn an_insight_is_no_record_of_a_call_though_it_names_one() {
    let folder = tempfile::tempdir().unwrap();
    let insight = json!({"eventVersion": "1.07", "eventTime": "2026-11-10T10:00:00Z", "awsRegion": "eu-west-1", "eventID": "i1",
        "eventType": "AwsCloudTrailInsight", "recipientAccountId": "111122223333", "insightDetails": {"state": "Start",
        "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "insightType": "ApiCallRateInsight"}, "eventCategory": "Insight"});
    put(folder.path(), "a.json", &json!({"Records": [insight]}).to_string());
    assert_eq!(counts(&answer(folder.path(), &["a.json"])), (0, 0));
    // the same in the order in which CloudTrail writes it
    let own = r#"{"Records":[{"eventVersion":"1.07","eventTime":"2026-11-10T10:00:00Z","eventID":"i1","eventType":"AwsCloudTrailInsight","insightDetails":{"state":"Start","eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}}]}"#;
    put(folder.path(), "a.json", own);
    assert_eq!(counts(&answer(folder.path(), &["a.json"])), (0, 0));
}
