//! The formats of an answer: a row for each, with the commands that take it.

mod checkout;
mod csv;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod safe;
mod sarif;
mod shown;
mod text;

use super::finding::{CaseResult, Finding};
use super::page::{Detail, Length, Page};
use super::sheet::Sheet;
use crate::iam::secret;

pub use checkout::Checkout;
pub use csv::Rows;
pub use html::html_folder;
pub use json::{json_in_parts, safe_json, to_json};
pub use safe::printable;
pub use text::{Style, around_links, rows, text, unified, without_links};

/// What a command found, as every format takes it.
pub trait CommandReport {
    /// For a person: headings, lines, tables and excerpts.
    fn page(&self, detail: Detail) -> Page;

    /// For programs: one JSON document.
    fn json(&self) -> String;

    /// For a browser: the facts, where it shows more of them than the page.
    fn sheet(&self) -> Sheet<'_> {
        Sheet::Page
    }

    /// For programs that read line by line: a JSON document for each of what was found.
    fn lines(&self) -> Vec<String> {
        Vec::new()
    }

    /// For a spreadsheet or a database.
    fn rows(&self) -> Rows {
        Rows::default()
    }

    /// For tools that show findings in the files: what was found, with its places.
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// For tools that show the results of tests: every case.
    fn cases(&self) -> Vec<CaseResult> {
        Vec::new()
    }
}

/// A way to write the answer of a command.
#[derive(Debug)]
pub struct Format {
    /// Its name, after `--format`.
    pub name: &'static str,
    /// What it is for, in the help.
    pub help: &'static str,
    /// The commands that take it.
    pub commands: &'static [&'static str],
    /// Writes the answer, with a newline at the end.
    pub render: fn(&dyn CommandReport, Detail, Style) -> String,
}

/// The commands that take `--format`.
const ALL: &[&str] = &["diagnose", "diff", "doctor", "explain", "probe", "run", "simulate", "test", "triage"];

/// The commands that find something in the files that were given.
const REVIEW: &[&str] = &["diagnose", "diff", "test"];

/// The commands that count.
const COUNTS: &[&str] = &["triage"];

/// All formats; the first is the default.
pub static FORMATS: &[Format] = &[
    Format {
        name: "text",
        help: "For a person in a terminal",
        commands: ALL,
        render: |report, detail, style| text(&report.page(detail), style),
    },
    Format {
        name: "json",
        help: "For programs; described by docs/report-schema.json",
        commands: ALL,
        render: |report, _, _| format!("{}\n", secret::redact(&report.json())),
    },
    Format {
        name: "markdown",
        help: "For an issue, a pull request or a chat: a letter to whoever must act",
        commands: ALL,
        render: |report, detail, _| markdown::markdown(report, detail),
    },
    Format {
        name: "html",
        help: "For a browser: one file that loads nothing, to keep, print and send on",
        commands: ALL,
        render: |report, detail, _| html::html(report, Detail { length: Length::All, ..detail }),
    },
    Format {
        name: "ndjson",
        help: "For programs that read line by line: a finding a line; described by docs/report-schema.json",
        commands: COUNTS,
        render: |report, _, _| report.lines().iter().map(|line| secret::redact(line) + "\n").collect(),
    },
    Format {
        name: "csv",
        help: "For a spreadsheet or a database: a row for each fingerprint (RFC 4180)",
        commands: COUNTS,
        render: |report, _, _| csv::csv(&report.rows()),
    },
    Format {
        name: "sarif",
        help: "For code scanning: SARIF 2.1.0, with the places in the files",
        commands: REVIEW,
        render: |report, _, style| sarif::sarif(&report.findings(), style.checkout),
    },
    Format {
        name: "github",
        help: "For a job of GitHub Actions: annotations at the lines of the files",
        commands: REVIEW,
        render: |report, _, style| github::annotations(&report.findings(), style.checkout),
    },
    Format {
        name: "junit",
        help: "For CI systems that show the results of tests",
        commands: &["test"],
        render: |report, _, style| junit::junit(&report.cases(), style.checkout),
    },
];

impl Format {
    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// The answer in this format.
    #[must_use]
    pub fn write(&self, report: &dyn CommandReport, detail: Detail, style: Style) -> String {
        (self.render)(report, detail, style)
    }
}
