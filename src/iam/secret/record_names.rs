//! Whether a text may hold records of a trail, by the names of fields that every record has.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};

/// Names that stand in a record of a trail: of CloudTrail, of Athena's tables and of Security Lake.
const RECORDS: [[&str; 2]; 3] =
    [["userIdentity", "eventSource"], ["useridentity", "eventsource"], ["\"class_uid\"", "\"credential_uid\""]];

static NAMES: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Config::new().builder().extend(RECORDS.as_flattened()).build());

/// Which of these names were seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RecordNames([[bool; 2]; 3]);

impl RecordNames {
    /// Bytes of the longest of them.
    pub(super) const LONGEST: usize = 16;

    /// Looks for those that are missing.
    pub(super) fn look(&mut self, bytes: &[u8]) {
        let Some(names) = NAMES.as_ref() else {
            let has = |name: &str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
            let known = self.0.as_flattened_mut().iter_mut().zip(RECORDS.as_flattened());
            return known.for_each(|(known, name)| *known |= has(name));
        };
        let mut from = 0;
        while !self.are_of_record()
            && let Some(found) = names.find_in(bytes, (from..bytes.len()).into())
        {
            self.0.as_flattened_mut().get_mut(found.pattern().as_usize()).into_iter().for_each(|known| *known = true);
            from = found.end();
        }
    }

    /// Adds what was seen elsewhere.
    pub(super) fn merge(&mut self, other: Self) {
        let all = self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened());
        all.for_each(|(known, seen)| *known |= seen);
    }

    /// Whether they are those of a record.
    pub(super) fn are_of_record(self) -> bool {
        self.0.contains(&[true; 2])
    }
}
