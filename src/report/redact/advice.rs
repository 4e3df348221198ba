//! What a remedy does, its steps for a person, and what speaks against it.

use super::{Redact, Redactor};
use crate::iam::{PolicyError, StatementName};
use crate::reference::{Danger, Power};
use crate::remedy::{
    AddTo, Addition, CannotFix, Credentials, Demand, DenialPlace, Exception, Guarded, Guardrail, IncidentStep,
    MainDanger, NewValue, OtherDenial, PublicAccessStep, RequestChange, Step, Title, VariableMiss, WhyNot,
};
use crate::text::JsonError;

impl Redact for Title {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::GiveResource(shapes) => redactor.names(shapes),
            Self::Together(others) => others.redact(redactor),
            Self::WholeCall { profile, regions_known: _ } | Self::OutOfRegionLock { profile } => {
                redactor.names(profile);
            }
            Self::SeeResource { resource, account } => {
                redactor.names(resource);
                redactor.names(account);
            }
            Self::AskUnseen { owner: _, account } | Self::FindDeny { owner: _, account, policy_type: _ } => {
                redactor.names(account);
            }
            Self::GiveContext(keys) => redactor.keys(keys),
            Self::CompareToken { role, saml: _ } => redactor.names(role),
            Self::AddToCaller { caller } | Self::AlreadyThisRole(caller) | Self::NameTheRole(caller) => {
                caller.redact(redactor);
            }
            Self::NameTheOtherAccount { account, own } => {
                redactor.names(account);
                redactor.names(own);
            }
            Self::AssumeThere { account, resource } => {
                redactor.names(account);
                redactor.names(resource);
            }
            Self::AddToRoleOfService { role: _, principal } => principal.redact(redactor),
            Self::AddTo { place, certain: _ } => place.redact(redactor),
            Self::OwnedByAws { of: _, resource } => redactor.names(resource),
            Self::OtherProvider { role, trusted, own } => {
                redactor.names(role);
                redactor.names(trusted);
                own.redact(redactor);
            }
            Self::ServiceLinked { role } => redactor.names(role),
            Self::Provision { set } => redactor.names(set),
            Self::UseException(guard) => guard.redact(redactor),
            Self::AskAboutCondition { condition, missing: _ } => condition.redact(redactor),
            Self::CheckVariable(miss) => miss.redact(redactor),
            Self::ChangeRequest(changes) => changes.redact(redactor),
            Self::Compromised { quarantined: _ }
            | Self::LeaveSettingOn { setting: _, certain: _ }
            | Self::Edits
            | Self::Unsigned
            | Self::TellMore(_)
            | Self::Ask(_)
            | Self::SearchEnded(_)
            | Self::NoLongerAsked(_)
            | Self::NewSession
            | Self::SessionOfGuest
            | Self::AskOwner
            | Self::WithoutMfa(_)
            | Self::ConfirmText(_) => {}
        }
    }
}

