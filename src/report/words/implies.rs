//! What follows for condition keys that nobody told.

use super::list::{all_of, any_of};
use super::tree::group;
use crate::deduce::{KeyFact, KeyWas};
use crate::evaluate::Values;

/// `aws:MultiFactorAuthPresent was false or absent`, and what else follows.
#[must_use]
pub fn facts(facts: &[KeyFact]) -> String {
    facts.iter().map(|fact| format!("{} was {}", fact.key, is(&fact.was))).collect::<Vec<_>>().join("; ")
}

/// What a key was: `false or absent`, `none of t3.micro and t3.small`.
#[must_use]
pub fn is(was: &KeyWas) -> String {
    match was {
        KeyWas::OneOf { values, absent } => {
            let mut all: Vec<String> = values.iter().map(group).collect();
            all.extend(absent.then(|| "absent".to_owned()));
            any_of(&all)
        }
        KeyWas::NoneOf { values, absent: false } if values.is_empty() => "present".to_owned(),
        KeyWas::NoneOf { values, absent } => {
            let words = none_of(values);
            if *absent { format!("{words}, or absent") } else { words }
        }
        KeyWas::Such { operator, values, held } => {
            let held = if *held { "held" } else { "did not hold" };
            format!("such that `{operator}` {} {held}", any_of(values))
        }
    }
}

fn none_of(values: &[Values]) -> String {
    let all: Vec<String> = values.iter().map(group).collect();
    match all.as_slice() {
        [only] => format!("not {only}"),
        several if values.iter().all(|value| matches!(value, Values::Is(_))) => format!("none of {}", all_of(several)),
        several => format!("not {}", several.join(", nor ")),
    }
}
