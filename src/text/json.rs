//! JSON that remembers where each value was written, with duplicate keys kept.
//!
//! `serde_json` keeps the grammar: every value is taken as a `&RawValue`, a subslice of the source, so its span is a
//! pointer difference.

use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::span::{Position, Span, position_in};

/// Values nested deeper than this are refused; IAM documents nest six deep.
const DEPTH_LIMIT: usize = 96;

/// One value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The bytes of the value, without surrounding space.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// A JSON value; members keep their order and duplicates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order of the source.
    Object(Vec<Member>),
}

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// Where the key stands, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// Text that is not JSON, and where it stops being JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct JsonError {
    /// The place.
    pub at: Position,
    /// What is wrong there, in the words of the JSON reader.
    pub message: String,
}

impl Node {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if it is an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items of an array; any other value is a list of itself, as in IAM's grammar.
    #[must_use]
    pub fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The first member with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()?.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// What kind of value it is, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// The text of a string, number or boolean: IAM takes all three where it expects a string.
#[must_use]
pub fn number_or_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// JSON text without the white space between its tokens; order and spelling stay.
#[must_use]
pub fn minified(json: &str) -> String {
    tokens(json).map(|(_, character)| character).collect()
}

/// The characters of JSON text that are not white space between its tokens, with their places.
pub fn tokens(json: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut inside, mut escaped) = (false, false);
    json.char_indices().filter(move |(_, character)| {
        let kept = inside || !matches!(character, ' ' | '\n' | '\r' | '\t');
        match character {
            '"' if !escaped => {
                inside = !inside;
                escaped = false;
            }
            '\\' if inside => escaped = !escaped,
            _ => escaped = false,
        }
        kept
    })
}

/// JSON text with each member and item on a line of its own; order and spelling stay.
#[must_use]
pub fn spread(json: &str) -> String {
    let small = minified(json);
    let mut text = String::with_capacity(small.len() * 2);
    let (mut inside, mut escaped, mut depth) = (false, false, 0usize);
    let mut previous = None;
    let mut characters = small.chars().peekable();
    while let Some(character) = characters.next() {
        let opens = |c: Option<char>| matches!(c, Some('{' | '['));
        if inside {
            text.push(character);
            inside = character != '"' || escaped;
            escaped = character == '\\' && !escaped;
            continue;
        }
        let line = |text: &mut String, depth: usize| {
            text.push('\n');
            text.push_str(&"  ".repeat(depth));
        };
        match character {
            '{' | '[' => {
                text.push(character);
                depth += 1;
                if !matches!(characters.peek(), Some('}' | ']')) {
                    line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !opens(previous) {
                    line(&mut text, depth);
                }
                text.push(character);
            }
            ',' => {
                text.push(character);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => {
                inside = character == '"';
                text.push(character);
            }
        }
        previous = Some(character);
    }
    text.push('\n');
    text
}

/// Reads one JSON document.
///
/// # Errors
/// When the text is not one JSON value, or nests deeper than 96 levels; with line and column.
pub fn parse(text: &str) -> Result<Node, JsonError> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| JsonError {
        at: Position { line: error.line().max(1), column: error.column().max(1) },
        message: without_place(&error),
    })?;
    // every level is read once more for the levels above it, so that what is refused is refused first
    match opens_too_deep(text) {
        Some(at) => Err(too_deep(text, at)),
        None => Reader { text }.node(raw.get(), DEPTH_LIMIT),
    }
}

fn too_deep(text: &str, at: usize) -> JsonError {
    JsonError { at: position_in(text, at), message: format!("nested deeper than {DEPTH_LIMIT} levels") }
}

