//! `no-longer-asked`: the denial of an action that AWS does not ask about any more: no policy has to change for it.
//!
//! <https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_troubleshoot.html>

use super::super::{Disposition, Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::iam::is_no_longer_asked;

pub(super) const STRATEGY: Strategy = Strategy { id: "no-longer-asked", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    let asked = situation.case.request.action.value().is_some_and(is_no_longer_asked);
    asked && situation.nothing_blocks() && !situation.case.secret_seen
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let action = situation.case.request.action.value()?.clone();
    let steps = vec![Step::OwnActionsOfCall, Step::DenyByMcpKey];
    let advice = Remedy::advice(RemedyId::ChangeTheRequest, Owner::Caller, Title::NoLongerAsked(action), steps);
    Some(Remedy { disposition: Disposition::Safe, ..advice })
}
