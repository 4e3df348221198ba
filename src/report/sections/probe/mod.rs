//! The report of a probe: every cell with its verdict, counts that add up, and one diagnosis for many denied cells.

mod counts;
mod lines;
mod matrix;
mod model;
#[cfg(test)]
mod tests;

use crate::iam::Arn;
use crate::probe::{Advice, Ending, Finding, Incident, Proposal, Record, Summary, observations, patterns, stuck};
use crate::report::page::{Block, Detail, Page, Tone};
use crate::report::sheet::Sheet;
use crate::report::words::probe_cell::signed;
use crate::report::words::{probe as words, remedy};
use crate::report::{CommandReport, Report, next_step, to_json};
pub(in crate::report) use lines::open;
use matrix::{legend, tables};

pub use counts::Counts;
pub(in crate::report) use matrix::{matrices, tone};
pub use model::ProbeModel;

/// A finished run with its findings.
#[derive(Debug, Clone)]
pub struct ProbeReport {
    /// The run.
    pub record: Record,
    /// Why cells are denied: one diagnosis for many cells.
    pub findings: Vec<Diagnosed>,
}

/// A finding with its diagnosis.
#[derive(Debug, Clone)]
pub struct Diagnosed {
    /// The finding.
    pub finding: Finding,
    /// What to do before anything else.
    pub advice: Vec<Advice>,
    /// The diagnosis.
    pub report: Report,
    /// One policy for all that was tried, where an allow is missing.
    pub proposal: Option<Proposal>,
}

impl ProbeReport {
    /// The report of a run; findings are added by [`Self::add`].
    #[must_use]
    pub const fn new(record: Record) -> Self {
        Self { record, findings: Vec::new() }
    }

    /// Adds a finding with the diagnosis of its denial.
    pub fn add(&mut self, finding: Finding, mut report: Report) {
        let advice = finding.weigh(&self.record, &mut report.diagnosis);
        let proposal = finding.proposal(&self.record, &report.request, &report.policies, &report.diagnosis);
        self.findings.push(Diagnosed { finding, advice, report, proposal });
    }

    /// Who made the calls.
    pub(in crate::report) fn who(&self) -> String {
        self.record.identity.as_ref().map_or_else(
            || words::nobody(self.record.incident.as_ref()).to_owned(),
            |identity| {
                let name = identity.arn.parse::<Arn>().map(|arn| arn.resource().to_owned());
                format!("{}, account {}", name.unwrap_or_else(|_| identity.arn.clone()), identity.account)
            },
        )
    }

    /// How the probe ended.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.record.ending(self.findings.iter().any(|finding| finding.report.diagnosis.incident))
    }
}

impl CommandReport for ProbeReport {
    fn page(&self, detail: Detail) -> Page {
        let cells = self.record.cells();
        let mut page = Page::new(detail);
        head(&mut page, self);
        page.push(Block::Space);
        page.list("IN SHORT", Tone::Plain, vec![words::summary(&Summary::of(cells))]);
        if let Some(incident) = &self.record.incident {
            alarm(&mut page, incident);
        }
        for table in tables(cells) {
            page.push(Block::Table(table));
        }
        for (number, (short, meaning)) in legend(cells).into_iter().enumerate() {
            if number == 0 {
                page.push(Block::Space);
            }
            page.item(format!("  {short:<11} "), meaning);
        }
        for stuck in stuck(&self.record) {
            page.push(Block::Space);
            next_step::add(&mut page, words::stuck(&stuck), &stuck.calls);
        }
        page.push(Block::Space);
        page.list("COUNTS", Tone::Plain, vec![self.counts()]);
        page.list("USED", Tone::Plain, vec![words::used(&self.record.run)]);
        page.list("SEEN", Tone::Plain, observations(cells).iter().map(words::observation).collect());
        page.list("POINTS TO", Tone::Plain, patterns(cells).iter().map(words::pattern).collect());
        page.list("CELLS", Tone::Plain, self.cells());
        for (number, finding) in self.findings.iter().enumerate() {
            page.push(Block::Rule);
            let (number, all) = (number + 1, self.findings.len());
            page.push(Block::Part(format!("FINDING {number} of {all}: {}", words::basis(&finding.finding.basis))));
            finding.add_to(&mut page);
        }
        if !self.findings.is_empty() {
            page.push(Block::Rule);
        }
        page.list("NOT CALLED", Tone::Plain, self.not_called());
        page.list("NOTES", Tone::Plain, self.record.notes().iter().map(words::note).collect());
        page.heading("AGAIN", "", Tone::Plain);
        page.commands(4, [self.record.command.line()]);
        page
    }

    fn json(&self) -> String {
        to_json(&ProbeModel::new(self), true)
    }

    fn sheet(&self) -> Sheet<'_> {
        Sheet::Probe(self)
    }
}

fn head(page: &mut Page, report: &ProbeReport) {
    let record = &report.record;
    let word = if record.run.is_complete() { "PROBE" } else { "PROBE (INCOMPLETE)" };
    page.heading(word, format!("Amazon Bedrock, {} to {}", record.started_at, record.ended_at), Tone::Plain);
    page.item("  as    ", report.who());
    page.item("  auth  ", signed(record.auth));
    if !record.run.is_complete() {
        page.item("  !     ", words::BROKEN_OFF);
    }
}

/// What comes before everything else.
fn alarm(page: &mut Page, incident: &Incident) {
    page.heading("SECURITY INCIDENT", "", Tone::Block);
    page.bullets(incident.marks.iter().map(words::mark));
    page.bullets([words::compromised(incident.called).to_owned()]);
    let Some(response) = &incident.response else {
        return;
    };
    page.numbered(response.steps.iter().map(remedy::step));
    page.commands(4, response.calls.iter().map(ToString::to_string));
    if let Some(never) = remedy::why_not(&response.why_not) {
        page.item(" !  ", never);
    }
}

impl Diagnosed {
    fn add_to(&self, page: &mut Page) {
        page.list("FIRST", Tone::Plain, self.first());
        page.append(self.report.page(Detail::ALL));
        if let Some(proposal) = &self.proposal {
            page.push(Block::Space);
            let proof = vec![words::proved(proposal), words::size(proposal.characters())];
            page.list("ONE POLICY", Tone::Plain, [proof, open(proposal)].concat());
            page.code("json", 4, proposal.document.lines().map(str::to_owned));
        }
    }
}
