//! The report as Markdown: the same as the text, with everything from outside escaped.

use std::fmt::Write as _;

use super::ProbeReport;
use super::matrix::{legend, matrices};
use super::sections::{incident_lines, open};
use crate::iam::secret;
use crate::probe::Summary;
use crate::report::words::probe_cell::{column, signed, word};
use crate::report::words::{probe as words, remedy};
use crate::report::{Style, printable, text as finding_text};

/// The whole report as Markdown.
pub(super) fn markdown(report: &ProbeReport) -> String {
    let record = &report.record;
    let mut page = String::from("# Probe of Amazon Bedrock\n\n");
    if !record.run.is_complete() {
        let _ = writeln!(page, "**Incomplete: {}**\n", words::BROKEN_OFF);
    }
    let who = record.identity.as_ref().map_or_else(
        || words::nobody(record.incident.as_ref()).to_owned(),
        |identity| format!("{}, account {}", code(&identity.arn), escaped(&identity.account)),
    );
    let _ = writeln!(page, "- Time: {} to {}", escaped(&record.started_at), escaped(&record.ended_at));
    let _ = writeln!(page, "- Identity: {who}");
    let _ = writeln!(page, "- Signed by: {}", signed(record.auth));
    let _ = writeln!(page, "- Counts: {}", escaped(&report.counts()));
    let _ = writeln!(page, "- Used: {}\n", escaped(&report.used()));
    let _ = writeln!(page, "**{}**\n", escaped(&words::summary(&Summary::of(record.cells()))));
    if let Some(incident) = &record.incident {
        let response = incident.response.as_ref();
        let steps = response.map(|response| response.steps.iter().map(remedy::step).collect()).unwrap_or_default();
        list(&mut page, "Security incident", &[incident_lines(incident), steps].concat());
        if let Some(response) = response {
            let commands: Vec<String> = response.calls.iter().map(ToString::to_string).collect();
            fenced(&mut page, "sh", &commands.join("\n"));
            page.extend(remedy::why_not(&response.why_not).map(|never| format!("{}\n\n", escaped(&never))));
        }
    }
    tables(&mut page, report);
    let meanings: Vec<String> =
        legend(record.cells()).into_iter().map(|(short, meaning)| format!("{short}: {meaning}")).collect();
    list(&mut page, "What the words mean", &meanings);
    list(&mut page, "Seen", &report.seen());
    list(&mut page, "Points to", &report.points_to());
    list(&mut page, "Cells", &report.cells());
    findings(&mut page, report);
    list(&mut page, "Not called", &report.not_called());
    list(&mut page, "Notes", &report.notes());
    page.push_str("## Run it again\n\n");
    fenced(&mut page, "sh", &record.command);
    format!("{}\n", secret::redact(page.trim_end()))
}

fn tables(page: &mut String, report: &ProbeReport) {
    for matrix in matrices(report.record.cells()) {
        let _ = writeln!(page, "## {}\n", escaped(matrix.region));
        let headings: Vec<&str> = matrix.apis.iter().map(|api| column(*api)).collect();
        let _ = writeln!(page, "| model | {} |\n|---|{}", headings.join(" | "), "---|".repeat(matrix.apis.len()));
        for row in &matrix.rows {
            let sign = ["", "→ ", "+ "].get(row.depth).copied().unwrap_or_default();
            let label = if row.depth == 2 { escaped(&row.label) } else { code(&row.label) };
            let cells: Vec<String> =
                row.cells.iter().map(|cell| escaped(cell.map_or("", |cell| word(cell).0))).collect();
            let _ = writeln!(page, "| {sign}{label} | {} |", cells.join(" | "));
        }
        page.push('\n');
    }
}

fn findings(page: &mut String, report: &ProbeReport) {
    for (number, finding) in report.findings.iter().enumerate() {
        let _ = writeln!(page, "## Finding {} of {}\n", number + 1, report.findings.len());
        let _ = writeln!(page, "{}\n", escaped(&words::basis(&finding.finding.basis)));
        items(page, &finding.first());
        fenced(page, "text", &finding_text(&finding.report, Style { all: true, ..Style::default() }));
        if let Some(proposal) = &finding.proposal {
            let (proof, size) = (words::proved(proposal), words::size(proposal.characters()));
            let _ = writeln!(page, "{}; {}\n", escaped(&proof), escaped(&size));
            fenced(page, "json", &proposal.document);
            list(page, "What it does not settle", &open(proposal));
        }
    }
}

fn list(page: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(page, "## {title}\n");
        items(page, lines);
    }
}

fn items(page: &mut String, lines: &[String]) {
    for line in lines {
        let _ = writeln!(page, "- {}", escaped(line));
    }
    if !lines.is_empty() {
        page.push('\n');
    }
}

/// A block whose fence is longer than any within.
fn fenced(page: &mut String, language: &str, text: &str) {
    let safe = printable(&secret::redact(text));
    let longest = safe.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(page, "{fence}{language}\n{}\n{fence}\n", safe.trim_end());
}

/// A name as code; one that could end it is escaped instead.
fn code(text: &str) -> String {
    let safe = plain(text);
    if safe.contains(['`', '|', '<', '>', '&']) || safe.is_empty() { escaped(text) } else { format!("`{safe}`") }
}

/// Text in which nothing is markup, neither Markdown's nor HTML's.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => {
                safe.push('\\');
                safe.push(character);
            }
            // no renderer turns it into a link
            ':' if safe.ends_with("http") || safe.ends_with("https") => safe.push_str("&#58;"),
            '.' if safe.ends_with("www") => safe.push_str("&#46;"),
            other => safe.push(other),
        }
    }
    safe
}

/// One line without secrets and controls.
fn plain(text: &str) -> String {
    printable(&secret::redact(text)).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escaped("<b>x</b> [a](http://e.x) `c` | \u{1b}[31m\n# h\u{202e}"),
            "&lt;b&gt;x&lt;/b&gt; \\[a\\](http&#58;//e.x) \\`c\\` \\| \\\\u{1b}\\[31m \\# h\\\\u{202e}"
        );
        assert_eq!(code("a`b"), "a\\`b");
        assert_eq!(code("us.anthropic.claude-sonnet-5"), "`us.anthropic.claude-sonnet-5`");
        let mut page = String::new();
        fenced(&mut page, "text", "a\n```\nb");
        assert_eq!(page, "````text\na\n```\nb\n````\n\n");
    }
}
