//! Markdown that somebody sends on: into an issue, a pull request or a chat, where it is read as its purpose.
//!
//! Headings, lists and code blocks only, since a chat shows the text as it is. What is from outside goes through [`text`], which makes
//! nothing of it that a renderer could take for a link, a mention or markup.

mod letter;
mod page;
mod remedy;
mod review;
mod tests_of_cases;
mod text;
mod triage;
mod who;

use super::CommandReport;
use crate::report::page::{Detail, Length};
use crate::report::sheet::Sheet;

/// The answer as Markdown.
#[must_use]
pub(super) fn markdown(report: &dyn CommandReport, detail: Detail) -> String {
    let all = Detail { length: Length::All, ..detail };
    let mut text = match report.sheet() {
        Sheet::Diagnoses(reports) => letter::letters(reports, detail),
        Sheet::Differences(differences) => review::review(differences),
        Sheet::WhoCan(who) => who::who(who),
        Sheet::Triage(report) => triage::triage(report),
        // what has no text of its own
        _ => match report.cases().as_slice() {
            [] => page::page(&report.page(all)),
            cases => tests_of_cases::results(cases),
        },
    };
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
