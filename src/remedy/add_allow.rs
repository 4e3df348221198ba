//! One allow added on the draft, where a layer lacks it.

use std::sync::Arc;

use super::bedrock::{BedrockCall, missing};
use super::cannot_fix::CannotFix;
use super::demand::Demand;
use super::draft::Draft;
use super::editable::{affects_other_principals, is_editable, is_no_longer_saved};
use super::federated;
use super::for_service;
use super::grantee::grantee;
use super::guardrail::keeps_out;
use super::kept::Kept;
use super::needed_statement::{Granted, NeededStatement, fresh_name, policy_name};
use super::quota::managed_full;
use super::resource_entry::{is_pattern, pattern_of_aws};
use super::strategies::{Grant, widened};
use crate::diagnose::{Blocker, DenialContext, NearMiss, unknown_action};
use crate::evaluate::evaluate;
use crate::iam::{
    Arn, ContextValue, Document, Effect, Element, EndpointKind, Policy, PolicyOrigin, PolicyType, PrincipalKind,
    Request, has_gateway_endpoints, names_accounts, policy_carrier, settable_policy,
};
use crate::reference::Advice;
use crate::text::{Json, Source};

/// An allow that was added.
pub(super) struct Added {
    /// The policy, where others than the caller are concerned too.
    pub(super) shared: Option<String>,
    /// What a statement demands that nearly allows it, and the request does not bring.
    pub(super) bypassed: Option<Demand>,
}

/// What of the layer is near to the request: by one element, and by what it demands.
pub(super) struct Nearby<'n> {
    pub(super) misses: &'n [NearMiss],
    pub(super) kept: Option<&'n Kept>,
}

/// Adds the allow that the blocker lacks.
pub(super) fn add_allow(
    case: &DenialContext<'_>,
    bench: &mut Draft,
    blocker: &Blocker,
    nearby: &Nearby<'_>,
    grant: Grant,
    through: Option<&BedrockCall>,
) -> Result<Added, CannotFix> {
    let shared = grant_shared(case, bench, blocker, nearby, grant, through)?;
    let bypassed = nearby.kept.filter(|kept| kept.is_bypassed());
    Ok(Added { shared, bypassed: bypassed.map(Kept::demand) })
}

/// Adds the allow; the policy, where others than the caller are concerned too.
fn grant_shared(
    case: &DenialContext<'_>,
    bench: &mut Draft,
    blocker: &Blocker,
    Nearby { misses, kept }: &Nearby<'_>,
    grant: Grant,
    through: Option<&BedrockCall>,
) -> Result<Option<String>, CannotFix> {
    let request = case.request;
    if let Some(action) = request.action.value()
        && matches!(case.reference.advice(action), Advice::NotAnAction { .. })
    {
        return Err(CannotFix::NoSuchAction(action.clone(), unknown_action(action, case.reference)));
    }
    if request.resource.value().is_none() {
        return Err(CannotFix::NoResource(case.reference.resource_shapes(request)));
    }
    if is_pattern(request) {
        return Err(CannotFix::ResourcePattern(case.reference.resource_shapes(request)));
    }
    // an endpoint of a data perimeter lets only the organization's own through: to open it for others is the way out
    let perimeter = misses
        .iter()
        .filter(|near| near.policy_type == PolicyType::VpcEndpoint && blocker.policy_type == PolicyType::VpcEndpoint);
    for near in perimeter {
        let missed = near.missed.iter().any(|reason| reason.element == Element::Condition);
        if let Some(guard) = near.statement.statement().filter(|_| missed).and_then(keeps_out) {
            let (statement, policy) = (near.statement.name(), near.statement.policy.name.clone());
            return Err(CannotFix::Guardrail { statement, policy, guard: Box::new(guard) });
        }
    }
    let near =
        misses.iter().find(|near| near.policy_type == blocker.policy_type && is_editable(&near.statement.policy));
    // the statement of a resource's policy is about everybody whom it names, so it is not widened for one of them
    let own = matches!(blocker.policy_type, PolicyType::IdentityBased | PolicyType::Session);
    if request.resource.value().is_some_and(|resource| resource == "*")
        && pattern_of_aws(request).is_none()
        && let Some(action) = request.action.value()
        && case.reference.action(action).is_some_and(|facts| facts.has_resource_level_permissions())
    {
        return Err(CannotFix::StarTooWide(action.clone(), case.reference.resource_shapes(request)));
    }
    if grant == Grant::Widen
        && own
        && let Some((policy, granted)) = widened(near, *kept, request)
    {
        return replace(bench, policy, blocker, granted);
    }
    let call = through
        .map(|through| missing(&through.grant, request, &bench.policies, blocker.policy_type))
        .and_then(|grant| NeededStatement::call(&grant));
    let keeping = |wanted: NeededStatement| match kept {
        Some(kept) => wanted.keeping(kept, request),
        None => Ok(wanted),
    };
    let wanted = || {
        call.clone()
            .or_else(|| NeededStatement::of(request, None, blocker.policy_type))
            .ok_or(CannotFix::NoAction)
            .and_then(keeping)
    };
    match blocker.policy_type {
        PolicyType::IdentityBased => grant_identity(case, bench, blocker, near, grant, &wanted()?),
        PolicyType::ServiceControl => grant_level(case, bench, blocker, near, grant, &wanted()?),
        PolicyType::PermissionsBoundary | PolicyType::Session => {
            let policy = blocker.searched.iter().find(|policy| is_editable(policy));
            let policy = policy.ok_or_else(|| nothing_to_edit(blocker))?;
            let granted = wanted()?.add_to(&policy.document).ok_or(CannotFix::NothingToEdit(blocker.policy_type))?;
            replace(bench, policy, blocker, granted)
        }
        PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint => {
            grant_resource(case, bench, blocker, *kept, grant)
        }
        PolicyType::ResourceControl => Err(CannotFix::RcpsDoNotGrant),
    }
}

