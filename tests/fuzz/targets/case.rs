//! Any text as a case: evaluating and explaining it is total, and both say the same.
#![no_main]

use iamdx::evaluate::{Decision, TestCase, evaluate, reasons};
use iamdx::iam::{Element, Field, NotTold};
use iamdx::report::words;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(mut case) = TestCase::parse(text) else { return };
    let evaluation = evaluate(&case.request, &case.policies);
    let bounded = !case.policies.boundary.policies.is_empty();
    for outcome in evaluation.checks.iter().flat_map(|check| &check.outcomes) {
        let statement = outcome.statement().unwrap();
        for reason in reasons(&case.request, &outcome.policy, statement) {
            assert!(outcome.policy.document.source.snippet(reason.span).is_some());
            let told = match reason.element {
                // a boundary turns NotPrincipal around, which one statement alone does not show
                Element::Principal if bounded => continue,
                Element::Principal => outcome.principal,
                Element::Action => outcome.action,
                Element::Resource => outcome.resource,
                Element::Condition => outcome.condition,
            };
            assert_eq!(told, reason.truth, "{reason:?}");
        }
    }
    let _ = serde_json::to_string(&case.answer()).unwrap();
    // what is certain stays so when less is known... and nothing becomes certain of the contrary
    case.request.context.set_complete(false);
    let less = evaluate(&case.request, &case.policies).decision;
    let denied = |decision| matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny);
    assert!(!(less == Decision::Allowed && denied(evaluation.decision)), "{less:?} {:?}", evaluation.decision);
    assert!(!(denied(less) && evaluation.decision == Decision::Allowed), "{less:?} {:?}", evaluation.decision);
    case.request.resource = Field::Missing(NotTold::NotNamed);
    case.request.principal = Field::Missing(NotTold::NotNamed);
    case.request.action = Field::Missing(NotTold::NotNamed);
    let nothing = evaluate(&case.request, &case.policies);
    for outcome in nothing.checks.iter().flat_map(|check| &check.outcomes) {
        let statement = outcome.statement().unwrap();
        assert!(reasons(&case.request, &outcome.policy, statement).iter().all(|reason| !words::element::reason(reason).is_empty()));
    }
});
