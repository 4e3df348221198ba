//! The Principal and `NotPrincipal` elements: whether they name the caller, and how much an Allow to them weighs.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>

use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{
    Effect, PolicyType, PrincipalElement, PrincipalEntry, PrincipalKind, PrincipalRule, Statement, is_open,
};

/// How an entry names the caller, which decides what still limits an Allow within one account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// The caller's account: it delegates, the account's own policies must allow.
    Account,
    /// The role behind a session, the user behind a federated session: boundary and session policy still limit.
    Role,
    /// The user itself: a session policy, if there can be one, still limits.
    User,
    /// The session itself, everybody, or a service: nothing else limits.
    Direct,
}

/// Whether an element names the caller, by each kind of naming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named<W = Truth> {
    pub(super) account: W,
    pub(super) role: W,
    pub(super) user: W,
    pub(super) direct: W,
}

impl Named {
    pub(super) const NOT: Self =
        Self { account: Truth::False, role: Truth::False, user: Truth::False, direct: Truth::False };

    fn directly(truth: Truth) -> Self {
        Self { direct: truth, ..Self::NOT }
    }

    fn add(&mut self, truth: Truth, grant: Grant) {
        let place = match grant {
            Grant::Account => &mut self.account,
            Grant::Role => &mut self.role,
            Grant::User => &mut self.user,
            Grant::Direct => &mut self.direct,
        };
        *place = place.or(truth);
    }

    /// Whether it names the caller at all.
    pub(super) fn any(self) -> Truth {
        self.account.or(self.role).or(self.user).or(self.direct)
    }
}

/// Whether the statement is about the caller. `bounded`: the caller has a permissions boundary.
pub(super) fn named(subject: &Subject<'_>, policy_type: PolicyType, statement: &Statement, bounded: bool) -> Named {
    match (policy_type.row().principal, &statement.principal) {
        (PrincipalRule::Forbidden | PrincipalRule::Optional, None) => Named::directly(Truth::True),
        (PrincipalRule::Forbidden, Some(_)) | (PrincipalRule::Required, None) => Named::NOT,
        (_, Some(element)) if element.negated && !policy_type.row().not_principal => Named::NOT,
        (_, Some(element)) if policy_type == PolicyType::VpcEndpoint && subject.through_gateway() != Truth::False => {
            named_at_gateway(subject, element, statement.effect)
        }
        (_, Some(element)) if element.negated => {
            Named::directly(spares_not(subject, element, statement.effect, bounded))
        }
        (_, Some(element)) => {
            let mut named = Named::NOT;
            for entry in &element.entries {
                let (truth, grant) = names(subject, entry);
                named.add(truth, grant);
            }
            named
        }
    }
}

/// In the policy of a gateway endpoint only `*` is everybody's: another principal gets an Allow nothing, but for the root user, whom
/// AWS finds by its account. What a Deny does that names somebody, and what `NotPrincipal` does, AWS does not say.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway>
fn named_at_gateway(subject: &Subject<'_>, element: &PrincipalElement, effect: Effect) -> Named {
    if element.negated {
        return Named::directly(Truth::Unknown);
    }
    let mut named = Named::NOT;
    for entry in &element.entries {
        let (truth, grant) = names(subject, entry);
        let counts = entry.value == "*" || entry.kind != "AWS" || subject.kind() == PrincipalKind::Root;
        let here = match subject.through_gateway() {
            _ if counts => Truth::True,
            Truth::True if effect == Effect::Allow => Truth::False,
            _ => Truth::Unknown,
        };
        named.add(truth.and(here), grant);
    }
    named
}

