//! For whom the policies of a resource are compared: one caller of each kind that they can tell apart.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::canonical_user::CanonicalUsers;
use super::sets::PrincipalSet;
use crate::iam::{
    Arn, Condition, Document, Field, NotTold, OperatorKind, Principal, PrincipalKind, Request, is_account_id, is_open,
};

/// Accounts for examples.
const ACCOUNTS: [&str; 3] = ["123456789012", "444455556666", "111122223333"];

/// A principal that stands for all that the documents do not tell from it.
pub(super) struct Caller {
    pub(super) stands_for: PrincipalSet,
    pub(super) request: Request,
}

pub(super) fn request(principal: &str, resource_account: &str) -> Request {
    let principal = Field::Known(Principal::new(principal));
    Request { principal, ..Request::missing(NotTold::Every) }.with_resource_account(resource_account)
}

/// Who may call.
pub(super) struct Callers {
    /// One caller of each kind that the documents can tell apart.
    pub(super) all: Vec<Caller>,
    /// An account that none of them is of: the resource's, so that nothing but its policy lets callers in.
    pub(super) owner: String,
    /// The accounts that are named, any of which the resource may be of.
    pub(super) accounts: BTreeSet<String>,
}

/// Those that the documents can tell apart.
pub(super) fn callers(before: &[Arc<Document>], after: &[Arc<Document>], users: &CanonicalUsers) -> Callers {
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
    let tested = AccountTests::of(before.iter().chain(after));
    accounts.extend(tested.accounts.iter().cloned());
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
        // every account that is tested has a caller of its own, so that the others have another one
        match caller.stands_for {
            PrincipalSet::OtherAccounts if tested.are_plain => {
                caller.request.context.set_one(PRINCIPAL_ACCOUNT, stranger);
            }
            PrincipalSet::Anonymous if !tested.accounts.is_empty() => {
                caller.request.context.set_one(PRINCIPAL_ACCOUNT, "anonymous");
            }
            _ => {}
        }
    }
    accounts.retain(|account| users.id(account).is_none());
    Callers { all: callers, owner, accounts }
}

/// The account of who calls; `anonymous` of a request that nobody signed.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount>
const PRINCIPAL_ACCOUNT: &str = "aws:PrincipalAccount";

/// What conditions ask of the caller's account.
#[derive(Default)]
struct AccountTests {
    /// The accounts that they name.
    accounts: BTreeSet<String>,
    /// Whether there are any, and all of them tell nothing but these accounts from others.
    are_plain: bool,
}

impl AccountTests {
    fn of<'d>(documents: impl Iterator<Item = &'d Arc<Document>>) -> Self {
        let conditions =
            documents.flat_map(|document| &document.statements).flat_map(|statement| &statement.conditions);
        let tests: Vec<&Condition> =
            conditions.filter(|condition| condition.folded_key.eq_ignore_ascii_case(PRINCIPAL_ACCOUNT)).collect();
        let values = || tests.iter().flat_map(|test| &test.values).map(|value| value.value.as_str());
        let is_plain = |test: &&Condition| {
            let equals = [
                OperatorKind::StringEquals,
                OperatorKind::StringNotEquals,
                OperatorKind::StringEqualsIgnoreCase,
                OperatorKind::StringNotEqualsIgnoreCase,
                OperatorKind::StringLike,
                OperatorKind::StringNotLike,
            ];
            test.operator.kind.is_some_and(|kind| equals.contains(&kind))
        };
        let accounts = values().filter(|value| is_account_id(value)).map(str::to_owned).collect();
        Self { accounts, are_plain: !tests.is_empty() && tests.iter().all(is_plain) && values().all(is_account_id) }
    }
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
