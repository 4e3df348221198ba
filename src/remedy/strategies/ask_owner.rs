//! `ask-owner`: where a statement would allow the request but for what it demands, how to bring that, or whom to ask for it.

use super::super::attempt::kept_of;
use super::super::for_service;
use super::super::kept::Kept;
use super::super::request_change::{NewValue, RequestChange, is_weaker};
use super::super::{Owner, Remedy, RemedyId, Step, Title};
use super::change_request::{self, advised, can_carry, demanded, is_of_caller, is_told_by_call};
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::DenialContext;
use crate::iam::{Condition, ConditionKey, ContextValue, DeterminedBy, Lever, OperatorKind};

pub(in crate::remedy) const STRATEGY: Strategy = Strategy { id: "ask-owner", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    situation.is_blocked() && !situation.has(&change_request::STRATEGY)
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let missing = situation.diagnosis.blockers.iter().filter(|blocker| !blocker.is_explicit());
    let kept = missing.filter_map(|blocker| kept_of(case.request, case.evaluation, blocker));
    kept.filter(|kept| kept.is_gate).find_map(|kept| advise(case, &kept))
}

/// What the request would have to bring so that a statement allows it, or whom to ask, where a proof is not to be had.
fn advise(case: &DenialContext<'_>, kept: &Kept) -> Option<Remedy> {
    if !kept.is_bypassed() {
        return None;
    }
    let unmet = kept.unmet();
    // where one of several lines did not hold, and nothing tells which, none of them is the one to change; those of the caller can all be met
    let untold = kept.untold(&case.request.context);
    let several = untold.iter().any(|line| untold.first().is_some_and(|first| first.folded_key != line.folded_key));
    let of_caller = untold.iter().all(|line| is_of_caller(line, case));
    if several && !of_caller && unmet.iter().all(|condition| untold.contains(condition)) {
        return Some(tell(case, kept, &untold));
    }
    // what a service calls for is what its customer has set up: the owner of the resource lets it in, or not
    let of_service = for_service::service(case.request).is_some();
    // with other values it would be another call; the owner of the policy lets this one in, or not
    if !unmet.is_empty() && unmet.iter().all(|condition| is_told_by_call(condition, case)) {
        return None;
    }
    if of_service && !unmet.is_empty() && unmet.iter().all(|condition| is_of_service(condition)) {
        return None;
    }
    let for_others = |condition: &&Condition| !is_of_caller(condition, case) || is_over(condition);
    let asked: Vec<&Condition> = unmet.iter().copied().filter(for_others).collect();
    if asked.is_empty() && kept.variables.is_empty() {
        let changes: Vec<RequestChange> = unmet.iter().map(|condition| demanded(condition)).collect();
        let weakens =
            |change: &RequestChange| matches!(&change.to, NewValue::Value(value) if is_weaker(&change.key, value));
        // whoever allows only less protection is asked about it, and nobody does without it
        return if changes.iter().any(weakens) { Some(ask(case, kept, &unmet)) } else { Some(advised(case, &changes)) };
    }
    Some(ask(case, kept, &asked))
}

/// What has to be told first, with what each line asks for.
fn tell(case: &DenialContext<'_>, kept: &Kept, lines: &[&Condition]) -> Remedy {
    let context = &case.request.context;
    let mut keys: Vec<String> = Vec::new();
    for key in lines.iter().flat_map(|line| std::iter::once(line.key.as_str()).chain(line.variable_keys())) {
        let known = keys.iter().any(|other| other.eq_ignore_ascii_case(key));
        if !known && *context.told(key) == ContextValue::Unknown {
            keys.push(key.to_owned());
        }
    }
    let steps = lines.iter().map(|line| Step::MeetCondition {
        statement: kept.name(),
        policy: kept.policy.name.clone(),
        condition: Box::new((*line).clone()),
        value: context.told(&line.key).clone(),
    });
    let title = Title::GiveContext(keys);
    Remedy::advice(RemedyId::AskTheOwner, Owner::AccountAdmin, title, steps.collect())
}

/// Whether a line asks for a time that the request came too late for: time goes on only.
fn is_over(condition: &Condition) -> bool {
    use OperatorKind::{DateLessThan, DateLessThanEquals, NumericLessThan, NumericLessThanEquals};
    let is_time = ConditionKey::find(&condition.folded_key).is_some_and(|row| row.lever == Lever::Time);
    let ends = [DateLessThan, DateLessThanEquals, NumericLessThan, NumericLessThanEquals];
    is_time && condition.operator.kind.is_some_and(|kind| ends.contains(&kind))
}

/// Whether AWS sets the key where one of its services makes the call.
fn is_of_service(condition: &Condition) -> bool {
    ConditionKey::find(&condition.folded_key).is_some_and(|row| row.lever == Lever::ThroughService)
}

/// Whom to ask, where conditions are about the resource, the principal, or how AWS makes the call.
fn ask(case: &DenialContext<'_>, kept: &Kept, asked: &[&Condition]) -> Remedy {
    let context = &case.request.context;
    let (owner, title) = match (asked.first(), kept.variables.first()) {
        (Some(condition), _) => {
            let owner = ConditionKey::find(&condition.folded_key).map(|row| owner(row.determined_by));
            let missing = matches!(context.told(&condition.folded_key), ContextValue::Absent);
            let title = Title::AskAboutCondition { condition: Box::new((*condition).clone()), missing };
            (owner.unwrap_or(Owner::AccountAdmin), title)
        }
        (None, Some(miss)) => (Owner::AccountAdmin, Title::CheckVariable(miss.clone())),
        (None, None) => (Owner::AccountAdmin, Title::AskOwner),
    };
    let action = case.request.action.value();
    let conditions = asked.iter().map(|condition| match action {
        Some(action) if can_carry(case, &condition.key) == Some(false) => Step::NotOfAction {
            statement: kept.name(),
            policy: kept.policy.name.clone(),
            key: condition.key.clone(),
            action: action.clone(),
        },
        _ => Step::MeetCondition {
            statement: kept.name(),
            policy: kept.policy.name.clone(),
            condition: Box::new((*condition).clone()),
            value: context.told(&condition.key).clone(),
        },
    });
    let variables = kept.variables.iter().map(|miss| Step::CheckVariable {
        miss: miss.clone(),
        values: miss.keys.iter().map(|key| context.told(key).clone()).collect(),
    });
    Remedy::advice(RemedyId::AskTheOwner, owner, title, conditions.chain(variables).collect())
}

const fn owner(determined_by: DeterminedBy) -> Owner {
    match determined_by {
        DeterminedBy::Resource => Owner::ResourceOwner,
        DeterminedBy::Principal | DeterminedBy::Aws | DeterminedBy::Caller => Owner::AccountAdmin,
    }
}
