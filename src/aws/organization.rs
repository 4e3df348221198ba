//! The organization: the way from one account up to the root, or the whole tree, with the SCPs and RCPs attached to each node.
//!
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html>

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_organizations::types::{ParentType, PolicyType as Filter};
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream;

use super::clients::Clients;
use super::document::document;
use super::failure::{Failure, FailureKind};
use super::operation::{self as op, Operation};
use crate::iam::PolicyType;
use crate::snapshot::{AttachedOrganizationPolicy, GapFile, NodeFile, OrganizationFile, OrganizationPolicyFile};

const SCP: PolicyType = PolicyType::ServiceControl;
const RCP: PolicyType = PolicyType::ResourceControl;

/// Calls under way at the same time: Organizations allows few a second.
const SIDE_BY_SIDE: usize = 6;

/// Pages of policies of one node, and of roots. The quotas fit on one; more is no answer that AWS would give.
const FEW_PAGES: usize = 10;

/// Pages of children of one node: organizations of many thousand accounts exist, and a page may hold twenty.
const CHILDREN_PAGES: usize = 2_000;

/// Levels of a tree: the root, five units inside each other, the account.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
const LEVELS: usize = 7;

/// What is attached everywhere by AWS and known without asking.
const KNOWN: [&str; 2] = ["p-FullAWSAccess", "p-RCPFullAWSAccess"];

/// What was found of an organization.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) organization: Option<OrganizationFile<'static>>,
    /// The account belongs to none.
    pub(super) none: bool,
    pub(super) gaps: Vec<GapFile<'static>>,
}

/// An account whose way to the root is wanted, and which types of policy on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) account: String,
    pub(super) types: Vec<PolicyType>,
}

/// The ways from accounts to the root, with what is attached on them.
pub(super) async fn chains(clients: &Clients, wanted: &[Wanted]) -> Found {
    let mut found = Found::default();
    let ways = stream::iter(wanted).map(|wanted| way(clients, wanted)).buffered(SIDE_BY_SIDE).collect::<Vec<_>>();
    let (described, ways) = tokio::join!(describe(clients), ways);
    match described {
        Ok(organization) => found.organization = Some(organization),
        Err(failure) if failure.kind == FailureKind::NotInOrganization => {
            found.none = true;
            return found;
        }
        Err(failure) => {
            let all = wanted
                .iter()
                .flat_map(|wanted| wanted.types.iter().map(move |policy_type| (&wanted.account, *policy_type)));
            found.gaps.extend(all.map(|(account, policy_type)| failure.gap(account, Some(policy_type))));
        }
    }
    let mut nodes: BTreeMap<String, Way> = BTreeMap::new();
    let mut parents: Vec<Vec<String>> = Vec::new();
    for (way, gaps, complete) in ways {
        found.gaps.extend(gaps);
        if complete {
            parents.push(way.iter().map(|node| node.id.clone()).collect());
        }
        for node in way {
            let known =
                nodes.entry(node.id.clone()).or_insert_with(|| Way { id: node.id.clone(), scp: None, rcp: None });
            known.scp = node.scp.or(known.scp.take());
            known.rcp = node.rcp.or(known.rcp.take());
        }
    }
    let Some(organization) = &mut found.organization else {
        return found;
    };
    let ids: BTreeSet<String> = nodes.values().flat_map(Way::policies).collect();
    let (policies, gaps) = policies(clients, ids).await;
    organization.policies = policies;
    found.gaps.extend(gaps);
    organization.root = tree_of(&parents, &nodes);
    organization.partial = true;
    found
}

/// One node on the way, with the ids of what is attached.
#[derive(Debug)]
struct Way {
    id: String,
    scp: Option<Vec<String>>,
    rcp: Option<Vec<String>>,
}

impl Way {
    fn policies(&self) -> impl Iterator<Item = String> {
        self.scp.iter().chain(&self.rcp).flatten().cloned()
    }

    fn file(&self) -> NodeFile<'static> {
        NodeFile {
            id: self.id.clone().into(),
            service_control_policies: self.scp.as_deref().map(attached),
            resource_control_policies: self.rcp.as_deref().map(attached),
            ..NodeFile::default()
        }
    }
}

fn attached(ids: &[String]) -> Vec<AttachedOrganizationPolicy<'static>> {
    ids.iter().map(|id| AttachedOrganizationPolicy::Id(id.clone().into())).collect()
}

