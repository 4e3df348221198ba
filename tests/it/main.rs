//! All integration tests, one binary.

mod architecture;
mod cases;
mod cli;
mod messages;
mod snapshot;
mod support;
mod who;
