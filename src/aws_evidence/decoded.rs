//! A decoded authorization message, as `sts:DecodeAuthorizationMessage` answers.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::denial::AuthorizationMessage;

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
#[non_exhaustive]
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

impl Decoded {
    pub(super) fn new(file: &DecodedFile) -> Option<Self> {
        let mut message: AuthorizationMessage = serde_json::from_value(file.decoded.clone()).ok()?;
        let sids = message.matched_statements.items.into_iter().map(|statement| statement.statement_id);
        Some(Self {
            explicit_deny: message.explicit_deny,
            principal: message.context.principal.arn.take(),
            action: message.context.action.take(),
            resource: message.context.resource.take(),
            context: message
                .context
                .into_conditions()
                .map(|(key, values)| {
                    let list = values.len() > 1;
                    (key, values, list)
                })
                .collect(),
            statements: sids.filter(|sid| !sid.is_empty()).collect(),
        })
    }
}
