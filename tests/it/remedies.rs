//! Every remedy that is shown as a fix works, by two evaluators, and opens what it says: on random denied requests.

use std::collections::BTreeMap;

use iamdx::denial::{self, Denial};
use iamdx::diagnose::{self, diagnose};
use iamdx::evaluate::{Case, Decision, evaluate};
use iamdx::iam::{Field, PolicySet, PolicyType, Request};
use iamdx::remedy::{Edit, EditOp, Remedy, RemedyKind, propose};
use iamdx::text::Source;
use serde_json::{Value, json};

use crate::support::generate::{Random, case};
use crate::support::second::judge;

/// Names each policy by its place, so that an edit can be carried over to the case.
fn name_policies(case: &mut Value) {
    let mut counter = 0;
    let mut name = |policy: &mut Value| {
        counter += 1;
        let document = policy.get("document").cloned().unwrap_or_else(|| policy.clone());
        *policy = json!({"name": format!("p{counter}"), "document": document});
    };
    for (kind, list) in case["policies"].as_object_mut().into_iter().flatten() {
        for item in list.as_array_mut().unwrap() {
            if kind.ends_with("-control") {
                item.as_array_mut().unwrap().iter_mut().for_each(&mut name);
            } else {
                name(item);
            }
        }
    }
}

/// The text that AWS would write about the request, without a reason.
fn message(request: &Request) -> Denial {
    let text = format!(
        "User: {} is not authorized to perform: {} on resource: {}",
        request.principal.value().unwrap(),
        request.action.value().unwrap(),
        request.resource.value().unwrap()
    );
    denial::parse(&Source::new("message", text)).remove(0)
}

/// The case with the edits carried out.
fn edited(case: &Value, policies: &PolicySet, edits: &[Edit]) -> Value {
    let mut case = case.clone();
    for edit in edits {
        let document: Value = serde_json::from_str(edit.after.document.source.text()).unwrap();
        let kind = if edit.policy_type == PolicyType::RoleTrust { "resource-based" } else { edit.policy_type.id() };
        let new = json!({"name": edit.after.name, "document": document});
        if edit.op == EditOp::Create {
            let list = case["policies"].as_object_mut().unwrap().entry(kind).or_insert_with(|| json!([]));
            if kind == "service-control" {
                let level = policies
                    .service_control
                    .levels
                    .iter()
                    .position(|level| Some(&level.target) == edit.target.as_ref());
                list[level.unwrap()].as_array_mut().unwrap().push(new);
            } else {
                list.as_array_mut().unwrap().push(new);
            }
            continue;
        }
        let replace = |policy: &mut Value| {
            let hit = policy["name"] == edit.after.name.as_str();
            if hit {
                *policy = new.clone();
            }
            usize::from(hit)
        };
        let list = case["policies"][kind].as_array_mut().unwrap();
        let hits: usize = if kind.ends_with("-control") {
            list.iter_mut().flat_map(|level| level.as_array_mut().unwrap()).map(replace).sum()
        } else {
            list.iter_mut().map(replace).sum()
        };
        assert_eq!(hits, 1, "{} must be there once", edit.after.name);
    }
    case
}

fn check(case: &Value, number: u64, counts: &mut BTreeMap<String, u64>) {
    let parsed = Case::parse(&case.to_string()).unwrap();
    let evaluation = evaluate(&parsed.request, &parsed.policies);
    let mut count = |what: &str| *counts.entry(what.to_owned()).or_default() += 1;
    if !matches!(evaluation.decision, Decision::ExplicitDeny | Decision::ImplicitDeny) {
        return;
    }
    count("denied");
    let denial = message(&parsed.request);
    let evidence = diagnose::Case {
        denial: &denial,
        request: &parsed.request,
        policies: &parsed.policies,
        evaluation: &evaluation,
        gaps: &[],
        answers: &iamdx::answers::Answers::default(),
        profiles: &[],
        reference: iamdx::reference::Reference::embedded(),
        reach: &[],
        secret_seen: false,
        target_quarantined: false,
    };
    let diagnosis = diagnose(&evidence);
    assert!(!diagnosis.blockers.is_empty(), "case {number}: a denied request has a blocker\n{case}");
    let remedies = propose(&evidence, &diagnosis);
    assert!(!remedies.is_empty(), "case {number}: a fix or a reason\n{case}");
    let fixes: Vec<&Remedy> = remedies.iter().filter(|remedy| !remedy.edits.is_empty()).collect();
    count(if fixes.is_empty() { "without a fix" } else { "with a fix" });
    for remedy in &fixes {
        let after = edited(case, &parsed.policies, &remedy.edits);
        let again = Case::parse(&after.to_string()).unwrap();
        let decision = evaluate(&again.request, &again.policies).decision;
        assert_eq!(decision, Decision::Allowed, "case {number}: {}\n{case}\n{after}", remedy.title);
        assert_eq!(judge(&after).decision, "allowed", "case {number}: {}\n{case}\n{after}", remedy.title);
        let verification = remedy.verification.as_ref().unwrap();
        count(if verification.exactly_minimal { "exact" } else { "opens more" });
        if verification.exactly_minimal {
            let about_resource =
                |edit: &Edit| matches!(edit.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust);
            // a policy of a resource says nothing of another one
            let only_own = remedy.edits.iter().any(about_resource) || !parsed.policies.resource.policies.is_empty();
            nothing_else_opens(&parsed, &again, only_own, number, case);
        }
        if remedy.kind != RemedyKind::Grant {
            stays_denied_for_others(&parsed, &again, number, case);
        }
    }
}

