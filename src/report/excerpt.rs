//! The lines of a policy that decide, underlined, with the reason beside each mark.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::page::Style;
use super::printable;
use crate::diagnose::StatementRef;
use crate::evaluate::ElementReason;
use crate::text::Span;

/// The excerpt of one statement, every line indented by `indent`.
pub(super) fn excerpt(reference: &StatementRef, reasons: &[ElementReason], style: Style, indent: usize) -> String {
    let source = &reference.policy.document.source;
    let text = source.text();
    let own = reference.statement().map_or(Span::new(0, 0), |statement| statement.span);
    let mut marks: Vec<_> = reasons
        .iter()
        .filter(|reason| own.contains(reason.span) && text.get(reason.span.start..reason.span.end).is_some())
        .map(|reason| {
            let label = shortened(&printable(&reason.why), style.width.saturating_sub(indent + 12));
            AnnotationKind::Primary.span(reason.span.start..reason.span.end).label(label)
        })
        .collect();
    if marks.is_empty() {
        let first_line = text.get(own.start..own.end).and_then(|own| own.lines().next()).map_or(1, str::len);
        marks.push(AnnotationKind::Primary.span(own.start..own.start + first_line));
    }
    let snippet = Snippet::source(text).path(printable(source.name())).annotations(marks);
    let group = Group::with_level(Level::ERROR).element(snippet);
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let width = style.width.saturating_sub(indent);
    let rendered = renderer.decor_style(DecorStyle::Ascii).term_width(width).render(&[group]);
    let space = " ".repeat(indent);
    rendered.lines().map(|line| format!("{space}{}", line.trim_end())).collect::<Vec<_>>().join("\n")
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
