//! What stands out of a trail for which policies were given: what they show counts as much as what AWS named in a record.

use std::collections::{BTreeMap, BTreeSet};

use super::{Group, Outcome, TrailDiagnosis, is_quarantined};
use crate::diagnose::Summary;
use crate::reference::Reference;
use crate::triage::{self, Counted, Standout, Tally, most};

/// What stands out, the gravest first, by the denials and by the policies.
#[must_use]
pub fn standouts<'t>(tally: &'t Tally, diagnosis: &'t TrailDiagnosis, reference: &Reference) -> Vec<Standout<'t>> {
    let mut all = triage::standouts(tally, reference);
    let named: BTreeSet<&str> = all
        .iter()
        .filter_map(|standout| match standout {
            Standout::Quarantine { principal, .. } => Some(*principal),
            _ => None,
        })
        .collect();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let mut undone: BTreeMap<Option<&str>, Vec<(&str, u64)>> = BTreeMap::new();
    for group in &diagnosis.groups {
        let Outcome::Explained(explained) = &group.outcome else { continue };
        match &explained.summary {
            Summary::QuarantineUndone { user } => {
                undone.entry(user.as_deref()).or_default().extend(by_caller(tally, group));
            }
            summary if is_quarantined(summary) => {
                for (principal, count) in by_caller(tally, group).filter(|(principal, _)| !named.contains(principal)) {
                    *seen.entry(principal).or_default() += count;
                }
            }
            _ => {}
        }
    }
    let seen = seen.into_iter().map(|(principal, count)| Standout::QuarantineSeen { principal, count });
    let undone = undone.into_iter().map(|(user, callers)| Standout::QuarantineUndone {
        count: callers.iter().map(|(_, count)| count).sum(),
        principals: most(callers.into_iter()).into_iter().map(|(principal, _)| principal).collect(),
        user,
    });
    // behind what leaked and what AWS named
    let place = all.iter().take_while(|one| matches!(one, Standout::Secret(_) | Standout::Quarantine { .. })).count();
    all.splice(place..place, seen.chain(undone));
    all
}

/// Who was denied, and how often.
fn by_caller<'t>(tally: &'t Tally, group: &Group) -> impl Iterator<Item = (&'t str, u64)> {
    let entries = group.fingerprints.iter().filter_map(|id| tally.fingerprints.get(id));
    entries.filter_map(|entry| Some((Counted::principal(entry)?, entry.count())))
}
