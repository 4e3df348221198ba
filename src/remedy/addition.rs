//! A statement for a policy that was not seen: where it goes, in which form its place takes it, and the commands that put it there.

use super::add_to::{AddTo, entity, session_policy};
use super::addition_commands;
use super::bedrock;
use super::for_service::{self, BLANK_SOURCE};
use super::grantee::{grantee, names_account};
use super::needed_statement::{NeededStatement, passes_role, policy_name};
use super::resource_entry::pattern_of_aws;
use super::service_linked;
use crate::denial::Note;
use crate::diagnose::DenialContext;
use crate::iam::{
    Action, Arn, Command, Field, Gap, Owner, PASSED_TO_SERVICE, PolicyType, Principal, PrincipalKind, Request, Why,
    has_gateway_endpoints, is_trust_action, placeholders, policy_carrier, service_linked_role,
};
use crate::text::Json;

/// What stands for the resource where the input does not name it: no ARN, so that AWS takes no policy with it.
pub(super) const BLANK_RESOURCE: &str = "FILL_IN_RESOURCE_ARN";
/// The same for a role whose path, a part of its ARN, is not known.
pub(super) const BLANK_ROLE: &str = "FILL_IN_ROLE_ARN";
/// The same for the service that gets a role, as `iam:PassedToService` names it.
pub(super) const BLANK_SERVICE: &str = "FILL_IN_SERVICE";

/// A statement for a policy that was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addition {
    /// Where it goes.
    pub place: AddTo,
    /// Who can put it there.
    pub owner: Owner,
    /// The owner's account, where two accounts are concerned.
    pub account: Option<String>,
    /// The statement, as JSON.
    pub statement: String,
    /// The name of a new policy with it; its file has it too.
    pub name: String,
    /// What the reader fills in.
    pub blanks: Vec<&'static str>,
    /// The commands that show what is there, as far as that has to be known first.
    pub look: Vec<Command>,
    /// The commands that put it there.
    pub change: Vec<Command>,
}

impl Addition {
    /// The statement in the form in which its place takes it: a whole policy, or the statement alone.
    #[must_use]
    pub fn document(&self) -> String {
        if self.place.is_new_policy() {
            format!("{{\"Version\": \"2012-10-17\", \"Statement\": {}}}", self.statement)
        } else {
            self.statement.clone()
        }
    }

    /// The statement that the policies of this type lack; `None` where nobody can add one, or not enough is known.
    pub(super) fn of(case: &DenialContext<'_>, policy_type: PolicyType) -> Option<Self> {
        let mut asked = asked(case)?;
        let mut account_let_in = None;
        // nobody gives such a role a statement of its own
        if policy_type == PolicyType::ResourceBased
            && let Some((grant, account)) = service_linked::through_grant(&asked)
        {
            (asked, account_let_in) = (grant, Some(account));
        }
        let request = &asked;
        let caller = request.principal.value()?;
        // a role is assumed by a service for whoever passed it, and not every service tells for what
        let of_service = for_service::service(request).filter(|_| policy_type == PolicyType::ResourceBased);
        let (place, principal) = match policy_type {
            PolicyType::IdentityBased => (own_policy(caller)?, None),
            PolicyType::PermissionsBoundary => {
                let (kind, name) = entity(caller)?;
                (AddTo::Boundary(kind, name), None)
            }
            // a user has no session: a text that says so contradicts itself
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
            PolicyType::Session if caller.kind() == PrincipalKind::User => return None,
            PolicyType::Session => (session_policy(caller), None),
            PolicyType::ServiceControl => (AddTo::Organization(caller.account().map(str::to_owned)), None),
            PolicyType::VpcEndpoint => (AddTo::Endpoint, Some(named(request)?)),
            // the resource of the request does not tell the service network
            PolicyType::ResourceBased if case.denial.notes.contains(&Note::PolicyOfNetwork) => return None,
            PolicyType::ResourceBased | PolicyType::RoleTrust => {
                let service = of_service.map(str::to_owned);
                (of_resource(request)?, Some(service.or_else(|| account_let_in.clone()).or_else(|| named(request))?))
            }
            // RCPs give nothing
            PolicyType::ResourceControl => return None,
        };
        let gateway = place == AddTo::Endpoint && request.action.value().is_some_and(has_gateway_endpoints);
        let mut wanted = match &principal {
            Some(service) if of_service.is_some() => for_service::addition(service, request)?,
            Some(arn) if gateway => NeededStatement::through_gateway(request, arn)?,
            Some(arn) => {
                let arn = Json::Object(vec![("AWS".to_owned(), Json::text(arn.as_str()))]);
                NeededStatement::of(request, Some(arn), policy_type)?
            }
            None => NeededStatement::of(request, None, policy_type)?,
        };
        if account_let_in.is_none() && principal.is_some() {
            service_linked::limit(&mut wanted, request);
        }
        // a role that may be passed to every service may be passed to one that runs its holder's code
        if request.action.value().is_some_and(passes_role) && !wanted.tests(PASSED_TO_SERVICE) {
            wanted.only(PASSED_TO_SERVICE, BLANK_SERVICE);
        }
        // a call through an inference profile needs the model too, or it is denied next
        let call = bedrock::through(case).filter(|call| place.is_new_policy() && call.is_certain());
        let statement = match call.as_ref().and_then(|call| NeededStatement::call(&call.grant)) {
            Some(whole) => whole.together().compact(),
            None => wanted.bare()?.compact(),
        };
        let destinations = call.and_then(|call| bedrock::grant(&call.calls).unknown).map(|unknown| unknown.command);
        let row = policy_type.row();
        let blanks = [BLANK_RESOURCE, BLANK_ROLE, BLANK_SERVICE, BLANK_SOURCE]
            .into_iter()
            .filter(|blank| statement.contains(blank));
        let blanks: Vec<&'static str> = blanks.collect();
        let name = policy_name(request)?;
        let gap = case.policies.layer(policy_type).gap();
        let how_to_see = gap.map_or(&[][..], |gap: &Gap| gap.how_to_close.as_slice());
        let commands = addition_commands::add(&place, &name, request, principal.as_deref(), how_to_see);
        let across = request.resource_account.value().is_some_and(|owner| Some(owner.as_str()) != caller.account());
        let own = caller.account().filter(|_| across);
        let role = caller.name().filter(|_| blanks.contains(&BLANK_ROLE));
        let role = role.map(|role| addition_commands::role_arn(role, own));
        // one of a shared VPC is its owner's
        let endpoint_of = request.endpoint_account().filter(|owner| Some(*owner) != caller.account());
        let endpoint_of = endpoint_of.filter(|_| place == AddTo::Endpoint);
        let there = |command: Command| match endpoint_of {
            Some(owner) => command.with_credentials_of(owner),
            None => command,
        };
        let in_account = match place {
            AddTo::Endpoint => endpoint_of.is_some(),
            AddTo::PermissionSet(_) => false,
            _ => across && !row.has_levels,
        };
        Some(Self {
            owner: if matches!(place, AddTo::PermissionSet(_)) { Owner::IdentityCenterAdmin } else { row.owner },
            account: super::assumption::owner_of(request, policy_type).filter(|_| in_account),
            statement,
            name,
            blanks,
            look: role.into_iter().chain(destinations).chain(commands.look.into_iter().map(there)).collect(),
            change: commands.change.into_iter().map(there).collect(),
            place,
        })
    }
}

