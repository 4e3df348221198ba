//! What was counted of one fingerprint, in few bytes: there may be a hundred thousand of them, and each may have two kilobytes.
//!
//! In order: how many, the first and the last; the cause; the days; the hours; the different values of sessions, addresses, endpoints and
//! user agents; the samples. Zeros may follow. It stays in memory, or goes to a machine with the same version of iamdx (`wire`).

use std::sync::Arc;

use super::bytes::{Bytes, put_length, put_number, put_part, put_signed, put_time};
use super::counts::Counts;
use super::distinct::Distinct;
use super::entry::Entry;
use super::samples;
use super::texts::Texts;
use crate::denial::Fingerprint;
use crate::iam::PolicyType;

/// How many kinds of values are counted.
pub(super) const KINDS: usize = 4;

/// Whether the examples of a kind are texts that many fingerprints share: not those of sessions and addresses, but those of endpoints and
/// user agents.
pub(super) const ARE_SHARED: [bool; KINDS] = [false, false, true, true];

/// The parts of what is packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'b> {
    pub(super) head: Head<'b>,
    pub(super) days: &'b [u8],
    pub(super) hours: &'b [u8],
    pub(super) values: [Values<'b>; KINDS],
    pub(super) samples: &'b [u8],
}

/// What stands before all the rest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'b> {
    pub(super) count: u64,
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
    pub(super) cause: &'b [u8],
}

/// Different values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'b> {
    /// Eight bytes each, in order.
    pub(super) hashes: &'b [u8],
    /// Examples one after the other: each its bytes, or the number of a text.
    pub(super) examples: &'b [u8],
}

impl<'b> Parts<'b> {
    pub(super) fn of(packed: &'b [u8]) -> Self {
        let mut bytes = Bytes(packed);
        Self {
            head: Head::read(&mut bytes),
            days: bytes.part(),
            hours: bytes.part(),
            values: [(); KINDS].map(|()| Values { hashes: bytes.part(), examples: bytes.part() }),
            samples: bytes.part(),
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let Self { head: Head { count, first, last, cause }, days, hours, values, samples } = *self;
        put_number(out, count);
        put_time(out, first);
        put_time(out, last);
        put_part(out, cause);
        put_part(out, days);
        put_part(out, hours);
        for Values { hashes, examples } in values {
            put_part(out, hashes);
            put_part(out, examples);
        }
        put_part(out, samples);
    }

    /// The entry.
    pub(super) fn entry(&self, texts: &Texts) -> Entry {
        let Self { head, days, hours, values: _, samples } = *self;
        let Head { count, first, last, cause: _ } = head;
        let mut kinds = [0, 1, 2, 3].map(|kind| self.distinct(kind, texts)).into_iter();
        let mut next = || kinds.next().unwrap_or_default();
        Entry {
            cause: head.cause(texts),
            count,
            first,
            last,
            days: Counts::of_ordered(steps(days)),
            hours: Counts::of_ordered(steps(hours)),
            sessions: next(),
            source_ips: next(),
            endpoints: next(),
            user_agents: next(),
            samples: samples::read(samples),
        }
    }

    /// Different values of a kind.
    pub(super) fn distinct(&self, kind: usize, texts: &Texts) -> Distinct {
        let (Some(values), Some(are_shared)) = (self.values.get(kind), ARE_SHARED.get(kind)) else {
            return Distinct::default();
        };
        let mut bytes = Bytes(values.examples);
        let mut examples = Vec::with_capacity(3);
        while !bytes.is_empty() {
            examples.push(if *are_shared {
                texts.get(bytes.number()).cloned().unwrap_or_default()
            } else {
                Arc::from(String::from_utf8_lossy(bytes.part()))
            });
        }
        Distinct { hashes: hashes(values.hashes).collect(), examples: examples.into_boxed_slice() }
    }
}

impl<'b> Head<'b> {
    pub(super) fn of(packed: &'b [u8]) -> Self {
        Self::read(&mut Bytes(packed))
    }

