//! A condition key that a request would have to bring, and its value.

/// One condition key that the request would have to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The key, as the policy writes it.
    pub(super) key: String,
    /// What it would have to be.
    pub(super) to: To,
}

/// A value that a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    /// This one.
    Value(String),
    /// Any: the key only has to be there.
    Any,
    /// What the condition says in words, because it is more than one value.
    Like(String),
}

/// The values that a header has: S3 takes no other.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
pub(super) fn known_values(folded: &str) -> &'static [&'static str] {
    match folded {
        "s3:x-amz-server-side-encryption" => &["AES256", "aws:kms", "aws:kms:dsse"],
        _ => &[],
    }
}
