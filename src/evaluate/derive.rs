//! Condition keys that AWS always fills, as far as they follow with certainty from who asks for what.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use super::presence::{BONDS, is_present, is_without_owner, never_of, tested};
use crate::iam::{
    Action, Arn, AssumedField, AssumedValue, Assumption, Context, ContextValue, Derived, Field, PolicySet, Principal,
    PrincipalKind, Request, SessionRole, Why, instant, is_of_one_region, may_name_another_region,
};

/// Adds the keys that are certain, each recorded in `request.assumed`. A key that was given stays as it is.
pub fn derive_context(request: &mut Request) {
    let Request { context, assumed, .. } = request;
    let mut keys = Keys { context, assumed };
    if let Some(principal) = request.principal.value() {
        of_principal(&mut keys, principal, request.role.as_ref());
    }
    let arn = request.resource.value().and_then(|text| text.parse::<Arn>().ok());
    let without_owner = request.action.value().is_some_and(is_without_owner);
    match (&request.resource_account, &arn) {
        _ if without_owner => {}
        (Field::Known(account), _) => keys.one("aws:ResourceAccount", account, Derived::OwnerOfResource),
        (_, Some(arn)) => {
            if let Some(account) = arn.account_id() {
                keys.one("aws:ResourceAccount", account, Derived::AccountOfResource);
            }
        }
        _ => {}
    }
    if let (Some(arn), Some(action)) = (&arn, request.action.value()) {
        of_region(&mut keys, arn, action);
    }
}

/// Adds what is certain of the keys that these policies test: those that the request cannot have, or can have in one way only.
pub fn derive_tested(request: &mut Request, policies: &PolicySet) {
    if request.context.is_complete() {
        return;
    }
    let Request { context, assumed, .. } = request;
    let mut keys = Keys { context, assumed };
    let tested = tested(policies);
    let kind = request.principal.value().map(Principal::kind);
    for (key, shown) in &tested {
        if let Some(why) = kind.and_then(|kind| never_of(kind, key)) {
            keys.absent(shown, why);
        }
        let of_owner = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"].contains(&key.as_str());
        if of_owner && request.action.value().is_some_and(is_without_owner) {
            keys.absent(shown, Derived::NotOfAction);
        }
    }
    if let Some(shown) = tested.get("aws:epochtime")
        && let Some(at) = keys.context.get_folded("aws:currenttime").single().and_then(instant)
    {
        keys.one(shown, &(at / 1_000_000_000).to_string(), Derived::TimeOfRequest);
    }
    for (key, shown) in &tested {
        for (prefix, names) in
            [("aws:requesttag/", "aws:tagkeys"), ("kms:encryptioncontext:", "kms:encryptioncontextkeys")]
        {
            if let Some(name) = key.strip_prefix(prefix)
                && is_not_among(name, keys.context.get_folded(names))
            {
                keys.absent(shown, Derived::NotSent);
            }
        }
    }
    for bond in &BONDS {
        let shown = |key: &str| tested.get(key).copied();
        if let Some(shown) = shown(bond.other)
            && bond.keys.iter().any(|key| is_present(keys.context.get_folded(key)))
        {
            let why = Derived::SinceIn(bond.circumstance);
            keys.set(shown, bond.needs.value(), bond.needs.shown(), why);
        }
        if bond.needs.is_met(keys.context.get_folded(bond.other)) == Some(false) {
            for shown in bond.keys.iter().filter_map(|key| shown(key)) {
                keys.absent(shown, Derived::OnlyIn(bond.circumstance));
            }
        }
    }
}

/// Whether a name is not among all names that a request sends; the names of condition keys are compared without case.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag>
fn is_not_among(name: &str, all: &ContextValue) -> bool {
    match all {
        ContextValue::Present { values, .. } => !values.iter().any(|other| other.eq_ignore_ascii_case(name)),
        ContextValue::Absent => true,
        ContextValue::Unknown => false,
    }
}

struct Keys<'r> {
    context: &'r mut Context,
    assumed: &'r mut Vec<Assumption>,
}

