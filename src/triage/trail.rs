//! What was read of a trail: its files, what is damaged, and the tally. Parts add up.

use serde::{Deserialize, Serialize};

use super::tally::Tally;

/// A trail, or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Trail {
    /// Files that were read to their end.
    pub files: u64,
    /// Their bytes, as they are stored.
    pub bytes: u64,
    /// Files that were counted before, and were left out.
    pub seen_before: u64,
    /// Files that have grown since they were counted: of these only what was added is read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grown: u64,
    /// Files that grew while they were read: what was there when their end was reached counts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub growing: u64,
    /// Files that had other content when they were counted before, and counted whole again: of one that has grown and cannot be continued, what
    /// was counted of it counts twice.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub recounted: u64,
    /// Files without records of calls: digests, insights, other files.
    pub without_records: u64,
    /// Files in the folders that are none of a trail by their names, and were not looked into.
    #[serde(default)]
    pub left_alone: u64,
    /// Files of which nothing was counted, in the order of their names.
    pub skipped: Vec<Skipped>,
    /// What the others tell.
    pub tally: Tally,
}

/// A file of which nothing was counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Skipped {
    /// Its name, as it was given or found.
    pub path: String,
    /// Why, in a sentence.
    pub why: String,
}

impl Skipped {
    /// A file and why it was skipped.
    #[must_use]
    pub const fn new(path: String, why: String) -> Self {
        Self { path, why }
    }
}

impl Trail {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            files: 0,
            bytes: 0,
            seen_before: 0,
            grown: 0,
            growing: 0,
            recounted: 0,
            without_records: 0,
            left_alone: 0,
            skipped: Vec::new(),
            tally: Tally::new(),
        }
    }

    /// Adds another part.
    pub fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.seen_before += other.seen_before;
        self.grown += other.grown;
        self.growing += other.growing;
        self.recounted += other.recounted;
        self.without_records += other.without_records;
        self.left_alone += other.left_alone;
        self.skipped.extend(other.skipped);
        self.skipped.sort();
        self.tally.merge(other.tally);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
