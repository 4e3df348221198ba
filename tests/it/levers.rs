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
const TRAINING: &str = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/xgb-1";
const BALANCER: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1234567890abcdef";
const ROLE: &str = "arn:aws:iam::111122223333:role/app";

/// One family: the call, the condition of the statement, and what the request had; `None` where the key was absent.
struct Row {
    action: &'static str,
    resource: &'static str,
    effect: &'static str,
    condition: Value,
    had: Option<(&'static str, &'static str)>,
    /// The condition of another statement with the same effect.
    also: Option<Value>,
    /// The first remedy.
    says: &'static str,
}

fn row(
    effect: &'static str,
    action: &'static str,
    resource: &'static str,
    condition: Value,
    had: Option<(&'static str, &'static str)>,
) -> Row {
    Row { action, resource, effect, condition, had, also: None, says: "" }
}

impl Row {
    fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

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
        if let Some(also) = &self.also {
            statements.push(json!({"Effect": self.effect, "Action": self.action, "Resource": "*", "Condition": also}));
        }
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

#[expect(clippy::too_many_lines, reason = "one row for each family of conditions")]
fn rows() -> Vec<Row> {
    vec![
        row("Deny", "s3:GetObject", OBJECT, json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), None).says("proved: aws:MultiFactorAuthPresent = true: call with the keys that this prints: aws sts get-session-token --serial-number MFA_ARN --token-code CODE; or use a profile with mfa_serial"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}),
            Some(("aws:MultiFactorAuthAge", "7200")),
        ).says("advice: aws:MultiFactorAuthAge otherwise: call with the keys that this prints: aws sts get-session-token --serial-number MFA_ARN --token-code CODE; or use a profile with mfa_serial"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
            Some(("aws:SourceIp", "198.51.100.7")),
        ).says("advice: aws:SourceIp otherwise: call from where aws:SourceIp is in `192.0.2.0/24`: from that network, or through its VPN; if you cannot, ask who runs it, or the owner of the statement"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.1.0/24"]}}),
            Some(("aws:SourceIp", "198.51.100.7")),
        ).says("advice: aws:SourceIp otherwise: aws:SourceIp is the public address of a call, and absent behind a VPC endpoint, so no call is in a private range: ask the owner of the statement, who probably means aws:VpcSourceIp"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"aws:SourceVpc": "vpc-11111111"}}),
            Some(("aws:SourceVpc", "vpc-2")),
        ).says("advice: aws:SourceVpc = vpc-11111111: call from VPC vpc-11111111, through its VPC endpoint for the service; if you cannot, ask who runs that network, or the owner of the statement"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"aws:SourceVpce": "vpce-11111111"}}),
            Some(("aws:SourceVpce", "vpce-2")),
        ).says("advice: aws:SourceVpce = vpce-11111111: call through VPC endpoint vpce-11111111, from its VPC or a network that is connected to it; the policy of the endpoint must allow the call too"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"Bool": {"aws:SecureTransport": "false"}}),
            Some(("aws:SecureTransport", "false")),
        ).says("proved: aws:SecureTransport = true: call over https"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
            Some(("s3:TlsVersion", "1.1")),
        ).says("advice: s3:TlsVersion otherwise: call over TLS so that s3:TlsVersion is at least `1.2`: use a current SDK or client"),
        row(
            "Deny",
            "ec2:DescribeInstances",
            "*",
            json!({"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}),
            Some(("aws:RequestedRegion", "us-east-1")),
        ).says("advice: aws:RequestedRegion = eu-west-1: call in eu-west-1: --region eu-west-1"),
        row(
            "Deny",
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            json!({"Null": {"aws:RequestTag/CostCenter": "true"}}),
            None,
        ).says("proved: aws:RequestTag/CostCenter = VALUE: send the tag CostCenter=VALUE with the call, by --tags (SDK: Tags) in most services"),
        row(
            "Deny",
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            json!({"StringNotEquals": {"aws:RequestTag/Stage": ["prod", "test"]}}),
            Some(("aws:RequestTag/Stage", "x")),
        ).says("proved: aws:RequestTag/Stage = prod: send the tag Stage=prod with the call, by --tags (SDK: Tags) in most services"),
        row(
            "Deny",
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["CostCenter", "Stage"]}}),
            Some(("aws:TagKeys", "owner")),
        ).says("proved: aws:TagKeys = CostCenter: send only tags that the condition names: CostCenter"),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotEquals": {"ec2:InstanceType": ["t3.micro", "t3.small"]}}),
            Some(("ec2:InstanceType", "m5.large")),
        ).says("proved: ec2:InstanceType = t3.micro: add --instance-type t3.micro (SDK: InstanceType)"),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotLike": {"ec2:InstanceType": "t3.*"}}),
            Some(("ec2:InstanceType", "m5.large")),
        ).says("advice: ec2:InstanceType otherwise: call with --instance-type (SDK: InstanceType) so that ec2:InstanceType is like `t3.*`"),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}}),
            Some(("ec2:MetadataHttpTokens", "optional")),
        ).says("proved: ec2:MetadataHttpTokens = required: add --metadata-options HttpTokens=required (SDK: MetadataOptions.HttpTokens)"),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"NumericGreaterThan": {"ec2:MetadataHttpPutResponseHopLimit": "1"}}),
            Some(("ec2:MetadataHttpPutResponseHopLimit", "3")),
        ).says("proved: ec2:MetadataHttpPutResponseHopLimit = 1: add --metadata-options HttpPutResponseHopLimit=1 (SDK: MetadataOptions.HttpPutResponseHopLimit)"),
        row(
            "Deny",
            "ec2:RunInstances",
            IMAGE,
            json!({"StringNotEquals": {"ec2:Owner": ["amazon", "444455556666"]}}),
            Some(("ec2:Owner", "123456789012")),
        ).says("advice: ec2:Owner otherwise: use an approved image: --image-id (SDK: ImageId) of one for which ec2:Owner is `amazon` or `444455556666`"),
        row(
            "Deny",
            "ec2:RunInstances",
            "arn:aws:ec2:eu-west-1:111122223333:network-interface/*",
            json!({"Bool": {"ec2:AssociatePublicIpAddress": "true"}}),
            Some(("ec2:AssociatePublicIpAddress", "true")),
        ).says("proved: ec2:AssociatePublicIpAddress = false: add --no-associate-public-ip-address (SDK: NetworkInterfaces.AssociatePublicIpAddress)"),
        row(
            "Deny",
            "ec2:RunInstances",
            VOLUME,
            json!({"Bool": {"ec2:Encrypted": "false"}}),
            Some(("ec2:Encrypted", "false")),
        ).says("proved: ec2:Encrypted = true: add --block-device-mappings DeviceName=DEVICE,Ebs={Encrypted=true} (SDK: BlockDeviceMappings.Ebs.Encrypted)"),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"Bool": {"ec2:Encrypted": "false"}}),
            Some(("ec2:Encrypted", "false")),
        ).says("proved: ec2:Encrypted = true: add --encrypted (SDK: Encrypted)"),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"StringNotEquals": {"ec2:VolumeType": "gp3"}}),
            Some(("ec2:VolumeType", "io2")),
        ).says("proved: ec2:VolumeType = gp3: add --volume-type gp3 (SDK: VolumeType)"),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"NumericGreaterThan": {"ec2:VolumeIops": "3000"}}),
            Some(("ec2:VolumeIops", "9000")),
        ).says("proved: ec2:VolumeIops = 3000: add --iops 3000 (SDK: Iops)"),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"NumericGreaterThan": {"ec2:VolumeSize": "100"}}),
            Some(("ec2:VolumeSize", "900")),
        ).says("proved: ec2:VolumeSize = 100: add --size 100 (SDK: Size)"),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
            Some(("s3:x-amz-server-side-encryption", "AES256")),
        ).says("proved: s3:x-amz-server-side-encryption = aws:kms: add --server-side-encryption aws:kms (SDK: ServerSideEncryption)"),
        row("Deny", "s3:PutObject", OBJECT, json!({"Null": {"s3:x-amz-server-side-encryption": "true"}}), None).says("proved: s3:x-amz-server-side-encryption = AES256: add --server-side-encryption AES256 (SDK: ServerSideEncryption)"),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY}}),
            Some(("s3:x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:eu-west-1:111122223333:key/2222")),
        ).says("proved: s3:x-amz-server-side-encryption-aws-kms-key-id = arn:aws:kms:eu-west-1:111122223333:key/1111: add --ssekms-key-id arn:aws:kms:eu-west-1:111122223333:key/1111 (SDK: SSEKMSKeyId)"),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
            Some(("s3:x-amz-acl", "private")),
        ).says("proved: s3:x-amz-acl = bucket-owner-full-control: add --acl bucket-owner-full-control (SDK: ACL)"),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"StringEquals": {"s3:x-amz-acl": ["public-read", "public-read-write"]}}),
            Some(("s3:x-amz-acl", "public-read")),
        ).says("advice: no s3:x-amz-acl: leave --acl out (SDK: ACL)"),
        row(
            "Deny",
            "s3:CreateBucket",
            BUCKET,
            json!({"StringNotEquals": {"s3:x-amz-object-ownership": "BucketOwnerEnforced"}}),
            Some(("s3:x-amz-object-ownership", "ObjectWriter")),
        ).says("proved: s3:x-amz-object-ownership = BucketOwnerEnforced: add --object-ownership BucketOwnerEnforced (SDK: ObjectOwnership)"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"NumericGreaterThan": {"s3:signatureAge": "600000"}}),
            Some(("s3:signatureAge", "900000")),
        ).says("advice: s3:signatureAge otherwise: sign the call again, or make the presigned URL again, and use it sooner: s3:signatureAge is at most `600000` (in milliseconds)"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}),
            Some(("s3:signatureversion", "AWS")),
        ).says("advice: s3:signatureversion = AWS4-HMAC-SHA256: sign with Signature Version 4, as current SDKs and the AWS CLI do"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotEquals": {"s3:authType": "REST-HEADER"}}),
            Some(("s3:authType", "REST-QUERY-STRING")),
        ).says("advice: s3:authType = REST-HEADER: send the signature in the Authorization header, not in a presigned URL or a form"),
        row(
            "Allow",
            "s3:ListBucket",
            BUCKET,
            json!({"StringLike": {"s3:prefix": "home/alice/*"}}),
            Some(("s3:prefix", "home/")),
        ).says("advice: s3:prefix otherwise: call with --prefix (SDK: Prefix) so that s3:prefix is like `home/alice/*`"),
        // a value is passed on as it stands in the policy, whatever a shell would make of it
        row(
            "Allow",
            "s3:ListBucket",
            BUCKET,
            json!({"StringLike": {"s3:prefix": ["", "home/${aws:username}/*"]}}),
            None,
        ).says("proved: s3:prefix = : add --prefix '' (SDK: Prefix)"),
        row(
            "Allow",
            "s3:ListBucket",
            BUCKET,
            json!({"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}}),
            None,
        ).says("proved: s3:prefix = home/: add --prefix home/ (SDK: Prefix)"),
        row(
            "Allow",
            "s3:ListBucket",
            BUCKET,
            json!({"StringEquals": {"s3:delimiter": "; rm -r x #"}}),
            None,
        ).says("proved: s3:delimiter = ; rm -r x #: add --delimiter '; rm -r x #' (SDK: Delimiter)"),
        row(
            "Deny",
            "s3:ListBucket",
            BUCKET,
            json!({"NumericGreaterThan": {"s3:max-keys": "10"}}),
            Some(("s3:max-keys", "1000")),
        ).says("proved: s3:max-keys = 10: add --max-keys 10 (SDK: MaxKeys)"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"DateLessThan": {"aws:TokenIssueTime": "2026-11-20T10:00:00Z"}}),
            Some(("aws:TokenIssueTime", "2026-11-20T09:00:00Z")),
        ).says("- new-session: sign in again, or assume the role again: sessions from after 2026-11-20T10:00:00Z are not denied; if you do not know why it was revoked, tell the security team and read CloudTrail for the old session; about this: statement 1 of identity-based policy `guard` denies the request"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"DateLessThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}}),
            Some(("aws:CurrentTime", "2026-11-20T09:00:00Z")),
        ).says("advice: aws:CurrentTime otherwise: call when aws:CurrentTime is not before `2026-12-01T00:00:00Z`; if that is over, ask the owner of the statement for another time"),
        row(
            "Allow",
            "s3:GetObject",
            OBJECT,
            json!({"DateGreaterThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2026-12-02T00:00:00Z"}}),
            Some(("aws:CurrentTime", "2026-11-20T09:00:00Z")),
        ).says("advice: aws:CurrentTime otherwise: call when aws:CurrentTime is after `2026-12-01T00:00:00Z`; if that is over, ask the owner of the statement for another time"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotLike": {"aws:UserAgent": "*S3Console*"}}),
            Some(("aws:UserAgent", "aws-cli/2")),
        ).says("- ask-owner-of-statement: aws:UserAgent: the caller writes this key and can write anything, so the condition keeps nobody out: do not make up a value for it; ask the owner of the statement for a condition on the principal, the network or MFA"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"StringNotLike": {"aws:Referer": "https://www.example.com/*"}}),
            Some(("aws:Referer", "https://example.org/")),
        ).says("- ask-owner-of-statement: aws:Referer: the caller writes this key and can write anything, so the condition keeps nobody out: do not make up a value for it; ask the owner of the statement for a condition on the principal, the network or MFA"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"Bool": {"aws:ViaAWSService": "false"}}),
            Some(("aws:ViaAWSService", "false")),
        ).says("advice: aws:ViaAWSService = true: have an AWS service make the call with your credentials, as AWS CloudFormation or Amazon Athena does; do not call directly"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"ForAllValues:StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
            None,
        ).says("advice: aws:CalledVia = athena.amazonaws.com: make the call through athena.amazonaws.com, not directly"),
        row(
            "Deny",
            "s3:DeleteObject",
            OBJECT,
            json!({"Bool": {"aws:ViaAWSMCPService": "true"}}),
            Some(("aws:ViaAWSMCPService", "true")),
        ).says("advice: aws:ViaAWSMCPService = false: make the call yourself with the AWS CLI, an SDK or the console, not through an MCP server of AWS: an agent must not go around this by another way"),
        row("Deny", "s3:GetObject", OBJECT, json!({"Null": {"aws:SourceIdentity": "true"}}), None).says("advice: aws:SourceIdentity present: make the session again with your own name: --source-identity (SDK: SourceIdentity); it stays for the whole session"),
        row("Deny", "sts:AssumeRole", ROLE, json!({"StringNotEquals": {"sts:ExternalId": "a-1"}}), None).says("advice: sts:ExternalId = a-1: add --external-id a-1 (SDK: ExternalId)"),
        row(
            "Deny",
            "sts:AssumeRole",
            ROLE,
            json!({"StringNotLike": {"sts:RoleSessionName": "${aws:username}"}}),
            Some(("sts:RoleSessionName", "x")),
        ).says("advice: sts:RoleSessionName otherwise: make the session again with your own name: --role-session-name (SDK: RoleSessionName); sts:RoleSessionName is like `${aws:username}`"),
        row("Deny", "sts:AssumeRole", ROLE, json!({"StringNotLike": {"sts:SourceIdentity": "${aws:username}"}}), None).says("advice: sts:SourceIdentity otherwise: make the session again with your own name: --source-identity (SDK: SourceIdentity); sts:SourceIdentity is like `${aws:username}`"),
        row(
            "Deny",
            "sts:GetWebIdentityToken",
            "*",
            json!({"NumericGreaterThan": {"sts:DurationSeconds": "3600"}}),
            Some(("sts:DurationSeconds", "43200")),
        ).says("proved: sts:DurationSeconds = 3600: add --duration-seconds 3600 (SDK: DurationSeconds)"),
        row(
            "Allow",
            "iam:PassRole",
            ROLE,
            json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
            Some(("iam:PassedToService", "ec2.amazonaws.com")),
        ).says("advice: iam:PassedToService = lambda.amazonaws.com: pass the role to lambda.amazonaws.com: the call that passes it has to be one of that service"),
        row(
            "Deny",
            "iam:CreateRole",
            ROLE,
            json!({"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/edge"}}),
            None,
        ).says("proved: iam:PermissionsBoundary = arn:aws:iam::111122223333:policy/edge: add --permissions-boundary arn:aws:iam::111122223333:policy/edge (SDK: PermissionsBoundary)"),
        row(
            "Allow",
            "iam:AttachRolePolicy",
            ROLE,
            json!({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}),
            Some(("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")),
        ).says("proved: iam:PolicyARN = arn:aws:iam::aws:policy/ReadOnlyAccess: add --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess (SDK: PolicyArn)"),
        row(
            "Allow",
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::111122223333:role/aws-service-role/*",
            json!({"StringEquals": {"iam:AWSServiceName": "rds.amazonaws.com"}}),
            Some(("iam:AWSServiceName", "ecs.amazonaws.com")),
        ).says("proved: iam:AWSServiceName = rds.amazonaws.com: add --aws-service-name rds.amazonaws.com (SDK: AWSServiceName)"),
        row(
            "Deny",
            "kms:Decrypt",
            KEY,
            json!({"StringNotEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
            None,
        ).says("advice: kms:ViaService = s3.eu-west-1.amazonaws.com: make the call through s3.eu-west-1.amazonaws.com, not directly"),
        row("Deny", "kms:Decrypt", KEY, json!({"Null": {"kms:EncryptionContext:app": "true"}}), None).says("advice: kms:EncryptionContext:app present: add --encryption-context app=VALUE (SDK: EncryptionContext); to decrypt, it has to be the one with which the data was encrypted"),
        row("Deny", "kms:Decrypt", KEY, json!({"StringNotEquals": {"kms:EncryptionContext:app": "orders"}}), None).says("advice: kms:EncryptionContext:app = orders: add --encryption-context app=orders (SDK: EncryptionContext); to decrypt, it has to be the one with which the data was encrypted"),
        row("Deny", "sagemaker:CreateTrainingJob", TRAINING, json!({"Null": {"sagemaker:VpcSubnets": "true"}}), None).says("advice: sagemaker:VpcSubnets present: call with a value for sagemaker:VpcSubnets; it is a key of this service, so a parameter of the call likely sets it"),
        row("Deny", "elasticloadbalancing:CreateLoadBalancer", BALANCER, json!({"StringNotEquals": {"elasticloadbalancing:Scheme": "internal"}}), Some(("elasticloadbalancing:Scheme", "internet-facing"))).says("advice: elasticloadbalancing:Scheme = internal: call so that elasticloadbalancing:Scheme = internal; it is a key of this service, so a parameter of the call likely sets it"),
        row(
            "Deny",
            "kms:CreateKey",
            "*",
            json!({"StringNotEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}),
            Some(("kms:KeySpec", "RSA_2048")),
        ).says("proved: kms:KeySpec = SYMMETRIC_DEFAULT: add --key-spec SYMMETRIC_DEFAULT (SDK: KeySpec)"),
        row(
            "Deny",
            "kms:CreateKey",
            "*",
            json!({"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}}),
            Some(("kms:BypassPolicyLockoutSafetyCheck", "true")),
        ).says("proved: kms:BypassPolicyLockoutSafetyCheck = false: add --no-bypass-policy-lockout-safety-check (SDK: BypassPolicyLockoutSafetyCheck)"),
        row(
            "Deny",
            "kms:CreateKey",
            "*",
            json!({"Bool": {"kms:MultiRegion": "true"}}),
            Some(("kms:MultiRegion", "true")),
        ).says("proved: kms:MultiRegion = false: add --no-multi-region (SDK: MultiRegion)"),
        row(
            "Deny",
            "kms:ScheduleKeyDeletion",
            KEY,
            json!({"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}}),
            Some(("kms:ScheduleKeyDeletionPendingWindowInDays", "7")),
        ).says("advice: kms:ScheduleKeyDeletionPendingWindowInDays = 30: add --pending-window-in-days 30 (SDK: PendingWindowInDays)"),
        row(
            "Deny",
            "kms:CreateGrant",
            KEY,
            json!({"Bool": {"kms:GrantIsForAWSResource": "false"}}),
            Some(("kms:GrantIsForAWSResource", "false")),
        ).says("- edit-policies: "),
        row("Deny", "bedrock:InvokeModel", MODEL, json!({"Null": {"bedrock:InferenceProfileArn": "true"}}), None).says("advice: bedrock:InferenceProfileArn present: call the model through an inference profile: --model-id with the id of a profile instead of the model (SDK: modelId); aws bedrock list-inference-profiles lists them"),
        row(
            "Deny",
            "bedrock:InvokeModel",
            MODEL,
            json!({"StringNotEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:eu-west-1:111122223333:guardrail/g1"}}),
            None,
        ).says("proved: bedrock:GuardrailIdentifier = arn:aws:bedrock:eu-west-1:111122223333:guardrail/g1: add --guardrail-identifier arn:aws:bedrock:eu-west-1:111122223333:guardrail/g1 --guardrail-version VERSION (SDK: guardrailIdentifier)"),
        row(
            "Deny",
            "bedrock:CallWithBearerToken",
            "*",
            json!({"StringEquals": {"bedrock:bearerTokenType": "LONG_TERM"}}),
            Some(("bedrock:bearerTokenType", "LONG_TERM")),
        ).says("advice: bedrock:bearerTokenType = SHORT_TERM: use a short-term key of Bedrock instead of a long-term one, or sign the call with AWS credentials"),
        row(
            "Deny",
            "iam:CreateServiceSpecificCredential",
            USER,
            json!({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"}}),
            Some(("iam:ServiceSpecificCredentialServiceName", "bedrock.amazonaws.com")),
        ).says("advice: iam:ServiceSpecificCredentialServiceName otherwise: call with --service-name (SDK: ServiceName) so that iam:ServiceSpecificCredentialServiceName is not `bedrock.amazonaws.com`"),
        row("Deny", "lambda:CreateFunction", FUNCTION, json!({"Null": {"lambda:VpcIds": "true"}}), None).says("proved: lambda:VpcIds = VALUE: add --vpc-config SubnetIds=SUBNETS,SecurityGroupIds=GROUPS (SDK: VpcConfig), in a VPC"),
        row(
            "Deny",
            "lambda:CreateFunction",
            FUNCTION,
            json!({"ForAllValues:StringNotEquals": {"lambda:VpcIds": "vpc-11111111"}}),
            None,
        ).says("proved: lambda:VpcIds = vpc-11111111: add --vpc-config SubnetIds=SUBNETS,SecurityGroupIds=GROUPS (SDK: VpcConfig), in vpc-11111111"),
        row(
            "Deny",
            "lambda:CreateFunctionUrlConfig",
            FUNCTION,
            json!({"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
            Some(("lambda:FunctionUrlAuthType", "NONE")),
        ).says("proved: lambda:FunctionUrlAuthType = AWS_IAM: add --auth-type AWS_IAM (SDK: AuthType)"),
        row(
            "Deny",
            "ram:CreateResourceShare",
            SHARE,
            json!({"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}}),
            Some(("ram:RequestedAllowsExternalPrincipals", "true")),
        ).says("proved: ram:RequestedAllowsExternalPrincipals = false: add --no-allow-external-principals (SDK: allowExternalPrincipals)"),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"Bool": {"rds:StorageEncrypted": "false"}}),
            Some(("rds:StorageEncrypted", "false")),
        ).says("proved: rds:StorageEncrypted = true: add --storage-encrypted (SDK: StorageEncrypted)"),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"StringNotEquals": {"rds:DatabaseClass": "db.t3.micro"}}),
            Some(("rds:DatabaseClass", "db.r5.large")),
        ).says("proved: rds:DatabaseClass = db.t3.micro: add --db-instance-class db.t3.micro (SDK: DBInstanceClass)"),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"Bool": {"rds:MultiAz": "false"}}),
            Some(("rds:MultiAz", "false")),
        ).says("proved: rds:MultiAz = true: add --multi-az (SDK: MultiAZ)"),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"Bool": {"rds:PubliclyAccessible": "true"}}),
            Some(("rds:PubliclyAccessible", "true")),
        ).says("proved: rds:PubliclyAccessible = false: add --no-publicly-accessible (SDK: PubliclyAccessible)"),
        row(
            "Deny",
            "rds:CreateDBInstance",
            DATABASE,
            json!({"StringNotEquals": {"rds:DatabaseEngine": "postgres"}}),
            Some(("rds:DatabaseEngine", "mysql")),
        ).says("proved: rds:DatabaseEngine = postgres: add --engine postgres (SDK: Engine)"),
        row(
            "Deny",
            "glue:CreateJob",
            "arn:aws:glue:eu-west-1:111122223333:job/j",
            json!({"Null": {"glue:SubnetIds": "true"}}),
            None,
        ).says("proved: glue:SubnetIds = VALUE: add --connections Connections=NAME (SDK: Connections), in a VPC"),
        row(
            "Deny",
            "elasticache:CreateReplicationGroup",
            "arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:g",
            json!({"Bool": {"elasticache:TransitEncryptionEnabled": "false"}}),
            Some(("elasticache:TransitEncryptionEnabled", "false")),
        ).says("proved: elasticache:TransitEncryptionEnabled = true: add --transit-encryption-enabled (SDK: TransitEncryptionEnabled)"),
        row(
            "Deny",
            "elasticfilesystem:CreateFileSystem",
            "*",
            json!({"Bool": {"elasticfilesystem:Encrypted": "false"}}),
            Some(("elasticfilesystem:Encrypted", "false")),
        ).says("proved: elasticfilesystem:Encrypted = true: add --encrypted (SDK: Encrypted)"),
        row(
            "Deny",
            "sns:Subscribe",
            "arn:aws:sns:eu-west-1:111122223333:t",
            json!({"StringNotEquals": {"sns:Protocol": "https"}}),
            Some(("sns:Protocol", "http")),
        ).says("proved: sns:Protocol = https: add --protocol https (SDK: Protocol)"),
        row(
            "Deny",
            "secretsmanager:PutResourcePolicy",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef",
            json!({"Bool": {"secretsmanager:BlockPublicPolicy": "false"}}),
            Some(("secretsmanager:BlockPublicPolicy", "false")),
        ).says("proved: secretsmanager:BlockPublicPolicy = true: add --block-public-policy (SDK: BlockPublicPolicy)"),
        row(
            "Deny",
            "sts:TagSession",
            ROLE,
            json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["owner"]}}),
            Some(("aws:TagKeys", "owner")),
        ).says("advice: aws:TagKeys without owner: send none of these tags with the call: owner"),
        row(
            "Deny",
            "sts:TagSession",
            ROLE,
            json!({"Null": {"aws:RequestTag/dp:exclude": "false"}}),
            Some(("aws:RequestTag/dp:exclude", "true")),
        ).says("advice: no aws:RequestTag/dp:exclude: do not send the tag dp:exclude with the call"),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringNotEquals": {"aws:RequestTag/Stage": "prod"}}),
            Some(("aws:RequestTag/Stage", "x")),
        ).says("proved: aws:RequestTag/Stage = prod: send the tag Stage=prod: --tag-specifications ResourceType=TYPE,Tags=[{Key=Stage,Value=prod}] (SDK: TagSpecifications)"),
        row(
            "Deny",
            "ec2:CreateVolume",
            VOLUME,
            json!({"StringEquals": {"ec2:VolumeType": "io2"}}),
            Some(("ec2:VolumeType", "io2")),
        ).says("advice: ec2:VolumeType otherwise: call with --volume-type (SDK: VolumeType) so that ec2:VolumeType is not `io2`"),
        row(
            "Deny",
            "s3:PutObject",
            OBJECT,
            json!({"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}),
            Some(("aws:CalledVia", "cloudformation.amazonaws.com")),
        ).says("advice: no aws:CalledVia: make the call directly, not through an AWS service"),
        row(
            "Deny",
            "s3:GetObject",
            OBJECT,
            json!({"Bool": {"aws:ViaAWSService": "true"}}),
            Some(("aws:ViaAWSService", "true")),
        ).says("advice: aws:ViaAWSService = false: make the call directly, not through an AWS service"),
        row(
            "Deny",
            "ec2:DescribeInstances",
            "*",
            json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}),
            Some(("aws:RequestedRegion", "us-east-1")),
        ).says("advice: aws:RequestedRegion otherwise: call in a Region for which aws:RequestedRegion is not `us-east-1`"),
    ]
}

/// The arguments are those of the models from which the SDKs and the AWS CLI are made. What is said does not depend on whether the value
/// was told; what only AWS, or nobody, can change is asked about.
#[test]
fn a_key_of_the_caller_is_changed_first() {
    for row in rows() {
        for told in [true, false] {
            assert_eq!(row.said(told), row.says, "{} {} told: {told}", row.action, row.condition);
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html>
#[test]
fn a_service_with_one_region_is_not_called_in_another() {
    let lock = |action| {
        let told = Some(("aws:RequestedRegion", "us-east-1"));
        row("Deny", action, "*", json!({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}), told).said(true)
    };
    let offered = "advice: aws:RequestedRegion = eu-west-1: call in eu-west-1: --region eu-west-1";
    assert_eq!(lock("ec2:DescribeInstances"), offered);
    for action in
        ["iam:ListUsers", "route53:ListHostedZones", "organizations:DescribeOrganization", "support:DescribeCases"]
    {
        assert!(!lock(action).contains("eu-west-1"), "{action}: {}", lock(action));
    }
}

/// A tag that one statement forbids and another one asks for gets another value.
#[test]
fn what_another_deny_asks_for_is_not_left_out() {
    let mut row = row(
        "Deny",
        "sqs:CreateQueue",
        "arn:aws:sqs:eu-west-1:111122223333:q",
        json!({"StringEquals": {"aws:RequestTag/Stage": "prod"}}),
        None,
    );
    assert_eq!(row.said(false), "advice: no aws:RequestTag/Stage: do not send the tag Stage with the call");
    row.also = Some(json!({"Null": {"aws:RequestTag/Stage": "true"}}));
    assert_eq!(
        row.said(false),
        "advice: aws:RequestTag/Stage otherwise: call so that aws:RequestTag/Stage is not `prod`"
    );
}

/// What protects is not left out, a condition that was turned around is not followed, and what a thing is does not change with the call.
#[test]
fn nobody_is_told_to_protect_less_or_to_make_a_value_up() {
    let database = |condition| row("Deny", "rds:CreateDBInstance", DATABASE, condition, None);
    let put = |condition| row("Deny", "s3:PutObject", OBJECT, condition, None);
    let rows = [
        database(json!({"Bool": {"rds:StorageEncrypted": "true"}})),
        database(json!({"Bool": {"rds:PubliclyAccessible": "false"}})),
        put(json!({"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}})),
        put(json!({"Null": {"s3:x-amz-server-side-encryption": "false"}})),
        put(json!({"StringEquals": {"s3:object-lock-mode": "COMPLIANCE"}})),
        row(
            "Deny",
            "ec2:RunInstances",
            INSTANCE,
            json!({"StringEquals": {"ec2:MetadataHttpTokens": "required"}}),
            None,
        ),
        row("Deny", "iam:CreateRole", ROLE, json!({"Null": {"iam:PermissionsBoundary": "false"}}), None),
        row(
            "Deny",
            "bedrock:CallWithBearerToken",
            "*",
            json!({"StringEquals": {"bedrock:bearerTokenType": "SHORT_TERM"}}),
            None,
        ),
        row("Deny", "s3:GetObject", OBJECT, json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), None),
        row(
            "Allow",
            "s3:GetObject",
            OBJECT,
            json!({"StringEquals": {"aws:MultiFactorAuthPresent": "false"}}),
            Some(("aws:MultiFactorAuthPresent", "true")),
        ),
        row("Deny", "s3:GetObject", OBJECT, json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), None),
        row("Deny", "s3:GetObject", OBJECT, json!({"StringNotEquals": {"aws:UserAgent": "console"}}), None),
        row(
            "Allow",
            "s3:GetObject",
            OBJECT,
            json!({"StringEquals": {"aws:Referer": "https://www.example.com/"}}),
            None,
        ),
        row(
            "Deny",
            "ec2:TerminateInstances",
            INSTANCE,
            json!({"StringEquals": {"ec2:InstanceType": "m5.large"}}),
            None,
        ),
        row("Deny", "kms:Decrypt", KEY, json!({"StringNotEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}), None),
    ];
    for row in rows {
        let said = row.said(false);
        assert!(said.starts_with("- ") || said == "nothing", "{} {}: {said}", row.action, row.condition);
    }
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
