//! What AWS tells of a denial that its text does not: who asked, and that a Deny matched; and what AWS has not.

use std::time::Duration;

use crate::live::{iamdx, management, member, report, scratch};
use crate::support::Run;
use crate::support::fake_aws::{Answer, Call, FakeAws};

/// What EC2 says without naming anybody: <https://repost.aws/knowledge-center/ec2-not-auth-launch>
fn encoded() -> String {
    let blob = "Abc-123_".repeat(60);
    format!(
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this operation. \
         Encoded authorization failure message: {blob}"
    )
}

/// The message of a session of role `deploy`, decoded.
fn decoded(explicit: bool) -> String {
    // the two keys stand side by side, as AWS writes them
    let context = serde_json::json!({
        "principal": {"id": "AROAEXAMPLEDEPLOY0001:run-1", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/run-1"},
        "action": "ec2:RunInstances",
        "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/*",
        "conditions": {"items": [{"key": "ec2:InstanceType", "values": {"items": [{"value": "m7i.large"}]}}]},
    });
    format!(
        r#"{{"allowed": false, "explicitDeny": {explicit}, "matchedStatements": {{"items": []}}, "failures": {{"items": []}}, "context": {context}}}"#
    )
}

fn xml(operation: &str, result: &str) -> Answer {
    Answer::Body(format!("<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"))
}

/// AWS that decodes the message, with this policy of the role.
fn with_role(explicit: bool, policy: &'static str) -> FakeAws {
    FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
        "DecodeAuthorizationMessage" => {
            let message = decoded(explicit).replace('"', "&quot;");
            xml("DecodeAuthorizationMessage", &format!("<DecodedMessage>{message}</DecodedMessage>"))
        }
        "GetRolePolicy" => {
            let policy = policy.replace('"', "&quot;");
            let names = "<RoleName>deploy</RoleName><PolicyName>upload</PolicyName>";
            xml("GetRolePolicy", &format!("{names}<PolicyDocument>{policy}</PolicyDocument>"))
        }
        "ListAttachedRolePolicies" => {
            xml("ListAttachedRolePolicies", "<IsTruncated>false</IsTruncated><AttachedPolicies/>")
        }
        "SimulatePrincipalPolicy" | "SimulateCustomPolicy" => {
            Answer::Error(403, "AccessDenied", "not allowed".to_owned())
        }
        _ => management(call),
    })
}

/// The first screen of the message, live and again from what was saved.
fn screen(aws: &FakeAws, message: &str) -> Run {
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let live = iamdx(aws, &["diagnose", "--live", "--save", &path, "-m", message], "1");
    let again = iamdx(aws, &["diagnose", "--snapshot", &path, "-m", message], "1");
    assert_eq!(live.stdout, again.stdout, "{}", live.whole());
    live
}

#[test]
fn a_caller_that_only_the_decoded_message_names_has_its_policies_read() {
    let aws = with_role(
        true,
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}, {"Sid": "NoRun", "Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]}"#,
    );
    let run = screen(&aws, &encoded());
    assert_eq!(aws.counts().get("GetRole"), Some(&1), "{}", run.whole());
    assert_eq!(aws.counts().get("DecodeAuthorizationMessage"), Some(&1));
    let why: Vec<&str> = run.stdout.lines().take(6).collect();
    insta::assert_snapshot!(why.join("\n"), @r#"
    DENIED  ec2:RunInstances (not in the text)
      by    assumed-role/deploy/run-1                           account 111122223333
      call  RunInstances, UnauthorizedOperation

    WHY  Statement `NoRun` of identity-based policy `upload` denies the request
         (these policies show it)
    "#);
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &encoded()], "1");
    let report = report(&run);
    let blocker = &report["blockers"][0];
    assert_eq!(
        (&blocker["statement"]["sid"], &blocker["effect"], &report["decision"]),
        (&"NoRun".into(), &"explicit-deny".into(), &"explicitDeny".into()),
        "{}",
        run.whole()
    );
}

