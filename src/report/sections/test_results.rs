//! The expectations of files of cases that do not hold, and how many do.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::evaluate::{Answer, Decision};
use crate::report::page::{Detail, Page};
use crate::report::{CommandReport, SCHEMA_VERSION, to_json};

/// What became of all cases.
#[derive(Debug, Default)]
pub struct TestResults {
    /// How many of each.
    pub summary: Summary,
    /// The cases that failed or cannot be read, in order.
    pub failures: Vec<Failure>,
}

/// The sums of all files.
#[derive(Debug, Default, Serialize)]
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
    pub file: String,
    /// Its line in the file, from 1; in an array its place, from 1.
    pub place: usize,
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
        let failures: Vec<Value> = self.failures.iter().map(Failure::json).collect();
        to_json(&json!({"schema_version": SCHEMA_VERSION, "summary": self.summary, "failures": failures}), true)
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
    fn line(&self) -> String {
        let (file, place) = (&self.file, self.place);
        let (name, expected, answer) = match &self.kind {
            FailureKind::Wrong { name, expected, answer } => (name, expected, answer),
            FailureKind::Unreadable(error) => {
                return format!("{file}:{place}: {}cannot be read: {error}", named(&self.id, None));
            }
        };
        let mut line = format!(
            "{file}:{place}: {}expected {}, is {}",
            named(&self.id, name.as_deref()),
            expected.id(),
            answer.decision.id(),
        );
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

    fn json(&self) -> Value {
        match &self.kind {
            FailureKind::Wrong { name, expected, answer } => json!({
                "file": self.file, "line": self.place, "id": self.id, "name": name, "expected": expected, "answer": answer,
            }),
            FailureKind::Unreadable(error) => {
                json!({"file": self.file, "line": self.place, "id": self.id, "error": error})
            }
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
