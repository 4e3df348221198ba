//! Failures of the Bedrock runtime that are not IAM's: by their words first, then by code and status.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors>

use serde::Deserialize;

use super::attempt::NoAnswer;
use super::verdict::{Detail, Verdict};

/// A verdict and what more it says.
pub(super) type Class = (Verdict, Option<Detail>);

/// Words in lower case, with straight apostrophes. The first row that occurs decides.
const WORDS: [(&str, Verdict, Detail); 37] = [
    ("security token included in the request is invalid", Verdict::AuthFailed, Detail::InvalidCredentials),
    ("security token included in the request is expired", Verdict::AuthFailed, Detail::ExpiredCredentials),
    ("request signature we calculated does not match", Verdict::AuthFailed, Detail::Signature),
    ("signature expired:", Verdict::AuthFailed, Detail::Signature),
    ("signature not yet current", Verdict::AuthFailed, Detail::Signature),
    ("make sure your api key is valid", Verdict::AuthFailed, Detail::ApiKey),
    ("invalid api key format", Verdict::AuthFailed, Detail::ApiKey),
    ("bearer token has expired", Verdict::AuthFailed, Detail::ApiKey),
    ("don't have access to the model with the specified model id", Verdict::Entitlement, Detail::ModelAccess),
    ("required aws marketplace actions", Verdict::Entitlement, Detail::Marketplace),
    ("invalid_payment_instrument", Verdict::Entitlement, Detail::Payment),
    ("subscription for the model is still being processed", Verdict::Entitlement, Detail::Pending),
    ("subscription for this model is still being processed", Verdict::Entitlement, Detail::Pending),
    ("use case details have not been submitted", Verdict::Entitlement, Detail::UseCase),
    ("not filled out the required use-case form", Verdict::Entitlement, Detail::UseCase),
    ("is not available for this account", Verdict::Entitlement, Detail::AccountGate),
    ("account is not authorized to invoke this api operation", Verdict::Entitlement, Detail::Account),
    ("is not available for channel program accounts", Verdict::Entitlement, Detail::Account),
    ("not allowed from unsupported countries", Verdict::Entitlement, Detail::Country),
    ("reached the end of its life", Verdict::Lifecycle, Detail::EndOfLife),
    ("marked by provider as legacy", Verdict::Lifecycle, Detail::Legacy),
    ("with on-demand throughput isn't supported", Verdict::Routing, Detail::NeedsProfile),
    ("provided model identifier is invalid", Verdict::Routing, Detail::BadId),
    ("at 'modelid' failed to satisfy constraint", Verdict::Routing, Detail::MalformedId),
    ("cannot both be specified", Verdict::RequestInvalid, Detail::SamplingBoth),
    ("deprecated for this model", Verdict::RequestInvalid, Detail::Sampling),
    ("malformed input request", Verdict::RequestInvalid, Detail::Malformed),
    ("please use the messages api instead", Verdict::RequestInvalid, Detail::OtherApi),
    ("too many tokens per day", Verdict::Throttled, Detail::TokensPerDay),
    ("too many tokens, please wait", Verdict::Throttled, Detail::Tokens),
    ("too many requests, please wait", Verdict::Throttled, Detail::Requests),
    ("exceeds the service quota", Verdict::Throttled, Detail::Quota),
    ("too many connections", Verdict::Capacity, Detail::Connections),
    ("bedrock is unable to process your request", Verdict::Capacity, Detail::Unavailable),
    ("not ready for inference", Verdict::Capacity, Detail::NotReady),
    ("timed out in processing", Verdict::Capacity, Detail::ModelTimeout),
    ("unexpected error during processing", Verdict::Capacity, Detail::ModelError),
];

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
    let flat = message.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'").to_lowercase();
    // too plain to be found inside another text
    if flat.trim_end_matches('.') == "operation not allowed" {
        return Some((Verdict::Entitlement, Some(Detail::Account)));
    }
    if flat.contains("data retention mode") && flat.contains("is not available for this model") {
        return Some((Verdict::Entitlement, Some(Detail::DataRetention)));
    }
    // a sentence of IAM holds names that a person chose
    if flat.contains("is not authorized to perform: ") {
        return None;
    }
    let found = WORDS.iter().find(|(words, ..)| flat.contains(words));
    found.map(|(_, verdict, detail)| (*verdict, Some(*detail)))
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
