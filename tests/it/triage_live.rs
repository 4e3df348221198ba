//! `iamdx triage --live`: what AWS is asked when a trail is read, what comes of it, and what remains where AWS does not answer.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Run;
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};

const ACCOUNT: &str = "111122223333";
const MANAGER: &str = "123456789012";
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
            denied(
                ACCOUNT,
                number,
                "report",
                "sqs:SendMessage",
                &format!("arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"),
                NO_ALLOW,
            )
        })
        .collect();
    let object = |number: usize| format!("arn:aws:s3:::guarded/{number}.csv");
    records
        .extend((0..3).map(|number| denied(ACCOUNT, number, "deploy", "s3:GetObject", &object(number), BY_RESOURCE)));
    records.extend((0..2).map(|number| denied(OTHER, number, "stranger", "s3:GetObject", &object(number), NO_ALLOW)));
    records.push(denied(
        ACCOUNT,
        9,
        "deploy",
        "sns:Publish",
        &format!("arn:aws:sns:{REGION}:{ACCOUNT}:news"),
        NO_ALLOW,
    ));
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
    let (head, rest) = run.stdout.split_once("\n\n").unwrap();
    assert!(head.contains("by the policies of 111122223333 as they were on 2"), "{head}");
    insta::assert_snapshot!(rest, @"
    1  4 denials: no identity-based policy allows sqs:SendMessage on this resource
      by    111122223333 role report
      for   sqs:SendMessage
      on    arn:aws:sqs:eu-west-1:111122223333:jobs
      when  2026-11-01 10:00 UTC to 2026-11-01 10:03 UTC, on 1 day
      from  4 sessions, 1 address, 1 user agent
      sure  certain for the record event-report-SendMessage-0; reported: AWS's
            message names the type of policy
      fix   change identity-based policy `own` (account admin; grants exactly this
            request)
            inline policy own: add a statement that allows sqs:SendMessage on
            arn:aws:sqs:eu-west-1:111122223333:jobs
      ends  4 of 4 denials, if none of these blocks, which were not seen: session
            policies of arn:aws:sts::111122223333:assumed-role/report/run-0; the 3
            records that are kept were evaluated and are allowed then

    2  3 denials: statement `Nobody` of resource-based policy `policy of
       arn:aws:s3:::guarded` denies the request
      by    111122223333 role deploy
      for   s3:GetObject
      on    arn:aws:s3:::guarded/*
      when  2026-11-01 10:00 UTC to 2026-11-01 10:02 UTC, on 1 day
      from  3 sessions, 1 address, 1 user agent
      sure  certain for the record event-deploy-GetObject-1; reported: AWS's message
            names the type of policy
      at    statement `Nobody` of policy of arn:aws:s3:::guarded, policy of
            arn:aws:s3:::guarded:1:15
      fix   change resource-based policy `policy of arn:aws:s3:::guarded` (resource
            owner; needs review)
            policy of arn:aws:s3:::guarded: statement `Nobody`: keep the Deny for
            everything but s3:GetObject by arn:aws:iam::111122223333:role/deploy
      opens s3:GetObject on arn:aws:s3:::guarded/*
      but   the fix of s3:GetObject on arn:aws:s3:::guarded/0.csv (finding 3)
            changes the same policy, and the document that is written last undoes
            the other: make one, and diagnose again after it
      ends  3 of 3 denials, if none of these blocks, which were not seen: session
            policies of arn:aws:sts::111122223333:assumed-role/deploy/run-1; each
            was evaluated and is allowed then

    3  2 denials: statement `Nobody` of resource-based policy `policy of
       arn:aws:s3:::guarded` denies the request
      by    444455556666 role stranger
      for   s3:GetObject
      on    arn:aws:s3:::guarded/*
      when  2026-11-01 10:00 UTC to 2026-11-01 10:01 UTC, on 1 day
      from  2 sessions, 1 address, 1 user agent
      sure  certain for the record event-stranger-GetObject-0; inferred: only these
            policies say so
      at    statement `Nobody` of policy of arn:aws:s3:::guarded, policy of
            arn:aws:s3:::guarded:1:15
      fix   change resource-based policy `policy of arn:aws:s3:::guarded` (resource
            owner; needs review)
            policy of arn:aws:s3:::guarded: statement `Nobody`: keep the Deny for
            everything but s3:GetObject by arn:aws:iam::444455556666:role/stranger;
            add a statement that allows s3:GetObject on arn:aws:s3:::guarded/0.csv
      but   the fix of s3:GetObject on arn:aws:s3:::guarded/1.csv (finding 2)
            changes the same policy, and the document that is written last undoes
            the other: make one, and diagnose again after it
      ends  none of the 2 denials for certain
            2 denials are open: what decides is not in the record or the policies

    4  1 denial: statement 1 of `own` allows sns:Publish now, and AWS's word is from
       before; what was not checked may still block it
      by    111122223333 role deploy
      for   sns:Publish
      on    arn:aws:sns:eu-west-1:111122223333:news
      when  2026-11-01 10:09 UTC
      from  1 session, 1 address, 1 user agent
      sure  by the record event-deploy-Publish-9; reported: AWS's message names the
            type of policy
      fix   nothing to change: make the call again
    ");
    // who asks is looked at before the trail is read, too
    insta::assert_snapshot!(counts(&aws), @"
    DescribeOrganization 1
    GetAccountAuthorizationDetails 1
    GetCallerIdentity 2
    ListParents 1
    s3:GetBucketPolicy 1
    sns:GetTopicAttributes 1
    sqs:GetQueueAttributes 1
    ");
    // the bucket of the other account's denials is the same one, and nobody's of that account is asked about
    assert!(aws.calls().iter().all(|call| !call.body.contains(OTHER) && !call.head.contains(OTHER)));
}

#[test]
fn a_saved_answer_is_given_again_without_a_network_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    for format in ["text", "json", "markdown", "html", "csv", "ndjson"] {
        let aws = FakeAws::start(Duration::ZERO, alone);
        let live =
            iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--save", "saved.json", "--format", format]);
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
        "GetRole" if call.get("RoleName") == "report" => {
            Answer::Error(404, "NoSuchEntity", "The role with name report cannot be found.".to_owned())
        }
        "GetRole" | "ListRolePolicies" | "GetRolePolicy" | "ListAttachedRolePolicies" => Answer::Case("deploy"),
        "GetPolicy" | "GetPolicyVersion" => Answer::Case("base"),
        _ => alone(call),
    });
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(run.stderr, @"iamdx: note: AWS answered 10 calls, and 2 not: iam:GetAccountAuthorizationDetails (1), sqs:GetQueueAttributes (1). What that leaves open is in the findings as not seen; `iamdx doctor` tries each call");
    let whole: Value = serde_json::from_str(&run.stdout).unwrap();
    let taken = whole["policies"][0]["taken_at"].as_str().unwrap();
    insta::assert_snapshot!(findings(&run).replace(taken, "NOW"), @"
    4 111122223333 role report: role report: AWS has no role `report` in account 111122223333 (asked NOW): it was deleted; grouped by AWS's words
    3 111122223333 role deploy: statement `Nobody` of resource-based policy `policy of arn:aws:s3:::guarded` denies the request (reported)
    2 444455556666 role stranger: statement `Nobody` of resource-based policy `policy of arn:aws:s3:::guarded` denies the request (inferred)
    1 111122223333 role deploy: no identity-based policy allows sns:Publish on this resource (reported)
    ");
    insta::assert_snapshot!(counts(&aws), @"
    DescribeOrganization 1
    GetAccountAuthorizationDetails 1
    GetCallerIdentity 2
    GetPolicy 1
    GetPolicyVersion 1
    GetRole 2
    GetRolePolicy 1
    ListAttachedRolePolicies 2
    ListParents 1
    ListRolePolicies 2
    s3:GetBucketPolicy 1
    sns:GetTopicAttributes 1
    sqs:GetQueueAttributes 1
    ");
    // nothing of it is asked for twice: the listing was refused once
    assert!(aws.calls().iter().filter(|call| call.operation == "GetAccountAuthorizationDetails").count() == 1);
}

#[test]
fn without_credentials_the_trail_is_told_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let bare = iamdx(None, folder.path(), &["trail.json"]);
    let run = iamdx(None, folder.path(), &["trail.json", "--live", "--state", "trail.state"]);
    assert_eq!((run.code, &run.stdout), (4, &bare.stdout), "{}", run.whole());
    insta::assert_snapshot!(run.stderr, @"
    iamdx: note: there are no credentials: none in the environment, none in profile `default` of /nonexistent/.aws/config and /nonexistent/.aws/credentials, and this is no instance or container with a role; run `aws configure` or `aws sso login`, or name a profile with --profile. The trail is read all the same, and AWS is asked again at its end
    iamdx: there are no credentials: none in the environment, none in profile `default` of /nonexistent/.aws/config and /nonexistent/.aws/credentials, and this is no instance or container with a role; run `aws configure` or `aws sso login`, or name a profile with --profile
    ");
    // nothing is counted twice when AWS answers the next time
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--state", "trail.state", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(findings(&run), @"
    4 111122223333 role report: no identity-based policy allows sqs:SendMessage on this resource (reported)
    3 111122223333 role deploy: statement `Nobody` of resource-based policy `policy of arn:aws:s3:::guarded` denies the request (reported)
    2 444455556666 role stranger: statement `Nobody` of resource-based policy `policy of arn:aws:s3:::guarded` denies the request (inferred)
    1 111122223333 role deploy: statement 1 of `own` allows sns:Publish now, and AWS's word is from before; what was not checked may still block it (reported)
    ");
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
    let told: Vec<String> = findings(&run).lines().map(|line| line.chars().take(120).collect()).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    4 111122223333 role report: AWS says no identity-based policy of role `report` allows sqs:SendMessage on this queue, and
    3 111122223333 role deploy: AWS says a resource-based policy denies s3:GetObject on this object, and it was not seen: s3
    2 444455556666 role stranger: role stranger: AWS was asked with credentials of account 111122223333; use credentials of 
    1 111122223333 role deploy: AWS says no identity-based policy of role `deploy` allows sns:Publish on this topic, and non
    ");
    insta::assert_snapshot!(run.stderr, @"iamdx: AWS answered none of the calls; the first: iam:GetAccountAuthorizationDetails: AccessDenied: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: iam:GetAccountAuthorizationDetails because no identity-based policy allows the iam:GetAccountAuthorizationDetails action; it needs iam:GetAccountAuthorizationDetails; these permissions would help: iam:GetAccountAuthorizationDetails, iam:GetRole, iam:ListAttachedRolePolicies, iam:ListRolePolicies, organizations:DescribeOrganization, organizations:ListParents, s3:GetBucketPolicy, sns:GetTopicAttributes, sqs:GetQueueAttributes; `iamdx doctor` tries each");
}

#[test]
fn a_file_that_cannot_be_written_loses_nothing_of_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run =
        iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--save", "missing/saved.json", "--format", "json"]);
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
        .map(|(number, time)| {
            denied(ACCOUNT, 10 * number + time, "report", "sqs:SendMessage", &queue(number), NO_ALLOW)
        })
        .collect();
    written(folder.path(), &records);
    let aws = FakeAws::start(Duration::ZERO, alone);
    let run = iamdx(
        Some(&aws),
        folder.path(),
        &["trail.json", "--live", "--resources", "1", "--save", "saved.json", "--format", "json"],
    );
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(run.stderr, @"iamdx: note: 2 things that are denied were not asked about: --resources is 1, and the most frequent denials come first");
    let asked: Vec<String> = aws
        .calls()
        .iter()
        .filter(|call| call.operation == "sqs:GetQueueAttributes")
        .map(|call| call.get("QueueUrl").to_owned())
        .collect();
    insta::assert_snapshot!(asked.join("\n"), @"https://sqs.eu-west-1.amazonaws.com/111122223333/jobs-2");
    let saved: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("saved.json")).unwrap()).unwrap();
    let gaps: Vec<String> =
        saved["gaps"].as_array().unwrap().iter().map(|gap| format!("{}: {}", gap["of"], gap["error"])).collect();
    insta::assert_snapshot!(gaps.join("\n"), @r#"
    "arn:aws:sqs:eu-west-1:111122223333:jobs-1": "more than 1 resources are denied"
    "arn:aws:sqs:eu-west-1:111122223333:jobs-0": "more than 1 resources are denied"
    "#);
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
    let line = |call: &Call| format!("{} {}", call.operation, call.head.lines().next().unwrap_or_default());
    let mut told: Vec<String> = aws.calls().iter().map(line).collect();
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @"
    DescribeOrganization POST / HTTP/1.1
    GetAccountAuthorizationDetails POST / HTTP/1.1
    GetCallerIdentity POST / HTTP/1.1
    GetCallerIdentity POST / HTTP/1.1
    ListParents POST / HTTP/1.1
    ListParents POST / HTTP/1.1
    ");
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
    insta::assert_snapshot!(findings(&run), @"
    4 111122223333 role report: no identity-based policy allows sqs:SendMessage on this resource (reported)
    3 111122223333 role deploy: statement `Nobody` of resource-based policy `policy of arn:aws:s3:::guarded` denies the request (reported)
    2 444455556666 role stranger: even without the Deny, no identity-based policy allows s3:GetObject on this resource (reported)
    1 111122223333 role deploy: AWS says no identity-based policy of role `deploy` allows sns:Publish on this topic; these policies do not decide it (reported)
    ");
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
        let said: Vec<&str> = run.stderr.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        format!("{}: {}", arguments.join(" "), said.join(" "))
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    --sql athena --live: error: the argument '--sql <ENGINE>' cannot be used with '--live'
    trail.json --save saved.json: error: the following required arguments were not provided: --live
    trail.json --region eu-west-1: error: the following required arguments were not provided: <--sql <ENGINE>|--live>
    trail.json --live --region eu-west-1 --region us-east-1: iamdx: --live takes one --region, that of regional endpoints. Which Regions are asked about, the trail says
    trail.json --live --region evil.example/: iamdx: --region: a Region such as eu-west-1 is expected
    ");
}

#[test]
fn what_no_permission_tells_makes_the_answer_less_sure_and_never_another_one() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        // a member account may know its organization, and nothing of what is attached there
        "DescribeOrganization" => Answer::Case("member"),
        "ListParents" | "s3:GetBucketPolicy" => Answer::Fault(Fault::Denied),
        _ => alone(call),
    });
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    let told: Vec<String> = findings(&run).lines().map(|line| line.chars().take(160).collect()).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    4 111122223333 role report: no identity-based policy allows sqs:SendMessage on this resource (reported)
    3 111122223333 role deploy: AWS says a resource-based policy denies s3:GetObject on this object, and it was not seen: s3:GetBucketPolicy was refused when the sn
    2 444455556666 role stranger: role stranger: the snapshot does not hold account 444455556666, only 111122223333; grouped by AWS's words
    1 111122223333 role deploy: statement 1 of `own` allows sns:Publish now, and AWS's word is from before; what was not checked may still block it (reported)
    ");
    insta::assert_snapshot!(run.stderr, @"iamdx: note: AWS answered 4 calls, and 2 not: organizations:ListParents (1), s3:GetBucketPolicy (1). What that leaves open is in the findings as not seen; `iamdx doctor` tries each call");
}

#[test]
fn permission_sets_of_several_roles_are_looked_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["Power", "Audit"];
    let entity = |name: &str| format!("AWSReservedSSO_{name}_0123456789abcdef");
    let records: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let queue = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:jobs");
            denied(ACCOUNT, number, &entity(name), "sqs:SendMessage", &queue, NO_ALLOW)
        })
        .collect();
    written(folder.path(), &records);
    let roles: String = names
        .iter()
        .map(|name| {
            let plain = format!("role/{}", entity(name));
            let below = format!("role/aws-reserved/sso.amazonaws.com/{REGION}/{}", entity(name));
            role(&entity(name), &json!([])).replace(&plain, &below)
        })
        .collect();
    let aws = FakeAws::start(Duration::ZERO, move |call| {
        let set = |name: &str| format!("arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-{name}");
        let answer = match call.operation.as_str() {
            "GetAccountAuthorizationDetails" => {
                let before = account();
                let (start, _) = before.split_once("<RoleDetailList>").unwrap();
                let (_, end) = before.split_once("</RoleDetailList>").unwrap();
                return Answer::Body(format!("{start}<RoleDetailList>{roles}</RoleDetailList>{end}"));
            }
            "sso:ListInstances" => {
                json!({"Instances": [{"InstanceArn": "arn:aws:sso:::instance/ssoins-0000000000000000"}]})
            }
            "sso:ListPermissionSetsProvisionedToAccount" => json!({"PermissionSets": [set("Audit"), set("Power")]}),
            "sso:DescribePermissionSet" => {
                json!({"PermissionSet": {"Name": call.get("PermissionSetArn").rsplit('-').next().unwrap()}})
            }
            "sso:GetInlinePolicyForPermissionSet" => json!({"InlinePolicy": ""}),
            "sso:ListManagedPoliciesInPermissionSet" => json!({"AttachedManagedPolicies": []}),
            "sso:ListCustomerManagedPolicyReferencesInPermissionSet" => json!({"CustomerManagedPolicyReferences": []}),
            "sso:GetPermissionsBoundaryForPermissionSet" => json!({}),
            _ => return alone(call),
        };
        Answer::Body(answer.to_string())
    });
    let run = iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--save", "saved.json", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    insta::assert_snapshot!(counts(&aws), @"
    DescribeOrganization 1
    GetAccountAuthorizationDetails 1
    GetCallerIdentity 2
    ListParents 1
    sqs:GetQueueAttributes 1
    sso:DescribePermissionSet 2
    sso:GetInlinePolicyForPermissionSet 2
    sso:GetPermissionsBoundaryForPermissionSet 2
    sso:ListCustomerManagedPolicyReferencesInPermissionSet 2
    sso:ListInstances 1
    sso:ListManagedPoliciesInPermissionSet 2
    sso:ListPermissionSetsProvisionedToAccount 1
    ");
    let saved: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("saved.json")).unwrap()).unwrap();
    let sets: Vec<&Value> = saved["permission_sets"].as_array().unwrap().iter().map(|set| &set["arn"]).collect();
    assert_eq!(sets.len(), 2, "{sets:?}");
}

#[test]
fn the_ways_of_several_accounts_are_put_together() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &trail());
    let aws = FakeAws::start(Duration::ZERO, |call| {
        match (call.operation.as_str(), call.get("ChildId"), call.get("TargetId")) {
            ("DescribeOrganization", ..) => Answer::Case("member"),
            ("ListParents", ..) => Answer::Case("unit"),
            ("ListPoliciesForTarget", ..) if call.get("Filter") == "RESOURCE_CONTROL_POLICY" => Answer::Case("none"),
            ("ListPoliciesForTarget", ..) => Answer::Case("full-access"),
            _ => alone(call),
        }
    });
    // the file of the other account knows the same organization, and nothing of its tree
    let organization: Value =
        serde_json::from_str(&crate::support::read("fixtures/aws/DescribeOrganization/member.json")).unwrap();
    let id = organization["Organization"]["Id"].as_str().unwrap();
    let other = json!({"iamdx_snapshot": 1, "organization": {"id": id, "management_account": MANAGER}, "accounts": [{"id": OTHER, "RoleDetailList": [
        {"RoleName": "stranger", "Path": "/", "Arn": format!("arn:aws:iam::{OTHER}:role/stranger"), "RolePolicyList": []}]}]});
    fs::write(folder.path().join("other.json"), other.to_string()).unwrap();
    let run =
        iamdx(Some(&aws), folder.path(), &["trail.json", "--live", "--snapshot", "other.json", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.whole());
    let whole: Value = serde_json::from_str(&run.stdout).unwrap();
    // no SCP of the live account is unknown for that
    let gaps: Vec<&str> = whole["findings"][0]["diagnosis"]["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| gap["what"].as_str().unwrap())
        .filter(|what| what.contains("service control policy"))
        .collect();
    assert!(gaps.is_empty(), "{gaps:?}");
}
