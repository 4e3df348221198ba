//! Denies that look intended: what they guard for one request, and whether iamdx offers to narrow them at all.
//!
//! A guardrail is known by what it protects from this request, whatever its spelling. The patterns are those of AWS's own examples:
//! - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>

mod exception;
mod identity;
mod known;
mod reach;
mod recognise;
mod tag;

use crate::reference::Danger;

pub use exception::Exception;
pub use identity::KnownIdentity;
pub(super) use recognise::{guardrail, keeps_out};
pub(super) use tag::exempting;

/// A Deny that looks intended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guardrail {
    /// What it guards.
    pub guards: Guarded,
    /// Whom and what the statement itself leaves out: what its owner intended.
    pub excepts: Vec<Exception>,
    /// Whether nothing is offered but to ask: an exception here undoes what the guardrail is for.
    pub refused: bool,
}

/// What a Deny guards.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guarded {
    /// Sessions from before a moment were revoked; holds the moment.
    RevokedSession(String),
    /// Accounts must not leave the organization.
    LeaveOrganization,
    /// Everything is denied: the account, or whoever it is, was cut off.
    CutOff,
    /// The root user must not act.
    RootLock,
    /// A role or another identity must not be changed or taken; holds its name.
    Identity(String, KnownIdentity),
    /// Permissions boundaries must stay.
    Boundary,
    /// Logs and detectors must not be stopped or deleted.
    Records,
    /// Another protection must stay on.
    Protection(Danger),
    /// Nobody may get more permissions this way.
    Escalation(Danger),
    /// Nothing may be given to others this way.
    Exposure(Danger),
    /// Data stay in the organization, and others out; holds the key.
    OrganizationPerimeter(String),
    /// Tags by which a perimeter leaves out whoever has them.
    PerimeterTags(Vec<String>),
    /// Tags by which policies decide.
    Tags(Vec<String>),
    /// Only pods of EKS may; holds the key that tells them.
    PodIdentity(String),
    /// Only EKS may set the tags of the sessions of pods; holds the tag.
    PodTag(String),
    /// Machines must not hand out their credentials to whoever asks for them.
    InstanceMetadata,
    /// Only some Regions may be used.
    RegionLock,
    /// Requests must come with MFA, TLS, or from a known network.
    Perimeter,
    /// What is made or put must be encrypted; holds the key.
    Encryption(String),
    /// Things with a tag must stay as they are; holds the key and its values.
    Tagged(String, Vec<String>),
    /// Things that the Deny names must stay as they are.
    Things(Vec<String>),
    /// Only the actions or services that the statement names may be used.
    OnlyThese,
    /// Everybody but whom the statement leaves out.
    OnlyFor,
}

impl Guarded {
    /// A stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RevokedSession(_) => "revoked-session",
            Self::LeaveOrganization => "leave-organization",
            Self::CutOff => "cut-off",
            Self::RootLock => "root-lock",
            Self::Identity(_, KnownIdentity::BreakGlass) => "break-glass",
            Self::Identity(_, KnownIdentity::Platform) => "platform-identity",
            Self::Identity(_, KnownIdentity::Other) => "identity",
            Self::Boundary => "permissions-boundary",
            Self::Records => "records",
            Self::Protection(_) => "protection",
            Self::Escalation(_) => "escalation",
            Self::Exposure(_) => "exposure",
            Self::OrganizationPerimeter(_) => "organization-perimeter",
            Self::PerimeterTags(_) => "perimeter-tags",
            Self::Tags(_) => "tags",
            Self::PodIdentity(_) => "pod-identity",
            Self::PodTag(_) => "pod-tag",
            Self::InstanceMetadata => "instance-metadata",
            Self::RegionLock => "region-lock",
            Self::Perimeter => "perimeter",
            Self::Encryption(_) => "encryption",
            Self::Tagged(..) => "tagged",
            Self::Things(_) => "things",
            Self::OnlyThese => "only-these",
            Self::OnlyFor => "only-for",
        }
    }
}

#[cfg(test)]
mod tests;
