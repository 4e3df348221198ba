//! The edits of a remedy on the policies of another request: a policy that is there is replaced, one that is new is added where it would
//! be attached.

use std::sync::Arc;

use super::key::Key;
use super::survey::Types;
use crate::denial::Fingerprint;
use crate::difference::{ActionSet, Pattern};
use crate::iam::{Action, ActionPattern, Effect, LayerMut, Policy, PolicySet, PolicyType, Statement};
use crate::remedy::{Edit, EditOp, Remedy};

/// A remedy as it is tried on other requests.
#[derive(Debug)]
pub(super) struct Change<'r> {
    remedy: &'r Remedy,
    /// The fingerprint for which it was made.
    of: &'r Fingerprint,
    /// The policies that are there and are changed.
    pub(super) policies: Vec<Key>,
    /// The Deny statements of these.
    pub(super) denies: Vec<Key>,
    /// The types of all that is changed.
    pub(super) types: Types,
}

impl<'r> Change<'r> {
    pub(super) fn new(remedy: &'r Remedy, of: &'r Fingerprint) -> Self {
        let before = || remedy.edits.iter().filter_map(|edit| edit.before.as_ref());
        let mut types = Types::default();
        remedy.edits.iter().for_each(|edit| types.insert(edit.policy_type));
        let statements = |policy: &'r Arc<Policy>| {
            policy.document.statements.iter().map(|statement| Key::statement(policy, statement.index))
        };
        Self {
            remedy,
            of,
            policies: before().map(|policy| Key::policy(policy)).collect(),
            denies: before().flat_map(statements).collect(),
            types,
        }
    }

    /// Whether a policy that it adds would be attached to who asks, or what is asked for.
    pub(super) fn adds_for(&self, cause: &Fingerprint) -> bool {
        self.remedy.edits.iter().any(|edit| edit.is_new() && self.is_attached(edit, cause))
    }

    fn is_attached(&self, edit: &Edit, cause: &Fingerprint) -> bool {
        match edit.policy_type.normalized() {
            PolicyType::ResourceBased => cause.resource.is_some() && cause.resource == self.of.resource,
            PolicyType::ServiceControl | PolicyType::ResourceControl => {
                cause.account.is_some() && cause.account == self.of.account
            }
            PolicyType::VpcEndpoint => cause == self.of,
            _ => cause.principal.is_some() && cause.principal == self.of.principal,
        }
    }

    /// Whether it can matter for denials of this kind at all, by the principal and the action. What this rules out would be evaluated to the
    /// same as before.
    pub(super) fn may_matter(&self, cause: &Fingerprint) -> bool {
        let action: Option<Action> = cause.action.as_deref().and_then(|action| action.parse().ok());
        let Some(action) = action else { return true };
        let lifted = self.remedy.verification.iter().flat_map(|proof| &proof.no_longer_denied);
        let mut lifted = lifted.peekable();
        // of a Deny that spares somebody or something else, nothing changes
        let only_allows = lifted.peek().is_some();
        let is_lifted = lifted.any(|opened| {
            let by = opened.principal.is_none() || cause.principal == self.of.principal;
            by && (opened.actions.is_empty() || opened.actions.iter().any(|set| holds(set, &action)))
        });
        let matters =
            |statement: &Statement| (statement.effect == Effect::Allow || !only_allows) && covers(statement, &action);
        is_lifted || self.remedy.edits.iter().any(|edit| changed(edit).any(matters))
    }

    /// The policies with the change in place; `None` where it changes none of them.
    pub(super) fn applied(&self, policies: &PolicySet, cause: &Fingerprint) -> Option<PolicySet> {
        let mut changed = policies.clone();
        let mut any = false;
        for edit in &self.remedy.edits {
            match (&edit.before, edit.op) {
                (Some(before), EditOp::Replace) => {
                    if !policies.policies().any(|policy| is_same(before, policy)) {
                        continue;
                    }
                    any = true;
                    changed = changed.map_policies(&|policy| {
                        if is_same(before, policy) {
                            let document = Arc::clone(&edit.after.document);
                            Arc::new(Policy { document, ..Policy::clone(policy) })
                        } else {
                            Arc::clone(policy)
                        }
                    });
                }
                (None, EditOp::Create) if self.is_attached(edit, cause) => {
                    any |= add(&mut changed, edit);
                }
                // what else there is is not tried on others, so nothing is counted of it
                _ => {}
            }
        }
        any.then_some(changed)
    }
}

/// Whether two are one policy. A document of which a template fills a part differs from request to request, and is not replaced.
fn is_same(one: &Arc<Policy>, other: &Arc<Policy>) -> bool {
    let same = match (&one.arn, &other.arn) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.name == other.name && one.attached_to == other.attached_to,
        _ => false,
    };
    let text = |policy: &Policy| policy.document.source.text().to_owned();
    same && one.policy_type == other.policy_type
        && (Arc::ptr_eq(&one.document, &other.document) || text(one) == text(other))
}

fn add(set: &mut PolicySet, edit: &Edit) -> bool {
    let policy = Arc::clone(&edit.after);
    match set.layer_mut(edit.policy_type) {
        LayerMut::Plain(layer) => layer.policies.push(policy),
        LayerMut::Levels(hierarchy) => {
            let mut levels = hierarchy.levels.iter_mut();
            let Some(level) = levels.find(|level| Some(level.target.as_str()) == edit.target.as_deref()) else {
                return false;
            };
            level.policies.push(policy);
        }
    }
    true
}

/// Whether an action may be one of a set.
fn holds(set: &Pattern<ActionSet>, action: &Action) -> bool {
    let is_in = |set: &ActionSet| match set {
        ActionSet::Matching(text) => ActionPattern::new(text).matches(action),
        // which ones these are is not looked up
        _ => true,
    };
    let is_out = |set: &ActionSet| matches!(set, ActionSet::Matching(_)) && is_in(set);
    is_in(&set.pattern) && set.also.iter().all(is_in) && !set.except.iter().any(is_out)
}

/// The statements that are not the same before and after.
fn changed(edit: &Edit) -> impl Iterator<Item = &Statement> {
    let text = |policy: &Policy, statement: &Statement| {
        policy.document.source.snippet(statement.span).unwrap_or_default().to_owned()
    };
    let texts = |policy: &Policy| -> Vec<String> {
        policy.document.statements.iter().map(|statement| text(policy, statement)).collect()
    };
    let before = edit.before.as_ref();
    let (old, new) = (before.map(|policy| texts(policy)).unwrap_or_default(), texts(&edit.after));
    let after = edit.after.document.statements.iter();
    let gone = before.into_iter().flat_map(|policy| &policy.document.statements);
    let fresh: Vec<&Statement> = after.filter(|statement| !old.contains(&text(&edit.after, statement))).collect();
    let gone: Vec<&Statement> =
        gone.filter(|statement| before.is_some_and(|policy| !new.contains(&text(policy, statement)))).collect();
    fresh.into_iter().chain(gone)
}

fn covers(statement: &Statement, action: &Action) -> bool {
    let element = &statement.action;
    element.negated != element.entries.iter().any(|entry| entry.pattern.is_open() || entry.pattern.matches(action))
        || element.entries.iter().any(|entry| entry.pattern.is_open())
}
