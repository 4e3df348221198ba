//! What a remedy rests on in a policy that was not seen: said with the statement that would do, and never taken for granted.
//!
//! Across accounts both sides must allow, and a key policy or trust policy must allow even within one:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>

use std::sync::Arc;

use super::Owner;
use super::grant::NeededStatement;
use super::grantee::grantee;
use super::propose::owner;
use crate::denial::ReasonEffect;
use crate::diagnose::{Blocker, DenialContext};
use crate::iam::{
    Command, Coverage, Document, Layer, Policy, PolicyOrigin, PolicySet, PolicyType, Principal, Request, WithinAccount,
    is_trust_action, within_account,
};
use crate::text::{Json, Source};

/// Something that must hold in a policy that was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAssumption {
    /// The type of the policy.
    pub policy_type: PolicyType,
    /// What must hold, in words.
    pub what: String,
    /// Who can see and change that policy.
    pub owner: Owner,
    /// The owner's account, where it is known.
    pub account: Option<String>,
    /// The statement that would do, as JSON; `None` where one must go instead.
    pub statement: Option<String>,
    /// Whether AWS's own words say that it does not hold.
    pub contradicted: bool,
    /// The commands that show the policy.
    pub how_to_see: Vec<Command>,
}

/// The assumption behind which a missing allow disappears, and the policy that stands in for it; only where nothing of the layer was seen.
pub(super) fn assumption(case: &DenialContext<'_>, blocker: &Blocker) -> Option<(PolicyAssumption, Policy)> {
    let layer = layer(case.policies, blocker.policy_type)?;
    // an allow does not help where AWS says that the unseen policy denies
    if case.denial.reason.effect == ReasonEffect::ExplicitDeny && is_named(case, blocker.policy_type) {
        return None;
    }
    let gap = layer.coverage.gap().filter(|_| layer.policies.is_empty())?;
    let request = case.request;
    let (action, resource) = (request.action.value()?, request.resource.value()?);
    let caller = request.principal.value()?;
    let account = caller.account()?;
    let of_resource = request.resource_account.value();
    let same_account = of_resource.is_some_and(|owner| owner == account);
    let everyone = format!("arn:{}:iam::{account}:root", caller.partition().unwrap_or("aws"));
    let trust = is_trust_action(action);
    let both = within_account(action, None) == Some(WithinAccount::Both);
    let (what, principal, account) = match blocker.policy_type {
        PolicyType::IdentityBased => {
            (format!("a policy of {caller} itself allows {action} on {resource}"), None, Some(account.to_owned()))
        }
        _ if same_account && !both => {
            let what = format!(
                "the {} leaves it to the IAM policies of the account: it allows {action} to {everyone}",
                crate::report::words::gap_subject(&gap.subject)
            );
            (what, Some(everyone.clone()), of_resource.cloned())
        }
        _ => {
            let named = grantee(request)?.arn;
            (
                format!("the {} allows {action} to {named}", crate::report::words::gap_subject(&gap.subject)),
                Some(named),
                of_resource.cloned(),
            )
        }
    };
    let principal = principal.map(|arn| Json::Object(vec![("AWS".to_owned(), Json::text(arn))]));
    let statement = NeededStatement::of(request, principal)?.first()?;
    // the stand-in allows all that it could: what the edits open is never more than what is told
    let actions = if trust { "sts:*".to_owned() } else { format!("{}:*", action.service()) };
    let mut members = vec![("Effect".to_owned(), Json::text("Allow")), ("Action".to_owned(), Json::text(actions))];
    if blocker.policy_type == PolicyType::IdentityBased {
        members.push(("Resource".to_owned(), Json::text("*")));
    } else {
        members.push(("Principal".to_owned(), Json::Object(vec![("AWS".to_owned(), Json::text(everyone))])));
        if !trust {
            members.push(("Resource".to_owned(), Json::text("*")));
        }
    }
    let document = Json::Object(vec![
        ("Version".to_owned(), Json::text("2012-10-17")),
        ("Statement".to_owned(), Json::List(vec![Json::Object(members)])),
    ]);
    let stand_in = Policy {
        name: crate::report::words::gap_subject(&gap.subject),
        arn: None,
        policy_type: blocker.policy_type,
        // nobody edits what nobody has seen
        origin: PolicyOrigin::AwsManaged,
        version_id: None,
        versions: Vec::new(),
        attached_to: Vec::new(),
        document: Arc::new(
            Document::parse(Source::new(crate::report::words::gap_subject(&gap.subject), document.compact())).ok()?,
        ),
    };
    let assumption = PolicyAssumption {
        policy_type: blocker.policy_type,
        what,
        owner: owner(blocker.policy_type),
        account,
        statement: Some(statement.compact()),
        contradicted: is_contradicted(case, blocker.policy_type),
        how_to_see: gap.how_to_close.clone(),
    };
    Some((assumption, stand_in))
}

