//! What follows from AWS's words where the context is not told, against the context that was hidden and against every other one that
//! agrees, as a second evaluator judges them.

use std::collections::BTreeMap;

use iamdx::aws_evidence::AwsEvidence;
use iamdx::deduce::{Basis, Deduction, InCases, KeyFact, KeyWas, MissingAllow, Verdict, deduce};
use iamdx::denial::{self, Denial};
use iamdx::diagnose::{self, DenialContext};
use iamdx::evaluate::{Decision, TestCase, Truth, Values, evaluate};
use iamdx::iam::{ContextValue, Effect, PolicyType, Request};
use iamdx::reference::Reference;
use iamdx::remedy::{self, NewValue, Title, edited, presumed};
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use serde_json::{Map, Value, json};

use crate::support::generate::Random;
use crate::support::second::{Opinion, condition_holds, judge};

pub(crate) type Counts = BTreeMap<&'static str, usize>;

pub(crate) fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

pub(crate) const TYPES: [(&str, PolicyType); 7] = [
    ("identity-based", PolicyType::IdentityBased),
    ("resource-based", PolicyType::ResourceBased),
    ("permissions-boundary", PolicyType::PermissionsBoundary),
    ("session", PolicyType::Session),
    ("vpc-endpoint", PolicyType::VpcEndpoint),
    ("service-control", PolicyType::ServiceControl),
    ("resource-control", PolicyType::ResourceControl),
];

/// Every policy of a case: the kind, and the policy.
pub(crate) fn policies(case: &Value) -> Vec<(&'static str, &Value)> {
    let mut all = Vec::new();
    for (kind, _) in TYPES {
        for policy in case["policies"][kind].as_array().into_iter().flatten() {
            match policy.as_array() {
                Some(level) => all.extend(level.iter().map(|policy| (kind, policy))),
                None => all.push((kind, policy)),
            }
        }
    }
    all
}

/// The effect of a statement.
fn is_deny(policy: &Value, index: usize) -> bool {
    let statements = &policy["document"]["Statement"];
    let statement = statements.as_array().map_or(statements, |all| &all[index]);
    statement["Effect"] == "Deny"
}

/// The statements of one kind that match: policy and index.
pub(crate) fn matching(case: &Value, opinion: &Opinion, kind: &str, deny: bool) -> Vec<(String, usize)> {
    let own = policies(case).into_iter().filter(|(of, _)| *of == kind).map(|(_, policy)| policy);
    own.flat_map(|policy| {
        let name = policy["name"].as_str().unwrap();
        let hits = opinion.statements.iter().filter(move |(of, _, truth)| of == name && *truth == Some(true));
        hits.filter(move |(_, index, _)| is_deny(policy, *index) == deny)
            .map(move |(_, index, _)| (name.to_owned(), *index))
    })
    .collect()
}

/// The levels of one kind at which no Allow matches, by number; a kind without levels is one.
fn lacking(case: &Value, opinion: &Opinion, kind: &str) -> Vec<usize> {
    let all = case["policies"][kind].as_array().cloned().unwrap_or_default();
    let levels: Vec<Value> = if all.first().is_some_and(Value::is_array) { all } else { vec![Value::Array(all)] };
    let lacks = |level: &Value| {
        let mut one = json!({"policies": {}});
        one["policies"][kind] = level.clone();
        matching(&one, opinion, kind, false).is_empty()
    };
    levels.iter().enumerate().filter(|(_, level)| lacks(level)).map(|(number, _)| number).collect()
}

/// Whose evaluation policies of a kind take part in: of the resource's account, of the endpoint, of the caller's account.
fn side(kind: &str) -> usize {
    ["resource-based", "resource-control", "vpc-endpoint"].iter().position(|own| *own == kind).map_or(2, |at| at / 2)
}

/// Whether a Deny of this kind is judged with the policies of the other, or in another account.
fn together(case: &Value, kind: &str, other: &str) -> bool {
    let caller = case["request"]["principal"].as_str().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default();
    let within = case["request"]["resource"] == "*" || case["request"]["resource_account"] == caller;
    within || side(kind) == side(other)
}

