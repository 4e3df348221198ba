//! The changes under all values of the policy variables as one list: what holds for any value is told once.

use std::collections::{BTreeMap, BTreeSet};

use super::access_change::{AccessChange, Change};
use super::comparison::Described;
use super::condition::ConditionExpr;
use super::context::may_be_absent;
use super::variable_assignment::{Special, VariableAssignment};

/// What a change under an assignment with special values is to one for any value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// It says the same.
    Same,
    /// It says the same of more actions.
    More,
}

/// The changes under all assignments: what holds for any value of the variables is told once, without the values for which it does not.
pub(super) fn join(assignments: &[VariableAssignment], found: Vec<Vec<Described>>) -> Vec<AccessChange> {
    let mut found = assignments.iter().zip(found);
    let Some((_, general)) = found.next() else { return Vec::new() };
    let mut general: Vec<(Described, Vec<&VariableAssignment>)> =
        general.into_iter().map(|change| (change, Vec::new())).collect();
    let mut all = Vec::new();
    // what says the same as a general one, by its number
    let mut like: Vec<(usize, &VariableAssignment, AccessChange)> = Vec::new();
    for (assignment, changes) in found {
        let mut again = BTreeSet::new();
        for described in changes {
            let mut same = None;
            for (at, (known, _)) in general.iter().enumerate() {
                let Some(likeness) = likeness(known, &described, assignment.special.len()) else { continue };
                again.insert(at);
                if likeness == Likeness::Same {
                    same = Some(at);
                }
            }
            match same {
                Some(at) => like.push((at, assignment, described.change)),
                None => all.push(described.change),
            }
        }
        for (at, (_, missing)) in general.iter_mut().enumerate() {
            if !again.contains(&at) {
                missing.push(assignment);
            }
        }
    }
    // where values are left out of the general one, it may hold for these together with one of another variable
    for (at, assignment, change) in like {
        if general.get(at).is_some_and(|(_, missing)| missing.iter().any(|missing| is_part(missing, assignment))) {
            all.push(change);
        }
    }
    all.extend(general.into_iter().map(|(Described { mut change, .. }, missing)| {
        change.conditions.splice(0..0, except(&missing));
        change
    }));
    all
}

/// Whether the assignment has all the special values of the other.
fn is_part(part: &VariableAssignment, assignment: &VariableAssignment) -> bool {
    part.special.iter().all(|special| assignment.special.contains(special))
}

/// What a change under an assignment with so many special values says of one for any value; `None` where that one need not hold then.
///
/// A deny that comes or goes for all actions of the general one and for more leaves the general one as it is. One that does so for fewer
/// actions does not: nothing says whether the others were denied before, or are allowed now.
fn likeness(known: &Described, described: &Described, special: usize) -> Option<Likeness> {
    let (general, change) = (&known.change, &described.change);
    let alike = general.change == change.change
        && general.principals == change.principals
        && general.resources == change.resources
        && change.conditions.get(special..) == Some(general.conditions.as_slice());
    if !alike {
        return None;
    }
    if known.classes == described.classes {
        return Some(Likeness::Same);
    }
    let deny = matches!(change.change, Change::DenyLifted | Change::DenyAdded);
    (deny && known.classes.is_within(&described.classes)).then_some(Likeness::More)
}

/// None of the assignments.
fn except(missing: &[&VariableAssignment]) -> Vec<ConditionExpr> {
    let mut single: BTreeMap<&str, (Vec<&str>, bool)> = BTreeMap::new();
    for assignment in missing {
        if let [(key, value)] = assignment.special.as_slice() {
            let (values, absent) = single.entry(key).or_default();
            match value {
                Some(value) => values.push(value),
                None => *absent = true,
            }
        }
    }
    let covered = |(key, value): &Special| {
        single.get(key.as_str()).is_some_and(|(values, absent)| match value {
            Some(value) => values.contains(&value.as_str()),
            None => *absent,
        })
    };
    let mut all = Vec::new();
    for (key, (values, absent)) in &single {
        let key = || (*key).to_owned();
        let is_not = || ConditionExpr::IsNot(key(), values.iter().copied().map(str::to_owned).collect());
        if *absent {
            all.push(ConditionExpr::Present(key()));
        }
        if values.is_empty() {
            continue;
        }
        let is_present = *absent || !may_be_absent(&key().to_ascii_lowercase());
        all.push(if is_present { is_not() } else { ConditionExpr::Any(vec![is_not(), ConditionExpr::Absent(key())]) });
    }
    let joint =
        missing.iter().filter(|assignment| assignment.special.len() > 1 && !assignment.special.iter().any(covered));
    all.extend(joint.map(|assignment| ConditionExpr::Not(Box::new(ConditionExpr::All(assignment.conditions())))));
    all
}
