//! What `iamdx triage` says where a file does not tell all, tells it twice, or was not asked for all.

use std::fs;

use serde_json::{Value, json};

use super::triage_diagnosed::{NO_ALLOW, denied};
use crate::triage::triage;

const OBJECT: &str = "arn:aws:s3:::reports/x";

fn records(many: usize) -> Vec<Value> {
    (0..many).map(|number| denied(number, "web", "s3:GetObject", OBJECT, NO_ALLOW)).collect()
}

/// A table of these columns.
fn table(columns: &[&str]) -> String {
    let mut lines = csv::Writer::from_writer(Vec::new());
    lines.write_record(columns.iter().map(|column| column.to_lowercase())).unwrap();
    for record in records(3) {
        let cell = |column: &&str| match &record[*column] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        lines.write_record(columns.iter().map(cell)).unwrap();
    }
    String::from_utf8(lines.into_inner().unwrap()).unwrap()
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[test]
fn a_table_without_the_column_that_tells_failures_or_times_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let all = ["eventTime", "userIdentity", "eventSource", "eventName", "errorCode", "errorMessage", "eventID"];
    let without = |left: &str| {
        let columns: Vec<&str> = all.into_iter().filter(|column| *column != left).collect();
        fs::write(folder.path().join("rows.csv"), table(&columns)).unwrap();
        let (code, text, complaint) = triage(folder.path(), &["rows.csv"]);
        let said = complaint.split("rows.csv ").nth(1).unwrap_or_default();
        format!("{} {said}{}", code.unwrap(), text.lines().next().unwrap())
    };
    insta::assert_snapshot!(without(""), @"0 3 denials in 3 records of 1 file, from 2026-11-01 10:00 UTC to 2026-11-01 10:02");
    insta::assert_snapshot!(without("errorCode"), @"
    2 was skipped: it is a table without the column errorcode, and nothing else tells which calls failed
    0 denials in 0 records of 0 files
    ");
    insta::assert_snapshot!(without("eventTime"), @"
    2 was skipped: it is a table without the column eventtime, and nothing else tells when a call was
    0 denials in 0 records of 0 files
    ");
}

#[test]
fn a_record_without_its_time_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = records(2);
    for record in &mut all {
        // when the session was made is not when it was denied
        record["userIdentity"]["sessionContext"]["attributes"] = json!({"creationDate": "2026-11-01T00:00:00Z"});
        record.as_object_mut().unwrap().remove("eventTime");
    }
    fs::write(folder.path().join("trail.json"), json!({"Records": all}).to_string()).unwrap();
    let (_, text, _) = triage(folder.path(), &["trail.json"]);
    insta::assert_snapshot!(text.split("\n\n").next().unwrap(), @"
    2 denials in 2 records of 1 file
      2 denials have no time (eventTime) and are on no day: --since and --until leave them out
    ");
    let (_, _, complaint) = triage(folder.path(), &["trail.json", "--format", "csv"]);
    assert!(complaint.contains("2 denials have no time"), "{complaint}");
    // and in explain
    fs::write(folder.path().join("one.json"), all[0].to_string()).unwrap();
    let path = folder.path().join("one.json");
    let explained = crate::support::iamdx(&["explain", "--format", "json", path.to_str().unwrap()], b"").stdout;
    assert!(!explained.contains("\"at\": \"2026"), "{explained}");
}

#[test]
fn records_that_come_twice_are_told_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let all = json!({"Records": records(4)});
    fs::write(folder.path().join("a.json"), all.to_string()).unwrap();
    fs::write(folder.path().join("b.json"), serde_json::to_string_pretty(&all).unwrap()).unwrap();
    for format in ["text", "markdown", "html", "csv", "ndjson"] {
        let (code, text, complaint) = triage(folder.path(), &["a.json", "b.json", "--format", format]);
        assert_eq!(code, Some(0));
        let told = (text + &complaint).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("records came twice in files that differ"), "{format}: {told}");
    }
}

#[test]
fn an_answer_says_which_denials_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": records(2)}).to_string()).unwrap();
    let given = [
        "trail.json",
        "--since",
        "2026-11-01",
        "--until",
        "2026-11-03",
        "--principal",
        "nobody",
        "--action",
        "s3:Get*",
        "--account",
        "111122223333",
    ];
    let (_, text, _) = triage(folder.path(), &given);
    insta::assert_snapshot!(text, @"
    0 denials in 2 records of 1 file
      only denials from 2026-11-01 00:00 UTC on, before 2026-11-03 00:00 UTC, in
      account 111122223333, of callers whose name has nobody, of s3:Get*; the others
      are not counted
    ");
    for format in ["markdown", "html"] {
        let (_, text, _) = triage(folder.path(), &[&given[..], &["--format", format]].concat());
        assert!(text.contains("whose name has nobody"), "{format}: {text}");
    }
    let (_, text, _) = triage(folder.path(), &[&given[..], &["--redact"]].concat());
    assert!(!text.contains("111122223333"), "{text}");
    // an action has a service
    for action in ["GetObject", "s3"] {
        let (code, _, complaint) = triage(folder.path(), &["trail.json", "--action", action]);
        assert_eq!(code, Some(2));
        assert_eq!(
            complaint.lines().next().unwrap(),
            format!("iamdx: --action `{action}` has no service: give both, as in a policy (s3:GetObject, s3:*)")
        );
    }
}

#[test]
fn a_byte_that_is_no_letter_hides_no_denial() {
    let folder = tempfile::tempdir().unwrap();
    let text = json!({"Records": [denied(1, "web", "s3:GetObject", "arn:aws:s3:::reports/x~y", NO_ALLOW)]}).to_string();
    let bytes: Vec<u8> = text.bytes().map(|byte| if byte == b'~' { 0xff } else { byte }).collect();
    fs::write(folder.path().join("trail.json"), bytes).unwrap();
    let (code, text, complaint) = triage(folder.path(), &["trail.json"]);
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    assert!(text.starts_with("1 denial in 1 record of 1 file"), "{text}");
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>
#[test]
fn records_in_the_answer_of_filter_log_events_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let event = |record: &Value| {
        json!({"logStreamName": "111122223333_CloudTrail_eu-west-1", "timestamp": 1_793_527_200_000_u64, "message": record.to_string(),
            "ingestionTime": 1_793_527_260_000_u64, "eventId": "1"})
    };
    let mut events: Vec<Value> = records(2).iter().map(event).collect();
    events.push(json!({"timestamp": 1, "message": "not a record", "ingestionTime": 2}));
    let answer = json!({"events": events, "searchedLogStreams": []});
    fs::write(folder.path().join("logs.json"), serde_json::to_string_pretty(&answer).unwrap()).unwrap();
    let (code, text, complaint) = triage(folder.path(), &["logs.json"]);
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    assert!(text.starts_with("2 denials in 2 records of 1 file"), "{text}");
}

#[test]
fn parts_without_records_are_not_by_the_policies_that_were_given() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot =
        json!({"iamdx_snapshot": 1, "taken_at": "2026-11-29T00:00:00Z", "accounts": [{"id": "111122223333"}]});
    super::triage_diagnosed::written(folder.path(), &records(2), &snapshot);
    triage(folder.path(), &["trail.json", "--format", "json", "-o", "part.json"]);
    let (_, text, _) = triage(folder.path(), &["merge", "part.json", "--snapshot", "account.json"]);
    assert!(!text.contains("by the policies of"), "{text}");
}
