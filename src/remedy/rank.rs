//! The order in which remedies are shown, and what each of them owes to the others.

use super::strategies::{ASK_OWNER, MISTAKEN_CALL, Situation};
use super::wider::{Proved, drop_wider};
use super::{Disposition, Remedy, RemedyId, WhyNot};
use crate::diagnose::{DenialContext, Diagnosis};

/// All remedies in order: advice in the order of its strategies, and among it the edits, the best first.
pub(super) fn ranked(situation: Situation<'_>) -> Vec<Remedy> {
    let of_caller = situation.advice.iter().any(|(_, remedy)| remedy.id == RemedyId::ChangeTheRequest);
    let request_can_change = of_caller || situation.has(&MISTAKEN_CALL);
    let Situation { case, advice, mut proved, obstacles, edits_at, .. } = situation;
    drop_wider(&mut proved);
    let mut edits = best_first(proved);
    if request_can_change {
        edits.iter_mut().for_each(prefer_the_request);
    }
    let explain = |(id, remedy)| {
        let mut remedy: Remedy = remedy;
        if edits.is_empty() && id == ASK_OWNER.id {
            remedy.why_not = obstacles.iter().cloned().map(WhyNot::CannotFix).collect();
        }
        remedy
    };
    let mut all: Vec<Remedy> = advice.into_iter().map(explain).collect();
    let at = edits_at.unwrap_or(all.len());
    all.splice(at..at, edits);
    doubt(case, &mut all);
    all
}

/// The edits in the order in which they are shown, numbered.
fn best_first(mut proved: Vec<Proved>) -> Vec<Remedy> {
    // one part of a call is no use without the others
    proved.sort_by_key(|Proved { whole, remedy, .. }| {
        let proof = remedy.verification.as_ref();
        let alone = proof.is_some_and(|proof| proof.only_this_access);
        let exact = proof.is_some_and(|proof| proof.exactly_minimal);
        (remedy.is_conditional(), !whole, !alone, !exact, remedy.disposition, remedy.edits.len())
    });
    let mut proved: Vec<Remedy> = proved.into_iter().map(|proved| proved.remedy).collect();
    for (number, remedy) in proved.iter_mut().filter(|remedy| !remedy.edits.is_empty()).enumerate() {
        remedy.id = RemedyId::Edits(number + 1);
    }
    proved
}

/// A policy that asks for something of the request is there for a reason: to go around it needs one too.
fn prefer_the_request(remedy: &mut Remedy) {
    remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
    if remedy.why_not.is_empty() {
        remedy.why_not.push(WhyNot::RequestCanChange);
    }
}

/// Where AWS named what the policies that were seen do not show, an edit is not all that is needed.
pub(super) fn beside_what_aws_named(diagnosis: &Diagnosis, remedies: &mut [Remedy]) {
    let Some((explicit, policy_type)) = diagnosis.unseen_that_aws_named() else { return };
    for remedy in remedies.iter_mut().filter(|remedy| !remedy.edits.is_empty()) {
        remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
        remedy.why_not.insert(0, WhyNot::AwsNamedAnother { explicit, policy_type });
    }
}

/// No remedy is safe that rests on a text of which a part may be wrong, even where the reader has given that part.
fn doubt(case: &DenialContext<'_>, remedies: &mut [Remedy]) {
    let Some(sign) = case.denial.damage.iter().find(|damage| !damage.parts().1.is_empty()) else { return };
    for remedy in remedies.iter_mut().filter(|remedy| remedy.disposition == Disposition::Safe) {
        remedy.disposition = Disposition::NeedsReview;
        remedy.why_not.insert(0, WhyNot::CompareText(sign.clone()));
    }
}
