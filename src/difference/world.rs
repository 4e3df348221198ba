//! Values for policy variables: patterns with variables can be compared once each variable has a value.
//!
//! A variable is given a value that nothing else in the policies mentions, then one for each place where another pattern spells
//! out what could stand there, and no value at all. What holds for the first holds for every value that is not spelled out.

use std::collections::BTreeMap;

use super::context::{Line, may_be_absent};
use super::resource::Entry;
use crate::iam::{Context, ContextValue, Language, Template};

/// One choice of values.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) context: Context,
    /// The variables with a value of their own kind, for a person: `aws:username is absent`.
    pub(super) conditions: Vec<String>,
}

const MOST: usize = 24;

/// All choices; the first has a value of its own for every variable.
pub(super) fn worlds(base: &Context, entries: &[Entry], lines: &[Line], cannot_tell: &mut Vec<String>) -> Vec<World> {
    let mut variables: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let texts: Vec<(&str, Language)> = (entries.iter().map(|entry| (entry.text.as_str(), entry.language)))
        .chain(
            lines
                .iter()
                .flat_map(|line| line.condition.values.iter().map(|value| (value.value.as_str(), line.language))),
        )
        .collect();
    for (text, language) in &texts {
        for key in Template::new(text, *language, true).keys() {
            let folded = key.to_ascii_lowercase();
            if !base.says(&folded) {
                let spelled = texts.iter().filter_map(|(other, _)| spelled_out(text, key, other));
                let (_, values) = variables.entry(folded).or_insert_with(|| (key.to_owned(), Vec::new()));
                values.extend(spelled);
            }
        }
    }
    // a variable that is also tested by conditions has the values that they name
    for line in lines {
        if let Some((_, values)) = variables.get_mut(&line.condition.folded_key) {
            let plain = line.condition.values.iter().map(|value| &value.value);
            values.extend(plain.filter(|value| !value.contains(['*', '?', '$'])).cloned());
        }
    }
    // for each variable a value of its own, the special ones, and none
    let mut worlds = vec![World { context: base.clone(), conditions: Vec::new() }];
    for (folded, (shown, mut values)) in variables {
        values.sort();
        values.dedup();
        let own = unmentioned(&folded, &texts);
        let mut choices: Vec<(ContextValue, Option<String>)> = vec![(one(&own), None)];
        choices.extend(values.iter().map(|value| (one(value), Some(format!("{shown} is `{value}`")))));
        if may_be_absent(&folded) {
            choices.push((ContextValue::Absent, Some(format!("{shown} is absent"))));
        }
        if worlds.len() * choices.len() > MOST {
            cannot_tell.push(format!("special values of the policy variable ${{{shown}}}: there are too many"));
            choices.truncate(1);
        }
        worlds = choices
            .iter()
            .flat_map(|(value, condition)| {
                worlds.iter().cloned().map(|mut world| {
                    world.context.set(&folded, value.clone());
                    world.conditions.extend(condition.clone());
                    world
                })
            })
            .collect();
    }
    worlds
}

fn one(value: &str) -> ContextValue {
    ContextValue::Present { values: vec![value.to_owned()], multivalued: false }
}

/// A value that no text of the policies holds.
fn unmentioned(folded: &str, texts: &[(&str, Language)]) -> String {
    let base = if folded.ends_with("account") { "444455556666" } else { "example" };
    let mut value = base.to_owned();
    while texts.iter().any(|(text, _)| text.contains(&value)) {
        value.push('x');
    }
    value
}

/// What the other text has in place of the variable, if the texts are alike up to there.
fn spelled_out(text: &str, key: &str, other: &str) -> Option<String> {
    let at = text.find(&format!("${{{key}"))?;
    let prefix = text.get(..at)?;
    let rest = other.strip_prefix(prefix)?;
    let value = rest.split(['/', ':']).next()?;
    // a wildcard there is spelled in one way
    let plain = value.trim_matches('*');
    (!plain.is_empty() && !value.contains('$')).then(|| value.replace('*', "example").replace('?', "x"))
}
