//! What a tool that reads findings takes of an answer: a rule, how bad it is, a sentence, and the places in the files that were given.

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
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Cause(_) | Self::Review(Review::NewDanger(_) | Review::NewPublicAccess) => Level::Error,
            Self::Review(Review::NewAccess | Review::DenyLifted | Review::CannotTell) => Level::Warning,
            Self::Review(Review::AccessRemoved | Review::DenyAdded) => Level::Note,
        }
    }

    /// In a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.summary(),
            Self::Review(review) => words::finding::title(review),
        }
    }

    /// What it means and what to do, as Markdown.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.page,
            Self::Review(review) => words::finding::help(review),
        }
    }
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
        (file != STANDARD_INPUT).then(|| Self::line(file, line))
    }

    fn of_span(policy: &Policy, span: Span) -> Option<Self> {
        let begin = Self::of_policy(policy)?;
        let source = &policy.document.source;
        if source.origin().is_some() {
            return Some(begin);
        }
        let (start, end) = (source.position(span.start), source.position(span.end));
        Some(Self { line: start.line, column: Some(start.column), end: Some((end.line, end.column)), ..begin })
    }
}
