//! Changing a JSON text without rewriting it: what is not touched keeps its bytes, what is new takes the style around it.

use super::json::{Node, Value};
use super::span::Span;

/// A JSON value to be written, members in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
    /// Text of the same document that is repeated as it stands, its lines relative to the first one's indentation.
    Verbatim(String),
}

impl Json {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// One string, or a list of several, as people write IAM elements.
    #[must_use]
    pub fn one_or_many(texts: &[String]) -> Self {
        match texts {
            [only] => Self::text(only.clone()),
            many => Self::List(many.iter().map(Self::text).collect()),
        }
    }

    /// What a document says at this place.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        match &node.value {
            Value::Null => Self::Verbatim("null".to_owned()),
            Value::Bool(truth) => Self::Verbatim(truth.to_string()),
            Value::Number(number) => Self::Verbatim(number.clone()),
            Value::String(text) => Self::text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|member| (member.key.clone(), Self::of(&member.value))).collect())
            }
        }
    }

    /// Several lines, `indent` for each level, the first line without indentation; short lists stay on one line.
    #[must_use]
    pub fn pretty(&self, indent: &str, level: usize) -> String {
        let inner = indent.repeat(level + 1);
        let outer = indent.repeat(level);
        match self {
            Self::Object(members) if !members.is_empty() => {
                let lines: Vec<_> = members
                    .iter()
                    .map(|(key, value)| format!("{inner}{}: {}", quoted(key), value.pretty(indent, level + 1)))
                    .collect();
                format!("{{\n{}\n{outer}}}", lines.join(",\n"))
            }
            Self::List(items) if items.len() > 1 || items.iter().any(|item| matches!(item, Self::Object(_))) => {
                let lines: Vec<_> =
                    items.iter().map(|item| format!("{inner}{}", item.pretty(indent, level + 1))).collect();
                format!("[\n{}\n{outer}]", lines.join(",\n"))
            }
            Self::Verbatim(text) => text.replace('\n', &format!("\n{outer}")),
            _ => self.compact(),
        }
    }

    /// One line.
    #[must_use]
    pub fn compact(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Verbatim(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::compact).collect::<Vec<_>>().join(", ")),
            Self::Object(members) => {
                let members: Vec<_> =
                    members.iter().map(|(key, value)| format!("{}: {}", quoted(key), value.compact())).collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }
}

/// A JSON string with its quotes and escapes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// One replacement; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Patch {
    /// Replaces `span` by `text`.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// The text after all patches, which must not overlap; one that lies outside the text is left out.
