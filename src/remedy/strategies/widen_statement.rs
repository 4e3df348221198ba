//! `widen-statement`: the statement that nearly allows the request is widened by one entry.

use super::super::edit_for_blocker::Grant;
use super::super::narrow::Style;
use super::strategy::{Drafts, Strategy};

pub(super) const STRATEGY: Strategy = Strategy {
    id: "widen-statement",
    applies: |situation| situation.is_blocked(),
    drafts: Drafts::Edits(Style::Exact, Grant::Widen),
};
