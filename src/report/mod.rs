//! What a person or a program reads: one report, one file per format.

mod safe;

pub use safe::printable;
