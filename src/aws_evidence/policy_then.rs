//! A policy as it was when a request was denied, as `iam:GetRequestAuthorizationPolicy` answers.
//!
//! It may leave out actions of other services than the one that denied, so it is evidence, and no document to start a change from.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::{Record, RecordFile};

/// The policy as a snapshot keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyThenFile {
    /// The id in the message.
    pub authorization_id: String,
    /// The Region that was asked.
    pub region: String,
    /// The policy, as the record names it: an ARN, or an opaque id for inline policies.
    pub policy_uri: String,
    /// Its document.
    pub document: Value,
}

impl PolicyThenFile {
    /// Under which a refusal is recorded.
    #[must_use]
    pub fn refusal_id(authorization_id: &str, policy_uri: &str) -> String {
        format!("{authorization_id} {policy_uri}")
    }
}

/// The policies of a record that denied by a statement, each once.
#[must_use]
pub fn denying_policies(file: &RecordFile) -> Vec<String> {
    Record::new(file).map(|record| denying(&record)).unwrap_or_default()
}

/// The same of a record that was read.
pub(super) fn denying(record: &Record) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for recorded in record.denials().flat_map(|evaluation| &evaluation.denied_by).filter(|recorded| recorded.explicit) {
        found.extend(recorded.policy.clone().filter(|uri| !found.contains(uri)));
    }
    found
}
