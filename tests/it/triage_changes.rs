//! Which calls `triage` takes for changes of what somebody may do, and services of AWS that are denied.

use std::fs;
use std::process::Command;

use iamdx::triage::{Event, Reader};
use serde_json::{Value, json};

fn call(source: &str, name: &str) -> Value {
    json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ana", "accountId": "111122223333"},
        "eventTime": "2026-11-03T08:58:00Z", "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "eventID": "event-1",
        "requestParameters": {"userName": "alice", "groupName": "readers"}, "recipientAccountId": "111122223333", "readOnly": false})
}

fn read(record: &Value) -> String {
    match Reader::default().read(record.to_string().as_bytes()) {
        Event::Change(change) => change.operation,
        Event::Other => "other".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn calls_that_change_what_somebody_may_do() {
    // by AWS's class of the action
    for (source, name) in [
        ("iam", "UpdateAssumeRolePolicy"),
        ("iam", "PutRolePermissionsBoundary"),
        ("iam", "DeleteRolePermissionsBoundary"),
        ("iam", "DeleteUserPermissionsBoundary"),
        ("iam", "AttachRolePolicy"),
        ("iam", "SetDefaultPolicyVersion"),
        ("organizations", "AttachPolicy"),
        ("sso", "PutPermissionsBoundaryToPermissionSet"),
        ("kms", "CreateGrant"),
        ("kms", "PutKeyPolicy"),
        ("s3", "PutBucketAcl"),
        ("s3", "PutBucketPublicAccessBlock"),
        ("sqs", "SetQueueAttributes"),
        ("sns", "AddPermission"),
        ("lakeformation", "GrantPermissions"),
        // who has a policy, and where one applies
        ("iam", "AddUserToGroup"),
        ("iam", "RemoveUserFromGroup"),
        ("identitystore", "CreateGroupMembership"),
        ("identitystore", "DeleteGroupMembership"),
        ("sso", "CreateAccountAssignment"),
        ("sso", "DeleteAccountAssignment"),
        ("sso", "ProvisionPermissionSet"),
        ("sso", "PutInlinePolicyToPermissionSet"),
        ("sso", "DeleteInlinePolicyFromPermissionSet"),
        ("organizations", "MoveAccount"),
        ("ec2", "ModifyVpcEndpoint"),
    ] {
        assert_eq!(read(&call(source, name)), format!("{source}:{name}"));
    }
    // with the version that Lambda adds
    assert_eq!(read(&call("lambda", "AddPermission20150331v2")), "lambda:AddPermission");
}

#[test]
fn calls_that_change_nothing_of_it() {
    for (source, name) in
        [("iam", "CreateUser"), ("iam", "GetRolePolicy"), ("s3", "PutObject"), ("ec2", "RunInstances")]
    {
        assert_eq!(read(&call(source, name)), "other");
    }
    // of another service
    assert_eq!(read(&call("s3", "AddUserToGroup")), "other");
    // a name among the parameters is not the call
    let mut other = call("s3", "PutObject");
    other["requestParameters"] = json!({"eventName": "AddUserToGroup"});
    assert_eq!(read(&other), "other");
    let mut reading = call("iam", "AddUserToGroup");
    reading["readOnly"] = true.into();
    assert_eq!(read(&reading), "other");
    // a service does that for its own work
    let mut service = call("kms", "CreateGrant");
    service["userIdentity"]["invokedBy"] = "ec2.amazonaws.com".into();
    assert_eq!(read(&service), "other");
}

#[test]
fn the_change_that_names_the_principal_is_looked_at_first_and_services_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let denied = |id: usize| {
        json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "accountId": "111122223333"},
            "eventTime": "2026-11-03T09:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied", "eventID": format!("denied-{id}"),
            "errorMessage": "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a because no identity-based policy allows the s3:GetObject action"})
    };
    let mut left = call("iam", "RemoveUserFromGroup");
    left["eventTime"] = "2026-11-03T08:50:00Z".into();
    let mut other = call("iam", "AttachRolePolicy");
    other["requestParameters"] = json!({"roleName": "deploy"});
    let service = json!({"eventVersion": "1.11", "userIdentity": {"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"},
        "eventTime": "2026-11-03T09:10:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "errorCode": "AccessDenied",
        "errorMessage": "Access Denied", "eventID": "service-1", "recipientAccountId": "111122223333"});
    let trail = json!({"Records": [left, other, denied(1), denied(2), service]});
    fs::write(folder.path().join("trail.json"), trail.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["triage", "trail.json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    3 denials in 5 records of 1 file, from 2026-11-03 09:00 UTC to 2026-11-03 09:10
    UTC

    STANDS OUT
     !  1 denial of AWS's own services: delivery.logs.amazonaws.com; for
        s3:PutObject(). Look at the policy of the resource, and at who set the
        service up

    1  2 denials: no identity-based policy of 111122223333 user alice allows it
      by    111122223333 user alice
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-03 09:00 UTC
      ask   the account admin
      look  10 minutes before the first: iam:RemoveUserFromGroup (groupName readers,
            userName alice) by arn:aws:iam::111122223333:user/ana; no proof that it
            is the cause

    2  1 denial: service delivery.logs.amazonaws.com at s3: AWS gives no reason
      by    service delivery.logs.amazonaws.com
      for   s3:PutObject()
      when  2026-11-03 09:10 UTC
      ask   the resource owner first: AWS does not say whose policy it is
    ");
}

/// Denials of a role, and changes of policies.
fn look(records: &[Value], arguments: &[&str]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["triage", "trail.json", "--format", "json"])
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of =
        answer["findings"][0]["changes_before"].as_array().unwrap().last().map(|id| id.as_str().unwrap().to_owned());
    let text = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["triage", "trail.json"])
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert_eq!(text.contains("  look  "), of.is_some(), "{text}");
    assert_eq!(text.contains("no proof"), of.is_some(), "{text}");
    of
}

