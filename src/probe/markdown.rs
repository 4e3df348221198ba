//! The report as Markdown: the same as the text; nothing from outside stands in it unescaped.

use std::fmt::Write as _;

use super::matrix::{column, legend, matrices, word};
use super::report::ProbeReport;
use super::text::{proved, size, unseen};
use crate::iam::secret;
use crate::report::{Style, printable, text as finding_text};

impl ProbeReport {
    /// The whole report as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = String::from("# Probe of Amazon Bedrock\n\n");
        if !self.complete {
            page.push_str("**Incomplete: the run was broken off. What was not called says nothing.**\n\n");
        }
        let who = self.identity.as_ref().map_or_else(
            || self.nobody().to_owned(),
            |identity| format!("{}, account {}", code(&identity.arn), escaped(&identity.account)),
        );
        let _ = writeln!(page, "- Time: {} to {}", escaped(&self.started_at), escaped(&self.ended_at));
        let _ = writeln!(page, "- Identity: {who}");
        let _ = writeln!(page, "- Signed by: {}", self.signed());
        let _ = writeln!(page, "- Counts: {}", escaped(&self.counts_line()));
        let _ = writeln!(page, "- Used: {}\n", escaped(&self.used_line()));
        let _ = writeln!(page, "**{}**\n", escaped(&self.summary));
        if let Some(incident) = &self.incident {
            list(&mut page, "Security incident", &[incident.lines(), incident.steps.clone()].concat());
            if !incident.commands.is_empty() {
                fenced(&mut page, "sh", &incident.commands.join("\n"));
            }
            page.extend(incident.never.iter().map(|never| format!("{}\n\n", escaped(never))));
        }
        for matrix in matrices(&self.cells) {
            let _ = writeln!(page, "## {}\n", escaped(matrix.region));
            let headings: Vec<&str> = matrix.apis.iter().map(|api| column(*api)).collect();
            let _ = writeln!(page, "| model | {} |\n|---|{}", headings.join(" | "), "---|".repeat(matrix.apis.len()));
            for row in &matrix.rows {
                let sign = ["", "→ ", "+ "].get(row.depth).copied().unwrap_or_default();
                let label = if row.depth == 2 { escaped(&row.label) } else { code(&row.label) };
                let cells: Vec<String> = row.cells.iter().map(|cell| escaped(cell.map_or(("", ""), word).0)).collect();
                let _ = writeln!(page, "| {sign}{label} | {} |", cells.join(" | "));
            }
            page.push('\n');
        }
        let meanings: Vec<String> =
            legend(&self.cells).into_iter().map(|(short, meaning)| format!("{short}: {meaning}")).collect();
        list(&mut page, "What the words mean", &meanings);
        list(&mut page, "Seen", &self.statements);
        list(&mut page, "Points to", &self.patterns);
        list(&mut page, "Cells", &self.told());
        for (number, finding) in self.findings.iter().enumerate() {
            let _ = writeln!(page, "## Finding {} of {}\n", number + 1, self.findings.len());
            let _ = writeln!(page, "{}\n", escaped(&finding.statement));
            for line in &finding.advice {
                let _ = writeln!(page, "- {}", escaped(line));
            }
            if !finding.advice.is_empty() {
                page.push('\n');
            }
            fenced(&mut page, "text", &finding_text(&finding.report, Style { all: true, ..Style::default() }));
            if let Some(proposal) = &finding.proposal {
                let _ = writeln!(page, "{}; {}\n", escaped(&proved(proposal)), escaped(&size(proposal)));
                fenced(&mut page, "json", &proposal.document);
                list(&mut page, "What it does not settle", &unseen(proposal));
            }
        }
        list(&mut page, "Not called", &self.left_out());
        list(&mut page, "Notes", &self.notes);
        page.push_str("## Run it again\n\n");
        fenced(&mut page, "sh", &self.command);
        format!("{}\n", secret::redact(page.trim_end()))
    }
}

fn list(page: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(page, "## {title}\n");
    for line in lines {
        let _ = writeln!(page, "- {}", escaped(line));
    }
    page.push('\n');
}

/// A block whose fence is longer than any within.
fn fenced(page: &mut String, language: &str, text: &str) {
    let safe = printable(&secret::redact(text));
    let longest = safe.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(page, "{fence}{language}\n{}\n{fence}\n", safe.trim_end());
}

/// A name as code; one that could end it stands escaped instead.
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
            // no renderer makes a link of it
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
