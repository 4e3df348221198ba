//! The report for a person in a terminal: who, the matrix, the counts, one finding for many cells, what was not tried.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Colour};

use super::findings::Finding;
use super::grant::Proposal;
use super::matrix::{Matrix, column, legend, matrices, word};
use super::record::CellRecord;
use super::report::{Auth, Incident, ProbeReport};
use super::settings::NotRun;
use super::verdict::{Authorized, Verdict};
use crate::iam::{Arn, secret};
use crate::report::{Style, printable, text as finding_text, wrapped};

/// The width of a column of verdicts.
const COLUMN: usize = 12;

impl ProbeReport {
    /// The whole report as text.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        let mut page = self.head(style);
        page.push('\n');
        section(&mut page, "IN SHORT", std::slice::from_ref(&self.summary), style);
        if let Some(incident) = &self.incident {
            alarm(&mut page, incident, style);
        }
        for matrix in matrices(&self.cells) {
            table(&mut page, &matrix, style);
        }
        let meanings = legend(&self.cells);
        if !meanings.is_empty() {
            page.push('\n');
        }
        for (short, meaning) in meanings {
            page.push_str(&wrapped(&format!("  {short:<11} "), meaning, style.width));
        }
        page.push('\n');
        section(&mut page, "COUNTS", &[self.counts_line()], style);
        section(&mut page, "USED", &[self.used_line()], style);
        section(&mut page, "SEEN", &self.statements, style);
        section(&mut page, "POINTS TO", &self.patterns, style);
        section(&mut page, "CELLS", &self.told(), style);
        for (number, finding) in self.findings.iter().enumerate() {
            self.finding(&mut page, number + 1, finding, style);
        }
        if !self.findings.is_empty() {
            let _ = write!(page, "\n{}\n", "=".repeat(columns(style)));
        }
        section(&mut page, "NOT CALLED", &self.left_out(), style);
        section(&mut page, "NOTES", &self.notes, style);
        let _ = writeln!(page, "\n{}\n    {}", paint("AGAIN", None, style), safe(&self.command));
        secret::redact(&page).into_owned()
    }

    fn head(&self, style: Style) -> String {
        let times = format!("{} to {}", self.started_at, self.ended_at);
        let word = if self.complete { "PROBE" } else { "PROBE (INCOMPLETE)" };
        let mut page = format!("{}  Amazon Bedrock, {}\n", paint(word, None, style), safe(&times));
        let who = match &self.identity {
            Some(identity) => {
                let name = identity.arn.parse::<Arn>().map(|arn| arn.resource().to_owned());
                format!("{}, account {}", name.unwrap_or_else(|_| identity.arn.clone()), identity.account)
            }
            None => self.nobody().to_owned(),
        };
        page.push_str(&wrapped("  as    ", &safe(&who), style.width));
        page.push_str(&wrapped("  auth  ", self.signed(), style.width));
        if !self.complete {
            page.push_str(&wrapped(
                "  !     ",
                "the run was broken off: what was not called says nothing",
                style.width,
            ));
        }
        page
    }

    /// Why it is not known who calls.
    pub(super) fn nobody(&self) -> &'static str {
        match &self.incident {
            Some(incident) if !incident.called => "not asked: nothing is called with this key",
            _ => "unknown: STS did not tell who calls",
        }
    }

    /// How the calls were signed, and what follows.
    pub(super) const fn signed(&self) -> &'static str {
        match self.auth {
            Auth::Sigv4 => "SigV4, by these credentials",
            Auth::Bearer => {
                "a Bedrock API key: Bedrock checks the key's own user, who may be another one than STS names"
            }
        }
    }

    /// `8 planned = 6 ok + 2 denied-explicit`.
    pub(super) fn counts_line(&self) -> String {
        let each: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| self.counts.get(*verdict) > 0)
            .map(|verdict| format!("{} {}", self.counts.get(verdict), verdict.id()))
            .collect();
        let each = if each.is_empty() { "nothing to call".to_owned() } else { each.join(" + ") };
        let authorized = |wanted: Authorized| self.cells.iter().filter(|cell| cell.authorized == wanted).count();
        format!(
            "{} planned = {each}; by policies: {} allowed, {} not, {} not known",
            self.counts.planned,
            authorized(Authorized::Yes),
            authorized(Authorized::No),
            authorized(Authorized::Unknown)
        )
    }

    pub(super) fn used_line(&self) -> String {
        format!(
            "{} calls, {} tokens in, {} out, {} (before: {} for {} calls; prices of {})",
            self.usage.calls,
            self.usage.input_tokens,
            self.usage.output_tokens,
            usd(self.usage.estimated_usd),
            usd(self.estimate.max_usd),
            self.estimate.calls,
            super::price::DATE
        )
    }

    /// What was said of cells that neither answered nor are part of a finding: each message once, with the cells.
    pub(super) fn told(&self) -> Vec<String> {
        let mut found: Vec<(String, Vec<&CellRecord>)> = Vec::new();
        for cell in &self.cells {
            let silent = matches!(cell.verdict, Verdict::Ok | Verdict::NotRun);
            if cell.verdict.is_denied() && !self.findings.is_empty() || (silent && cell.note.is_none()) {
                continue;
            }
            if cell.verdict == Verdict::NotRun {
                continue;
            }
            let detail = cell.detail.map_or_else(String::new, |detail| format!(" ({})", detail.id()));
            let status = cell.http_status.filter(|status| *status != 200).map(|status| format!(" {status}"));
            let code = cell.error_code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
            let message = cell.message.as_ref().map(|text| format!(": {}", shortened(text))).unwrap_or_default();
            let note = cell.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
            let said = format!("{}{detail}{}{code}{message}{note}", cell.verdict.id(), status.unwrap_or_default());
            match found.iter_mut().find(|(known, _)| *known == said) {
                Some((_, cells)) => cells.push(cell),
                None => found.push((said, vec![cell])),
            }
        }
        let line = |(said, cells): (String, Vec<&CellRecord>)| match cells.as_slice() {
            [one] => format!("{} {} {}: {said}", one.region, one.resolved, column(one.api)),
            many => format!("{} cells: {said}", many.len()),
        };
        found.into_iter().map(line).collect()
    }

    /// The cells that were not called, by reason.
    pub(super) fn left_out(&self) -> Vec<String> {
        let mut found: Vec<(String, usize)> = Vec::new();
        for cell in self.cells.iter().filter(|cell| cell.verdict == Verdict::NotRun) {
            let why = cell.note.clone().unwrap_or_else(|| NotRun::Interrupted.why().to_owned());
            match found.iter_mut().find(|(known, _)| *known == why) {
                Some((_, count)) => *count += 1,
                None => found.push((why, 1)),
            }
        }
        found.into_iter().map(|(why, number)| format!("{}: {why}", super::patterns::count(number, "cell"))).collect()
    }

    fn finding(&self, page: &mut String, number: usize, finding: &Finding, style: Style) {
        let line = format!("FINDING {number} of {}: {}", self.findings.len(), finding.statement);
        let _ = write!(page, "\n{}\n", "=".repeat(columns(style)));
        page.push_str(&wrapped("", &safe(&line), style.width));
        page.push('\n');
        section(page, "FIRST", &finding.advice, style);
        if !finding.advice.is_empty() {
            page.push('\n');
        }
        page.push_str(finding_text(&finding.report, style).trim_end());
        page.push('\n');
        if let Some(proposal) = &finding.proposal {
            grant(page, proposal, style);
        }
    }
}

