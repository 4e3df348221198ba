//! The secrets of the inputs: what a label gave away in an input is known without its label in an output.

use std::borrow::Cow;
use std::sync::Mutex;

use super::inside;
use super::known_secrets::Known;
use crate::iam::secret;

static INPUTS: Mutex<Option<Known>> = Mutex::new(None);

/// Remembers the secrets of an input, for everything that is written after it.
pub(crate) fn learn(text: &str) {
    if inside::learn_secrets(text) {
        return;
    }
    if let Ok(mut known) = INPUTS.lock() {
        known.get_or_insert_default().learn(text);
    }
}

/// The text without any secret of any input.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if let Some(clean) = inside::clean(text) {
        return clean;
    }
    match INPUTS.lock().as_deref_mut() {
        Ok(Some(known)) => {
            known.get_ready();
            known.clean(text)
        }
        _ => secret::redact(text),
    }
}