fn of_deploy(time: &str, why: &str) -> Value {
    let arn = "arn:aws:sts::111122223333:assumed-role/deploy/run-1";
    json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "arn": arn, "accountId": "111122223333",
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "accountId": "111122223333", "userName": "deploy"}}},
        "eventTime": format!("2026-11-03T{time}:00Z"), "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied", "eventID": format!("denied-{time}"),
        "errorMessage": format!("User: {arn} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/a {why}"), "recipientAccountId": "111122223333"})
}

fn changed(time: &str, operation: &str, parameters: &Value) -> Value {
    let (service, name) = operation.split_once(':').unwrap();
    let mut change = call(service, name);
    change["eventTime"] = format!("2026-11-03T{time}:00Z").into();
    change["requestParameters"] = parameters.clone();
    change["eventID"] = format!("{name}-{time}").into();
    change
}

const NO_ALLOW: &str = "because no identity-based policy allows the s3:GetObject action";

#[test]
fn what_a_filter_leaves_out_began_all_the_same() {
    let records = [
        of_deploy("08:00", NO_ALLOW),
        changed("09:50", "iam:DetachRolePolicy", &json!({"roleName": "deploy"})),
        of_deploy("10:00", NO_ALLOW),
    ];
    assert_eq!(look(&records, &[]), None);
    // the change came after the first, which the filter only does not count
    assert_eq!(look(&records, &["--since", "2026-11-03T09:00:00Z"]), None);
    assert_eq!(look(&records, &["--since", "2026-11-03T09:00:00Z", "--redact"]), None);
    assert_eq!(look(&records[1..], &["--since", "2026-11-03T09:00:00Z"]).as_deref(), Some("DetachRolePolicy-09:50"));
    // of another cause nothing is left out
    let other = of_deploy("08:00", "because no session policy allows the s3:GetObject action");
    let records = [other, records[1].clone(), records[2].clone()];
    assert_eq!(look(&records, &["--since", "2026-11-03T09:00:00Z"]).as_deref(), Some("DetachRolePolicy-09:50"));
    assert!(look(&records, &["--since", "2026-11-03T09:00:00Z", "--redact"]).is_some());
}

