//! `test`: whether the policies of a file of cases do what the cases expect.

use super::batch::each;
use super::output::OutputArgs;
use super::{Error, Exit};
use crate::report::Detail;
use crate::report::sections::test_results::{Failure, FailureKind, TestResults};

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
    /// It expects nothing, so it tests nothing.
    WithoutExpectation,
    Failed(Failure),
}

/// Runs `test`.
///
/// # Errors
/// When a file cannot be read, or the answer not be written.
pub(crate) fn run(args: &TestArgs) -> Result<Exit, Error> {
    let mut results = TestResults::default();
    let sum = &mut results.summary;
    for path in &args.files {
        let failed = |place, id, kind| Outcome::Failed(Failure { file: path.clone(), place, id, kind });
        each(
            path,
            |text| match text.case() {
                Err(error) => failed(error.place, error.id, FailureKind::Unreadable(error.error.to_string())),
                Ok(case) => match case.expect {
                    None => Outcome::WithoutExpectation,
                    Some(expected) => {
                        let answer = case.answer();
                        if answer.decision == expected {
                            Outcome::Passed
                        } else {
                            let (id, answer) = (answer.id.clone(), Box::new(answer));
                            failed(text.place, id, FailureKind::Wrong { name: case.name, expected, answer })
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
                        match failure.kind {
                            FailureKind::Wrong { .. } => sum.failed += 1,
                            FailureKind::Unreadable(_) => sum.unreadable += 1,
                        }
                        results.failures.push(failure);
                    }
                }
                Ok(())
            },
        )?;
    }
    args.output.answer(&results, Detail::default())?;
    let sum = &results.summary;
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
