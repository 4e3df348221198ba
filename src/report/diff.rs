//! The change of a document, line by line, with the line numbers of both.

use similar::{ChangeTag, TextDiff};

use super::excerpt::shortened;
use super::page::{Accent, Page};
use super::printable;
use crate::remedy::Edit;

/// Lines of context around a change.
const CONTEXT: usize = 1;

/// Adds the changed lines, each with its number and a mark; `-` lines carry the old number, `+` lines the new one.
pub(super) fn diff(page: &mut Page, before: &str, after: &str, indent: usize) {
    let lines = TextDiff::from_lines(before, after);
    let space = " ".repeat(indent);
    let room = page.style.width.saturating_sub(indent + 9);
    for (number, group) in lines.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            page.raw(&format!("{space}    ..."));
        }
        for change in group.iter().flat_map(|op| lines.iter_changes(op)) {
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
}

/// The change of an edit as a unified diff, for tools.
#[must_use]
pub fn unified(edit: &Edit) -> String {
    let (before, after) = (edit.text_before(), edit.after.document.source.text());
    let old = if edit.before.is_some() { edit.file_before() } else { "/dev/null".to_owned() };
    TextDiff::from_lines(before, after).unified_diff().header(&old, &edit.file()).to_string()
}

/// Adds a new document, every line numbered.
pub(super) fn new_text(page: &mut Page, text: &str, indent: usize) {
    diff(page, "", text, indent);
}
