//! Which models can this identity call: the plan of calls, what each came to, and counts that add up.
//!
//! Everything here is pure. [`crate::aws`] makes the calls that a run asks for and hands back what happened.

mod attempt;
mod call;

pub use attempt::{Attempt, Outcome, Usage};
pub use call::{Api, Call, Variation};
