//! A statement of a policy, by its name or number.

use crate::iam::StatementName;

/// As it is called in a sentence: its `Sid`, or its number.
#[must_use]
pub fn name(name: &StatementName) -> String {
    match name {
        StatementName::Sid(sid) => format!("statement `{sid}`"),
        StatementName::Index(index) => format!("statement {}", index + 1),
    }
}
