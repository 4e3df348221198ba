//! `iamdx triage --live`: what AWS is asked when a trail is read, what comes of it, and what remains where AWS does not answer.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Run;
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const REGION: &str = "eu-west-1";
const NO_ALLOW: &str = "because no identity-based policy allows the action";
const BY_RESOURCE: &str = "with an explicit deny in a resource-based policy";

/// A record of a denial, of a session of a role.
fn denied(account: &str, number: usize, role: &str, action: &str, resource: &str, why: &str) -> Value {
    let (service, operation) = action.split_once(':').unwrap();
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/run-{number}");
    json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:run", "arn": arn, "accountId": account,
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/{role}"), "accountId": account, "userName": role}}},
        "eventTime": format!("2026-11-01T10:{:02}:00Z", number % 60), "eventSource": format!("{service}.amazonaws.com"), "eventName": operation,
        "awsRegion": REGION, "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.31", "errorCode": "AccessDenied",
        "errorMessage": format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"),
        "requestParameters": null, "eventID": format!("event-{role}-{operation}-{number}"), "eventType": "AwsApiCall", "recipientAccountId": account})
}

/// Two roles of the account, one of another, and a Deny of a bucket.
fn trail() -> Vec<Value> {
    let mut records: Vec<Value> = (0..4)
        .map(|number| {
            denied(ACCOUNT, number, "report", "sqs:SendMessage", &format!("arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"), NO_ALLOW)
        })
        .collect();
    let object = |number: usize| format!("arn:aws:s3:::guarded/{number}.csv");
    records.extend((0..3).map(|number| denied(ACCOUNT, number, "deploy", "s3:GetObject", &object(number), BY_RESOURCE)));
    records.extend((0..2).map(|number| denied(OTHER, number, "stranger", "s3:GetObject", &object(number), NO_ALLOW)));
    records.push(denied(ACCOUNT, 9, "deploy", "sns:Publish", &format!("arn:aws:sns:{REGION}:{ACCOUNT}:news"), NO_ALLOW));
    records
}

fn written(folder: &Path, records: &[Value]) {
    fs::write(folder.join("trail.json"), json!({"Records": records}).to_string()).unwrap();
}

fn encoded(document: &Value) -> String {
    let hex = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    document.to_string().bytes().map(hex).collect()
}

fn role(name: &str, statements: &Value) -> String {
    let document = |statements: &Value| encoded(&json!({"Version": "2012-10-17", "Statement": statements}));
    let trust = json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    format!(
        "<member><Path>/</Path><RoleName>{name}</RoleName><RoleId>AROAEXAMPLE{name}</RoleId><Arn>arn:aws:iam::{ACCOUNT}:role/{name}</Arn>\
         <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument><RolePolicyList><member><PolicyName>own</PolicyName><PolicyDocument>{}</PolicyDocument></member></RolePolicyList>\
         <AttachedManagedPolicies/><InstanceProfileList/></member>",
        document(&trust),
        document(statements)
    )
}