impl Keys<'_> {
    fn set(&mut self, key: &str, value: ContextValue, shown: AssumedValue, why: Derived) {
        if !self.context.says(key) {
            self.context.set(key, value);
            let field = AssumedField::ContextKey(key.to_owned());
            self.assumed.push(Assumption { field, value: shown, why: Why::Derived(why) });
        }
    }

    fn one(&mut self, key: &str, value: &str, why: Derived) {
        let present = ContextValue::Present { values: vec![value.to_owned()], multivalued: false };
        self.set(key, present, AssumedValue::Text(value.to_owned()), why);
    }

    fn absent(&mut self, key: &str, why: Derived) {
        self.set(key, ContextValue::Absent, AssumedValue::Absent, why);
    }
}

fn of_principal(keys: &mut Keys<'_>, principal: &Principal, role: Option<&Arn>) {
    let kind = principal.kind();
    match kind {
        PrincipalKind::User | PrincipalKind::Root | PrincipalKind::FederatedUser | PrincipalKind::Role => {
            if principal.as_str().starts_with("arn:") {
                keys.one("aws:PrincipalArn", principal.as_str(), Derived::PrincipalArn);
            }
        }
        PrincipalKind::AssumedRole => {
            // the role's ARN with its path; a session's ARN does not have the path
            if let Some(role) = role {
                keys.one("aws:PrincipalArn", role.as_str(), Derived::RoleArn);
            } else {
                keys.context.set_session_role(SessionRole::of(principal));
            }
        }
        PrincipalKind::Anonymous => keys.absent("aws:PrincipalArn", Derived::NotSigned),
        PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::Unknown => {}
    }
    match (kind, principal.account()) {
        (PrincipalKind::Anonymous, _) => keys.one("aws:PrincipalAccount", "anonymous", Derived::NotSigned),
        (PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::Unknown, _) | (_, None) => {}
        (_, Some(account)) => keys.one("aws:PrincipalAccount", account, Derived::PrincipalAccount),
    }
    let principal_type = match kind {
        PrincipalKind::User => Some("User"),
        PrincipalKind::Root => Some("Account"),
        PrincipalKind::AssumedRole | PrincipalKind::Role => Some("AssumedRole"),
        PrincipalKind::FederatedUser => Some("FederatedUser"),
        PrincipalKind::Anonymous => Some("Anonymous"),
        PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::Unknown => None,
    };
    if let Some(name) = principal_type {
        keys.one("aws:PrincipalType", name, Derived::PrincipalKind);
    }
    match (kind, principal.name()) {
        (PrincipalKind::User, Some(name)) => keys.one("aws:username", name, Derived::UserName),
        (
            PrincipalKind::Role
            | PrincipalKind::AssumedRole
            | PrincipalKind::Root
            | PrincipalKind::FederatedUser
            | PrincipalKind::Anonymous,
            _,
        ) => keys.absent("aws:username", Derived::OnlyUsers),
        _ => {}
    }
    if let (PrincipalKind::Root, Some(account)) = (kind, principal.account()) {
        keys.one("aws:userid", account, Derived::RootId);
    }
    match kind {
        PrincipalKind::Service => {
            keys.one("aws:PrincipalIsAWSService", "true", Derived::IsService);
            if let Some(name) = principal.name() {
                keys.one("aws:PrincipalServiceName", name, Derived::ServiceName);
            }
        }
        PrincipalKind::Federated | PrincipalKind::Unknown => {}
        PrincipalKind::Anonymous => keys.absent("aws:PrincipalIsAWSService", Derived::NotSigned),
        _ => keys.one("aws:PrincipalIsAWSService", "false", Derived::NotAService),
    }
    if matches!(kind, PrincipalKind::Role | PrincipalKind::AssumedRole) {
        keys.one("aws:PrincipalIsAWSService", "false", Derived::NotAService);
    }
}

/// `aws:RequestedRegion` where the resource's ARN tells the region of the endpoint that was called.
fn of_region(keys: &mut Keys<'_>, arn: &Arn, action: &Action) {
    let service = action.service();
    // STS has an endpoint for all Regions beside the others
    let elsewhere = service == "sts" || is_of_one_region(service) || may_name_another_region(action);
    if elsewhere || arn.service() != service {
        return;
    }
    if !arn.region().is_empty() && !arn.region().contains(['*', '?']) {
        keys.one("aws:RequestedRegion", arn.region(), Derived::RegionOfResource);
    } else if service == "bedrock" && arn.resource().starts_with("foundation-model/") {
        // https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
        keys.one("aws:RequestedRegion", "unspecified", Derived::GlobalInference);
    }
}
