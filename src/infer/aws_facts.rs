//! What AWS itself tells of the request: its record, and the decoded authorization message.

use crate::aws_evidence::AwsEvidence;
use crate::iam::{AssumedField, Assumption, ContextValue, Field, Hints, Principal, Request, Why};

/// Fills what AWS's record and the decoded message tell of the request. What a person gave stays.
pub(super) fn add(request: &mut Request, answers: &AwsEvidence, hints: &Hints) {
    if let Some(decoded) = &answers.decoded {
        let why = &Why::DecodedMessage;
        if request.principal.value().is_none()
            && let Some(principal) = &decoded.principal
        {
            request.principal = Field::Known(Principal::new(principal));
        }
        if let (Field::Missing(_) | Field::Assumed(..), Some(Ok(action))) =
            (&request.action, decoded.action.as_ref().map(|action| action.parse()))
        {
            request.assumed.retain(|assumption| assumption.field != AssumedField::Action);
            request.action = Field::Known(action);
        }
        if let (None, None, Some(resource)) = (request.resource.value(), &hints.resource, &decoded.resource) {
            request.resource = Field::Known(resource.clone());
        }
        set_all(request, hints, &decoded.context, why);
    }
    if let Some(record) = &answers.record {
        set_all(request, hints, &record.context, &Why::AuthorizationDetails);
    }
}

/// Sets the keys that AWS tells; a key that a person gave stays.
fn set_all(request: &mut Request, hints: &Hints, context: &[(String, Vec<String>, bool)], why: &Why) {
    for (key, values, multivalued) in context {
        if hints.context_complete || hints.context.iter().any(|(given, _)| given.eq_ignore_ascii_case(key)) {
            continue;
        }
        request.context.set(key, ContextValue::Present { values: values.clone(), multivalued: *multivalued });
        request.assumed.retain(|assumption| !assumption.field.is_key(key));
        request.assumed.push(Assumption::key(key, values, why.clone()));
    }
}
