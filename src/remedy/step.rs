//! A step for a person, where commands do not do it.

use super::addition::Addition;
use super::assumption::PolicyAssumption;
use super::demand::{Demand, VariableMiss};
use super::edit::Edit;
use super::federated::is_claim;
use super::guardrail::{Guarded, Guardrail};
use super::lever::lever;
use super::mfa::{Mfa, mfa};
use super::request_change::RequestChange;
use super::strategies::{IncidentStep, PublicAccessStep};
use super::title::{ForGuests, OfAws};
use crate::denial::{Part, ServiceRole};
use crate::diagnose::{Blocker, DenialContext};
use crate::iam::{
    Action, Command, Condition, ContextValue, Effect, Lever, PolicyType, Principal, Request, SessionOrigin,
    StatementName, may_name_another_region,
};
use crate::reference::Reference;
use crate::snapshot::select;

/// Where the statement is told that the other account needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherStatement {
    /// It follows.
    Below,
    /// It stands in the whole report.
    InWholeReport,
    /// It is not known.
    NotKnown,
    /// Nobody but AWS can add one: the caller is a service-linked role.
    OnlyByAws,
}

/// A step for a person.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Handle a leaked key.
    Incident(IncidentStep),
    /// Look at S3 Block Public Access, and let it stay on.
    PublicAccess(PublicAccessStep),
    /// Ask about what blocks the request.
    About(Box<Blocker>),
    /// Use what the statement leaves out by itself.
    UseException(Guardrail),
    /// Sign in again: sessions from after this moment are not denied.
    NewSession(String),
    /// Find out why the session was revoked.
    FindOutWhyRevoked,
    /// Ask whoever stands behind the guardrail, or do as it wants.
    AskAbout(Guarded),
    /// Bring a value with the call, or leave one out, by this.
    Bring(RequestChange, Lever),
    /// The caller makes the value of this key up: it keeps nobody out, and making another one up is no way either.
    MadeUpByCaller(String),
    /// Call with a token that says this.
    GetToken(RequestChange),
    /// What the token has to say for this statement of the trust policy.
    TrustAllows(Demand),
    /// How to see what the token says.
    SeeToken {
        /// The keys that tell, where the provider is known.
        keys: Vec<String>,
        /// Whether it is an assertion of SAML.
        saml: bool,
    },
    /// Call in another Region.
    CallInRegion {
        /// The Region.
        region: RequestChange,
        /// Whether the call is then one on another resource.
        other_resource: bool,
    },
    /// Get a session with MFA, or why there is none.
    GetMfa(Mfa),
    /// Ask for an exception from a condition on MFA.
    AskForMfaException(Mfa),
    /// A condition asks for a key that AWS does not list for the action.
    NotOfAction {
        /// The statement.
        statement: StatementName,
        /// Its policy.
        policy: String,
        /// The key.
        key: String,
        /// The action.
        action: Action,
    },
    /// What a condition asks for, what the request has, and who can change that.
    MeetCondition {
        /// The name of its statement.
        statement: StatementName,
        /// The policy.
        policy: String,
        /// The condition.
        condition: Box<Condition>,
        /// What the request has.
        value: ContextValue,
    },
    /// A variable makes the resource of a statement another one: its value is wrong, or the name in the call.
    CheckVariable {
        /// The variable.
        miss: VariableMiss,
        /// The values of its keys.
        values: Vec<ContextValue>,
    },
    /// Something must hold in a policy that was not seen.
    Needed(Box<PolicyAssumption>),
    /// A statement, as JSON, that makes it hold.
    AddStatement(String),
    /// Where a resource of this account has no policy, nobody of another account gets at it but by a role of its own, or by a share.
    IfNoPolicy {
        /// The account.
        account: String,
    },
    /// What a role of the account that owns the resource needs, so that this caller can do it there.
    RoleThere {
        /// The account.
        account: String,
        /// The caller.
        caller: Principal,
    },
    /// A statement for a policy that was not seen, with the commands that put it there.
    AddHere(Box<Addition>),
    /// The other account must allow it too.
    OtherSide {
        /// The other account.
        account: String,
        /// The type of policy that must allow it there.
        policy_type: PolicyType,
        /// Where the statement for it is told.
        statement: OtherStatement,
    },
    /// The account that owns the resource is not known, and its policies decide.
    OwnerNotKnown {
        /// The resource.
        resource: String,
    },
    /// What the caller's own policies cannot do about this resource.
    NotOfCaller {
        /// The resource.
        resource: String,
    },
    /// The other account gives its service-linked role a grant of the key.
    GiveGrant {
        /// The account of the role.
        account: String,
        /// The commands, run there.
        commands: Vec<Command>,
    },
    /// What may block it still, and how to be certain.
    Certainty {
        /// Policies of these types may lack an allow too, or may deny.
        others: Vec<PolicyType>,
        /// The commands that make certain.
        commands: Vec<Command>,
        /// Whose credentials they need.
        credentials: Credentials,
    },
    /// The policy is printed: the statement goes into it, and these commands replace the policy as a whole.
    Replace(Vec<Command>),
    /// Whether the resource is open to everybody is for its owner to decide.
    OpenToEverybody,
    /// Nobody changes a service-linked role; what can change instead.
    ServiceLinked,
    /// A permission set is provisioned with all that was changed in it since, and to every account.
    ProvisionBringsAll,
    /// A permission set was changed and not provisioned since: the statement goes into its own policy, and what was changed comes with it.
    ProvisionBringsChange,
    /// What does not help against a Deny of this type, or does harm.
    DoNot(PolicyType),
    /// What a Deny in a policy of this type is for, as a rule.
    UsualDeny(PolicyType),
    /// What else to know of a role that a service uses.
    RoleOfService(ServiceRole),
    /// Make the calls with the credentials at hand.
    LeaveOutAssumeRole,
    /// To assume itself a role must be named by its own trust policy.
    TrustItself,
    /// A statement allows the same in another account.
    AllowedInOtherAccount {
        /// Its name.
        statement: StatementName,
        /// The policy.
        policy: String,
        /// The entry of Resource.
        entry: String,
        /// The account to which the call went.
        own: String,
    },
    /// How a call of this service names the account.
    NameAccount {
        /// The service.
        service: String,
        /// The account.
        account: String,
    },
    /// The other account must allow the call too.
    OtherSideMustAllow {
        /// The account.
        account: String,
    },
    /// Look whether the access point is for one VPC.
    SeeNetworkOrigin,
    /// People have the role by entitlements of account access manager, so its change reaches all of them.
    SharedByEntitlements,
    /// How to be sure that nothing else blocks it.
    BeSure,
    /// A managed policy was passed as session policy, so its change concerns others too.
    PassedPolicy {
        /// The policy.
        policy: String,
        /// The call that passed it.
        origin: Option<Box<SessionOrigin>>,
    },
    /// Whoever makes the session passes a new document.
    PassInstead {
        /// The name of the file with the document.
        file: String,
        /// The call that passed the old one.
        origin: Option<Box<SessionOrigin>>,
    },
    /// Make a new session with it.
    MakeNewSession,
    /// A statement of a trust policy names these identity providers.
    TrustsProviders {
        /// The statement.
        statement: StatementName,
        /// The policy.
        policy: String,
        /// The providers.
        providers: Vec<String>,
    },
    /// How a call comes by another identity provider.
    ComeByProvider {
        /// Whether with an assertion of SAML.
        saml: bool,
    },
    /// Or the trust policy gets a statement for the caller's own provider, with these claims.
    TrustProvider {
        /// The condition keys.
        keys: Vec<String>,
    },
    /// A call through the AWS MCP Server is authorized by the actions that it makes.
    OwnActionsOfCall,
    /// What keeps such calls out instead.
    DenyByMcpKey,
    /// What the caller can do where the resource is AWS's.
    OfAws(OfAws),
    /// What there is for guests of an identity pool.
    ForGuests(ForGuests),
    /// A session cannot be assumed, only its role; the role's ARN has a path that the session's has not.
    SessionIsNoRole,
    /// The role may be passed to any service: say to which one.
    LimitPassedRole,
    /// Get the message from where it was first written.
    GetOriginalMessage,
    /// Or give these parts of the denial by options.
    GiveParts(Vec<Part>),
}

