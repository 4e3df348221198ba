//! Whether the policies, as they were read after the denial, no longer do what AWS said of them.

use super::blocker::{Blocker, StatementRef};
use super::context::DenialContext;
use super::disagreement_reason::{DisagreementReason, reasons};
use super::settings;
use crate::deduce::Contradiction;
use crate::denial::{Denial, DenialKind};
use crate::evaluate::{CheckEffect, Decision, StatementOutcome, Truth, is_of_one_account};
use crate::iam::{Effect, PolicyType};
use crate::snapshot::DeniedRequest;

/// That a later reading of the policies finds the reported block no more.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AllowedSince {
    /// When the policies were read (RFC 3339), if that was after the denial; `None` where it is not known.
    pub read_at: Option<String>,
    /// The statement that allows the request; `None` where no statement needs to, or none was seen.
    pub by: Option<StatementRef>,
    /// Types of policies that were not seen, so that they may still block it.
    pub unseen: Vec<PolicyType>,
}

/// What the policies say now, where that is no longer what AWS said. AWS's word decides nothing about them then: it is from before.
///
/// A policy that was not seen may block the request all the same. So may one that is newer than the files, which is why files that are
/// not known to be newer than the denial prove nothing where something else was not seen.
pub(super) fn allowed_since(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<AllowedSince> {
    if case.evaluation.decision == Decision::Allowed {
        // what refuses it whatever the policies say is no sign of a change
        let read_at = if settings::may_refuse(case) { None } else { read_at(case) };
        return Some(AllowedSince { read_at, by: allowing(case), unseen: Vec::new() });
    }
    let is_denial = case.denial.kind == DenialKind::IamDenial && case.unconfirmed().is_empty();
    let gone = matches!(case.deduction.contradiction, Some(Contradiction::Allowed | Contradiction::NoDeny));
    // what has a likelier explanation is no sign of a change
    let changed = || reasons(case).first() == Some(&DisagreementReason::Changed);
    // across accounts both have to allow it, so what was not seen does not only block
    let one_account = is_of_one_account(case.request).is_true();
    if !is_denial || !one_account || !gone || !blockers.is_empty() || !decided_where_seen(case) || !changed() {
        return None;
    }
    let unseen = case.policies.layers().filter(|(_, layer)| layer.gap().is_some()).map(|(policy_type, _)| policy_type);
    Some(AllowedSince { read_at: Some(read_at(case)?), by: Some(allowing(case)?), unseen: unseen.collect() })
}

/// Whether nothing depends on the request's context, or on anything else but policies that were not seen.
fn decided_where_seen(case: &DenialContext<'_>) -> bool {
    let may_deny = |outcome: &StatementOutcome| outcome.effect == Effect::Deny && !outcome.matched().is_false();
    case.evaluation.checks.iter().all(|check| {
        let open = matches!(check.effect, CheckEffect::Undetermined) && !check.incomplete;
        !open && !check.outcomes.iter().any(may_deny)
    })
}

/// The first statement that allows the request: of the type that AWS named, else of any.
fn allowing(case: &DenialContext<'_>) -> Option<StatementRef> {
    let named = case.denial.reason.policy_type.map(PolicyType::normalized);
    let of = |named: Option<PolicyType>| {
        let mut checks = case.evaluation.checks.iter();
        let allows = |it: &&StatementOutcome| it.effect == Effect::Allow && it.matched() == Truth::True;
        checks.find_map(|check| {
            let is_grant = matches!(check.policy_type, PolicyType::IdentityBased)
                || check.policy_type.normalized() == PolicyType::ResourceBased;
            let counts = named.map_or(is_grant, |named| check.policy_type.normalized() == named);
            check.outcomes.iter().filter(|_| counts).find(allows)
        })
    };
    let outcome = named.and_then(|named| of(Some(named))).or_else(|| of(None))?;
    Some(StatementRef::new(case.request, &outcome.policy, outcome.statement))
}

/// When the policies were read, if that was after the denial.
fn read_at(case: &DenialContext<'_>) -> Option<String> {
    let denial = case.denial;
    let at =
        denial.context.iter().find(|fact| fact.key == "aws:CurrentTime").and_then(|fact| fact.values.first().cloned());
    let denied = DeniedRequest { at: at.or_else(|| denial.at.clone()), ..denied_request(denial) };
    case.snapshot.taken_after(&denied).map(str::to_owned)
}

/// What a snapshot that is taken for a denial keeps of it, so that it is known later that the denial came first.
#[must_use]
pub fn denied_request(denial: &Denial) -> DeniedRequest {
    DeniedRequest {
        principal: denial.principal.as_ref().map(|principal| principal.as_str().to_owned()),
        action: denial.action.as_ref().map(|action| action.as_str().to_owned()),
        resource: denial.resource.clone(),
        request_ids: denial.request_ids.clone(),
        occurrences: denial.occurrences,
        at: None,
    }
}
