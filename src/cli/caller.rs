//! Who asks for what: nobody is answered who cannot ask, and names that are no actions are told beside the answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::output;
use crate::diagnose::unknown_action;
use crate::iam::{Action, Principal, PrincipalKind, is_account_id};
use crate::reference::Reference;
use crate::report::words;

/// Why no request comes from this principal, where none does.
pub(crate) fn refusal(principal: &Principal) -> Option<String> {
    let text = principal.as_str();
    if is_account_id(text) {
        return Some(format!("`{text}` is an account and no principal. Its root user is `arn:aws:iam::{text}:root`"));
    }
    let expected =
        "the ARN of a user, a role, a session or an identity provider, `anonymous`, or `service:NAME.amazonaws.com`";
    let unknown = principal.kind() == PrincipalKind::Unknown;
    unknown.then(|| format!("`{text}` is no principal. Expected is {expected}"))
}

/// What to know of the name of an action that looks like another one's: an answer about it looks like any other.
fn doubt(action: &Action, reference: &Reference) -> Option<String> {
    unknown_action(action, reference).map(|what| words::disagreement::asked_name(action, &what))
}

/// Says so of one action.
pub(crate) fn warn_of(action: &Action, reference: &Reference) {
    if let Some(doubt) = doubt(action, reference) {
        output::note(&doubt);
    }
}

/// So many names are told of one file.
const MOST: usize = 20;

/// The names in a file of cases that are no actions, each with the first case that has it.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    /// What to know, by the names.
    names: Mutex<BTreeMap<String, (usize, String)>>,
}

impl Doubts {
    /// Looks at the action of the case at this place; cases come in any order.
    pub(crate) fn look(&self, action: &Action, place: usize) {
        let reference = Reference::embedded();
        if reference.action(action).is_some() {
            return;
        }
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((first, _)) = names.get_mut(action.folded()) {
            *first = place.min(*first);
            return;
        }
        if let Some(doubt) = doubt(action, reference) {
            names.insert(action.folded().to_owned(), (place, doubt));
            // those of the first cases stay
            if names.len() > 2 * MOST {
                let last = names.iter().max_by_key(|(_, (place, _))| *place).map(|(name, _)| name.clone());
                last.map(|name| names.remove(&name));
            }
        }
    }

    /// Tells them, in the order of the cases.
    pub(crate) fn tell(self, file: &str) {
        let names = self.names.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(usize, String)> = names.into_values().collect();
        all.sort();
        for (place, doubt) in all.iter().take(MOST) {
            output::note(&format!("{file}:{place}: {doubt}"));
        }
        if all.len() > MOST {
            output::note(&format!("{file}: more names are no actions in the service reference"));
        }
    }
}
