//! All that differs between two sets of policies.

use super::access_change::AccessChange;
use super::cannot_tell::CannotTell;
use crate::iam::Request;

/// What one set of policies allows that another does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What became allowed. Complete, but for what `cannot_tell` says.
    pub newly_allowed: Vec<AccessChange>,
    /// What is no longer allowed. Complete, but for what `cannot_tell` says.
    pub newly_denied: Vec<AccessChange>,
    /// What was not decided: these actions, resources or keys may or may not differ.
    pub cannot_tell: Vec<CannotTell>,
}

impl Difference {
    /// Puts everything in order.
    pub(super) fn settle(&mut self) {
        for changes in [&mut self.newly_allowed, &mut self.newly_denied] {
            changes.sort_by(|a, b| (a.conditions.len(), a.access()).cmp(&(b.conditions.len(), b.access())));
        }
    }

    /// Whether nothing changed, as far as it could be told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.newly_allowed.is_empty() && self.newly_denied.is_empty()
    }

    /// Whether nothing but this action on this resource became allowed, in whichever context, and that is certain.
    #[must_use]
    pub fn opens_only(&self, request: &Request) -> bool {
        self.cannot_tell.is_empty() && self.newly_allowed.iter().all(|change| change.is_only(request))
    }

    /// Whether nothing but these actions on these resources became allowed, in whichever context, and that is certain.
    #[must_use]
    pub fn opens_only_these(&self, requests: &[Request]) -> bool {
        let all = |change: &AccessChange| {
            let actions = change.actions.iter().chain(&change.unasked);
            let pairs = actions.flat_map(|action| change.resources.iter().map(move |on| (action, on)));
            let mut one = pairs.map(|(action, resource)| {
                let only = AccessChange {
                    actions: vec![action.clone()],
                    unasked: Vec::new(),
                    resources: vec![resource.clone()],
                    ..change.clone()
                };
                requests.iter().any(|request| only.is_only(request))
            });
            !change.actions.is_empty() && !change.resources.is_empty() && one.all(|known| known)
        };
        self.cannot_tell.is_empty() && self.newly_allowed.iter().all(all)
    }
}
