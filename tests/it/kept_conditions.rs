//! What stood in the way of a request is not taken away for it: a grant keeps the conditions of the Allow that nearly covered it.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::iamdx;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const VENDOR: &str = "arn:aws:iam::444455556666:user/vendor";

/// A denial, the policies and the context.
struct Asked<'a> {
    name: &'a str,
    caller: &'a str,
    action: &'a str,
    resource: &'a str,
    /// `identity-based` and so on, as AWS would say that it does not allow; or `denied: an identity-based`.
    lacking: &'a str,
    policies: Vec<(&'a str, Value)>,
    options: &'a [&'a str],
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kept-conditions").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The remedies: kind, how they may be taken, whether exact, title, and the statements that are new or changed.
fn remedies(asked: &Asked<'_>) -> Vec<String> {
    let folder = folder(asked.name);
    let reason = match asked.lacking.strip_prefix("denied: ") {
        Some(by) => format!("with an explicit deny in {by} policy"),
        None => format!("because no {} policy allows the {} action", asked.lacking, asked.action),
    };
    let message = format!(
        "User: {} is not authorized to perform: {} on resource: {} {reason}",
        asked.caller, asked.action, asked.resource
    );
    let mut arguments: Vec<String> = ["diagnose", "--format", "json", "-m", &message].map(str::to_owned).to_vec();
    let mut known: Vec<Value> = Vec::new();
    for (option, document) in &asked.policies {
        let file = folder.join(format!("{}.json", option.trim_start_matches('-')));
        std::fs::write(&file, document.to_string()).unwrap();
        arguments.extend([(*option).to_owned(), file.to_string_lossy().into_owned()]);
        known.extend(document["Statement"].as_array().unwrap().iter().cloned());
    }
    arguments.extend(asked.options.iter().map(|option| (*option).to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let out = iamdx(&arguments, b"");
    let report: Value = serde_json::from_str(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", out.whole()));
    let one = |remedy: &Value| {
        let statements: Vec<String> = (remedy["edits"].as_array().unwrap().iter())
            .flat_map(|edit| edit["document"]["Statement"].as_array().unwrap())
            .filter(|statement| !known.contains(statement))
            .map(|statement| {
                let sid = statement["Sid"].as_str().unwrap_or("-");
                format!("\n  {sid} on {}: {}", statement["Resource"], statement["Condition"])
            })
            .collect();
        let exact = match remedy["verification"]["exactly_minimal"].as_bool() {
            Some(true) => "exact",
            Some(false) => "not exact",
            None => "not proved",
        };
        let title = remedy["title"].as_str().unwrap().replace(folder.to_str().unwrap(), "");
        format!("{}, {exact}: {title}{}", remedy["disposition"].as_str().unwrap(), statements.concat())
    };
    report["reports"][0]["remedies"].as_array().unwrap().iter().map(one).collect()
}

fn allow(action: &str, resource: &str, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Own", "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}]})
}

fn shown(asked: &Asked<'_>) -> String {
    remedies(asked).join("\n")
}

#[test]
fn a_delegate_is_told_to_set_the_boundary() {
    let own = allow(
        "iam:CreateRole",
        "*",
        &json!({"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/B"}}),
    );
    insta::assert_snapshot!(shown(&Asked {
        name: "boundary", caller: ALICE, action: "iam:CreateRole", resource: "arn:aws:iam::111122223333:role/x",
        lacking: "identity-based", policies: vec![("--identity-policy", own)],
        options: &["--context", "iam:PermissionsBoundary=arn:aws:iam::111122223333:policy/Other"],
    }), @r#"
safe, exact: change the request: iam:PermissionsBoundary = arn:aws:iam::111122223333:policy/B
needs-review, exact: add identity-based policy `AllowCreateRole`
  AllowCreateRole on "arn:aws:iam::111122223333:role/x": {"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/Other"}}
"#);
}

#[test]
fn nothing_is_offered_where_the_value_is_not_known() {
    let own = allow(
        "iam:CreateRole",
        "arn:aws:iam::111122223333:role/team/*",
        &json!({"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/B"}}),
    );
    insta::assert_snapshot!(shown(&Asked {
        name: "boundary-not-known", caller: ALICE, action: "iam:CreateRole", resource: "arn:aws:iam::111122223333:role/x",
        lacking: "identity-based", policies: vec![("--identity-policy", own)], options: &[],
    }), @r#"needs-review, not proved: No fix can be proved: ask the account admin"#);
}

