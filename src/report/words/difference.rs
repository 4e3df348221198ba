//! What a comparison of policies could not decide.

use crate::difference::{CannotTell, KeyLimit, VariableLimit};

/// What may or may not differ, and why, in order and each once, with its code.
#[must_use]
pub fn cannot_tell_all(facts: &[CannotTell]) -> Vec<(String, &'static str)> {
    // what the comparison itself could not tell comes before what the files leave open
    let of_files = |fact: &CannotTell| matches!(fact, CannotTell::LeftOpen(_) | CannotTell::ShownOnce(_));
    let mut all: Vec<(bool, String, &'static str)> =
        facts.iter().map(|fact| (of_files(fact), cannot_tell(fact), fact.code())).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(|(_, words, code)| (words, code)).collect()
}

/// What may or may not differ, and why.
#[must_use]
pub fn cannot_tell(fact: &CannotTell) -> String {
    match fact {
        CannotTell::TooManyActions => "everything: the policies name too many kinds of actions".to_owned(),
        CannotTell::Action(action) => {
            format!("everything about {action}: the policies overlap in too many ways")
        }
        CannotTell::ActionsLike(action) => {
            format!("everything about actions like {action}: the policies overlap in too many ways")
        }
        CannotTell::UnknownActions(service) => {
            format!("which unknown actions of {service} the patterns cover: they overlap in too many ways")
        }
        CannotTell::Key(key, limit) => format!("everything about the condition key {key}: {}", key_limit(limit)),
        CannotTell::Variable(variable, VariableLimit::HoldsAnother) => {
            format!("values of the policy variable ${{{variable}}} that hold those of another")
        }
        CannotTell::Variable(variable, VariableLimit::TooMany) => {
            format!("special values of the policy variable ${{{variable}}}: there are too many")
        }
        CannotTell::Variable(variable, limit) => {
            format!("values of the policy variable ${{{variable}}}: {}", variable_limit(*limit))
        }
        CannotTell::Undecided(change) => change.to_string(),
        CannotTell::Unconfirmed(change) => format!("{change}: no example of it could be confirmed"),
        CannotTell::LeftOpen(parts) => {
            format!("everything that depends on what only one file leaves open: {}", parts.join(", "))
        }
        CannotTell::ShownOnce(what) => format!("everything that depends on what only one file shows: {what}"),
    }
}

fn key_limit(limit: &KeyLimit) -> String {
    match limit {
        KeyLimit::Cases => "its values fall into too many cases".to_owned(),
        KeyLimit::Lists => "its lists of values fall into too many cases".to_owned(),
        KeyLimit::MixedFamilies => {
            "it is compared both as text and as something else, which is tried at the values that are written only"
                .to_owned()
        }
        KeyLimit::Patterns => "its patterns overlap in too many ways".to_owned(),
        KeyLimit::NumbersBetween(low, high) => format!("numbers between {low} and {high}"),
        KeyLimit::DatesBetween(low, high) => format!("dates between {low} and {high}"),
    }
}

const fn variable_limit(limit: VariableLimit) -> &'static str {
    match limit {
        VariableLimit::List => "it is a list, and a variable stands for one value",
        VariableLimit::Tested => "conditions test it by more than single values",
        VariableLimit::ComparedWithAnother => "conditions compare it with another variable",
        VariableLimit::NotText => "it stands for something else than text",
        VariableLimit::PartlyMatched => "other patterns match a part of them, and one of each is tried",
        VariableLimit::HoldsAnother => "they hold those of another",
        VariableLimit::TooMany => "there are too many",
    }
}
