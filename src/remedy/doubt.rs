//! What a text that was edited or damaged does to remedies: nothing is granted about which it contradicts itself, and nothing that it may
//! have changed is safe.

use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};
use crate::diagnose::DenialContext;
use crate::report::words::denial as words;

/// Where the text contradicts itself about what would be granted: first find out what was denied.
pub(super) fn confirm_first(case: &DenialContext<'_>) -> Option<Remedy> {
    let parts = case.unconfirmed();
    if parts.is_empty() {
        return None;
    }
    let names: Vec<&str> = parts.iter().map(|part| part.noun()).collect();
    let options: Vec<&str> = parts.iter().filter_map(|part| part.option()).collect();
    let signs = case.denial.damage.iter().filter(|damage| !damage.unconfirmed(case.confirmed).is_empty());
    Some(Remedy {
        id: RemedyId::ConfirmTheText,
        title: Title::Text(format!("find out the {} first: the text contradicts itself about what was denied", names.join(" and the "))),
        owner: Owner::Caller,
        disposition: Disposition::Refused,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: Vec::new(),
        steps: vec![
            Step::Text("get the message from where it was first written: the output of the call, its log, or its CloudTrail record".to_owned()),
            Step::Text(format!("or say what was denied, and run again with {}", options.join(" "))),
        ],
        why_not: vec![WhyNot::Text(format!(
            "no change is offered for a request that nobody can have made as the text has it; {}",
            signs.map(words::damage).collect::<Vec<_>>().join("; ")
        ))],
    })
}

/// No remedy is safe that rests on a text of which a part may be wrong, even where the reader has given that part.
pub(super) fn lower(case: &DenialContext<'_>, remedies: &mut [Remedy]) {
    let signs = case.denial.damage.iter().filter(|damage| !damage.parts().1.is_empty());
    let Some(sign) = signs.map(words::damage).next() else { return };
    for remedy in remedies.iter_mut().filter(|remedy| remedy.disposition == Disposition::Safe) {
        remedy.disposition = Disposition::NeedsReview;
        remedy
            .why_not
            .insert(0, WhyNot::Text(format!("compare it with the message where it was first written: {sign}")));
    }
}