/// Where a list or an object opens inside as many as there may be.
fn opens_too_deep(json: &str) -> Option<usize> {
    let (mut inside, mut escaped, mut depth) = (false, false, 0_usize);
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = inside,
            b'"' => inside = !inside,
            b'[' | b'{' if !inside && depth == DEPTH_LIMIT => return Some(at),
            b'[' | b'{' if !inside => depth += 1,
            b']' | b'}' if !inside => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The reader's words without the line and column that it appends.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn span(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        Span::new(start, start + part.len())
    }

    fn fail(&self, part: &str, error: &serde_json::Error) -> JsonError {
        JsonError { at: position_in(self.text, self.span(part).start), message: without_place(error) }
    }

    fn node(&self, raw: &str, depth: usize) -> Result<Node, JsonError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(too_deep(self.text, self.span(raw).start));
        };
        let value = match raw.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(raw).map_err(|error| self.fail(raw, &error))?;
                let read = |(key, value): &(&RawValue, &RawValue)| {
                    Ok(Member {
                        key: serde_json::from_str(key.get()).map_err(|error| self.fail(key.get(), &error))?,
                        key_span: self.span(key.get()),
                        value: self.node(value.get(), depth)?,
                    })
                };
                Value::Object(members.0.iter().map(read).collect::<Result<_, JsonError>>()?)
            }
            Some(b'[') => {
                let items: Items<'_> = serde_json::from_str(raw).map_err(|error| self.fail(raw, &error))?;
                Value::Array(items.0.iter().map(|item| self.node(item.get(), depth)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::String(serde_json::from_str(raw).map_err(|error| self.fail(raw, &error))?),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            _ => Value::Number(raw.to_owned()),
        };
        Ok(Node { span: self.span(raw), value })
    }
}

/// All members of an object as subslices, duplicates kept.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry::<&RawValue, &RawValue>()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// All items of an array as subslices.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Items<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<&RawValue>()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_text_has_a_line_for_each_member() {
        let text = r#"{"a":[],"b":{},"c":["x, {y}","\"\\"],"d":[{"e":1}]}"#;
        let lines = "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    \"x, {y}\",\n    \"\\\"\\\\\"\n  ],\n  \"d\": [\n    {\n      \"e\": 1\n    }\n  ]\n}\n";
        assert_eq!(spread(text), lines);
        assert_eq!(minified(&spread(text)), text);
    }

    #[test]
    fn every_value_knows_its_span_and_duplicate_keys_stay() {
        let text = "\n{ \"a\" : [1, \"x\\n\"], \"a\": {\"b\": true} }";
        let node = parse(text).unwrap();
        let members = node.members().unwrap();
        let spans: Vec<_> = members
            .iter()
            .map(|m| {
                (
                    text.get(m.key_span.start..m.key_span.end).unwrap(),
                    text.get(m.value.span.start..m.value.span.end).unwrap(),
                )
            })
            .collect();
        assert_eq!(spans, [("\"a\"", "[1, \"x\\n\"]"), ("\"a\"", "{\"b\": true}")]);
        assert_eq!(members[0].value.one_or_many()[1].as_str(), Some("x\n"));
    }

    #[test]
    fn white_space_goes_only_between_tokens() {
        assert_eq!(minified("{ \"a b\" :\n [1,\t\" \\\" \\\\\"] }"), "{\"a b\":[1,\" \\\" \\\\\"]}");
    }

    #[test]
    fn an_error_says_where() {
        assert_eq!(parse("{\"a\": [1,\n 2").unwrap_err().to_string(), "2:2: EOF while parsing a list");
        assert_eq!(parse("{\"a\": \"\\ud800\"}").unwrap_err().to_string(), "1:7: unexpected end of hex escape");
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(parse(&deep).unwrap_err().to_string(), "1:97: nested deeper than 96 levels");
        let deepest = |inner: &str| format!("{}{inner}{}", "[".repeat(95), "]".repeat(95));
        assert!(parse(&deepest("[]")).is_ok());
        assert!(parse(&deepest("\"\\\"[[\"")).is_ok());
        assert_eq!(parse(&deepest("[{}]")).unwrap_err().to_string(), "1:97: nested deeper than 96 levels");
        assert_eq!(parse(&deepest("[1]")).unwrap_err().to_string(), "1:97: nested deeper than 96 levels");
    }
}
