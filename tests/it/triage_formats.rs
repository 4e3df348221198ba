//! `iamdx triage`: the same findings as text, JSON, lines of JSON, rows, Markdown and pages, whatever the names in them are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::html::{HOSTILE, check};
use crate::schema::misfits;
use crate::support::iamdx;

const SCP: &str = "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-abcd1234";

/// A name that would be a formula, a cell, a row, markup and a command of the terminal, where it is one.
const NAME: &str = "=HYPERLINK(\"x\",'a')|<script>alert(1)</script>\u{1b}[31m\r\n@ana";

fn denied(time: &str, arn: &str, action: &str, resource: &str, why: &str) -> Value {
    let (service, operation) = action.split_once(':').unwrap();
    json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": arn, "accountId": "111122223333"}, "eventTime": time,
        "eventSource": format!("{service}.amazonaws.com"), "eventName": operation, "awsRegion": "eu-central-1", "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.31", "errorCode": "AccessDenied", "eventID": format!("{operation}-{time}"),
        "errorMessage": format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}")})
}

fn session(role: &str) -> String {
    format!("arn:aws:sts::111122223333:assumed-role/{role}/run-1")
}

/// Four denials of three causes in three days, and a change of a policy.
fn trail() -> Vec<Value> {
    let none = "because no identity-based policy allows the action";
    let scp = format!("with an explicit deny in a service control policy: {SCP}");
    let file = "arn:aws:s3:::reports/2026/a.csv";
    vec![
        denied("2026-11-01T00:10:00Z", &session("report"), "s3:GetObject", file, none),
        denied("2026-11-01T01:20:00Z", &session("report"), "s3:GetObject", file, none),
        denied("2026-11-03T09:00:10Z", &session("deploy"), "cloudtrail:StopLogging", "*", &scp),
        json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::444455556666:assumed-role/admin/ana"},
            "eventTime": "2026-11-03T08:58:00Z", "eventSource": "organizations.amazonaws.com", "eventName": "AttachPolicy", "eventID": "change-1",
            "requestParameters": {"policyId": "p-abcd1234", "targetId": "111122223333"}, "recipientAccountId": "444455556666", "readOnly": false}),
        json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": session(NAME), "accountId": "111122223333"},
            "eventTime": "2026-11-02T12:00:00Z", "eventSource": "sqs.amazonaws.com", "eventName": "SendMessage", "awsRegion": "eu-central-1",
            "sourceIPAddress": "203.0.113.9", "userAgent": NAME, "errorCode": "AccessDenied", "eventID": NAME, "errorMessage": "Access denied"}),
    ]
}

fn written(records: &[Value]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    folder
}

fn triage(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_iamdx")).arg("triage").args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn answer(folder: &Path, arguments: &[&str]) -> String {
    let (code, text, complaint) = triage(folder, arguments);
    assert!(matches!(code, Some(0 | 2)), "{code:?} {complaint}");
    text
}

#[test]
fn rows_hold_each_fingerprint_and_no_formula() {
    let folder = written(&trail());
    let text = answer(folder.path(), &["trail.json", "--format", "csv"]);
    // each line ends as RFC 4180 says, and none is broken
    assert_eq!(text.matches("\r\n").count(), 4);
    assert_eq!(text.matches(['\r', '\n']).count(), 8);
    assert!(!text.contains('\u{1b}'));
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
    let one = answer(folder.path(), &["trail.json", "--format", "csv", "--top", "1"]);
    assert_eq!(one.lines().count(), 2);
}

#[test]
fn lines_and_the_document_are_as_the_schema_says() {
    let folder = written(&trail());
    let schema: Value = serde_json::from_str(&iamdx(&["schema"], b"").stdout).unwrap();
    let text = answer(folder.path(), &["trail.json", "--format", "ndjson"]);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert_eq!(misfits(&schema, &schema["$defs"]["TriageFinding"], line, ""), Vec::<String>::new());
    }
    let whole: Value = serde_json::from_str(&answer(folder.path(), &["trail.json", "--format", "json"])).unwrap();
    assert_eq!(misfits(&schema, &schema["$defs"]["TriageReport"], &whole, ""), Vec::<String>::new());
    assert_eq!(whole["findings"], Value::from(lines));
    insta::assert_snapshot!(text);
}

