//! A snapshot of what denials need: the principals' policies, the way through the organization, roles' trust policies, policies of resources.

mod plan;
mod trail;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::organization;
use super::partial_snapshot::PartialSnapshot;
use super::{Caller, Operation, now, operation as op, permission_set, principal, resource_policy, s3_settings};
use crate::iam::{PolicyType, PrincipalKind, Request};
use crate::snapshot::{
    AccountFile, Details, GapFile, KeyAliasFile, RoleDetail, SnapshotFile, VERSION, VpcEndpointsFile,
};
use plan::{Few, Plan};

pub use trail::{Collected, TrailPlan};

/// Principals, keys or endpoints that are read at the same time, with some calls each.
const SIDE_BY_SIDE: usize = 4;

/// Lists of grants that are read at the same time.
const GRANTS_SIDE_BY_SIDE: usize = 8;

/// Collects what the requests need, and nothing else. What is refused is a gap, never an error.
///
/// `silent`: AWS's message names no type of policy, so that what is no policy may have decided.
pub async fn take(clients: &Clients, caller: &Caller, requests: &[Request], silent: bool) -> SnapshotFile<'static> {
    let plan = Plan::of(caller, requests, silent, clients.region());
    let principals = entities(clients, caller, &plan.principals, &plan.trusts, Listing::NotTried);
    let (part, around) = tokio::join!(principals, around(clients, caller, &plan));
    snapshot(clients, caller, plan, part, around).await
}

/// Whether the whole account was asked for before its users and roles are asked for one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    NotTried,
    Refused,
}

/// The principals and the roles to be assumed, one by one.
async fn entities(
    clients: &Clients,
    caller: &Caller,
    principals: &Few<(PrincipalKind, String, String)>,
    trusts: &Few<(String, String)>,
    listing: Listing,
) -> PartialSnapshot {
    let whole = async {
        let found = stream::iter(&principals.asked)
            .map(|(kind, name, arn)| Box::pin(one(clients, caller, *kind, name, arn, listing)));
        let mut part = together(found.buffered(SIDE_BY_SIDE).collect().await);
        for (_, _, arn) in &principals.left {
            part.missing(&not_read(&op::ACCOUNT_DETAILS, principals, "principals"), arn, PolicyType::IdentityBased);
        }
        part
    };
    let trusted = async {
        let found = stream::iter(&trusts.asked).map(|(name, arn)| principal::trust(clients, name, arn));
        let mut part = together(found.buffered(SIDE_BY_SIDE).collect().await);
        for (_, arn) in &trusts.left {
            part.missing(&not_read(&op::GET_ROLE, trusts, "roles"), arn, PolicyType::RoleTrust);
        }
        part
    };
    let (mut part, trusted) = tokio::join!(whole, trusted);
    part.add(trusted);
    part
}

/// What was found beside the users and roles.
struct Around {
    organization: organization::Found,
    resources: resource_policy::Found,
    keys: Vec<KeyAliasFile<'static>>,
    endpoints: resource_policy::Endpoints,
    settings: s3_settings::Found,
}

/// The ways through the organization, the policies of resources and endpoints, and the settings of S3.
async fn around(clients: &Clients, caller: &Caller, plan: &Plan) -> Around {
    let chains = async {
        let mut wanted = plan.chains.asked.clone();
        if wanted.is_empty() {
            return organization::Found::default();
        }
        wanted.sort_by(|one, other| one.account.cmp(&other.account));
        let mut found = organization::chains(clients, &wanted).await;
        for left in &plan.chains.left {
            let failure = not_read(&op::LIST_PARENTS, &plan.chains, "accounts");
            found.gaps.extend(left.types.iter().map(|policy_type| failure.gap(&left.account, Some(*policy_type))));
        }
        found
    };
    let resources = async {
        let (mut wanted, mut keys, mut gaps) = (plan.resources.asked.clone(), Vec::new(), Vec::new());
        let not_asked = |alias: &str| {
            not_read(&op::DESCRIBE_KEY, &plan.aliases, "keys").gap(alias, Some(PolicyType::ResourceBased))
        };
        gaps.extend(plan.aliases.left.iter().map(|(alias, _)| not_asked(alias)));
        let found = stream::iter(&plan.aliases.asked)
            .map(|(alias, region)| resource_policy::of_alias(clients, alias, region.as_deref()));
        for found in found.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
            match found {
                Ok(key) => {
                    wanted.extend(
                        resource_policy::Wanted::of(&key.key)
                            .filter(|new| !wanted.iter().any(|known| known.carrier() == new.carrier())),
                    );
                    keys.push(key);
                }
                Err(gap) => gaps.push(gap),
            }
        }
        let mut found = resource_policy::read(clients, &caller.account, &wanted).await;
        gaps.append(&mut found.gaps);
        let why = || plan.resources.why_left("resources");
        gaps.extend(plan.resources.left.iter().map(|one| one.not_asked(why())));
        (resource_policy::Found { gaps, ..found }, keys)
    };
    let endpoints = read_endpoints(clients, &plan.endpoints, &plan.vpcs);
    let settings = async {
        let mut found = s3_settings::read(clients, &caller.account, plan.settings.asked.clone()).await;
        let why = || plan.settings.why_left("buckets and access points");
        found.gaps.extend(plan.settings.left.iter().map(|one| one.not_asked(why())));
        found
    };
    let (organization, (resources, keys), endpoints, settings) = tokio::join!(chains, resources, endpoints, settings);
    Around { organization, resources, keys, endpoints, settings }
}