/// The nodes in each other, root first; the ways start with the account.
fn tree_of(ways: &[Vec<String>], nodes: &BTreeMap<String, Way>) -> Option<NodeFile<'static>> {
    let root = ways.first()?.last()?;
    let mut tree = nodes.get(root)?.file();
    for way in ways.iter().filter(|way| way.last() == Some(root)) {
        let mut at = &mut tree;
        for id in way.iter().rev().skip(1) {
            let node = nodes.get(id)?.file();
            let list = if id.starts_with("ou-") { &mut at.organizational_units } else { &mut at.accounts };
            let index = list.iter().position(|known| known.id == *id).unwrap_or_else(|| {
                list.push(node);
                list.len() - 1
            });
            at = list.get_mut(index)?;
        }
    }
    Some(tree)
}

/// The account, the units above it, and the root, each with what is attached; whether the root was reached.
async fn way(clients: &Clients, wanted: &Wanted) -> (Vec<Way>, Vec<GapFile<'static>>, bool) {
    let mut gaps = Vec::new();
    let (nodes, failure) = ancestors(clients, &wanted.account).await;
    let complete = failure.is_none();
    if let Some(failure) = failure {
        // the lists of the nodes are refused for the same reason, and without the way they help nobody
        gaps.extend(wanted.types.iter().map(|policy_type| failure.gap(&wanted.account, Some(*policy_type))));
        return (Vec::new(), gaps, false);
    }
    let lists: Vec<(usize, String, PolicyType)> = nodes
        .iter()
        .enumerate()
        .flat_map(|(index, id)| wanted.types.iter().map(move |policy_type| (index, id.clone(), *policy_type)))
        .collect();
    let mut way: Vec<Way> = nodes.into_iter().map(|id| Way { id, scp: None, rcp: None }).collect();
    let lists = stream::iter(lists).map(|(index, id, policy_type)| async move {
        (index, policy_type, policies_for(clients, &id, policy_type).await, id)
    });
    let mut lists = lists.buffered(SIDE_BY_SIDE);
    while let Some((index, policy_type, answer, id)) = lists.next().await {
        match (answer, way.get_mut(index)) {
            (Ok(ids), Some(node)) if policy_type == SCP => node.scp = Some(ids),
            (Ok(ids), Some(node)) => node.rcp = Some(ids),
            (Err(failure), _) => gaps.push(failure.gap(&id, Some(policy_type))),
            (Ok(_), None) => {}
        }
    }
    (way, gaps, complete)
}

