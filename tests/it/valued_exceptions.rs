//! An exception in a Deny is for the caller and the values that the request has; for others, and with other values, all stays as it is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use iamdx::aws_evidence::AwsEvidence;
use iamdx::denial;
use iamdx::diagnose::{self, DenialContext};
use iamdx::evaluate::{Decision, TestCase, evaluate};
use iamdx::remedy::{self, Opened, Remedy};
use iamdx::report::words;
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use serde_json::{Map, Value, json};

use crate::deductions::{ensure, setting};
use crate::support::generate::Random;
use crate::support::second::judge;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const BOB: &str = "arn:aws:iam::111122223333:user/bob";
const INSTANCE: &str = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc";

/// Keys with the values that are tried; `None` is a request without the key.
const KEYS: [(&str, [Option<&str>; 4]); 5] = [
    ("ec2:InstanceType", [Some("m5.large"), Some("t3.micro"), Some("m5.xlarge"), None]),
    ("aws:RequestTag/env", [Some("prod"), Some("Prod"), Some("p*"), None]),
    ("aws:SourceIp", [Some("203.0.113.7"), Some("203.0.113.8"), Some("198.51.100.1"), None]),
    ("ec2:VolumeSize", [Some("8"), Some("9"), Some("100"), None]),
    ("ec2:Encrypted", [Some("false"), Some("true"), None, None]),
];

/// Everything is allowed but what the Deny says.
fn case(kind: &str, statement: &Value, context: &BTreeMap<&str, &str>) -> Value {
    let open = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let document = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
    let guarded = json!({"name": "guarded", "document": document(json!([open, statement]))});
    let all = json!({"name": "all", "document": document(json!([open]))});
    let policies = match kind {
        "service-control" => json!({"identity-based": [all], "service-control": [[guarded]]}),
        _ => json!({"identity-based": [guarded]}),
    };
    let request = json!({"principal": ALICE, "action": "ec2:StartInstances", "resource": INSTANCE,
        "resource_account": "111122223333", "context": context, "multivalued_keys": []});
    json!({"id": 0, "request": request, "policies": policies, "context_complete": true, "derive_context": true})
}

fn remedies(case: &Value) -> Vec<Remedy> {
    let asked = TestCase::parse(&case.to_string()).unwrap();
    let kind = if case["policies"]["service-control"].is_null() { "an identity-based" } else { "a service control" };
    let text = format!(
        "User: {ALICE} is not authorized to perform: ec2:StartInstances on resource: {INSTANCE} with an explicit deny in {kind} policy"
    );
    let denial = denial::parse(&Source::new("message", text)).remove(0);
    let evaluation = evaluate(&asked.request, &asked.policies);
    let (answers, snapshot) = (AwsEvidence::default(), Snapshot::default());
    let context = DenialContext::new(&denial, &asked.request, &asked.policies, &evaluation, &answers, &snapshot);
    let mut all = remedy::propose(&context, &diagnose::diagnose(&context));
    all.retain(|remedy| !remedy.edits.is_empty());
    all
}

fn opened(remedy: &Remedy) -> &[Opened] {
    &remedy.verification.as_ref().unwrap().no_longer_denied
}

/// What each remedy no longer denies, and the conditions of its statements that deny.
fn shown(kind: &str, conditions: &Value, context: &[(&str, &str)]) -> String {
    let deny = json!({"Sid": "Guard", "Effect": "Deny", "Action": "ec2:StartInstances", "Resource": INSTANCE, "Condition": conditions});
    let context: BTreeMap<&str, &str> = context.iter().copied().collect();
    let mut text = String::new();
    for remedy in remedies(&case(kind, &deny, &context)) {
        for part in opened(&remedy) {
            writeln!(text, "{}", words::policy_change::opened(part)).unwrap();
        }
        let after: Value = serde_json::from_str(remedy.edits[0].after.document.source.text()).unwrap();
        for statement in after["Statement"].as_array().unwrap().iter().skip(1) {
            writeln!(text, "  {}", statement["Condition"]).unwrap();
        }
    }
    text.replace(INSTANCE, "INSTANCE")
}

