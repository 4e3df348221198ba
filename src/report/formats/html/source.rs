//! A policy document with line numbers, what decides marked in it, and the reason under the line.

use std::collections::BTreeMap;

use maud::{Markup, Render, html};

use super::super::shown::Shown;
use super::said;
use crate::evaluate::{ElementReason, ElementWhy};
use crate::iam::{Document, secret};
use crate::report::words::{self, sheet};
use crate::text::Span;

/// How a mark is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    Block,
    Maybe,
    Fix,
    Plain,
}

impl Tone {
    /// The class that gives it its colour.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Maybe => "maybe",
            Self::Fix => "fix",
            Self::Plain => "plain",
        }
    }
}

/// A statement that plays a part.
pub(super) struct Part<'a> {
    /// Its index in the document.
    pub(super) index: usize,
    /// What it does.
    pub(super) tone: Tone,
    /// What is marked in it.
    pub(super) marked: Vec<&'a ElementReason>,
    /// Whether the reasons are written under their lines.
    pub(super) explained: bool,
}

/// A longer statement is shown where it matters.
const WHOLE: usize = 200;
/// Lines around a mark, in a document that is too long.
const AROUND: usize = 3;
/// Lines of the beginning of a statement, in a document that is too long.
const HEAD: usize = 4;

/// A document ready to be shown.
pub(super) struct Lines<'a> {
    shown: Shown<'a>,
    /// Where each line begins and ends.
    spans: Vec<Span>,
    /// By line: what is marked in it.
    marks: BTreeMap<usize, Vec<(Span, Tone)>>,
    /// By line: what is said under it.
    notes: BTreeMap<usize, Vec<(String, Tone)>>,
    /// The lines of each statement that plays a part, with its index.
    parts: Vec<(usize, std::ops::RangeInclusive<usize>, Tone)>,
    /// The first line of every statement.
    starts: BTreeMap<usize, usize>,
}

impl<'a> Lines<'a> {
    /// `masked` is the document's own text without secrets.
    pub(super) fn new(document: &Document, masked: &'a str, parts: &[Part<'_>]) -> Self {
        let shown = Shown::new(masked);
        let mut spans = Vec::new();
        let mut at = 0;
        for line in shown.text.split_inclusive('\n') {
            spans.push(Span::new(at, at + line.trim_end_matches(['\n', '\r']).len()));
            at += line.len();
        }
        let mut lines = Self {
            shown,
            spans,
            marks: BTreeMap::new(),
            notes: BTreeMap::new(),
            parts: Vec::new(),
            starts: BTreeMap::new(),
        };
        for (index, statement) in document.statements.iter().enumerate() {
            let span = lines.shown.span(statement.span);
            // two statements may stand on one line: the link leads to that line
            lines.starts.entry(lines.line(span.start)).or_insert(index);
        }
        for part in parts {
            lines.add(document, part);
        }
        lines
    }

    fn add(&mut self, document: &Document, part: &Part<'_>) {
        let Some(statement) = document.statements.get(part.index) else { return };
        let span = self.shown.span(statement.span);
        self.parts.push((part.index, self.line(span.start)..=self.line(span.end.max(span.start + 1) - 1), part.tone));
        for reason in part.marked.iter().filter(|reason| statement.span.contains(reason.span)) {
            let Some(span) = self.shown.marked(reason.span) else { continue };
            let line = self.line(span.start);
            self.marks.entry(line).or_default().push((span, part.tone));
            if part.explained {
                let note = self.note(reason, span);
                self.notes.entry(line).or_default().push((note, part.tone));
            }
        }
    }

    /// The reason, without what is marked already.
    fn note(&self, reason: &ElementReason, span: Span) -> String {
        let marked = self.shown.text.get(span.start..span.end).unwrap_or_default().trim_matches('"');
        let repeated = matches!(&reason.why, ElementWhy::Matches { entry, .. } if entry == marked);
        let short = words::element::beside_mark(reason).filter(|_| repeated && reason.truth.is_true());
        short.unwrap_or_else(|| words::element::reason(reason))
    }

    fn line(&self, offset: usize) -> usize {
        self.spans.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    pub(super) const fn is_reformatted(&self) -> bool {
        self.shown.is_reformatted()
    }

    /// One statement, without places to link to.
    pub(super) fn statement(&self, index: usize) -> Markup {
        let own = self.parts.iter().find(|(part, ..)| *part == index);
        let lines: Vec<usize> = own.map(|(_, lines, _)| lines.clone().collect()).unwrap_or_default();
        let kept =
            if lines.len() > WHOLE { lines.into_iter().filter(|line| self.matters(*line)).collect() } else { lines };
        self.markup(&kept, None)
    }

    /// How many lines it has.
    pub(super) fn count(&self) -> usize {
        self.spans.len()
    }

    /// The whole document, or what matters of one that is longer than `most`; each statement that plays a part can be linked to.
    pub(super) fn whole(&self, id: &str, most: usize) -> Markup {
        let all = 0..self.spans.len();
        let kept: Vec<usize> =
            if all.len() > most { all.filter(|line| self.matters(*line)).collect() } else { all.collect() };
        self.markup(&kept, Some(id))
    }

    fn matters(&self, line: usize) -> bool {
        let near = |other: usize| line.abs_diff(other) <= AROUND;
        line < 2
            || self.marks.keys().any(|mark| near(*mark))
            || self
                .parts
                .iter()
                .any(|(_, lines, _)| (*lines.start()..lines.start() + HEAD).contains(&line) || line == *lines.end())
            || self.starts.contains_key(&line)
    }

    fn markup(&self, kept: &[usize], id: Option<&str>) -> Markup {
        let mut next = kept.first().copied().unwrap_or_default();
        if id.is_some() {
            next = 0;
        }
        let end = if id.is_some() { self.spans.len() } else { kept.last().map_or(0, |last| last + 1) };
        let mut rows: Vec<Row<'_>> = Vec::new();
        for line in kept {
            if *line > next {
                rows.push(Row::Gap(line - next));
            }
            rows.push(Row::Line(self, *line, id));
            next = line + 1;
        }
        if end > next {
            rows.push(Row::Gap(end - next));
        }
        html! { div class="src" { @for row in &rows { (row) } } }
    }
}

