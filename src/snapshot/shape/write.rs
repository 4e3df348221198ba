//! A document of another notation as JSON text, one member a line.

use super::tree::{Tree, Value};
use crate::iam::open_part;
use crate::text::Json;

/// The text.
pub(super) fn json(tree: &Tree) -> String {
    value(tree).pretty("  ", 0)
}

fn value(tree: &Tree) -> Json {
    match &tree.value {
        Value::Plain(text) => Json::Verbatim(text.clone()),
        Value::Text(text) => Json::text(text.clone()),
        Value::Open(what) => Json::text(open_part(what)),
        Value::List(items) => Json::List(items.iter().map(value).collect()),
        Value::Map(members) => Json::Object(members.iter().map(|(key, tree)| (key.clone(), value(tree))).collect()),
    }
}
