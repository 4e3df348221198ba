//! `iamdx triage`: the denials of a trail by their cause, counted exactly.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::trail::{self, SCP, Shape, written};

/// Trails like these.
const SHAPE: Shape = Shape { denied: 10, names: 12, odd: true };

fn record(random: &mut Random) -> Value {
    trail::record(random, SHAPE)
}

pub(crate) fn triage(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_iamdx")).arg("triage").args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

pub(crate) fn answer(folder: &Path, arguments: &[&str]) -> Value {
    let (code, text, complaint) = triage(folder, &[arguments, &["--format", "json"]].concat());
    assert!(matches!(code, Some(0 | 2 | 5)), "{complaint}");
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn counts(answer: &Value) -> (u64, u64) {
    let tally = &answer["trail"]["tally"];
    let denials =
        tally["fingerprints"].as_object().unwrap().values().map(|entry| entry["count"].as_u64().unwrap()).sum();
    (tally["records"].as_u64().unwrap(), denials)
}

#[test]
fn counts_are_those_of_a_plain_reading_whatever_the_form() {
    for seed in 1..4 {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random::new(seed);
        let (mut all, mut denied) = (0, 0);
        for file in 0..8 {
            let records: Vec<Value> = (0..random.below(300)).map(|_| record(&mut random)).collect();
            all += records.len() as u64;
            denied += records.iter().filter(|record| record["errorCode"].is_string()).count() as u64;
            written(folder.path(), &format!("f{file}"), &records, file % 4);
        }
        let answer = answer(folder.path(), &["."]);
        assert_eq!(counts(&answer), (all, denied));
        let found: u64 =
            answer["findings"].as_array().unwrap().iter().map(|finding| finding["count"].as_u64().unwrap()).sum();
        assert_eq!(found, denied);
    }
}

#[test]
fn parts_add_up_to_the_whole_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(7);
    for part in ["a", "b", "c"] {
        fs::create_dir(folder.path().join(part)).unwrap();
        for file in 0..3 {
            let records: Vec<Value> = (0..200).map(|_| record(&mut random)).collect();
            written(&folder.path().join(part), &format!("{part}{file}"), &records, file);
        }
        let (_, text, _) = triage(folder.path(), &[part, "--format", "json"]);
        fs::write(folder.path().join(format!("{part}.part")), text).unwrap();
    }
    let whole = answer(folder.path(), &["a", "b", "c"]);
    assert_eq!(answer(folder.path(), &["merge", "a.part", "b.part", "c.part"]), whole);
    let (_, two, _) = triage(folder.path(), &["merge", "c.part", "b.part", "--format", "json"]);
    fs::write(folder.path().join("cb.part"), two).unwrap();
    assert_eq!(answer(folder.path(), &["merge", "cb.part", "a.part"]), whole);
}

#[test]
fn a_file_counts_once_and_a_damaged_one_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(9);
    let records: Vec<Value> = (0..300).map(|_| record(&mut random)).collect();
    written(folder.path(), "one", &records, 1);
    let bytes = fs::read(folder.path().join("one.json.gz")).unwrap();
    let whole = answer(folder.path(), &["."]);
    // the same under another name, cut off, followed by something else, and no JSON at all
    fs::write(folder.path().join("again.json.gz"), &bytes).unwrap();
    fs::write(folder.path().join("cut.json.gz"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(folder.path().join("long.json.gz"), [bytes.as_slice(), b"garbage"].concat()).unwrap();
    fs::write(folder.path().join("text.json"), "not a trail").unwrap();
    fs::write(folder.path().join("open.json"), r#"{"Records":[{"eventName":"#).unwrap();
    let all = answer(folder.path(), &["."]);
    assert_eq!(counts(&all), counts(&whole));
    assert_eq!(all["trail"]["seen_before"], 1);
    let skipped: Vec<&str> = all["trail"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(skipped, ["cut.json.gz", "long.json.gz", "open.json", "text.json"]);
    let (code, _, complaint) = triage(folder.path(), &["."]);
    assert_eq!(code, Some(2));
    assert_eq!(
        complaint,
        "iamdx: 4 of the files could not be read, and nothing of them was counted (--all lists them)\n"
    );
}

#[test]
fn a_run_goes_on_from_where_the_last_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(11);
    let mut more = |name: &str| {
        let records: Vec<Value> = (0..100).map(|_| record(&mut random)).collect();
        written(folder.path(), name, &records, 1);
    };
    more("one");
    answer(folder.path(), &[".", "--state", "kept.state"]);
    more("two");
    let both = answer(folder.path(), &[".", "--state", "kept.state"]);
    assert_eq!((&both["trail"]["files"], &both["trail"]["seen_before"]), (&json!(2), &json!(1)));
    assert_eq!(both["trail"]["tally"], answer(folder.path(), &["."])["trail"]["tally"]);
    // a time without a zone could mean anything
    let (code, _, complaint) = triage(folder.path(), &[".", "--since", "2026-11-20T10:05:00"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("give a date (2026-11-29) or a time with its zone"), "{complaint}");
    let (code, _, complaint) = triage(folder.path(), &[".", "--state", "kept.state", "--action", "s3:*"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("was counted with another --since"), "{complaint}");
}

#[test]
fn a_secret_in_the_record_of_a_denial_is_an_incident() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(13);
    let mut denied = record(&mut random);
    denied["errorCode"] = "AccessDenied".into();
    written(folder.path(), "one", std::slice::from_ref(&denied), 0);
    assert_eq!(triage(folder.path(), &["."]).0, Some(0));
    let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    denied["requestParameters"] = json!({"env": format!("AWS_SECRET_ACCESS_KEY={key}")});
    written(folder.path(), "two", std::slice::from_ref(&denied), 0);
    let (code, text, complaint) = triage(folder.path(), &[".", "--format", "json"]);
    assert_eq!(code, Some(5), "{complaint}");
    assert!(!text.contains(key) && !complaint.contains(key) && complaint.contains("secret"), "{complaint}");
    // it leaked whether the rest of its file can be read or not
    let whole = json!({"Records": [denied]}).to_string();
    let cut = tempfile::tempdir().unwrap();
    std::fs::write(cut.path().join("cut.json"), whole.strip_suffix("]}").unwrap()).unwrap();
    let (code, text, complaint) = triage(cut.path(), &[".", "--format", "json"]);
    assert_eq!(code, Some(5), "{complaint}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["trail"]["tally"]["fingerprints"], json!({}));
    assert!(
        complaint.contains("secret") && complaint.contains("cut.json was skipped: it ends inside a record"),
        "{complaint}"
    );
}

#[test]
fn a_screen_tells_the_causes_and_what_stands_out() {
    let folder = tempfile::tempdir().unwrap();
    let call = |time: &str, role: &str, action: &str, why: &str| {
        let (service, operation) = action.split_once(':').unwrap();
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{role}/run-1");
        json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": arn, "accountId": "111122223333"}, "eventTime": time,
            "eventSource": format!("{service}.amazonaws.com"), "eventName": operation, "awsRegion": "eu-central-1", "sourceIPAddress": "203.0.113.7",
            "userAgent": "aws-cli/2.31", "errorCode": "AccessDenied", "eventID": format!("{time}{role}{action}"),
            "errorMessage": format!("User: {arn} is not authorized to perform: {action} on resource: arn:aws:s3:::reports/2026/a.csv {why}")})
    };
    let none = "because no identity-based policy allows the action";
    let scp = format!("with an explicit deny in a service control policy: {SCP}");
    let mut records: Vec<Value> = vec![
        call("2026-11-01T00:00:00Z", "report", "s3:GetObject", none),
        call("2026-11-01T01:00:00Z", "report", "s3:GetObject", none),
        call("2026-11-03T09:00:10Z", "deploy", "cloudtrail:StopLogging", &scp),
    ];
    records.push(json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::444455556666:assumed-role/admin/ana"},
        "eventTime": "2026-11-03T08:58:00Z", "eventSource": "organizations.amazonaws.com", "eventName": "AttachPolicy", "eventID": "change-1",
        "requestParameters": {"policyId": "p-abcd1234", "targetId": "111122223333"}, "recipientAccountId": "444455556666", "readOnly": false}));
    written(folder.path(), "trail", &records, 1);
    let (code, text, _) = triage(folder.path(), &["trail.json.gz"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(text, @r"
    3 denials in 4 records of 1 file, from 2026-11-01 00:00 UTC to 2026-11-03 09:00
    UTC

    STANDS OUT
     !  1 denial of actions by which the caller could switch protection off:
        cloudtrail:StopLogging; by 111122223333 role deploy

    1  2 denials: no identity-based policy of 111122223333 role report allows it
      by    111122223333 role report
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-01 00:00 UTC to 2026-11-01 01:00 UTC, on 1 day
      from  1 session, 1 address, 1 user agent
      ask   the account admin

    2  1 denial: a Deny of service control policy
       arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-abcd1234
       by 111122223333 role deploy, for cloudtrail:StopLogging; ask the organization
       admin

    MORE  details: --top N, --all; pages: --format html -o DIR/
    ");
    // who asks for a number of them gets all that is told of each
    let (_, text, _) = triage(folder.path(), &["trail.json.gz", "--top", "2"]);
    let second = text.split("\n2  ").nth(1).unwrap();
    insta::assert_snapshot!(second, @r##"
    1 denial: a Deny of service control policy
       arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-abcd1234
      by    111122223333 role deploy
      for   cloudtrail:StopLogging
      on    arn:aws:s3:::reports/*
      when  2026-11-03 09:00 UTC
      from  1 session, 1 address, 1 user agent
      ask   the organization admin
      look  2 minutes before the first: organizations:AttachPolicy (policyId
            p-abcd1234, targetId 111122223333) by
            arn:aws:sts::444455556666:assumed-role/admin/ana; no proof that it is
            the cause
      next  with credentials of 111122223333, for the statement and a fix:
            iamdx triage "${FILL_IN_TRAIL:?}" --principal '111122223333 role deploy' --action cloudtrail:StopLogging --live
            # FILL_IN_TRAIL is the files or folder of the trail
    "##);
}