#[test]
fn the_value_that_was_told_is_all_that_is_left_out() {
    let small = json!({"StringNotEquals": {"ec2:InstanceType": ["t3.micro"]}});
    insta::assert_snapshot!(shown("service-control", &small, &[("ec2:InstanceType", "m5.large")]), @r#"
ec2:StartInstances on INSTANCE by arn:aws:iam::111122223333:user/alice with ec2:InstanceType = m5.large
  {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"StringNotEquals":{"ec2:InstanceType":["t3.micro"]}}
  {"StringNotEquals":{"ec2:InstanceType":["t3.micro","m5.large"]}}
"#);
    insta::assert_snapshot!(shown("identity-based", &small, &[("ec2:InstanceType", "m5.large")]), @r#"
ec2:StartInstances on INSTANCE by arn:aws:iam::111122223333:user/alice with ec2:InstanceType = m5.large
  {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"StringNotEquals":{"ec2:InstanceType":["t3.micro"]}}
  {"StringNotEquals":{"ec2:InstanceType":["t3.micro","m5.large"]}}
"#);
}

#[test]
fn each_key_that_has_more_values_gets_a_statement() {
    let two = json!({"StringLike": {"ec2:InstanceType": "m5.*", "aws:RequestTag/env": "prod"},
        "NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}});
    let told = [("ec2:InstanceType", "m5.large"), ("aws:RequestTag/env", "prod"), ("aws:SourceIp", "203.0.113.7")];
    insta::assert_snapshot!(shown("service-control", &two, &told), @r#"
ec2:StartInstances on INSTANCE by arn:aws:iam::111122223333:user/alice with aws:SourceIp = 203.0.113.7 and ec2:InstanceType = m5.large
  {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"NotIpAddress":{"aws:SourceIp":"198.51.100.0/24"},"StringLike":{"aws:RequestTag/env":"prod","ec2:InstanceType":"m5.*"}}
  {"NotIpAddress":{"aws:SourceIp":["198.51.100.0/24","203.0.113.7"]},"StringLike":{"aws:RequestTag/env":"prod","ec2:InstanceType":"m5.*"}}
  {"NotIpAddress":{"aws:SourceIp":"198.51.100.0/24"},"StringLike":{"aws:RequestTag/env":"prod","ec2:InstanceType":"m5.*"},"StringNotEquals":{"ec2:InstanceType":"m5.large"}}
"#);
}

#[test]
fn where_no_value_can_be_written_every_value_is_told() {
    let absent = json!({"StringNotEquals": {"ec2:InstanceType": ["t3.micro"]}});
    insta::assert_snapshot!(shown("service-control", &absent, &[]), @r#"
ec2:StartInstances on INSTANCE by arn:aws:iam::111122223333:user/alice, with any value of ec2:InstanceType
  {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"StringNotEquals":{"ec2:InstanceType":["t3.micro"]}}
"#);
    let fleeting = json!({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}});
    insta::assert_snapshot!(shown("service-control", &fleeting, &[("aws:CurrentTime", "2026-11-29T10:00:00Z")]), @r#"
ec2:StartInstances on INSTANCE by arn:aws:iam::111122223333:user/alice, with any value of aws:CurrentTime
  {"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"},"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}
"#);
}

#[test]
fn without_room_for_the_values_the_exception_for_the_principal_stays() {
    // twice is too much for a service control policy
    let long = json!({"StringNotEquals": {"ec2:InstanceType": "t3.micro".repeat(700)}});
    let told = shown("service-control", &long, &[("ec2:InstanceType", "m5.large")]);
    let first: Vec<&str> = told.lines().filter(|line| !line.starts_with(' ')).collect();
    insta::assert_snapshot!(first.join("\n"), @"ec2:StartInstances on INSTANCE by arn:aws:iam::111122223333:user/alice, with any value of ec2:InstanceType");
}

/// A line of a Condition that may hold for a key.
fn line(random: &mut Random, number: usize) -> (String, Value) {
    let any = |random: &mut Random, texts: &[&str]| {
        let some: Vec<&str> = texts.iter().copied().filter(|_| random.chance(50)).collect();
        if some.is_empty() { json!(texts[0]) } else { json!(some) }
    };
    let (operators, values): (&[&str], Value) = match number {
        0 => (
            &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
            any(random, &["t3.micro", "m5.large", "m5.*", "t3.*", "?5.large"]),
        ),
        1 => (
            &[
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringNotEqualsIgnoreCase",
                "ForAnyValue:StringNotEquals",
            ],
            any(random, &["prod", "dev", "p*", "P*"]),
        ),
        2 => (
            &["IpAddress", "NotIpAddress"],
            any(random, &["203.0.113.0/24", "198.51.100.0/24", "203.0.113.7", "10.0.0.0/8"]),
        ),
        3 => (
            &["NumericEquals", "NumericNotEquals", "NumericGreaterThan", "NumericLessThanEquals"],
            any(random, &["8", "16", "50"]),
        ),
        _ => (&["Bool", "Bool", "Null"], any(random, &["false", "true"])),
    };
    let operator = random.pick(operators);
    let values = if operator == "Null" { json!("false") } else { values };
    let optional = operator != "Null" && random.chance(30);
    (if optional { format!("{operator}IfExists") } else { operator.to_owned() }, values)
}

fn random_case(random: &mut Random) -> (&'static str, Value, BTreeMap<&'static str, &'static str>) {
    let mut block = Map::new();
    for _ in 0..=random.below(3) {
        let number = random.below(KEYS.len());
        let (operator, values) = line(random, number);
        block.entry(operator).or_insert_with(|| json!({}))[KEYS[number].0] = values;
    }
    let mut deny = json!({"Sid": "Guard", "Effect": "Deny", "Condition": block});
    let (name, actions) = random.pick(&[
        ("Action", json!("ec2:StartInstances")),
        ("Action", json!(["ec2:StartInstances", "ec2:StopInstances"])),
        ("Action", json!("*")),
        ("NotAction", json!("s3:*")),
    ]);
    deny[name] = actions;
    let (name, resources) = random.pick(&[
        ("Resource", json!("*")),
        ("Resource", json!(INSTANCE)),
        ("NotResource", json!("arn:aws:ec2:*:*:volume/*")),
    ]);
    deny[name] = resources;
    let mut context = BTreeMap::new();
    for (key, values) in KEYS {
        if let Some(value) = random.pick(&values) {
            context.insert(key, value);
        }
    }
    (random.pick(&["service-control", "identity-based"]), deny, context)
}

fn by_trying(random: &mut Random, counts: &mut BTreeMap<&'static str, usize>) -> Result<(), String> {
    let (kind, deny, own) = random_case(random);
    let before = case(kind, &deny, &own);
    if judge(&before).decision != "explicitDeny" {
        return Ok(());
    }
    *counts.entry("denials").or_default() += 1;
    for remedy in remedies(&before) {
        let proof = remedy.verification.as_ref().unwrap();
        ensure(proof.decision_after == Decision::Allowed, || "not allowed".to_owned())?;
        let mut after = before.clone();
        let text = remedy.edits[0].after.document.source.text();
        let policy = match kind {
            "service-control" => &mut after["policies"][kind][0][0],
            _ => &mut after["policies"][kind][0],
        };
        policy["document"] = serde_json::from_str(text).unwrap();
        let [lifted] = proof.no_longer_denied.as_slice() else { return Err("not one".to_owned()) };
        let any = |key: &str| lifted.any_value.iter().any(|other| other == key);
        *counts.entry(if lifted.any_value.is_empty() { "own values" } else { "any value" }).or_default() += 1;
        let tested = deny["Condition"].to_string();
        for _ in 0..60 {
            let mut context = own.clone();
            for (key, values) in KEYS.iter().filter(|(key, _)| tested.contains(key) && !any(key)) {
                match random.pick(values) {
                    Some(value) if random.chance(60) => context.insert(key, value),
                    None if random.chance(60) => context.remove(key),
                    _ => None,
                };
            }
            let who = random.pick(&[ALICE, ALICE, BOB]);
            let ask = |case: &Value| {
                let mut case = case.clone();
                case["request"]["context"] = json!(context);
                case["request"]["context"]["aws:PrincipalArn"] = json!(who);
                case["request"]["principal"] = json!(who);
                judge(&case).decision
            };
            let (was, is) = (ask(&before), ask(&after));
            let same =
                who == ALICE && KEYS.iter().all(|(key, _)| !tested.contains(key) || own.get(key) == context.get(key));
            ensure(if same { is == "allowed" } else { was == is }, || {
                format!("{who} with {context:?}: {was}, then {is}\n{own:?}\n{deny}\n{text}")
            })?;
            *counts.entry("requests").or_default() += 1;
        }
    }
    Ok(())
}

/// For other principals, and for other values of the keys that the Deny tests, the decision is what it was.
#[test]
fn nothing_but_the_caller_with_its_values_is_let_through() {
    let (cases, seed) = (setting("IAMDX_EXCEPTIONS", 80), setting("IAMDX_SEED", 41));
    let mut counts = BTreeMap::new();
    for number in 0..cases {
        let mut random = Random::new((seed * 1_000_000 + number) as u64);
        if let Err(wrong) = by_trying(&mut random, &mut counts) {
            panic!("seed {seed} case {number}: {wrong}");
        }
    }
    println!("{counts:?}");
    assert!(counts["own values"] > 0 && counts["any value"] > 0, "{counts:?}");
}