#[test]
fn a_volume_without_the_tag_is_to_be_tagged() {
    let own = allow("ec2:DeleteVolume", "*", &json!({"StringLike": {"ec2:ResourceTag/CSIVolumeName": "*"}}));
    insta::assert_snapshot!(shown(&Asked {
        name: "volume", caller: "arn:aws:sts::111122223333:assumed-role/ebs-csi/session", action: "ec2:DeleteVolume",
        resource: "arn:aws:ec2:us-east-1:111122223333:volume/vol-1", lacking: "identity-based",
        policies: vec![("--identity-policy", own)], options: &["--context-complete"],
    }), @r#"needs-review, not proved: Have the resource tagged: ec2:ResourceTag/CSIVolumeName is like `*`"#);
}

#[test]
fn an_instance_of_somebody_else_is_its_owners_matter() {
    let own = allow("ec2:*", "*", &json!({"StringEquals": {"aws:ResourceTag/owner": "alice"}}));
    insta::assert_snapshot!(shown(&Asked {
        name: "owner", caller: ALICE, action: "ec2:StopInstances", resource: "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
        lacking: "identity-based", policies: vec![("--identity-policy", own)], options: &["--context", "aws:ResourceTag/owner=bob"],
    }), @r#"
needs-review, not proved: Not this caller's resource by its tag: ask its owner about aws:ResourceTag/owner
needs-review, exact: add identity-based policy `AllowStopInstances`
  AllowStopInstances on "arn:aws:ec2:us-east-1:111122223333:instance/i-1": {"StringEquals":{"aws:ResourceTag/owner":"bob"}}
"#);
}

#[test]
fn a_role_passed_to_another_service_adds_the_service() {
    let own = allow(
        "iam:PassRole",
        "arn:aws:iam::111122223333:role/app",
        &json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
    );
    insta::assert_snapshot!(shown(&Asked {
        name: "pass", caller: ALICE, action: "iam:PassRole", resource: "arn:aws:iam::111122223333:role/app",
        lacking: "identity-based", policies: vec![("--identity-policy", own)],
        options: &["--context", "iam:PassedToService=ec2.amazonaws.com"],
    }), @r#"
needs-review, not proved: change the request: iam:PassedToService = lambda.amazonaws.com
needs-review, exact: add identity-based policy `AllowPassRole`
  AllowPassRole on "arn:aws:iam::111122223333:role/app": {"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}
needs-review, not exact: change identity-based policy `/identity-policy.json`
  Own on "arn:aws:iam::111122223333:role/app": {"StringEquals":{"iam:PassedToService":["lambda.amazonaws.com","ec2.amazonaws.com"]}}
"#);
}

#[test]
fn grants_for_services_of_aws_are_not_opened_to_people() {
    let own = allow(
        "kms:CreateGrant",
        "arn:aws:kms:us-east-1:111122223333:key/1234",
        &json!({"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    );
    let key = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]});
    insta::assert_snapshot!(shown(&Asked {
        name: "grants", caller: ALICE, action: "kms:CreateGrant", resource: "arn:aws:kms:us-east-1:111122223333:key/1234",
        lacking: "identity-based", policies: vec![("--identity-policy", own), ("--resource-policy", key)],
        options: &["--context", "kms:GrantIsForAWSResource=false"],
    }), @r#"needs-review, not proved: Make the call through the service that the statement is about: kms:GrantIsForAWSResource is `true`"#);
}

#[test]
fn a_trust_policy_goes_on_asking_for_the_external_id() {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Vendor", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole",
         "Condition": {"StringEquals": {"sts:ExternalId": "abc"}}}]});
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]});
    let asked = |name, options| Asked {
        name,
        caller: VENDOR,
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::111122223333:role/shared",
        lacking: "resource-based",
        policies: vec![("--identity-policy", own.clone()), ("--resource-policy", trust.clone())],
        options,
    };
    insta::assert_snapshot!(shown(&asked("external-id", &["--context", "sts:ExternalId=xyz"])), @r#"
safe, exact: change the request: sts:ExternalId = abc
needs-review, not exact: change role trust policy `/resource-policy.json`
  AllowAssumeRole on null: {"StringEquals":{"sts:ExternalId":"xyz"}}
"#);
    insta::assert_snapshot!(shown(&asked("no-external-id", &["--context-complete"])), @r#"safe, exact: change the request: sts:ExternalId = abc"#);
}

#[test]
fn a_bucket_of_the_organization_stays_one() {
    let bucket = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Organization", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
         "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}]});
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    insta::assert_snapshot!(shown(&Asked {
        name: "organization", caller: VENDOR, action: "s3:GetObject", resource: "arn:aws:s3:::b/x", lacking: "resource-based",
        policies: vec![("--identity-policy", own), ("--resource-policy", bucket)],
        options: &["--resource-account", "111122223333", "--context", "aws:PrincipalOrgID=o-zzzzzzzzzz"],
    }), @r#"
needs-review, not proved: Not a principal that the statement is about: aws:PrincipalOrgID is `o-abcdefghij`
needs-review, exact: change resource-based policy `/resource-policy.json`
  AllowGetObject on "arn:aws:s3:::b/x": {"StringEquals":{"aws:PrincipalOrgID":"o-zzzzzzzzzz"}}
"#);
}

#[test]
fn a_secret_of_another_team_asks_whether_tag_or_name_is_wrong() {
    let own = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Team", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:${aws:PrincipalTag/team}/*"}]});
    insta::assert_snapshot!(shown(&Asked {
        name: "team", caller: ALICE, action: "secretsmanager:GetSecretValue",
        resource: "arn:aws:secretsmanager:us-east-1:111122223333:secret:blue/db-AbCdEf", lacking: "identity-based",
        policies: vec![("--identity-policy", own)], options: &["--context", "aws:PrincipalTag/team=red"],
    }), @r#"
needs-review, not proved: Check the value of aws:PrincipalTag/team and the name of the resource
needs-review, not exact: add identity-based policy `AllowGetSecretValue`
  AllowGetSecretValue on "arn:aws:secretsmanager:us-east-1:111122223333:secret:blue/db-AbCdEf": {"StringEquals":{"aws:PrincipalTag/team":"red"}}
"#);
}

