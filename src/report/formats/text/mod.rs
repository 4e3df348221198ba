//! The page of text: wrapped at words, indented, coloured only where the terminal wants it.

mod change;
mod excerpt;
mod link;
mod screen;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Colour};
use unicode_width::UnicodeWidthStr as _;

use super::{Checkout, printable};
use crate::iam::secret;
use crate::report::page::{Block, Link, Page, Table, Tone};

pub use change::unified;
pub use link::{around_links, without_links};

/// How a page of text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns, 80 to 120.
    pub width: usize,
    /// Whether to use colours.
    pub colour: bool,
    /// Whether to use links.
    pub links: bool,
    /// Where the files stand, for formats that name them for other tools.
    pub checkout: Option<&'static Checkout>,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, colour: false, links: false, checkout: None }
    }
}

/// The page as text.
#[must_use]
pub fn text(page: &Page, style: Style) -> String {
    let mut text = Text { text: String::new(), style };
    for block in page.blocks() {
        text.block(block);
    }
    text.text
}

/// The width of a column of a table, but for the first.
const COLUMN: usize = 12;

/// Where the lines of a list begin.
const LIST: usize = 12;

/// Text in the making.
struct Text {
    text: String,
    style: Style,
}

impl Text {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { word, text, tone, link } => {
                if !self.text.is_empty() && !self.text.ends_with("\n\n") {
                    self.text.push('\n');
                }
                let painted = self.led(&self.paint(word, *tone), link.as_ref());
                let rest = self.wrapped(text, columns(word) + 2);
                self.line(format!("{painted}  {rest}").trim_end());
            }
            Block::Part(title) => {
                let title = self.wrapped(title, 0);
                self.line(&format!("{title}\n"));
            }
            Block::Line { label, text, wraps: true, link, .. } => {
                let wrapped = self.led(&self.wrapped(text, columns(label)), link.as_ref());
                self.line(format!("{label}{wrapped}").trim_end());
            }
            Block::Line { label, text, aside, wraps: false, link } => {
                self.whole(label, &one_line(text), aside.as_deref(), link.as_ref());
            }
            Block::List { word, tone, items } => self.list(word, *tone, items),
            Block::Code { indent, lines, .. } => {
                let space = " ".repeat(*indent);
                for line in lines {
                    self.line(&format!("{space}{}", safe(line)));
                }
            }
            Block::Excerpt { statement, reasons, indent } => {
                self.line(&excerpt::excerpt(statement, reasons, self.style, *indent));
            }
            Block::Change { before, after, indent, most } => change::change(self, before, after, *indent, *most),
            Block::Table(table) => self.table(table),
            Block::Screen { rows, blocks } => {
                let fitting = screen::fitting(blocks, *rows, self.style);
                self.text.push_str(&fitting);
            }
            Block::Space => self.text.push('\n'),
            Block::Rule => self.line(&format!("\n{}", "=".repeat(self.columns()))),
        }
    }

    /// A line as it is: made of parts that are safe already.
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A line that is never broken; what stands at its end goes below where there is no room.
    fn whole(&mut self, label: &str, text: &str, aside: Option<&str>, link: Option<&Link>) {
        let used = columns(label) + columns(text);
        let text = self.led(text, link);
        let Some(aside) = aside else {
            return self.line(&format!("{label}{text}"));
        };
        let used = used + columns(aside);
        if used + 2 <= self.style.width {
            let gap = self.columns().min(80).saturating_sub(used).max(2);
            self.line(&format!("{label}{text}{}{aside}", " ".repeat(gap)));
        } else {
            self.line(&format!("{label}{text}\n{}{aside}", " ".repeat(columns(label))));
        }
    }

    /// A name with its lines beside it; several have a dash each.
    fn list(&mut self, word: &str, tone: Tone, items: &[String]) {
        let dash = if items.len() > 1 { "- " } else { "" };
        for (number, item) in items.iter().enumerate() {
            let (painted, used) = if number == 0 { (self.paint(word, tone), word.len()) } else { <_>::default() };
            let gap = " ".repeat(LIST.saturating_sub(used));
            let wrapped = self.wrapped(item, LIST + dash.len());
            self.line(&format!("{painted}{gap}{dash}{wrapped}"));
        }
    }

    fn table(&mut self, table: &Table) {
        let first = self.columns().saturating_sub(2 + COLUMN * table.columns.len()).max(30);
        let headings: Vec<String> = table.columns.iter().map(|column| format!("{column:<COLUMN$}")).collect();
        let title = format!("{:<1$}", one_line(&table.title), first + 2);
        self.line(&format!("\n{}{}", self.paint(&title, Tone::Plain), headings.concat().trim_end()));
        for row in &table.rows {
            let sign = ["", "-> ", "   + "].get(row.depth).copied().unwrap_or_default();
            let label = format!("{sign}{}", one_line(&row.label));
            let mut cells = String::new();
            for (word, tone) in &row.cells {
                let painted = if word.is_empty() { String::new() } else { self.paint(word, *tone) };
                let _ = write!(cells, "{painted}{}", " ".repeat(COLUMN.saturating_sub(word.len())));
            }
            let cells = cells.trim_end();
            if columns(&label) < first {
                self.line(&format!("  {label}{}{cells}", " ".repeat(first - columns(&label))));
            } else {
                self.line(&format!("  {label}\n  {:<first$}{cells}", ""));
            }
        }
    }

    /// A text that leads somewhere, where the terminal has links.
    fn led(&self, text: &str, link: Option<&Link>) -> String {
        match link.filter(|_| self.style.links) {
            Some(to) => link::linked(text, to),
            None => text.to_owned(),
        }
    }

    /// A word in its colour.
    fn paint(&self, word: &str, tone: Tone) -> String {
        if !self.style.colour {
            return word.to_owned();
        }
        let colour = match tone {
            Tone::Block => Colour::new().bold().fg_color(Some(AnsiColor::Red.into())),
            Tone::Fix => Colour::new().bold().fg_color(Some(AnsiColor::Green.into())),
            Tone::Unsure => Colour::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Plain => Colour::new().bold(),
            Tone::None => return word.to_owned(),
        };
        format!("{colour}{word}{colour:#}")
    }

    /// The columns of what is drawn: lines without end are for words only.
    fn columns(&self) -> usize {
        self.style.width.min(120)
    }

    fn wrapped(&self, text: &str, indent: usize) -> String {
        hanging(&safe(text), self.style.width, indent)
    }
}

