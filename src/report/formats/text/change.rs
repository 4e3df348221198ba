//! The change of a document, line by line, with the line numbers of both.

use similar::{Change, ChangeTag, TextDiff};

use super::super::shown::is_one_line;
use super::excerpt::shortened;
use super::{Text, printable};
use crate::iam::secret;
use crate::remedy::Edit;
use crate::report::page::Tone;
use crate::text::spread;

/// Lines of context around a change.
const CONTEXT: usize = 1;

/// Said where a change is shown on another layout than the document's own.
const SPREAD: &str = "shown reformatted; the document itself stays on one line";

/// Both texts with a line for each member, where the document is one long line.
fn spread_out(before: &str, after: &str) -> Option<(String, String)> {
    (is_one_line(before) || is_one_line(after)).then(|| {
        let of = |text: &str| if text.trim().is_empty() { String::new() } else { spread(text) };
        (of(before), of(after))
    })
}

/// Adds the change of a document, on its own layout or on one that a person can read.
pub(super) fn change(page: &mut Text, before: &str, after: &str, indent: usize, most: usize) {
    match spread_out(before, after) {
        Some((before, after)) => diff(page, &before, &after, indent, most, true),
        None => diff(page, before, after, indent, most, false),
    }
}

/// Adds the changed lines, each with its number and a mark; `-` lines carry the old number, `+` lines the new one: all of
/// them, or none where they are more than `most`, since a part of a change reads as another one.
fn diff(page: &mut Text, before: &str, after: &str, indent: usize, most: usize, spread: bool) {
    // what is cut at the end of a line would not be known for a secret any more
    let (before, after) = (secret::masked(before), secret::masked(after));
    let lines = TextDiff::from_lines(before.as_ref(), after.as_ref());
    let space = " ".repeat(indent);
    let room = page.style.width.saturating_sub(indent + 9);
    let groups = lines.grouped_ops(CONTEXT);
    let all = groups.iter().flatten().map(|op| lines.iter_changes(op).count()).sum::<usize>();
    let changes = groups.iter().flatten().flat_map(|op| lines.iter_changes(op));
    let changed_lines = changes.filter(|change| change.tag() != ChangeTag::Equal).count();
    // a line or two more do no harm
    let fits = |count: usize| most > 0 && count <= most.saturating_add(2);
    if !fits(changed_lines) {
        page.line(&format!("{space}    {changed_lines} changed lines: --all"));
        return;
    }
    if spread {
        page.line(&format!("{space}({SPREAD})"));
    }
    for (number, group) in groups.iter().enumerate() {
        if number > 0 {
            page.line(&format!("{space}    ..."));
        }
        for (change, other) in group.iter().flat_map(|op| paired(lines.iter_changes(op).collect())) {
            // where there is no room, what stands around a change goes first
            if !fits(all) && change.tag() == ChangeTag::Equal {
                continue;
            }
            let (mark, line, tone) = match change.tag() {
                ChangeTag::Delete => ('-', change.old_index(), Some(Tone::Block)),
                ChangeTag::Insert => ('+', change.new_index(), Some(Tone::Fix)),
                ChangeTag::Equal => (' ', change.new_index(), None),
            };
            let number = line.map_or_else(String::new, |line| (line + 1).to_string());
            let text = shown_line(change.value());
            let text = match tone {
                None => shortened(&text, room),
                Some(tone) => page.paint(&changed(&text, other.map(shown_line).as_deref(), room), tone),
            };
            page.line(format!("{space}{mark} {number:>3} | {text}").trim_end());
        }
    }
}

/// How many lines are shown of a change that takes no line away; `None` where it does.
pub(super) fn only_adds(before: &str, after: &str) -> Option<usize> {
    let spread = spread_out(before, after);
    let (before, after) = spread.as_ref().map_or((before, after), |(before, after)| (before.as_str(), after.as_str()));
    let lines = TextDiff::from_lines(before, after);
    let groups = lines.grouped_ops(CONTEXT);
    let shown: Vec<ChangeTag> =
        groups.iter().flatten().flat_map(|op| lines.iter_changes(op)).map(|change| change.tag()).collect();
    (!shown.contains(&ChangeTag::Delete)).then_some(shown.len())
}

/// A line without its end, as a terminal takes it.
fn shown_line(line: &str) -> String {
    printable(line.trim_end_matches(['\n', '\r'])).replace('\t', "    ")
}

/// The lines of one change, each with the line in whose place it stands or that stands in its place.
fn paired<'a>(changes: Vec<Change<&'a str>>) -> Vec<(Change<&'a str>, Option<&'a str>)> {
    let of = |tag: ChangeTag| -> Vec<&'a str> {
        changes.iter().filter(|change| change.tag() == tag).map(Change::value).collect()
    };
    let (old, new) = (of(ChangeTag::Delete), of(ChangeTag::Insert));
    let (mut olds, mut news) = (old.iter(), new.iter());
    let other = |tag: ChangeTag| match tag {
        ChangeTag::Delete => news.next().copied(),
        ChangeTag::Insert => olds.next().copied(),
        ChangeTag::Equal => None,
    };
    let others: Vec<_> = changes.iter().map(Change::tag).map(other).collect();
    changes.into_iter().zip(others).collect()
}

/// A changed line: what changed in it is never left out, what did not may be. A line that is longer all the same is not broken, so that
/// what stands in it can be copied.
fn changed(line: &str, other: Option<&str>, room: usize) -> String {
    let letters: Vec<char> = line.chars().collect();
    let Some(other) = other.filter(|_| letters.len() > room) else {
        return line.to_owned();
    };
    let other: Vec<char> = other.chars().collect();
    let head = letters.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let most = letters.len().min(other.len()) - head;
    let tail = letters.iter().rev().zip(other.iter().rev()).take(most).take_while(|(one, other)| one == other).count();
    let end = letters.len() - tail;
    // the change, and something of what stands around it
    let spare = room.saturating_sub(end - head + 6) / 2;
    if spare < 8 {
        return line.to_owned();
    }
    let (from, to) = (head.saturating_sub(spare), (end + spare).min(letters.len()));
    let window: String = letters.get(from..to).unwrap_or_default().iter().collect();
    let (before, after) = (if from > 0 { "..." } else { "" }, if to < letters.len() { "..." } else { "" });
    format!("{before}{window}{after}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_in_a_long_line_is_shown() {
        let line = |name: &str| format!("{}{name}/{}", "a/".repeat(40), "z/".repeat(40));
        let (old, new) = (line("q3"), line("q3*"));
        assert_eq!(changed(&new, Some(&old), 40), "...a/a/a/a/a/a/a/q3*/z/z/z/z/z/z/z/z...");
        // nothing stands in the place of the star, so the letters around it tell where it was
        assert_eq!(changed(&old, Some(&new), 40), ".../a/a/a/a/a/a/a/q3/z/z/z/z/z/z/z/z/...");
        // at the end of the line there is nothing to leave out behind it
        let (old, new) = ("x".repeat(100), format!("{}yes", "x".repeat(100)));
        assert_eq!(changed(&new, Some(&old), 60), format!("...{}yes", "x".repeat(25)));
        // more than fits, and a line that stands in no other one's place: all of it
        let other = "y".repeat(100);
        assert_eq!((changed(&new, Some(&other), 60), changed(&new, None, 60)), (new.clone(), new.clone()));
        assert_eq!(changed("short", None, 60), "short");
    }
}
