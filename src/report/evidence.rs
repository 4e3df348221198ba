//! Each source of evidence, what it says, and what it cannot see.

use std::fmt::Write as _;

use super::Report;
use super::model::{EvidenceModel, EvidenceSource};
use crate::denial::ReasonEffect;
use crate::evaluate::Decision;
use crate::iam::PolicyType;

/// The sources of a report, the strongest first.
pub(super) fn evidence(report: &Report) -> Vec<EvidenceModel> {
    let reason = &report.denial.reason;
    let named = reason.policy_type.map(PolicyType::noun);
    let effect = match reason.effect {
        ReasonEffect::ExplicitDeny => "an explicit deny",
        ReasonEffect::ImplicitDeny => "a missing allow",
        ReasonEffect::Unknown => "a denial without a reason",
    };
    let says = named.map_or_else(|| effect.to_owned(), |named| format!("{effect} in the {named}"));
    let mut all = vec![EvidenceModel {
        source: EvidenceSource::Message,
        says: match &reason.policy_arn {
            Some(arn) => format!("{says}: {arn}"),
            None => says,
        },
        limits: "it names one policy type even when several deny, and not how many policies".to_owned(),
    }];
    all.extend(from_aws(report));
    let set = &report.policies;
    let layers = [&set.identity, &set.boundary, &set.session, &set.resource, &set.vpc_endpoint];
    let hierarchies = [&set.service_control, &set.resource_control];
    let policies: usize = layers.iter().map(|layer| layer.policies.len()).sum::<usize>()
        + hierarchies.iter().flat_map(|hierarchy| &hierarchy.levels).map(|level| level.policies.len()).sum::<usize>();
    let statements: usize = report.evaluation.checks.iter().map(|check| check.outcomes.len()).sum();
    if policies > 0 {
        all.push(EvidenceModel {
            source: EvidenceSource::LocalEvaluation,
            says: format!(
                "{} over {} and {}",
                decision(report.evaluation.decision),
                counted(policies, "policy", "policies"),
                counted(statements, "statement", "statements")
            ),
            limits:
                "the policies as they were collected, not as they were when the request was made; settings that are no \
                     policies (S3 Block Public Access, KMS grants) are not evaluated"
                    .to_owned(),
        });
    }
    all
}

/// What AWS itself answered: its record of the request, a decoded message, the simulator.
pub(super) fn from_aws(report: &Report) -> Vec<EvidenceModel> {
    let mut all = Vec::new();
    for evaluation in report.answers.record.iter().flat_map(|record| &record.evaluations) {
        let resource = if evaluation.resource.is_empty() { "no resource" } else { &evaluation.resource };
        let mut says = format!("{} for {} on {resource}", evaluation.effect, evaluation.action);
        for denied in &evaluation.denied_by {
            let statement = denied.sid.as_ref().map_or_else(String::new, |sid| format!(", statement `{sid}`"));
            let policy = denied.policy.as_ref().map_or_else(String::new, |policy| format!(" {policy}"));
            let at = denied.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
            let what = if denied.explicit { "denied by" } else { "not allowed by any" };
            let _ = write!(says, "; {what} {}{policy}{at}{statement}", denied.policy_type);
        }
        all.push(EvidenceModel {
            source: EvidenceSource::AuthorizationDetails,
            says,
            limits: "the request as it was; the policies may have changed since".to_owned(),
        });
    }
    if let Some(decoded) = &report.answers.decoded {
        let effect = if decoded.explicit_deny { "an explicit deny" } else { "an implicit deny" };
        let action = decoded.action.as_deref().map_or_else(String::new, |action| format!(" of {action}"));
        let resource = decoded.resource.as_deref().map_or_else(String::new, |resource| format!(" on {resource}"));
        let statements = match decoded.statements.as_slice() {
            [] => String::new(),
            sids => format!("; matched: {}", sids.join(", ")),
        };
        all.push(EvidenceModel {
            source: EvidenceSource::DecodedMessage,
            says: format!("{effect}{action}{resource}{statements}"),
            limits: "it names statements, not the policies that hold them".to_owned(),
        });
    }
    all.extend(report.simulator_findings.said.iter().map(|(says, limits)| EvidenceModel {
        source: EvidenceSource::Simulator,
        says: says.clone(),
        limits: limits.clone(),
    }));
    all
}

/// A number with its noun.
fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A decision for a person.
pub(super) const fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicit deny",
        Decision::ImplicitDeny => "implicit deny",
        Decision::Undetermined => "undetermined",
    }
}