/// Other actions and resources are decided as before.
fn nothing_else_opens(before: &Case, after: &Case, only_own: bool, number: u64, case: &Value) {
    let actions = [
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:PutObject",
        "sqs:SendMessage",
        "sqs:DeleteQueue",
        "kms:Decrypt",
        "kms:Encrypt",
    ];
    let resources =
        ["arn:aws:s3:::reports/2026/q1.csv", "arn:aws:s3:::reports/2026/q2.csv", "arn:aws:s3:::other/x", "*"];
    let asked = (before.request.action.value().unwrap(), before.request.resource.value().unwrap());
    let own = [(asked.0.to_string(), format!("{}x", asked.1)), (format!("{}X", asked.0), asked.1.clone())];
    let others = actions
        .iter()
        .flat_map(|action| resources.iter().map(|resource| ((*action).to_owned(), (*resource).to_owned())));
    for (action, resource) in own.into_iter().chain(others) {
        let action = action.parse().unwrap();
        // an action that was asked on `*` has no resources to tell apart
        if (&action, &resource) == asked || (action == *asked.0 && asked.1 == "*") || (only_own && resource != *asked.1)
        {
            continue;
        }
        let ask = |case: &Case| {
            let mut request = case.request.clone();
            (request.action, request.resource) = (Field::Known(action.clone()), Field::Known(resource.clone()));
            evaluate(&request, &case.policies).decision == Decision::Allowed
        };
        assert!(ask(before) || !ask(after), "case {number}: also opens {action} on {resource}\n{case}");
    }
}

/// A narrowed Deny of a policy that binds others still denies them.
fn stays_denied_for_others(before: &Case, after: &Case, number: u64, case: &Value) {
    let ask = |case: &Case| {
        let mut request = case.request.clone();
        request.principal = Field::Known(iamdx::iam::Principal::new("arn:aws:iam::111122223333:user/somebody-else"));
        request.role = None;
        let arn = iamdx::iam::ContextValue::Present {
            values: vec!["arn:aws:iam::111122223333:user/somebody-else".to_owned()],
            multivalued: false,
        };
        request.context.set("aws:PrincipalArn", arn);
        let organization = evaluate(&request, &case.policies);
        let denies = |kind| {
            organization
                .checks
                .iter()
                .filter(|check| check.policy_type == kind)
                .map(|check| check.effect)
                .collect::<Vec<_>>()
        };
        denies(PolicyType::ServiceControl)
    };
    let explicit =
        |effects: Vec<iamdx::evaluate::CheckEffect>| effects.contains(&iamdx::evaluate::CheckEffect::ExplicitDeny);
    assert!(!explicit(ask(before)) || explicit(ask(after)), "case {number}: the SCP no longer binds others\n{case}");
}

#[test]
fn every_fix_works_by_two_evaluators_and_opens_what_it_says() {
    let setting = |name: &str, default: u64| {
        let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let seed = setting("IAMDX_SEED", 20_261_123);
    let cases = setting("IAMDX_REMEDIES", 600);
    let mut random = Random::new(seed);
    let mut counts = BTreeMap::new();
    for number in 0..cases {
        let mut case = case(&mut random);
        name_policies(&mut case);
        check(&case, number, &mut counts);
    }
    println!("{cases} cases, seed {seed}: {counts:?}");
    assert!(counts.get("with a fix").copied().unwrap_or(0) > cases / 10, "the cases must put the question: {counts:?}");
}
