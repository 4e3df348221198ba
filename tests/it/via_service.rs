//! A key of KMS is mostly used by a service for the caller: which one, the call tells that the text is about.
//!
//! - <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
//! - <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account>

use serde_json::{Value, json};

use crate::support::iamdx;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const READER: &str = "arn:aws:sts::444455556666:assumed-role/reader/i-0abc";

/// What AWS says of the key in the call of this operation, as the tool writes it that made the call.
fn denied(begin: &str) -> String {
    format!(
        "{begin}User: {READER} is not authorized to perform: kms:Decrypt on resource: {KEY} because no resource-based policy allows the \
         kms:Decrypt action"
    )
}

fn botocore(operation: &str) -> String {
    denied(&format!("An error occurred (AccessDenied) when calling the {operation} operation: "))
}

/// A key policy whose statement of this name asks for values of these keys.
fn key_policy(conditions: &Value) -> String {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*",
         "Condition": {"StringEquals": conditions}},
    ]});
    let name = format!(
        "key-{:x}.json",
        document.to_string().bytes().fold(5_u64, |sum, byte| sum * 33 % 0xff_ffff + u64::from(byte))
    );
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, document.to_string()).unwrap();
    file.to_string_lossy().into_owned()
}

/// Why the statement does not match, and the fixes: who, what kind, which conditions the new statements have.
fn told(text: &str, conditions: &Value) -> Vec<String> {
    let policy = key_policy(conditions);
    let out = iamdx(&["diagnose", "--format", "json", "--resource-policy", &policy], text.as_bytes());
    let report: Value = serde_json::from_str(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", out.whole()));
    let report = &report["reports"][0];
    let near = report["near_misses"].as_array().unwrap().iter().filter(|near| near["statement"]["sid"] == "Use");
    let why = near.map(|near| near["why"].as_str().unwrap().to_owned());
    let fixes = report["remedies"].as_array().unwrap().iter().map(|remedy| {
        let statements = remedy["edits"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|edit| edit["document"]["Statement"].as_array().unwrap());
        let asked: Vec<String> = statements.skip(2).map(|statement| statement["Condition"].to_string()).collect();
        let title = remedy["title"].as_str().unwrap().replace(&policy, "FILE");
        format!("{}: {title} {}", remedy["owner"].as_str().unwrap(), asked.join(" "))
    });
    why.chain(fixes).collect()
}

#[test]
fn a_key_that_s3_uses_for_the_caller_is_used_in_its_own_region() {
    insta::assert_snapshot!(told(&botocore("GetObject"), &json!({"kms:ViaService": "s3.eu-west-1.amazonaws.com"})).join("\n"), @r#"
    kms:ViaService is `s3.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `s3.eu-west-1.amazonaws.com`
    resource-owner: change resource-based policy `FILE` {"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}
    "#);
}

#[test]
fn the_service_is_told_by_the_call() {
    let via = json!({"kms:ViaService": "x"});
    let first = |text: &str| told(text, &via).into_iter().next().unwrap_or_default();
    let go = |call: &str| {
        denied(&format!(
            "operation error {call}, https response error StatusCode: 400, api error AccessDeniedException: "
        ))
    };
    for (text, says) in [
        (
            botocore("PutItem"),
            "kms:ViaService is `dynamodb.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `x`",
        ),
        (
            botocore("ReceiveMessage"),
            "kms:ViaService is `sqs.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `x`",
        ),
        (
            go("SSM: PutParameter"),
            "kms:ViaService is `ssm.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `x`",
        ),
        // others have such an operation, too, but the text names the service
        (
            go("DynamoDB: CreateTable"),
            "kms:ViaService is `dynamodb.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `x`",
        ),
        (
            go("Kinesis: PutRecord"),
            "kms:ViaService is `kinesis.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `x`",
        ),
        // nobody stands between
        (botocore("Decrypt"), "kms:ViaService is not in the request"),
        // a service that works through others, an operation that two services have, and no call at all
        (botocore("StartQueryExecution"), "kms:ViaService is not known"),
        (botocore("ListTagsForResource"), "kms:ViaService is not known"),
        // one of this name is Glue's, RDS's, FSx's, Firehose's, Amazon Q's and so on, and the text does not tell whose
        (botocore("CreateTable"), "kms:ViaService is not known"),
        (botocore("UpdateTable"), "kms:ViaService is not known"),
        (botocore("Query"), "kms:ViaService is not known"),
        (botocore("ExecuteStatement"), "kms:ViaService is not known"),
        (botocore("BatchExecuteStatement"), "kms:ViaService is not known"),
        (botocore("CreateBackup"), "kms:ViaService is not known"),
        (botocore("CreateVolume"), "kms:ViaService is not known"),
        (botocore("CreateSnapshot"), "kms:ViaService is not known"),
        (botocore("CopySnapshot"), "kms:ViaService is not known"),
        (botocore("PutRecord"), "kms:ViaService is not known"),
        (botocore("CreateStream"), "kms:ViaService is not known"),
        (botocore("StartSession"), "kms:ViaService is not known"),
        (botocore("CreateTopic"), "kms:ViaService is not known"),
        (botocore("SendMessage"), "kms:ViaService is not known"),
        (botocore("StartExportTask"), "kms:ViaService is not known"),
        (go("Glue: CreateTable"), "kms:ViaService is not known"),
        // the parameter may stand for a secret, and the password of a database may be one
        (go("SSM: GetParameter"), "kms:ViaService is not known"),
        (botocore("GetParameters"), "kms:ViaService is not known"),
        (botocore("CreateDBInstance"), "kms:ViaService is not known"),
        (denied(""), "kms:ViaService is not known"),
    ] {
        assert_eq!(first(&text), says, "{text}");
    }
}

