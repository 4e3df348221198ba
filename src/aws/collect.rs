//! A snapshot of what one denial needs: the principal's policies, the way through the organization, a role's trust policy.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::organization::{self, Wanted};
use super::partial_snapshot::PartialSnapshot;
use super::{Caller, Operation, now, operation as op, permission_set, principal, resource_policy, s3_settings};
use crate::iam::{
    Arn, ContextValue, Field, PolicyType, Principal, PrincipalKind, Request, is_alias_name, policy_domain,
};
use crate::snapshot::{
    AccountFile, Details, GapFile, RoleDetail, Selection, Snapshot, SnapshotFile, VERSION, VpcEndpointsFile, select,
};

/// What has to be collected for some requests.
#[derive(Debug, Default)]
struct Plan {
    /// Users and roles: kind, name, and the ARN as far as it is known.
    principals: Vec<(PrincipalKind, String, String)>,
    /// Roles of which the trust policy decides.
    trusts: Vec<(String, String)>,
    chains: Vec<Wanted>,
    /// Resources whose policies can be read.
    resources: Vec<resource_policy::Wanted>,
    /// Buckets and access points of which S3's own settings can decide.
    settings: Vec<s3_settings::Wanted>,
    /// Aliases of KMS in the caller's account whose keys are meant, with the Region where their text does not tell it.
    aliases: Vec<(String, Option<String>)>,
    /// Uses of keys that grants can allow.
    uses: Vec<resource_policy::KeyUse>,
    /// VPC endpoints by id, with the Region where that is told.
    endpoints: Vec<(String, Option<String>)>,
    /// VPCs, with the service whose endpoints there are meant and the Region.
    vpcs: Vec<(String, String, String)>,
    gaps: Vec<(String, PolicyType, String)>,
    /// What was not asked for, as a file has it.
    not_asked: Vec<GapFile<'static>>,
}

/// Things of each kind that are asked about in one run: a log may name thousands.
const MOST: usize = 50;

/// Principals, keys or endpoints that are read at the same time, with some calls each.
const SIDE_BY_SIDE: usize = 4;

/// Lists of grants that are read at the same time.
const GRANTS_SIDE_BY_SIDE: usize = 8;