#[must_use]
pub fn apply(text: &str, patches: &[Patch]) -> String {
    let mut ordered: Vec<&Patch> = patches.iter().collect();
    ordered.sort_by_key(|patch| patch.span);
    let mut result = String::with_capacity(text.len() + patches.iter().map(|patch| patch.text.len()).sum::<usize>());
    let mut done = 0;
    for patch in ordered {
        if let Some(before) = text.get(done..patch.span.start)
            && text.get(patch.span.start..patch.span.end).is_some()
        {
            result.push_str(before);
            result.push_str(&patch.text);
            done = patch.span.end;
        }
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

/// Adds an item to the end of a list; a single value becomes a list of both. The layout follows the list's own.
#[must_use]
pub fn append_item(text: &str, list: &Node, item: &Json) -> Patch {
    match &list.value {
        Value::Array(items) => match items.last() {
            Some(last) => after(text, last.span, list.span, item, None),
            None => Patch::new(list.span, format!("[{}]", item.compact())),
        },
        _ if matches!(item, Json::Object(_)) => {
            // two objects, such as statements, deserve lines of their own
            let layout = Layout::of(text, list.span);
            let own = text.get(list.span.start..list.span.end).unwrap_or_default();
            let shifted = own.replace('\n', &format!("\n{}", layout.unit));
            let base = format!("{}{}", layout.indent, layout.unit);
            let new = item.pretty(&layout.unit, 0).replace('\n', &format!("\n{base}"));
            Patch::new(list.span, format!("[\n{base}{shifted},\n{base}{new}\n{}]", layout.indent))
        }
        _ => {
            let own = text.get(list.span.start..list.span.end).unwrap_or_default();
            Patch::new(list.span, format!("[{own}, {}]", item.compact()))
        }
    }
}

/// Adds a member to the end of an object, in the object's own layout.
#[must_use]
pub fn append_member(text: &str, object: &Node, key: &str, value: &Json) -> Patch {
    match object.members().and_then(<[_]>::last) {
        Some(last) => after(text, last.key_span.join(last.value.span), object.span, value, Some(key)),
        None => Patch::new(object.span, format!("{{{}: {}}}", quoted(key), value.compact())),
    }
}

/// Text for `value` behind `last`, the last child of `container`.
fn after(text: &str, last: Span, container: Span, value: &Json, key: Option<&str>) -> Patch {
    let at = Span::new(last.end, last.end);
    let key = key.map_or_else(String::new, |key| format!("{}: ", quoted(key)));
    let tail = text.get(last.end..container.end).unwrap_or_default();
    if !tail.contains('\n') {
        return Patch::new(at, format!(", {key}{}", value.compact()));
    }
    let layout = Layout::of(text, last);
    let value = value.pretty(&layout.unit, 0).replace('\n', &format!("\n{}", layout.indent));
    Patch::new(at, format!(",\n{}{key}{value}", layout.indent))
}

/// What stands at `span`, to be repeated elsewhere: its further lines lose the indentation of the first one's line.
#[must_use]
pub fn verbatim(text: &str, span: Span) -> Json {
    let own = text.get(span.start..span.end).unwrap_or_default();
    Json::Verbatim(own.replace(&format!("\n{}", Layout::of(text, span).indent), "\n"))
}

/// A whole document, to be repeated inside another one.
#[must_use]
pub fn verbatim_text(text: &str) -> Json {
    Json::Verbatim(text.trim().to_owned())
}

/// How a document is indented.
struct Layout {
    /// The indentation of the line on which the value begins.
    indent: String,
    /// One level.
    unit: String,
}

impl Layout {
    fn of(text: &str, span: Span) -> Self {
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indent: String = line.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        // the first indented line of the document shows one level
        let unit = text
            .lines()
            .find_map(|line| {
                let space: String = line.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
                (!space.is_empty()).then_some(space)
            })
            .unwrap_or_else(|| "  ".to_owned());
        Self { indent, unit }
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    fn appended(text: &str, key: &str, item: &Json) -> String {
        let root = parse(text).unwrap();
        apply(text, &[append_item(text, root.get(key).unwrap(), item)])
    }

    #[test]
    fn a_list_grows_in_its_own_layout() {
        let item = Json::text("b");
        assert_eq!(appended(r#"{"A": ["a"]}"#, "A", &item), r#"{"A": ["a", "b"]}"#);
        assert_eq!(appended(r#"{"A": "a"}"#, "A", &item), r#"{"A": ["a", "b"]}"#);
        assert_eq!(
            appended("{\n    \"A\": [\n        \"a\"\n    ]\n}", "A", &item),
            "{\n    \"A\": [\n        \"a\",\n        \"b\"\n    ]\n}"
        );
    }

    #[test]
    fn a_single_object_becomes_a_list_of_two() {
        let item = Json::Object(vec![("E".to_owned(), Json::text("x"))]);
        let before = "{\n  \"S\": {\n    \"E\": \"y\"\n  }\n}";
        assert_eq!(
            appended(before, "S", &item),
            "{\n  \"S\": [\n    {\n      \"E\": \"y\"\n    },\n    {\n      \"E\": \"x\"\n    }\n  ]\n}"
        );
    }

    #[test]
    fn an_object_grows_in_its_own_layout() {
        let member = Json::Object(vec![("k".to_owned(), Json::text("v"))]);
        let text = "{\n  \"a\": 1\n}";
        let grown = apply(text, &[append_member(text, &parse(text).unwrap(), "C", &member)]);
        assert_eq!(grown, "{\n  \"a\": 1,\n  \"C\": {\n    \"k\": \"v\"\n  }\n}");
        let line = r#"{"a": 1}"#;
        assert_eq!(
            apply(line, &[append_member(line, &parse(line).unwrap(), "C", &member)]),
            r#"{"a": 1, "C": {"k": "v"}}"#
        );
    }
}
