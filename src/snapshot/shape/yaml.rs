//! YAML as a tree: CloudFormation templates with their short forms, and what `--output yaml` prints.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::tree::{Tree, Value};
use crate::text::Position;

/// Values that a file may have, those that aliases repeat counted again.
const VALUE_LIMIT: usize = 200_000;
/// Values nested deeper than this are refused.
const DEPTH_LIMIT: usize = 96;

/// Text that is not YAML.
#[derive(Debug)]
pub(super) struct NotYaml {
    pub(super) at: Position,
    pub(super) message: String,
}

/// The documents of a YAML text.
pub(super) fn parse(text: &str) -> Result<Vec<Tree>, NotYaml> {
    let mut building = Building { open: Vec::new(), anchors: HashMap::new(), roots: Vec::new(), count: 0 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| NotYaml {
            at: Position { line: error.marker().line().max(1), column: error.marker().col() + 1 },
            message: error.info().to_owned(),
        })?;
        let at = Position { line: span.start.line().max(1), column: span.start.col() + 1 };
        building.take(event, at).map_err(|message| NotYaml { at, message: message.to_owned() })?;
    }
    Ok(building.roots)
}

/// A list or an object whose end has not come yet.
struct Open {
    line: usize,
    anchor: usize,
    tag: Option<String>,
    key: Option<String>,
    value: Value,
}

struct Building {
    open: Vec<Open>,
    anchors: HashMap<usize, Tree>,
    roots: Vec<Tree>,
    count: usize,
}

impl Building {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), &'static str> {
        let line = at.line;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style);
                self.done(anchor, tagged(tag.as_deref().map(short_form), Tree::new(line, value)))
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(line, anchor, tag.as_deref().map(short_form), Value::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(line, anchor, tag.as_deref().map(short_form), Value::Map(Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { line, anchor, tag, value, .. }) = self.open.pop() else { return Ok(()) };
                self.done(anchor, tagged(tag, Tree::new(line, value)))
            }
            Event::Alias(anchor) => {
                let tree = self.anchors.get(&anchor).cloned().ok_or("an alias of something that is not there")?;
                self.count += size(&tree);
                self.done(0, tree)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, line: usize, anchor: usize, tag: Option<String>, value: Value) -> Result<(), &'static str> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err("nested too deeply");
        }
        self.open.push(Open { line, anchor, tag, key: None, value });
        Ok(())
    }

    fn done(&mut self, anchor: usize, tree: Tree) -> Result<(), &'static str> {
        self.count += 1;
        if self.count > VALUE_LIMIT {
            return Err("there are more values in it than iamdx reads");
        }
        if anchor != 0 {
            self.anchors.insert(anchor, tree.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.roots.push(tree);
            return Ok(());
        };
        match (&mut parent.value, parent.key.take()) {
            (Value::List(items), _) => items.push(tree),
            (Value::Map(members), Some(key)) => members.push((key, tree)),
            (_, None) => {
                parent.key = Some(match tree.value {
                    Value::Text(text) | Value::Plain(text) => text,
                    _ => return Err("a key is a text"),
                });
            }
            _ => {}
        }
        Ok(())
    }
}

fn size(tree: &Tree) -> usize {
    let inner = |trees: &mut dyn Iterator<Item = &Tree>| trees.map(size).sum::<usize>();
    1 + inner(&mut tree.items().iter()) + inner(&mut tree.members().iter().map(|(_, tree)| tree))
}

/// The name behind a tag's sign: `Sub` of `!Sub`.
fn short_form(tag: &Tag) -> String {
    if tag.handle == "!" { tag.suffix.clone() } else { String::new() }
}

/// What a plain scalar is by YAML's core schema; dates such as a policy's version stay texts.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Plain("null".to_owned()),
        "true" | "True" | "TRUE" => Value::Plain("true".to_owned()),
        "false" | "False" | "FALSE" => Value::Plain("false".to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

/// A short form of CloudFormation as its long form: `!Ref X` as `{"Ref": "X"}`, `!Sub x` as `{"Fn::Sub": "x"}`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>
fn tagged(tag: Option<String>, tree: Tree) -> Tree {
    let Some(tag) = tag.filter(|tag| !tag.is_empty()) else { return tree };
    let name = if matches!(tag.as_str(), "Ref" | "Condition") { tag } else { format!("Fn::{tag}") };
    let line = tree.line;
    Tree::new(line, Value::Map(vec![(name, tree)]))
}
