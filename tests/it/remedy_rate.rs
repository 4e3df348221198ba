//! How often a denial with whole documents and an untold context gets a remedy, by who called, and that each remedy works as it says in
//! every context that agrees with AWS's words, for whoever the caller turns out to be, and for nobody else.

use std::collections::BTreeMap;

use iamdx::aws_evidence::AwsEvidence;
use iamdx::deduce::{InCases, deduce};
use iamdx::diagnose::{self, DenialContext};
use iamdx::evaluate::{Decision, TestCase, derive_context, evaluate};
use iamdx::reference::Reference;
use iamdx::remedy::{self, Disposition, Presumed, Remedy, Title, WhyNot, presumed};
use iamdx::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::deductions::{
    agrees, allowed, can_be, contexts, ensure, in_context, is_set_on_one_value, is_so, lines, message_to, setting,
    small, unknown, verdict,
};
use crate::support::generate::Random;
use crate::support::second::judge;

const USER: &str = "arn:aws:iam::111122223333:user/alice";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/run-1";
const WORKFORCE: &str = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice";

/// Who calls: its name in the counts, its ARN, the ARNs that its role may have, and whether a file tells which.
const CALLERS: [(&str, &str, &[&str], bool); 5] = [
    ("user", USER, &[], true),
    ("role in a file", SESSION, &["arn:aws:iam::111122223333:role/app"], true),
    ("role with a path, in a file", SESSION, &["arn:aws:iam::111122223333:role/team/web/app"], true),
    (
        "role in no file",
        SESSION,
        &["arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:role/team/web/app"],
        false,
    ),
    (
        "permission set in no file",
        WORKFORCE,
        &[
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admins_0123456789abcdef",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admins_0123456789abcdef",
        ],
        false,
    ),
];

/// Others who may hold the same policies.
const OTHERS: [(&str, &str); 4] = [
    ("arn:aws:iam::111122223333:user/app", "arn:aws:iam::111122223333:user/app"),
    ("arn:aws:sts::111122223333:assumed-role/other/run-1", "arn:aws:iam::111122223333:role/other"),
    ("arn:aws:sts::111122223333:assumed-role/my-app/run-1", "arn:aws:iam::111122223333:role/my-app"),
    ("arn:aws:sts::111122223333:assumed-role/other/run-1", "arn:aws:iam::111122223333:role/app/other"),
];

