//! The parts of a text in which errors may be: around the places that the prefilter finds.

use std::collections::VecDeque;
use std::ops::Range;

use super::prefilter::{first_places, next_places};
use crate::text::Stretch;

/// How many bytes before and after a place are read.
const BEFORE: usize = 3 << 10;
const AFTER: usize = 9 << 10;

/// A text that is no longer is one window, if anything is in it.
pub(super) const WHOLE: usize = BEFORE;

/// The parts of a text in which errors may be, in order, without overlap, on character boundaries.
pub(super) struct TextWindows<'a> {
    text: &'a str,
    /// The next place that each search found.
    next: [usize; 2],
    /// Where the last window ended.
    floor: usize,
}

impl<'a> TextWindows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        // a short text is one window, whatever else is in it
        let enough = |first: usize| first.saturating_add(AFTER) >= text.len() && first <= BEFORE;
        Self { text, next: first_places(text, enough), floor: 0 }
    }

    /// Finds, for every search whose place is before `from`, its next place at or after it.
    fn search(&mut self, from: usize) {
        next_places(self.text, from, &mut self.next);
    }

    fn first(&self) -> Option<usize> {
        self.next.iter().copied().min().filter(|at| *at != usize::MAX)
    }
}

impl Iterator for TextWindows<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let hit = self.first()?;
        let start = line_start(self.text, hit.saturating_sub(BEFORE).max(self.floor), self.floor);
        let mut end = hit + AFTER;
        let mut cut = None;
        // places that lie close together are one window
        if end >= self.text.len() {
            self.next = [usize::MAX; 2];
        } else {
            self.search(hit + 1);
            while let Some(more) = self.first().filter(|more| *more < end) {
                if more - start > LONGEST {
                    cut = Some(between(self.text, more));
                    // what was passed over is looked for again behind the cut
                    self.next = [0; 2];
                    break;
                }
                end = more + AFTER;
                self.search(beyond(more));
            }
        }
        let end = cut.unwrap_or_else(|| line_end(self.text, end));
        self.floor = end;
        self.search(end);
        Some(start..end)
    }
}

/// Where the next place that matters may be behind one that counts: a part of what is read anyway is passed over.
const fn beyond(place: usize) -> usize {
    place + AFTER - AFTER / 2
}

/// The same parts of a text of which only a stretch is held at a time.
#[derive(Debug, Default)]
pub(super) struct StretchWindows {
    /// Places that were found and not looked at, in the whole text.
    places: VecDeque<usize>,
    open: Option<Open>,
    /// Where the last window ended.
    floor: usize,
}

/// A window of which the end is not known.
#[derive(Debug)]
struct Open {
    start: usize,
    end: usize,
    /// The next place that matters is there or behind it.
    from: usize,
}

impl StretchWindows {
    /// So much in front of the places that are new must be held.
    pub(super) const HELD: usize = LONGEST + AFTER + BEFORE + (4 << 10);

    /// Those of a text that begins here.
    pub(super) fn from(start: usize) -> Self {
        Self { floor: start, ..Self::default() }
    }

    /// The windows that end in this stretch; `places` are those in its new part.
    pub(super) fn add(&mut self, stretch: &Stretch<'_>, places: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
        let text = stretch.text;
        let here = |place: usize| place.saturating_sub(stretch.offset);
        self.places.extend(places.into_iter().map(|place| place + stretch.offset));
        let mut found = Vec::new();
        loop {
            let Some(open) = &mut self.open else {
                while self.places.pop_front_if(|place| *place < self.floor).is_some() {}
                let Some(hit) = self.places.pop_front() else { break };
                let begin = hit.saturating_sub(BEFORE).max(self.floor);
                let start = stretch.offset + line_start(text, here(begin), here(self.floor));
                self.open = Some(Open { start, end: hit + AFTER, from: hit + 1 });
                continue;
            };
            while self.places.pop_front_if(|place| *place < open.from).is_some() {}
            let end = match self.places.front().copied().filter(|more| *more < open.end) {
                Some(more) if more - open.start > LONGEST => stretch.offset + between(text, here(more)),
                Some(more) => {
                    open.end = more + AFTER;
                    open.from = beyond(more);
                    continue;
                }
                None if stretch.is_last || open.end + LINE < stretch.offset + stretch.new.end => {
                    stretch.offset + line_end(text, here(open.end))
                }
                None => break,
            };
            found.push(open.start..end);
            self.floor = end;
            self.open = None;
        }
        found
    }
}

/// A longer window is read in parts.
const LONGEST: usize = 1 << 20;

/// A line is looked for no further away.
const LINE: usize = 1 << 10;

/// Where a long window is cut before a place: at an empty line, or where the line of the place begins.
fn between(text: &str, place: usize) -> usize {
    let before = text.as_bytes().get(place.saturating_sub(2 * LINE)..place).unwrap_or_default();
    let start = place - before.len();
    match memchr::memmem::rfind(before, b"\n\n") {
        Some(empty) => start + empty + 2,
        None => line_start(text, place, start),
    }
}

/// The start of the line with `at`, unless that is far or before `floor`.
fn line_start(text: &str, at: usize, floor: usize) -> usize {
    let bytes = text.as_bytes();
    let low = at.saturating_sub(LINE).max(floor);
    let line = memchr::memrchr(b'\n', bytes.get(low..at).unwrap_or_default());
    let mut start = line.map_or(if low == floor { floor } else { at }, |newline| low + newline + 1);
    while start < text.len() && !text.is_char_boundary(start) {
        start += 1;
    }
    start
}

/// The end of the line with `at`, unless that is far.
fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at.min(bytes.len());
    let ahead = bytes.get(end..bytes.len().min(end + LINE)).unwrap_or_default();
    end += memchr::memchr(b'\n', ahead).unwrap_or(0);
    while end < text.len() && !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_and_escapes_do_not_hide_a_phrase() {
        for text in [
            "is not authorized to",
            "is not\n #   authorized to",
            "not\\n\\tauthorized",
            "Encoded authorization\n│  failure message",
        ] {
            assert_eq!(TextWindows::new(text).count(), 1, "{text}");
        }
        for text in ["the author is not a", "note: authorized", "Encoded authorization", "rethrottling"] {
            assert_eq!(TextWindows::new(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn distant_places_are_windows_of_their_own() {
        let far = "x\n".repeat(20_000);
        let text = format!("AccessDenied\n{far}AccessDenied and ExpiredToken\n{far}");
        let windows: Vec<_> = TextWindows::new(&text).collect();
        assert_eq!(windows.len(), 2);
        assert!(windows.iter().all(|window| window.len() < 16_000));
        assert!(text.get(windows[1].clone()).unwrap().contains("ExpiredToken"));
    }
}
