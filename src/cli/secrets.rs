//! The secrets of the inputs: what a label gave away in an input is known without its label in an output.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use super::inside;
use super::known_secrets::Known;
use crate::iam::secret::{self, Secret, SecretKind};

static INPUTS: RwLock<Option<Known>> = RwLock::new(None);

/// Remembers the secrets of an input, for everything that is written after it.
pub(crate) fn learn(text: &str) {
    learn_found(text, &secret::find(text));
}

/// Remembers the secrets that were found in an input.
pub(crate) fn learn_found(text: &str, found: &[Secret]) {
    if !found.is_empty() {
        remember(|known| known.learn_found(text, found));
    }
}

/// Remembers one secret of an input, as it is written there.
pub(crate) fn learn_one(written: &str, kind: SecretKind) {
    remember(|known| known.learn_one(written, kind));
}

fn remember(learn: impl Fn(&mut Known)) {
    if !inside::learn_secrets(&learn) {
        let mut known = INPUTS.write().unwrap_or_else(PoisonError::into_inner);
        learn(known.get_or_insert_default());
    }
}

/// The text without any secret of any input.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if let Some(clean) = inside::clean(text) {
        return clean;
    }
    // many threads clean at the same time
    match INPUTS.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
        None => return secret::redact(text),
        Some(known) if known.is_ready() => return known.clean(text),
        Some(_) => {}
    }
    match INPUTS.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
        Some(known) => {
            known.get_ready();
            known.clean(text)
        }
        None => secret::redact(text),
    }
}

/// A line of output without any secret of any input.
pub(crate) struct Clean(String);

impl Clean {
    /// Cleans a line. A run inside another program knows its secrets on its own thread alone.
    pub(crate) fn new(line: String) -> Self {
        match clean(&line) {
            Cow::Borrowed(_) => Self(line),
            Cow::Owned(clean) => Self(clean),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
