//! The denials of one fingerprint, as they are counted and as an answer has them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::distinct::{self, Distinct};
use super::event::Denied;
use super::record::Record;
use super::tight;
use super::times::{DAY, HOUR, earliest};
use crate::denial::{Fingerprint, told};
use crate::iam::Principal;

/// Records of each fingerprint that are kept as samples.
pub(super) const SAMPLES: usize = 3;

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
    #[cfg_attr(feature = "report", schemars(with = "std::collections::BTreeMap<i64, u64>"))]
    pub days: Counts,
    /// How many each hour, by its number since 1970-01-01T00 (UTC), where all denials lie within three days; otherwise none.
    #[cfg_attr(feature = "report", schemars(with = "std::collections::BTreeMap<i64, u64>"))]
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
    /// Whether the record came more than once, in files that differ: then others of its kind did too, and were counted each time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub twice: bool,
    /// The record itself, where records are kept for a diagnosis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<Record>>,
}

impl Entry {
    pub(super) fn new(cause: Fingerprint) -> Self {
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

    /// Adds those of another part.
    pub(super) fn merge(&mut self, other: Self) {
        let Self { cause: _, count, first, last, days, hours, sessions, source_ips, endpoints, user_agents, samples } =
            other;
        self.count += count;
        self.first = earliest(self.first, first);
        self.last = self.last.max(last);
        self.days.merge(&days);
        self.hours.merge(&hours);
        self.sessions.merge(&sessions);
        self.source_ips.merge(&source_ips);
        self.endpoints.merge(&endpoints);
        self.user_agents.merge(&user_agents);
        for mut sample in samples {
            let record = sample.record.take();
            keep(&mut self.samples, sample, || record);
        }
    }

    /// Counts a denial.
    pub(super) fn add(&mut self, one: &One<'_>, has_hours: bool) {
        self.count += 1;
        if let Some(at) = one.at {
            self.first = earliest(self.first, Some(at));
            self.last = self.last.max(Some(at));
            self.days.add(at.div_euclid(DAY), 1);
            if has_hours {
                self.hours.add(at.div_euclid(HOUR), 1);
            }
        }
        if let Some(session) = one.principal.and_then(Principal::session) {
            self.sessions.add(session);
        }
        let kinds = [&mut self.source_ips, &mut self.endpoints, &mut self.user_agents];
        for (place, of) in kinds.into_iter().enumerate() {
            let told = one.told.iter().filter(|(key, _)| *key == place);
            told.for_each(|(_, value)| of.add(value));
        }
        let order = distinct::hash(one.id);
        if !may_keep(&self.samples, order) {
            return;
        }
        keep(
            &mut self.samples,
            Sample {
                order,
                event_id: one.id.into(),
                at: one.at,
                principal: one.principal.map(|principal| principal.as_str().into()),
                resource: one.resource.map(Into::into),
                twice: false,
                record: None,
            },
            // packing takes longer than counting
            || one.record.map(|record| Box::new(Record::new(record))),
        );
    }
}

/// What is counted of one denial beside its cause.
#[derive(Debug)]
pub(super) struct One<'d> {
    pub(super) id: &'d str,
    pub(super) at: Option<i64>,
    pub(super) principal: Option<&'d Principal>,
    pub(super) resource: Option<&'d str>,
    /// The address, the endpoint and the program, by their places.
    pub(super) told: Vec<(usize, &'d str)>,
    /// The record, where it is to be kept.
    pub(super) record: Option<&'d [u8]>,
}

impl<'d> One<'d> {
    pub(super) fn of(event: &'d Denied) -> Self {
        let Denied { denial, id, at, record } = event;
        Self {
            id,
            at: *at,
            principal: denial.principal.as_ref(),
            resource: denial.resource.as_deref(),
            told: told(denial).collect(),
            record: record.as_deref(),
        }
    }
}

/// Whether a sample may be among those that are kept, by what chooses it.
pub(super) fn may_keep(samples: &[Sample], order: u64) -> bool {
    samples.len() < SAMPLES || samples.last().is_none_or(|last| order <= last.order)
}

/// Keeps a sample, if it is among the first.
pub(super) fn keep(samples: &mut Box<[Sample]>, sample: Sample, record: impl FnOnce() -> Option<Box<Record>>) {
    fn key(sample: &Sample) -> impl Ord {
        let Sample { order, event_id, at, principal, resource, twice: _, record: _ } = sample;
        (order, event_id, at, principal, resource)
    }
    match samples.binary_search_by(|own| key(own).cmp(&key(&sample))) {
        Ok(place) => {
            let Some(own) = samples.get_mut(place) else { return };
            // a record without an id may be another one
            own.twice |= sample.twice || !sample.event_id.is_empty();
            // whoever kept the record of one that both have seen
            if own.record.is_none() {
                own.record = record();
            }
        }
        Err(place) if place < SAMPLES => {
            tight::insert(samples, place, Sample { record: record(), ..sample }, SAMPLES);
        }
        Err(_) => {}
    }
}