enum Row<'a> {
    Gap(usize),
    Line(&'a Lines<'a>, usize, Option<&'a str>),
}

impl Render for Row<'_> {
    fn render(&self) -> Markup {
        match self {
            Self::Gap(count) => html! { div class="gap" { (sheet::lines_left_out(*count)) } },
            Self::Line(lines, line, id) => {
                let part = lines.parts.iter().rev().find(|(_, own, _)| own.contains(line));
                let place = id.and_then(|id| lines.starts.get(line).map(|index| statement_id(id, *index)));
                let class = part.map(|(_, _, tone)| tone.class());
                html! {
                    div class=[class] id=[place] data-n=(line + 1) { (lines.text(*line)) }
                    @for (note, tone) in lines.notes.get(line).into_iter().flatten() {
                        p class={ "note " (tone.class()) } { (said(note)) }
                    }
                }
            }
        }
    }
}

impl Lines<'_> {
    /// A line with its marks, which never overlap.
    fn text(&self, line: usize) -> Markup {
        let Some(whole) = self.spans.get(line) else { return html! {} };
        let text = |from: usize, to: usize| self.shown.text.get(from..to).unwrap_or_default();
        let mut marks = self.marks.get(&line).cloned().unwrap_or_default();
        marks.sort_by_key(|(span, _)| span.start);
        let mut at = whole.start;
        let mut pieces = Vec::new();
        for (span, tone) in marks {
            let (start, end) = (span.start.max(at), span.end.min(whole.end));
            if start < end {
                pieces.push((text(at, start), None));
                pieces.push((text(start, end), Some(tone.class())));
                at = end;
            }
        }
        pieces.push((text(at, whole.end), None));
        html! {
            @for (piece, class) in pieces {
                @match class { Some(class) => mark class=(class) { (piece) }, None => (piece) }
            }
        }
    }
}

/// Where a statement of a document can be linked to.
pub(super) fn statement_id(document: &str, index: usize) -> String {
    format!("{document}-s{index}")
}

/// The text of a document without secrets, every letter in its place.
pub(super) fn masked(document: &Document) -> std::borrow::Cow<'_, str> {
    secret::masked(document.source.text())
}
