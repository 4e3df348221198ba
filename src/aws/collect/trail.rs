//! A snapshot of what the denials of a trail need: the caller's account in one listing, and what can decide beside its users and roles,
//! each thing once, that of the most frequent denials first.

use std::collections::BTreeSet;

use super::plan::{Few, Limits, Plan};
use super::{Listing, around, entities, snapshot};
use crate::aws::clients::Clients;
use crate::aws::failure::{Failure, FailureKind};
use crate::aws::partial_snapshot::PartialSnapshot;
use crate::aws::{Caller, Operation, account, now, operation as op, permission_set, resource_policy};
use crate::iam::{Arn, PolicyType, PrincipalKind, Request};
use crate::snapshot::{GapFile, Snapshot, SnapshotFile, select};

/// Things of each kind that are named where they are not asked about: every gap is looked through for every denial.
const NAMED: usize = 100;

/// What has to be collected for the denials of a trail.
#[derive(Debug)]
pub struct TrailPlan {
    plan: Plan,
    caller: Caller,
    /// Regions in which calls of the trail were made.
    regions: BTreeSet<String>,
    /// Accounts whose users and roles are known from elsewhere.
    held: BTreeSet<String>,
}

/// What was collected.
#[derive(Debug)]
#[non_exhaustive]
pub struct Collected {
    /// The snapshot; what was refused or left out is a gap of it.
    pub file: SnapshotFile<'static>,
    /// How many things were not asked about, since too many are denied.
    pub left: usize,
}

impl TrailPlan {
    /// Nothing yet. Of each kind of thing `most` are asked about; nothing is asked in a Region in which the trail has no call: names of
    /// resources are chosen by whoever makes a call, and the Region of a record is written by AWS.
    #[must_use]
    pub fn new(caller: Caller, most: usize, regions: BTreeSet<String>, held: BTreeSet<String>) -> Self {
        let limits = Limits { asked: most, named: NAMED };
        Self { plan: Plan::new(limits), caller, regions, held }
    }

    /// Adds what a request needs that is for the caller's account to read; the requests that count most come first.
    ///
    /// `silent`: AWS's message names no type of policy, so that what is no policy may have decided.
    pub fn add(&mut self, request: &Request, silent: bool) {
        let Some(who) = request.principal.value() else { return };
        let own = |account: Option<&str>| account == Some(self.caller.account.as_str());
        let of_caller = own(who.account());
        let of_resource = own(request.resource_account.value().map(String::as_str));
        let is_held = who.account().is_some_and(|account| self.held.contains(account));
        // of others neither the policies of who asks are known nor that of what was asked for
        if !(of_caller || of_resource || is_held) {
            return;
        }
        let nothing = select(&Snapshot::default(), request);
        self.plan.principal(&self.caller, request, who);
        self.plan.ways(request, who.account().filter(|_| of_caller || is_held), &nothing);
        if !(of_caller || of_resource) {
            return;
        }
        match self.elsewhere(request) {
            Some(gap) => self.plan.not_asked.add(gap.of.as_deref().unwrap_or_default().to_owned(), gap),
            None => self.plan.around(&self.caller, request, who, &nothing, silent),
        }
    }

