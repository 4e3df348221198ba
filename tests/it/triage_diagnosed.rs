//! `iamdx triage --snapshot`: findings by their statement, and which denials a remedy would end.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "111122223333";
const GUARD: &str = "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-guard";

/// A record of a denial.
pub(super) fn denied(number: usize, role: &str, action: &str, resource: &str, why: &str) -> Value {
    denied_in(ACCOUNT, number, role, action, resource, why)
}

pub(super) fn denied_in(account: &str, number: usize, role: &str, action: &str, resource: &str, why: &str) -> Value {
    let (service, operation) = action.split_once(':').unwrap();
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/run-{number}");
    json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:run", "arn": arn, "accountId": account,
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/{role}"), "accountId": account, "userName": role}}},
        "eventTime": format!("2026-11-01T10:{:02}:00Z", number % 60), "eventSource": format!("{service}.amazonaws.com"), "eventName": operation,
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31", "errorCode": "AccessDenied",
        "errorMessage": format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"),
        "requestParameters": null, "eventID": format!("event-{role}-{operation}-{number}"), "eventType": "AwsApiCall", "recipientAccountId": account})
}

pub(super) fn allow(action: &Value, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

pub(super) fn role(account: &str, name: &str, statements: &Value) -> Value {
    json!({"RoleName": name, "Path": "/", "Arn": format!("arn:aws:iam::{account}:role/{name}"),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}],
        "AttachedManagedPolicies": []})
}

