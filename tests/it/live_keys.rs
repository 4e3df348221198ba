//! KMS keys, read from a server of our own: the key behind an alias, and the grants that allow beside its policy.

use std::time::Duration;

use serde_json::json;

use crate::live::{iamdx, member, report, scratch};
use crate::support::fake_aws::{Answer, FakeAws, Fault};

const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ALIAS: &str = "arn:aws:kms:us-west-2:111122223333:alias/reports";
const ALICE: &str = "arn:aws:iam::111122223333:user/ops/alice";

fn message(action: &str, resource: &str, why: &str) -> String {
    format!("User: {ALICE} is not authorized to perform: {action} on resource: {resource} {why}")
}

fn key_policy(statement: &serde_json::Value) -> Answer {
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    Answer::Body(json!({"Policy": policy, "PolicyName": "default"}).to_string())
}

#[test]
fn the_key_behind_an_alias_is_what_is_asked_about() {
    let closed = json!({"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"kms:RequestAlias": "alias/reports"}}});
    let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "kms:DescribeKey" => Answer::Body(json!({"KeyMetadata": {"Arn": KEY, "KeyId": "1"}}).to_string()),
        "kms:GetKeyPolicy" => key_policy(&closed),
        "kms:ListGrants" => Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned()),
        _ => member(call),
    });
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let text = message("kms:Decrypt", ALIAS, "with an explicit deny in a resource-based policy");
    let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", &text], "1");
    let asked: Vec<_> = aws
        .calls()
        .into_iter()
        .filter(|call| call.operation.starts_with("kms:"))
        .map(|call| format!("{} {}", call.operation, call.get("KeyId")))
        .collect();
    assert_eq!(
        asked,
        [
            format!("kms:DescribeKey {ALIAS}"),
            format!("kms:GetKeyPolicy {KEY}"),
            format!("kms:ListGrants {KEY}"),
            format!("kms:ListGrants {KEY}")
        ]
    );
    assert_eq!(
        report(&run)["blockers"][0]["why"],
        format!("statement `Closed` of resource-based policy `policy of {KEY}` denies the request"),
        "{}",
        run.whole()
    );
    let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", &text], "1");
    assert_eq!(run.stdout, replay.stdout);

    // a call about the alias itself is decided by no key policy
    let text = message("kms:DeleteAlias", ALIAS, "because no identity-based policy allows the kms:DeleteAlias action");
    let aws = FakeAws::start(Duration::ZERO, member);
    iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    assert!(!aws.counts().keys().any(|name| name.starts_with("kms:")), "{:?}", aws.counts());
}

