//! Which of the changes for a pattern comes first.

use crate::remedy::{Disposition, Remedy};

/// Puts a change that opens nothing but the action on the pattern before those that open more.
pub(super) fn narrowest_first(remedies: &mut [Remedy], action: &str, pattern: &str) {
    let is_change = |remedy: &Remedy| !remedy.edits.is_empty() && remedy.disposition != Disposition::Refused;
    let is_narrow = |remedy: &Remedy| {
        remedy.verification.as_ref().is_some_and(|proof| {
            let opened = &proof.compared.newly_allowed;
            proof.compared.cannot_tell.is_empty() && opened.iter().all(|change| change.is_of(action, pattern))
        })
    };
    let Some(first) = remedies.iter().position(is_change) else { return };
    let Some(narrow) = remedies.iter().position(|remedy| is_change(remedy) && is_narrow(remedy)) else { return };
    if let Some(changes) = remedies.get_mut(first..=narrow) {
        changes.rotate_right(1);
    }
}
