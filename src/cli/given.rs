//! Policies that are given beside a file of cases: each case is asked about these where it has none of their type.

use super::{Error, PolicyArgs};
use crate::evaluate::TestCase;
use crate::snapshot::{Principals, Snapshot};

/// What the options give.
pub(crate) struct Given {
    snapshot: Snapshot,
    principals: Principals,
    /// Whether a snapshot was given: what that does not hold is not known.
    whole: bool,
}

impl Given {
    /// Reads the policies, if any option gives some.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what its option says.
    pub(crate) fn read(policies: &PolicyArgs) -> Result<Option<Self>, Error> {
        if policies.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { snapshot: policies.read()?, principals: Principals::default(), whole: policies.has_snapshot() }))
    }

    /// The case with these policies.
    pub(crate) fn fill(&self, case: TestCase) -> TestCase {
        let selected = self.principals.policies_for(&self.snapshot, &case.request);
        case.with_policies(selected, self.whole)
    }
}
