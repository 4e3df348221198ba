//! Denials of one input that contradict one another: two reasons for the same request, or two principals with the same request id.

use std::collections::BTreeMap;

use super::damage::{Damage, Part};
use super::facts::{Denial, DenialKind, ReasonEffect};
use crate::iam::{Arn, Principal};

/// Marks both denials of each pair that cannot both be true.
pub(super) fn mark(denials: &mut [Denial]) {
    if denials.len() < 2 {
        return;
    }
    let mut found: Vec<(usize, Damage)> = Vec::new();
    let mut both = |first: usize, second: usize, part: Part, same_id: bool| {
        let line = |index: usize| denials.get(index).map_or(1, |denial| denial.line);
        found.push((first, Damage::OtherDenial { line: line(second), part, same_id }));
        found.push((second, Damage::OtherDenial { line: line(first), part, same_id }));
    };
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_request: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for (index, denial) in denials.iter().enumerate().filter(|(_, denial)| denial.kind == DenialKind::IamDenial) {
        for id in &denial.request_ids {
            let first = *by_id.entry(id).or_insert(index);
            if let Some(other) = denials.get(first).filter(|_| first != index) {
                if other_principal(other, denial) {
                    both(first, index, Part::Principal, true);
                } else if same_request(other, denial) && other_reason(other, denial) {
                    both(first, index, Part::Reason, true);
                }
            }
        }
        let Some(request) = request(denial) else { continue };
        let first = *by_request.entry(request).or_insert(index);
        // two requests that each have an id of their own are two requests: the policies may have changed between them
        let other = denials.get(first).filter(|_| first != index);
        if let Some(other) = other.filter(|other| other.request_ids.is_empty() || denial.request_ids.is_empty())
            && other_reason(other, denial)
        {
            both(first, index, Part::Reason, false);
        }
    }
    for (index, damage) in found {
        if let Some(denial) = denials.get_mut(index) {
            denial.add_damage(damage);
        }
    }
}

/// Who asked for what on what, the session included: another session may have other policies.
fn request(denial: &Denial) -> Option<(&str, &str, &str)> {
    Some((denial.principal.as_ref()?.as_str(), denial.action.as_ref()?.folded(), denial.resource.as_deref()?))
}

fn same_request(one: &Denial, other: &Denial) -> bool {
    request(one).is_some_and(|asked| Some(asked) == request(other))
}

/// Two principals that are both whole ARNs. A copy of a record in the account of the resource names less.
fn other_principal(one: &Denial, other: &Denial) -> bool {
    let whole = |denial: &Denial| denial.principal.as_ref().and_then(|who| who.as_str().parse::<Arn>().ok());
    whole(one).zip(whole(other)).is_some_and(|(one, other)| one != other)
}

/// Two reasons that cannot both be the one that AWS reports.
fn other_reason(one: &Denial, other: &Denial) -> bool {
    let (left, right) = (&one.reason, &other.reason);
    let types =
        left.policy_type.zip(right.policy_type).is_some_and(|(left, right)| left.normalized() != right.normalized());
    let effects =
        left.effect != right.effect && left.effect != ReasonEffect::Unknown && right.effect != ReasonEffect::Unknown;
    // of several policies of one type that deny, AWS names any
    types || effects
}

/// Whether the record names another caller than its message. A message that was cut or masked names nobody else.
pub(super) fn principal_of_record(message: &Principal, record: &Principal) -> Option<Damage> {
    let (said, own) = (message.as_str().parse::<Arn>().ok()?, record.as_str().parse::<Arn>().ok()?);
    let masked = |text: &str| text.contains(['*', '<', '{', '[', '…']) || text.contains("...") || text.contains("xxx");
    if said == own || masked(said.as_str()) || masked(own.as_str()) {
        return None;
    }
    Some(Damage::PrincipalOfRecord { record: own.as_str().to_owned() })
}
