//! `ask-unseen`: where everything at hand allows the request and only a policy that was not seen must allow it too, its owner is asked,
//! with the statement that would do.

use super::super::assumption::{Needed, PolicyAssumption};
use super::super::attempt::attempt;
use super::super::narrow::{Style, Values};
use super::super::{Owner, Remedy, RemedyId, Step, Title, WhyNot};
use super::strategy::{Drafts, Grant, Situation, Strategy};
use crate::denial::ReasonEffect;
use crate::evaluate::Decision;
use crate::iam::PolicyType;

pub(super) const STRATEGY: Strategy = Strategy { id: "ask-unseen", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    let told = situation.has(&super::add_unseen::STRATEGY) || situation.has(&super::owned_by_aws::STRATEGY);
    situation.nothing_blocks() && !told
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    // nobody is told to allow what AWS says is denied, nor what may be denied for a reason
    let denied = case.denial.reason.effect == ReasonEffect::ExplicitDeny || case.secret_seen;
    // nor is anything given to somebody who is not there
    let gone = [PolicyType::ResourceBased, PolicyType::VpcEndpoint].iter().any(|of| case.is_gone(*of));
    if denied || gone || case.caller_is_nowhere() || case.evaluation.decision != Decision::Undetermined {
        return None;
    }
    let attempt = attempt(case, Some(situation.diagnosis), (Style::Exact, Values::Own), Grant::Statement, None).ok()?;
    let known =
        |assumption: &PolicyAssumption| assumption.contradicted || assumption.policy_type != PolicyType::IdentityBased;
    let all = !attempt.assumptions.is_empty() && attempt.assumptions.iter().all(known);
    (attempt.bench.edits().is_empty() && all).then(|| ask_the_unseen(&attempt.assumptions))
}

/// Nothing at hand is to be changed: the owner of the other policy is asked, with the statement that would do.
pub(in crate::remedy) fn ask_the_unseen(assumptions: &[PolicyAssumption]) -> Remedy {
    let owner = assumptions.first().map_or(Owner::ResourceOwner, |assumption| assumption.owner);
    let account = assumptions.first().and_then(|assumption| assumption.account.clone());
    let title = match assumptions {
        [PolicyAssumption { needed: Needed::OwnAllow { caller, .. }, .. }] => {
            Title::AddToCaller { caller: caller.clone() }
        }
        _ => Title::AskUnseen { owner, account },
    };
    Remedy {
        calls: assumptions.iter().flat_map(|assumption| assumption.how_to_see.clone()).collect(),
        why_not: vec![WhyNot::NotSeen],
        ..Remedy::advice(
            RemedyId::Ask,
            owner,
            title,
            assumptions.iter().flat_map(steps).chain([Step::BeSure]).collect(),
        )
    }
}

fn steps(assumption: &PolicyAssumption) -> impl Iterator<Item = Step> {
    let statement = assumption.statement.clone().map(Step::AddStatement);
    std::iter::once(Step::Needed(Box::new(assumption.clone()))).chain(statement)
}
