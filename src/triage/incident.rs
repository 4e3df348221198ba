//! What a trail holds that somebody has to look at whatever the denials are: secrets in records, and records that nobody could read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::iam::secret::SecretKind;

/// Places that are kept: the first in order, so that they are the same whatever the order of the parts.
const SHOWN: usize = 3;

/// Secrets in records of denials. The secrets themselves are nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Secrets {
    /// How many records hold one.
    pub records: u64,
    /// The kinds.
    pub kinds: BTreeSet<SecretKind>,
    /// Some of the records.
    pub places: BTreeSet<SecretPlace>,
}

/// A record of a denial in which a secret stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SecretPlace {
    /// The id of the record.
    pub event_id: String,
    /// Who called, as in a fingerprint.
    pub principal: Option<String>,
}

impl Secrets {
    pub(super) const fn new() -> Self {
        Self { records: 0, kinds: BTreeSet::new(), places: BTreeSet::new() }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Adds a record.
    pub fn add(&mut self, kinds: &[SecretKind], event_id: String, principal: Option<String>) {
        let places = BTreeSet::from([SecretPlace { event_id, principal }]);
        self.merge(Self { records: 1, kinds: kinds.iter().copied().collect(), places });
    }

    /// Adds those of another part.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.kinds.extend(other.kinds);
        self.places.extend(other.places);
        while self.places.len() > SHOWN {
            self.places.pop_last();
        }
    }
}

/// Records of calls of which some field has another type than CloudTrail gives it, so that they could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Unreadable {
    /// How many.
    pub records: u64,
    /// One of them.
    pub example: Option<UnreadableRecord>,
}

/// A record that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UnreadableRecord {
    /// The file, where that is told.
    pub file: Option<String>,
    /// The id of the record, where it has one.
    pub event_id: Option<String>,
}

impl Unreadable {
    pub(super) const fn new() -> Self {
        Self { records: 0, example: None }
    }

    pub(super) fn add(&mut self, event_id: Option<String>) {
        self.merge(Self { records: 1, example: Some(UnreadableRecord { file: None, event_id }) });
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.records += other.records;
        // the first in order
        self.example = self.example.take().into_iter().chain(other.example).min();
    }

    /// Says in which file they are.
    pub fn in_file(&mut self, path: &str) {
        if let Some(example) = &mut self.example {
            example.file = Some(path.to_owned());
        }
    }
}
