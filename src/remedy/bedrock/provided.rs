//! What the proof of a whole call takes to be so.

use crate::iam::Arn;

/// Something that the proof of a whole call takes to be so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provided {
    /// The call went through this profile: it is the only one that a policy of the principal names for the model.
    ThroughProfile {
        /// The profile.
        profile: Arn,
        /// The policy.
        policy: String,
    },
    /// AWS keeps the call in the Regions that are allowed, although it is not known which ones it may choose.
    StaysInAllowedRegions,
}

impl Provided {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ThroughProfile { .. } => "through-profile",
            Self::StaysInAllowedRegions => "stays-in-allowed-regions",
        }
    }
}
