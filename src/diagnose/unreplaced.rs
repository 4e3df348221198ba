//! A placeholder that nobody replaced, where it explains the missing allow.

use super::context::DenialContext;
use super::hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood};
use crate::denial::ReasonEffect;
use crate::iam::{Action, Effect, Statement, StatementName, placeholders, without_placeholders};
use crate::text::Wildcard;

/// The hypothesis: an Allow of this action that covers the resource but for a placeholder.
pub(super) fn unreplaced(case: &DenialContext<'_>) -> Option<Hypothesis> {
    let (action, resource) = (case.request.action.value()?, case.request.resource.value()?);
    if case.denial.reason.effect == ReasonEffect::ExplicitDeny {
        return None;
    }
    let mut evidence = Vec::new();
    for policy in case.policies.policies() {
        for statement in policy.document.statements.iter().filter(|statement| is_allow_of(statement, action)) {
            let Some(element) = statement.resource.as_ref().filter(|element| !element.negated) else { continue };
            let entries = || element.entries.iter().map(|entry| entry.value.as_str());
            if entries().any(|entry| placeholders(entry).is_empty() && Wildcard::new(entry).matches(resource)) {
                continue;
            }
            let covers = |entry: &&str| {
                without_placeholders(entry).is_some_and(|pattern| Wildcard::new(&pattern).matches(resource))
            };
            let Some(entry) = entries().find(covers) else { continue };
            let Some(placeholder) = placeholders(entry).first().and_then(|range| entry.get(range.clone())) else {
                continue;
            };
            evidence.push(HypothesisEvidence::WouldCover {
                placeholder: placeholder.to_owned(),
                policy: policy.name.clone(),
                statement: StatementName::new(statement.sid.as_ref().map(|sid| sid.value.as_str()), statement.index),
            });
        }
    }
    evidence.truncate(3);
    (!evidence.is_empty()).then_some(Hypothesis {
        likelihood: Likelihood::Likely,
        kind: HypothesisKind::Placeholder,
        evidence,
    })
}

/// The hypothesis that the caller did not fill in a name; what is in angle brackets or in capitals may be masked as well.
pub(super) fn in_call(case: &DenialContext<'_>) -> Option<Hypothesis> {
    let resource = case.denial.resource.as_deref()?;
    let placeholder = resource.get(placeholders(resource).first()?.clone())?;
    let of_template = placeholder.starts_with(['$', '{', '%']) || placeholder.starts_with("YOUR");
    let evidence = vec![HypothesisEvidence::InResource { placeholder: placeholder.to_owned() }];
    of_template.then_some(Hypothesis {
        likelihood: Likelihood::Likely,
        kind: HypothesisKind::PlaceholderInCall,
        evidence,
    })
}

fn is_allow_of(statement: &Statement, action: &Action) -> bool {
    let named = statement.action.entries.iter().any(|entry| entry.pattern.matches(action));
    statement.effect == Effect::Allow && !statement.rejected && named != statement.action.negated
}
