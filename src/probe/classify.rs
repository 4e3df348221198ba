//! Failures of the Bedrock runtime that are not IAM's: by their words first, then by code and status.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors>

use serde::Deserialize;

use super::attempt::NoAnswer;
use super::verdict::{Detail, Verdict};
use crate::denial::ModelFailure;

/// A verdict and what more it says.
pub(super) type Class = (Verdict, Option<Detail>);

/// Codes, with the status where the same code comes with several meanings.
const CODES: [(&str, Verdict, Option<Detail>); 20] = [
    ("UnrecognizedClientException", Verdict::AuthFailed, Some(Detail::InvalidCredentials)),
    ("InvalidClientTokenId", Verdict::AuthFailed, Some(Detail::InvalidCredentials)),
    ("MissingAuthenticationTokenException", Verdict::AuthFailed, Some(Detail::InvalidCredentials)),
    ("ExpiredTokenException", Verdict::AuthFailed, Some(Detail::ExpiredCredentials)),
    ("ExpiredToken", Verdict::AuthFailed, Some(Detail::ExpiredCredentials)),
    ("InvalidSignatureException", Verdict::AuthFailed, Some(Detail::Signature)),
    ("IncompleteSignatureException", Verdict::AuthFailed, Some(Detail::Signature)),
    ("MPAgreementBeingCreated", Verdict::Entitlement, Some(Detail::Pending)),
    ("FTUFormNotFilled", Verdict::Entitlement, Some(Detail::UseCase)),
    ("ServiceQuotaExceededException", Verdict::Throttled, Some(Detail::Quota)),
    ("ThrottlingException", Verdict::Throttled, None),
    ("TooManyRequestsException", Verdict::Throttled, Some(Detail::Requests)),
    ("ModelNotReadyException", Verdict::Capacity, Some(Detail::NotReady)),
    ("ModelTimeoutException", Verdict::Capacity, Some(Detail::ModelTimeout)),
    ("ModelErrorException", Verdict::Capacity, Some(Detail::ModelError)),
    ("ServiceUnavailableException", Verdict::Capacity, Some(Detail::Unavailable)),
    ("InternalServerException", Verdict::Capacity, Some(Detail::Internal)),
    ("InternalFailure", Verdict::Capacity, Some(Detail::Internal)),
    ("ResourceNotFoundException", Verdict::Routing, Some(Detail::BadId)),
    ("ValidationException", Verdict::RequestInvalid, None),
];

/// By the words of the message, whatever code comes with them: the same failure comes with several.
pub(super) fn by_words(message: &str) -> Option<Class> {
    ModelFailure::by_words(message).map(class)
}

/// What a failure is for a cell.
const fn class(failure: ModelFailure) -> Class {
    use ModelFailure as F;
    let (verdict, detail) = match failure {
        F::InvalidCredentials => (Verdict::AuthFailed, Detail::InvalidCredentials),
        F::ExpiredCredentials => (Verdict::AuthFailed, Detail::ExpiredCredentials),
        F::Signature => (Verdict::AuthFailed, Detail::Signature),
        F::ApiKey => (Verdict::AuthFailed, Detail::ApiKey),
        F::ModelAccess => (Verdict::Entitlement, Detail::ModelAccess),
        F::Marketplace => (Verdict::Entitlement, Detail::Marketplace),
        F::Payment => (Verdict::Entitlement, Detail::Payment),
        F::Pending => (Verdict::Entitlement, Detail::Pending),
        F::UseCase => (Verdict::Entitlement, Detail::UseCase),
        F::AccountGate => (Verdict::Entitlement, Detail::AccountGate),
        F::Account => (Verdict::Entitlement, Detail::Account),
        F::Country => (Verdict::Entitlement, Detail::Country),
        F::DataRetention => (Verdict::Entitlement, Detail::DataRetention),
        F::EndOfLife => (Verdict::Lifecycle, Detail::EndOfLife),
        F::Legacy => (Verdict::Lifecycle, Detail::Legacy),
        F::NeedsProfile => (Verdict::Routing, Detail::NeedsProfile),
        F::BadId => (Verdict::Routing, Detail::BadId),
        F::MalformedId => (Verdict::Routing, Detail::MalformedId),
        F::Sampling => (Verdict::RequestInvalid, Detail::Sampling),
        F::SamplingBoth => (Verdict::RequestInvalid, Detail::SamplingBoth),
        F::Malformed => (Verdict::RequestInvalid, Detail::Malformed),
        F::OtherApi => (Verdict::RequestInvalid, Detail::OtherApi),
        F::TokensPerDay => (Verdict::Throttled, Detail::TokensPerDay),
        F::Tokens => (Verdict::Throttled, Detail::Tokens),
        F::Requests => (Verdict::Throttled, Detail::Requests),
        F::Quota => (Verdict::Throttled, Detail::Quota),
        F::Connections => (Verdict::Capacity, Detail::Connections),
        F::Unavailable => (Verdict::Capacity, Detail::Unavailable),
        F::NotReady => (Verdict::Capacity, Detail::NotReady),
        F::ModelTimeout => (Verdict::Capacity, Detail::ModelTimeout),
        F::ModelError => (Verdict::Capacity, Detail::ModelError),
        F::Agreement | F::AgreementNotKnown => (Verdict::NotRun, Detail::WouldSubscribe),
        F::NoAnswer => (Verdict::Network, Detail::Timeout),
        F::Intermediary => (Verdict::Unknown, Detail::Intermediary),
    };
    (verdict, Some(detail))
}

