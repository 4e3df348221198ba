//! `test`: whether the policies of a file of cases do what the cases expect.

use std::sync::Arc;

use super::batch::each;
use super::caller::Doubts;
use super::given::Given;
use super::output::OutputArgs;
use super::{Error, Exit, PolicyArgs};
use crate::report::Detail;
use crate::report::sections::test_results::{Failure, FailureKind, Other, TestResults};

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Files of cases with `expect`: JSON lines, a JSON array, or one object
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    policies: PolicyArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What became of one case.
enum Outcome {
    /// It passed, or expects nothing, so that it tests nothing.
    Other(Other),
    Failed(Failure),
}

/// Runs `test`.
///
/// # Errors
/// When a file cannot be read, or the answer not be written.
pub(crate) fn run(args: &TestArgs) -> Result<Exit, Error> {
    let given = Given::read(&args.policies)?;
    let mut results = TestResults::default();
    let sum = &mut results.summary;
    for path in &args.files {
        let file: Arc<str> = path.as_str().into();
        let failed =
            |place, line, id, kind| Outcome::Failed(Failure { file: Arc::clone(&file), place, line, id, kind });
        let doubts = Doubts::default();
        let other = |line, id, name, passed| Outcome::Other(Other { file: Arc::clone(&file), line, id, name, passed });
        each(
            path,
            |text| match text.case() {
                Err(error) => failed(error.place, text.line, error.id, FailureKind::Unreadable(error.error)),
                Ok(case) => match case.expect {
                    None => other(text.line, case.id, case.name, false),
                    Some(expected) => {
                        case.request.action.value().into_iter().for_each(|action| doubts.look(action, text.place));
                        let case = match &given {
                            Some(given) => given.fill(case),
                            None => case,
                        };
                        let answer = case.answer();
                        if answer.decision == expected {
                            other(text.line, case.id, case.name, true)
                        } else {
                            let (id, answer) = (answer.id.clone(), Box::new(answer));
                            failed(text.place, text.line, id, FailureKind::Wrong { name: case.name, expected, answer })
                        }
                    }
                },
            },
            |outcome| {
                sum.cases += 1;
                match outcome {
                    Outcome::Other(other) => {
                        *if other.passed { &mut sum.passed } else { &mut sum.without_expectation } += 1;
                        results.others.push(other);
                    }
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
        doubts.tell(path);
    }
    args.output.answer(&results, Detail::default())?;
    let sum = &results.summary;
    if sum.cases == 0 {
        return Err(Error::Input(format!("the files hold no case. {}", super::batch::WHAT_IS_A_CASE)));
    }
    if sum.unreadable > 0 {
        return Ok(Exit::BadInput);
    }
    if sum.failed > 0 {
        return Ok(Exit::Denied);
    }
    if sum.passed == 0 {
        return Err(Error::Input("no case has `expect`, so nothing was tested. Add the decision that each case must have, such as \"expect\":\"allowed\"".to_owned()));
    }
    Ok(Exit::Done)
}
