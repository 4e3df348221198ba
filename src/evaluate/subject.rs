//! The request as the matchers see it: taken apart once, then compared with every statement.

use crate::iam::{
    Action, Arn, Context, Coverage, EndpointKind, Field, Layer, Principal, PrincipalKind, Request, ResourceKinds,
    ResourceText, WithinAccount, has_gateway_endpoints, has_rcps, is_federated_call, is_no_longer_asked,
    is_trust_action, within_account,
};

use super::truth::Truth;

/// A request, ready to be matched.
#[derive(Debug)]
pub(super) struct Subject<'r> {
    pub(super) request: &'r Request,
    pub(super) principal: Option<&'r Principal>,
    pub(super) role: Option<&'r Arn>,
    pub(super) action: Option<&'r Action>,
    pub(super) resource: Option<ResourceText<'r>>,
    /// The pattern that the input quotes, where the concrete resource is not known.
    pub(super) resource_within: Option<&'r str>,
    /// What the resource can be, where nothing of it is known.
    pub(super) resource_kinds: Option<&'r ResourceKinds>,
    pub(super) context: &'r Context,
}

/// Which policies a request must pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// A principal of an account: its own policies count.
    Principal,
    /// A service, nobody, or somebody known only to an identity provider: only the resource's side counts.
    ResourceOnly,
}

impl<'r> Subject<'r> {
    pub(super) fn new(request: &'r Request) -> Self {
        Self {
            request,
            principal: request.principal.value(),
            role: request.role.as_ref(),
            action: request.action.value(),
            resource: request.resource.value().map(|text| ResourceText::new(text)),
            resource_within: match &request.resource {
                Field::Assumed(text, why) if text != "*" && !why.is_checked_as_written() => {
                    text.contains(['*', '?']).then_some(text)
                }
                _ => None,
            },
            resource_kinds: request.resource_kinds.as_deref().filter(|_| request.resource.value().is_none()),
            context: &request.context,
        }
    }

    pub(super) fn kind(&self) -> PrincipalKind {
        self.principal.map_or(PrincipalKind::Unknown, Principal::kind)
    }

    /// Whose policies count.
    pub(super) fn side(&self) -> Side {
        match self.kind() {
            PrincipalKind::Service | PrincipalKind::Anonymous | PrincipalKind::Federated => Side::ResourceOnly,
            _ if self.action.is_some_and(is_federated_call) => Side::ResourceOnly,
            _ => Side::Principal,
        }
    }

    pub(super) fn folded_action(&self) -> &'r str {
        self.action.map_or("", Action::folded)
    }

    pub(super) fn service(&self) -> &'r str {
        self.action.map_or("", Action::service)
    }

    /// Whether the caller is a service-linked role: its path tells, and where that is not known its name.
    pub(super) fn is_service_linked_role(&self) -> bool {
        match self.role {
            Some(role) => role.resource().starts_with("role/aws-service-role/"),
            None => self.principal.is_some_and(Principal::is_service_linked_role),
        }
    }

    /// Whether this account is the organization's management account.
    fn is_management(&self, account: Option<&str>) -> bool {
        account.is_some() && account == self.request.management_account.as_deref()
    }

    /// Whether SCPs reach the caller.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    pub(super) fn scps_apply(&self) -> bool {
        self.side() == Side::Principal
            && !self.is_service_linked_role()
            && !self.is_management(self.principal.and_then(Principal::account))
    }

    /// Whether RCPs reach the request. What is not known about it counts as reached.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    ///
    /// AWS's page ties RCPs to the resource types of an action, and AWS publishes RCPs for actions that have none
    /// (<https://github.com/aws-samples/resource-control-policy-examples>): whether one reaches such an action is not certain.
    pub(super) fn rcps_reach(&self) -> Truth {
        if self.is_service_linked_role()
            || self.is_management(self.request.resource_account.value().map(String::as_str))
        {
            return Truth::False;
        }
        if self.request.rcp_named {
            return Truth::True;
        }
        if !self.action.is_none_or(has_rcps) || self.folded_action() == "kms:retiregrant" {
            return Truth::False;
        }
        if self.is_without_resource() { Truth::Unknown } else { Truth::True }
    }

    /// Whether the action works on no resource.
    pub(super) fn is_without_resource(&self) -> bool {
        matches!(self.resource, Some(ResourceText::All))
    }

    /// Whether the request may have come through a gateway endpoint, in whose policy `Principal` must be `*`.
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway>
    pub(super) fn through_gateway(&self) -> Truth {
        match self.request.vpc_endpoint {
            _ if !self.action.is_some_and(has_gateway_endpoints) => Truth::False,
            Some(EndpointKind::Gateway) => Truth::True,
            Some(EndpointKind::Interface) => Truth::False,
            None => Truth::Unknown,
        }
    }

    /// Whether both sides must allow even within one account.
    pub(super) fn needs_both(&self) -> bool {
        self.action.is_some_and(|action| within_account(action, None) == Some(WithinAccount::Both))
    }

    /// Whether the caller belongs to the account that owns the resource.
    pub(super) fn same_account(&self) -> Truth {
        // an action without resources stays in the caller's account
        if matches!(self.resource, Some(ResourceText::All)) {
            return Truth::True;
        }
        match (self.principal.and_then(Principal::account), &self.request.resource_account) {
            (Some(caller), Field::Known(owner) | Field::Assumed(owner, _)) => (caller == owner).into(),
            (_, Field::Missing(_)) if self.is_owned_by_aws() => Truth::True,
            _ => Truth::Unknown,
        }
    }

    /// Resources without an account in their ARN belong to AWS or to the caller, except S3's, whose ARNs never tell.
    fn is_owned_by_aws(&self) -> bool {
        let text = self.request.resource.value().map(|text| text.parse::<Arn>());
        matches!(text, Some(Ok(arn)) if arn.account() == "aws" || (arn.account().is_empty() && arn.service() != "s3"))
    }

    /// Whether the resource's policy must allow even within one account.
    ///
    /// Every role has a trust policy: where certainly none is given, the question is about the caller's side alone.
    pub(super) fn resource_must_allow(&self, resource: &Layer) -> Truth {
        let Some(action) = self.action else {
            return Truth::Unknown;
        };
        if is_trust_action(action) && resource.policies.is_empty() && resource.coverage == Coverage::Complete {
            return Truth::False;
        }
        let resource = self.request.resource.value().map(String::as_str);
        within_account(action, resource).map_or(Truth::Unknown, |allow| (allow != WithinAccount::Either).into())
    }

    /// `sts:GetCallerIdentity` needs no permission, and no policy can deny it. Nor do policies decide about what AWS does not ask any more.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
    pub(super) fn is_always_allowed(&self) -> bool {
        if self.action.is_some_and(is_no_longer_asked) {
            return true;
        }
        self.folded_action() == "sts:getcalleridentity"
            && self.principal.is_some()
            && !matches!(self.kind(), PrincipalKind::Anonymous | PrincipalKind::Service)
    }
}
