//! The change of a document, line by line, with the line numbers of both.

use similar::{ChangeTag, TextDiff};

use super::excerpt::shortened;
use super::page::{Accent, Page};
use super::printable;
use crate::remedy::Edit;
use crate::text::spread;

/// Lines of context around a change.
const CONTEXT: usize = 1;

/// Said where a change is shown on another layout than the document's own.
const SPREAD: &str = "shown reformatted; the document itself stays on one line";

/// A longer document than this on one line tells nobody what changes in it.
const LINE: usize = 100;

/// Whether a document is one long line.
pub(super) fn is_one_line(text: &str) -> bool {
    !text.trim().contains('\n') && text.len() > LINE
}

/// Both texts with a line for each member, where the document is one long line.
fn spread_out(before: &str, after: &str) -> Option<(String, String)> {
    (is_one_line(before) || is_one_line(after)).then(|| {
        let of = |text: &str| if text.trim().is_empty() { String::new() } else { spread(text) };
        (of(before), of(after))
    })
}

/// Adds the change of an edit, on the document's own layout or on one that a person can read.
pub(super) fn change(page: &mut Page, edit: &Edit, indent: usize, most: usize) {
    let (before, after) = (edit.text_before(), edit.after.document.source.text());
    match spread_out(before, after) {
        Some((before, after)) => {
            page.item(&" ".repeat(indent), &format!("({SPREAD})"));
            diff(page, &before, &after, indent, most);
        }
        None => diff(page, before, after, indent, most),
    }
}

/// Adds the changed lines, each with its number and a mark; `-` lines carry the old number, `+` lines the new one. No more than `most`.
fn diff(page: &mut Page, before: &str, after: &str, indent: usize, most: usize) {
    let lines = TextDiff::from_lines(before, after);
    let space = " ".repeat(indent);
    let room = page.style.width.saturating_sub(indent + 9);
    let groups = lines.grouped_ops(CONTEXT);
    let all = groups.iter().flatten().map(|op| lines.iter_changes(op).count()).sum::<usize>();
    // to cut a line or two helps nobody
    let most = if most > 0 && all <= most.saturating_add(2) { all } else { most };
    let mut shown = 0;
    for (number, group) in groups.iter().enumerate() {
        if number > 0 && shown < most {
            page.raw(&format!("{space}    ..."));
        }
        for change in group.iter().flat_map(|op| lines.iter_changes(op)) {
            if shown == most {
                break;
            }
            shown += 1;
            let (mark, line, accent) = match change.tag() {
                ChangeTag::Delete => ('-', change.old_index(), Some(Accent::Block)),
                ChangeTag::Insert => ('+', change.new_index(), Some(Accent::Fix)),
                ChangeTag::Equal => (' ', change.new_index(), None),
            };
            let number = line.map_or_else(String::new, |line| (line + 1).to_string());
            let text = shortened(&printable(change.value().trim_end_matches(['\n', '\r'])).replace('\t', "    "), room);
            let text = accent.map_or_else(|| text.clone(), |accent| page.paint(&text, accent));
            page.raw(format!("{space}{mark} {number:>3} | {text}").trim_end());
        }
    }
    if all > most {
        let more = if most > 0 { " more" } else { "" };
        page.raw(&format!("{space}    ... {}{more} lines: --all", all - most));
    }
}

/// The change of an edit as a unified diff, for tools.
#[must_use]
pub fn unified(edit: &Edit) -> String {
    let (before, after) = (edit.text_before(), edit.after.document.source.text());
    let spread = spread_out(before, after);
    // a line before the header is no part of the difference
    let note = if spread.is_some() { format!("# {SPREAD}\n") } else { String::new() };
    let (before, after) = spread.as_ref().map_or((before, after), |(before, after)| (before.as_str(), after.as_str()));
    let old = if edit.before.is_some() { edit.file_before() } else { "/dev/null".to_owned() };
    format!("{note}{}", TextDiff::from_lines(before, after).unified_diff().header(&old, &edit.file()))
}
