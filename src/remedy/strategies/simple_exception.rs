//! `simple-exception`: a Deny leaves the principal out, or where nobody else is concerned the resource, which is easier to read than the
//! narrowest exception.

use super::super::narrow::Style;
use super::strategy::{Drafts, Grant, Strategy};

pub(super) const STRATEGY: Strategy = Strategy {
    id: "simple-exception",
    applies: |situation| situation.is_blocked(),
    drafts: Drafts::Edits(Style::Simple, Grant::Statement),
};