/// Collects what the requests need, and nothing else. What is refused is a gap, never an error.
///
/// `silent`: AWS's message names no type of policy, so that what is no policy may have decided.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of thing that is read side by side")]
pub async fn take(clients: &Clients, caller: &Caller, requests: &[Request], silent: bool) -> SnapshotFile<'static> {
    let plan = plan(caller, requests, silent);
    let principals = async {
        let (asked, left) = plan.principals.split_at(plan.principals.len().min(MOST));
        let found = stream::iter(asked).map(|(kind, name, arn)| Box::pin(one(clients, caller, *kind, name, arn)));
        let mut part = together(found.buffered(SIDE_BY_SIDE).collect().await);
        for (_, _, arn) in left {
            part.missing(&not_read(&op::ACCOUNT_DETAILS, "principals"), arn, PolicyType::IdentityBased);
        }
        part
    };
    let trusts = async {
        let (asked, left) = plan.trusts.split_at(plan.trusts.len().min(MOST));
        let found = stream::iter(asked).map(|(name, arn)| principal::trust(clients, name, arn));
        let mut part = together(found.buffered(SIDE_BY_SIDE).collect().await);
        for (_, arn) in left {
            part.missing(&not_read(&op::GET_ROLE, "roles"), arn, PolicyType::RoleTrust);
        }
        part
    };
    let chains = async {
        match plan.chains.as_slice() {
            [] => organization::Found::default(),
            wanted => organization::chains(clients, wanted).await,
        }
    };
    let resources = async {
        let (mut wanted, mut keys, mut gaps) = (plan.resources, Vec::new(), Vec::new());
        let (asked, left) = plan.aliases.split_at(plan.aliases.len().min(MOST));
        let not_asked = |alias: &str| not_read(&op::DESCRIBE_KEY, "keys").gap(alias, Some(PolicyType::ResourceBased));
        gaps.extend(left.iter().map(|(alias, _)| not_asked(alias)));
        let found =
            stream::iter(asked).map(|(alias, region)| resource_policy::of_alias(clients, alias, region.as_deref()));
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
        let mut found = resource_policy::read(clients, &caller.account, wanted).await;
        gaps.append(&mut found.gaps);
        (resource_policy::Found { gaps, ..found }, keys)
    };
    let endpoints = read_endpoints(clients, plan.endpoints, plan.vpcs);
    let settings = s3_settings::read(clients, &caller.account, plan.settings);
    let (mut part, trusts, organization, (mut resources, key_aliases), endpoints, mut settings) =
        tokio::join!(principals, trusts, chains, resources, endpoints, settings);
    resources.policies.extend(settings.policies);
    part.gaps.append(&mut settings.gaps);
    part.add(trusts);
    let uses = plan.uses.into_iter().filter_map(|mut used| {
        let named = key_aliases.iter().find(|alias| alias.arn == used.resource.as_str());
        let key = named.map_or_else(|| used.resource.clone(), |alias| alias.key.clone().into_owned());
        // a session's ARN does not tell the path of its role, and a grant has it
        let roles: Vec<String> = used.sessions.iter().map(|session| role_of(session, &part.roles)).collect();
        used.grantees.extend(roles);
        key.contains(":key/").then_some((key, used))
    });
    resources.gaps.extend(grants(clients, uses.collect()).await);
    part.gaps.extend(organization.gaps);
    part.gaps.append(&mut resources.gaps);
    part.gaps.extend(plan.not_asked);
    part.gaps.extend(endpoints.gaps);
    for (of, policy_type, said) in plan.gaps {
        part.missing(&Failure::own(&op::ACCOUNT_DETAILS, FailureKind::NotAsked, said), &of, policy_type);
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
    let Plan { endpoints: mut wanted, mut vpcs, .. } = plan(caller, requests, false);
    let refused = |of: &str| collected.gaps.iter().any(|gap| gap.of.as_deref() == Some(of));
    wanted
        .retain(|(id, _)| !collected.vpc_endpoint_policies.iter().any(|known| known.id == id.as_str()) && !refused(id));
    vpcs.retain(|(vpc, service, _)| {
        let known = |all: &VpcEndpointsFile<'_>| all.vpc == vpc.as_str() && all.service == service.as_str();
        !collected.vpc_endpoints.iter().any(known) && !refused(vpc)
    });
    let found = read_endpoints(clients, wanted, vpcs).await;
    collected.vpc_endpoint_policies.extend(found.policies);
    collected.vpc_endpoints.extend(found.of_vpcs);
    collected.gaps.extend(found.gaps);
}

async fn read_endpoints(
    clients: &Clients,
    wanted: Vec<(String, Option<String>)>,
    vpcs: Vec<(String, String, String)>,
) -> resource_policy::Endpoints {
    let mut all = resource_policy::Endpoints::default();
    let not_read = || not_read(&op::DESCRIBE_ENDPOINTS, "VPC endpoints");
    let (asked, left) = wanted.split_at(wanted.len().min(MOST));
    let found = stream::iter(asked).map(|(id, region)| resource_policy::endpoint(clients, id, region.clone()));
    for found in found.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match found {
            Ok(policy) => all.policies.push(policy),
            Err(gap) => all.gaps.push(gap),
        }
    }
    all.gaps.extend(left.iter().map(|(id, _)| not_read().gap(id, Some(PolicyType::VpcEndpoint))));
    let (asked, left) = vpcs.split_at(vpcs.len().min(MOST));
    let found =
        stream::iter(asked).map(|(vpc, service, region)| resource_policy::endpoints_of(clients, vpc, service, region));
    for found in found.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match found {
            Ok((of_vpc, policies)) => {
                all.of_vpcs.push(of_vpc);
                all.policies.extend(policies);
            }
            Err(gap) => all.gaps.push(gap),
        }
    }
    all.gaps.extend(left.iter().map(|(vpc, ..)| not_read().gap(vpc, Some(PolicyType::VpcEndpoint))));
    all
}

