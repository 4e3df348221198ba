//! What a reader should know besides the cells: where the models come from, which have ended, what was not found out or not tried.

use super::catalogue::Listed;
use super::discovery::Refusal;
use super::model::ModelRef;

/// One such fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A Region lists no active model of a family that was asked for.
    NoActiveModel {
        /// The Region.
        region: String,
        /// The family: `haiku`.
        family: String,
    },
    /// The ARN of a model names another Region than the one that was called.
    OtherRegion {
        /// The model.
        model: ModelRef,
        /// The Region in its ARN.
        named: String,
        /// The Region that was called.
        called: String,
    },
    /// It is not known which model answers.
    ModelNotKnown(ModelRef),
    /// The control plane calls a model legacy.
    Legacy {
        /// The model.
        base: String,
        /// Its end of life.
        end: Option<String>,
        /// The Region.
        region: String,
    },
    /// The built-in list knows an end of the model.
    Ends(&'static Listed),
    /// The control plane refused to tell whether the account agreed to a model's offer.
    AgreementNotKnown {
        /// The model.
        base: String,
        /// The Region.
        region: String,
        /// What it said instead.
        why: Refusal,
    },
    /// The control plane reports a state that is not well. It is no verdict.
    /// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html>
    NotAvailable {
        /// The model.
        base: String,
        /// The Region.
        region: String,
        /// What it is about, and AWS's word for its state.
        states: Vec<(Aspect, String)>,
    },
    /// The control plane refused to list the models or profiles of a Region.
    NotListed {
        /// The Region.
        region: String,
        /// The operation, and what it said instead.
        refused: Vec<(&'static str, Refusal)>,
    },
    /// The models of a Region come from the built-in list.
    BuiltInList(String),
    /// A model was called because it was named, though nobody knows whether the account has agreed to its offer.
    CalledBecauseNamed(String),
    /// No Region is configured or named; this one was used.
    RegionAssumed(String),
    /// An API key is set that this run did not use.
    ApiKeyNotUsed,
    /// An API key signed the calls, and other credentials named the identity.
    ApiKeyUsed,
    /// An input holds a secret.
    SecretInInput(String),
    /// Only these Regions were called.
    OnlyRegions(Vec<String>),
    /// All so many models that were called had ended.
    AllEnded(usize),
    /// Models that could have been called instead.
    NewestModels(Vec<String>),
    /// AWS denied the user of the API key.
    ApiKeyUser(String),
    /// AWS denied another principal than the one that STS named.
    OtherPrincipal {
        /// Whom AWS denied.
        denied: String,
        /// Whom STS named.
        named: Option<String>,
    },
}

/// An aspect of a model's availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// Whether the account has agreed to the offer.
    Agreement,
    /// Whether the account is authorized.
    Authorization,
    /// Whether the account is entitled.
    Entitlement,
    /// Whether the Region has the model.
    Region,
}

impl Note {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoActiveModel { .. } => "no-active-model",
            Self::OtherRegion { .. } => "other-region",
            Self::ModelNotKnown(_) => "model-not-known",
            Self::Legacy { .. } => "legacy",
            Self::Ends(_) => "end-of-life",
            Self::AgreementNotKnown { .. } => "agreement-not-known",
            Self::NotAvailable { .. } => "not-available",
            Self::NotListed { .. } => "not-listed",
            Self::BuiltInList(_) => "built-in-list",
            Self::CalledBecauseNamed(_) => "called-because-named",
            Self::RegionAssumed(_) => "region-assumed",
            Self::ApiKeyNotUsed => "api-key-not-used",
            Self::ApiKeyUsed => "api-key-used",
            Self::SecretInInput(_) => "secret-in-input",
            Self::OnlyRegions(_) => "only-regions",
            Self::AllEnded(_) => "all-ended",
            Self::NewestModels(_) => "newest-models",
            Self::ApiKeyUser(_) => "api-key-user",
            Self::OtherPrincipal { .. } => "other-principal",
        }
    }
}
