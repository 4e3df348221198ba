//! What follows from AWS's words where the resource is not told, or is a pattern, against every resource that it can be.

use iamdx::aws_evidence::AwsEvidence;
use iamdx::deduce::{Basis, InCases, deduce};
use iamdx::diagnose::{self, DenialContext};
use iamdx::evaluate::{Decision, Evaluation, TestCase, Truth, evaluate};
use iamdx::iam::{Field, Hints, NotTold, Why};
use iamdx::infer::RequestBuilder;
use iamdx::reference::Reference;
use iamdx::remedy::{self, presumed};
use iamdx::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::deductions::{
    Counts, TYPES, agrees, allowed, asked, can_be, contexts, ensure, in_context, in_truth, is_so, matching, message,
    setting, small, unknown, verdict,
};
use crate::support::generate::Random;
use crate::support::second::{Opinion, judge};

/// Resources of the small cases; the last one is a pattern that AWS compares as it stands.
const RESOURCES: [&str; 7] = [
    "arn:aws:s3:::reports/q1.csv",
    "arn:aws:s3:::reports/q2.csv",
    "arn:aws:s3:::reports/alice/q1.csv",
    "arn:aws:s3:::other/q1.csv",
    "arn:aws:s3:us-east-1:111122223333:accesspoint/ap/object/q1.csv",
    "arn:aws:s3:::reports/a:b",
    "arn:aws:s3:::reports/*",
];

/// Entries of Resource for them, some of another kind.
const ENTRIES: [&str; 16] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::reports/*",
    "arn:aws:s3:::reports/q1.csv",
    "arn:aws:s3:::reports/q?.csv",
    "arn:aws:s3:::r*",
    "arn:aws:s3:::*/q1.csv",
    "arn:aws:s3:::other/*",
    "arn:aws:s3:::reports",
    "arn:aws:s3:::reports/${aws:username}/*",
    "arn:aws:s3:::reports/${*}",
    "arn:aws:s3:*:*:accesspoint/*",
    "arn:aws:s3:*:reports/q1.csv",
    "arn:aws:dynamodb:*:*:table/reports",
    "arn:aws:s3",
    "arn:aws:s3:*",
];

/// Gives every statement of the case resources of its own.
fn with_resources(case: &mut Value, random: &mut Random) {
    for kind in TYPES.map(|(kind, _)| kind) {
        for policy in case["policies"].get_mut(kind).and_then(Value::as_array_mut).into_iter().flatten() {
            let one = std::slice::from_mut(policy);
            let policies = if one[0].is_array() { one[0].as_array_mut().unwrap() } else { one };
            for statement in policies.iter_mut().flat_map(|it| it["document"]["Statement"].as_array_mut().unwrap()) {
                let count = 1 + random.below(2);
                let entries: Vec<&str> = (0..count).map(|_| random.pick(&ENTRIES)).collect();
                if statement["Sid"] == "Open" || random.chance(20) {
                    continue;
                }
                let members = statement.as_object_mut().unwrap();
                members.remove("Resource");
                members.insert(if random.chance(20) { "NotResource" } else { "Resource" }.to_owned(), json!(entries));
            }
        }
    }
}

/// What is told of the resource: nothing, a pattern, or what AWS compares; with the resources that it can be.
fn told(random: &mut Random) -> (Field<String>, Vec<&'static str>) {
    let (all, pattern) = (&RESOURCES[..6], |text: &str, why| Field::Assumed(text.to_owned(), why));
    match random.below(4) {
        0 => (pattern("arn:aws:s3:::reports/*", Why::QuotedPattern), vec![all[0], all[1], all[2], all[5]]),
        1 => (pattern("arn:aws:s3:::*/q1.csv", Why::Masked), vec![all[0], all[2], all[3]]),
        2 => (pattern(RESOURCES[6], Why::PatternOfAws), vec![RESOURCES[6]]),
        _ => (Field::Missing(NotTold::NotNamed), all.to_vec()),
    }
}

/// What is decided is so whatever is not known.
fn decided_is_so(evaluation: &Evaluation, judged: &[(Value, Opinion)], counts: &mut Counts) -> Result<(), String> {
    let decided = match evaluation.decision {
        Decision::Allowed => Some("allowed"),
        Decision::ExplicitDeny => Some("explicitDeny"),
        Decision::ImplicitDeny => Some("implicitDeny"),
        Decision::Undetermined => None,
    };
    if let Some(decided) = decided {
        let other = judged.iter().find(|(_, opinion)| {
            (opinion.decision == "allowed") != (decided == "allowed")
                || (decided == "explicitDeny" && opinion.decision != decided)
        });
        ensure(other.is_none(), || format!("{decided}, but not in {}", other.unwrap().0["request"]))?;
        *counts.entry("decided").or_default() += 1;
    }
    for outcome in evaluation.checks.iter().flat_map(|check| &check.outcomes) {
        let Some(certain) =
            [(Truth::True, true), (Truth::False, false)].iter().find(|(it, _)| *it == outcome.matched())
        else {
            continue;
        };
        let own = |opinion: &Opinion| {
            let mut all = opinion.statements.iter();
            all.any(|(name, index, truth)| {
                *name == outcome.policy.name && *index == outcome.statement && *truth == Some(true)
            })
        };
        let other = judged.iter().find(|(_, opinion)| own(opinion) != certain.1);
        ensure(other.is_none(), || {
            let (name, index) = (&outcome.policy.name, outcome.statement);
            format!("statement {index} of {name} is {certain:?}, but not in {}", other.unwrap().0["request"])
        })?;
    }
    Ok(())
}

