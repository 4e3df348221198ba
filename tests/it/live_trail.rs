//! CloudTrail's event history of a denial: what is asked, which record is taken for that of the denial, and what comes of every fault.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::live::{CREATE, ROLE, USER, iamdx, management, member, report, scratch};
use crate::support::Run;
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/run-1";

/// A time before now, to the second.
fn ago(minutes: i64) -> String {
    let then = Timestamp::now().checked_sub(SignedDuration::from_mins(minutes)).unwrap();
    Timestamp::from_second(then.as_second()).unwrap().to_string()
}

/// A record of alice's denial.
fn denied(id: &str, at: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventID": id, "eventTime": at, "requestID": format!("{id}-request"), "awsRegion": "us-east-1",
        "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "errorCode": "AccessDenied",
        "errorMessage": CREATE.split_once(": ").unwrap().1,
        "sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-0123456789abcdef0", "userAgent": "aws-cli/2.31",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ops/alice", "accountId": "111122223333",
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "userName": "alice", "principalId": "AIDAIOSFODNN7EXAMPLE",
            "sessionContext": {"attributes": {"mfaAuthenticated": "false", "creationDate": at}}},
        "requestParameters": {"userName": "bob"}, "responseElements": null
    })
}

/// The same with other values.
fn with(record: &Value, changes: &[(&str, Value)]) -> Value {
    let mut record = record.clone();
    for (pointer, value) in changes {
        *record.pointer_mut(pointer).unwrap() = value.clone();
    }
    record
}

/// What `LookupEvents` answers.
fn found(records: &[Value], more: bool) -> String {
    let events: Vec<Value> = records
        .iter()
        .map(|record| json!({"EventId": record["eventID"], "CloudTrailEvent": record.to_string()}))
        .collect();
    let mut answer = json!({"Events": events});
    if more {
        answer["NextToken"] = "next".into();
    }
    answer.to_string()
}

/// AWS with these records.
fn with_records(records: Vec<Value>) -> FakeAws {
    FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "cloudtrail:LookupEvents" => Answer::Body(found(&records, false)),
        _ => management(call),
    })
}

fn diagnose(aws: &FakeAws, message: &str, more: &[&str]) -> Run {
    let arguments = [&["diagnose", "--live", "--format", "json", "-m", message], more].concat();
    iamdx(aws, &arguments, "1")
}

/// Code and words about the event history, and the keys that it told.
fn told(run: &Run) -> (String, String, Vec<String>) {
    let report = report(run);
    let all = report["evidence"].as_array().unwrap();
    let about = all.iter().find(|one| one["source"] == "event-history");
    let text = |name: &str| about.map_or_else(String::new, |one| one[name].as_str().unwrap().to_owned());
    let assumed = report["request"]["assumed"].as_array().unwrap().iter();
    let keys = assumed.filter(|one| one["why"].as_str().unwrap().contains("CloudTrail record"));
    (
        text("code"),
        text("says"),
        keys.map(|one| format!("{}: {}", one["field"].as_str().unwrap(), one["why"].as_str().unwrap())).collect(),
    )
}

fn lookups(aws: &FakeAws) -> Vec<Call> {
    aws.calls().into_iter().filter(|call| call.operation == "cloudtrail:LookupEvents").collect()
}

