//! A statement of a policy, by its name or number.

/// The statement's `Sid`, or its number for a person: `statement 2`.
#[must_use]
pub fn label(sid: Option<&str>, index: usize) -> String {
    match sid {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {}", index + 1),
    }
}