impl Redact for Step {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::PublicAccess(PublicAccessStep::IsOn(levels) | PublicAccessStep::IsOffNow(levels)) => {
                levels.redact(redactor);
            }
            Self::About(blocker) => blocker.redact(redactor),
            Self::UseException(guard) => guard.redact(redactor),
            Self::AskAbout(guarded) => guarded.redact(redactor),
            Self::MadeUpByCaller(key) => redactor.keys(key),
            Self::Bring(change, _)
            | Self::GetToken(change)
            | Self::CallInRegion { region: change, other_resource: _ } => change.redact(redactor),
            Self::TrustAllows(demand) => demand.redact(redactor),
            Self::SeeToken { keys, saml: _ } | Self::TrustProvider { keys } => redactor.keys(keys),
            Self::TrustsProviders { statement, policy, providers } => {
                place(redactor, statement, policy);
                redactor.names(providers);
            }
            Self::NotOfAction { statement, policy, key, action: _ } => {
                place(redactor, statement, policy);
                redactor.keys(key);
            }
            Self::MeetCondition { statement, policy, condition, value } => {
                place(redactor, statement, policy);
                redactor.context_value(&condition.key, value);
                condition.redact(redactor);
            }
            Self::CheckVariable { miss, values } => {
                for (key, value) in miss.keys.iter().zip(values) {
                    redactor.context_value(key, value);
                }
                miss.redact(redactor);
            }
            Self::AllowedInOtherAccount { statement, policy, entry, own } => {
                place(redactor, statement, policy);
                redactor.names(entry);
                redactor.names(own);
            }
            Self::Needed(assumption) => assumption.redact(redactor),
            Self::AddStatement(statement) => *statement = redactor.statement(statement),
            Self::PassedPolicy { policy: name, origin } | Self::PassInstead { file: name, origin } => {
                redactor.places(name);
                origin.redact(redactor);
            }
            Self::AddHere(addition) => addition.redact(redactor),
            Self::Certainty { others: _, commands, credentials } => {
                commands.redact(redactor);
                credentials.redact(redactor);
            }
            Self::Replace(commands) => commands.redact(redactor),
            Self::NameAccount { service: _, account }
            | Self::OtherSideMustAllow { account }
            | Self::OtherSide { account, policy_type: _, statement: _ }
            | Self::IfNoPolicy { account } => redactor.names(account),
            Self::NotOfCaller { resource } | Self::OwnerNotKnown { resource } => redactor.names(resource),
            Self::GiveGrant { account, commands } => {
                redactor.names(account);
                commands.redact(redactor);
            }
            Self::RoleThere { account, caller } => {
                redactor.names(account);
                caller.redact(redactor);
            }
            Self::OpenToEverybody | Self::UsualDeny(_) | Self::BeSure | Self::ServiceLinked | Self::DoNot(_) => {}
            Self::Incident(
                IncidentStep::DeactivateKey
                | IncidentStep::ReadCloudTrail
                | IncidentStep::RemoveSecret
                | IncidentStep::ReplaceKey
                | IncidentStep::AnswerSupportCase,
            )
            | Self::PublicAccess(
                PublicAccessStep::SeeWhereItIsOn
                | PublicAccessStep::NameWhoIsMeant
                | PublicAccessStep::LeaveOutAcl
                | PublicAccessStep::NameCaller
                | PublicAccessStep::UseCloudFront
                | PublicAccessStep::AskOwners,
            )
            | Self::NewSession(_)
            | Self::ProvisionBringsAll
            | Self::ProvisionBringsChange
            | Self::FindOutWhyRevoked
            | Self::GetMfa(_)
            | Self::AskForMfaException(_)
            | Self::MakeNewSession
            | Self::LimitPassedRole
            | Self::SessionIsNoRole
            | Self::OwnActionsOfCall
            | Self::DenyByMcpKey
            | Self::OfAws(_)
            | Self::ForGuests(_)
            | Self::ComeByProvider { saml: _ }
            | Self::GetOriginalMessage
            | Self::RoleOfService(_)
            | Self::LeaveOutAssumeRole
            | Self::TrustItself
            | Self::SharedByEntitlements
            | Self::SeeNetworkOrigin
            | Self::GiveParts(_) => {}
        }
    }
}

impl Redact for Credentials {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::OfAccount(account) => redactor.names(account),
            Self::NotTried | Self::ThatMayRead => {}
        }
    }
}

/// Where a statement stands.
fn place(redactor: &mut Redactor, statement: &mut StatementName, policy: &mut String) {
    redactor.statement_name(statement);
    redactor.places(policy);
}

impl Redact for Addition {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { place, owner: _, account, statement, name, blanks: _, look, change } = self;
        place.redact(redactor);
        redactor.names(account);
        *statement = redactor.statement(statement);
        look.redact(redactor);
        change.redact(redactor);
        // the name is made of the action
        let (file, hidden) = (format!("{name}.json"), redactor.name(name));
        let hidden_file = redactor.name(&file);
        for command in change {
            command.replace_values(&mut |_, text| match text.strip_prefix("file://") {
                _ if text == hidden => name.clone(),
                Some(path) if path == hidden_file => format!("file://{file}"),
                _ => text.to_owned(),
            });
        }
    }
}

impl Redact for AddTo {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::NewInline(_, name)
            | Self::PermissionSet(name)
            | Self::Resource(name)
            | Self::Function(name)
            | Self::Trust(name)
            | Self::Boundary(_, name) => redactor.names(name),
            Self::Layer { layer, account } => {
                redactor.names(layer);
                redactor.names(account);
            }
            Self::Organization(account) => redactor.names(account),
            Self::UserBehind | Self::Endpoint | Self::Session | Self::PodIdentity => {}
        }
    }
}

impl Redact for WhyNot {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::CannotFix(why) => why.redact(redactor),
            Self::Contradiction(damage) => damage.redact(redactor),
            Self::CompareText(damage) => damage.redact(redactor),
            Self::Intended(guard) => guard.redact(redactor),
            Self::Danger(danger) => danger.redact(redactor),
            Self::AwsNamedAnother { explicit: _, policy_type: _ } => {}
            Self::UnknownTenant(own) => redactor.names(own),
            Self::CoversPattern(pattern) => redactor.names(pattern),
            Self::GoesAround(demands) => demands.redact(redactor),
            Self::SharesPolicy { others, more: _, together: _ } | Self::SharesRoom { others, more: _, together: _ } => {
                others.redact(redactor);
            }
            Self::KeepQuarantine
            | Self::OpensToInternet(_)
            | Self::IncidentFirst
            | Self::RequestCanChange
            | Self::NotSeen
            | Self::AllowedRegionsDo { may_be_profile: _ } => {}
        }
    }
}

impl Redact for OtherDenial {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { place, what: _, resource } = self;
        match place {
            DenialPlace::Line { file, line: _ } => redactor.places(file),
            DenialPlace::Finding(_) => {}
        }
        redactor.names(resource);
    }
}