/// A statement for the caller in a policy of the resource, the role or the endpoint; where a resource is known to have none, one with it.
fn grant_resource(
    case: &DenialContext<'_>,
    bench: &mut Draft,
    blocker: &Blocker,
    kept: Option<&Kept>,
    grant: Grant,
) -> Result<Option<String>, CannotFix> {
    let request = case.request;
    // of several policies that must all allow, the one that does not
    let lacks = |policy: &&Arc<Policy>| is_editable(policy) && !allows_by_itself(request, policy, bench);
    // one without statements was not searched
    let empty = |policy: &&Arc<Policy>| {
        blocker.policy_type == PolicyType::ResourceBased && policy.document.statements.is_empty()
    };
    let own = bench.policies.resource.policies.iter().find(empty).cloned();
    let policy = blocker.searched.iter().find(lacks).or(own.as_ref());
    let new = if policy.is_none() { without_policy(case, bench, blocker) } else { None };
    if policy.is_none() && new.is_none() {
        return Err(nothing_to_edit(blocker));
    }
    if let Some(policy) = policy.filter(|policy| policy.policy_type == PolicyType::RoleTrust)
        && let Some(provider) = federated::provider(request)
    {
        let granted = federated::granted(provider, request, policy, kept, grant)?;
        return replace(bench, policy, blocker, granted);
    }
    let wanted = match for_service::service(request) {
        Some(service) => for_service::needed(service, request, kept)?,
        None => for_caller(request, policy, blocker, kept)?,
    };
    match (policy, new) {
        // AWS may keep a document without statements, and takes none
        (Some(policy), _) if policy.document.statements.is_empty() => {
            replace(bench, policy, blocker, wanted.document())
        }
        (Some(policy), _) => {
            let granted = wanted.add_to(&policy.document).ok_or(CannotFix::NothingToEdit(blocker.policy_type))?;
            replace(bench, policy, blocker, granted)
        }
        (None, Some(carrier)) => {
            let name = format!("{}-policy", carrier.rsplit([':', '/']).next().unwrap_or_default());
            // what lets in an account is about everybody there
            let shared = names_accounts(&carrier).then(|| name.clone());
            let created = create(bench, &wanted, blocker.policy_type, PolicyOrigin::Inline, &name, carrier, None)?;
            Ok(created.or(shared))
        }
        (None, None) => Err(nothing_to_edit(blocker)),
    }
}

