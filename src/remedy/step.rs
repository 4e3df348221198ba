//! A step for a person, where commands do not do it.

/// A step for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Not typed yet.
    Text(String),
}

impl Step {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
        }
    }
}
