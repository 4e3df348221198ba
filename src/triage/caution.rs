//! Callers to look at before anything is granted to them.

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprints::Counted;
use super::tally::Tally;

/// Different actions of one principal, denied on one day, from which on it looks as if somebody tries what is allowed. A person or a
/// program that does its work is denied a few; the tools that enumerate permissions call hundreds.
pub const MANY_ACTIONS: usize = 20;

/// Why to look at a caller before anything is granted to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Caution<'t> {
    /// AWS quarantined a leaked key of it: whoever holds the key would get what is granted.
    Quarantined {
        /// Who.
        principal: &'t str,
    },
    /// It was denied so many different actions on one day that it looks as if somebody tries what is allowed.
    ManyActions {
        /// Who.
        principal: &'t str,
        /// How many different actions.
        actions: usize,
        /// The day, by its number since 1970-01-01 (UTC).
        day: i64,
    },
}

impl<'t> Caution<'t> {
    /// The stable code, the same as that of what stands out.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Quarantined { .. } => "quarantine",
            Self::ManyActions { .. } => "many-actions",
        }
    }

    /// Who it is about.
    #[must_use]
    pub const fn principal(&self) -> &'t str {
        match self {
            Self::Quarantined { principal } | Self::ManyActions { principal, .. } => principal,
        }
    }
}

/// The callers of a trail to look at first.
#[derive(Debug, Default)]
pub struct Cautions<'t> {
    quarantined: BTreeSet<&'t str>,
    /// Different actions, and the day.
    many: BTreeMap<&'t str, (usize, i64)>,
}

impl<'t> Cautions<'t> {
    /// Those that the denials tell.
    #[must_use]
    pub fn of(tally: &'t Tally) -> Self {
        let mut all = Self::default();
        let mut tried: BTreeMap<&str, Vec<(&str, Counted<'t>)>> = BTreeMap::new();
        for (_, entry) in tally.fingerprints.iter() {
            let (Some(principal), false) = (entry.principal(), entry.is_failure()) else { continue };
            if entry.policy_arn().is_some_and(crate::denial::is_quarantine_policy) {
                all.quarantined.insert(principal);
            }
            if let Some(action) = entry.action() {
                tried.entry(principal).or_default().push((action, entry));
            }
        }
        let busy = tried.into_iter().filter_map(|(principal, tried)| Some((principal, busiest(&tried)?)));
        all.many = busy.collect();
        all
    }

    /// Adds one whose quarantine only the policies show.
    pub fn quarantine(&mut self, principal: &'t str) {
        self.quarantined.insert(principal);
    }

    /// Whether a caller is in quarantine.
    #[must_use]
    pub fn is_quarantined(&self, principal: &str) -> bool {
        self.quarantined.contains(principal)
    }

    /// Those who tried many actions: who, how many, and the day.
    pub fn many(&self) -> impl Iterator<Item = (&'t str, usize, i64)> + '_ {
        self.many.iter().map(|(principal, (actions, day))| (*principal, *actions, *day))
    }

    /// What to know of a caller, the gravest.
    #[must_use]
    pub fn about(&self, principal: &str) -> Option<Caution<'t>> {
        if let Some(principal) = self.quarantined.get(principal) {
            return Some(Caution::Quarantined { principal });
        }
        let (principal, (actions, day)) = self.many.get_key_value(principal)?;
        Some(Caution::ManyActions { principal, actions: *actions, day: *day })
    }
}

/// The day on which most different actions of one principal were denied, the first of those, if they are many.
fn busiest(tried: &[(&str, Counted<'_>)]) -> Option<(usize, i64)> {
    // on no day are there more than on all
    if tried.len() < MANY_ACTIONS {
        return None;
    }
    let mut days: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for (action, of) in tried {
        of.days().times().for_each(|day| {
            days.entry(day).or_default().insert(action);
        });
    }
    let busy = days.into_iter().map(|(day, actions)| (actions.len(), day)).filter(|(many, _)| *many >= MANY_ACTIONS);
    // of equal ones the last is taken
    busy.rev().max_by_key(|(many, _)| *many)
}
