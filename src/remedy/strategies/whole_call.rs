//! `whole-call`: everything is allowed that a call through an inference profile needs, of which the request is a part.

use super::super::narrow::Style;
use super::strategy::{Drafts, Grant, Situation, Strategy};

pub(super) const STRATEGY: Strategy =
    Strategy { id: "whole-call", applies, drafts: Drafts::Edits(Style::Exact, Grant::Call) };

fn applies(situation: &Situation<'_>) -> bool {
    situation.is_blocked() && situation.call.is_some()
}
