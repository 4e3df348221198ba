//! What a person or a program reads: one report, one file per format.
//!
//! [`Report`] and the [`words`] are always there; the formats need the feature `report`.

#[cfg(feature = "report")]
mod danger;
#[cfg(feature = "report")]
mod denial;
#[cfg(feature = "report")]
pub mod diagnosis_model;
pub mod evidence;
#[cfg(feature = "report")]
pub mod finding;
#[cfg(feature = "report")]
mod formats;
#[cfg(feature = "report")]
pub mod model;
#[cfg(feature = "report")]
pub mod next_step;
#[cfg(feature = "report")]
pub mod page;
#[cfg(feature = "report")]
mod redact;
#[cfg(feature = "report")]
pub mod sections;
#[cfg(feature = "report")]
pub mod sheet;
pub mod words;

use crate::aws_evidence::AwsEvidence;
use crate::denial::Denial;
use crate::diagnose::Diagnosis;
use crate::evaluate::{Decision, Evaluation};
use crate::iam::{PolicySet, Request};
use crate::remedy::{NextDenial, Remedy};
use crate::simulator_check::SimulatorFindings;

#[cfg(feature = "report")]
pub use danger::danger_lines;
#[cfg(feature = "report")]
pub use denial::{DenialRecord, ExplainReport, SCHEMA_VERSION};
#[cfg(feature = "report")]
pub use formats::{
    Checkout, CommandReport, FORMATS, Format, Rows, Style, around_links, html_folder, json_in_parts, printable, rows,
    safe_json, text, to_json, unified, without_links,
};
#[cfg(feature = "report")]
pub use page::{Detail, Length};
#[cfg(feature = "report")]
pub use redact::{InputNames, Redact, Redactor, redacted_id};
#[cfg(feature = "report")]
pub use sections::difference::{Compared, DiffReport, Differences};
#[cfg(feature = "bedrock")]
pub use sections::probe::ProbeReport;
#[cfg(feature = "report")]
pub use sections::simulation::Simulation;
#[cfg(feature = "report")]
pub use sections::triage::Triage;
#[cfg(feature = "report")]
pub use sections::who_can::WhoCan;

/// A diagnosis with everything it rests on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// What AWS said.
    pub denial: Denial,
    /// What was asked.
    pub request: Request,
    /// The policies that apply, and what was not seen of them.
    pub policies: PolicySet,
    /// What they say.
    pub evaluation: Evaluation,
    /// Why the request is denied.
    pub diagnosis: Diagnosis,
    /// What to change, best first.
    pub remedies: Vec<Remedy>,
    /// What the caller will be denied next.
    pub next_denials: Vec<NextDenial>,
    /// What AWS itself answered.
    pub answers: AwsEvidence,
    /// What its simulator's answers amount to.
    pub simulator_findings: SimulatorFindings,
}

impl Report {
    /// What the policies say of the denied request, with what follows from AWS's words.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        self.diagnosis.decision
    }
}
