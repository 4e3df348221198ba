//! The values of condition keys as classes that no condition tells apart, for reasoning about requests of which not all is known.

use super::budget::Budget;
use super::cannot_tell::CannotTell;
use super::context::keys;
use crate::iam::Context;
use crate::reference::Reference;

pub(crate) use super::context::{ConditionRef, KeyDomain};

/// The classes of every key of these conditions that the context does not tell. A key whose values could not all be divided is left
/// out.
pub(crate) fn domains(lines: &[ConditionRef], known: &Context, reference: &Reference) -> Vec<KeyDomain> {
    let mut limits = Vec::new();
    let mut keys = keys(lines, known, reference, &mut Budget::default(), &mut limits);
    keys.retain(|key| {
        !limits
            .iter()
            .any(|limit| matches!(limit, CannotTell::Key(shown, _) if shown.eq_ignore_ascii_case(&key.folded)))
    });
    keys
}