#[test]
fn a_grant_of_the_key_may_allow_what_the_policies_do_not() {
    let grant = |operation: &str, constraints: &serde_json::Value| {
        let grant = json!({"GrantId": "0123456789abcdef", "GranteePrincipal": ALICE, "Operations": ["DescribeKey", operation],
            "Constraints": constraints});
        Answer::Body(json!({"Grants": [grant], "Truncated": false}).to_string())
    };
    let identity = "because no identity-based policy allows the kms:Decrypt action";
    let resource = "because no resource-based policy allows the kms:Decrypt action";
    let none = || Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned());
    let cases: [(&str, &str, Answer); 7] = [
        ("none", resource, none()),
        ("of another operation", resource, grant("Encrypt", &json!({}))),
        ("of the operation", resource, grant("Decrypt", &json!({}))),
        ("with a constraint", resource, grant("Decrypt", &json!({"EncryptionContextSubset": {"team": "ops"}}))),
        ("not listed", resource, Answer::Fault(Fault::Denied)),
        ("none, and identity-based policies are named", identity, none()),
        ("newer than AWS's word of identity-based policies", identity, grant("Decrypt", &json!({}))),
    ];
    let folder = scratch();
    let mut shown = Vec::new();
    for (name, why, answer) in cases {
        let path = folder.path().join("saved.json").to_string_lossy().into_owned();
        let others = json!({"Sid": "Others", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"},
            "Action": "kms:*", "Resource": "*"});
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "kms:GetKeyPolicy" => key_policy(&others),
            "kms:ListGrants" if call.get("GranteePrincipal") == ALICE => answer.clone(),
            "kms:ListGrants" => Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned()),
            _ => member(call),
        });
        let text = message("kms:Decrypt", KEY, why);
        let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", &text], "1");
        let report = report(&run);
        let gaps = report["gaps"].as_array().unwrap().iter();
        let grants = gaps.filter(|gap| gap["what"].as_str().unwrap().contains("grants"));
        let grants: Vec<_> = grants.map(|gap| format!("\n  {}: {}", gap["what"], gap["why"])).collect();
        shown.push(format!("{name}: {}{}", report["decision"], grants.concat()).replace(KEY, "KEY"));
        let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", &text], "1");
        assert_eq!(run.stdout, replay.stdout, "{name}");
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    none: "implicitDeny"
    of another operation: "implicitDeny"
    of the operation: "undetermined"
      "grants of KEY": "kms:ListGrants told when the snapshot was taken of a grant that may allow it beside the policies: grant 0123456789abcdef to arn:aws:iam::111122223333:user/ops/alice"
    with a constraint: "undetermined"
      "grants of KEY": "kms:ListGrants told when the snapshot was taken of a grant that may allow it beside the policies: grant 0123456789abcdef to arn:aws:iam::111122223333:user/ops/alice, only with the encryption context that it names"
    not listed: "undetermined"
      "grants of KEY": "kms:ListGrants was refused when the snapshot was taken: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: kms:ListGrants; it needs kms:ListGrants"
    none, and identity-based policies are named: "implicitDeny"
    newer than AWS's word of identity-based policies: "undetermined"
      "grants of KEY": "kms:ListGrants told when the snapshot was taken of a grant that may allow it beside the policies: grant 0123456789abcdef to arn:aws:iam::111122223333:user/ops/alice"
    "#);
}

#[test]
fn a_key_with_more_grants_than_are_read_leaves_them_open_and_tells_of_those_that_were() {
    let others = json!({"Sid": "Others", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"},
        "Action": "kms:*", "Resource": "*"});
    // each page names another one
    let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "kms:GetKeyPolicy" => key_policy(&others),
        "kms:ListGrants" => {
            let operation = if call.get("Marker").is_empty() { "Decrypt" } else { "Encrypt" };
            let grant = json!({"GrantId": "0123456789abcdef", "GranteePrincipal": ALICE, "Operations": [operation]});
            let next = format!("{}x", call.get("Marker"));
            Answer::Body(json!({"Grants": [grant], "Truncated": true, "NextMarker": next}).to_string())
        }
        _ => member(call),
    });
    let text = message("kms:Decrypt", KEY, "because no resource-based policy allows the kms:Decrypt action");
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    // five pages for the user and five for its account
    assert_eq!(aws.counts()["kms:ListGrants"], 10);
    let report = report(&run);
    assert_eq!(report["decision"], "undetermined", "{}", run.whole());
    let gaps = report["gaps"].as_array().unwrap().iter();
    let grants = gaps.filter(|gap| gap["what"].as_str().unwrap().contains("grants"));
    let grants: Vec<_> = grants.map(|gap| gap["why"].as_str().unwrap().to_owned()).collect();
    insta::assert_snapshot!(grants.join("\n"), @"
    kms:ListGrants told when the snapshot was taken of a grant that may allow it beside the policies: grant 0123456789abcdef to arn:aws:iam::111122223333:user/ops/alice
    kms:ListGrants was not called when the snapshot was taken: there are more than 500 grants to arn:aws:iam::111122223333:user/ops/alice
    kms:ListGrants was not called when the snapshot was taken: there are more than 500 grants to arn:aws:iam::111122223333:root
    ");
}

