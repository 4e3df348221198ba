//! Callers to look at before anything is granted to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::fingerprints::Counted;
use super::tally::Tally;
use super::times::{DAY, HOUR};

/// Different actions of one principal, denied within 24 hours, from which on it looks as if somebody tries what is allowed. A person or a
/// program that does its work is denied a few; the tools that enumerate permissions call hundreds.
pub const MANY_ACTIONS: usize = 20;

/// Within which time so many different actions were denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Window {
    /// A day, by its number since 1970-01-01 (UTC).
    Day(i64),
    /// The 24 hours from this one on, by its number since 1970-01-01T00 (UTC).
    Hours(i64),
}

/// Hours of a window.
const LONG: i64 = DAY / HOUR;

/// Why to look at a caller before anything is granted to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Caution<'t> {
    /// AWS quarantined a leaked key of it: whoever holds the key would get what is granted.
    Quarantined {
        /// Who.
        principal: &'t str,
    },
    /// It was denied so many different actions within 24 hours that it looks as if somebody tries what is allowed.
    ManyActions {
        /// Who.
        principal: &'t str,
        /// How many different actions.
        actions: usize,
        /// When.
        window: Window,
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
    /// Different actions, and when.
    many: BTreeMap<&'t str, (usize, Window)>,
}

impl<'t> Cautions<'t> {
    /// Those that the denials tell.
    #[must_use]
    pub fn of(tally: &'t Tally) -> Self {
        let mut all = Self::default();
        // no more actions than fingerprints: few callers have many
        let mut counts: HashMap<&str, usize, RandomState> = HashMap::default();
        let denied = || {
            let gists = tally.fingerprints.iter().map(|(_, entry)| (entry.gist(), entry));
            gists
                .filter_map(|(gist, entry)| Some((gist.principal?, gist, entry)))
                .filter(|(_, gist, _)| !gist.is_failure)
        };
        for (principal, gist, _) in denied() {
            if gist.is_of_quarantine() {
                all.quarantined.insert(principal);
            }
            *counts.entry(principal).or_default() += usize::from(gist.action.is_some());
        }
        counts.retain(|_, many| *many >= MANY_ACTIONS);
        if counts.is_empty() {
            return all;
        }
        let mut tried: HashMap<&str, Vec<(&str, Counted<'t>)>, RandomState> = HashMap::default();
        for (principal, gist, entry) in denied().filter(|(principal, ..)| counts.contains_key(principal)) {
            if let Some(action) = gist.action {
                tried.entry(principal).or_default().push((action, entry));
            }
        }
        let busy = tried.into_iter().filter_map(|(principal, tried)| Some((principal, busiest(&tried)?)));
        all.many = busy.collect();
        all
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.quarantined.is_empty() && self.many.is_empty()
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

    /// Those who tried many actions: who, how many, and when.
    pub fn many(&self) -> impl Iterator<Item = (&'t str, usize, Window)> + '_ {
        self.many.iter().map(|(principal, (actions, window))| (*principal, *actions, *window))
    }

    /// What to know of a caller, the gravest.
    #[must_use]
    pub fn about(&self, principal: &str) -> Option<Caution<'t>> {
        if let Some(principal) = self.quarantined.get(principal) {
            return Some(Caution::Quarantined { principal });
        }
        let (principal, (actions, window)) = self.many.get_key_value(principal)?;
        Some(Caution::ManyActions { principal, actions: *actions, window: *window })
    }
}

/// The time within which most different actions of one principal were denied, if they are many: a day, or 24 hours where these have more.
fn busiest(tried: &[(&str, Counted<'_>)]) -> Option<(usize, Window)> {
    // at no time are there more than at all times
    if tried.len() < MANY_ACTIONS {
        return None;
    }
    let days = busiest_day(tried).map(|(many, day)| (many, Window::Day(day)));
    let hours = busiest_hours(tried).map(|(many, hour)| (many, Window::Hours(hour)));
    // of equal ones the last is taken
    hours.into_iter().chain(days).filter(|(many, _)| *many >= MANY_ACTIONS).max_by_key(|(many, _)| *many)
}

/// The day with most, the first of those.
fn busiest_day(tried: &[(&str, Counted<'_>)]) -> Option<(usize, i64)> {
    let mut days: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for (action, of) in tried {
        of.days().times().for_each(|day| {
            days.entry(day).or_default().insert(action);
        });
    }
    days.into_iter().map(|(day, actions)| (actions.len(), day)).rev().max_by_key(|(many, _)| *many)
}

/// The 24 hours with most, over midnight or not, the first of those. Where hours are not kept, the first and the last denial of each
/// fingerprint are known to the second, and what is between them is not counted.
fn busiest_hours(tried: &[(&str, Counted<'_>)]) -> Option<(usize, i64)> {
    let mut denied: Vec<(i64, &str)> = Vec::new();
    for (action, of) in tried {
        let hours = of.hours();
        let ends = [of.first(), of.last()].into_iter().flatten().map(|at| at.div_euclid(HOUR));
        denied.extend(hours.times().chain(ends).map(|hour| (hour, *action)));
    }
    denied.sort_unstable();
    denied.dedup();
    let mut within: BTreeMap<&str, usize> = BTreeMap::new();
    let mut oldest = denied.iter();
    let mut most: Option<(usize, i64)> = None;
    for (hour, action) in &denied {
        *within.entry(action).or_default() += 1;
        while let Some((_, gone)) = oldest.as_slice().first().filter(|(old, _)| hour - old >= LONG) {
            if let Some(count) = within.get_mut(gone) {
                *count -= 1;
                if *count == 0 {
                    within.remove(gone);
                }
            }
            oldest.next();
        }
        let begin = oldest.as_slice().first().map_or(*hour, |(old, _)| *old);
        if most.is_none_or(|(many, _)| within.len() > many) {
            most = Some((within.len(), begin));
        }
    }
    most
}
