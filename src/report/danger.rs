//! What a change reaches beyond itself, for a person and for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::words::danger as words;
use crate::reference::{Danger, DangerKind, Power};

/// An action that reaches beyond itself.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DangerRecord {
    /// The action.
    pub action: String,
    /// In which way.
    pub kind: DangerKind,
    /// What its holder could do.
    pub what: String,
    /// The same as a code.
    pub code: &'static str,
}

impl DangerRecord {
    pub(super) fn new(danger: &Danger) -> Self {
        let what = format!("its holder could {}", words::power(&danger.power));
        Self { action: danger.action.clone(), kind: danger.kind, what, code: danger.power.code() }
    }
}

/// So many dangers of a kind are shown by name.
const SHOWN: usize = 3;

/// The dangers for a person: the first of each kind, one line for each thing that could be done, and how many more there are.
#[must_use]
pub fn danger_lines(dangers: &[Danger]) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in [DangerKind::Escalation, DangerKind::ProtectionOff, DangerKind::Exposure] {
        let mut by_power: Vec<(&Power, Vec<&str>)> = Vec::new();
        for danger in dangers.iter().filter(|danger| danger.kind == kind) {
            match by_power.iter_mut().find(|(power, _)| **power == danger.power) {
                Some((_, actions)) => actions.push(&danger.action),
                None => by_power.push((&danger.power, vec![&danger.action])),
            }
        }
        for (power, actions) in by_power.iter().take(SHOWN) {
            let more = match actions.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let actions = actions.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
            lines.push(format!("{actions}{more}: its holder could {}", words::power(power)));
        }
        let rest: usize = by_power.iter().skip(SHOWN).map(|(_, actions)| actions.len()).sum();
        if rest > 0 {
            lines.push(format!("and {rest} more actions {}", words::kind(kind)));
        }
    }
    lines
}
