//! What was counted of each fingerprint of a trail: packed, as most of it is only put together, and unpacked where it is shown.

use std::collections::{BTreeMap, btree_map};
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::counts::Counts;
use super::distinct::Distinct;
use super::entry::{Entry, Sample};
use super::join::join;
use super::packed::{Head, Parts, pack, steps};
use super::samples;
use super::store::{Place, Store};
use super::texts::Texts;
use crate::denial::{Fingerprint, FingerprintId};

/// Fewer texts than these are not looked through for those that nobody needs any more.
const FEW: usize = 16_384;

/// The denials of each fingerprint, in the order of their ids.
#[derive(Debug, Clone, Default)]
pub struct Fingerprints {
    by_id: BTreeMap<FingerprintId, Place>,
    packed: Store,
    texts: Texts,
    /// How many texts there were when they were looked through.
    needed: usize,
    /// How often one was needed less since then.
    dropped: usize,
}

/// The denials of one fingerprint, as they are held.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'t> {
    packed: &'t [u8],
    texts: &'t Texts,
}

/// What is asked of every fingerprint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gist<'t> {
    /// Whether they are no denials of IAM.
    pub(super) is_failure: bool,
    pub(super) principal: Option<&'t str>,
    pub(super) action: Option<&'t str>,
    pub(super) policy_arn: Option<&'t str>,
    /// How many.
    pub(super) count: u64,
}

impl Gist<'_> {
    /// Whether AWS's quarantine of a leaked key denied.
    pub(super) fn is_of_quarantine(&self) -> bool {
        self.policy_arn.is_some_and(crate::denial::is_quarantine_policy)
    }
}

impl Fingerprints {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { by_id: BTreeMap::new(), packed: Store::new(), texts: Texts::new(), needed: 0, dropped: 0 }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// That of an id.
    #[must_use]
    pub fn get(&self, id: &FingerprintId) -> Option<Counted<'_>> {
        self.by_id.get(id).map(|place| self.counted(*place))
    }

    fn counted(&self, place: Place) -> Counted<'_> {
        Counted { packed: self.packed.get(place), texts: &self.texts }
    }

    /// Each, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FingerprintId, Counted<'_>)> {
        self.by_id.iter().map(|(id, place)| (*id, self.counted(*place)))
    }

    /// Each as it is shown, one after the other.
    #[cfg(feature = "report")]
    pub(crate) fn into_entries(self) -> impl Iterator<Item = (FingerprintId, Entry)> {
        let Self { by_id, packed, texts, .. } = self;
        by_id.into_iter().map(move |(id, place)| (id, Parts::of(packed.get(place)).entry(&texts)))
    }

    /// Adds denials of a fingerprint.
    pub(super) fn put(&mut self, id: FingerprintId, entry: &Entry, has_hours: bool) {
        let other = pack(entry, &mut self.texts);
        match self.by_id.entry(id) {
            // it is packed as it is kept
            btree_map::Entry::Vacant(place) if has_hours || entry.hours.is_empty() => {
                place.insert(self.packed.put(&other));
            }
            _ => self.add(id, &other, None, has_hours),
        }
        self.tidy();
    }

    /// None yet; what is packed with these texts is added to it as it is.
    pub(super) fn of_texts(texts: Texts) -> Self {
        Self { texts, ..Self::new() }
    }

    /// Whether one of the texts that they share is such a one, or was before what was counted was put together.
    pub(super) fn name_any(&self, is_such: impl Fn(&str) -> bool) -> bool {
        self.texts.all().any(is_such)
    }

    /// The texts that they share.
    pub(super) const fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Adds what is packed with the texts of these.
    pub(super) fn add_own(&mut self, id: FingerprintId, packed: &[u8]) {
        self.add(id, packed, None, true);
    }

    /// Adds what is packed with other texts.
    pub(super) fn add_other(&mut self, id: FingerprintId, packed: &[u8], texts: &Texts, has_hours: bool) {
        if self.by_id.contains_key(&id) {
            self.add(id, packed, Some(texts), has_hours);
            self.tidy();
        } else {
            self.put(id, &Parts::of(packed).entry(texts), has_hours);
        }
    }

    /// Adds those of another part.
    pub(super) fn merge(&mut self, other: Self, has_hours: bool) {
        if self.is_empty() {
            *self = other;
            if !has_hours {
                self.forget_hours();
            }
            return;
        }
        for (id, place) in other.by_id {
            self.add_other(id, other.packed.get(place), &other.texts, has_hours);
        }
    }

    /// Adds what is packed, with these texts or with its own.
    fn add(&mut self, id: FingerprintId, other: &[u8], others: Option<&Texts>, has_hours: bool) {
        let Self { by_id, packed, texts, dropped, .. } = self;
        let other = Parts::of(other);
        match by_id.entry(id) {
            btree_map::Entry::Vacant(place) => {
                let mut out = Vec::new();
                Parts { hours: if has_hours { other.hours } else { &[] }, ..other }.put(&mut out);
                place.insert(packed.put(&out));
            }
            btree_map::Entry::Occupied(mut place) => {
                let own = packed.get(*place.get());
                let mut out = Vec::with_capacity(own.len() + 256);
                let number = &mut |number| match others {
                    Some(others) => texts.number(others.get(number).map_or("", |text| text)),
                    None => number,
                };
                join(&mut out, &Parts::of(own), &other, has_hours, number, dropped);
                packed.replace(place.get_mut(), &out);
            }
        }
    }

    /// Writes each again.
    fn rewrite(&mut self, mut rewritten: impl FnMut(&Parts<'_>) -> Option<Vec<u8>>) {
        let Self { by_id, packed, .. } = self;
        for place in by_id.values_mut() {
            if let Some(out) = rewritten(&Parts::of(packed.get(*place))) {
                packed.replace(place, &out);
            }
        }
        while packed.tidy(by_id.values_mut()) {}
    }

    /// Forgets the hours of all.
    pub(super) fn forget_hours(&mut self) {
        self.rewrite(|parts| {
            (!parts.hours.is_empty()).then(|| {
                let mut out = Vec::new();
                Parts { hours: &[], ..*parts }.put(&mut out);
                out
            })
        });
    }

    /// Forgets the records that were kept for a diagnosis.
    pub(super) fn forget_records(&mut self) {
        self.rewrite(|parts| {
            if !samples::have_records(parts.samples) {
                return None;
            }
            let mut kept = samples::read(parts.samples);
            kept.iter_mut().for_each(|sample| sample.record = None);
            let (mut samples, mut out) = (Vec::new(), Vec::new());
            samples::put(&mut samples, &kept);
            Parts { samples: &samples, ..*parts }.put(&mut out);
            Some(out)
        });
    }

    /// Lets go of what nobody needs any more, where there may be much of it.
    fn tidy(&mut self) {
        while self.packed.tidy(self.by_id.values_mut()) {}
        if self.texts.len() < FEW.max(2 * self.needed) || self.dropped < self.texts.len() / 2 {
            return;
        }
        let old = std::mem::take(&mut self.texts);
        let mut texts = Texts::new();
        self.rewrite(|parts| Some(pack(&parts.entry(&old), &mut texts)));
        self.needed = texts.len();
        self.dropped = 0;
        self.texts = texts;
    }
}

