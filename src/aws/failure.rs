//! A call that did not work: what kind of failure it is, and AWS's words without secrets.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};

use super::operation::Operation;
use crate::iam::CallOutcome;
use crate::iam::{PolicyType, secret};
use crate::snapshot::GapFile;

/// A call that did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{said}", called(operation, *kind))]
pub struct Failure {
    /// The call.
    pub operation: &'static Operation,
    /// What kind of failure.
    pub kind: FailureKind,
    /// AWS's code and message, or what happened on the way, without secrets.
    pub said: String,
    /// What to do about it.
    pub advice: Option<String>,
    /// AWS's code, where it answered with an error.
    pub code: Option<String>,
    /// Whether the call was made: after a failure that ends all others they are not.
    pub sent: bool,
}

/// The call that failed. Without credentials none was made.
fn called(operation: &Operation, kind: FailureKind) -> String {
    if kind == FailureKind::Credentials { String::new() } else { format!("{}: ", operation.id()) }
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
    /// AWS does not accept the credentials or the signature.
    Rejected,
    /// The credentials have expired: no call will work.
    Expired,
    /// The clock of this machine is wrong: no call will work.
    Clock,
    /// No connection, or no answer in time.
    Unreachable,
    /// Whoever answered shows a certificate that is not trusted.
    Untrusted,
    /// A page for people: a proxy or a sign-in page stands where AWS is expected.
    WebPage,
    /// AWS answered with an error of its own.
    Unavailable,
    /// The answer cannot be read.
    Unreadable,
    /// There was no reason to call.
    NotAsked,
    /// AWS refused the call for another reason.
    Refused,
}

impl Failure {
    /// Reads an error of the SDK.
    pub(super) fn new<E>(operation: &'static Operation, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.as_service_error().and_then(|service| service.meta().code()).map(str::to_owned);
        let (kind, said) = match error {
            _ if is_web_page(error.raw_response()) => {
                (FailureKind::WebPage, "the answer is a web page and not AWS's".to_owned())
            }
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                let code = meta.code().unwrap_or("an error without a code");
                let message = meta.message().unwrap_or("no message");
                (kind_of(code, message), format!("{code}: {message}"))
            }
            SdkError::TimeoutError(_) => (FailureKind::Unreachable, "no answer in time".to_owned()),
            SdkError::ResponseError(_) => {
                (FailureKind::Unreadable, format!("the answer cannot be read: {}", chain(error)))
            }
            SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
                if let Some(missing) = cause::<CredentialsError>(error) {
                    (FailureKind::Credentials, chain(missing))
                } else if let Some(rustls::Error::InvalidCertificate(why)) = cause::<rustls::Error>(error) {
                    (FailureKind::Untrusted, format!("the certificate of whoever answers is not trusted: {why}"))
                } else {
                    let system = last::<std::io::Error>(error).map(ToString::to_string);
                    (FailureKind::Unreachable, system.unwrap_or_else(|| chain(error)))
                }
            }
            _ => (FailureKind::Refused, chain(error)),
        };
        Self { operation, kind, said: secret::redact(&said).into_owned(), advice: None, code, sent: true }
    }

    /// That it tells nothing of any permission: AWS was not asked, did not answer, or does not know who asks.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        match self.kind {
            FailureKind::Credentials
            | FailureKind::Rejected
            | FailureKind::Expired
            | FailureKind::Clock
            | FailureKind::Unreachable
            | FailureKind::Untrusted
            | FailureKind::WebPage
            | FailureKind::Unreadable
            | FailureKind::Unavailable => true,
            FailureKind::Denied
            | FailureKind::NotFound
            | FailureKind::NotInOrganization
            | FailureKind::Throttled
            | FailureKind::NotAsked
            | FailureKind::Refused => false,
        }
    }

    /// That no other call can work with these settings and credentials.
    #[must_use]
    pub fn ends_everything(&self) -> bool {
        matches!(self.kind, FailureKind::Credentials | FailureKind::Expired | FailureKind::Clock)
    }

    /// A failure that has no error of the SDK.
    pub(super) fn own(operation: &'static Operation, kind: FailureKind, said: impl Into<String>) -> Self {
        Self { operation, kind, said: said.into(), advice: None, code: None, sent: kind != FailureKind::NotAsked }
    }

    /// What came of the call, where AWS did not refuse it.
    const fn unanswered(&self) -> Option<CallOutcome> {
        match self.kind {
            _ if !self.sent => Some(CallOutcome::NotMade),
            FailureKind::NotAsked | FailureKind::Credentials => Some(CallOutcome::NotMade),
            FailureKind::Unreachable | FailureKind::Untrusted | FailureKind::WebPage => Some(CallOutcome::NotReached),
            FailureKind::Throttled => Some(CallOutcome::Throttled),
            FailureKind::Unavailable => Some(CallOutcome::Failed),
            FailureKind::Unreadable => Some(CallOutcome::Unreadable),
            // without a code it is a conclusion of iamdx
            FailureKind::NotFound if self.code.is_some() => Some(CallOutcome::NotFound),
            FailureKind::NotFound
            | FailureKind::Denied
            | FailureKind::NotInOrganization
            | FailureKind::Rejected
            | FailureKind::Expired
            | FailureKind::Clock
            | FailureKind::Refused => None,
        }
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
            answer: self.unanswered().map(|answer| answer.id().into()),
            ..GapFile::default()
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html> and the error lists of the operations.
fn kind_of(code: &str, message: &str) -> FailureKind {
    match code {
        "ExpiredToken" | "ExpiredTokenException" => FailureKind::Expired,
        "RequestExpired" | "RequestTimeTooSkewed" => FailureKind::Clock,
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>
        "SignatureDoesNotMatch" | "InvalidSignatureException"
            if message.starts_with("Signature expired") || message.starts_with("Signature not yet current") =>
        {
            FailureKind::Clock
        }
        // SNS has a code of its own: <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "NotAuthorized"
        | "AuthorizationError"
        | "AuthorizationErrorException" => FailureKind::Denied,
        "NoSuchEntity"
        | "NoSuchEntityException"
        | "ResourceNotFoundException"
        | "ChildNotFoundException"
        | "ParentNotFoundException"
        | "TargetNotFoundException"
        | "PolicyNotFoundException"
        | "AccountNotFoundException"
        | "NotFound"
        | "NotFoundException"
        | "NoSuchBucket"
        | "NoSuchBucketPolicy" => FailureKind::NotFound,
        "AWSOrganizationsNotInUseException" => FailureKind::NotInOrganization,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown" => FailureKind::Throttled,
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidAccessKeyId"
        // those of EC2 and S3: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>,
        // <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
        | "AuthFailure"
        | "InvalidToken" => FailureKind::Rejected,
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
        code if says_absent(code) => FailureKind::NotFound,
        _ => FailureKind::Refused,
    }
}

/// Whether a code says that what was asked about does not exist: services have codes of their own for it, in these forms, some behind a
/// namespace or the name of what is missing.
/// - `AWS.SimpleQueueService.NonExistentQueue`, `QueueDoesNotExist`:
///   <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
/// - `RepositoryNotFoundException`: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html>
/// - `FileSystemNotFound`: <https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html>
/// - `InvalidVpcEndpointId.NotFound`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
/// - `NoSuchAccessPoint`: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
fn says_absent(code: &str) -> bool {
    let code = code.rsplit(['#', '.']).next().unwrap_or(code);
    let code = code.strip_suffix("Exception").unwrap_or(code);
    let starts = ["NoSuch", "NonExistent"].iter().any(|start| code.starts_with(start));
    starts || ["NotFound", "NotFoundFault", "DoesNotExist"].iter().any(|end| code.ends_with(end))
}

/// Whether the answer is a page for people. Every service that is called answers with XML or JSON.
fn is_web_page(answer: Option<&HttpResponse>) -> bool {
    let body = answer.and_then(|answer| answer.body().bytes()).unwrap_or_default();
    let start = body.trim_ascii_start().get(..14).unwrap_or_default().to_ascii_lowercase();
    start.starts_with(b"<html") || start.starts_with(b"<!doctype html")
}

/// The first error of a type among the causes, also inside errors of the system, which do not name what they hold as their source.
fn cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(at) = next {
        if let Some(found) = at.downcast_ref::<T>() {
            return Some(found);
        }
        let held = at.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) = held.and_then(|held| cause::<T>(held)) {
            return Some(found);
        }
        next = at.source();
    }
    None
}