#[test]
fn a_name_that_looks_like_a_variable_or_a_pattern_is_granted_as_a_name() {
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"}]});
    let asked = |name, resource, options| Asked {
        name,
        caller: ALICE,
        action: "s3:GetObject",
        resource,
        lacking: "identity-based",
        policies: vec![("--identity-policy", own.clone())],
        options,
    };
    insta::assert_snapshot!(shown(&asked("variable", "arn:aws:s3:::b/${aws:username}/x", &["--context-complete"])), @r#"
safe, exact: add identity-based policy `AllowGetObject`
  AllowGetObject on "arn:aws:s3:::b/${$}{aws:username}/x": null
"#);
    insta::assert_snapshot!(
        shown(&asked("pattern", "arn:aws:s3:::b/a*b?c", &["--context-complete", "--resource", "arn:aws:s3:::b/a*b?c"])), @r#"
safe, exact: add identity-based policy `AllowGetObject`
  AllowGetObject on "arn:aws:s3:::b/a${*}b${?}c": null
"#);
}

#[test]
fn mfa_is_asked_of_those_who_can_have_it() {
    let own = allow("s3:*", "*", &json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}));
    let asked = |name, caller, options| Asked {
        name,
        caller,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/x",
        lacking: "identity-based",
        policies: vec![("--identity-policy", own.clone())],
        options,
    };
    let complete = &["--context-complete"];
    let instance = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0";
    let with_role = &["--context-complete", "--context", "aws:PrincipalArn=arn:aws:iam::111122223333:role/web"];
    insta::assert_snapshot!(shown(&asked("mfa-user", ALICE, complete)), @r#"safe, exact: change the request: sign in with MFA (aws:MultiFactorAuthPresent = true)"#);
    insta::assert_snapshot!(
        shown(&asked("mfa-sso", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice", complete)), @r#"needs-review, not proved: Ask for MFA where people sign in, and have the owner of the statement leave this role of IAM Identity Center out"#);
    insta::assert_snapshot!(shown(&asked("mfa-instance", instance, with_role)), @r#"
needs-review, not proved: Have the owner of the statement leave this role out: an instance or a service cannot have MFA
needs-review, not exact: add identity-based policy `AllowGetObject`
  AllowGetObject on "arn:aws:s3:::b/x": {"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/web"}}
"#);
    insta::assert_snapshot!(shown(&asked("mfa-role", "arn:aws:sts::111122223333:assumed-role/app/run", complete)), @r#"needs-review, not proved: change the request: sign in with MFA (aws:MultiFactorAuthPresent = true)"#);
    insta::assert_snapshot!(shown(&asked("mfa-federated", "arn:aws:sts::111122223333:federated-user/bob", complete)), @r#"needs-review, not proved: change the request: sign in with MFA (aws:MultiFactorAuthPresent = true)"#);
}

#[test]
fn a_call_in_another_region_is_advice_and_no_proof() {
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Lock", "Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}]});
    let told = shown(&Asked {
        name: "region",
        caller: ALICE,
        action: "sqs:SendMessage",
        resource: "arn:aws:sqs:eu-west-1:111122223333:orders",
        lacking: "denied: an identity-based",
        policies: vec![("--identity-policy", own)],
        options: &[],
    });
    assert_eq!(
        told.lines().next(),
        Some("needs-review, not proved: change the request: call in us-east-1 (aws:RequestedRegion = us-east-1)"),
        "{told}"
    );
}

#[test]
fn an_encryption_header_gets_the_value_that_the_policies_take() {
    let deny = |condition: Value| json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": condition});
    let present = deny(json!({"Null": {"s3:x-amz-server-side-encryption": "true"}}));
    let of_kms = deny(json!({"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}));
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let first = |name, denies: Vec<Value>| {
        let bucket = json!({"Version": "2012-10-17", "Statement": denies});
        let told = shown(&Asked {
            name,
            caller: ALICE,
            action: "s3:PutObject",
            resource: "arn:aws:s3:::b/x",
            lacking: "denied: a resource-based",
            policies: vec![("--identity-policy", own.clone()), ("--resource-policy", bucket)],
            options: &["--context-complete"],
        });
        told.lines().next().unwrap().to_owned()
    };
    let asks_for = |value| format!("safe, exact: change the request: s3:x-amz-server-side-encryption = {value}");
    assert_eq!(first("encrypted", vec![present.clone()]), asks_for("AES256"));
    assert_eq!(first("encrypted-by-kms", vec![present.clone(), of_kms.clone()]), asks_for("aws:kms"));
    // a Deny that lets requests without the header pass takes no other value than its own
    let only_if_present = deny(
        json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}, "Null": {"s3:x-amz-server-side-encryption": "false"}}),
    );
    assert_eq!(first("encrypted-by-nothing-else", vec![present, only_if_present]), asks_for("aws:kms"));
}

#[test]
fn what_else_the_widened_statement_allows_is_told() {
    let secrets = "arn:aws:secretsmanager:us-east-1:111122223333:secret";
    let own = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Own", "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret"], "Resource": format!("{secrets}:red-*")}]});
    let resource = format!("{secrets}:blue-AbCdEf");
    insta::assert_snapshot!(shown(&Asked {
        name: "two-actions-of-secrets", caller: ALICE, action: "secretsmanager:GetSecretValue", resource: &resource,
        lacking: "identity-based", policies: vec![("--identity-policy", own)], options: &[],
    }), @r#"
safe, exact: add identity-based policy `AllowGetSecretValue`
  AllowGetSecretValue on "arn:aws:secretsmanager:us-east-1:111122223333:secret:blue-AbCdEf": null
needs-review, not exact: change identity-based policy `/identity-policy.json`
  Own on ["arn:aws:secretsmanager:us-east-1:111122223333:secret:red-*","arn:aws:secretsmanager:us-east-1:111122223333:secret:blue-AbCdEf"]: null
"#);
}

#[test]
fn deleting_secrets_is_not_taken_out_of_an_organizations_deny() {
    let scp = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}]});
    insta::assert_snapshot!(shown(&Asked {
        name: "secret-under-scp", caller: ALICE, action: "secretsmanager:DeleteSecret",
        resource: "arn:aws:secretsmanager:us-east-1:111122223333:secret:blue-AbCdEf", lacking: "denied: a service control",
        policies: vec![("--identity-policy", allow("secretsmanager:*", "*", &json!({}))), ("--scp", scp)],
        options: &["--no-rcp", "--no-permissions-boundary", "--no-session-policy", "--no-resource-policy"],
    }), @"refused, not proved: No fix can be proved: ask the organization admin");
}