    fn read(bytes: &mut Bytes<'b>) -> Self {
        Self { count: bytes.number(), first: bytes.time(), last: bytes.time(), cause: bytes.part() }
    }

    /// What the denials have in common.
    pub(super) fn cause(&self, texts: &Texts) -> Fingerprint {
        let mut bytes = Bytes(self.cause);
        let policy_type = usize::from(bytes.byte()).checked_sub(1).and_then(|at| PolicyType::ALL.get(at).copied());
        let found = [(); 9].map(|()| bytes.number().checked_sub(1).and_then(|number| texts.get(number)).cloned());
        Fingerprint::of_texts(found, policy_type)
    }

    /// The texts that the denials have in common, as [`Fingerprint::texts`].
    pub(super) fn all_texts<'t>(&self, texts: &'t Texts) -> [Option<&'t str>; 9] {
        let mut bytes = Bytes(self.cause);
        bytes.byte();
        [(); 9].map(|()| texts.get(bytes.number().checked_sub(1)?).map(|text| &**text))
    }

    /// One of the texts that the denials have in common, by its place among [`Fingerprint::texts`].
    pub(super) fn text<'t>(&self, place: usize, texts: &'t Texts) -> Option<&'t str> {
        let mut bytes = Bytes(self.cause);
        bytes.byte();
        (0..place).for_each(|_| {
            bytes.number();
        });
        texts.get(bytes.number().checked_sub(1)?).map(|text| &**text)
    }
}

/// The hashes of values.
pub(super) fn hashes(packed: &[u8]) -> impl Iterator<Item = u64> + '_ {
    packed.chunks_exact(8).map(|hash| Bytes(hash).hash())
}

/// Days or hours with their numbers.
pub(super) fn steps(packed: &[u8]) -> impl Iterator<Item = (i64, u64)> + '_ {
    let (mut bytes, mut at) = (Bytes(packed), 0_i64);
    std::iter::from_fn(move || {
        (!bytes.is_empty()).then(|| {
            at = at.saturating_add(bytes.signed());
            (at, bytes.number())
        })
    })
}

/// Writes days or hours: each as the steps since the one before.
pub(super) fn put_steps(out: &mut Vec<u8>, all: impl Iterator<Item = (i64, u64)>) {
    let mut before = 0;
    for (at, many) in all {
        put_signed(out, at.saturating_sub(before));
        put_number(out, many);
        before = at;
    }
}

/// Packs an entry.
pub(super) fn pack(entry: &Entry, texts: &mut Texts) -> Vec<u8> {
    let Entry { cause, count, first, last, days, hours, sessions, source_ips, endpoints, user_agents, samples } = entry;
    let mut section = Vec::with_capacity(256);
    let mut out = Vec::with_capacity(512);
    put_number(&mut out, *count);
    put_time(&mut out, *first);
    put_time(&mut out, *last);
    let policy_type = cause.policy_type.and_then(|own| PolicyType::ALL.into_iter().position(|other| own == other));
    section.push(policy_type.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or_default());
    for text in cause.texts() {
        put_number(&mut section, text.as_deref().map_or(0, |text| texts.number(text) + 1));
    }
    let part = |section: &mut Vec<u8>, out: &mut Vec<u8>| {
        put_part(out, section);
        section.clear();
    };
    part(&mut section, &mut out);
    for counts in [days, hours] {
        put_steps(&mut section, counts.iter());
        part(&mut section, &mut out);
    }
    for (distinct, are_shared) in [sessions, source_ips, endpoints, user_agents].into_iter().zip(ARE_SHARED) {
        put_length(&mut out, 8 * distinct.hashes.len());
        distinct.hashes.iter().for_each(|hash| out.extend_from_slice(&hash.to_be_bytes()));
        for example in &distinct.examples {
            if are_shared {
                put_number(&mut section, texts.number(example));
            } else {
                put_part(&mut section, example.as_bytes());
            }
        }
        part(&mut section, &mut out);
    }
    samples::put(&mut section, samples);
    part(&mut section, &mut out);
    out
}