impl Redact for CannotFix {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::NoResource(shapes) | Self::ResourcePattern(shapes) | Self::StarTooWide(_, shapes) => {
                redactor.names(shapes);
            }
            Self::Unread(subject) => subject.redact(redactor),
            Self::DependsOn(keys) | Self::TokenNotKnown(keys) => redactor.keys(keys),
            Self::OtherTenant { own, known } => {
                redactor.names(own);
                redactor.names(known);
            }
            Self::Guardrail { statement, policy, guard }
            | Self::OpensGuardrail { statement, policy, action: _, guard } => {
                redactor.statement_name(statement);
                redactor.places(policy);
                guard.redact(redactor);
            }
            Self::Conditioned(demand) => demand.redact(redactor),
            Self::Undecided(missing) => missing.redact(redactor),
            Self::ExactlyThis { statement, policy } => {
                redactor.statement_name(statement);
                redactor.places(policy);
            }
            Self::BindsOthers(policy)
            | Self::WithoutPrincipalArn(policy)
            | Self::GatewayWithoutPrincipalArn(policy)
            | Self::NotSaved(policy)
            | Self::Counted { policy, what: _, count: _, quota: _ }
            | Self::Quota { policy, characters: _, quota: _ } => redactor.places(policy),
            Self::InlineQuota { policy, owner, characters: _, quota: _ } => {
                redactor.places(policy);
                redactor.names(owner);
            }
            Self::ManagedFull { owner, count: _ } => redactor.names(owner),
            Self::NotProvisioned(set) => redactor.names(set),
            Self::Document(error) => match error {
                PolicyError::Json { name, error: JsonError { at: _, message: _ } } => redactor.places(name),
                PolicyError::NotAPolicy { name, at: _, message } => {
                    redactor.places(name);
                    redactor.sentences(message);
                }
            },
            // AWS's own policies are the same for everybody
            Self::AwsOwned(_)
            | Self::NoAction
            | Self::NoSuchAction(..)
            | Self::NoPrincipal
            | Self::SourceNotTold(_)
            | Self::TooMany(_)
            | Self::NothingToEdit(_)
            | Self::ServiceLinked
            | Self::NoIdentityPolicies
            | Self::RcpsDoNotGrant => {}
        }
    }
}

impl Redact for Demand {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { statement, policy, conditions, variables } = self;
        redactor.statement_name(statement);
        redactor.places(policy);
        conditions.redact(redactor);
        variables.redact(redactor);
    }
}

impl Redact for VariableMiss {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { entry, resolved, keys } = self;
        redactor.names(entry);
        match resolved {
            Ok(text) => redactor.names(text),
            Err(key) => redactor.keys(key),
        }
        redactor.keys(keys);
    }
}

impl Redact for RequestChange {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { key, to } = self;
        match to {
            NewValue::Value(value) => redactor.values(key, value),
            NewValue::Meets(condition) | NewValue::Escapes(condition) => condition.redact(redactor),
            NewValue::Without(values) => redactor.values(key, values),
            NewValue::Any | NewValue::Absent => {}
        }
        redactor.keys(key);
    }
}

impl Redact for Guardrail {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { guards, excepts, refused: _ } = self;
        guards.redact(redactor);
        excepts.redact(redactor);
    }
}

impl Redact for Guarded {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Identity(name, _) => redactor.names(name),
            Self::Things(names) => redactor.names(names),
            Self::Protection(danger) | Self::Escalation(danger) | Self::Exposure(danger) => danger.redact(redactor),
            Self::OrganizationPerimeter(key) | Self::PodIdentity(key) | Self::Encryption(key) => redactor.keys(key),
            Self::PerimeterTags(tags) | Self::Tags(tags) => redactor.tags(tags),
            Self::Tagged(key, values) => {
                redactor.names(values);
                redactor.tags(key);
            }
            // EKS's own
            Self::PodTag(_) => {}
            Self::RevokedSession(_)
            | Self::LeaveOrganization
            | Self::CutOff
            | Self::RootLock
            | Self::Boundary
            | Self::Records
            | Self::InstanceMetadata
            | Self::RegionLock
            | Self::Perimeter
            | Self::OnlyThese
            | Self::OnlyFor => {}
        }
    }
}

impl Redact for Exception {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Principals(names) => redactor.names(names),
            Self::PrincipalTag(key, values) | Self::ResourceTag(key, values) => {
                redactor.names(values);
                redactor.tags(key);
            }
        }
    }
}

impl Redact for MainDanger {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { danger, is_lifted: _, more: _ } = self;
        danger.redact(redactor);
    }
}

impl Redact for Danger {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { action, kind: _, power, source: _ } = self;
        redactor.actions(action);
        power.redact(redactor);
    }
}

impl Redact for Power {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::SetExemptingTags(tags) => redactor.tags(tags),
            Self::OneOfMany { power, action: _, more: _ } => power.redact(redactor),
            Self::Listed(_) | Self::ManagePermissions(_) | Self::SetPermissions(_) => {}
        }
    }
}
