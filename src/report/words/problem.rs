//! What is wrong with a document.

use super::disagreement::unknown_action;
use crate::diagnose::{Consequence, ProblemKind};

/// The problem in a sentence.
#[must_use]
pub fn problem(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::Grammar(fault) => fault.to_string(),
        ProblemKind::Placeholder { text } => {
            format!("`{text}` is a placeholder that was never replaced")
        }
        ProblemKind::NoSuchAction { entry, what, consequence } => {
            let consequence = match consequence {
                Consequence::AllowsNothing => "it allows nothing",
                Consequence::DeniesNothing => "it denies nothing",
                Consequence::ExcludesNothing => "it leaves nothing out",
            };
            format!("`{entry}` {}, {consequence}", unknown_action(what))
        }
    }
}
