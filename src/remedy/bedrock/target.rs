//! What a Bedrock call names: a model, an inference profile, or something else that can be invoked.

use crate::iam::Arn;

/// The prefixes of system-defined inference profiles: a geography, or the world.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
const GEOGRAPHIES: [&str; 8] = ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"];

/// What is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A model of AWS, by its id: `anthropic.claude-sonnet-4-5-20250929-v1:0`.
    Model(String),
    /// A system-defined inference profile, by its id: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`.
    Profile(String),
    /// An inference profile of the account's own, by its id, which does not tell the model.
    ApplicationProfile(String),
    /// An ARN of something else: provisioned throughput, a custom or imported model, a prompt router.
    Other(String),
}

/// Where a profile may send a call: the model in each Region, as `GetInferenceProfile` lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destinations {
    /// All of them.
    Known(Vec<Arn>),
    /// These at least; nobody asked AWS for all.
    AtLeast(Vec<Arn>),
}

impl Target {
    /// Reads what a call gives as its model: an id, or an ARN.
    #[must_use]
    pub fn read(model: &str) -> Self {
        let Ok(arn) = model.parse::<Arn>() else {
            let geography = model.split_once('.').is_some_and(|(prefix, _)| GEOGRAPHIES.contains(&prefix));
            return if geography { Self::Profile(model.to_owned()) } else { Self::Model(model.to_owned()) };
        };
        match arn.resource().split_once('/') {
            Some(("foundation-model", id)) => Self::Model(id.to_owned()),
            Some(("inference-profile", id)) => Self::Profile(id.to_owned()),
            Some(("application-inference-profile", id)) => Self::ApplicationProfile(id.to_owned()),
            _ => Self::Other(model.to_owned()),
        }
    }

    /// The id of the model, where the target tells it.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Model(id) => Some(id),
            Self::Profile(id) => id.split_once('.').map(|(_, model)| model),
            Self::ApplicationProfile(_) | Self::Other(_) => None,
        }
    }

    /// Whether it is a profile that sends calls to any Region.
    #[must_use]
    pub fn is_global(&self) -> bool {
        matches!(self, Self::Profile(id) if id.starts_with("global."))
    }
}
