//! All integration tests, one binary.

mod architecture;
mod cases;
mod cli;
mod support;