#[test]
fn a_letter_tells_the_causes() {
    let folder = written(&trail());
    insta::assert_snapshot!(answer(folder.path(), &["trail.json", "--format", "markdown"]));
}

#[test]
fn a_page_is_its_own_markup_whatever_the_names() {
    let mut records = trail();
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let mut record = trail()[4].clone();
        record["userIdentity"]["arn"] = session(hostile).into();
        record["eventID"] = format!("{hostile}{number}").into();
        record["userAgent"] = (*hostile).into();
        record["requestParameters"] = json!({"queueUrl": hostile, "bucketName": hostile});
        records.push(record);
        let mut change = trail()[3].clone();
        change["requestParameters"]["policyId"] = (*hostile).into();
        change["userIdentity"]["arn"] = session(hostile).into();
        records.push(change);
    }
    let folder = written(&records);
    let text = answer(folder.path(), &["trail.json", "--format", "html", "--all"]);
    let found = check(&text);
    assert!(found.text.contains("Finding 3 of"), "{}", found.text);
    // a picture has its name and what it shows in words
    let pictures = found.tags.iter().filter(|tag| &*tag.name == "svg");
    let told = pictures.filter(|tag| {
        tag.attrs.iter().any(|it| ["aria-labelledby", "aria-label", "aria-hidden"].contains(&&*it.name.local))
    });
    assert_eq!(told.count(), text.matches("<svg").count());
}

#[test]
fn a_folder_has_a_page_for_each_finding_and_no_other() {
    let folder = written(&trail());
    let place = folder.path().join("pages");
    let names = || -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let made = answer(folder.path(), &["trail.json", "--format", "html", "-o", "pages/"]);
    assert_eq!(made, "");
    assert_eq!(names(), ["finding-001.html", "finding-002.html", "finding-003.html", "index.html"]);
    let mut wanted = BTreeSet::new();
    for name in names() {
        let found = check(&fs::read_to_string(place.join(&name)).unwrap());
        let links = found.tags.iter().flat_map(|tag| &tag.attrs).filter(|it| &*it.name.local == "href");
        wanted.extend(links.map(|it| it.value.to_string()).filter(|link| !link.starts_with('#')));
    }
    assert_eq!(wanted.into_iter().collect::<Vec<_>>(), names());
    // fewer findings have fewer pages
    answer(folder.path(), &["trail.json", "--format", "html", "-o", "pages", "--top", "1"]);
    assert_eq!(names(), ["finding-001.html", "index.html"]);
    assert!(fs::read_to_string(place.join("index.html")).unwrap().contains("The 1 with most denials, of 3."));
    // what is somebody's stays
    for (arguments, complaint) in [
        (
            &["trail.json", "--format", "html", "-o", "."][..],
            "iamdx: `.` holds other files. Name a new folder, or one that `iamdx triage` made\n",
        ),
        (
            &["trail.json", "-o", "new/"],
            "iamdx: `new/` is a folder. Name a file, or let --format html make a page for each finding there\n",
        ),
    ] {
        let (code, text, said) = triage(folder.path(), arguments);
        assert_eq!((code, text.as_str(), said.as_str()), (Some(2), "", complaint));
    }
    assert!(!folder.path().join("index.html").exists() && !folder.path().join("new").exists());
}

