//! What a call can amount to: a verdict, by which layer, and whether it shows that the policies allow it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::denial::Denial;
use crate::iam::PolicyType;

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// An answer.
    Ok,
    /// A Deny statement matched.
    DeniedExplicit,
    /// No policy of a type allows it.
    DeniedImplicit,
    /// Denied, without saying how.
    Denied,
    /// The credentials or the API key are not accepted.
    AuthFailed,
    /// The account has no access to the model, whatever the policies say.
    Entitlement,
    /// The model has ended, or is closed to the account as a legacy model.
    Lifecycle,
    /// The id is not one that can be called there.
    Routing,
    /// The request is not valid.
    RequestInvalid,
    /// A rate or quota is used up.
    Throttled,
    /// The model or service could not answer.
    Capacity,
    /// The stream ended without its closing event.
    StreamTruncated,
    /// The stream ended with an error.
    StreamError,
    /// No answer came.
    Network,
    /// It was not called.
    NotRun,
    /// What came cannot be told.
    Unknown,
}

impl Verdict {
    /// All of them, in order.
    pub const ALL: [Self; 16] = [
        Self::Ok,
        Self::DeniedExplicit,
        Self::DeniedImplicit,
        Self::Denied,
        Self::AuthFailed,
        Self::Entitlement,
        Self::Lifecycle,
        Self::Routing,
        Self::RequestInvalid,
        Self::Throttled,
        Self::Capacity,
        Self::StreamTruncated,
        Self::StreamError,
        Self::Network,
        Self::NotRun,
        Self::Unknown,
    ];

    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::DeniedExplicit => "denied-explicit",
            Self::DeniedImplicit => "denied-implicit",
            Self::Denied => "denied",
            Self::AuthFailed => "auth-failed",
            Self::Entitlement => "entitlement",
            Self::Lifecycle => "lifecycle",
            Self::Routing => "routing",
            Self::RequestInvalid => "request-invalid",
            Self::Throttled => "throttled",
            Self::Capacity => "capacity",
            Self::StreamTruncated => "stream-truncated",
            Self::StreamError => "stream-error",
            Self::Network => "network",
            Self::NotRun => "not-run",
            Self::Unknown => "unknown",
        }
    }

    /// Whether IAM said no.
    #[must_use]
    pub const fn is_denied(self) -> bool {
        matches!(self, Self::DeniedExplicit | Self::DeniedImplicit | Self::Denied)
    }
}

/// Whether the call shows that the policies allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Authorized {
    /// It was allowed.
    Yes,
    /// It was not.
    No,
    /// It does not show.
    Unknown,
}

/// What more a verdict says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Detail {
    /// The guardrail stepped in: it was applied, so the call was allowed.
    GuardrailIntervened,
    /// AWS's own quarantine policy.
    Quarantine,
    /// The inference profile is denied.
    InferenceProfile,
    /// The model in another Region than the one that was called.
    DestinationRegion,
    /// The model of a global profile, whose Region is open.
    UnspecifiedRegion,
    /// `bedrock:CallWithBearerToken`.
    BearerToken,
    /// `bedrock:ApplyGuardrail`.
    Guardrail,
    /// `bedrock:CountTokens`.
    CountTokens,
    /// The credentials are not known.
    InvalidCredentials,
    /// The credentials have expired.
    ExpiredCredentials,
    /// The signature does not fit.
    Signature,
    /// The Bedrock API key is not accepted.
    ApiKey,
    /// The account has no access to the model.
    ModelAccess,
    /// The caller may not subscribe the account on Marketplace.
    Marketplace,
    /// The account's payment method.
    Payment,
    /// The subscription is under way.
    Pending,
    /// The provider's form about the use.
    UseCase,
    /// AWS opens the model to some accounts only.
    AccountGate,
    /// The account may not use the operation.
    Account,
    /// The country that the call comes from.
    Country,
    /// The account's retention of data.
    DataRetention,
    /// The model has ended.
    EndOfLife,
    /// A legacy model, closed to those who did not use it of late.
    Legacy,
    /// It is called by an inference profile only.
    NeedsProfile,
    /// No such model there.
    BadId,
    /// Not the form of an id.
    MalformedId,
    /// The model refuses a sampling parameter.
    Sampling,
    /// The model refuses two sampling parameters together.
    SamplingBoth,
    /// The body is not the model's.
    Malformed,
    /// The model answers another API.
    OtherApi,
    /// As it was meant to be: the call was made to be refused as not valid.
    Likely,
    /// Requests for a time.
    Requests,
    /// Tokens for a time.
    Tokens,
    /// Tokens for a day.
    TokensPerDay,
    /// A quota of the account.
    Quota,
    /// Too many connections.
    Connections,
    /// The service could not answer.
    Unavailable,
    /// The model is not ready.
    NotReady,
    /// The model took too long.
    ModelTimeout,
    /// The model failed.
    ModelError,
    /// The service failed.
    Internal,
    /// The service refused the request within the stream.
    Validation,
    /// The name does not resolve.
    NameResolution,
    /// The time was over.
    Timeout,
    /// The answer is not the service's: something stands between.
    Intermediary,
    /// See why a cell was not called.
    OverCap,
    /// The limit of calls.
    OverCalls,
    /// The limit of cost.
    OverBudget,
    /// It could subscribe the account.
    WouldSubscribe,
    /// The daily quota is used up.
    DailyQuota,
    /// The identity is quarantined.
    Incident,
    /// The key counts as compromised.
    Compromised,
    /// The run was interrupted.
    Interrupted,
}

impl Detail {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub fn id(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// What the calls of one cell amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What more it says.
    pub detail: Option<Detail>,
    /// The type of policy that AWS named.
    pub policy_type: Option<PolicyType>,
    /// The policy that AWS named.
    pub policy_arn: Option<String>,
    /// Whether the policies allow it.
    pub authorized: Authorized,
    /// What the verdict does not show by itself.
    pub note: Option<String>,
    /// What AWS said, read; for denied cells.
    pub denial: Option<Denial>,
}

impl Judgement {
    /// A verdict without more.
    #[must_use]
    pub const fn new(verdict: Verdict, detail: Option<Detail>, authorized: Authorized) -> Self {
        Self { verdict, detail, policy_type: None, policy_arn: None, authorized, note: None, denial: None }
    }

    /// Whether AWS has quarantined the identity.
    #[must_use]
    pub fn is_quarantine(&self) -> bool {
        self.detail == Some(Detail::Quarantine)
    }

    pub(super) fn with(self, note: &str) -> Self {
        Self { note: Some(note.to_owned()), ..self }
    }
}
