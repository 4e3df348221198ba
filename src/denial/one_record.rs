//! A text that may be one record of CloudTrail, and what is around a denial in it.

use super::cloudtrail::{self, OneRecord, Record};
use super::{model_of_text, surroundings};

/// What a text is that may be one record of CloudTrail; a denial in it is that of [`super::parse_text`].
pub(super) fn read(text: &str) -> OneRecord {
    cloudtrail::only_record(text).map_or(OneRecord::SomethingElse, |record| of(&record, text))
}

/// What a text is of which this is the record.
pub(super) fn of(record: &Record<'_>, text: &str) -> OneRecord {
    let mut read = cloudtrail::one_record(record, text);
    if let OneRecord::Denial(denial, _) = &mut read {
        let denial = std::slice::from_mut(&mut **denial);
        surroundings::add(denial, text);
        model_of_text::add(denial, text);
    }
    read
}
