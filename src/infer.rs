//! From what AWS said to what was asked: each field known, assumed with a reason, or missing.

mod examine;

pub use examine::examine;

use std::collections::BTreeMap;

use crate::denial::{ContextFact, ContextSource, Denial, Part, ReasonEffect};
use crate::evaluate::{CheckEffect, evaluate};
use crate::iam::{
    Action, Arn, AssumedField, AssumedValue, Assumption, Context, ContextValue, Coverage, EndpointKind, Field, Hints,
    NotApplicable, NotTold, PolicySet, PolicyType, Principal, PrincipalKind, Request, Why, WithinAccount,
    has_gateway_endpoints, is_multivalued_global, is_trust_action, within_account,
};
use crate::reference::Reference;
use crate::snapshot::{Membership, PrincipalFound, Selection};

/// Reads the request out of a denial and what the person adds to it.
#[must_use]
pub fn from_denial(denial: &Denial, hints: &Hints) -> Request {
    let mut assumed = Vec::new();
    let principal = doubted(principal(denial, hints), denial, hints, Part::Principal);
    let resource = doubted(resource(denial, hints), denial, hints, Part::Resource);
    let action = doubted(action(denial, hints), denial, hints, Part::Action);
    assume(AssumedField::Principal, &principal, &mut assumed);
    assume(AssumedField::Resource, &resource, &mut assumed);
    assume(AssumedField::Action, &action, &mut assumed);
    let resource_account = resource_account(&resource, principal.value(), hints);
    if has_owner(&resource) {
        assume(AssumedField::ResourceAccount, &resource_account, &mut assumed);
    }
    let role = match &hints.principal {
        Some(given) => (given.kind() == PrincipalKind::Role).then(|| given.as_str().parse().ok()).flatten(),
        None => denial.role.clone(),
    };
    Request {
        principal,
        role,
        action,
        resource,
        resource_account,
        management_account: None,
        vpc_endpoint: None,
        rcp_named: denial.reason.policy_type == Some(PolicyType::ResourceControl),
        context: context(&denial.context, hints, &mut assumed),
        assumed,
    }
}

/// Writes the action as AWS's reference does: messages of some services spell it in a way of their own, `SNS:Publish`.
pub fn spell(request: &mut Request, reference: &Reference) {
    let (Field::Known(action) | Field::Assumed(action, _)) = &mut request.action else { return };
    if let Some(spelled) = reference.action(action).and_then(|facts| facts.action()) {
        *action = spelled;
    }
}

/// The request that a person asks about, without a denial.
#[must_use]
pub fn hypothetical(principal: Principal, action: Action, resource: &str, hints: &Hints) -> Request {
    let resource = Field::Known(resource.to_owned());
    let resource_account = resource_account(&resource, Some(&principal), hints);
    let mut assumed = Vec::new();
    if has_owner(&resource) {
        assume(AssumedField::ResourceAccount, &resource_account, &mut assumed);
    }
    let role = (principal.kind() == PrincipalKind::Role).then(|| principal.as_str().parse().ok()).flatten();
    Request {
        principal: Field::Known(principal),
        role,
        action: Field::Known(action),
        resource,
        resource_account,
        management_account: None,
        vpc_endpoint: None,
        rcp_named: false,
        context: context(&[], hints, &mut assumed),
        assumed,
    }
}

/// The parts of the request that the reader has given.
#[must_use]
pub fn confirmed(hints: &Hints) -> Vec<Part> {
    let given = [
        (Part::Principal, hints.principal.is_some()),
        (Part::Action, hints.action.is_some()),
        (Part::Resource, hints.resource.is_some()),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(part, _)| part).collect()
}

/// A part about which the text contradicts itself is assumed, until the reader gives it.
fn doubted<T>(field: Field<T>, denial: &Denial, hints: &Hints, part: Part) -> Field<T> {
    let confirmed = confirmed(hints);
    let contradicted = denial.damage.iter().any(|damage| damage.unconfirmed(&confirmed).contains(&part));
    match (field, contradicted) {
        (Field::Known(value) | Field::Assumed(value, _), true) => Field::Assumed(value, Why::Contradicted),
        (field, _) => field,
    }
}

fn assume<T: ToString>(name: AssumedField, field: &Field<T>, assumed: &mut Vec<Assumption>) {
    if let Field::Assumed(value, why) = field {
        assumed.push(Assumption { field: name, value: AssumedValue::Text(value.to_string()), why: why.clone() });
    }
}

fn principal(denial: &Denial, hints: &Hints) -> Field<Principal> {
    match hints.principal.as_ref().or(denial.principal.as_ref()) {
        Some(principal) => Field::Known(principal.clone()),
        None => Field::Missing(NotTold::NotNamed),
    }
}

