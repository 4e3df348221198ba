//! Some of the values that a condition key can have, said in the conditions of the policies.

use super::cells::Cells;
use super::condition::{ConditionExpr, ConditionTest};
use super::context::{ConditionRef, KeyDomain, ValueClass};
use super::cover::{Candidate, Candidates, cover};
use super::sets::Pattern;
use crate::evaluate::{Truth, holds};
use crate::iam::{Context, ContextValue, Quantifier};

/// What values of a key are said with.
pub(super) struct Values<'v> {
    /// The conditions of the policies.
    pub(super) lines: &'v [ConditionRef],
    /// What the assignment fixes.
    pub(super) context: &'v Context,
}

impl Values<'_> {
    /// A set of classes of one key, as bits, as conditions that must all hold.
    pub(super) fn conditions(&self, key: &KeyDomain, mask: u128) -> Vec<ConditionExpr> {
        let present = bits(key, |class| class.value != ContextValue::Absent);
        let wanted = mask & present;
        let or_absent = key.absent.is_some_and(|class| mask & (1 << class) != 0);
        let shown = || key.shown.clone();
        if wanted == 0 {
            return vec![ConditionExpr::Absent(shown())];
        }
        if wanted == present {
            return vec![ConditionExpr::Present(shown())];
        }
        let mut all = match self.exact_values(key, wanted) {
            Some(values) => vec![ConditionExpr::Is(shown(), values)],
            None => self.tests(key, wanted, present),
        };
        if or_absent {
            return vec![ConditionExpr::Any(vec![ConditionExpr::all(all), ConditionExpr::Absent(shown())])];
        }
        // what a reader could take to hold for requests without the key, too
        if key.absent.is_some() && (all.iter().all(is_negative) || all.iter().any(holds_for_absent)) {
            all.insert(0, ConditionExpr::Present(shown()));
        }
        all
    }

    /// The values of the classes, where conditions name them all and they are few.
    fn exact_values(&self, key: &KeyDomain, wanted: u128) -> Option<Vec<String>> {
        const MOST: usize = 6;
        let lines: Vec<&ConditionRef> = key.lines.iter().filter_map(|index| self.lines.get(*index)).collect();
        let mut context = self.context.clone();
        let mut truths = |value: &str| -> Vec<Truth> {
            context.set_one(&key.folded, value);
            lines.iter().map(|line| holds(&line.condition, &context)).collect()
        };
        let mut values = Vec::new();
        for (_, class) in key.cases.iter().enumerate().filter(|(index, _)| wanted & (1 << index) != 0) {
            if matches!(class.value, ContextValue::Present { multivalued: true, .. }) {
                return None;
            }
            // one condition that only these values meet, or that only they do not
            let named = lines.iter().zip(&class.truths).find_map(|(line, truth)| line.names_exactly(*truth))?;
            values.extend(named.into_iter().filter(|value| truths(value) == class.truths).map(str::to_owned));
        }
        (values.len() <= MOST).then_some(values)
    }

    /// Each condition on the key and its opposite, with the present classes that meet it.
    fn met<'k>(&'k self, key: &'k KeyDomain, present: u128) -> impl Iterator<Item = (u128, ConditionExpr)> + 'k {
        let lines = key.lines.iter().enumerate().filter_map(|(place, index)| Some((place, self.lines.get(*index)?)));
        lines.flat_map(move |(place, line)| {
            let holding = present & bits(key, |class| class.truths.get(place) == Some(&Truth::True));
            [(holding, line.expression(true)), (present & !holding, line.expression(false))]
        })
    }

    /// The wanted of the classes that are present, by the conditions of the policies.
    fn tests(&self, key: &KeyDomain, wanted: u128, present: u128) -> Vec<ConditionExpr> {
        // every condition, or its opposite, that all of the classes meet: those first that leave least
        let mut useful: Vec<(u128, ConditionExpr)> =
            self.met(key, present).filter(|(met, _)| met & wanted == wanted && *met != present).collect();
        useful.sort_by_key(|(met, test)| (met.count_ones(), length(test)));
        let mut left = present;
        let mut all = Vec::new();
        for (met, test) in useful {
            if left != wanted && left & met != left {
                left &= met;
                all.push(test);
            }
        }
        if left == wanted {
            return all;
        }
        if let Some(alternatives) = self.alternatives(key, wanted, present) {
            return vec![alternatives];
        }
        let classes = key.cases.iter().enumerate().filter(|(index, _)| wanted & (1 << index) != 0);
        let values = classes.filter_map(|(_, class)| match &class.value {
            ContextValue::Present { values, .. } => Some(values.clone()),
            ContextValue::Absent | ContextValue::Unknown => None,
        });
        vec![ConditionExpr::SuchAs(key.shown.clone(), values.collect())]
    }

    /// The classes as alternatives of conditions.
    fn alternatives(&self, key: &KeyDomain, wanted: u128, present: u128) -> Option<ConditionExpr> {
        let set = |mask: u128| -> Cells { (0..key.cases.len()).filter(|index| mask & (1 << index) != 0).collect() };
        let candidates: Vec<Candidate<ConditionExpr>> =
            self.met(key, present).map(|(met, test)| Candidate::new(test, set(met))).collect();
        let all_of = |Pattern { pattern, also, except }: Pattern<ConditionExpr>| {
            let except = except.into_iter().map(opposite);
            ConditionExpr::all(std::iter::once(pattern).chain(also).chain(except).collect())
        };
        let patterns = cover(&set(wanted), &Cells::default(), &Candidates::new(candidates))?;
        Some(ConditionExpr::any(patterns.into_iter().map(all_of).collect()))
    }
}

/// The classes of a key that meet the test, as bits.
fn bits(key: &KeyDomain, test: impl Fn(&ValueClass) -> bool) -> u128 {
    key.cases.iter().enumerate().filter(|(_, class)| test(class)).fold(0, |mask, (index, _)| mask | 1 << index)
}

/// The opposite among requests that have the key.
fn opposite(condition: ConditionExpr) -> ConditionExpr {
    match condition {
        ConditionExpr::Test(test) => ConditionExpr::Test(test.opposite()),
        other => ConditionExpr::Not(Box::new(other)),
    }
}

/// About how long the condition is in words: of two that say the same the shorter is taken.
fn length(condition: &ConditionExpr) -> usize {
    match condition {
        ConditionExpr::Test(test) => {
            let values: usize = test.values.iter().map(|value| value.len() + " or ``".len()).sum();
            values + if test.is_negative() { " not".len() } else { 0 }
        }
        _ => 0,
    }
}

/// Whether it says only what the key's value is not.
fn is_negative(condition: &ConditionExpr) -> bool {
    match condition {
        ConditionExpr::Test(test) => test.is_plain() && test.is_negative(),
        ConditionExpr::All(all) => all.iter().all(is_negative),
        ConditionExpr::Any(all) => all.iter().any(is_negative),
        _ => false,
    }
}

/// Whether it is said as the policy has it, where the policy means requests without the key as well.
fn holds_for_absent(condition: &ConditionExpr) -> bool {
    let of_test = |ConditionTest { operator, holds, .. }: &ConditionTest| {
        *holds
            && (operator.quantifier == Some(Quantifier::ForAllValues)
                || (operator.if_exists && operator.quantifier.is_some()))
    };
    match condition {
        ConditionExpr::Test(test) => of_test(test),
        ConditionExpr::All(all) | ConditionExpr::Any(all) => all.iter().any(holds_for_absent),
        _ => false,
    }
}
