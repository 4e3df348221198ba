//! What a remedy does, in one line.

use super::add_to::AddTo;
use super::demand::VariableMiss;
use super::guardrail::{Guarded, Guardrail};
use super::mfa::Mfa;
use super::other_denial::OtherDenial;
use super::request_change::RequestChange;
use crate::denial::{Part, ServiceRole};
use crate::iam::{Action, Condition, Owner, PolicyType, Principal, PublicAccessSetting};

/// What of AWS's a request is about that nobody else can let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfAws {
    /// A managed policy of AWS, which only AWS changes.
    ManagedPolicy,
    /// The name of a parameter that only AWS gives.
    ReservedParameter,
    /// A resource whose policy is AWS's.
    ResourcePolicy,
}

/// What there is for guests of an identity pool of Cognito, whose session policy is AWS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForGuests {
    /// Whose the policy is.
    PolicyOfAws,
    /// They sign in.
    SignIn,
    /// Something that is no guest makes the call.
    CallForThem,
    /// The app makes the session itself.
    ClassicFlow,
}

/// What a remedy does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Title {
    /// A key has leaked.
    Compromised {
        /// Whether AWS has put it under quarantine.
        quarantined: bool,
    },
    /// A setting of S3 Block Public Access stays on.
    LeaveSettingOn {
        /// The setting.
        setting: PublicAccessSetting,
        /// Whether AWS named it.
        certain: bool,
    },
    /// Its edits.
    Edits,
    /// Its edits, which solve these other denials of the input too.
    Together(Vec<OtherDenial>),
    /// Its edits, which allow all that a call through an inference profile lacks.
    WholeCall {
        /// The id of the profile.
        profile: String,
        /// Whether it is known to which Regions AWS may send the call.
        regions_known: bool,
    },
    /// Its edits, which leave the calls through an inference profile out of a Region lock.
    OutOfRegionLock {
        /// The id of the profile.
        profile: String,
    },
    /// No change is proved to help: ask this owner.
    Ask(Owner),
    /// The search for a change ended after so many; nothing says that there is none.
    SearchEnded(usize),
    /// Give the resource, without which nothing can be proved; the ARNs of its kinds, as a person fills them in.
    GiveResource(Vec<String>),
    /// Give the values of these condition keys, without which nobody can tell what would help.
    GiveContext(Vec<String>),
    /// Ask the owner of a policy that was not seen.
    AskUnseen {
        /// The owner.
        owner: Owner,
        /// The owner's account, where it is known.
        account: Option<String>,
    },
    /// Compare what a token says with what the trust policy of a role asks for.
    CompareToken {
        /// The name of the role, where it is known.
        role: Option<String>,
        /// Whether it is an assertion of SAML.
        saml: bool,
    },
    /// Add a statement to a policy of this caller, of which none was seen.
    AddToCaller {
        /// The caller: a user, or the session of a role.
        caller: Principal,
    },
    /// Add a statement to a policy that was not seen.
    AddTo {
        /// Where it goes.
        place: AddTo,
        /// Whether AWS said that the allow is missing; otherwise that is likely.
        certain: bool,
    },
    /// Say these parts of the request, which the text does not name.
    TellMore(Vec<Part>),
    /// The request came without a signature.
    Unsigned,
    /// The role is a service-linked role, which nobody but its service changes.
    ServiceLinked {
        /// The role's name.
        role: String,
    },
    /// Add statements to a policy of a role that a service uses.
    AddToRoleOfService {
        /// Which role it is.
        role: ServiceRole,
        /// Its ARN, where it is known.
        principal: Option<Principal>,
    },
    /// AWS said that a policy denies, which was not seen: find it and ask its owner.
    FindDeny {
        /// The owner.
        owner: Owner,
        /// The account, where it is known.
        account: Option<String>,
        /// The type of policy.
        policy_type: PolicyType,
    },
    /// See whether the resource exists, and what its policy says.
    SeeResource {
        /// The resource.
        resource: String,
        /// The account that owns it, where it is not the caller's.
        account: Option<String>,
    },
    /// Provision a permission set of IAM Identity Center: it allows the request already, and its role is of before.
    Provision {
        /// Its name.
        set: String,
    },
    /// The session was revoked: get a new one.
    NewSession,
    /// Use what the statement leaves out by itself.
    UseException(Guardrail),
    /// Ask about a condition that the request does not meet.
    AskAboutCondition {
        /// The condition.
        condition: Box<Condition>,
        /// Whether the request comes without its key.
        missing: bool,
    },
    /// Check the value of a variable in a statement, and the name of the resource.
    CheckVariable(VariableMiss),
    /// Ask the owner of the statement.
    AskOwner,
    /// Ask for an exception from a condition on MFA, which this kind of principal cannot meet.
    WithoutMfa(Mfa),
    /// The caller asks for the role that it already has.
    AlreadyThisRole(Principal),
    /// The trust policy of a role names other identity providers than the one whose token makes the call.
    OtherProvider {
        /// The name of the role, where it is known.
        role: Option<String>,
        /// Those that it names, in order; there may be none.
        trusted: Vec<String>,
        /// The caller's.
        own: Principal,
    },
    /// AWS no longer asks about this action.
    NoLongerAsked(Action),
    /// The resource belongs to AWS.
    OwnedByAws {
        /// What of AWS's it is.
        of: OfAws,
        /// The resource.
        resource: String,
    },
    /// The session is that of a guest, for whom Cognito passed a policy that nobody else changes.
    SessionOfGuest,
    /// The resource is of a kind that has no policy, so that its account lets nobody in but by a role of its own.
    AssumeThere {
        /// The account that owns the resource.
        account: String,
        /// The resource.
        resource: String,
    },
    /// The call names a session of a role instead of the role.
    NameTheRole(Principal),
    /// The call went to the caller's own account; the policies name the resource in another one.
    NameTheOtherAccount {
        /// The account that is meant.
        account: String,
        /// The caller's own.
        own: String,
    },
    /// Change the request.
    ChangeRequest(Vec<RequestChange>),
    /// Find out these parts of the denial first.
    ConfirmText(Vec<Part>),
}

