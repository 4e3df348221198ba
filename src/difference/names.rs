//! What is told of a comparison in the words of the policies, where something else stood for them while they were compared.

use super::access_change::AccessChange;
use super::cannot_tell::CannotTell;
use super::condition::{ConditionExpr, ConditionTest};
use super::result::Difference;
use super::sets::{ActionSet, Pattern, PrincipalSet, ResourceSet};

/// Texts that stood for something, each with how it is written.
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// What stood for something, and how that is written.
    pub(super) const fn new(names: Vec<(String, String)>) -> Self {
        Self(names)
    }

    /// Writes everything that is told as it is written.
    pub(super) fn put_into(&self, difference: &mut Difference) {
        for change in difference.newly_allowed.iter_mut().chain(&mut difference.newly_denied) {
            self.change(change);
        }
        for fact in &mut difference.cannot_tell {
            if let CannotTell::Undecided(change) | CannotTell::Unconfirmed(change) = fact {
                self.change(change);
            }
        }
    }

    fn text(&self, text: &mut String) {
        for (stand_in, name) in &self.0 {
            if text.contains(stand_in) {
                *text = text.replace(stand_in, name);
            }
        }
    }

    /// All but the example, which is a request that can be asked.
    fn change(&self, change: &mut AccessChange) {
        let AccessChange {
            change: _,
            principals,
            actions,
            unasked,
            never_asked: _,
            resources,
            resourceless: _,
            conditions,
            example: _,
        } = change;
        for set in principals {
            self.principals(set);
        }
        let action = |set: &mut ActionSet| match set {
            ActionSet::Matching(text) | ActionSet::Unknown { of: text, example: _ } => self.text(text),
            ActionSet::OtherServices => {}
        };
        let resource = |set: &mut ResourceSet| match set {
            ResourceSet::Matching(text) => self.text(text),
            ResourceSet::OfPolicy { arn, parts } => {
                self.text(arn);
                if let Some(part) = parts {
                    self.text(part);
                }
            }
            ResourceSet::OfType(_) | ResourceSet::None => {}
        };
        for pattern in actions.iter_mut().chain(unasked) {
            each(pattern, action);
        }
        for pattern in resources {
            each(pattern, resource);
        }
        for condition in conditions {
            self.condition(condition);
        }
    }

    fn principals(&self, set: &mut PrincipalSet) {
        match set {
            PrincipalSet::Named(text)
            | PrincipalSet::OtherSessions(text)
            | PrincipalSet::OfAccount(text)
            | PrincipalSet::OthersOfAccount(text) => self.text(text),
            PrincipalSet::Alone(set) => self.principals(set),
            PrincipalSet::OtherAccounts | PrincipalSet::Anonymous | PrincipalSet::OtherServices => {}
        }
    }

    fn condition(&self, condition: &mut ConditionExpr) {
        match condition {
            ConditionExpr::Any(all) | ConditionExpr::All(all) => all.iter_mut().for_each(|one| self.condition(one)),
            ConditionExpr::Not(one) => self.condition(one),
            ConditionExpr::Is(_, values)
            | ConditionExpr::IsNot(_, values)
            | ConditionExpr::Test(ConditionTest { values, .. }) => values.iter_mut().for_each(|value| self.text(value)),
            ConditionExpr::SuchAs(_, lists) => lists.iter_mut().flatten().for_each(|value| self.text(value)),
            ConditionExpr::Present(_) | ConditionExpr::Absent(_) => {}
        }
    }
}

fn each<T>(pattern: &mut Pattern<T>, change: impl Fn(&mut T)) {
    let Pattern { pattern, also, except } = pattern;
    change(pattern);
    also.iter_mut().chain(except).for_each(change);
}