#[test]
fn the_record_of_a_denial_tells_the_request() {
    let at = ago(30);
    let right = denied("event-1", &at);
    let others = [
        with(
            &right,
            &[
                ("/eventID", "event-2".into()),
                ("/userIdentity/arn", "arn:aws:iam::111122223333:user/carol".into()),
                ("/errorMessage", CREATE.replace("alice", "carol").into()),
            ],
        ),
        with(&right, &[("/eventID", "event-3".into()), ("/eventTime", ago(40).into())]),
        with(&right, &[("/eventID", "event-4".into()), ("/errorCode", Value::Null), ("/errorMessage", Value::Null)]),
    ];
    let aws = with_records([&others[..], &[right]].concat());
    let run = diagnose(&aws, &format!("{at} ERROR {CREATE}"), &[]);
    let (code, says, keys) = told(&run);
    assert_eq!(code, "only-record-around", "{}", run.whole());
    insta::assert_snapshot!(says.replace(&at, "TIME"), @"record event-1 of TIME is the only one of this caller, action and error around the time of the message");
    insta::assert_snapshot!(keys.join("\n"), @"
    aws:PrincipalArn: userIdentity.arn of CloudTrail record event-1
    aws:PrincipalType: userIdentity.type of CloudTrail record event-1
    aws:username: userIdentity.userName of CloudTrail record event-1
    aws:userid: userIdentity.principalId of CloudTrail record event-1
    aws:PrincipalAccount: userIdentity.accountId of CloudTrail record event-1
    aws:MultiFactorAuthPresent: userIdentity.sessionContext.attributes.mfaAuthenticated of CloudTrail record event-1
    aws:TokenIssueTime: userIdentity.sessionContext.attributes.creationDate of CloudTrail record event-1
    aws:VpcSourceIp: sourceIPAddress of CloudTrail record event-1
    aws:SourceVpce: vpcEndpointId of CloudTrail record event-1
    aws:UserAgent: userAgent of CloudTrail record event-1
    aws:RequestedRegion: awsRegion of CloudTrail record event-1
    aws:CurrentTime: eventTime of CloudTrail record event-1
    ");
    let asked = lookups(&aws);
    assert_eq!(asked.len(), 1);
    // IAM's events are recorded in one Region
    assert!(asked[0].head.contains("/us-east-1/cloudtrail/aws4_request"), "{}", asked[0].head);
    let input: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(input["LookupAttributes"], json!([{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}]));
    assert_eq!(input["EndTime"].as_i64().unwrap() - input["StartTime"].as_i64().unwrap(), 360);
    let endpoints: Vec<Call> =
        aws.calls().into_iter().filter(|call| call.operation == "ec2:DescribeVpcEndpoints").collect();
    assert_eq!(endpoints.len(), 1, "{:?}", aws.counts());
    assert_eq!(endpoints[0].get("VpcEndpointId.1"), "vpce-0123456789abcdef0");
    assert!(endpoints[0].head.contains("/us-east-1/ec2/aws4_request"), "{}", endpoints[0].head);
    assert_eq!(report(&run)["request"]["context"]["aws:sourcevpce"][0], "vpce-0123456789abcdef0");
}

#[test]
fn a_record_that_is_not_certainly_of_the_denial_is_not_used() {
    let at = ago(30);
    let one = denied("event-1", &at);
    let two = with(&one, &[("/eventID", "event-2".into()), ("/requestID", "other".into())]);
    let other = with(&one, &[("/errorMessage", CREATE.replace("iam:CreateUser", "iam:PassRole").into())]);
    let elsewhere = with(&one, &[("/errorMessage", CREATE.replace("user/bob", "user/eve").into())]);
    let timed = format!("{at} ERROR {CREATE}");
    let by_id = format!("{CREATE} (Service: Iam, Status Code: 403, Request ID: event-1-request)");
    let other_id = format!("{CREATE} (Service: Iam, Status Code: 403, Request ID: 0000-request)");
    let rows: Vec<(&str, &str, Vec<Value>)> = vec![
        ("one at the time", &timed, vec![one.clone()]),
        ("two at the time", &timed, vec![one.clone(), two.clone()]),
        ("none at the time", &timed, vec![]),
        ("another action", &timed, vec![other]),
        ("another resource", &timed, vec![elsewhere]),
        ("no time, one", CREATE, vec![one.clone()]),
        ("no time, two", CREATE, vec![one.clone(), two.clone()]),
        ("its id, two", &by_id, vec![one.clone(), two]),
        ("another id", &other_id, vec![one]),
    ];
    let mut table = String::new();
    for (name, message, records) in rows {
        let aws = with_records(records);
        let run = diagnose(&aws, message, &[]);
        let (code, says, keys) = told(&run);
        let _ = writeln!(
            table,
            "{name}: {code}, {} keys\n  {}",
            keys.len(),
            says.replace(&at, "TIME").split(" from 20").next().unwrap()
        );
    }
    insta::assert_snapshot!(table, @"
    one at the time: only-record-around, 12 keys
      record event-1 of TIME is the only one of this caller, action and error around the time of the message
    two at the time: several-candidates, 0 keys
      no record is used: which of them is not known; it can be event-1 of TIME or event-2 of TIME
    none at the time: no-record, 0 keys
      no record of this denial in us-east-1
    another action: no-record, 0 keys
      no record of this denial in us-east-1
    another resource: no-record, 0 keys
      no record of this denial in us-east-1
    no time, one: only-record-of-last-hour, 12 keys
      record event-1 of TIME is the only one of this caller, action and error in the last hour; the text tells no time, so it can be of an earlier denial
    no time, two: several-candidates, 0 keys
      no record is used: which of them is not known; it can be event-1 of TIME or event-2 of TIME
    its id, two: record-by-request-id, 12 keys
      record event-1 of TIME has the request id of this denial
    another id: no-record, 0 keys
      no record of this denial in us-east-1
    ");
}

#[test]
fn where_there_are_more_records_than_were_read_only_an_id_decides() {
    let at = ago(10);
    let one = denied("event-1", &at);
    let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "cloudtrail:LookupEvents" => Answer::Body(found(std::slice::from_ref(&one), true)),
        _ => management(call),
    });
    let run = diagnose(&aws, &format!("{at} {CREATE}"), &[]);
    assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("may-be-more", 2), "{}", run.whole());
    let run = diagnose(&aws, &format!("{CREATE} (Request ID: event-1-request)"), &[]);
    assert_eq!(told(&run).0, "record-by-request-id", "{}", run.whole());
}

