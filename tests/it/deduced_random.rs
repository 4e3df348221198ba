//! What follows from AWS's words in random cases of every kind, against the context that was hidden.

use iamdx::deduce::{Basis, deduce};
use iamdx::evaluate::{TestCase, evaluate};
use iamdx::reference::Reference;
use serde_json::{Map, Value, json};

use crate::deductions::{Counts, hidden, in_truth, lines, setting, verdict};
use crate::support::generate::{self, Random, case};
use crate::support::second::judge;

/// Keys of the random cases that are in every request.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const ALWAYS: [(&str, &str); 5] = [
    ("aws:CurrentTime", "2026-05-01T10:00:00Z"),
    ("aws:EpochTime", "1777629600"),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:SecureTransport", "true"),
    ("aws:ViaAWSService", "false"),
];

/// Whether a condition compares a key by the operator of another type. AWS fills a key with values of its own type, and the classes of
/// such a key have values of the operator's.
fn compares_another_type(case: &Value) -> bool {
    lines(case).iter().any(|(operator, key, _)| {
        let kind = generate::KEYS.iter().find(|(own, ..)| own.eq_ignore_ascii_case(key)).map(|(_, _, kind)| *kind);
        [("bool", "bool"), ("numeric", "numeric"), ("date", "date"), ("ipaddress", "ip")]
            .iter()
            .any(|(family, own)| operator.contains(family) && kind != Some(own))
    })
}

/// Takes out of a random context what AWS does not set together.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn keep_together(of_workforce: bool, context: &mut Map<String, Value>) {
    let named = |context: &Map<String, Value>, key: &str| {
        let mut entries = context.iter();
        let found = entries.find(|(own, values)| own.eq_ignore_ascii_case(key) && **values != json!([]));
        found.map(|(own, _)| own.clone())
    };
    if let (Some(_), Some(key)) = (named(context, "aws:SourceIp"), named(context, "aws:SourceVpce")) {
        context.remove(&key);
    }
    // nor does it learn of MFA at an identity provider
    if let (true, Some(key)) = (of_workforce, named(context, "aws:MultiFactorAuthPresent")) {
        context.insert(key, json!(["false"]));
    }
    if let (Some(_), Some(key)) = (named(context, "aws:CalledVia"), named(context, "aws:ViaAWSService")) {
        context.insert(key, json!(["true"]));
    }
}

/// Random cases of every kind: the context that was hidden contradicts nothing that is deduced.
#[test]
fn the_context_that_was_hidden_contradicts_nothing() {
    let (cases, seed) = (setting("IAMDX_DEDUCTIONS", 1_000), setting("IAMDX_SEED", 13));
    let (first, mut counts) = (setting("IAMDX_FIRST", 0), Counts::new());
    for number in first..first + cases {
        let mut random = Random::new((seed * 1_000_000 + number) as u64);
        let mut whole = case(&mut random);
        if compares_another_type(&whole) {
            continue;
        }
        whole["context_complete"] = json!(true);
        // AWS fills a key with values of its type only
        for values in whole["request"]["context"].as_object_mut().unwrap().values_mut() {
            for value in values.as_array_mut().unwrap() {
                let other = match value.as_str().unwrap() {
                    "yes" => "true",
                    "soon" => "2026-05-01",
                    "ten" | "10abc" => "10",
                    _ => continue,
                };
                *value = json!(other);
            }
        }
        // nor is a key a list that is none
        let many =
            |name: &str| generate::KEYS.iter().any(|(key, _, kind)| *kind == "many" && key.eq_ignore_ascii_case(name));
        whole["request"]["multivalued_keys"].as_array_mut().unwrap().retain(|name| many(name.as_str().unwrap()));
        let context = whole["request"]["context"].as_object_mut().unwrap();
        context.retain(|name, values| many(name) || !values.as_array().unwrap().is_empty());
        for (_, values) in context.iter_mut().filter(|(name, _)| !many(name)) {
            values.as_array_mut().unwrap().truncate(1);
        }
        let arns = context.iter_mut().filter(|(name, _)| {
            generate::KEYS.iter().any(|(key, _, kind)| *kind == "arn" && key.eq_ignore_ascii_case(name))
        });
        for (_, values) in arns {
            *values = json!(["arn:aws:iam::111122223333:user/alice"]);
        }
        // AWS puts these into every request
        for (key, value) in ALWAYS {
            let context = whole["request"]["context"].as_object_mut().unwrap();
            if !context.iter().any(|(own, value)| own.eq_ignore_ascii_case(key) && *value != json!([])) {
                context.retain(|own, _| !own.eq_ignore_ascii_case(key));
                context.insert(key.to_owned(), json!([value]));
            }
        }
        let of_workforce = whole["request"]["principal"].as_str().unwrap().contains("AWSReservedSSO");
        keep_together(of_workforce, whole["request"]["context"].as_object_mut().unwrap());
        let opinion = judge(&whole);
        let Some((kind, verdict)) = verdict(&whole, &opinion, &mut random) else { continue };
        let unknown = TestCase::parse(&hidden(&whole).to_string()).unwrap();
        let evaluation = evaluate(&unknown.request, &unknown.policies);
        let found = deduce(&unknown.request, &unknown.policies, &evaluation, Some(&verdict), Reference::embedded());
        if let Err(wrong) = in_truth(&whole, &opinion, kind, &found) {
            panic!(
                "seed {seed} case {number}: {wrong}\n{verdict:?}\n{}",
                serde_json::to_string_pretty(&whole).unwrap()
            );
        }
        let deduced = found.denies.iter().any(|deny| deny.basis == Basis::Deduced);
        *counts.entry(if deduced { "a Deny is deduced" } else { "no Deny is deduced" }).or_default() += 1;
        *counts.entry("facts").or_default() += found.implies.len();
    }
    println!("{counts:?}");
    assert!(cases < 1_000 || counts["facts"] > 30, "{counts:?}");
}
