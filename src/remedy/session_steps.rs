//! What whoever makes a session does with a changed session policy.

use super::{Edit, Step};
use crate::diagnose::DenialContext;
use crate::iam::PolicyType;

/// What a change of a session policy comes to: it is a parameter of the call that makes the session, and no policy of the account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
pub(super) fn session_steps(case: &DenialContext<'_>, edits: &[Edit]) -> Vec<Step> {
    let Some(edit) = edits.iter().find(|edit| edit.policy_type == PolicyType::Session) else {
        return Vec::new();
    };
    let origin = case.denial.session.clone();
    if edit.after.arn.is_some() {
        return vec![Step::PassedPolicy { policy: edit.after.name.clone(), origin }];
    }
    vec![Step::PassInstead { file: edit.file(), origin }, Step::MakeNewSession]
}
