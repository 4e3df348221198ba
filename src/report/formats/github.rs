//! Findings as annotations of GitHub Actions: one command a line, which the runner shows beside the lines of a change.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write as _;

use super::checkout::{Checkout, path};
use super::printable;
use crate::iam::secret;
use crate::report::finding::{Finding, Level};

/// The findings, the worst first: the runner shows a few of each kind only.
#[must_use]
pub(super) fn annotations(findings: &[Finding], checkout: Option<&Checkout>) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.level);
    let mut text = String::new();
    for finding in sorted {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(place) = finding.places.first() {
            properties.push(format!("file={}", property(&path(checkout, &place.file))));
            properties.push(format!("line={}", place.line));
            match place.end {
                // columns count within one line only
                Some((line, column)) if line == place.line => {
                    properties.extend(place.column.map(|column| format!("col={column}")));
                    // the column of the last character, while ours is the one behind it
                    properties.push(format!("endColumn={}", column.saturating_sub(1)));
                }
                Some((line, _)) => properties.push(format!("endLine={line}")),
                None => {}
            }
        }
        let title = match &finding.about {
            Some(about) => format!("{}: {about}", finding.rule.code()),
            None => finding.rule.code().to_owned(),
        };
        properties.push(format!("title={}", property(&title)));
        // writing to a string cannot fail
        let _ = writeln!(text, "::{command} {}::{}", properties.join(","), message(&finding.message));
    }
    text
}

/// A text after the second `::`: on one line, without secrets and controls.
fn message(text: &str) -> String {
    printable(&secret::redact(text)).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which also ends with `,` and `::`.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difference::Review;
    use crate::report::finding::{Place, Rule};

    #[test]
    fn no_name_starts_another_command() {
        let finding = Finding {
            rule: Rule::Review(Review::NewAccess),
            level: Level::Warning,
            message: "a\r\n::set-env name=X::y%0A\u{1b}[31m ##[error]z".to_owned(),
            places: vec![Place {
                column: Some(2),
                end: Some((3, 9)),
                ..Place::line("a,line=9::b\n::error::c%.json", 3)
            }],
            about: Some("x::y,z\n::warning::w".to_owned()),
            identity: String::new(),
        };
        assert_eq!(
            annotations(&[finding], None),
            "::warning file=a%2Cline=9%3A%3Ab%0A%3A%3Aerror%3A%3Ac%25.json,line=3,col=2,endColumn=8,\
             title=new-access%3A x%3A%3Ay%2Cz%0A%3A%3Awarning%3A%3Aw::a\\u{d}%0A::set-env name=X::y%250A\\u{1b}[31m ##[error]z\n"
        );
    }
}
