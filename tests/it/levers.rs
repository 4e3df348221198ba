//! Keys that the caller controls: the first remedy changes the request, whether the value was told or follows from AWS's words.

use iamdx::iam::Hints;
use iamdx::remedy::{NewValue, Remedy, Title};
use iamdx::report::words;
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{Options, denial, diagnose};
use serde_json::{Value, json};

const USER: &str = "arn:aws:iam::111122223333:user/alice";
const BUCKET: &str = "arn:aws:s3:::reports";
const OBJECT: &str = "arn:aws:s3:::reports/q1.csv";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1111";
const INSTANCE: &str = "arn:aws:ec2:eu-west-1:111122223333:instance/*";
const VOLUME: &str = "arn:aws:ec2:eu-west-1:111122223333:volume/*";
const IMAGE: &str = "arn:aws:ec2:eu-west-1::image/ami-1";
const DATABASE: &str = "arn:aws:rds:eu-west-1:111122223333:db:orders";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";
const MODEL: &str = "arn:aws:bedrock:eu-west-1::foundation-model/m";
const SHARE: &str = "arn:aws:ram:eu-west-1:111122223333:resource-share/*";
const ROLE: &str = "arn:aws:iam::111122223333:role/app";

/// One family: the call, the condition of the statement, and what the request had; `None` where the key was absent.
struct Row {
    action: &'static str,
    resource: &'static str,
    effect: &'static str,
    condition: Value,
    had: Option<(&'static str, &'static str)>,
}

fn row(
    effect: &'static str,
    action: &'static str,
    resource: &'static str,
    condition: Value,
    had: Option<(&'static str, &'static str)>,
) -> Row {
    Row { action, resource, effect, condition, had }
}

impl Row {
    fn first(&self, told: bool) -> Option<Remedy> {
        let reason = match self.effect {
            "Deny" => "with an explicit deny in an identity-based policy".to_owned(),
            _ => format!("because no identity-based policy allows the {} action", self.action),
        };
        let message = format!(
            "User: {USER} is not authorized to perform: {} on resource: {} {reason}",
            self.action, self.resource
        );
        let statement =
            json!({"Effect": self.effect, "Action": self.action, "Resource": "*", "Condition": self.condition});
        let mut statements = vec![statement];
        if self.effect == "Deny" {
            statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        }
        let policy =
            json!({"PolicyName": "guard", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}});
        let file = json!({"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false,
            "UserDetailList": [{"Arn": USER, "UserPolicyList": [policy]}]}]});
        let snapshot = Snapshot::read("account.json", file.to_string().into_bytes()).unwrap();
        let mut hints = Hints::default();
        if told {
            hints.context_complete = self.had.is_none();
            hints.context.extend(self.had.map(|(key, value)| (key.to_owned(), value.to_owned())));
        }
        hints.resource_account = Some("111122223333".to_owned());
        let denials = denial::parse(&Source::new("message", message));
        let report = diagnose(&denials[0], &snapshot, &Options::default().hints(hints));
        report.remedies.into_iter().next()
    }

    /// What the first remedy is, and how a person does it.
    fn said(&self, told: bool) -> String {
        let Some(remedy) = self.first(told) else { return "nothing".to_owned() };
        let proof = remedy.verification.as_ref().map_or("advice", |_| "proved");
        let steps: Vec<String> = remedy.steps.iter().map(words::remedy_step::step).collect();
        match &remedy.title {
            Title::ChangeRequest(changes) => {
                let keys: Vec<String> = changes
                    .iter()
                    .map(|change| match &change.to {
                        NewValue::Value(value) => format!("{} = {value}", change.key),
                        NewValue::Any => format!("{} present", change.key),
                        NewValue::Absent => format!("no {}", change.key),
                        NewValue::Without(names) => format!("{} without {}", change.key, names.join(", ")),
                        _ => format!("{} otherwise", change.key),
                    })
                    .collect();
                format!("{proof}: {}: {}", keys.join(", "), steps.join("; "))
            }
            title => format!("- {}: {}", title.code(), steps.join("; ")),
        }
    }
}

