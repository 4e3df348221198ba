//! `confirm-text`: where the text contradicts itself about what would be granted, find out first what was denied.

use super::super::{Disposition, Owner, Remedy, RemedyId, Step, Title, WhyNot};
use super::strategy::{Drafts, Situation, Strategy};

pub(super) const STRATEGY: Strategy =
    Strategy { id: "confirm-text", applies: |situation| situation.is_unconfirmed(), drafts: Drafts::Advice(draft) };

#[expect(clippy::unnecessary_wraps, reason = "every strategy has this signature; this one always drafts")]
fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let parts = case.unconfirmed();
    let signs = case.denial.damage.iter().filter(|damage| !damage.unconfirmed(case.confirmed).is_empty());
    let steps = vec![Step::GetOriginalMessage, Step::GiveParts(parts.clone())];
    Some(Remedy {
        disposition: Disposition::Refused,
        why_not: vec![WhyNot::Contradiction(signs.cloned().collect())],
        ..Remedy::advice(RemedyId::ConfirmTheText, Owner::Caller, Title::ConfirmText(parts), steps)
    })
}
