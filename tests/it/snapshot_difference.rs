//! `iamdx diff` of two snapshots: what is written alike is not read, and nothing that decides is taken for alike.

use crate::support::iamdx;

const OLD: &str = r#"{"iamdx_snapshot": 1,
 "accounts": [{"id": "111122223333",
  "UserDetailList": [
   {"Arn": "arn:aws:iam::111122223333:user/ana", "UserId": "AIDAEXAMPLE", "GroupList": ["readers"],
    "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit", "PermissionsBoundaryType": "Policy"},
    "AttachedManagedPolicies": [{"PolicyName": "logs", "PolicyArn": "arn:aws:iam::111122223333:policy/logs"}],
    "UserPolicyList": [{"PolicyName": "queue", "PolicyDocument":
     {"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}}]}],
  "GroupDetailList": [{"Arn": "arn:aws:iam::111122223333:group/readers",
    "AttachedManagedPolicies": [{"PolicyName": "read", "PolicyArn": "arn:aws:iam::111122223333:policy/read"}],
    "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument":
     {"Statement": {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*"}}}]}],
  "RoleDetailList": [
   {"Arn": "arn:aws:iam::111122223333:role/deploy", "Tags": [{"Key": "team", "Value": "blue"}],
    "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}},
    "RolePolicyList": [{"PolicyName": "own-team", "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
     "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"}}}]}],
  "Policies": [
   {"Arn": "arn:aws:iam::111122223333:policy/logs", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document":
    {"Statement": {"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*"}}}]},
   {"Arn": "arn:aws:iam::111122223333:policy/read", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document":
    {"Statement": {"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*"}}}]},
   {"Arn": "arn:aws:iam::111122223333:policy/limit", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document":
    {"Statement": {"Effect": "Allow", "Action": ["sqs:*", "logs:*", "ec2:*", "dynamodb:*"], "Resource": "*"}}}]}]}],
 "organization": {"id": "o-exampleorgid", "management_account": "444455556666", "enabled_policy_types": ["SERVICE_CONTROL_POLICY"],
  "policies": [{"id": "p-guard", "content": {"Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]}}],
  "root": {"id": "r-ab12", "service_control_policies": ["p-guard"], "accounts": [
   {"id": "111122223333", "service_control_policies": ["p-FullAWSAccess"]}]}},
 "resource_policies": [{"arn": "arn:aws:sqs:eu-central-1:111122223333:orders", "document": {"Statement": {"Effect": "Allow",
  "Principal": {"AWS": "444455556666"}, "Action": "sqs:SendMessage", "Resource": "*"}}}]}"#;

/// What `diff` says first of each principal and resource, after an edit of the snapshot.
fn edited(from: &str, to: &str) -> String {
    assert_eq!(OLD.matches(from).count(), 1, "{from}");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("old.json"), OLD).unwrap();
    std::fs::write(path("new.json"), OLD.replace(from, to)).unwrap();
    let run = iamdx(&["diff", &path("old.json"), &path("new.json")], b"");
    assert_eq!(run.stderr, "");
    run.stdout
}

#[test]
fn snapshots_that_say_the_same_in_other_places_do_not_differ() {
    assert_eq!(edited(r#"{"iamdx_snapshot": 1,"#, "{\n\n \"iamdx_snapshot\": 1,"), "no difference in access\n");
    // written in another way: read, and found to be the same
    assert_eq!(
        edited(
            r#""Action": "sqs:SendMessage", "Resource": "*"}}}]}]"#,
            r#""Action": ["sqs:SendMessage"], "Resource": "*"}}}]}]"#
        ),
        "no difference in access\n"
    );
}

#[test]
fn each_thing_that_decides_what_a_principal_may_do_is_compared() {
    for (from, to, told) in [
        // its own policy, a managed one, a group's own and its managed one
        (
            r#""sqs:SendMessage", "Resource": "*"}}}]}]"#,
            r#""sqs:*", "Resource": "*"}}}]}]"#,
            "user/ana\nnew access:\n  sqs:* except sqs:SendMessage",
        ),
        ("logs:GetLogEvents", "logs:PutLogEvents", "user/ana\nnew access:\n  logs:PutLogEvents"),
        ("dynamodb:Query", "dynamodb:Scan", "user/ana\nnew access:\n  dynamodb:Scan"),
        ("ec2:StopInstances", "ec2:StartInstances", "user/ana\nnew access:\n  ec2:StartInstances"),
        // which of them it has
        (r#""GroupList": ["readers"]"#, r#""GroupList": []"#, "user/ana\nno longer allowed:\n  dynamodb:Query"),
        (
            r#"[{"PolicyName": "read", "PolicyArn": "arn:aws:iam::111122223333:policy/read"}]"#,
            "[]",
            "user/ana\nno longer allowed:\n  ec2:StopInstances",
        ),
        // what lies over it
        (r#""sqs:*", "logs:*", "#, r#""sqs:*", "#, "user/ana\nno longer allowed:\n  logs:GetLogEvents"),
        (
            r#""Deny", "Action": "s3:PutObject""#,
            r#""Deny", "Action": "sqs:SendMessage""#,
            "user/ana\nno longer allowed:\n  sqs:SendMessage",
        ),
        (
            r#""service_control_policies": ["p-guard"]"#,
            r#""service_control_policies": []"#,
            "user/ana\nno longer allowed:\n  ",
        ),
        (
            r#""management_account": "444455556666""#,
            r#""management_account": "111122223333""#,
            "role/deploy\nnew access:\n  s3:PutObject",
        ),
        // who may be it, and what a resource allows
        (
            "codebuild.amazonaws.com",
            "ec2.amazonaws.com",
            "role/deploy, who may assume it\nnew access:\n  sts:AssumeRole by ec2.amazonaws.com",
        ),
        (
            r#""Principal": {"AWS": "444455556666"}"#,
            r#""Principal": {"AWS": "123456789012"}"#,
            "orders, what its policy allows\nnew access:\n  sqs:SendMessage",
        ),
    ] {
        let said = edited(from, to);
        assert!(said.contains(told), "{from} -> {to}\n{said}");
    }
}

#[test]
fn a_tag_that_a_policy_reads_is_no_silent_change() {
    insta::assert_snapshot!(edited(r#""Value": "blue""#, r#""Value": "payroll""#), @r"
    arn:aws:iam::111122223333:role/deploy
    cannot tell:
      everything that depends on its tag `team`, which was `blue` and is `payroll`; it is read by own-team:1:40
    ");
    // no policy reads this one
    assert_eq!(
        edited(
            r#""Tags": [{"Key": "team", "Value": "blue"}]"#,
            r#""Tags": [{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": "7"}]"#
        ),
        "no difference in access\n"
    );
}

#[test]
fn what_rests_on_a_policy_that_only_one_file_shows_is_not_certain() {
    const GUARD: &str = r#""content": {"Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]}"#;
    // the SCP over the account is named, and its content is not there
    insta::assert_snapshot!(edited(GUARD, r#""name": "guard""#), @r"
    arn:aws:iam::111122223333:role/deploy
    cannot tell:
      s3:PutObject on arn:aws:s3:::${aws:PrincipalTag/team}/* when aws:PrincipalTag/team is present
      everything that depends on what only one file shows: service control policy p-guard of root r-ab12
    arn:aws:iam::111122223333:user/ana
    cannot tell:
      everything that depends on what only one file shows: service control policy p-guard of root r-ab12
    ");
    // the whole organization
    let rest = OLD.split(r#""organization": "#).nth(1).unwrap().split(" \"resource_policies\"").next().unwrap();
    let said = edited(&format!(r#""organization": {rest}"#), "");
    assert!(!said.contains("new access") && said.contains("SCPs of account 111122223333"), "{said}");
    // a boundary
    let said = edited(
        r#""Arn": "arn:aws:iam::111122223333:policy/limit""#,
        r#""Arn": "arn:aws:iam::111122223333:policy/other""#,
    );
    assert!(!said.contains("new access") && said.contains("permissions boundary `limit`"), "{said}");
}
