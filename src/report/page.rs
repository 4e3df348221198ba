//! What a command says, before any format lays it out: headings, lines with a label, lists, tables, code, excerpts and changes.
//!
//! The texts are untrusted and as long as they are: masking secrets and control characters, wrapping, colour and markup are the
//! formats' work, so that no section can forget them.

use crate::diagnose::StatementRef;
use crate::evaluate::ElementReason;

/// How long a report is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Length {
    /// Three lines, for a script or a chat.
    Brief,
    /// The answer on one screen of 24 rows, and what more there is.
    #[default]
    Screen,
    /// Everything, with every remedy.
    All,
}

/// How much a report says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detail {
    /// How long it is.
    pub length: Length,
    /// Every statement with its outcome.
    pub verbose: bool,
}

impl Detail {
    /// Everything.
    pub const ALL: Self = Self { length: Length::All, verbose: false };

    /// Whether it says everything.
    #[must_use]
    pub fn all(self) -> bool {
        self.length == Length::All
    }
}

/// What a word means for the reader, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It blocks.
    Block,
    /// It fixes, or is allowed.
    Fix,
    /// It is not known, or was not checked.
    Unsure,
    /// It matters, and is neither.
    Plain,
    /// No colour.
    None,
}

/// What stays on a screen that is too small for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It stays.
    Always,
    /// It goes last.
    Last,
    /// It goes before that.
    First,
    /// It goes before that.
    Second,
}

/// Where something leads, for formats and terminals that have links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// To a page of AWS; an address of ours.
    Page(&'static str),
    /// To the console's page of what an ARN names, if there is one. The ARN is untrusted.
    Arn(String),
}

/// One piece of a page.
#[derive(Debug, Clone)]
pub enum Block {
    /// The beginning of a section: its name, and what follows on the same line.
    Heading {
        /// The name, in capitals.
        word: String,
        /// The rest of the line.
        text: String,
        /// What it means for the reader.
        tone: Tone,
        /// Where the name leads.
        link: Option<Link>,
    },
    /// The beginning of a part that has sections of its own.
    Part(String),
    /// A text with what stands before it.
    Line {
        /// A bullet, a number or a word as a page of text has it, with the space on both sides; by [`marker`] for other formats.
        label: String,
        /// The text.
        text: String,
        /// What stands at the right end of the line.
        aside: Option<String>,
        /// Whether it may be broken at spaces; otherwise it is copied or compared.
        wraps: bool,
        /// Where the text leads.
        link: Option<Link>,
    },
    /// Lines under a name that stands beside the first of them.
    List {
        /// The name, in capitals.
        word: &'static str,
        /// What it means for the reader.
        tone: Tone,
        /// The lines.
        items: Vec<String>,
    },
    /// Lines that are copied as they are.
    Code {
        /// Their language: `sh`, `json`.
        language: &'static str,
        /// How far they are indented.
        indent: usize,
        /// The lines.
        lines: Vec<String>,
    },
    /// The lines of a policy that decide, each with its reason.
    Excerpt {
        /// The statement.
        statement: StatementRef,
        /// What is marked in it.
        reasons: Vec<ElementReason>,
        /// How far it is indented.
        indent: usize,
    },
    /// The change of a document.
    Change {
        /// The document before; empty where it is new.
        before: String,
        /// The document after.
        after: String,
        /// How far it is indented.
        indent: usize,
        /// So many lines are shown.
        most: usize,
    },
    /// Rows and columns.
    Table(Table),
    /// What fits on a screen: what ranks last is left out first, and changes and excerpts are cut, until it has no more rows than this.
    Screen {
        /// So many rows.
        rows: usize,
        /// What stands on it.
        blocks: Vec<(Rank, Self)>,
    },
    /// Space between two sections.
    Space,
    /// A line across the page.
    Rule,
}

/// A table: a name for each row, then short words.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it is about.
    pub title: String,
    /// What each column after the first is about.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// How far it is indented: what follows from another row is below it.
    pub depth: usize,
    /// A word for each column, empty where there is nothing to say.
    pub cells: Vec<(&'static str, Tone)>,
}

/// What a command says, piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Page {
    blocks: Vec<Block>,
    /// How much it says.
    pub detail: Detail,
}

