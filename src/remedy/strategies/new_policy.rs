//! `new-policy`: the statement gets a policy of its own, where the policy that the strategy before would have changed has no room.

use super::super::narrow::Style;
use super::strategy::{Drafts, Grant, Situation, Strategy};

pub(super) const EXACT: Strategy =
    Strategy { id: "new-policy", applies, drafts: Drafts::Edits(Style::Exact, Grant::Own) };

pub(super) const SIMPLE: Strategy =
    Strategy { id: "new-policy-simple-exception", drafts: Drafts::Edits(Style::Simple, Grant::Own), ..EXACT };

fn applies(situation: &Situation<'_>) -> bool {
    situation.is_blocked() && situation.no_room
}
