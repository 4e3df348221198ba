//! What follows from the reason that AWS gave, for what was not seen.

use crate::denial::{Denial, Note, ReasonEffect};
use crate::evaluate::{CheckEffect, Decision, evaluate};
use crate::iam::{
    AssumedField, AssumedValue, Assumption, Coverage, EndpointKind, NotApplicable, PolicySet, PolicyType, Principal,
    Request, Why, WithinAccount, has_gateway_endpoints, is_trust_action, within_account,
};

/// What follows for layers that were not seen from AWS having denied the request.
///
/// In the account of the resource, an Allow in its policy that names the caller would have been enough, whatever identity-based
/// policies, boundary and session policies leave out. So when AWS reports that one of these does not allow the request, no
/// policy of the resource did, seen or not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
pub(super) fn apply(denial: &Denial, request: &mut Request, policies: &mut PolicySet) {
    let reason = &denial.reason;
    if reason.effect == ReasonEffect::Unknown {
        apply_no_reason(denial, request, policies);
        return;
    }
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

/// What a denial without a reason says of a policy of the resource that was not seen: it did not allow the request, or something else that
/// was not seen denied it. So where the caller's own policies do not allow the request either, an allow is missing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
fn apply_no_reason(denial: &Denial, request: &mut Request, policies: &mut PolicySet) {
    // a text that gives no reason, names an action and is whole
    let plain = denial.notes.contains(&Note::NoReason) && denial.action.is_some() && denial.damage.is_empty();
    let own = request.principal.value().and_then(Principal::account);
    let owner = request.resource_account.value().map(String::as_str);
    let same_account = own.is_some() && (owner.is_none() || own == owner);
    let Some(gap) = policies.resource.coverage.gap().filter(|_| policies.resource.policies.is_empty()) else { return };
    // key policies and trust policies must allow even within one account, and each auth policy must
    let needed = request.action.value().is_none_or(|action| {
        action.service() == "kms"
            || is_trust_action(action)
            || within_account(action, None) == Some(WithinAccount::Both)
    });
    if !plain || !same_account || needed || evaluate(request, policies).decision != Decision::Undetermined {
        return;
    }
    let mut denied = policies.clone();
    denied.resource.coverage = Coverage::MayDeny(gap.clone());
    if evaluate(request, &denied).decision != Decision::ImplicitDeny {
        return;
    }
    *policies = denied;
    request.assumed.push(Assumption {
        field: AssumedField::ResourcePolicy,
        value: AssumedValue::DoesNotAllow,
        why: Why::DeniedWithoutReason,
    });
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
