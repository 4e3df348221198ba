//! Where in a text a denial may stand: a fast search for the few letters that no denial lacks, so that everything else is
//! read only there.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, Input};

/// The letters, chosen to begin rarely in ordinary text. Each is a part of at least one wording.
const LETTERS: [&str; 7] =
    ["horized", "AccessDenied", "ccess Denied", "xplicit deny", "policy allows", "UnauthorizedOp", "to perform:"];

static SEARCHER: LazyLock<Option<Searcher>> = LazyLock::new(|| Config::new().builder().extend(LETTERS).build());
/// Where the processor has no vector instructions.
static FALLBACK: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(LETTERS).ok());

/// The first place at or after `from`.
fn next(text: &[u8], from: usize) -> Option<usize> {
    match SEARCHER.as_ref() {
        Some(searcher) => searcher.find_in(text, (from..text.len()).into()).map(|found| found.start()),
        None => FALLBACK.as_ref()?.find(Input::new(text).range(from..)).map(|found| found.start()),
    }
}

/// What stands before a place is read this far, what stands behind it this far.
const BEFORE: usize = 3 << 10;
const BEHIND: usize = 9 << 10;

/// The parts of a text in which denials may stand, in order, without overlap, on character boundaries.
pub(super) struct Regions<'a> {
    text: &'a str,
    /// Where the search goes on.
    at: usize,
    /// Where the last region ended.
    floor: usize,
}

impl<'a> Regions<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, floor: 0 }
    }
}

impl Iterator for Regions<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let hit = next(bytes, self.at)?;
        let start = line_start(self.text, hit.saturating_sub(BEFORE).max(self.floor), self.floor);
        let mut end = hit + BEHIND;
        self.at = hit + 1;
        // places that lie close together are one region
        while let Some(more) = next(bytes, self.at).filter(|more| *more < end) {
            end = more + BEHIND;
            self.at = more + 1;
        }
        let end = line_end(self.text, end);
        self.floor = end;
        self.at = self.at.max(end);
        Some(start..end)
    }
}

/// The start of the line that holds `at`, unless that is far or before `floor`.
fn line_start(text: &str, at: usize, floor: usize) -> usize {
    let bytes = text.as_bytes();
    let low = at.saturating_sub(1 << 10).max(floor);
    let line = memchr::memrchr(b'\n', bytes.get(low..at).unwrap_or_default());
    let mut start = line.map_or(if low == floor { floor } else { at }, |newline| low + newline + 1);
    while start < text.len() && !text.is_char_boundary(start) {
        start += 1;
    }
    start
}

/// The end of the line that holds `at`, unless that is far.
fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at.min(bytes.len());
    let ahead = bytes.get(end..bytes.len().min(end + 1024)).unwrap_or_default();
    end += memchr::memchr(b'\n', ahead).unwrap_or(0);
    while end < text.len() && !text.is_char_boundary(end) {
        end += 1;
    }
    end
}
