//! The denials of a whole trail: counted by what they have in common, grouped by what would end them.
//!
//! A record goes through [`Reader`], what it tells into a [`Tally`], and tallies add up. Nothing grows with the number of denials, only with
//! that of their fingerprints.

mod about;
mod answered;
mod before;
mod block;
mod bytes;
mod caution;
mod change;
mod chosen;
mod counting;
mod counts;
mod distinct;
mod entry;
mod event;
mod finding;
mod fingerprints;
mod incident;
mod join;
mod left_out;
mod packed;
mod quarantine;
mod reason;
mod record;
mod row;
mod samples;
mod series;
mod split;
mod store;
mod struct_text;
mod tally;
mod texts;
mod tight;
mod times;
mod trail;
mod types;
mod wire;
mod wrapper;

pub use before::{BEFORE, Before};
pub use caution::{Caution, Cautions, MANY_ACTIONS, MANY_RESOURCES, Window};
pub use chosen::{Chosen, Filters};
pub use counting::Counting;
pub use counts::Counts;
pub use distinct::Distinct;
pub use entry::{Entry, Sample};
pub use event::{Change, Denied, Event, Reader};
pub(crate) use finding::most;
pub use finding::{Finding, Standout, changed, findings, has_quarantine, standouts};
pub use fingerprints::{Counted, Fingerprints, Kind};
pub use incident::{SecretPlace, Secrets, Unreadable, UnreadableRecord};
pub use left_out::LeftOut;
pub use quarantine::{Undone, UndoneBy};
pub use reason::{LiesIn, Reason};
pub(crate) use reason::{is_of_buckets, whose};
pub use record::Record;
pub use row::Columns;
pub use series::Series;
pub use split::{Broken, LONGEST, Pieces, records, records_of};
pub use tally::Tally;
pub use trail::{Skipped, Trail};
pub use wire::NotPacked;
