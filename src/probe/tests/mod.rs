//! A probe without a network: the verdict on answers, what a plan holds, how a run goes.

mod failures;
pub(crate) mod plans;
pub(crate) mod runs;

use super::*;

/// A call of `Converse`.
fn call(api: Api, variation: Variation) -> Call {
    Call {
        region: "us-east-1".to_owned(),
        model: ModelRef::parse("us.anthropic.claude-sonnet-4-5-20250929-v1:0").unwrap(),
        api,
        variation,
    }
}

pub(crate) fn attempt(outcome: Outcome) -> Attempt {
    Attempt { latency_ms: 12, request_id: Some("0b1c2d3e".to_owned()), outcome }
}

pub(crate) fn refused(status: u16, code: &str, message: &str) -> Attempt {
    attempt(Outcome::Refused { status, code: Some(code.to_owned()), message: Some(message.to_owned()), body: None })
}

pub(crate) fn completed() -> Attempt {
    let usage = Usage { input_tokens: 8, output_tokens: 1 };
    attempt(Outcome::Completed { stop_reason: Some("max_tokens".to_owned()), usage })
}
