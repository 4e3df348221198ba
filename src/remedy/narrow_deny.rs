//! One Deny narrowed on the draft, so that it no longer blocks the request.

use super::bedrock::BedrockCall;
use super::cannot_fix::CannotFix;
use super::change_kind::ChangeKind;
use super::draft::Draft;
use super::editable::{affects_other_principals, is_editable, is_no_longer_saved};
use super::guardrail::{Guarded, Guardrail, guardrail};
use super::narrow::{Opened, Style, Values, leave_profile_out, narrow};
use super::opens_guardrail::opens_guardrail;
use super::principal_arn::spared;
use super::resource_entry::is_pattern;
use crate::diagnose::{Blocker, DenialContext};
use crate::iam::ContextValue;

/// A Deny that was narrowed.
pub(super) struct DenyException {
    /// What it no longer denies.
    pub(super) opened: Opened,
    /// The policy, where others than the caller are concerned too.
    pub(super) shared: Option<String>,
    /// Whether it is a Region lock that leaves the call out as a whole.
    pub(super) whole_call: bool,
    /// What it guards, where it looks intended.
    pub(super) guard: Option<Guardrail>,
}

/// Narrows the Deny that blocks the request, unless it is a guardrail that must stay.
pub(super) fn narrow_deny(
    case: &DenialContext<'_>,
    bench: &mut Draft,
    blocker: &Blocker,
    (style, values): (Style, Values),
    through: Option<&BedrockCall>,
) -> Result<DenyException, CannotFix> {
    let deny = blocker.statement.as_ref().ok_or(CannotFix::NothingToEdit(blocker.policy_type))?;
    let policy = &deny.policy;
    if is_no_longer_saved(policy) {
        return Err(CannotFix::NotSaved(policy.name.clone()));
    }
    if !is_editable(policy) {
        return Err(CannotFix::AwsOwned(policy.name.clone()));
    }
    let statement = deny.statement().ok_or(CannotFix::NothingToEdit(blocker.policy_type))?;
    if is_pattern(case.request) {
        return Err(CannotFix::ResourcePattern(case.reference.resource_shapes(case.request)));
    }
    let guard = guardrail(statement, policy.policy_type, case.request, case.reference);
    if let Some(guard) = guard.as_ref().filter(|guard| guard.refused) {
        let guard = Box::new(guard.clone());
        return Err(CannotFix::Guardrail { statement: deny.name(), policy: policy.name.clone(), guard });
    }
    let lock = guard.as_ref().is_some_and(|guard| guard.guards == Guarded::RegionLock);
    if let (true, Some(through), Some(action)) = (lock, through, case.request.action.value())
        && let Some(narrowed) = leave_profile_out(&policy.document, statement, action, &through.calls.called())
    {
        bench.replace(
            policy,
            blocker.target.as_deref(),
            narrowed.text,
            ChangeKind::Narrow { statement: deny.name(), except: narrowed.except },
        )?;
        let shared = affects_other_principals(policy).then(|| policy.name.clone());
        return Ok(DenyException { opened: narrowed.no_longer_denied, shared, whole_call: true, guard });
    }
    let principal = if affects_other_principals(policy) { spared(case.request) } else { None };
    if affects_other_principals(policy) && principal.is_none() {
        return Err(CannotFix::BindsOthers(policy.name.clone()));
    }
    // where the request is said to come without the key, an exception that tests it changes nothing
    if principal.is_some() && *case.request.context.told("aws:PrincipalArn") == ContextValue::Absent {
        return Err(CannotFix::WithoutPrincipalArn(policy.name.clone()));
    }
    let narrowed = narrow(policy, statement, case, principal.as_ref(), style, values)
        .ok_or_else(|| CannotFix::ExactlyThis { statement: deny.name(), policy: policy.name.clone() })?;
    // what would be refused if it were asked for is not opened along the way
    if let Some((action, guard)) = opens_guardrail(statement, policy.policy_type, case, &narrowed.no_longer_denied) {
        let (statement, policy, guard) = (deny.name(), policy.name.clone(), Box::new(guard));
        return Err(CannotFix::OpensGuardrail { statement, policy, action, guard });
    }
    bench.replace(
        policy,
        blocker.target.as_deref(),
        narrowed.text,
        ChangeKind::Narrow { statement: deny.name(), except: narrowed.except },
    )?;
    Ok(DenyException { opened: narrowed.no_longer_denied, shared: None, whole_call: false, guard })
}