/// What AWS may have said of the case: one type that denies, or one that does not allow.
pub(crate) fn verdict(case: &Value, opinion: &Opinion, random: &mut Random) -> Option<(&'static str, Verdict)> {
    let explicit = match opinion.decision {
        "explicitDeny" => true,
        "implicitDeny" => false,
        _ => return None,
    };
    let fits = |kind: &str| {
        let present = policies(case).iter().any(|(of, _)| *of == kind);
        if explicit {
            !matching(case, opinion, kind, true).is_empty()
        } else {
            (present || kind == "identity-based")
                && kind != "resource-control"
                && !lacking(case, opinion, kind).is_empty()
        }
    };
    let fitting: Vec<(&'static str, PolicyType)> = TYPES.into_iter().filter(|(kind, _)| fits(kind)).collect();
    if fitting.is_empty() {
        return None;
    }
    let (kind, policy_type) = random.pick(&fitting);
    Some((kind, Verdict::new(explicit, policy_type, None)))
}

/// Whether AWS may have said the same in this context.
pub(crate) fn agrees(case: &Value, opinion: &Opinion, kind: &str, verdict: &Verdict) -> bool {
    if verdict.explicit {
        return !matching(case, opinion, kind, true).is_empty();
    }
    let judged = TYPES.iter().filter(|(own, _)| together(case, own, kind));
    let none_denies = judged.clone().all(|(own, _)| matching(case, opinion, own, true).is_empty());
    none_denies && !lacking(case, opinion, kind).is_empty()
}

/// Every line of a Condition block: operator and key, in lower case, and values.
pub(crate) fn lines(case: &Value) -> Vec<(String, String, Value)> {
    let statements = policies(case).into_iter().flat_map(|(_, policy)| match &policy["document"]["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    });
    let blocks = statements.filter_map(|statement| statement["Condition"].as_object().cloned()).flatten();
    let keys = |(operator, keys): (String, Value)| {
        let keys = keys.as_object().cloned().unwrap_or_default();
        keys.into_iter().map(move |(key, values)| (operator.to_lowercase(), key.to_lowercase(), values))
    };
    blocks.flat_map(keys).collect()
}

/// Whether a line compares as a list what AWS fills with one value.
pub(crate) fn is_set_on_one_value((operator, key, _): &(String, String, Value)) -> bool {
    operator.starts_with("for") && !["aws:tagkeys", "aws:calledvia"].contains(&key.as_str())
}

/// Whether what is said of a key is so in the context of the case.
pub(crate) fn is_so(case: &Value, fact: &KeyFact) -> bool {
    let holds = |operator: &str, value: &str| {
        // values stand for themselves
        condition_holds(case, operator, &fact.key, &[value.to_owned()], "2008-10-17") == Some(true)
    };
    // a fact is about the lines on the key, which may ignore case or compare what a text stands for
    let own: Vec<(String, String, Value)> =
        lines(case).into_iter().filter(|(_, key, _)| key.eq_ignore_ascii_case(&fact.key)).collect();
    let is_by = |operator: &str, value: &str| {
        // numbers need no quotes
        let is = |own: &Value| own.as_str().map_or_else(|| own.to_string(), str::to_owned) == value;
        let has = |values: &Value| values.as_array().map_or_else(|| is(values), |all| all.iter().any(is));
        ["Bool", "Numeric", "Date", "IpAddress"]
            .into_iter()
            .filter(|family| operator.starts_with(family))
            .all(|family| own.iter().any(|(own, _, values)| own.contains(&family.to_lowercase()) && has(values)))
    };
    let covers = |values: &Values, text: &str| match values {
        Values::Is(value) => [text, "Bool", "NumericEquals", "DateEquals", "IpAddress"]
            .iter()
            .any(|operator| is_by(operator, value) && holds(operator, value)),
        Values::Like(pattern) => holds("StringLike", pattern),
        Values::In(range) => holds("IpAddress", range),
        Values::LessThan(bound) => holds("NumericLessThan", bound),
        Values::MoreThan(bound) => holds("NumericGreaterThan", bound),
        Values::Before(bound) => holds("DateLessThan", bound),
        Values::After(bound) => holds("DateGreaterThan", bound),
        other => panic!("{other:?}"),
    };
    let is_absent = holds("Null", "true");
    match &fact.was {
        KeyWas::OneOf { values, absent } => {
            if is_absent {
                *absent
            } else {
                values.iter().any(|it| covers(it, "StringEqualsIgnoreCase"))
            }
        }
        KeyWas::NoneOf { values, absent } => {
            if is_absent {
                *absent
            } else {
                !values.iter().any(|it| covers(it, "StringEquals"))
            }
        }
        KeyWas::Such { operator, values, held } => {
            let holds = |version| condition_holds(case, operator, &fact.key, values, version) == Some(*held);
            holds("2012-10-17") || holds("2008-10-17")
        }
        other => panic!("{other:?}"),
    }
}

/// The case without its context.
pub(crate) fn hidden(case: &Value) -> Value {
    let mut case = case.clone();
    case["request"]["context"] = json!({});
    case["request"]["multivalued_keys"] = json!([]);
    case["context_complete"] = json!(false);
    case
}

pub(crate) fn ensure(so: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if so { Ok(()) } else { Err(what()) }
}

/// What must be so of a deduction in the context that was hidden.
pub(crate) fn in_truth(case: &Value, opinion: &Opinion, kind: &str, found: &Deduction) -> Result<(), String> {
    let matched = matching(case, opinion, kind, true);
    let told = |deny: &iamdx::deduce::DeducedDeny| (deny.policy.name.clone(), deny.statement);
    if !found.denies.is_empty() {
        let lost: Vec<&(String, usize)> =
            matched.iter().filter(|own| !found.denies.iter().any(|deny| told(deny) == **own)).collect();
        ensure(lost.is_empty(), || format!("a Deny that matched is not told: {lost:?}"))?;
    }
    for deny in &found.denies {
        let really = matched.contains(&told(deny));
        ensure(really || deny.basis != Basis::Deduced, || format!("deduced, and did not match: {:?}", told(deny)))?;
        for fact in deny.implies.iter().filter(|_| really) {
            ensure(is_so(case, fact), || format!("{:?} matched, and it is not so: {fact:?}", told(deny)))?;
        }
    }
    for fact in &found.implies {
        ensure(is_so(case, fact), || format!("not so: {fact:?}"))?;
    }
    let lacking = lacking(case, opinion, kind);
    let number = |missing: &MissingAllow| level(case, kind, missing);
    for place in &lacking {
        let told = found.missing_allows.is_empty() || found.missing_allows.iter().any(|own| number(own) == *place);
        ensure(told, || format!("a level that did not allow is not told: {place}"))?;
    }
    for missing in &found.missing_allows {
        let really = lacking.contains(&number(missing));
        ensure(really || missing.basis != Basis::Deduced, || format!("deduced, and allows: {missing:?}"))?;
        for fact in missing.implies.iter().filter(|_| really) {
            ensure(is_so(case, fact), || format!("{missing:?}, and it is not so: {fact:?}"))?;
        }
    }
    ensure(found.contradiction.is_none(), || format!("contradicted: {:?}", found.contradiction))?;
    Ok(())
}

/// The place of a missing allow among the levels.
fn level(case: &Value, kind: &str, missing: &MissingAllow) -> usize {
    let last = case["policies"][kind].as_array().map_or(0, |all| all.len().saturating_sub(1));
    match missing.target.as_deref() {
        None | Some("root") => 0,
        Some("account") => last,
        Some(unit) => unit.trim_start_matches("unit ").parse().unwrap(),
    }
}

/// Keys with every value that the small cases know; an empty list is a key that is absent.
const KEYS: [(&str, &[&[&str]]); 13] = [
    ("aws:MultiFactorAuthPresent", &[&["true"], &["false"], &[]]),
    ("aws:SourceIp", &[&["10.0.0.1"], &["10.1.0.1"], &["192.0.2.1"], &["192.0.2.9"], &["198.51.100.1"], &[]]),
    (
        "aws:RequestTag/team",
        &[&["a"], &["b"], &["ab"], &["cb"], &["axx"], &["cc"], &["ba"], &["a*"], &["?b"], &["*"], &[""], &[]],
    ),
    ("s3:signatureAge", &[&["59"], &["60"], &["61"], &["80"], &["100"], &["101"], &[]]),
    ("aws:TagKeys", &[&["x"], &["y"], &["z"], &["x", "y"], &["x", "z"], &["y", "z"], &["x", "y", "z"], &[""], &[]]),
    ("s3:prefix", &[&["home/"], &["home/a"], &["home/x"], &["x"], &["xa"], &["home/*"], &["*a"], &[""], &[]]),
    ("aws:MultiFactorAuthAge", &[&["59"], &["60"], &["61"], &["80"], &["100"], &["101"], &[]]),
    (
        "aws:SourceVpce",
        &[&["a"], &["b"], &["ab"], &["cb"], &["axx"], &["cc"], &["ba"], &["a*"], &["?b"], &["*"], &[""], &[]],
    ),
    ("aws:VpcSourceIp", &[&["10.0.0.1"], &["10.1.0.1"], &["192.0.2.1"], &["192.0.2.9"], &["198.51.100.1"], &[]]),
    ("aws:ViaAWSService", &[&["true"], &["false"]]),
    ("aws:CalledVia", &[&["x"], &["y"], &["z"], &["x", "y"], &["x", "z"], &["y", "z"], &["x", "y", "z"], &[""], &[]]),
    (
        "aws:SourceAccount",
        &[&["a"], &["b"], &["ab"], &["cb"], &["axx"], &["cc"], &["ba"], &["a*"], &["?b"], &["*"], &[""], &[]],
    ),
    (
        "aws:CurrentTime",
        &[
            &["2019-05-01T00:00:00Z"],
            &["2020-01-01T00:00:00Z"],
            &["2024-05-01T00:00:00Z"],
            &["2099-01-01T00:00:00Z"],
            &["2100-05-01T00:00:00Z"],
        ],
    ),
];

/// Who calls in the small cases.
const SMALL_CALLERS: [&str; 4] = [
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/app/run-1",
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice",
];

/// No request of the small cases was made later.
const NOW: &str = "2026-12-01T00:00:00Z";

/// Whether there can be a request with this context.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(crate) fn can_be(case: &Value) -> bool {
    let context = &case["request"]["context"];
    let is = |key: &str, value: &str| context[key][0] == value;
    let has =
        |key: &str| context[key].as_array().is_some_and(|values| *values != [json!("")] || key != "aws:CalledVia");
    let through_endpoint = has("aws:SourceVpce") || has("aws:VpcSourceIp");
    let caller = case["request"]["principal"].as_str().unwrap();
    let known = |key: &str| KEYS.iter().any(|(own, _)| *own == key) && context[key].is_array();
    let both_networks = has("aws:SourceIp") && through_endpoint;
    let mfa_asked = asked(case, "aws:MultiFactorAuthPresent");
    let age_without_mfa = has("aws:MultiFactorAuthAge") && mfa_asked && !is("aws:MultiFactorAuthPresent", "true");
    !both_networks
        && !age_without_mfa
        && (!has("aws:CalledVia") || !known("aws:ViaAWSService") || is("aws:ViaAWSService", "true"))
        && !has("aws:SourceAccount")
        && !(caller.contains("AWSReservedSSO")
            && (is("aws:MultiFactorAuthPresent", "true") || has("aws:MultiFactorAuthAge")))
        && context["aws:CurrentTime"][0].as_str().is_none_or(|time| time <= NOW)
}

/// Whether a policy of the case tests the key; what none tests is in no context of the small cases.
pub(crate) fn asked(case: &Value, key: &str) -> bool {
    case["policies"].to_string().contains(key)
}

/// A line of a Condition on one of the keys.
fn line(random: &mut Random, key: &str) -> (String, Value) {
    let (operators, values): (&[&str], &[&str]) = match key {
        "aws:MultiFactorAuthPresent" => (&["Bool", "BoolIfExists", "Null"], &["true", "false"]),
        "aws:SourceIp" | "aws:VpcSourceIp" => (
            &["IpAddress", "NotIpAddress", "NotIpAddressIfExists"],
            &["10.0.0.0/8", "10.0.0.0/16", "192.0.2.1", "192.0.2.0/24"],
        ),
        "aws:ViaAWSService" => (&["Bool", "BoolIfExists"], &["true", "false"]),
        "aws:CurrentTime" => (
            &["DateLessThan", "DateGreaterThan", "DateLessThanEquals", "DateGreaterThanEquals"],
            &["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"],
        ),
        "s3:signatureAge" | "aws:MultiFactorAuthAge" => (
            &[
                "NumericLessThan",
                "NumericGreaterThan",
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThanEqualsIfExists",
            ],
            &["60", "100"],
        ),
        "aws:TagKeys" | "aws:CalledVia" => (
            &[
                "ForAnyValue:StringEquals",
                "ForAllValues:StringEquals",
                "ForAnyValue:StringNotEquals",
                "ForAllValues:StringNotEquals",
                "Null",
            ],
            &["x", "y"],
        ),
        _ => (
            &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringNotEqualsIfExists", "Null"],
            if key == "s3:prefix" { &["home/*", "home/", "*a"] } else { &["a", "b", "a*", "?b", "*"] },
        ),
    };
    // AWS advises against set operators on a key with one value, and accepts them
    let sets = ["ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAllValues:StringNotLike"];
    let is_text = operators.contains(&"StringLike");
    let operator = if is_text && random.chance(15) { random.pick(&sets) } else { random.pick(operators) };
    let count = 1 + random.below(2);
    let own: Vec<&str> = match operator {
        "Null" => vec![random.pick(&["true", "false"])],
        // one key compared with another
        "StringEquals" | "StringNotEquals" | "StringLike" if random.chance(12) => {
            let (own, other) = ("${aws:RequestTag/team}", "${s3:prefix}");
            let itself = random.chance(20);
            vec![if (key == "s3:prefix") == itself { other } else { own }]
        }
        _ => (0..count).map(|_| random.pick(values)).collect(),
    };
    (operator.to_owned(), json!(own))
}

/// A case with few keys, whose contexts can all be tried.
pub(crate) fn small(random: &mut Random) -> (Value, Vec<&'static str>) {
    let mut keys: Vec<&'static str> = (0..=random.below(3)).map(|_| random.pick(&KEYS).0).collect();
    // keys that come only with another one, and that one
    if random.chance(30) {
        let together = [
            ["aws:SourceIp", "aws:SourceVpce"],
            ["aws:SourceIp", "aws:VpcSourceIp"],
            ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"],
            ["aws:ViaAWSService", "aws:CalledVia"],
        ];
        keys = random.pick(&together).to_vec();
    }
    let caller = random.pick(&SMALL_CALLERS);
    let mut number = 0;
    let mut policy = |random: &mut Random, denies: usize, open: bool| {
        number += 1;
        let mut statements = Vec::new();
        for position in 0..=random.below(3) {
            let deny = random.chance(denies);
            let mut block = Map::new();
            for _ in 0..[1, 1, 2, 0][random.below(4)] {
                let key = random.pick(&keys);
                let (operator, values) = line(random, key);
                block.entry(operator).or_insert_with(|| json!({}))[key] = values;
            }
            let action = random.pick(&["s3:GetObject", "s3:*", "*", "s3:Put*"]);
            let mut statement = json!({"Sid": format!("S{position}"), "Effect": if deny { "Deny" } else { "Allow" },
                "Action": action, "Resource": "*"});
            if !block.is_empty() {
                statement["Condition"] = Value::Object(block);
            }
            statements.push(statement);
        }
        if open {
            statements.push(json!({"Sid": "Open", "Effect": "Allow", "Action": "*", "Resource": "*"}));
        }
        json!({"name": format!("p{number}"), "document": {"Version": "2012-10-17", "Statement": statements}})
    };
    let open = random.chance(60);
    let mut all = json!({"identity-based": [policy(random, 50, open)]});
    if random.chance(30) {
        all["identity-based"].as_array_mut().unwrap().push(policy(random, 50, false));
    }
    if random.chance(40) {
        let open = random.chance(70);
        all["service-control"] = json!([[policy(random, 80, open)]]);
        if random.chance(50) {
            let open = random.chance(70);
            all["service-control"].as_array_mut().unwrap().push(json!([policy(random, 50, open)]));
        }
    }
    if random.chance(20) {
        let open = random.chance(50);
        all["permissions-boundary"] = json!([policy(random, 30, open)]);
    }
    let owner = random.pick(&["111122223333", "111122223333", "444455556666"]);
    if owner == "444455556666" || random.chance(20) {
        let mut bucket = policy(random, 40, true);
        for statement in bucket["document"]["Statement"].as_array_mut().unwrap() {
            statement["Principal"] = json!("*");
        }
        all["resource-based"] = json!([bucket]);
    }
    let request = json!({"principal": caller, "action": "s3:GetObject",
        "resource": "arn:aws:s3:::reports/q1.csv", "resource_account": owner, "context": {}, "multivalued_keys": []});
    (json!({"id": 0, "request": request, "policies": all, "context_complete": true, "derive_context": true}), keys)
}

/// Every context of these keys.
pub(crate) fn contexts(keys: &[&str]) -> Vec<BTreeMap<String, Vec<String>>> {
    let mut all = vec![BTreeMap::new()];
    for (key, values) in KEYS.iter().filter(|(key, _)| keys.contains(key)) {
        let with = |context: &BTreeMap<String, Vec<String>>, given: &[&str]| {
            let mut context = context.clone();
            if !given.is_empty() {
                context.insert((*key).to_owned(), given.iter().map(|text| (*text).to_owned()).collect());
            }
            context
        };
        all = all.iter().flat_map(|context| values.iter().map(move |given| with(context, given))).collect();
    }
    all
}

pub(crate) fn in_context(case: &Value, context: &BTreeMap<String, Vec<String>>) -> Value {
    let mut case = case.clone();
    case["request"]["context"] = json!(context);
    case["request"]["multivalued_keys"] = json!(
        context.keys().filter(|key| ["aws:TagKeys", "aws:CalledVia"].contains(&key.as_str())).collect::<Vec<_>>()
    );
    case
}

/// What a test case asks, of a time that is past.
pub(crate) fn unknown(case: &Value) -> TestCase {
    let mut unknown = TestCase::parse(&hidden(case).to_string()).unwrap();
    unknown.request.not_after = Some(1_796_083_200_000_000_000);
    unknown
}

/// The message that AWS would write.
pub(crate) fn message(verdict: &Verdict) -> Denial {
    message_to("arn:aws:iam::111122223333:user/alice", verdict)
}

/// The same to this caller.
pub(crate) fn message_to(caller: &str, verdict: &Verdict) -> Denial {
    let reason = if verdict.explicit {
        format!("with an explicit deny in {}", verdict.policy_type.with_article())
    } else {
        format!("because no {} allows the s3:GetObject action", verdict.policy_type)
    };
    let text = format!(
        "User: {caller} is not authorized to perform: s3:GetObject on resource: \
         \"arn:aws:s3:::reports/q1.csv\" {reason}"
    );
    denial::parse(&Source::new("message", text)).remove(0)
}

/// Whether a remedy's edits and changed keys allow the request in a context.
pub(crate) fn allowed(request: &Request, remedy: &remedy::Remedy, seen: &iamdx::iam::PolicySet) -> bool {
    let mut request = request.clone();
    // every signed request has it
    if let (Some(caller), ContextValue::Absent) = (request.principal.value(), request.context.get("aws:PrincipalArn")) {
        let role = caller.name().unwrap();
        let path = if caller.permission_set().is_some() { "aws-reserved/sso.amazonaws.com/eu-west-1/" } else { "" };
        request.context.set_one("aws:PrincipalArn", format!("arn:aws:iam::111122223333:role/{path}{role}"));
    }
    let mut ages: Vec<&[&str]> = Vec::new();
    if let Title::ChangeRequest(changes) = &remedy.title {
        for change in changes {
            let NewValue::Value(value) = &change.to else { panic!("{change:?} is not proved") };
            request.context.set_one(&change.key, value);
            match change.key.as_str() {
                // a call through an endpoint comes from no public address
                "aws:SourceVpce" | "aws:VpcSourceIp" => request.context.set("aws:SourceIp", ContextValue::Absent),
                "aws:SourceIp" => {
                    request.context.set("aws:SourceVpce", ContextValue::Absent);
                    request.context.set("aws:VpcSourceIp", ContextValue::Absent);
                }
                // a session without MFA has no age of it, and nobody knows how old that of a new one is
                "aws:MultiFactorAuthPresent" if value == "false" => {
                    request.context.set("aws:MultiFactorAuthAge", ContextValue::Absent);
                }
                "aws:MultiFactorAuthPresent" => {
                    ages = KEYS.iter().find(|(key, _)| *key == "aws:MultiFactorAuthAge").unwrap().1.to_vec();
                }
                _ => {}
            }
        }
        if changes.iter().any(|change| change.key == "aws:MultiFactorAuthAge") {
            ages = Vec::new();
        }
    }
    let allows = |request: &Request| evaluate(request, &edited(seen, &remedy.edits)).decision == Decision::Allowed;
    if ages.is_empty() {
        return allows(&request);
    }
    ages.into_iter().all(|age| {
        let value = match age {
            [only] => ContextValue::Present { values: vec![(*only).to_owned()], multivalued: false },
            _ => ContextValue::Absent,
        };
        request.context.set("aws:MultiFactorAuthAge", value);
        allows(&request)
    })
}

#[expect(clippy::too_many_lines, reason = "one check after the other, of one case")]
fn by_trying_all(random: &mut Random, counts: &mut Counts) -> Result<(), String> {
    let (case, keys) = small(random);
    let all: Vec<Value> = contexts(&keys).iter().map(|context| in_context(&case, context)).filter(can_be).collect();
    let whole = random.pick(&all);
    let opinion = judge(&whole);
    let Some((kind, verdict)) = verdict(&whole, &opinion, random) else { return Ok(()) };
    // of a bucket's policy nothing is certain: a setting of the bucket gives the same words
    if kind == "resource-based" || !agrees(&whole, &opinion, kind, &verdict) {
        return Ok(());
    }
    let unknown = unknown(&whole);
    let evaluation = evaluate(&unknown.request, &unknown.policies);
    let found = deduce(&unknown.request, &unknown.policies, &evaluation, Some(&verdict), Reference::embedded());
    in_truth(&whole, &opinion, kind, &found)?;
    let agreeing: Vec<(Value, Opinion)> = all
        .iter()
        .map(|case| (judge(case), case.clone()))
        .filter(|(opinion, case)| agrees(case, opinion, kind, &verdict))
        .map(|(opinion, case)| (case, opinion))
        .collect();
    // what two keys have in common is not reasoned about, and a key with set operators may be a list: then "possible" may be too much
    let compared = case.to_string().contains("${") || lines(&case).iter().any(is_set_on_one_value);
    // what every agreeing context shares, and what none has
    for deny in &found.denies {
        let own = (deny.policy.name.clone(), deny.statement);
        let hits = agreeing.iter().filter(|(case, opinion)| matching(case, opinion, kind, true).contains(&own)).count();
        ensure(hits > 0 || compared, || format!("told, and matches in no context that agrees: {own:?}"))?;
        let always = hits == agreeing.len();
        let deduced = deny.basis == Basis::Deduced;
        ensure(if compared { always || !deduced } else { always == deduced }, || {
            format!("{own:?} is {:?}, and matches in {hits} of {} contexts that agree", deny.basis, agreeing.len())
        })?;
        *counts.entry(if always { "deduced" } else { "possible" }).or_default() += 1;
    }
    for missing in &found.missing_allows {
        let place = level(&case, kind, missing);
        let hits = agreeing.iter().filter(|(case, opinion)| lacking(case, opinion, kind).contains(&place)).count();
        ensure(hits > 0 || compared, || format!("told, and allows in every context that agrees: {missing:?}"))?;
        ensure(hits == agreeing.len() || missing.basis == Basis::Possible, || {
            format!("{missing:?} lacks in {hits} of {} contexts that agree", agreeing.len())
        })?;
        *counts
            .entry(if missing.basis == Basis::Deduced { "missing, deduced" } else { "missing, possible" })
            .or_default() += 1;
    }
    for fact in &found.implies {
        let wrong = agreeing.iter().find(|(case, _)| !is_so(case, fact));
        ensure(wrong.is_none(), || format!("not so in a context that agrees: {fact:?}"))?;
        *counts.entry("facts").or_default() += 1;
    }
    let denial = message_to(case["request"]["principal"].as_str().unwrap(), &verdict);
    let (answers, snapshot) = (AwsEvidence::default(), Snapshot::default());
    let mut context =
        DenialContext::new(&denial, &unknown.request, &unknown.policies, &evaluation, &answers, &snapshot);
    context.deduction = &found;
    let remedies = remedy::propose(&context, &diagnose::diagnose(&context));
    let (seen, _) = presumed(&unknown.policies);
    if let Some(supposed) = found.suppose(&unknown.request, &seen) {
        let judged = evaluate(&supposed, &unknown.policies);
        let denies = |of: PolicyType, least: Truth| {
            let own = judged.checks.iter().filter(|check| check.policy_type == of).flat_map(|check| &check.outcomes);
            own.into_iter().any(|it| it.effect == Effect::Deny && (it.matched().is_true() || it.matched() == least))
        };
        let agrees = if verdict.explicit {
            denies(verdict.policy_type, Truth::Unknown)
        } else {
            !TYPES.iter().any(|(own, of)| together(&case, own, kind) && denies(*of, Truth::True))
        };
        // a resource policy that allows past what is missing is not reasoned about
        ensure(agrees && (judged.decision != Decision::Allowed || !verdict.explicit), || {
            format!("supposed, and {judged:?}: {supposed:?}")
        })?;
    }
    *counts.entry("denials").or_default() += 1;
    let undecided = evaluation.decision == Decision::Undetermined;
    *counts.entry("undecided").or_default() += usize::from(undecided);
    if undecided && remedies.iter().any(|remedy| remedy.verification.is_some()) {
        *counts.entry("undecided, with a remedy").or_default() += 1;
    }
    let helps =
        |remedy: &remedy::Remedy| remedy.verification.is_some() || matches!(remedy.title, Title::ChangeRequest(_));
    if undecided && remedies.iter().any(helps) {
        *counts.entry("undecided, with a remedy or a changed request").or_default() += 1;
    }
    for remedy in &remedies {
        let Some(proof) = &remedy.verification else { continue };
        let holds: Box<dyn Fn(&Value) -> bool> = match &proof.in_cases {
            InCases::Every if undecided => Box::new(|_| true),
            InCases::If(facts) => Box::new(|case| facts.iter().all(|fact| is_so(case, fact))),
            _ => continue,
        };
        let mut helped = 0;
        for (case, _) in agreeing.iter().filter(|(case, _)| holds(case)) {
            let request = TestCase::parse(&case.to_string()).unwrap().request;
            ensure(allowed(&request, remedy, &seen), || {
                format!("{:?} does not help in {}\n{remedy:?}", proof.in_cases, case["request"]["context"])
            })?;
            helped += 1;
        }
        ensure(helped > 0 || compared, || {
            let contexts: Vec<&Value> = agreeing.iter().map(|(case, _)| &case["request"]["context"]).collect();
            format!("{:?} is so in no context of {contexts:?} that agrees\n{verdict:?}\n{remedy:?}", proof.in_cases)
        })?;
        *counts.entry(if proof.in_cases == InCases::Every { "proved" } else { "conditional" }).or_default() += 1;
    }
    Ok(())
}

/// Every context of a few keys is tried: what is deduced is so in all that agree, what is possible in some, and remedies do what they say.
#[test]
fn what_is_deduced_is_so_in_every_context_that_agrees() {
    let (cases, seed) = (setting("IAMDX_DEDUCTIONS", 80), setting("IAMDX_SEED", 31));
    let (first, mut counts) = (setting("IAMDX_FIRST", 0), Counts::new());
    for number in first..first + cases {
        let mut random = Random::new((seed * 1_000_000 + number) as u64);
        if let Err(wrong) = by_trying_all(&mut random, &mut counts) {
            let mut random = Random::new((seed * 1_000_000 + number) as u64);
            let (case, _) = small(&mut random);
            panic!("seed {seed} case {number}: {wrong}\n{}", serde_json::to_string_pretty(&case).unwrap());
        }
    }
    println!("{counts:?}");
}

/// Whether the statement that AWS meant is gone from a bucket policy that denies nothing.
fn is_gone(action: &str, resource: &str, owner: &str) -> bool {
    let allow = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    let policy = json!({"name": "bucket", "document": {"Version": "2012-10-17", "Statement": [allow]}});
    let case = json!({"id": 0, "context_complete": false, "policies": {"resource-based": [policy]},
        "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": action, "resource": resource,
            "resource_account": owner}});
    let case = TestCase::parse(&case.to_string()).unwrap();
    let verdict = Verdict::new(true, PolicyType::ResourceBased, None);
    let evaluation = evaluate(&case.request, &case.policies);
    let found = deduce(&case.request, &case.policies, &evaluation, Some(&verdict), Reference::embedded());
    found.contradiction.is_some()
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[test]
fn a_setting_of_a_bucket_leaves_callers_of_its_account_alone() {
    let (own, object) = ("111122223333", "arn:aws:s3:::reports/q1.csv");
    assert!(is_gone("s3:GetObject", object, own));
    // restricted to the owner's account
    assert!(!is_gone("s3:GetObject", object, "444455556666"));
    // rejected for what they carry
    assert!(!is_gone("s3:PutBucketPolicy", "arn:aws:s3:::reports", own));
    assert!(!is_gone("s3:PutObject", object, own));
    // for one VPC
    assert!(!is_gone("s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/reports/object/q1.csv", own));
}
