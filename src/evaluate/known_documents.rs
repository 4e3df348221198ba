//! Documents that many cases have in common are read once.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

use crate::iam::Document;

/// Documents by their name and text. Kept is only what is met a second time: cases that have nothing in common cost no memory.
#[derive(Debug)]
pub struct KnownDocuments {
    numbers: RandomState,
    /// What was met once, by its number: one place for many numbers, of which the last one counts.
    once: Box<[AtomicU64]>,
    /// By some bits of the number, so that cores seldom wait for each other.
    kept: Box<[Mutex<Kept>]>,
    /// The most bytes in each part.
    most: usize,
}

#[derive(Debug, Default)]
struct Kept {
    documents: HashMap<u64, Arc<Document>>,
    /// What they take, about.
    bytes: usize,
}

/// Numbers that are remembered of what was met once.
const ONCE: usize = 1 << 16;
/// Parts of what is kept.
const PARTS: usize = 16;
/// What a document takes when it is read, for each byte of its text, about.
const FOR_EACH_BYTE: usize = 8;

impl KnownDocuments {
    /// Keeps about this many bytes at most.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            numbers: RandomState::default(),
            once: (0..ONCE).map(|_| AtomicU64::new(0)).collect(),
            kept: (0..PARTS).map(|_| Mutex::default()).collect(),
            most: most / PARTS,
        }
    }

    /// The document of this name and text: the one that is kept, or the one that `read` reads. That is told whether it is kept, so that it has
    /// to be whole.
    pub(super) fn document(
        &self,
        name: &str,
        text: &str,
        read: impl FnOnce(bool) -> Option<Document>,
    ) -> Option<Arc<Document>> {
        let number = self.numbers.hash_one((name, text));
        let place = usize::try_from(number % PARTS as u64).unwrap_or_default();
        let part = self.kept.get(place)?;
        let kept = || part.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |document: &&Arc<Document>| document.source.name() == name && document.source.text() == text;
        let found = kept().documents.get(&number).map(Arc::clone);
        if let Some(document) = found.as_ref().filter(is_it) {
            return Some(Arc::clone(document));
        }
        let place = usize::try_from((number >> 8) % ONCE as u64).unwrap_or_default();
        let again = self.once.get(place).is_some_and(|once| once.swap(number, Ordering::Relaxed) == number);
        let bytes = (text.len() + name.len()).saturating_mul(FOR_EACH_BYTE);
        let keeps = again && bytes <= self.most;
        let document = Arc::new(read(keeps)?);
        if keeps {
            let mut kept = kept();
            if kept.bytes + bytes > self.most {
                // what is still met comes back soon
                *kept = Kept::default();
            }
            kept.bytes += bytes;
            kept.documents.insert(number, Arc::clone(&document));
        }
        Some(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::TestCase;

    fn case(document: &str) -> String {
        let request = r#"{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}"#;
        format!(r#"{{"request": {request}, "policies": {{"identity-based": [{document}]}}}}"#)
    }

    fn kept(known: &KnownDocuments) -> (usize, usize) {
        let parts = known.kept.iter().map(|part| part.lock().unwrap());
        parts.fold((0, 0), |(count, bytes), part| (count + part.documents.len(), bytes + part.bytes))
    }

    #[test]
    fn what_is_met_a_second_time_is_kept_and_the_third_time_it_is_the_same_document() {
        let known = KnownDocuments::new(1 << 20);
        let text = case(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#);
        let read =
            |text: &str| TestCase::parse_with(text, &known).unwrap().policies.identity.policies[0].document.clone();
        let first = read(&text);
        assert_eq!(kept(&known).0, 0);
        let second = read(&text);
        assert_eq!((kept(&known).0, &first, Arc::ptr_eq(&first, &second)), (1, &second, false));
        assert!(Arc::ptr_eq(&second, &read(&text)));
        // another name or another byte is another document
        let named = read(&text.replace("[{", "[{\"name\": \"n\", \"document\": {").replace("}}]", "}}}]"));
        assert_eq!((named.source.name(), kept(&known).0), ("n", 1));
        assert_ne!(read(&text.replace("s3:*", "s3:?")), second);
    }

    #[test]
    fn no_more_is_kept_than_was_said() {
        let known = KnownDocuments::new(200_000);
        for number in 0..1000 {
            let text = case(&format!(
                r#"{{"Statement": {{"Sid": "{number}", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}"#
            ));
            for _ in 0..2 {
                TestCase::parse_with(&text, &known).unwrap();
            }
        }
        let (count, bytes) = kept(&known);
        assert!(count > 50 && bytes <= 200_000, "{count} {bytes}");
    }
}