fn account() -> String {
    let deploy = json!([{"Effect": "Allow", "Action": ["s3:*", "sns:Publish"], "Resource": "*"}]);
    let report = json!([{"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}]);
    format!(
        "<GetAccountAuthorizationDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetAccountAuthorizationDetailsResult>\
         <IsTruncated>false</IsTruncated><UserDetailList/><GroupDetailList/><RoleDetailList>{}{}</RoleDetailList><Policies/>\
         </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
        role("deploy", &deploy),
        role("report", &report)
    )
}

/// AWS as it answers an account of no organization.
fn alone(call: &Call) -> Answer {
    let guard = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::guarded/*"}]});
    match call.operation.as_str() {
        "GetCallerIdentity" => Answer::Case("analyst"),
        "GetAccountAuthorizationDetails" => Answer::Body(account()),
        "DescribeOrganization" | "ListParents" => {
            Answer::Error(400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.".to_owned())
        }
        "s3:GetBucketPolicy" => Answer::Body(guard.to_string()),
        "sqs:GetQueueAttributes" => Answer::Body("{}".to_owned()),
        "sns:GetTopicAttributes" => Answer::Body(
            "<GetTopicAttributesResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><GetTopicAttributesResult><Attributes>\
             <entry><key>TopicArn</key><value>t</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>"
                .to_owned(),
        ),
        _ => Answer::Fault(Fault::Denied),
    }
}

fn iamdx(aws: Option<&FakeAws>, folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamdx"));
    command.arg("triage").args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.envs([
        ("NO_COLOR", "1"),
        ("HOME", "/nonexistent"),
        ("AWS_REGION", REGION),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]);
    if let Some(aws) = aws {
        command.envs([
            ("AWS_ENDPOINT_URL", aws.url.as_str()),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ]);
    }
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn counts(aws: &FakeAws) -> String {
    let counts: Vec<String> = aws.counts().into_iter().map(|(name, count)| format!("{name} {count}")).collect();
    counts.join("\n")
}

/// What each finding says in a line.
fn findings(run: &Run) -> String {
    let whole: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.whole()));
    let line = |finding: &Value| {
        let said = match finding["diagnosis"]["summary"].as_str() {
            Some(summary) => format!("{} ({})", summary, finding["diagnosis"]["confidence"].as_str().unwrap_or("?")),
            None => finding["not_diagnosed"]["why"].as_str().unwrap_or("grouped by AWS's words").to_owned(),
        };
        format!("{} {}: {said}", finding["count"], finding["principals"][0].as_str().unwrap())
    };
    let lines: Vec<String> = whole["findings"].as_array().unwrap().iter().map(line).collect();
    lines.join("\n")
}

#[test]
fn the_account_is_asked_for_in_one_call_and_each_resource_once() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--top", "4"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.whole());
    insta::assert_snapshot!(run.stdout, @"");
    // who asks is looked at before the trail is read, too
    insta::assert_snapshot!(counts(&aws), @"");
    // the bucket of the other account's denials is the same one, and nobody's of that account is asked about
    assert!(aws.calls().iter().all(|call| !call.body.contains(OTHER) && !call.head.contains(OTHER)));
}

#[test]
fn a_saved_answer_is_given_again_without_a_network_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    for format in ["text", "json", "markdown", "html", "csv", "ndjson"] {
        let aws = FakeAws::start(Duration::ZERO, alone);
        let live = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--save", "saved.json", "--format", format]);
        let calls = aws.calls().len();
        let replay = iamdx(Some(&aws), folder.path(), &["trail.json", "--snapshot", "saved.json", "--format", format]);
        assert_eq!(aws.calls().len(), calls, "the replay used the network");
        assert_eq!((live.code, &live.stdout), (replay.code, &replay.stdout), "{format}");
        assert_eq!(live.code, 0, "{}", live.whole());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join("saved.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn without_the_listing_users_and_roles_are_asked_for_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetAccountAuthorizationDetails" | "sqs:GetQueueAttributes" => Answer::Fault(Fault::Denied),
        "GetRole" | "ListRolePolicies" | "GetRolePolicy" | "ListAttachedRolePolicies" => Answer::Case("deploy"),
        _ => alone(call),
    });
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(run.stderr, @"");
    insta::assert_snapshot!(findings(&run), @"");
    insta::assert_snapshot!(counts(&aws), @"");
}

#[test]
fn without_credentials_the_trail_is_told_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let bare = iamdx(None, folder.path(), &["trail.json"]);
    let run = iamdx(None, folder.path(), &["trail.json", "--live", "--state", "trail.state"]);
    assert_eq!((run.code, &run.stdout), (4, &bare.stdout), "{}", run.whole());
    insta::assert_snapshot!(run.stderr, @"");
    // nothing is counted twice when AWS answers the next time
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--state", "trail.state", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(findings(&run), @"");
}

#[test]
fn what_aws_says_to_nothing_is_an_error_after_the_report() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetCallerIdentity" => Answer::Case("analyst"),
        _ => Answer::Fault(Fault::Denied),
    });
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--format", "json"]);
    assert_eq!(run.code, 4, "{}", run.whole());
    insta::assert_snapshot!(findings(&run), @"");
    insta::assert_snapshot!(run.stderr, @"");
}

#[test]
fn a_file_that_cannot_be_written_loses_nothing_of_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(
        Some(&aws),
        folder.path(),
        &["trail.json", "--live", "--save", "missing/saved.json", "--format", "json"],
    );
    assert_eq!(run.code, 2, "{}", run.whole());
    assert_eq!(findings(&run).lines().count(), 4);
    assert!(run.stderr.contains("cannot write `missing/saved.json`"), "{}", run.stderr);
}

#[test]
fn beyond_a_limit_the_most_frequent_are_asked_about_and_the_others_are_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let queue = |number: usize| format!("arn:aws:sqs:{REGION}:{ACCOUNT}:jobs-{number}");
    // the third queue is denied most, then the second
    let records: Vec<Value> = (0..3)
        .flat_map(|number| (0..=number).map(move |time| (number, time)))
        .map(|(number, time)| denied(ACCOUNT, 10 * number + time, "report", "sqs:SendMessage", &queue(number), NO_ALLOW))
        .collect();
    written(folder.path(), &records);
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(
        Some(&aws),
        folder.path(),
        &["trail.json", "--live", "--resources", "1", "--save", "saved.json", "--format", "json"],
    );
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(run.stderr, @"");
    let asked: Vec<String> = aws
        .calls()
        .iter()
        .filter(|call| call.operation == "sqs:GetQueueAttributes")
        .map(|call| call.get("QueueUrl").to_owned())
        .collect();
    insta::assert_snapshot!(asked.join("\n"), @"");
    let saved: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("saved.json")).unwrap()).unwrap();
    let gaps: Vec<String> =
        saved["gaps"].as_array().unwrap().iter().map(|gap| format!("{}: {}", gap["of"], gap["error"])).collect();
    insta::assert_snapshot!(gaps.join("\n"), @"");
}

#[test]
fn names_in_a_trail_lead_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        // of another account, of a Region without calls, with what is no name, of a host
        format!("arn:aws:sqs:{REGION}:{OTHER}:jobs"),
        format!("arn:aws:sqs:evil-example-1:{ACCOUNT}:jobs"),
        format!("arn:aws:kms:{REGION}.evil.example:{ACCOUNT}:key/00000000-0000-4000-8000-000000000001"),
        format!("arn:aws:secretsmanager:{REGION}@evil.example:{ACCOUNT}:secret:x"),
        "arn:aws:s3:::../../?acl".to_owned(),
        "arn:aws:s3:::bucket?policy&x=/../..".to_owned(),
    ];
    let records: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(number, name)| denied(ACCOUNT, number, "report", "sqs:SendMessage", name, NO_ALLOW))
        .collect();
    written(folder.path(), &records);
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    let told: Vec<String> = aws
        .calls()
        .iter()
        .map(|call| format!("{} {}", call.operation, call.head.lines().next().unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"");
}

#[test]
fn several_accounts_are_the_live_one_and_those_of_snapshots() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let other = json!({"iamdx_snapshot": 1, "accounts": [{"id": OTHER, "in_organization": false, "RoleDetailList": [
        {"RoleName": "stranger", "Path": "/", "Arn": format!("arn:aws:iam::{OTHER}:role/stranger"), "RolePolicyList": []}]}]});
    fs::write(folder.path().join("other.json"), other.to_string()).unwrap();
    let aws = FakeAws::start(Duration::ZERO, alone);
    let live = ["trail.json", "--live", "--snapshot", "other.json", "--save", "saved.json", "--format", "json"];
    let run = iamdx(Some(&aws), folder.path(), &live);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.whole());
    insta::assert_snapshot!(findings(&run), @"");
    let again = ["trail.json", "--snapshot", "saved.json", "--snapshot", "other.json", "--format", "json"];
    let replay = iamdx(None, folder.path(), &again);
    assert_eq!(replay.stdout, run.stdout);
}

#[test]
fn parts_with_records_are_diagnosed_live_when_they_are_added_up() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let part = iamdx(None, folder.path(), &["trail.json", "--records", "--format", "json"]);
    fs::write(folder.path().join("a.part"), part.stdout).unwrap();
    let aws = FakeAws::start(Duration::ZERO, alone);
    let whole = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--format", "json"]);
    let merged = iamdx(Some(&aws), folder.path(), &["merge", "a.part", "--live", "--format", "json"]);
    assert_eq!(findings(&merged), findings(&whole));
}

#[test]
fn options_that_do_not_go_together_are_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let told: Vec<String> = [
        &["--sql", "athena", "--live"][..],
        &["trail.json", "--save", "saved.json"],
        &["trail.json", "--region", "eu-west-1"],
        &["trail.json", "--live", "--region", "eu-west-1", "--region", "us-east-1"],
        &["trail.json", "--live", "--region", "evil.example/"],
    ]
    .into_iter()
    .map(|arguments| {
        let run = iamdx(None, folder.path(), arguments);
        assert_eq!(run.code, 2, "{}", run.whole());
        format!("{}: {}", arguments.join(" "), run.stderr.lines().find(|line| !line.is_empty()).unwrap())
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"), @"");
}
