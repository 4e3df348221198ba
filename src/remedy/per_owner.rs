//! What whoever makes a session does with a changed session policy.

use super::Edit;
use crate::diagnose::DenialContext;
use crate::iam::PolicyType;

/// What a change of a session policy comes to: it is a parameter of the call that makes the session, and no policy of the account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
pub(super) fn session_steps(case: &DenialContext<'_>, edits: &[Edit]) -> Vec<String> {
    let Some(edit) = edits.iter().find(|edit| edit.policy_type == PolicyType::Session) else {
        return Vec::new();
    };
    if edit.after.arn.is_some() {
        let origin = case
            .denial
            .session
            .as_ref()
            .map_or_else(String::new, |origin| format!(" ({})", crate::report::words::session_origin(origin)));
        let first = format!(
            "`{}` is a managed policy that was passed as session policy{origin}: its change reaches everyone to whom it is attached or \
             passed",
            edit.after.name
        );
        return vec![first];
    }
    let first = match &case.denial.session {
        Some(origin) => format!(
            "the session policy is {}: that call has to pass {} instead",
            crate::report::words::session_origin(origin),
            edit.file()
        ),
        None => format!(
            "whoever makes the session passes {} instead: the caller of AssumeRole or GetFederationToken, a credential broker, an SDK, or \
             what stands behind a web identity; CloudTrail's record of the call names it, and iamdx reads it when it stands behind the \
             denial",
            edit.file()
        ),
    };
    vec![first, "then make a new session: this one keeps what it was made with".to_owned()]
}
