//! A part of a request: known, assumed with a reason, or missing.

use super::assumption::Why;

/// A value that the input gives, that follows with a reason, or that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<T> {
    /// The input says so.
    Known(T),
    /// It follows, for this reason.
    Assumed(T, Why),
    /// The input does not give it, for this reason.
    Missing(NotTold),
}

/// Why the input does not give a part of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotTold {
    /// The text does not name it.
    NotNamed,
    /// The text names it in a form that is no ARN.
    NoArn(String),
    /// An S3 ARN, or what the text says, holds no account.
    NoAccount,
    /// Every value is compared.
    Every,
}

impl<T> Field<T> {
    /// The value, known or assumed.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value) | Self::Assumed(value, _) => Some(value),
            Self::Missing(_) => None,
        }
    }

    /// The value where the input says it.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Assumed(..) | Self::Missing(_) => None,
        }
    }
}
