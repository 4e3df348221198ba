//! Why something blocks the request.

use super::{implies, statement};
use crate::aws_evidence::Recorded;
use crate::deduce::Basis;
use crate::diagnose::{Blocker, BlockerWhy};
use crate::iam::{Action, PolicyType};

/// Why it blocks, in a sentence, with what follows from that for the request.
#[must_use]
pub fn why(blocker: &Blocker) -> String {
    let facts = implies::facts(&blocker.implies);
    let because = because(blocker);
    match blocker.basis {
        _ if facts.is_empty() => because,
        Basis::Evaluated | Basis::Deduced => format!("{because}; so {facts}"),
        Basis::Possible => format!("{because} if {facts}"),
    }
}

/// A second blocker, after the first one was said.
#[must_use]
pub fn also(blocker: &Blocker) -> String {
    match &blocker.why {
        BlockerWhy::NoAllow { .. } => {
            format!("no {}{} allows it", blocker.policy_type, at(blocker.target.as_deref()))
        }
        _ => why(blocker),
    }
}

/// How sure it is that a statement denied.
#[must_use]
pub const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Evaluated => "",
        Basis::Deduced => ", deduced from what AWS said",
        Basis::Possible => ", possibly",
    }
}

fn because(blocker: &Blocker) -> String {
    let policy_type = blocker.policy_type;
    let at = at(blocker.target.as_deref());
    match &blocker.why {
        BlockerWhy::Denied => match &blocker.statement {
            Some(statement) => {
                format!(
                    "{} of {policy_type} `{}` denies the request",
                    statement::name(&statement.name()),
                    statement.policy.name
                )
            }
            None => format!("a statement of {} denies the request", policy_type.with_article()),
        },
        BlockerWhy::NoAllow { action, also_denied } => format!(
            "{}no {policy_type}{at} allows {} on this resource",
            if *also_denied { "even without the Deny, " } else { "" },
            asked(action.as_ref())
        ),
        BlockerWhy::NotAllAllow { action } => format!(
            "every auth policy that applies must allow {} on this resource, and one does not",
            asked(action.as_ref())
        ),
        BlockerWhy::Recorded(recorded) if recorded.explicit => recorded_deny(policy_type, &at, recorded),
        BlockerWhy::Recorded(_) => format!("AWS's record: no {policy_type}{at} allows it"),
    }
}

fn recorded_deny(policy_type: PolicyType, at: &str, recorded: &Recorded) -> String {
    let statement = recorded.sid.as_ref().map_or_else(|| "a statement".to_owned(), |sid| format!("statement `{sid}`"));
    let policy = recorded.policy.as_ref().map_or_else(String::new, |policy| format!(" of {policy}"));
    let attached = match recorded.attached_to.as_slice() {
        [] => String::new(),
        arns => format!(", attached to {}", arns.join(" and ")),
    };
    format!("AWS's record: {statement}{policy} ({policy_type}{attached}){at} denies it; its document was not seen")
}

fn at(target: Option<&str>) -> String {
    target.map_or_else(String::new, |target| format!(" at {target}"))
}

/// The action that was asked.
pub(super) fn asked(action: Option<&Action>) -> &str {
    action.map_or("the action", Action::as_str)
}
