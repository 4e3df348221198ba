//! Fingerprints with one cause are one finding; and what stands out among all of them.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, btree_map};

use foldhash::fast::RandomState;

use super::about::{About, Names, TRUST};
use super::before::{Before, before};
use super::caution::{Caution, Cautions, Window, many_resources};
use super::counts::Counts;
use super::entry::Sample;
use super::event::Change;
use super::fingerprints::{Counted, Gist};
use super::incident::Secrets;
use super::quarantine::{is_of_quarantine, put_on};
use super::reason::Reason;
use super::tally::Tally;
use crate::denial::FingerprintId;
use crate::iam::{Action, Owner, PolicyType, Principal};
use crate::reference::{Danger, DangerKind, Reference};

/// The services whose calls change what callers may do, whatever they ask for; the policies of VPC endpoints are changed at `ec2`.
const GIVES: &[&str] = &["ec2", "iam", "identitystore", "organizations", "sso"];

/// Records of a finding that are shown.
const SAMPLES: usize = 3;

/// Denials of one cause.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding<'t> {
    /// What they have in common.
    pub reason: Reason,
    /// Their fingerprints, the most frequent first.
    pub fingerprints: Vec<(FingerprintId, Counted<'t>)>,
    /// How many denials.
    pub count: u64,
    /// The first, in seconds since 1970.
    pub first: Option<i64>,
    /// When the first was that is denied by the same, whether a filter leaves it out or not.
    pub began: Option<i64>,
    /// The last.
    pub last: Option<i64>,
    /// How many each day.
    pub days: Counts,
    /// How many each hour, where that is kept.
    pub hours: Counts,
    /// Changes of policies in the hour before denials of one of its fingerprints began, but for those that name another caller, policy or
    /// resource.
    pub changes: Vec<Before<'t>>,
    /// Its callers to look at before anything is granted to them, the gravest first.
    pub cautions: Vec<Caution<'t>>,
}

/// What stands out among all denials.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Standout<'t> {
    /// Secrets stand in records of denials: whoever reads the trail has them.
    Secret(&'t Secrets),
    /// AWS's quarantine of a leaked key denied: the key is to be replaced.
    Quarantine {
        /// Whose key.
        principal: &'t str,
        /// How many denials.
        count: u64,
    },
    /// The policies show AWS's quarantine of a leaked key, which no denial named.
    QuarantineSeen {
        /// Whose key.
        principal: &'t str,
        /// How many denials of its calls these policies were looked at for.
        count: u64,
    },
    /// The trail shows that AWS's quarantine of a leaked key was put on somebody, and not that it was taken off.
    QuarantinePut {
        /// Whose key.
        whose: String,
        /// The call that did it.
        change: &'t Change,
    },
    /// Calls were denied that would end AWS's quarantine of another user.
    QuarantineUndone {
        /// Who called, the most frequent first.
        principals: Vec<&'t str>,
        /// The user in quarantine, where it is told.
        user: Option<&'t str>,
        /// How many denials.
        count: u64,
    },
    /// Denials began within the hour after a change of policies that names who was denied, or by what. That is no proof.
    Changed {
        /// The change, and what began after it.
        before: Before<'t>,
        /// Who was denied, the most frequent first.
        principals: Vec<&'t str>,
    },
    /// One principal was denied one action on many different resources within 24 hours.
    ManyResources {
        /// Who.
        principal: &'t str,
        /// The action on most of them.
        action: String,
        /// How many different resources.
        resources: usize,
        /// When.
        window: Window,
    },
    /// Actions that switch protection off, get more permissions or give data away were tried.
    Dangerous {
        /// In which way.
        kind: DangerKind,
        /// Who tried, the most frequent first.
        principals: Vec<&'t str>,
        /// Which actions, as AWS writes them, the most frequent first.
        actions: Vec<String>,
        /// How many denials.
        count: u64,
    },
    /// AWS's own services were denied, in their own name.
    Services {
        /// Which, the most frequent first.
        principals: Vec<&'t str>,
        /// Which actions, the most frequent first.
        actions: Vec<String>,
        /// How many denials.
        count: u64,
    },
    /// One principal was denied many different actions within 24 hours.
    ManyActions {
        /// Who.
        principal: &'t str,
        /// How many different actions.
        actions: usize,
        /// When.
        window: Window,
    },
}

