//! Two versions of a policy document on their own: what each allows and denies, to whom if it says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::access_change::AccessChange;
use super::budget::Budget;
use super::canonical_user::CanonicalUsers;
use super::compare::compare;
use super::comparison::Problem;
use super::result::Difference;
use super::sets::PrincipalSet;
use super::side;
use super::stand_in::{delegating, policy};
use crate::evaluate::{Truth, is_about};
use crate::iam::{
    Arn, Document, Effect, Field, Layer, NotTold, Policy, PolicySet, PolicyType, Principal, PrincipalKind, Request,
    is_open,
};
use crate::reference::Reference;

/// Where the examples live.
const ACCOUNT: &str = "111122223333";
/// Accounts for examples.
const ACCOUNTS: [&str; 3] = ["123456789012", "444455556666", ACCOUNT];

/// What the documents after allow or deny that those before did not, taken by themselves.
///
/// Documents with a Principal element are compared for every principal that they can tell apart. A deny that goes away is told
/// as newly allowed ([`Change::DenyLifted`](super::Change)): other policies can allow now what they could not before.
#[must_use]
pub fn documents(before: &[Arc<Document>], after: &[Arc<Document>], reference: &Reference) -> Difference {
    let mut budget = Budget::default();
    let mut difference = Difference::default();
    let policy_type = type_of(before, after);
    if policy_type == PolicyType::IdentityBased {
        let set = |documents: &[Arc<Document>]| identity_set(layer(documents, PolicyType::IdentityBased, |_| true));
        let denies = |documents: &[Arc<Document>]| {
            let mut denies = layer(documents, PolicyType::IdentityBased, |effect| effect == Effect::Deny);
            denies.extend(policy("everything", PolicyType::IdentityBased, EVERYTHING));
            identity_set(denies)
        };
        let problem = Problem {
            before: set(before),
            after: set(after),
            denies: Some((denies(before), denies(after))),
            request: request("arn:aws:iam::111122223333:user/example", ACCOUNT),
            asked: None,
            scope: None,
            resource: None,
            principals: Vec::new(),
            reference,
        };
        compare(&problem, &mut budget, &mut difference);
    } else {
        of_resource(before, after, policy_type, reference, &mut budget, &mut difference);
    }
    difference.settle();
    difference
}

/// As which type of policy two versions are compared.
fn type_of(before: &[Arc<Document>], after: &[Arc<Document>]) -> PolicyType {
    let all = || before.iter().chain(after).flat_map(|document| &document.statements);
    if all().all(|statement| statement.principal.is_none()) {
        PolicyType::IdentityBased
    } else if all().all(|statement| statement.resource.is_none()) {
        PolicyType::RoleTrust
    } else {
        PolicyType::ResourceBased
    }
}

/// Both versions as policies of the type as which they are compared.
#[must_use]
pub fn as_policies(before: &[Arc<Document>], after: &[Arc<Document>]) -> [Vec<Arc<Policy>>; 2] {
    let policy_type = type_of(before, after);
    let policy =
        |document: &Arc<Document>| Arc::new(Policy::new(document.source.name(), policy_type, Arc::clone(document)));
    [before, after].map(|documents| documents.iter().map(policy).collect())
}

const EVERYTHING: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const EVERYTHING_TO_ALL: &str =
    r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;

fn identity_set(policies: Vec<Arc<Policy>>) -> PolicySet {
    PolicySet { identity: Layer::complete(policies), resource: delegating(Some(ACCOUNT)), ..PolicySet::empty() }
}

fn layer(documents: &[Arc<Document>], policy_type: PolicyType, keep: impl Fn(Effect) -> bool) -> Vec<Arc<Policy>> {
    let one =
        |document: &Arc<Document>| Arc::new(Policy::new(document.source.name(), policy_type, Arc::clone(document)));
    let set = PolicySet { identity: Layer::complete(documents.iter().map(one).collect()), ..PolicySet::empty() };
    side::only(&set, &|statement| keep(statement.effect)).identity.policies
}

fn request(principal: &str, resource_account: &str) -> Request {
    let principal = Field::Known(Principal::new(principal));
    Request { principal, ..Request::missing(NotTold::Every) }.with_resource_account(resource_account)
}