/// What AWS itself says that blocks the request, in a policy that was not seen and no edit can reach.
pub(super) fn named_by_aws(
    case: &DenialContext<'_>,
    blockers: &[Blocker],
    known: &[PolicyAssumption],
) -> Option<PolicyAssumption> {
    let reason = &case.denial.reason;
    let named = reason.policy_type?;
    let explicit = match reason.effect {
        ReasonEffect::ExplicitDeny => true,
        ReasonEffect::ImplicitDeny => false,
        ReasonEffect::Unknown => return None,
    };
    let found = blockers
        .iter()
        .any(|blocker| blocker.policy_type.normalized() == named.normalized() && blocker.is_explicit() == explicit);
    let told = known.iter().any(|assumption| assumption.policy_type.normalized() == named.normalized());
    let gap = coverage(case.policies, named).gap().filter(|_| !found && !told)?;
    let action = case.request.action.value()?;
    let policy = reason.policy_arn.as_ref().map_or_else(String::new, |arn| format!(" ({arn})"));
    let what = if explicit {
        format!("no Deny of {action} stands in the {}{policy}", crate::report::words::gap_subject(&gap.subject))
    } else {
        format!("an allow for {action} stands in the {}", crate::report::words::gap_subject(&gap.subject))
    };
    let statement =
        if explicit { None } else { NeededStatement::of(case.request, None).and_then(|wanted| wanted.first()) };
    Some(PolicyAssumption {
        policy_type: named,
        what,
        owner: owner(named),
        account: owner_of(case.request, named),
        statement: statement.map(|statement| statement.compact()),
        contradicted: true,
        how_to_see: gap.how_to_close.clone(),
    })
}

/// Whether AWS named this type of policy.
fn is_named(case: &DenialContext<'_>, policy_type: PolicyType) -> bool {
    case.denial.reason.policy_type.map(PolicyType::normalized) == Some(policy_type.normalized())
}

/// Whether AWS said that no policy of this type allows the request.
fn is_contradicted(case: &DenialContext<'_>, policy_type: PolicyType) -> bool {
    case.denial.reason.effect == ReasonEffect::ImplicitDeny && is_named(case, policy_type)
}

const fn coverage(policies: &PolicySet, policy_type: PolicyType) -> &Coverage {
    match policy_type {
        PolicyType::IdentityBased => &policies.identity.coverage,
        PolicyType::ResourceBased | PolicyType::RoleTrust => &policies.resource.coverage,
        PolicyType::PermissionsBoundary => &policies.boundary.coverage,
        PolicyType::Session => &policies.session.coverage,
        PolicyType::VpcEndpoint => &policies.vpc_endpoint.coverage,
        PolicyType::ServiceControl => &policies.service_control.coverage,
        PolicyType::ResourceControl => &policies.resource_control.coverage,
    }
}

fn layer(policies: &PolicySet, policy_type: PolicyType) -> Option<&Layer> {
    match policy_type {
        PolicyType::IdentityBased => Some(&policies.identity),
        PolicyType::ResourceBased | PolicyType::RoleTrust => Some(&policies.resource),
        _ => None,
    }
}

/// The policies as they would be if the assumption held.
pub(super) fn assume(policies: &mut PolicySet, stand_in: Policy) {
    let layer =
        if stand_in.policy_type == PolicyType::IdentityBased { &mut policies.identity } else { &mut policies.resource };
    layer.policies.push(Arc::new(stand_in));
    layer.coverage = Coverage::Complete;
}

/// The policies with the layers back that were only supposed.
pub(super) fn unsuppose(policies: &PolicySet, before: &PolicySet, assumptions: &[PolicyAssumption]) -> PolicySet {
    let mut policies = policies.clone();
    for assumption in assumptions {
        match assumption.policy_type {
            PolicyType::IdentityBased => policies.identity = before.identity.clone(),
            PolicyType::ResourceBased | PolicyType::RoleTrust => policies.resource = before.resource.clone(),
            PolicyType::PermissionsBoundary => policies.boundary.coverage = before.boundary.coverage.clone(),
            PolicyType::Session => policies.session.coverage = before.session.coverage.clone(),
            PolicyType::VpcEndpoint => policies.vpc_endpoint.coverage = before.vpc_endpoint.coverage.clone(),
            PolicyType::ServiceControl => policies.service_control = before.service_control.clone(),
            PolicyType::ResourceControl => policies.resource_control = before.resource_control.clone(),
        }
    }
    policies
}

/// The principal of a request as its owner knows it, for a sentence.
pub(super) fn owner_of(request: &Request, policy_type: PolicyType) -> Option<String> {
    match policy_type {
        PolicyType::ResourceBased | PolicyType::RoleTrust | PolicyType::ResourceControl => {
            request.resource_account.value().cloned()
        }
        _ => request.principal.value().and_then(Principal::account).map(str::to_owned),
    }
}
