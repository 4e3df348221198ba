//! Where AWS is asked: in which partition and Region, and in whose account; and what a record of a session names.

use std::time::Duration;

use serde_json::{Value, json};

use crate::live::{command, iamdx, management, report, scratch};
use crate::support::fake_aws::{Answer, Call, FakeAws};

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job-7";

/// The record of a denied call, with the one of the call that made the session.
fn records(message: &str, more: &Value) -> String {
    let session = json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE:job-7", "arn": SESSION, "accountId": "111122223333",
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE"});
    let mut denied = json!({"eventVersion": "1.11", "userIdentity": session, "eventTime": "2026-12-01T04:26:24Z",
        "eventSource": "sqs.amazonaws.com", "eventName": "CreateQueue", "awsRegion": "eu-west-1", "errorCode": "AccessDenied",
        "errorMessage": message, "eventID": "aaaaaaaa-2222-4333-8444-555555555555", "eventType": "AwsApiCall"});
    denied.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let assumed = json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci",
        "accountId": "111122223333", "userName": "ci"}, "eventTime": "2026-12-01T04:21:24Z", "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole", "awsRegion": "eu-west-1",
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "job-7",
            "policyArns": [{"arn": "arn:aws:iam::111122223333:policy/sess"}]},
        "responseElements": {"credentials": {"accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
            "assumedRoleUser": {"assumedRoleId": "AROAEXAMPLE:job-7", "arn": SESSION}},
        "eventID": "bbbbbbbb-2222-4333-8444-555555555555", "eventType": "AwsApiCall"});
    json!({"Records": [assumed, denied]}).to_string()
}

fn denial(why: &str) -> String {
    format!(
        "User: {SESSION} is not authorized to perform: sqs:CreateQueue on resource: arn:aws:sqs:eu-west-1:111122223333:orders {why}"
    )
}

fn xml(name: &str, text: &str) -> Answer {
    Answer::Body(format!("<{name}Response><{name}Result>{text}</{name}Result></{name}Response>"))
}