/// An account of an organization with one SCP.
fn snapshot(account: &str, roles: &Value) -> Value {
    json!({"iamdx_snapshot": 1,
        "accounts": [{"id": account, "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}],
        "organization": {"id": "o-exampleorgid", "management_account": "444455556666",
            "policies": [
                {"id": "p-full", "name": "FullAWSAccess", "arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
                    "aws_managed": true, "content": {"Version": "2012-10-17", "Statement": [allow(&json!("*"), "*")]}},
                {"id": "p-guard", "name": "Guard", "arn": GUARD, "aws_managed": false, "content": {"Version": "2012-10-17", "Statement": [
                    {"Sid": "NoQueues", "Effect": "Deny", "Action": "sqs:CreateQueue", "Resource": "*"}]}}],
            "root": {"id": "r-ab12", "name": "Root", "service_control_policies": ["p-full", "p-guard"], "resource_control_policies": [],
                "organizational_units": [],
                "accounts": [{"id": account, "name": "work", "service_control_policies": ["p-full"], "resource_control_policies": []}]}}})
}

pub(super) fn written(folder: &Path, records: &[Value], snapshot: &Value) {
    fs::write(folder.join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    fs::write(folder.join("account.json"), serde_json::to_string_pretty(snapshot).unwrap()).unwrap();
}

pub(super) fn triage(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_iamdx")).arg("triage").args(arguments).current_dir(folder).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code().is_some_and(|code| [0, 2, 5].contains(&code)), "{complaint}");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

pub(super) fn findings(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let (_, text) = triage(folder, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str::<Value>(&text).unwrap()["findings"].as_array().unwrap().clone()
}

/// What a finding says, in one line: how many denials, by what, and what its remedy would end.
pub(super) fn line(finding: &Value) -> String {
    let diagnosis = &finding["diagnosis"];
    if diagnosis.is_null() {
        return format!("{} {}", finding["count"], finding["not_diagnosed"]["code"].as_str().unwrap());
    }
    let ends = &diagnosis["ends"];
    let numbers: Vec<String> = ["allowed", "allowed_if", "differ", "blocked", "open", "others", "others_if"]
        .into_iter()
        .filter(|name| ends[name]["denials"].as_u64().is_some_and(|many| many > 0))
        .map(|name| format!("{name} {}", ends[name]["denials"]))
        .collect();
    format!("{} {}: {}", finding["count"], diagnosis["summary"].as_str().unwrap(), numbers.join(", "))
}

pub(super) const NO_ALLOW: &str = "because no identity-based policy allows the action";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";

fn scp() -> String {
    format!("with an explicit deny in a service control policy: {GUARD}")
}

#[test]
fn a_finding_has_its_statement_its_remedy_and_what_that_ends() {
    let folder = tempfile::tempdir().unwrap();
    let roles =
        json!([role(ACCOUNT, "deploy", &json!([allow(&json!("sqs:*"), "*")])), role(ACCOUNT, "report", &json!([]))]);
    // one of them has an Allow as well, the other lacks it: an exception from the Deny ends the denials of the first only
    let records: Vec<Value> = (0..6)
        .map(|number| denied(number, "deploy", "sqs:CreateQueue", QUEUE, &scp()))
        .chain((0..2).map(|number| denied(number, "report", "sqs:CreateQueue", QUEUE, &scp())))
        .chain((0..4).map(|number| {
            let object = format!("arn:aws:s3:::reports/2026/{number}.csv");
            denied(number, "report", "s3:GetObject", &object, NO_ALLOW)
        }))
        .collect();
    written(folder.path(), &records, &snapshot(ACCOUNT, &roles));
    let (code, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--top", "3"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(text, @r"
    12 denials in 12 records of 1 file, from 2026-11-01 10:00 UTC to 2026-11-01
    10:05 UTC

    1  6 denials: statement `NoQueues` of service control policy `Guard` denies the
       request
      by    111122223333 role deploy
      for   sqs:CreateQueue
      on    arn:aws:sqs:eu-west-1:111122223333:jobs
      when  2026-11-01 10:00 UTC to 2026-11-01 10:05 UTC, on 1 day
      from  6 sessions, 1 address, 1 user agent
      sure  certain for the record event-deploy-CreateQueue-5; reported: AWS's
            message names the type of policy
      at    statement `NoQueues` of Guard, account.json:98:13
      fix   change service control policy `Guard` (organization admin; needs review)
            service control policy Guard: statement `NoQueues`: keep the Deny for
            everything but sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs by
            arn:aws:iam::111122223333:role/deploy
      but   the fix of sqs:CreateQueue on arn:aws:sqs:eu-west-1:111122223333:jobs
            (finding 3) changes the same policy, and the document that is written
            last undoes the other: make the one change for all of them
      ends  6 of 6 denials, if none of these blocks, which were not seen: policy of
            arn:aws:sqs:eu-west-1:111122223333:jobs, session policies of
            arn:aws:sts::111122223333:assumed-role/deploy/run-5; the 3 records that
            are kept were evaluated and are allowed then
      or    change service control policy `Guard`, add identity-based policy
            `AllowCreateQueue`: for this denial and sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs (finding 3) (organization admin
            of 444455556666 and account admin of 111122223333; needs review)
            service control policy Guard: statement `NoQueues`: keep the Deny for
            everything but sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs by
            arn:aws:iam::111122223333:role/deploy; statement `NoQueues2`: keep the
            Deny for everything but sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs by
            arn:aws:iam::111122223333:role/report
      ends  8 of 8 denials of the findings 1 and 3, if none of these blocks, which
            were not seen: policy of arn:aws:sqs:eu-west-1:111122223333:jobs,
            session policies of arn:aws:sts::111122223333:assumed-role/report/run-0;
            the 5 records that are kept of 2 fingerprints were evaluated and are
            allowed then

    2  4 denials: no identity-based policy allows s3:GetObject on this resource
      by    111122223333 role report
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-01 10:00 UTC to 2026-11-01 10:03 UTC, on 1 day
      from  4 sessions, 1 address, 1 user agent
      sure  certain for the record event-report-GetObject-2; reported: AWS's message
            names the type of policy
      fix   add identity-based policy `AllowGetObject` (account admin; needs review)
            inline policy AllowGetObject: allow s3:GetObject on
            arn:aws:s3:::reports/*
      opens s3:GetObject on arn:aws:s3:::reports/*
            made for all of arn:aws:s3:::reports/*: one for the object of a single
            record leaves the others denied
      ends  4 of 4 denials, if none of these blocks, which were not seen: session
            policies of arn:aws:sts::111122223333:assumed-role/report/run-2; the 3
            records that are kept were evaluated and are allowed then

    3  2 denials: statement `NoQueues` of service control policy `Guard` denies the
       request
      by    111122223333 role report
      for   sqs:CreateQueue
      on    arn:aws:sqs:eu-west-1:111122223333:jobs
      when  2026-11-01 10:00 UTC to 2026-11-01 10:01 UTC, on 1 day
      from  2 sessions, 1 address, 1 user agent
      sure  certain for the record event-report-CreateQueue-0; reported: AWS's
            message names the type of policy
      at    statement `NoQueues` of Guard, account.json:98:13
      fix   change service control policy `Guard`, add identity-based policy
            `AllowCreateQueue` (organization admin of 444455556666 and account admin
            of 111122223333; needs review)
            service control policy Guard: statement `NoQueues`: keep the Deny for
            everything but sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs by
            arn:aws:iam::111122223333:role/report
      but   the fix of sqs:CreateQueue on arn:aws:sqs:eu-west-1:111122223333:jobs
            (finding 1) changes the same policy, and the document that is written
            last undoes the other: make the one change for all of them
      ends  2 of 2 denials, if none of these blocks, which were not seen: policy of
            arn:aws:sqs:eu-west-1:111122223333:jobs, session policies of
            arn:aws:sts::111122223333:assumed-role/report/run-0; each was evaluated
            and is allowed then
      or    change service control policy `Guard`, add identity-based policy
            `AllowCreateQueue`: for this denial and sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs (finding 1) (organization admin
            of 444455556666 and account admin of 111122223333; needs review)
            service control policy Guard: statement `NoQueues`: keep the Deny for
            everything but sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs by
            arn:aws:iam::111122223333:role/deploy; statement `NoQueues2`: keep the
            Deny for everything but sqs:CreateQueue on
            arn:aws:sqs:eu-west-1:111122223333:jobs by
            arn:aws:iam::111122223333:role/report
      ends  8 of 8 denials of the findings 1 and 3, if none of these blocks, which
            were not seen: policy of arn:aws:sqs:eu-west-1:111122223333:jobs,
            session policies of arn:aws:sts::111122223333:assumed-role/report/run-0;
            the 5 records that are kept of 2 fingerprints were evaluated and are
            allowed then
    ");
}

/// The same in another Region.
fn in_region(mut record: Value, region: &str) -> Value {
    record["awsRegion"] = region.into();
    record["eventID"] = format!("{}-{region}", record["eventID"].as_str().unwrap()).into();
    record
}

#[test]
fn what_a_remedy_does_not_end_is_said_and_what_it_ends_beside() {
    let folder = tempfile::tempdir().unwrap();
    let object = "arn:aws:s3:::reports/a.csv";
    let put = |role: &str, number: usize, region: &str, why: &str| {
        in_region(denied(number, role, "s3:PutObject", object, why), region)
    };
    let near = json!({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}});
    let mut account =
        snapshot(ACCOUNT, &json!([role(ACCOUNT, "near", &json!([near])), role(ACCOUNT, "none", &json!([]))]));
    account["organization"]["policies"][1]["content"]["Statement"] = json!([
        {"Sid": "Everywhere", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/near")}}},
        {"Sid": "There", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]);
    account["resource_policies"] = json!([{"arn": "arn:aws:s3:::reports", "account": ACCOUNT, "document": null}]);
    let records: Vec<Value> = (0..5)
        // the SCP alone; and in another Region no Allow either, and a second statement of it
        .map(|number| put("near", number, "eu-west-1", &scp()))
        .chain((0..4).map(|number| put("near", number, "eu-central-1", &scp())))
        // the SCP and no Allow; and in another Region no Allow alone
        .chain((0..3).map(|number| put("none", number, "us-east-1", &scp())))
        .chain((0..2).map(|number| put("none", number, "eu-west-1", NO_ALLOW)))
        .collect();
    written(folder.path(), &records, &account);
    let lines: Vec<String> =
        findings(folder.path(), &["trail.json", "--snapshot", "account.json"]).iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    9 statement `Everywhere` of service control policy `Guard` denies the request: allowed_if 5, blocked 4
    3 statement `There` of service control policy `Guard` denies the request: allowed_if 3, others_if 2
    2 no identity-based policy allows s3:PutObject on this resource: allowed_if 2
    ");
}

#[test]
fn a_policy_that_aws_named_and_nobody_gave_is_not_taken_for_gone() {
    let folder = tempfile::tempdir().unwrap();
    let unseen = GUARD.replace("p-guard", "p-unseen1");
    let why = format!("with an explicit deny in a service control policy: {unseen}");
    let machine = "arn:aws:ec2:eu-west-1:111122223333:instance/*";
    let run = |number: usize, why: &str| denied(number, "report", "ec2:RunInstances", machine, why);
    let records: Vec<Value> =
        (0..3).map(|number| run(number, NO_ALLOW)).chain((3..5).map(|number| run(number, &why))).collect();
    let roles = json!([role(ACCOUNT, "report", &json!([allow(&json!(["ec2:DescribeInstances"]), "*")]))]);
    let alone =
        json!({"iamdx_snapshot": 1, "accounts": [{"id": ACCOUNT, "in_organization": false, "RoleDetailList": roles}]});
    written(folder.path(), &records, &alone);
    let found = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    let told: Vec<String> = found.iter().map(line).collect();
    // AWS named something else of two of them, so they are a finding of their own
    assert_eq!(
        told,
        [
            "3 no identity-based policy allows ec2:RunInstances on this resource: allowed_if 3",
            "2 AWS says a service control policy denies ec2:RunInstances on this instance; these policies do not show which statement: open 2, others_if 3"
        ]
    );
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--top", "2"]);
    assert!(text.contains("2 denials are open: what decides is not in the record or the policies"), "{text}");
}

#[test]
fn records_that_differ_are_not_all_counted() {
    let folder = tempfile::tempdir().unwrap();
    // an id is all that tells these instances apart, so they have one fingerprint, and no pattern says them
    let instance = |number: usize| format!("arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0123456789abcde{number:02x}");
    let records: Vec<Value> =
        (0..9).map(|number| denied(number, "report", "ec2:TerminateInstances", &instance(number), NO_ALLOW)).collect();
    written(folder.path(), &records, &snapshot(ACCOUNT, &json!([role(ACCOUNT, "report", &json!([]))])));
    let found = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    assert_eq!(
        found[0]["diagnosis"]["ends"]["differ"],
        json!({"denials": 9, "fingerprints": 1, "records": 3}),
        "{}",
        line(&found[0])
    );
}

#[test]
fn several_accounts_each_by_its_snapshot_and_who_is_in_none_by_awss_words() {
    let folder = tempfile::tempdir().unwrap();
    let other = "123456789012";
    let records = [
        denied(1, "report", "s3:GetObject", "arn:aws:s3:::reports/a", NO_ALLOW),
        denied(2, "gone", "s3:GetObject", "arn:aws:s3:::reports/a", NO_ALLOW),
        denied_in(other, 3, "report", "s3:PutObject", "arn:aws:s3:::reports/a", NO_ALLOW),
        denied_in("444455556666", 4, "report", "s3:PutObject", "arn:aws:s3:::reports/a", NO_ALLOW),
    ];
    written(folder.path(), &records, &snapshot(ACCOUNT, &json!([role(ACCOUNT, "report", &json!([]))])));
    let second = json!({"iamdx_snapshot": 1, "accounts": [{"id": other, "in_organization": false, "RoleDetailList": [role(other, "report", &json!([]))]}]});
    fs::write(folder.path().join("other.json"), second.to_string()).unwrap();
    let found = findings(folder.path(), &["trail.json", "--snapshot", "account.json", "--snapshot", "other.json"]);
    let told: Vec<String> = found
        .iter()
        .map(|finding| {
            let of = finding["principals"][0].as_str().unwrap();
            format!("{of}: {} {}", line(finding), finding["not_diagnosed"]["why"].as_str().unwrap_or("by its snapshot"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    111122223333 role gone: 1 principal-not-seen role gone: the snapshot holds account 111122223333 with 1 roles, but no role `gone`: it was deleted, or made after the snapshot was taken; grouped by AWS's words
    444455556666 role report: 1 principal-not-seen role report: the snapshot does not hold account 444455556666, only 111122223333, 123456789012; grouped by AWS's words
    111122223333 role report: 1 no identity-based policy allows s3:GetObject on this resource: allowed_if 1 by its snapshot
    123456789012 role report: 1 no identity-based policy allows s3:PutObject on this resource: allowed_if 1 by its snapshot
    ");
}

#[test]
fn redacted_findings_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (queue, role_name) = ("arn:aws:sqs:eu-west-1:111122223333:salaries", "nightly-exporter");
    let names = [ACCOUNT, "444455556666", "o-exampleorgid", "p-guard", "salaries", role_name, "payroll"];
    let mut account = snapshot(ACCOUNT, &json!([role(ACCOUNT, role_name, &json!([]))]));
    account["taken_at"] = "2026-11-02T00:00:00Z".into();
    let records: Vec<Value> = (0..3)
        .map(|number| denied(number, role_name, "sqs:CreateQueue", queue, &scp()))
        .chain((0..2).map(|number| denied(number, role_name, "s3:GetObject", "arn:aws:s3:::payroll/a.csv", NO_ALLOW)))
        .chain([denied_in("123456789012", 5, "gone", "s3:PutObject", "arn:aws:s3:::payroll/b.csv", NO_ALLOW)])
        .collect();
    written(folder.path(), &records, &account);
    let plain = ["trail.json", "--snapshot", "account.json"];
    let redacted = [&plain[..], &["--redact"]].concat();
    for format in ["text", "json", "ndjson", "csv", "markdown", "html"] {
        let (_, text) = triage(folder.path(), &[&redacted[..], &["--all", "--format", format]].concat());
        for name in names {
            assert!(!text.contains(name), "{format}: {name}: {text}");
        }
    }
    let numbers = |arguments: &[&str]| -> Vec<Value> {
        let each = findings(folder.path(), arguments).into_iter();
        let told = |finding: Value| {
            json!([finding["count"], finding["diagnosis"]["finding"], finding["diagnosis"]["ends"]["allowed_if"]])
        };
        each.map(told).collect()
    };
    assert_eq!(numbers(&redacted), numbers(&plain));
}

#[test]
fn a_quarantine_has_no_remedy_that_goes_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let quarantine = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";
    let mut user = json!({"UserName": "ci", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/ci"), "UserPolicyList": [],
        "AttachedManagedPolicies": [{"PolicyName": "AWSCompromisedKeyQuarantineV3", "PolicyArn": quarantine}], "GroupList": []});
    user["UserPolicyList"] = json!([{"PolicyName": "all", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow(&json!("*"), "*")]}}]);
    let mut account = snapshot(ACCOUNT, &json!([]));
    account["accounts"][0]["UserDetailList"] = json!([user]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/ci");
    let record = json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "arn": arn, "accountId": ACCOUNT, "userName": "ci"},
        "eventTime": "2026-11-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31", "errorCode": "AccessDenied", "eventID": "event-1",
        "errorMessage": format!("User: {arn} is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::{ACCOUNT}:user/x with an explicit deny in an identity-based policy: {quarantine}"),
        "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT});
    written(folder.path(), &[record], &account);
    let (code, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--format", "json"]);
    assert_eq!(code, Some(5));
    let answer: Value = serde_json::from_str(&text).unwrap();
    let diagnosis = &answer["findings"][0]["diagnosis"];
    assert_eq!((&diagnosis["incident"], &diagnosis["ends"]), (&json!(true), &Value::Null));
    let kinds: Vec<&Value> = diagnosis["remedies"].as_array().unwrap().iter().map(|remedy| &remedy["kind"]).collect();
    assert_eq!(kinds, ["incident-response"]);
}

#[test]
fn parts_with_records_are_diagnosed_when_they_are_added_up() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<Value> = (0..8)
        .map(|number| denied(number, "report", "s3:GetObject", &format!("arn:aws:s3:::reports/{number}"), NO_ALLOW))
        .collect();
    written(folder.path(), &records, &snapshot(ACCOUNT, &json!([role(ACCOUNT, "report", &json!([]))])));
    let whole = triage(folder.path(), &["trail.json", "--snapshot", "account.json"]).1;
    for (part, records) in [("a", &records[..3]), ("b", &records[3..])] {
        fs::write(folder.path().join(format!("{part}.log.json")), json!({"Records": records}).to_string()).unwrap();
        let (_, text) = triage(folder.path(), &[&format!("{part}.log.json"), "--records", "--format", "json"]);
        fs::write(folder.path().join(format!("{part}.part")), text).unwrap();
    }
    let merged =
        |order: [&str; 2]| triage(folder.path(), &[&["merge"], &order[..], &["--snapshot", "account.json"]].concat()).1;
    // but for the number of files
    let tail = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    assert_eq!(tail(&merged(["a.part", "b.part"])), tail(&whole));
    assert_eq!(merged(["a.part", "b.part"]), merged(["b.part", "a.part"]));
    // without records there is nothing to diagnose, and that is said; no answer holds records unasked
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--format", "json"]);
    assert!(!text.contains("deflated:"));
    fs::write(folder.path().join("bare.part"), text).unwrap();
    let found = findings(folder.path(), &["merge", "bare.part", "--snapshot", "account.json"]);
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), ["8 no-record"]);
}

#[test]
fn a_record_with_a_secret_is_not_kept_and_not_diagnosed() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = denied(1, "report", "s3:GetObject", "arn:aws:s3:::reports/a", NO_ALLOW);
    record["requestParameters"] = json!({"env": "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"});
    written(folder.path(), &[record], &snapshot(ACCOUNT, &json!([role(ACCOUNT, "report", &json!([]))])));
    let (code, _) = triage(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    assert_eq!(code, Some(5));
    let found = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), ["1 secret-in-record"]);
}

#[test]
fn the_most_frequent_causes_get_remedies_and_the_others_are_told_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<Value> = [("s3:GetObject", 3), ("s3:PutObject", 2), ("s3:DeleteObject", 1)]
        .into_iter()
        .flat_map(|(action, many)| {
            (0..many).map(move |number| denied(number, "report", action, "arn:aws:s3:::reports/a", NO_ALLOW))
        })
        .collect();
    written(folder.path(), &records, &snapshot(ACCOUNT, &json!([role(ACCOUNT, "report", &json!([]))])));
    let found = findings(folder.path(), &["trail.json", "--snapshot", "account.json", "--remedies", "1"]);
    let told: Vec<(&Value, &Value)> =
        found.iter().map(|finding| (&finding["count"], &finding["diagnosis"]["worked_out"])).collect();
    assert_eq!(told, [(&json!(3), &json!(true)), (&json!(3), &json!(false))]);
}

#[test]
fn many_resources_of_one_cause_are_one_finding() {
    let folder = tempfile::tempdir().unwrap();
    let table = |number: usize| {
        format!("arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{}", char::from(b'a' + u8::try_from(number).unwrap()))
    };
    let why = "because no identity-based policy allows the dynamodb:GetItem action";
    let records: Vec<Value> = (0..12)
        .flat_map(|number| (0..=usize::from(number == 3)).map(move |more| (number, more)))
        .map(|(number, more)| denied(number + 20 * more, "report", "dynamodb:GetItem", &table(number), why))
        .collect();
    let roles = json!([role(ACCOUNT, "report", &json!([allow(&json!("logs:PutLogEvents"), "*")]))]);
    written(folder.path(), &records, &snapshot(ACCOUNT, &roles));
    let all = findings(folder.path(), &["trail.json", "--snapshot", "account.json"]);
    assert_eq!(all.len(), 1, "{:#?}", all.iter().map(line).collect::<Vec<_>>());
    assert_eq!(line(&all[0]), "13 no identity-based policy allows dynamodb:GetItem on this resource: allowed_if 2");
    let left = &all[0]["diagnosis"]["ends"]["left"];
    assert_eq!(*left, json!({"denials": 11, "fingerprints": 11, "records": 0}));
    let (_, text) = triage(folder.path(), &["trail.json", "--snapshot", "account.json", "--all"]);
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("11 denials on 11 other resources stay: each needs a change of its own"), "{text}");
}
