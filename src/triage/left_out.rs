//! When denials began that a filter left out: what came before the first that was counted did not come before the first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::distinct;
use super::event::Denied;
use super::fingerprints::Counted;
use crate::denial::Fingerprint;

/// The earliest denials that were read and not counted, in seconds since 1970, by the first 64 bits of SHA-256 of their
/// fingerprints.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct LeftOut(BTreeMap<u64, i64>);

impl LeftOut {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether nothing was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps when a denial was.
    pub(super) fn add(&mut self, denied: &Denied) {
        if let Some(at) = denied.at {
            self.put(key(&Fingerprint::of(&denied.denial)), at);
        }
    }

    /// Adds those of another part.
    pub(super) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(key, at)| self.put(key, at));
    }

    /// When the first was that has the same fingerprint.
    #[must_use]
    pub fn began(&self, counted: Counted<'_>) -> Option<i64> {
        // most trails are read whole
        if self.is_empty() { None } else { self.began_of(&counted.cause()) }
    }

    /// The same of what denials have in common.
    #[must_use]
    pub fn began_of(&self, cause: &Fingerprint) -> Option<i64> {
        if self.is_empty() { None } else { self.0.get(&key(cause)).copied() }
    }

    /// Keeps what was known of a fingerprint for the one that it has become.
    #[cfg(feature = "report")]
    pub(crate) fn rename(&mut self, began: Option<i64>, cause: &Fingerprint) {
        if let Some(at) = began {
            self.put(key(cause), at);
        }
    }

    fn put(&mut self, key: u64, at: i64) {
        let own = self.0.entry(key).or_insert(at);
        *own = (*own).min(at);
    }
}

fn key(cause: &Fingerprint) -> u64 {
    distinct::hash(&cause.id().to_string())
}