/// The last error of a type among the causes, which is the one that says most.
fn last<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut found = None;
    let mut next = Some(error);
    while let Some(at) = next {
        found = at.downcast_ref::<T>().or(found);
        next = at.source();
    }
    found
}

/// What went wrong, from the outside in, each step once.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // the SDK's own word for "of no special kind" tells nobody anything, nor does "while loading credentials" where that is what failed
        let vague = text == "other" || (cause.is::<CredentialsError>() && cause.source().is_some());
        if !vague && !said.contains(&text) {
            if !said.is_empty() {
                said.push_str(": ");
            }
            said.push_str(&text);
        }
        next = cause.source();
    }
    if said.is_empty() { error.to_string() } else { said }
}

#[cfg(test)]
mod tests {
    use super::{FailureKind, kind_of};

    #[test]
    fn what_does_not_exist_was_not_refused() {
        for code in [
            "AWS.SimpleQueueService.NonExistentQueue",
            "com.amazonaws.sqs#QueueDoesNotExist",
            "RepositoryNotFoundException",
            "InvalidVpcEndpointId.NotFound",
            "FileSystemNotFound",
            "NoSuchAccessPoint",
            "NoSuchEntity",
            "NotFound",
        ] {
            assert_eq!(kind_of(code, ""), FailureKind::NotFound, "{code}");
        }
        for (code, kind) in [
            ("AccessDenied", FailureKind::Denied),
            ("AWSOrganizationsNotInUseException", FailureKind::NotInOrganization),
            ("InvalidParameter", FailureKind::Refused),
            ("ValidationException", FailureKind::Refused),
            ("MethodNotAllowed", FailureKind::Refused),
        ] {
            assert_eq!(kind_of(code, ""), kind, "{code}");
        }
    }
}