#[test]
fn a_change_that_names_another_is_not_what_changed() {
    let named = "with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-12345678";
    let one = |why: &str, operation: &str, parameters: Value| {
        look(&[changed("09:59", operation, &parameters), of_deploy("10:00", why)], &[])
    };
    // another policy than the one that AWS named, and that one
    assert_eq!(one(named, "organizations:UpdatePolicy", json!({"policyId": "p-99999999"})), None);
    assert!(one(named, "organizations:UpdatePolicy", json!({"policyId": "p-12345678"})).is_some());
    // another role, user or bucket
    assert_eq!(one(NO_ALLOW, "iam:PutRolePolicy", json!({"roleName": "other", "policyName": "deploy"})), None);
    assert!(one(NO_ALLOW, "iam:PutRolePolicy", json!({"roleName": "deploy", "policyName": "x"})).is_some());
    assert_eq!(one(NO_ALLOW, "iam:PutUserPolicy", json!({"userName": "deploy", "policyName": "x"})), None);
    assert_eq!(one(NO_ALLOW, "s3:PutBucketPolicy", json!({"bucketName": "other"})), None);
    assert!(one(NO_ALLOW, "s3:PutBucketPolicy", json!({"bucketName": "reports"})).is_some());
    // no name tells: a place to look
    assert!(
        one(NO_ALLOW, "iam:CreatePolicyVersion", json!({"policyArn": "arn:aws:iam::111122223333:policy/shared"}))
            .is_some()
    );
    // a name of a policy is none of a role: the later change of the role comes first
    let records = [
        changed("09:30", "iam:DetachRolePolicy", &json!({"roleName": "deploy", "policyName": "deploy"})),
        changed("09:40", "iam:CreatePolicyVersion", &json!({"policyName": "deploy"})),
        of_deploy("10:00", NO_ALLOW),
    ];
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(["triage", "trail.json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("30 minutes before the first: iam:DetachRolePolicy"), "{text}");
}

#[test]
fn what_needs_another_action_is_dangerous_where_that_was_tried_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut machine = of_deploy("10:00", NO_ALLOW);
    machine["errorMessage"] =
        machine["errorMessage"].as_str().unwrap().replace("s3:GetObject", "ec2:RunInstances").into();
    machine["eventSource"] = "ec2.amazonaws.com".into();
    machine["eventName"] = "RunInstances".into();
    let mut pass = machine.clone();
    pass["errorMessage"] = pass["errorMessage"].as_str().unwrap().replace("ec2:RunInstances", "iam:PassRole").into();
    pass["eventID"] = "denied-pass".into();
    let stands_out = |records: &[&Value]| -> Value {
        fs::write(folder.path().join("trail.json"), json!({"Records": records}).to_string()).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(["triage", "trail.json", "--format", "json"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["stands_out"].clone()
    };
    assert_eq!(stands_out(&[&machine]), json!([]));
    assert!(stands_out(&[&machine, &pass])[0]["what"].as_str().unwrap().contains("ec2:RunInstances"));
}

/// A call that assumes a role, of the same account or another.
fn assuming(account: &str, why: &str) -> Value {
    let mut record = of_deploy("10:00", "");
    let text = record.to_string().replace("111122223333:assumed-role", &format!("{account}:assumed-role"));
    record = serde_json::from_str(&text).unwrap();
    record["userIdentity"]["accountId"] = account.into();
    record["eventSource"] = "sts.amazonaws.com".into();
    record["eventName"] = "AssumeRole".into();
    let by = record["userIdentity"]["arn"].as_str().unwrap().to_owned();
    let role = "arn:aws:iam::111122223333:role/ci/target";
    record["errorMessage"] =
        format!("User: {by} is not authorized to perform: sts:AssumeRole on resource: {role}{why}").into();
    record
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>
#[test]
fn a_change_of_the_trust_policy_of_the_role_that_was_denied_is_looked_at() {
    let trust = |role: &str| changed("09:50", "iam:UpdateAssumeRolePolicy", &json!({"roleName": role}));
    let found = |role: &str, denied: Value| look(&[trust(role), denied], &[]).is_some();
    let mut web = of_deploy("10:00", "");
    web["userIdentity"] = json!({"type": "WebIdentityUser", "userName": "shop:web",
        "identityProvider": "arn:aws:iam::111122223333:oidc-provider/example.com"});
    web["eventSource"] = "sts.amazonaws.com".into();
    web["eventName"] = "AssumeRoleWithWebIdentity".into();
    web["errorMessage"] = "Not authorized to perform sts:AssumeRoleWithWebIdentity".into();
    web["requestParameters"] = json!({"roleArn": "arn:aws:iam::111122223333:role/ci/target", "roleSessionName": "x"});
    assert!(found("target", web.clone()));
    assert!(!found("other", web));
    for why in [
        "",
        " because no resource-based policy allows the sts:AssumeRole action",
        " because no role trust policy allows the sts:AssumeRole action",
        " because no identity-based policy allows the sts:AssumeRole action",
    ] {
        // whose policy it is, the role's account says and not the caller's
        for account in ["111122223333", "444455556666"] {
            assert!(found("target", assuming(account, why)), "{account}{why}");
            assert!(!found("other", assuming(account, why)), "{account}{why}");
        }
        // what the role may do is not who may assume it
        let own = changed("09:50", "iam:PutRolePolicy", &json!({"roleName": "target", "policyName": "x"}));
        assert_eq!(look(&[own, assuming("111122223333", why)], &[]), None);
    }
}

#[test]
fn a_change_of_another_key_or_secret_is_left_out() {
    let denied = |account: &str, action: &str, resource: &str| {
        let mut record = of_deploy("10:00", NO_ALLOW);
        let (service, name) = action.split_once(':').unwrap();
        record["eventSource"] = format!("{service}.amazonaws.com").into();
        record["eventName"] = name.into();
        let text = record.to_string().replace("111122223333:assumed-role", &format!("{account}:assumed-role"));
        let text = text.replace("s3:GetObject", action).replace("arn:aws:s3:::reports/a", resource);
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let other = "ffffffff-12ab-34cd-56ef-1234567890ab";
    for account in ["111122223333", "444455556666"] {
        let changes = |id: &str| {
            let change = changed("09:50", "kms:PutKeyPolicy", &json!({"keyId": id, "policyName": "default"}));
            look(&[change, denied(account, "kms:Decrypt", key)], &[]).is_some()
        };
        assert!(changes(key) && changes("1234abcd-12ab-34cd-56ef-1234567890ab"));
        assert!(!changes(other) && !changes(&key.replace("1234abcd", "ffffffff")));
    }
    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-secret-AbCdEf";
    let changes = |id: &str| {
        let change = changed("09:50", "secretsmanager:PutResourcePolicy", &json!({"secretId": id}));
        look(&[change, denied("111122223333", "secretsmanager:GetSecretValue", secret)], &[]).is_some()
    };
    assert!(changes("shop/db-secret") && changes(secret) && !changes("shop/db") && !changes("shop/db-other-AbCdEf"));
}