/// Whether `NotPrincipal` leaves the caller to the statement.
///
/// A Deny spares only those whose every part is listed: account and user, or account, role and session. For a caller
/// that is listed in part AWS says that the deny "might" apply, and with a permissions boundary that it always does.
fn spares_not(subject: &Subject<'_>, element: &PrincipalElement, effect: Effect, bounded: bool) -> Truth {
    let mut listed = Named::NOT;
    for entry in &element.entries {
        let (truth, grant) = names(subject, entry);
        listed.add(truth, grant);
    }
    if effect == Effect::Allow {
        return !listed.any();
    }
    if bounded && matches!(subject.kind(), PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole) {
        return Truth::True;
    }
    let everybody =
        element.entries.iter().any(|entry| entry.value == "*" && matches!(entry.kind.as_str(), "*" | "AWS"));
    if everybody {
        return Truth::False;
    }
    let whole = match subject.kind() {
        PrincipalKind::User => listed.account.and(listed.user),
        PrincipalKind::Role => listed.account.and(listed.role),
        PrincipalKind::AssumedRole => listed.account.and(listed.role).and(listed.direct),
        PrincipalKind::FederatedUser => listed.account.and(listed.direct),
        _ => listed.any(),
    };
    match (listed.any(), whole) {
        (Truth::False, _) => Truth::True,
        (_, Truth::True) => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Whether one entry names the caller, and how.
pub(super) fn names(subject: &Subject<'_>, entry: &PrincipalEntry) -> (Truth, Grant) {
    let any = entry.value == "*";
    // whom it names is left open: nobody, or, as the most that it can weigh, the caller directly
    if is_open(&entry.value) {
        return (Truth::Unknown, Grant::Direct);
    }
    match entry.kind.as_str() {
        "*" | "AWS" if any => (Truth::True, Grant::Direct),
        "AWS" => names_aws(subject, entry),
        "Service" => {
            let truth = match subject.principal {
                None => Truth::Unknown,
                Some(caller) if caller.kind() == PrincipalKind::Service => {
                    (any || caller.name() == Some(entry.value.as_str())).into()
                }
                Some(_) => Truth::False,
            };
            (truth, Grant::Direct)
        }
        "Federated" | "CanonicalUser" => {
            let truth = subject.principal.map_or(Truth::Unknown, |caller| (caller.as_str() == entry.value).into());
            (truth, Grant::Direct)
        }
        _ => (Truth::False, Grant::Direct),
    }
}

fn names_aws(subject: &Subject<'_>, entry: &PrincipalEntry) -> (Truth, Grant) {
    let named = &entry.named;
    let Some(caller) = subject.principal else {
        let grant = match named.kind() {
            PrincipalKind::Root => Grant::Account,
            PrincipalKind::Role => Grant::Role,
            PrincipalKind::User => Grant::User,
            PrincipalKind::AssumedRole | PrincipalKind::FederatedUser => Grant::Direct,
            // an id of a deleted entity, a wildcard inside an ARN: nobody
            _ => return (Truth::False, Grant::Direct),
        };
        return (Truth::Unknown, grant);
    };
    let same_account = || named.account().is_some() && named.account() == caller.account();
    let same_text = || caller.as_str() == named.as_str();
    match (named.kind(), caller.kind()) {
        (
            PrincipalKind::Root,
            PrincipalKind::User
            | PrincipalKind::Role
            | PrincipalKind::AssumedRole
            | PrincipalKind::FederatedUser
            | PrincipalKind::Root,
        ) => (same_account().into(), Grant::Account),
        (PrincipalKind::Root, PrincipalKind::Unknown) if caller.account().is_some() => {
            (same_account().into(), Grant::Account)
        }
        (PrincipalKind::User, PrincipalKind::User) => (same_text().into(), Grant::User),
        (PrincipalKind::User, PrincipalKind::FederatedUser) => {
            ((same_account() && named.name() == caller.name()).into(), Grant::Role)
        }
        (PrincipalKind::Role, PrincipalKind::Role) => (same_text().into(), Grant::Role),
        // a session's ARN has the role's name and not its path; names are unique in an account whatever their case
        (PrincipalKind::Role, PrincipalKind::AssumedRole) => {
            let both = named.name().zip(caller.name());
            let same_name = both.is_some_and(|(role, session)| role.eq_ignore_ascii_case(session));
            ((same_account() && same_name).into(), Grant::Role)
        }
        // only ARNs name principals of AWS: `anonymous` and services have words of their own
        _ => ((caller.as_str().starts_with("arn:") && same_text()).into(), Grant::Direct),
    }
}
