//! Contradictions between what AWS said, what its simulator says and what the policies say.

use super::decision::noun;
use super::simulator::no_value;
use crate::diagnose::{Disagreement, SimulatorDiffers, UnknownAction};
use crate::iam::PolicyType;
use crate::infer::Otherwise;

/// The contradiction, with what may explain it.
#[must_use]
pub fn disagreement(disagreement: &Disagreement) -> String {
    match disagreement {
        Disagreement::GivenOtherwise(Otherwise { part, said, given }) => {
            let option = part.option().and_then(|option| option.split(' ').next()).unwrap_or_default();
            format!(
                "the text says {} {said}, {option} says {given}: the answer is about {given}, and AWS's reason, which is about \
                 another request, is not used",
                part.noun()
            )
        }
        Disagreement::NoSuchAction { action, what } => {
            format!("the text asks for `{action}`, which {}, it cannot be allowed", unknown_action(what))
        }
        Disagreement::NoSuchDeny { policy_arn: Some(arn), .. } => reported(&format!(
            "an explicit deny in {arn}, but no statement of it that was seen denies this"
        )),
        Disagreement::NoSuchDeny { policy_type, policy_arn: None } => {
            reported(&format!("an explicit deny in {}, but none that was seen denies this", policy_type.with_article()))
        }
        Disagreement::AllowFound { policy_type } => {
            reported(&format!("that no {policy_type} allows this, but one that was seen does, or none is needed"))
        }
        Disagreement::AllowedNow => {
            "AWS denied the request, but these policies allow it: they have changed since, or a policy that was not seen \
             blocks it."
                .to_owned()
        }
        Disagreement::SimulatedRemedy { remedy, simulator, missing_context } => format!(
            "AWS's simulator says {} with {remedy} in place, these policies say allowed{}: find out why before you apply \
             it",
            noun(*simulator),
            no_value(missing_context)
        ),
        Disagreement::Simulated { simulator, policies, because } => format!(
            "AWS's simulator says {}, these policies say {}: {}",
            noun(*simulator),
            noun(*policies),
            because.iter().map(differs).collect::<Vec<_>>().join("; ")
        ),
    }
}

fn reported(what: &str) -> String {
    format!("AWS reported {what}. The policies have changed since, are not all here, or belong to another principal.")
}

fn differs(why: &SimulatorDiffers) -> String {
    match why {
        SimulatorDiffers::Blind(types) => {
            let nouns: Vec<&str> = types.iter().copied().map(PolicyType::noun).collect();
            format!("the simulator does not see the {}", nouns.join(" or the "))
        }
        SimulatorDiffers::SeesServiceControl => {
            "the simulator sees the organization's SCPs, which were not seen here".to_owned()
        }
        SimulatorDiffers::MissingContext(keys) => format!("the simulator had no value for {}", keys.join(", ")),
        SimulatorDiffers::NotExplained => {
            "the policies may have changed in between; report it if they have not".to_owned()
        }
    }
}

/// What a name is that is no known action: `is the name of an API operation ...`.
#[must_use]
pub fn unknown_action(what: &UnknownAction) -> String {
    match what {
        UnknownAction::Operation { instead, page } => format!(
            "is the name of an API operation and no action of IAM ({} {} it, {page})",
            instead.join(" and "),
            if instead.len() == 1 { "permits" } else { "permit" }
        ),
        UnknownAction::Misspelled { nearest, as_of } => format!(
            "looks like {} and is not in the service reference of {as_of}: unless AWS has added it since",
            nearest.join(" or ")
        ),
        UnknownAction::MatchesNothing { as_of } => {
            format!("matches no action in the service reference of {as_of}: unless AWS has added one since")
        }
    }
}
