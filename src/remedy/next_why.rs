//! Why a denial is to be expected once another one is solved.

use crate::diagnose::Blocker;
use crate::iam::{Action, Subject};

/// When AWS checks another action, or the same one on another resource.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum NextWhy {
    /// The call is checked on each resource of this type that it uses.
    ResourceType(String),
    /// A copy reads one object and writes another.
    Copy {
        /// The API operation.
        operation: String,
        /// The half of the copy that this check is about.
        half: CopyHalf,
    },
    /// The call is an action of its own; the denied action is checked for it.
    CallBehind {
        /// The denied action.
        denied: Action,
        /// The API operation that was called.
        operation: String,
    },
    /// A check that depends on what the call is about.
    When(When),
    /// AWS lists it as a dependent action of the denied one.
    Dependent(Action),
    /// Another part of the same call of a model, and what blocks it.
    SameCall(Option<Box<Blocker>>),
    /// The same call of a model, where AWS sends it to another Region; holds what is not known.
    FurtherRegions(Subject),
}

/// A half of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyHalf {
    /// What is read.
    Source,
    /// What is written.
    Destination,
}

/// When a check beside the denied one is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// The answer of the model is streamed.
    Streamed,
    /// The object does not exist.
    NoSuchObject,
    /// The object is encrypted with a KMS key.
    ObjectEncrypted,
    /// The bucket encrypts with a KMS key.
    BucketEncrypts,
    /// The secret is encrypted with a customer managed key.
    SecretEncrypted,
    /// The parameter is a `SecureString` with a customer managed key.
    ParameterEncrypted,
    /// The queue encrypts with a customer managed key.
    QueueEncrypts,
    /// The function is called through its URL.
    ThroughUrl,
    /// The token passes session tags.
    SessionTagged,
}

impl NextWhy {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ResourceType(_) => "resource-type",
            Self::Copy { .. } => "copy",
            Self::CallBehind { .. } => "call-behind",
            Self::When(when) => when.code(),
            Self::Dependent(_) => "dependent-action",
            Self::SameCall(_) => "same-call",
            Self::FurtherRegions(_) => "further-regions",
        }
    }
}

impl When {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Streamed => "streamed",
            Self::NoSuchObject => "no-such-object",
            Self::ObjectEncrypted => "object-encrypted",
            Self::BucketEncrypts => "bucket-encrypts",
            Self::SecretEncrypted => "secret-encrypted",
            Self::ParameterEncrypted => "parameter-encrypted",
            Self::QueueEncrypts => "queue-encrypts",
            Self::ThroughUrl => "through-function-url",
            Self::SessionTagged => "session-tagged",
        }
    }
}
