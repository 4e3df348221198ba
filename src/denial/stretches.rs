//! Denials of a text of any size, of which a stretch is held at a time: the same as those of the whole text.

use std::ops::Range;

use rayon::prelude::*;

use super::assemble::{Lines, in_window};
use super::cloudtrail::{self, SessionCall};
use super::dedup::Distinct;
use super::facts::Denial;
use super::windows::StretchWindows;
use super::{contradiction, prefilter, time_of_text};
use crate::text::{Sizes, Stretch};

/// Windows that are read at once have so many bytes: enough for all cores, few enough for what is read out of them.
const AT_ONCE: usize = 2 << 20;

/// What was found so far.
#[derive(Debug)]
pub(crate) struct Stretches {
    windows: StretchWindows,
    found: Distinct,
    /// When each denial was written, by the line where it was first seen.
    times: Vec<Option<String>>,
    sessions: Vec<SessionCall>,
    /// Where the last record of a session ends.
    record_end: usize,
    /// How many lines end before a place.
    counted: (usize, usize),
    /// Whether the text ends with the end of a line.
    ends_line: bool,
}

impl Stretches {
    /// How much is to be held of a text.
    pub(crate) const SIZES: Sizes = Sizes {
        read: 8 << 20,
        before: if StretchWindows::HELD + time_of_text::LONGEST > cloudtrail::REACH {
            StretchWindows::HELD + time_of_text::LONGEST
        } else {
            cloudtrail::REACH
        },
        behind: cloudtrail::REACH,
    };

    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            windows: StretchWindows::default(),
            found: Distinct::default(),
            times: Vec::new(),
            sessions: Vec::new(),
            record_end: 0,
            counted: (0, 0),
            ends_line: true,
        }
    }

    /// Reads the next stretch, on all cores.
    pub(crate) fn add(&mut self, stretch: &Stretch<'_>) {
        let text = stretch.text;
        let looked = stretch.shares(|share| (prefilter::places(text, &share), cloudtrail::session_words(text, share)));
        let (places, words): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
        let windows = self.windows.add(stretch, places.into_iter().flatten());
        let mut group = Vec::new();
        let mut bytes = 0;
        for window in windows {
            let line = self.line(stretch, window.start);
            bytes += window.len();
            group.push((window, line));
            if bytes > AT_ONCE {
                self.read(stretch, &group);
                group.clear();
                bytes = 0;
            }
        }
        self.read(stretch, &group);
        self.read_sessions(stretch, &words.concat());
        if let Some(end) = stretch.new.end.checked_sub(1).filter(|_| !stretch.new.is_empty()) {
            self.ends_line = text.as_bytes().get(end) == Some(&b'\n');
        }
        self.line(stretch, stretch.offset + stretch.new.end);
    }

    /// Reads windows side by side; what they tell is put together in their order.
    fn read(&mut self, stretch: &Stretch<'_>, windows: &[(Range<usize>, usize)]) {
        let denials = |(window, line): &(Range<usize>, usize)| {
            let here = window.start - stretch.offset..window.end - stretch.offset;
            let part = stretch.text.get(here).unwrap_or_default();
            in_window(part, window.start, &mut Lines::of_part(part, window.start, *line))
        };
        let all: Vec<Vec<Denial>> = windows.par_iter().map(denials).collect();
        for denial in all.into_iter().flatten() {
            let place = denial.span.start - stretch.offset;
            self.found.add(denial);
            if self.found.count() > self.times.len() {
                self.times.push(time_of_text::of_line(stretch.text, place));
            }
        }
    }

    fn read_sessions(&mut self, stretch: &Stretch<'_>, words: &[usize]) {
        if words.is_empty() {
            return;
        }
        let text = stretch.text;
        let line = self.line(stretch, stretch.offset);
        let mut end = self.record_end.saturating_sub(stretch.offset);
        let mut lines = Lines::of_part(text, 0, line);
        cloudtrail::sessions_around(text, words, &mut end, cloudtrail::REACH, &mut lines, &mut self.sessions);
        self.record_end = self.record_end.max(stretch.offset + end);
    }

    /// The line of a place that is held.
    fn line(&mut self, stretch: &Stretch<'_>, place: usize) -> usize {
        let count = |from: usize, to: usize| {
            let passed = stretch.text.as_bytes().get(from - stretch.offset..to - stretch.offset);
            memchr::memchr_iter(b'\n', passed.unwrap_or_default()).count()
        };
        let (counted, lines) = self.counted;
        if place < counted {
            return lines - count(place, counted) + 1;
        }
        self.counted = (place, lines + count(counted, place));
        self.counted.1 + 1
    }

    /// How many lines the text has.
    pub(crate) const fn lines(&self) -> usize {
        self.counted.1 + if self.ends_line { 0 } else { 1 }
    }

    /// The denials of a text that has this name.
    pub(crate) fn into_denials(self, name: &str) -> Vec<Denial> {
        let mut denials = self.found.into_denials();
        contradiction::mark(&mut denials);
        cloudtrail::join_sessions(&mut denials, &self.sessions);
        for (denial, time) in denials.iter_mut().zip(self.times) {
            denial.at = denial.at.take().or(time);
            if let Some(session) = &mut denial.session {
                name.clone_into(&mut session.file);
            }
        }
        denials
    }
}
