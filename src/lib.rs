//! IAM diagnostics: an AWS access denial comes in, a diagnosis comes out.

#[cfg(feature = "cli")]
pub mod cli;
pub mod denial;
pub mod evaluate;
pub mod iam;
pub mod report;
pub mod snapshot;
pub mod text;
