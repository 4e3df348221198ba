//! What a person asks a probe for, and why a cell is in the matrix or is not called.

use schemars::JsonSchema;
use serde::Serialize;

use super::call::{Api, Variation};

/// As many cells are called when nobody gave a limit of calls.
pub const MAX_CELLS: usize = 12;
/// What a run may cost when nobody gave a limit, in US dollars.
pub const MAX_USD: f64 = 0.05;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Settings {
    /// The models as written: ids, profiles, ARNs, or `sonnet`, `haiku`, `opus`; none for the newest of each.
    pub models: Vec<String>,
    /// The Regions, the first one first. At least one.
    pub regions: Vec<String>,
    /// Whether to call by `Converse` and `ConverseStream`.
    pub converse: bool,
    /// Whether to call by `InvokeModel` and `InvokeModelWithResponseStream`.
    pub invoke: bool,
    /// Whether to vary the parameters of calls that work.
    pub params: bool,
    /// A guardrail to try with, by id or ARN, and its version.
    pub guardrail: Option<(String, String)>,
    /// Whether to try the guardrail and the tiers on calls that are explicitly denied too: a Deny may depend on them.
    pub try_conditions: bool,
    /// Whether to try profiles when the id alone does not do.
    pub fallback: bool,
    /// Calls that are to be refused as not valid instead of answered.
    pub dry: bool,
    /// As many calls at most, retries included; lifts the limit of cells.
    pub max_calls: Option<u32>,
    /// US dollars at most.
    pub max_usd: f64,
    /// Whether a call may make the account agree to a Marketplace offer.
    pub allow_subscribe: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            models: Vec::new(),
            regions: vec!["us-east-1".to_owned()],
            converse: true,
            invoke: false,
            params: false,
            guardrail: None,
            try_conditions: false,
            fallback: true,
            dry: false,
            max_calls: None,
            max_usd: MAX_USD,
            allow_subscribe: false,
        }
    }
}

impl Settings {
    /// The operations, each with its stream.
    #[must_use]
    pub fn apis(&self) -> Vec<Api> {
        let converse = [Api::Converse, Api::ConverseStream].into_iter().filter(|_| self.converse);
        converse.chain([Api::Invoke, Api::InvokeStream].into_iter().filter(|_| self.invoke)).collect()
    }

    /// The plain call, or the dry one.
    #[must_use]
    pub const fn plain(&self) -> Variation {
        if self.dry { Variation::Dry } else { Variation::Plain }
    }
}

/// Why a cell is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The model was asked for.
    Asked,
    /// It is the newest of its family, and no model was asked for.
    Newest,
    /// Another way to the same model, after the one before did not do.
    Fallback,
    /// Other parameters, after the plain call gave its answer.
    Variation,
}

/// Why a cell is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotRun {
    /// More cells than are called without a limit of calls of one's own.
    OverCap,
    /// The limit of calls is reached.
    OverCalls,
    /// It could cost more than is left.
    OverBudget,
    /// It could make the account agree to a Marketplace offer.
    WouldSubscribe,
    /// The daily quota of the model is used up.
    DailyQuota,
    /// AWS has quarantined the identity: nothing more is tried with its key.
    Incident,
    /// The key was known to be compromised before the first call.
    Compromised,
    /// The run was interrupted.
    Interrupted,
}

impl NotRun {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OverCap => "over-cap",
            Self::OverCalls => "over-calls",
            Self::OverBudget => "over-budget",
            Self::WouldSubscribe => "would-subscribe",
            Self::DailyQuota => "daily-quota",
            Self::Incident => "incident",
            Self::Compromised => "compromised",
            Self::Interrupted => "interrupted",
        }
    }
}