fn rows() -> Vec<Row> {
    vec![
        row("Deny", "s3:GetObject", OBJECT, json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), None),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}),
            Some(("aws:MultiFactorAuthAge", "7200")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
            Some(("aws:SourceIp", "198.51.100.7")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"aws:SourceVpc": "vpc-11111111"}}),
            Some(("aws:SourceVpc", "vpc-2")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"aws:SourceVpce": "vpce-11111111"}}),
            Some(("aws:SourceVpce", "vpce-2")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"Bool": {"aws:SecureTransport": "false"}}),
            Some(("aws:SecureTransport", "false")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
            Some(("s3:TlsVersion", "1.1")),
        ),
        row(
            "Deny",
            "ec2:DescribeInstances",
            "*",
            json!({"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}),
            Some(("aws:RequestedRegion", "us-east-1")),
        ),
        row(
            "Deny",
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            json!({"Null": {"aws:RequestTag/CostCenter": "true"}}),
            None,
        ),
        row(
            "Deny",
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            json!({"StringNotEquals": {"aws:RequestTag/Stage": ["prod", "test"]}}),
            Some(("aws:RequestTag/Stage", "x")),
        ),
        row(
            "Deny",
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["CostCenter", "Stage"]}}),
            Some(("aws:TagKeys", "owner")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotEquals": {"ec2:InstanceType": ["t3.micro", "t3.small"]}}),
            Some(("ec2:InstanceType", "m5.large")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotLike": {"ec2:InstanceType": "t3.*"}}),
            Some(("ec2:InstanceType", "m5.large")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}}),
            Some(("ec2:MetadataHttpTokens", "optional")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"NumericGreaterThan": {"ec2:MetadataHttpPutResponseHopLimit": "1"}}),
            Some(("ec2:MetadataHttpPutResponseHopLimit", "3")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            IMAGE,
            json!({"StringNotEquals": {"ec2:Owner": ["amazon", "444455556666"]}}),
            Some(("ec2:Owner", "123456789012")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            "arn:aws:ec2:eu-west-1:111122223333:network-interface/*",
            json!({"Bool": {"ec2:AssociatePublicIpAddress": "true"}}),
            Some(("ec2:AssociatePublicIpAddress", "true")),
        ),
        row(
            "Deny",
            "ec2:RunInstances",
            VOLUME,
            json!({"Bool": {"ec2:Encrypted": "false"}}),
            Some(("ec2:Encrypted", "false")),
        ),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"Bool": {"ec2:Encrypted": "false"}}),
            Some(("ec2:Encrypted", "false")),
        ),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"StringNotEquals": {"ec2:VolumeType": "gp3"}}),
            Some(("ec2:VolumeType", "io2")),
        ),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"NumericGreaterThan": {"ec2:VolumeIops": "3000"}}),
            Some(("ec2:VolumeIops", "9000")),
        ),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"NumericGreaterThan": {"ec2:VolumeSize": "100"}}),
            Some(("ec2:VolumeSize", "900")),
        ),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
            Some(("s3:x-amz-server-side-encryption", "AES256")),
        ),
        row("Deny", "s3:PutObject", OBJECT, json!({"Null": {"s3:x-amz-server-side-encryption": "true"}}), None),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY}}),
            Some(("s3:x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:eu-west-1:111122223333:key/2222")),
        ),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
            Some(("s3:x-amz-acl", "private")),
        ),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringEquals": {"s3:x-amz-acl": ["public-read", "public-read-write"]}}),
            Some(("s3:x-amz-acl", "public-read")),
        ),
        row(
            "Deny",
            "s3:CreateBucket",
            BUCKET,
            json!({"StringNotEquals": {"s3:x-amz-object-ownership": "BucketOwnerEnforced"}}),
            Some(("s3:x-amz-object-ownership", "ObjectWriter")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NumericGreaterThan": {"s3:signatureAge": "600000"}}),
            Some(("s3:signatureAge", "900000")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}),
            Some(("s3:signatureversion", "AWS")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:authType": "REST-HEADER"}}),
            Some(("s3:authType", "REST-QUERY-STRING")),
        ),
        row(
            "Allow",
            "s3:ListBucket",
            BUCKET,
            json!({"StringLike": {"s3:prefix": "home/alice/*"}}),
            Some(("s3:prefix", "home/")),
        ),
        row(
            "Deny",
            "s3:ListBucket",
            BUCKET,
            json!({"NumericGreaterThan": {"s3:max-keys": "10"}}),
            Some(("s3:max-keys", "1000")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"DateLessThan": {"aws:TokenIssueTime": "2026-11-20T10:00:00Z"}}),
            Some(("aws:TokenIssueTime", "2026-11-20T09:00:00Z")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"DateLessThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}}),
            Some(("aws:CurrentTime", "2026-11-20T09:00:00Z")),
        ),
        row(
            "Allow",
            "s3:GetObject",
            OBJECT,
            json!({"DateGreaterThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2026-12-02T00:00:00Z"}}),
            Some(("aws:CurrentTime", "2026-11-20T09:00:00Z")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotLike": {"aws:UserAgent": "*S3Console*"}}),
            Some(("aws:UserAgent", "aws-cli/2")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotLike": {"aws:Referer": "https://www.example.com/*"}}),
            Some(("aws:Referer", "https://example.org/")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"Bool": {"aws:ViaAWSService": "false"}}),
            Some(("aws:ViaAWSService", "false")),
        ),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"ForAllValues:StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
            None,
        ),
        row(
            "Deny",
            "s3:DeleteObject",
            OBJECT,
            json!({"Bool": {"aws:ViaAWSMCPService": "true"}}),
            Some(("aws:ViaAWSMCPService", "true")),
        ),
        row("Deny", "s3:GetObject", OBJECT, json!({"Null": {"aws:SourceIdentity": "true"}}), None),
        row("Deny", "sts:AssumeRole", ROLE, json!({"StringNotEquals": {"sts:ExternalId": "a-1"}}), None),
        row(
            "Deny",
            "sts:AssumeRole",
            ROLE,
            json!({"StringNotLike": {"sts:RoleSessionName": "${aws:username}"}}),
            Some(("sts:RoleSessionName", "x")),
        ),
        row("Deny", "sts:AssumeRole", ROLE, json!({"StringNotLike": {"sts:SourceIdentity": "${aws:username}"}}), None),
        row(
            "Deny",
            "sts:GetWebIdentityToken",
            "*",
            json!({"NumericGreaterThan": {"sts:DurationSeconds": "3600"}}),
            Some(("sts:DurationSeconds", "43200")),
        ),
        row(
            "Allow",
            "iam:PassRole",
            ROLE,
            json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
            Some(("iam:PassedToService", "ec2.amazonaws.com")),
        ),
        row(
            "Deny",
            "iam:CreateRole",
            ROLE,
            json!({"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/edge"}}),
            None,
        ),
        row(
            "Allow",
            "iam:AttachRolePolicy",
            ROLE,
            json!({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}),
            Some(("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")),
        ),
        row(
            "Allow",
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS",
            json!({"StringEquals": {"iam:AWSServiceName": "rds.amazonaws.com"}}),
            Some(("iam:AWSServiceName", "ecs.amazonaws.com")),
        ),
        row(
            "Deny",
            "kms:Decrypt",
            KEY,
            json!({"StringNotEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
            None,
        ),
        row("Deny", "kms:Decrypt", KEY, json!({"Null": {"kms:EncryptionContext:app": "true"}}), None),
        row(
            "Deny",
            "kms:CreateKey",
            "*",
            json!({"StringNotEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}),
            Some(("kms:KeySpec", "RSA_2048")),
        ),
        row(
            "Deny",
            "kms:CreateKey",
            "*",
            json!({"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}}),
            Some(("kms:BypassPolicyLockoutSafetyCheck", "true")),
        ),
        row(
            "Deny",
            "kms:CreateKey",
            "*",
            json!({"Bool": {"kms:MultiRegion": "true"}}),
            Some(("kms:MultiRegion", "true")),
        ),
        row(
            "Deny",
            "kms:ScheduleKeyDeletion",
            KEY,
            json!({"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}}),
            Some(("kms:ScheduleKeyDeletionPendingWindowInDays", "7")),
        ),
        row(
            "Deny",
            "kms:CreateGrant",
            KEY,
            json!({"Bool": {"kms:GrantIsForAWSResource": "false"}}),
            Some(("kms:GrantIsForAWSResource", "false")),
        ),
        row("Deny", "bedrock:InvokeModel", MODEL, json!({"Null": {"bedrock:InferenceProfileArn": "true"}}), None),
        row(
            "Deny",
            "bedrock:InvokeModel",
            MODEL,
            json!({"StringNotEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:eu-west-1:111122223333:guardrail/g1"}}),
            None,
        ),
        row(
            "Deny",
            "bedrock:CallWithBearerToken",
            "*",
            json!({"StringEquals": {"bedrock:bearerTokenType": "LONG_TERM"}}),
            Some(("bedrock:bearerTokenType", "LONG_TERM")),
        ),
        row(
            "Deny",
            "iam:CreateServiceSpecificCredential",
            USER,
            json!({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"}}),
            Some(("iam:ServiceSpecificCredentialServiceName", "bedrock.amazonaws.com")),
        ),
        row("Deny", "lambda:CreateFunction", FUNCTION, json!({"Null": {"lambda:VpcIds": "true"}}), None),
        row(
            "Deny",
            "lambda:CreateFunction",
            FUNCTION,
            json!({"ForAllValues:StringNotEquals": {"lambda:VpcIds": "vpc-11111111"}}),
            None,
        ),
        row(
            "Deny",
            "lambda:CreateFunctionUrlConfig",
            FUNCTION,
            json!({"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
            Some(("lambda:FunctionUrlAuthType", "NONE")),
        ),
        row(
            "Deny",
            "ram:CreateResourceShare",
            SHARE,
            json!({"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}}),
            Some(("ram:RequestedAllowsExternalPrincipals", "true")),
        ),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"Bool": {"rds:StorageEncrypted": "false"}}),
            Some(("rds:StorageEncrypted", "false")),
        ),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"StringNotEquals": {"rds:DatabaseClass": "db.t3.micro"}}),
            Some(("rds:DatabaseClass", "db.r5.large")),
        ),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"Bool": {"rds:MultiAz": "false"}}),
            Some(("rds:MultiAz", "false")),
        ),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"Bool": {"rds:PubliclyAccessible": "true"}}),
            Some(("rds:PubliclyAccessible", "true")),
        ),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"StringNotEquals": {"rds:DatabaseEngine": "postgres"}}),
            Some(("rds:DatabaseEngine", "mysql")),
        ),
        row(
            "Deny",
            "glue:CreateJob",
            "arn:aws:glue:eu-west-1:111122223333:job/j",
            json!({"Null": {"glue:SubnetIds": "true"}}),
            None,
        ),
        row(
            "Deny",
            "elasticache:CreateReplicationGroup",
            "arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:g",
            json!({"Bool": {"elasticache:TransitEncryptionEnabled": "false"}}),
            Some(("elasticache:TransitEncryptionEnabled", "false")),
        ),
        row(
            "Deny",
            "elasticfilesystem:CreateFileSystem",
            "*",
            json!({"Bool": {"elasticfilesystem:Encrypted": "false"}}),
            Some(("elasticfilesystem:Encrypted", "false")),
        ),
        row(
            "Deny",
            "sns:Subscribe",
            "arn:aws:sns:eu-west-1:111122223333:t",
            json!({"StringNotEquals": {"sns:Protocol": "https"}}),
            Some(("sns:Protocol", "http")),
        ),
        row(
            "Deny",
            "secretsmanager:PutResourcePolicy",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef",
            json!({"Bool": {"secretsmanager:BlockPublicPolicy": "false"}}),
            Some(("secretsmanager:BlockPublicPolicy", "false")),
        ),
    ]
}

