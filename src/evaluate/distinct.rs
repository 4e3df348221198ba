//! Condition keys, each once.

use std::collections::HashSet;

/// The keys in their order, each as it is first written; the case does not matter.
pub(super) fn distinct<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<&'k str> {
    let mut known = HashSet::new();
    keys.filter(|key| known.insert(key.to_ascii_lowercase())).collect()
}
