//! Changes of policies shortly before denials began: of each kind of denial by itself, as what was denied long ago for something else says
//! nothing of what began today.

use super::event::Change;
use super::fingerprints::Counted;
use super::tally::Tally;
use super::times::DAY;

/// Seconds before the first denial of a kind in which a change of policies is worth a look.
pub const BEFORE: i64 = 3600;

/// A change of policies, and what began within the hour after it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Before<'t> {
    /// The change.
    pub change: &'t Change,
    /// When the first kind of denial began after it, in seconds since 1970, whether a filter leaves that one out or not.
    pub began: i64,
    /// Whether a filter left that one out.
    pub is_left_out: bool,
    /// How many denials there are of all kinds that began within the hour after it.
    pub count: u64,
    /// How many kinds.
    pub kinds: usize,
    /// Whether the trail tells of the day before: in its first hours all that there is seems to begin.
    pub is_late: bool,
}

/// When denials of a kind began, how many there are, and whether the first is left out.
type Began = (i64, u64, bool);

/// The changes in the hour before denials of one of these kinds began, in the order of their times.
pub(super) fn before<'t>(
    tally: &'t Tally,
    entries: impl Iterator<Item = Counted<'t>>,
    near: impl Fn(&Change) -> bool,
) -> Vec<Before<'t>> {
    // of most trails there are none
    let (Some(first), Some(last)) = (tally.changes.first(), tally.changes.last()) else { return Vec::new() };
    let times = first.at..=last.at.saturating_add(BEFORE);
    let mut began: Vec<Began> = entries.filter_map(|entry| self::began(tally, entry)).collect();
    began.retain(|(at, ..)| times.contains(at));
    began.sort_unstable();
    let until = |at: i64| tally.changes.partition_point(|change| change.at < at);
    let mut found = Vec::new();
    let mut from = 0;
    for (at, ..) in &began {
        // hours that overlap are looked through once
        let (begin, end) = (until(at.saturating_sub(BEFORE)).max(from), until(at.saturating_add(1)));
        from = from.max(end);
        let changes = tally.changes.get(begin..end).unwrap_or_default();
        found.extend(changes.iter().filter(|change| near(change)).filter_map(|change| of(tally, change, &began)));
    }
    found
}

fn of<'t>(tally: &Tally, change: &'t Change, began: &[Began]) -> Option<Before<'t>> {
    let place = |at: i64| began.partition_point(|(own, ..)| *own < at);
    let end = change.at.saturating_add(BEFORE).saturating_add(1);
    let behind = began.get(place(change.at)..place(end))?;
    let (first, _, is_left_out) = behind.first()?;
    let count = behind.iter().map(|(_, count, _)| count).sum();
    let is_late = tally.first.is_some_and(|begin| *first > begin.saturating_add(DAY));
    Some(Before { change, began: *first, is_left_out: *is_left_out, count, kinds: behind.len(), is_late })
}

fn began(tally: &Tally, entry: Counted<'_>) -> Option<Began> {
    let (first, left_out) = (entry.first(), tally.left_out.began(entry));
    let at = first.into_iter().chain(left_out).min()?;
    Some((at, entry.count(), first.is_none_or(|first| at < first)))
}
