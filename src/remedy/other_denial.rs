//! Another denial of the same input, as a person finds it there.

use crate::denial::Denial;

/// Another denial of the same input: what it is about, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherDenial {
    /// Where it stands.
    pub place: DenialPlace,
    /// What was denied: the action, or the operation where no action is known.
    pub what: Option<String>,
    /// On what.
    pub resource: Option<String>,
}

/// Where a denial stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DenialPlace {
    /// In a text.
    Line {
        /// The file, where there are several.
        file: Option<String>,
        /// The line, from 1.
        line: usize,
    },
    /// Behind a finding of a trail, by its number from 1.
    Finding(usize),
}

impl DenialPlace {
    /// Where it stands in a text.
    #[must_use]
    pub fn of(denial: &Denial) -> Self {
        Self::Line { file: denial.file.as_deref().map(str::to_owned), line: denial.line }
    }
}

impl OtherDenial {
    /// What names a denial that stands there.
    #[must_use]
    pub fn new(denial: &Denial, place: DenialPlace) -> Self {
        let action = denial.action.as_ref().map(ToString::to_string);
        let what = action.or_else(|| denial.operation.clone());
        Self { place, what, resource: denial.resource.clone() }
    }
}
