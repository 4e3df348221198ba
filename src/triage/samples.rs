//! Samples of records in few bytes: a text is written as what it shares with the one before, and the rest.

use std::sync::Arc;

use super::bytes::{Bytes, put_length, put_number, put_part, put_time};
use super::entry::{SAMPLES, Sample, keep, may_keep};
use super::record::Record;

/// Bytes of an id that is a UUID, as AWS writes it.
const UUID: usize = 36;

/// Where it has hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Packs samples: how many, whether one of them came twice, and whether records are among them; what chooses each; then each.
pub(super) fn put(out: &mut Vec<u8>, samples: &[Sample]) {
    let any = samples.iter().any(|sample| sample.record.is_some());
    let twice = samples.iter().any(|sample| sample.twice);
    put_length(out, 4 * samples.len() + 2 * usize::from(twice) + usize::from(any));
    for sample in samples {
        out.extend_from_slice(&sample.order.to_be_bytes());
    }
    let (mut principal, mut resource) = ("", "");
    for sample in samples {
        put_id(out, &sample.event_id, sample.twice);
        put_time(out, sample.at);
        put_text(out, &mut principal, sample.principal.as_deref());
        put_text(out, &mut resource, sample.resource.as_deref());
        if any {
            put_record(out, sample.record.as_deref());
        }
    }
}

/// Unpacks them.
pub(super) fn read(packed: &[u8]) -> Box<[Sample]> {
    let mut bytes = Bytes(packed);
    let head = bytes.length();
    let (many, any) = (head / 4, head % 2 == 1);
    let mut orders = Bytes(bytes.take(many.saturating_mul(8)));
    let (mut principal, mut resource) = (Vec::new(), Vec::new());
    let mut samples = Vec::new();
    while !orders.is_empty() {
        let order = orders.hash();
        let (event_id, twice) = id(&mut bytes);
        samples.push(Sample {
            order,
            event_id,
            at: bytes.time(),
            principal: text(&mut bytes, &mut principal),
            resource: text(&mut bytes, &mut resource),
            twice,
            record: if any { record(&mut bytes) } else { None },
        });
    }
    samples.into_boxed_slice()
}

/// Whether there are records.
pub(super) fn have_records(packed: &[u8]) -> bool {
    Bytes(packed).number() % 2 == 1
}

/// Whether one of them came more than once.
pub(super) fn came_twice(packed: &[u8]) -> bool {
    Bytes(packed).number() / 2 % 2 == 1
}

/// Puts those of two together.
pub(super) fn join(out: &mut Vec<u8>, own: &[u8], other: &[u8]) {
    if !may_change(own, other) {
        out.extend_from_slice(own);
        return;
    }
    let mut samples = read(own);
    for mut sample in read(other) {
        if may_keep(&samples, sample.order) {
            let record = sample.record.take();
            keep(&mut samples, sample, || record);
        }
    }
    put(out, &samples);
}

/// Whether one of the others may be kept, by what chooses them: most are not.
fn may_change(own: &[u8], other: &[u8]) -> bool {
    let orders = |packed| {
        let mut bytes = Bytes(packed);
        let many = bytes.length() / 4;
        bytes.take(many.saturating_mul(8))
    };
    let (own, other) = (orders(own), orders(other));
    let last = own.len().checked_sub(8).and_then(|at| own.get(at..)).map(|last| Bytes(last).hash());
    own.len() < 8 * SAMPLES || last.is_none_or(|last| !other.is_empty() && Bytes(other).hash() <= last)
}

fn put_id(out: &mut Vec<u8>, id: &str, twice: bool) {
    let twice = 2 * u8::from(twice);
    if let Some(bytes) = halves(id.as_bytes()) {
        out.push(1 | twice);
        out.extend_from_slice(&bytes);
    } else {
        out.push(twice);
        put_part(out, id.as_bytes());
    }
}

/// The bytes of a UUID in small letters.
fn halves(id: &[u8]) -> Option<[u8; 16]> {
    if id.len() != UUID {
        return None;
    }
    let mut bytes = [0; 16];
    let mut places = bytes.iter_mut();
    let mut high = None;
    for (at, letter) in id.iter().enumerate() {
        if HYPHENS.contains(&at) {
            if *letter != b'-' {
                return None;
            }
            continue;
        }
        let digit = match letter {
            b'0'..=b'9' => letter - b'0',
            b'a'..=b'f' => letter - b'a' + 10,
            _ => return None,
        };
        match high.take() {
            None => high = Some(digit),
            Some(high) => *places.next()? = high << 4 | digit,
        }
    }
    Some(bytes)
}

/// An id, and whether its record came more than once.
fn id(bytes: &mut Bytes<'_>) -> (Box<str>, bool) {
    let kind = bytes.byte();
    let twice = kind & 2 != 0;
    if kind & 1 == 0 {
        return (String::from_utf8_lossy(bytes.part()).into(), twice);
    }
    let number = bytes.take(16).first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
    let mut text = format!("{number:032x}");
    for at in HYPHENS {
        text.insert(at, '-');
    }
    (text.into(), twice)
}

fn put_text<'t>(out: &mut Vec<u8>, before: &mut &'t str, text: Option<&'t str>) {
    let Some(text) = text else { return out.push(0) };
    let shared = before.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
    put_length(out, shared + 1);
    put_part(out, text.as_bytes().get(shared..).unwrap_or_default());
    *before = text;
}

fn text(bytes: &mut Bytes<'_>, before: &mut Vec<u8>) -> Option<Arc<str>> {
    let shared = bytes.length().checked_sub(1)?;
    before.truncate(shared);
    before.extend_from_slice(bytes.part());
    Some(String::from_utf8_lossy(before).into())
}

fn put_record(out: &mut Vec<u8>, record: Option<&Record>) {
    match record {
        None => put_number(out, 0),
        Some(Record::TooLong) => put_number(out, 1),
        Some(Record::HoldsSecret) => put_number(out, 2),
        Some(Record::Packed(packed)) => {
            put_number(out, 3);
            put_part(out, packed);
        }
    }
}

fn record(bytes: &mut Bytes<'_>) -> Option<Box<Record>> {
    let record = match bytes.number() {
        1 => Record::TooLong,
        2 => Record::HoldsSecret,
        3 => Record::Packed(bytes.part().into()),
        _ => return None,
    };
    Some(Box::new(record))
}