#[test]
fn a_parameter_that_a_deny_asks_for_is_given_and_a_part_of_the_call_is_only_told() {
    let first = |name: &str, action: &str, resource: &str, condition: &Value, context: &str| {
        let own = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Sid": "Own", "Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition}]});
        let found = remedies(&Asked {
            name,
            caller: ALICE,
            action,
            resource,
            lacking: "denied: an identity-based",
            policies: vec![("--identity-policy", own)],
            options: &[
                "--context",
                context,
                "--no-scp",
                "--no-rcp",
                "--no-permissions-boundary",
                "--no-session-policy",
                "--no-vpc-endpoint-policy",
            ],
        });
        found.into_iter().next().unwrap()
    };
    let database = "arn:aws:rds:us-east-1:111122223333:db:x";
    let rows = [
        first(
            "storage",
            "rds:CreateDBInstance",
            database,
            &json!({"Bool": {"rds:StorageEncrypted": "false"}}),
            "rds:StorageEncrypted=false",
        ),
        first(
            "external",
            "ram:CreateResourceShare",
            "*",
            &json!({"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}}),
            "ram:RequestedAllowsExternalPrincipals=true",
        ),
        first(
            "duration",
            "iam:CreateServiceLinkedRole",
            "*",
            &json!({"NumericGreaterThan": {"sts:DurationSeconds": "3600"}}),
            "sts:DurationSeconds=43200",
        ),
        first(
            "version",
            "s3:GetObject",
            "arn:aws:s3:::reports/x",
            &json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
            "s3:TlsVersion=1.1",
        ),
        first(
            "referer",
            "s3:GetObject",
            "arn:aws:s3:::reports/x",
            &json!({"StringNotEquals": {"aws:Referer": "https://example.com/"}}),
            "aws:Referer=none",
        ),
        first(
            "public",
            "secretsmanager:PutResourcePolicy",
            "arn:aws:secretsmanager:us-east-1:111122223333:secret:x-AbCdEf",
            &json!({"Bool": {"secretsmanager:BlockPublicPolicy": "true"}}),
            "secretsmanager:BlockPublicPolicy=true",
        ),
        first(
            "unencrypted",
            "rds:CreateDBInstance",
            database,
            &json!({"Bool": {"rds:StorageEncrypted": "true"}}),
            "rds:StorageEncrypted=true",
        ),
        first(
            "create-action",
            "ec2:CreateTags",
            "arn:aws:ec2:us-east-1:111122223333:instance/*",
            &json!({"StringNotEquals": {"ec2:CreateAction": "RunInstances"}}),
            "ec2:CreateAction=CreateVolume",
        ),
    ];
    insta::assert_snapshot!(rows.join("\n"), @r#"
safe, exact: change the request: rds:StorageEncrypted = true
safe, exact: change the request: ram:RequestedAllowsExternalPrincipals = false
safe, exact: change the request: sts:DurationSeconds = 3600
needs-review, not proved: change the request: s3:TlsVersion is at least `1.2`
needs-review, not proved: Ask the owner of the statement
needs-review, exact: change identity-based policy `/identity-policy.json`
  Own on null: {"Bool":{"secretsmanager:BlockPublicPolicy":"true"}}
  Own2 on "arn:aws:secretsmanager:us-east-1:111122223333:secret:x-AbCdEf": {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"Bool":{"secretsmanager:BlockPublicPolicy":"true"}}
needs-review, exact: change identity-based policy `/identity-policy.json`
  Own on null: {"Bool":{"rds:StorageEncrypted":"true"}}
  Own2 on "arn:aws:rds:us-east-1:111122223333:db:x": {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"Bool":{"rds:StorageEncrypted":"true"}}
needs-review, not exact: change identity-based policy `/identity-policy.json`
  Own on null: {"StringNotEquals":{"ec2:CreateAction":"RunInstances"}}
  Own2 on "arn:aws:ec2:us-east-1:111122223333:instance/*": {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"StringNotEquals":{"ec2:CreateAction":"RunInstances"}}
  Own3 on "arn:aws:ec2:us-east-1:111122223333:instance/*": {"StringNotEquals":{"ec2:CreateAction":["RunInstances","CreateVolume"]}}
"#);
}
