//! Remedies that rest on a policy that nobody has seen: what to ask of its owner, and with which statement.

use super::assumption::PolicyAssumption;
use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};

/// Whether the remedy helps only if something holds that was not seen.
pub(super) fn is_conditional(remedy: &Remedy) -> bool {
    remedy.verification.as_ref().is_none_or(|verification| !verification.conditional_on.is_empty())
}

/// Nothing at hand is to be changed: the owner of the other policy is asked, with the statement that would do.
pub(super) fn ask_the_unseen(assumptions: &[PolicyAssumption]) -> Remedy {
    let owner = assumptions.first().map_or(Owner::ResourceOwner, |assumption| assumption.owner);
    let of = assumptions.first().and_then(|assumption| assumption.account.as_ref());
    let of = of.map_or_else(String::new, |account| format!(" of {account}"));
    let whom = match owner {
        Owner::Caller => "whoever makes the session".to_owned(),
        owner => format!("the {}{of}", owner.noun().trim_start_matches("the ")),
    };
    Remedy {
        id: RemedyId::Ask,
        title: Title::Text(format!("Ask {whom}, whose policy is not at hand")),
        owner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: assumptions.iter().flat_map(|assumption| assumption.how_to_see.clone()).collect(),
        steps: assumptions.iter().flat_map(steps).map(Step::Text).collect(),
        why_not: vec![WhyNot::Text("a policy that was not seen is not changed, only asked for".to_owned())],
    }
}

fn steps(assumption: &PolicyAssumption) -> Vec<String> {
    let holds = if assumption.contradicted {
        "; AWS says that this does not hold yet"
    } else {
        ": whether it does was not seen"
    };
    let first = format!("needed: {}{holds}", crate::report::words::remedy::needed(assumption));
    let then = assumption.statement.as_ref().map(|statement| format!("a statement in it that would do: {statement}"));
    std::iter::once(first).chain(then).collect()
}
