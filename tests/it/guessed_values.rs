//! Condition keys whose values are only taken from the call or from the ARN of the resource: for which actions, and what AWS's own words say
//! against them.
//!
//! - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion>

use serde_json::{Value, json};

use crate::support::iamdx;

const NONE: [&str; 5] = [
    "--no-permissions-boundary",
    "--no-session-policy",
    "--no-vpc-endpoint-policy",
    "--no-rcp",
    "--no-resource-policy",
];

/// A file with one document of these statements.
fn file(name: &str, statements: &Value) -> String {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, serde_json::to_string_pretty(&document).unwrap()).unwrap();
    file.to_string_lossy().into_owned()
}

/// Whether the request is allowed by an Allow on the condition.
fn simulated(action: &str, resource: &str, condition: &Value) -> String {
    let statement = json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]);
    let policy = file(&format!("carried-{}.json", action.replace(':', "-")), &statement);
    let caller = "arn:aws:iam::111122223333:user/dev";
    let mut args = vec!["simulate", "--principal", caller, "--action", action, "--resource", resource];
    args.extend(["--identity-policy", policy.as_str(), "--no-scp", "--format", "json"]);
    args.extend(NONE);
    let out = iamdx(&args, b"");
    let answer: Value = serde_json::from_str(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", out.whole()));
    answer["decision"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_an_arn_tells_is_known_of_actions_that_have_the_key() {
    let is = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let cluster = is("ecs:cluster", "arn:aws:ecs:us-east-1:111122223333:cluster/prod");
    let instance = is("ec2:InstanceID", "i-0abc");
    let linked = is("iam:AWSServiceName", "ecs.amazonaws.com");
    for (action, resource, condition, decision) in [
        ("ecs:StopTask", "arn:aws:ecs:us-east-1:111122223333:task/prod/0123", &cluster, "allowed"),
        ("ecs:UpdateService", "arn:aws:ecs:us-east-1:111122223333:service/prod/web", &cluster, "allowed"),
        ("ecs:TagResource", "arn:aws:ecs:us-east-1:111122223333:service/prod/web", &cluster, "undetermined"),
        ("ecs:UntagResource", "arn:aws:ecs:us-east-1:111122223333:service/prod/web", &cluster, "undetermined"),
        ("ecs:ListTagsForResource", "arn:aws:ecs:us-east-1:111122223333:task/prod/0123", &cluster, "undetermined"),
        ("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc", &instance, "allowed"),
        ("ec2:DeleteTags", "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc", &instance, "undetermined"),
        (
            "ec2:CreateVolume",
            "arn:aws:ec2:us-east-1::snapshot/snap-0abc",
            &is("ec2:SnapshotID", "snap-0abc"),
            "undetermined",
        ),
        (
            "ec2:ModifyNetworkInterfaceAttribute",
            "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-0abc",
            &is("ec2:SubnetID", "subnet-0abc"),
            "undetermined",
        ),
        (
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            &linked,
            "allowed",
        ),
        (
            "iam:DeleteServiceLinkedRole",
            "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            &linked,
            "undetermined",
        ),
        ("kms:ListAliases", "*", &is("kms:CallerAccount", "111122223333"), "undetermined"),
        (
            "s3:GetObject",
            "arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/x",
            &is("s3:DataAccessPointAccount", "111122223333"),
            "allowed",
        ),
    ] {
        assert_eq!(simulated(action, resource, condition), decision, "{action}");
    }
}

#[test]
fn the_region_of_a_source_or_of_a_peer_is_not_the_one_that_was_called() {
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
    let region = json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}});
    let own = json!({"StringEquals": {"ec2:Region": "us-east-1"}});
    for (action, resource, condition, decision) in [
        ("rds:StopDBInstance", "arn:aws:rds:us-east-1:111122223333:db:prod", &region, "allowed"),
        ("rds:CopyDBSnapshot", "arn:aws:rds:us-east-1:111122223333:snapshot:prod", &region, "undetermined"),
        ("rds:CreateDBInstanceReadReplica", "arn:aws:rds:us-east-1:111122223333:db:prod", &region, "undetermined"),
        ("ec2:CopySnapshot", "arn:aws:ec2:us-east-1::snapshot/snap-0abc", &region, "undetermined"),
        ("ec2:CopySnapshot", "arn:aws:ec2:us-east-1::snapshot/snap-0abc", &own, "undetermined"),
        ("ec2:CopyImage", "arn:aws:ec2:us-east-1::image/ami-0abc", &own, "undetermined"),
        ("ec2:CreateVpcPeeringConnection", "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0abc", &region, "undetermined"),
        ("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc", &own, "allowed"),
    ] {
        assert_eq!(simulated(action, resource, condition), decision, "{action}");
    }
}

