//! A denial that is like one that was read before is counted without being read, and counts as if it was.

use std::fs;

use iamdx::triage::{Counting, Event, Reader};
use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::trail::{self, SCP, Shape};
use crate::triage::triage;

const CALLERS: [&str; 24] = [
    "arn:aws:sts::111122223333:assumed-role/deploy/run-1",
    "arn:aws:sts::111122223333:assumed-role/deploy/run-2",
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ana@example.com",
    "arn:aws:sts::111122223333:federated-user/f7",
    "arn:aws:iam::111122223333:user/team/poweruser",
    "arn:aws:iam::111122223333:root",
    "arn:aws-cn:iam::111122223333:user/ana",
    "anonymous",
    // words that an error is told by, and ends that are none of a name
    "arn:aws:sts::111122223333:assumed-role/AccessDenied/UnauthorizedOperation",
    "arn:aws:sts::111122223333:assumed-role/not/Forbidden",
    "arn:aws:iam::111122223333:user/a/user:ana",
    "arn:aws:iam::111122223333:user/User:ana",
    "arn:aws:iam::111122223333:user/ana.",
    "arn:aws:iam::111122223333:user/ana,",
    "arn:aws:iam::111122223333:user/a...",
    "arn:aws:iam::111122223333:user/größe",
    "arn:aws:sts::***:assumed-role/deploy/run-1",
    "arn:aws:sts::1111:assumed-role/deploy",
    "arn:aws:sts::<account>:assumed-role/x/y",
    "AROAIOSFODNN7EXAMPLE:run-1",
    "111122223333",
    "codebuild.amazonaws.com",
    "ana",
    "...",
];

const RESOURCES: [&str; 26] = [
    "arn:aws:s3:::reports/2026/q3.csv",
    "\"arn:aws:s3:::reports/2026/q4.csv\"",
    "\"*\"",
    "*",
    "arn:aws:s3:::reports",
    "arn:aws:s3:::reports/*",
    "arn:aws:lambda:us-east-1:111122223333:function:resize-v2:17",
    "arn:aws:ec2:us-east-1:111122223333:instance/i-0abcdef1234567890",
    "arn:aws:sqs:eu-west-1:444455556666:orders-2026-11-29",
    "arn:aws:iam::111122223333:role/deploy",
    "arn:aws:x:::a__b",
    "arn:aws:s3:::AccessDenied/NoSuchBucket",
    "arn:aws:s3:::b/ExpiredToken",
    "arn:aws:s3:::b/user:x",
    "arn:aws:s3:::b/status",
    "arn:aws:s3:::b/a b",
    "arn:aws:s3:::b/größe",
    "arn:aws:s3:::b/a<b>c",
    "arn:aws:s3:::b/a\"b",
    "arn:aws:s3:::b/**",
    "arn:aws:s3:::b/***",
    "arn:aws:s3:::b/x.",
    "arn:aws:s3:::b/x...",
    "arn:aws:s3",
    "orders",
    "https://sqs.us-east-1.amazonaws.com/111122223333/jobs",
];

const REASONS: [&str; 22] = [
    "",
    " because no identity-based policy allows the action",
    " because no identity-based policy allows the s3:GetObject action",
    " because no identity-based policy allows the sqs:SendMessage action",
    " because no permissions boundary allows the s3:GetObject action",
    " because no session policy allows the s3:GetObject action",
    " because no VPC endpoint policy allows the s3:GetObject action",
    " because no resource-based policy allows the s3:GetObject action",
    " because no unheard-of policy allows the s3:GetObject action",
    " with an explicit deny in an identity-based policy",
    " with an explicit deny in a permissions boundary",
    " with an explicit deny in a VPC endpoint policy",
    " with an explicit deny in an unheard-of policy",
    " with an explicit deny in a resource-based policy: arn:aws:iam::111122223333:policy/x",
    " with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
    " with an explicit deny",
    " because no identity-based policy",
    " because public access is blocked",
    ". Encoded authorization failure message: abcdefghijklmnopqrstuvwxyz0123456789",
    " (Service: S3, Status Code: 403, Request ID: X)",
    " because no identity-based policy AccessDenied policy allows the action",
    "\nAn error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
];

