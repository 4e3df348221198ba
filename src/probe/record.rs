//! A cell as the report tells it, and how many have each verdict.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::attempt::{Attempt, Outcome, Usage};
use super::call::{Api, Variation};
use super::run::RunCell;
use super::settings::Origin;
use super::verdict::{Authorized, Detail, Judgement, Verdict};
use crate::iam::{PolicyType, secret};

/// One cell.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CellRecord {
    /// The model as asked.
    pub model: String,
    /// What went into the request.
    pub resolved: String,
    /// The Region whose endpoint was called.
    pub region: String,
    /// The operation.
    pub api: Api,
    /// The parameters beyond one output token.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub parameters: BTreeMap<&'static str, serde_json::Value>,
    /// How often it was called.
    pub attempts: usize,
    /// The HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// Its error code.
    pub error_code: Option<String>,
    /// Its text, without secrets.
    pub message: Option<String>,
    /// How long it took.
    pub latency_ms: Option<u64>,
    /// What it came to.
    pub verdict: Verdict,
    /// What more that says.
    pub detail: Option<Detail>,
    /// The type of policy that AWS named.
    pub policy_type: Option<PolicyType>,
    /// Whether the policies allow it.
    pub authorized: Authorized,
    /// The policy that AWS named.
    pub policy_arn: Option<String>,
    /// The action that is checked, or that was denied.
    pub action: String,
    /// The resource that was denied: not always the model that was asked for.
    pub denied_resource: Option<String>,
    /// The service's id of the last request.
    pub request_id: Option<String>,
    /// The tokens, where the answer tells.
    pub usage: Option<Usage>,
    /// What the verdict does not show by itself, or why the cell was not called.
    pub note: Option<String>,
    /// Why the cell is in the matrix.
    pub origin: Origin,
    /// The cell that led to it, counted from 0.
    pub after: Option<usize>,
    /// The variation, for the table.
    #[serde(skip)]
    pub(super) variation: Variation,
    /// The id of the model behind it.
    #[serde(skip)]
    pub(super) base: Option<String>,
}

