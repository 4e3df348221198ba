//! What came back of one call, and how its tokens are read: shared by answers and streams of answers.

use aws_sdk_bedrockruntime::types::TokenUsage;
use serde_json::Value;

use crate::probe::{Outcome, Usage};

/// What came back, and by which id the service knows it.
pub(super) struct Answer {
    pub(super) request_id: Option<String>,
    pub(super) outcome: Outcome,
}

/// The tokens as Anthropic's messages report them.
pub(super) fn usage(fields: &Value) -> Usage {
    let count = |name: &str| fields.get(name).and_then(Value::as_u64).unwrap_or_default();
    Usage { input_tokens: count("input_tokens"), output_tokens: count("output_tokens") }
}

/// The tokens as `Converse` reports them.
pub(super) fn tokens(usage: &TokenUsage) -> Usage {
    let count = |tokens: i32| u64::try_from(tokens).unwrap_or_default();
    Usage { input_tokens: count(usage.input_tokens), output_tokens: count(usage.output_tokens) }
}