const SHORT: [&str; 10] = [
    "",
    "Access Denied",
    "You are not authorized to perform this operation.",
    "Forbidden",
    "The specified key does not exist.",
    "Rate exceeded",
    "anonymous is not authorized to perform",
    "User is not authorized to access this resource",
    "The execution role does not have permissions",
    "Not authorized to perform",
];

const CODES: [&str; 9] = [
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "VpceAccessDenied",
    "NoSuchKey",
    "ThrottlingException",
    "ExpiredToken",
    "Forbidden",
    "ValidationException",
];

/// A record of a call that failed, of names and words that come again in other records.
fn failed(random: &mut Random) -> Value {
    let mut record = trail::record(random, Shape { denied: 0, names: 9, odd: false });
    record["errorCode"] = random.pick(&CODES).into();
    let action =
        random.pick(&["s3:GetObject", "sqs:SendMessage", "ec2:DescribeInstances", "sts:AssumeRole", "s3:Get*"]);
    let why = match random.below(6) {
        0 => format!(" with an explicit deny in a service control policy: {SCP}"),
        _ => random.pick(&REASONS).to_owned(),
    };
    let (usual, plain) = (random.chance(60), random.chance(60));
    let caller = random.pick(if usual { &CALLERS[..8] } else { &CALLERS });
    let resource = random.pick(if plain { &RESOURCES[..10] } else { &RESOURCES });
    record["errorMessage"] = match random.below(10) {
        0 => Value::Null,
        1 | 2 => random.pick(&SHORT).into(),
        3 => format!("{}: User: {caller} is not authorized to perform: {action}{why}", random.pick(&SHORT)).into(),
        _ => format!("User: {caller} is not authorized to perform: {action} on resource: {resource}{why}").into(),
    };
    match random.below(40) {
        0 => record["vpcEndpointAccountId"] = "444455556666".into(),
        1 => record["vpcEndpointId"] = "".into(),
        2 => record["eventContext"] = json!({"requestContext": {"AWS:sourceip": ["198.51.100.7", "x"]}}),
        3 => record["sourceIPAddress"] = "config.amazonaws.com".into(),
        4 => record["userAgent"] = "".into(),
        5 => record["eventTime"] = "".into(),
        6 => record["awsRegion"] = Value::Null,
        7 => record["eventName"] = "AssumeRoleWithSAML".into(),
        8 => record["eventSource"] = Value::Null,
        9 => record["eventID"] = Value::Null,
        10 => record["userAgent"] = "UserId Account Arn arn:aws:iam::111122223333:user/ana".into(),
        11 => {
            record["requestParameters"] = json!({"roleArn": "arn:aws:iam::111122223333:role/x", "role-to-assume": "y"});
        }
        12 => record["requestParameters"] = json!({"secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}),
        _ => {}
    }
    record
}

#[test]
fn what_is_like_something_that_was_read_counts_as_if_it_was_read() {
    let mut random = Random::new(5);
    let records: Vec<Value> = (0..3_000).map(|_| failed(&mut random)).collect();
    let (reader, mut counting) = (Reader::default(), Counting::new());
    let mut denied = 0;
    for record in &records {
        counting.record();
        if let Event::Denied(found) = reader.read(record.to_string().as_bytes()) {
            counting.add(&found);
            denied += 1;
        }
    }
    assert!((1_500..3_000).contains(&denied), "{denied}");
    let mut expected = serde_json::to_value(counting.tally()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.json"), json!({"Records": records}).to_string()).unwrap();
    let (_, text, complaint) = triage(folder.path(), &[".", "--format", "json"]);
    let mut found: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{complaint}"));
    let found = &mut found["trail"]["tally"];
    // whoever reads files looks for them
    for tally in [&mut *found, &mut expected] {
        tally["secrets"] = Value::Null;
    }
    assert_eq!(*found, expected);
}
