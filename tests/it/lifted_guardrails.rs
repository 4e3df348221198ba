//! What a narrowed Deny opens: told whole, and nothing of it would be refused if it were asked for by itself.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::iamdx;

const ROLE: &str = "arn:aws:sts::111122223333:assumed-role/ops/x";

fn write(folder: &Path, name: &str, statements: &Value) -> String {
    let path = folder.join(name);
    std::fs::write(&path, json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap();
    path.to_string_lossy().into_owned()
}

fn answer(arguments: &[&str]) -> Value {
    let none = ["--no-rcp", "--no-permissions-boundary", "--no-session-policy", "--no-vpc-endpoint-policy"];
    let run = iamdx(&[arguments, &none, &["--format", "json"]].concat(), b"");
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.whole()))
}

fn everything() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

/// The first remedy of a denial by an SCP with this statement, the role being allowed everything else.
fn first(action: &str, resource: &str, statement: &Value) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let scp = write(folder.path(), "scp.json", &json!([everything(), statement]));
    let identity = write(folder.path(), "identity.json", &everything());
    let said = format!(
        "User: {ROLE} is not authorized to perform: {action} on resource: {resource} with an explicit deny in a service control policy"
    );
    let said =
        answer(&["diagnose", "-m", &said, "--scp", &scp, "--identity-policy", &identity, "--no-resource-policy"]);
    said["reports"][0]["remedies"][0].clone()
}

/// What the role may do under an SCP.
fn decision(scp: &Value, action: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let scp = write(folder.path(), "scp.json", &scp["Statement"]);
    let identity = write(folder.path(), "identity.json", &everything());
    let asked = ["simulate", "--principal", ROLE, "--resource", "*", "--action", action, "--no-resource-policy"];
    let said = answer(&[&asked, ["--scp", &scp, "--identity-policy", &identity].as_slice()].concat());
    said["decision"].as_str().unwrap().to_owned()
}

/// A read is denied by a Deny that keeps protections on: whatever is offered, the protections stay.
#[test]
fn a_read_is_no_reason_to_lift_what_protects() {
    let vault = "arn:aws:backup:eu-west-1:111122223333:backup-vault:v";
    for (action, resource, protected) in [
        ("organizations:DescribeOrganization", "*", "organizations:LeaveOrganization"),
        ("cloudtrail:LookupEvents", "*", "cloudtrail:StopLogging"),
        ("iam:ListRoles", "arn:aws:iam::111122223333:role/", "iam:PutRolePolicy"),
        ("backup:StartBackupJob", vault, "backup:DeleteRecoveryPoint"),
    ] {
        let service = action.split(':').next().unwrap();
        for statement in [
            json!({"Effect": "Deny", "Action": format!("{service}:*"), "Resource": "*"}),
            json!({"Effect": "Deny", "Action": [format!("{service}:*"), "ec2:*"], "Resource": "*",
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}}),
        ] {
            let remedy = first(action, resource, &statement);
            let edits = remedy["edits"].as_array().unwrap();
            for edit in edits {
                let after = decision(&edit["document"], protected);
                assert_eq!(after, "explicitDeny", "{action}: {}", edit["document"]);
            }
            let codes = remedy["why_not_codes"].as_array().unwrap();
            assert!(!edits.is_empty() || codes.contains(&json!("opens-guardrail")), "{action}: {remedy}");
        }
    }
}

/// The request itself is the guardrail, whatever else stands in the same list and whomever the Deny leaves out.
#[test]
fn what_protects_gets_no_exception_whatever_its_spelling() {
    let log = "arn:aws:s3:::aws-controltower-logs-111122223333-eu-west-1";
    let vault = "arn:aws:backup:eu-west-1:111122223333:backup-vault:v";
    let left_out = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/AWSControlTowerExecution"}});
    for (action, resource, statement) in [
        (
            "s3:PutBucketPolicy",
            log,
            json!({"Effect": "Deny", "Action": ["s3:PutBucketPolicy", "cloudtrail:StopLogging"], "Condition": left_out,
                "Resource": ["arn:aws:s3:::aws-controltower*", "arn:aws:cloudtrail:*:*:trail/*"]}),
        ),
        (
            "backup:DeleteBackupVault",
            vault,
            json!({"Effect": "Deny", "Action": "backup:*", "Resource": "*", "Condition": left_out}),
        ),
    ] {
        let remedy = first(action, resource, &statement);
        assert_eq!((&remedy["disposition"], &remedy["edits"]), (&json!("refused"), &json!([])), "{action}: {remedy}");
    }
}

