//! All integration tests, one binary.

mod architecture;
mod cases;
mod cli;
mod evaluate;
#[cfg(feature = "live")]
mod live;
mod messages;
mod snapshot;
mod support;