/// One user or role, with the permission set that a role is made from.
async fn one(clients: &Clients, caller: &Caller, kind: PrincipalKind, name: &str, arn: &str) -> PartialSnapshot {
    let mut found = match kind {
        PrincipalKind::User => Box::pin(principal::user(clients, name, arn)).await,
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
async fn grants(clients: &Clients, uses: Vec<(String, resource_policy::KeyUse)>) -> Vec<GapFile<'static>> {
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for (key, used) in &uses {
        for grantee in &used.grantees {
            if !wanted.contains(&(key, grantee)) {
                wanted.push((key, grantee));
            }
        }
    }
    let left = wanted.split_off(wanted.len().min(MOST));
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
    let left = left.iter().map(|(key, _)| not_read(&op::LIST_GRANTS, "keys").gap(key, Some(PolicyType::ResourceBased)));
    left.for_each(&mut add);
    open
}

/// That a log names more than is asked about.
fn not_read(operation: &'static Operation, things: &str) -> Failure {
    Failure::own(operation, FailureKind::NotAsked, format!("more than {MOST} {things} are denied"))
}

/// What the requests need, each thing once.
fn plan(caller: &Caller, requests: &[Request], silent: bool) -> Plan {
    let mut plan = Plan::default();
    let mut chains: BTreeMap<String, Vec<PolicyType>> = BTreeMap::new();
    for request in requests {
        let Some(who) = request.principal.value() else {
            continue;
        };
        let own = who.account() == Some(caller.account.as_str());
        match (who.kind(), who.name(), own) {
            (kind @ (PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole), Some(name), true) => {
                let entity = (
                    if kind == PrincipalKind::User { kind } else { PrincipalKind::Role },
                    name.to_owned(),
                    entity_arn(request, who),
                );
                if !plan.principals.contains(&entity) {
                    plan.principals.push(entity);
                }
            }
            (PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole, Some(_), false) => {
                let account = who.account().unwrap_or("that is not readable");
                let said = format!(
                    "the principal belongs to account {account}, the credentials to account {}",
                    caller.account
                );
                plan.gaps.push((who.as_str().to_owned(), PolicyType::IdentityBased, said));
            }
            _ => {}
        }
        // what cannot apply need not be asked for
        let nothing = select(&Snapshot::default(), request);
        let resource_account = request.resource_account.value();
        if nothing.policies.service_control.coverage.unseen_deny().is_some()
            && let Some(account) = who.account()
        {
            chains.entry(account.to_owned()).or_default().push(PolicyType::ServiceControl);
        }
        if nothing.policies.resource_control.coverage.gap().is_some()
            && let Some(account) = resource_account
        {
            chains.entry(account.clone()).or_default().push(PolicyType::ResourceControl);
        }
        plan.resource(caller, request, &nothing);
        if let Some(wanted) = s3_settings::Wanted::of(&caller.account, request, silent) {
            wanted.add_to(&mut plan.settings);
        }
        plan.key(caller, request, who, &nothing);
        plan.endpoint(request, &nothing);
        let target =
            request.resource.value().map(|resource| Principal::new(resource)).filter(|target| {
                target.kind() == PrincipalKind::Role && target.account() == Some(caller.account.as_str())
            });
        if let (Some(target), Some("sts")) = (target, request.action.value().map(crate::iam::Action::service))
            && let Some(name) = target.name()
        {
            let trust = (name.to_owned(), target.as_str().to_owned());
            let known = plan.principals.iter().any(|(kind, known, _)| *kind == PrincipalKind::Role && known == name);
            if !known && !plan.trusts.contains(&trust) {
                plan.trusts.push(trust);
            }
        }
    }
    for (account, mut types) in chains {
        types.sort_unstable();
        types.dedup();
        types.reverse();
        plan.chains.push(Wanted { account, types });
    }
    plan
}

impl Plan {
    /// The policy of the resource, where it can decide and is the caller's to read.
    fn resource(&mut self, caller: &Caller, request: &Request, nothing: &Selection) {
        let resource = request.resource.value().filter(|_| nothing.policies.resource.coverage.gap().is_some());
        let above = resource.and_then(|resource| policy_domain(resource));
        for carried in resource.cloned().into_iter().chain(above) {
            if let Some(wanted) = resource_policy::Wanted::of(&carried) {
                self.carrier(caller, request, wanted);
            }
        }
    }

    /// What carries one of its policies.
    fn carrier(&mut self, caller: &Caller, request: &Request, wanted: resource_policy::Wanted) {
        if self.resources.iter().any(|known| known.carrier() == wanted.carrier()) {
            return;
        }
        match &request.resource_account {
            // of a bucket the owner may only be supposed: S3 knows
            Field::Known(owner) if *owner != caller.account => {
                let why = format!(
                    "the resource belongs to account {owner}, the credentials to account {}: its owner can read it",
                    caller.account
                );
                let gap = wanted.not_asked(why);
                if !self.not_asked.iter().any(|known| known.of == gap.of) {
                    self.not_asked.push(gap);
                }
            }
            _ => self.resources.push(wanted),
        }
    }

    /// The key behind an alias, and the grants of the key: they are the caller's account's to read.
    fn key(&mut self, caller: &Caller, request: &Request, who: &Principal, nothing: &Selection) {
        let used_alias = request.used_alias();
        // an alias without an account is one of the caller's
        let bare = used_alias.filter(|alias| is_alias_name(alias) && who.account() == Some(caller.account.as_str()));
        let arn = request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
        let arn = arn.filter(|arn| arn.service() == "kms" && arn.account() == caller.account);
        let named = match (bare, &arn) {
            (Some(alias), _) => alias,
            (None, Some(arn)) => {
                let key = arn.resource().starts_with("key/") && nothing.policies.resource.coverage.gap().is_some();
                if arn.as_str().contains(['*', '?', '$']) || !(used_alias.is_some() || key) {
                    return;
                }
                arn.as_str()
            }
            (None, None) => return,
        };
        if used_alias.is_some() && !self.aliases.iter().any(|(known, _)| known == named) {
            self.aliases.push((named.to_owned(), request.region()));
        }
        // a grant is for a user, a role or one session of it
        let mut grantees = match who.kind() {
            PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole | PrincipalKind::FederatedUser => {
                vec![who.as_str().to_owned()]
            }
            _ => return,
        };
        // or for the whole account: <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html>
        let partition = who.partition().unwrap_or("aws");
        grantees.extend(who.account().map(|account| format!("arn:{partition}:iam::{account}:root")));
        let Some(action) = request.action.value() else { return };
        let used = resource_policy::KeyUse {
            resource: named.to_owned(),
            grantees,
            sessions: (who.kind() == PrincipalKind::AssumedRole)
                .then(|| entity_arn(request, who))
                .into_iter()
                .collect(),
            operation: action.name().to_owned(),
        };
        if !self.uses.contains(&used) {
            self.uses.push(used);
        }
    }

    /// The policy of the VPC endpoint, where the request names it.
    fn endpoint(&mut self, request: &Request, nothing: &Selection) {
        if nothing.policies.vpc_endpoint.coverage.gap().is_none() {
            return;
        }
        if let (Some(vpc), Some(service), Some(region)) =
            (request.source_vpc(), request.endpoint_service(), request.region())
        {
            let wanted = (vpc.to_owned(), service, region);
            if !self.vpcs.contains(&wanted) {
                self.vpcs.push(wanted);
            }
        }
        let ContextValue::Present { values, .. } = request.context.get("aws:SourceVpce") else {
            return;
        };
        let region = request.region();
        for id in values {
            if !self.endpoints.iter().any(|(known, _)| known == id) {
                self.endpoints.push((id.clone(), region.clone()));
            }
        }
    }
}

/// The role as it was read, with its path, where it was.
fn role_of(arn: &str, read: &[RoleDetail<'_>]) -> String {
    let same = |role: &&RoleDetail<'_>| {
        role.arn.split(':').nth(4) == arn.split(':').nth(4) && role.arn.rsplit('/').next() == arn.rsplit('/').next()
    };
    read.iter().find(same).map_or_else(|| arn.to_owned(), |role| role.arn.to_string())
}

/// The user, or the role behind a session; a session's ARN does not tell the role's path.
fn entity_arn(request: &Request, who: &Principal) -> String {
    match who.kind() {
        PrincipalKind::AssumedRole => match &request.role {
            Some(role) => Arn::as_str(role).to_owned(),
            None => format!(
                "arn:{}:iam::{}:role/{}",
                who.partition().unwrap_or("aws"),
                who.account().unwrap_or_default(),
                who.name().unwrap_or_default()
            ),
        },
        _ => who.as_str().to_owned(),
    }
}
