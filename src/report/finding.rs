//! What a tool that reads findings takes of an answer: a rule, how bad it is, a sentence, and the places in the files that were given.

use std::sync::Arc;

use super::words;
use crate::diagnose::Cause;
use crate::difference::Review;
use crate::iam::{Policy, PolicyOrigin};
use crate::text::{STANDARD_INPUT, Span};

/// One finding.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of finding it is.
    pub rule: Rule,
    /// How bad it is; by its rule, unless it is a security incident.
    pub level: Level,
    /// In one sentence or a few.
    pub message: String,
    /// Where: the first place is what a person opens, the others belong to it. Empty where it stands in no file.
    pub places: Vec<Place>,
    /// The policy, resource or principal that it is about, where one file has several.
    pub about: Option<String>,
    /// What makes it the same finding the next time: no line, no id of a request.
    pub identity: String,
}

/// What kind of finding it is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Rule {
    /// A denial by this cause.
    Cause(&'static Cause),
    /// A change of access.
    Review(Review),
    /// A case that is not decided as it expects.
    FailedCase,
    /// A case that cannot be read.
    UnreadableCase,
}

/// How bad it is, in the words of SARIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// It stops a change, or work.
    Error,
    /// Somebody has to look at it.
    Warning,
    /// It is good to know.
    Note,
}

/// What became of a case of a test.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CaseResult {
    /// Its file.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: usize,
    /// What it is called.
    pub name: String,
    /// What became of it.
    pub outcome: CaseOutcome,
}

/// What became of a case.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CaseOutcome {
    /// What it expects is so.
    Passed,
    /// It expects nothing.
    Skipped,
    /// What it expects is not so: what is.
    Failed(String),
    /// It cannot be read, and why.
    Unreadable(String),
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as it was given.
    pub file: String,
    /// The first line, from 1.
    pub line: usize,
    /// The column of the first character, from 1, where it is known.
    pub column: Option<usize>,
    /// The last line, and the column behind the last character.
    pub end: Option<(usize, usize)>,
}

impl Rule {
    /// The stable id.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.id,
            Self::Review(review) => review.code(),
            Self::FailedCase => "failed-case",
            Self::UnreadableCase => "unreadable-case",
        }
    }

    /// How bad it is. A denial is what policies are for; a key that is public is not.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Cause(cause) if !is_incident(cause) => Level::Warning,
            Self::Review(Review::NewAccess | Review::DenyLifted | Review::CannotTell) => Level::Warning,
            Self::Review(Review::AccessRemoved | Review::DenyAdded) => Level::Note,
            Self::Cause(_)
            | Self::Review(Review::NewDanger(_) | Review::NewPublicAccess)
            | Self::FailedCase
            | Self::UnreadableCase => Level::Error,
        }
    }

    /// How dangerous it is, from 0 to 10, where it is about security.
    #[must_use]
    pub fn severity(self) -> Option<&'static str> {
        match self {
            Self::Cause(cause) => is_incident(cause).then_some("9.5"),
            Self::Review(Review::NewPublicAccess) => Some("9.0"),
            Self::Review(Review::NewDanger(_)) => Some("8.0"),
            Self::Review(Review::NewAccess | Review::DenyLifted) => Some("5.0"),
            Self::Review(Review::CannotTell) => Some("4.0"),
            Self::Review(Review::AccessRemoved | Review::DenyAdded) | Self::FailedCase | Self::UnreadableCase => None,
        }
    }

    /// In a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.summary(),
            Self::Review(review) => words::finding::title(review),
            Self::FailedCase => words::finding::FAILED_CASE,
            Self::UnreadableCase => words::finding::UNREADABLE_CASE,
        }
    }

    /// What it means and what to do, as Markdown.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.page,
            Self::Review(review) => words::finding::help(review),
            Self::FailedCase => words::finding::HELP_OF_FAILED_CASE,
            Self::UnreadableCase => words::finding::HELP_OF_UNREADABLE_CASE,
        }
    }
}

/// Whether it always is a security incident.
fn is_incident(cause: &Cause) -> bool {
    cause.id == "quarantine"
}

impl Finding {
    /// The same for the same finding, wherever it stands.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let text = format!("{}\n{}", self.rule.code(), self.identity);
        // FNV-1a: two findings of one file that share it are shown as one, and no more
        let start = 0xcbf2_9ce4_8422_2325_u64;
        let hash = text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{hash:016x}")
    }
}

impl Place {
    /// The whole file, or the line of it.
    #[must_use]
    pub fn line(file: &str, line: usize) -> Self {
        Self { file: file.to_owned(), line, column: None, end: None }
    }

    /// A line of what was given, if that is a file.
    #[must_use]
    pub fn in_file(file: &str, line: usize) -> Option<Self> {
        (file != STANDARD_INPUT && file != "-").then(|| Self::line(file, line))
    }

    /// Where the statement of this index is written, if that is a file.
    #[must_use]
    pub fn of_statement(policy: &Policy, index: usize) -> Option<Self> {
        let statement = policy.document.statements.iter().find(|statement| statement.index == index)?;
        Self::of_span(policy, statement.span)
    }

    /// Where the document of a policy begins, if that is a file.
    #[must_use]
    pub fn of_policy(policy: &Policy) -> Option<Self> {
        let document = &policy.document;
        let (file, line) = match document.source.origin() {
            Some((file, line)) => (file, line),
            // what was given by itself is named as its file
            None if policy.origin == PolicyOrigin::Loose => (document.source.name(), 1),
            None => return None,
        };
        Self::in_file(file, line)
    }

    fn of_span(policy: &Policy, span: Span) -> Option<Self> {
        let begin = Self::of_policy(policy)?;
        let source = &policy.document.source;
        let place = |offset: usize| {
            source.in_file(offset).unwrap_or_else(|| {
                let own = source.position(offset);
                (own.line, Some(own.column))
            })
        };
        let ((line, column), end) = (place(span.start), place(span.end));
        // a place without columns is whole lines
        let end = column.and(end.1).map(|end_column| (end.0, end_column));
        Some(Self { line, column: column.filter(|_| end.is_some()), end, ..begin })
    }
}
