//! What speaks against a remedy, or against a better one.

use super::cannot_fix::CannotFix;
use super::danger::MainDanger;
use super::demand::Demand;
use super::guardrail::Guardrail;
use super::other_denial::OtherDenial;
use crate::denial::Damage;
use crate::iam::{PolicyType, PublicAccessSetting};

/// What speaks against a remedy, or why nothing better can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyNot {
    /// AWS's quarantine stays, and nobody goes around it.
    KeepQuarantine,
    /// Without this setting, what is made public is open to the whole internet.
    OpensToInternet(PublicAccessSetting),
    /// Credentials are in the text: that incident comes first.
    IncidentFirst,
    /// The request can meet the condition instead.
    RequestCanChange,
    /// A change of policies that would be better cannot be made.
    CannotFix(CannotFix),
    /// A policy that was not seen is only asked for.
    NotSeen,
    /// Nobody can have made the request that the text tells of.
    Contradiction(Vec<Damage>),
    /// The text may be wrong.
    CompareText(Damage),
    /// The Deny that is narrowed looks intended.
    Intended(Guardrail),
    /// A model or profile whose Regions are all allowed needs no change.
    AllowedRegionsDo {
        /// Whether the call may have come through a profile that the input does not tell.
        may_be_profile: bool,
    },
    /// Nothing tells whether this organization, whose token it is, is one's own.
    UnknownTenant(String),
    /// What the new access reaches beyond itself.
    Danger(MainDanger),
    /// AWS said that something else denied the request, or did not allow it, which the policies that were seen do not show.
    AwsNamedAnother {
        /// Whether it is a Deny.
        explicit: bool,
        /// The type of policy that AWS named.
        policy_type: PolicyType,
    },
    /// The resource is the pattern that AWS checks, and it covers more than one resource.
    CoversPattern(String),
    /// It goes around what statements demand that nearly allow the request.
    GoesAround(Vec<Demand>),
    /// The remedies of other denials of the input change the same policy in other ways: the document that is written last takes back what the
    /// others change.
    SharesPolicy {
        /// The first of the other denials.
        others: Vec<OtherDenial>,
        /// How many more there are: a log may have thousands, and each of them says so.
        more: usize,
        /// How far one change for these is among the remedies.
        together: Together,
    },
    /// The remedies of other denials of the input make inline policies of the same user, group or role too, and there is no room for all.
    SharesRoom {
        /// The first of the other denials.
        others: Vec<OtherDenial>,
        /// How many more there are.
        more: usize,
        /// How far one change for these is among the remedies.
        together: Together,
    },
}

/// How far one change is made for denials whose remedies change the same policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Together {
    /// For all of them.
    All,
    /// For this denial and others, but not for so many.
    AllBut(usize),
    /// For others, and not for this denial.
    Others,
    /// For none.
    None,
}

impl WhyNot {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeepQuarantine => "keep-quarantine",
            Self::OpensToInternet(_) => "opens-to-internet",
            Self::IncidentFirst => "incident-first",
            Self::RequestCanChange => "request-can-change",
            Self::CannotFix(cannot) => cannot.code(),
            Self::NotSeen => "policy-not-seen",
            Self::Contradiction(_) => "contradictory-text",
            Self::CompareText(_) => "damaged-text",
            Self::Intended(_) => "intended-deny",
            Self::AllowedRegionsDo { .. } => "allowed-regions-do",
            Self::UnknownTenant(_) => "unknown-organization",
            Self::Danger(_) => "danger",
            Self::AwsNamedAnother { .. } => "aws-named-another",
            Self::CoversPattern(_) => "covers-pattern",
            Self::GoesAround(_) => "goes-around-condition",
            Self::SharesPolicy { .. } => "shares-policy",
            Self::SharesRoom { .. } => "shares-quota",
        }
    }
}
