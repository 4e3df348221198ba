//! The failures of a model call on Amazon Bedrock that no policy of the call decides, by AWS's words and by codes of its own.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>

use super::failure::Failure;

macro_rules! model_failures {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $failure:ident;)*) => {
        /// A failure of a model call that no policy of the call decides.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ModelFailure {
            $($(#[$doc])* $name,)*
        }

        impl ModelFailure {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable identifier, as in JSON.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The kind of failure that it is one of.
            #[must_use]
            pub const fn failure(self) -> Failure {
                match self {
                    $(Self::$name => Failure::$failure,)*
                }
            }
        }
    };
}

model_failures! {
    /// The provider's form about the use is missing.
    UseCase = "use-case", Entitlement;
    /// The caller lacks the actions of AWS Marketplace with which the first call subscribes the account: a matter of IAM.
    Marketplace = "marketplace", Entitlement;
    /// The account has not agreed to the offer of the model, and nobody called it yet.
    Agreement = "agreement", Entitlement;
    /// Whether the account has agreed to the offer is not known.
    AgreementNotKnown = "agreement-not-known", Entitlement;
    /// The account has no access to the model, without saying why.
    ModelAccess = "model-access", Entitlement;
    /// The account's payment method.
    Payment = "payment", Entitlement;
    /// The subscription is under way.
    Pending = "pending", Entitlement;
    /// AWS opens the model to some accounts only.
    AccountGate = "account-gate", Entitlement;
    /// The account may not use the operation or the model.
    Account = "account", Entitlement;
    /// The country that the call comes from.
    Country = "country", Entitlement;
    /// The retention of data that is set for the account or project.
    DataRetention = "data-retention", Entitlement;
    /// The model has ended.
    EndOfLife = "end-of-life", Lifecycle;
    /// A legacy model, closed to those who did not use it of late.
    Legacy = "legacy", Lifecycle;
    /// It is called by an inference profile only.
    NeedsProfile = "needs-profile", Routing;
    /// No such model there.
    BadId = "bad-id", Routing;
    /// Not the form of an id.
    MalformedId = "malformed-id", Routing;
    /// The model refuses a sampling parameter.
    Sampling = "sampling", InvalidRequest;
    /// The model refuses two sampling parameters together.
    SamplingBoth = "sampling-both", InvalidRequest;
    /// The body is not the model's.
    Malformed = "malformed", InvalidRequest;
    /// The model answers another API.
    OtherApi = "other-api", InvalidRequest;
    /// Tokens for a day.
    TokensPerDay = "tokens-per-day", Throttled;
    /// Tokens for a time.
    Tokens = "tokens", Throttled;
    /// Requests for a time.
    Requests = "requests", Throttled;
    /// A quota of the account.
    Quota = "quota", Throttled;
    /// Too many connections.
    Connections = "connections", Throttled;
    /// The service could not answer.
    Unavailable = "unavailable", Throttled;
    /// The model is not ready.
    NotReady = "not-ready", Throttled;
    /// The model took too long.
    ModelTimeout = "model-timeout", Throttled;
    /// The model failed.
    ModelError = "model-error", Throttled;
    /// The Bedrock API key is not accepted.
    ApiKey = "api-key", InvalidCredentials;
    /// The credentials are not known.
    InvalidCredentials = "invalid-credentials", InvalidCredentials;
    /// The credentials have expired.
    ExpiredCredentials = "expired-credentials", ExpiredCredentials;
    /// The signature does not fit.
    Signature = "signature", Signature;
    /// No answer came.
    NoAnswer = "no-answer", Routing;
    /// Something between the caller and AWS answered.
    Intermediary = "intermediary", Routing;
}

/// What a text tells of a failed model call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelTrouble {
    /// What failed.
    pub failure: ModelFailure,
    /// The model as called, where one alone is named.
    pub model: Option<String>,
    /// The Region, where one alone is named.
    pub region: Option<String>,
}

impl ModelTrouble {
    /// A failure about which nothing else is known.
    #[must_use]
    pub const fn new(failure: ModelFailure) -> Self {
        Self { failure, model: None, region: None }
    }
}

