//! What a template leaves open and a statement about this request depends on, each as a gap.

use crate::evaluate::{Evaluation, Truth, reasons};
use crate::iam::{Gap, Request, Unseen, open_parts};
use crate::snapshot::deployed;

/// The gaps, each part of each document once.
#[must_use]
pub fn left_open(request: &Request, evaluation: &Evaluation) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for outcome in evaluation.checks.iter().flat_map(|check| &check.outcomes) {
        let Some(statement) = outcome.statement().filter(|_| outcome.matched() == Truth::Unknown) else { continue };
        let source = &outcome.policy.document.source;
        for reason in reasons(request, &outcome.policy, statement) {
            if reason.truth != Truth::Unknown {
                continue;
            }
            for part in open_parts(source.snippet(reason.span).unwrap_or_default()) {
                let subject = outcome.policy.open_part(part);
                if gaps.iter().all(|gap| gap.subject != subject) {
                    gaps.push(Gap {
                        subject,
                        reason: Unseen::LeftOpen(reason.element),
                        how_to_close: deployed(&outcome.policy, request),
                    });
                }
            }
        }
    }
    gaps
}
