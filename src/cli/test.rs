//! `test`: whether the policies of a file of cases do what the cases expect.

use std::fmt::Write as _;

use super::batch::each;
use super::output::OutputArgs;
use super::{Error, Exit, Format};
use crate::evaluate::{Answer, Decision};
use crate::report::printable;

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Files of cases with `expect`: JSON lines, a JSON array, or one object
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// What became of one case.
enum Outcome {
    Passed,
    Failed(Failure),
    /// It expects nothing, so it tests nothing.
    WithoutExpectation,
    Unreadable(serde_json::Value, usize, String),
}

struct Failure {
    place: usize,
    name: Option<String>,
    expected: Decision,
    answer: Answer,
}

/// The sums of all files.
#[derive(Debug, Default, serde::Serialize)]
struct Summary {
    cases: usize,
    passed: usize,
    failed: usize,
    without_expectation: usize,
    unreadable: usize,
}

/// Runs `test`.
///
/// # Errors
/// When a file cannot be read, or the answer not be written.
pub(crate) fn run(args: &TestArgs) -> Result<Exit, Error> {
    let mut sum = Summary::default();
    let mut lines = String::new();
    let mut failures: Vec<serde_json::Value> = Vec::new();
    for path in &args.files {
        each(
            path,
            |text| match text.case() {
                Err(error) => Outcome::Unreadable(error.id, error.place, error.error.to_string()),
                Ok(case) => match case.expect {
                    None => Outcome::WithoutExpectation,
                    Some(expected) => {
                        let answer = case.answer();
                        if answer.decision == expected {
                            Outcome::Passed
                        } else {
                            Outcome::Failed(Failure { place: text.place, name: case.name, expected, answer })
                        }
                    }
                },
            },
            |outcome| {
                sum.cases += 1;
                match outcome {
                    Outcome::Passed => sum.passed += 1,
                    Outcome::WithoutExpectation => sum.without_expectation += 1,
                    Outcome::Failed(failure) => {
                        sum.failed += 1;
                        lines += &failure.line(path);
                        failures.push(failure.json(path));
                    }
                    Outcome::Unreadable(id, place, error) => {
                        sum.unreadable += 1;
                        let _ = writeln!(lines, "{path}:{place}: {}cannot be read: {error}", named(&id, None));
                        failures.push(serde_json::json!({"file": path, "line": place, "id": id, "error": error}));
                    }
                }
                Ok(())
            },
        )?;
    }
    match args.output.format {
        Format::Json => {
            let answer = serde_json::json!({"schema_version": 1, "summary": sum, "failures": failures});
            args.output.deliver(&format!("{answer:#}\n"))?;
        }
        Format::Text => args.output.deliver(&(printable(&lines) + &sum.line()))?,
    }
    if sum.cases == 0 {
        return Err(Error::Input("the files hold no case".to_owned()));
    }
    if sum.unreadable > 0 {
        return Ok(Exit::BadInput);
    }
    if sum.failed > 0 {
        return Ok(Exit::Denied);
    }
    if sum.passed == 0 {
        return Err(Error::Input("no case has `expect`, so nothing was tested".to_owned()));
    }
    Ok(Exit::Done)
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
        line + "\n"
    }
}

impl Failure {
    fn line(&self, path: &str) -> String {
        let mut line = format!(
            "{path}:{}: {}expected {}, is {}",
            self.place,
            named(&self.answer.id, self.name.as_deref()),
            self.expected.id(),
            self.answer.decision.id(),
        );
        if !self.answer.decided_by.is_empty() {
            let _ = write!(line, ", by {}", self.answer.decided_by.join(", "));
        }
        for statement in &self.answer.matched_statements {
            let sid = statement.sid.as_ref().map_or_else(String::new, |sid| format!(" `{sid}`"));
            let _ = write!(
                line,
                "; {:?} statement{sid} {}:{}:{}",
                statement.effect, statement.policy, statement.line, statement.column
            );
        }
        if !self.answer.missing_context_values.is_empty() {
            let _ = write!(line, "; not known: {}", self.answer.missing_context_values.join(", "));
        }
        line + "\n"
    }

    fn json(&self, path: &str) -> serde_json::Value {
        serde_json::json!({
            "file": path, "line": self.place, "id": self.answer.id, "name": self.name, "expected": self.expected,
            "answer": self.answer,
        })
    }
}

/// `id (name): `, as far as there is one.
fn named(id: &serde_json::Value, name: Option<&str>) -> String {
    let id = match id {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    match (id.as_str(), name) {
        ("", None) => String::new(),
        ("", Some(name)) => format!("{name}: "),
        (id, None) => format!("{id}: "),
        (id, Some(name)) => format!("{id} ({name}): "),
    }
}
