//! What a request cannot have that was signed with an access key of a user, where the record names the key.

use crate::denial::Denial;
use crate::evaluate::tested;
use crate::iam::{
    AssumedField, AssumedValue, Assumption, ContextValue, Derived, PolicySet, PrincipalKind, Request, Why,
};

/// Keys that only requests with temporary credentials have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime>
const OF_SESSIONS: [&str; 3] = ["aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"];

/// Says of those that the policies test that they are absent.
pub(super) fn add(request: &mut Request, denial: &Denial, policies: &PolicySet) {
    let has_key = |kind| matches!(kind, PrincipalKind::User | PrincipalKind::Root);
    let long_term = denial.key.is_some_and(|key| key.long_term)
        && request.principal.value().is_some_and(|caller| has_key(caller.kind()));
    // a call for a session brings the code of an MFA device along with such a key
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
    let brings_mfa = request.action.value().is_none_or(|action| action.service() == "sts");
    // and a service that calls for somebody does so with credentials of its own
    let forwarded = ["aws:CalledVia", "aws:ViaAWSService"].iter().any(|key| request.context.says(key));
    if !long_term || brings_mfa || forwarded {
        return;
    }
    for (key, shown) in tested(policies) {
        if OF_SESSIONS.contains(&key.as_str()) && !request.context.says(&key) {
            request.context.set(&key, ContextValue::Absent);
            request.assumed.push(Assumption {
                field: AssumedField::ContextKey(shown.to_owned()),
                value: AssumedValue::Absent,
                why: Why::Derived(Derived::LongTermKey),
            });
        }
    }
}