#[test]
fn names_are_pseudonyms_in_every_format() {
    let mut records = trail();
    records.push(denied(
        "2026-11-02T00:00:00Z",
        &session("report"),
        "ec2:StopInstances",
        "arn:aws:ec2:eu-central-1:111122223333:instance/i-0123456789abcdef0",
        "because no identity-based policy allows the action",
    ));
    let folder = written(&records);
    fs::write(folder.path().join("secret-project.json"), "{").unwrap();
    for format in ["text", "json", "ndjson", "csv", "markdown", "html"] {
        let (_, text, complaint) = triage(folder.path(), &[".", "--format", format, "--all", "--redact"]);
        let names = [
            "111122223333",
            "444455556666",
            "reports",
            "role report",
            "run-1",
            "deploy",
            "admin/",
            "/ana",
            "p-abcd1234",
            "o-exampleorgid",
            "203.0.113",
            "HYPERLINK",
            "alert",
            "i-0123456789abcdef0",
            "secret-project",
            "change-1",
            "StopLogging-2026",
        ];
        let met: Vec<_> = names.iter().filter(|name| text.contains(**name) || complaint.contains(**name)).collect();
        assert!(met.is_empty(), "{format}: {met:?}\n{text}");
        assert!(text.contains("cloudtrail:StopLogging"), "{format}: {text}");
    }
    let whole = |arguments: &[&str]| -> Value { serde_json::from_str(&answer(folder.path(), arguments)).unwrap() };
    let (open, closed) =
        (whole(&["trail.json", "--format", "json"]), whole(&["trail.json", "--format", "json", "--redact"]));
    let counts = |answer: &Value| -> Vec<u64> {
        answer["findings"].as_array().unwrap().iter().map(|it| it["count"].as_u64().unwrap()).collect()
    };
    assert_eq!(counts(&open), counts(&closed));
    // a resource keeps its shape, and a cause has the fingerprint that `explain --redact` gives it
    let shapes = closed["findings"][0]["resources"].to_string();
    assert!(shapes.contains("-{id}"), "{shapes}");
    fs::write(folder.path().join("one.json"), trail()[0].to_string()).unwrap();
    let explained =
        iamdx(&["explain", &folder.path().join("one.json").to_string_lossy(), "--redact", "--format", "json"], b"");
    let explained: Value = serde_json::from_str(&explained.stdout).unwrap();
    let own = explained["denials"][0]["fingerprint"].as_str().unwrap();
    assert!(closed["trail"]["tally"]["fingerprints"].as_object().unwrap().contains_key(own), "{own}: {closed:#}");
}

#[test]
fn hours_are_kept_of_a_short_trail_and_add_up_to_those_of_the_whole() {
    let hours = |answer: &Value| -> u64 {
        let all = answer["findings"].as_array().unwrap();
        all.iter().flat_map(|it| it["hours"].as_object().unwrap().values()).map(|count| count.as_u64().unwrap()).sum()
    };
    let at = |day: u32, hour: u32| {
        denied(
            &format!("2026-11-{day:02}T{hour:02}:30:00Z"),
            &session("report"),
            "s3:GetObject",
            "arn:aws:s3:::a/b",
            "because no identity-based policy allows the action",
        )
    };
    for (days, of_whole) in [([1, 2, 3], 9), ([1, 2, 4], 0), ([1, 2, 20], 0)] {
        let folder = tempfile::tempdir().unwrap();
        for (name, day) in ["a", "b", "c"].iter().zip(days) {
            let records: Vec<Value> = [1, 5, 23].map(|hour| at(day, hour)).to_vec();
            fs::write(folder.path().join(format!("{name}.json")), Value::from(records).to_string()).unwrap();
            let part = answer(folder.path(), &[&format!("{name}.json"), "--format", "json"]);
            assert_eq!(hours(&serde_json::from_str(&part).unwrap()), 3);
            fs::write(folder.path().join(format!("{name}.part")), part).unwrap();
        }
        let whole: Value =
            serde_json::from_str(&answer(folder.path(), &["a.json", "b.json", "c.json", "--format", "json"])).unwrap();
        assert_eq!(hours(&whole), of_whole, "{days:?}");
        for order in [["a.part", "b.part", "c.part"], ["c.part", "b.part", "a.part"], ["b.part", "c.part", "a.part"]] {
            let merged: Value =
                serde_json::from_str(&answer(folder.path(), &[&["merge"], &order[..], &["--format", "json"]].concat()))
                    .unwrap();
            assert_eq!(merged, whole, "{days:?}");
        }
    }
}

#[test]
fn a_format_for_places_in_files_is_refused() {
    let folder = written(&trail());
    let (code, text, complaint) = triage(folder.path(), &["trail.json", "--format", "sarif"]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(complaint.ends_with("`sarif` is a format of: diagnose, diff, test\n"), "{complaint}");
}
