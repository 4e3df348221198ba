//! The denials over the time of the trail, in equal steps.

use super::counts::Counts;
use super::tally::Tally;
use super::times::{DAY, HOUR};

/// Steps that can be told apart in a picture.
const MOST: i64 = 366;

/// How many denials in each step of the time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Series {
    /// How long a step is, in seconds: an hour, a day, or several days.
    pub step: i64,
    /// The beginning of each step, in seconds since 1970, and its denials. Steps without any are there too.
    pub counts: Vec<(i64, u64)>,
}

impl Series {
    /// Of some of the denials of a trail, over the time of the whole trail: hours where it is short, days elsewhere. `None` where no
    /// denial has a time.
    #[must_use]
    pub fn new(tally: &Tally, days: &Counts, hours: &Counts) -> Option<Self> {
        let (first, last) = (tally.first?, tally.last?);
        let (unit, own) = if tally.has_hours() { (HOUR, hours) } else { (DAY, days) };
        let (begin, end) = (first.div_euclid(unit), last.div_euclid(unit));
        // of a longer time a step is a number of weeks
        let many = match (end - begin) / MOST {
            0 => 1,
            more => 7 * (more / 7 + 1),
        };
        let mut counts = vec![0; usize::try_from((end - begin) / many + 1).ok()?];
        for (at, count) in own.iter() {
            let place = usize::try_from((at - begin) / many).ok();
            place.and_then(|place| counts.get_mut(place)).into_iter().for_each(|sum| *sum += count);
        }
        let begins = (0..).map(|number| (begin + number * many) * unit);
        Some(Self { step: unit * many, counts: begins.zip(counts).collect() })
    }

    /// The step with most.
    #[must_use]
    pub fn most(&self) -> Option<(i64, u64)> {
        // the first of those
        self.counts.iter().copied().rev().max_by_key(|(_, count)| *count)
    }
}
