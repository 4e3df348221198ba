//! The policies of resources, read from a server of our own: what is asked of each kind, what comes of the answer, and of every fault.

use std::time::Duration;

use crate::live::{iamdx, management, member, report, scratch};
use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};

/// A policy that denies everything to everybody.
const DENY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;

/// A kind of resource: the denied action and resource, the call that reads its policy, what tells in the call which one is meant, and
/// the answer with `POLICY` where the document stands as a text.
struct Kind {
    action: &'static str,
    resource: &'static str,
    call: &'static str,
    asked: &'static [(&'static str, &'static str)],
    answer: &'static str,
    carrier: &'static str,
}

const KINDS: [Kind; 21] = [
    Kind {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::example-reports/2026/q1.csv",
        call: "s3:GetBucketPolicy",
        asked: &[("path", "/example-reports?policy")],
        answer: "DOCUMENT",
        carrier: "arn:aws:s3:::example-reports",
    },
    Kind {
        action: "s3:GetObject",
        resource: "arn:aws:s3:us-west-2:111122223333:accesspoint/team/object/a.csv",
        call: "s3:GetAccessPointPolicy",
        asked: &[("path", "/v20180820/accesspoint/team/policy")],
        answer: "<GetAccessPointPolicyResult><Policy>XML</Policy></GetAccessPointPolicyResult>",
        carrier: "arn:aws:s3:us-west-2:111122223333:accesspoint/team",
    },
    Kind {
        action: "s3-object-lambda:GetObject",
        resource: "arn:aws:s3-object-lambda:us-west-2:111122223333:accesspoint/masked",
        call: "s3:GetAccessPointPolicyForObjectLambda",
        asked: &[("path", "/v20180820/accesspointforobjectlambda/masked/policy")],
        answer: "<GetAccessPointPolicyForObjectLambdaResult><Policy>XML</Policy></GetAccessPointPolicyForObjectLambdaResult>",
        carrier: "arn:aws:s3-object-lambda:us-west-2:111122223333:accesspoint/masked",
    },
    Kind {
        action: "s3express:CreateSession",
        resource: "arn:aws:s3express:us-west-2:111122223333:bucket/fast--usw2-az1--x-s3",
        call: "s3express:GetBucketPolicy",
        asked: &[("path", "/fast--usw2-az1--x-s3?policy")],
        answer: "DOCUMENT",
        carrier: "arn:aws:s3express:us-west-2:111122223333:bucket/fast--usw2-az1--x-s3",
    },
    Kind {
        action: "kms:Decrypt",
        resource: "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        call: "kms:GetKeyPolicy",
        asked: &[
            ("KeyId", "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("PolicyName", "default"),
        ],
        answer: r#"{"Policy": TEXT, "PolicyName": "default"}"#,
        carrier: "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    },
    Kind {
        action: "sqs:SendMessage",
        resource: "arn:aws:sqs:us-west-2:111122223333:orders",
        call: "sqs:GetQueueAttributes",
        asked: &[
            ("QueueUrl", "https://sqs.us-west-2.amazonaws.com/111122223333/orders"),
            ("AttributeNames", "[\"Policy\"]"),
        ],
        answer: r#"{"Attributes": {"Policy": TEXT}}"#,
        carrier: "arn:aws:sqs:us-west-2:111122223333:orders",
    },
    Kind {
        action: "sns:Publish",
        resource: "arn:aws:sns:us-west-2:111122223333:alarms",
        call: "sns:GetTopicAttributes",
        asked: &[("TopicArn", "arn:aws:sns:us-west-2:111122223333:alarms")],
        answer: "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>Owner</key><value>111122223333</value></entry>\
                 <entry><key>Policy</key><value>XML</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>",
        carrier: "arn:aws:sns:us-west-2:111122223333:alarms",
    },
    Kind {
        action: "lambda:InvokeFunction",
        resource: "arn:aws:lambda:us-west-2:111122223333:function:resize:live",
        call: "lambda:GetPolicy",
        asked: &[(
            "path",
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A111122223333%3Afunction%3Aresize%3Alive/policy",
        )],
        answer: r#"{"Policy": TEXT, "RevisionId": "1"}"#,
        carrier: "arn:aws:lambda:us-west-2:111122223333:function:resize:live",
    },
    Kind {
        action: "lambda:GetLayerVersion",
        resource: "arn:aws:lambda:us-west-2:111122223333:layer:tools:3",
        call: "lambda:GetLayerVersionPolicy",
        asked: &[("path", "/2018-10-31/layers/tools/versions/3/policy")],
        answer: r#"{"Policy": TEXT, "RevisionId": "1"}"#,
        carrier: "arn:aws:lambda:us-west-2:111122223333:layer:tools:3",
    },
    Kind {
        action: "secretsmanager:GetSecretValue",
        resource: "arn:aws:secretsmanager:us-west-2:111122223333:secret:team/db-AbCdEf",
        call: "secretsmanager:GetResourcePolicy",
        asked: &[("SecretId", "arn:aws:secretsmanager:us-west-2:111122223333:secret:team/db-AbCdEf")],
        answer: r#"{"ARN": "a", "Name": "team/db", "ResourcePolicy": TEXT}"#,
        carrier: "arn:aws:secretsmanager:us-west-2:111122223333:secret:team/db-AbCdEf",
    },
    Kind {
        action: "ecr:BatchGetImage",
        resource: "arn:aws:ecr:us-west-2:111122223333:repository/team/web",
        call: "ecr:GetRepositoryPolicy",
        asked: &[("registryId", "111122223333"), ("repositoryName", "team/web")],
        answer: r#"{"registryId": "111122223333", "repositoryName": "team/web", "policyText": TEXT}"#,
        carrier: "arn:aws:ecr:us-west-2:111122223333:repository/team/web",
    },
    Kind {
        action: "dynamodb:Query",
        resource: "arn:aws:dynamodb:us-west-2:111122223333:table/orders/index/by-day",
        call: "dynamodb:GetResourcePolicy",
        asked: &[("ResourceArn", "arn:aws:dynamodb:us-west-2:111122223333:table/orders")],
        answer: r#"{"Policy": TEXT, "RevisionId": "1"}"#,
        carrier: "arn:aws:dynamodb:us-west-2:111122223333:table/orders",
    },
    Kind {
        action: "kinesis:PutRecord",
        resource: "arn:aws:kinesis:us-west-2:111122223333:stream/clicks",
        call: "kinesis:GetResourcePolicy",
        asked: &[("ResourceARN", "arn:aws:kinesis:us-west-2:111122223333:stream/clicks")],
        answer: r#"{"Policy": TEXT}"#,
        carrier: "arn:aws:kinesis:us-west-2:111122223333:stream/clicks",
    },
    Kind {
        action: "events:PutEvents",
        resource: "arn:aws:events:us-west-2:111122223333:event-bus/orders",
        call: "events:DescribeEventBus",
        asked: &[("Name", "orders")],
        answer: r#"{"Arn": "a", "Name": "orders", "Policy": TEXT}"#,
        carrier: "arn:aws:events:us-west-2:111122223333:event-bus/orders",
    },
    Kind {
        action: "elasticfilesystem:ClientMount",
        resource: "arn:aws:elasticfilesystem:us-west-2:111122223333:file-system/fs-0123456789abcdef0",
        call: "elasticfilesystem:DescribeFileSystemPolicy",
        asked: &[("path", "/2015-02-01/file-systems/fs-0123456789abcdef0/policy")],
        answer: r#"{"FileSystemId": "fs-0123456789abcdef0", "Policy": TEXT}"#,
        carrier: "arn:aws:elasticfilesystem:us-west-2:111122223333:file-system/fs-0123456789abcdef0",
    },
    Kind {
        action: "es:ESHttpGet",
        resource: "arn:aws:es:us-west-2:111122223333:domain/logs/index/_search",
        call: "es:DescribeDomain",
        asked: &[("path", "/2021-01-01/opensearch/domain/logs")],
        answer: r#"{"DomainStatus": {"DomainName": "logs", "AccessPolicies": TEXT}}"#,
        carrier: "arn:aws:es:us-west-2:111122223333:domain/logs",
    },
    Kind {
        action: "execute-api:Invoke",
        resource: "arn:aws:execute-api:us-west-2:111122223333:a1b2c3d4e5/prod/GET/pets",
        call: "apigateway:GetRestApi",
        asked: &[("path", "/restapis/a1b2c3d4e5")],
        answer: r#"{"id": "a1b2c3d4e5", "apiKeySource": "HEADER", "policy": ESCAPED}"#,
        carrier: "arn:aws:execute-api:us-west-2:111122223333:a1b2c3d4e5",
    },
    Kind {
        action: "backup:StartBackupJob",
        resource: "arn:aws:backup:us-west-2:111122223333:backup-vault:weekly",
        call: "backup:GetBackupVaultAccessPolicy",
        asked: &[("path", "/backup-vaults/weekly/access-policy")],
        answer: r#"{"BackupVaultName": "weekly", "Policy": TEXT}"#,
        carrier: "arn:aws:backup:us-west-2:111122223333:backup-vault:weekly",
    },
    Kind {
        action: "glue:GetTable",
        resource: "arn:aws:glue:us-west-2:111122223333:table/sales/orders",
        call: "glue:GetResourcePolicy",
        asked: &[],
        answer: r#"{"PolicyInJson": TEXT, "PolicyHash": "h"}"#,
        carrier: "arn:aws:glue:us-west-2:111122223333:table/sales/orders",
    },
    Kind {
        action: "codeartifact:ReadFromRepository",
        resource: "arn:aws:codeartifact:us-west-2:111122223333:repository/main/crates",
        call: "codeartifact:GetRepositoryPermissionsPolicy",
        asked: &[("path", "/v1/repository/permissions/policy?domain=main&domain-owner=111122223333&repository=crates")],
        answer: r#"{"policy": {"resourceArn": "a", "revision": "1", "document": TEXT}}"#,
        carrier: "arn:aws:codeartifact:us-west-2:111122223333:repository/main/crates",
    },
    Kind {
        action: "codeartifact:ListRepositoriesInDomain",
        resource: "arn:aws:codeartifact:us-west-2:111122223333:domain/main",
        call: "codeartifact:GetDomainPermissionsPolicy",
        asked: &[("path", "/v1/domain/permissions/policy?domain=main&domain-owner=111122223333")],
        answer: r#"{"policy": {"resourceArn": "a", "revision": "1", "document": TEXT}}"#,
        carrier: "arn:aws:codeartifact:us-west-2:111122223333:domain/main",
    },
];

fn message(action: &str, resource: &str, why: &str) -> String {
    format!(
        "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: {action} on resource: {resource} {why}"
    )
}

/// The answer with the document in the form that it has there.
fn filled(answer: &str, document: &str) -> String {
    let text = serde_json::to_string(document).unwrap();
    let escaped = serde_json::to_string(&document.replace('"', "\\\"")).unwrap();
    let xml = document.replace('"', "&quot;");
    let answer = answer.replace("DOCUMENT", document).replace("ESCAPED", &escaped);
    answer.replace("TEXT", &text).replace("XML", &xml)
}

#[test]
fn the_policy_of_every_kind_of_resource_is_read_and_decides() {
    let folder = scratch();
    for kind in &KINDS {
        let path = folder.path().join("saved.json").to_string_lossy().into_owned();
        let answer = filled(kind.answer, DENY);
        let aws = FakeAws::start(Duration::ZERO, move |call| {
            if call.operation == kind.call { Answer::Body(answer.clone()) } else { member(call) }
        });
        let text = message(kind.action, kind.resource, "with an explicit deny in a resource-based policy");
        let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", &text], "1");
        let calls = aws.calls();
        let call = calls.iter().find(|call| call.operation == kind.call);
        let call = call.unwrap_or_else(|| panic!("{} was not called: {:?}", kind.call, aws.counts()));
        for (name, value) in kind.asked {
            assert_eq!(call.get(name), *value, "{}", kind.call);
        }
        // a bucket's ARN names no region
        let region = if kind.call == "s3:GetBucketPolicy" { "eu-west-1" } else { "us-west-2" };
        assert!(call.head.contains(&format!("/{region}/")), "{}: {}", kind.call, call.head);
        let report = report(&run);
        assert_eq!(
            report["blockers"][0]["why"],
            format!("statement `Closed` of resource-based policy `policy of {}` denies the request", kind.carrier),
            "{}: {}",
            kind.call,
            run.whole()
        );
        // one of each form on the wire
        if !["s3:GetBucketPolicy", "sns:GetTopicAttributes", "kms:GetKeyPolicy"].contains(&kind.call) {
            continue;
        }
        let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", &text], "1");
        assert_eq!(run.stdout, replay.stdout, "{}", kind.call);
    }
}

/// What a report does not know of policies of resources, endpoints and permission sets.
fn unseen(report: &serde_json::Value, about: &str) -> String {
    let all = report["gaps"].as_array().unwrap().iter();
    let lines = all.map(|gap| format!("{}: {}", gap["what"].as_str().unwrap(), gap["why"].as_str().unwrap()));
    lines.filter(|line| line.contains(about)).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_cannot_be_read_is_a_gap_that_says_why_and_what_would_help() {
    let of_bucket: [(&str, Answer); 9] = [
        ("denied", Answer::Fault(Fault::Denied)),
        ("throttled", Answer::Fault(Fault::Throttled)),
        ("broken", Answer::Fault(Fault::ServerError)),
        ("silent", Answer::Fault(Fault::Silence)),
        ("cut", Answer::Fault(Fault::Cut)),
        ("a page", Answer::Fault(Fault::Malformed)),
        ("no bucket", Answer::Error(404, "NoSuchBucket", "The specified bucket does not exist".to_owned())),
        (
            "elsewhere",
            Answer::Error(
                405,
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.".to_owned(),
            ),
        ),
        ("no policy", Answer::Error(404, "NoSuchBucketPolicy", "The bucket policy does not exist".to_owned())),
    ];
    let mut shown = Vec::new();
    for (name, answer) in of_bucket {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "s3:GetBucketPolicy" => answer.clone(),
            _ => member(call),
        });
        let text = message(
            "s3:GetObject",
            "arn:aws:s3:::example-reports/q1.csv",
            "with an explicit deny in a resource-based policy",
        );
        let run = iamdx(&aws, &["diagnose", "--live", "--timeout", "1", "--format", "json", "-m", &text], "1");
        let unseen = unseen(&report(&run), "policy of arn:aws:s3").replace(&aws.url, "URL");
        shown.push(format!("{name}: {unseen}"));
    }
    // nothing of another account is asked for
    let text = message(
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:444455556666:key/1",
        "because no resource-based policy allows the kms:Decrypt action",
    );
    let aws = FakeAws::start(Duration::ZERO, member);
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    assert!(!aws.counts().contains_key("kms:GetKeyPolicy"), "{:?}", aws.counts());
    shown.push(format!("foreign: {}", unseen(&report(&run), "policy of arn:aws:kms")));
    insta::assert_snapshot!(shown.join("\n"), @"
    denied: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy was refused when the snapshot was taken: AccessDenied: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: s3:GetBucketPolicy; it needs s3:GetBucketPolicy
    throttled: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy was throttled when the snapshot was taken: Throttling: Rate exceeded
    broken: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy failed at AWS when the snapshot was taken: InternalFailure: An internal error occurred
    silent: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy did not reach AWS when the snapshot was taken: cannot reach URL: no answer in time
    cut: policy of arn:aws:s3:::example-reports/q1.csv: what s3:GetBucketPolicy answered when the snapshot was taken cannot be read: the answer cannot be read: error reading a body from connection: end of file before message length reached
    a page: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy did not reach AWS when the snapshot was taken: the answer is a web page and not AWS's
    no bucket: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy found no such bucket when the snapshot was taken: NoSuchBucket: The specified bucket does not exist
    elsewhere: policy of arn:aws:s3:::example-reports/q1.csv: s3:GetBucketPolicy was refused when the snapshot was taken: the bucket belongs to another account: MethodNotAllowed: The specified method is not allowed against this resource.
    no policy: 
    foreign: policy of arn:aws:kms:eu-west-1:444455556666:key/1: kms:GetKeyPolicy was not called when the snapshot was taken: the resource belongs to account 444455556666, the credentials to account 111122223333: its owner can read it
    ");
}

#[test]
fn a_bucket_is_read_in_the_region_that_s3_names() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "s3:GetBucketPolicy" if call.head.contains("/us-west-2/s3/") => Answer::Body(DENY.to_owned()),
        "s3:GetBucketPolicy" => Answer::Elsewhere("us-west-2"),
        _ => member(call),
    });
    let text = message(
        "s3:GetObject",
        "arn:aws:s3:::example-reports/q1.csv",
        "with an explicit deny in a resource-based policy",
    );
    let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", &text], "1");
    assert_eq!(aws.counts()["s3:GetBucketPolicy"], 2);
    assert_eq!(report(&run)["blockers"][0]["policy_type"], "resource-based", "{}", run.whole());
}

