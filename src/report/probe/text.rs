//! The report for a person in a terminal: who, the matrix, the counts, one finding for many cells, what was not tried.

use std::fmt::Write as _;

use super::matrix::{Matrix, legend, matrices};
use super::sections::{incident_lines, open};
use super::{Diagnosed, ProbeReport};
use crate::iam::{Arn, secret};
use crate::probe::{Authorized, Cell, Incident, Proposal, Summary, Verdict};
use crate::report::page::{Accent, Page, Style};
use crate::report::words::probe_cell::{column, signed, word};
use crate::report::words::{probe as words, remedy};
use crate::report::{printable, text as finding_text};

/// The width of a column of verdicts.
const COLUMN: usize = 12;

/// The whole report as text.
pub(super) fn text(report: &ProbeReport, style: Style) -> String {
    let cells = report.record.cells();
    let mut page = Page::new(style);
    head(&mut page, report);
    page.raw("");
    page.section("IN SHORT", &[safe(&words::summary(&Summary::of(cells)))]);
    if let Some(incident) = &report.record.incident {
        alarm(&mut page, incident);
    }
    for matrix in matrices(cells) {
        table(&mut page, &matrix);
    }
    let meanings = legend(cells);
    if !meanings.is_empty() {
        page.raw("");
    }
    for (short, meaning) in meanings {
        page.item(&format!("  {short:<11} "), meaning);
    }
    page.raw("");
    section(&mut page, "COUNTS", &[report.counts()]);
    section(&mut page, "USED", &[report.used()]);
    section(&mut page, "SEEN", &report.seen());
    section(&mut page, "POINTS TO", &report.points_to());
    section(&mut page, "CELLS", &report.cells());
    let rule = format!("\n{}", "=".repeat(columns(style)));
    for (number, finding) in report.findings.iter().enumerate() {
        page.raw(&rule);
        let label =
            format!("FINDING {} of {}: {}", number + 1, report.findings.len(), words::basis(&finding.finding.basis));
        page.item("", &safe(&label));
        page.raw("");
        diagnosed(&mut page, finding);
    }
    if !report.findings.is_empty() {
        page.raw(&rule);
    }
    section(&mut page, "NOT CALLED", &report.not_called());
    section(&mut page, "NOTES", &report.notes());
    page.heading("AGAIN", "", Accent::Plain);
    page.raw(&format!("    {}", safe(&report.record.command)));
    secret::redact(&page.finish()).into_owned()
}

fn head(page: &mut Page, report: &ProbeReport) {
    let record = &report.record;
    let word = if record.run.is_complete() { "PROBE" } else { "PROBE (INCOMPLETE)" };
    page.raw(&format!(
        "{}  Amazon Bedrock, {} to {}",
        page.paint(word, Accent::Plain),
        safe(&record.started_at),
        safe(&record.ended_at)
    ));
    let who = record.identity.as_ref().map_or_else(
        || words::nobody(record.incident.as_ref()).to_owned(),
        |identity| {
            let name = identity.arn.parse::<Arn>().map(|arn| arn.resource().to_owned());
            format!("{}, account {}", name.unwrap_or_else(|_| identity.arn.clone()), identity.account)
        },
    );
    page.item("  as    ", &safe(&who));
    page.item("  auth  ", signed(record.auth));
    if !record.run.is_complete() {
        page.item("  !     ", words::BROKEN_OFF);
    }
}

/// What comes before everything else.
fn alarm(page: &mut Page, incident: &Incident) {
    page.heading("SECURITY INCIDENT", "", Accent::Block);
    for line in incident_lines(incident) {
        page.item(" -  ", &safe(&line));
    }
    let Some(response) = &incident.response else {
        return;
    };
    for (number, step) in response.steps.iter().enumerate() {
        page.item(&format!(" {}  ", number + 1), &safe(&remedy::step(step)));
    }
    for command in &response.calls {
        page.raw(&format!("    {}", safe(&command.to_string())));
    }
    if let Some(never) = remedy::why_not(&response.why_not) {
        page.item(" !  ", &safe(&never));
    }
}

fn diagnosed(page: &mut Page, finding: &Diagnosed) {
    section(page, "FIRST", &finding.first());
    if !finding.advice.is_empty() {
        page.raw("");
    }
    page.raw(finding_text(&finding.report, page.style).trim_end());
    if let Some(proposal) = &finding.proposal {
        grant(page, proposal);
    }
}

/// The policy for everything that was tried, with its proof.
fn grant(page: &mut Page, proposal: &Proposal) {
    page.raw("");
    let proof = vec![words::proved(proposal), words::size(proposal.characters())];
    section(page, "ONE POLICY", &[proof, open(proposal)].concat());
    for line in proposal.document.lines() {
        page.raw(&format!("    {}", safe(line)));
    }
}

/// A labelled list of lines that may hold text from outside.
fn section(page: &mut Page, word: &str, lines: &[String]) {
    let safe: Vec<String> = lines.iter().map(|line| safe(line)).collect();
    page.section(word, &safe);
}

/// The columns of what is drawn: lines without end are for text only.
fn columns(style: Style) -> usize {
    style.width.min(120)
}

fn table(page: &mut Page, matrix: &Matrix<'_>) {
    let first = columns(page.style).saturating_sub(2 + COLUMN * matrix.apis.len()).max(30);
    let headings = matrix.apis.iter().fold(String::new(), |mut line, api| {
        let _ = write!(line, "{:<COLUMN$}", column(*api));
        line
    });
    let region = format!("{:<1$}", safe(matrix.region), first + 2);
    page.raw(&format!("\n{}{}", page.paint(&region, Accent::Plain), headings.trim_end()));
    for row in &matrix.rows {
        let sign = ["", "-> ", "   + "].get(row.depth).copied().unwrap_or_default();
        let label = safe(&format!("{sign}{}", row.label));
        let mut cells = String::new();
        for cell in &row.cells {
            let short = cell.map_or("", |cell| word(cell).0);
            let painted = cell.map_or_else(String::new, |cell| page.paint(short, accent(cell)));
            let _ = write!(cells, "{painted}{}", " ".repeat(COLUMN.saturating_sub(short.len())));
        }
        let cells = cells.trim_end();
        if label.chars().count() < first {
            page.raw(&format!("  {label:<first$}{cells}"));
        } else {
            page.raw(&format!("  {label}\n  {:<first$}{cells}", ""));
        }
    }
}

/// Whether a verdict is good or bad news.
const fn accent(cell: &Cell) -> Accent {
    match (cell.judgement.verdict, cell.judgement.authorized) {
        (Verdict::Ok, _) => Accent::Fix,
        (_, Authorized::No) => Accent::Block,
        _ => Accent::Plain,
    }
}

/// Untrusted text for a line of a terminal.
fn safe(text: &str) -> String {
    printable(&secret::redact(text)).replace(['\n', '\t'], " ")
}
