//! The English of every report: one file a topic, each a `match` over the facts that the stages of a diagnosis produce.

pub mod addition;
pub mod blocker;
pub mod cannot_fix;
pub mod cause;
pub mod condition;
pub mod danger;
pub mod decision;
pub mod denial;
pub mod difference;
pub mod disagreement;
pub mod element;
pub mod evidence;
pub mod finding;
pub mod first_screen;
pub mod gap;
pub mod guardrail;
pub mod hypothesis;
pub mod implies;
pub mod incident;
pub mod letter;
mod list;
pub mod next_step;
pub mod policy_change;
mod principal;
#[cfg(feature = "bedrock")]
pub mod probe;
#[cfg(feature = "bedrock")]
pub mod probe_cell;
pub mod problem;
pub mod public_access;
pub mod remedy;
pub mod remedy_step;
pub mod remedy_title;
pub mod request;
mod request_lever;
pub mod session;
pub mod several;
pub mod sheet;
pub mod simulator;
pub mod snapshot;
pub mod statement;
mod token;
pub mod tree;
pub mod triage;
pub mod triage_diagnosed;
#[cfg(feature = "live")]
pub mod triage_live;
mod triage_number;
pub mod triage_page;

pub use gap::{close_by, gap_reason, gap_subject, not_applicable, tree_gap};
pub use request::{assumed_field, assumed_value, assumption, selection_note, why_assumed};
pub use session::session_origin;