fn by_trying_resources(random: &mut Random, counts: &mut Counts) -> Result<(), String> {
    let (mut case, mut keys) = small(random);
    with_resources(&mut case, random);
    keys.truncate(2);
    case["request"]["principal"] = json!("arn:aws:iam::111122223333:user/alice");
    // what is in every request, and what others come with
    let needed = ["aws:MultiFactorAuthPresent", "aws:ViaAWSService", "aws:CurrentTime"];
    keys.extend(needed.into_iter().filter(|key| asked(&case, key)));
    let (resource, resources) = told(random);
    let on = |case: &Value, resource: &str| {
        let mut case = case.clone();
        case["request"]["resource"] = json!(resource);
        // AWS fills it for a user
        case["request"]["context"]["aws:username"] = json!(["alice"]);
        case
    };
    let all: Vec<Value> = contexts(&keys)
        .iter()
        .flat_map(|context| resources.iter().map(|resource| on(&in_context(&case, context), resource)))
        .filter(can_be)
        .collect();
    let whole = random.pick(&all);
    let opinion = judge(&whole);
    let mut unknown = unknown(&whole);
    unknown.request.resource = resource;
    let hints = Hints::default();
    let request = RequestBuilder::of(unknown.request, &hints).resource_by(Reference::embedded()).build();
    let evaluation = evaluate(&request, &unknown.policies);
    let judged: Vec<(Value, Opinion)> = all.into_iter().map(|case| (judge(&case), case)).map(|(a, b)| (b, a)).collect();
    decided_is_so(&evaluation, &judged, counts)?;
    let Some((kind, verdict)) = verdict(&whole, &opinion, random) else { return Ok(()) };
    let found = deduce(&request, &unknown.policies, &evaluation, Some(&verdict), Reference::embedded());
    in_truth(&whole, &opinion, kind, &found)?;
    let agreeing: Vec<&(Value, Opinion)> =
        judged.iter().filter(|(case, opinion)| agrees(case, opinion, kind, &verdict)).collect();
    for deny in &found.denies {
        let own = (deny.policy.name.clone(), deny.statement);
        let hits = agreeing.iter().filter(|(case, opinion)| matching(case, opinion, kind, true).contains(&own)).count();
        // several elements are not compared with one another: what may be together is counted, though it cannot be
        ensure(hits == agreeing.len() || deny.basis != Basis::Deduced, || {
            format!("{own:?} is deduced, and matches in {hits} of {} cases that agree", agreeing.len())
        })?;
        let name = match (deny.basis, hits) {
            (Basis::Deduced, _) => "deduced",
            (_, 0) => "possible, in no case",
            (_, hits) if hits == agreeing.len() => "possible, in every case",
            _ => "possible",
        };
        *counts.entry(name).or_default() += 1;
    }
    for fact in &found.implies {
        let wrong = agreeing.iter().find(|(case, _)| !is_so(case, fact));
        ensure(wrong.is_none(), || format!("not so in {}: {fact:?}", wrong.unwrap().0["request"]))?;
        *counts.entry("facts").or_default() += 1;
    }
    let denial = message(&verdict);
    let (answers, snapshot) = (AwsEvidence::default(), Snapshot::default());
    let mut context = DenialContext::new(&denial, &request, &unknown.policies, &evaluation, &answers, &snapshot);
    context.deduction = &found;
    let remedies = remedy::propose(&context, &diagnose::diagnose(&context));
    *counts.entry("denials").or_default() += 1;
    let (seen, _) = presumed(&unknown.policies);
    for remedy in &remedies {
        let Some(proof) = &remedy.verification else { continue };
        let holds: Box<dyn Fn(&Value) -> bool> = match &proof.in_cases {
            InCases::Every => Box::new(|_| true),
            InCases::If(facts) => Box::new(|case| facts.iter().all(|fact| is_so(case, fact))),
            _ => continue,
        };
        for (case, _) in agreeing.iter().filter(|(case, _)| holds(case)) {
            let request = TestCase::parse(&case.to_string()).unwrap().request;
            ensure(allowed(&request, remedy, &seen), || {
                format!("{:?} does not help in {}\n{remedy:?}", proof.in_cases, case["request"])
            })?;
        }
        *counts.entry(if proof.in_cases == InCases::Every { "proved" } else { "conditional" }).or_default() += 1;
    }
    Ok(())
}

/// Every resource of a small alphabet is tried too, where none is told, or a pattern.
#[test]
fn what_is_deduced_is_so_for_every_resource_that_it_can_be() {
    let (cases, seed) = (setting("IAMDX_DEDUCTIONS", 150), setting("IAMDX_SEED", 47));
    let mut counts = Counts::new();
    for number in 0..cases {
        let mut random = Random::new((seed * 1_000_000 + number) as u64);
        if let Err(wrong) = by_trying_resources(&mut random, &mut counts) {
            let mut random = Random::new((seed * 1_000_000 + number) as u64);
            let (mut case, _) = small(&mut random);
            with_resources(&mut case, &mut random);
            let told = told(&mut random);
            panic!("seed {seed} case {number}: {wrong}\n{told:?}\n{}", serde_json::to_string_pretty(&case).unwrap());
        }
    }
    println!("{counts:?}");
}
