//! What a person or a program reads: one report, one file per format.

mod danger;
mod denial;
mod denial_text;
pub mod diagnosis_model;
mod diff;
mod difference;
pub mod evidence;
mod excerpt;
mod json;
pub mod model;
mod page;
#[cfg(feature = "bedrock")]
pub mod probe;
mod redact;
mod redact_input;
mod redact_page;
mod safe;
mod simulation;
mod text;
pub mod words;

use crate::aws_evidence::AwsEvidence;
use crate::denial::Denial;
use crate::diagnose::Diagnosis;
use crate::evaluate::{Decision, Evaluation};
use crate::iam::{PolicySet, Request};
use crate::remedy::{NextDenial, Remedy};
use crate::simulator_check::SimulatorFindings;

pub use danger::danger_lines;
pub use denial::{DenialRecord, ExplainReport, SCHEMA_VERSION};
pub use denial_text::{aws_said, explain_text, header, wrapped};
pub use diff::unified;
pub use difference::{Compared, DiffReport, difference_text};
pub use json::{json, to_json};
pub use page::Style;
pub use redact::{id as redacted_id, redacted, value as redacted_value};
pub use redact_input::InputNames;
pub use redact_page::{redacted_page, redacted_text};
pub use safe::printable;
pub use simulation::Simulation;
pub use text::text;

/// A diagnosis with everything it rests on.
#[derive(Debug)]
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
    /// What the policies say of the denied request; undetermined where the text contradicts itself about what that was.
    #[must_use]
    pub fn decision(&self) -> Decision {
        if self.diagnosis.unconfirmed.is_empty() { self.evaluation.decision } else { Decision::Undetermined }
    }
}
