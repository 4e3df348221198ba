//! A record of a trail is read as `explain` reads it, though in another way: most of a trail is read with it.

use iamdx::denial;
use iamdx::triage::{Event, Reader};
use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::trail::{self, Shape};

/// Changes a record into one that nobody would expect; whether it is still a record of a call.
fn odd(random: &mut Random, record: &mut Value) -> bool {
    let names: Vec<String> = record.as_object().unwrap().keys().cloned().collect();
    let name = random.pick(&names).clone();
    let kind = random.below(12);
    match kind {
        0 => record[&name] = json!(17),
        1 => record[&name] = Value::Null,
        2 => record[&name] = json!({"detail": [{"Records": []}], "arn": "arn:aws:iam::111122223333:role/x"}),
        3 => {
            let value = record.as_object_mut().unwrap().remove(&name).unwrap();
            record[name.to_lowercase()] = value;
        }
        4 => record["detail"] = json!({"eventName": "Other", "errorCode": "AccessDenied"}),
        5 => record["class_uid"] = json!(6003),
        6 => record["eventType"] = json!("AwsCloudTrailInsight"),
        7 => record["errorCode"] = json!(random.pick(&["", "NoSuchBucket", "Throttling", "größe"])),
        8 => record["errorMessage"] = json!("User: x is not authorized \u{1F600}\n to perform: s3:Get\\u0041"),
        9 => record["UserId"] = json!("Account 111122223333, Arn arn:aws:iam::111122223333:user/ana"),
        10 => {
            record["eventName"] =
                json!(random.pick(&["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "AssumeRole", "Converse"]));
            record["requestParameters"] = json!({"roleArn": "arn:aws:iam::111122223333:role/deploy", "role-to-assume": "arn:aws:iam::111122223333:role/other"});
        }
        _ => {}
    }
    // another type of value, another event around it, an insight
    ![0, 2, 4, 6].contains(&kind)
}

#[test]
fn a_denial_of_a_trail_is_the_one_that_its_record_alone_has() {
    let mut random = Random::new(11);
    let reader = Reader::default();
    let (mut denied, mut others) = (0, 0);
    for _ in 0..6000 {
        let mut record = trail::record(&mut random, Shape { denied: 70, names: 9, odd: true });
        let mut is_record = true;
        for _ in 0..random.below(3) {
            is_record &= odd(&mut random, &mut record);
        }
        // a field in both spellings is one too many
        let twice = |name: &String| name.to_lowercase() != *name && !record[name.to_lowercase()].is_null();
        is_record &= !record.as_object().unwrap().keys().any(twice);
        // names with escapes are the same names
        let text = match random.below(20) {
            0 => record.to_string().replace("errorMessage", "error\\u004dessage"),
            1 => serde_json::to_string_pretty(&record).unwrap(),
            _ => record.to_string(),
        };
        let alone = denial::parse_text(&text).into_iter().next();
        if let Event::Denied(found) = reader.read(text.as_bytes()) {
            // where a field of another type was put right, more is known of it
            assert!(!is_record || Some(&found.denial) == alone.as_ref(), "{text}: {found:?} {alone:?}");
            let id = record["eventID"].as_str().or(record["eventid"].as_str());
            assert_eq!(found.id, id.unwrap_or_default(), "{text}");
            denied += 1;
        } else {
            let has_name = ["eventName", "eventname"].iter().any(|name| record[name].is_string());
            assert!(alone.is_none() || !has_name || !is_record, "{text}");
            others += 1;
        }
    }
    assert!(denied > 2500 && others > 1000, "{denied} {others}");
}

#[test]
fn a_record_that_names_nobody_is_a_record() {
    let record = json!({
        "eventVersion": "1.11", "userIdentity": null, "eventTime": "2026-11-07T21:46:19Z", "eventSource": "sqs.amazonaws.com",
        "eventName": "SendMessage", "awsRegion": "eu-central-1", "errorCode": "AccessDenied", "errorMessage": "Access Denied", "eventID": "e1"
    });
    let Event::Denied(found) = Reader::default().read(record.to_string().as_bytes()) else { panic!("{record}") };
    let denial = found.denial;
    let told = (denial.principal, denial.operation.as_deref(), denial.at.as_deref(), denial.line, found.id.as_str());
    assert_eq!(told, (None, Some("SendMessage"), Some("2026-11-07T21:46:19Z"), 1, "e1"));
}
