//! `other-failure`: the text is a failure, but IAM did not refuse the request.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::denial::DenialKind;

pub(super) const CAUSE: Cause =
    Cause { id: "other-failure", page: include_str!("../../../docs/causes/other-failure.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    match evidence.case.denial.kind {
        DenialKind::OtherFailure(failure) => {
            Some(Summary::OtherFailure(failure, evidence.case.denial.model.as_ref().map(|model| model.failure)))
        }
        DenialKind::IamDenial => None,
    }
}
