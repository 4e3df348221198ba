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
        s3:putobject(). Look at the policy of the resource, and at who set the
        service up

    1  2 denials: no identity-based policy of 111122223333 user alice allows it
      by    111122223333 user alice
      for   s3:GetObject
      on    arn:aws:s3:::reports/*
      when  2026-11-03 09:00 UTC
      ask   the account admin
      look  10 minutes before the first: iam:RemoveUserFromGroup (groupName readers,
            userName alice) by arn:aws:iam::111122223333:user/ana

    2  1 denial: service delivery.logs.amazonaws.com at s3: AWS gives no reason
      by    service delivery.logs.amazonaws.com
      for   s3:putobject()
      when  2026-11-03 09:10 UTC
    ");
}