/// Whose credentials a command needs that makes certain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Those at hand may do: AWS was not asked yet.
    NotTried,
    /// AWS was asked: others, which may read the policies.
    ThatMayRead,
    /// AWS was asked in another account: those of this one.
    OfAccount(String),
}

impl Step {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Incident(step) => step.code(),
            Self::PublicAccess(step) => step.code(),
            Self::About(_) => "about-blocker",
            Self::UseException(_) => "use-the-exception",
            Self::NewSession(_) => "new-session",
            Self::FindOutWhyRevoked => "find-out-why-revoked",
            Self::AskAbout(_) => "ask-about-the-guardrail",
            Self::Bring(..) => "bring-value",
            Self::MadeUpByCaller(_) => "made-up-by-caller",
            Self::GetToken(_) => "get-token",
            Self::TrustAllows(_) => "trust-allows",
            Self::SeeToken { .. } => "see-token",
            Self::CallInRegion { .. } => "call-in-region",
            Self::GetMfa(_) => "get-mfa",
            Self::AskForMfaException(_) => "ask-for-mfa-exception",
            Self::NotOfAction { .. } => "key-not-of-action",
            Self::MeetCondition { .. } => "meet-condition",
            Self::CheckVariable { .. } => "check-variable",
            Self::Needed(_) => "needed",
            Self::AddStatement(_) => "add-statement",
            Self::IfNoPolicy { .. } => "if-no-policy",
            Self::RoleThere { .. } => "role-there",
            Self::AddHere(_) => "add-here",
            Self::OtherSide { .. } => "other-side",
            Self::OwnerNotKnown { .. } => "owner-not-known",
            Self::NotOfCaller { .. } => "not-of-caller",
            Self::GiveGrant { .. } => "give-grant",
            Self::Certainty { .. } => "certainty",
            Self::Replace(_) => "replace-policy",
            Self::OpenToEverybody => "open-to-everybody",
            Self::ServiceLinked => "service-linked-role",
            Self::ProvisionBringsAll => "provision-brings-all",
            Self::ProvisionBringsChange => "provision-brings-change",
            Self::DoNot(_) => "allow-does-not-help",
            Self::UsualDeny(_) => "usual-deny",
            Self::RoleOfService(role) => role.code(),
            Self::LeaveOutAssumeRole => "leave-out-assume-role",
            Self::TrustItself => "trust-itself",
            Self::AllowedInOtherAccount { .. } => "allowed-in-other-account",
            Self::NameAccount { .. } => "name-account",
            Self::OtherSideMustAllow { .. } => "other-side-must-allow",
            Self::SeeNetworkOrigin => "see-network-origin",
            Self::SharedByEntitlements => "shared-by-entitlements",
            Self::BeSure => "be-sure",
            Self::PassedPolicy { .. } => "passed-policy",
            Self::PassInstead { .. } => "pass-instead",
            Self::MakeNewSession => "make-new-session",
            Self::TrustsProviders { .. } => "trusts-providers",
            Self::ComeByProvider { .. } => "come-by-provider",
            Self::TrustProvider { .. } => "trust-provider",
            Self::OwnActionsOfCall => "own-actions-of-call",
            Self::DenyByMcpKey => "deny-by-mcp-key",
            Self::OfAws(_) => "resource-of-aws",
            Self::ForGuests(_) => "guests-of-identity-pool",
            Self::SessionIsNoRole => "session-is-no-role",
            Self::LimitPassedRole => "limit-passed-role",
            Self::GetOriginalMessage => "get-original-message",
            Self::GiveParts(_) => "give-parts",
        }
    }

    /// The exception that the owner of the Deny made.
    pub(super) fn use_exception(guard: &Guardrail) -> Option<Self> {
        (!guard.excepts.is_empty()).then(|| Self::UseException(guard.clone()))
    }

    /// What to do where nothing is changed; the exception that the owner made comes first.
    pub(super) fn of_guardrail(guard: &Guardrail) -> Vec<Self> {
        let more = match &guard.guards {
            Guarded::RevokedSession(moment) => vec![Self::NewSession(moment.clone()), Self::FindOutWhyRevoked],
            guarded => vec![Self::AskAbout(guarded.clone())],
        };
        Self::use_exception(guard).into_iter().chain(more).collect()
    }

    /// How the caller brings a value.
    pub(super) fn to_bring(change: &RequestChange, request: &Request, reference: &Reference) -> Vec<Self> {
        if is_claim(&change.key.to_ascii_lowercase(), request) {
            return vec![Self::GetToken(change.clone())];
        }
        let Some(lever) = lever(&change.key, request, reference) else { return Vec::new() };
        match lever {
            Lever::Mfa => Self::with_mfa(mfa(request)),
            Lever::Region if !change.is_loose() => {
                // a source or a peer stays where it is
                let stays = request.action.value().is_some_and(may_name_another_region);
                let other_resource = !stays && request.resource.value().is_some_and(|resource| resource != "*");
                vec![Self::CallInRegion { region: change.clone(), other_resource }]
            }
            lever => vec![Self::Bring(change.clone(), lever)],
        }
    }

    fn with_mfa(mfa: Mfa) -> Vec<Self> {
        match mfa {
            Mfa::OwnSession | Mfa::SignIn | Mfa::Federation => vec![Self::GetMfa(mfa)],
            Mfa::AssumeRole | Mfa::IdentityProvider => vec![Self::GetMfa(mfa), Self::AskForMfaException(mfa)],
            Mfa::Never => vec![Self::AskForMfaException(mfa)],
        }
    }

    /// Whether a change of the caller's role reaches everybody who is entitled to it: its trust policy names account access manager.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/aam-prepare-roles.html>
    pub(super) fn of_entitlements(case: &DenialContext<'_>, edits: &[Edit]) -> Option<Self> {
        let role = case.request.role.as_ref()?;
        if !edits.iter().any(|edit| edit.policy_type == PolicyType::IdentityBased) {
            return None;
        }
        let assumes = Request::new(Principal::new(role.as_str()), "sts:AssumeRole".parse().ok()?, role.as_str());
        let trust = select(case.snapshot, &assumes).policies.resource.policies;
        let mut statements = trust.iter().flat_map(|policy| &policy.document.statements);
        let entitled = statements.any(|statement| {
            let principals = statement.principal.iter().filter(|element| !element.negated);
            let mut entries = principals.flat_map(|element| &element.entries);
            statement.effect == Effect::Allow
                && entries.any(|entry| entry.kind == "Service" && entry.value == "account-access.amazonaws.com")
        });
        entitled.then_some(Self::SharedByEntitlements)
    }

    /// What a change of a session policy comes to: it is a parameter of the call that makes the session, and no policy of the account.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
    pub(super) fn of_session_policy(case: &DenialContext<'_>, edits: &[Edit]) -> Vec<Self> {
        let Some(edit) = edits.iter().find(|edit| edit.policy_type == PolicyType::Session) else {
            return Vec::new();
        };
        let origin = case.denial.session.clone();
        if edit.after.arn.is_some() {
            return vec![Self::PassedPolicy { policy: edit.after.name.clone(), origin }];
        }
        vec![Self::PassInstead { file: edit.file(), origin }, Self::MakeNewSession]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::{Exception, Title};

    fn codes(guard: &Guardrail) -> Vec<&'static str> {
        let title = Title::of_guardrail(guard);
        title.iter().map(Title::code).chain(Step::of_guardrail(guard).iter().map(Step::code)).collect()
    }

    #[test]
    fn a_revoked_session_is_replaced() {
        let moment = "2026-11-20T10:00:00Z".to_owned();
        let revoked = Guardrail { guards: Guarded::RevokedSession(moment), excepts: Vec::new(), refused: true };
        assert_eq!(codes(&revoked), ["new-session", "new-session", "find-out-why-revoked"]);
    }

    #[test]
    fn the_exception_of_the_owner_comes_first() {
        let excepts = vec![Exception::Principals(vec!["arn:aws:iam::*:role/break-glass".to_owned()])];
        let glass = Guardrail { guards: Guarded::CutOff, excepts, refused: true };
        assert_eq!(codes(&glass), ["use-the-exception", "use-the-exception", "ask-about-the-guardrail"]);
    }
}
