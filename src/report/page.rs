//! A page of text: wrapped at words, indented, coloured only where the terminal wants it.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Colour};

use super::printable;

/// How a text report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns, 80 to 120.
    pub width: usize,
    /// Whether to use colours.
    pub colour: bool,
    /// Every remedy, not only the first.
    pub all: bool,
    /// Every statement with its outcome.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, colour: false, all: false, verbose: false }
    }
}

/// What a word stands for, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accent {
    /// What blocks.
    Block,
    /// What fixes.
    Fix,
    /// A heading that is neither.
    Plain,
}

/// Text in the making.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    pub(super) style: Style,
}

impl Page {
    pub(super) const fn new(style: Style) -> Self {
        Self { text: String::new(), style }
    }

    /// A heading word with the rest of its line.
    pub(super) fn heading(&mut self, word: &str, rest: &str, accent: Accent) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let painted = self.paint(word, accent);
        let rest = self.wrapped(rest, word.chars().count() + 2);
        let _ = writeln!(self.text, "{}", format!("{painted}  {rest}").trim_end());
    }

    /// A word in its colour.
    pub(super) fn paint(&self, word: &str, accent: Accent) -> String {
        if !self.style.colour {
            return word.to_owned();
        }
        let colour = match accent {
            Accent::Block => Colour::new().bold().fg_color(Some(AnsiColor::Red.into())),
            Accent::Fix => Colour::new().bold().fg_color(Some(AnsiColor::Green.into())),
            Accent::Plain => Colour::new().bold(),
        };
        format!("{colour}{word}{colour:#}")
    }

    /// A paragraph behind a label, the further lines under its first word. The text is untrusted.
    pub(super) fn item(&mut self, label: &str, text: &str) {
        let indent = label.chars().count();
        let wrapped = self.wrapped(text, indent);
        let _ = writeln!(self.text, "{label}{wrapped}");
    }

    /// A heading word with its lines beside it, if there are any; several have a dash each. The lines are untrusted.
    #[cfg(feature = "bedrock")]
    pub(super) fn section(&mut self, word: &str, lines: &[String]) {
        let dash = if lines.len() > 1 { "- " } else { "" };
        let indent = 12 + dash.len();
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { self.paint(word, Accent::Plain) } else { String::new() };
            let gap = " ".repeat(12_usize.saturating_sub(if number == 0 { word.len() } else { 0 }));
            let wrapped = self.wrapped(line, indent);
            let _ = writeln!(self.text, "{label}{gap}{dash}{wrapped}");
        }
    }

    /// A line as it is: made of parts that are safe already.
    pub(super) fn raw(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn wrapped(&self, text: &str, indent: usize) -> String {
        hanging(&printable(text), self.style.width, indent)
    }
}

/// Breaks at spaces so that lines stay within `width`; further lines are indented. A longer word stands uncut on a line of its own.
pub(super) fn hanging(safe: &str, width: usize, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for word in safe.split(['\n', '\t', ' ']).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
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
