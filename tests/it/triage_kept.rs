//! Records that are kept of one fingerprint, of which the policies do not say the same; and boundaries that several callers share.

use serde_json::{Value, json};

use super::triage_diagnosed::{ACCOUNT, NO_ALLOW, allow, denied, findings, line, role, triage, written};

fn account(taken_at: &str, statements: &Value) -> Value {
    json!({"iamdx_snapshot": 1, "taken_at": taken_at, "resource_policies": [{"arn": "arn:aws:s3:::b1", "document": null, "account": ACCOUNT}],
        "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": [role(ACCOUNT, "ana", statements)]}]})
}

fn put(number: usize, key: &str, why: &str) -> Value {
    denied(number, "ana", "s3:PutObject", &format!("arn:aws:s3:::b1/{key}/k{number}"), why)
}

#[test]
fn what_is_still_denied_stands_for_what_is_allowed_by_now() {
    let folder = tempfile::tempdir().unwrap();
    // of three records all are kept, whatever their ids are
    for keys in [["a", "a", "c"], ["a", "c", "a"], ["c", "a", "a"]] {
        let records: Vec<Value> = (0..).zip(keys).map(|(number, key)| put(number, key, NO_ALLOW)).collect();
        for (taken_at, told) in [("2026-12-01T00:00:00Z", "after"), ("2026-10-01T00:00:00Z", "before")] {
            written(
                folder.path(),
                &records,
                &account(taken_at, &json!([allow(&json!("s3:PutObject"), "arn:aws:s3:::b1/a/*")])),
            );
            let given = ["trail.json", "--snapshot", "account.json"];
            let all = findings(folder.path(), &given);
            assert_eq!(all.len(), 1, "{told}");
            let diagnosis = &all[0]["diagnosis"];
            assert_eq!(
                diagnosis["summary"],
                json!("no identity-based policy allows s3:PutObject on this resource"),
                "{told}"
            );
            assert_eq!(diagnosis["kept"], json!(3));
            let others = diagnosis["other_records"].as_array().unwrap();
            assert_eq!(
                (others.len(), &others[0]["records"], &others[0]["allowed"]),
                (1, &json!(2), &json!(true)),
                "{told}"
            );
            // nothing is counted of what is allowed already, and a remedy for all is made all the same
            assert_eq!(
                (&diagnosis["ends"]["allowed"]["denials"], &diagnosis["ends"]["differ"]["denials"]),
                (&json!(0), &json!(3)),
                "{told}"
            );
            assert_eq!(diagnosis["for_all"], json!("arn:aws:s3:::b1/*"), "{told}");
            let (_, text) = triage(folder.path(), &given);
            assert!(!text.contains("make the call again"), "{text}");
        }
    }
    // where all are allowed there is nothing to change
    let records: Vec<Value> = (0..3).map(|number| put(number, "a", NO_ALLOW)).collect();
    written(
        folder.path(),
        &records,
        &account("2026-12-01T00:00:00Z", &json!([allow(&json!("s3:PutObject"), "arn:aws:s3:::b1/a/*")])),
    );
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    assert!(text.contains("make the call again"), "{text}");
}

#[test]
fn another_statement_that_denies_some_of_the_records_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let why = "with an explicit deny in an identity-based policy";
    let mut records = vec![put(0, "open", why), put(1, "open", why), put(2, "locked", why)];
    // this one comes from inside
    records[2]["sourceIPAddress"] = json!("198.51.100.7");
    let denies = json!([
        allow(&json!("s3:*"), "*"),
        {"Sid": "CorpOnly", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
        {"Sid": "Locked", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b1/locked/*"},
    ]);
    written(folder.path(), &records, &account("2026-10-01T00:00:00Z", &denies));
    let diagnosis = &findings(folder.path(), &["trail.json", "--snapshot", "account.json"])[0]["diagnosis"];
    assert_eq!(diagnosis["summary"], json!("statement `CorpOnly` of identity-based policy `own` denies the request"));
    let other = &diagnosis["other_records"][0];
    assert_eq!(
        (&other["records"], &other["summary"], &other["allowed"]),
        (&json!(1), &json!("statement `Locked` of identity-based policy `own` denies the request"), &json!(false))
    );
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--all"]);
    let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("of the 3 records that are kept 1 is denied otherwise: statement `Locked`"), "{text}");
}

#[test]
fn a_boundary_that_lacks_an_allow_is_one_finding_for_all_who_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let why = "because no permissions boundary allows the sqs:SendMessage action";
    let queue = format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs");
    let names = ["u0", "u1", "u2"];
    let records: Vec<Value> =
        (0..9).map(|number| denied(number, names[number % 3], "sqs:SendMessage", &queue, why)).collect();
    let ceiling = format!("arn:aws:iam::{ACCOUNT}:policy/ceiling");
    let bounded = |name: &&str| {
        let mut role = role(ACCOUNT, name, &json!([allow(&json!("sqs:*"), "*")]));
        role["PermissionsBoundary"] = json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": ceiling});
        role
    };
    let document = json!({"Version": "2012-10-17", "Statement": [allow(&json!("s3:*"), "*")]});
    let snapshot = json!({"iamdx_snapshot": 1, "resource_policies": [{"arn": queue, "document": null, "account": ACCOUNT}],
        "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": names.iter().map(bounded).collect::<Vec<_>>(),
            "Policies": [{"PolicyName": "ceiling", "Arn": ceiling, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 0,
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]}]}]});
    written(folder.path(), &records, &snapshot);
    let all = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    insta::assert_snapshot!(all.iter().map(line).collect::<Vec<_>>().join("\n"), @"9 no permissions boundary allows sqs:SendMessage on this resource: allowed_if 9");
}