/// US dollars, rounded up.
fn usd(amount: f64) -> String {
    if amount <= 0.0 { "no cost".to_owned() } else { format!("at most {:.4} USD", (amount * 1e4).ceil() / 1e4) }
}

/// What comes before everything else.
fn alarm(page: &mut String, incident: &Incident, style: Style) {
    let _ = writeln!(page, "\n{}", paint("SECURITY INCIDENT", Some(false), style));
    for line in incident.lines() {
        page.push_str(&wrapped(" -  ", &safe(&line), style.width));
    }
    for (number, step) in incident.steps.iter().enumerate() {
        page.push_str(&wrapped(&format!(" {}  ", number + 1), &safe(step), style.width));
    }
    for command in &incident.commands {
        let _ = writeln!(page, "    {}", safe(command));
    }
    if let Some(never) = &incident.never {
        page.push_str(&wrapped(" !  ", &safe(never), style.width));
    }
}

/// The policy for everything that was tried, with its proof.
fn grant(page: &mut String, proposal: &Proposal, style: Style) {
    page.push('\n');
    let lines = [vec![proved(proposal), size(proposal)], unseen(proposal)].concat();
    section(page, "ONE POLICY", &lines, style);
    for line in proposal.document.lines() {
        let _ = writeln!(page, "    {}", safe(line));
    }
}

