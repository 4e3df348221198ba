//! A file as a tree, whatever notation it has: each value with the line on which it begins.

use crate::text::{self, Node};

/// A value of a file.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::snapshot) struct Tree {
    /// The line of the file, from 1.
    pub(super) line: usize,
    /// The bytes of the file that are this value as JSON, where the file is JSON.
    pub(super) json: Option<text::Span>,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::snapshot) enum Value {
    /// `null`, `true`, `false` or a number, as JSON has it.
    Plain(String),
    /// A string.
    Text(String),
    /// What the file leaves open: a reference that something else fills in. Holds what is written there.
    Open(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    pub(super) const fn new(line: usize, value: Value) -> Self {
        Self { line, json: None, value }
    }

    /// The value of a member; of several with one name the last.
    pub(in crate::snapshot) fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(in crate::snapshot) fn members(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    pub(in crate::snapshot) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(in crate::snapshot) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is `null`, an empty text, or an object without members.
    pub(in crate::snapshot) fn is_nothing(&self) -> bool {
        match &self.value {
            Value::Plain(text) => text == "null",
            Value::Text(text) => text.trim().is_empty() || text.trim() == "{}",
            Value::Map(members) => members.is_empty(),
            Value::List(_) | Value::Open(_) => false,
        }
    }

    /// What JSON text holds.
    pub(in crate::snapshot) fn of_json(text: &str, node: &Node) -> Self {
        let mut lines = Lines { text, at: 0, line: 1 };
        Self::of_node(&mut lines, node)
    }

    fn of_node(lines: &mut Lines<'_>, node: &Node) -> Self {
        let line = lines.line_of(node.span.start);
        let value = match &node.value {
            text::Value::Null => Value::Plain("null".to_owned()),
            text::Value::Bool(truth) => Value::Plain(truth.to_string()),
            text::Value::Number(number) => Value::Plain(number.clone()),
            text::Value::String(text) => Value::Text(text.clone()),
            text::Value::Array(items) => Value::List(items.iter().map(|item| Self::of_node(lines, item)).collect()),
            text::Value::Object(members) => Value::Map(
                members.iter().map(|member| (member.key.clone(), Self::of_node(lines, &member.value))).collect(),
            ),
        };
        Self { line, json: Some(node.span), value }
    }
}

/// Counts lines of places that come in order.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn line_of(&mut self, offset: usize) -> usize {
        let passed = self.text.as_bytes().get(self.at..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at = self.at.max(offset);
        self.line
    }
}
