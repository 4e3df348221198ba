//! Whether arguments are what a tool takes, in words for whoever wrote them: the names are theirs, and what is expected is what the schema
//! says.

use serde_json::Value;

use super::schema::Object;
use crate::cli::private;

/// As many complaints at once; more help nobody.
const MOST: usize = 8;

/// What of the arguments does not fit, a sentence each.
pub(super) fn complaints(tool: &str, schema: &Object, asked: &Object) -> Vec<String> {
    let mut look = Look { tool, complaints: Vec::new() };
    look.members("", schema, asked);
    look.complaints.truncate(MOST);
    look.complaints
}

/// What is not given, by whatever word: null stands for nothing. A document and a map of condition keys are left as they are.
pub(super) fn without_nothing(asked: &mut Object) {
    asked.retain(|_, value| !value.is_null());
    for (_, value) in asked.iter_mut().filter(|(name, _)| !matches!(name.as_str(), "text" | "context")) {
        let members = match value {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        members.iter_mut().filter_map(Value::as_object_mut).for_each(without_nothing);
    }
}

struct Look<'a> {
    tool: &'a str,
    complaints: Vec<String>,
}

impl Look<'_> {
    /// The members of an object; the arguments themselves have no name.
    fn members(&mut self, name: &str, schema: &Object, given: &Object) {
        let known = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for missing in required.filter(|required| !given.contains_key(*required)) {
            let of = known.and_then(|known| known.get(missing)).map(about).unwrap_or_default();
            self.complaints.push(format!("`{}` is missing{of}", within(name, missing)));
        }
        for (member, value) in given {
            let inner = within(name, member);
            match (known.and_then(|known| known.get(member)), schema.get("additionalProperties")) {
                (Some(Value::Object(schema)), _) => self.value(&inner, member, schema, value),
                (None, Some(Value::Bool(false))) => {
                    private::learn_argument(member);
                    let names: Vec<&str> = known.into_iter().flat_map(Object::keys).map(String::as_str).collect();
                    let of = if name.is_empty() {
                        format!("{} on this server. It", self.tool)
                    } else {
                        format!("`{name}` on this server, which")
                    };
                    self.complaints.push(format!("`{inner}` is no argument of {of} takes: {}", names.join(", ")));
                }
                // condition keys
                (None, Some(Value::Object(_))) => self.condition(&inner, value),
                _ => {}
            }
        }
    }

    fn value(&mut self, name: &str, member: &str, schema: &Object, value: &Value) {
        let of = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        match (of, value) {
            // a document that came as JSON is the text that it makes
            ("string", _) if member == "text" => {}
            ("string", Value::String(text)) => self.one_of(name, schema, text),
            ("boolean", Value::Bool(_)) => {}
            ("integer", Value::Number(number)) if number.is_u64() => {}
            ("array", Value::Array(items)) => {
                let Some(Value::Object(schema)) = schema.get("items") else { return };
                for (number, item) in items.iter().enumerate() {
                    self.value(&format!("{name}[{number}]"), member, schema, item);
                }
            }
            ("object", Value::Object(members)) => self.members(name, schema, members),
            _ => {
                let takes = match of {
                    "string" => "a text",
                    "boolean" => "true or false",
                    "integer" => "a whole number, not below 0",
                    "array" => "a list",
                    _ => "an object",
                };
                let of = about(&Value::Object(schema.clone()));
                self.complaints.push(format!("`{name}` takes {takes}, not {}{of}", kind(value)));
            }
        }
    }

    /// A word of a list.
    fn one_of(&mut self, name: &str, schema: &Object, text: &str) {
        let Some(words) = schema.get("enum").and_then(Value::as_array) else { return };
        if words.iter().any(|word| word == text) {
            return;
        }
        private::learn_argument(text);
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        let given = if text.len() > LONGEST_WORD { "a longer text".to_owned() } else { format!("`{text}`") };
        self.complaints.push(format!("`{name}` is one of {}, not {given}", words.join(", ")));
    }

    /// The values of a condition key.
    fn condition(&mut self, name: &str, value: &Value) {
        let is_one = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
        let fits = match value {
            Value::Array(values) => values.iter().all(is_one),
            one => is_one(one),
        };
        if !fits {
            let hint = if value.is_null() { ". Leave out a key whose value is not known" } else { "" };
            self.complaints.push(format!("`{name}` takes a text, or a list of texts, not {}{hint}", kind(value)));
        }
    }
}

