//! What one record of a trail tells, where the trail is too large to be held.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::Searcher;

use super::assemble::Lines;
use super::cloudtrail::{self, SessionCall, WORTH};
use super::facts::Denial;

/// What one record, or another value that may hold some, tells.
#[derive(Debug)]
pub struct OfRecord {
    denials: Vec<Denial>,
    sessions: Vec<SessionCall>,
    /// How many records it has.
    pub records: usize,
}

impl OfRecord {
    /// Reads a value that begins at byte `offset` of the input, on line `line`; nothing where it is no JSON.
    #[must_use]
    pub fn read(value: &str, offset: usize, line: usize) -> Option<Self> {
        serde_json::from_str::<serde::de::IgnoredAny>(value).ok()?;
        let (mut denials, mut sessions) = (Vec::new(), Vec::new());
        let mut lines = Lines::of_part(value, offset, line);
        let mut add = |denial| denials.push(denial);
        let records = cloudtrail::read_value(value, offset, &mut lines, &mut add, &mut sessions);
        Some(Self { denials, sessions, records })
    }

    pub(super) fn into_parts(self) -> (Vec<Denial>, Vec<SessionCall>) {
        (self.denials, self.sessions)
    }
}

/// Searches for what makes a record worth reading: most are successes.
#[derive(Debug)]
pub struct Worth {
    searcher: Option<Searcher>,
    fallback: Option<AhoCorasick>,
}

/// A word that makes the record worth reading in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sign {
    /// Where it begins.
    pub at: usize,
    /// Whether it stands in records only: outside of them it tells that something was not understood.
    pub of_record: bool,
}

impl Default for Worth {
    fn default() -> Self {
        let words = || WORTH.0.iter().chain(&WORTH.1);
        let searcher = Searcher::new(words());
        let fallback = if searcher.is_none() { AhoCorasick::new(words()).ok() } else { None };
        Self { searcher, fallback }
    }
}

impl Worth {
    /// The signs that begin in a range of a text, in order.
    #[must_use]
    pub fn signs(&self, text: &str, range: Range<usize>) -> Vec<Sign> {
        let longest = WORTH.0.iter().chain(&WORTH.1).map(|word| word.len()).max().unwrap_or_default();
        let far = text.len().min(range.end + longest);
        let bytes = text.as_bytes().get(range.start..far).unwrap_or_default();
        let sign =
            |(number, start): (usize, usize)| Sign { at: range.start + start, of_record: number < WORTH.0.len() };
        let within = |sign: &Sign| sign.at < range.end;
        match (&self.searcher, &self.fallback) {
            (Some(searcher), _) => {
                let all = searcher.find_iter(bytes).map(|found| (found.pattern().as_usize(), found.start()));
                all.map(sign).take_while(within).collect()
            }
            (None, Some(fallback)) => {
                let all = fallback.find_iter(bytes).map(|found| (found.pattern().as_usize(), found.start()));
                all.map(sign).take_while(within).collect()
            }
            (None, None) => Vec::new(),
        }
    }
}
