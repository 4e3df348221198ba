//! One call of the runtime: by which API, to which model, with which parameters.

use schemars::JsonSchema;
use serde::Serialize;

use super::model::ModelRef;

/// An operation of the runtime that runs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// `Converse`.
    Converse,
    /// `ConverseStream`.
    ConverseStream,
    /// `InvokeModel`.
    Invoke,
    /// `InvokeModelWithResponseStream`.
    InvokeStream,
}

impl Api {
    /// The operation's name: `ConverseStream`.
    #[must_use]
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Converse => "Converse",
            Self::ConverseStream => "ConverseStream",
            Self::Invoke => "InvokeModel",
            Self::InvokeStream => "InvokeModelWithResponseStream",
        }
    }

    /// The IAM action that is checked. `bedrock:Converse` does not exist.
    ///
    /// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Converse | Self::Invoke => "bedrock:InvokeModel",
            Self::ConverseStream | Self::InvokeStream => "bedrock:InvokeModelWithResponseStream",
        }
    }

    /// Whether the answer comes as a stream of events.
    #[must_use]
    pub const fn streams(self) -> bool {
        matches!(self, Self::ConverseStream | Self::InvokeStream)
    }
}

/// How a call differs from the plain one: one output token, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Variation {
    /// One output token and no other parameter.
    Plain,
    /// `temperature` 0, which newer models refuse.
    Temperature,
    /// `temperature` and `top_p` together, which newer models refuse.
    TemperatureAndTopP,
    /// A tool that the model may use.
    Tool,
    /// Another service tier: `priority` or `flex`.
    ServiceTier(&'static str),
    /// Inference optimised for latency.
    LowLatency,
    /// A guardrail, by id or ARN, and its version.
    Guardrail {
        /// The id or ARN.
        identifier: String,
        /// The version, or `DRAFT`.
        version: String,
    },
    /// No output at all, which is refused as not valid once it is authorized.
    Dry,
}

impl Variation {
    /// Whether the call asks only whether the model may be called: the plain call, or the dry one.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Plain | Self::Dry)
    }
}

/// One call to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The Region whose endpoint is called.
    pub region: String,
    /// What goes into the request as model: an id, an inference profile or an ARN.
    pub model: ModelRef,
    /// The operation.
    pub api: Api,
    /// The parameters.
    pub variation: Variation,
}

impl Call {
    /// Whether another call differs in the operation only.
    pub(super) fn is_sibling(&self, other: &Self) -> bool {
        self.region == other.region && self.model == other.model && self.variation == other.variation
    }
}
