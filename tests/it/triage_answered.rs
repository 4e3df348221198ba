//! What queries answer on the command line, tables that are none of a trail, and records whose fields have other types.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::triage_diagnosed::{NO_ALLOW, denied};
use crate::triage::triage;

fn record(number: usize) -> Value {
    denied(number, "report", "s3:GetObject", "arn:aws:s3:::reports/x", NO_ALLOW)
}

/// A row of a table: names and texts.
fn row(number: usize) -> Vec<(&'static str, String)> {
    let record = record(number);
    let text = |name: &str| record[name].as_str().unwrap().to_owned();
    vec![
        ("eventtime", text("eventTime")),
        ("eventsource", text("eventSource")),
        ("eventname", text("eventName")),
        ("useridentity", record["userIdentity"].to_string()),
        ("errorcode", text("errorCode")),
        ("errormessage", text("errorMessage")),
        ("eventid", text("eventID")),
    ]
}

/// How many denials are told of a file, the exit code, and what stands on standard error.
fn told(name: &str, content: &[u8]) -> (u64, Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    let (code, text, complaint) = triage(folder.path(), &[name, "--format", "ndjson"]);
    let count = |line: &str| serde_json::from_str::<Value>(line).unwrap()["count"].as_u64().unwrap();
    (text.lines().map(count).sum(), code, complaint)
}

#[test]
fn answers_of_queries_are_read() {
    let lake: Vec<Vec<Value>> =
        (0..3).map(|number| row(number).into_iter().map(|(name, value)| json!({name: value})).collect()).collect();
    let datum = |value: &str| json!({"VarCharValue": value});
    let names = json!({"Data": row(0).iter().map(|(name, _)| datum(name)).collect::<Vec<_>>()});
    let cells = |number| json!({"Data": row(number).iter().map(|(_, value)| datum(value)).collect::<Vec<_>>()});
    let info = json!({"ColumnInfo": row(0).iter().map(|(name, _)| json!({"Name": name, "Type": "varchar"})).collect::<Vec<_>>()});
    let message = |number| json!([{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": record(number).to_string()}]);
    for (what, answer) in [
        ("CloudTrail Lake", json!({"QueryStatus": "FINISHED", "QueryResultRows": lake})),
        ("Athena", json!({"ResultSet": {"Rows": [names, cells(0), cells(1), cells(2)], "ResultSetMetadata": info}})),
        ("the next page", json!({"ResultSet": {"Rows": [cells(0), cells(1), cells(2)], "ResultSetMetadata": info}})),
        ("Logs Insights", json!({"results": [message(0), message(1), message(2)], "status": "Complete"})),
    ] {
        let text = serde_json::to_string_pretty(&answer).unwrap();
        assert_eq!(told("answer.json", text.as_bytes()), (3, Some(0), String::new()), "{what}");
    }
}

#[test]
fn a_file_that_was_given_and_holds_nothing_is_named_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("queue.json"), json!({"Messages": [{"Body": "{}"}]}).to_string()).unwrap();
    for format in ["text", "json", "ndjson", "csv", "markdown", "html"] {
        let (_, _, complaint) = triage(folder.path(), &["queue.json", "--format", format]);
        assert!(
            complaint.contains("1 file that was given holds no records of calls") && complaint.contains("queue.json"),
            "{format}: {complaint}"
        );
    }
    let (_, _, complaint) = triage(folder.path(), &["queue.json", "--redact"]);
    assert!(complaint.contains("holds no records of calls") && !complaint.contains("queue.json"), "{complaint}");
    // a folder has digests and more
    let (_, _, complaint) = triage(folder.path(), &["."]);
    assert_eq!(complaint, "");
}

#[test]
fn a_table_that_is_none_of_a_trail_is_told_by_what_it_lacks() {
    for (table, why) in [
        (
            "eventtime,errorcode,errormessage\n1,2,3\n",
            "it is a table without the column eventname, and nothing else tells which call a row is of",
        ),
        (
            "eventtime;eventname;errorcode\n1;2;3\n",
            "it is a table with semicolons between its columns: write it with commas",
        ),
        (
            "eventtime\teventname\terrorcode\n1\t2\t3\n",
            "it is a table with tabs between its columns: write it with commas",
        ),
        (
            "eventtime,eventname,eventsource,errorcode,n\n2026-11-01T00:00:00Z,GetObject,s3.amazonaws.com,AccessDenied,500\n",
            "its column `n` tells that a row stands for several calls, and nothing tells which: give the rows of the calls",
        ),
        ("no table at all\n", "it is no JSON from byte 0 on"),
    ] {
        let (count, code, complaint) = told("rows.csv", table.as_bytes());
        assert_eq!((count, code), (0, Some(2)), "{table}");
        assert!(complaint.contains(why), "{complaint}");
    }
    // what Logs Insights exports has whole records
    let message = record(0).to_string().replace('"', "\"\"");
    assert_eq!(told("insights.csv", format!("@timestamp,@message\nx,\"{message}\"\n").as_bytes()).0, 1);
}

#[test]
fn fields_of_other_types_are_put_right_or_counted_as_unreadable() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut record = record(0);
        change(&mut record);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("trail.json"), json!({"Records": [record]}).to_string()).unwrap();
        let (code, text, _) = triage(folder.path(), &["trail.json", "--format", "csv"]);
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let header = rows.headers().unwrap().clone();
        let rows: Vec<String> = rows
            .records()
            .map(|row| {
                let row = row.unwrap();
                ["principal", "account", "region"]
                    .map(|name| row[header.iter().position(|own| own == name).unwrap()].to_owned())
                    .join("|")
            })
            .collect();
        (code, rows.join("\n"))
    };
    let whole = (Some(0), "111122223333 role report|111122223333|eu-west-1".to_owned());
    assert_eq!(with(&|_| ()), whole);
    // nothing is lost
    assert_eq!(with(&|record| record["userIdentity"]["accountId"] = json!(111_122_223_333_u64)), whole);
    assert_eq!(with(&|record| record["recipientAccountId"] = json!(111_122_223_333_u64)), whole);
    assert_eq!(
        with(&|record| record["userIdentity"]["sessionContext"]["sessionIssuer"]["accountId"] = json!(1_u64)),
        whole
    );
    assert_eq!(with(&|record| record["userIdentity"]["sessionContext"]["webIdFederationData"] = json!("")), whole);
    assert_eq!(with(&|record| record["resources"] = json!("")), whole);
    // what was there is not known
    let fields: [&dyn Fn(&mut Value); 6] = [
        &|record| record["userIdentity"]["principalId"] = json!(["x"]),
        &|record| record["userIdentity"]["sessionContext"] = json!("x"),
        &|record| record["awsRegion"] = json!(1),
        &|record| record["sourceIPAddress"] = json!({}),
        &|record| record["errorMessage"] = json!(true),
        &|record| record["resources"] = json!(["arn:aws:s3:::reports/x"]),
    ];
    for field in fields {
        assert_eq!(with(field), (Some(2), String::new()));
    }
}