/// A longer word is not repeated.
const LONGEST_WORD: usize = 60;

fn within(name: &str, member: &str) -> String {
    if name.is_empty() { member.to_owned() } else { format!("{name}.{member}") }
}

/// What the schema says about it.
fn about(schema: &Value) -> String {
    let description = schema.get("description").and_then(Value::as_str);
    description.map(|description| format!(": {}", description.replace('\n', " "))).unwrap_or_default()
}

/// What a value is, in a word.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(values) if values.iter().any(|value| value.is_object() || value.is_array()) => {
            "a list of lists or objects"
        }
        Value::Array(values) if values.iter().any(Value::is_null) => "a list with null in it",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Object {
        let text = json!({"type": "string", "description": "Who asks"});
        let policy = json!({
            "type": "object",
            "properties": {"type": {"type": "string", "enum": ["session", "snapshot"]}, "text": {"type": "string"}},
            "required": ["type"],
            "additionalProperties": false,
        });
        let properties = json!({
            "principal": text,
            "live": {"type": "boolean"},
            "max_calls": {"type": "integer"},
            "policies": {"type": "array", "items": policy},
            "context": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        });
        let schema = json!({"properties": properties, "required": ["principal"], "additionalProperties": false});
        schema.as_object().unwrap().clone()
    }

    #[test]
    fn what_does_not_fit_is_said_with_the_name_of_the_argument_and_what_it_takes() {
        for (asked, expected) in [
            (json!({"principal": "a", "policies": [{"type": "session", "text": {"a": 1}}]}), &[][..]),
            (json!({"principal": "a", "context": {"k": "v", "l": ["v", 5], "m": true}}), &[]),
            (json!({}), &["`principal` is missing: Who asks"]),
            (json!({"principal": 5}), &["`principal` takes a text, not a number: Who asks"]),
            (json!({"principal": "a", "live": "yes"}), &["`live` takes true or false, not a text"]),
            (
                json!({"principal": "a", "max_calls": -1}),
                &["`max_calls` takes a whole number, not below 0, not a number"],
            ),
            (json!({"principal": "a", "policies": "[]"}), &["`policies` takes a list, not a text"]),
            (
                json!({"principal": "a", "policies": [{"type": "session"}, "b"]}),
                &["`policies[1]` takes an object, not a text"],
            ),
            (
                json!({"principal": "a", "policies": [{"type": "scp", "file": "b"}, {}]}),
                &[
                    "`policies[0].file` is no argument of `policies[0]` on this server, which takes: text, type",
                    "`policies[0].type` is one of `session`, `snapshot`, not `scp`",
                    "`policies[1].type` is missing",
                ],
            ),
            (
                json!({"principal": "a", "context": {"k": {}}}),
                &["`context.k` takes a text, or a list of texts, not an object"],
            ),
            (
                json!({"principal": "a", "context": {"k": null, "l": ["v", null]}}),
                &[
                    "`context.k` takes a text, or a list of texts, not null. Leave out a key whose value is not known",
                    "`context.l` takes a text, or a list of texts, not a list with null in it",
                ],
            ),
            (
                json!({"principal": "a", "x": 1}),
                &["`x` is no argument of try on this server. It takes: context, live, max_calls, policies, principal"],
            ),
        ] {
            let told = complaints("try", &schema(), asked.as_object().unwrap());
            assert_eq!(told, expected, "{asked}");
        }
    }

    #[test]
    fn null_is_nothing_but_in_a_document() {
        let mut asked = json!({"a": null, "context": null, "policies": null});
        without_nothing(asked.as_object_mut().unwrap());
        assert_eq!(asked, json!({}));
        let mut asked = json!({"a": null, "policies": [{"path": null, "text": {"b": null}}], "old": {"path": null}, "context": {"k": null}});
        without_nothing(asked.as_object_mut().unwrap());
        assert_eq!(asked, json!({"policies": [{"text": {"b": null}}], "old": {}, "context": {"k": null}}));
    }
}
