//! Remedies that rest on a policy that nobody has seen: what to ask of its owner, and with which statement.

use super::assumption::PolicyAssumption;
use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};

/// Whether the remedy helps only if something holds that was not seen.
pub(super) fn is_conditional(remedy: &Remedy) -> bool {
    remedy.verification.as_ref().is_none_or(|verification| !verification.conditional_on.is_empty())
}

/// Nothing at hand is to be changed: the owner of the other policy is asked, with the statement that would do.
pub(super) fn ask_the_unseen(assumptions: &[PolicyAssumption]) -> Remedy {
    let owner = assumptions.first().map_or(Owner::ResourceOwner, |assumption| assumption.owner);
    let account = assumptions.first().and_then(|assumption| assumption.account.clone());
    Remedy {
        id: RemedyId::Ask,
        title: Title::AskUnseen { owner, account },
        owner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: assumptions.iter().flat_map(|assumption| assumption.how_to_see.clone()).collect(),
        steps: assumptions.iter().flat_map(steps).collect(),
        why_not: vec![WhyNot::NotSeen],
    }
}

fn steps(assumption: &PolicyAssumption) -> impl Iterator<Item = Step> {
    let statement = assumption.statement.clone().map(Step::AddStatement);
    std::iter::once(Step::Needed(Box::new(assumption.clone()))).chain(statement)
}
