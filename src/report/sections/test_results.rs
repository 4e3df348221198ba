//! The expectations of files of cases that do not hold, and how many do.

use std::fmt::Write as _;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::evaluate::{Answer, Decision};
use crate::report::finding::{CaseOutcome, CaseResult, Finding, Place, Rule};
use crate::report::page::{Detail, Page};
use crate::report::{CommandReport, SCHEMA_VERSION, to_json, words};

/// What became of all cases.
#[derive(Debug, Default)]
pub struct TestResults {
    /// How many of each.
    pub summary: Summary,
    /// The cases that failed or cannot be read, in order.
    pub failures: Vec<Failure>,
    /// The others, in order.
    pub others: Vec<Other>,
}

/// A case that did not fail.
#[derive(Debug)]
pub struct Other {
    /// Its file.
    pub file: Arc<str>,
    /// Its line in the file, from 1.
    pub line: usize,
    /// Its id, as far as it has one.
    pub id: Value,
    /// What the case is called.
    pub name: Option<String>,
    /// Whether it expects something, which then is so.
    pub passed: bool,
}

/// The sums of all files.
#[derive(Debug, Default, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// All cases.
    pub cases: usize,
    /// What is expected is so.
    pub passed: usize,
    /// It is not.
    pub failed: usize,
    /// Nothing is expected.
    pub without_expectation: usize,
    /// No case.
    pub unreadable: usize,
}

/// A case that failed.
#[derive(Debug)]
pub struct Failure {
    /// Its file.
    pub file: Arc<str>,
    /// Its line in the file, from 1; in an array its place, from 1.
    pub place: usize,
    /// Its line in the file, from 1.
    pub line: usize,
    /// Its id, as far as it has one.
    pub id: Value,
    /// In which way.
    pub kind: FailureKind,
}

/// In which way a case failed.
#[derive(Debug)]
pub enum FailureKind {
    /// Another decision than expected.
    Wrong {
        /// What the case is called.
        name: Option<String>,
        /// The decision that the case expects.
        expected: Decision,
        /// What the policies say.
        answer: Box<Answer>,
    },
    /// What is wrong with the text of the case.
    Unreadable(String),
}

impl CommandReport for TestResults {
    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        for failure in &self.failures {
            page.whole("", failure.line());
        }
        page.whole("", self.summary.line());
        page
    }

    fn json(&self) -> String {
        let failures = self.failures.iter().map(FailureRecord::new).collect();
        to_json(&TestReport { schema_version: SCHEMA_VERSION, summary: &self.summary, failures }, true)
    }

    fn findings(&self) -> Vec<Finding> {
        self.failures.iter().map(Failure::finding).collect()
    }

    fn cases(&self) -> Vec<CaseResult> {
        let failed = self.failures.iter().map(|failure| CaseResult {
            file: Arc::clone(&failure.file),
            line: failure.line,
            name: name_of(&failure.id, failure.name(), failure.place),
            outcome: match failure.kind {
                FailureKind::Wrong { .. } => CaseOutcome::Failed(failure.says()),
                FailureKind::Unreadable(_) => CaseOutcome::Unreadable(failure.says()),
            },
        });
        let others = self.others.iter().map(|other| CaseResult {
            file: Arc::clone(&other.file),
            line: other.line,
            name: name_of(&other.id, other.name.as_deref(), other.line),
            outcome: if other.passed { CaseOutcome::Passed } else { CaseOutcome::Skipped },
        });
        let mut all: Vec<CaseResult> = failed.chain(others).collect();
        all.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        all
    }
}

/// What a case is called: by its id and its name, or its line.
fn name_of(id: &Value, name: Option<&str>, line: usize) -> String {
    match named(id, name).trim_end_matches(": ") {
        "" => words::finding::nameless_case(line),
        named => named.to_owned(),
    }
}

