//! Answers of `iamdx triage` say which denials they count, also where parts of different filters are added up.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, denied};
use crate::triage::{answer, triage};

const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";

fn scene(folder: &Path) {
    let records: Vec<Value> =
        (0..8).map(|number| denied(number, "deploy", "sqs:SendMessage", QUEUE, NO_ALLOW)).collect();
    for (name, part) in [("one", &records[..4]), ("two", &records[4..])] {
        fs::write(folder.join(format!("{name}.json")), json!({"Records": part}).to_string()).unwrap();
    }
}

fn all() -> Value {
    json!({"since": null, "until": null, "accounts": [], "principals": [], "actions": []})
}

#[test]
fn an_answer_has_the_filters_that_made_it() {
    let folder = tempfile::tempdir().unwrap();
    scene(folder.path());
    let whole = answer(folder.path(), &["one.json"]);
    assert_eq!((&whole["filters"], whole.get("top")), (&json!([all()]), None));
    let filters = [
        "--since",
        "2026-11-01",
        "--until",
        "2026-11-01T12:00:00Z",
        "--account",
        ACCOUNT,
        "--action",
        "sqs:*",
        "--action",
        "s3:*",
    ];
    let filters = [&filters[..], &["--principal", "deploy", "--top", "3"]].concat();
    let some = answer(folder.path(), &[&["one.json"], &filters[..]].concat());
    let expected = json!([{"since": "2026-11-01T00:00:00Z", "until": "2026-11-01T12:00:00Z", "accounts": [ACCOUNT], "principals": ["deploy"],
        "actions": ["s3:*", "sqs:*"]}]);
    assert_eq!((&some["filters"], &some["top"]), (&expected, &json!(3)));
    // what is not one document has them where there is room
    let (_, lines, complaint) = triage(folder.path(), &[&["one.json", "--format", "ndjson"], &filters[..]].concat());
    let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(line["filters"], expected);
    let note = "only denials from 2026-11-01 00:00 UTC on, before 2026-11-01 12:00 UTC, in account 111122223333, of callers whose name has deploy, \
                of s3:* or sqs:*; the others are not counted\n";
    assert_eq!(complaint, "");
    let (_, _, complaint) = triage(folder.path(), &[&["one.json", "--format", "csv"], &filters[..]].concat());
    assert_eq!(complaint, format!("iamdx: {note}"));
    let (_, lines, complaint) = triage(folder.path(), &["one.json", "--format", "ndjson"]);
    let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((line.get("filters"), complaint.as_str()), (None, ""));
    let (_, closed, _) = triage(folder.path(), &[&["one.json", "--format", "json", "--redact"], &filters[..]].concat());
    assert!(!closed.contains(ACCOUNT) && !closed.contains("deploy"), "{closed}");
}

#[test]
fn parts_of_different_filters_say_so_together() {
    let folder = tempfile::tempdir().unwrap();
    scene(folder.path());
    let part = |name: &str, arguments: &[&str]| {
        let (_, text, _) = triage(folder.path(), &[arguments, &["--format", "json"]].concat());
        fs::write(folder.path().join(name), text).unwrap();
    };
    part("a.part", &["one.json", "--until", "2026-11-01T10:02:00Z"]);
    part("b.part", &["two.json"]);
    part("c.part", &["two.json", "--until", "2026-11-01T10:02:00Z"]);
    let merged = |files: &[&str]| answer(folder.path(), &[&["merge"], files].concat());
    let until =
        json!({"since": null, "until": "2026-11-01T10:02:00Z", "accounts": [], "principals": [], "actions": []});
    assert_eq!(merged(&["a.part", "c.part"])["filters"], json!([until]));
    assert_eq!(merged(&["a.part", "b.part"])["filters"], json!([all(), until]));
    assert_eq!(merged(&["b.part", "a.part"]), merged(&["a.part", "b.part"]));
    let (_, text, _) = triage(folder.path(), &["merge", "a.part", "b.part"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    insta::assert_snapshot!(text.split("; a file").next().unwrap(), @"6 denials in 8 records of 2 files, from 2026-11-01 10:00 UTC to 2026-11-01 10:07 UTC the parts count different denials: all denials; only denials before 2026-11-01 10:02 UTC. Of the files of each part the others are not counted");
    // a part of which it is not told
    let mut untold: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("b.part")).unwrap()).unwrap();
    untold.as_object_mut().unwrap().remove("filters");
    fs::write(folder.path().join("d.part"), untold.to_string()).unwrap();
    assert_eq!(merged(&["a.part", "d.part"]).get("filters"), None);
    let (_, text, _) = triage(folder.path(), &["merge", "a.part", "d.part"]);
    assert!(text.contains("which denials a part counts is not told"), "{text}");
}
