//! Secrets in a text of which a stretch is held at a time.

use std::collections::BTreeSet;
use std::ops::Range;

use super::record_names::RecordNames;
use super::{LONGEST, Secret, SecretKind, find, find_within, is_labelled, is_trace};
use crate::text::Stretch;

/// What [`find`] and [`leaks`](super::leaks) find in a text of which a stretch is held at a time.
#[derive(Debug, Default)]
pub struct SecretsInStretches {
    /// Where the last secret ended.
    end: usize,
    names: RecordNames,
    /// The kinds that were met where a record has them, and elsewhere.
    labelled: BTreeSet<SecretKind>,
    others: BTreeSet<SecretKind>,
}

impl SecretsInStretches {
    /// So much around a stretch must be held.
    pub const HELD: usize = LONGEST + 128;

    /// Looks through the next stretch on all cores; `each` gets the secrets that do not show themselves wherever they stand, with the
    /// text that is held.
    pub fn add(&mut self, stretch: &Stretch<'_>, mut each: impl FnMut(&str, &Secret)) {
        let (text, known) = (stretch.text, self.names);
        let looked = stretch.shares(|share: Range<usize>| {
            let mut names = known;
            let far = text.len().min(share.end + RecordNames::LONGEST - 1);
            names.look(text.as_bytes().get(share.start..far).unwrap_or_default());
            (names, find_within(text, share))
        });
        for (names, found) in looked {
            self.names.merge(names);
            for secret in found {
                if stretch.offset + secret.span.start < self.end {
                    continue;
                }
                self.end = stretch.offset + secret.span.end;
                let kinds = if is_labelled(text, &secret) { &mut self.labelled } else { &mut self.others };
                kinds.insert(secret.kind);
                let written = text.get(secret.span.start..secret.span.end).unwrap_or_default();
                if secret.kind != SecretKind::SessionToken || find(written).is_empty() {
                    each(text, &secret);
                }
            }
        }
    }

    /// The kinds whose being there is a leak.
    #[must_use]
    pub fn leaks(&self) -> Vec<SecretKind> {
        let all = || self.labelled.iter().chain(&self.others);
        let record = self.names.are_of_record() && all().all(|kind| is_trace(*kind));
        let kinds: BTreeSet<_> = if record { self.others.iter().collect() } else { all().collect() };
        kinds.into_iter().copied().collect()
    }
}
