//! Which denials of a trail were asked for, where not all were.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Which denials count; nothing in it stands for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Chosen {
    /// From when on (RFC 3339).
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "report", schemars(with = "Option<String>"))]
    pub since: Option<i64>,
    /// Before when (RFC 3339).
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "report", schemars(with = "Option<String>"))]
    pub until: Option<i64>,
    /// Of callers in one of these accounts.
    pub accounts: Vec<String>,
    /// Of callers with one of these in their names.
    pub principals: Vec<String>,
    /// Of one of these actions.
    pub actions: Vec<String>,
}

impl Chosen {
    /// All of them.
    #[must_use]
    pub const fn new() -> Self {
        Self { since: None, until: None, accounts: Vec::new(), principals: Vec::new(), actions: Vec::new() }
    }
}

/// Which denials count of a trail whose parts may have been counted with different filters. Parts add up in any order and grouping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Filters(Option<BTreeSet<Chosen>>);

/// Not told.
impl Default for Filters {
    fn default() -> Self {
        Self(None)
    }
}

impl Filters {
    /// One for the whole.
    #[must_use]
    pub fn of(chosen: Chosen) -> Self {
        Self(Some(BTreeSet::from([chosen])))
    }

    /// Of no part yet.
    #[must_use]
    pub const fn of_nothing() -> Self {
        Self(Some(BTreeSet::new()))
    }

    /// Adds those of another part. What is not told of one is not told of the whole.
    pub fn merge(&mut self, other: Self) {
        self.0 = self.0.take().zip(other.0).map(|(mut all, others)| {
            all.extend(others);
            all
        });
    }

    /// Each once, in order; `None` where they are not told of a part.
    #[must_use]
    pub const fn all(&self) -> Option<&BTreeSet<Chosen>> {
        self.0.as_ref()
    }

    /// The same, to be changed.
    pub const fn all_mut(&mut self) -> Option<&mut BTreeSet<Chosen>> {
        self.0.as_mut()
    }

    /// Whether they are told.
    #[must_use]
    pub const fn are_told(&self) -> bool {
        self.0.is_some()
    }

    /// Whether all denials count.
    #[must_use]
    pub fn take_all(&self) -> bool {
        self.0.as_ref().is_some_and(|all| all.iter().all(|one| *one == Chosen::new()))
    }
}

/// Times as programs write them.
mod rfc3339 {
    use jiff::Timestamp;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes it so")]
    pub(super) fn serialize<S: Serializer>(at: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        let text = at.and_then(|at| Timestamp::from_second(at).ok()).map(|at| at.to_string());
        text.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        let read = |text: String| text.parse::<Timestamp>().map(Timestamp::as_second).map_err(D::Error::custom);
        text.map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::{Chosen, Filters};

    #[test]
    fn filters_of_parts_add_up_in_any_order_and_what_is_not_told_stays_so() {
        let since = |at| Filters::of(Chosen { since: Some(at), ..Chosen::new() });
        let sum = |parts: &[Filters]| {
            let mut all = Filters::of_nothing();
            parts.iter().cloned().for_each(|part| all.merge(part));
            all
        };
        let (one, two) = (since(0), since(86_400));
        assert_eq!(sum(&[one.clone(), one.clone()]), one);
        assert_eq!(sum(&[one.clone(), two.clone()]), sum(&[two.clone(), sum(&[one.clone(), two.clone()])]));
        assert_eq!(sum(&[one, Filters::default(), two]), Filters::default());
        let text = serde_json::to_string(&since(86_400)).unwrap();
        assert_eq!(
            text,
            r#"[{"since":"1970-01-02T00:00:00Z","until":null,"accounts":[],"principals":[],"actions":[]}]"#
        );
        assert_eq!(serde_json::from_str::<Filters>(&text).unwrap(), since(86_400));
    }
}
