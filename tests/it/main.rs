//! All integration tests, one binary.

mod architecture;
mod cases;
mod cli;
mod evaluate;
#[cfg(feature = "live")]
mod live;
mod messages;
mod near_misses;
mod remedies;
mod simulate;
mod snapshot;
mod support;
mod who;
mod wrappers;
