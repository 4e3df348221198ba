//! Condition keys that AWS always fills, as far as they follow with certainty from who asks for what.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use crate::iam::{Arn, Assumption, Context, ContextValue, Field, Principal, PrincipalKind, Request};

/// Adds the keys that are certain, each recorded in `request.assumed`. A key that was given stays as it is.
pub fn derive_context(request: &mut Request) {
    let Request { context, assumed, .. } = request;
    let mut keys = Keys { context, assumed };
    if let Some(principal) = request.principal.value() {
        of_principal(&mut keys, principal, request.role.as_ref());
    }
    let arn = request.resource.value().and_then(|text| text.parse::<Arn>().ok());
    match (&request.resource_account, &arn) {
        (Field::Known(account), _) => keys.one("aws:ResourceAccount", account, "the account that owns the resource"),
        (_, Some(arn)) => {
            if let Some(account) = arn.account_id() {
                keys.one("aws:ResourceAccount", account, "the account in the resource's ARN");
            }
        }
        _ => {}
    }
    let service = request.action.value().map(|action| action.service().to_owned());
    if let (Some(arn), Some(service)) = (&arn, &service) {
        of_region(&mut keys, arn, service);
    }
}

struct Keys<'r> {
    context: &'r mut Context,
    assumed: &'r mut Vec<Assumption>,
}

impl Keys<'_> {
    fn set(&mut self, key: &str, value: ContextValue, shown: &str, why: &str) {
        if !self.context.says(key) {
            self.context.set(key, value);
            self.assumed.push(Assumption { field: key.to_owned(), value: shown.to_owned(), why: why.to_owned() });
        }
    }

    fn one(&mut self, key: &str, value: &str, why: &str) {
        self.set(key, ContextValue::Present { values: vec![value.to_owned()], multivalued: false }, value, why);
    }

    fn absent(&mut self, key: &str, why: &str) {
        self.set(key, ContextValue::Absent, "not in the request", why);
    }
}

fn of_principal(keys: &mut Keys<'_>, principal: &Principal, role: Option<&Arn>) {
    let kind = principal.kind();
    match kind {
        PrincipalKind::User | PrincipalKind::Root | PrincipalKind::FederatedUser | PrincipalKind::Role => {
            if principal.as_str().starts_with("arn:") {
                keys.one("aws:PrincipalArn", principal.as_str(), "the principal's ARN");
            }
        }
        PrincipalKind::AssumedRole => {
            // the role's ARN with its path; a session's ARN does not have the path
            if let Some(role) = role {
                keys.one("aws:PrincipalArn", role.as_str(), "the ARN of the session's role");
            }
        }
        PrincipalKind::Anonymous => keys.absent("aws:PrincipalArn", "the request is not signed"),
        PrincipalKind::Service | PrincipalKind::Unknown => {}
    }
    match (kind, principal.account()) {
        (PrincipalKind::Anonymous, _) => keys.one("aws:PrincipalAccount", "anonymous", "the request is not signed"),
        (PrincipalKind::Service | PrincipalKind::Unknown, _) | (_, None) => {}
        (_, Some(account)) => keys.one("aws:PrincipalAccount", account, "the principal's account"),
    }
    let principal_type = match kind {
        PrincipalKind::User => Some("User"),
        PrincipalKind::Root => Some("Account"),
        PrincipalKind::AssumedRole | PrincipalKind::Role => Some("AssumedRole"),
        PrincipalKind::FederatedUser => Some("FederatedUser"),
        PrincipalKind::Anonymous => Some("Anonymous"),
        PrincipalKind::Service | PrincipalKind::Unknown => None,
    };
    if let Some(name) = principal_type {
        keys.one("aws:PrincipalType", name, "the kind of principal");
    }
    match (kind, principal.name()) {
        (PrincipalKind::User, Some(name)) => keys.one("aws:username", name, "the user's name"),
        (
            PrincipalKind::Role
            | PrincipalKind::AssumedRole
            | PrincipalKind::Root
            | PrincipalKind::FederatedUser
            | PrincipalKind::Anonymous,
            _,
        ) => keys.absent("aws:username", "only IAM users have it"),
        _ => {}
    }
    if let (PrincipalKind::Root, Some(account)) = (kind, principal.account()) {
        keys.one("aws:userid", account, "the root user's id is the account");
    }
    match kind {
        PrincipalKind::Service => {
            keys.one("aws:PrincipalIsAWSService", "true", "the principal is a service");
            if let Some(name) = principal.name() {
                keys.one("aws:PrincipalServiceName", name, "the service's name");
            }
        }
        PrincipalKind::Unknown => {}
        PrincipalKind::Anonymous => keys.absent("aws:PrincipalIsAWSService", "the request is not signed"),
        _ => keys.one("aws:PrincipalIsAWSService", "false", "the principal is no service"),
    }
    if matches!(kind, PrincipalKind::Role | PrincipalKind::AssumedRole) {
        keys.one("aws:PrincipalIsAWSService", "false", "the principal is no service");
    }
}

/// Services with one endpoint: the region of their requests does not follow from the resource.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion>
const GLOBAL: [&str; 10] = [
    "iam",
    "organizations",
    "route53",
    "cloudfront",
    "globalaccelerator",
    "waf",
    "shield",
    "support",
    "account",
    "sts",
];

/// `aws:RequestedRegion` where the resource's ARN tells the region of the endpoint that was called.
fn of_region(keys: &mut Keys<'_>, arn: &Arn, service: &str) {
    if GLOBAL.contains(&service) || arn.service() != service {
        return;
    }
    if !arn.region().is_empty() && !arn.region().contains(['*', '?']) {
        keys.one("aws:RequestedRegion", arn.region(), "the region in the resource's ARN");
    } else if service == "bedrock" && arn.resource().starts_with("foundation-model/") {
        // https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
        keys.one("aws:RequestedRegion", "unspecified", "global inference leaves the region of the model open");
    }
}
