//! What would hold if nothing more existed than was seen: for an answer that says so, beside the one that leaves gaps open.

use std::sync::{Arc, LazyLock};

use crate::iam::{Coverage, Hierarchy, Layer, Level, Policy, PolicySet};
use crate::snapshot::organization::full_aws_access;

/// The same policies, as if what was not seen were as AWS makes it: no further policy anywhere, and at each level of the
/// organization the SCP that allows everything.
///
/// An explicit deny that was seen stays one. What this allows is allowed *as far as was seen*, and no more must be said of it.
#[must_use]
pub fn assume_complete(policies: &PolicySet) -> PolicySet {
    let mut seen = policies.clone();
    for layer in [&mut seen.identity, &mut seen.resource, &mut seen.boundary, &mut seen.session, &mut seen.vpc_endpoint]
    {
        close(layer);
    }
    seen.service_control = open_levels(&seen.service_control);
    seen.resource_control = open_levels(&seen.resource_control);
    seen
}

fn close(layer: &mut Layer) {
    if layer.coverage.gap().is_some() {
        layer.coverage = Coverage::Complete;
    }
}

/// The same levels, as if what was not seen of each were the policy that allows everything.
#[must_use]
pub fn open_levels(hierarchy: &Hierarchy) -> Hierarchy {
    let mut hierarchy = hierarchy.clone();
    if hierarchy.coverage.gap().is_some() {
        hierarchy.coverage = Coverage::Complete;
    }
    for level in &mut hierarchy.levels {
        open(level);
    }
    hierarchy
}

fn open(level: &mut Level) {
    static FULL_ACCESS: LazyLock<Option<Arc<Policy>>> = LazyLock::new(full_aws_access);
    if level.coverage.gap().is_some() {
        level.policies.extend(FULL_ACCESS.clone());
        level.coverage = Coverage::Complete;
    }
}
