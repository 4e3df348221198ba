//! All integration tests, one binary.
mod snapshot;
