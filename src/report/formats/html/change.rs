//! The change of a document side by side, with the line numbers of both, and what changed within a line marked.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

use super::super::shown::is_one_line;
use crate::iam::secret;
use crate::report::words::sheet as words;
use crate::text::spread;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// A line with its number, from 1.
type Side = Option<(usize, String)>;

/// A row: both sides, and whether they are the same.
struct Row {
    old: Side,
    new: Side,
    same: bool,
}

/// Both documents beside each other; a new one stands alone.
pub(super) fn side_by_side(before: &str, after: &str) -> Markup {
    let own = |text: &str| if text.trim().is_empty() { String::new() } else { text.to_owned() };
    let reformatted = is_one_line(before) || is_one_line(after);
    let shape = |text: &str| if reformatted && !text.trim().is_empty() { spread(text) } else { own(text) };
    let (before, after) = (shape(before), shape(after));
    let (before, after) = (secret::masked(&before), secret::masked(&after));
    let groups = groups(&before, &after);
    let is_new = before.is_empty();
    html! {
        @if reformatted { p class="aside" { (words::REFORMATTED) } }
        table class={ "diff" @if is_new { " new" } } {
            colgroup {
                @if !is_new { col class="n"; col; }
                col class="n";
                col;
            }
            thead {
                tr {
                    @if !is_new { th scope="col" colspan="2" { (words::BEFORE) } }
                    th scope="col" colspan="2" { @if is_new { (words::NEW_DOCUMENT) } @else { (words::AFTER) } }
                }
            }
            @for group in &groups {
                tbody { @for row in group { (row_markup(row, is_new)) } }
            }
        }
    }
}

fn groups(before: &str, after: &str) -> Vec<Vec<Row>> {
    let lines = TextDiff::from_lines(before, after);
    let line = |text: &str| text.trim_end_matches(['\n', '\r']).replace('\t', "    ");
    let mut groups = Vec::new();
    for group in lines.grouped_ops(CONTEXT) {
        let mut rows = Vec::new();
        for op in &group {
            let (mut old, mut new) = (Vec::new(), Vec::new());
            for change in lines.iter_changes(op) {
                let number = |index: Option<usize>| index.map_or(0, |index| index + 1);
                match change.tag() {
                    ChangeTag::Equal => rows.push(Row {
                        old: Some((number(change.old_index()), line(change.value()))),
                        new: Some((number(change.new_index()), line(change.value()))),
                        same: true,
                    }),
                    ChangeTag::Delete => old.push((number(change.old_index()), line(change.value()))),
                    ChangeTag::Insert => new.push((number(change.new_index()), line(change.value()))),
                }
            }
            let (mut old, mut new) = (old.into_iter(), new.into_iter());
            loop {
                match (old.next(), new.next()) {
                    (None, None) => break,
                    (old, new) => rows.push(Row { old, new, same: false }),
                }
            }
        }
        groups.push(rows);
    }
    groups
}

fn row_markup(row: &Row, is_new: bool) -> Markup {
    let text = |side: &Side| side.as_ref().map(|(_, text)| text.clone()).unwrap_or_default();
    let (old, new) = (text(&row.old), text(&row.new));
    let paired = !row.same && row.old.is_some() && row.new.is_some();
    let cell = |side: &Side, class: &'static str, tag: &'static str, other: &str| {
        let class = if row.same {
            "same"
        } else if side.is_some() {
            class
        } else {
            "void"
        };
        html! {
            td class={ "n " (class) } data-n=[side.as_ref().map(|(number, _)| *number)] {}
            td class=(class) {
                @if let Some((_, text)) = side {
                    @if row.same {
                        (text)
                    } @else {
                        @let (head, middle, tail) = parts(text, if paired { other } else { "" });
                        @if tag == "del" {
                            (head) del { (middle) } (tail)
                        } @else {
                            (head) ins { (middle) } (tail)
                        }
                    }
                }
            }
        }
    };
    html! {
        tr class=[row.same.then_some("same")] {
            @if !is_new { (cell(&row.old, "old", "del", &new)) }
            (cell(&row.new, "new", "ins", &old))
        }
    }
}

/// What stands before the change of a line, the change, and what stands behind it. A line that has no other beside it is all change.
fn parts<'a>(line: &'a str, other: &str) -> (&'a str, &'a str, &'a str) {
    let common =
        |mut one: Box<dyn Iterator<Item = char> + '_>, mut other: Box<dyn Iterator<Item = char> + '_>, most: usize| {
            let mut bytes = 0;
            loop {
                match (one.next(), other.next()) {
                    (Some(a), Some(b)) if a == b && bytes + a.len_utf8() <= most => bytes += a.len_utf8(),
                    _ => return bytes,
                }
            }
        };
    let indent = line.len() - line.trim_start().len();
    if other.is_empty() {
        return (line.get(..indent).unwrap_or_default(), line.get(indent..).unwrap_or_default(), "");
    }
    let head = common(Box::new(line.chars()), Box::new(other.chars()), usize::MAX);
    let most = line.len().min(other.len()).saturating_sub(head);
    let tail = common(Box::new(line.chars().rev()), Box::new(other.chars().rev()), most);
    let end = line.len() - tail;
    (line.get(..head).unwrap_or_default(), line.get(head..end).unwrap_or_default(), line.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_within_a_line_is_told_apart() {
        assert_eq!(parts("  \"a/*\",", "  \"a\","), ("  \"a", "/*", "\","));
        assert_eq!(parts("  \"a\",", "  \"a/*\","), ("  \"a", "", "\","));
        assert_eq!(parts("  \"a\"", ""), ("  ", "\"a\"", ""));
        assert_eq!(parts("aa", "aaa"), ("aa", "", ""));
        assert_eq!(parts("éb", "èb"), ("", "é", "b"));
    }
}