#[test]
fn where_aws_decodes_an_explicit_deny_no_allow_is_a_fix() {
    let buckets = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let all = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let mut screens = Vec::new();
    for policy in [buckets, all] {
        let aws = with_role(true, policy);
        let run = screen(&aws, &encoded());
        for word in ["put-role-policy", "\"Effect\": \"Allow\"", "FIX"] {
            assert!(!run.stdout.contains(word), "{word}: {}", run.whole());
        }
        screens.push(run.stdout);
    }
    insta::assert_snapshot!(screens.join("\n"), @r#"
    DENIED  ec2:RunInstances (not in the text)
      by    assumed-role/deploy/run-1                           account 111122223333
      call  RunInstances, UnauthorizedOperation

    WHY  AWS says an explicit deny blocks ec2:RunInstances on this instance, and not
         in which policy; no Deny that was seen matches
      -  an explicit deny of ec2:RunInstances on
         arn:aws:ec2:eu-west-1:111122223333:instance/*
      -  inferred from the operation, not said by AWS: it asks for ec2:RunInstances
      -  a decoded message tells the effect and the statement, not the type or the
         name of the policy
     also  no identity-based policy allows it

    NOT CHECKED session policies and VPC endpoint policy
    MORE        --all: the whole report; iamdx cause not-enough-evidence

    DENIED  ec2:RunInstances (not in the text)
      by    assumed-role/deploy/run-1                           account 111122223333
      call  RunInstances, UnauthorizedOperation

    WHY  AWS says an explicit deny blocks ec2:RunInstances on this instance, and not
         in which policy; no Deny that was seen matches
      -  an explicit deny of ec2:RunInstances on
         arn:aws:ec2:eu-west-1:111122223333:instance/*
      -  inferred from the operation, not said by AWS: it asks for ec2:RunInstances
      -  a decoded message tells the effect and the statement, not the type or the
         name of the policy

    NOT CHECKED session policies and VPC endpoint policy
        aws cloudtrail lookup-events \
          --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole \
          --query "Events[?contains(CloudTrailEvent, 'arn:aws:sts::111122223333:assumed-role/deploy/run-1')].CloudTrailEvent" \
          --output text >> denial.txt
        # within 90 days, in the Region of the STS endpoint, or of AssumeRoleWithWebIdentity or AssumeRoleWithSAML, then: iamdx diagnose denial.txt
        or --session-policy FILE; if none, --no-session-policy

    MORE        --all: the whole report; iamdx cause not-enough-evidence
    "#);
    // the absence of an allow is what an allow ends
    let run = screen(&with_role(false, buckets), &encoded());
    assert!(run.stdout.contains("No identity-based policy allows this"), "{}", run.whole());
    // the same message, decoded by hand
    let folder = scratch();
    let path = folder.path().join("role.json");
    let role = serde_json::json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "RoleDetailList": [{
        "RoleName": "deploy", "Arn": "arn:aws:iam::111122223333:role/ci/deploy",
        "RolePolicyList": [{"PolicyName": "upload", "PolicyDocument": serde_json::from_str::<serde_json::Value>(buckets).unwrap()}],
    }]}]});
    std::fs::write(&path, role.to_string()).unwrap();
    let aws = with_role(true, buckets);
    let run = iamdx(&aws, &["diagnose", "--snapshot", &path.to_string_lossy(), "-m", &decoded(true)], "1");
    assert!(run.stdout.contains("AWS says an explicit deny blocks ec2:RunInstances"), "{}", run.whole());
    assert!(!run.stdout.contains("\"Effect\": \"Allow\""), "{}", run.whole());
    // where another request is asked about, the message proves nothing of it
    let other =
        ["diagnose", "--live", "--resource", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1", "-m", &encoded()];
    let run = iamdx(&aws, &other, "1");
    assert!(!run.stdout.contains("explicit deny blocks"), "{}", run.whole());
}

/// AWS in which nothing of this name is.
fn without(call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetRole" | "ListRolePolicies" | "ListAttachedRolePolicies" => {
            Answer::Error(404, "NoSuchEntity", "The role with name gone cannot be found.".to_owned())
        }
        "GetUser" | "ListUserPolicies" | "ListAttachedUserPolicies" | "ListGroupsForUser" => {
            Answer::Error(404, "NoSuchEntity", "The user with name gone cannot be found.".to_owned())
        }
        "s3:GetBucketPolicy" => Answer::Error(404, "NoSuchBucket", "The specified bucket does not exist".to_owned()),
        _ => member(call),
    }
}

fn denied(who: &str) -> String {
    format!(
        "User: {who} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::example-reports/2026/q1.csv\" because no \
         identity-based policy allows the s3:GetObject action"
    )
}

/// A report without the time at which the policies were read.
fn undated(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let words = line.split(' ').map(|word| {
            if word.len() > 15 && word.starts_with("20") && word.contains('T') && word.contains('Z') {
                "TIME"
            } else {
                word
            }
        });
        lines.push(words.collect::<Vec<_>>().join(" "));
    }
    lines.join("\n")
}

#[test]
fn a_principal_that_aws_does_not_have_gets_no_policy() {
    let mut screens = Vec::new();
    for who in ["arn:aws:sts::111122223333:assumed-role/gone/run-1", "arn:aws:iam::111122223333:user/gone"] {
        let aws = FakeAws::start(Duration::ZERO, without);
        let run = screen(&aws, &denied(who));
        for word in ["put-role-policy", "put-user-policy", "get-account-authorization-details", "--live"] {
            assert!(!run.stdout.contains(word), "{word}: {}", run.whole());
        }
        screens.push(undated(&run.stdout));
    }
    insta::assert_snapshot!(screens.join("\n"), @r#"
    DENIED  s3:GetObject
      by    assumed-role/gone/run-1                             account 111122223333
      on    arn:aws:s3:::example-reports/2026/q1.csv

    WHY  AWS says no identity-based policy of role `gone` allows s3:GetObject on
         this object, and none was seen: AWS has no role `gone` in account
         111122223333 (asked TIME it was deleted
      -  not asked: this is a data event, which the event history does not hold; a
         trail that logs data events does

    NOT CHECKED identity-based policies (this decides), then boundary, resource
                policy, session policies, VPC endpoint policy, service control
                policies and resource control policies
        --identity-policy FILE

    MORE        --all: the whole report; iamdx cause not-enough-evidence
    DENIED  s3:GetObject
      by    user/gone                                           account 111122223333
      on    arn:aws:s3:::example-reports/2026/q1.csv

    WHY  AWS says no identity-based policy of user `gone` allows s3:GetObject on
         this object, and none was seen: AWS has no user `gone` in account
         111122223333 (asked TIME it was deleted
      -  not asked: this is a data event, which the event history does not hold; a
         trail that logs data events does
      -  iam:SimulatePrincipalPolicy: implicit deny for this request; the
         organization's SCPs allow it; the permissions boundary allows it; it had no
         value for aws:MultiFactorAuthPresent; asked with the context that is known

    NOT CHECKED identity-based policies (this decides), then boundary, resource
                policy, VPC endpoint policy, service control policies and resource
                control policies
        --identity-policy FILE

    MORE        --all: the whole report; iamdx cause not-enough-evidence
    "#);
}

#[test]
fn a_bucket_that_aws_does_not_have_was_not_refused() {
    let aws = FakeAws::start(Duration::ZERO, without);
    let who = "arn:aws:sts::111122223333:assumed-role/gone/run-1";
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &denied(who)], "1");
    let report = report(&run);
    let gaps = report["gaps"].as_array().unwrap();
    let gap = gaps.iter().find(|gap| gap["what"].as_str().unwrap().starts_with("policy of arn:aws:s3")).unwrap();
    insta::assert_snapshot!(gap.to_string(), @r#"{"how_to_close":null,"options":["--resource-policy FILE","--no-resource-policy"],"what":"policy of arn:aws:s3:::example-reports/2026/q1.csv","what_code":"resource-policy","why":"s3:GetBucketPolicy found no such bucket when the snapshot was taken: NoSuchBucket: The specified bucket does not exist","why_code":"refused"}"#);
}

#[test]
fn credentials_of_another_account_are_what_the_first_screen_tells() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetCallerIdentity" => xml(
            "GetCallerIdentity",
            "<Arn>arn:aws:iam::123456789012:user/analyst</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>",
        ),
        _ => management(call),
    });
    let start = "User: arn:aws:sts::111122223333:assumed-role/deploy/run-1 is not authorized to perform: ec2:StartInstances on resource: \
                 arn:aws:ec2:eu-west-1:111122223333:instance/i-1 because no identity-based policy allows the ec2:StartInstances action";
    let run = screen(&aws, start);
    assert!(!run.stdout.contains("(or --live)"), "{}", run.whole());
    insta::assert_snapshot!(run.stdout, @r#"
    DENIED  ec2:StartInstances
      by    assumed-role/deploy/run-1                           account 111122223333
      on    arn:aws:ec2:eu-west-1:111122223333:instance/i-1

    WHY  AWS says no identity-based policy of role `deploy` allows
         ec2:StartInstances on this instance, and none was seen: AWS was asked with
         credentials of account 123456789012; use credentials of account
         111122223333

    FIX  Add this policy to role `deploy` (account admin; needs review)
     -  a new inline policy, if that name is free, in AllowStartInstances.json
          {
            "Version": "2012-10-17",
            "Statement": {
              "Effect": "Allow",
              "Action": "ec2:StartInstances",
              "Resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
            }
          }
          aws iam put-role-policy --role-name deploy \
            --policy-name AllowStartInstances \
            --policy-document file://AllowStartInstances.json
     -  boundary, session or endpoint may still block it; to see more, with
        credentials of account 111122223333:
          aws iam get-account-authorization-details > account.json
          iamdx diagnose denial.txt --snapshot account.json

    MORE        --all: the whole report; iamdx cause not-enough-evidence
    "#);
}

#[test]
fn after_a_live_run_nobody_is_told_to_run_it_live() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetCallerIdentity" => Answer::Case("analyst"),
        _ => Answer::Error(403, "AccessDenied", "not allowed".to_owned()),
    });
    let run = screen(&aws, &denied("arn:aws:iam::111122223333:user/alice"));
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!said.contains("--live"), "{}", run.whole());
    assert!(said.contains("to see more, with credentials that may read them:"), "{}", run.whole());
}

/// Each service has a code of its own for it, which its API reference lists.
/// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
/// - <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html>
#[test]
fn a_resource_that_aws_does_not_have_gets_no_policy() {
    let mut shown = Vec::new();
    for (operation, code, action, resource) in [
        (
            "sqs:GetQueueAttributes",
            "AWS.SimpleQueueService.NonExistentQueue",
            "sqs:SendMessage",
            "sqs:eu-west-1:111122223333:orders",
        ),
        (
            "sqs:GetQueueAttributes",
            "com.amazonaws.sqs#QueueDoesNotExist",
            "sqs:SendMessage",
            "sqs:eu-west-1:111122223333:orders",
        ),
        (
            "ecr:GetRepositoryPolicy",
            "RepositoryNotFoundException",
            "ecr:BatchGetImage",
            "ecr:eu-west-1:111122223333:repository/app",
        ),
        (
            "secretsmanager:GetResourcePolicy",
            "ResourceNotFoundException",
            "secretsmanager:GetSecretValue",
            "secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        ),
        (
            "dynamodb:GetResourcePolicy",
            "ResourceNotFoundException",
            "dynamodb:GetItem",
            "dynamodb:eu-west-1:111122223333:table/orders",
        ),
        ("GetTopicAttributes", "NotFound", "sns:Publish", "sns:eu-west-1:111122223333:alerts"),
        (
            "kms:GetKeyPolicy",
            "NotFoundException",
            "kms:Decrypt",
            "kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
        (
            "elasticfilesystem:DescribeFileSystemPolicy",
            "FileSystemNotFound",
            "elasticfilesystem:ClientMount",
            "elasticfilesystem:eu-west-1:111122223333:file-system/fs-1",
        ),
        ("s3:GetBucketPolicy", "NoSuchBucket", "s3:GetObject", "s3:::example-reports/q1.csv"),
    ] {
        for why in [
            format!("because no resource-based policy allows the {action} action"),
            "with an explicit deny in a resource-based policy".to_owned(),
        ] {
            let aws = FakeAws::start(Duration::ZERO, move |call| {
                let grants = operation == "kms:GetKeyPolicy" && call.operation == "kms:ListGrants";
                if call.operation == operation || call.operation == format!("sns:{operation}") || grants {
                    return Answer::Error(400, code, "It does not exist".to_owned());
                }
                management(call)
            });
            let text = format!(
                "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: {action} on resource: arn:aws:{resource} {why}"
            );
            let run = screen(&aws, &text);
            for word in ["put-", "set-queue", "set-topic", "Add this statement", "was refused"] {
                assert!(!run.stdout.contains(word), "{word}: {}", run.whole());
            }
            let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = said.split("seen: ").nth(1).unwrap_or_else(|| panic!("{}", run.whole())).to_owned();
            let said = said.split(" NOT CHECKED").next().unwrap().split(" near ").next().unwrap();
            let said = said.split(" - ").next().unwrap();
            shown.push(said.to_owned());
        }
    }
    shown.dedup();
    insta::assert_snapshot!(shown.join("\n"), @"
    sqs:GetQueueAttributes found no such queue when the snapshot was taken: AWS.SimpleQueueService.NonExistentQueue: It does not exist
    sqs:GetQueueAttributes found no such queue when the snapshot was taken: QueueDoesNotExist: It does not exist
    ecr:GetRepositoryPolicy found no such repository when the snapshot was taken: RepositoryNotFoundException: It does not exist
    secretsmanager:GetResourcePolicy found no such secret when the snapshot was taken: ResourceNotFoundException: It does not exist
    dynamodb:GetResourcePolicy found no such table when the snapshot was taken: ResourceNotFoundException: It does not exist
    sns:GetTopicAttributes found no such topic when the snapshot was taken: NotFound: It does not exist
    kms:GetKeyPolicy found no such key when the snapshot was taken: NotFoundException: It does not exist; kms:ListGrants found no such key when the snapshot was taken: NotFoundException: It does not exist
    efs:DescribeFileSystemPolicy found no such file system when the snapshot was taken: FileSystemNotFound: It does not exist
    s3:GetBucketPolicy found no such bucket when the snapshot was taken: NoSuchBucket: It does not exist
    ");
}

#[test]
fn too_many_calls_are_no_refusal() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "sqs:GetQueueAttributes" => Answer::Error(400, "ThrottlingException", "Rate exceeded".to_owned()),
        _ => management(call),
    });
    let text = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: sqs:SendMessage on resource: \
                arn:aws:sqs:eu-west-1:111122223333:orders because no resource-based policy allows the sqs:SendMessage action";
    insta::assert_snapshot!(screen(&aws, text).stdout, @r#"
    DENIED  sqs:SendMessage
      by    user/ops/alice                                      account 111122223333
      on    arn:aws:sqs:eu-west-1:111122223333:orders

    WHY  AWS says no resource-based policy allows sqs:SendMessage on this queue, and
         none was seen: sqs:GetQueueAttributes was throttled when the snapshot was
         taken: ThrottlingException: Rate exceeded

    FIX  Add this statement to the policy of this queue (resource owner; needs
         review)
          {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:user/ops/alice"},
            "Action": "sqs:SendMessage",
            "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders"
          }
          aws sqs get-queue-attributes --attribute-names Policy \
            --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/orders \
            --region eu-west-1 > policy.json
     -  endpoint may still block it; to see more, with credentials that may read
        them:
          iamdx diagnose denial.txt --resource-policy policy.json \
            --write-remedies fix

    MORE        --all: the whole report; iamdx cause not-enough-evidence
    "#);
}
