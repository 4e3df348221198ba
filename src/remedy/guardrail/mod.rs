//! Denies that look intended: what they guard for one request, and whether iamdx offers to narrow them at all.
//!
//! A guardrail is known by what it protects from this request, whatever its spelling. The patterns are those of AWS's own examples:
//! - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>

mod exception;
mod identity;
mod recognise;
mod tag;

use crate::reference::Danger;

pub(super) use exception::Exception;
pub(super) use recognise::{guardrail, keeps_out};
pub(super) use tag::exempting;

/// A Deny that looks intended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guardrail {
    /// What it guards.
    pub(super) guards: Guarded,
    /// Whom and what the statement itself leaves out: what its owner intended.
    pub(super) excepts: Vec<Exception>,
    /// Whether nothing is offered but to ask: an exception here undoes what the guardrail is for.
    refused: bool,
}

/// What a Deny guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guarded {
    /// Sessions from before a moment were revoked; holds the moment.
    RevokedSession(String),
    /// Accounts must not leave the organization.
    LeaveOrganization,
    /// Everything is denied: the account, or whoever it is, was cut off.
    CutOff,
    /// The root user must not act.
    RootLock,
    /// A role or another identity must not be changed or taken; holds its name.
    Identity(String, identity::Known),
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
    /// Only pods of EKS may, or only EKS may set the tags of their sessions.
    PodIdentity(String),
    /// Machines must not hand out their credentials to whoever asks for them.
    InstanceMetadata,
    /// Only some Regions may be used.
    RegionLock,
    /// Requests must come with MFA, TLS, or from a known network.
    Perimeter,
    /// What is made or put must be encrypted; holds the key.
    Encryption(String),
    /// Things with a tag must stay as they are; holds the key and its values.
    Tagged(String, String),
    /// Things that the Deny names must stay as they are.
    Thing(String),
    /// Only the actions or services that the statement names may be used.
    OnlyThese,
    /// Everybody but whom the statement leaves out.
    OnlyFor,
}

impl Guardrail {
    /// What it is for, in words.
    pub(super) fn purpose(&self) -> String {
        match &self.guards {
            Guarded::RevokedSession(moment) => format!("it revokes the sessions from before {moment}"),
            Guarded::LeaveOrganization => "it keeps accounts in the organization".to_owned(),
            Guarded::CutOff => "it denies everything: somebody cut this account or identity off".to_owned(),
            Guarded::RootLock => "it keeps the root user from acting".to_owned(),
            Guarded::Identity(name, known) => format!("it keeps {} from being changed or taken", known.in_words(name)),
            Guarded::Boundary => "it keeps permissions boundaries in place".to_owned(),
            Guarded::Records => "it keeps logs and detectors from being stopped or deleted".to_owned(),
            Guarded::Protection(danger) => format!("it keeps on what {} switches off", danger.action),
            Guarded::Escalation(danger) => format!("it keeps permissions from being widened by {}", danger.action),
            Guarded::Exposure(danger) => format!("it keeps things from being given to others by {}", danger.action),
            Guarded::OrganizationPerimeter(key) => {
                format!("it keeps access between this organization and others closed, by {key}")
            }
            Guarded::PerimeterTags(tags) => format!(
                "it keeps the tags {} from being set or changed: whoever may set them is left out of the perimeter",
                tags.join(", ")
            ),
            Guarded::Tags(tags) => {
                format!("it keeps the tags {} from being set or changed: policies decide by them", tags.join(", "))
            }
            Guarded::PodIdentity(key) => {
                format!("it goes by {key}, which EKS sets for pods and for nobody else")
            }
            Guarded::InstanceMetadata => {
                "it keeps machines from handing their credentials out through the old metadata service (IMDSv1)"
                    .to_owned()
            }
            Guarded::RegionLock => "it keeps work in the Regions that it names".to_owned(),
            Guarded::Perimeter => "it asks where or how a request comes, for everyone".to_owned(),
            Guarded::Encryption(key) => format!("it keeps data from being stored without encryption, by {key}"),
            Guarded::Tagged(key, values) => format!("it protects what has {key} = {values}"),
            Guarded::Thing(names) => format!("it keeps {names} from being changed"),
            Guarded::OnlyThese => "it keeps everyone to the actions that it names".to_owned(),
            Guarded::OnlyFor => format!("it keeps this to {}", self.exceptions()),
        }
    }

