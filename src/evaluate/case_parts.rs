//! What a case is made of, and why one cannot be read.

use serde_json::Value;

use super::case_fault::CaseFault;
use super::evaluation::Decision;
use crate::iam::{ActionError, PolicyError, PolicySet, Request};

/// A case that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// It is not JSON, or not of the form of a case.
    #[error(transparent)]
    Form(#[from] CaseFault),
    /// Its action is none.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// A policy of it cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// What a reader of cases finds.
pub(super) struct Parts {
    pub(super) id: Value,
    pub(super) name: Option<String>,
    pub(super) request: Request,
    pub(super) policies: Box<PolicySet>,
    pub(super) expect: Option<Decision>,
    /// Whether keys that AWS always fills are derived.
    pub(super) derive: bool,
}