/// What gets a policy, where the resource is known to have none and can have one. The call that sets it is known for all that commonly do;
/// keys and topics have one from the start.
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
/// - <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>
fn without_policy(case: &DenialContext<'_>, bench: &Draft, blocker: &Blocker) -> Option<String> {
    let known = bench.policies.resource.policies.is_empty() && case.policies.resource.coverage.gap().is_none();
    if !known || blocker.policy_type != PolicyType::ResourceBased {
        return None;
    }
    let arn: Arn = case.request.resource.value()?.parse().ok()?;
    if settable_policy(&arn).is_none() || matches!(arn.service(), "kms" | "sns") {
        return None;
    }
    policy_carrier(&arn).filter(|carrier| !carrier.contains(['*', '?']))
}

/// The statement that names the caller.
fn for_caller(
    request: &Request,
    policy: Option<&Arc<Policy>>,
    blocker: &Blocker,
    kept: Option<&Kept>,
) -> Result<NeededStatement, CannotFix> {
    let arn = grantee(request).ok_or(CannotFix::NoPrincipal)?.arn;
    let gateway = blocker.policy_type == PolicyType::VpcEndpoint
        && request.action.value().is_some_and(has_gateway_endpoints)
        && request.vpc_endpoint != Some(EndpointKind::Interface);
    if let Some(policy) = policy.filter(|_| gateway)
        && !matches!(request.context.told("aws:PrincipalArn"), ContextValue::Present { .. })
    {
        return Err(CannotFix::GatewayWithoutPrincipalArn(policy.name.clone()));
    }
    let wanted = if gateway {
        NeededStatement::through_gateway(request, &arn)
    } else {
        let named = Json::Object(vec![("AWS".to_owned(), Json::text(arn))]);
        NeededStatement::of(request, Some(named), blocker.policy_type)
    };
    let wanted = wanted.ok_or(CannotFix::NoAction)?;
    match kept {
        Some(kept) => wanted.keeping(kept, request),
        None => Ok(wanted),
    }
}

/// Whether a statement of the policy allows the request, whatever others say.
fn allows_by_itself(request: &Request, policy: &Arc<Policy>, bench: &Draft) -> bool {
    let checks = evaluate(request, &bench.policies).checks;
    checks.iter().flat_map(|check| &check.outcomes).any(|outcome| {
        Arc::ptr_eq(&outcome.policy, policy) && outcome.effect == Effect::Allow && outcome.matched().is_true()
    })
}

/// Why no policy of the layer takes the change.
fn nothing_to_edit(blocker: &Blocker) -> CannotFix {
    match blocker.searched.iter().find(|policy| is_no_longer_saved(policy)) {
        Some(policy) => CannotFix::NotSaved(policy.name.clone()),
        None => CannotFix::NothingToEdit(blocker.policy_type),
    }
}

fn replace(
    bench: &mut Draft,
    policy: &Arc<Policy>,
    blocker: &Blocker,
    granted: Granted,
) -> Result<Option<String>, CannotFix> {
    bench.replace(policy, blocker.target.as_deref(), granted.text, granted.kind)?;
    // a statement that names the caller is about the caller alone, whoever else the policy is about
    let accounts = policy.attached_to.iter().any(|resource| names_accounts(resource));
    let of_resource =
        matches!(policy.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::VpcEndpoint);
    let names_caller = of_resource && !accounts;
    Ok((!names_caller && affects_other_principals(policy)).then(|| policy.name.clone()))
}

