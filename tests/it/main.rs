//! All integration tests, one binary.

mod architecture;
mod cases;
mod cli;
mod difference;
mod evaluate;
#[cfg(feature = "live")]
mod live;
mod messages;
mod near_misses;
mod remedies;
mod snapshot;
mod support;
mod who;
mod wrappers;