/// The account and everything above it, up to the root.
async fn ancestors(clients: &Clients, account: &str) -> (Vec<String>, Option<Failure>) {
    let mut nodes = vec![account.to_owned()];
    let mut child = account.to_owned();
    while nodes.len() <= LEVELS {
        let call = clients.organizations.list_parents().child_id(&child).send();
        let parent = match clients.call(&op::LIST_PARENTS, call).await {
            Ok(answer) => answer.parents.unwrap_or_default().into_iter().next(),
            Err(failure) => return (nodes, Some(failure)),
        };
        let Some((id, kind)) = parent.and_then(|parent| Some((parent.id?, parent.r#type?))) else {
            let said = format!("the answer names no parent of {child}");
            return (nodes, Some(Failure::own(&op::LIST_PARENTS, FailureKind::Unreadable, said)));
        };
        nodes.push(id.clone());
        if kind == ParentType::Root {
            return (nodes, None);
        }
        child = id;
    }
    let said = format!("there are more than {LEVELS} levels above the account");
    (nodes, Some(Failure::own(&op::LIST_PARENTS, FailureKind::Unreadable, said)))
}

async fn describe(clients: &Clients) -> Result<OrganizationFile<'static>, Failure> {
    let answer = clients.call(&op::DESCRIBE_ORGANIZATION, clients.organizations.describe_organization().send()).await?;
    let file = |organization: aws_sdk_organizations::types::Organization| {
        Some(OrganizationFile {
            id: organization.id?.into(),
            management_account: organization.master_account_id.map(Into::into),
            ..OrganizationFile::default()
        })
    };
    let nothing =
        || Failure::own(&op::DESCRIBE_ORGANIZATION, FailureKind::Unreadable, "the answer names no organization");
    answer.organization.and_then(file).ok_or_else(nothing)
}

/// What is listed on the pages. One without the list is no answer of AWS, which gives an empty one where there is nothing.
fn listed<P, T>(
    operation: &'static Operation,
    (pages, mut failure): (Vec<P>, Option<Failure>),
    list: impl Fn(P) -> Option<Vec<T>>,
) -> (Vec<T>, Option<Failure>) {
    let mut all = Vec::new();
    for page in pages {
        match list(page) {
            Some(some) => all.extend(some),
            None => {
                failure.get_or_insert_with(|| {
                    Failure::own(operation, FailureKind::Unreadable, "the answer holds no list")
                });
            }
        }
    }
    (all, failure)
}

/// The ids of the policies of one type that are attached to a node. A type that is not enabled is attached nowhere.
async fn policies_for(clients: &Clients, id: &str, policy_type: PolicyType) -> Result<Vec<String>, Failure> {
    let filter = if policy_type == SCP { Filter::ServiceControlPolicy } else { Filter::ResourceControlPolicy };
    let pages = clients
        .pages(
            &op::LIST_POLICIES_FOR_TARGET,
            FEW_PAGES,
            |token| {
                clients
                    .organizations
                    .list_policies_for_target()
                    .target_id(id)
                    .filter(filter.clone())
                    .set_next_token(token)
                    .send()
            },
            |page| page.next_token.clone(),
        )
        .await;
    match listed(&op::LIST_POLICIES_FOR_TARGET, pages, |page| page.policies) {
        (_, Some(failure)) => Err(failure),
        (policies, None) => Ok(policies.into_iter().filter_map(|policy| policy.id).collect()),
    }
}

/// The policies by id, and the gaps where one was refused.
async fn policies(
    clients: &Clients,
    ids: BTreeSet<String>,
) -> (Vec<OrganizationPolicyFile<'static>>, Vec<GapFile<'static>>) {
    let asked = ids.into_iter().filter(|id| !KNOWN.contains(&id.as_str()));
    let asked = stream::iter(asked).map(|id| async move {
        let call = clients.organizations.describe_policy().policy_id(&id).send();
        let nothing = || Failure::own(&op::DESCRIBE_POLICY, FailureKind::Unreadable, "the answer holds no policy");
        let answer = clients.call(&op::DESCRIBE_POLICY, call).await;
        (answer.and_then(|answer| answer.policy.filter(|policy| policy.content.is_some()).ok_or_else(nothing)), id)
    });
    let (mut found, mut gaps) = (Vec::new(), Vec::new());
    let mut asked = asked.buffered(SIDE_BY_SIDE);
    while let Some((answer, id)) = asked.next().await {
        match answer {
            Ok(policy) => {
                let summary = policy.policy_summary;
                found.push(OrganizationPolicyFile {
                    id: id.into(),
                    name: summary.as_ref().and_then(|summary| summary.name.clone()).map(Into::into),
                    arn: summary.as_ref().and_then(|summary| summary.arn.clone()).map(Into::into),
                    aws_managed: summary.is_some_and(|summary| summary.aws_managed),
                    content: policy.content.as_deref().map(document),
                    ..OrganizationPolicyFile::default()
                });
            }
            Err(failure) => gaps.push(failure.gap(&id, None)),
        }
    }
    (found, gaps)
}

/// The whole tree, as far as it may be seen.
pub(super) async fn tree(clients: &Clients, account: &str, progress: &(dyn Fn(&str) + Sync)) -> Found {
    let mut found = Found::default();
    let mut organization = match describe(clients).await {
        Ok(organization) => organization,
        Err(failure) if failure.kind == FailureKind::NotInOrganization => {
            found.none = true;
            return found;
        }
        Err(failure) => {
            found.gaps.extend([SCP, RCP].map(|policy_type| failure.gap(account, Some(policy_type))));
            return found;
        }
    };
    let pages = clients
        .pages(
            &op::LIST_ROOTS,
            FEW_PAGES,
            |token| clients.organizations.list_roots().set_next_token(token).send(),
            |page| page.next_token.clone(),
        )
        .await;
    let (roots, failure) = listed(&op::LIST_ROOTS, pages, |page| page.roots);
    if let Some(failure) = failure {
        found.gaps.extend([SCP, RCP].map(|policy_type| failure.gap(account, Some(policy_type))));
    }
    if let Some(root) = roots.into_iter().next() {
        let enabled = root.policy_types.unwrap_or_default().into_iter();
        let enabled = enabled.filter(|kind| kind.status.as_ref().is_some_and(|status| status.as_str() == "ENABLED"));
        let enabled: Vec<String> =
            enabled.filter_map(|kind| kind.r#type).map(|kind| kind.as_str().to_owned()).collect();
        let types: Vec<PolicyType> = [SCP, RCP]
            .into_iter()
            .filter(|policy_type| enabled.iter().any(|enabled| enabled == policy_type.constant()))
            .collect();
        organization.enabled_policy_types = Some(enabled.into_iter().map(Into::into).collect());
        let mut ids = BTreeSet::new();
        let start = Branch { id: root.id.unwrap_or_default(), name: root.name, arn: root.arn, depth: 0 };
        let (root, gaps) = branch(clients, start, &types, progress).await;
        collect_ids(&root, &mut ids);
        progress(&format!("reading {} policies of the organization", ids.len()));
        found.gaps.extend(gaps);
        let (policies, gaps) = policies(clients, ids).await;
        organization.policies = policies;
        found.gaps.extend(gaps);
        organization.root = Some(root);
    }
    found.organization = Some(organization);
    found
}

/// A node of the tree on its way to be read.
struct Branch {
    id: String,
    name: Option<String>,
    arn: Option<String>,
    depth: usize,
}

/// A node with everything below it.
fn branch<'a>(
    clients: &'a Clients,
    node: Branch,
    types: &'a [PolicyType],
    progress: &'a (dyn Fn(&str) + Sync),
) -> BoxFuture<'a, (NodeFile<'static>, Vec<GapFile<'static>>)> {
    async move {
        let id = node.id.as_str();
        let below = id.starts_with("r-") || id.starts_with("ou-");
        let (mut file, mut gaps) = (
            NodeFile {
                id: node.id.clone().into(),
                name: node.name.map(Into::into),
                arn: node.arn.map(Into::into),
                ..NodeFile::default()
            },
            Vec::new(),
        );
        for policy_type in types {
            match policies_for(clients, id, *policy_type).await {
                Ok(ids) if *policy_type == SCP => file.service_control_policies = Some(attached(&ids)),
                Ok(ids) => file.resource_control_policies = Some(attached(&ids)),
                Err(failure) => gaps.push(failure.gap(id, Some(*policy_type))),
            }
        }
        if !below || node.depth >= LEVELS {
            return (file, gaps);
        }
        progress(&format!("reading the organization: {}", file.name.as_deref().unwrap_or(id)));
        let ((units, no_units), (accounts, no_accounts)) = tokio::join!(units(clients, id), accounts(clients, id));
        for failure in [no_units, no_accounts].into_iter().flatten() {
            gaps.extend([SCP, RCP].map(|policy_type| failure.gap(id, Some(policy_type))));
        }
        let depth = node.depth + 1;
        let children = units.into_iter().chain(accounts).map(|child| Branch { depth, ..child });
        let mut children = stream::iter(children).map(|child| branch(clients, child, types, progress)).buffered(2);
        while let Some((child, more)) = children.next().await {
            gaps.extend(more);
            if child.id.starts_with("ou-") { file.organizational_units.push(child) } else { file.accounts.push(child) }
        }
        (file, gaps)
    }
    .boxed()
}

