//! The cases of a test as the XML of `JUnit`, which CI systems show as tests: a suite for each file.
//!
//! <https://github.com/testmoapp/junitxml>

use std::fmt::Write as _;

use super::checkout::{Checkout, path};
use super::printable;
use crate::iam::secret;
use crate::report::finding::{CaseOutcome, CaseResult};
use crate::report::words;

/// The cases, file by file.
#[must_use]
pub(super) fn junit(cases: &[CaseResult], checkout: Option<&Checkout>) -> String {
    let mut text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"iamdx\"{}>\n", counts(cases));
    for suite in cases.chunk_by(|one, other| one.file == other.file) {
        let file = suite.first().map_or_else(String::new, |case| escaped(&path(checkout, &case.file)));
        // writing to a string cannot fail
        let _ = writeln!(text, "  <testsuite name=\"{file}\"{}>", counts(suite));
        for case in suite {
            let name = escaped(&case.name);
            let _ = write!(
                text,
                "    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{}\"",
                case.line
            );
            let _ = match &case.outcome {
                CaseOutcome::Passed => writeln!(text, "/>"),
                CaseOutcome::Skipped => inside(&mut text, "skipped", words::finding::SKIPPED_CASE),
                CaseOutcome::Failed(what) => inside(&mut text, "failure", what),
                CaseOutcome::Unreadable(what) => inside(&mut text, "error", what),
            };
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn inside(text: &mut String, element: &str, what: &str) -> std::fmt::Result {
    writeln!(text, ">\n      <{element} message=\"{}\"/>\n    </testcase>", escaped(what))
}

/// How many cases there are of each outcome.
fn counts(cases: &[CaseResult]) -> String {
    let count = |test: fn(&CaseOutcome) -> bool| cases.iter().filter(|case| test(&case.outcome)).count();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        cases.len(),
        count(|outcome| matches!(outcome, CaseOutcome::Failed(_))),
        count(|outcome| matches!(outcome, CaseOutcome::Unreadable(_))),
        count(|outcome| matches!(outcome, CaseOutcome::Skipped)),
    )
}

/// The value of an attribute, without secrets. What XML 1.0 has no character for becomes visible.
/// <https://www.w3.org/TR/xml/#charsets>
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in printable(&secret::redact(text)).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            // a reader makes spaces of them otherwise
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push_str("&#9;"),
            '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_attribute_and_every_character_is_of_xml() {
        let case =
            |name: &str, outcome| CaseResult { file: "a&b.jsonl".into(), line: 2, name: name.to_owned(), outcome };
        let failed = CaseOutcome::Failed("]]> <!-- \u{1b}[31m\n".to_owned());
        assert_eq!(
            junit(&[case("\"/><script>'\u{0}\u{ffff}\t", failed), case("é", CaseOutcome::Skipped)], None),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"iamdx\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\">\n\
             \u{20} <testsuite name=\"a&amp;b.jsonl\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\">\n\
             \u{20}   <testcase name=\"&quot;/&gt;&lt;script&gt;&apos;\\u{0}\\u{ffff}&#9;\" classname=\"a&amp;b.jsonl\" file=\"a&amp;b.jsonl\" line=\"2\">\n\
             \u{20}     <failure message=\"]]&gt; &lt;!-- \\u{1b}[31m&#10;\"/>\n\
             \u{20}   </testcase>\n\
             \u{20}   <testcase name=\"é\" classname=\"a&amp;b.jsonl\" file=\"a&amp;b.jsonl\" line=\"2\">\n\
             \u{20}     <skipped message=\"it expects nothing\"/>\n\
             \u{20}   </testcase>\n\
             \u{20} </testsuite>\n\
             </testsuites>\n"
        );
    }
}
