//! What AWS's simulator says, and what it cannot see.

use std::fmt::Write as _;

use super::decision::noun;
use super::statement;
use crate::aws_evidence::{SimulationResult, Simulator};
use crate::evaluate::Decision;
use crate::iam::StatementName;
use crate::simulator_check::SimulatorStatement;

/// What the simulator's answers show.
#[must_use]
pub fn says(statement: &SimulatorStatement) -> String {
    match statement {
        SimulatorStatement::Answer { result, with_context } => answer(result, *with_context),
        SimulatorStatement::WithoutServiceControl(decision) => without_service_control(*decision),
        SimulatorStatement::NoAllowAtOneLevel => {
            "even without every Deny of the SCPs the simulator does not allow it: at one level the allow is missing"
                .to_owned()
        }
        SimulatorStatement::Decisive { sid, index, policy, target } => format!(
            "{}: leaving out {} of SCP {policy} at {target} flips its answer to allowed",
            Simulator::Custom.id(),
            statement::name(&StatementName::new(sid.as_deref(), *index))
        ),
    }
}

/// What such an answer cannot show.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html>
#[must_use]
pub const fn limits(statement: &SimulatorStatement) -> &'static str {
    match statement {
        SimulatorStatement::Answer { .. } => {
            "it does not see RCPs, session policies, VPC endpoint policies, role trust policies, resource-based policies \
             for roles, nor settings that are no policies"
        }
        SimulatorStatement::WithoutServiceControl(_) => "which SCP it is cannot be told without reading them",
        SimulatorStatement::NoAllowAtOneLevel | SimulatorStatement::Decisive { .. } => {
            "asked with the SCPs that were collected, and everything else allowed"
        }
    }
}

fn answer(result: &SimulationResult, with_context: bool) -> String {
    let mut says = format!(
        "{}: {} for {} on {}",
        Simulator::Principal.id(),
        noun(result.decision),
        result.action,
        result.resource
    );
    if let Some(allowed) = result.allowed_by_organization {
        let does = if allowed { "allow" } else { "do not allow" };
        let _ = write!(says, "; the organization's SCPs {does} it");
    }
    if let Some(allowed) = result.allowed_by_boundary {
        let does = if allowed { "allows" } else { "does not allow" };
        let _ = write!(says, "; the permissions boundary {does} it");
    }
    for matched in &result.matched {
        let _ = write!(
            says,
            "; matched: {} ({}), line {}, column {}",
            matched.policy, matched.policy_type, matched.line, matched.column
        );
    }
    says.push_str(&no_value(&result.missing_context));
    if with_context {
        says.push_str("; asked with the context that is known");
    }
    says
}

/// What the simulator says without the SCPs.
pub(super) fn without_service_control(decision: Decision) -> String {
    match decision {
        Decision::Allowed => "without the SCPs the simulator allows the request: they alone block it".to_owned(),
        other => {
            format!("without the SCPs the simulator still says {}: they are not the only blocker", noun(other))
        }
    }
}

/// The condition keys for which the simulator had no value, at the end of a sentence.
pub(super) fn no_value(keys: &[String]) -> String {
    if keys.is_empty() {
        return String::new();
    }
    format!("; it had no value for {}", keys.join(", "))
}
