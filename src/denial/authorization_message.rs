//! The shape of a decoded authorization message, as `sts:DecodeAuthorizationMessage` answers.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use serde::{Deserialize, Deserializer};

/// The message. Fields that are not there are empty: services leave out what they do not know.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AuthorizationMessage {
    /// Whether a Deny statement matched.
    pub(crate) explicit_deny: bool,
    /// The statements that matched.
    pub(crate) matched_statements: Items<MatchedStatement>,
    /// What was asked.
    pub(crate) context: RequestContext,
}

/// A list, under `items`.
#[derive(Debug, Deserialize)]
pub(crate) struct Items<T> {
    /// The list.
    #[serde(default = "Vec::new")]
    pub(crate) items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

/// A statement that matched.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MatchedStatement {
    /// Its `Sid`, or empty.
    pub(crate) statement_id: String,
    /// `ALLOW` or `DENY`.
    pub(crate) effect: String,
}

/// What was asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RequestContext {
    /// Who asked.
    pub(crate) principal: Caller,
    /// What.
    #[serde(deserialize_with = "given")]
    pub(crate) action: Option<String>,
    /// On what.
    #[serde(deserialize_with = "given")]
    pub(crate) resource: Option<String>,
    conditions: Items<Condition>,
}

impl RequestContext {
    /// Condition keys and their values.
    pub(crate) fn into_conditions(self) -> impl Iterator<Item = (String, Vec<String>)> {
        let named = self.conditions.items.into_iter().filter(|condition| !condition.key.is_empty());
        named.map(|condition| {
            let values = condition.values.items.into_iter().map(|value| value.value);
            (condition.key, values.collect())
        })
    }
}

/// Who asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Caller {
    /// The ARN.
    #[serde(deserialize_with = "given")]
    pub(crate) arn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Condition {
    key: String,
    values: Items<ConditionValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ConditionValue {
    value: String,
}

/// An empty text says nothing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}
