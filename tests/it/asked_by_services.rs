//! What is not for the caller to change: parameters of what a service asks for, a way around a guardrail, a time that is over, and whoever
//! is not named.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>

use serde_json::{Value, json};

use crate::support::iamdx;

const USER: &str = "arn:aws:iam::111122223333:user/dev";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// What is offered for a denial: each fix with its owner and its steps, or why there is none. The Allow of everything is at hand, and one
/// policy of a type.
fn offered(text: &str, option: &str, policy: &Value) -> String {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, document: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, document).unwrap();
        path.to_string_lossy().into_owned()
    };
    let all = write("all.json", document(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])));
    let own = write("own.json", document(policy));
    let mut arguments = vec!["diagnose", "--format", "json", option, &own];
    if option != "--identity-policy" {
        arguments.extend(["--identity-policy", &all]);
    }
    for (layer, none) in [
        ("--scp", "--no-scp"),
        ("--rcp", "--no-rcp"),
        ("--resource-policy", "--no-resource-policy"),
        ("--vpc-endpoint-policy", "--no-vpc-endpoint-policy"),
        ("--permissions-boundary", "--no-permissions-boundary"),
        ("--session-policy", "--no-session-policy"),
    ] {
        if layer != option {
            arguments.push(none);
        }
    }
    let out = iamdx(&arguments, text.as_bytes());
    let report: Value = serde_json::from_str(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", out.whole()));
    let mut lines = Vec::new();
    for remedy in report["reports"][0]["remedies"].as_array().unwrap() {
        lines.push(format!("{}: {}", remedy["owner"].as_str().unwrap(), remedy["title"].as_str().unwrap()));
        let steps = remedy["steps"].as_array().unwrap().iter().map(|step| step.as_str().unwrap().to_owned());
        lines.extend(steps.chain(remedy["why_not"].as_str().map(str::to_owned)).map(|step| format!("  {step}")));
    }
    lines.join("\n").replace(&own, "own.json").replace(&all, "all.json")
}

fn document(statements: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// A denial of a call, in which AWS names another action.
fn denied(operation: &str, user: &str, action: &str, resource: &str, reason: &str) -> String {
    format!(
        "An error occurred (AccessDenied) when calling the {operation} operation: User: {user} is not authorized to perform: {action} on \
         resource: {resource} {reason}"
    )
}

const IN_SCP: &str = "with an explicit deny in a service control policy";
const IN_IDENTITY: &str = "because no identity-based policy allows it";

/// The policy of an SCP that denies this under a condition, and allows the rest.
fn scp(action: &str, condition: &Value) -> Value {
    json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Guard", "Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition},
    ])
}

