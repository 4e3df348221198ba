//! How many denials each day, or each hour.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::tight;

/// Numbers of denials by the number of the day or hour since 1970 (UTC), in order: a list, as most have few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(Box<[Count]>);

/// The number of a day or an hour, which no calendar makes longer, and how many: the upper and the lower half, so that it takes twelve bytes.
type Count = (i32, [u32; 2]);

const fn many((_, [upper, lower]): Count) -> u64 {
    (upper as u64) << 32 | lower as u64
}

const fn count(at: i32, many: u64) -> Count {
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    (at, [(many >> 32) as u32, many as u32])
}

impl Counts {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// So many more at this time.
    pub fn add(&mut self, at: i64, more: u64) {
        // years have four digits
        let at = i32::try_from(at).unwrap_or(if at < 0 { i32::MIN } else { i32::MAX });
        match self.0.binary_search_by_key(&at, |(time, _)| *time) {
            Ok(place) => {
                self.0.get_mut(place).into_iter().for_each(|own| *own = count(at, many(*own).saturating_add(more)));
            }
            Err(place) => tight::insert(&mut self.0, place, count(at, more), usize::MAX),
        }
    }

    /// Adds those of another.
    pub fn merge(&mut self, other: &Self) {
        if self.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        other.iter().for_each(|(at, many)| self.add(at, many));
    }

    /// Those of a list in order, in which each time is once.
    pub(super) fn of_ordered(all: impl Iterator<Item = (i64, u64)>) -> Self {
        Self(all.filter_map(|(at, many)| Some(count(i32::try_from(at).ok()?, many))).collect())
    }

    /// Each time with its number.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.0.iter().map(|own| (i64::from(own.0), many(*own)))
    }

    /// Each time.
    pub fn times(&self) -> impl Iterator<Item = i64> + '_ {
        self.0.iter().map(|(at, _)| i64::from(*at))
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
        let counts = BTreeMap::<i64, u64>::deserialize(deserializer)?.into_iter();
        let own = |(at, many)| i32::try_from(at).map(|at| count(at, many)).map_err(D::Error::custom);
        counts.map(own).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn they_are_written_as_a_map_and_add_up() {
        let mut one: Counts = serde_json::from_str(r#"{"20393": 2, "-1": 1}"#).unwrap();
        let other: Counts = serde_json::from_str(r#"{"20393": 3, "7": 8589934593}"#).unwrap();
        one.merge(&other);
        assert_eq!(serde_json::to_string(&one).unwrap(), r#"{"-1":1,"7":8589934593,"20393":5}"#);
        assert_eq!(one.iter().map(|(at, _)| at).collect::<Vec<_>>(), [-1, 7, 20393]);
    }
}