/// The report as JSON, of policies that were given by options.
fn report(text: &str, options: &[&str]) -> Value {
    let mut args = vec!["diagnose", "--format", "json"];
    args.extend(options);
    let out = iamdx(&args, text.as_bytes());
    let mut report: Value =
        serde_json::from_str(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", out.whole()));
    report["reports"][0].take()
}

#[test]
fn a_region_lock_that_denied_a_copy_is_found() {
    let lock = file(
        "region-lock.json",
        &json!([
            {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Sid": "RegionLock", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-east-2"]}}},
        ]),
    );
    let admin = file("region-admin.json", &json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    let text = "An error occurred (AccessDenied) when calling the CopyDBSnapshot operation: User: \
        arn:aws:iam::111122223333:user/dev is not authorized to perform: rds:CopyDBSnapshot on resource: \
        arn:aws:rds:us-east-1:111122223333:snapshot:prod with an explicit deny in a service control policy";
    let mut options = vec!["--identity-policy", admin.as_str(), "--scp", lock.as_str()];
    options.extend(NONE);
    let report = report(text, &options);
    assert_eq!(report["blockers"][0]["statement"]["sid"], "RegionLock", "{report}");
    assert_eq!(report["blockers"][0]["basis"], "deduced");
    assert_eq!(report["disagreements"], json!([]));
}

#[test]
fn a_deny_that_only_a_guess_makes_match_is_not_opened_where_aws_names_a_missing_allow() {
    // GetObject goes to S3 and S3 asks KMS, but AWS says only where nothing denies that an allow is missing
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let policy = file(
        "only-glue.json",
        &json!([
            {"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
            {"Sid": "OnlyGlue", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
             "Condition": {"StringNotEquals": {"kms:ViaService": "glue.us-east-1.amazonaws.com"}}},
        ]),
    );
    let own = file("only-queues.json", &json!([{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]));
    let text = format!(
        "An error occurred (AccessDeniedException) when calling the GetObject operation: User: \
         arn:aws:sts::111122223333:assumed-role/lake/s is not authorized to perform: kms:Decrypt on resource: {key} because no \
         identity-based policy allows the kms:Decrypt action"
    );
    let options = [
        "--identity-policy",
        &own,
        "--resource-policy",
        &policy,
        "--no-permissions-boundary",
        "--no-session-policy",
        "--no-vpc-endpoint-policy",
        "--no-rcp",
        "--no-scp",
    ];
    let report = report(&text, &options);
    let edited: Vec<&Value> = report["remedies"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|remedy| remedy["edits"].as_array().unwrap())
        .map(|edit| &edit["policy_type"])
        .collect();
    assert!(!edited.is_empty() && edited.iter().all(|it| *it == "identity-based"), "{report}");
    assert_eq!(report["disagreements"], json!([]));
    assert!(report["blockers"].as_array().unwrap().iter().all(|it| it["effect"] == "implicit-deny"), "{report}");
}

#[test]
fn what_was_guessed_is_doubted_before_the_policies_are() {
    let policy = file(
        "one-instance.json",
        &json!([{"Sid": "One", "Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",
                 "Condition": {"StringEquals": {"ec2:InstanceID": "i-0abc"}}}]),
    );
    let text = "An error occurred (UnauthorizedOperation) when calling the StartInstances operation: You are not authorized to perform this \
        operation. User: arn:aws:iam::111122223333:user/dev is not authorized to perform: ec2:StartInstances on resource: \
        arn:aws:ec2:us-east-1:111122223333:instance/i-0abc because no identity-based policy allows the ec2:StartInstances action";
    let mut options = vec!["--identity-policy", policy.as_str(), "--no-scp"];
    options.extend(NONE);
    let report = report(text, &options);
    assert_eq!(
        report["disagreements"][0],
        "AWS reported that no identity-based policy allows this, but one that was seen does, or none is needed. Most likely first: \
         ec2:InstanceID was not i-0abc, as assumed (a part of the resource's ARN): give it with --context ec2:InstanceID=VALUE (without it, \
         the policies agree with AWS); the policies have changed since; they are those of another principal, resource or account."
    );
}

#[test]
fn a_copy_into_another_region_keeps_its_source() {
    let lock = file(
        "region-lock-of-copies.json",
        &json!([
            {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Sid": "RegionLock", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}},
        ]),
    );
    let admin = file("copy-admin.json", &json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    let text = "An error occurred (AccessDenied) when calling the CopyDBSnapshot operation: User: \
        arn:aws:iam::111122223333:user/dev is not authorized to perform: rds:CopyDBSnapshot on resource: \
        arn:aws:rds:us-east-1:111122223333:snapshot:prod with an explicit deny in a service control policy";
    let mut options = vec!["--identity-policy", admin.as_str(), "--scp", lock.as_str()];
    options.extend(NONE);
    let steps = report(text, &options)["remedies"][0]["steps"].take();
    assert_eq!(steps, json!(["call in us-east-1: --region us-east-1"]));
}