/// A principal that stands for all that the documents do not tell from it.
struct Caller {
    stands_for: PrincipalSet,
    request: Request,
}

/// Compares the policies of a resource, for each principal that they tell apart.
fn of_resource(
    before: &[Arc<Document>],
    after: &[Arc<Document>],
    policy_type: PolicyType,
    reference: &Reference,
    budget: &mut Budget,
    difference: &mut Difference,
) {
    // callers whom every statement treats alike are compared once
    let mut groups: Vec<(Vec<Truth>, Vec<PrincipalSet>, Request)> = Vec::new();
    let (users, [before, after]) = CanonicalUsers::numbered(before, after);
    let [before, after] = [before.as_slice(), after.as_slice()];
    let (callers, owner) = callers(before, after, &users);
    let nothing_named = before
        .iter()
        .chain(after)
        .flat_map(|document| &document.statements)
        .all(|statement| statement.resource.is_none());
    let only = nothing_named.then(|| match policy_type {
        PolicyType::RoleTrust => format!("arn:aws:iam::{owner}:role/example"),
        _ => format!("arn:aws:ecr:us-east-1:{owner}:repository/example"),
    });
    for caller in callers {
        let statements = before.iter().chain(after).flat_map(|document| &document.statements);
        let named: Vec<Truth> = statements.map(|statement| is_about(&caller.request, policy_type, statement)).collect();
        let fixed = |request: &Request| request.context.iter().next().is_some();
        match groups
            .iter_mut()
            .find(|(known, _, request)| *known == named && !fixed(request) && !fixed(&caller.request))
        {
            Some((_, principals, _)) => principals.push(caller.stands_for),
            None => groups.push((named, vec![caller.stands_for], caller.request)),
        }
    }
    let identity = Layer::complete(policy("everything", PolicyType::IdentityBased, EVERYTHING).into_iter().collect());
    for (_, principals, request) in groups {
        let about = |policies: Vec<Arc<Policy>>| {
            let set =
                PolicySet { identity: identity.clone(), resource: Layer::complete(policies), ..PolicySet::empty() };
            side::only(&set, &|statement| {
                // a statement about others is as good as none
                statement.principal.is_none() || is_about(&request, policy_type, statement) != Truth::False
            })
        };
        let denies = |documents: &[Arc<Document>]| {
            let mut policies = layer(documents, policy_type, |effect| effect == Effect::Deny);
            policies.extend(policy("everything", policy_type, EVERYTHING_TO_ALL));
            about(policies)
        };
        let problem = Problem {
            before: about(layer(before, policy_type, |_| true)),
            after: about(layer(after, policy_type, |_| true)),
            denies: Some((denies(before), denies(after))),
            request,
            asked: None,
            scope: None,
            resource: only.clone(),
            principals,
            reference,
        };
        compare(&problem, budget, difference);
    }
    for changes in [&mut difference.newly_allowed, &mut difference.newly_denied] {
        join(changes);
    }
}

/// Joins changes that differ in their principals alone.
fn join(changes: &mut Vec<AccessChange>) {
    let mut joined: Vec<AccessChange> = Vec::new();
    for change in changes.drain(..) {
        let alike = |known: &&mut AccessChange| {
            known.change == change.change
                && known.actions == change.actions
                && known.unasked == change.unasked
                && known.resources == change.resources
                && known.conditions == change.conditions
        };
        match joined.iter_mut().find(alike) {
            Some(known) => known.principals.extend(change.principals),
            None => joined.push(change),
        }
    }
    *changes = joined;
}

