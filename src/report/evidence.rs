//! The sources of a report: what AWS said, what it answered, and what the policies say.

use serde::Serialize;

use super::Report;
use crate::aws_evidence::{Decoded, RecordedEvaluation, Trail};
use crate::denial::{Reason, ReasonEffect};
use crate::diagnose::ThenAndNow;
use crate::evaluate::Decision;
use crate::simulator_check::SimulatorStatement;

/// Sources of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EvidenceSource {
    /// The text that AWS wrote.
    Message,
    /// AWS's own record of the request.
    AuthorizationDetails,
    /// A policy as it was when the request was denied.
    AuthorizationPolicy,
    /// The authorization message that AWS decoded.
    DecodedMessage,
    /// CloudTrail's event history.
    EventHistory,
    /// AWS's policy simulator.
    Simulator,
    /// Our evaluation of the policies at hand.
    LocalEvaluation,
    /// The file or collection that the policies came from.
    Snapshot,
}

/// What one source says.
#[derive(Debug, Clone, Copy)]
pub enum Evidence<'a> {
    /// The message.
    Message(&'a Reason),
    /// One evaluation of AWS's record.
    Record(&'a RecordedEvaluation),
    /// A statement that denied, then and now.
    Then(&'a ThenAndNow),
    /// The decoded authorization message.
    Decoded(&'a Decoded),
    /// What the event history tells of the denial.
    Trail(&'a Trail),
    /// An answer of the simulator.
    Simulator(&'a SimulatorStatement),
    /// The evaluation of the policies.
    Evaluation {
        /// The decision.
        decision: Decision,
        /// How many policies were read.
        policies: usize,
        /// How many statements they have.
        statements: usize,
    },
}

impl Evidence<'_> {
    /// Where it comes from.
    #[must_use]
    pub const fn source(&self) -> EvidenceSource {
        match self {
            Self::Message(_) => EvidenceSource::Message,
            Self::Record(_) => EvidenceSource::AuthorizationDetails,
            Self::Then(_) => EvidenceSource::AuthorizationPolicy,
            Self::Decoded(_) => EvidenceSource::DecodedMessage,
            Self::Trail(_) => EvidenceSource::EventHistory,
            Self::Simulator(_) => EvidenceSource::Simulator,
            Self::Evaluation { .. } => EvidenceSource::LocalEvaluation,
        }
    }

    /// The stable code, unique within the source.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(reason) => match reason.effect {
                ReasonEffect::ExplicitDeny => "explicit-deny",
                ReasonEffect::ImplicitDeny => "implicit-deny",
                ReasonEffect::Unknown => "no-reason",
            },
            Self::Record(_) => "evaluation",
            Self::Then(one) => one.code(),
            Self::Decoded(decoded) if decoded.explicit_deny => "explicit-deny",
            Self::Decoded(_) => "implicit-deny",
            Self::Trail(trail) => trail.code(),
            Self::Simulator(statement) => statement.code(),
            Self::Evaluation { decision, .. } => match decision {
                Decision::Allowed => "allowed",
                Decision::ExplicitDeny => "explicit-deny",
                Decision::ImplicitDeny => "implicit-deny",
                Decision::Undetermined => "undetermined",
            },
        }
    }
}

/// The sources of a report, the strongest first.
#[must_use]
pub fn evidence(report: &Report) -> Vec<Evidence<'_>> {
    let mut all = vec![Evidence::Message(&report.denial.reason)];
    all.extend(from_aws(report));
    let policies = report.policies.policies().count();
    if policies > 0 {
        all.push(Evidence::Evaluation {
            decision: report.evaluation.decision,
            policies,
            statements: report.evaluation.checks.iter().map(|check| check.outcomes.len()).sum(),
        });
    }
    all
}

/// What AWS itself answered: its record of the request, a decoded message, the simulator.
#[must_use]
pub fn from_aws(report: &Report) -> Vec<Evidence<'_>> {
    let record = report.answers.record.iter().flat_map(|record| &record.evaluations).map(Evidence::Record);
    let decoded = report.answers.decoded.iter().map(Evidence::Decoded);
    let trail = report.answers.trail.iter().map(Evidence::Trail);
    let then = report.diagnosis.then_and_now.iter().map(Evidence::Then);
    record
        .chain(then)
        .chain(decoded)
        .chain(trail)
        .chain(report.simulator_findings.statements.iter().map(Evidence::Simulator))
        .collect()
}
