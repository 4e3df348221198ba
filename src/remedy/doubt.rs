//! What a text that was edited or damaged does to remedies: nothing is granted about which it contradicts itself, and nothing that it may
//! have changed is safe.

use super::advice;
use super::{Disposition, Owner, Remedy, RemedyId, Step, Title, WhyNot};
use crate::diagnose::DenialContext;

/// Where the text contradicts itself about what would be granted: first find out what was denied.
pub(super) fn confirm_first(case: &DenialContext<'_>) -> Option<Remedy> {
    let parts = case.unconfirmed();
    if parts.is_empty() {
        return None;
    }
    let signs = case.denial.damage.iter().filter(|damage| !damage.unconfirmed(case.confirmed).is_empty());
    let steps = vec![Step::GetOriginalMessage, Step::GiveParts(parts.clone())];
    Some(Remedy {
        disposition: Disposition::Refused,
        why_not: vec![WhyNot::Contradiction(signs.cloned().collect())],
        ..advice::remedy(RemedyId::ConfirmTheText, Owner::Caller, Title::ConfirmText(parts), steps)
    })
}

/// No remedy is safe that rests on a text of which a part may be wrong, even where the reader has given that part.
pub(super) fn lower(case: &DenialContext<'_>, remedies: &mut [Remedy]) {
    let Some(sign) = case.denial.damage.iter().find(|damage| !damage.parts().1.is_empty()) else { return };
    for remedy in remedies.iter_mut().filter(|remedy| remedy.disposition == Disposition::Safe) {
        remedy.disposition = Disposition::NeedsReview;
        remedy.why_not.insert(0, WhyNot::CompareText(sign.clone()));
    }
}
