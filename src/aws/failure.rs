//! A call that did not work: what kind of failure it is, and AWS's words without secrets.

use std::error::Error;

use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};

use super::operation::Operation;
use crate::iam::{PolicyType, secret};
use crate::snapshot::GapFile;

/// A call that did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {said}", operation.id())]
pub struct Failure {
    /// The call.
    pub operation: &'static Operation,
    /// What kind of failure.
    pub kind: FailureKind,
    /// AWS's code and message, or what happened on the way, without secrets.
    pub said: String,
}

/// Kinds of failure, by what follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The permission is missing.
    Denied,
    /// What was asked for does not exist.
    NotFound,
    /// The account belongs to no organization.
    NotInOrganization,
    /// Too many calls, even after waiting.
    Throttled,
    /// There are no credentials, or they cannot be read: no call will work.
    Credentials,
    /// AWS does not accept the credentials or the signature: expired, wrong, or a wrong clock.
    Rejected,
    /// No connection, or no answer in time.
    Unreachable,
    /// AWS answered with an error of its own.
    Unavailable,
    /// The answer cannot be read.
    Unreadable,
    /// AWS refused the call for another reason.
    Refused,
}

impl Failure {
    /// Reads an error of the SDK.
    pub(super) fn new<E, R>(operation: &'static Operation, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        let (kind, said) = match error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                let code = meta.code().unwrap_or("an error without a code");
                let message = meta.message().unwrap_or("no message");
                (kind_of(code), format!("{code}: {message}"))
            }
            SdkError::TimeoutError(_) => (FailureKind::Unreachable, "no answer in time".to_owned()),
            SdkError::ResponseError(_) => {
                (FailureKind::Unreadable, format!("the answer cannot be read: {}", chain(error)))
            }
            SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
                let said = chain(error);
                let folded = said.to_ascii_lowercase();
                if folded.contains("credential") || folded.contains("identity") || folded.contains("sso token") {
                    (FailureKind::Credentials, said)
                } else {
                    (FailureKind::Unreachable, said)
                }
            }
            _ => (FailureKind::Refused, chain(error)),
        };
        Self { operation, kind, said: secret::redact(&said).into_owned() }
    }

    /// A failure that has no error of the SDK.
    pub(super) fn own(operation: &'static Operation, kind: FailureKind, said: impl Into<String>) -> Self {
        Self { operation, kind, said: said.into() }
    }

    /// The gap that it leaves, about one ARN or id.
    #[must_use]
    pub fn gap(&self, of: &str, policy_type: Option<PolicyType>) -> GapFile<'static> {
        GapFile {
            operation: self.operation.id().into(),
            error: Some(self.said.clone().into()),
            permission: match self.kind {
                FailureKind::Denied => self.operation.permission.map(Into::into),
                _ => None,
            },
            of: (!of.is_empty()).then(|| of.to_owned().into()),
            policy_type: policy_type.map(|policy_type| policy_type.id().into()),
            ..GapFile::default()
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html> and the error lists of the operations.
fn kind_of(code: &str) -> FailureKind {
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => FailureKind::Denied,
        "NoSuchEntity"
        | "NoSuchEntityException"
        | "ResourceNotFoundException"
        | "ChildNotFoundException"
        | "ParentNotFoundException"
        | "TargetNotFoundException"
        | "PolicyNotFoundException"
        | "AccountNotFoundException" => FailureKind::NotFound,
        "AWSOrganizationsNotInUseException" => FailureKind::NotInOrganization,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown" => FailureKind::Throttled,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidAccessKeyId"
        | "RequestTimeTooSkewed" => FailureKind::Rejected,
        "InternalFailure"
        | "InternalError"
        | "InternalServerException"
        | "InternalServerError"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "PolicyEvaluation" => FailureKind::Unavailable,
        _ => FailureKind::Refused,
    }
}

/// What went wrong, from the outside in, each step once.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // the SDK's own word for "of no special kind" tells nobody anything
        if text != "other" && !said.contains(&text) {
            if !said.is_empty() {
                said.push_str(": ");
            }
            said.push_str(&text);
        }
        next = cause.source();
    }
    if said.is_empty() { error.to_string() } else { said }
}
