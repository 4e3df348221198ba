//! What decides about a KMS key beside its policy: the key that an alias stands for, and the grants of a principal.

use serde_json::{Value, json};

use crate::aws::clients::Clients;
use crate::aws::failure::{Failure, FailureKind};
use crate::aws::operation::{DESCRIBE_KEY, LIST_GRANTS, Operation};
use crate::aws::signed_call::SignedCall;
use crate::iam::{Arn, CallOutcome, PolicyType};
use crate::snapshot::{GapFile, KeyAliasFile};

/// The target of the service's calls, and the version of its protocol.
const TARGET: (&str, &str) = ("TrentService", "1.1");

/// Pages of one answer; a page holds a hundred grants at most.
const PAGES: usize = 5;

/// The use of a key that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::aws) struct KeyUse {
    /// The key or alias.
    pub(in crate::aws) resource: String,
    /// Whom a grant can be for: the user, role or session, or its account.
    pub(in crate::aws) grantees: Vec<String>,
    /// The roles of sessions, as far as they are known before they are read.
    pub(in crate::aws) sessions: Vec<String>,
    /// The operation, as a grant names it.
    pub(in crate::aws) operation: String,
}

/// The call that only asks whether it would be made.
pub(super) fn trial(operation: &'static Operation, key: &str) -> Option<SignedCall> {
    let known = *operation == DESCRIBE_KEY || *operation == LIST_GRANTS;
    known.then(|| SignedCall::json(operation, TARGET.0, TARGET.1, &json!({"KeyId": key})))
}

/// The key that an alias stands for now. `GetKeyPolicy` takes the id or ARN of a key and no alias.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
pub(in crate::aws) async fn of_alias(
    clients: &Clients,
    alias: &str,
    called: Option<&str>,
) -> Result<KeyAliasFile<'static>, GapFile<'static>> {
    let gap = |failure: Failure| failure.gap(alias, Some(PolicyType::ResourceBased));
    let call = SignedCall::json(&DESCRIBE_KEY, TARGET.0, TARGET.1, &json!({"KeyId": alias}));
    let region = region(alias).or_else(|| called.map(str::to_owned));
    let answer = clients.signed(call.in_region(region)).await.map_err(gap)?;
    let key = answer.value.get("KeyMetadata").and_then(|key| key.get("Arn")).and_then(Value::as_str);
    match key.filter(|key| key.parse::<Arn>().is_ok_and(|key| key.resource().starts_with("key/"))) {
        Some(key) => {
            Ok(KeyAliasFile { arn: alias.to_owned().into(), key: key.to_owned().into(), ..KeyAliasFile::default() })
        }
        None => Err(gap(Failure::own(&DESCRIBE_KEY, FailureKind::Unreadable, "the answer names no key"))),
    }
}

/// The grants of a key to one principal, and why these are not all.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html>
pub(in crate::aws) async fn grants(clients: &Clients, key: &str, grantee: &str) -> (Vec<Value>, Option<Failure>) {
    let mut grants = Vec::new();
    let failure = list(clients, key, grantee, &mut grants).await.err();
    (grants, failure)
}

async fn list(clients: &Clients, key: &str, grantee: &str, grants: &mut Vec<Value>) -> Result<(), Failure> {
    let mut marker: Option<String> = None;
    for _ in 0..PAGES {
        let mut input = json!({"KeyId": key, "GranteePrincipal": grantee, "Limit": 100});
        if let (Some(marker), Some(input)) = (&marker, input.as_object_mut()) {
            input.insert("Marker".to_owned(), marker.clone().into());
        }
        let call = SignedCall::json(&LIST_GRANTS, TARGET.0, TARGET.1, &input);
        let answer = clients.signed(call.in_region(region(key))).await?;
        let unreadable = || Failure::own(&LIST_GRANTS, FailureKind::Unreadable, "the answer holds no list of grants");
        let page = answer.value.get("Grants").and_then(Value::as_array).ok_or_else(unreadable)?;
        grants.extend(page.iter().cloned());
        let more = answer.value.get("Truncated").and_then(Value::as_bool) == Some(true);
        marker = answer.value.get("NextMarker").and_then(Value::as_str).filter(|_| more).map(str::to_owned);
        if marker.is_none() {
            return Ok(());
        }
    }
    let said = format!("there are more than {} grants to {grantee}", PAGES * 100);
    Err(Failure::own(&LIST_GRANTS, FailureKind::NotAsked, said))
}

/// A grant of the operation, as what it leaves open: its constraints ask for what only the request tells.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html>
pub(in crate::aws) fn may_allow(grant: &Value, key: &str, used: &KeyUse) -> Option<GapFile<'static>> {
    let text = |name: &str| grant.get(name).and_then(Value::as_str);
    let operations = grant.get("Operations").and_then(Value::as_array)?;
    let named = |operation: &Value| operation.as_str().is_some_and(|name| name.eq_ignore_ascii_case(&used.operation));
    if !operations.iter().any(named) {
        return None;
    }
    let id = text("GrantId").unwrap_or_default();
    let constrained = grant.get("Constraints").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
    let only = if constrained { ", only with the encryption context that it names" } else { "" };
    Some(GapFile {
        operation: LIST_GRANTS.id().into(),
        error: Some(format!("grant {id} to {}{only}", text("GranteePrincipal").unwrap_or_default()).into()),
        of: Some(key.to_owned().into()),
        policy_type: Some(PolicyType::ResourceBased.id().into()),
        answer: Some(CallOutcome::TellsOfGrant.id().into()),
        ..GapFile::default()
    })
}

fn region(arn: &str) -> Option<String> {
    arn.parse::<Arn>().ok().map(|arn| arn.region().to_owned())
}
