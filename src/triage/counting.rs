//! Denials on their way into a tally: those that were read last are held as they are, since adding to them is quick.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::event::{Change, Denied};
use super::tally::Tally;
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
    /// Counts a record of a call.
    pub fn record(&mut self) {
        self.tally.records += 1;
    }

    /// Counts a denial.
    pub fn add(&mut self, event: &Denied) {
        if self.tally.extend(event.at, event.at) {
            self.open.values_mut().for_each(|entry| entry.hours = <_>::default());
        }
        let has_hours = self.tally.has_hours();
        let cause = Fingerprint::of(&event.denial);
        let id = cause.id();
        self.open.entry(id).or_insert_with(|| Box::new(Entry::new(cause))).add(event, has_hours);
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
