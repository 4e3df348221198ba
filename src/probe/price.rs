//! What a call can cost at most, from list prices of one day.
//!
//! AWS's page writes its numbers by a script, so that no stored copy of it shows them: these are upper bounds, which lie above the list
//! prices of the provider with the surcharge of Regions (<https://platform.claude.com/docs/en/about-claude/pricing>), and newer models than
//! that day may cost less.
//!
//! <https://aws.amazon.com/bedrock/pricing/>

use super::attempt::{Outcome, Usage};
use super::call::{Call, Variation};

/// The day of the prices.
pub const DATE: &str = "2026-11-22";

/// US dollars for a million tokens, of the question and of the answer: upper bounds, with the surcharge of Regions included.
/// What is not listed costs no more than the last row.
const PRICES: [(&str, f64, f64); 6] = [
    ("claude-3-haiku", 0.3, 1.5),
    ("claude-3-5-haiku", 1.2, 6.0),
    ("haiku", 2.2, 11.0),
    ("sonnet", 6.6, 24.75),
    ("claude-opus-5", 11.0, 55.0),
    ("", 16.5, 82.5),
];

/// The tokens of the question, at most: the word, and what the service puts around it.
const QUESTION: u64 = 32;
/// The tokens of a tool's description and of what the service adds for tools, at most.
const TOOL: u64 = 800;

/// The price of these tokens at most.
#[must_use]
pub fn price(call: &Call, usage: Usage) -> f64 {
    let row = PRICES.iter().find(|(part, ..)| call.model.as_str().contains(part));
    let (input, output) = row.map_or((16.5, 82.5), |(_, input, output)| (*input, *output));
    // the tiers above the default cost less than twice its price
    let factor = match call.variation {
        Variation::ServiceTier(_) | Variation::LowLatency => 2.0,
        _ => 1.0,
    };
    // counts of tokens are far below what a double holds exactly
    let tokens = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let guardrail = if matches!(call.variation, Variation::Guardrail { .. }) { 0.001 } else { 0.0 };
    factor * (tokens(usage.input_tokens) * input + tokens(usage.output_tokens) * output) / 1e6 + guardrail
}

/// What one call can cost before it is made.
#[must_use]
pub fn bound(call: &Call) -> f64 {
    let input_tokens = QUESTION + if call.variation == Variation::Tool { TOOL } else { 0 };
    price(call, Usage { input_tokens, output_tokens: 1 })
}

/// What a call cost: by the tokens that it reports; the upper bound where it ran and reports none; nothing where it was refused.
#[must_use]
pub fn spent(call: &Call, outcome: &Outcome) -> f64 {
    match outcome {
        Outcome::Completed { usage, .. } | Outcome::Truncated { usage, .. } if *usage != Usage::default() => {
            price(call, *usage)
        }
        Outcome::Refused { .. } => 0.0,
        _ => bound(call),
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::Api;
    use super::super::model::ModelRef;
    use super::*;

    fn plain(model: &str) -> Call {
        let model = ModelRef::parse(model).unwrap();
        Call { region: "us-east-1".to_owned(), model, api: Api::Converse, variation: Variation::Plain }
    }

    #[test]
    fn one_word_and_one_token_cost_less_than_a_hundredth_of_a_cent_to_a_tenth() {
        for model in super::super::catalogue::MODELS {
            let cost = bound(&plain(model.id));
            assert!(cost > 0.0 && cost < 0.001, "{} {cost}", model.id);
        }
        let used = Usage { input_tokens: 1_000_000, output_tokens: 0 };
        assert!((price(&plain("us.anthropic.claude-haiku-4-5-20251001-v1:0"), used) - 2.2).abs() < 1e-9);
    }
}