fn action(denial: &Denial, hints: &Hints) -> Field<Action> {
    if let Some(action) = &hints.action {
        return Field::Known(action.clone());
    }
    if let Some(action) = &denial.action {
        return Field::Known(action.clone());
    }
    match denial.candidates.as_slice() {
        [] => Field::Missing(NotTold::NotNamed),
        [first, others @ ..] => {
            let why = Why::Operation { operation: denial.operation.clone(), others: others.to_vec() };
            Field::Assumed(first.clone(), why)
        }
    }
}

fn resource(denial: &Denial, hints: &Hints) -> Field<String> {
    if let Some(resource) = &hints.resource {
        return Field::Known(resource.clone());
    }
    let Some(resource) = &denial.resource else {
        return Field::Missing(NotTold::NotNamed);
    };
    if resource != "*" && resource.contains(['*', '?']) && !has_no_name_yet(resource) && resource.parse::<Arn>().is_ok()
    {
        return Field::Assumed(resource.clone(), Why::QuotedPattern);
    }
    if resource.parse::<Arn>().is_ok() || resource == "*" {
        return Field::Known(resource.clone());
    }
    match named_iam_entity(resource, hints.principal.as_ref().or(denial.principal.as_ref())) {
        Some(arn) => Field::Assumed(arn, Why::EntityName(resource.clone())),
        None => Field::Missing(NotTold::NoArn(resource.clone())),
    }
}

/// Whether the call is about to make the resource, so that it has no name yet: AWS writes `instance/*`.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policies-ec2-console.html>
#[must_use]
pub fn has_no_name_yet(resource: &str) -> bool {
    resource.parse::<Arn>().is_ok_and(|arn| {
        arn.resource().split_once('/').is_some_and(|(kind, rest)| rest == "*" && !kind.contains(['*', '?', ':']))
            && matches!(arn.service(), "ec2" | "elasticloadbalancing" | "autoscaling" | "rds")
    })
}

/// IAM's older messages name `role X`, `user x`, `group G`, `policy P`, `instance profile P` instead of an ARN.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
fn named_iam_entity(resource: &str, principal: Option<&Principal>) -> Option<String> {
    let (kind, name) = ["role", "user", "group", "policy", "instance profile"]
        .into_iter()
        .find_map(|kind| Some((kind, resource.strip_prefix(kind)?.strip_prefix(' ')?)))?;
    let principal = principal?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let kind = kind.replace(' ', "-");
    Some(format!("arn:{}:iam::{}:{kind}/{name}", principal.partition()?, principal.account()?))
}

/// Whether somebody owns the resource: AWS's own models, and actions without resources, have no owner to be mistaken about.
fn has_owner(resource: &Field<String>) -> bool {
    resource.value().is_some_and(|resource| resource != "*" && !resource.contains(":bedrock:"))
}

fn resource_account(resource: &Field<String>, principal: Option<&Principal>, hints: &Hints) -> Field<String> {
    if let Some(account) = &hints.resource_account {
        return Field::Known(account.clone());
    }
    let arn = resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    if let Some(account) = arn.as_ref().and_then(Arn::account_id) {
        return Field::Known(account.to_owned());
    }
    let own = principal.and_then(Principal::account);
    match (arn, own) {
        // resources of AWS itself, such as foundation models, have no account and no resource-based policy: the
        // caller's account decides
        (Some(arn), Some(own)) if arn.service() == "bedrock" => Field::Assumed(own.to_owned(), Why::ModelOfAws),
        (Some(arn), Some(own)) if arn.account().is_empty() => {
            Field::Assumed(own.to_owned(), Why::NoAccountInArn(arn.service().to_owned()))
        }
        (None, Some(own)) if resource.value().is_some() => Field::Assumed(own.to_owned(), Why::NoResource),
        _ => Field::Missing(NotTold::NoAccount),
    }
}

/// The condition keys that the input tells, and what the person adds, which wins.
fn context(facts: &[ContextFact], hints: &Hints, assumed: &mut Vec<Assumption>) -> Context {
    let mut context = Context::new();
    context.set_complete(hints.context_complete);
    if !hints.context_complete {
        for fact in facts {
            set(&mut context, &fact.key, &fact.values);
            assumed.push(Assumption::key(&fact.key, &fact.values, source(&fact.source)));
        }
    }
    let mut given: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (key, value) in &hints.context {
        given.entry(key).or_default().push(value.clone());
    }
    for (key, values) in given {
        set(&mut context, key, &values);
    }
    context
}

fn source(source: &ContextSource) -> Why {
    match source {
        ContextSource::CloudTrailField(field) => Why::CloudTrailField(field.clone()),
        ContextSource::DecodedMessage => Why::DecodedConditions,
        ContextSource::ProbedProfile => Why::Probe,
    }
}

fn set(context: &mut Context, key: &str, values: &[String]) {
    let multivalued = values.len() > 1 || is_multivalued_global(key);
    context.set(key, ContextValue::Present { values: values.to_vec(), multivalued });
}