/// All of it as a file.
async fn snapshot(
    clients: &Clients,
    caller: &Caller,
    plan: Plan,
    mut part: PartialSnapshot,
    around: Around,
) -> SnapshotFile<'static> {
    let Around { organization, mut resources, keys: key_aliases, endpoints, mut settings } = around;
    resources.policies.extend(settings.policies);
    part.gaps.append(&mut settings.gaps);
    let (uses_left, limits) = (plan.uses.left, plan.limits);
    let named = |used: &resource_policy::KeyUse| {
        let alias = key_aliases.iter().find(|alias| alias.arn == used.resource.as_str());
        alias.map_or_else(|| used.resource.clone(), |alias| alias.key.clone().into_owned())
    };
    let uses = plan.uses.asked.into_iter().filter_map(|mut used| {
        let key = named(&used);
        // a session's ARN does not tell the path of its role, and a grant has it
        let roles: Vec<String> = used.sessions.iter().map(|session| role_of(session, &part.roles)).collect();
        used.grantees.extend(roles);
        key.contains(":key/").then_some((key, used))
    });
    let left: Vec<String> = uses_left.iter().map(named).filter(|key| key.contains(":key/")).collect();
    resources.gaps.extend(grants(clients, uses.collect(), left, limits.asked).await);
    part.gaps.extend(organization.gaps);
    part.gaps.append(&mut resources.gaps);
    part.gaps.extend(plan.not_asked.asked);
    part.gaps.extend(endpoints.gaps);
    for (of, said) in plan.foreign.asked {
        let failure = Failure::own(&op::ACCOUNT_DETAILS, FailureKind::NotAsked, said);
        part.missing(&failure, &of, PolicyType::IdentityBased);
    }
    let policies: Vec<_> = part.policies.into_values().collect();
    let account = AccountFile {
        id: caller.account.clone().into(),
        partial: true,
        in_organization: organization.none.then_some(false),
        details: Details {
            user_detail_list: Some(part.users),
            group_detail_list: Some(part.groups),
            role_detail_list: Some(part.roles),
            policies: Some(policies),
        },
        ..AccountFile::default()
    };
    SnapshotFile {
        iamdx_snapshot: Some(VERSION),
        taken_at: Some(now().into()),
        accounts: vec![account],
        organization: organization.organization,
        resource_policies: resources.policies,
        key_aliases,
        public_access_blocks: settings.public_access_blocks,
        object_ownership: settings.object_ownership,
        access_points: settings.access_points,
        permission_sets: part.permission_sets,
        vpc_endpoint_policies: endpoints.policies,
        vpc_endpoints: endpoints.of_vpcs,
        gaps: part.gaps,
        ..SnapshotFile::default()
    }
}

/// The policies of VPC endpoints that only CloudTrail's record of a denial names, beside what was collected.
pub async fn endpoints(
    clients: &Clients,
    caller: &Caller,
    requests: &[Request],
    collected: &mut SnapshotFile<'static>,
) {
    let Plan { endpoints: mut wanted, mut vpcs, not_asked, .. } = Plan::of(caller, requests, false, clients.region());
    let refused = |of: &str| collected.gaps.iter().any(|gap| gap.of.as_deref() == Some(of));
    wanted
        .asked
        .retain(|(id, _)| !collected.vpc_endpoint_policies.iter().any(|known| known.id == id.as_str()) && !refused(id));
    vpcs.asked.retain(|(vpc, service, _)| {
        let known = |all: &VpcEndpointsFile<'_>| all.vpc == vpc.as_str() && all.service == service.as_str();
        !collected.vpc_endpoints.iter().any(known) && !refused(vpc)
    });
    let of_others =
        |gap: &GapFile<'_>| *gap.operation == op::DESCRIBE_ENDPOINTS.id() && !gap.of.as_deref().is_some_and(refused);
    let foreign: Vec<_> = not_asked.asked.into_iter().filter(of_others).collect();
    let found = read_endpoints(clients, &wanted, &vpcs).await;
    collected.gaps.extend(foreign);
    collected.vpc_endpoint_policies.extend(found.policies);
    collected.vpc_endpoints.extend(found.of_vpcs);
    collected.gaps.extend(found.gaps);
}

