//! The caller of a message that does not tell the account, where the files hold one account and it has a caller of that name.

use crate::iam::{Arn, AssumedField, Field, Hints, Principal, Request, Why, is_account_id};
use crate::snapshot::Snapshot;

/// Takes the caller to be of the only account that the files hold, if it has one of this name.
pub(super) fn add(request: &mut Request, snapshot: &Snapshot, hints: &Hints) {
    let Field::Known(told) = &request.principal else { return };
    let mut accounts = snapshot.accounts();
    let (Some(account), None) = (accounts.next(), accounts.next()) else { return };
    // a resource of another account leaves open in which of the two the caller is
    let owner = request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    let elsewhere = owner.as_ref().and_then(Arn::account_id).is_some_and(|owner| owner != account);
    if hints.principal.is_some() || told.account().is_some() || elsewhere {
        return;
    }
    let Some(found) = caller(told.as_str(), account, snapshot) else { return };
    request.principal = Field::Assumed(found, Why::OnlyOneOfName);
    request.assume(AssumedField::Principal, |request| &request.principal);
    request.settle_owner();
}

/// The caller, with the account where the text hides it or leaves it out.
fn caller(text: &str, account: &str, snapshot: &Snapshot) -> Option<Principal> {
    let arn: Option<Arn> = text.parse().ok();
    if arn.as_ref().is_some_and(|arn| is_account_id(arn.account()) || arn.account().is_empty()) {
        return None;
    }
    let partition = arn.as_ref().map_or("aws", Arn::partition);
    let name = arn.as_ref().map_or(text, Arn::resource);
    let named = |kind: &str, name: &str| {
        let same = |arn: &&Arn| {
            let (own, rest) = arn.resource().split_once('/').unwrap_or_default();
            own == kind && rest.rsplit('/').next() == Some(name)
        };
        snapshot.principals().find(same).cloned()
    };
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
    if let Some(session) = name.strip_prefix("assumed-role/") {
        let (role, _) = session.split_once('/')?;
        named("role", role)?;
        return Some(Principal::new(&format!("arn:{partition}:sts::{account}:{name}")));
    }
    let of_kind =
        ["user", "role"].into_iter().find_map(|kind| Some((kind, name.strip_prefix(kind)?.strip_prefix('/')?)));
    let found = match of_kind {
        Some((kind, path)) => named(kind, &last(path)?),
        None if arn.is_some() || name.contains(['/', ':']) => None,
        // a name alone may be a user's or a role's
        None => match (named("user", name), named("role", name)) {
            (Some(only), None) | (None, Some(only)) => Some(only),
            _ => None,
        },
    };
    found.map(|arn| Principal::new(arn.as_str()))
}