impl<'t> Finding<'t> {
    /// A finding of these fingerprints.
    #[must_use]
    pub fn new(
        tally: &'t Tally,
        cautions: &Cautions<'t>,
        reason: Reason,
        mut fingerprints: Vec<(FingerprintId, Counted<'t>)>,
    ) -> Self {
        fingerprints.sort_by_cached_key(|(_, entry)| std::cmp::Reverse(entry.count()));
        let entries = || fingerprints.iter().map(|(_, entry)| *entry);
        let reason = reason.on(entries().filter_map(Counted::resource));
        let first = entries().filter_map(Counted::first).min();
        let left_out = entries().filter_map(|entry| tally.left_out.began(entry)).min();
        let began = first.into_iter().chain(left_out).min();
        let (mut days, mut hours) = (Counts::new(), Counts::new());
        for entry in entries() {
            let [of_days, of_hours] = entry.times();
            days.merge(&of_days);
            hours.merge(&of_hours);
        }
        // before most there was no change
        let accounts = LazyCell::new(|| entries().filter_map(Counted::account).collect::<BTreeSet<&str>>());
        // a policy of what was asked for is changed in the account that has it
        let owner = |entry: Counted<'t>| crate::denial::account_in(entry.resource()?);
        let owners = LazyCell::new(|| entries().filter_map(owner).collect::<BTreeSet<&str>>());
        // a policy of the organization is changed in another account
        let anywhere = matches!(
            reason,
            Reason::Policy { policy_type: Some(PolicyType::ServiceControl | PolicyType::ResourceControl), .. }
                | Reason::OfType { policy_type: PolicyType::ServiceControl | PolicyType::ResourceControl, .. }
        );
        let of_action = |entry: Counted<'t>| Some(entry.action()?.split_once(':')?.0);
        let services = LazyCell::new(|| entries().filter_map(of_action).collect::<BTreeSet<&str>>());
        let near = |change: &Change| {
            let here = accounts.contains(change.account.as_str());
            let service = change.operation.split(':').next().unwrap_or_default();
            // what changes the policies of callers, or those of what was asked for
            let of_resource = services.contains(service) || (change.operation == TRUST && services.contains("sts"));
            let there = of_resource && owners.contains(change.account.as_str());
            let about = GIVES.contains(&service) || of_resource;
            about && (here || there || (anywhere && service == "organizations"))
        };
        let changes = before(tally, entries(), near);
        // of most trails none
        let asked = (!cautions.is_empty()).then(entries);
        let callers: BTreeSet<&str> = asked.into_iter().flatten().filter_map(Counted::principal).collect();
        let about = |caller| cautions.about(caller).filter(|_| !matches!(reason, Reason::Failure { .. }));
        let mut cautions: Vec<Caution<'_>> = callers.into_iter().filter_map(about).collect();
        cautions.sort();
        let mut finding = Self {
            cautions,
            began,
            count: entries().map(Counted::count).sum(),
            first,
            last: entries().filter_map(Counted::last).max(),
            changes,
            days,
            hours,
            reason,
            fingerprints,
        };
        // most have none
        if !finding.changes.is_empty() {
            let names = Names::of(&finding.causes());
            finding.changes.retain(|before| names.about(before.change) != About::Another);
        }
        finding
    }

    /// The causes of its fingerprints.
    fn causes(&self) -> Vec<Counted<'t>> {
        self.fingerprints.iter().map(|(_, entry)| *entry).collect()
    }

    /// Whether IAM denied.
    #[must_use]
    pub const fn is_denial(&self) -> bool {
        !matches!(self.reason, Reason::Failure { .. })
    }

