//! `service-role`: AWS says that a role which a service uses lacks permissions, whoever made the call.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::denial::DenialKind;

pub(super) const CAUSE: Cause =
    Cause { id: "service-role", page: include_str!("../../../docs/causes/service-role.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    let denial = evidence.case.denial;
    let role = denial.role_of_service().filter(|_| denial.kind == DenialKind::IamDenial)?;
    let principal = evidence.case.request.principal.value().cloned();
    Some(Summary::RoleOfService { role, principal, actions: denial.candidates.clone() })
}