impl Page {
    /// A page without anything on it.
    #[must_use]
    pub const fn new(detail: Detail) -> Self {
        Self { blocks: Vec::new(), detail }
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Its pieces, taken out.
    #[must_use]
    pub fn into_blocks(self) -> Vec<Block> {
        self.blocks
    }

    /// Adds any piece.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// A section's name with the rest of its line.
    pub fn heading(&mut self, word: impl Into<String>, text: impl Into<String>, tone: Tone) {
        self.push(Block::Heading { word: word.into(), text: text.into(), tone, link: None });
    }

    /// A text after a label; further lines stand under its first word.
    pub fn item(&mut self, label: impl Into<String>, text: impl Into<String>) {
        self.push(Block::Line { label: label.into(), text: text.into(), aside: None, wraps: true, link: None });
    }

    /// The same for a text that is never broken.
    pub fn whole(&mut self, label: impl Into<String>, text: impl Into<String>) {
        self.push(Block::Line { label: label.into(), text: text.into(), aside: None, wraps: false, link: None });
    }

    /// Lets the last heading or line lead somewhere.
    pub fn lead(&mut self, to: Option<Link>) {
        if let Some(Block::Heading { link, .. } | Block::Line { link, .. }) = self.blocks.last_mut() {
            *link = to;
        }
    }

    /// Lines of a list.
    pub fn bullets(&mut self, lines: impl IntoIterator<Item = String>) {
        lines.into_iter().for_each(|line| self.item(" -  ", line));
    }

    /// Steps in their order.
    pub fn numbered(&mut self, lines: impl IntoIterator<Item = String>) {
        (1..).zip(lines).for_each(|(number, line)| self.item(format!(" {number}  "), line));
    }

    /// A section of a list, if there is anything in it.
    pub fn section(&mut self, word: &str, text: &str, tone: Tone, lines: impl IntoIterator<Item = String>) {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_some() {
            self.heading(word, text, tone);
            self.bullets(lines);
        }
    }

    /// Lines under a name, if there are any.
    pub fn list(&mut self, word: &'static str, tone: Tone, items: Vec<String>) {
        if !items.is_empty() {
            self.push(Block::List { word, tone, items });
        }
    }

    /// Lines to copy, if there are any.
    pub fn code(&mut self, language: &'static str, indent: usize, lines: impl IntoIterator<Item = String>) {
        let lines: Vec<String> = lines.into_iter().collect();
        if !lines.is_empty() {
            self.push(Block::Code { language, indent, lines });
        }
    }

    /// Commands to copy into a shell.
    pub fn commands(&mut self, indent: usize, lines: impl IntoIterator<Item = String>) {
        self.code("sh", indent, lines);
    }

    /// The lines of a statement that decide.
    pub fn excerpt(&mut self, statement: &StatementRef, reasons: &[ElementReason], indent: usize) {
        self.push(Block::Excerpt { statement: statement.clone(), reasons: reasons.to_vec(), indent });
    }

    /// Everything of another page.
    pub fn append(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }

    /// Pages one after the other, with empty lines between them.
    pub fn joined(detail: Detail, pages: impl Iterator<Item = Self>, between: usize) -> Self {
        let mut all = Self::new(detail);
        for (number, page) in pages.enumerate() {
            all.blocks.extend(vec![Block::Space; if number > 0 { between } else { 0 }]);
            all.append(page);
        }
        all
    }
}

/// What a label is, where it is not laid out as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker<'a> {
    /// A list of its own.
    Bullet,
    /// A numbered list.
    Number(usize),
    /// A word, or `!`.
    Word(&'a str),
    /// It goes on with the line before.
    None,
}

/// The label of a line without its layout.
#[must_use]
pub fn marker(label: &str) -> Marker<'_> {
    match (label.trim(), label.trim().parse()) {
        ("", _) => Marker::None,
        // what a text means by `?` and `+`, its words say too
        ("-" | "?" | "+", _) => Marker::Bullet,
        (_, Ok(number)) => Marker::Number(number),
        (word, Err(_)) => Marker::Word(word.trim_end_matches(':')),
    }
}