    /// Whom to ask instead, or before.
    pub(super) fn ask(&self) -> &'static str {
        match self.guards {
            Guarded::RevokedSession(_) => {
                "get a new session; if you do not know why it was revoked, treat it as an incident"
            }
            Guarded::LeaveOrganization => "ask whoever manages the organization to move the account",
            Guarded::CutOff => {
                "ask the security team why, and treat it as an incident until you know; only they give the access back"
            }
            Guarded::RootLock => "use a role of the account instead of its root user",
            Guarded::Identity(_, identity::Known::BreakGlass) => {
                "ask the security team, who own the way in for emergencies"
            }
            Guarded::Identity(..) => "ask the security team, or whoever set that identity up and owns it",
            Guarded::Boundary => {
                "ask whoever set the boundary, and make new identities with the boundary that is asked for"
            }
            Guarded::Records | Guarded::Protection(_) => {
                "ask the security team, who own what records, detects and protects"
            }
            Guarded::Escalation(_) => "ask the security team, or have whoever administers IAM make the change",
            Guarded::Exposure(_) => "ask whoever owns the data, and the security team",
            Guarded::OrganizationPerimeter(_) => {
                "check that the other side is whom you mean; then ask whoever owns the data perimeter"
            }
            Guarded::PerimeterTags(_) | Guarded::Tags(_) => "ask whoever manages these tags to set them",
            Guarded::PodIdentity(_) => "make the call from the pod, through its service account",
            Guarded::InstanceMetadata => {
                "ask for IMDSv2: --metadata-options HttpTokens=required, and an SDK or agent that speaks it on the machine"
            }
            Guarded::RegionLock | Guarded::Perimeter | Guarded::OnlyThese => "ask its owner first",
            Guarded::Encryption(_) => "ask for encryption in the call, as the Deny wants it",
            Guarded::Tagged(..) => "ask whoever owns what has that tag",
            Guarded::Thing(_) => "ask whoever owns it to make the change",
            Guarded::OnlyFor => {
                "ask whoever may use that principal or set that tag; ask the owner of the Deny before anything else is left out"
            }
        }
    }

    /// What to do, in one line, where nothing is changed.
    pub(super) fn title(&self) -> Option<String> {
        if matches!(self.guards, Guarded::RevokedSession(_)) {
            return Some(
                "Your session was revoked: get a new one; if you do not know why, treat it as an incident".to_owned(),
            );
        }
        (!self.excepts.is_empty()).then(|| format!("{}: use that, or ask its owner", self.already()))
    }

    /// What to do, in order; the exception that the owner made comes first.
    pub(super) fn steps(&self) -> Vec<String> {
        let own = (!self.excepts.is_empty()).then(|| format!("{}: use that", self.already()));
        let more = match &self.guards {
            Guarded::RevokedSession(moment) => vec![
                format!("sign in again, or assume the role again: sessions from after {moment} are not denied"),
                "if you do not know why it was revoked, tell the security team and read CloudTrail for the old session"
                    .to_owned(),
            ],
            _ => vec![self.ask().to_owned()],
        };
        own.into_iter().chain(more).collect()
    }

    fn already(&self) -> String {
        format!("the statement already excepts {}", self.exceptions())
    }

    fn exceptions(&self) -> String {
        self.excepts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; and ")
    }

    /// Whether nothing is offered but to ask: an exception here undoes what the guardrail is for.
    pub(super) const fn is_refused(&self) -> bool {
        self.refused
    }

    /// What speaks for the Deny: the exception first that its owner made.
    pub(super) fn in_words(&self) -> String {
        let own = match self.guards {
            Guarded::OnlyFor => String::new(),
            _ if self.excepts.is_empty() => String::new(),
            _ => format!("{}: use that; ", self.already()),
        };
        format!("{own}the Deny looks intended: {}; {}", self.purpose(), self.ask())
    }
}

#[cfg(test)]
mod tests;
