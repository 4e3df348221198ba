//! Which call makes and tags a thing at once: AWS checks the tagging as an action of its own, under a key that names that call.
//!
//! - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>
//! - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html>
//! - <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html>

use crate::denial::Denial;
use crate::iam::{Action, AssumedField, AssumedValue, Assumption, ContextValue, Derived, Request, Why};
use crate::reference::Reference;

/// Adds `ec2:CreateAction` and its like where the text names the call: it is none that the caller could choose for this action alone, and a
/// call that only tags has none.
pub(super) fn add(request: &mut Request, denial: &Denial, reference: &Reference) {
    let Some(action) = request.action.value() else { return };
    let key = format!("{}:CreateAction", action.service());
    if !reference.action(action).is_some_and(|facts| facts.lists(&key)) || request.context.says(&key) {
        return;
    }
    let Some(operation) = denial.operation.as_deref().filter(|_| denial.operation_certain) else { return };
    let (value, told) = if operation.eq_ignore_ascii_case(action.name()) {
        (ContextValue::Absent, AssumedValue::Absent)
    } else {
        // another service may have made the call that the text is about
        let call: Option<Action> = format!("{}:{operation}", action.service()).parse().ok();
        let Some(call) = call.and_then(|call| reference.action(&call)) else { return };
        let name = call.name().to_owned();
        (ContextValue::Present { values: vec![name.clone()], multivalued: false }, AssumedValue::Text(name))
    };
    request.context.set(&key, value);
    let why = Why::Derived(Derived::NamedByCall);
    request.assumed.push(Assumption { field: AssumedField::ContextKey(key), value: told, why });
}
