//! A probe without a network: what answers amount to, what a plan holds, how a run goes.

mod failures;
mod plans;
mod reports;
mod runs;

use super::*;

/// A call of `Converse`.
fn call(api: Api, variation: Variation) -> Call {
    Call {
        cell: 0,
        region: "us-east-1".to_owned(),
        model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0".to_owned(),
        api,
        variation,
    }
}

fn attempt(outcome: Outcome) -> Attempt {
    Attempt { latency_ms: 12, request_id: Some("0b1c2d3e".to_owned()), outcome }
}

fn refused(status: u16, code: &str, message: &str) -> Attempt {
    attempt(Outcome::Refused { status, code: Some(code.to_owned()), message: Some(message.to_owned()), body: None })
}

fn completed() -> Attempt {
    let usage = Usage { input_tokens: 8, output_tokens: 1 };
    attempt(Outcome::Completed { stop_reason: Some("max_tokens".to_owned()), usage })
}