#[test]
fn what_the_event_history_cannot_have_is_not_asked_for() {
    let aws = with_records(Vec::new());
    let run = diagnose(&aws, USER, &[]);
    assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("data-event", 0), "{}", run.whole());
    insta::assert_snapshot!(told(&run).1, @"not asked: this is a data event, which the event history does not hold; a trail that logs data events does");
    let said = |action: &str, resource: &str| {
        CREATE
            .replace("iam:CreateUser", action)
            .replace("arn:aws:iam::111122223333:user/bob", resource)
            .replace(" when calling the CreateUser operation", "")
    };
    for (action, resource) in [
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:f"),
        ("sns:Publish", "arn:aws:sns:eu-west-1:111122223333:t"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/t"),
    ] {
        let run = diagnose(&aws, &said(action, resource), &[]);
        assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("data-event", 0), "{}", run.whole());
    }
    let run = diagnose(&aws, &format!("{} {CREATE}", ago(91 * 24 * 60)), &[]);
    assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("too-old", 0), "{}", run.whole());
    // another account's, nobody's, and where it is not wanted
    for message in [
        &CREATE.replace("111122223333:user/ops", "444455556666:user/ops"),
        "An error occurred (AccessDenied) when calling the CreateUser operation: Access denied",
    ] {
        let run = diagnose(&aws, message, &[]);
        assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("", 0), "{}", run.whole());
    }
    let run = diagnose(&aws, CREATE, &["--no-trail"]);
    assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("", 0), "{}", run.whole());
    // a record that the input holds is not looked for again
    let run = diagnose(&aws, &denied("event-1", &ago(5)).to_string(), &[]);
    assert_eq!((told(&run).0.as_str(), lookups(&aws).len()), ("", 0), "{}", run.whole());
}

