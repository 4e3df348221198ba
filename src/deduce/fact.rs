//! What follows for the value of one condition key.

use super::solve::Classes;
use super::unknowns::Unknowns;
use crate::difference::domain::KeyDomain;
use crate::evaluate::{Truth, Values, holds, named_values};
use crate::iam::{Condition, Request};

/// What is certain about a condition key that nobody told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyFact {
    /// The key, as a policy writes it.
    pub key: String,
    /// What it was.
    pub was: KeyWas,
}

/// What the value of a key was, as far as it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyWas {
    /// One of these, or not in the request where `absent` says so.
    OneOf {
        /// The values; none where the key was certainly absent.
        values: Vec<Values>,
        /// Whether it may have been absent.
        absent: bool,
    },
    /// None of these; not even in the request, perhaps.
    NoneOf {
        /// The values that it was not; none where all that follows is that the key was present.
        values: Vec<Values>,
        /// Whether it may have been absent.
        absent: bool,
    },
    /// Such that this line of a Condition held, or did not.
    Such {
        /// The operator, as written.
        operator: String,
        /// The values, as written.
        values: Vec<String>,
        /// Whether the line held.
        held: bool,
    },
}

impl KeyWas {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OneOf { .. } => "one-of",
            Self::NoneOf { .. } => "none-of",
            Self::Such { .. } => "such",
        }
    }
}

/// What it means that a key takes one of these classes. Empty where it means nothing that can be said.
pub(super) fn facts(unknowns: &Unknowns, number: usize, allowed: Classes, request: &Request) -> Vec<KeyFact> {
    exact(unknowns, number, allowed, request).unwrap_or_else(|| of_lines(unknowns, number, allowed))
}

/// The same where it means this and no more: whenever it is so, the key takes one of the classes.
pub(super) fn exact(unknowns: &Unknowns, number: usize, allowed: Classes, request: &Request) -> Option<Vec<KeyFact>> {
    let key = unknowns.keys.get(number)?;
    match by_value(key, &lines(unknowns, key), allowed, request) {
        Some(was) => Some(vec![KeyFact { key: key.shown.clone(), was }]),
        // a class is what its lines say
        None => allowed.is_power_of_two().then(|| of_lines(unknowns, number, allowed)),
    }
}

/// A line that held or did not, whatever its key was compared with.
pub(super) fn of_line(line: &Condition, held: bool) -> KeyFact {
    KeyFact { key: line.key.clone(), was: such(line, held) }
}

fn such(line: &Condition, held: bool) -> KeyWas {
    KeyWas::Such {
        operator: line.operator.text.to_string(),
        values: line.values.iter().map(|value| value.value.clone()).collect(),
        held,
    }
}

/// The lines that hold for all of the classes, or for none.
fn of_lines(unknowns: &Unknowns, number: usize, allowed: Classes) -> Vec<KeyFact> {
    let Some(key) = unknowns.keys.get(number) else { return Vec::new() };
    let found = by_line(key, &lines(unknowns, key), allowed);
    found.into_iter().map(|was| KeyFact { key: key.shown.clone(), was }).collect()
}

fn lines<'u>(unknowns: &'u Unknowns, key: &KeyDomain) -> Vec<&'u Condition> {
    key.lines.iter().filter_map(|line| unknowns.lines.get(*line)).map(|line| &line.condition).collect()
}

/// By the values that the lines name; `None` where those do not say it exactly.
fn by_value(key: &KeyDomain, lines: &[&Condition], allowed: Classes, request: &Request) -> Option<KeyWas> {
    let is_allowed = |class: usize| allowed & (1 << class) != 0;
    if key.is_list {
        return None;
    }
    let class_of = |value: &str| {
        let mut context = request.context.clone();
        context.set_one(&key.folded, value);
        let truths: Vec<Truth> = lines.iter().map(|line| holds(line, &context)).collect();
        key.cases.iter().position(|case| case.truths == truths)
    };
    let (named, other) = named_values(lines, request);
    let mut yes = Vec::new();
    let mut no = Vec::new();
    for sample in named {
        if is_allowed(class_of(&sample.value)?) { yes.push(sample.of) } else { no.push(sample.of) }
    }
    let absent = key.absent.is_some_and(is_allowed);
    let others = match other {
        Some(other) => is_allowed(class_of(&other)?),
        None => false,
    };
    let covers = |groups: &[Values], value: &str| groups.iter().any(|group| group.covers(value));
    let classes = || key.tried.iter().map(|(class, value)| (is_allowed(*class), value.as_str()));
    // a group that reaches into the other classes says too much
    yes.retain(|group| !classes().any(|(allowed, value)| !allowed && group.covers(value)));
    no.retain(|group| !classes().any(|(allowed, value)| allowed && group.covers(value)));
    drop_covered(&mut yes, key);
    drop_covered(&mut no, key);
    if !others && classes().all(|(allowed, value)| allowed == covers(&yes, value)) {
        return Some(KeyWas::OneOf { values: yes, absent });
    }
    let exactly = others && classes().all(|(allowed, value)| allowed != covers(&no, value));
    exactly.then_some(KeyWas::NoneOf { values: no, absent })
}

/// Leaves out what the other groups say as well.
fn drop_covered(groups: &mut Vec<Values>, key: &KeyDomain) {
    let mut place = 0;
    while let Some(group) = groups.get(place) {
        let by_another = |value: &str| groups.iter().enumerate().any(|(at, other)| at != place && other.covers(value));
        let mut own = key.tried.iter().map(|(_, value)| value.as_str()).filter(|value| group.covers(value)).peekable();
        if own.peek().is_some() && own.all(by_another) {
            groups.remove(place);
        } else {
            place += 1;
        }
    }
}

/// By the lines that hold for all of the classes, or for none.
fn by_line(key: &KeyDomain, lines: &[&Condition], allowed: Classes) -> Vec<KeyWas> {
    let own = || key.cases.iter().enumerate().filter(|(class, _)| allowed & (1 << class) != 0).map(|(_, case)| case);
    let decided = lines.iter().enumerate().filter_map(|(place, line)| {
        let held = own().all(|case| case.truths.get(place) == Some(&Truth::True));
        let not = own().all(|case| case.truths.get(place) == Some(&Truth::False));
        (held || not).then(|| such(line, held))
    });
    decided.collect()
}
