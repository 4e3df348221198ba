//! What is not known and decides, and what each source of evidence says.

use std::fmt::Write as _;

use super::decision::noun;
use super::gap::gap_subject;
use super::list::counted;
use super::simulator;
use crate::aws_evidence::{Decoded, RecordedEvaluation};
use crate::denial::{Reason, ReasonEffect};
use crate::evaluate::MissingEvidence;
use crate::report::evidence::Evidence;

/// Something that is not known and could change a decision.
#[must_use]
pub fn missing(missing: &MissingEvidence) -> String {
    match missing {
        MissingEvidence::Principal => "the principal",
        MissingEvidence::Action => "the action",
        MissingEvidence::Resource => "the resource",
        MissingEvidence::PrincipalAccount => "the account of the principal",
        MissingEvidence::ResourceAccount => "the account that owns the resource",
        MissingEvidence::ReachOfResourceControl => {
            "whether resource control policies reach an action that has no resource"
        }
        MissingEvidence::EndpointKind => {
            "whether the VPC endpoint is a gateway endpoint, in whose policy Principal must be `*`"
        }
        MissingEvidence::GatewayPrincipal => {
            "what a Principal other than `*` denies in the policy of a gateway endpoint"
        }
        MissingEvidence::PartialNotPrincipal => {
            "whether a NotPrincipal that lists the principal only in part spares it"
        }
        MissingEvidence::OpenPart(subject) | MissingEvidence::Policies(subject) => return gap_subject(subject),
    }
    .to_owned()
}

/// What a source says.
#[must_use]
pub fn says(evidence: &Evidence<'_>) -> String {
    match evidence {
        Evidence::Message(reason) => message(reason),
        Evidence::Record(evaluation) => record(evaluation),
        Evidence::Decoded(decoded) => decoded_message(decoded),
        Evidence::Simulator(statement) => simulator::says(statement),
        Evidence::Evaluation { decision, policies, statements } => format!(
            "{} over {} and {}",
            noun(*decision),
            counted(*policies, "policy", "policies"),
            counted(*statements, "statement", "statements")
        ),
    }
}

/// What a source cannot see.
#[must_use]
pub const fn limits(evidence: &Evidence<'_>) -> &'static str {
    match evidence {
        Evidence::Message(_) => "it names one policy type even when several deny, and not how many policies",
        Evidence::Record(_) => "the request as it was; the policies may have changed since",
        Evidence::Decoded(_) => "it names statements, not the policies that hold them",
        Evidence::Simulator(statement) => simulator::limits(statement),
        Evidence::Evaluation { .. } => {
            "the policies as they were collected, not as they were when the request was made; settings that are no \
             policies (S3 Block Public Access, KMS grants) are not evaluated"
        }
    }
}

fn message(reason: &Reason) -> String {
    let effect = match reason.effect {
        ReasonEffect::ExplicitDeny => "an explicit deny",
        ReasonEffect::ImplicitDeny => "a missing allow",
        ReasonEffect::Unknown => "a denial without a reason",
    };
    let named = reason.policy_type.map_or_else(String::new, |named| format!(" in the {named}"));
    let arn = reason.policy_arn.as_ref().map_or_else(String::new, |arn| format!(": {arn}"));
    format!("{effect}{named}{arn}")
}

fn record(evaluation: &RecordedEvaluation) -> String {
    let resource = if evaluation.resource.is_empty() { "no resource" } else { &evaluation.resource };
    let mut says = format!("{} for {} on {resource}", evaluation.effect, evaluation.action);
    for denied in &evaluation.denied_by {
        let statement = denied.sid.as_ref().map_or_else(String::new, |sid| format!(", statement `{sid}`"));
        let policy = denied.policy.as_ref().map_or_else(String::new, |policy| format!(" {policy}"));
        let at = denied.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
        let what = if denied.explicit { "denied by" } else { "not allowed by any" };
        let _ = write!(says, "; {what} {}{policy}{at}{statement}", denied.policy_type);
    }
    says
}

fn decoded_message(decoded: &Decoded) -> String {
    let effect = if decoded.explicit_deny { "an explicit deny" } else { "an implicit deny" };
    let action = decoded.action.as_deref().map_or_else(String::new, |action| format!(" of {action}"));
    let resource = decoded.resource.as_deref().map_or_else(String::new, |resource| format!(" on {resource}"));
    let statements = match decoded.statements.as_slice() {
        [] => String::new(),
        sids => format!("; matched: {}", sids.join(", ")),
    };
    format!("{effect}{action}{resource}{statements}")
}
