//! Another denial of the same input, as a person finds it there.

use crate::denial::Denial;

/// Another denial of the same input: what it is about, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherDenial {
    /// The file, where there are several.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// What was denied: the action, or the operation where no action is known.
    pub what: Option<String>,
    /// On what.
    pub resource: Option<String>,
}

impl OtherDenial {
    /// What names a denial.
    #[must_use]
    pub fn of(denial: &Denial) -> Self {
        let action = denial.action.as_ref().map(ToString::to_string);
        Self {
            file: denial.file.as_deref().map(str::to_owned),
            line: denial.line,
            what: action.or_else(|| denial.operation.clone()),
            resource: denial.resource.clone(),
        }
    }
}
