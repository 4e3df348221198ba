//! The denied action on its resource in other contexts: other values, and absence, of every key that a statement about them tests.

use std::collections::BTreeSet;

use iamdx::iam::{Context, ContextValue};
use serde_json::{Value, json};

use super::generate::{KEYS, Random};
use super::second::{action_covers, condition_holds, resource_covers};

/// A line of a Condition block.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) operator: String,
    pub(crate) key: String,
    values: Vec<String>,
    version: String,
}

/// Keys that say who the caller is: with another value it is another caller.
const IDENTITY: [&str; 2] = ["aws:principalarn", "aws:username"];

fn texts(value: &Value) -> Vec<String> {
    let one = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().map_or_else(|| vec![one(value)], |list| list.iter().map(one).collect())
}

/// Whether an element and its negation cover what was asked; `None` where that depends on what is not known.
fn covers(statement: &Value, [plain, negated]: [&str; 2], covers: impl Fn(&str) -> Option<bool>) -> Option<bool> {
    let any = |entries: &Value| {
        let all: Vec<Option<bool>> = texts(entries).iter().map(|entry| covers(entry)).collect();
        if all.contains(&Some(true)) {
            Some(true)
        } else if all.contains(&None) {
            None
        } else {
            Some(false)
        }
    };
    match (statement.get(plain), statement.get(negated)) {
        (Some(entries), _) => any(entries),
        (None, Some(entries)) => any(entries).map(|covered| !covered),
        // a trust policy names no resource
        (None, None) => Some(true),
    }
}

/// The statements of the layer that are about the action and the resource of the case, each with its version.
fn statements(case: &Value, kind: &str) -> Vec<(Value, String)> {
    let Some(list) = case["policies"][kind].as_array() else { return Vec::new() };
    let policies: Vec<&Value> = if kind.ends_with("-control") {
        list.iter().flat_map(|level| level.as_array().unwrap()).collect()
    } else {
        list.iter().collect()
    };
    let mut all = Vec::new();
    for policy in policies {
        let document = &policy["document"];
        let version = document["Version"].as_str().unwrap_or("2008-10-17").to_owned();
        for statement in document["Statement"].as_array().unwrap_or(&vec![document["Statement"].clone()]) {
            let action = covers(statement, ["Action", "NotAction"], |entry| Some(action_covers(case, entry)));
            let resource =
                covers(statement, ["Resource", "NotResource"], |entry| resource_covers(case, entry, &version));
            if action == Some(true) && resource != Some(false) {
                all.push((statement.clone(), version.clone()));
            }
        }
    }
    all
}

fn lines(statement: &Value, version: &str) -> Vec<Line> {
    let operators = statement["Condition"].as_object().into_iter().flatten();
    let all = operators.flat_map(|(operator, keys)| {
        keys.as_object().unwrap().iter().map(move |(key, values)| Line {
            operator: operator.clone(),
            key: key.to_lowercase(),
            values: texts(values),
            version: version.to_owned(),
        })
    });
    all.collect()
}

/// What the Allow statements of one layer, about this action and this resource, demand and the request does not bring: a list for each.
pub(crate) fn unmet(case: &Value, kind: &str) -> Vec<Vec<Line>> {
    // AWS rejects a statement of these policies that names a principal, or no resource
    let saved = |statement: &Value| {
        let has = |names: [&str; 2]| names.iter().any(|name| statement.get(name).is_some());
        !has(["Principal", "NotPrincipal"]) && has(["Resource", "NotResource"])
    };
    let all = statements(case, kind).into_iter();
    let allows = all.filter(|(statement, _)| statement["Effect"] == "Allow" && saved(statement));
    let failing = |(statement, version): (Value, String)| -> Vec<Line> {
        let fails =
            |line: &Line| condition_holds(case, &line.operator, &line.key, &line.values, &line.version) == Some(false);
        lines(&statement, &version).into_iter().filter(fails).collect()
    };
    allows.map(failing).filter(|lines| !lines.is_empty()).collect()
}

