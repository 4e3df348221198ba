//! The secrets of one text, and another text without them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::iam::secret::{self, Secret, SecretKind};

/// Secrets by their texts.
#[derive(Debug, Default)]
pub(crate) struct Known {
    texts: BTreeMap<String, SecretKind>,
    search: Option<AhoCorasick>,
}

/// A shorter part of a secret is no secret, and may be a word.
const PART: usize = 12;

impl Known {
    /// The secrets of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut known = Self::default();
        known.learn_found(text, &secret::find(text));
        known.get_ready();
        known
    }

    /// Learns the secrets that were found in a text.
    pub(super) fn learn_found(&mut self, text: &str, found: &[Secret]) {
        for found in found {
            self.learn_one(text.get(found.span.start..found.span.end).unwrap_or_default(), found.kind);
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.search.is_some() || self.texts.is_empty()
    }

    /// Learns a secret as it is written.
    pub(super) fn learn_one(&mut self, written: &str, kind: SecretKind) {
        let plain = written.replace("\\/", "/").replace("%2F", "/").replace("%2f", "/");
        let plain = plain.replace("%2B", "+").replace("%2b", "+");
        // names are cut at slashes
        let parts = plain.split(['/', '+', '=']).map(str::to_owned).collect::<Vec<_>>();
        for part in parts.into_iter().chain([plain, written.to_owned()]) {
            if part.len() >= PART {
                self.texts.insert(part, kind);
            }
        }
        self.search = None;
    }

    pub(super) fn get_ready(&mut self) {
        if self.search.is_none() && !self.texts.is_empty() {
            // condition keys are written in small letters
            let mut search = AhoCorasick::builder();
            let search = search.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
            let search = search.build(self.texts.keys());
            self.search = search.ok();
        }
    }

    /// The text without secrets: those that it shows itself, and those that are known.
    pub(crate) fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let clean = secret::redact(text);
        let Some(search) = self.search.as_ref().filter(|search| search.is_match(clean.as_ref())) else {
            return clean;
        };
        let kinds: Vec<&SecretKind> = self.texts.values().collect();
        let mut all = String::with_capacity(clean.len());
        search.replace_all_with(&clean, &mut all, |found, _, all| {
            let kind = kinds.get(found.pattern().as_usize()).map_or_else(String::new, ToString::to_string);
            all.extend(["[redacted ", kind.as_str(), "]"]);
            true
        });
        Cow::Owned(all)
    }
}
