//! A document of another notation as JSON text, one member a line.

use super::tree::{Tree, Value};
use crate::iam::open_part;
use crate::text::{Json, LineInFile, Node, parse, position_in};

/// The text.
pub(super) fn json(tree: &Tree) -> String {
    value(tree).pretty("  ", 0)
}

/// The text, and the line of the file that each of its lines comes from.
pub(super) fn json_on_lines(tree: &Tree) -> (String, Vec<LineInFile>) {
    let text = json(tree);
    let mut lines = vec![0; text.lines().count()];
    if let Ok(node) = parse(&text) {
        mark(&text, &node, tree, &mut lines);
    }
    let mut last = tree.line;
    for line in &mut lines {
        last = if *line == 0 { last } else { *line };
        *line = last;
    }
    (text, lines.into_iter().map(|line| LineInFile { line, shift: None }).collect())
}

/// Notes the line of each value on the line of the text where it begins.
fn mark(text: &str, node: &Node, tree: &Tree, lines: &mut [usize]) {
    let own = position_in(text, node.span.start).line;
    if let Some(line) = lines.get_mut(own - 1).filter(|line| **line == 0) {
        *line = tree.line;
    }
    let items = node.one_or_many().iter().zip(tree.items());
    let members = node.members().unwrap_or_default().iter().map(|member| &member.value);
    for (node, tree) in items.chain(members.zip(tree.members().iter().map(|(_, tree)| tree))) {
        mark(text, node, tree, lines);
    }
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