    /// Whether its only caller is in AWS's quarantine: then there is nobody to ask for a grant.
    #[must_use]
    pub fn is_of_quarantined(&self) -> bool {
        self.principals().len() == 1 && matches!(self.cautions.first(), Some(Caution::Quarantined { .. }))
    }

    /// Whether a session policy lacks an allow that Cognito passes for guests, by the sessions of the records that are kept: then nobody can have
    /// it changed, and the caller may be anybody.
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html>
    #[must_use]
    pub fn is_of_guests(&self) -> bool {
        let Reason::OfType { policy_type: PolicyType::Session, denies: Some(false), .. } = &self.reason else {
            return false;
        };
        let mut samples = self.fingerprints.iter().flat_map(|(_, entry)| entry.samples()).peekable();
        let is_guest =
            |sample: Sample| sample.principal.is_some_and(|principal| Principal::new(&principal).is_of_identity_pool());
        samples.peek().is_some() && samples.all(is_guest)
    }

    /// Who can change it; `None` where the type of the policy is not told. What Cognito passes for guests nobody changes, and the account
    /// decides who is one.
    #[must_use]
    pub fn owner(&self) -> Option<Owner> {
        if self.is_of_guests() { Some(Owner::AccountAdmin) } else { self.reason.owner() }
    }

    /// The change that is worth the first look: one that names a caller, the policy or the resource, else one that names nothing that tells;
    /// of these the one after which most denials began, then the last.
    #[must_use]
    pub fn nearest_change(&self) -> Option<Before<'t>> {
        self.changes.first()?;
        let names = Names::of(&self.causes());
        let rank = |before: &&Before<'_>| (names.about(before.change) == About::Same, before.count, before.change.at);
        self.changes.iter().max_by_key(rank).copied()
    }

    /// The change that may have taken something away, after which most denials began: one that names a caller, the policy or the resource, else
    /// one that names nothing that tells, where several kinds of denials began together after it.
    #[must_use]
    pub fn telling_change(&self) -> Option<Before<'t>> {
        self.changes.first()?;
        let (names, denies) = (Names::of(&self.causes()), self.reason.denies());
        let is_named = |before: &Before<'_>| names.about(before.change) == About::Same;
        let tells = |before: &&Before<'_>| {
            (denies || !only_gives(&before.change.operation))
                && !is_of_quarantine(before.change)
                && (is_named(before) || (before.kinds > 1 && before.is_late))
        };
        let rank = |before: &&Before<'_>| (is_named(before), before.count, before.change.at);
        self.changes.iter().filter(tells).max_by_key(rank).copied()
    }

    /// Some of the records, of the most frequent fingerprints first.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        self.fingerprints.iter().flat_map(|(_, entry)| entry.samples()).take(SAMPLES).collect()
    }

    /// The principals, each once.
    #[must_use]
    pub fn principals(&self) -> BTreeSet<&'t str> {
        self.fingerprints.iter().filter_map(|(_, entry)| entry.principal()).collect()
    }

    /// The principals, the most frequent first.
    #[must_use]
    pub fn callers(&self) -> Vec<(&'t str, u64)> {
        most(self.fingerprints.iter().filter_map(|(_, entry)| Some((entry.principal()?, entry.count()))))
    }

    /// The actions, the most frequent first.
    #[must_use]
    pub fn actions(&self) -> Vec<(&'t str, u64)> {
        most(self.fingerprints.iter().filter_map(|(_, entry)| Some((entry.action()?, entry.count()))))
    }

    /// The resources, the most frequent first.
    #[must_use]
    pub fn resources(&self) -> Vec<(&'t str, u64)> {
        most(self.fingerprints.iter().filter_map(|(_, entry)| Some((entry.resource()?, entry.count()))))
    }
}