impl<'t> Counted<'t> {
    fn head(self) -> Head<'t> {
        Head::of(self.packed)
    }

    fn parts(self) -> Parts<'t> {
        Parts::of(self.packed)
    }

    /// The bytes, with the room behind them.
    pub(super) const fn packed(self) -> &'t [u8] {
        self.packed
    }

    fn text(self, place: usize) -> Option<&'t str> {
        self.head().text(place, self.texts)
    }

    /// All of it, as it is shown.
    #[must_use]
    pub fn entry(self) -> Entry {
        self.parts().entry(self.texts)
    }

    /// What they have in common.
    #[must_use]
    pub fn cause(self) -> Fingerprint {
        self.head().cause(self.texts)
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u64 {
        self.head().count
    }

    /// The first, in seconds since 1970.
    #[must_use]
    pub fn first(self) -> Option<i64> {
        self.head().first
    }

    /// The last.
    #[must_use]
    pub fn last(self) -> Option<i64> {
        self.head().last
    }

    /// How many each day.
    #[must_use]
    pub fn days(self) -> Counts {
        Counts::of_ordered(steps(self.parts().days))
    }

    /// How many each day, and how many each hour, read at once.
    pub(super) fn times(self) -> [Counts; 2] {
        let parts = self.parts();
        [parts.days, parts.hours].map(|packed| Counts::of_ordered(steps(packed)))
    }

    /// How many each hour, where that is kept.
    #[must_use]
    pub fn hours(self) -> Counts {
        Counts::of_ordered(steps(self.parts().hours))
    }

    /// Different values of a kind.
    #[must_use]
    pub fn distinct(self, kind: Kind) -> Distinct {
        self.parts().distinct(kind as usize, self.texts)
    }

    /// Some of the records.
    #[must_use]
    pub fn samples(self) -> Box<[Sample]> {
        samples::read(self.parts().samples)
    }

    /// Whether one of the records came more than once, in files that differ.
    #[must_use]
    pub fn came_twice(self) -> bool {
        samples::came_twice(self.parts().samples)
    }

    /// What is asked of every fingerprint, read at once.
    pub(super) fn gist(self) -> Gist<'t> {
        let head = self.head();
        let [failure, principal, action, _, _, _, policy_arn, _, _] = head.all_texts(self.texts);
        Gist { is_failure: failure.is_some(), principal, action, policy_arn, count: head.count }
    }

    /// Whether they are no denials of IAM.
    #[must_use]
    pub fn is_failure(self) -> bool {
        self.text(0).is_some()
    }

    /// Who, of what they have in common.
    #[must_use]
    pub fn principal(self) -> Option<&'t str> {
        self.text(1)
    }

    /// The action, or the operation.
    #[must_use]
    pub fn action(self) -> Option<&'t str> {
        self.text(2)
    }

    /// The resource without what changes from call to call.
    #[must_use]
    pub fn resource(self) -> Option<&'t str> {
        self.text(3)
    }

    /// The error code.
    #[must_use]
    pub fn error_code(self) -> Option<&'t str> {
        self.text(4)
    }

    /// The policy that AWS named.
    #[must_use]
    pub fn policy_arn(self) -> Option<&'t str> {
        self.text(6)
    }

    /// The account.
    #[must_use]
    pub fn account(self) -> Option<&'t str> {
        self.text(7)
    }
}

