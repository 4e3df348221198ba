//! The versions of the policy language.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// `2008-10-17`, also when Version is absent: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}
