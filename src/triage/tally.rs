//! The denials of a trail, counted by fingerprint. Tallies add up, in any order and grouping, to that of the whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::distinct::{self, Distinct};
use super::event::{Change, Denied};
use super::record::Record;
use super::tight::{self, Shared};
use crate::denial::Fingerprint;

/// Changes of policies that are kept: the latest.
const CHANGES: usize = 10_000;

/// Records of each fingerprint that are kept as samples.
const SAMPLES: usize = 3;

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3600;

/// Denials within this time have their hours kept. That is asked of the whole, so that it does not depend on its parts: a part is no longer.
const SHORT: i64 = 3 * DAY;

/// Denials by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Tally {
    /// Records of calls, whether they worked or not.
    pub records: u64,
    /// The earliest denial, in seconds since 1970.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
    /// By fingerprint.
    pub fingerprints: BTreeMap<String, Box<Entry>>,
    /// The latest calls that changed policies, in order.
    pub changes: Vec<Change>,
    /// The texts of all fingerprints.
    #[serde(skip)]
    pub(crate) shared: Shared,
}

/// The denials of one fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Entry {
    /// What they have in common.
    pub cause: Fingerprint,
    /// How many.
    pub count: u64,
    /// The first, in seconds since 1970.
    pub first: Option<i64>,
    /// The last.
    pub last: Option<i64>,
    /// How many each day, by its number since 1970-01-01 (UTC).
    #[cfg_attr(feature = "report", schemars(with = "BTreeMap<i64, u64>"))]
    pub days: Counts,
    /// How many each hour, by its number since 1970-01-01T00 (UTC), where all denials lie within three days; otherwise none.
    #[cfg_attr(feature = "report", schemars(with = "BTreeMap<i64, u64>"))]
    pub hours: Counts,
    /// Session names.
    pub sessions: Distinct,
    /// Source addresses.
    pub source_ips: Distinct,
    /// VPC endpoints.
    pub endpoints: Distinct,
    /// User agents.
    pub user_agents: Distinct,
    /// Some of the records: the same ones, whatever the order.
    pub samples: Box<[Sample]>,
}

/// A record of a denial.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Sample {
    /// What chooses it among the others: the first 64 bits of SHA-256 of its id.
    pub(crate) order: u64,
    /// The id of the record.
    pub event_id: Box<str>,
    /// When, in seconds since 1970.
    pub at: Option<i64>,
    /// The principal as it was, with its session.
    pub principal: Option<Arc<str>>,
    /// The resource as it was.
    pub resource: Option<Arc<str>>,
    /// The record itself, where records are kept for a diagnosis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<Record>>,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            records: 0,
            first: None,
            last: None,
            fingerprints: BTreeMap::new(),
            changes: Vec::new(),
            shared: Shared::new(),
        }
    }

    /// Counts a denial.
    pub fn add(&mut self, event: &Denied) {
        let had_hours = self.has_hours();
        if let Some(at) = event.at {
            self.first = earliest(self.first, Some(at));
            self.last = self.last.max(Some(at));
        }
        let has_hours = self.has_hours();
        if had_hours && !has_hours {
            self.forget_hours();
        }
        let cause = Fingerprint::of(&event.denial);
        let entry = self.fingerprints.entry(cause.id()).or_insert_with(|| Box::new(Entry::new(cause)));
        entry.add(event, has_hours);
    }

    /// Keeps a change of policies.
    pub fn change(&mut self, change: Change) {
        if let Err(place) = self.changes.binary_search(&change) {
            self.changes.insert(place, change);
            self.forget_changes();
        }
    }

    /// Adds what another part of the trail tells.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        let had_hours = self.has_hours();
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        let has_hours = self.has_hours();
        if had_hours && !has_hours {
            self.forget_hours();
        }
        for (id, mut entry) in other.fingerprints {
            if !has_hours {
                entry.hours = Counts::new();
            }
            self.put(id, entry);
        }
        if !other.changes.is_empty() {
            self.changes.extend(other.changes);
            self.changes.sort();
            self.changes.dedup();
            self.forget_changes();
        }
    }

    /// Adds the denials of a fingerprint.
    pub(crate) fn put(&mut self, id: String, mut entry: Box<Entry>) {
        if let Some(own) = self.fingerprints.get_mut(&id) {
            own.merge(*entry, &mut self.shared);
        } else {
            entry.share(&mut self.shared);
            self.fingerprints.insert(id, entry);
        }
    }

    /// Whether all denials lie so close together that their hours are kept.
    #[must_use]
    pub fn has_hours(&self) -> bool {
        self.first.zip(self.last).is_none_or(|(first, last)| last.saturating_sub(first) < SHORT)
    }

    fn forget_hours(&mut self) {
        self.fingerprints.values_mut().for_each(|entry| entry.hours = Counts::new());
    }

    fn forget_changes(&mut self) {
        let many = self.changes.len().saturating_sub(CHANGES);
        self.changes.drain(..many);
    }

    /// Forgets the records that were kept for a diagnosis.
    pub fn forget_records(&mut self) {
        let samples = self.fingerprints.values_mut().flat_map(|entry| entry.samples.iter_mut());
        samples.for_each(|sample| sample.record = None);
    }

    /// How many denials.
    #[must_use]
    pub fn denials(&self) -> u64 {
        self.fingerprints.values().map(|entry| entry.count).sum()
    }
}