#[test]
fn a_key_of_the_caller_is_changed_first() {
    let rows = rows();
    let (mut told, mut deduced) = (0, 0);
    for row in &rows {
        let (one, two) = (row.said(true), row.said(false));
        let counts = |said: &str| usize::from(!said.starts_with("- ") && said != "nothing");
        told += counts(&one);
        deduced += counts(&two);
        println!("{} {}\n   told    {one}\n   deduced {two}", row.action, row.condition);
    }
    println!("{} families; told {told}, deduced {deduced}", rows.len());
    assert!(told >= 71 && deduced >= 71, "told {told}, deduced {deduced}");
}

/// A call that has no such parameter does not get one by being told to send it.
#[test]
fn a_call_that_cannot_carry_a_key_is_not_told_to_send_it() {
    let sse = json!({"Null": {"s3:x-amz-server-side-encryption": "true"}});
    let rows = [
        row("Deny", "s3:DeleteBucket", BUCKET, json!({"Null": {"aws:RequestTag/CostCenter": "true"}}), None),
        row(
            "Deny",
            "s3:DeleteBucket",
            BUCKET,
            json!({"ForAllValues:StringNotEquals": {"aws:TagKeys": "CostCenter"}}),
            None,
        ),
        row("Deny", "s3:DeleteBucket", BUCKET, sse.clone(), None),
        row("Allow", "s3:DeleteBucket", BUCKET, json!({"StringEquals": {"aws:RequestTag/CostCenter": "1"}}), None),
        row("Deny", "sqs:PurgeQueue", "arn:aws:sqs:eu-west-1:111122223333:q", sse, None),
    ];
    for row in rows {
        for told in [true, false] {
            let said = row.said(told);
            assert!(said.starts_with("- "), "{} {}: {said}", row.action, row.condition);
        }
    }
    // where the reference does not have the action, nobody can tell
    let new = row("Deny", "s3:Frobnicate", BUCKET, json!({"Null": {"aws:RequestTag/CostCenter": "true"}}), None);
    assert_eq!(
        new.said(false),
        "advice: aws:RequestTag/CostCenter present: send the tag CostCenter=VALUE with the call, by --tags (SDK: Tags) in most services"
    );
}
