//! The session policies that a record of the call that made the session tells.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>

use std::sync::Arc;

use super::{Found, Selection, Selector, select};
use crate::iam::{
    AssumedField, AssumedValue, Assumption, Coverage, Document, Gap, Layer, NotApplicable, Policy, PolicyType, Request,
    SessionOrigin, Unseen, Why,
};
use crate::snapshot::Snapshot;
use crate::text::Source;

const SESSION: PolicyType = PolicyType::Session;

/// Finds the policies that apply to a request of a session whose origin is known.
#[must_use]
pub fn select_for_session(snapshot: &Snapshot, request: &Request, origin: Option<&SessionOrigin>) -> Selection {
    let mut selection = select(snapshot, request);
    if let Some(origin) = origin {
        add_session_policies(snapshot, request, origin, &mut selection);
    }
    selection
}

/// Takes the session policies from the record, where neither an option nor a snapshot gives them.
fn add_session_policies(snapshot: &Snapshot, request: &Request, origin: &SessionOrigin, selection: &mut Selection) {
    let layer = &selection.policies.session;
    let Some(open) = layer.coverage.gap().cloned().filter(|_| layer.policies.is_empty() && origin.has_parameters)
    else {
        return;
    };
    let mut selector = Selector::new(snapshot, request);
    let attached_to = vec![origin.arn.clone()];
    let mut found = Found::default();
    if let Some((text, line)) = &origin.policy {
        let name = format!("passed in {}", origin.operation);
        let source = Source::new(name.as_str(), text.as_str()).found_in(origin.file.as_str(), *line);
        match Document::parse(source) {
            Ok(document) => {
                let attached_to = attached_to.clone();
                found.policies.push(Arc::new(Policy { attached_to, ..Policy::new(name, SESSION, document) }));
            }
            Err(error) => {
                let reason = Unseen::RecordUnreadable { operation: origin.operation.clone(), error: error.to_string() };
                found.gaps.push(Gap::new(open.subject.clone(), reason));
            }
        }
    }
    for arn in &origin.policy_arns {
        selector.take_managed(&mut found, "", arn, SESSION, attached_to.clone());
    }
    let count = usize::from(origin.policy.is_some()) + origin.policy_arns.len();
    // only the duration was narrowed
    if count == 0 && !origin.whole {
        return;
    }
    selection.gaps.retain(|gap| gap.subject != open.subject);
    let layer = if count == 0 {
        Layer::not_applicable(NotApplicable::SessionWithout(Box::new(origin.clone())))
    } else if origin.whole || found.policies.is_empty() {
        selector.layer(found)
    } else {
        // what limits the session besides can only take away
        let policies = std::mem::take(&mut found.policies);
        found.gaps.push(Gap::new(open.subject.clone(), Unseen::EarlierSessionPolicies));
        let coverage = match selector.layer(found).coverage {
            Coverage::Gap(gap) => Coverage::MayDeny(gap),
            other => other,
        };
        Layer { policies, coverage }
    };
    selection.assumed.push(Assumption {
        field: AssumedField::SessionPolicies,
        value: AssumedValue::Policies(count),
        why: Why::Session(Box::new(origin.clone())),
    });
    selection.policies.session = layer;
    selection.gaps.extend(selector.gaps);
    selection.unreadable.extend(selector.unreadable);
}