/// What the snapshot tells about the principal: the role's path, tags, the organization.
pub fn add_snapshot_facts(request: &mut Request, selection: &Selection, hints: &Hints) {
    request.assumed.extend(selection.assumed.iter().cloned());
    request.vpc_endpoint = request.vpc_endpoint.or(selection.vpc_endpoint);
    let manages =
        |membership: &Option<Membership>| membership.as_ref().and_then(|it| it.management_account) == Some(true);
    if manages(&selection.principal_organization) {
        request.management_account = request.principal.value().and_then(Principal::account).map(str::to_owned);
    } else if manages(&selection.resource_organization) {
        request.management_account = request.resource_account.value().cloned();
    }
    let PrincipalFound::Found(facts) = &selection.principal else {
        return;
    };
    if request.role.is_none() && facts.arn.resource().starts_with("role/") {
        request.role = Some(facts.arn.clone());
    }
    if hints.context_complete {
        return;
    }
    for (tag, value) in &facts.tags {
        know(request, &format!("aws:PrincipalTag/{tag}"), value, Why::PrincipalTag);
    }
    if let Some(organization) = &selection.principal_organization {
        know(request, "aws:PrincipalOrgID", &organization.organization, Why::Organization);
        if let Some(path) = &organization.path {
            know(request, "aws:PrincipalOrgPaths", path, Why::Organization);
        }
    }
    if let Some(organization) = &selection.resource_organization {
        know(request, "aws:ResourceOrgID", &organization.organization, Why::Organization);
        if let Some(path) = &organization.path {
            know(request, "aws:ResourceOrgPaths", path, Why::Organization);
        }
    }
}

/// Sets a key that nobody has set.
fn know(request: &mut Request, key: &str, value: &str, why: Why) {
    if !request.context.says(key) {
        let values = [value.to_owned()];
        set(&mut request.context, key, &values);
        request.assumed.push(Assumption::key(key, &values, why));
    }
}

/// What follows for layers that were not seen from AWS having denied the request.
///
/// In the account of the resource, an Allow in its policy that names the caller would have been enough, whatever identity-based
/// policies, boundary and session policies leave out. So when AWS reports that one of these does not allow the request, no
/// policy of the resource did, seen or not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
pub fn apply_aws_reason(denial: &Denial, request: &mut Request, policies: &mut PolicySet) {
    let reason = &denial.reason;
    let (ReasonEffect::ImplicitDeny, Some(named)) = (reason.effect, reason.policy_type) else {
        return;
    };
    if named == PolicyType::VpcEndpoint {
        apply_gateway_reason(request, policies);
        return;
    }
    let missing = matches!(named, PolicyType::IdentityBased | PolicyType::PermissionsBoundary | PolicyType::Session);
    let own = request.principal.value().and_then(Principal::account);
    let same_account = own.is_some() && own == request.resource_account.value().map(String::as_str);
    let unseen = policies.resource.policies.is_empty() && policies.resource.coverage.gap().is_some();
    // where both sides must allow, what one lacks tells nothing of the other
    let both = request.action.value().and_then(|action| within_account(action, None)) == Some(WithinAccount::Both);
    if !missing || !same_account || !unseen || both {
        return;
    }
    // key policies and trust policies must allow even then: what is ruled out is only that one names the caller, which would
    // have been enough without an identity-based policy
    // <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    let by_nature = request.action.value().is_some_and(|action| action.service() == "kms" || is_trust_action(action));
    if by_nature {
        if let (PolicyType::IdentityBased, Some(gap)) = (named, policies.resource.coverage.gap()) {
            let why = Why::DoesNotNameCaller(named, Box::new(gap.subject.clone()));
            policies.resource.coverage = Coverage::MayDelegate(gap.clone());
            request.assumed.push(Assumption {
                field: AssumedField::ResourcePolicy,
                value: AssumedValue::DelegatesAtMost,
                why,
            });
        }
    } else {
        policies.resource.coverage = Coverage::NotApplicable(NotApplicable::NothingOfResource(named));
        request.assumed.push(Assumption {
            field: AssumedField::ResourcePolicy,
            value: AssumedValue::DoesNotAllow,
            why: Why::NothingOfResource(named),
        });
    }
}

/// The endpoint is a gateway endpoint where AWS says that its policy does not allow what the policy of another endpoint would.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway>
fn apply_gateway_reason(request: &mut Request, policies: &PolicySet) {
    if request.vpc_endpoint.is_some() || !request.action.value().is_some_and(has_gateway_endpoints) {
        return;
    }
    let elsewhere = Request { vpc_endpoint: Some(EndpointKind::Interface), ..request.clone() };
    let allows = |request: &Request| {
        let checks = evaluate(request, policies).checks;
        checks.iter().any(|check| check.policy_type == PolicyType::VpcEndpoint && check.effect == CheckEffect::Allow)
    };
    if allows(&elsewhere) && !allows(request) {
        request.vpc_endpoint = Some(EndpointKind::Gateway);
        request.assumed.push(Assumption {
            field: AssumedField::VpcEndpoint,
            value: AssumedValue::GatewayEndpoint,
            why: Why::OnlyAGatewayDenies,
        });
    }
}
