//! A decoded authorization message, as `sts:DecodeAuthorizationMessage` answers.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A decoded message as a snapshot keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DecodedFile {
    /// Which encoded message it was.
    pub of: EncodedId,
    /// What AWS decoded.
    pub decoded: Value,
}

/// An encoded message by its beginning and length: it is long, and nobody reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedId {
    /// Its first characters.
    pub start: String,
    /// How long it is.
    pub length: usize,
}

impl EncodedId {
    /// Of a whole message.
    #[must_use]
    pub fn new(blob: &str) -> Self {
        Self { start: blob.chars().take(32).collect(), length: blob.len() }
    }
}

/// What the message says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decoded {
    /// Whether a Deny statement matched.
    pub explicit_deny: bool,
    /// Who asked.
    pub principal: Option<String>,
    /// What.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// The request context: key, values, whether it is a list.
    pub context: Vec<(String, Vec<String>, bool)>,
    /// The `Sid`s of the statements that matched.
    pub statements: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Message {
    explicit_deny: bool,
    matched_statements: Items<Statement>,
    context: Context,
}

#[derive(Deserialize)]
#[serde(default)]
struct Items<T> {
    items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Statement {
    statement_id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Context {
    principal: Principal,
    action: Option<String>,
    resource: Option<String>,
    conditions: Items<Condition>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Principal {
    arn: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Condition {
    key: String,
    values: Items<ConditionValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ConditionValue {
    value: String,
}

impl Decoded {
    pub(super) fn new(file: &DecodedFile) -> Option<Self> {
        let message: Message = serde_json::from_value(file.decoded.clone()).ok()?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let conditions = message.context.conditions.items.into_iter().filter(|condition| !condition.key.is_empty());
        Some(Self {
            explicit_deny: message.explicit_deny,
            principal: given(message.context.principal.arn),
            action: given(message.context.action),
            resource: given(message.context.resource),
            context: conditions
                .map(|condition| {
                    let values: Vec<_> = condition.values.items.into_iter().map(|value| value.value).collect();
                    let list = values.len() > 1;
                    (condition.key, values, list)
                })
                .collect(),
            statements: message
                .matched_statements
                .items
                .into_iter()
                .map(|statement| statement.statement_id)
                .filter(|sid| !sid.is_empty())
                .collect(),
        })
    }
}