/// The failure that a verdict is, where no policy of the call decides it.
pub(super) fn failure(verdict: Verdict, detail: Option<Detail>) -> Option<ModelFailure> {
    let same = |failure: &&ModelFailure| detail.is_some() && class(**failure).1 == detail;
    match verdict {
        // why a cell is not called is no failure of a call, and what IAM denies is diagnosed
        Verdict::Ok | Verdict::NotRun | Verdict::DeniedExplicit | Verdict::DeniedImplicit | Verdict::Denied => None,
        Verdict::Network => Some(ModelFailure::NoAnswer),
        Verdict::StreamTruncated => Some(ModelFailure::ModelError),
        Verdict::RequestInvalid if detail == Some(Detail::Likely) => None,
        _ => ModelFailure::ALL.iter().find(same).copied().or(match verdict {
            Verdict::Throttled => Some(ModelFailure::Requests),
            Verdict::Capacity | Verdict::StreamError => Some(ModelFailure::Unavailable),
            Verdict::RequestInvalid => Some(ModelFailure::Malformed),
            Verdict::AuthFailed => Some(ModelFailure::InvalidCredentials),
            Verdict::Lifecycle => Some(ModelFailure::EndOfLife),
            Verdict::Routing => Some(ModelFailure::BadId),
            Verdict::Entitlement => Some(ModelFailure::ModelAccess),
            _ => None,
        }),
    }
}

/// By the code; a code that is not known, by the status.
pub(super) fn by_code(status: u16, code: &str) -> Option<Class> {
    let code = code.split(':').next().unwrap_or(code);
    let found = CODES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(code));
    let by_status = || match status {
        429 => Some((Verdict::Throttled, None)),
        408 => Some((Verdict::Capacity, Some(Detail::ModelTimeout))),
        424 => Some((Verdict::Capacity, Some(Detail::ModelError))),
        503 => Some((Verdict::Capacity, Some(Detail::Unavailable))),
        500..=599 => Some((Verdict::Capacity, Some(Detail::Internal))),
        401 => Some((Verdict::AuthFailed, None)),
        _ if code.starts_with("AccessDenied") => Some((Verdict::Denied, None)),
        _ => None,
    };
    found.map(|(_, verdict, detail)| (*verdict, *detail)).or_else(by_status)
}

/// What an error within a stream is about.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html>
pub(super) fn in_stream(code: Option<&str>, message: &str) -> Option<Detail> {
    let by_name = match code.unwrap_or_default().to_ascii_lowercase().as_str() {
        "throttlingexception" => Some(Detail::Requests),
        "validationexception" => Some(Detail::Validation),
        "modelstreamerrorexception" | "modelerrorexception" => Some(Detail::ModelError),
        "modeltimeoutexception" => Some(Detail::ModelTimeout),
        "internalserverexception" => Some(Detail::Internal),
        "serviceunavailableexception" => Some(Detail::Unavailable),
        _ => None,
    };
    by_words(message).and_then(|(_, detail)| detail).or(by_name)
}

/// Why no answer came, by the words of the client and the operating system.
pub(super) fn unanswered(why: &NoAnswer) -> Option<Detail> {
    let error = match why {
        NoAnswer::TimedOut(_) => return Some(Detail::Timeout),
        NoAnswer::NotJson => return None,
        NoAnswer::NotStream(error) => error.as_deref().unwrap_or_default(),
        NoAnswer::NotSent(error) | NoAnswer::Failed(error) | NoAnswer::Unreadable(error) => error,
    };
    let error = error.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| error.contains(word));
    if has(&["enotfound", "dns error", "resolve", "name or service not known", "nodename"]) {
        Some(Detail::NameResolution)
    } else if has(&["timed out", "timeout"]) {
        Some(Detail::Timeout)
    } else {
        None
    }
}

/// The provider's own error envelope: its type and message.
/// <https://docs.anthropic.com/en/api/errors>
pub(super) fn envelope(body: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "type")]
        kind: String,
        error: Error,
    }
    #[derive(Deserialize)]
    struct Error {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        message: String,
    }
    let envelope: Envelope = serde_json::from_str(body).ok()?;
    (envelope.kind == "error").then_some((envelope.error.kind, envelope.error.message))
}
