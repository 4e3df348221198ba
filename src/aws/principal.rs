//! The policies of the denied user or role, and nothing of anybody else.

use std::collections::BTreeSet;

use aws_sdk_iam::types::EntityType;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::partial_snapshot::PartialSnapshot;
use super::{Caller, Operation, convert, operation as op};
use crate::iam::{Arn, PolicyType};
use crate::snapshot::{GroupDetail, ManagedPolicyDetail, PolicyDetail, RoleDetail, SnapshotFile, UserDetail};

const IDENTITY: PolicyType = PolicyType::IdentityBased;
const BOUNDARY: PolicyType = PolicyType::PermissionsBoundary;
const TRUST: PolicyType = PolicyType::RoleTrust;
const SESSION: PolicyType = PolicyType::Session;

/// Calls that are under way at the same time: IAM throttles an account as a whole.
const SIDE_BY_SIDE: usize = 8;

/// Pages of users and groups that are read before each is asked for by itself: an account may have thousands of users.
const DETAIL_PAGES: usize = 4;

/// Pages of a list that belongs to one user, group or role. Its quotas fit on one page; more is no answer that AWS would give.
const LIST_PAGES: usize = 20;

/// The user, its groups, and their policies. Users and groups come in one call where that is permitted and wanted, else one by one.
pub(super) async fn user(clients: &Clients, name: &str, arn: &str, in_one_call: bool) -> PartialSnapshot {
    let mut details = if in_one_call { account_details(clients, name).await } else { PartialSnapshot::default() };
    let mut part = PartialSnapshot::default();
    let user = match details.users.iter().position(|user| user.user_name == name) {
        Some(found) => details.users.swap_remove(found),
        None => match Box::pin(user_alone(clients, name, arn, &mut part)).await {
            Some(user) => user,
            None => return part,
        },
    };
    let mut groups = Vec::new();
    let mut unknown = Vec::new();
    for group in &user.group_list {
        match details.groups.iter().position(|known| known.group_name == *group) {
            Some(found) => groups.push(details.groups.swap_remove(found)),
            None => unknown.push(group.clone().into_owned()),
        }
    }
    let account = account_prefix(arn);
    let asked = stream::iter(unknown).map(|name| group_alone(clients, name, account.clone()));
    let mut asked = asked.buffered(SIDE_BY_SIDE);
    while let Some((group, gaps)) = asked.next().await {
        groups.push(group);
        part.gaps.extend(gaps.gaps);
    }
    let mut arns: Vec<(String, PolicyType)> = Vec::new();
    let attached =
        groups.iter().flat_map(|group| &group.attached_managed_policies).chain(&user.attached_managed_policies);
    arns.extend(attached.map(|policy| (policy.policy_arn.clone().into_owned(), IDENTITY)));
    arns.extend(
        user.permissions_boundary
            .iter()
            .map(|boundary| (boundary.permissions_boundary_arn.clone().into_owned(), BOUNDARY)),
    );
    managed_policies(clients, arns, details, &mut part).await;
    part.users.push(user);
    part.groups = groups;
    part
}

/// An answer that was damaged on its way may lack what AWS always gives.
fn is_arn(text: &str) -> bool {
    text.parse::<Arn>().is_ok()
}

fn nothing(operation: &'static Operation) -> Failure {
    Failure::own(operation, FailureKind::Unreadable, "the answer holds nothing")
}

/// `arn:aws:iam::111122223333` of an ARN of IAM.
fn account_prefix(arn: &str) -> String {
    arn.splitn(6, ':').take(5).collect::<Vec<_>>().join(":")
}

/// Users, groups and policies of the account, as far as a few pages hold them; nothing where the call is refused.
async fn account_details(clients: &Clients, name: &str) -> PartialSnapshot {
    let ask = |marker: Option<String>| {
        clients
            .iam
            .get_account_authorization_details()
            .filter(EntityType::User)
            .filter(EntityType::Group)
            .filter(EntityType::LocalManagedPolicy)
            .filter(EntityType::AwsManagedPolicy)
            .max_items(1000)
            .set_marker(marker)
            .send()
    };
    let next =
        |page: &aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput| {
            page.marker.clone().filter(|_| page.is_truncated)
        };
    let (pages, _) = clients.pages(&op::ACCOUNT_DETAILS, DETAIL_PAGES, ask, next).await;
    let mut part = PartialSnapshot::default();
    for page in pages {
        let named = page
            .user_detail_list
            .unwrap_or_default()
            .into_iter()
            .filter(|user| user.user_name.as_deref() == Some(name));
        part.users.extend(named.map(convert::user).filter(|user| is_arn(&user.arn)));
        let groups = page.group_detail_list.unwrap_or_default().into_iter().map(convert::group);
        part.groups.extend(groups.filter(|group| is_arn(&group.arn)));
        for policy in page.policies.unwrap_or_default().into_iter().map(convert::managed) {
            part.policies.insert(policy.arn.clone().into_owned(), policy);
        }
    }
    part
}

