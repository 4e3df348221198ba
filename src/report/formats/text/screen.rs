//! What fits on a screen: in which order things are cut or left out until it does.

use super::{Style, Text, change, columns, rows};
use crate::evaluate::{ElementReason, Truth};
use crate::iam::Element;
use crate::report::page::{Block, Rank};

/// Lines of a change, an excerpt or a document that are shown, and what is still there, from everything to the least.
const STEPS: [(usize, Rank); 12] = [
    (usize::MAX, Rank::Second),
    (14, Rank::Second),
    (14, Rank::First),
    (14, Rank::Last),
    (14, Rank::Always),
    (9, Rank::First),
    (9, Rank::Last),
    (9, Rank::Always),
    (7, Rank::Last),
    (7, Rank::Always),
    (5, Rank::Always),
    (2, Rank::Always),
];

/// The blocks as text of at most so many rows, or the shortest that there is.
pub(super) fn fitting(blocks: &[(Rank, Block)], most: usize, style: Style) -> String {
    let plain = Style { colour: false, links: false, ..style };
    let fits = |step: &&(usize, Rank)| rows(&written(blocks, **step, plain), style.width) <= most;
    let least = (0, Rank::Always);
    written(blocks, *STEPS.iter().find(fits).or(STEPS.last()).unwrap_or(&least), style)
}

fn written(blocks: &[(Rank, Block)], (most, least): (usize, Rank), style: Style) -> String {
    let mut text = Text { text: String::new(), style };
    let kept = blocks.iter().filter(|(rank, block)| *rank <= least && !is_half(block, most));
    kept.for_each(|(_, block)| text.block(&cut(block, most, style.width)));
    text.text
}

/// Whether only a part would be shown of what is added and takes nothing away: half of it is of no use, and the line above says what is
/// in it.
fn is_half(block: &Block, most: usize) -> bool {
    matches!(block, Block::Change { before, after, .. } if change::only_adds(before, after).is_some_and(|lines| lines > most.saturating_add(2)))
}

/// The block with at most so many lines of what may be cut, and with commands on lines that fit.
fn cut(block: &Block, most: usize, width: usize) -> Block {
    match block {
        Block::Change { before, after, indent, .. } => {
            Block::Change { before: before.clone(), after: after.clone(), indent: *indent, most }
        }
        // a mark takes two lines, and the place two more
        Block::Excerpt { statement, reasons, indent } => Block::Excerpt {
            statement: statement.clone(),
            reasons: telling(reasons, (most.saturating_sub(1) / 2).max(1)),
            indent: *indent,
        },
        Block::Code { language: "sh", indent, lines } => {
            let room = width.saturating_sub(*indent);
            let lines = lines.iter().flat_map(|line| folded(line, room)).collect();
            Block::Code { language: "sh", indent: *indent, lines }
        }
        other => other.clone(),
    }
}

/// So many of the reasons: a condition tells most of why a statement is about this request and not about others.
fn telling(reasons: &[ElementReason], most: usize) -> Vec<ElementReason> {
    let is_condition = |reason: &&ElementReason| reason.element == Element::Condition && reason.truth != Truth::Unknown;
    let (first, rest): (Vec<_>, Vec<_>) = reasons.iter().partition(is_condition);
    first.into_iter().chain(rest).take(most).cloned().collect()
}

/// A command on lines that fit, each but the last with a backslash at its end, which a shell reads as one; broken only before an option,
/// so that no argument is.
fn folded(command: &str, room: usize) -> Vec<String> {
    // quotes with escapes in them are left whole
    if columns(command) <= room || command.trim_start().starts_with('#') || command.contains("$'") {
        return vec![command.to_owned()];
    }
    let mut quote = None;
    let mut parts = vec![String::new()];
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        match quote {
            None if letter == ' ' && letters.peek() == Some(&'-') => parts.push(String::new()),
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            // what follows is the letter itself, not the end of the quotation
            Some('"') | None if letter == '\\' => {
                parts
                    .last_mut()
                    .into_iter()
                    .for_each(|part| part.extend([Some(letter), letters.next()].into_iter().flatten()));
                continue;
            }
            _ => {}
        }
        if !(letter == ' ' && parts.last().is_some_and(String::is_empty)) {
            parts.last_mut().into_iter().for_each(|part| part.push(letter));
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if columns(line) + columns(&part) + 3 <= room => {
                line.push(' ');
                line.push_str(&part);
            }
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("  {part}"));
            }
            None => lines.push(part),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn a_command_is_broken_before_an_option_and_not_in_an_argument() {
        let command =
            r#"aws iam put-user-policy --user-name alice --policy-name "a --b \" --c" --policy-document 'file:// --x'"#;
        assert_eq!(
            folded(command, 44),
            [
                r"aws iam put-user-policy --user-name alice \",
                r#"  --policy-name "a --b \" --c" \"#,
                r"  --policy-document 'file:// --x'",
            ]
        );
        assert_eq!(folded(command, 200), [command]);
        assert_eq!(folded("# then: --resource-policy policy.json", 10), ["# then: --resource-policy policy.json"]);
    }
}