/// AWS with the managed policy that the session was made with.
fn with_session_policy(call: &Call) -> Answer {
    let of_session = call.get("PolicyArn").ends_with("/sess");
    match call.operation.as_str() {
        "GetPolicy" if of_session => xml(
            "GetPolicy",
            "<Policy><PolicyName>sess</PolicyName><Arn>arn:aws:iam::111122223333:policy/sess</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>",
        ),
        "GetPolicyVersion" if of_session => xml(
            "GetPolicyVersion",
            "<PolicyVersion><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><Document>{&quot;Statement&quot;: \
             [{&quot;Sid&quot;: &quot;Read&quot;, &quot;Effect&quot;: &quot;Allow&quot;, &quot;Action&quot;: &quot;sqs:ReceiveMessage&quot;, \
             &quot;Resource&quot;: &quot;*&quot;}]}</Document></PolicyVersion>",
        ),
        _ => management(call),
    }
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
#[test]
fn a_managed_policy_that_was_passed_to_the_session_is_read() {
    let text = records(&denial("because no session policy allows the sqs:CreateQueue action"), &json!({}));
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let aws = FakeAws::start(Duration::ZERO, with_session_policy);
    let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "-m", &text], "1");
    insta::assert_snapshot!(run.stdout, @"
    DENIED  sqs:CreateQueue
      by    assumed-role/deploy/job-7                           account 111122223333
      on    arn:aws:sqs:eu-west-1:111122223333:orders

    WHY  No session policy allows this (AWS said so; these policies show it)
     also  no identity-based policy allows it

    FIX  2 changes by the account admin, all needed; needs review
     1  new inline policy AllowCreateQueue of
        arn:aws:iam::111122223333:role/ci/deploy: allow this request
     2  managed policy sess (v1): add sqs:CreateQueue to the Action of statement
        `Read`
            5 changed lines: --all
     -  checked: with this change these policies allow it; it grants: this request;
        the same for everyone else to whom `sess` applies, as far as their other
        policies allow it

    NOT CHECKED resource policy and VPC endpoint policy
    MORE        --all: 1 other fix; iamdx cause session-policy; --write-remedies DIR
    ");
    let again = iamdx(&aws, &["diagnose", "--snapshot", &path, "-m", &text], "1");
    assert_eq!(run.stdout, again.stdout);
    // one that may not be read is one gap
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetPolicy" if call.get("PolicyArn").ends_with("/sess") => Answer::Error(403, "AccessDenied", "no".to_owned()),
        _ => management(call),
    });
    let report = report(&iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1"));
    let gaps = report["gaps"].as_array().unwrap().iter().map(|gap| format!("{}: {}", gap["what"], gap["why"]));
    let gaps: Vec<String> = gaps.filter(|gap| gap.contains("sess")).collect();
    insta::assert_snapshot!(gaps.join("\n"), @r#""session policy `sess` of arn:aws:sts::111122223333:assumed-role/deploy/job-7": "iam:GetPolicy was refused when the snapshot was taken: AccessDenied: no; it needs iam:GetPolicy""#);
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[test]
fn an_endpoint_of_another_account_is_for_its_owner_to_read() {
    let more = json!({"vpcEndpointId": "vpce-0123456789abcdef0", "vpcEndpointAccountId": "444455556666"});
    let text = records(&denial("because no VPC endpoint policy allows the sqs:CreateQueue action"), &more);
    let aws = FakeAws::start(Duration::ZERO, with_session_policy);
    let run = iamdx(&aws, &["diagnose", "--live", "--all", "-m", &text], "1");
    assert!(!aws.calls().iter().any(|call| call.operation == "ec2:DescribeVpcEndpoints"), "{}", run.whole());
    insta::assert_snapshot!(run.stdout, @r#"
    DENIED  sqs:CreateQueue
      by    assumed-role/deploy/job-7                           account 111122223333
      on    arn:aws:sqs:eu-west-1:111122223333:orders
      call  CreateQueue, AccessDenied

    IN SHORT  AWS says no VPC endpoint policy allows sqs:CreateQueue on this queue,
              and none was seen: ec2:DescribeVpcEndpoints was not called when the
              snapshot was taken: the endpoint belongs to account 444455556666, the
              credentials to account 111122223333: its owner can read it

    FIX  Add this statement to the policy of the VPC endpoint (account admin of
         444455556666; needs review)
          {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci/deploy"},
            "Action": "sqs:CreateQueue",
            "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders"
          }
          aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-0123456789abcdef0 --query 'VpcEndpoints[0].PolicyDocument' --output text --region eu-west-1 > policy.json
          # with credentials of account 444455556666
     -  resource-based may still block it; to see more, with credentials that may
        read them:
          iamdx diagnose denial.txt --context aws:SourceVpce=vpce-0123456789abcdef0 --vpc-endpoint-policy policy.json
     -  then add it to policy.json, and replace the whole policy with that file:
          aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0123456789abcdef0 --policy-document file://policy.json --region eu-west-1
          # with credentials of account 444455556666

    AWS said  no VPC endpoint policy allows it.

    WHY  AWS does not say more; what it may have been
        near: statement `Read` of managed policy sess (v1), which matches except for
              its Action
         --> sess:1:61
        1 | ...t": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}]}
          |                           ^^^^^^^^^^^^^^^^^^^^
           = `sqs:ReceiveMessage` does not match sqs:CreateQueue

    NOT CHECKED
     -  policy of VPC endpoint vpce-0123456789abcdef0: ec2:DescribeVpcEndpoints was
        not called when the snapshot was taken: the endpoint belongs to account
        444455556666, the credentials to account 111122223333: its owner can read it
          aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-0123456789abcdef0 --region eu-west-1 > policy.json
          # with credentials of account 444455556666; then: --vpc-endpoint-policy policy.json
          or --no-vpc-endpoint-policy if there is none
     -  policy of arn:aws:sqs:eu-west-1:111122223333:orders: sqs:GetQueueAttributes
        was refused when the snapshot was taken: AccessDeniedException: User:
        arn:aws:iam::111122223333:user/analyst is not authorized to perform:
        sqs:GetQueueAttributes; it needs sqs:GetQueueAttributes
          aws sqs get-queue-attributes --attribute-names Policy --queue-url "$(aws sqs get-queue-url --queue-name orders --query QueueUrl --output text --region eu-west-1)" --region eu-west-1 > policy.json
          # then: --resource-policy policy.json
          or --no-resource-policy if there is none

    MORE  iamdx cause not-enough-evidence
    "#);
}

/// The ARN of an object names no Region, and a VPC is in one.
#[test]
fn the_endpoints_of_a_vpc_are_looked_for_in_the_region_that_is_set() {
    let aws = FakeAws::start(Duration::ZERO, |call| {
        match call.operation.as_str() {
        "ec2:DescribeVpcEndpoints" => Answer::Body(
            "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-0123456789abcdef0</vpcEndpointId>\
             <vpcEndpointType>Gateway</vpcEndpointType><serviceName>com.amazonaws.eu-west-1.s3</serviceName><policyDocument>\
             {&quot;Statement&quot;: [{&quot;Sid&quot;: &quot;Other&quot;, &quot;Effect&quot;: &quot;Allow&quot;, &quot;Principal&quot;: &quot;*&quot;, \
             &quot;Action&quot;: &quot;s3:*&quot;, &quot;Resource&quot;: &quot;arn:aws:s3:::other/*&quot;}]}</policyDocument></item></vpcEndpointSet>\
             </DescribeVpcEndpointsResponse>"
                .to_owned(),
        ),
        _ => management(call),
    }
    });
    let text = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: s3:GetObject on resource: \
                \"arn:aws:s3:::example-reports/q1.csv\" because no VPC endpoint policy allows the s3:GetObject action";
    let context = ["--context", "aws:SourceVpc=vpc-1"];
    let run = iamdx(&aws, &[&["diagnose", "--live", "--format", "json", "-m", text][..], &context].concat(), "1");
    let answer = report(&run);
    assert_eq!(answer["decision"], "implicitDeny", "{}", run.whole());
    assert_eq!(answer["blockers"][0]["policy_type"], "vpc-endpoint", "{}", run.whole());
    // without a Region the key that is missing is named
    let arguments = [&["diagnose", "--live", "--all", "-m", text][..], &context].concat();
    let output = command(&aws, &arguments, "1").env_remove("AWS_REGION").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.split_whitespace().collect::<Vec<_>>().join(" ").contains("add --context aws:RequestedRegion=REGION"),
        "{said}"
    );
}

/// <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud.html>
#[test]
fn a_partition_is_asked_in_its_own_regions() {
    for (partition, region) in [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1"), ("aws", "us-east-1")] {
        let text = format!(
            "User: arn:{partition}:sts::111122223333:assumed-role/deploy/job-7 is not authorized to perform: s3:GetObject on resource: \
             \"arn:{partition}:s3:::example-reports/q1.csv\" because no identity-based policy allows the s3:GetObject action"
        );
        let aws = FakeAws::start(Duration::ZERO, management);
        let asked = ["diagnose", "--live", "-m", &text];
        let output = command(&aws, &asked, "1").env_remove("AWS_REGION").output().unwrap();
        assert!(!String::from_utf8_lossy(&output.stderr).contains("partition"), "{output:?}");
        let calls = aws.calls();
        let iam = calls.iter().find(|call| call.operation == "GetCallerIdentity").unwrap();
        assert!(iam.head.contains(&format!("/{region}/sts/")), "{}", iam.head);
        // a Region that is set is used, and said to be of another partition
        let run = iamdx(&aws, &asked, "1");
        let note = run.stderr.lines().find(|line| line.contains("partition")).unwrap_or_default();
        let expected = if partition == "aws" {
            String::new()
        } else {
            format!(
                "iamdx: note: the denial is of partition {partition}, and Region eu-west-1 is of partition aws, which has other accounts and \
                 credentials: run again with --region {region}"
            )
        };
        assert_eq!(note, expected);
    }
}

#[test]
fn that_aws_does_not_say_who_asks_is_a_gap() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "GetCallerIdentity" => Answer::Error(403, "AccessDenied", "no".to_owned()),
        _ => management(call),
    });
    let text = denial("because no identity-based policy allows the sqs:CreateQueue action");
    let report = report(&iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1"));
    let gaps = report["gaps"].as_array().unwrap().iter();
    let gaps: Vec<String> = gaps.filter(|gap| gap["what_code"] == "credentials").map(Value::to_string).collect();
    insta::assert_snapshot!(gaps.join("\n"), @r#"{"how_to_close":null,"options":[],"what":"with whose credentials AWS was asked","what_code":"credentials","why":"sts:GetCallerIdentity was refused when the snapshot was taken: AccessDenied: no","why_code":"refused"}"#);
}
