//! What a finding says of records that are easily read wrongly: callers of other accounts, policies of VPC endpoints, other failures.

use std::fs;

use serde_json::{Value, json};

use crate::triage::{answer, triage};

fn record(code: &str, message: &str, identity: &Value) -> Value {
    json!({"eventVersion": "1.11", "userIdentity": identity, "eventTime": "2026-11-10T10:00:00Z", "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject", "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.7", "errorCode": code, "errorMessage": message,
        "requestID": "r", "eventID": format!("{code} {}", identity["principalId"]), "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333"})
}

fn role() -> Value {
    json!({"type": "AssumedRole", "principalId": "AROAEXAMPLEEXAMPLE12:run-1",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/run-1", "accountId": "111122223333", "accessKeyId": "ASIAIOSFODNN7EXAMPLE"})
}

fn told(records: &[Value], options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), json!({"Records": records}).to_string()).unwrap();
    let (code, text, complaint) = triage(folder.path(), &[&["a.json"], options].concat());
    assert_eq!((code, complaint.as_str()), (Some(0), ""), "{text}");
    text
}

/// The causes, one a line.
fn causes(records: &[Value], options: &[&str]) -> Vec<String> {
    let text = told(records, &[options, &["--format", "ndjson"]].concat());
    let line = |line: &str| {
        let finding: Value = serde_json::from_str(line).unwrap();
        format!(
            "{} {}: {}",
            finding["count"],
            finding["reason_code"].as_str().unwrap(),
            finding["reason"].as_str().unwrap()
        )
    };
    text.lines().map(line).collect()
}

// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[test]
fn somebody_of_another_account_is_not_its_root_user() {
    let somebody = |id: &str| {
        record(
            "AccessDenied",
            "Access Denied",
            &json!({"type": "AWSAccount", "principalId": id, "accountId": "444455556666"}),
        )
    };
    let root = record(
        "AccessDenied",
        "Access Denied",
        &json!({"type": "Root", "principalId": "444455556666", "arn": "arn:aws:iam::444455556666:root", "accountId": "444455556666"}),
    );
    let all = [
        somebody("AROAEXAMPLEEXAMPLE34:one"),
        somebody("AROAEXAMPLEEXAMPLE34:two"),
        somebody("AIDAEXAMPLEEXAMPLE56"),
        somebody("AKIAIOSFODNN7EXAMPLE"),
        root,
    ];
    assert_eq!(
        causes(&all, &[]),
        [
            "2 not-told: 444455556666 id AROAEXAMPLEEXAMPLE34 at s3: AWS gives no reason",
            "1 not-told: 444455556666 id AIDAEXAMPLEEXAMPLE56 at s3: AWS gives no reason",
            "1 not-told: 444455556666 root at s3: AWS gives no reason",
            "1 not-told: account 444455556666 at s3: AWS gives no reason",
        ]
    );
    let closed = told(&all, &["--redact", "--all"]);
    for name in ["444455556666", "AROAEXAMPLEEXAMPLE34", "AIDAEXAMPLEEXAMPLE56"] {
        assert!(!closed.contains(name), "{closed}");
    }
}

// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[test]
fn who_has_no_arn_is_named_as_the_record_names_them() {
    let by = |identity: Value| record("AccessDenied", "Access Denied", &identity);
    let store = "arn:aws:identitystore::111122223333:identitystore/d-1234567890";
    let identities = [
        json!({"type": "SAMLUser", "principalId": "q1x+EXAMPLE=:ana@example.com", "userName": "ana@example.com", "identityProvider": "q1x+EXAMPLE="}),
        json!({"type": "WebIdentityUser", "principalId": "login.example.com:app:repo:shop/web:ref:main", "userName": "repo:shop/web:ref:main",
            "identityProvider": "login.example.com"}),
        json!({"type": "WebIdentityUser", "identityProvider": "login.example.com"}),
        json!({"type": "IdentityCenterUser", "accountId": "123456789012", "credentialId": "EXAMPLE",
            "onBehalfOf": {"userId": "544894e8-80c1-707f-60e3-3ba6510dfac1", "identityStoreArn": store}}),
        json!({"type": "Directory", "accountId": "111122223333", "userName": "bob"}),
        // of whom nothing is told, or what nobody may see
        json!({"type": "SAMLUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
        json!({"type": "IdentityCenterUser", "accountId": "123456789012", "onBehalfOf": null}),
        json!({"type": "Unknown", "principalId": null, "accountId": ""}),
    ];
    let mut all: Vec<Value> = identities.into_iter().map(by).collect();
    for (number, record) in all.iter_mut().enumerate() {
        record["eventID"] = format!("event-{number}").into();
    }
    let named = [
        "saml-user ana@example.com",
        "web-identity login.example.com repo:shop/web:ref:main",
        "web-identity login.example.com",
        "123456789012 identity-center-user 544894e8-80c1-707f-60e3-3ba6510dfac1",
        "111122223333 directory-user bob",
    ];
    let mut expected: Vec<String> = named.map(|name| format!("1 not-told: {name} at s3: AWS gives no reason")).to_vec();
    expected.push("3 not-told: unknown at s3: AWS gives no reason".to_owned());
    let mut found = causes(&all, &[]);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(causes(&all, &["--account", "123456789012"]).len(), 1);
    assert_eq!(causes(&all, &["--principal", "544894e8-80c1-707f-60e3-3ba6510dfac1"]).len(), 1);
    let closed = told(&all, &["--redact", "--format", "json"]);
    for name in ["ana@", "shop", "login.example", "544894e8", "123456789012", "bob"] {
        assert!(!closed.contains(name), "{name}: {closed}");
    }
    // explain, too, whose fingerprint is the same
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.json");
    fs::write(&path, all[3].to_string()).unwrap();
    let explained: Value = serde_json::from_str(
        &crate::support::iamdx(&["explain", "--format", "json", path.to_str().unwrap()], b"").stdout,
    )
    .unwrap();
    let counted: Value = serde_json::from_str(&told(&all[3..4], &["--format", "json"])).unwrap();
    let fingerprints = counted["trail"]["tally"]["fingerprints"].as_object().unwrap();
    assert_eq!(fingerprints.keys().next().unwrap(), explained["denials"][0]["fingerprint"].as_str().unwrap());
    let cause = &fingerprints.values().next().unwrap()["cause"];
    assert_eq!(cause["account"], "123456789012");
}

// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html>
#[test]
fn a_vpc_endpoint_policy_is_of_the_account_of_the_endpoint_and_what_it_says_is_not_told() {
    let mut denied = record(
        "VpceAccessDenied",
        "The request was denied due to a VPC endpoint policy",
        &json!({"type": "AWSAccount", "principalId": "AKIAIOSFODNN7EXAMPLE", "accountId": "444455556666"}),
    );
    denied["eventType"] = json!("AwsVpceEvent");
    denied["vpcEndpointId"] = json!("vpce-EXAMPLE08c1b6b9b7");
    denied["vpcEndpointAccountId"] = json!("123456789012");
    let expected =
        ["1 type-only: a VPC endpoint policy of 123456789012: a Deny, or none allows it; AWS does not say which"];
    for options in [&[][..], &["--account", "123456789012"], &["--account", "444455556666"]] {
        assert_eq!(causes(std::slice::from_ref(&denied), options), expected, "{options:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), json!({"Records": [denied]}).to_string()).unwrap();
    let found = triage(folder.path(), &["a.json", "--account", "111122223333", "--format", "ndjson"]);
    let note = "iamdx: only denials in account 111122223333; the others are not counted\n";
    assert_eq!(found, (Some(0), String::new(), note.to_owned()));
}

// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
#[test]
fn what_failed_otherwise_is_counted_apart_from_denials_whoever_writes_its_code() {
    let failed = |code: &str| record(code, "", &role());
    let why = "User: arn:aws:sts::111122223333:assumed-role/deploy/run-1 is not authorized to perform: s3:GetObject on resource: \
        arn:aws:s3:::reports/q3.csv because no identity-based policy allows the s3:GetObject action";
    let all = [
        failed("ThrottlingException"),
        failed("Client.RequestLimitExceeded"),
        failed("RequestLimitExceeded"),
        failed("Client.AuthFailure"),
        failed("Client.OptInRequired"),
        failed("Client.ExpiredToken"),
        record("AccessDenied", why, &role()),
    ];
    let text = told(&all, &[]);
    insta::assert_snapshot!(text, @r"
    1 denial, 6 other failures in 7 records of 1 file, at 2026-11-10 10:00 UTC

    1  1 denial: no identity-based policy of 111122223333 role deploy allows it
       for s3:GetObject; ask the account admin

    2  3 calls failed: a rate limit or quota is used up; no denial of IAM, for
       111122223333 role deploy
       for s3:GetObject()

    3  1 call failed: the account is not verified, not signed up, or blocked; no
       denial of IAM, for 111122223333 role deploy
       for s3:GetObject()

    4  1 call failed: the credentials have expired; no denial of IAM, for
       111122223333 role deploy
       for s3:GetObject()

    5  1 call failed: the credentials are missing, unknown, or not valid in this
       partition or region; no denial of IAM, for 111122223333 role deploy
       for s3:GetObject()

    MORE  details: --top N, --all; pages: --format html -o DIR/
    ");
}

#[test]
fn the_id_of_a_key_is_no_secret_in_a_record_of_any_form() {
    let why = "User: arn:aws:sts::111122223333:assumed-role/deploy/run-1 is not authorized to perform: s3:GetObject on resource: \
        arn:aws:s3:::reports/q3.csv because no identity-based policy allows the s3:GetObject action";
    let plain = record("AccessDenied", why, &role());
    let mut looked = plain.clone();
    looked["requestParameters"] =
        json!({"lookupAttributes": [{"attributeKey": "AccessKeyId", "attributeValue": "AKIAIOSFODNN7EXAMPLE"}]});
    let mut sourceless = plain.clone();
    sourceless.as_object_mut().unwrap().remove("eventSource");
    let lake = json!({"class_uid": 6003, "metadata": {"uid": "e"}, "time": 1_794_304_800_000_u64, "cloud": {"region": "eu-west-1"},
        "api": {"operation": "GetObject", "service": {"name": "s3.amazonaws.com"}, "response": {"error": "AccessDenied", "message": why}},
        "actor": {"user": {"type": "AssumedRole", "uid": "arn:aws:sts::111122223333:assumed-role/deploy/run-1",
            "account": {"uid": "111122223333"}, "credential_uid": "ASIAIOSFODNN7EXAMPLE"}}});
    let table = format!(
        "useridentity,eventtime,eventsource,eventname,errorcode,errormessage\n\"{{type=AssumedRole, \
         arn=arn:aws:sts::111122223333:assumed-role/deploy/run-1, accountid=111122223333, accesskeyid=ASIAIOSFODNN7EXAMPLE}}\",\
         2026-11-10T10:00:00Z,s3.amazonaws.com,GetObject,AccessDenied,\"{why}\"\n"
    );
    let folder = tempfile::tempdir().unwrap();
    // explain, too, says so where the field is the one that every record has
    let pretty = serde_json::to_string_pretty(&lake).unwrap();
    for text in [
        &plain.to_string(),
        &lake.to_string(),
        &pretty,
        &table,
        &format!("{pretty}\n{}", "a line of a log\n".repeat(600_000)),
    ] {
        let run = crate::support::iamdx(&["explain"], text.as_bytes());
        assert_eq!((run.code, run.stderr.contains("secret")), (0, false), "{}", run.stderr);
        assert!(!run.stdout.contains("ASIAIOSFODNN7EXAMPLE"), "{}", run.stdout);
    }
    for text in [plain.to_string(), looked.to_string(), sourceless.to_string(), lake.to_string(), table] {
        fs::write(folder.path().join("a"), &text).unwrap();
        let (code, answer, complaint) = triage(folder.path(), &["a"]);
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "{text}");
        assert!(answer.starts_with("1 denial in 1 record"), "{answer}");
    }
    // beside its secret it is one
    let key = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    looked["requestParameters"] = json!({"text": key});
    fs::write(folder.path().join("a"), looked.to_string()).unwrap();
    assert_eq!(triage(folder.path(), &["a"]).0, Some(5));
    assert_eq!(answer(folder.path(), &["a"])["findings"][0]["count"], 1);
}