#[test]
fn the_policy_of_the_endpoint_that_a_request_came_through_decides() {
    let aws = FakeAws::start(Duration::ZERO, |call| match call.operation.as_str() {
        "ec2:DescribeVpcEndpoints" => Answer::Body(format!(
            "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>{}</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType>\
             <policyDocument>{}</policyDocument></item></vpcEndpointSet></DescribeVpcEndpointsResponse>",
            call.get("VpcEndpointId.1"),
            DENY.replace('"', "&quot;")
        )),
        _ => member(call),
    });
    let text = message(
        "s3:GetObject",
        "arn:aws:s3:::example-reports/q1.csv",
        "with an explicit deny in a VPC endpoint policy",
    );
    let arguments =
        ["diagnose", "--live", "--format", "json", "--context", "aws:SourceVpce=vpce-0123456789abcdef0", "-m", &text];
    let run = iamdx(&aws, &arguments, "1");
    let report = report(&run);
    assert_eq!(
        report["blockers"][0]["why"],
        "statement `Closed` of VPC endpoint policy `policy of vpce-0123456789abcdef0` denies the request",
        "{}",
        run.whole()
    );
}

#[test]
fn of_a_vpc_all_endpoints_of_the_service_are_possible_ways() {
    let open = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}"#;
    let item = |id: &str, name: &str, policy: &str| {
        format!(
            "<item><vpcEndpointId>{id}</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><vpcId>vpc-1</vpcId>\
             <serviceName>com.amazonaws.us-west-2.{name}</serviceName><policyDocument>{}</policyDocument></item>",
            policy.replace('"', "&quot;")
        )
    };
    let cases = [
        ("one", item("vpce-1", "sqs", DENY)),
        ("two of one policy", item("vpce-1", "sqs", DENY) + &item("vpce-2", "sqs-fips", DENY)),
        ("two that differ", item("vpce-1", "sqs", DENY) + &item("vpce-2", "sqs-fips", open)),
        ("one of another name", item("vpce-1", "sqs-fips", DENY)),
        ("none", String::new()),
    ];
    let text = message(
        "sqs:SendMessage",
        "arn:aws:sqs:us-west-2:111122223333:orders",
        "with an explicit deny in a VPC endpoint policy",
    );
    let folder = scratch();
    let saved = folder.path().join("saved.json").to_string_lossy().into_owned();
    let mut shown = Vec::new();
    for (name, items) in cases {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "ec2:DescribeVpcEndpoints" => Answer::Body(format!(
                "<DescribeVpcEndpointsResponse><vpcEndpointSet>{items}</vpcEndpointSet></DescribeVpcEndpointsResponse>"
            )),
            _ => member(call),
        });
        let known = ["--format", "json", "--context", "aws:SourceVpc=vpc-1", "-m", &text];
        let run = iamdx(&aws, &[&["diagnose", "--live", "--save", &saved], &known[..]].concat(), "1");
        let calls = aws.calls();
        let asked: Vec<_> = calls.iter().filter(|call| call.operation == "ec2:DescribeVpcEndpoints").collect();
        assert_eq!(asked.len(), 1, "{name}");
        assert_eq!(
            ["Filter.1.Name", "Filter.1.Value.1", "Filter.2.Name", "Filter.2.Value.1"].map(|name| asked[0].get(name)),
            ["vpc-id", "vpc-1", "service-name", "com.amazonaws.us-west-2.sqs"]
        );
        let report = report(&run);
        let gaps = report["gaps"].as_array().unwrap().iter();
        let gaps = gaps.filter(|gap| gap["what"].as_str().unwrap().contains("endpoint"));
        let gaps: Vec<_> = gaps.map(|gap| format!("\n  {}: {}", gap["what"], gap["why"])).collect();
        let assumed = report["request"]["assumed"].as_array().unwrap().iter();
        let assumed = assumed.filter(|one| one["field"] == "aws:SourceVpce");
        let assumed: Vec<_> = assumed.map(|one| format!("\n  {}: {}", one["value"], one["why"])).collect();
        shown.push(format!("{name}: {}{}{}", report["blockers"][0]["why"], assumed.concat(), gaps.concat()));
        let replay = iamdx(&aws, &[&["diagnose", "--snapshot", &saved], &known[..]].concat(), "1");
        assert_eq!(run.stdout, replay.stdout, "{name}");
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    one: "statement `Closed` of VPC endpoint policy `policy of vpce-1` denies the request"
      "vpce-1": "the only endpoint of the service that was found in vpc-1"
    two of one policy: "statement `Closed` of VPC endpoint policy `policy of vpce-1 and vpce-2` denies the request"
    two that differ: null
      "policy of the VPC endpoint, if the request came through one": "the request came from vpc-1, which has several endpoints of the service, with different policies: vpce-1, vpce-2"
    one of another name: null
      "VPC endpoint policy of vpc-1": "what ec2:DescribeVpcEndpoints answered when the snapshot was taken cannot be read: this account has no endpoint of com.amazonaws.us-west-2.sqs there"
    none: null
      "VPC endpoint policy of vpc-1": "what ec2:DescribeVpcEndpoints answered when the snapshot was taken cannot be read: this account has no endpoint of com.amazonaws.us-west-2.sqs there"
    "#);
}

