//! Seconds, and the earlier of two times.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3600;

/// The earlier of two, one of which may not be known.
pub(super) fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}
