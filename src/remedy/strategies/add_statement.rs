//! `add-statement`: a statement is added that allows exactly the request.

use super::super::narrow::Style;
use super::strategy::{Drafts, Grant, Strategy};

pub(super) const STRATEGY: Strategy = Strategy {
    id: "add-statement",
    applies: |situation| situation.is_blocked(),
    drafts: Drafts::Edits(Style::Exact, Grant::Statement),
};