/// Columns of a terminal: letters of East Asia and most emoji take two, combining marks none.
fn columns(text: &str) -> usize {
    // a stretch is looked at whole, many bytes at once
    let plain = |stretch: &[u8]| stretch.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    if text.as_bytes().chunks(64).all(plain) { text.len() } else { text.width() }
}

/// Rows of a terminal that is so wide: a line that is longer takes several.
#[must_use]
pub fn rows(text: &str, width: usize) -> usize {
    text.lines().map(|line| columns(line).div_ceil(width.max(1)).max(1)).sum()
}

/// Untrusted text for a terminal: no secret, no control character.
fn safe(text: &str) -> String {
    printable(&secret::redact(text))
}

/// The same on one line.
fn one_line(text: &str) -> String {
    let text = safe(text);
    if text.contains(['\n', '\t']) { text.replace(['\n', '\t'], " ") } else { text }
}

/// Breaks at spaces so that lines stay within `width`; further lines are indented. A longer word stands uncut on a line of its own.
fn hanging(safe: &str, width: usize, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for word in safe.split(['\n', '\t', ' ']).filter(|word| !word.is_empty()) {
        let length = columns(word);
        if column > indent && column + 1 + length > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{hanging, rows};

    #[test]
    fn wide_letters_take_two_columns_and_combining_marks_none() {
        let text = "\u{6771}\u{4eac} \u{6771}\u{4eac} cafe\u{301} \u{1f600} end";
        assert_eq!(hanging(text, 10, 1), "\u{6771}\u{4eac} \u{6771}\u{4eac}\n cafe\u{301} \u{1f600}\n end");
        assert_eq!(rows("\u{6771}\u{4eac}\n\nab", 3), 4);
    }
}
