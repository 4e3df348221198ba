//! What AWS's simulator says, and what it cannot see.

use std::fmt::Write as _;

use super::decision::noun;
use super::statement;
use crate::aws_evidence::{KNOWN_DIFFERENCES, KnownDifference, SimulationResult, Simulator};
use crate::evaluate::Decision;
use crate::iam::StatementName;
use crate::simulator_check::SimulatorStatement;

/// What the simulator's answers show.
#[must_use]
pub fn says(statement: &SimulatorStatement) -> String {
    match statement {
        SimulatorStatement::Answer { result, with_context, supposed } => answer(result, *with_context, supposed),
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
pub fn limits(statement: &SimulatorStatement) -> String {
    match statement {
        SimulatorStatement::Answer { .. } => blind(),
        // the API leaves out policies of users, groups and roles one by one, SCPs only all together
        // <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyIdentifier.html>
        SimulatorStatement::WithoutServiceControl(_) => {
            "which SCP it is cannot be told without reading them".to_owned()
        }
        SimulatorStatement::NoAllowAtOneLevel | SimulatorStatement::Decisive { .. } => {
            "asked with the SCPs that were collected, and everything else allowed".to_owned()
        }
    }
}

/// What the simulator is known not to see, and not to tell.
fn blind() -> String {
    let noun = |difference: KnownDifference| match difference {
        KnownDifference::ResourceControl => "RCPs",
        KnownDifference::Session => "session policies",
        KnownDifference::VpcEndpoint => "VPC endpoint policies",
        KnownDifference::RoleTrust => "role trust policies",
        KnownDifference::ResourceForRoles => "resource-based policies for roles",
        KnownDifference::Settings => "settings that are no policies",
        KnownDifference::OrganizationKeys => "which condition keys of SCPs had no value",
    };
    let rows = || KNOWN_DIFFERENCES.iter().map(|row| row.difference);
    let unseen: Vec<&str> = rows().filter(|one| *one != KnownDifference::OrganizationKeys).map(noun).collect();
    let (last, others) = unseen.split_last().map_or(("", &[][..]), |(last, others)| (*last, others));
    let untold = noun(KnownDifference::OrganizationKeys);
    format!("it does not see {}, nor {last}; it does not tell {untold}", others.join(", "))
}

fn answer(result: &SimulationResult, with_context: bool, supposed: &[String]) -> String {
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
    if !supposed.is_empty() {
        let join = if with_context { ", and" } else { "; asked" };
        let _ = write!(says, "{join} with the deduced value of {}: it holds if that is so", supposed.join(", "));
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
