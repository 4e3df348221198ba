//! What a call can amount to: a verdict, a detail, and whether it shows that the policies allow the call.

use schemars::JsonSchema;
use serde::Serialize;

use super::settings::NotRun;

/// An enum whose JSON is its code.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable identifier, as in JSON.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

coded! {
    /// What a call came to.
    Verdict {
        /// An answer.
        Ok = "ok",
        /// A Deny statement matched.
        DeniedExplicit = "denied-explicit",
        /// No policy of a type allows it.
        DeniedImplicit = "denied-implicit",
        /// Denied, without saying how.
        Denied = "denied",
        /// The credentials or the API key are not accepted.
        AuthFailed = "auth-failed",
        /// The account has no access to the model, whatever the policies say.
        Entitlement = "entitlement",
        /// The model has ended, or is closed to the account as a legacy model.
        Lifecycle = "lifecycle",
        /// The id is not one that can be called there.
        Routing = "routing",
        /// The request is not valid.
        RequestInvalid = "request-invalid",
        /// A rate or quota is used up.
        Throttled = "throttled",
        /// The model or service could not answer.
        Capacity = "capacity",
        /// The stream ended without its closing event.
        StreamTruncated = "stream-truncated",
        /// The stream ended with an error.
        StreamError = "stream-error",
        /// No answer came.
        Network = "network",
        /// It was not called.
        NotRun = "not-run",
        /// What came is not recognised.
        Unknown = "unknown",
    }
}

impl Verdict {
    /// Whether IAM denied the call.
    #[must_use]
    pub const fn is_denied(self) -> bool {
        matches!(self, Self::DeniedExplicit | Self::DeniedImplicit | Self::Denied)
    }
}

coded! {
    /// Whether the call shows that the policies allow it.
    Authorized {
        /// It was allowed.
        Yes = "yes",
        /// It was not.
        No = "no",
        /// The call does not show it.
        Unknown = "unknown",
    }
}

coded! {
    /// What a verdict says more precisely.
    #[non_exhaustive]
    Detail {
        /// The guardrail stepped in: it was applied, so the call was allowed.
        GuardrailIntervened = "guardrail-intervened",
        /// AWS's own quarantine policy.
        Quarantine = "quarantine",
        /// The inference profile is denied.
        InferenceProfile = "inference-profile",
        /// The model in another Region than the one that was called.
        DestinationRegion = "destination-region",
        /// The model of a global profile, whose Region is open.
        UnspecifiedRegion = "unspecified-region",
        /// `bedrock:CallWithBearerToken`.
        BearerToken = "bearer-token",
        /// `bedrock:ApplyGuardrail`.
        Guardrail = "guardrail",
        /// `bedrock:CountTokens`.
        CountTokens = "count-tokens",
        /// The credentials are not known.
        InvalidCredentials = "invalid-credentials",
        /// The credentials have expired.
        ExpiredCredentials = "expired-credentials",
        /// The signature does not fit.
        Signature = "signature",
        /// The Bedrock API key is not accepted.
        ApiKey = "api-key",
        /// The account has no access to the model.
        ModelAccess = "model-access",
        /// The caller may not subscribe the account on Marketplace.
        Marketplace = "marketplace",
        /// The account's payment method.
        Payment = "payment",
        /// The subscription is under way.
        Pending = "pending",
        /// The provider's form about the use.
        UseCase = "use-case",
        /// AWS opens the model to some accounts only.
        AccountGate = "account-gate",
        /// The account may not use the operation.
        Account = "account",
        /// The country that the call comes from.
        Country = "country",
        /// The account's retention of data.
        DataRetention = "data-retention",
        /// The model has ended.
        EndOfLife = "end-of-life",
        /// A legacy model, closed to those who did not use it of late.
        Legacy = "legacy",
        /// It is called by an inference profile only.
        NeedsProfile = "needs-profile",
        /// No such model there.
        BadId = "bad-id",
        /// Not the form of an id.
        MalformedId = "malformed-id",
        /// The model refuses a sampling parameter.
        Sampling = "sampling",
        /// The model refuses two sampling parameters together.
        SamplingBoth = "sampling-both",
        /// The body is not the model's.
        Malformed = "malformed",
        /// The model answers another API.
        OtherApi = "other-api",
        /// As it was meant to be: the call was made to be refused as not valid.
        Likely = "likely",
        /// Requests for a time.
        Requests = "requests",
        /// Tokens for a time.
        Tokens = "tokens",
        /// Tokens for a day.
        TokensPerDay = "tokens-per-day",
        /// A quota of the account.
        Quota = "quota",
        /// Too many connections.
        Connections = "connections",
        /// The service could not answer.
        Unavailable = "unavailable",
        /// The model is not ready.
        NotReady = "not-ready",
        /// The model took too long.
        ModelTimeout = "model-timeout",
        /// The model failed.
        ModelError = "model-error",
        /// The service failed.
        Internal = "internal",
        /// The service refused the request within the stream.
        Validation = "validation",
        /// The name does not resolve.
        NameResolution = "name-resolution",
        /// The time was over.
        Timeout = "timeout",
        /// The answer is not the service's: something in between answered.
        Intermediary = "intermediary",
        /// See why a cell was not called.
        OverCap = "over-cap",
        /// The limit of calls.
        OverCalls = "over-calls",
        /// The limit of cost.
        OverBudget = "over-budget",
        /// It could subscribe the account.
        WouldSubscribe = "would-subscribe",
        /// The daily quota is used up.
        DailyQuota = "daily-quota",
        /// The identity is quarantined.
        Incident = "incident",
        /// The key counts as compromised.
        Compromised = "compromised",
        /// The run was interrupted.
        Interrupted = "interrupted",
    }
}

impl From<NotRun> for Detail {
    fn from(reason: NotRun) -> Self {
        match reason {
            NotRun::OverCap => Self::OverCap,
            NotRun::OverCalls => Self::OverCalls,
            NotRun::OverBudget => Self::OverBudget,
            NotRun::WouldSubscribe => Self::WouldSubscribe,
            NotRun::DailyQuota => Self::DailyQuota,
            NotRun::Incident => Self::Incident,
            NotRun::Compromised => Self::Compromised,
            NotRun::Interrupted => Self::Interrupted,
        }
    }
}