#[test]
fn a_parameter_of_what_a_service_asks_for_is_no_flag_of_the_callers_call() {
    let text = denied("StartQueryExecution", USER, "s3:PutObject", "arn:aws:s3:::results/q/1.csv", IN_SCP);
    let encrypted = json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}});
    let by_athena = offered(&text, "--scp", &scp("s3:PutObject", &encrypted));
    insta::assert_snapshot!(by_athena.lines().take(2).collect::<Vec<_>>().join("\n"), @"
    caller: change the request: s3:x-amz-server-side-encryption = aws:kms
      have the service that your call goes to send s3:x-amz-server-side-encryption = aws:kms: its own parameters or settings decide that
    ");
    // the same in a call of S3 itself
    let own = offered(
        &text.replace("StartQueryExecution", "CreateMultipartUpload"),
        "--scp",
        &scp("s3:PutObject", &encrypted),
    );
    insta::assert_snapshot!(own.lines().take(2).collect::<Vec<_>>().join("\n"), @"
    caller: change the request: s3:x-amz-server-side-encryption = aws:kms
      add --server-side-encryption aws:kms (SDK: ServerSideEncryption)
    ");
}

#[test]
fn what_a_service_sends_to_kms_is_not_for_the_caller_to_send() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-AbCdEf";
    let only = json!([{"Sid": "OfSecret", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": secret}}}]);
    let text = denied(
        "GetSecretValue",
        USER,
        "kms:Decrypt",
        KEY,
        "because no identity-based policy allows the kms:Decrypt action",
    );
    insta::assert_snapshot!(offered(&text, "--identity-policy", &only), @"
    account-admin: Ask the owner of the statement: kms:EncryptionContext:SecretARN is `arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-AbCdEf`
      statement `OfSecret` of `own.json` asks that kms:EncryptionContext:SecretARN is `arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-AbCdEf`; here it is not known: whoever wrote the statement knows why
      there is no resource-based policy among these policies that could be edited
    ");
}

#[test]
fn services_that_a_guardrail_lets_through_are_no_way_around_it() {
    let direct = json!({"BoolIfExists": {"aws:ViaAWSService": "false"}});
    let trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org";
    let stopped = denied("StopLogging", USER, "cloudtrail:StopLogging", trail, IN_SCP);
    insta::assert_snapshot!(offered(&stopped, "--scp", &scp("cloudtrail:StopLogging", &direct)), @"
    organization-admin: No fix can be proved: ask the organization admin
      ask the security team, who own what records, detects and protects
      about this: statement `Guard` of service control policy `own.json` denies the request
      statement `Guard` of `own.json` is a guardrail: it keeps logs and detectors from being stopped or deleted; an exception would undo it; ask the security team, who own what records, detects and protects
    ");
    let outside = json!({"StringNotEqualsIfExists": {"aws:ResourceOrgID": "o-exampleorgid"}, "BoolIfExists": {"aws:ViaAWSService": "false"}});
    let put = denied("PutObject", USER, "s3:PutObject", "arn:aws:s3:::lake/a.csv", IN_SCP);
    insta::assert_snapshot!(offered(&put, "--scp", &scp("s3:*", &outside)), @"
    organization-admin: No fix can be proved: ask the organization admin
      check that the other side is whom you mean; then ask whoever owns the data perimeter
      about this: statement `Guard` of service control policy `own.json` denies the request
      statement `Guard` of `own.json` is a guardrail: it keeps access between this organization and others closed, by aws:ResourceOrgID; an exception would undo it; check that the other side is whom you mean; then ask whoever owns the data perimeter
    ");
    // what is asked for and nothing else
    let through = json!({"StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"}});
    insta::assert_snapshot!(offered(&put, "--scp", &scp("s3:PutObject", &through)).lines().take(2).collect::<Vec<_>>().join("\n"), @"
    caller: change the request: aws:CalledVia = athena.amazonaws.com
      make the call through athena.amazonaws.com, not directly
    ");
}

#[test]
fn a_time_that_is_over_does_not_come_back() {
    let until = json!([{"Sid": "Contract", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
        "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-06-30T00:00:00Z"}}}]);
    let text = denied("GetObject", USER, "s3:GetObject", "arn:aws:s3:::lake/a.csv", IN_IDENTITY);
    insta::assert_snapshot!(offered(&text, "--identity-policy", &until), @"
    account-admin: Ask the owner of the statement: aws:CurrentTime is before `2026-06-30T00:00:00Z`
      statement `Contract` of `own.json` asks that aws:CurrentTime is before `2026-06-30T00:00:00Z`; here it is not known: whoever wrote the statement knows why
      statement `Contract` of `own.json` allows it only when aws:CurrentTime is before `2026-06-30T00:00:00Z`; an Allow without that would hand out what the condition protects
    ");
}

#[test]
fn a_key_that_a_call_never_carries_is_no_parameter_of_it() {
    let subnets = json!([{"Sid": "InVpc", "Effect": "Allow", "Action": "sagemaker:*", "Resource": "*",
        "Condition": {"Null": {"sagemaker:VpcSubnets": "false"}}}]);
    let job = "arn:aws:sagemaker:us-east-1:111122223333:training-job/nightly";
    let text = denied(
        "StopTrainingJob",
        USER,
        "sagemaker:StopTrainingJob",
        job,
        "because no identity-based policy allows the sagemaker:StopTrainingJob action",
    );
    insta::assert_snapshot!(offered(&text, "--identity-policy", &subnets), @"
    account-admin: Ask who sets sagemaker:VpcSubnets: sagemaker:VpcSubnets is present
      AWS lists no sagemaker:VpcSubnets for sagemaker:StopTrainingJob, so statement `InVpc` of `own.json` likely never allows it, whatever the call sends: ask for a statement about sagemaker:StopTrainingJob without that line
      statement `InVpc` of `own.json` allows it only when sagemaker:VpcSubnets is present; an Allow without that would hand out what the condition protects
    ");
}

#[test]
fn a_hidden_name_is_nobody_that_a_policy_could_name() {
    for name in
        ["user/***", "user/*", "user/d***", "user/????", "user/<redacted>", "user/REDACTED", "role/***", "user/xxxx"]
    {
        let user = format!("arn:aws:iam::111122223333:{name}");
        let text = denied("PutObject", &user, "s3:PutObject", "arn:aws:s3:::lake/a.csv", IN_SCP);
        let guard = scp("s3:PutObject", &json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}));
        let fix = offered(&text, "--scp", &guard);
        assert!(fix.contains("the ARN of the principal is not known: run again with --principal ARN"), "{name}: {fix}");
        let missing = denied(
            "PutObject",
            &user,
            "s3:PutObject",
            "arn:aws:s3:::lake/a.csv",
            "because no identity-based policy allows the s3:PutObject action",
        );
        let alone = iamdx(&["diagnose"], missing.as_bytes());
        assert!(
            alone.stdout.contains("FIX  Say what AWS left out: run again with --principal ARN"),
            "{name}: {}",
            alone.whole()
        );
    }
}

#[test]
fn a_key_of_kms_is_not_its_alias() {
    let alias = "arn:aws:kms:us-east-1:111122223333:alias/app";
    let text =
        denied("Decrypt", USER, "kms:Decrypt", alias, "because no identity-based policy allows the kms:Decrypt action");
    let other = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]);
    insta::assert_snapshot!(offered(&text, "--identity-policy", &other), @"
    account-admin: No fix can be proved without the resource: run again with --resource arn:aws:kms:REGION:111122223333:key/KEY_ID
      about this: no identity-based policy allows kms:Decrypt on this resource
      the text does not name the resource: give it with --resource arn:aws:kms:REGION:111122223333:key/KEY_ID
    ");
    let by_alias = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": alias}]});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alias.json");
    std::fs::write(&path, by_alias.to_string()).unwrap();
    let arguments =
        ["simulate", "--principal", USER, "--action", "kms:Decrypt", "--resource", alias, "--identity-policy"];
    let out = iamdx(&[&arguments[..], &[&path.to_string_lossy()]].concat(), b"");
    assert_ne!(out.stdout.split_whitespace().next(), Some("ALLOWED"), "{}", out.whole());
}

#[test]
fn whom_a_whole_snapshot_does_not_have_gets_no_policy() {
    let snapshot = json!({"UserDetailList": [{"UserName": "ana", "UserId": "AIDAEXAMPLE1", "Path": "/",
        "Arn": "arn:aws:iam::111122223333:user/ana"}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.json");
    std::fs::write(&path, snapshot.to_string()).unwrap();
    let text = denied(
        "GetObject",
        USER,
        "s3:GetObject",
        "arn:aws:s3:::lake/a.csv",
        "because no identity-based policy allows the s3:GetObject action",
    );
    let out = iamdx(&["diagnose", "--snapshot", &path.to_string_lossy()], text.as_bytes());
    assert!(out.stdout.contains("no user `dev`: it was deleted") && !out.stdout.contains("FIX"), "{}", out.whole());
}