const SET: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef";
const SET_ROLE: &str = "aws-reserved/sso.amazonaws.com/us-west-2/AWSReservedSSO_Power_0123456789abcdef";

/// The role of a permission set, as IAM and IAM Identity Center tell of it.
pub(crate) fn permission_set(call: &Call) -> Answer {
    let body = |text: &str| Answer::Body(text.to_owned());
    let xml = |name: &str, text: &str| {
        Answer::Body(format!("<{name}Response><{name}Result>{text}</{name}Result></{name}Response>"))
    };
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}]}"#;
    match call.operation.as_str() {
        "GetRole" => xml(
            "GetRole",
            &format!(
                "<Role><Path>/</Path><RoleName>AWSReservedSSO_Power_0123456789abcdef</RoleName><RoleId>AROAEXAMPLE</RoleId>\
                 <Arn>arn:aws:iam::111122223333:role/{SET_ROLE}</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate></Role>"
            ),
        ),
        "ListRolePolicies" => xml(
            "ListRolePolicies",
            "<IsTruncated>false</IsTruncated><PolicyNames><member>AwsSSOInlinePolicy</member></PolicyNames>",
        ),
        "GetRolePolicy" => xml(
            "GetRolePolicy",
            &format!(
                "<RoleName>r</RoleName><PolicyName>AwsSSOInlinePolicy</PolicyName><PolicyDocument>{}</PolicyDocument>",
                policy.replace('"', "&quot;")
            ),
        ),
        "ListAttachedRolePolicies" => {
            xml("ListAttachedRolePolicies", "<IsTruncated>false</IsTruncated><AttachedPolicies/>")
        }
        "sso:ListInstances" => body(
            r#"{"Instances": [{"InstanceArn": "arn:aws:sso:::instance/ssoins-0123456789abcdef", "IdentityStoreId": "d-0123456789"}]}"#,
        ),
        "sso:ListPermissionSetsProvisionedToAccount" if call.get("NextToken").is_empty() => body(
            r#"{"PermissionSets": ["arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-00000000000000ff"], "NextToken": "more"}"#,
        ),
        "sso:ListPermissionSetsProvisionedToAccount" => Answer::Body(format!(r#"{{"PermissionSets": ["{SET}"]}}"#)),
        "sso:DescribePermissionSet" => {
            let name = if call.get("PermissionSetArn") == SET { "Power" } else { "Other" };
            Answer::Body(format!(r#"{{"PermissionSet": {{"Name": "{name}"}}}}"#))
        }
        "sso:GetInlinePolicyForPermissionSet" => Answer::Body(serde_json::json!({"InlinePolicy": policy}).to_string()),
        "sso:ListManagedPoliciesInPermissionSet" => body(
            r#"{"AttachedManagedPolicies": [{"Name": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}"#,
        ),
        "sso:ListCustomerManagedPolicyReferencesInPermissionSet" => {
            body(r#"{"CustomerManagedPolicyReferences": [{"Name": "base", "Path": "/team/"}]}"#)
        }
        "sso:GetPermissionsBoundaryForPermissionSet" => {
            Answer::Error(404, "ResourceNotFoundException", "No boundary".to_owned())
        }
        _ => member(call),
    }
}

const OF_SET: &str = "User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Power_0123456789abcdef/alice is not authorized to perform: \
                      sqs:SendMessage on resource: arn:aws:sqs:us-west-2:111122223333:orders because no identity-based policy allows the sqs:SendMessage action";

#[test]
fn a_role_of_identity_center_is_mended_in_its_permission_set() {
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let aws = FakeAws::start(Duration::ZERO, permission_set);
    let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", OF_SET], "1");
    let of_set = aws.calls().into_iter().filter(|call| call.operation.starts_with("sso:"));
    assert!(
        of_set.clone().all(|call| call.head.contains("/us-west-2/sso/")),
        "in the Region that the role's path names"
    );
    let counts: Vec<String> = aws
        .counts()
        .into_iter()
        .filter(|(name, _)| name.starts_with("sso:"))
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    insta::assert_snapshot!(counts.join("\n"), @"
    sso:DescribePermissionSet 2
    sso:GetInlinePolicyForPermissionSet 1
    sso:GetPermissionsBoundaryForPermissionSet 1
    sso:ListCustomerManagedPolicyReferencesInPermissionSet 1
    sso:ListInstances 1
    sso:ListManagedPoliciesInPermissionSet 1
    sso:ListPermissionSetsProvisionedToAccount 2
    ");
    let report = report(&run);
    let remedy = &report["remedies"][0];
    assert_eq!(remedy["edits"][0]["permission_set_arn"], SET, "{}", run.whole());
    let commands: Vec<&str> =
        remedy["commands"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    insta::assert_snapshot!(commands.join("\n"), @"
    # permission set Power: the same inline policy goes to every account that it is assigned to
    aws sso-admin put-inline-policy-to-permission-set --instance-arn arn:aws:sso:::instance/ssoins-0123456789abcdef --permission-set-arn arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef --inline-policy file://AwsSSOInlinePolicy.json
    aws sso-admin provision-permission-set --instance-arn arn:aws:sso:::instance/ssoins-0123456789abcdef --permission-set-arn arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef --target-type ALL_PROVISIONED_ACCOUNTS
    # to go back: aws sso-admin put-inline-policy-to-permission-set --instance-arn arn:aws:sso:::instance/ssoins-0123456789abcdef --permission-set-arn arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef --inline-policy file://AwsSSOInlinePolicy.before.json
    # to go back: aws sso-admin provision-permission-set --instance-arn arn:aws:sso:::instance/ssoins-0123456789abcdef --permission-set-arn arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef --target-type ALL_PROVISIONED_ACCOUNTS
    ");
    let saved: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    insta::assert_snapshot!(saved["permission_sets"][0].to_string(), @r#"{"arn":"arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef","customer_managed_policies":["/team/base"],"inline_policy":{"Statement":[{"Action":"sqs:ReceiveMessage","Effect":"Allow","Resource":"*","Sid":"Read"}],"Version":"2012-10-17"},"managed_policies":["arn:aws:iam::aws:policy/ReadOnlyAccess"],"name":"Power","role":"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/us-west-2/AWSReservedSSO_Power_0123456789abcdef"}"#);
    let replay = iamdx(&aws, &["diagnose", "--snapshot", &path, "--format", "json", "-m", OF_SET], "1");
    assert_eq!(run.stdout, replay.stdout);
}

#[test]
fn a_permission_set_that_cannot_be_read_leaves_its_arn_open() {
    let mut shown = Vec::new();
    for (name, call, answer) in [
        ("denied", "sso:ListInstances", Answer::Fault(Fault::Denied)),
        ("a member account", "sso:ListInstances", Answer::Body("{\"Instances\": []}".to_owned())),
        (
            "not found",
            "sso:ListPermissionSetsProvisionedToAccount",
            Answer::Body("{\"PermissionSets\": []}".to_owned()),
        ),
        ("malformed", "sso:DescribePermissionSet", Answer::Fault(Fault::Malformed)),
        ("throttled", "sso:GetInlinePolicyForPermissionSet", Answer::Fault(Fault::Throttled)),
        (
            "changed since",
            "sso:GetInlinePolicyForPermissionSet",
            Answer::Body(serde_json::json!({"InlinePolicy": DENY}).to_string()),
        ),
    ] {
        let aws =
            FakeAws::start(
                Duration::ZERO,
                move |made| {
                    if made.operation == call { answer.clone() } else { permission_set(made) }
                },
            );
        let run = iamdx(&aws, &["diagnose", "--live", "--format", "json", "-m", OF_SET], "1");
        let report = report(&run);
        assert_eq!(
            report["blockers"][0]["basis"],
            "evaluated",
            "{name}: the role's own policies are known: {}",
            run.whole()
        );
        shown.push(format!("{name}: {}", unseen(&report, "permission set")));
    }
    insta::assert_snapshot!(shown.join("\n"), @"
    denied: permission set `Power`, where the role's policies are edited: sso:ListInstances was refused when the snapshot was taken: AccessDeniedException: User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: sso:ListInstances; it needs sso:ListInstances
    a member account: permission set `Power`, where the role's policies are edited: sso:ListInstances was refused when the snapshot was taken: IAM Identity Center shows nothing to this account: its administrator can read the permission set
    not found: permission set `Power`, where the role's policies are edited: sso:DescribePermissionSet was refused when the snapshot was taken: no permission set of this name is provisioned to the account
    malformed: permission set `Power`, where the role's policies are edited: sso:DescribePermissionSet did not reach AWS when the snapshot was taken: the answer is a web page and not AWS's
    throttled: permission set `Power`, where the role's policies are edited: sso:GetInlinePolicyForPermissionSet was throttled when the snapshot was taken: Throttling: Rate exceeded
    changed since: permission set `Power`, where the role's policies are edited: its inline policy is another one than the role's: it was changed and not provisioned since. Start from that one, or the edit takes the change back
    ");
}

#[test]
fn a_bucket_belongs_to_the_account_that_may_read_its_policy() {
    // the caller of the denied request is of another account than the credentials, and a bucket's ARN names no owner
    let text = "User: arn:aws:iam::444455556666:user/carol is not authorized to perform: s3:GetObject on resource: \
                \"arn:aws:s3:::example-reports/q1.csv\" because no resource-based policy allows the s3:GetObject action";
    let folder = scratch();
    let path = folder.path().join("saved.json").to_string_lossy().into_owned();
    let aws = FakeAws::start(Duration::ZERO, member);
    let run = iamdx(&aws, &["diagnose", "--live", "--save", &path, "--format", "json", "-m", text], "1");
    let saved: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(
        saved["resource_policies"].to_string(),
        r#"[{"account":"111122223333","arn":"arn:aws:s3:::example-reports","document":null}]"#
    );
    let report = report(&run);
    let assumed = report["request"]["assumed"].as_array().unwrap();
    assert!(assumed.iter().all(|one| one["field"] != "resource account"), "{}", run.whole());
    let blocked: Vec<String> = report["blockers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|blocker| blocker["why"].as_str().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(blocked.join("\n"), @"no resource-based policy allows s3:GetObject on this resource");
}

#[test]
fn a_denial_is_decided_anew_by_what_is_live() {
    // the Deny is gone, and the bucket's policy allows now what the user's policies do not
    let open = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Open", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ops/alice"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-reports/*"}]}"#;
    let mut shown = Vec::new();
    for why in [
        "with an explicit deny in a resource-based policy",
        "because no identity-based policy allows the s3:GetObject action",
        "because no resource-based policy allows the s3:GetObject action",
    ] {
        let aws = FakeAws::start(Duration::ZERO, move |call| match call.operation.as_str() {
            "s3:GetBucketPolicy" => Answer::Body(open.to_owned()),
            // no SCP but the one that allows everything
            "ListPoliciesForTarget" if call.get("Filter") == "SERVICE_CONTROL_POLICY" => Answer::Case("full-access"),
            _ => management(call),
        });
        let text = message("s3:GetObject", "arn:aws:s3:::example-reports/2026/q1.csv", why);
        let context = ["--context", "aws:SourceIp=203.0.113.7"];
        let run = iamdx(&aws, &[&["diagnose", "--live", "--format", "json", "-m", &text][..], &context].concat(), "1");
        let report = report(&run);
        shown.push(format!("{why}: exit {}, {}, {}", run.code, report["decision"], report["summary"]));
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    with an explicit deny in a resource-based policy: exit 0, "allowed", "statement `Open` of `policy of arn:aws:s3:::example-reports` allows s3:GetObject now, and AWS's word is from before"
    because no identity-based policy allows the s3:GetObject action: exit 0, "allowed", "statement `Open` of `policy of arn:aws:s3:::example-reports` allows s3:GetObject now, and AWS's word is from before"
    because no resource-based policy allows the s3:GetObject action: exit 0, "allowed", "statement `Open` of `policy of arn:aws:s3:::example-reports` allows s3:GetObject now, and AWS's word is from before"
    "#);
}