macro_rules! counts {
    ($($(#[$doc:meta])* $field:ident $verdict:ident;)*) => {
        /// How many cells have each verdict. Made from the cells, so that they add up.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub struct Counts {
            /// All cells.
            pub planned: usize,
            $($(#[$doc])* pub $field: usize,)*
        }

        impl Counts {
            /// Counts the cells.
            #[must_use]
            pub fn of(cells: &[CellRecord]) -> Self {
                let mut counts = Self { planned: cells.len(), ..Self::default() };
                for cell in cells {
                    match cell.verdict {
                        $(Verdict::$verdict => counts.$field += 1,)*
                    }
                }
                counts
            }

            /// How many cells have the verdict.
            #[must_use]
            pub const fn get(&self, verdict: Verdict) -> usize {
                match verdict {
                    $(Verdict::$verdict => self.$field,)*
                }
            }
        }
    };
}

counts! {
    /// An answer.
    ok Ok;
    /// A Deny statement matched.
    denied_explicit DeniedExplicit;
    /// No policy allows it.
    denied_implicit DeniedImplicit;
    /// Denied, without saying how.
    denied Denied;
    /// The credentials are not accepted.
    auth_failed AuthFailed;
    /// The account has no access to the model.
    entitlement Entitlement;
    /// The model has ended.
    lifecycle Lifecycle;
    /// The id cannot be called there.
    routing Routing;
    /// The request is not valid.
    request_invalid RequestInvalid;
    /// A rate or quota is used up.
    throttled Throttled;
    /// The model or service could not answer.
    capacity Capacity;
    /// The stream broke off.
    stream_truncated StreamTruncated;
    /// The stream ended with an error.
    stream_error StreamError;
    /// No answer.
    network Network;
    /// Not called.
    not_run NotRun;
    /// It cannot be told.
    unknown Unknown;
}

impl CellRecord {
    pub(super) fn new(cell: &RunCell) -> Self {
        let planned = &cell.planned;
        let last = cell.attempts.last();
        let open = Judgement::new(Verdict::NotRun, Some(Detail::Interrupted), Authorized::Unknown);
        let judgement = cell.judgement.as_ref().unwrap_or(&open);
        let (http_status, error_code, message) = last.map_or((None, None, None), said);
        let denial = judgement.denial.as_ref();
        let action = denial.and_then(|denial| denial.action.as_ref()).map(ToString::to_string);
        let used = cell.attempts.iter().map(Attempt::usage).find(|usage| *usage != Usage::default());
        let expected = expected(cell);
        Self {
            model: clean(&planned.model),
            resolved: clean(planned.resolved.as_str()),
            region: planned.region.clone(),
            api: planned.api,
            parameters: parameters(&planned.variation),
            attempts: cell.attempts.len(),
            http_status,
            error_code: error_code.map(|code| clean(&code)),
            message: message.map(|text| clean(&text)),
            latency_ms: last.map(|attempt| attempt.latency_ms),
            verdict: judgement.verdict,
            detail: judgement.detail,
            policy_type: judgement.policy_type,
            authorized: judgement.authorized,
            policy_arn: judgement.policy_arn.as_deref().map(clean),
            action: clean(&action.unwrap_or_else(|| planned.api.action().to_owned())),
            denied_resource: denial.and_then(|denial| denial.resource.as_deref()).map(clean),
            request_id: last.and_then(|attempt| attempt.request_id.as_deref()).map(clean),
            usage: used,
            note: judgement.note.as_deref().map(|note| clean(&format!("{note}{expected}"))),
            origin: planned.origin,
            after: planned.after,
            variation: planned.variation.clone(),
            base: planned.base.clone(),
        }
    }

    /// Whether it was called.
    #[must_use]
    pub const fn was_called(&self) -> bool {
        self.attempts > 0
    }
}

/// What a refused parameter means on a model of which that is known.
fn expected(cell: &RunCell) -> &'static str {
    let refuses = cell.planned.base.as_deref().and_then(super::catalogue::model);
    let refused = cell.judgement.as_ref().is_some_and(|it| it.verdict == Verdict::RequestInvalid);
    if refused && refuses.is_some_and(|model| model.refuses(&cell.planned.variation)) {
        "; this model is known to refuse it"
    } else {
        ""
    }
}

/// Status, code and text of an answer.
fn said(attempt: &Attempt) -> (Option<u16>, Option<String>, Option<String>) {
    match &attempt.outcome {
        Outcome::Completed { .. } | Outcome::Truncated { .. } => (Some(200), None, None),
        Outcome::Exception { code, message, .. } => (Some(200), code.clone(), message.clone()),
        Outcome::Refused { status, code, message, body } => {
            (Some(*status), code.clone(), message.clone().or_else(|| body.clone()))
        }
        Outcome::Unanswered { why } => (None, None, Some(why.clone())),
    }
}

/// What differs from the plain call.
fn parameters(variation: &Variation) -> BTreeMap<&'static str, serde_json::Value> {
    use serde_json::json;
    match variation {
        Variation::Plain => BTreeMap::new(),
        Variation::Temperature => [("temperature", json!(0))].into(),
        Variation::TemperatureAndTopP => [("temperature", json!(0)), ("top_p", json!(1))].into(),
        Variation::Tool => [("tools", json!(1))].into(),
        Variation::ServiceTier(tier) => [("service_tier", json!(tier))].into(),
        Variation::LowLatency => [("latency", json!("optimized"))].into(),
        Variation::Guardrail { identifier, version } => {
            [("guardrail", json!(clean(identifier))), ("guardrail_version", json!(clean(version)))].into()
        }
        Variation::Dry => [("max_tokens", json!(0))].into(),
    }
}

/// Text from outside on its way into the report: no secret, and no longer than a message is.
pub(super) fn clean(text: &str) -> String {
    const LONGEST: usize = 4_000;
    let safe = secret::redact(text);
    match safe.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}... (cut)", safe.get(..end).unwrap_or_default()),
        None => safe.into_owned(),
    }
}