/// Region and attribute of each question.
fn asked(aws: &FakeAws) -> Vec<String> {
    let region = |call: &Call| {
        call.head.split("/cloudtrail/aws4_request").next().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let value = |call: &Call| {
        serde_json::from_str::<Value>(&call.body).unwrap()["LookupAttributes"][0]["AttributeValue"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    lookups(aws).iter().map(|call| format!("{} {}", region(call), value(call))).collect()
}

#[test]
fn few_calls_are_made_in_the_regions_that_can_have_the_record() {
    let denial = |action: &str, resource: &str| {
        format!(
            "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action"
        )
    };
    let rows = [
        denial("sts:AssumeRole", "arn:aws:iam::111122223333:role/deploy"),
        denial("kms:Decrypt", "arn:aws:kms:ap-south-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"),
        // the operation to which a role is passed has a name of its own
        denial("iam:PassRole", "arn:aws:iam::111122223333:role/deploy"),
    ];
    let all: Vec<String> = rows
        .iter()
        .map(|text| {
            let aws = with_records(Vec::new());
            diagnose(&aws, text, &[]);
            asked(&aws).join(", ")
        })
        .collect();
    assert_eq!(all, ["eu-west-1 AssumeRole, us-east-1 AssumeRole", "ap-south-1 Decrypt", "us-east-1 alice"]);
    // of many denials the first are asked about
    let many: Vec<String> =
        ["iam:ListRoles", "iam:ListUsers", "iam:ListGroups", "iam:ListPolicies", "iam:GetAccountSummary"]
            .map(|action| denial(action, "*"))
            .into();
    let aws = with_records(Vec::new());
    let run = diagnose(&aws, &many.join("\n"), &[]);
    assert_eq!(lookups(&aws).len(), 4, "{}", run.whole());
    let codes: Vec<&str> = ["no-record", "not-asked"]
        .into_iter()
        .filter(|code| run.stdout.contains(&format!("\"code\": \"{code}\"")))
        .collect();
    assert_eq!(codes, ["no-record", "not-asked"], "{}", run.whole());
}

/// A record of the call that made the session of a role, with a session policy.
fn assumed(at: &str, key: &str) -> Value {
    json!({
        "eventID": format!("assumed-{key}"), "eventTime": at, "awsRegion": "eu-west-1", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "run-1", "tags": [{"key": "team", "value": "payments"}],
            "policy": "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":\"*\"}}"},
        "responseElements": {"assumedRoleUser": {"arn": SESSION}, "credentials": {"accessKeyId": key, "sessionToken": "IQoJb3JpZ2luX2VjEXAMPLETOKENexample"}}
    })
}

#[test]
fn the_call_that_made_the_session_tells_its_policies() {
    let (made, at) = (ago(50), ago(5));
    let blamed = ROLE.replace("because no identity-based policy allows", "because no session policy allows");
    // what is done with objects is not in the history, the session is
    let record = assumed(&made, "ASIAIOSFODNN7EXAMPLE");
    let aws = with_records(vec![record.clone()]);
    let run = diagnose(&aws, &format!("{at} {blamed}"), &[]);
    let by_name: Value = serde_json::from_str(&lookups(&aws)[0].body).unwrap();
    assert_eq!(by_name["LookupAttributes"], json!([{"AttributeKey": "ResourceName", "AttributeValue": SESSION}]));
    let blockers = |run: &Run| {
        report(run)["blockers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{}: {}", one["policy_type"].as_str().unwrap(), one["why"].as_str().unwrap()))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(blockers(&run), @"
    service-control: statement `ReportsStay` of service control policy `Guardrails` denies the request
    identity-based: even without the Deny, no identity-based policy allows s3:GetObject on this resource
    session: even without the Deny, no session policy allows s3:GetObject on this resource
    ");
    assert_eq!(lookups(&aws).len(), 1, "{}", run.whole());

    // the record of the denial tells when the credentials were issued, and by which key they are known
    let denial = with(
        &denied("event-1", &at),
        &[
            (
                "/errorMessage",
                CREATE
                    .replace("iam::111122223333:user/ops/alice", "sts::111122223333:assumed-role/deploy/run-1")
                    .replace("identity-based", "session")
                    .into(),
            ),
            (
                "/userIdentity",
                json!({"type": "AssumedRole", "arn": SESSION, "accountId": "111122223333", "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/deploy"}, "attributes": {"mfaAuthenticated": "false", "creationDate": made}}}),
            ),
        ],
    );
    let others = assumed(&made, "ASIAI44QH8DHBEXAMPLE");
    let wider = with(
        &others,
        &[(
            "/requestParameters/policy",
            "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}".into(),
        )],
    );
    let message = format!("{at} {}", denial["errorMessage"].as_str().unwrap());
    let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "cloudtrail:LookupEvents" if call.body.contains("EventSource") => {
            Answer::Body(found(&[wider.clone(), record.clone()], false))
        }
        "cloudtrail:LookupEvents" => Answer::Body(found(std::slice::from_ref(&denial), false)),
        _ => management(call),
    });
    let run = diagnose(&aws, &message, &[]);
    insta::assert_snapshot!(blockers(&run), @"
    service-control: statement `NoUsers` of service control policy `Guardrails` denies the request
    identity-based: even without the Deny, no identity-based policy allows iam:CreateUser on this resource
    session: even without the Deny, no session policy allows iam:CreateUser on this resource
    ");
    let tag = told(&run).2.into_iter().find(|key| key.starts_with("aws:PrincipalTag/team"));
    let tag = tag.unwrap_or_else(|| panic!("{}", run.whole()));
    assert!(tag.starts_with("aws:PrincipalTag/team: requestParameters.tags of CloudTrail record assumed-"), "{tag}");
    assert_eq!(lookups(&aws).len(), 2, "{}", run.whole());
}

