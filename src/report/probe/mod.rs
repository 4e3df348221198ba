//! The report of a probe: every cell with its verdict, counts that add up, and one diagnosis for many denied cells.

mod counts;
mod markdown;
mod matrix;
mod model;
mod sections;
#[cfg(test)]
mod tests;
mod text;

use super::{Report, Style};
use crate::iam::secret;
use crate::probe::{Advice, Ending, Finding, Proposal, Record};

pub use counts::Counts;
pub use model::ProbeModel;

/// A finished run with its findings.
#[derive(Debug)]
pub struct ProbeReport {
    /// The run.
    pub record: Record,
    /// Why cells are denied: one diagnosis for many cells.
    pub findings: Vec<Diagnosed>,
}

/// A finding with its diagnosis.
#[derive(Debug)]
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

    /// How the probe ended.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.record.ending(self.findings.iter().any(|finding| finding.report.diagnosis.incident))
    }

    /// The report as a page of text.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        text::text(self, style)
    }

    /// The report as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::markdown(self)
    }

    /// The report as JSON, indented, with a newline at the end.
    #[must_use]
    pub fn json(&self) -> String {
        format!("{}\n", secret::redact(&super::to_json(&ProbeModel::new(self), true)))
    }

    /// A page of this report with account ids and names replaced by stable pseudonyms.
    #[must_use]
    pub fn redacted(&self, page: &str) -> String {
        let own = self.record.identity.iter().map(|identity| identity.arn.as_str());
        let called = self.record.cells().iter().map(crate::probe::Cell::model);
        let also: Vec<&str> = own.chain(called.filter(|model| model.starts_with("arn:"))).collect();
        super::redacted_text(page, self.findings.iter().map(|finding| &finding.report), &also)
    }
}
