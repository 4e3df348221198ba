//! Which values of condition keys an exception in a Deny is for: those that the request is known to carry, and no other.
//!
//! All lines of a Condition must hold, so the Deny with one more line, which holds for everything but this value, is the Deny without
//! this value. A statement of its own says it for each key, so that only a request with all of the values is left out.

use std::net::IpAddr;

use super::Except;
use crate::iam::{Condition, ContextValue, Family, OperatorKind, Request, Statement};

/// Whether an exception is for the request's values alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::remedy) enum Values {
    /// As far as they are known and the policy language can say them.
    Own,
    /// Every value, for want of room.
    Every,
}

/// What an exception does with the condition keys of a Deny.
#[derive(Debug, Default)]
pub(super) struct Valued {
    /// What a statement for each key leaves out.
    pub(super) parts: Vec<Except>,
    /// The keys whose value is written, with it.
    pub(super) written: Vec<(String, String)>,
    /// The keys of which every value is left out.
    pub(super) every: Vec<String>,
}

/// How one key of a Deny is kept to the request's value.
enum Kept {
    /// Nothing else satisfies the Deny anyway, or the principal or the resource decides it.
    Already,
    By(Except),
    Not,
}

/// The keys of a Deny that matched the request; `resource` is the one resource that the exception is for.
pub(super) fn valued(statement: &Statement, request: &Request, resource: Option<&str>, values: Values) -> Valued {
    let mut found = Valued::default();
    let mut seen: Vec<&str> = Vec::new();
    for first in &statement.conditions {
        let key = first.folded_key.as_str();
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let lines: Vec<&Condition> = statement.conditions.iter().filter(|line| line.folded_key == key).collect();
        match kept(first, &lines, request, resource) {
            Kept::Already => {}
            Kept::By(except) if values == Values::Own => {
                let value = request.context.get_folded(key).single().unwrap_or_default().to_owned();
                found.written.push((first.key.clone(), value));
                found.parts.push(except);
            }
            Kept::By(_) | Kept::Not => found.every.push(first.key.clone()),
        }
    }
    found
}

fn kept(first: &Condition, lines: &[&Condition], request: &Request, resource: Option<&str>) -> Kept {
    let key = first.folded_key.as_str();
    if is_of_principal(key) || lines.iter().any(|line| is_one_value(line)) {
        return Kept::Already;
    }
    let ContextValue::Present { values, multivalued: false } = request.context.get_folded(key) else {
        return Kept::Not;
    };
    let [value] = values.as_slice() else { return Kept::Not };
    if resource.is_some_and(|resource| is_of_resource(key, value, resource)) {
        return Kept::Already;
    }
    let unclear = |line: &&Condition| line.open || line.operator.quantifier.is_some() || line.operator.kind.is_none();
    // a value that changes with each request is no use to the next one
    if request.context.is_supposed(key) || value.contains("${") || is_fleeting(key) || lines.iter().any(unclear) {
        return Kept::Not;
    }
    let families = lines.iter().filter_map(|line| Some(line.operator.kind?.family()));
    let typed = families.clone().find(|family| *family != Family::Null);
    let plain = !value.contains(['*', '?']);
    let except = |joins: &'static [&'static str], under: &'static [&'static str]| {
        Kept::By(Except { joins, under, key: first.key.clone(), values: vec![value.clone()] })
    };
    match typed {
        // wildcards mean themselves in `StringNotEquals` alone
        Some(Family::String) if plain => except(
            &["StringNotEquals", "StringNotEqualsIfExists", "StringNotLike", "StringNotLikeIfExists"],
            &["StringNotEquals"],
        ),
        Some(Family::String) => except(&["StringNotEquals", "StringNotEqualsIfExists"], &["StringNotEquals"]),
        // any tag of a request is text
        None if key.starts_with("aws:requesttag/") => except(&["StringNotEquals"], &["StringNotEquals"]),
        Some(Family::Arn) if plain && value.starts_with("arn:") => {
            except(&["ArnNotEquals", "ArnNotEqualsIfExists", "ArnNotLike", "ArnNotLikeIfExists"], &["ArnNotEquals"])
        }
        Some(Family::Ip) if value.parse::<IpAddr>().is_ok() => {
            except(&["NotIpAddress", "NotIpAddressIfExists"], &["NotIpAddress"])
        }
        Some(Family::Numeric) if value.parse::<f64>().is_ok() => {
            except(&["NumericNotEquals", "NumericNotEqualsIfExists"], &["NumericNotEquals"])
        }
        Some(Family::Date) => except(&["DateNotEquals", "DateNotEqualsIfExists"], &["DateNotEquals"]),
        // a line of `Null` says already that it has a value
        Some(Family::Bool) if lines.iter().all(|line| line.values.len() == 1) && families.clone().any(is_null) => {
            Kept::Already
        }
        // it has two values, so that all that is left is no value
        Some(Family::Bool) if lines.iter().all(|line| line.values.len() == 1) => {
            Kept::By(Except { joins: &[], under: &["Null"], key: first.key.clone(), values: vec!["true".to_owned()] })
        }
        _ => Kept::Not,
    }
}

fn is_null(family: Family) -> bool {
    family == Family::Null
}

/// Whether a line holds for one value alone, and not without one.
fn is_one_value(line: &Condition) -> bool {
    let ([value], None, false, false) =
        (line.values.as_slice(), line.operator.quantifier, line.operator.if_exists, line.open)
    else {
        return false;
    };
    let text = value.value.as_str();
    match line.operator.kind {
        Some(
            OperatorKind::StringEquals
            | OperatorKind::BinaryEquals
            | OperatorKind::NumericEquals
            | OperatorKind::DateEquals
            | OperatorKind::Bool,
        ) => !text.contains("${"),
        Some(OperatorKind::StringLike | OperatorKind::ArnEquals | OperatorKind::ArnLike) => {
            !text.contains(['*', '?', '$'])
        }
        Some(OperatorKind::IpAddress) => text.parse::<IpAddr>().is_ok(),
        // no value is one too
        Some(OperatorKind::Null) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Whether the principal, whom the exception names, decides it.
fn is_of_principal(key: &str) -> bool {
    key.starts_with("aws:principal") || matches!(key, "aws:userid" | "aws:username")
}

/// Whether the resource decides it.
fn is_of_resource(key: &str, value: &str, resource: &str) -> bool {
    let region = || resource.split(':').nth(3).is_some_and(|region| region == value);
    let one = !resource.contains(['*', '?']);
    let owner = key.ends_with(":resourceaccount") || key == "aws:resourceorgid";
    (one && owner) || (key == "aws:requestedregion" && region())
}

/// Whether the next request, however alike, has another value.
fn is_fleeting(key: &str) -> bool {
    matches!(
        key,
        "aws:currenttime" | "aws:epochtime" | "aws:tokenissuetime" | "aws:multifactorauthage" | "s3:signatureage"
    )
}