impl Title {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Compromised { .. } => "compromised",
            Self::LeaveSettingOn { .. } => "leave-public-access-block-on",
            Self::Edits => "edit-policies",
            Self::Together(_) => "edit-policies-for-several",
            Self::WholeCall { .. } => "allow-whole-call",
            Self::OutOfRegionLock { .. } => "except-call-from-region-lock",
            Self::Ask(_) => "ask-owner",
            Self::SearchEnded(_) => "search-ended",
            Self::GiveResource(_) => "give-resource",
            Self::GiveContext(_) => "give-context",
            Self::AskUnseen { .. } => "ask-owner-of-unseen-policy",
            Self::CompareToken { .. } => "compare-token",
            Self::AddToCaller { .. } => "add-to-caller",
            Self::AddTo { .. } => "add-to-unseen-policy",
            Self::TellMore(_) => "tell-more",
            Self::Unsigned => "unsigned-request",
            Self::ServiceLinked { .. } => "service-linked-role",
            Self::AddToRoleOfService { .. } => "add-to-role-of-service",
            Self::FindDeny { .. } => "find-the-deny",
            Self::SeeResource { .. } => "see-resource",
            Self::Provision { .. } => "provision-permission-set",
            Self::NewSession => "new-session",
            Self::UseException(_) => "use-the-exception",
            Self::AskAboutCondition { .. } => "ask-about-condition",
            Self::CheckVariable(_) => "check-variable",
            Self::AskOwner => "ask-owner-of-statement",
            Self::WithoutMfa(_) => "ask-for-exception-from-mfa",
            Self::AlreadyThisRole(_) => "already-this-role",
            Self::OtherProvider { .. } => "other-identity-provider",
            Self::NoLongerAsked(_) => "no-longer-asked",
            Self::OwnedByAws { .. } => "owned-by-aws",
            Self::SessionOfGuest => "session-of-guest",
            Self::AssumeThere { .. } => "assume-a-role-there",
            Self::NameTheRole(_) => "name-the-role",
            Self::NameTheOtherAccount { .. } => "name-the-other-account",
            Self::ChangeRequest(_) => "change-request",
            Self::ConfirmText(_) => "confirm-text",
        }
    }

    /// What to do where a guardrail stays, if there is something.
    pub(super) fn of_guardrail(guard: &Guardrail) -> Option<Self> {
        match guard.guards {
            Guarded::RevokedSession(_) => Some(Self::NewSession),
            _ => (!guard.excepts.is_empty()).then(|| Self::UseException(guard.clone())),
        }
    }
}
