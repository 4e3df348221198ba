//! What each command found, as a page for a person and as JSON: one file a command.

mod blockers;
mod denial;
mod denial_finding;
mod diagnosis;
pub mod difference;
pub mod doctor;
mod first_screen;
mod not_seen;
#[cfg(feature = "bedrock")]
pub mod probe;
mod remedies;
pub mod simulation;
pub mod test_results;
mod together;
pub mod triage;
pub(in crate::report) mod triage_finding;
pub mod who_can;

pub(in crate::report) use blockers::{named, why};
pub(in crate::report) use denial::{aws_said, subject};
pub(in crate::report) use first_screen::known_by;
pub(in crate::report) use not_seen::assumed;
pub(in crate::report) use remedies::{advice_fix, binds, disposition, edit_line, fixes, premise_item, steps};