/// Every key that a statement about the action and the resource tests, before or after, with values that lie around its conditions.
pub(crate) fn tested(cases: [&Value; 2]) -> Vec<(String, Vec<ContextValue>)> {
    const KINDS: [&str; 7] = [
        "identity-based",
        "resource-based",
        "permissions-boundary",
        "session",
        "vpc-endpoint",
        "service-control",
        "resource-control",
    ];
    let mut all: Vec<Line> = Vec::new();
    for case in cases {
        for kind in KINDS {
            all.extend(statements(case, kind).iter().flat_map(|(statement, version)| lines(statement, version)));
        }
    }
    let keys: BTreeSet<&str> = all.iter().map(|line| line.key.as_str()).collect();
    let keys = keys.into_iter().filter(|key| !IDENTITY.contains(key));
    keys.map(|key| (key.to_owned(), values(key, &all))).collect()
}

/// Other values of a key, and its absence.
pub(crate) fn values(key: &str, lines: &[Line]) -> Vec<ContextValue> {
    let known = KEYS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(key));
    let mut texts: Vec<String> = vec!["something-else".to_owned()];
    texts.extend(known.into_iter().flat_map(|(_, values, _)| values.iter().map(|value| (*value).to_owned())));
    for line in lines.iter().filter(|line| line.key == key) {
        for value in line.values.iter().filter(|value| !value.contains('$')) {
            texts.push(value.clone());
            texts.push(value.replace('*', "x").replace('?', "y"));
        }
    }
    texts.sort();
    texts.dedup();
    let many = known.is_some_and(|(_, _, kind)| *kind == "many");
    let one = |text: String| ContextValue::Present { values: vec![text], multivalued: many };
    texts.into_iter().map(one).chain([ContextValue::Absent]).collect()
}

/// Contexts that differ from the request's own in one of the keys, and some that differ in several.
pub(crate) fn variations(
    own: &Context,
    tested: &[(String, Vec<ContextValue>)],
    random: &mut Random,
) -> Vec<(String, Context)> {
    let mut all = Vec::new();
    let mut add = |changes: &[(&String, &ContextValue)]| {
        let mut context = own.clone();
        for (key, value) in changes {
            context.set(key, (*value).clone());
        }
        if changes.iter().any(|(key, value)| !is_same(own.get(key), value)) {
            let shown: Vec<String> = changes.iter().map(|(key, value)| format!("{key} = {value:?}")).collect();
            all.push((shown.join(", "), context));
        }
    };
    for (key, values) in tested {
        for value in values {
            add(&[(key, value)]);
        }
    }
    if tested.len() > 1 {
        for _ in 0..20 {
            let mut picked: Vec<(&String, &ContextValue)> = Vec::new();
            for (key, values) in tested {
                if random.chance(60) {
                    picked.push((key, &values[random.below(values.len())]));
                }
            }
            add(&picked);
        }
    }
    all
}

/// Whether two values are one: a boolean has no case.
fn is_same(one: &ContextValue, other: &ContextValue) -> bool {
    let boolean = |value: &ContextValue| match value {
        ContextValue::Present { values, .. } if values.len() == 1 => {
            Some(values[0].to_lowercase()).filter(|text| text == "true" || text == "false")
        }
        _ => None,
    };
    one == other || (boolean(one).is_some() && boolean(one) == boolean(other))
}

/// The case with the context of a request in it, as far as it is known.
pub(crate) fn with_context(case: &Value, context: &Context) -> Value {
    let mut case = case.clone();
    let mut keys = serde_json::Map::new();
    let mut many = Vec::new();
    for (key, value) in context.iter() {
        if let ContextValue::Present { values, multivalued } = value {
            keys.insert(key.to_owned(), json!(values));
            if *multivalued {
                many.push(key.to_owned());
            }
        }
    }
    case["request"]["context"] = json!(keys);
    case["request"]["multivalued_keys"] = json!(many);
    case
}
