//! What follows from AWS's words for the condition keys of a request.

use super::{Redact, Redactor};
use crate::deduce::{InCases, KeyFact, KeyWas};
use crate::evaluate::Values;

impl Redact for KeyFact {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { key, was } = self;
        match was {
            KeyWas::OneOf { values, absent: _ } | KeyWas::NoneOf { values, absent: _ } => {
                for group in values.iter_mut() {
                    redactor.values(key, text(group));
                }
            }
            KeyWas::Such { operator: _, values, held: _ } => redactor.values(key, values),
        }
        redactor.keys(key);
    }
}

const fn text(group: &mut Values) -> &mut String {
    match group {
        Values::Is(text)
        | Values::Like(text)
        | Values::In(text)
        | Values::LessThan(text)
        | Values::MoreThan(text)
        | Values::Before(text)
        | Values::After(text) => text,
    }
}

impl Redact for InCases {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Every | Self::Some => {}
            Self::If(facts) => facts.redact(redactor),
        }
    }
}
