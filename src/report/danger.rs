//! What a change reaches beyond itself, for a person and for programs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::reference::{Danger, DangerKind};

/// An action that reaches beyond itself.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DangerRecord {
    /// The action.
    pub action: String,
    /// In which way.
    pub kind: DangerKind,
    /// What its holder could do.
    pub what: String,
}

impl DangerRecord {
    pub(super) fn new(danger: &Danger) -> Self {
        Self { action: danger.action.clone(), kind: danger.kind, what: format!("its holder could {}", danger.what) }
    }
}

/// So many dangers of a kind are shown by name.
const SHOWN: usize = 3;

/// The dangers for a person: the first of each kind, one line for each thing that could be done, and how many more there are.
#[must_use]
pub fn danger_lines(dangers: &[Danger]) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in [DangerKind::Escalation, DangerKind::ProtectionOff, DangerKind::Exposure] {
        let mut by_what: Vec<(&str, Vec<&str>)> = Vec::new();
        for danger in dangers.iter().filter(|danger| danger.kind == kind) {
            match by_what.iter_mut().find(|(what, _)| *what == danger.what) {
                Some((_, actions)) => actions.push(&danger.action),
                None => by_what.push((&danger.what, vec![&danger.action])),
            }
        }
        for (what, actions) in by_what.iter().take(SHOWN) {
            let more = match actions.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let actions = actions.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
            lines.push(format!("{actions}{more}: its holder could {what}"));
        }
        let rest: usize = by_what.iter().skip(SHOWN).map(|(_, actions)| actions.len()).sum();
        if rest > 0 {
            lines.push(format!("and {rest} more actions {}", kind.in_words()));
        }
    }
    lines
}
