//! `other-failure`: the text is a failure, but IAM did not refuse the request.

use super::{Cause, Evidence};
use crate::denial::DenialKind;

pub(super) const CAUSE: Cause =
    Cause { id: "other-failure", page: include_str!("../../../docs/causes/other-failure.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<String> {
    match evidence.case.denial.kind {
        DenialKind::OtherFailure(failure) => Some(format!("this is not an IAM denial: {}", failure.title())),
        DenialKind::IamDenial => None,
    }
}