pub(crate) fn most<'t>(counted: impl Iterator<Item = (&'t str, u64)>) -> Vec<(&'t str, u64)> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    counted.for_each(|(name, count)| *sums.entry(name).or_default() += count);
    let mut all: Vec<_> = sums.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

/// Calls that give and take nothing away: what was denied after one lacked something before, unless a Deny came with it.
fn only_gives(operation: &str) -> bool {
    const GIVING: [&str; 5] =
        ["iam:Attach", "iam:AddUserToGroup", "sso:Create", "identitystore:Create", "kms:CreateGrant"];
    GIVING.iter().any(|begin| operation.starts_with(begin))
}

/// Changes that stand out.
const CHANGES: usize = 3;

/// The changes of policies after which most denials began, each with who was denied.
#[must_use]
pub fn changed<'t>(findings: impl Iterator<Item = &'t Finding<'t>>) -> Vec<Standout<'t>> {
    type Seen<'t> = (Before<'t>, Vec<(&'t str, u64)>);
    let mut all: BTreeMap<&Change, Seen<'t>> = BTreeMap::new();
    for finding in findings.filter(|finding| finding.is_denial()) {
        let Some(before) = finding.telling_change() else { continue };
        match all.entry(before.change) {
            btree_map::Entry::Vacant(place) => {
                place.insert((before, finding.callers()));
            }
            btree_map::Entry::Occupied(mut place) => {
                let (own, callers) = place.get_mut();
                let (first, is_left_out) = (before.began, before.is_left_out).min((own.began, own.is_left_out));
                *own = Before { began: first, is_left_out, count: own.count + before.count, ..*own };
                callers.extend(finding.callers());
            }
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|(before, _)| (std::cmp::Reverse(before.count), before.change));
    all.truncate(CHANGES);
    let standout = |(before, callers): (Before<'t>, Vec<(&'t str, u64)>)| Standout::Changed {
        before,
        principals: most(callers.into_iter()).into_iter().map(|(name, _)| name).collect(),
    };
    all.into_iter().map(standout).collect()
}

/// The findings of a trail: denials of IAM before other failures, the most frequent first.
#[must_use]
pub fn findings(tally: &Tally) -> Vec<Finding<'_>> {
    let mut groups: BTreeMap<Reason, Vec<(FingerprintId, Counted<'_>)>> = BTreeMap::new();
    for (id, entry) in tally.fingerprints.iter() {
        groups.entry(Reason::of(&entry.cause())).or_default().push((id, entry));
    }
    let cautions = Cautions::of(tally);
    let mut all: Vec<Finding<'_>> =
        groups.into_iter().map(|(reason, entries)| Finding::new(tally, &cautions, reason, entries)).collect();
    all.sort_by_key(|finding| (!finding.is_denial(), std::cmp::Reverse(finding.count)));
    all
}

/// Whether AWS's quarantine of a leaked key denied somebody, was put on somebody, or would have been ended by a call that was denied.
#[must_use]
pub fn has_quarantine(tally: &Tally) -> bool {
    if !tally.undone.is_empty() || !put_on(&tally.quarantines).is_empty() {
        return true;
    }
    let is_quarantined = |gist: Gist<'_>| gist.principal.is_some() && !gist.is_failure && gist.is_of_quarantine();
    // most trails do not even name one
    tally.fingerprints.name_any(crate::denial::is_quarantine_policy)
        && tally.fingerprints.iter().any(|(_, entry)| is_quarantined(entry.gist()))
}

/// An action that reaches beyond itself, the other one that this takes, and its name.
type Known = (Danger, Option<Action>, String);

/// What stands out, the gravest first.
#[must_use]
pub fn standouts<'t>(tally: &'t Tally, reference: &Reference) -> Vec<Standout<'t>> {
    let mut quarantined: BTreeMap<&str, u64> = BTreeMap::new();
    let mut dangerous: BTreeMap<DangerKind, Vec<(&str, String, u64)>> = BTreeMap::new();
    let mut services: Vec<(&str, &str, u64)> = Vec::new();
    let mut known: HashMap<&str, Option<Known>, RandomState> = HashMap::default();
    let look = |action: &str| {
        let action: Action = action.parse().ok()?;
        let danger = reference.danger(&action)?;
        let name = reference.action(&action).map_or_else(|| danger.action.clone(), |facts| facts.full_name());
        let needs = danger.needs();
        Some((danger, needs, name))
    };
    // few actions take another one
    let denied = LazyCell::new(|| {
        let gists = tally.fingerprints.iter().map(|(_, entry)| entry.gist()).filter(|gist| !gist.is_failure);
        gists.filter_map(|gist| Some((gist.principal?, gist.action?))).collect::<HashSet<_, RandomState>>()
    });
    for (_, entry) in tally.fingerprints.iter() {
        let gist = entry.gist();
        let (Some(principal), false) = (gist.principal, gist.is_failure) else { continue };
        if gist.is_of_quarantine() {
            *quarantined.entry(principal).or_default() += gist.count;
        }
        if principal.starts_with("service ") {
            services.push((principal, gist.action.unwrap_or_default(), gist.count));
        }
        let Some(action) = gist.action else { continue };
        let Some((danger, needs, name)) = known.entry(action).or_insert_with(|| look(action)) else { continue };
        // what takes another action to reach beyond itself is tried where that one was tried too
        if needs.as_ref().is_none_or(|needed| denied.contains(&(principal, needed.folded()))) {
            dangerous.entry(danger.kind).or_default().push((principal, name.clone(), gist.count));
        }
    }
    let spelled = |action: &str| {
        // an operation, where an action has its name
        let name = action.strip_suffix("()").unwrap_or(action);
        let parsed: Option<Action> = name.parse().ok();
        let facts = parsed.as_ref().and_then(|action| reference.action(action));
        let rest = action.get(name.len()..).unwrap_or_default();
        facts.map_or_else(|| action.to_owned(), |facts| facts.full_name() + rest)
    };
    let cautions = Cautions::of(tally);
    let mut resources = many_resources(tally);
    resources.sort_by_key(|(_, _, resources, _)| std::cmp::Reverse(*resources));
    let resources = resources.into_iter().map(|(principal, action, resources, window)| Standout::ManyResources {
        principal,
        action: spelled(action),
        resources,
        window,
    });
    let mut many: Vec<_> = cautions.many().collect();
    many.sort_by_key(|(_, actions, _)| std::cmp::Reverse(*actions));
    let quarantined = quarantined.into_iter().map(|(principal, count)| Standout::Quarantine { principal, count });
    let many =
        many.into_iter().map(|(principal, actions, window)| Standout::ManyActions { principal, actions, window });
    let dangerous = dangerous.into_iter().map(|(kind, tried)| Standout::Dangerous {
        kind,
        principals: most(tried.iter().map(|(principal, _, count)| (*principal, *count)))
            .into_iter()
            .map(|it| it.0)
            .collect(),
        actions: most(tried.iter().map(|(_, action, count)| (action.as_str(), *count)))
            .into_iter()
            .map(|(action, _)| action.to_owned())
            .collect(),
        count: tried.iter().map(|(_, _, count)| count).sum(),
    });
    let of_services = (!services.is_empty()).then(|| Standout::Services {
        principals: most(services.iter().map(|(principal, _, count)| (*principal, *count)))
            .into_iter()
            .filter_map(|it| it.0.strip_prefix("service "))
            .collect(),
        actions: most(services.iter().map(|(_, action, count)| (*action, *count)))
            .into_iter()
            .map(|(action, _)| spelled(action))
            .collect(),
        count: services.iter().map(|(_, _, count)| count).sum(),
    });
    let put = put_on(&tally.quarantines).into_iter().map(|(whose, change)| Standout::QuarantinePut { whose, change });
    let undone = tally.undone.iter().map(|(caller, undone)| Standout::QuarantineUndone {
        principals: vec![caller],
        user: undone.whose.first().map(String::as_str),
        count: undone.count,
    });
    let secrets = (!tally.secrets.is_empty()).then_some(Standout::Secret(&tally.secrets));
    secrets
        .into_iter()
        .chain(quarantined)
        .chain(put)
        .chain(undone)
        .chain(many)
        .chain(resources)
        .chain(dangerous)
        .chain(of_services)
        .collect()
}
