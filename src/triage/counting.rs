//! Denials on their way into a tally: those that were read last are held as they are, since adding to them is quick.

use std::collections::{BTreeMap, btree_map};

use super::entry::{Entry, One};
use super::event::{Change, Denied};
use super::incident::{Secrets, Unreadable};
use super::tally::Tally;
#[cfg(feature = "cli")]
use crate::denial::Alike;
use crate::denial::{Fingerprint, FingerprintId};

/// Fingerprints that are held as they are.
const OPEN: usize = 4096;

/// Counts denials, one after the other.
#[derive(Debug, Default)]
pub struct Counting {
    tally: Tally,
    open: BTreeMap<FingerprintId, Box<Entry>>,
}

impl Counting {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { tally: Tally::new(), open: BTreeMap::new() }
    }

    /// Counts a record of a call.
    pub fn record(&mut self) {
        self.tally.records += 1;
    }

    /// Counts a denial.
    pub fn add(&mut self, event: &Denied) {
        self.tally.undone.add(&event.denial);
        self.put(Fingerprint::of(&event.denial), &One::of(event));
    }

    /// Counts a denial that is like one that was read.
    #[cfg(feature = "cli")]
    pub(crate) fn add_alike(&mut self, alike: Alike<'_>, at: Option<i64>, record: Option<&[u8]>) {
        let Alike { cause, principal, resource, id, told, at: _ } = alike;
        let one = One {
            id: id.unwrap_or_default(),
            at,
            principal: Some(&principal),
            resource: resource.as_deref(),
            told: told.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?))).collect(),
            record,
        };
        self.put(cause, &one);
    }

    fn put(&mut self, cause: Fingerprint, one: &One<'_>) {
        self.extend(one.at, one.at);
        let has_hours = self.tally.has_hours();
        let id = cause.id();
        self.open.entry(id).or_insert_with(|| Box::new(Entry::new(cause))).add(one, has_hours);
        if self.open.len() >= OPEN {
            self.close();
        }
    }

    fn extend(&mut self, first: Option<i64>, last: Option<i64>) {
        if self.tally.extend(first, last) {
            self.open.values_mut().for_each(|entry| entry.hours = <_>::default());
        }
    }

    /// Adds what was counted apart.
    pub fn merge(&mut self, other: Self) {
        let Self { tally, open } = other;
        self.extend(tally.first, tally.last);
        self.tally.merge(tally);
        let has_hours = self.tally.has_hours();
        for (id, mut entry) in open {
            if !has_hours {
                entry.hours = <_>::default();
            }
            match self.open.entry(id) {
                btree_map::Entry::Vacant(place) => {
                    place.insert(entry);
                }
                btree_map::Entry::Occupied(mut own) => own.get_mut().merge(*entry),
            }
        }
        if self.open.len() >= OPEN {
            self.close();
        }
    }

    /// Keeps a change of policies.
    pub fn change(&mut self, change: Change) {
        self.tally.change(change);
    }

    /// Keeps when a denial was that a filter leaves out.
    pub fn leave_out(&mut self, event: &Denied) {
        self.tally.left_out.add(event);
    }

    /// Counts a record that could not be read, by its id.
    pub fn unreadable(&mut self, event_id: Option<String>) {
        self.tally.unreadable.add(event_id);
    }

    /// Keeps the secrets in records of denials.
    pub fn secrets(&mut self, secrets: Secrets) {
        self.tally.secrets.merge(secrets);
    }

    /// The records that could not be read.
    pub const fn all_unreadable(&mut self) -> &mut Unreadable {
        &mut self.tally.unreadable
    }

    /// Whether no record was there that could not be read.
    #[must_use]
    pub const fn has_all_read(&self) -> bool {
        self.tally.unreadable.records == 0
    }

    /// How many records of calls were counted.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.tally.records
    }

    fn close(&mut self) {
        for (id, entry) in std::mem::take(&mut self.open) {
            self.tally.put(id, &entry);
        }
    }

    /// Whether it holds so much that it is worth putting it together with what others hold.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.tally.fingerprints.len() >= OPEN
    }

    /// What was counted.
    #[must_use]
    pub fn tally(mut self) -> Tally {
        self.close();
        self.tally
    }
}