#[test]
fn a_fault_of_the_event_history_is_one_gap() {
    let mut table = String::new();
    for fault in Fault::ALL {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "cloudtrail:LookupEvents" => Answer::Fault(fault),
            _ => member(call),
        });
        let started = Instant::now();
        let message = format!("{} {CREATE}", ago(5));
        let run = diagnose(&aws, &message, &[]);
        assert!(started.elapsed() < Duration::from_secs(20), "{fault:?} took {:?}", started.elapsed());
        let report = report(&run);
        let gaps = report["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|gap| gap["what"].as_str().unwrap().contains("CloudTrail"));
        let gaps: Vec<String> = gaps.map(|gap| gap["why"].as_str().unwrap().to_owned()).collect();
        let _ =
            writeln!(table, "{}: exit {}, {} calls: {}", fault.name(), run.code, lookups(&aws).len(), gaps.join(" | "));
    }
    insta::assert_snapshot!(table, @"
    denied: exit 0, 1 calls: cloudtrail:LookupEvents was refused: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: cloudtrail:LookupEvents; it needs cloudtrail:LookupEvents
    throttled: exit 0, 1 calls: cloudtrail:LookupEvents was throttled: Throttling: Rate exceeded
    500: exit 0, 1 calls: cloudtrail:LookupEvents failed at AWS: InternalFailure: An internal error occurred
    silence: exit 0, 1 calls: cloudtrail:LookupEvents did not reach AWS: no answer within 5 seconds
    cut body: exit 0, 1 calls: what cloudtrail:LookupEvents answered cannot be read: the answer cannot be read: error reading a body from connection: end of file before message length reached
    malformed: exit 0, 1 calls: cloudtrail:LookupEvents did not reach AWS: the answer is a web page and not AWS's
    clock skew: exit 0, 1 calls: cloudtrail:LookupEvents was refused: InvalidSignatureException: Signature expired: 20261122T100000Z is now earlier than 20261122T101500Z (20261122T102000Z - 5 min.)
    endless pages: exit 0, 2 calls: 
    ");
}

#[test]
fn records_are_kept_replayed_and_redacted() {
    let at = ago(30);
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let message = format!("{at} ERROR {CREATE}");
    for more in [&[][..], &["--redact"]] {
        for format in ["text", "json"] {
            let own = denied("0a1b2c3d-event", &at);
            let other =
                with(&own, &[("/eventID", "other".into()), ("/errorMessage", CREATE.replace("alice", "carol").into())]);
            let aws = with_records(vec![other, own]);
            let live = iamdx(
                &aws,
                &[&["diagnose", "--live", "--all", "--save", &path, "--format", format, "-m", &message], more].concat(),
                "1",
            );
            let calls = aws.calls().len();
            let replay = iamdx(
                &aws,
                &[&["diagnose", "--snapshot", &path, "--all", "--format", format, "-m", &message], more].concat(),
                "1",
            );
            assert_eq!(aws.calls().len(), calls, "the replay used the network");
            assert_eq!((live.code, &live.stdout), (replay.code, &replay.stdout), "{format}");
            assert_eq!(live.stdout.contains("0a1b2c3d-event"), more.is_empty(), "{}", live.whole());
            for name in ["vpce-0123456789abcdef0", "10.0.0.7", "111122223333"] {
                assert!(more.is_empty() || !live.stdout.contains(name), "{name} in {}", live.whole());
            }
            assert!(!live.whole().contains("ASIAIOSFODNN7EXAMPLE"), "{}", live.whole());
        }
    }
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(
        saved.contains("0a1b2c3d-event") && !saved.contains("ASIAIOSFODNN7EXAMPLE") && !saved.contains("carol"),
        "{saved}"
    );
}

