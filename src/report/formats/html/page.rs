//! The page of every format, for a browser: headings, lists, tables, code, excerpts and changes.

use maud::{Markup, html};

use super::source::{Lines, Part, Tone as Mark, masked};
use super::{Whole, change, plain, said};
use crate::diagnose::StatementRef;
use crate::evaluate::ElementReason;
use crate::iam::Effect;
use crate::report::page::{Block, Marker, Page, Table, Tone, marker};
use crate::report::words::sheet as words;

/// A whole page.
pub(super) fn whole(page: &Page) -> Whole {
    let first = page.blocks().iter().find_map(|block| match block {
        Block::Heading { word, .. } | Block::Part(word) => Some(word.clone()),
        Block::Line { label, text, .. } => Some(format!("{} {text}", label.trim())),
        _ => None,
    });
    let title = first.unwrap_or_default();
    Whole { body: html! { h1 { (said(&title)) } (blocks(page, 2)) }, title: words::title(&plain(&title)) }
}

/// The pieces of a page, its headings at this level.
pub(super) fn blocks(page: &Page, level: u8) -> Markup {
    html! { @for group in groups(page.blocks()) { (group_markup(&group, level)) } }
}

/// Pieces that become one element: lines of a list, rows of terms, or any other piece alone.
enum Group<'a> {
    Bullets(Vec<Entry<'a>>),
    Numbers(Vec<Entry<'a>>),
    Terms(Vec<Entry<'a>>),
    One(&'a Block),
}

/// A line with those that go on with it.
struct Entry<'a> {
    word: &'a str,
    aside: Option<&'a str>,
    texts: Vec<&'a str>,
}

fn groups(blocks: &[Block]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for block in blocks {
        let Block::Line { label, text, aside, .. } = block else {
            groups.push(Group::One(block));
            continue;
        };
        let entry = |word| Entry { word, aside: aside.as_deref(), texts: vec![text.as_str()] };
        match (marker(label), groups.last_mut()) {
            (Marker::None, Some(Group::Bullets(all) | Group::Numbers(all) | Group::Terms(all))) => {
                if let Some(last) = all.last_mut() {
                    last.texts.push(text);
                }
            }
            (Marker::Bullet, Some(Group::Bullets(all))) | (Marker::Number(_), Some(Group::Numbers(all))) => {
                all.push(entry(""));
            }
            (Marker::Word(word), Some(Group::Terms(all))) => all.push(entry(word)),
            (Marker::Bullet | Marker::None, _) => groups.push(Group::Bullets(vec![entry("")])),
            (Marker::Number(_), _) => groups.push(Group::Numbers(vec![entry("")])),
            (Marker::Word(word), _) => groups.push(Group::Terms(vec![entry(word)])),
        }
    }
    groups
}

fn group_markup(group: &Group<'_>, level: u8) -> Markup {
    let items = |all: &[Entry<'_>]| html! { @for entry in all { li { (entry_markup(entry)) } } };
    html! {
        @match group {
            Group::Bullets(all) => ul { (items(all)) },
            Group::Numbers(all) => ol { (items(all)) },
            Group::Terms(all) => dl {
                @for entry in all { div { dt { (said(entry.word)) } dd { (entry_markup(entry)) } } }
            },
            Group::One(block) => (one(block, level)),
        }
    }
}

fn entry_markup(entry: &Entry<'_>) -> Markup {
    html! {
        @for (number, text) in entry.texts.iter().enumerate() {
            @if number > 0 { br; }
            (said(text))
        }
        @if let Some(aside) = entry.aside { span class="aside" { " " (said(aside)) } }
    }
}

fn one(block: &Block, level: u8) -> Markup {
    html! {
        @match block {
            Block::Part(title) => (heading(level, title, Tone::Plain)),
            Block::Heading { word, text, tone, .. } => {
                (heading(level, word, *tone))
                @if !text.is_empty() { p class="lead" { (said(text)) } }
            },
            Block::List { word, items, .. } => {
                (heading(level, word, Tone::Plain))
                @match items.as_slice() {
                    [only] => p { (said(only)) },
                    items => ul { @for item in items { li { (said(item)) } } },
                }
            },
            Block::Code { lines, .. } => (code(&lines.join("\n"))),
            Block::Excerpt { statement, reasons, .. } => (excerpt(statement, reasons)),
            Block::Change { before, after, .. } => (change::side_by_side(before, after)),
            Block::Table(rows) => (table(rows, level)),
            Block::Line { .. } | Block::Space => {},
            Block::Screen { blocks, .. } => { @for (_, block) in blocks { (one(block, level)) } },
            Block::Rule => hr;,
        }
    }
}

fn heading(level: u8, word: &str, tone: Tone) -> Markup {
    let class = match tone {
        Tone::Block => Some("block"),
        Tone::Fix => Some("fix"),
        Tone::Unsure | Tone::Plain | Tone::None => None,
    };
    html! {
        @match level {
            2 => h2 class=[class] { (said(word)) },
            3 => h3 class=[class] { (said(word)) },
            _ => h4 class=[class] { (said(word)) },
        }
    }
}

/// Lines to copy.
pub(super) fn code(text: &str) -> Markup {
    html! { pre class="copy" { code { (plain(text)) } } }
}

fn excerpt(statement: &StatementRef, reasons: &[ElementReason]) -> Markup {
    let document = &statement.policy.document;
    let denies = statement.statement().is_some_and(|own| own.effect == Effect::Deny);
    let misses = reasons.iter().any(|reason| !reason.truth.is_true());
    let tone = if denies || misses { Mark::Block } else { Mark::Fix };
    let part = Part { index: statement.index, tone, marked: reasons.iter().collect(), explained: true };
    let text = masked(document);
    let lines = Lines::new(document, &text, &[part]);
    lines.statement(statement.index)
}

fn table(table: &Table, level: u8) -> Markup {
    html! {
        (heading(level, &table.title, Tone::Plain))
        div class="wide" tabindex="0" role="group" aria-label=(plain(&table.title)) {
            table {
                thead { tr { td; @for column in &table.columns { th scope="col" { (said(column)) } } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            th scope="row" class={ "depth" (row.depth.min(2)) } { (plain(&row.label)) }
                            @for (word, tone) in &row.cells {
                                td { @if !word.is_empty() { span class={ "chip " (tone_class(*tone)) } { (word) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Block => "block",
        Tone::Fix => "fix",
        Tone::Unsure | Tone::Plain | Tone::None => "plain",
    }
}
