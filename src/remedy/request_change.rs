//! A condition key that a request would have to bring, and its value.

use crate::evaluate::is_private;
use crate::iam::{Condition, network};

/// One condition key that the request would have to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestChange {
    /// The key, as the policy writes it.
    pub key: String,
    /// What it would have to be.
    pub to: NewValue,
}

/// A value that a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// This one.
    Value(String),
    /// Any: the key only has to be there.
    Any,
    /// None: the key must not be there.
    Absent,
    /// Any list without these.
    Without(Vec<String>),
    /// One that meets this condition, which more than one value does.
    Meets(Box<Condition>),
    /// One that this condition does not catch, which is more than one value too.
    Escapes(Box<Condition>),
}

/// Values with which a parameter protects less than with another one, in lower case. Whoever denies the better value may have turned a
/// condition around: nobody is told that to send the worse one is proved and safe.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html>
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html>
/// <https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html>
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl>
/// <https://docs.aws.amazon.com/ram/latest/userguide/working-with-sharing-create.html>
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/encryption.html>
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html>
const WEAKER: [(&str, &str); 22] = [
    ("aws:multifactorauthpresent", "false"),
    ("aws:securetransport", "false"),
    ("secretsmanager:blockpublicpolicy", "false"),
    ("rds:storageencrypted", "false"),
    ("elasticfilesystem:encrypted", "false"),
    ("ec2:metadatahttptokens", "optional"),
    ("lambda:functionurlauthtype", "none"),
    ("s3:x-amz-acl", "public-read"),
    ("s3:x-amz-acl", "public-read-write"),
    ("s3:x-amz-acl", "authenticated-read"),
    ("ram:requestedallowsexternalprincipals", "true"),
    ("ec2:encrypted", "false"),
    ("ec2:associatepublicipaddress", "true"),
    ("elasticache:transitencryptionenabled", "false"),
    ("elasticache:atrestencryptionenabled", "false"),
    ("kms:bypasspolicylockoutsafetycheck", "true"),
    ("rds:publiclyaccessible", "true"),
    ("rds:managemasteruserpassword", "false"),
    ("s3:x-amz-object-ownership", "objectwriter"),
    ("s3:x-amz-object-ownership", "bucketownerpreferred"),
    ("bedrock:bearertokentype", "long_term"),
    ("ec2:instancemetadatatags", "enabled"),
];

/// Whether the request would protect less with this value.
pub(super) fn is_weaker(key: &str, value: &str) -> bool {
    WEAKER.iter().any(|(weak, worse)| key.eq_ignore_ascii_case(weak) && value.eq_ignore_ascii_case(worse))
}

/// Keys of what protects by being sent: a Deny of one value is no reason to send another one, or none.
const PROTECTING: [&str; 10] = [
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:object-lock-mode",
    "s3:object-lock-retain-until-date",
    "s3:if-none-match",
    "s3:if-match",
    "bedrock:guardrailidentifier",
    "iam:permissionsboundary",
    "sts:externalid",
];

/// Whether a call is told to send another value than these, or none: not where the one that is left may protect less.
pub(super) fn may_differ(key: &str, denied: &[&str]) -> bool {
    let key = key.to_ascii_lowercase();
    if PROTECTING.contains(&key.as_str()) {
        return false;
    }
    // of what has a weaker value, that one must be among those denied
    WEAKER
        .iter()
        .filter(|(weak, _)| *weak == key)
        .all(|(_, worse)| denied.iter().any(|it| it.eq_ignore_ascii_case(worse)))
}

/// The values of a header; S3 takes no other.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
const ENCRYPTIONS: [&str; 3] = ["AES256", "aws:kms", "aws:kms:dsse"];

impl RequestChange {
    /// Whether it asks `aws:SourceIp` to be in private networks only, where it never is: it is a public address, and absent behind a VPC
    /// endpoint.
    ///
    /// <https://repost.aws/knowledge-center/iam-restrict-access-policy>
    #[must_use]
    pub fn asks_for_private_network(&self) -> bool {
        let (condition, wanted) = match &self.to {
            NewValue::Meets(condition) => (condition, false),
            NewValue::Escapes(condition) => (condition, true),
            _ => return false,
        };
        let negated = condition.operator.text.to_ascii_lowercase().starts_with("not");
        let private =
            |text: &str| network(text).is_some_and(|it| is_private(it.network()) && is_private(it.broadcast()));
        self.key.eq_ignore_ascii_case("aws:SourceIp")
            && negated == wanted
            && condition.values.iter().all(|value| private(&value.value))
    }

    /// The values that a header takes, where S3 takes no other; empty for every other key.
    #[must_use]
    pub fn known_values(&self) -> &'static [&'static str] {
        if self.key.eq_ignore_ascii_case("s3:x-amz-server-side-encryption") { &ENCRYPTIONS } else { &[] }
    }

    /// Whether it is more than a value: what a condition says.
    pub(super) const fn is_loose(&self) -> bool {
        matches!(self.to, NewValue::Meets(_) | NewValue::Escapes(_))
    }
}