/// A statement in a policy that only this principal has, or a new inline policy.
fn grant_identity(
    case: &DenialContext<'_>,
    bench: &mut Draft,
    blocker: &Blocker,
    near: Option<&NearMiss>,
    grant: Grant,
    wanted: &NeededStatement,
) -> Result<Option<String>, CannotFix> {
    let request = case.request;
    let principal = request.principal.value().ok_or(CannotFix::NoPrincipal)?;
    if principal.is_service_linked_role() {
        return Err(CannotFix::ServiceLinked);
    }
    let entity = match principal.kind() {
        PrincipalKind::User | PrincipalKind::Role => principal.as_str().to_owned(),
        PrincipalKind::AssumedRole => match &request.role {
            Some(role) => role.to_string(),
            None => format!(
                "arn:{}:iam::{}:role/{}",
                principal.partition().unwrap_or("aws"),
                principal.account().ok_or(CannotFix::NoPrincipal)?,
                principal.name().ok_or(CannotFix::NoPrincipal)?
            ),
        },
        _ => return Err(CannotFix::NoIdentityPolicies),
    };
    let own = |policy: &&Arc<Policy>| policy.origin == PolicyOrigin::Inline && policy.attached_to.contains(&entity);
    let of_set = principal.permission_set().is_some();
    // a permission set has one inline policy, and saving another one replaces it
    if let Some(policy) = bench.policies.identity.policies.iter().find(own).filter(|_| of_set) {
        let granted = wanted.add_to(&policy.document).ok_or(CannotFix::NothingToEdit(blocker.policy_type))?;
        return replace(bench, &Arc::clone(policy), blocker, granted);
    }
    let nearest = near.map(|near| &near.statement.policy).filter(own).filter(|_| grant != Grant::Own);
    if let Some(policy) = nearest
        && let Some(granted) = wanted.add_to(&policy.document)
    {
        return replace(bench, &Arc::clone(policy), blocker, granted);
    }
    // to such a role nobody attaches a policy: it comes by the set
    // <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_AttachCustomerManagedPolicyReferenceToPermissionSet.html>
    let managed = grant == Grant::Own && !of_set;
    if managed && let Some(count) = managed_full(&entity, &bench.policies) {
        return into_managed(bench, blocker, wanted, &entity).ok_or(CannotFix::ManagedFull { owner: entity, count })?;
    }
    let taken: Vec<&str> = bench.policies.identity.policies.iter().map(|policy| policy.name.as_str()).collect();
    let name = fresh_name(&policy_name(request).ok_or(CannotFix::NoAction)?, &taken);
    let origin = if managed { PolicyOrigin::CustomerManaged } else { PolicyOrigin::Inline };
    create(bench, wanted, PolicyType::IdentityBased, origin, &name, entity, None)
}

/// A statement in the smallest managed policy of the entity, where no more can be attached.
fn into_managed(
    bench: &mut Draft,
    blocker: &Blocker,
    wanted: &NeededStatement,
    entity: &str,
) -> Option<Result<Option<String>, CannotFix>> {
    let own = |policy: &&Arc<Policy>| {
        policy.origin == PolicyOrigin::CustomerManaged && policy.attached_to.iter().any(|arn| arn == entity)
    };
    let policies = bench.policies.identity.policies.iter().filter(own);
    let policy = Arc::clone(policies.min_by_key(|policy| policy.document.source.text().len())?);
    let granted = wanted.add_to(&policy.document)?;
    Some(replace(bench, &policy, blocker, granted))
}

/// At a level of the organization: a statement in a policy that is attached there, or a new policy.
fn grant_level(
    case: &DenialContext<'_>,
    bench: &mut Draft,
    blocker: &Blocker,
    near: Option<&NearMiss>,
    grant: Grant,
    wanted: &NeededStatement,
) -> Result<Option<String>, CannotFix> {
    let here = |policy: &&Arc<Policy>| blocker.searched.iter().any(|searched| Arc::ptr_eq(searched, policy));
    let nearest = near.map(|near| &near.statement.policy).filter(here);
    let any = blocker.searched.iter().find(|policy| is_editable(policy));
    if let Some(policy) = nearest.or(any).filter(|_| grant != Grant::Own)
        && let Some(granted) = wanted.add_to(&policy.document)
    {
        return replace(bench, &Arc::clone(policy), blocker, granted);
    }
    let name = policy_name(case.request).ok_or(CannotFix::NoAction)?;
    let target = blocker.target.as_deref();
    create(
        bench,
        wanted,
        PolicyType::ServiceControl,
        PolicyOrigin::Organization,
        &name,
        target.unwrap_or_default().to_owned(),
        target,
    )
}

fn create(
    bench: &mut Draft,
    wanted: &NeededStatement,
    policy_type: PolicyType,
    origin: PolicyOrigin,
    name: &str,
    attached_to: String,
    target: Option<&str>,
) -> Result<Option<String>, CannotFix> {
    let granted = wanted.document();
    let document = Document::parse(Source::new(name, granted.text))?;
    let policy = Policy {
        name: name.to_owned(),
        arn: None,
        policy_type,
        origin,
        version_id: None,
        versions: Vec::new(),
        attached_to: vec![attached_to],
        document: Arc::new(document),
    };
    let shared = (policy_type == PolicyType::ServiceControl).then(|| name.to_owned());
    bench.create(policy, target, granted.kind);
    Ok(shared)
}