/// Of what different values are counted, in the order in which they are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Session names.
    Sessions,
    /// Source addresses.
    SourceIps,
    /// VPC endpoints.
    Endpoints,
    /// User agents.
    UserAgents,
}

impl PartialEq for Fingerprints {
    fn eq(&self, other: &Self) -> bool {
        let entries = |of: &Self| of.iter().map(|(id, counted)| (id, counted.entry())).collect::<Vec<_>>();
        self.len() == other.len() && entries(self) == entries(other)
    }
}

impl Eq for Fingerprints {}

impl Serialize for Fingerprints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(id, counted)| (id, counted.entry())))
    }
}

impl<'de> Deserialize<'de> for Fingerprints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Fingerprints;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of fingerprints")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fingerprints, A::Error> {
                let mut all = Fingerprints::new();
                while let Some((id, entry)) = map.next_entry::<FingerprintId, Entry>()? {
                    all.put(id, &entry, true);
                }
                Ok(all)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Entry, FingerprintId, Fingerprints, Parts, pack};
    use crate::denial::Fingerprint;
    use crate::iam::PolicyType;
    use crate::triage::distinct::hash;
    use crate::triage::entry::{Sample, keep};
    use crate::triage::texts::Texts;
    use crate::triage::{Record, Tally};

    fn cause(number: u8) -> Fingerprint {
        let text = |name: &str| (!number.is_multiple_of(3)).then(|| format!("{name} {}", number % 2).into());
        let texts = ["", "principal", "action", "resource", "code", "effect", "arn", "account", "region"].map(text);
        Fingerprint::of_texts(texts, PolicyType::ALL.get(usize::from(number)).copied())
    }

    /// What one denial tells.
    fn entry(number: u8, told: (u16, i64, u8)) -> Entry {
        let (name, at, kind) = told;
        let mut entry = Entry::new(cause(number));
        entry.count = 1;
        let at = (!kind.is_multiple_of(5)).then_some(at);
        (entry.first, entry.last) = (at, at);
        if let Some(at) = at {
            entry.days.add(at.div_euclid(86_400), 1);
            entry.hours.add(at.div_euclid(3600), 1);
        }
        entry.sessions.add(&format!("größe-{name}"));
        entry.source_ips.add(&format!("203.0.113.{}", name % 100));
        if kind.is_multiple_of(3) {
            entry.endpoints.add(&format!("vpce-{}", name % 7));
        }
        entry.user_agents.add(&format!("agent {}", name % 200));
        let id = match kind % 3 {
            0 => format!("{:08x}-0000-4000-8000-{name:012x}", at.unwrap_or_default()),
            1 => format!("{:08X}-0000-4000-8000-{name:012X}", at.unwrap_or_default()),
            _ => format!("{name}"),
        };
        let record = match kind % 7 {
            0 => Some(Record::TooLong),
            1 => Some(Record::HoldsSecret),
            2 => Some(Record::Packed(Box::from([kind; 5]))),
            _ => None,
        };
        let sample = Sample {
            order: hash(&id),
            event_id: id.into(),
            at,
            principal: (!kind.is_multiple_of(4))
                .then(|| format!("arn:aws:sts::111122223333:assumed-role/r/größe-{name}").into()),
            resource: (!kind.is_multiple_of(2)).then(|| format!("arn:aws:s3:::bucket/{name}").into()),
            twice: kind == 5,
            record: None,
        };
        keep(&mut entry.samples, sample, || record.map(Box::new));
        entry
    }

    fn all() -> impl Strategy<Value = Vec<(u8, (u16, i64, u8))>> {
        vec((0..6_u8, (any::<u16>(), -4_000_000_000..4_000_000_000_i64, any::<u8>())), 0..200)
    }

    fn put(told: &[(u8, (u16, i64, u8))]) -> Fingerprints {
        let mut found = Fingerprints::new();
        for (number, told) in told {
            let entry = entry(*number, *told);
            found.put(entry.cause.id(), &entry, true);
        }
        found
    }

    proptest! {
        #[test]
        fn what_is_packed_adds_up_as_what_is_shown(told in all(), at in 0..200_usize) {
            let mut expected: std::collections::BTreeMap<FingerprintId, Entry> = <_>::default();
            for (number, told) in &told {
                let entry = entry(*number, *told);
                let mut texts = Texts::new();
                prop_assert_eq!(&Parts::of(&pack(&entry, &mut texts)).entry(&texts), &entry);
                let id = entry.cause.id();
                let sum = match expected.remove(&id) {
                    Some(mut own) => {
                        own.merge(entry);
                        own
                    }
                    None => entry,
                };
                expected.insert(id, sum);
            }
            let (one, other) = told.split_at(at.min(told.len()));
            let (mut first, mut second) = (put(one), put(other));
            first.merge(put(other), true);
            second.merge(put(one), true);
            prop_assert_eq!(&first, &second);
            let shown: Vec<_> = first.iter().map(|(id, counted)| (id, counted.entry())).collect();
            prop_assert_eq!(shown, expected.into_iter().collect::<Vec<_>>());
            let written = serde_json::to_string(&first).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Fingerprints>(&written).unwrap(), &first);
            // as it goes from machine to machine: whole, and each by itself
            let mut whole = Tally { records: 7, fingerprints: first, ..Tally::new() };
            let bytes = whole.clone().into_bytes().unwrap();
            prop_assert_eq!(&Tally::of_bytes(&bytes).unwrap(), &whole);
            let mut each = Tally { records: 7, ..Tally::new() };
            for (id, counted) in second.iter() {
                each.add_bytes(id, &counted.to_bytes()).unwrap();
            }
            prop_assert_eq!(&each, &whole);
            for (id, counted) in second.iter() {
                each.add_bytes(id, &counted.to_bytes()).unwrap();
            }
            whole.fingerprints.merge(second, true);
            prop_assert_eq!(&each, &whole);
            for end in [0, 1, bytes.len() / 2, bytes.len() - 1] {
                prop_assert!(Tally::of_bytes(&bytes[..end]).is_err());
                prop_assert!(each.add_bytes(cause(0).id(), &bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn texts_that_nobody_needs_are_let_go() {
        let mut found = Fingerprints::new();
        for number in 0..60_000_u32 {
            let mut entry = Entry::new(cause(1));
            entry.user_agents.add(&format!("agent {number}"));
            found.put(entry.cause.id(), &entry, true);
            // as if each had been one of the first
            found.dropped += 1;
        }
        assert!(found.texts.len() < 20_000, "{}", found.texts.len());
        let expected = (0..60_000_u32).fold(Entry::new(cause(1)), |mut entry, number| {
            entry.user_agents.add(&format!("agent {number}"));
            entry
        });
        assert_eq!(found.iter().map(|(_, counted)| counted.entry()).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn a_hundred_denials_that_all_differ_take_two_kilobytes() {
        let mut found = Fingerprints::new();
        for number in 0..100_u16 {
            let entry = entry(1, (number * 37, 1_762_000_000 + i64::from(number) * 25_000, 4));
            found.put(entry.cause.id(), &entry, false);
        }
        let bytes: usize = found.iter().map(|(_, counted)| counted.packed.len()).sum();
        // three times 64 hashes are 1,536 of them
        assert!((1_536..2_200).contains(&bytes), "{bytes}");
    }
}
