//! The evaluator against AWS's rules: fixtures rule by rule, a second evaluator, and properties that must always hold.

use std::collections::{BTreeMap, BTreeSet};

use iamdx::evaluate::{Answer, Decision, KnownDocuments, TestCase, Truth, evaluate};
use serde_json::{Value, json};

use crate::support::generate::{Random, case};
use crate::support::second::judge;
use crate::support::{entries, read};

/// Every fixture: the file, and each case.
fn fixtures() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for path in entries("fixtures/evaluation") {
        let text = read(&path);
        let cases: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        all.extend(cases.into_iter().map(|case| (name.clone(), case)));
    }
    all
}

#[test]
fn every_case_is_decided_as_aws_documents_it() {
    let mut wrong = Vec::new();
    for (file, case) in fixtures() {
        let answer = TestCase::parse(&case.to_string())
            .unwrap_or_else(|error| panic!("{file} {}: {error}", case["id"]))
            .answer();
        if json!(answer.decision) != case["expect"] {
            wrong.push(format!("{file} {}: expected {}, is {:?}", case["id"], case["expect"], answer.decision));
        }
        if let Some(expected) = case.get("decided_by")
            && json!(answer.decided_by) != *expected
        {
            wrong.push(format!("{file} {}: decided by {expected}, is {:?}", case["id"], answer.decided_by));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html>
#[test]
fn elements_that_are_given_twice_are_read_as_aws_reads_what_it_has_and_told() {
    let decided = |statement: &str| {
        let case = format!(
            r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::reports/q1.csv", "resource_account": "111122223333"}}, "policies": {{"identity-based": [
            {{"Version": "2012-10-17", "Statement": {{{statement}}}}}]}}}}"#
        );
        let answer = TestCase::parse(&case).unwrap().answer();
        let problems: Vec<String> = answer
            .problems
            .into_iter()
            .map(|found| format!("{}:{} {}", found.line, found.column, found.message))
            .collect();
        (answer.decision, problems)
    };
    let saved = "AWS saves no such document any more; of a document that it has,";
    let list = |key: &str| {
        vec![format!(
            "1:{} `{key}` is given more than once: {saved} all of them count as one list",
            if key == "Action" { 86 } else { 124 }
        )]
    };
    assert_eq!(
        decided(r#""Effect": "Deny", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#),
        (Decision::Allowed, vec![format!("1:59 `Effect` is given more than once: {saved} the last one counts")])
    );
    assert_eq!(
        decided(r#""Effect": "Allow", "Action": "s3:GetObject", "Action": "s3:PutObject", "Resource": "*""#),
        (Decision::Allowed, list("Action"))
    );
    assert_eq!(
        decided(
            r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Resource": "arn:aws:s3:::x""#
        ),
        (Decision::Allowed, list("Resource"))
    );
}

#[test]
fn every_rule_of_the_page_has_a_case_and_every_case_a_rule() {
    let page = read("docs/evaluation.md");
    let rules: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let cases = fixtures();
    let used: BTreeSet<&str> = cases.iter().map(|(_, case)| case["rule"].as_str().unwrap_or("no rule")).collect();
    assert_eq!(rules, used);
    let mut ids = BTreeSet::new();
    for (file, case) in &cases {
        assert!(ids.insert(case["id"].as_str().unwrap()), "{file}: {} is used twice", case["id"]);
    }
}

const fn word(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// What the two evaluators do not agree on.
fn difference(value: &Value) -> Option<String> {
    let case = TestCase::parse(&value.to_string()).unwrap_or_else(|error| panic!("{error}\n{value}"));
    let evaluation = evaluate(&case.request, &case.policies);
    let opinion = judge(value);
    let outcomes = evaluation.checks.iter().flat_map(|check| &check.outcomes);
    let first: BTreeMap<(String, usize), Option<bool>> =
        outcomes.map(|outcome| ((outcome.policy.name.clone(), outcome.statement), word(outcome.matched()))).collect();
    let second: BTreeMap<(String, usize), Option<bool>> =
        opinion.statements.into_iter().map(|(policy, index, truth)| ((policy, index), truth)).collect();
    if first != second {
        let differing: Vec<_> = first.iter().filter(|(key, truth)| second.get(*key) != Some(*truth)).collect();
        let missing: Vec<_> = second.keys().filter(|key| !first.contains_key(*key)).collect();
        return Some(format!("statements {differing:?} (second alone: {missing:?})"));
    }
    (evaluation.decision.id() != opinion.decision)
        .then(|| format!("decision {} and {}", evaluation.decision.id(), opinion.decision))
}

#[test]
fn the_second_evaluator_agrees_on_the_fixtures() {
    let different: Vec<String> = fixtures()
        .into_iter()
        .filter(|(_, case)| case.get("first_only").is_none())
        .map(|(_, mut case)| {
            name_policies(&mut case);
            case
        })
        .filter_map(|case| difference(&case).map(|difference| format!("{}: {difference}", case["id"])))
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Gives every policy the form that the second evaluator reads.
fn name_policies(case: &mut Value) {
    let mut counter = 0;
    let mut wrap = |policy: &mut Value| {
        counter += 1;
        let document = policy.get("document").cloned().unwrap_or_else(|| policy.clone());
        *policy = json!({"name": format!("p{counter}"), "document": document});
    };
    for (kind, list) in case["policies"].as_object_mut().into_iter().flatten() {
        for item in list.as_array_mut().unwrap() {
            if kind.ends_with("-control") {
                item.as_array_mut().unwrap().iter_mut().for_each(&mut wrap);
            } else {
                wrap(item);
            }
        }
    }
    if case["request"].get("resource_account").is_none() {
        case["request"]["resource_account"] = json!("111122223333");
    }
}

#[test]
fn two_evaluators_agree_on_random_cases() {
    let setting = |name: &str, default: u64| {
        let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let seed = setting("IAMDX_SEED", 20_261_122);
    let pairs = setting("IAMDX_PAIRS", 4_000);
    let threads = 2;
    let found: Vec<String> = std::thread::scope(|scope| {
        let work = |thread: u64| {
            move || {
                let mut random = Random::new(seed.wrapping_add(thread << 32));
                let mut decisions: BTreeMap<&str, u64> = BTreeMap::new();
                for number in 0..pairs / threads {
                    let case = case(&mut random);
                    if let Some(difference) = difference(&case) {
                        return Err(format!("pair {number} of thread {thread}, seed {seed}: {difference}\n{case}"));
                    }
                    let decision = judge(&case).decision;
                    *decisions.entry(decision).or_default() += 1;
                }
                Ok(decisions)
            }
        };
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        let mut all: BTreeMap<&str, u64> = BTreeMap::new();
        let mut found = Vec::new();
        for thread in running {
            match thread.join().unwrap() {
                Ok(decisions) => decisions.into_iter().for_each(|(name, count)| *all.entry(name).or_default() += count),
                Err(difference) => found.push(difference),
            }
        }
        println!("{pairs} pairs, seed {seed}: {all:?}");
        found
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The lists of a case in which a statement can be put, as pointers to the statements' array.
fn add(case: &Value, kind: &str, statement: &Value) -> Value {
    let mut case = case.clone();
    let policy = json!({"name": "added", "document": {"Version": "2012-10-17", "Statement": [statement]}});
    let Some(list) = case["policies"].get_mut(kind) else { return case };
    if kind.ends_with("-control") {
        if let Some(level) = list.as_array_mut().and_then(|levels| levels.first_mut()) {
            level.as_array_mut().unwrap().push(policy);
        }
    } else if let Some(list) = list.as_array_mut() {
        list.push(policy);
    }
    case
}

fn decide(case: &Value) -> Decision {
    let case = TestCase::parse(&case.to_string()).unwrap();
    evaluate(&case.request, &case.policies).decision
}

const fn denied(decision: Decision) -> bool {
    matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny)
}

/// The layers; one more policy in a list that is there changes no other rule.
const KINDS: [&str; 7] = [
    "identity-based",
    "resource-based",
    "permissions-boundary",
    "session",
    "vpc-endpoint",
    "service-control",
    "resource-control",
];

#[test]
fn a_deny_never_allows_and_an_allow_never_denies() {
    let mut random = Random::new(7);
    for _ in 0..600 {
        let case = case(&mut random);
        let before = decide(&case);
        let kind = KINDS[random.below(KINDS.len())];
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
        let deny = if kind.contains("resource") || kind == "vpc-endpoint" { deny } else { without_principal(&deny) };
        let after = decide(&add(&case, kind, &deny));
        assert!(after != Decision::Allowed || before == Decision::Allowed, "a deny in {kind} allows\n{case}");
        let allow = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
        let allow = if kind.contains("resource") || kind == "vpc-endpoint" { allow } else { without_principal(&allow) };
        let trust_begins = kind == "resource-based" && case["policies"][kind].as_array().is_some_and(Vec::is_empty);
        let bounded_begins = case["policies"][kind].as_array().is_some_and(Vec::is_empty);
        // a first policy in a list is a new ceiling, not one more allow
        if !trust_begins && !bounded_begins {
            let after = decide(&add(&case, kind, &allow));
            assert!(before != Decision::Allowed || after == Decision::Allowed, "an allow in {kind} denies\n{case}");
            assert!(!(denied(after) && before == Decision::Undetermined), "an allow in {kind} denies\n{case}");
        }
    }
}

fn without_principal(statement: &Value) -> Value {
    let mut statement = statement.clone();
    statement.as_object_mut().unwrap().remove("Principal");
    statement
}

/// An answer is found without all that an evaluation keeps, and from documents without the statements that certainly do not match.
#[test]
fn an_answer_is_that_of_the_whole_evaluation_of_whole_documents() {
    let mut random = Random::new(17);
    let known = KnownDocuments::new(1 << 20);
    let (mut left_out, mut decisions) = (0, BTreeSet::new());
    let cases = (0..400).map(|_| case(&mut random)).chain(fixtures().into_iter().map(|(_, case)| case));
    for case in cases.flat_map(|case| with_more(&case)) {
        let text = case.to_string();
        let whole = TestCase::parse(&text).unwrap();
        let evaluation = evaluate(&whole.request, &whole.policies);
        let expected = Answer::new(whole.id.clone(), &evaluation, &whole.policies);
        assert_eq!(whole.answer(), expected, "{text}");
        let short = TestCase::parse_for_answer(&text, &known).unwrap();
        assert_eq!(short.answer(), expected, "{text}");
        assert_eq!(short.answer().to_line(), serde_json::to_string(&expected).unwrap());
        let statements =
            |case: &TestCase| case.policies.policies().map(|policy| policy.document.statements.len()).sum::<usize>();
        left_out += statements(&whole) - statements(&short);
        decisions.insert(format!("{:?}", expected.decision));
    }
    assert!(left_out > 1_000 && decisions.len() == 4, "the cases must put the question: {left_out} {decisions:?}");
}

/// The case, and the same with statements that are about something else, of which AWS rejects some.
fn with_more(case: &Value) -> [Value; 2] {
    let condition = |operator: &str, value: &str| json!({operator: {"aws:SourceIp": [value, value]}});
    let more = [
        json!({"Sid": "one", "Effect": "Allow", "Action": ["ec2:Run*", "sqs:SendMessage"], "Resource": "*"}),
        json!({"Sid": "one", "Effect": "Deny", "Action": "*", "Resource": ["arn:aws:s3:::elsewhere/*", "arn:aws:s3:::x"]}),
        json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:s3:::*", "Condition": condition("IpAddress", "10.0.0.0/8")}),
        json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": condition("NotIpAddress", "nowhere")}),
        json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": condition("StringLike", "${aws:username}")}),
        json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": condition("StringIs", "x")}),
        json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"StringIs": {}}}),
        json!({"Effect": "Deny", "Action": ["ec2:*", "ec2"], "Resource": "*"}),
        json!({"Effect": "Deny", "Action": "ec2:*", "Resource": ["*", "elsewhere"]}),
        json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:s3"}),
        json!({"Effect": "Deny", "Action": "ec2:*"}),
        json!({"Effect": "Maybe", "Action": "ec2:*", "Resource": "*"}),
        json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "sid": "two"}),
        json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:s3:::${template:Name}/*"}),
        json!({"Effect": "Deny", "NotAction": "ec2:*", "Resource": "arn:aws:s3:::elsewhere/*"}),
    ];
    let mut longer = case.clone();
    for kind in KINDS {
        let Some(lists) = longer["policies"].get_mut(kind).and_then(Value::as_array_mut) else { continue };
        let policies = lists.iter_mut().flat_map(|item| {
            if item.is_array() {
                item.as_array_mut().unwrap().iter_mut()
            } else {
                std::slice::from_mut(item).iter_mut()
            }
        });
        for policy in policies {
            let document = if policy["document"].is_object() { &mut policy["document"] } else { policy };
            let own = document["Statement"].take();
            let own = if own.is_array() { own.as_array().unwrap().clone() } else { vec![own] };
            document["Statement"] = more.iter().cloned().chain(own).collect();
        }
    }
    [case.clone(), longer]
}

#[test]
fn the_order_of_statements_and_policies_does_not_matter() {
    let mut random = Random::new(11);
    for _ in 0..400 {
        let case = case(&mut random);
        let mut turned = case.clone();
        for (kind, list) in turned["policies"].as_object_mut().unwrap() {
            let lists: Vec<&mut Vec<Value>> = if kind.ends_with("-control") {
                list.as_array_mut().unwrap().iter_mut().map(|level| level.as_array_mut().unwrap()).collect()
            } else {
                vec![list.as_array_mut().unwrap()]
            };
            for list in lists {
                list.reverse();
                for policy in list {
                    if let Some(statements) = policy["document"]["Statement"].as_array_mut() {
                        statements.reverse();
                    }
                }
            }
        }
        assert_eq!(decide(&case), decide(&turned), "{case}");
    }
}

#[test]
fn what_is_certain_stays_so_whatever_the_unknown_keys_turn_out_to_be() {
    let mut random = Random::new(13);
    let mut undetermined = 0;
    for _ in 0..1_000 {
        let mut case = case(&mut random);
        case["context_complete"] = json!(true);
        let full = decide(&case);
        // some keys are no longer known, and neither is what is not given
        let mut less = case.clone();
        less["context_complete"] = json!(false);
        less["request"]["context"].as_object_mut().unwrap().retain(|_, _| random.chance(60));
        let known = decide(&less);
        undetermined += usize::from(known == Decision::Undetermined);
        match known {
            Decision::Undetermined => {}
            Decision::Allowed => assert_eq!(full, Decision::Allowed, "{case}"),
            Decision::ExplicitDeny => assert_eq!(full, Decision::ExplicitDeny, "{case}"),
            Decision::ImplicitDeny => assert!(denied(full), "{case}"),
        }
    }
    assert!(undetermined > 50, "the cases must put the question: {undetermined}");
}

#[test]
fn the_seeds_of_the_fuzz_targets_are_read_and_answered() {
    for path in entries("fixtures/fuzz/policy") {
        let source = iamdx::text::Source::new("seed", read(&path));
        let problems: Vec<String> =
            iamdx::iam::Document::parse(source).unwrap().problems.into_iter().map(|p| p.fault.to_string()).collect();
        assert!(!problems.is_empty(), "{}", path.display());
    }
    for path in entries("fixtures/fuzz/case") {
        let _ = TestCase::parse(&read(&path)).unwrap().answer();
    }
}
