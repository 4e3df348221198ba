//! JSON that remembers where each value was written, with duplicate keys kept.

use super::json_error::JsonError;
use super::span::Span;
use super::tape::{Item, Kind, Pair, Tape};

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
    let tape = Tape::new(text)?;
    Ok(tape.root().map_or(Node { span: Span::default(), value: Value::Null }, node))
}

fn node(item: Item<'_, '_>) -> Node {
    let text = || item.text().unwrap_or_default().into_owned();
    let value = match item.kind() {
        Kind::Null => Value::Null,
        Kind::True => Value::Bool(true),
        Kind::False => Value::Bool(false),
        Kind::Number => Value::Number(item.written().to_owned()),
        Kind::Plain | Kind::Escaped => Value::String(text()),
        Kind::List => Value::Array(item.one_or_many().map(node).collect()),
        Kind::Object => Value::Object(item.members().map(member).collect()),
    };
    Node { span: item.span(), value }
}

fn member(pair: Pair<'_, '_>) -> Member {
    let Pair { key, value } = pair;
    Member { key: key.text().unwrap_or_default().into_owned(), key_span: key.span(), value: node(value) }
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