/// The policy of a bucket is about its objects too: what opens for both is not told of the bucket alone.
#[test]
fn a_bucket_is_told_with_its_objects() {
    let folder = tempfile::tempdir().unwrap();
    let identity = write(folder.path(), "identity.json", &everything());
    let pair = json!(["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"]);
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject"], "Resource": pair});
    let bucket = write(folder.path(), "bucket.json", &json!([deny]));
    let said = "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::lake/a \
                with an explicit deny in a resource-based policy";
    let asked = ["diagnose", "-m", said, "--identity-policy", &identity, "--resource-policy", &bucket, "--no-scp"];
    let answer = answer(&[&asked, ["--resource-account", "111122223333"].as_slice()].concat());
    let opened = &answer["reports"][0]["remedies"][0]["verification"]["newly_allowed"];
    assert_eq!(opened, &json!(["s3:GetObject on arn:aws:s3:::lake and arn:aws:s3:::lake/*"]));
}

/// Whoever makes a session of a role gives it its tags: with others it may be left with what this one is still denied.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
#[test]
fn what_sessions_with_other_tags_gain_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let identity = write(
        folder.path(),
        "identity.json",
        &json!([
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Sid": "Sec", "Effect": "Deny", "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::lake/sec/*", "arn:aws:s3:::lake/old/*"]},
            {"Sid": "Pay", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/sec/pay/*",
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}
        ]),
    );
    let opened = |who: &str, context: &[&str]| {
        let said = format!(
            "User: {who} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::lake/sec/a with an explicit deny in an \
             identity-based policy"
        );
        let asked = ["diagnose", "-m", &said, "--identity-policy", &identity, "--no-scp", "--no-resource-policy"];
        let tag = ["--context", "aws:PrincipalTag/team=blue", "--resource-account", "111122223333"];
        let answer = answer(&[&asked, tag.as_slice(), context].concat());
        answer["reports"][0]["remedies"][0]["verification"]["newly_allowed"].to_string()
    };
    let role = ["--context", "aws:PrincipalArn=arn:aws:iam::111122223333:role/shared"];
    let session = opened("arn:aws:sts::111122223333:assumed-role/shared/alice", &role);
    assert!(session.contains("s3:GetObject on arn:aws:s3:::lake/sec/pay/* when aws:PrincipalTag/team is"), "{session}");
    // the tags of a user are its own
    let user = opened("arn:aws:iam::111122223333:user/alice", &[]);
    assert_eq!(user, r#"["s3:GetObject on arn:aws:s3:::lake/sec/* except arn:aws:s3:::lake/sec/pay/*"]"#);
}

/// Whoever the Deny leaves out already is not told as somebody for whom something opens.
#[test]
fn whom_the_deny_left_out_before_is_not_among_those_for_whom_it_opens() {
    let instance = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0";
    let statement = json!({"Effect": "Deny", "Action": ["ec2:StopInstances", "ec2:StartInstances"], "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/break-glass"]}}});
    let remedy = first("ec2:StopInstances", instance, &statement);
    let opened = remedy["verification"]["newly_allowed"].to_string();
    assert!(opened.contains("ec2:StopInstances") && !opened.contains("break-glass"), "{opened}");
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>
#[test]
fn which_call_tags_what_it_makes_is_known_from_the_message() {
    let folder = tempfile::tempdir().unwrap();
    let tags = json!({"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
        "Condition": {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}});
    let run = json!({"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"});
    let identity = write(folder.path(), "identity.json", &json!([run, tags]));
    let asked = |operation: &str| {
        let said = format!(
            "An error occurred (UnauthorizedOperation) when calling the {operation} operation: You are not authorized to perform this \
             operation. User: {ROLE} is not authorized to perform: ec2:CreateTags on resource: \
             arn:aws:ec2:eu-west-1:111122223333:instance/* because no identity-based policy allows the ec2:CreateTags action"
        );
        answer(&["diagnose", "-m", &said, "--identity-policy", &identity, "--no-scp", "--no-resource-policy"])
    };
    let answer = asked("RunInstances");
    let remedies = answer["reports"][0]["remedies"].as_array().unwrap();
    assert!(remedies.iter().all(|remedy| remedy["id"] != "change-the-request"), "{remedies:#?}");
    let documents: Vec<String> = remedies.iter().map(|remedy| remedy["edits"][0]["document"].to_string()).collect();
    assert!(documents.iter().any(|text| text.contains(r#""ec2:CreateAction":"RunInstances""#)), "{documents:#?}");
    // a call that only tags has no such key, so that no value of it is granted
    let remedies = asked("CreateTags")["reports"][0]["remedies"].to_string();
    assert!(!remedies.contains(r#""ec2:CreateAction":"CreateTags""#), "{remedies}");
}
