//! A policy document as it is shown: as it is, or with a line for each member where it is one long line.

use std::borrow::Cow;

use crate::text::{Span, spread, tokens};

/// A longer document than this on one line tells nobody what changes in it.
const LINE: usize = 100;

/// Whether a document is one long line.
pub(super) fn is_one_line(text: &str) -> bool {
    !text.trim().contains('\n') && text.len() > LINE
}

/// A document as it is shown.
pub(super) struct Shown<'a> {
    /// What is shown.
    pub(super) text: Cow<'a, str>,
    /// Where each token of the document stands, and where it stands in the text; empty where that is the same.
    places: Vec<(usize, usize)>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        if !is_one_line(text) {
            return Self { text: text.into(), places: Vec::new() };
        }
        let shown = spread(text);
        let places = tokens(text).map(|(at, _)| at).zip(tokens(&shown).map(|(at, _)| at)).collect();
        Self { text: shown.into(), places }
    }

    /// Whether its lines are others than those of the document.
    pub(super) const fn is_reformatted(&self) -> bool {
        !self.places.is_empty()
    }

    /// Where a span of the document is shown.
    pub(super) fn span(&self, span: Span) -> Span {
        if self.places.is_empty() {
            return span;
        }
        let index = |offset: usize| self.places.partition_point(|(at, _)| *at < offset);
        let start = self.places.get(index(span.start)).map_or(0, |(_, shown)| *shown);
        let last =
            index(span.end).checked_sub(1).and_then(|index| self.places.get(index)).map_or(start, |(_, shown)| *shown);
        let length = self.text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Span::new(start, (last + length).max(start))
    }

    /// Where the part of a span is shown that is marked: a span within one line as it is; of a longer one its first line with the key
    /// before it, since a mark over many lines hides what it marks.
    pub(super) fn marked(&self, span: Span) -> Option<Span> {
        let span = self.span(span);
        let marked = self.text.get(span.start..span.end)?;
        let Some((first, _)) = marked.split_once('\n') else {
            return Some(span);
        };
        let before = self.text.get(..span.start)?.rsplit('\n').next().unwrap_or_default();
        let key = before.trim_start().len();
        Some(Span::new(span.start - key, span.start + first.trim_end().len()))
    }
}
