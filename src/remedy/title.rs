//! What a remedy does, in one line.

/// What a remedy does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Title {
    /// Not typed yet.
    Text(String),
}

impl Title {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
        }
    }
}
