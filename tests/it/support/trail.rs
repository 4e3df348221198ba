//! Trails that nobody recorded: every kind of caller, nulls, long parameters, text that looks like structure, damage, files that repeat.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::generate::Random;

const OWN: &str = "111122223333";
pub(crate) const SCP: &str =
    "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-abcd1234";

/// Calls, as CloudTrail names them.
const CALLS: [(&str, &str); 9] = [
    ("s3", "GetObject"),
    ("ec2", "DescribeInstances"),
    ("sqs", "SendMessage"),
    ("cloudtrail", "StopLogging"),
    ("iam", "PutRolePolicy"),
    ("kms", "Decrypt"),
    ("dynamodb", "DescribeTable"),
    ("sts", "AssumeRole"),
    ("lambda", "GetFunction"),
];

/// What a trail is like.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Of a hundred calls so many are denied.
    pub(crate) denied: usize,
    /// Roles, users and objects: how many there are.
    pub(crate) names: usize,
    /// Whether some records are odd: nulls, long parameters, text that looks like structure.
    pub(crate) odd: bool,
}

/// Who can call: every kind of identity that a record can name.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
pub(crate) fn identity(random: &mut Random, number: usize) -> Value {
    let session = format!("run-{}", random.below(40));
    let key = "ASIAIOSFODNN7EXAMPLE";
    match random.below(16) {
        0 => {
            json!({"type": "IAMUser", "principalId": "AIDAIOSFODNN7EXAMPLE", "arn": format!("arn:aws:iam::{OWN}:user/team/u{number}"), "accountId": OWN, "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": format!("u{number}")})
        }
        1 => json!({"type": "Root", "principalId": OWN, "arn": format!("arn:aws:iam::{OWN}:root"), "accountId": OWN}),
        2 => json!({"type": "AWSService", "invokedBy": "config.amazonaws.com"}),
        3 => json!({"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL", "principalId": ""}),
        4 => json!({"type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDAEXAMPLE"}),
        5 => {
            json!({"type": "FederatedUser", "arn": format!("arn:aws:sts::{OWN}:federated-user/f{number}"), "accountId": OWN, "sessionContext": {"sessionIssuer": {"type": "IAMUser", "arn": format!("arn:aws:iam::{OWN}:user/u{number}")}}})
        }
        6 => {
            json!({"type": "SAMLUser", "principalId": "q1x+EXAMPLE=:größe@example.com", "userName": "größe@example.com", "identityProvider": "q1x+EXAMPLE="})
        }
        7 => {
            json!({"type": "WebIdentityUser", "principalId": "token.actions.githubusercontent.com:sts.amazonaws.com:repo:example-org/shop", "userName": "repo:example-org/shop", "identityProvider": "token.actions.githubusercontent.com"})
        }
        8 => {
            json!({"type": "IdentityCenterUser", "accountId": OWN, "onBehalfOf": {"userId": "0a1b2c3d", "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-0123456789"}, "credentialId": "0a1b2c3d"})
        }
        9 => json!({"type": "Directory", "principalId": "d-0123456789/ana", "accountId": OWN, "userName": "ana"}),
        10 => json!({"type": "Unknown", "principalId": null, "arn": null, "accountId": null}),
        11 => {
            json!({"type": "AssumedRole", "arn": format!("arn:aws:sts::{OWN}:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/{session}"), "accountId": OWN, "sessionContext": null})
        }
        _ => {
            json!({"type": "AssumedRole", "principalId": format!("AROAIOSFODNN7EXAMPLE:{session}"), "arn": format!("arn:aws:sts::{OWN}:assumed-role/role{number}/{session}"), "accountId": OWN, "accessKeyId": key,
            "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROAIOSFODNN7EXAMPLE", "arn": format!("arn:aws:iam::{OWN}:role/role{number}"), "accountId": OWN, "userName": format!("role{number}")},
                "webIdFederationData": {}, "attributes": {"creationDate": "2026-11-20T08:00:00Z", "mfaAuthenticated": "false"}}})
        }
    }
}

