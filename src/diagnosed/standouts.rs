//! What stands out of a trail for which policies were given: what they show counts as much as what AWS named in a record.

use std::collections::{BTreeMap, BTreeSet};

use super::{Group, Outcome, TrailDiagnosis, is_quarantined};
use crate::diagnose::Summary;
use crate::reference::Reference;
use crate::triage::{self, Counted, Standout, Tally, UndoneBy, most};

/// What stands out, the gravest first, by the denials and by the policies.
#[must_use]
pub fn standouts<'t>(tally: &'t Tally, diagnosis: &'t TrailDiagnosis, reference: &Reference) -> Vec<Standout<'t>> {
    let mut all = triage::standouts(tally, reference);
    let named: BTreeSet<String> = all
        .iter()
        .filter_map(|standout| match standout {
            Standout::Quarantine { principal, .. } => Some((*principal).to_owned()),
            Standout::QuarantinePut { whose, .. } => Some(whose.clone()),
            _ => None,
        })
        .collect();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let mut undone: BTreeMap<Option<&str>, Vec<(&str, u64)>> = BTreeMap::new();
    for group in &diagnosis.groups {
        let Outcome::Explained(explained) = &group.outcome else { continue };
        match &explained.summary {
            Summary::QuarantineUndone { user } => {
                // what the records themselves name is among what stands out already
                let is_named =
                    |caller: &str| tally.undone.iter().any(|(own, of)| own == caller && is_of(of, user.as_deref()));
                let callers = by_caller(tally, group).filter(|(caller, _)| !is_named(caller));
                undone.entry(user.as_deref()).or_default().extend(callers);
            }
            summary if is_quarantined(summary) => {
                for (principal, count) in by_caller(tally, group).filter(|(principal, _)| !named.contains(*principal)) {
                    *seen.entry(principal).or_default() += count;
                }
            }
            _ => {}
        }
    }
    let seen = seen.into_iter().map(|(principal, count)| Standout::QuarantineSeen { principal, count });
    let undone = undone.into_iter().filter(|(_, callers)| !callers.is_empty()).map(|(user, callers)| {
        Standout::QuarantineUndone {
            count: callers.iter().map(|(_, count)| count).sum(),
            principals: most(callers.into_iter()).into_iter().map(|(principal, _)| principal).collect(),
            user,
        }
    });
    // behind what leaked and what AWS named
    let place = all.iter().take_while(|one| is_told(one)).count();
    all.splice(place..place, seen.chain(undone));
    all
}

/// Whether it leaked, or AWS named its quarantine.
const fn is_told(one: &Standout<'_>) -> bool {
    matches!(one, Standout::Secret(_) | Standout::Quarantine { .. } | Standout::QuarantinePut { .. })
}

/// Whether a user is one of those off whom calls would take the quarantine: as a policy names it, or only by the name.
fn is_of(undone: &UndoneBy, user: Option<&str>) -> bool {
    let last = |text: &str| text.rsplit(['/', ' ']).next().map(str::to_owned);
    user.is_none_or(|user| undone.whose.iter().any(|own| last(own) == last(user)))
}

/// Who was denied, and how often.
fn by_caller<'t>(tally: &'t Tally, group: &Group) -> impl Iterator<Item = (&'t str, u64)> {
    let entries = group.fingerprints.iter().filter_map(|id| tally.fingerprints.get(id));
    entries.filter_map(|entry| Some((Counted::principal(entry)?, entry.count())))
}
