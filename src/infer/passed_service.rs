//! The service to which the denied call passes a role, where the text names the call.

use crate::denial::Denial;
use crate::iam::{Arn, AssumedField, AssumedValue, Assumption, Derived, PASSED_TO_SERVICE, Request, Why, passed_to};

/// Adds `iam:PassedToService` where `iam:PassRole` was denied in a call that passes roles to one service only.
pub(super) fn add(request: &mut Request, denial: &Denial) {
    let passes = request.action.value().is_some_and(|action| action.folded() == "iam:passrole");
    // in other partitions services have other names
    let usual = request.resource.value().is_none_or(|role| role.parse().is_ok_and(|arn: Arn| arn.partition() == "aws"));
    if !passes || !usual || request.context.says(PASSED_TO_SERVICE) {
        return;
    }
    let operation = denial.operation.as_deref().filter(|_| denial.operation_certain);
    let Some(service) = operation.and_then(|operation| passed_to(denial.service.as_deref(), operation)) else {
        return;
    };
    request.context.set_one(PASSED_TO_SERVICE, service);
    let why = Why::Derived(Derived::PassedByCall);
    request.assumed.push(Assumption {
        field: AssumedField::ContextKey(PASSED_TO_SERVICE.to_owned()),
        value: AssumedValue::Text(service.to_owned()),
        why,
    });
}
