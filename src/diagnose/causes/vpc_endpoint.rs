//! `vpc-endpoint`: the policy of the VPC endpoint denies the request or does not allow it.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "vpc-endpoint", page: include_str!("../../../docs/causes/vpc-endpoint.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::VpcEndpoint)
}