#[test]
fn a_list_of_files_may_be_written_by_powershell() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": [record(0)]}).to_string()).unwrap();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for list in [b"\xEF\xBB\xBFtrail.json\r\n".to_vec(), [b"\xFF\xFE".to_vec(), wide("trail.json\r\n")].concat()] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(["triage", "-"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&list).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&output.stdout).starts_with("1 denial in 1 record"));
    }
}

#[test]
fn sums_of_many_calls_are_no_records() {
    let sums = json!({"eventVersion": "1.0", "accountId": "111122223333", "eventId": "cbd5d7e3-03fd-457d-825a-6d1d5945bb47",
        "eventCategory": "Aggregated", "eventType": "AwsAggregatedEvent", "awsRegion": "eu-west-1",
        "timeWindow": {"windowStart": "2026-11-01T00:00:00Z", "windowEnd": "2026-11-01T00:05:00Z", "windowSize": "PT5M"},
        "summary": {"primaryDimension": {"dimension": "eventName", "statistics": [{"name": "PutObject", "value": 7}]},
            "details": [{"dimension": "errorCode", "statistics": [{"name": "AccessDenied", "value": 7}]}]}});
    let folder = tempfile::tempdir().unwrap();
    for text in [sums.to_string(), sums.to_string().replace("\":", "\": ")] {
        fs::write(folder.path().join("trail.json"), format!("{{\"Records\": [{text}, {}]}}", record(0))).unwrap();
        let (_, text, _) = triage(folder.path(), &["trail.json"]);
        assert!(text.starts_with("1 denial in 1 record of 1 file"), "{text}");
    }
}
