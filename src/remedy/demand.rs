//! What a statement that nearly allows a request demands of it.

use crate::iam::{Condition, StatementName};

/// A resource that would match if a variable had another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableMiss {
    /// The entry as the policy has it.
    pub entry: String,
    /// What it is for this request; the key without a value where it is no resource.
    pub resolved: Result<String, String>,
    /// The variables' keys, as written.
    pub keys: Vec<String>,
}

/// What a statement that nearly allows a request demands, and the request does not bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The statement.
    pub statement: StatementName,
    /// Its policy.
    pub policy: String,
    /// The conditions that do not hold.
    pub conditions: Vec<Condition>,
    /// The variables that make its resource another one.
    pub variables: Vec<VariableMiss>,
}
