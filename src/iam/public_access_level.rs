//! Where S3 Block Public Access is set.

/// Where S3 Block Public Access is set.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PublicAccessLevel {
    /// An access point, by its ARN. Its settings cannot be changed once it is made.
    AccessPoint(String),
    /// A bucket, by its ARN.
    Bucket(String),
    /// The account that owns the bucket, where it is known; with what an S3 policy of its organization sets.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html>
    Account(Option<String>),
}

impl PublicAccessLevel {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AccessPoint(_) => "access-point",
            Self::Bucket(_) => "bucket",
            Self::Account(_) => "account",
        }
    }
}