impl Entry {
    fn new(cause: Fingerprint) -> Self {
        Self {
            cause,
            count: 0,
            first: None,
            last: None,
            days: Counts::new(),
            hours: Counts::new(),
            sessions: Distinct::default(),
            source_ips: Distinct::default(),
            endpoints: Distinct::default(),
            user_agents: Distinct::default(),
            samples: Box::default(),
        }
    }

    fn add(&mut self, event: &Denied, has_hours: bool) {
        let denial = &event.denial;
        self.count += 1;
        if let Some(at) = event.at {
            self.first = earliest(self.first, Some(at));
            self.last = self.last.max(Some(at));
            self.days.add(at.div_euclid(DAY), 1);
            if has_hours {
                self.hours.add(at.div_euclid(HOUR), 1);
            }
        }
        let session = denial.principal.as_ref().and_then(|principal| principal.session());
        if let Some(session) = session {
            self.sessions.add(session);
        }
        let told = |key: &str, of: &mut Distinct| {
            let facts = denial.context.iter().filter(|fact| fact.key.eq_ignore_ascii_case(key));
            facts.flat_map(|fact| &fact.values).for_each(|value| of.add(value));
        };
        told("aws:SourceIp", &mut self.source_ips);
        told("aws:SourceVpce", &mut self.endpoints);
        told("aws:UserAgent", &mut self.user_agents);
        let order = distinct::hash(&event.id);
        if !self.may_keep(order) {
            return;
        }
        self.sample(
            Sample {
                order,
                event_id: event.id.as_str().into(),
                at: event.at,
                principal: denial.principal.as_ref().map(|principal| principal.as_str().into()),
                resource: denial.resource.as_deref().map(Into::into),
                record: None,
            },
            // packing takes longer than counting
            || event.record.as_deref().map(|record| Box::new(Record::new(record))),
        );
    }

    /// Whether a sample may be among those that are kept, by what chooses it.
    fn may_keep(&self, order: u64) -> bool {
        self.samples.len() < SAMPLES || self.samples.last().is_none_or(|last| order <= last.order)
    }

    fn sample(&mut self, sample: Sample, record: impl FnOnce() -> Option<Box<Record>>) {
        fn key(sample: &Sample) -> impl Ord {
            let Sample { order, event_id, at, principal, resource, record: _ } = sample;
            (order, event_id, at, principal, resource)
        }
        match self.samples.binary_search_by(|own| key(own).cmp(&key(&sample))) {
            // whoever kept the record of one that both have seen
            Ok(place) => {
                if let Some(own) = self.samples.get_mut(place).filter(|own| own.record.is_none()) {
                    own.record = record();
                }
            }
            Err(place) if place < SAMPLES => {
                tight::insert(&mut self.samples, place, Sample { record: record(), ..sample }, SAMPLES);
            }
            Err(_) => {}
        }
    }

    /// Holds its texts once.
    fn share(&mut self, shared: &mut Shared) {
        self.cause.texts().into_iter().for_each(|text| shared.hold(text));
        for distinct in [&mut self.sessions, &mut self.source_ips, &mut self.endpoints, &mut self.user_agents] {
            distinct.share(shared);
        }
        for sample in &mut self.samples {
            shared.hold(&mut sample.principal);
            shared.hold(&mut sample.resource);
        }
    }

    fn merge(&mut self, other: Self, shared: &mut Shared) {
        self.count += other.count;
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        self.days.merge(&other.days);
        self.hours.merge(&other.hours);
        self.sessions.merge_shared(&other.sessions, shared);
        self.source_ips.merge_shared(&other.source_ips, shared);
        self.endpoints.merge_shared(&other.endpoints, shared);
        self.user_agents.merge_shared(&other.user_agents, shared);
        for mut sample in other.samples {
            if !self.may_keep(sample.order) {
                continue;
            }
            shared.hold(&mut sample.principal);
            shared.hold(&mut sample.resource);
            let record = sample.record.take();
            self.sample(sample, || record);
        }
    }
}

/// The earlier of two, one of which may not be known.
fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}