impl Summary {
    fn line(&self) -> String {
        let mut line = format!("{} of {} cases passed", self.passed, self.cases);
        for (count, what) in
            [(self.failed, "failed"), (self.without_expectation, "without `expect`"), (self.unreadable, "unreadable")]
        {
            if count > 0 {
                let _ = write!(line, ", {count} {what}");
            }
        }
        line
    }
}

impl Failure {
    fn name(&self) -> Option<&str> {
        match &self.kind {
            FailureKind::Wrong { name, .. } => name.as_deref(),
            FailureKind::Unreadable(_) => None,
        }
    }

    fn line(&self) -> String {
        format!("{}:{}: {}{}", self.file, self.place, named(&self.id, self.name()), self.says())
    }

    fn finding(&self) -> Finding {
        let rule = match self.kind {
            FailureKind::Wrong { .. } => Rule::FailedCase,
            FailureKind::Unreadable(_) => Rule::UnreadableCase,
        };
        let id = named(&self.id, self.name());
        Finding {
            rule,
            level: rule.level(),
            message: format!("{id}{}", self.says()),
            places: Place::in_file(&self.file, self.line).into_iter().collect(),
            about: None,
            // the file is known from the place
            identity: if id.is_empty() { self.place.to_string() } else { id },
        }
    }

    /// In which way it failed.
    fn says(&self) -> String {
        let (expected, answer) = match &self.kind {
            FailureKind::Wrong { expected, answer, .. } => (expected, answer),
            FailureKind::Unreadable(error) => return format!("cannot be read: {error}"),
        };
        let mut line = format!("expected {}, is {}", expected.id(), answer.decision.id());
        if !answer.decided_by.is_empty() {
            let _ = write!(line, ", by {}", answer.decided_by.join(", "));
        }
        for statement in &answer.matched_statements {
            let sid = statement.sid.as_ref().map_or_else(String::new, |sid| format!(" `{sid}`"));
            let _ = write!(
                line,
                "; {:?} statement{sid} {}:{}:{}",
                statement.effect, statement.policy, statement.line, statement.column
            );
        }
        if !answer.missing_context_values.is_empty() {
            let _ = write!(line, "; not known: {}", answer.missing_context_values.join(", "));
        }
        line
    }
}

/// The JSON of `test`.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TestReport<'a> {
    /// The cases that failed or cannot be read, in order.
    failures: Vec<FailureRecord<'a>>,
    /// The version of this form.
    schema_version: u8,
    /// How many cases there are of each outcome.
    summary: &'a Summary,
}

/// A case that failed or cannot be read.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum FailureRecord<'a> {
    /// Another decision than expected.
    Wrong {
        /// What the policies say.
        answer: &'a Answer,
        /// The decision that the case expects.
        expected: Decision,
        /// The file.
        file: &'a str,
        /// Its id.
        id: &'a Value,
        /// Its line in the file, from 1; in an array its place, from 1.
        line: usize,
        /// What the case is called.
        name: Option<&'a str>,
    },
    /// It cannot be read.
    Unreadable {
        /// What is wrong.
        error: &'a str,
        /// The file.
        file: &'a str,
        /// Its id, if that can be read.
        id: &'a Value,
        /// Its line in the file, from 1; in an array its place, from 1.
        line: usize,
    },
}

impl<'a> FailureRecord<'a> {
    fn new(failure: &'a Failure) -> Self {
        let Failure { file, place, line: _, id, kind } = failure;
        let (file, line) = (&**file, *place);
        match kind {
            FailureKind::Wrong { name, expected, answer } => {
                Self::Wrong { file, line, id, name: name.as_deref(), expected: *expected, answer }
            }
            FailureKind::Unreadable(error) => Self::Unreadable { file, line, id, error },
        }
    }
}

/// `id (name): `, as far as there is one.
fn named(id: &Value, name: Option<&str>) -> String {
    let id = match id {
        Value::Null => String::new(),
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    match (id.as_str(), name) {
        ("", None) => String::new(),
        ("", Some(name)) => format!("{name}: "),
        (id, None) => format!("{id}: "),
        (id, Some(name)) => format!("{id} ({name}): "),
    }
}
