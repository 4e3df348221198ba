//! Which statements of two versions make a change: what a reviewer looks at first.

use std::sync::Arc;

use super::access_change::{AccessChange, Change};
use crate::evaluate::reasons;
use crate::iam::{Effect, Policy};

/// A statement: its policy, and its place in the document from 0.
pub type StatementOf = (Arc<Policy>, usize);

/// The statements that make a change.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Deciding {
    /// Those of the policies after it: what allows or denies now, or what became of the statement that no longer does. Empty where a
    /// statement went and nothing came in its place.
    pub after: Vec<StatementOf>,
    /// Those of the policies before it that went.
    pub before: Vec<StatementOf>,
}

impl AccessChange {
    /// The statements that make this change, found by its example.
    #[must_use]
    pub fn deciding(&self, before: &[Arc<Policy>], after: &[Arc<Policy>]) -> Deciding {
        let (came, went) = match self.change {
            Change::Allowed | Change::DenyLifted => (Effect::Allow, Effect::Deny),
            Change::NotAllowed | Change::DenyAdded => (Effect::Deny, Effect::Allow),
        };
        let (new, old): (Vec<_>, Vec<_>) =
            self.matching(after, came).into_iter().partition(|statement| !is_among(statement, before));
        let gone: Vec<_> =
            self.matching(before, went).into_iter().filter(|statement| !is_among(statement, after)).collect();
        let successors = || gone.iter().filter_map(|statement| successor(statement, after)).collect::<Vec<_>>();
        let after = [new, successors(), old].into_iter().find(|found| !found.is_empty()).unwrap_or_default();
        Deciding { after, before: gone }
    }

    /// The statements with this effect that match the example.
    fn matching(&self, policies: &[Arc<Policy>], effect: Effect) -> Vec<StatementOf> {
        let mut found = Vec::new();
        for policy in policies {
            for statement in policy.document.statements.iter().filter(|statement| statement.effect == effect) {
                if reasons(&self.example, policy, statement).iter().all(|reason| reason.truth.is_true()) {
                    found.push((Arc::clone(policy), statement.index));
                }
            }
        }
        found
    }
}

/// Whether the policies have a statement of the same words.
fn is_among(statement: &StatementOf, policies: &[Arc<Policy>]) -> bool {
    let wanted = text(&statement.0, statement.1);
    policies.iter().any(|policy| policy.document.statements.iter().any(|it| text(policy, it.index) == wanted))
}

/// The statement as written, white space left out.
fn text(policy: &Policy, index: usize) -> Option<String> {
    let document = &policy.document;
    let statement = document.statements.iter().find(|statement| statement.index == index)?;
    document.source.snippet(statement.span).map(|text| text.split_whitespace().collect())
}

/// The statement of the same `Sid`.
fn successor((policy, index): &StatementOf, policies: &[Arc<Policy>]) -> Option<StatementOf> {
    let statements = &policy.document.statements;
    let sid = &statements.iter().find(|statement| statement.index == *index)?.sid.as_ref()?.value;
    policies.iter().find_map(|policy| {
        let same = |sid_of: &&crate::iam::Statement| sid_of.sid.as_ref().is_some_and(|other| other.value == *sid);
        policy.document.statements.iter().find(same).map(|found| (Arc::clone(policy), found.index))
    })
}
