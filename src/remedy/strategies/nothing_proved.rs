//! `nothing-proved`: no change of the policies at hand makes the request allowed; who to ask, and why.

use super::super::cannot_fix::CannotFix;
use super::super::{Disposition, Owner, Remedy, RemedyId, Step, Title, WhyNot};
use super::strategy::{Drafts, Situation, Strategy};
use crate::diagnose::Blocker;
use crate::iam::{PolicyOrigin, PolicyType};

pub(super) const STRATEGY: Strategy = Strategy { id: "nothing-proved", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    let told = [
        super::change_request::STRATEGY,
        super::ask_owner::STRATEGY,
        super::other_provider::STRATEGY,
        super::owned_by_aws::STRATEGY,
        super::provision::STRATEGY,
        super::provision::ADD,
    ];
    let advised = told.iter().any(|strategy| situation.has(strategy));
    situation.is_blocked() && situation.proved.is_empty() && !advised
}

#[expect(clippy::unnecessary_wraps, reason = "every strategy has this signature; this one always drafts")]
fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let blockers = &situation.diagnosis.blockers;
    let owner = blockers.first().map_or(Owner::AccountAdmin, |blocker| owner(situation, blocker));
    let guards = situation.obstacles.iter().filter_map(|obstacle| match obstacle {
        CannotFix::Guardrail { guard, .. } => Some(guard.as_ref()),
        _ => None,
    });
    let guard = guards.clone().next();
    let about = blockers.iter().map(|blocker| Step::About(Box::new(blocker.clone())));
    let steps = guards.flat_map(Step::of_guardrail).chain(about).collect();
    // what the reader can give comes before whom to ask
    let shapes = situation.obstacles.iter().find_map(|obstacle| match obstacle {
        CannotFix::NoResource(shapes) | CannotFix::ResourcePattern(shapes) | CannotFix::StarTooWide(_, shapes) => {
            Some(Title::GiveResource(shapes.clone()))
        }
        _ => None,
    });
    let ended = situation.obstacles.iter().find_map(|obstacle| match obstacle {
        CannotFix::TooMany(most) => Some(Title::SearchEnded(*most)),
        _ => None,
    });
    let title = guard.and_then(Title::of_guardrail).or(shapes).or(ended).unwrap_or(Title::Ask(owner));
    Some(Remedy {
        disposition: if guard.is_some() { Disposition::Refused } else { Disposition::NeedsReview },
        why_not: situation.obstacles.iter().cloned().map(WhyNot::CannotFix).collect(),
        ..Remedy::advice(RemedyId::Ask, owner, title, steps)
    })
}

/// Who can change what blocks the request. What a permission set gives is changed there, and which policies of AWS it has; a managed policy of
/// the account that it names is one of the account.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html>
fn owner(situation: &Situation<'_>, blocker: &Blocker) -> Owner {
    let of_set = situation.case.request.principal.value().is_some_and(|caller| caller.permission_set().is_some());
    let origin = blocker.statement.as_ref().map(|statement| statement.policy.origin);
    if of_set && blocker.policy_type == PolicyType::IdentityBased && origin != Some(PolicyOrigin::CustomerManaged) {
        return Owner::IdentityCenterAdmin;
    }
    blocker.policy_type.row().owner
}