#[test]
fn grants_are_listed_side_by_side_and_not_for_every_key_of_a_long_log() {
    let aws = FakeAws::start(Duration::from_millis(20), |call| match call.operation.as_str() {
        "kms:ListGrants" => Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned()),
        _ => member(call),
    });
    let line = |number: usize| {
        let key = format!("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-{number:012}");
        message("kms:Decrypt", &key, "because no resource-based policy allows the kms:Decrypt action\n")
    };
    let text: String = (0..30).map(line).collect();
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    assert_eq!(aws.counts()["kms:ListGrants"], 50);
    let whole: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let left = whole["reports"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|report| report["gaps"].to_string().contains("more than 50"));
    assert_eq!(left.count(), 5, "{}", run.whole());
    // the lists alone would be fifty, one after the other
    assert!(aws.depth() < 40, "{}", aws.depth());
}

#[test]
fn the_grants_of_a_session_are_those_of_its_role_too() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "kms:ListGrants" => Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned()),
        _ => member(call),
    });
    let session = "arn:aws:sts::111122223333:assumed-role/deploy/run-1";
    let text = message("kms:Decrypt", KEY, "because no resource-based policy allows the kms:Decrypt action");
    let text = text.replace(ALICE, session);
    iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    let listed = aws.calls().into_iter().filter(|call| call.operation == "kms:ListGrants");
    let mut grantees: Vec<_> = listed.map(|call| call.get("GranteePrincipal").to_owned()).collect();
    grantees.sort();
    assert_eq!(grantees, ["arn:aws:iam::111122223333:role/ci/deploy", "arn:aws:iam::111122223333:root", session]);
}

#[test]
fn the_name_of_an_alias_is_one_of_the_caller_and_the_region_that_was_called() {
    let closed = json!({"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
    let folder = scratch();
    let saved = folder.path().join("saved.json").to_string_lossy().into_owned();
    let said = message("kms:Decrypt", "alias/reports", "with an explicit deny in a resource-based policy");
    let bare = format!(
        "User: {ALICE} is not authorized to perform: kms:Decrypt with an explicit deny in a resource-based policy"
    );
    for known in [&["-m", &said][..], &["-m", &bare, "--resource", "alias/reports"]] {
        let closed = closed.clone();
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "kms:DescribeKey" => Answer::Body(json!({"KeyMetadata": {"Arn": KEY, "KeyId": "1"}}).to_string()),
            "kms:GetKeyPolicy" => key_policy(&closed),
            "kms:ListGrants" => Answer::Body(r#"{"Grants": [], "Truncated": false}"#.to_owned()),
            _ => member(call),
        });
        let known = [&["--format", "json"][..], known].concat();
        let run = iamdx(&aws, &[&["diagnose", "--live", "--save", &saved][..], &known].concat(), "1");
        let report = report(&run);
        let why = format!("statement `Closed` of resource-based policy `policy of {KEY}` denies the request");
        assert_eq!(report["blockers"][0]["why"], why, "{}", run.whole());
        let assumed = report["request"]["assumed"].as_array().unwrap().iter();
        let assumed: Vec<_> = assumed.filter(|one| one["field"] == "resource").map(|one| &one["why"]).collect();
        assert_eq!(
            assumed,
            ["the key that alias/reports stands for now, in the caller's account and the Region that was asked"]
        );
        let replay = iamdx(&aws, &[&["diagnose", "--snapshot", &saved][..], &known].concat(), "1");
        assert_eq!(run.stdout, replay.stdout);
        // without AWS nobody knows which key it is, and no statement is compared with the name
        let offline = iamdx(&aws, &[&["diagnose"][..], &known].concat(), "1");
        assert_eq!(self::report(&offline)["request"]["resource"], serde_json::Value::Null, "{}", offline.whole());
    }
    // the credentials are of another account, where the name stands for something else
    let text = said.replace("111122223333", "444455556666");
    let aws = FakeAws::start(Duration::ZERO, member);
    iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    assert!(!aws.counts().keys().any(|name| name.starts_with("kms:")), "{:?}", aws.counts());
}
