//! The statement that denied as it was at the denial, beside the policies as they are now.

use std::collections::BTreeMap;

use serde_json::Value;

use super::context::DenialContext;
use crate::aws_evidence::{Record, Recorded};
use crate::iam::{Policy, PolicyType};

/// A statement that denied, as AWS's record and the policy of that time have it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThenAndNow {
    /// The policy: an ARN, or an opaque id for inline policies.
    pub policy: String,
    /// Its type.
    pub policy_type: PolicyType,
    /// The statement's `Sid`, which AWS makes up where there is none.
    pub sid: Option<String>,
    /// What the statement said, in one line; nothing in a redacted report.
    pub statement: Option<String>,
    /// What the policy says now.
    pub now: Now,
}

/// What a policy says now of a statement that denied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Now {
    /// The same, as far as it concerns the service that was called.
    Same,
    /// Something else.
    Changed(Vec<ElementChange>),
    /// The policy holds no such statement any more.
    Gone,
    /// The policy was not seen.
    NotSeen,
    /// Which statement it was does not show.
    Unclear,
}

/// One element of a statement, then and now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ElementChange {
    /// The element: `Resource`.
    pub element: String,
    /// Of a condition its operator, of principals their kind.
    pub kind: Option<String>,
    /// Of a condition its key.
    pub key: Option<String>,
    /// Its values then; none where it was not there.
    pub then: Vec<String>,
    /// Its values now; none where it is not there.
    pub now: Vec<String>,
}

impl ThenAndNow {
    /// Whether the policy is no longer as it was.
    #[must_use]
    pub const fn has_changed(&self) -> bool {
        matches!(self.now, Now::Changed(_) | Now::Gone)
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.now {
            Now::Same => "same-now",
            Now::Changed(_) => "changed-since",
            Now::Gone => "gone-since",
            Now::NotSeen => "not-seen-now",
            Now::Unclear => "statement-unclear",
        }
    }
}

/// Every statement of AWS's record that denied the request and of which the policy of that time is known.
pub(super) fn then_and_now(case: &DenialContext<'_>) -> Vec<ThenAndNow> {
    let service = case.request.action.value().map(|action| action.service().to_owned()).unwrap_or_default();
    let denials = case.answers.record.iter().flat_map(Record::denials).flat_map(|evaluation| &evaluation.denied_by);
    let mut all: Vec<ThenAndNow> = Vec::new();
    for recorded in denials.filter(|recorded| recorded.explicit) {
        let Some(uri) = recorded.policy.as_ref() else { continue };
        let Some(document) = case.answers.policies_then.iter().find(|(known, _)| known == uri).map(|(_, then)| then)
        else {
            continue;
        };
        let one = of(case, recorded, uri, document, &service);
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn of(case: &DenialContext<'_>, recorded: &Recorded, uri: &str, document: &Value, service: &str) -> ThenAndNow {
    let statements = statements(document);
    let then = pick(&statements, recorded.sid.as_deref());
    let now = then.map_or(Now::Unclear, |then| {
        let policies: Vec<&Policy> = candidates(case, recorded, uri);
        compare(then, recorded.sid.as_deref(), &policies, service)
    });
    ThenAndNow {
        policy: uri.to_owned(),
        policy_type: recorded.policy_type,
        sid: recorded.sid.clone(),
        statement: then.map(ToString::to_string),
        now,
    }
}

/// The policies of now that may be the one of the record: the one with its ARN, else the inline ones of whoever had it.
fn candidates<'a>(case: &DenialContext<'a>, recorded: &Recorded, uri: &str) -> Vec<&'a Policy> {
    let of_type = |policy: &&Policy| policy.policy_type.normalized() == recorded.policy_type.normalized();
    let all = || case.policies.policies().map(AsRef::as_ref).filter(of_type);
    let named: Vec<&Policy> = all().filter(|policy: &&Policy| policy.arn.as_deref() == Some(uri)).collect();
    if !named.is_empty() || uri.starts_with("arn:") {
        return named;
    }
    let attached = |policy: &&Policy| {
        policy.arn.is_none() && policy.attached_to.iter().any(|arn| recorded.attached_to.contains(arn))
    };
    all().filter(attached).collect()
}

fn compare(then: &Value, sid: Option<&str>, policies: &[&Policy], service: &str) -> Now {
    let documents: Vec<Value> =
        policies.iter().filter_map(|policy| serde_json::from_str(policy.document.source.text()).ok()).collect();
    if documents.is_empty() {
        return Now::NotSeen;
    }
    let all: Vec<&Value> = documents.iter().flat_map(statements).collect();
    if all.iter().any(|now| changes(then, now, service).is_empty()) {
        return Now::Same;
    }
    let own = sid.filter(|sid| then.get("Sid").and_then(Value::as_str) == Some(sid));
    let named: Vec<&&Value> =
        all.iter().filter(|now| own.is_some() && now.get("Sid").and_then(Value::as_str) == own).collect();
    match (named.as_slice(), documents.as_slice()) {
        ([now], _) => Now::Changed(changes(then, now, service)),
        ([], [_]) => Now::Gone,
        _ => Now::Unclear,
    }
}