fn parameters(random: &mut Random, odd: bool) -> Value {
    match random.below(if odd { 60 } else { 4 }) {
        0 => Value::Null,
        1 | 2 => {
            json!({"bucketName": format!("bucket-{}", random.below(90)), "key": format!("data/{:016x}/part-{}.parquet", random.below(usize::MAX), random.below(999)), "Host": "s3.eu-central-1.amazonaws.com"})
        }
        4 => json!({"key": "größe \\\" }]}", "policyDocument": "{\"Statement\":[]}", "日本": "\u{1F600}\u{0}\u{7f}"}),
        5 => {
            json!({"Records": [{"eventName": "no record", "errorCode": "AccessDenied"}], "errorMessage": "not authorized"})
        }
        6 => json!({"script": "x\\\"},{\"eventVersion\":\"".repeat(random.below(9000))}),
        7 => json!({"deep": (0..60).fold(json!("end"), |inner, _| json!([{"in": inner}]))}),
        _ => {
            json!({"name": format!("thing-{}", random.below(900)), "ids": [format!("{:012x}", random.below(1 << 40))], "dryRun": false})
        }
    }
}

/// A record of a call.
pub(crate) fn record(random: &mut Random, shape: Shape) -> Value {
    let (service, operation) = match random.pick(&CALLS) {
        // few calls of a real trail change policies
        ("iam", _) if !shape.odd && random.below(100) > 0 => ("iam", "GetRole"),
        call => call,
    };
    let number = random.below(shape.names);
    let identity = identity(random, number);
    let mut record = json!({
        "eventVersion": "1.11", "userIdentity": identity,
        "eventTime": format!("2026-11-{:02}T{:02}:{:02}:{:02}Z", 1 + random.below(20), random.below(24), random.below(60), random.below(60)),
        "eventSource": format!("{service}.amazonaws.com"), "eventName": operation, "awsRegion": random.pick(&["eu-central-1", "us-east-1"]),
        "sourceIPAddress": format!("203.0.113.{}", random.below(250)),
        "userAgent": random.pick(&["a \"b\" }],[{", "Boto3/1.34.144 md/Botocore#1.34.144 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.11.9", "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5"]),
        "requestParameters": parameters(random, shape.odd), "responseElements": null,
        "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0, "x-amz-id-2": format!("{:016x}{:016x}", random.below(usize::MAX), random.below(usize::MAX))},
        "requestID": format!("{:016x}", random.below(usize::MAX)), "eventID": format!("{:016x}-{:016x}", random.below(usize::MAX), random.below(usize::MAX)), "readOnly": operation.starts_with(['G', 'D']),
        "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": OWN, "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": format!("{service}.eu-central-1.amazonaws.com")},
    });
    if random.below(3) == 0 {
        record["resources"] = json!([{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::bucket-1/x"}, {"accountId": OWN, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::bucket-1"}]);
    }
    if random.below(15) == 0 {
        record["vpcEndpointId"] = format!("vpce-{:08x}", random.below(9)).into();
    }
    if random.below(100) < shape.denied {
        let who = record["userIdentity"]["arn"].as_str().unwrap_or("anonymous").to_owned();
        let why = random.pick(&[
            "because no identity-based policy allows the action".to_owned(),
            format!("with an explicit deny in a service control policy: {SCP}"),
            String::new(),
        ]);
        let codes = ["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "VpceAccessDenied"];
        record["errorCode"] = random.pick(&codes).into();
        let object = random.below(50 * shape.names);
        let said = format!(
            "User: {who} is not authorized to perform: {service}:{operation} on resource: arn:aws:{service}:::x/{object} {why}"
        );
        record["errorMessage"] = match random.below(12) {
            0 => Value::Null,
            1 => "Access Denied".into(),
            _ => said.trim().into(),
        };
    } else if shape.odd && random.below(20) == 0 {
        record["errorCode"] = Value::Null;
    }
    record
}

/// The same records in one of the forms that they are kept in.
pub(crate) fn written(folder: &Path, name: &str, records: &[Value], form: usize) {
    let lines = || records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let whole = json!({"Records": records}).to_string();
    let (ending, text) = match form % 4 {
        0 | 1 => ("json", whole),
        2 => ("ndjson", lines()),
        _ => ("json", Value::from(records.to_vec()).to_string()),
    };
    if form == 1 || form == 3 {
        let file = fs::File::create(folder.join(format!("{name}.{ending}.gz"))).unwrap();
        let mut gzip = GzEncoder::new(file, Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap();
    } else {
        fs::write(folder.join(format!("{name}.{ending}")), text).unwrap();
    }
}