/// The user, asked for by itself; `None` where it does not exist.
async fn user_alone(
    clients: &Clients,
    name: &str,
    arn: &str,
    part: &mut PartialSnapshot,
) -> Option<UserDetail<'static>> {
    let iam = &clients.iam;
    let (user, inline, attached, groups) = tokio::join!(
        clients.call(&op::GET_USER, iam.get_user().user_name(name).send()),
        clients.pages(
            &op::LIST_USER_POLICIES,
            LIST_PAGES,
            |marker| iam.list_user_policies().user_name(name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
        clients.pages(
            &op::LIST_ATTACHED_USER_POLICIES,
            LIST_PAGES,
            |marker| iam.list_attached_user_policies().user_name(name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
        clients.pages(
            &op::LIST_GROUPS_FOR_USER,
            LIST_PAGES,
            |marker| iam.list_groups_for_user().user_name(name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
    );
    if let Err(failure) = &user
        && failure.kind == FailureKind::NotFound
    {
        part.missing(failure, arn, IDENTITY);
        return None;
    }
    let user = user.and_then(|answer| answer.user.ok_or_else(|| nothing(&op::GET_USER)));
    let user = part.take(user, arn, BOUNDARY);
    for failure in [&inline.1, &attached.1, &groups.1].into_iter().flatten() {
        part.missing(failure, arn, IDENTITY);
    }
    let names: Vec<String> = inline.0.into_iter().flat_map(|page| page.policy_names).collect();
    let documents = stream::iter(names).map(|policy| async move {
        let call = clients.iam.get_user_policy().user_name(name).policy_name(&policy).send();
        (clients.call(&op::GET_USER_POLICY, call).await.map(|answer| answer.policy_document), policy)
    });
    let user_policy_list = inline_policies(documents.buffered(SIDE_BY_SIDE).collect().await, arn, part);
    let (boundary, tags, id) =
        user.map_or((None, None, None), |user| (user.permissions_boundary, user.tags, Some(user.user_id)));
    Some(UserDetail {
        user_name: name.to_owned().into(),
        arn: arn.to_owned().into(),
        user_id: id.map(Into::into),
        user_policy_list,
        group_list: groups.0.into_iter().flat_map(|page| page.groups).map(|group| group.group_name.into()).collect(),
        attached_managed_policies: convert::attached(
            attached.0.into_iter().flat_map(|page| page.attached_policies.unwrap_or_default()),
        ),
        permissions_boundary: convert::boundary(boundary),
        tags: convert::tags(tags.unwrap_or_default()),
        ..UserDetail::default()
    })
}

/// Inline policies with their documents; what was refused is a gap of their owner.
fn inline_policies(
    documents: Vec<(Result<String, Failure>, String)>,
    of: &str,
    part: &mut PartialSnapshot,
) -> Vec<PolicyDetail<'static>> {
    let mut policies = Vec::new();
    for (document, name) in documents {
        match document {
            Ok(document) => policies.push(convert::inline(name, &document)),
            Err(failure) => {
                part.missing(&failure, of, IDENTITY);
                policies.push(PolicyDetail { policy_name: name.into(), ..PolicyDetail::default() });
            }
        }
    }
    policies
}

/// A group, asked for by itself. Its path does not show in the user's list, and decides nothing.
async fn group_alone(clients: &Clients, name: String, account: String) -> (GroupDetail<'static>, PartialSnapshot) {
    let iam = &clients.iam;
    let mut part = PartialSnapshot::default();
    let arn = format!("{account}:group/{name}");
    let (inline, attached) = tokio::join!(
        clients.pages(
            &op::LIST_GROUP_POLICIES,
            LIST_PAGES,
            |marker| iam.list_group_policies().group_name(&name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
        clients.pages(
            &op::LIST_ATTACHED_GROUP_POLICIES,
            LIST_PAGES,
            |marker| iam.list_attached_group_policies().group_name(&name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
    );
    for failure in [&inline.1, &attached.1].into_iter().flatten() {
        part.missing(failure, &arn, IDENTITY);
    }
    let names: Vec<String> = inline.0.into_iter().flat_map(|page| page.policy_names).collect();
    let group = name.as_str();
    let documents = stream::iter(names).map(|policy| async move {
        let call = clients.iam.get_group_policy().group_name(group).policy_name(&policy).send();
        (clients.call(&op::GET_GROUP_POLICY, call).await.map(|answer| answer.policy_document), policy)
    });
    let group_policy_list = inline_policies(documents.buffered(SIDE_BY_SIDE).collect().await, &arn, &mut part);
    let group = GroupDetail {
        group_name: name.clone().into(),
        arn: arn.into(),
        group_policy_list,
        attached_managed_policies: convert::attached(
            attached.0.into_iter().flat_map(|page| page.attached_policies.unwrap_or_default()),
        ),
        ..GroupDetail::default()
    };
    (group, part)
}

/// The role with its path, trust policy and policies. `arn` is what the denial tells of it.
pub(super) async fn role(clients: &Clients, name: &str, arn: &str) -> PartialSnapshot {
    let iam = &clients.iam;
    let mut part = PartialSnapshot::default();
    let (role, inline, attached) = tokio::join!(
        clients.call(&op::GET_ROLE, iam.get_role().role_name(name).send()),
        clients.pages(
            &op::LIST_ROLE_POLICIES,
            LIST_PAGES,
            |marker| iam.list_role_policies().role_name(name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
        clients.pages(
            &op::LIST_ATTACHED_ROLE_POLICIES,
            LIST_PAGES,
            |marker| iam.list_attached_role_policies().role_name(name).set_marker(marker).send(),
            |page| page.marker.clone().filter(|_| page.is_truncated),
        ),
    );
    if let Err(failure) = &role
        && failure.kind == FailureKind::NotFound
    {
        part.missing(failure, arn, IDENTITY);
        return part;
    }
    let role =
        role.and_then(|answer| answer.role.filter(|role| is_arn(&role.arn)).ok_or_else(|| nothing(&op::GET_ROLE)));
    let arn = match &role {
        Ok(role) => role.arn.clone(),
        Err(_) => arn.to_owned(),
    };
    if let Err(failure) = &role {
        part.missing(failure, &arn, BOUNDARY);
        part.missing(failure, &arn, TRUST);
    }
    for failure in [&inline.1, &attached.1].into_iter().flatten() {
        part.missing(failure, &arn, IDENTITY);
    }
    let names: Vec<String> = inline.0.into_iter().flat_map(|page| page.policy_names).collect();
    let documents = stream::iter(names).map(|policy| async move {
        let call = clients.iam.get_role_policy().role_name(name).policy_name(&policy).send();
        (clients.call(&op::GET_ROLE_POLICY, call).await.map(|answer| answer.policy_document), policy)
    });
    let attached =
        convert::attached(attached.0.into_iter().flat_map(|page| page.attached_policies.unwrap_or_default()));
    let role = role.ok();
    let boundary = role.as_ref().and_then(|role| role.permissions_boundary.clone());
    let mut arns: Vec<_> = attached.iter().map(|policy| (policy.policy_arn.clone().into_owned(), IDENTITY)).collect();
    arns.extend(
        boundary.iter().filter_map(|boundary| boundary.permissions_boundary_arn.clone()).map(|arn| (arn, BOUNDARY)),
    );
    let mut managed = PartialSnapshot::default();
    let (documents, ()) = tokio::join!(
        documents.buffered(SIDE_BY_SIDE).collect::<Vec<_>>(),
        managed_policies(clients, arns, PartialSnapshot::default(), &mut managed)
    );
    part.add(managed);
    let role_policy_list = inline_policies(documents, &arn, &mut part);
    part.roles.push(RoleDetail {
        role_name: name.to_owned().into(),
        arn: arn.into(),
        role_id: role.as_ref().map(|role| role.role_id.clone().into()),
        assume_role_policy_document: role
            .as_ref()
            .and_then(|role| role.assume_role_policy_document.as_deref())
            .map(super::document::document),
        role_policy_list,
        attached_managed_policies: attached,
        permissions_boundary: convert::boundary(boundary),
        tags: convert::tags(role.and_then(|role| role.tags).unwrap_or_default()),
        ..RoleDetail::default()
    });
    part
}

/// A role of which only the trust policy matters. What was not asked for is a gap, so that nobody takes it for empty.
pub(super) async fn trust(clients: &Clients, name: &str, arn: &str) -> PartialSnapshot {
    let mut part = PartialSnapshot::default();
    let answer = clients.call(&op::GET_ROLE, clients.iam.get_role().role_name(name).send()).await;
    let role =
        answer.and_then(|answer| answer.role.filter(|role| is_arn(&role.arn)).ok_or_else(|| nothing(&op::GET_ROLE)));
    let Some(role) = part.take(role, arn, TRUST) else {
        return part;
    };
    let skipped =
        Failure::own(&op::LIST_ROLE_POLICIES, FailureKind::NotAsked, "only the trust policy of this role was needed");
    part.missing(&skipped, &role.arn, IDENTITY);
    part.missing(&skipped, &role.arn, BOUNDARY);
    part.roles.push(RoleDetail {
        role_name: role.role_name.into(),
        arn: role.arn.into(),
        role_id: Some(role.role_id.into()),
        assume_role_policy_document: role.assume_role_policy_document.as_deref().map(super::document::document),
        ..RoleDetail::default()
    });
    part
}

/// Managed policies that were passed as session policies, beside what was collected. They are of the account of the role, which only its own
/// credentials read.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub async fn session_policies(
    clients: &Clients,
    caller: &Caller,
    arns: BTreeSet<String>,
    collected: &mut SnapshotFile<'static>,
) {
    let own = |arn: &String| arn.split(':').nth(4).is_some_and(|account| account == caller.account || account == "aws");
    let (own, foreign): (Vec<String>, Vec<String>) = arns.into_iter().partition(own);
    let mut part = PartialSnapshot::default();
    for arn in foreign {
        let said =
            format!("the policy belongs to another account than the credentials, which are of {}", caller.account);
        part.missing(&Failure::own(&op::GET_POLICY, FailureKind::NotAsked, said), &arn, SESSION);
    }
    let wanted = own.into_iter().map(|arn| (arn, SESSION)).collect();
    managed_policies(clients, wanted, PartialSnapshot::default(), &mut part).await;
    collected.gaps.extend(part.gaps);
    if let Some(account) = collected.accounts.iter_mut().find(|account| account.id == caller.account.as_str()) {
        account.details.policies.get_or_insert_default().extend(part.policies.into_values());
    }
}

/// The documents of managed policies: those that are known already, and the others one by one.
async fn managed_policies(
    clients: &Clients,
    arns: Vec<(String, PolicyType)>,
    mut known: PartialSnapshot,
    part: &mut PartialSnapshot,
) {
    let mut asked = BTreeSet::new();
    let mut unknown = Vec::new();
    for (arn, policy_type) in arns {
        if !asked.insert(arn.clone()) {
            continue;
        }
        match known.policies.remove(&arn) {
            Some(policy) => {
                part.policies.insert(arn, policy);
            }
            None => unknown.push((arn, policy_type)),
        }
    }
    let found = stream::iter(unknown)
        .map(|(arn, policy_type)| async move { (managed_policy(clients, &arn).await, arn, policy_type) });
    let mut found = found.buffered(SIDE_BY_SIDE);
    while let Some((answer, arn, policy_type)) = found.next().await {
        if let Some(policy) = part.take(answer, &arn, policy_type) {
            part.policies.insert(arn, policy);
        }
    }
}

/// A managed policy with the version that counts.
async fn managed_policy(clients: &Clients, arn: &str) -> Result<ManagedPolicyDetail<'static>, Failure> {
    let answer = clients.call(&op::GET_POLICY, clients.iam.get_policy().policy_arn(arn).send()).await?;
    let unreadable = |said: &str| Failure::own(&op::GET_POLICY, FailureKind::Unreadable, said);
    let policy = answer.policy.ok_or_else(|| unreadable("the answer holds no policy"))?;
    let id = policy.default_version_id.ok_or_else(|| unreadable("the answer names no default version"))?;
    let call = clients.iam.get_policy_version().policy_arn(arn).version_id(&id).send();
    let version = clients.call(&op::GET_POLICY_VERSION, call).await?.policy_version;
    Ok(ManagedPolicyDetail {
        policy_name: policy.policy_name.unwrap_or_default().into(),
        arn: arn.to_owned().into(),
        default_version_id: Some(id.into()),
        policy_version_list: version.into_iter().map(convert::version).collect(),
        ..ManagedPolicyDetail::default()
    })
}
