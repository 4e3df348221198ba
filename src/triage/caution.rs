//! Callers to look at before anything is granted to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::distinct::Distinct;
use super::fingerprints::{Counted, Kind};
use super::quarantine::put_on;
use super::tally::Tally;
use super::times::{DAY, HOUR};

/// Different actions of one principal, denied within 24 hours, from which on it looks as if somebody tries what is allowed. A person or a
/// program that does its work is denied a few; the tools that enumerate permissions call hundreds.
pub const MANY_ACTIONS: usize = 20;

/// Different resources on which one principal was denied one action within 24 hours, from which on somebody may look for what is open.
pub const MANY_RESOURCES: usize = 50;

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
    /// It was denied calls that would end AWS's quarantine of another's leaked key.
    Undoes {
        /// Who.
        principal: &'t str,
        /// Whose key, where that is told.
        whose: Option<&'t str>,
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
            Self::Undoes { .. } => "quarantine-undone",
            Self::ManyActions { .. } => "many-actions",
        }
    }

    /// Who it is about.
    #[must_use]
    pub const fn principal(&self) -> &'t str {
        match self {
            Self::Quarantined { principal } | Self::Undoes { principal, .. } | Self::ManyActions { principal, .. } => {
                principal
            }
        }
    }
}

/// The callers of a trail to look at first.
#[derive(Debug, Default)]
pub struct Cautions<'t> {
    quarantined: BTreeSet<&'t str>,
    /// Callers who would end the quarantine of another.
    undoing: BTreeMap<&'t str, Option<&'t str>>,
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
        let put_on = put_on(&tally.quarantines);
        let named = || tally.undone.iter().flat_map(|(_, undone)| &undone.whose);
        let named: BTreeSet<&str> = put_on.keys().chain(named()).map(String::as_str).collect();
        for (principal, gist, _) in denied() {
            if gist.is_of_quarantine() || named.contains(principal) {
                all.quarantined.insert(principal);
            }
            *counts.entry(principal).or_default() += usize::from(gist.action.is_some());
        }
        for (caller, undone) in tally.undone.iter() {
            all.undoing.insert(caller, undone.whose.first().map(String::as_str));
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
        let busy = tried.into_iter().filter_map(|(principal, tried)| Some((principal, tries_many(principal, &tried)?)));
        all.many = busy.collect();
        all
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.quarantined.is_empty() && self.undoing.is_empty() && self.many.is_empty()
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
        if let Some((principal, whose)) = self.undoing.get_key_value(principal) {
            return Some(Caution::Undoes { principal, whose: *whose });
        }
        let (principal, (actions, window)) = self.many.get_key_value(principal)?;
        Some(Caution::ManyActions { principal, actions: *actions, window: *window })
    }
}

/// Who was denied one action on many different resources within 24 hours: who, the action, on how many, and when.
pub(super) fn many_resources(tally: &Tally) -> Vec<(&str, &str, usize, Window)> {
    let denied = || {
        let gists = tally.fingerprints.iter().map(|(_, entry)| (entry.gist(), entry));
        let denials = gists.filter(|(gist, _)| !gist.is_failure);
        denials.filter_map(|(gist, entry)| Some(((gist.principal?, gist.action?), entry)))
    };
    // few have as many fingerprints
    let mut counts: HashMap<(&str, &str), usize, RandomState> = HashMap::default();
    denied().for_each(|(who, _)| *counts.entry(who).or_default() += 1);
    counts.retain(|_, many| *many >= MANY_RESOURCES);
    let mut tried: BTreeMap<(&str, &str), Vec<(&str, Counted<'_>)>> = BTreeMap::new();
    if !counts.is_empty() {
        for (who, entry) in denied().filter(|(who, _)| counts.contains_key(who)) {
            tried.entry(who).or_default().extend(entry.resource().map(|resource| (resource, entry)));
        }
    }
    let busy = tried.into_iter().filter_map(|((principal, action), tried)| {
        let (many, window) = busiest(&tried, MANY_RESOURCES)?;
        Some((principal, action, many, window))
    });
    busy.collect()
}

/// Whether somebody tries many actions: one who calls, and not all who share a role or a permission set together.
fn tries_many(principal: &str, tried: &[(&str, Counted<'_>)]) -> Option<(usize, Window)> {
    let all = busiest(tried, MANY_ACTIONS)?;
    let sessions = of_each(tried, Kind::Sessions);
    // a user has none
    if sessions.is_empty() {
        return Some(all);
    }
    let most = |groups: Vec<Vec<(&str, Counted<'_>)>>| {
        groups.iter().filter_map(|tried| busiest(tried, MANY_ACTIONS)).max_by_key(|(many, _)| *many)
    };
    let one = most(sessions);
    // the name of a session is chosen by whoever assumes the role; roles of permission sets are assumed through IAM Identity Center, which
    // gives the name of the user
    // <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html>
    let is_of_person = principal.split(' ').nth(1) == Some("permission-set");
    one.or_else(|| if is_of_person { None } else { most(of_each(tried, Kind::SourceIps)) })
}

/// What each session or address was denied. Of many not all are known: whoever may have been denied the action counts as denied.
fn of_each<'a, 't>(tried: &[(&'a str, Counted<'t>)], kind: Kind) -> Vec<Vec<(&'a str, Counted<'t>)>> {
    let told: Vec<_> = tried.iter().map(|one| (one, one.1.distinct(kind))).collect();
    let all: BTreeSet<u64> = told.iter().flat_map(|(_, of)| of.hashes.iter().copied()).collect();
    let was_denied = |hash: u64, of: &Distinct| {
        of.hashes.binary_search(&hash).is_ok() || (!of.is_exact() && of.hashes.last().is_some_and(|last| hash > *last))
    };
    let of = |hash: u64| told.iter().filter(|(_, of)| was_denied(hash, of)).map(|(one, _)| **one).collect();
    all.into_iter().map(of).collect()
}

/// The time within which most different actions or resources of one principal were denied, if they are many: a day, or 24 hours where these
/// have more.
fn busiest(tried: &[(&str, Counted<'_>)], wanted: usize) -> Option<(usize, Window)> {
    // at no time are there more than at all times
    if tried.len() < wanted {
        return None;
    }
    let days = busiest_day(tried).map(|(many, day)| (many, Window::Day(day)));
    let hours = busiest_hours(tried).map(|(many, hour)| (many, Window::Hours(hour)));
    // of equal ones the last is taken
    hours.into_iter().chain(days).filter(|(many, _)| *many >= wanted).max_by_key(|(many, _)| *many)
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
