//! How many denials each day, or each hour.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Numbers of denials by the number of the day or hour since 1970 (UTC), in order: a list, as most have few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(Vec<(i64, u64)>);

impl Counts {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// So many more at this time.
    pub fn add(&mut self, at: i64, many: u64) {
        match self.0.binary_search_by_key(&at, |(time, _)| *time) {
            Ok(place) => self.0.get_mut(place).into_iter().for_each(|(_, count)| *count += many),
            Err(place) => self.0.insert(place, (at, many)),
        }
    }

    /// Adds those of another.
    pub fn merge(&mut self, other: &Self) {
        other.iter().for_each(|(at, many)| self.add(at, many));
    }

    /// Each time with its number.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.0.iter().copied()
    }

    /// Each time.
    pub fn times(&self) -> impl Iterator<Item = i64> + '_ {
        self.0.iter().map(|(at, _)| *at)
    }

    /// How many different times.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|counts: BTreeMap<i64, u64>| Self(counts.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn they_are_written_as_a_map_and_add_up() {
        let mut one: Counts = serde_json::from_str(r#"{"20393": 2, "-1": 1}"#).unwrap();
        let other: Counts = serde_json::from_str(r#"{"20393": 3, "7": 1}"#).unwrap();
        one.merge(&other);
        assert_eq!(serde_json::to_string(&one).unwrap(), r#"{"-1":1,"7":1,"20393":5}"#);
    }
}
