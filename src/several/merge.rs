//! Two new policies of one user, group or role as one: it needs less room, and less is made.

use std::sync::Arc;

use super::room::counted;
use crate::iam::{Document, Policy, PolicyType};
use crate::remedy::{Edit, EditOp, has_room};
use crate::text::{Json, Node, Patch, Source, append_item, apply, parse, verbatim};

/// The first with the statements of the second, and the characters that this saves; `None` where they are not of one kind and owner, or
/// AWS would not take both as one.
pub(super) fn merged(own: &Edit, more: &Edit) -> Option<(Edit, usize)> {
    let alike = own.op == EditOp::Create
        && more.op == EditOp::Create
        && own.policy_type == PolicyType::IdentityBased
        && more.policy_type == PolicyType::IdentityBased
        && own.after.origin == more.after.origin
        && own.after.attached_to == more.after.attached_to;
    if !alike {
        return None;
    }
    let (first, second) = (own.after.document.source.text(), more.after.document.source.text());
    let text = joined(first, second)?;
    let saved = (counted(first) + counted(second)).saturating_sub(counted(&text));
    let document = Document::parse(Source::new(own.after.document.source.name(), text)).ok()?;
    let after = Arc::new(Policy { document: Arc::new(document), ..Policy::clone(&own.after) });
    let changes = own.changes.iter().chain(&more.changes).cloned().collect();
    let edit = Edit { after, changes, ..own.clone() };
    has_room(&edit).then_some((edit, saved))
}

/// One document with the statements of both, under names that each has alone.
fn joined(first: &str, second: &str) -> Option<String> {
    let mut text = first.to_owned();
    let more = parse(second).ok()?;
    for statement in more.get("Statement")?.one_or_many() {
        let root = parse(&text).ok()?;
        let list = root.get("Statement")?;
        let taken: Vec<&str> = list.one_or_many().iter().filter_map(|own| own.get("Sid")?.as_str()).collect();
        let named = renamed(second, statement, &taken)?;
        text = apply(&text, &[append_item(&text, list, &named)]);
    }
    Some(text)
}

/// The statement under a name that is not taken.
fn renamed(text: &str, statement: &Node, taken: &[&str]) -> Option<Json> {
    let own = verbatim(text, statement.span);
    let Some(sid) = statement.get("Sid") else { return Some(own) };
    let name = sid.as_str()?;
    let fresh =
        (2..=taken.len() + 2).map(|number| format!("{name}{number}")).find(|name| !taken.contains(&name.as_str()))?;
    if !taken.contains(&name) {
        return Some(own);
    }
    let text = apply(text, &[Patch::new(sid.span, Json::text(fresh).compact())]);
    let again = parse(&text).ok()?;
    let list = again.get("Statement")?.one_or_many();
    let moved = list.iter().find(|node| node.span.start == statement.span.start)?;
    Some(verbatim(&text, moved.span))
}
