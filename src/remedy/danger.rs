//! What a remedy opens beyond the denied request's own purpose: dangers of its new access and of what a Deny no longer denies.

use super::Verification;
use super::guardrail::exempting;
use super::narrow::Opened;
use crate::diagnose::DenialContext;
use crate::difference::{self, Difference};
use crate::reference::{Danger, DangerKind, Power};

/// The dangers of a remedy: of the request, of all that becomes allowed, and of what is no longer denied.
pub(super) fn dangers(case: &DenialContext<'_>, difference: &Difference, lifted: &[Opened]) -> Vec<Danger> {
    let reference = case.reference;
    let asked = case.request.action.value().and_then(|action| reference.danger(action));
    let allowed = difference.newly_allowed.iter().flat_map(|region| region.dangers(reference));
    let opened = lifted.iter().flat_map(|opened| difference::dangers(&opened.actions, &opened.resources, reference));
    let tags = tags(case);
    let mut all: Vec<Danger> = Vec::new();
    for danger in asked.into_iter().chain(tags).chain(allowed).chain(opened) {
        if !all.contains(&danger) {
            all.push(danger);
        }
    }
    all
}

/// Whoever may set the tags by which a Deny leaves somebody out is left out too.
fn tags(case: &DenialContext<'_>) -> Option<Danger> {
    let tags = exempting(case.request, case.policies);
    let action = case.request.action.value().filter(|_| !tags.is_empty())?;
    Some(Danger {
        action: action.to_string(),
        kind: DangerKind::Escalation,
        power: Power::SetExemptingTags(tags),
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
    })
}

/// The danger that says most about a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MainDanger {
    /// The danger.
    pub danger: Danger,
    /// Whether it is only no longer denied: it still needs an allow.
    pub is_lifted: bool,
    /// So many more there are.
    pub more: usize,
}

/// The danger that says most about this remedy.
pub(super) fn main_danger(case: &DenialContext<'_>, proof: &Verification) -> Option<MainDanger> {
    let asked = case.request.action.value();
    let of_request =
        |danger: &&Danger| asked.is_some_and(|action| action.as_str().eq_ignore_ascii_case(&danger.action));
    let allowed = dangers(case, &proof.compared, &[]);
    let first = allowed.iter().find(of_request).or_else(|| allowed.first());
    let danger = first.or_else(|| proof.dangers.first())?.clone();
    Some(MainDanger { danger, is_lifted: first.is_none(), more: proof.dangers.len().saturating_sub(1) })
}
