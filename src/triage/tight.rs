//! Lists with room for what they hold and no more, and texts that are held once: there are many of both.

use std::collections::HashSet;
use std::sync::Arc;

/// Inserts into a list that keeps its first `most`.
pub(super) fn insert<T>(list: &mut Box<[T]>, place: usize, value: T, most: usize) {
    let mut all = std::mem::take(list).into_vec();
    all.truncate(most.saturating_sub(1));
    all.reserve_exact(1);
    all.insert(place.min(all.len()), value);
    *list = all.into_boxed_slice();
}

/// Texts that many share: names of principals, resources, addresses.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    held: Option<HashSet<Arc<str>>>,
    /// How many there may be before those are looked for that nobody has any more.
    most: usize,
}

/// Fewer than these are not looked through.
const FEW: usize = 4096;

impl Shared {
    pub(super) const fn new() -> Self {
        Self { held: None, most: FEW }
    }

    /// The same text, as it is held.
    pub(super) fn take(&mut self, text: Arc<str>) -> Arc<str> {
        let held = self.held.get_or_insert_default();
        if let Some(own) = held.get(&text) {
            return Arc::clone(own);
        }
        if held.len() >= self.most {
            held.retain(|text| Arc::strong_count(text) > 1);
            self.most = FEW.max(2 * held.len());
        }
        held.insert(Arc::clone(&text));
        text
    }

    /// The same for a text that may be missing.
    pub(super) fn hold(&mut self, text: &mut Option<Arc<str>>) {
        if let Some(own) = text.take() {
            *text = Some(self.take(own));
        }
    }
}

/// What is shared is found again: it is no part of what was counted.
impl Clone for Shared {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl PartialEq for Shared {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Shared {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{FEW, Shared};

    #[test]
    fn a_text_is_held_once_and_no_longer_than_somebody_has_it() {
        let mut shared = Shared::new();
        let one = shared.take("a".into());
        assert!(Arc::ptr_eq(&one, &shared.take("a".into())));
        for number in 0..3 * FEW {
            shared.take(number.to_string().into());
        }
        assert!(shared.held.as_ref().is_some_and(|held| held.len() <= FEW && held.contains("a")));
    }
}
