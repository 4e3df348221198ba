//! Values that were only taken from the call or from an ARN, and what AWS's own words say against them.
//!
//! They are what such a call mostly has. Where AWS's words contradict what follows from them, they are doubted before the policies are.

use crate::deduce::{Contradiction, Verdict, deduce};
use crate::denial::Denial;
use crate::evaluate::{Evaluation, Truth, evaluate};
use crate::iam::{AssumedField, Assumption, Derived, Effect, PolicySet, Request, Why};
use crate::reference::Reference;
use crate::snapshot::Snapshot;

/// What a guess rests on.
const GUESSES: [Derived; 7] = [
    Derived::AskedByService,
    Derived::CalledDirectly,
    Derived::NamedByCall,
    Derived::PassedByCall,
    Derived::PartOfResource,
    Derived::RegionOfResource,
    Derived::NotSent,
];

/// The guesses of a request: those that rest on the same, then all, where there are several kinds.
pub(super) fn guesses(request: &Request) -> Vec<Vec<&Assumption>> {
    let of = |guess: &Derived| -> Vec<&Assumption> {
        request.assumed.iter().filter(|it| it.why == Why::Derived(*guess)).collect()
    };
    let mut all: Vec<Vec<&Assumption>> = GUESSES.iter().map(of).filter(|some| !some.is_empty()).collect();
    if all.len() > 1 {
        all.push(all.concat());
    }
    all
}

/// The request with these values not known.
pub(super) fn without(request: &Request, guesses: &[&Assumption]) -> Request {
    let mut open = request.clone();
    for guess in guesses {
        if let AssumedField::ContextKey(key) = &guess.field {
            open.context.forget(key);
            open.assumed.retain(|own| !own.field.is_key(key));
        }
    }
    open
}

/// The request without a guess that makes a Deny match where AWS said that an allow was missing, which it says only where no Deny matched: no
/// remedy opens what did not deny. `None` where no guess does.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
#[must_use]
pub fn without_wrong_guess(
    denial: &Denial,
    request: &Request,
    policies: &PolicySet,
    evaluation: &Evaluation,
    snapshot: &Snapshot,
    reference: &Reference,
) -> Option<Request> {
    let verdict = Verdict::of(denial).filter(|verdict| !verdict.explicit)?.by_settings(request, snapshot);
    let mut outcomes = evaluation.checks.iter().flat_map(|check| &check.outcomes);
    if !outcomes.any(|outcome| outcome.effect == Effect::Deny && outcome.matched() == Truth::True) {
        return None;
    }
    let denied = |request: &Request, evaluation: &Evaluation| {
        let found = deduce(request, policies, evaluation, Some(&verdict), reference);
        matches!(found.contradiction, Some(Contradiction::Denied { .. }))
    };
    let kinds = guesses(request);
    if kinds.is_empty() || !denied(request, evaluation) {
        return None;
    }
    let mut open = kinds.iter().map(|guesses| without(request, guesses));
    open.find(|open| !denied(open, &evaluate(open, policies)))
}
