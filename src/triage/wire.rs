//! What was counted, in few bytes, as it goes from machine to machine of a cluster: as it is held, with the texts that it shares.
//!
//! Only the same version of iamdx reads it, and whoever passes it on has to make sure of that; a file for a person is JSON.

use super::bytes::{Bytes, put_length, put_part};
use super::fingerprints::{Counted, Fingerprints};
use super::packed::{Parts, pack};
use super::tally::Tally;
use super::texts::Texts;
use crate::denial::FingerprintId;

/// How it is written; another way has another number.
const FORM: u8 = 1;

/// Bytes that are nothing of what was counted, or only a part of it.
#[derive(Debug, thiserror::Error)]
#[error("it is damaged, or was packed in another way")]
pub struct NotPacked;

impl Tally {
    /// All of it in few bytes.
    ///
    /// # Errors
    /// When what is beside the fingerprints is no JSON.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, serde_json::Error> {
        let fingerprints = std::mem::take(&mut self.fingerprints);
        let mut all = Vec::new();
        put_part(&mut all, &serde_json::to_vec(&self)?);
        fingerprints.put_all(&mut all);
        Ok(framed(&all))
    }

    /// Reads what [`Self::into_bytes`] wrote.
    ///
    /// # Errors
    /// When it is nothing of that.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, NotPacked> {
        let mut bytes = unframed(bytes)?;
        let tally: Self = serde_json::from_slice(bytes.part()).map_err(|_| NotPacked)?;
        Ok(Self { fingerprints: Fingerprints::of_all(&mut bytes)?, ..tally })
    }

    /// Adds denials of a fingerprint, as [`Counted::to_bytes`] wrote them.
    ///
    /// # Errors
    /// When it is nothing of that.
    pub fn add_bytes(&mut self, id: FingerprintId, bytes: &[u8]) -> Result<(), NotPacked> {
        let mut bytes = unframed(bytes)?;
        let texts = texts(&mut bytes)?;
        let packed = bytes.part();
        if packed.is_empty() || !bytes.is_empty() {
            return Err(NotPacked);
        }
        let has_hours = self.has_hours();
        self.fingerprints.add_other(id, packed, &texts, has_hours);
        Ok(())
    }
}

impl Counted<'_> {
    /// All of it in few bytes.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let mut own = Texts::new();
        let packed = pack(&self.entry(), &mut own);
        let mut all = Vec::with_capacity(packed.len() + 256);
        put_texts(&mut all, &own);
        put_part(&mut all, &packed);
        framed(&all)
    }
}

impl Fingerprints {
    fn put_all(&self, out: &mut Vec<u8>) {
        put_texts(out, self.texts());
        put_length(out, self.len());
        let mut packed = Vec::new();
        for (id, counted) in self.iter() {
            put_part(out, id.to_string().as_bytes());
            // without the room behind it
            packed.clear();
            Parts::of(counted.packed()).put(&mut packed);
            put_part(out, &packed);
        }
    }

    fn of_all(bytes: &mut Bytes<'_>) -> Result<Self, NotPacked> {
        let mut all = Self::of_texts(texts(bytes)?);
        for _ in 0..bytes.length() {
            let id = text(bytes)?.parse().map_err(|_| NotPacked)?;
            all.add_own(id, bytes.part());
        }
        if bytes.is_empty() { Ok(all) } else { Err(NotPacked) }
    }
}

/// With what tells that all of it is there.
fn framed(all: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(all.len() + 8);
    out.push(FORM);
    put_part(&mut out, all);
    out
}

fn unframed(bytes: &[u8]) -> Result<Bytes<'_>, NotPacked> {
    let mut bytes = Bytes(bytes);
    let (form, length) = (bytes.byte(), bytes.length());
    if form == FORM && length > 0 && length == bytes.0.len() { Ok(bytes) } else { Err(NotPacked) }
}

fn put_texts(out: &mut Vec<u8>, texts: &Texts) {
    put_length(out, texts.len());
    for number in 0..texts.len() as u64 {
        put_part(out, texts.get(number).map(|text| text.as_bytes()).unwrap_or_default());
    }
}

fn texts(bytes: &mut Bytes<'_>) -> Result<Texts, NotPacked> {
    let mut texts = Texts::new();
    for number in 0..bytes.number() {
        // a text that came before would have its number
        if texts.number(text(bytes)?) != number {
            return Err(NotPacked);
        }
    }
    Ok(texts)
}

fn text<'b>(bytes: &mut Bytes<'b>) -> Result<&'b str, NotPacked> {
    if bytes.is_empty() {
        return Err(NotPacked);
    }
    std::str::from_utf8(bytes.part()).map_err(|_| NotPacked)
}
