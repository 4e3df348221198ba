//! The results of tests, for the summary of a job: how many failed, and which.

use std::fmt::Write as _;

use super::text::{code, said};
use crate::report::finding::{CaseOutcome, CaseResult};
use crate::report::words::letter;

/// A title that is the result, and a line for each case that failed.
pub(super) fn results(cases: &[CaseResult]) -> String {
    let count = |is: fn(&CaseOutcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let title = letter::tests(
        count(|it| matches!(it, CaseOutcome::Failed(_))),
        count(|it| matches!(it, CaseOutcome::Unreadable(_))),
        count(|it| matches!(it, CaseOutcome::Passed)),
        cases.len(),
    );
    let mut text = format!("# {title}\n\n");
    for case in cases {
        if let CaseOutcome::Failed(why) | CaseOutcome::Unreadable(why) = &case.outcome {
            let place = code(&format!("{}:{}", case.file, case.line));
            let _ = writeln!(text, "- {} ({place}): {}", code(&case.name), said(why));
        }
    }
    text
}