/// Words in lower case, with straight apostrophes. The first row that occurs decides.
const WORDS: [(&str, ModelFailure); 39] = [
    ("security token included in the request is invalid", ModelFailure::InvalidCredentials),
    ("security token included in the request is expired", ModelFailure::ExpiredCredentials),
    ("request signature we calculated does not match", ModelFailure::Signature),
    ("signature expired:", ModelFailure::Signature),
    ("signature not yet current", ModelFailure::Signature),
    ("make sure your api key is valid", ModelFailure::ApiKey),
    ("invalid api key format", ModelFailure::ApiKey),
    ("bearer token has expired", ModelFailure::ApiKey),
    ("don't have access to the model with the specified model id", ModelFailure::ModelAccess),
    ("required aws marketplace actions", ModelFailure::Marketplace),
    ("invalid_payment_instrument", ModelFailure::Payment),
    ("invalid payment instrument", ModelFailure::Payment),
    ("subscription for the model is still being processed", ModelFailure::Pending),
    ("subscription for this model is still being processed", ModelFailure::Pending),
    ("use case details have not been submitted", ModelFailure::UseCase),
    ("not filled out the required use-case form", ModelFailure::UseCase),
    ("is not available for this account", ModelFailure::AccountGate),
    ("account is not authorized to invoke this api operation", ModelFailure::Account),
    ("is not available for channel program accounts", ModelFailure::Account),
    ("not allowed from unsupported countries", ModelFailure::Country),
    ("reached the end of its life", ModelFailure::EndOfLife),
    ("marked by provider as legacy", ModelFailure::Legacy),
    ("with on-demand throughput isn't supported", ModelFailure::NeedsProfile),
    ("on-demand throughput is not supported", ModelFailure::NeedsProfile),
    ("provided model identifier is invalid", ModelFailure::BadId),
    ("at 'modelid' failed to satisfy constraint", ModelFailure::MalformedId),
    ("cannot both be specified", ModelFailure::SamplingBoth),
    ("deprecated for this model", ModelFailure::Sampling),
    ("malformed input request", ModelFailure::Malformed),
    ("please use the messages api instead", ModelFailure::OtherApi),
    ("too many tokens per day", ModelFailure::TokensPerDay),
    ("too many tokens, please wait", ModelFailure::Tokens),
    ("too many requests, please wait", ModelFailure::Requests),
    ("exceeds the service quota", ModelFailure::Quota),
    ("too many connections", ModelFailure::Connections),
    ("bedrock is unable to process your request", ModelFailure::Unavailable),
    ("not ready for inference", ModelFailure::NotReady),
    ("timed out in processing", ModelFailure::ModelTimeout),
    ("unexpected error during processing", ModelFailure::ModelError),
];

/// Codes that Bedrock alone sends, each with one meaning.
const CODES: [(&str, ModelFailure); 5] = [
    ("MPAgreementBeingCreated", ModelFailure::Pending),
    ("FTUFormNotFilled", ModelFailure::UseCase),
    ("ModelNotReadyException", ModelFailure::NotReady),
    ("ModelTimeoutException", ModelFailure::ModelTimeout),
    ("ModelErrorException", ModelFailure::ModelError),
];

impl ModelFailure {
    /// By the words of a message of Bedrock, whatever code comes with them: the same failure comes with several.
    #[must_use]
    pub fn by_words(message: &str) -> Option<Self> {
        let flat = flat(message);
        // too plain to be found inside another text
        if flat.trim_end_matches('.') == "operation not allowed" {
            return Some(Self::Account);
        }
        if flat.contains("data retention mode") && flat.contains("is not available for this model") {
            return Some(Self::DataRetention);
        }
        // a sentence of IAM holds names that a person chose
        if flat.contains("is not authorized to perform: ") {
            return None;
        }
        if let Some((_, failure)) = WORDS.iter().find(|(words, _)| flat.contains(words)) {
            return Some(*failure);
        }
        if flat.contains("account is not authorized to access this model") {
            return Some(Self::Account);
        }
        flat.contains("model access is denied due to").then_some(Self::ModelAccess)
    }

    /// By a code that Bedrock alone sends.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, failure)| *failure)
    }

    /// Whether other services say the same: then it says nothing of a model.
    pub(super) const fn is_of_any_service(self) -> bool {
        matches!(self, Self::InvalidCredentials | Self::ExpiredCredentials | Self::Signature)
    }

    /// Whether others may use the same words.
    pub(super) const fn is_plain(self) -> bool {
        matches!(
            self,
            Self::Quota
                | Self::Connections
                | Self::Sampling
                | Self::SamplingBoth
                | Self::ModelTimeout
                | Self::ModelError
        )
    }

    /// Whether it is one of this kind of failure.
    pub(super) fn fits(self, failure: Failure) -> bool {
        self.failure() == failure || (self == Self::ApiKey && failure == Failure::ExpiredCredentials)
    }
}

fn flat(message: &str) -> String {
    let one = message.split_whitespace().collect::<Vec<_>>().join(" ");
    one.replace('\u{2019}', "'").replace("\\u2019", "'").to_lowercase()
}