    /// The gap that a resource leaves in whose Region the trail has no call.
    fn elsewhere(&self, request: &Request) -> Option<GapFile<'static>> {
        let resource = request.resource.value()?;
        let arn: Arn = resource.parse().ok()?;
        if arn.region().is_empty() || self.regions.contains(arn.region()) {
            return None;
        }
        let said = "no call of the trail was made in the Region that the resource names";
        Some(match resource_policy::Wanted::of(resource) {
            Some(wanted) => wanted.not_asked(said),
            None => Failure::own(&op::ACCOUNT_DETAILS, FailureKind::NotAsked, said)
                .gap(resource, Some(PolicyType::ResourceBased)),
        })
    }

    /// Collects it. What is refused is a gap, never an error; without the listing of the account its users and roles are asked for one by
    /// one.
    pub async fn collect(self, clients: &Clients, say: &(dyn Fn(&str) + Sync)) -> Collected {
        let Self { plan, caller, .. } = self;
        // what is changed while it is read is newer than that
        let taken_at = now();
        say(&format!("reading account {}", caller.account));
        let listed = account::details(clients, say).await;
        say("asking AWS");
        let refused = listed.as_ref().err().cloned();
        let principals = async {
            match &listed {
                Ok(details) => {
                    let roles = details.role_detail_list.as_deref().unwrap_or_default();
                    let denied = plan.principals.asked.iter().filter(|(kind, ..)| *kind == PrincipalKind::Role);
                    let denied = denied.map(|(_, _, arn)| super::role_of(arn, roles));
                    let sets = permission_set::behind_all(clients, &caller.account, denied).await;
                    let mut part = PartialSnapshot::default();
                    for set in sets {
                        match set {
                            Ok(set) => part.permission_sets.push(set),
                            Err(gap) => part.gaps.push(gap),
                        }
                    }
                    part
                }
                Err(_) => entities(clients, &caller, &plan.principals, &plan.trusts, Listing::Refused).await,
            }
        };
        let (part, around) = tokio::join!(principals, around(clients, &caller, &plan));
        let (left, more) = plan.left(listed.is_ok());
        let mut file = snapshot(clients, &caller, plan, part, around).await;
        file.taken_at = Some(taken_at.into());
        if let (Ok(details), Some(account)) = (listed, file.accounts.first_mut()) {
            account.details = details;
            account.partial = false;
        }
        file.gaps.extend(refused.map(|failure| failure.gap(&caller.account, Some(PolicyType::IdentityBased))));
        file.gaps.extend(more);
        Collected { file, left }
    }
}

impl Plan {
    /// How many things are not asked about, and a gap for those of each kind that are not even named.
    fn left(&self, is_listed: bool) -> (usize, Vec<GapFile<'static>>) {
        let Self {
            limits: _,
            region: _,
            principals,
            trusts,
            chains,
            resources,
            settings,
            aliases,
            uses,
            endpoints,
            vpcs,
            ..
        } = self;
        let entities = [
            Left::of(principals, &op::ACCOUNT_DETAILS, "principals", Some(PolicyType::IdentityBased)),
            Left::of(trusts, &op::GET_ROLE, "roles", Some(PolicyType::RoleTrust)),
        ];
        let others = [
            Left::of(chains, &op::LIST_PARENTS, "accounts", None),
            Left::of(resources, &op::GET_BUCKET_POLICY, "resources", Some(PolicyType::ResourceBased)),
            Left::of(settings, &op::GET_BUCKET_PUBLIC_ACCESS, "buckets and access points", None),
            Left::of(aliases, &op::DESCRIBE_KEY, "keys", Some(PolicyType::ResourceBased)),
            Left::of(uses, &op::LIST_GRANTS, "keys", Some(PolicyType::ResourceBased)),
            Left::of(endpoints, &op::DESCRIBE_ENDPOINTS, "VPC endpoints", Some(PolicyType::VpcEndpoint)),
            Left::of(vpcs, &op::DESCRIBE_ENDPOINTS, "VPC endpoints", Some(PolicyType::VpcEndpoint)),
        ];
        let all: Vec<Left> = entities.into_iter().filter(|_| !is_listed).chain(others).collect();
        (all.iter().map(|left| left.count).sum(), all.into_iter().filter_map(|left| left.gap).collect())
    }
}

/// What is not asked about, of one kind.
struct Left {
    count: usize,
    gap: Option<GapFile<'static>>,
}

impl Left {
    fn of<T>(few: &Few<T>, operation: &'static Operation, things: &str, policy_type: Option<PolicyType>) -> Self {
        let gap = (few.more > 0).then(|| {
            let said = format!("{}; {} of them are not named here", few.why_left(things), few.more);
            Failure::own(operation, FailureKind::NotAsked, said).gap("", policy_type)
        });
        Self { count: few.left.len() + few.more, gap }
    }
}