const OF_RECORD: &str = "An error occurred (AccessDenied) when calling the GetUser operation: User: arn:aws:iam::111122223333:user/ops/alice is not \
    authorized to perform: iam:GetUser on resource: arn:aws:iam::111122223333:user/bob with an explicit deny in a service control policy. Go to \
    https://us-west-2.console.aws.amazon.com/iam/home?region=us-west-2#/authorization-details/0123456789abcdefghijklmno for complete details, \
    or call the GetRequestAuthorizationDetails API with the following authorization id: 0123456789abcdefghijklmno";

/// The SCP of the record, as the organization has it now; `None` where it cannot be read.
fn with_policy(now: Option<Value>) -> FakeAws {
    FakeAws::start(Duration::ZERO, move |call| match (call.operation.as_str(), &now) {
        ("DescribePolicy", Some(now)) => {
            let id = "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01";
            let summary = json!({"Id": "p-example01", "Arn": id, "Name": "Guardrails", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false});
            Answer::Body(json!({"Policy": {"PolicySummary": summary, "Content": now.to_string()}}).to_string())
        }
        (_, Some(_)) => management(call),
        (_, None) => member(call),
    })
}

#[test]
fn the_policy_as_it_was_is_compared_with_the_policy_as_it_is() {
    let then = json!({"Sid": "NoUserReads", "Effect": "Deny", "Action": ["iam:GetUser", "iam:ListUsers"], "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "identity"}}});
    let document = |statement: &Value| Some(json!({"Version": "2012-10-17", "Statement": [statement]}));
    let other =
        with(&then, &[("/Condition", json!({"StringNotEquals": {"aws:PrincipalTag/team": ["identity", "platform"]}}))]);
    let wider = with(&then, &[("/Action", json!(["iam:ListUsers", "iam:GetUser", "s3:GetObject"]))]);
    let none = json!({"Sid": "Other", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"});
    let rows = [
        ("the same", document(&then)),
        ("other services too", document(&wider)),
        ("another condition", document(&other)),
        ("gone", document(&none)),
        ("not seen", None),
    ];
    let mut table = String::new();
    for (name, now) in rows {
        let aws = with_policy(now);
        let run = diagnose(&aws, OF_RECORD, &[]);
        let report = report(&run);
        let asked: Vec<Call> =
            aws.calls().into_iter().filter(|call| call.operation == "GetRequestAuthorizationPolicy").collect();
        assert_eq!(asked.len(), 1, "{}", run.whole());
        assert!(
            asked[0].head.contains("/us-west-2/iam/aws4_request")
                && asked[0].head.contains("policyUri=arn%3Aaws%3Aorganizations"),
            "{}",
            asked[0].head
        );
        let about = report["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["source"] == "authorization-policy")
            .unwrap()
            .clone();
        let disagreements: Vec<&str> = report["disagreements"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one.as_str())
            .filter(|one| one.contains("that denied"))
            .collect();
        let _ = writeln!(
            table,
            "{name}: {}, {}, {} disagreements\n  {}",
            report["confidence"].as_str().unwrap(),
            about["code"].as_str().unwrap(),
            disagreements.len(),
            about["says"].as_str().unwrap()
        );
    }
    insta::assert_snapshot!(table, @r#"
    the same: verified, same-now, 0 disagreements
      statement `NoUserReads` of service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 that denied the request is the same now
    other services too: verified, same-now, 0 disagreements
      statement `NoUserReads` of service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 that denied the request is the same now
    another condition: reported, changed-since, 1 disagreements
      statement `NoUserReads` of service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 that denied the request has changed since: Condition StringNotEquals aws:principaltag/team was identity, and is identity, platform
    gone: reported, gone-since, 1 disagreements
      statement `NoUserReads` of service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 that denied the request is no longer there; it was {"Action":["iam:GetUser","iam:ListUsers"],"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"identity"}},"Effect":"Deny","Resource":"*","Sid":"NoUserReads"}
    not seen: verified, not-seen-now, 0 disagreements
      statement `NoUserReads` of service control policy arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-example01 that denied the request was {"Action":["iam:GetUser","iam:ListUsers"],"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"identity"}},"Effect":"Deny","Resource":"*","Sid":"NoUserReads"}
    "#);
}

#[test]
fn a_policy_of_then_that_is_refused_is_one_gap_and_what_is_kept_is_replayed() {
    let mut table = String::new();
    for fault in [Fault::Denied, Fault::Throttled, Fault::Malformed, Fault::Cut] {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "GetRequestAuthorizationPolicy" => Answer::Fault(fault),
            _ => member(call),
        });
        let run = diagnose(&aws, OF_RECORD, &[]);
        let report = report(&run);
        let gaps: Vec<&str> = report["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|gap| gap["what"] == "the policy that denied, as it was then")
            .filter_map(|gap| gap["why"].as_str())
            .collect();
        let _ = writeln!(table, "{}: {}, {}", fault.name(), report["confidence"].as_str().unwrap(), gaps.join(" | "));
    }
    insta::assert_snapshot!(table, @"
    denied: verified, iam-toolbox:GetRequestAuthorizationPolicy was refused when the snapshot was taken: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: iam:GetRequestAuthorizationPolicy because no identity-based policy allows the iam:GetRequestAuthorizationPolicy action; it needs iam:GetRequestAuthorizationPolicy
    throttled: verified, iam-toolbox:GetRequestAuthorizationPolicy was throttled when the snapshot was taken: Throttling: Rate exceeded
    malformed: verified, iam-toolbox:GetRequestAuthorizationPolicy did not reach AWS when the snapshot was taken: the answer is a web page and not AWS's
    cut body: verified, what iam-toolbox:GetRequestAuthorizationPolicy answered when the snapshot was taken cannot be read: the answer cannot be read: error reading a body from connection: end of file before message length reached
    ");
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    for more in [&[][..], &["--redact"]] {
        let aws = with_policy(Some(
            json!({"Version": "2012-10-17", "Statement": [{"Sid": "NoUserReads", "Effect": "Deny", "Action": "iam:GetUser", "Resource": "arn:aws:iam::111122223333:user/bob"}]}),
        ));
        let live = iamdx(
            &aws,
            &[&["diagnose", "--live", "--format", "json", "--save", &path, "-m", OF_RECORD], more].concat(),
            "1",
        );
        let replay =
            iamdx(&aws, &[&["diagnose", "--snapshot", &path, "--format", "json", "-m", OF_RECORD], more].concat(), "1");
        assert_eq!((live.code, &live.stdout), (replay.code, &replay.stdout));
        assert!(live.stdout.contains("changed since"), "{}", live.whole());
        assert_eq!(live.stdout.contains("111122223333"), more.is_empty(), "{}", live.whole());
    }
}

/// Nobody answers at all: a socket that takes connections and says nothing.
#[test]
fn where_nobody_answers_the_report_comes_within_fifteen_seconds() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let aws = with_records(Vec::new());
    let started = Instant::now();
    let run = iamdx(&aws, &["diagnose", "--live", "--endpoint-url", &url, "-m", CREATE], "3");
    let took = started.elapsed();
    assert_eq!(run.code, 4, "{}", run.whole());
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert!(run.stdout.starts_with("DENIED"), "{}", run.whole());
    let said = run.stderr.replace(&url, "ENDPOINT");
    assert_eq!(
        said.trim(),
        "iamdx: sts:GetCallerIdentity: cannot reach ENDPOINT: no answer in time; check the network, HTTPS_PROXY and NO_PROXY, --region and --endpoint-url"
    );
}