type Counts = BTreeMap<(&'static str, String), usize>;

/// The case as the second evaluator takes it, with the edits in place; `None` where a policy is new.
fn with_edits(case: &Value, remedy: &Remedy) -> Option<Value> {
    let mut case = case.clone();
    for edit in &remedy.edits {
        edit.before.as_ref()?;
        let document: Value = serde_json::from_str(edit.after.document.source.text()).unwrap();
        let name = json!(edit.after.name);
        for (_, level) in case["policies"].as_object_mut().unwrap() {
            let lists = level.as_array_mut().unwrap().iter_mut();
            let policies = lists.flat_map(|one| {
                if one.is_array() { one.as_array_mut().unwrap().iter_mut().collect() } else { vec![one] }
            });
            for policy in policies.filter(|policy| policy["name"] == name) {
                policy["document"] = document.clone();
            }
        }
    }
    Some(case)
}

/// The case of this caller.
fn by(case: &Value, caller: &str, role: &str) -> Value {
    let mut case = case.clone();
    case["request"]["principal"] = json!(caller);
    case["request"]["context"]["aws:PrincipalArn"] = json!([role]);
    case
}

/// Whether it is a remedy, and not only a word on whom to ask.
fn helps(remedy: &Remedy) -> bool {
    (remedy.verification.is_some() && remedy.disposition != Disposition::Refused)
        || matches!(remedy.title, Title::ChangeRequest(_))
}

/// A remedy in every context that agrees: it works where it says so, and for nobody else.
fn works(
    remedy: &Remedy,
    worlds: &[Value],
    roles: &[&str],
    request: &iamdx::iam::Request,
    seen: &iamdx::iam::PolicySet,
) -> Result<(), String> {
    let Some(proof) = &remedy.verification else { return Ok(()) };
    let in_case: Box<dyn Fn(&Value) -> bool> = match &proof.in_cases {
        InCases::Every => Box::new(|_| true),
        InCases::If(facts) => Box::new(|case| facts.iter().all(|fact| is_so(case, fact))),
        _ => Box::new(|_| false),
    };
    let without_path = proof.assumes.iter().any(|presumed| matches!(presumed, Presumed::NoPath(_)));
    let caller = request.principal.value().unwrap().as_str();
    let own = roles.iter().filter(|role| !without_path || role.matches('/').count() == 1);
    let own: Vec<&str> = if roles.is_empty() { vec![caller] } else { own.copied().collect() };
    // what two keys have in common is not reasoned about, and a key with set operators may be a list
    let wide = |world: &Value| world.to_string().contains("${") || lines(world).iter().any(is_set_on_one_value);
    let compared = worlds.first().is_some_and(wide);
    let helps = |world: &Value| {
        let mut asked = TestCase::parse(&world.to_string()).unwrap().request;
        asked.context.set_one("aws:PrincipalArn", own[0]);
        allowed(&asked, remedy, seen)
    };
    let found = if proof.in_cases == InCases::Some { worlds.iter().any(helps) } else { worlds.iter().any(&in_case) };
    // what rests on a policy that was not seen is not allowed by those that were
    let rests = !proof.conditional_on.is_empty();
    ensure(found || compared || rests, || format!("{:?} helps in no context that agrees\n{remedy:?}", proof.in_cases))?;
    for world in worlds.iter().filter(|world| in_case(world)) {
        for role in &own {
            let mut asked = TestCase::parse(&world.to_string()).unwrap().request;
            asked.context.set_one("aws:PrincipalArn", *role);
            ensure(allowed(&asked, remedy, seen), || {
                format!("{:?} does not help {role} in {}\n{remedy:?}", proof.in_cases, world["request"]["context"])
            })?;
            let changes = matches!(remedy.title, Title::ChangeRequest(_));
            if let (Some(edited), false) = (with_edits(world, remedy), changes) {
                let decision = judge(&by(&edited, caller, role)).decision;
                ensure(decision == "allowed", || {
                    format!("{decision} for {role}, as the second evaluator sees it\n{remedy:?}")
                })?;
            }
        }
        if !proof.shared.is_empty() {
            continue;
        }
        let Some(edited) = with_edits(world, remedy) else { continue };
        for (other, role) in OTHERS {
            let before = judge(&by(world, other, role)).decision;
            let after = judge(&by(&edited, other, role)).decision;
            ensure(before == after, || format!("{role} was {before}, and is {after}\n{remedy:?}"))?;
        }
    }
    Ok(())
}

fn one(random: &mut Random, caller: usize, counts: &mut Counts) -> Result<(), String> {
    let (who, arn, roles, told) = CALLERS[caller];
    let (mut case, keys) = small(random);
    case["request"]["principal"] = json!(arn);
    let all: Vec<Value> = contexts(&keys).iter().map(|context| in_context(&case, context)).filter(can_be).collect();
    let whole = random.pick(&all);
    let opinion = judge(&whole);
    let Some((kind, verdict)) = verdict(&whole, &opinion, random) else { return Ok(()) };
    // of a bucket's policy nothing is certain: a setting of the bucket gives the same words
    if kind == "resource-based" || !agrees(&whole, &opinion, kind, &verdict) {
        return Ok(());
    }
    let mut unknown = unknown(&whole);
    if let ([role], true) = (roles, told) {
        unknown.request.role = Some(role.parse().unwrap());
        derive_context(&mut unknown.request);
    }
    let evaluation = evaluate(&unknown.request, &unknown.policies);
    let found = deduce(&unknown.request, &unknown.policies, &evaluation, Some(&verdict), Reference::embedded());
    let denial = message_to(arn, &verdict);
    let (answers, snapshot) = (AwsEvidence::default(), Snapshot::default());
    let mut context =
        DenialContext::new(&denial, &unknown.request, &unknown.policies, &evaluation, &answers, &snapshot);
    context.deduction = &found;
    let remedies = remedy::propose(&context, &diagnose::diagnose(&context));
    let (seen, _) = presumed(&unknown.policies);
    let worlds: Vec<Value> = all.iter().filter(|case| agrees(case, &judge(case), kind, &verdict)).cloned().collect();
    for remedy in &remedies {
        works(remedy, &worlds, roles, &unknown.request, &seen)?;
    }
    let mut count = |what: String| *counts.entry((who, what)).or_default() += 1;
    let undecided = evaluation.decision == Decision::Undetermined;
    let helped = remedies.iter().any(helps);
    let refused = !helped && remedies.iter().any(|remedy| remedy.disposition == Disposition::Refused);
    count("denials".to_owned());
    for (so, what) in [
        (helped, "with a remedy"),
        (refused, "a guardrail that must stay"),
        (undecided, "undecided"),
        (helped && undecided, "undecided, with a remedy"),
    ] {
        if so {
            count(what.to_owned());
        }
    }
    if !helped {
        let mut reasons: Vec<String> = remedies
            .iter()
            .flat_map(|remedy| &remedy.why_not)
            .map(|why| match why {
                WhyNot::CannotFix(obstacle) => obstacle.code().to_owned(),
                other => other.code().to_owned(),
            })
            .collect();
        reasons.sort();
        reasons.dedup();
        let titles: Vec<&str> = remedies.iter().map(|remedy| remedy.title.code()).collect();
        count(format!("- {} ({})", reasons.join(", "), titles.join(", ")));
        if let Ok(wanted) = std::env::var("IAMDX_SHOW")
            && reasons.contains(&wanted)
        {
            println!("{who} {verdict:?}\n{}\n{remedies:#?}", serde_json::to_string_pretty(&whole).unwrap());
        }
    }
    Ok(())
}

/// Most denials with whole documents get a remedy, whoever called, and none is wrong.
#[test]
fn most_denials_with_whole_documents_get_a_remedy_and_none_is_wrong() {
    let (cases, seed) = (setting("IAMDX_DEDUCTIONS", 60), setting("IAMDX_SEED", 31));
    let mut counts = Counts::new();
    for number in 0..cases * CALLERS.len() {
        let (number, caller) = (number / CALLERS.len(), number % CALLERS.len());
        let mut random = Random::new((seed * 1_000_000 + number) as u64);
        if let Err(wrong) = one(&mut random, caller, &mut counts) {
            let mut random = Random::new((seed * 1_000_000 + number) as u64);
            let (case, _) = small(&mut random);
            panic!(
                "seed {seed} case {number}, {}: {wrong}\n{}",
                CALLERS[caller].0,
                serde_json::to_string_pretty(&case).unwrap()
            );
        }
    }
    for ((who, what), count) in &counts {
        println!("{who}: {what}: {count}");
    }
    let sum =
        |wanted: &str| counts.iter().filter(|((_, what), _)| what == wanted).map(|(_, count)| count).sum::<usize>();
    let (denials, helped) = (sum("denials"), sum("with a remedy"));
    let stay = sum("a guardrail that must stay");
    println!(
        "all: {helped} of {denials}, of which {stay} must stay; undecided: {} of {}",
        sum("undecided, with a remedy"),
        sum("undecided")
    );
    // a Deny of everything for everybody is no accident
    assert!(helped * 100 >= (denials - stay) * 80, "{helped} of {denials}, of which {stay} must stay");
}
