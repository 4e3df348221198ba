//! The English of every report: one file a topic, each a `match` over the facts that the stages of a diagnosis produce.

pub mod blocker;
pub mod cause;
pub mod decision;
pub mod denial;
pub mod disagreement;
pub mod element;
pub mod evidence;
pub mod hypothesis;
mod list;
pub mod problem;
pub mod simulator;
pub mod statement;
pub mod tree;