/// One caller of each kind that the documents can tell apart, and an account that none of them is of: the resource's, so that
/// nothing but its policy lets callers in.
fn callers(before: &[Arc<Document>], after: &[Arc<Document>], users: &CanonicalUsers) -> (Vec<Caller>, String) {
    let entries = before
        .iter()
        .chain(after)
        .flat_map(|document| &document.statements)
        .filter_map(|statement| statement.principal.as_ref())
        .flat_map(|element| &element.entries);
    let mut named: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    for entry in entries {
        named.insert((entry.kind.as_str(), entry.value.as_str()));
        if entry.kind == "AWS" {
            accounts.extend(entry.named.account().map(str::to_owned));
        }
    }
    let mut free = ACCOUNTS.into_iter().filter(|account| !accounts.contains(*account));
    let owner = free.next().unwrap_or("000000000000").to_owned();
    let stranger = free.next().unwrap_or("000000000001");
    let mut callers: Vec<Caller> = named.iter().flat_map(|(kind, value)| of_entry(kind, value)).collect();
    for account in &accounts {
        if let Some(id) = users.id(account) {
            // the number says nothing of the account's own
            let request = request(&format!("arn:aws:iam::{account}:user/{UNNAMED}"), "");
            callers.push(Caller { stands_for: PrincipalSet::Named(id.clone()), request });
            continue;
        }
        let of_account = |(kind, value): &(&str, &str)| {
            *kind == "AWS" && value.contains(account.as_str()) && value.contains('/') && !names_nobody(value)
        };
        let stands_for =
            if named.iter().any(of_account) { PrincipalSet::OthersOfAccount } else { PrincipalSet::OfAccount };
        callers.push(aws_caller(stands_for(account.clone()), &format!("arn:aws:iam::{account}:user/{UNNAMED}"), None));
    }
    for (stands_for, principal) in [
        (PrincipalSet::OtherAccounts, format!("arn:aws:iam::{stranger}:user/example").as_str()),
        (PrincipalSet::Anonymous, "anonymous"),
        (PrincipalSet::OtherServices, "service:example.amazonaws.com"),
    ] {
        callers.push(Caller { stands_for, request: request(principal, "") });
    }
    for caller in &mut callers {
        caller.request.resource_account = Field::Known(owner.clone());
    }
    (callers, owner)
}

/// A user that no policy names.
const UNNAMED: &str = "not-named-in-the-policy";

/// Whether an ARN has a wildcard inside: it is no pattern, and no user, role or session has such a name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn names_nobody(value: &str) -> bool {
    // what a template leaves open can be anybody's name
    value.contains(['*', '?']) && !is_open(value)
}

/// The callers that one entry names.
fn of_entry(kind: &str, value: &str) -> Vec<Caller> {
    if kind == "AWS" && names_nobody(value) {
        return Vec::new();
    }
    let named = Principal::new(value);
    let itself = || PrincipalSet::Named(value.to_owned());
    match (kind, named.kind()) {
        ("AWS", PrincipalKind::Role) => {
            let session = |session: &str| {
                let account = named.account().unwrap_or_default();
                format!("arn:aws:sts::{account}:assumed-role/{}/{session}", named.name().unwrap_or_default())
            };
            vec![aws_caller(itself(), &session("any-session"), value.parse().ok())]
        }
        ("AWS", PrincipalKind::User | PrincipalKind::FederatedUser) => vec![aws_caller(itself(), value, None)],
        ("AWS", PrincipalKind::AssumedRole) => {
            let others = value.rsplit_once('/').map_or(value, |(role, _)| role);
            vec![
                aws_caller(itself(), value, None),
                aws_caller(
                    PrincipalSet::OtherSessions(others.to_owned()),
                    &format!("{others}/any-other-session"),
                    None,
                ),
            ]
        }
        ("Service" | "Federated" | "CanonicalUser", _) if value != "*" => {
            vec![Caller { stands_for: itself(), request: request(value, "") }]
        }
        _ => Vec::new(),
    }
}

fn aws_caller(stands_for: PrincipalSet, principal: &str, role: Option<Arn>) -> Caller {
    let mut request = request(principal, "");
    if let Some(role) = &role {
        request.context.set_one("aws:PrincipalArn", role.as_str());
    } else if request.principal.value().is_some_and(|principal| principal.kind() == PrincipalKind::User)
        && !principal.ends_with(UNNAMED)
    {
        request.context.set_one("aws:PrincipalArn", principal);
    }
    if let Some(account) = request.principal.value().and_then(Principal::account).map(str::to_owned) {
        request.context.set_one("aws:PrincipalAccount", account);
    }
    request.role = role;
    Caller { stands_for, request }
}
