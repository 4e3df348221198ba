//! The lines of a policy that decide, underlined, with the reason beside each mark.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::super::shown::Shown;
use super::{Style, columns, hanging, link, one_line, safe};
use crate::diagnose::StatementRef;
use crate::evaluate::{ElementReason, ElementWhy};
use crate::iam::{Element, secret};
use crate::report::page::Link;
use crate::report::words;
use crate::text::Span;

/// The excerpt of one statement, every line indented by `indent`.
pub(super) fn excerpt(reference: &StatementRef, reasons: &[ElementReason], style: Style, indent: usize) -> String {
    let source = &reference.policy.document.source;
    // what is cut at the end of a line would not be known for a secret any more
    let masked = secret::masked(source.text());
    let shown = Shown::new(&masked);
    let text = shown.text.as_ref();
    let whole = reference.statement().map_or(Span::new(0, 0), |statement| statement.span);
    let room = style.width.saturating_sub(indent + 8);
    let mut notes = Vec::new();
    let mut marks = Vec::new();
    let mut starts = Vec::new();
    for reason in reasons.iter().filter(|reason| whole.contains(reason.span)) {
        let Some(span) = shown.marked(reason.span) else {
            continue;
        };
        let mark = AnnotationKind::Primary.span(span.start..span.end);
        starts.push(span.start);
        // what is underlined need not be repeated beside it
        let marked = text.get(span.start..span.end).unwrap_or_default().trim_matches('"');
        let repeated = matches!(&reason.why, ElementWhy::Matches { entry, .. } if entry == marked);
        let short = words::element::beside_mark(reason).filter(|_| repeated && reason.truth.is_true());
        let why = safe(&short.unwrap_or_else(|| words::element::reason(reason)));
        // a label stands behind its mark; where there is no room it stands below, whole. A pattern that covers the request
        // says little with the request's whole ARN behind it, so that one may be shortened.
        let line = text.get(..span.end).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let left = room.saturating_sub(columns(line) + 2);
        let short = if reason.truth.is_true() && reason.element != Element::Condition {
            shortened(&why, left)
        } else {
            why.clone()
        };
        if columns(&short) <= left {
            marks.push(mark.label(short));
        } else {
            marks.push(mark);
            notes.push(why);
        }
    }
    let first = reasons.iter().map(|reason| reason.span).find(|span| whole.contains(*span)).unwrap_or(whole);
    if marks.is_empty() {
        let span = shown.marked(whole).unwrap_or_default();
        marks.push(AnnotationKind::Primary.span(span.start..span.end));
        starts.push(span.start);
    }
    let name = one_line(source.name());
    let mut snippet = Snippet::source(text).annotations(marks);
    // the place is that in the document a person has, not that in the text as it is shown
    let reformatted = shown.is_reformatted();
    let own_head = reformatted || source.is_rewritten();
    if !own_head {
        snippet = snippet.path(name.as_str());
    }
    let group = Group::with_level(Level::ERROR).element(snippet);
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let width = style.width.saturating_sub(indent);
    let rendered = renderer.decor_style(DecorStyle::Ascii).term_width(width).render(&[group]);
    let numbers = rendered.len() - rendered.trim_start_matches(' ').len();
    let head = own_head.then(|| {
        let start = starts.iter().min().filter(|_| !reformatted).copied().unwrap_or(first.start);
        let note = if reformatted { ", shown reformatted" } else { "" };
        format!("{}--> {name}:{}{note}", " ".repeat(numbers.max(1) - 1), source.position(start))
    });
    let space = " ".repeat(indent);
    let notes = notes.into_iter().map(|why| format!("   = {}", hanging(&why, width.saturating_sub(5), 5)));
    // the empty line below the place says nothing
    let body = rendered.lines().map(str::trim_end).filter(|line| without_colour(line).trim() != "|").map(str::to_owned);
    let mut lines: Vec<String> = head.into_iter().chain(body).chain(notes).collect();
    // the place is on the first line
    if let (true, Some(arn), Some(first)) = (style.links, &reference.policy.arn, lines.first_mut()) {
        *first = place_linked(first, &name, &Link::Arn(arn.clone()));
    }
    lines
        .iter()
        .flat_map(|line| line.lines().map(|line| format!("{space}{line}")).collect::<Vec<_>>())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The line with the place, its name as a link; behind the arrow a colour may end.
fn place_linked(line: &str, name: &str, to: &Link) -> String {
    const ARROW: &str = "--> ";
    let linked = line.split_once(ARROW).and_then(|(before, behind)| {
        let colour = behind.len() - behind.strip_prefix("\u{1b}[0m").unwrap_or(behind).len();
        let (colour, place) = behind.split_at_checked(colour)?;
        let rest = place.strip_prefix(name)?;
        Some(format!("{before}{ARROW}{colour}{}{rest}", link::linked(name, to)))
    });
    linked.unwrap_or_else(|| line.to_owned())
}

/// A rendered line without the sequences that colour it.
fn without_colour(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default();
    std::iter::once(first).chain(parts.map(|part| part.split_once('m').map_or(part, |(_, rest)| rest))).collect()
}

/// A label that fits beside its mark: the middle of a long one gives way.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most || most < 12 {
        return text.to_owned();
    }
    let head: String = text.chars().take(most * 3 / 5).collect();
    let tail: String = text.chars().skip(length - (most * 2 / 5 - 3)).collect();
    format!("{head}...{tail}")
}