async fn read_endpoints(
    clients: &Clients,
    wanted: &Few<(String, Option<String>)>,
    vpcs: &Few<(String, String, String)>,
) -> resource_policy::Endpoints {
    let mut all = resource_policy::Endpoints::default();
    let found = stream::iter(&wanted.asked).map(|(id, region)| resource_policy::endpoint(clients, id, region.clone()));
    for found in found.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match found {
            Ok(policy) => all.policies.push(policy),
            Err(gap) => all.gaps.push(gap),
        }
    }
    let not_asked = |failure: Failure, of: &str| failure.gap(of, Some(PolicyType::VpcEndpoint));
    let left = |few| not_read(&op::DESCRIBE_ENDPOINTS, few, "VPC endpoints");
    all.gaps.extend(wanted.left.iter().map(|(id, _)| not_asked(left(wanted), id)));
    let found = stream::iter(&vpcs.asked)
        .map(|(vpc, service, region)| resource_policy::endpoints_of(clients, vpc, service, region));
    for found in found.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match found {
            Ok((of_vpc, policies)) => {
                all.of_vpcs.push(of_vpc);
                all.policies.extend(policies);
            }
            Err(gap) => all.gaps.push(gap),
        }
    }
    let left = || not_read(&op::DESCRIBE_ENDPOINTS, vpcs, "VPC endpoints");
    all.gaps.extend(vpcs.left.iter().map(|(vpc, ..)| not_asked(left(), vpc)));
    all
}

/// One user or role, with the permission set that a role is made from.
async fn one(
    clients: &Clients,
    caller: &Caller,
    kind: PrincipalKind,
    name: &str,
    arn: &str,
    listing: Listing,
) -> PartialSnapshot {
    let mut found = match kind {
        PrincipalKind::User => Box::pin(principal::user(clients, name, arn, listing == Listing::NotTried)).await,
        _ => Box::pin(principal::role(clients, name, arn)).await,
    };
    let mut before = PartialSnapshot::default();
    for role in &found.roles {
        match Box::pin(permission_set::behind(clients, &caller.account, &role.arn)).await {
            Some(Ok(set)) => found.permission_sets.push(set),
            Some(Err(gap)) => before.gaps.push(gap),
            None => {}
        }
    }
    before.add(found);
    before
}

/// The parts in their order.
fn together(parts: Vec<PartialSnapshot>) -> PartialSnapshot {
    let mut whole = PartialSnapshot::default();
    for part in parts {
        whole.add(part);
    }
    whole
}

/// What the grants of keys leave open: each list once, however many requests it concerns.
async fn grants(
    clients: &Clients,
    uses: Vec<(String, resource_policy::KeyUse)>,
    not_asked: Vec<String>,
    most: usize,
) -> Vec<GapFile<'static>> {
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for (key, used) in &uses {
        for grantee in &used.grantees {
            if !wanted.contains(&(key, grantee)) {
                wanted.push((key, grantee));
            }
        }
    }
    let left = wanted.split_off(wanted.len().min(most));
    let lists = stream::iter(&wanted).map(|(key, grantee)| resource_policy::grants(clients, key, grantee));
    let lists: Vec<_> = lists.buffered(GRANTS_SIDE_BY_SIDE).collect().await;
    let mut open: Vec<GapFile<'static>> = Vec::new();
    let mut add = |gap: GapFile<'static>| {
        let known =
            |known: &GapFile<'_>| known.of == gap.of && known.error == gap.error && known.operation == gap.operation;
        if !open.iter().any(known) {
            open.push(gap);
        }
    };
    for (key, used) in &uses {
        let own =
            wanted.iter().zip(&lists).filter(|((of, to), _)| of == key && used.grantees.iter().any(|one| one == to));
        for (_, (grants, failure)) in own {
            grants.iter().filter_map(|grant| resource_policy::may_allow(grant, key, used)).for_each(&mut add);
            failure.iter().map(|failure| failure.gap(key, Some(PolicyType::ResourceBased))).for_each(&mut add);
        }
    }
    let failure = Failure::own(&op::LIST_GRANTS, FailureKind::NotAsked, more_than(most, "keys"));
    let left = left.iter().map(|(key, _)| *key).chain(not_asked.iter().map(String::as_str));
    left.for_each(|key| add(failure.gap(key, Some(PolicyType::ResourceBased))));
    open
}

/// That more is denied than is asked about.
fn not_read<T>(operation: &'static Operation, few: &Few<T>, things: &str) -> Failure {
    Failure::own(operation, FailureKind::NotAsked, few.why_left(things))
}

fn more_than(most: usize, things: &str) -> String {
    format!("more than {most} {things} are denied")
}

/// The role as it was read, with its path, where it was.
fn role_of(arn: &str, read: &[RoleDetail<'_>]) -> String {
    let same = |role: &&RoleDetail<'_>| {
        role.arn.split(':').nth(4) == arn.split(':').nth(4) && role.arn.rsplit('/').next() == arn.rsplit('/').next()
    };
    read.iter().find(same).map_or_else(|| arn.to_owned(), |role| role.arn.to_string())
}
