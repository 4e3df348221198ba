//! What speaks against a remedy, or against a better one.

/// What speaks against a remedy, or why nothing better can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyNot {
    /// Not typed yet.
    Text(String),
}

impl WhyNot {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
        }
    }
}
