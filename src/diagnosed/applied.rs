//! A remedy as it is tried on other requests: whether it can matter for them, and their policies with it in place.

use std::sync::Arc;

use super::key::Key;
use super::survey::Types;
use crate::denial::Fingerprint;
use crate::difference::{ActionSet, Pattern};
use crate::iam::{Action, ActionPattern, Effect, Policy, PolicySet, Statement};
use crate::remedy::{self, Edit, Remedy, is_attached};

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
        self.remedy.edits.iter().any(|edit| edit.is_new() && is_attached(edit, self.of, cause))
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
            let by = opened.principal.is_none() || entity(cause) == entity(self.of);
            by && (opened.actions.is_empty() || opened.actions.iter().any(|set| holds(set, &action)))
        });
        let matters =
            |statement: &Statement| (statement.effect == Effect::Allow || !only_allows) && covers(statement, &action);
        is_lifted || self.remedy.edits.iter().any(|edit| changed(edit).any(matters))
    }

    /// The policies with the change in place; `None` where it changes none of them.
    pub(super) fn applied(&self, policies: &PolicySet, cause: &Fingerprint) -> Option<PolicySet> {
        let edits = self.remedy.edits.iter().map(|edit| (edit, is_attached(edit, self.of, cause)));
        remedy::applied(edits, policies)
    }
}

/// Who asked, as policies name them: of all for whom a provider of web identities vouches the provider.
fn entity(cause: &Fingerprint) -> Option<&str> {
    let label = cause.principal.as_deref()?;
    let provider = label.strip_prefix("web-identity ").and_then(|names| names.split(' ').next());
    Some(provider.unwrap_or(label))
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
