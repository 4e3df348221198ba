//! All integration tests, one binary.

mod messages;
mod wrappers;
