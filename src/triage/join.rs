//! What two parts of a trail tell of one fingerprint, put together as it is packed.

use super::bytes::{Bytes, put_number, put_part};
use super::distinct::{KEPT, SHOWN};
use super::packed::{ARE_SHARED, Head, KINDS, Parts, Values, hashes, put_steps, steps};
use super::samples;
use super::times::earliest;

/// Puts two together, whose cause is the same. `number` gives the number that a text of the other has here; `dropped` is told how many
/// shared texts are needed less.
pub(super) fn join(
    out: &mut Vec<u8>,
    own: &Parts<'_>,
    other: &Parts<'_>,
    has_hours: bool,
    number: &mut dyn FnMut(u64) -> u64,
    dropped: &mut usize,
) {
    let [mut days, mut hours, mut samples] = [const { Vec::new() }; 3];
    let days = joined_steps(&mut days, own.days, other.days);
    let hours = if has_hours { joined_steps(&mut hours, own.hours, other.hours) } else { &[] };
    let mut lists = [const { (Vec::new(), Vec::new()) }; KINDS];
    let mut values = own.values;
    let pairs = values.iter_mut().zip(&other.values).zip(ARE_SHARED);
    for ((pair, are_shared), (hashes, examples)) in pairs.zip(&mut lists) {
        let (own, other) = pair;
        let reading = Reading { are_shared, number, dropped };
        if reading.joined(own, other, hashes, examples) {
            *own = Values { hashes, examples };
        }
    }
    samples::join(&mut samples, own.samples, other.samples);
    let whole = Parts {
        head: Head {
            count: own.head.count.saturating_add(other.head.count),
            first: earliest(own.head.first, other.head.first),
            last: own.head.last.max(other.head.last),
            ..own.head
        },
        days,
        hours,
        values,
        samples: &samples,
    };
    whole.put(out);
}

/// Numbers of both, by time.
fn joined_steps<'b>(out: &'b mut Vec<u8>, own: &'b [u8], other: &'b [u8]) -> &'b [u8] {
    if own.is_empty() || other.is_empty() {
        return if own.is_empty() { other } else { own };
    }
    let (mut own, mut other) = (steps(own).peekable(), steps(other).peekable());
    let both = std::iter::from_fn(|| match (own.peek().copied(), other.peek().copied()) {
        (Some((at, one)), Some((same, more))) if at == same => {
            own.next();
            other.next();
            Some((at, one.saturating_add(more)))
        }
        (Some((at, _)), Some((later, _))) if at < later => own.next(),
        (_, Some(_)) => other.next(),
        (_, None) => own.next(),
    });
    put_steps(out, both);
    out
}

/// How the examples of a kind of values are written.
struct Reading<'n> {
    are_shared: bool,
    number: &'n mut dyn FnMut(u64) -> u64,
    dropped: &'n mut usize,
}

/// An example.
#[derive(Clone, Copy)]
enum Example<'b> {
    Text(&'b [u8]),
    Number(u64),
}

impl Reading<'_> {
    /// Puts the values of two together; whether the other has any that are kept.
    fn joined(self, own: &Values<'_>, other: &Values<'_>, out: &mut Vec<u8>, examples: &mut Vec<u8>) -> bool {
        let last = own.hashes.rchunks_exact(8).next().map(|last| Bytes(last).hash());
        let is_full = own.hashes.len() >= 8 * KEPT;
        if other.hashes.is_empty() || is_full && last.is_some_and(|last| Bytes(other.hashes).hash() >= last) {
            return false;
        }
        let (mut ones, mut others) = (hashes(own.hashes).enumerate(), hashes(other.hashes).enumerate());
        let (mut one, mut another) = (ones.next(), others.next());
        // of each that is shown: whether it is one of the other, and its place there
        let mut shown = [None; SHOWN];
        let (mut many, mut is_new) = (0, false);
        out.reserve_exact((own.hashes.len() + other.hashes.len()).min(8 * KEPT));
        while many < KEPT {
            let from = match (one, another) {
                (None, None) => break,
                (Some((_, hash)), Some((_, same))) if hash == same => {
                    another = others.next();
                    false
                }
                (Some((_, hash)), Some((_, larger))) => hash > larger,
                (one, _) => one.is_none(),
            };
            let taken = if from {
                std::mem::replace(&mut another, others.next())
            } else {
                std::mem::replace(&mut one, ones.next())
            };
            let Some((place, hash)) = taken else { break };
            is_new |= from;
            shown.get_mut(many).into_iter().for_each(|shown| *shown = Some((from, place)));
            out.extend_from_slice(&hash.to_be_bytes());
            many += 1;
        }
        if is_new {
            self.put_examples(shown, own, other, examples);
        }
        is_new
    }

    fn put_examples(
        self,
        shown: [Option<(bool, usize)>; SHOWN],
        own: &Values<'_>,
        other: &Values<'_>,
        out: &mut Vec<u8>,
    ) {
        let (own, other) = (self.examples(own.examples), self.examples(other.examples));
        let mut held = 0;
        for (is_other, place) in shown.into_iter().flatten() {
            let from = if is_other { &other } else { &own };
            match from.get(place).copied().flatten() {
                Some(Example::Number(text)) => {
                    held += usize::from(!is_other);
                    put_number(out, if is_other { (self.number)(text) } else { text });
                }
                Some(Example::Text(text)) => put_part(out, text),
                // whoever wrote the other left it out
                None if self.are_shared => put_number(out, u64::MAX),
                None => put_part(out, &[]),
            }
        }
        let had = own.iter().flatten().filter(|example| matches!(example, Example::Number(_))).count();
        *self.dropped += had.saturating_sub(held);
    }

    fn examples<'b>(&self, packed: &'b [u8]) -> [Option<Example<'b>>; SHOWN] {
        let mut bytes = Bytes(packed);
        [(); SHOWN].map(|()| {
            (!bytes.is_empty())
                .then(|| if self.are_shared { Example::Number(bytes.number()) } else { Example::Text(bytes.part()) })
        })
    }
}