/// What the policy was checked against.
pub(super) fn proved(proposal: &Proposal) -> String {
    format!(
        "for every denied call of this finding: of the {} requests that these calls make it allows {} by itself, and {} together with the policies at hand",
        proposal.requests, proposal.allowed, proposal.allowed_with_policies
    )
}

/// Where the document fits.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
pub(super) fn size(proposal: &Proposal) -> String {
    let fits = match proposal.characters {
        0..=2048 => {
            "it fits a managed policy (6144), or inline policies, which together may have 2048 of a user and 10240 of a role"
        }
        2049..=6144 => {
            "too long for inline policies of a user (2048 together): make it a managed policy (6144), or inline of a role (10240)"
        }
        6145..=10_240 => "too long for a managed policy (6144): it fits inline policies of a role (10240) only",
        _ => "too long for any one policy: divide it by model",
    };
    format!("{} characters; {fits}", proposal.characters)
}

/// What stays denied or is not known.
pub(super) fn unseen(proposal: &Proposal) -> Vec<String> {
    let assumes =
        (!proposal.assumes.is_empty()).then(|| format!("if none of these blocks it: {}", proposal.assumes.join(", ")));
    let denied =
        assumes.into_iter().chain(proposal.still_denied.iter().map(|what| format!("not allowed then: {what}")));
    denied.chain(proposal.unknown.iter().map(|what| format!("not known: {what}"))).collect()
}

/// The columns of what is drawn: lines without end are for text only.
fn columns(style: Style) -> usize {
    style.width.min(120)
}

fn table(page: &mut String, matrix: &Matrix<'_>, style: Style) {
    let first = columns(style).saturating_sub(2 + COLUMN * matrix.apis.len()).max(30);
    let headings = matrix.apis.iter().fold(String::new(), |mut line, api| {
        let _ = write!(line, "{:<COLUMN$}", column(*api));
        line
    });
    let region = format!("{:<1$}", safe(matrix.region), first + 2);
    let _ = writeln!(page, "\n{}{}", paint(&region, None, style), headings.trim_end());
    for row in &matrix.rows {
        let sign = ["", "-> ", "   + "].get(row.depth).copied().unwrap_or_default();
        let label = safe(&format!("{sign}{}", row.label));
        let mut cells = String::new();
        for cell in &row.cells {
            let short = cell.map_or(("", ""), word).0;
            let accent = cell.and_then(accent);
            let _ = write!(cells, "{}{}", paint(short, accent, style), " ".repeat(COLUMN.saturating_sub(short.len())));
        }
        let cells = cells.trim_end();
        if label.chars().count() < first {
            let _ = writeln!(page, "  {label:<first$}{cells}");
        } else {
            let _ = writeln!(page, "  {label}\n  {:<first$}{cells}", "");
        }
    }
}

/// Whether a verdict is good or bad news.
const fn accent(cell: &CellRecord) -> Option<bool> {
    match (cell.verdict, cell.authorized) {
        (Verdict::Ok, _) => Some(true),
        (_, Authorized::No) => Some(false),
        _ => None,
    }
}

fn paint(word: &str, good: Option<bool>, style: Style) -> String {
    if !style.colour || word.trim().is_empty() {
        return word.to_owned();
    }
    let colour = match good {
        Some(true) => Colour::new().bold().fg_color(Some(AnsiColor::Green.into())),
        Some(false) => Colour::new().bold().fg_color(Some(AnsiColor::Red.into())),
        None => Colour::new().bold(),
    };
    format!("{colour}{word}{colour:#}")
}

/// A heading with its lines, if there are any; several stand apart by a dash.
fn section(page: &mut String, word: &str, lines: &[String], style: Style) {
    let dash = if lines.len() > 1 { "- " } else { "" };
    for (number, line) in lines.iter().enumerate() {
        let label = if number == 0 { word } else { "" };
        let text = wrapped(&format!("{label:<10}  {dash}"), &safe(line), style.width);
        match text.strip_prefix(word).filter(|_| number == 0) {
            Some(rest) => {
                let _ = write!(page, "{}{rest}", paint(word, None, style));
            }
            None => page.push_str(&text),
        }
    }
}

/// The first sentence or so.
pub(super) fn shortened(text: &str) -> String {
    const LONG: usize = 200;
    match text.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Untrusted text for a line of a terminal.
fn safe(text: &str) -> String {
    printable(&secret::redact(text)).replace(['\n', '\t'], " ")
}
