//! The denials of a trail, counted by fingerprint. Tallies add up, in any order and grouping, to that of the whole.

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::event::Change;
use super::fingerprints::Fingerprints;
use super::incident::{Secrets, Unreadable};
use super::left_out::LeftOut;
use super::quarantine::{Undone, is_of_quarantine};
use super::times::{DAY, earliest};
use crate::denial::FingerprintId;

/// Changes of policies that are kept: the latest.
const CHANGES: usize = 10_000;

/// Denials within this time have their hours kept. That is asked of the whole, so that it does not depend on its parts: a part is no longer.
const SHORT: i64 = 3 * DAY;

/// Denials by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Tally {
    /// Records of calls, whether they worked or not.
    pub records: u64,
    /// The earliest denial, in seconds since 1970.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
    /// By fingerprint.
    #[cfg_attr(feature = "report", schemars(with = "std::collections::BTreeMap<String, Entry>"))]
    pub fingerprints: Fingerprints,
    /// The latest calls that changed policies, in order.
    pub changes: Vec<Change>,
    /// When denials began that a filter left out.
    #[serde(default, skip_serializing_if = "LeftOut::is_empty")]
    pub left_out: LeftOut,
    /// Secrets in records of denials.
    #[serde(default)]
    pub secrets: Secrets,
    /// Records of calls that could not be read; they are not among the records.
    #[serde(default)]
    pub unreadable: Unreadable,
    /// Those among them, and the latest before them, that put AWS's quarantine of a leaked key on somebody or took it off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantines: Vec<Change>,
    /// Denials of calls that would end AWS's quarantine of a leaked key, as their records name its policy.
    #[serde(default, skip_serializing_if = "Undone::is_empty")]
    pub undone: Undone,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            records: 0,
            first: None,
            last: None,
            fingerprints: Fingerprints::new(),
            changes: Vec::new(),
            left_out: LeftOut::new(),
            secrets: Secrets::new(),
            unreadable: Unreadable::new(),
            quarantines: Vec::new(),
            undone: Undone::new(),
        }
    }

    /// Keeps a change of policies.
    pub fn change(&mut self, change: Change) {
        // who was put in quarantine stays known, however much was changed later
        if is_of_quarantine(&change) {
            add(&mut self.quarantines, change.clone());
        }
        add(&mut self.changes, change);
    }

    /// Makes its time one in which there are denials from the first to the last; whether that ends the time of hours.
    pub(super) fn extend(&mut self, first: Option<i64>, last: Option<i64>) -> bool {
        let had_hours = self.has_hours();
        self.first = earliest(self.first, first);
        self.last = self.last.max(last);
        let forgets = had_hours && !self.has_hours();
        if forgets {
            self.fingerprints.forget_hours();
        }
        forgets
    }

    /// Adds what another part of the trail tells.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.secrets.merge(other.secrets);
        self.unreadable.merge(other.unreadable);
        self.undone.merge(other.undone);
        self.extend(other.first, other.last);
        let has_hours = self.has_hours();
        self.fingerprints.merge(other.fingerprints, has_hours);
        self.left_out.merge(other.left_out);
        add_all(&mut self.changes, other.changes);
        add_all(&mut self.quarantines, other.quarantines);
    }

    /// Adds the denials of a fingerprint.
    pub(crate) fn put(&mut self, id: FingerprintId, entry: &Entry) {
        let has_hours = self.has_hours();
        self.fingerprints.put(id, entry, has_hours);
    }

    /// Whether all denials lie so close together that their hours are kept.
    #[must_use]
    pub fn has_hours(&self) -> bool {
        self.first.zip(self.last).is_none_or(|(first, last)| last.saturating_sub(first) < SHORT)
    }

    /// Forgets the records that were kept for a diagnosis.
    pub fn forget_records(&mut self) {
        self.fingerprints.forget_records();
    }

    /// How many denials of IAM.
    #[must_use]
    pub fn denials(&self) -> u64 {
        self.sums().0
    }

    /// How many calls failed in a way that looks like a denial and is none.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.sums().1
    }

    /// How many denials of IAM, and how many other failures.
    #[must_use]
    pub fn sums(&self) -> (u64, u64) {
        self.fingerprints.iter().fold((0, 0), |(denials, failures), (_, counted)| {
            let gist = counted.gist();
            if gist.is_failure { (denials, failures + gist.count) } else { (denials + gist.count, failures) }
        })
    }
}

/// Adds a change to the latest.
fn add(own: &mut Vec<Change>, change: Change) {
    if let Err(place) = own.binary_search(&change) {
        own.insert(place, change);
        forget(own);
    }
}

/// Adds those of another part.
fn add_all(own: &mut Vec<Change>, other: Vec<Change>) {
    if !other.is_empty() {
        own.extend(other);
        own.sort();
        own.dedup();
        forget(own);
    }
}

fn forget(changes: &mut Vec<Change>) {
    let many = changes.len().saturating_sub(CHANGES);
    changes.drain(..many);
}