#[test]
fn a_grant_that_a_service_makes_is_for_a_resource_of_aws() {
    let text = botocore("RunInstances").replace("kms:Decrypt", "kms:CreateGrant");
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:CreateGrant", "Resource": "*",
         "Condition": {"Bool": {"kms:GrantIsForAWSResource": "false"}}},
    ]});
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("grant.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let out = iamdx(&["diagnose", "--resource-policy", &file.to_string_lossy()], text.as_bytes());
    assert!(out.stdout.contains("kms:GrantIsForAWSResource is `true`"), "{}", out.whole());
}

#[test]
fn a_record_of_kms_tells_the_service_that_asked() {
    let record = |invoked_by: Value| {
        json!({"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "arn": READER, "accountId": "444455556666", "invokedBy": invoked_by},
            "eventTime": "2026-11-01T10:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": "us-east-1",
            "sourceIPAddress": invoked_by, "errorCode": "AccessDenied", "errorMessage": denied(""), "eventID": "e1"})
        .to_string()
    };
    let via = json!({"kms:ViaService": "x"});
    let first = |text: &str| told(text, &via).into_iter().next().unwrap_or_default();
    assert_eq!(
        first(&record(json!("secretsmanager.amazonaws.com"))),
        "kms:ViaService is `secretsmanager.us-east-1.amazonaws.com`, which does not satisfy `StringEquals` `x`"
    );
    assert_eq!(first(&record(json!("AWS Internal"))), "kms:ViaService is not known");
}

#[test]
fn the_account_of_the_caller_is_known_to_kms() {
    let asked = |account: &str| json!({"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:CallerAccount": account});
    insta::assert_snapshot!(told(&botocore("GetObject"), &asked("111122223333")).join("\n"), @r#"
    kms:CallerAccount is `444455556666`, which does not satisfy `StringEquals` `111122223333`
    account-admin: Not a principal that the statement is about: kms:CallerAccount is `111122223333` 
    resource-owner: change resource-based policy `FILE` {"StringEquals":{"kms:CallerAccount":"444455556666","kms:ViaService":"s3.us-east-1.amazonaws.com"}}
    "#);
}

#[test]
fn a_guard_of_calls_from_outside_is_not_about_what_a_service_asks() {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
    let guard = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
        {"Sid": "Outside", "Effect": "Deny", "Action": "*", "Resource": "*",
         "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:ViaAWSService": "false"}}},
    ]});
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("outside.json");
    std::fs::write(&file, guard.to_string()).unwrap();
    let named = |operation: &str| {
        let text = botocore(operation).replace(
            "because no resource-based policy allows the kms:Decrypt action",
            "with an explicit deny in an identity-based policy",
        );
        let policy = file.to_string_lossy();
        let out = iamdx(&["diagnose", "--format", "json", "--identity-policy", &policy], text.as_bytes());
        out.stdout.contains("`Outside`")
    };
    assert!(named("Decrypt"), "whether a call that KMS got directly came from outside is not known");
    assert!(!named("GetObject"));
}

#[test]
fn a_call_that_passes_a_role_to_its_service_passes_it_to_no_other() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app-*",
         "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
    ]});
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pass.json");
    std::fs::write(&file, serde_json::to_string_pretty(&policy).unwrap()).unwrap();
    let text = "An error occurred (AccessDeniedException) when calling the CreateFunction operation: User: \
        arn:aws:iam::111122223333:user/dev is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/app-web \
        because no identity-based policy allows the iam:PassRole action";
    let out = iamdx(&["diagnose", "--identity-policy", &file.to_string_lossy()], text.as_bytes());
    let granted = r#""StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}"#;
    assert!(out.stdout.contains(granted) && !out.stdout.contains("Change the request"), "{}", out.whole());
}

#[test]
fn a_role_that_a_task_of_ecs_gets_is_for_the_task_or_for_ecs_itself() {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
         "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
    ]});
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pass-to-tasks.json");
    std::fs::write(&file, serde_json::to_string_pretty(&policy).unwrap()).unwrap();
    let said = |operation: &str| {
        let text = format!(
            "An error occurred (AccessDeniedException) when calling the {operation} operation: User: \
             arn:aws:iam::111122223333:user/dev is not authorized to perform: iam:PassRole on resource: \
             arn:aws:iam::111122223333:role/ecsInfrastructureRole because no identity-based policy allows the iam:PassRole action"
        );
        iamdx(&["diagnose", "--identity-policy", &file.to_string_lossy()], text.as_bytes()).stdout
    };
    for operation in ["RunTask", "StartTask"] {
        let said = said(operation);
        assert!(!said.contains("the policies have changed") && said.contains("iam:PassedToService"), "{said}");
    }
    // a task definition has roles of tasks only
    let said = said("RegisterTaskDefinition");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("iam:PassedToService was not ecs-tasks.amazonaws.com, as assumed"), "{said}");
}
