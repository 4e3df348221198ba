//! What a remedy opens beyond the denied request's own purpose: dangers of its new access and of what a Deny no longer denies.

use super::Verification;
use super::guardrail::exempting;
use super::narrow::Opened;
use crate::diagnose::DenialContext;
use crate::difference::{self, Difference};
use crate::reference::{Danger, DangerKind};

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
        what: format!("set the tags {}, by which policies leave out whoever or whatever has them", tags.join(", "))
            .into(),
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
    })
}

/// The danger that says most about this remedy, and how many more there are.
pub(super) fn in_words(case: &DenialContext<'_>, proof: &Verification) -> Option<String> {
    let asked = case.request.action.value();
    let of_request =
        |danger: &&Danger| asked.is_some_and(|action| action.as_str().eq_ignore_ascii_case(&danger.action));
    let allowed = dangers(case, &proof.compared, &[]);
    let first = allowed.iter().find(of_request).or_else(|| allowed.first());
    // what is only no longer denied still needs an allow
    let lifted = if first.is_none() { "of what is no longer denied, " } else { "" };
    let first = first.or_else(|| proof.dangers.first())?;
    let more = match proof.dangers.len().saturating_sub(1) {
        0 => String::new(),
        1 => "; 1 more action reaches beyond itself".to_owned(),
        more => format!("; {more} more actions reach beyond themselves"),
    };
    Some(format!("{lifted}{first}{more}: it needs a reviewer"))
}
