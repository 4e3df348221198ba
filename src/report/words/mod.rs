//! The English of every report: one file a topic, each a `match` over the facts that the stages of a diagnosis produce.

pub mod denial;
pub mod element;
pub mod evidence;
mod list;
pub mod tree;
