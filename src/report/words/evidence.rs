//! What is not known and decides, and what each source of evidence says.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::decision::noun;
use super::gap::gap_subject;
use super::list::{any_of, counted};
use super::simulator;
use crate::aws_evidence::{Decoded, NotAsked, NotUsed, RecordedEvaluation, Trail, TrailMatch, TrailRecord};
use crate::denial::{Reason, ReasonEffect};
use crate::diagnose::{ElementChange, Now, ThenAndNow};
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
        Evidence::Then(one) => then_and_now(one),
        Evidence::Decoded(decoded) => decoded_message(decoded),
        Evidence::Trail(trail) => event_history(trail),
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
pub fn limits(evidence: &Evidence<'_>) -> Cow<'static, str> {
    Cow::Borrowed(match evidence {
        Evidence::Message(_) => "it names one policy type even when several deny, and not how many policies",
        Evidence::Record(_) => "the request as it was; the policies may have changed since",
        Evidence::Then(_) => {
            "the policy as it was; actions of other services can be left out, so it is no document to change"
        }
        Evidence::Decoded(_) => "it names statements, not the policies that hold them",
        Evidence::Trail(_) => "management events of the last 90 days in one Region, some minutes after they happened",
        Evidence::Simulator(statement) => return Cow::Owned(simulator::limits(statement)),
        Evidence::Evaluation { .. } => {
            "the policies as they were collected, not as they were when the request was made; settings that are no \
             policies (S3 Block Public Access, KMS grants) are not evaluated"
        }
    })
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

/// The statement that denied, and what the policy says now.
pub(super) fn then_and_now(one: &ThenAndNow) -> String {
    let statement = one.sid.as_ref().map_or_else(|| "the statement".to_owned(), |sid| format!("statement `{sid}`"));
    let denied = format!("{statement} of {} {} that denied the request", one.policy_type, one.policy);
    let was = one.statement.as_ref().map_or_else(String::new, |text| format!("; it was {text}"));
    match &one.now {
        Now::Same => format!("{denied} is the same now"),
        Now::Changed(changes) => {
            let changes: Vec<String> = changes.iter().map(element_change).collect();
            format!("{denied} has changed since: {}", changes.join("; "))
        }
        Now::Gone => format!("{denied} is no longer there{was}"),
        Now::NotSeen => format!("{denied}{}", was.replacen("; it", "", 1)),
        Now::Unclear => format!("{denied} cannot be told apart from others in the policy as it is now{was}"),
    }
}

fn element_change(change: &ElementChange) -> String {
    let place = [change.kind.as_deref(), change.key.as_deref()];
    let place: String = place.into_iter().flatten().flat_map(|part| [" ", part]).collect();
    let shown = |values: &[String]| if values.is_empty() { "nothing".to_owned() } else { values.join(", ") };
    format!("{}{place} was {}, and is {}", change.element, shown(&change.then), shown(&change.now))
}

fn event_history(trail: &Trail) -> String {
    let named = |record: &TrailRecord| format!("{} of {}", record.id, record.at);
    match trail {
        Trail::Record(record, by) => {
            let known = match by {
                TrailMatch::RequestId => "has the request id of this denial",
                TrailMatch::AuthorizationId => "has the authorization id of this denial",
                TrailMatch::OnlyAround => {
                    "is the only one of this caller, action and error around the time of the message"
                }
                TrailMatch::OnlyOfLastHour => {
                    "is the only one of this caller, action and error in the last hour; the text tells no time, so it can be of an \
                     earlier denial"
                }
            };
            format!("record {} {known}", named(record))
        }
        Trail::Candidates(records, why) => {
            let why = match why {
                NotUsed::Several => "which of them is not known",
                NotUsed::MayBeMore => "there may be more records than were read",
                NotUsed::CallerNotNamed => "the text does not name the caller",
            };
            let records: Vec<String> = records.iter().map(named).collect();
            format!("no record is used: {why}; it can be {}", any_of(&records))
        }
        Trail::Nothing { region, from, to, complete } => {
            let read = if *complete { "" } else { " among the newest hundred" };
            format!("no record of this denial{read} in {region} from {from} to {to}")
        }
        Trail::NotAsked(NotAsked::DataEvent) => {
            "not asked: this is a data event, which the event history does not hold; a trail that logs data events does"
                .to_owned()
        }
        Trail::NotAsked(NotAsked::TooOld) => {
            "not asked: records are kept for 90 days, and this denial is older".to_owned()
        }
        Trail::NotAsked(NotAsked::Limit) => "not asked: enough was asked for the denials before this one".to_owned(),
    }
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