/// The statements of a document, of which one alone needs no list.
fn statements(document: &Value) -> Vec<&Value> {
    match document.get("Statement") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

/// The statement with this `Sid`; else, as AWS makes up what is not there, the only one that denies.
fn pick<'a>(statements: &[&'a Value], sid: Option<&str>) -> Option<&'a Value> {
    let denying = || statements.iter().copied().filter(|one| one.get("Effect").and_then(Value::as_str) == Some("Deny"));
    let named = denying().find(|one| sid.is_some() && one.get("Sid").and_then(Value::as_str) == sid);
    named.or_else(|| {
        let mut all = denying();
        all.next().filter(|_| all.next().is_none())
    })
}

/// Element, operator or kind, and key.
type Place = (String, Option<String>, Option<String>);

/// Where two statements differ. What AWS may have left out of the first, actions of other services, is no difference.
fn changes(then: &Value, now: &Value, service: &str) -> Vec<ElementChange> {
    let (then, now) = (elements(then), elements(now));
    let mut found = Vec::new();
    let mut places: Vec<&Place> = then.keys().chain(now.keys()).collect();
    places.sort();
    places.dedup();
    for place in places {
        let none = BTreeMap::new();
        let (before, after) = (then.get(place).unwrap_or(&none), now.get(place).unwrap_or(&none));
        let of_actions = matches!(place.0.as_str(), "Action" | "NotAction");
        let same = if of_actions { same_actions(before, after, service) } else { before.keys().eq(after.keys()) };
        if !same {
            let (element, kind, key) = place.clone();
            let shown = |values: &BTreeMap<String, String>| values.values().cloned().collect();
            found.push(ElementChange { element, kind, key, then: shown(before), now: shown(after) });
        }
    }
    found
}

fn same_actions(then: &BTreeMap<String, String>, now: &BTreeMap<String, String>, service: &str) -> bool {
    let of_service = |action: &&String| action.split(':').next().is_some_and(|of| of.eq_ignore_ascii_case(service));
    let all = now.contains_key("*");
    then.is_empty() == now.is_empty()
        && then.keys().all(|action| all || now.contains_key(action))
        && now.keys().filter(of_service).all(|action| then.contains_key(action))
}

/// A statement by its elements, whose values count without order; actions and condition keys without their case.
fn elements(statement: &Value) -> BTreeMap<Place, BTreeMap<String, String>> {
    let mut all: BTreeMap<Place, BTreeMap<String, String>> = BTreeMap::new();
    for (name, value) in statement.as_object().into_iter().flatten() {
        let mut add = |kind: Option<&str>, key: Option<&str>, value: &Value, folded: bool| {
            let place = (name.clone(), kind.map(str::to_owned), key.map(str::to_owned));
            let own = all.entry(place).or_default();
            for text in texts(value) {
                own.insert(if folded { text.to_ascii_lowercase() } else { text.clone() }, text);
            }
        };
        match (name.as_str(), value) {
            ("Sid", _) => {}
            ("Action" | "NotAction", _) => add(None, None, value, true),
            ("Condition", Value::Object(operators)) => {
                for (operator, keys) in operators {
                    for (key, values) in keys.as_object().into_iter().flatten() {
                        add(Some(operator), Some(&key.to_ascii_lowercase()), values, false);
                    }
                }
            }
            ("Principal" | "NotPrincipal", Value::Object(kinds)) => {
                for (kind, values) in kinds {
                    add(Some(kind), None, values, false);
                }
            }
            // the same as {"AWS": "*"} but in the form
            ("Principal" | "NotPrincipal", _) => add(Some("AWS"), None, value, false),
            _ => add(None, None, value, false),
        }
    }
    all
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differ(then: &str, now: &str) -> String {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let all = changes(&read(then), &read(now), "s3");
        let places: Vec<String> = all
            .iter()
            .map(|change| {
                let place: Vec<&str> = [Some(&change.element), change.kind.as_ref(), change.key.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(String::as_str)
                    .collect();
                format!("{}: {} -> {}", place.join(" "), change.then.join(","), change.now.join(","))
            })
            .collect();
        places.join("; ")
    }

    #[test]
    fn what_differs_is_told_and_how_it_is_written_is_not() {
        let then = r#"{"Sid": "A", "Effect": "Deny", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}}"#;
        let same = r#"{"Effect": "Deny", "Action": ["S3:PUT*", "s3:Get*", "iam:CreateUser"], "Resource": ["*"],
            "Condition": {"StringNotEquals": {"AWS:SourceVpce": ["vpce-2", "vpce-1"]}}}"#;
        assert_eq!(differ(then, same), "");
        assert_eq!(differ(then, &same.replace(r#""S3:PUT*", "s3:Get*", "iam:CreateUser""#, r#""*""#)), "");
        assert_eq!(
            differ(then, &same.replace(r#""vpce-2", "#, "")),
            "Condition StringNotEquals aws:sourcevpce: vpce-1,vpce-2 -> vpce-1"
        );
        assert_eq!(
            differ(then, &same.replace("S3:PUT*", "s3:Delete*")),
            "Action: s3:Get*,s3:Put* -> iam:CreateUser,s3:Delete*,s3:Get*"
        );
        assert_eq!(differ(then, &same.replace(r#"["*"]"#, r#""arn:aws:s3:::b/*""#)), "Resource: * -> arn:aws:s3:::b/*");
        assert_eq!(
            differ(then, r#"{"Effect": "Deny", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*"}"#),
            "Condition StringNotEquals aws:sourcevpce: vpce-1,vpce-2 -> "
        );
        let anyone = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}"#;
        assert_eq!(differ(anyone, &anyone.replace(r#""*","#, r#"{"AWS": ["*"]},"#)), "");
    }
}
