//! What changes when a document changes, and what that could not be told of.

use super::{Redact, Redactor};
use crate::difference::{
    AccessChange, ActionSet, CannotTell, ConditionExpr, ConditionTest, Difference, KeyLimit, Pattern, PrincipalSet,
    ResourceSet,
};

impl Redact for Difference {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { newly_allowed, newly_denied, cannot_tell } = self;
        newly_allowed.redact(redactor);
        newly_denied.redact(redactor);
        cannot_tell.redact(redactor);
    }
}

impl Redact for AccessChange {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            change: _,
            principals,
            actions,
            unasked,
            never_asked: _,
            resources,
            resourceless: _,
            conditions,
            example,
        } = self;
        principals.redact(redactor);
        actions.redact(redactor);
        unasked.redact(redactor);
        resources.redact(redactor);
        conditions.redact(redactor);
        example.redact(redactor);
    }
}

impl<T: Redact> Redact for Pattern<T> {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { pattern, also, except } = self;
        pattern.redact(redactor);
        also.redact(redactor);
        except.redact(redactor);
    }
}

impl Redact for ActionSet {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Matching(text) | Self::Unknown { of: text, example: _ } => redactor.actions(text),
            Self::OtherServices => {}
        }
    }
}

impl Redact for ResourceSet {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Matching(text) => redactor.names(text),
            Self::OfPolicy { arn, parts } => {
                redactor.names(arn);
                if let Some(part) = parts {
                    redactor.names(part);
                }
            }
            Self::OfType(_) | Self::None => {}
        }
    }
}

impl Redact for PrincipalSet {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Named(text) | Self::OtherSessions(text) | Self::OfAccount(text) | Self::OthersOfAccount(text) => {
                redactor.names(text);
            }
            Self::Alone(set) => set.redact(redactor),
            Self::OtherAccounts | Self::Anonymous | Self::OtherServices => {}
        }
    }
}

impl Redact for ConditionExpr {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Any(all) | Self::All(all) => all.redact(redactor),
            Self::Is(key, values) | Self::IsNot(key, values) => {
                redactor.values(key, values);
                redactor.keys(key);
            }
            Self::Present(key) | Self::Absent(key) => redactor.keys(key),
            Self::SuchAs(key, lists) => {
                redactor.values(key, lists);
                redactor.keys(key);
            }
            Self::Test(test) => test.redact(redactor),
            Self::Not(other) => other.redact(redactor),
        }
    }
}

impl Redact for ConditionTest {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { key, operator, values, holds: _ } = self;
        redactor.values(key, values);
        redactor.keys(key);
        operator.redact(redactor);
    }
}

impl Redact for CannotTell {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Key(key, limit) => {
                match limit {
                    KeyLimit::NumbersBetween(..) | KeyLimit::DatesBetween(..) => {}
                    KeyLimit::Cases | KeyLimit::Lists | KeyLimit::MixedFamilies | KeyLimit::Patterns => {}
                }
                redactor.keys(key);
            }
            Self::Variable(variable, _) => redactor.keys(variable),
            Self::Undecided(change) | Self::Unconfirmed(change) => change.redact(redactor),
            Self::LeftOpen(parts) | Self::OpenParts(parts) | Self::DependsOn(parts) => redactor.parts(parts),
            Self::ShownOnce(subject) => subject.redact(redactor),
            Self::NotRead(why) => redactor.sentences(why),
            Self::StandsFor { name, before, after } => {
                redactor.sentences(name);
                redactor.sentences(before);
                redactor.sentences(after);
            }
            Self::Attached(changes) => {
                for (_, before, after) in changes {
                    redactor.sentences(before);
                    redactor.sentences(after);
                }
            }
            Self::Tag { key, before, after, read_by } => {
                redactor.tags(key);
                before.iter_mut().chain(after).for_each(|value| redactor.names(value));
                for (policy, _) in read_by {
                    redactor.names(policy);
                }
            }
            Self::Action(text) | Self::UnknownActions(text) => redactor.actions(text),
            Self::TooManyActions | Self::ActionsLike(_) => {}
        }
    }
}
