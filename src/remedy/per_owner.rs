//! What each owner gets: the commands and templates of a remedy whose edits belong to several accounts.

use super::assumption::PolicyAssumption;
use super::cloudformation::cloudformation;
use super::terraform::terraform;
use super::{Edit, Line, owners};
use crate::diagnose::DenialContext;
use crate::iam::PolicyType;
use crate::text::quoted;

/// The commands of all edits; where several owners must act, each part says whose it is.
pub(super) fn all_commands(edits: &[Edit], assumptions: &[PolicyAssumption]) -> Vec<Line> {
    let look = assumptions.iter().flat_map(|assumption| assumption.how_to_see.clone());
    let mut all: Vec<Line> = look.map(Line::Look).collect();
    let several = owners(edits).len() > 1;
    for edit in edits {
        if several {
            all.push(Line::remark(format!("for the {}", owner(edit))));
        }
        let own = edit.commands().list();
        if own.is_empty() && several {
            let whose = edit.after.attached_to.first().map_or_else(String::new, |arn| format!(" of {}", quoted(arn)));
            all.push(Line::remark(format!("{} goes in place of the {}{whose}", edit.file(), edit.policy_type)));
        }
        all.extend(own);
    }
    all
}

/// The Terraform blocks; those of several accounts need a provider each, which a comment says.
pub(super) fn all_terraform(edits: &[Edit]) -> Option<String> {
    if !spans_accounts(edits) {
        return terraform(edits);
    }
    let part = |edit: &Edit| {
        Some(format!("# with the provider of the {}\n{}", owner(edit), terraform(std::slice::from_ref(edit))?))
    };
    let parts: Option<Vec<String>> = edits.iter().map(part).collect();
    parts.map(|parts| parts.join("\n"))
}

/// The CloudFormation template; a template is of one account.
pub(super) fn all_cloudformation(edits: &[Edit]) -> Option<String> {
    if spans_accounts(edits) { None } else { cloudformation(edits) }
}

/// Whether the edits are made in more than one account.
fn spans_accounts(edits: &[Edit]) -> bool {
    edits.iter().any(|edit| edit.account != edits.first().and_then(|first| first.account.clone()))
}

fn owner(edit: &Edit) -> String {
    edit.owner_in_account().trim_start_matches("the ").to_owned()
}

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
