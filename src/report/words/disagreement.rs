//! Contradictions between what AWS said, what its simulator says and what the policies say.

use super::decision::noun;
use super::evidence::then_and_now;
use super::list::{all_of, any_of};
use super::request::{assumed_field, assumed_value, why_assumed};
use super::simulator::no_value;
use super::statement;
use crate::diagnose::{Disagreement, DisagreementReason, SimulatorDiffers, UnknownAction};
use crate::iam::{Action, AssumedField, AssumedValue, Assumption, PolicyType};
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
        Disagreement::NoSuchDeny { policy_arn: Some(arn), reasons, .. } => {
            reported(&format!("an explicit deny in {arn}, but no statement of it that was seen denies this"), reasons)
        }
        Disagreement::NoSuchDeny { policy_type, policy_arn: None, reasons } => reported(
            &format!(
                "an explicit deny in {}, but {}",
                policy_type.with_article(),
                none_or(reasons, "none that was seen denies this")
            ),
            reasons,
        ),
        Disagreement::DenyFound { policy_type, of, statement, reasons } => reported(
            &format!(
                "that no {policy_type} allows this, which it says only where nothing denies, but {} of {of} `{}` does",
                statement::name(&statement.name()),
                statement.policy.name
            ),
            reasons,
        ),
        Disagreement::AllowFound { policy_type, reasons } => {
            let but = none_or(reasons, "one that was seen does, or none is needed");
            reported(&format!("that no {policy_type} allows this, but {but}"), reasons)
        }
        Disagreement::AllowedNow { reasons } => {
            format!("AWS denied the request, but these policies allow it. {}", likely(reasons))
        }
        Disagreement::ChangedSince(one) => then_and_now(one),
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

fn reported(what: &str, reasons: &[DisagreementReason]) -> String {
    format!("AWS reported {what}. {}", likely(reasons))
}

/// What the policies say, where there are any.
fn none_or<'t>(reasons: &[DisagreementReason], seen: &'t str) -> &'t str {
    let none = reasons.iter().any(|reason| matches!(reason, DisagreementReason::NoneGiven(_)));
    if none { "there is none by what was given" } else { seen }
}

/// What may explain a disagreement, in order.
fn likely(reasons: &[DisagreementReason]) -> String {
    let all: Vec<String> = reasons.iter().map(reason).collect();
    format!("Most likely first: {}.", all.join("; "))
}

/// One explanation.
#[must_use]
pub fn reason(reason: &DisagreementReason) -> String {
    match reason {
        DisagreementReason::Edited => "the text is not as AWS wrote it".to_owned(),
        DisagreementReason::NoneGiven(policy_type) => {
            let option = policy_type
                .row()
                .none_option
                .map_or_else(String::new, |option| format!(": leave out {option} if you gave it"));
            format!("there is {} all the same{option}", policy_type.with_article())
        }
        DisagreementReason::Told(keys) => {
            let them = if keys.len() == 1 { "it" } else { "them" };
            format!(
                "the request did not carry what was given for {} (without {them}, the policies agree with AWS)",
                all_of(keys)
            )
        }
        DisagreementReason::ToldComplete => {
            "the request carried other keys than those given (without --context-complete, the policies agree with AWS)"
                .to_owned()
        }
        DisagreementReason::Guessed(guesses) => {
            let it = if guesses.len() == 1 { "it" } else { "them" };
            let given: Vec<String> = guesses.iter().map(guess).collect();
            format!("{} (without {it}, the policies agree with AWS)", given.join(", "))
        }
        DisagreementReason::AssumedOwner(account) => format!(
            "the resource does not belong to account {account}, which was assumed: give its owner with --resource-account ID"
        ),
        DisagreementReason::NotAttached(arn) => format!("{arn} does not apply to this principal now"),
        DisagreementReason::NotSeen(types) => {
            let names: Vec<String> = types.iter().map(|one| one.with_article()).collect();
            format!("{} that was not seen blocks it", any_of(&names))
        }
        DisagreementReason::Changed => "the policies have changed since".to_owned(),
        DisagreementReason::OtherPolicies => "they are those of another principal, resource or account".to_owned(),
    }
}

/// A value that was assumed and may be another.
fn guess(guess: &Assumption) -> String {
    let AssumedField::ContextKey(key) = &guess.field else { return assumed_field(&guess.field) };
    let was = match &guess.value {
        AssumedValue::Absent => "was in the request".to_owned(),
        value => format!("was not {}", assumed_value(value)),
    };
    format!("{key} {was}, as assumed ({}): give it with --context {key}=VALUE", why_assumed(guess))
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
        SimulatorDiffers::OrganizationKeys(keys) => {
            format!(
                "SCPs test {}, and the simulator does not tell which keys of an SCP it had no value for",
                keys.join(", ")
            )
        }
        SimulatorDiffers::Supposed(keys) => {
            format!("the simulator was asked with a value of {} that is only deduced", keys.join(", "))
        }
        SimulatorDiffers::NotExplained => {
            "the policies may have changed in between; report it if they have not".to_owned()
        }
    }
}

/// What to know of an answer about the name of an action that looks like another one's.
#[must_use]
pub fn asked_name(action: &Action, what: &UnknownAction) -> String {
    format!(
        "`{action}` {}. The answer is what the policies say of this name. If there is no such action, AWS allows it to nobody",
        unknown_action(what)
    )
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
            "looks like {} and is not in the service reference of {as_of}, unless AWS has added it since",
            nearest.join(" or ")
        ),
        UnknownAction::MatchesNothing { as_of } => {
            format!("matches no action in the service reference of {as_of}, unless AWS has added one since")
        }
    }
}
