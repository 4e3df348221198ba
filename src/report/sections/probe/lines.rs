//! The lines of the lists in the report of a probe.

use super::{Counts, Diagnosed, ProbeReport};
use crate::probe::{Authorized, Cell, CellNote, Proposal, Verdict};
use crate::report::words::{decision as words_decision, gap_subject, probe as words, probe_cell};

impl ProbeReport {
    /// `8 planned = 6 ok + 2 denied-explicit`.
    pub(in crate::report) fn counts(&self) -> String {
        let counts = Counts::of(self.record.cells());
        let each = Verdict::ALL.iter().map(|verdict| (*verdict, counts.get(*verdict))).filter(|(_, cells)| *cells > 0);
        let authorized = [Authorized::Yes, Authorized::No, Authorized::Unknown].map(|it| self.record.authorized(it));
        words::counts(counts.planned, &each.collect::<Vec<_>>(), authorized)
    }

    /// What was said of cells that neither answered nor are part of a finding: each message once, with the cells.
    pub(in crate::report) fn cells(&self) -> Vec<String> {
        let silent = |cell: &&Cell| match cell.judgement.verdict {
            Verdict::NotRun => true,
            Verdict::Ok => cell.judgement.notes.is_empty(),
            verdict => verdict.is_denied() && !self.findings.is_empty(),
        };
        let found = grouped(self.record.cells().iter().filter(|cell| !silent(cell)), said);
        let line = |(said, cells): (String, Vec<&Cell>)| match cells.as_slice() {
            [one] => format!("{} {} {}: {said}", one.region(), one.model(), probe_cell::column(one.plan.call.api)),
            many => format!("{} cells: {said}", many.len()),
        };
        found.into_iter().map(line).collect()
    }

    /// The cells that were not called, by reason.
    pub(in crate::report) fn not_called(&self) -> Vec<String> {
        let left = self.record.cells().iter().filter(|cell| cell.judgement.verdict == Verdict::NotRun);
        let line = |(notes, cells): (&[CellNote], Vec<&Cell>)| {
            format!("{}: {}", words::count(cells.len(), "cell"), joined(notes))
        };
        grouped(left, |cell| cell.judgement.notes.as_slice()).into_iter().map(line).collect()
    }
}

/// The cells by what they have in common, in the order of the first of each.
fn grouped<'a, K: PartialEq>(
    cells: impl Iterator<Item = &'a Cell>,
    key: impl Fn(&'a Cell) -> K,
) -> Vec<(K, Vec<&'a Cell>)> {
    let mut found: Vec<(K, Vec<&Cell>)> = Vec::new();
    for cell in cells {
        let own = key(cell);
        match found.iter_mut().find(|(known, _)| *known == own) {
            Some((_, cells)) => cells.push(cell),
            None => found.push((own, vec![cell])),
        }
    }
    found
}

impl Diagnosed {
    /// What to do first.
    pub(in crate::report) fn first(&self) -> Vec<String> {
        self.advice.iter().map(|advice| words::advice(*advice).to_owned()).collect()
    }
}

/// What a proposal leaves open: what it assumes, what stays denied, what is not known.
pub(in crate::report) fn open(proposal: &Proposal) -> Vec<String> {
    let assumes = (!proposal.assumes.is_empty()).then(|| words::assumes(&proposal.assumes));
    let denied = still_denied(proposal).into_iter().map(|what| words::not_allowed_then(&what));
    let unknown = unknown(proposal).into_iter().map(|what| words::not_known(&what));
    assumes.into_iter().chain(denied).chain(unknown).collect()
}

/// Requests that stay denied, and how.
pub(super) fn still_denied(proposal: &Proposal) -> Vec<String> {
    let line = |(check, decision): &(crate::remedy::bedrock::Check, crate::evaluate::Decision)| {
        format!("{} on {}: {}", check.action, check.resource, words_decision::verdict(*decision))
    };
    proposal.still_denied.iter().map(line).collect()
}

/// What is not known of the calls, with the command that shows it.
pub(super) fn unknown(proposal: &Proposal) -> Vec<String> {
    proposal.unknown.iter().map(|gap| format!("{}: {}", gap_subject(&gap.subject), gap.command)).collect()
}

/// The notes of a cell as one text.
pub(super) fn joined(notes: &[CellNote]) -> String {
    notes.iter().map(probe_cell::note).collect::<Vec<_>>().join("; ")
}

/// The verdict on a cell with what was said of it.
fn said(cell: &Cell) -> String {
    let detail = cell.judgement.detail.map(|detail| format!(" ({})", detail.code()));
    let status = cell.status().filter(|status| *status != 200).map(|status| format!(" {status}"));
    let code = cell.error_code().map(|code| format!(" {code}"));
    let message = cell.attempts.last().and_then(probe_cell::message).map(|text| format!(": {}", shortened(&text)));
    let notes = (!cell.judgement.notes.is_empty()).then(|| format!("; {}", joined(&cell.judgement.notes)));
    let verdict = cell.judgement.verdict.code().to_owned();
    [Some(verdict), detail, status, code, message, notes].into_iter().flatten().collect()
}

/// The first sentence or so.
fn shortened(text: &str) -> String {
    const LONG: usize = 200;
    match text.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
