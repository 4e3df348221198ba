//! `block-public-access`: a setting of S3 refuses the request, and no statement of any policy.

use super::super::public_access::refused_for_certain;
use super::super::summary::Summary;
use super::cause::{Cause, Evidence};

pub(super) const CAUSE: Cause =
    Cause { id: "block-public-access", page: include_str!("../../../docs/causes/block-public-access.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    refused_for_certain(evidence.case).map(|refusal| Summary::PublicAccessBlocked(Box::new(refusal)))
}
