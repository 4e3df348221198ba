//! Any page as Markdown: sections, lists, tables and blocks to copy.

use super::super::{Style, text};
use super::text::{cell, code, fenced, said};
use crate::report::page::{Block, Marker, Page, Table, marker};
use crate::report::words::first_screen;

/// The page; its first line is its title.
pub(super) fn page(page: &Page) -> String {
    let mut rest = Page::new(page.detail);
    let mut own = page.blocks().iter();
    let title = match own.next() {
        Some(Block::Heading { word, text, .. }) => [word.as_str(), text].map(said_name).to_vec(),
        Some(Block::Line { label, text, .. }) => match marker(label) {
            Marker::Word(word) => [word, text].map(said_name).to_vec(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let parts: Vec<String> = title.into_iter().filter(|part| !part.is_empty()).collect();
    let mut text = if parts.is_empty() { String::new() } else { format!("# {}\n\n", parts.join(": ")) };
    let own = if parts.is_empty() { page.blocks().iter() } else { own };
    own.for_each(|block| rest.push(block.clone()));
    blocks(&mut text, &rest, 2);
    text
}

/// A name of ours as a sentence has it, any other text as it is.
fn said_name(text: &str) -> String {
    said(&named(text))
}

/// `NOT CHECKED` as `Not checked`: capitals are for a terminal without headings.
fn named(word: &str) -> String {
    if word.len() < 2 || word.chars().any(char::is_lowercase) || !word.chars().any(char::is_alphabetic) {
        return first_screen::capital(word);
    }
    let kept = |part: &str| ["AWS", "IAM", "SCP", "RCP", "MFA"].contains(&part);
    let parts = word.split(' ').map(|part| if kept(part) { part.to_owned() } else { part.to_lowercase() });
    first_screen::capital(&parts.collect::<Vec<_>>().join(" "))
}

/// A heading that is ours.
pub(super) fn heading(text: &mut String, title: &str) {
    end_list(text);
    text.push_str("## ");
    text.push_str(title);
    text.push_str("\n\n");
}

/// What follows stands by itself.
pub(super) fn end_list(text: &mut String) {
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
}

/// Adds the pieces of a page, with headings of this level.
pub(super) fn blocks(text: &mut String, page: &Page, level: usize) {
    // how far the first line of a list is indented in a page of text
    let mut base = 0;
    for block in page.blocks() {
        let Block::Line { label, wraps, .. } = block else {
            if !text.is_empty() && !text.ends_with("\n\n") {
                text.push('\n');
            }
            text.push_str(&piece(block, &"#".repeat(level)));
            continue;
        };
        let own = piece(block, "");
        let indented = own.len() - own.trim_start_matches(' ').len();
        let begins = text.is_empty() || text.ends_with("\n\n");
        if begins {
            base = indented;
        }
        text.push_str(own.get(indented.min(base)..).unwrap_or_default());
        // what goes on after a block is a paragraph, and ends before the next line
        if begins && (*wraps && marker(label) == Marker::None || is_or(label)) {
            text.push('\n');
        }
    }
}

/// Whether the line is another way to do what the block above does.
fn is_or(label: &str) -> bool {
    label.starts_with("    ") && label.trim() == "or"
}

fn piece(block: &Block, level: &str) -> String {
    match block {
        Block::Part(title) => format!("{level} {}\n\n", said(title)),
        Block::Heading { word, text, .. } if text.is_empty() => format!("{level} {}\n\n", said_name(word)),
        Block::Heading { word, text, .. } => format!("{level} {}\n\n{}\n\n", said_name(word), said(text)),
        Block::Line { label, text, aside, wraps, .. } => {
            let aside = aside.as_ref().map_or_else(String::new, |aside| format!(", {}", said(aside)));
            let depth = if label.starts_with("    ") { "   " } else { "" };
            let text = said(text);
            match marker(label) {
                Marker::Bullet => format!("{depth}- {text}{aside}\n"),
                Marker::Number(number) => format!("{depth}{number}. {text}{aside}\n"),
                Marker::Word(word) if is_or(label) => format!("  {} {text}{aside}\n", said_name(word)),
                Marker::Word(word) => format!("{depth}- **{word}:** {text}{aside}\n", word = said_name(word)),
                Marker::None if *wraps => format!("  {text}{aside}\n"),
                // the indentation of a text is the depth of a list
                Marker::None => format!("{}- {text}{aside}\n", label.get(..label.len().min(2)).unwrap_or_default()),
            }
        }
        Block::List { word, items, .. } => {
            let items: Vec<String> = items.iter().map(|item| format!("- {}", said(item))).collect();
            format!("{level} {}\n\n{}\n\n", said_name(word), items.join("\n"))
        }
        Block::Code { language, lines, .. } => fenced(language, &lines.join("\n")),
        Block::Excerpt { .. } => fenced("text", &drawn(block)),
        Block::Change { .. } => fenced("diff", &drawn(block)),
        Block::Table(own) => table(own, level),
        Block::Screen { blocks, .. } => blocks.iter().map(|(_, block)| piece(block, level)).collect(),
        Block::Space | Block::Rule => String::new(),
    }
}

/// What is drawn, as the page of text has it.
fn drawn(block: &Block) -> String {
    let block = match block.clone() {
        Block::Excerpt { statement, reasons, .. } => Block::Excerpt { statement, reasons, indent: 0 },
        // a renderer colours a line by its first letter
        Block::Change { before, after, most, .. } => Block::Change { before, after, indent: 0, most },
        other => other,
    };
    let mut page = Page::default();
    page.push(block);
    text(&page, Style { width: 100, ..Style::default() })
}

fn table(table: &Table, level: &str) -> String {
    let columns: Vec<String> = table.columns.iter().map(|column| cell(column)).collect();
    let mut text = format!("{level} {}\n\n| | {} |\n|---|", said(&table.title), columns.join(" | "));
    text.push_str(&"---|".repeat(table.columns.len()));
    text.push('\n');
    for row in &table.rows {
        let sign = ["", "→ ", "+ "].get(row.depth).copied().unwrap_or_default();
        let cells: Vec<String> = row.cells.iter().map(|(word, _)| cell(word)).collect();
        let label = code(&row.label.replace('|', "\\u{7c}"));
        text.extend(["| ", sign, &label, " | ", &cells.join(" | "), " |\n"]);
    }
    text
}
