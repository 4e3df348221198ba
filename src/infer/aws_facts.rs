//! What AWS itself tells of the request: its record, and the decoded authorization message.

use super::otherwise::given_otherwise;
use crate::aws_evidence::AwsEvidence;
use crate::denial::{Denial, DenialKind, Note, ReasonEffect};
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

/// The effect, where the text does not tell it and its encoded message does: that a Deny matched. Of another request than the one that the
/// message is about it proves nothing.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
pub fn reason_decoded(denial: &mut Denial, answers: &AwsEvidence, hints: &Hints) {
    let Some(decoded) = answers.decoded.as_ref().filter(|decoded| decoded.explicit_deny) else { return };
    let said = Denial {
        principal: denial.principal.clone().or_else(|| decoded.principal.as_deref().map(Principal::new)),
        action: denial.action.clone().or_else(|| decoded.action.as_ref()?.parse().ok()),
        resource: denial.resource.clone().or_else(|| decoded.resource.clone()),
        ..denial.clone()
    };
    let is_about_it = given_otherwise(&said, hints).is_empty();
    if denial.reason.effect == ReasonEffect::Unknown && denial.kind == DenialKind::IamDenial && is_about_it {
        denial.reason.effect = ReasonEffect::ExplicitDeny;
        // what the text leaves open is no longer so
        denial.notes.retain(|note| !matches!(note, Note::NoReason | Note::EncodedMessage { complete: true }));
        if !denial.notes.contains(&Note::DecodedMessage) && denial.reason.policy_type.is_none() {
            denial.notes.push(Note::DecodedMessage);
        }
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
