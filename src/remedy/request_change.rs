//! A condition key that a request would have to bring, and its value.

use crate::iam::Condition;

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
const WEAKER: [(&str, &str); 9] = [
    ("secretsmanager:blockpublicpolicy", "false"),
    ("rds:storageencrypted", "false"),
    ("elasticfilesystem:encrypted", "false"),
    ("ec2:metadatahttptokens", "optional"),
    ("lambda:functionurlauthtype", "none"),
    ("s3:x-amz-acl", "public-read"),
    ("s3:x-amz-acl", "public-read-write"),
    ("s3:x-amz-acl", "authenticated-read"),
    ("ram:requestedallowsexternalprincipals", "true"),
];

/// Whether the request would protect less with this value.
pub(super) fn is_weaker(key: &str, value: &str) -> bool {
    WEAKER.iter().any(|(weak, worse)| key.eq_ignore_ascii_case(weak) && value.eq_ignore_ascii_case(worse))
}

/// The values of a header; S3 takes no other.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
const ENCRYPTIONS: [&str; 3] = ["AES256", "aws:kms", "aws:kms:dsse"];

impl RequestChange {
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
