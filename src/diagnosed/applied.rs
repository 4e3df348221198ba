//! A remedy as it is tried on other requests: whether it can matter for them, and their policies with it in place.

use std::sync::Arc;

use super::key::Key;
use super::survey::{Facts, Surveyed, Types};
use crate::denial::Fingerprint;
use crate::difference::{ActionSet, Pattern};
use crate::iam::{Action, ActionPattern, Effect, Policy, PolicySet, Statement};
use crate::remedy::{self, Edit, Remedy, is_attached};

/// A remedy as it is tried on other requests.
#[derive(Debug)]
pub(super) struct Change<'r> {
    remedy: &'r Remedy,
    /// Of each edit the fingerprint for which it was made.
    of: Vec<&'r Fingerprint>,
    /// The policies that are there and are changed.
    pub(super) policies: Vec<Key>,
    /// The Deny statements of these.
    pub(super) denies: Vec<Key>,
    /// The types of all that is changed.
    pub(super) types: Types,
}

impl<'r> Change<'r> {
    /// One that was made for a fingerprint.
    pub(super) fn new(remedy: &'r Remedy, of: &'r Fingerprint) -> Self {
        Self::of_several(remedy, remedy.edits.iter().map(|_| of).collect())
    }

    /// One of which each edit was made for a fingerprint of its own.
    pub(super) fn of_several(remedy: &'r Remedy, of: Vec<&'r Fingerprint>) -> Self {
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
        self.edits().any(|(edit, of)| edit.is_new() && is_attached(edit, of, cause))
    }

    /// Each edit with the fingerprint for which it was made.
    fn edits(&self) -> impl Iterator<Item = (&'r Edit, &'r Fingerprint)> {
        self.remedy.edits.iter().zip(self.of.iter().copied())
    }

    /// Whether a policy that it changes is among those that apply.
    pub(super) fn reaches(&self, facts: &Facts) -> bool {
        facts.policies.iter().any(|policy| self.policies.contains(policy))
    }

    /// Whether it can end denials of another finding: it has to touch all that blocks them. An incident is not ended by a change.
    pub(super) fn may_end(&self, facts: &Facts, one: &Surveyed<'_>) -> bool {
        // that a caller gets more who is to be looked at first is no gain
        !facts.incident
            && facts.held.is_none()
            && !facts.unsure
            && facts.lacks.is_within(self.types)
            && facts.denies.iter().all(|deny| self.denies.contains(deny))
            && (self.reaches(facts) || self.adds_for(&one.cause))
            && self.may_matter(&one.cause)
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
            let by = opened.principal.is_none() || self.of.iter().any(|of| entity(cause) == entity(of));
            by && (opened.actions.is_empty() || opened.actions.iter().any(|set| holds(set, &action)))
        });
        let matters =
            |statement: &Statement| (statement.effect == Effect::Allow || !only_allows) && covers(statement, &action);
        is_lifted || self.remedy.edits.iter().any(|edit| changed(edit).any(matters))
    }

    /// The policies with the change in place; `None` where it changes none of them.
    pub(super) fn applied(&self, policies: &PolicySet, cause: &Fingerprint) -> Option<PolicySet> {
        let edits = self.edits().map(|(edit, of)| (edit, is_attached(edit, of, cause)));
        remedy::applied(edits, policies)
    }
}

/// Who asked, as policies name them: of all for whom a provider vouches the provider.
fn entity(cause: &Fingerprint) -> Option<&str> {
    let label = cause.principal.as_deref()?;
    let of = |kind: &str| label.strip_prefix(kind).and_then(|names| names.split(' ').next());
    let provider = of("web-identity ").or_else(|| of("saml-user ").filter(|name| name.starts_with("arn:")));
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
