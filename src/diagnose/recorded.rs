//! What AWS's own record of the request says blocked it, beyond what the policies at hand show.

use super::blocker::{Blocker, BlockerWhy};
use super::context::DenialContext;
use crate::aws_evidence::{Record, Recorded, RecordedEvaluation};
use crate::deduce::Basis;

/// The recorded blockers that the policies at hand do not show: inline session policies, SCPs that cannot be read, policies of another
/// account, or policies that have changed since.
pub(super) fn blockers(case: &DenialContext<'_>, seen: &[Blocker]) -> Vec<Blocker> {
    let mut found: Vec<Blocker> = Vec::new();
    for recorded in of(case) {
        let known = |blocker: &Blocker| {
            blocker.policy_type.normalized() == recorded.policy_type.normalized()
                && blocker.is_explicit() == recorded.explicit
        };
        if seen.iter().any(known) {
            continue;
        }
        let blocker = Blocker {
            policy_type: recorded.policy_type,
            statement: None,
            explicit: recorded.explicit,
            target: recorded.target.clone(),
            searched: Vec::new(),
            why: BlockerWhy::Recorded(recorded.clone()),
            basis: Basis::Evaluated,
            implies: Vec::new(),
        };
        if !found.iter().any(|other| other.why == blocker.why) {
            found.push(blocker);
        }
    }
    found
}

/// What the record says of the denied action.
fn of<'a>(case: &DenialContext<'a>) -> impl Iterator<Item = &'a Recorded> {
    let action = case.request.action.value().map(|action| action.as_str().to_owned());
    let evaluations = case.answers.record.iter().flat_map(Record::denials);
    let about = move |evaluation: &&RecordedEvaluation| {
        action.as_ref().is_none_or(|action| action.eq_ignore_ascii_case(&evaluation.action))
    };
    evaluations.filter(about).flat_map(|evaluation| &evaluation.denied_by)
}