/// The request with a blank where the resource has to be found out first.
fn asked(case: &DenialContext<'_>) -> Option<Request> {
    let request = case.request;
    let action = request.action.value()?;
    let on_resources =
        |action: &Action| case.reference.action(action).is_none_or(|facts| facts.has_resource_level_permissions());
    // one of those that a masked or quoted pattern covers, and nobody knows which
    let hidden = matches!(request.resource, Field::Assumed(_, Why::Masked | Why::QuotedPattern));
    let resource = match request.resource.value().map(String::as_str).filter(|_| !hidden) {
        // a name that nobody filled in is none to be granted
        Some("*") if pattern_of_aws(request).is_some() => "*",
        Some(resource) if resource != "*" && placeholders(resource).is_empty() => return Some(request.clone()),
        _ if !on_resources(action) => "*",
        // `*` would be every resource
        _ => BLANK_RESOURCE,
    };
    Some(Request { resource: Field::Known(resource.to_owned()), ..request.clone() })
}

/// The policy of its own in which a caller gets a permission: never one of the session, which has none.
fn own_policy(caller: &Principal) -> Option<AddTo> {
    // <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
    if caller.kind() == PrincipalKind::FederatedUser {
        return Some(AddTo::UserBehind);
    }
    // only the service may change such a role
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
    if caller.is_service_linked_role() {
        return None;
    }
    // <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html>
    if let Some(set) = caller.permission_set() {
        return Some(AddTo::PermissionSet(set.to_owned()));
    }
    let (kind, name) = entity(caller)?;
    Some(AddTo::NewInline(kind, name))
}

/// The policy of the resource, as far as such a resource is known to have one.
fn of_resource(request: &Request) -> Option<AddTo> {
    let resource = request.resource.value()?;
    let arn: Arn = resource.parse().ok()?;
    if request.action.value().is_some_and(is_trust_action) {
        let role = Principal::new(resource);
        return role.name().filter(|_| role.kind() == PrincipalKind::Role).map(|name| AddTo::Trust(name.to_owned()));
    }
    if arn.service() == "lambda" && arn.resource().starts_with("function:") {
        return Some(AddTo::Function(resource.clone()));
    }
    if names_account(request) {
        let account = request.principal.value()?.account()?.to_owned();
        return Some(AddTo::Layer { layer: resource.clone(), account });
    }
    // of an object it is the policy of its bucket
    let carrier = policy_carrier(&arn).unwrap_or_else(|| resource.clone());
    Some(AddTo::Resource(carrier))
}

/// The caller as a Principal. The ARN of a service-linked role, or of one of IAM Identity Center, has a path that nobody can tell from a
/// session.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
fn named(request: &Request) -> Option<String> {
    let caller = request.principal.value()?;
    let session = caller.kind() == PrincipalKind::AssumedRole && request.role.is_none() && !names_account(request);
    if session && (caller.is_service_linked_role() || caller.permission_set().is_some()) {
        return Some(service_linked_role(caller).unwrap_or_else(|| BLANK_ROLE.to_owned()));
    }
    grantee(request).map(|grantee| grantee.arn)
}
