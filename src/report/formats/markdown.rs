//! The page as Markdown, with everything from outside escaped.

use std::fmt::{self, Write as _};

use super::{Style, printable, text};
use crate::iam::secret;
use crate::report::page::{Block, Marker, Page, Table, marker};

/// The page as Markdown.
#[must_use]
pub(super) fn markdown(page: &Page) -> String {
    let mut text = String::new();
    for block in page.blocks() {
        let is_line = matches!(block, Block::Line { .. });
        if !is_line && !text.is_empty() && !text.ends_with("\n\n") {
            text.push('\n');
        }
        let level = if text.is_empty() { "#" } else { "##" };
        add(&mut text, block, level);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn add(page: &mut String, block: &Block, level: &str) {
    // writing to a string cannot fail
    let _ = match block {
        Block::Part(title) => writeln!(page, "# {}\n", escaped(title)),
        Block::Heading { word, text, .. } if text.is_empty() => writeln!(page, "{level} {}\n", escaped(word)),
        Block::Heading { word, text, .. } => writeln!(page, "{level} {}\n\n{}\n", escaped(word), escaped(text)),
        Block::Line { label, text, aside, wraps, .. } => {
            let aside = aside.as_ref().map_or_else(String::new, |aside| format!(", {}", escaped(aside)));
            let depth = if label.starts_with("    ") { "   " } else { "" };
            let text = escaped(text);
            match marker(label) {
                Marker::Bullet => writeln!(page, "{depth}- {text}{aside}"),
                Marker::Number(number) => writeln!(page, "{depth}{number}. {text}{aside}"),
                Marker::Word(word) => writeln!(page, "{depth}- **{}** {text}{aside}", escaped(word)),
                Marker::None if *wraps => writeln!(page, "  {text}{aside}"),
                // the indentation of a text is the depth of a list
                Marker::None => writeln!(page, "{label}- {text}{aside}"),
            }
        }
        Block::List { word, items, .. } => {
            let items: Vec<String> = items.iter().map(|item| format!("- {}", escaped(item))).collect();
            writeln!(page, "{level} {}\n\n{}\n", escaped(word), items.join("\n"))
        }
        Block::Code { language, lines, .. } => fenced(page, language, &lines.join("\n")),
        Block::Excerpt { .. } => fenced(page, "text", &drawn(block)),
        Block::Change { .. } => fenced(page, "diff", &drawn(block)),
        Block::Table(own) => table(page, own),
        Block::Screen { blocks, .. } => {
            for (_, block) in blocks {
                add(page, block, level);
            }
            Ok(())
        }
        Block::Space | Block::Rule => Ok(()),
    };
}

/// What is drawn, as the page of text has it.
fn drawn(block: &Block) -> String {
    let mut page = Page::default();
    page.push(block.clone());
    text(&page, Style { width: 100, ..Style::default() })
}

fn table(page: &mut String, table: &Table) -> fmt::Result {
    writeln!(page, "## {}\n", escaped(&table.title))?;
    writeln!(page, "| | {} |\n|---|{}", table.columns.join(" | "), "---|".repeat(table.columns.len()))?;
    for row in &table.rows {
        let sign = ["", "→ ", "+ "].get(row.depth).copied().unwrap_or_default();
        let cells: Vec<String> = row.cells.iter().map(|(word, _)| escaped(word)).collect();
        writeln!(page, "| {sign}{} | {} |", code(&row.label), cells.join(" | "))?;
    }
    Ok(())
}

/// A block whose fence is longer than any within.
fn fenced(page: &mut String, language: &str, text: &str) -> fmt::Result {
    let safe = printable(&secret::redact(text));
    let longest = safe.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(page, "{fence}{language}\n{}\n{fence}\n", safe.trim_end())
}

/// A name as code; one that could end it is escaped instead.
fn code(text: &str) -> String {
    let safe = plain(text);
    if safe.contains(['`', '|', '<', '>', '&']) || safe.is_empty() { escaped(text) } else { format!("`{safe}`") }
}

/// Text in which nothing is markup, neither Markdown's nor HTML's.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => {
                safe.push('\\');
                safe.push(character);
            }
            // no renderer turns it into a link
            ':' if safe.ends_with("http") || safe.ends_with("https") => safe.push_str("&#58;"),
            '.' if safe.ends_with("www") => safe.push_str("&#46;"),
            other => safe.push(other),
        }
    }
    safe
}

/// One line without secrets and controls.
fn plain(text: &str) -> String {
    printable(&secret::redact(text)).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escaped("<b>x</b> [a](http://e.x) `c` | \u{1b}[31m\n# h\u{202e}"),
            "&lt;b&gt;x&lt;/b&gt; \\[a\\](http&#58;//e.x) \\`c\\` \\| \\\\u{1b}\\[31m \\# h\\\\u{202e}"
        );
        assert_eq!(code("a`b"), "a\\`b");
        assert_eq!(code("us.anthropic.claude-sonnet-5"), "`us.anthropic.claude-sonnet-5`");
        let mut page = String::new();
        fenced(&mut page, "text", "a\n```\nb").unwrap();
        assert_eq!(page, "````text\na\n```\nb\n````\n\n");
    }
}
