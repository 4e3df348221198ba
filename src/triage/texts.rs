//! Texts that many share, each held once and named by a number: principals, actions, resources, user agents.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Texts by their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    all: Vec<Arc<str>>,
    numbers: Option<HashMap<Arc<str>, u32, RandomState>>,
}

impl Texts {
    pub(super) const fn new() -> Self {
        Self { all: Vec::new(), numbers: None }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// The number of a text, which is held from now on.
    pub(super) fn number(&mut self, text: &str) -> u64 {
        let numbers = self.numbers.get_or_insert_default();
        if let Some(number) = numbers.get(text) {
            return u64::from(*number);
        }
        let number = self.all.len();
        let text: Arc<str> = text.into();
        // four billion texts are more than any memory holds
        numbers.insert(Arc::clone(&text), u32::try_from(number).unwrap_or(u32::MAX));
        self.all.push(text);
        number as u64
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|text| &**text)
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u64) -> Option<&Arc<str>> {
        self.all.get(usize::try_from(number).ok()?)
    }
}