async fn units(clients: &Clients, id: &str) -> (Vec<Branch>, Option<Failure>) {
    let pages = clients
        .pages(
            &op::LIST_UNITS,
            CHILDREN_PAGES,
            |token| {
                clients.organizations.list_organizational_units_for_parent().parent_id(id).set_next_token(token).send()
            },
            |page| page.next_token.clone(),
        )
        .await;
    let (units, failure) = listed(&op::LIST_UNITS, pages, |page| page.organizational_units);
    let node = |unit: aws_sdk_organizations::types::OrganizationalUnit| {
        Some(Branch { id: unit.id?, name: unit.name, arn: unit.arn, depth: 0 })
    };
    (units.into_iter().filter_map(node).collect(), failure)
}

async fn accounts(clients: &Clients, id: &str) -> (Vec<Branch>, Option<Failure>) {
    let pages = clients
        .pages(
            &op::LIST_ACCOUNTS,
            CHILDREN_PAGES,
            |token| clients.organizations.list_accounts_for_parent().parent_id(id).set_next_token(token).send(),
            |page| page.next_token.clone(),
        )
        .await;
    let (accounts, failure) = listed(&op::LIST_ACCOUNTS, pages, |page| page.accounts);
    let node = |account: aws_sdk_organizations::types::Account| {
        Some(Branch { id: account.id?, name: account.name, arn: account.arn, depth: 0 })
    };
    (accounts.into_iter().filter_map(node).collect(), failure)
}

fn collect_ids(node: &NodeFile<'_>, ids: &mut BTreeSet<String>) {
    let lists = node.service_control_policies.iter().chain(&node.resource_control_policies).flatten();
    for policy in lists {
        if let AttachedOrganizationPolicy::Id(id) = policy {
            ids.insert(id.clone().into_owned());
        }
    }
    for child in node.organizational_units.iter().chain(&node.accounts) {
        collect_ids(child, ids);
    }
}
