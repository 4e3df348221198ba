//! Remedies where not everything about the request is known: tried on one case that agrees with AWS's verdict, then asked about in all.

use std::sync::Arc;

use super::draft::{Draft, edited};
use super::request_change::NewValue;
use super::{Disposition, Edit, Remedy, Title};
use crate::deduce::{Basis, Deduction, InCases, Verdict, deduce_beside};
use crate::diagnose::{Blocker, DenialContext, Diagnosis, diagnose};
use crate::evaluate::{Decision, Evaluation, evaluate, settle};
use crate::iam::{PolicySet, Request};

/// The remedies of `propose` for a case of which AWS's words tell more than is known otherwise; the others go through unchanged.
pub(super) fn in_agreeing_cases(
    case: &DenialContext<'_>,
    diagnosis: &Diagnosis,
    propose: fn(&DenialContext<'_>, &Diagnosis) -> Vec<Remedy>,
) -> Vec<Remedy> {
    let seen = Draft::new(case.policies).policies;
    let Some(supposed) = case.deduction.suppose(case.request, &seen) else {
        return propose(case, diagnosis);
    };
    let evaluation = evaluate(&supposed, case.policies);
    if evaluation.decision == Decision::Undetermined {
        return propose(case, diagnosis);
    }
    // where the policies deny whatever is not known, a supposition serves only where nothing is proved without one
    if case.deduction.is_only_of_what_remains() {
        let known = propose(case, diagnosis);
        let is_proved = |remedies: &[Remedy]| remedies.iter().any(|remedy| remedy.verification.is_some());
        if supposed == *case.request || is_proved(&known) {
            return known;
        }
        let found = on_one_case(case, diagnosis, propose, (&seen, &supposed, &evaluation));
        return if is_proved(&found) { found } else { known };
    }
    on_one_case(case, diagnosis, propose, (&seen, &supposed, &evaluation))
}

/// The remedies for one case that agrees, each with the cases in which it helps.
fn on_one_case(
    case: &DenialContext<'_>,
    diagnosis: &Diagnosis,
    propose: fn(&DenialContext<'_>, &Diagnosis) -> Vec<Remedy>,
    (seen, supposed, evaluation): (&PolicySet, &Request, &Evaluation),
) -> Vec<Remedy> {
    let one = DenialContext { request: supposed, evaluation, deduction: Deduction::nothing(), ..*case };
    let mut found = diagnose(&one);
    // a changed request has to meet all that may have matched
    let same = |known: &Blocker, other: &Blocker| match (&known.statement, &other.statement) {
        (Some(known), Some(other)) => Arc::ptr_eq(&known.policy, &other.policy) && known.index == other.index,
        _ => false,
    };
    for blocker in diagnosis.blockers.iter().filter(|blocker| blocker.basis == Basis::Possible) {
        if !found.blockers.iter().any(|known| same(known, blocker)) {
            found.blockers.push(blocker.clone());
        }
    }
    let verdict = Verdict::of(case.denial).map(|verdict| verdict.by_settings(case.request, case.snapshot));
    let mut remedies = propose(&one, &found);
    let mut without = None;
    for remedy in &mut remedies {
        let policies = edited(seen, &remedy.edits);
        let Some(proof) = &mut remedy.verification else { continue };
        // these are about requests and policies of their own: they hold where they are found without a supposition
        let own =
            matches!(remedy.title, Title::WholeCall { .. } | Title::OutOfRegionLock { .. } | Title::Provision { .. });
        if own || !proof.conditional_on.is_empty() {
            let without = without.get_or_insert_with(|| propose(case, diagnosis));
            let same = |other: &Remedy| {
                let titled = !other.edits.is_empty() || other.title == remedy.title;
                other.verification.is_some() && titled && texts(&other.edits).eq(texts(&remedy.edits))
            };
            if !without.iter().any(same) {
                proof.in_cases = InCases::Some;
                proof.decision_after = Decision::Undetermined;
                remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
            }
            continue;
        }
        let asked = remedy.title.changed(case.request);
        let DenialContext { request, evaluation, reference, .. } = *case;
        let finer = deduce_beside(request, case.policies, evaluation, verdict.as_ref(), Some(&policies), reference);
        proof.in_cases = finer.in_cases(&asked, supposed, &policies);
        if proof.in_cases != InCases::Every {
            proof.decision_after = Decision::Undetermined;
            remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
        }
    }
    remedies
}

fn texts(edits: &[Edit]) -> impl Iterator<Item = &str> {
    edits.iter().map(|edit| edit.after.document.source.text())
}

impl Title {
    /// The request as the remedy would have it.
    fn changed(&self, request: &Request) -> Request {
        let Self::ChangeRequest(changes) = self else { return request.clone() };
        let mut request = request.clone();
        for change in changes {
            if let NewValue::Value(value) = &change.to {
                request.context.set_one(&change.key, value);
            }
        }
        settle(&mut request.context, &changes.iter().map(|change| change.key.as_str()).collect::<Vec<_>>());
        request
    }
}
