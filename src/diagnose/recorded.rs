//! What AWS's own record of the request says blocked it, beyond what the policies at hand show.

use super::DenialContext;
use super::blocker::Blocker;
use crate::aws_evidence::{Record, Recorded};

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
            why: why(recorded),
        };
        if !found.iter().any(|other| other.why == blocker.why) {
            found.push(blocker);
        }
    }
    found
}

/// What the record says of the denied action.
pub(super) fn of<'a>(case: &DenialContext<'a>) -> impl Iterator<Item = &'a Recorded> {
    let action = case.request.action.value().map(|action| action.as_str().to_owned());
    let evaluations = case.answers.record.iter().flat_map(Record::denials);
    let about = move |evaluation: &&crate::aws_evidence::RecordedEvaluation| {
        action.as_ref().is_none_or(|action| action.eq_ignore_ascii_case(&evaluation.action))
    };
    evaluations.filter(about).flat_map(|evaluation| &evaluation.denied_by)
}

fn why(recorded: &Recorded) -> String {
    let at = recorded.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
    if !recorded.explicit {
        return format!("AWS's record: no {}{at} allows it", recorded.policy_type);
    }
    let statement = recorded.sid.as_ref().map_or_else(|| "a statement".to_owned(), |sid| format!("statement `{sid}`"));
    let policy = recorded.policy.as_ref().map_or_else(String::new, |policy| format!(" of {policy}"));
    let attached = match recorded.attached_to.as_slice() {
        [] => String::new(),
        arns => format!(", attached to {}", arns.join(" and ")),
    };
    format!(
        "AWS's record: {statement}{policy} ({}{attached}){at} denies it; the document is not at hand",
        recorded.policy_type
    )
}
