//! Which denials of a trail were asked for, where not all were.

/// Which denials count; nothing in it stands for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chosen {
    /// From when on, in seconds since 1970.
    pub since: Option<i64>,
    /// Until when.
    pub until: Option<i64>,
    /// Of callers in these accounts.
    pub accounts: Vec<String>,
    /// Of callers with one of these in their names.
    pub principals: Vec<String>,
    /// Of these actions.
    pub actions: Vec<String>,
}

impl Chosen {
    /// All of them.
    #[must_use]
    pub const fn new() -> Self {
        Self { since: None, until: None, accounts: Vec::new(), principals: Vec::new(), actions: Vec::new() }
    }
}
