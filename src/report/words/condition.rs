//! Conditions of a statement: what one asks for, and what it does not catch.

use super::statement;
use crate::iam::{Condition, OperatorKind};
use crate::remedy::{Demand, VariableMiss};

/// What a statement asks for that nearly allows a request.
#[must_use]
pub fn demands(Demand { statement, policy, conditions, variables }: &Demand) -> String {
    let variables = variables.iter().map(|miss| format!("the resource is `{}`", resolved(miss)));
    let all: Vec<String> = conditions.iter().map(demand).chain(variables).collect();
    format!("{} of `{policy}` allows it only when {}", statement::name(statement), all.join(" and "))
}

/// What a resource with variables is for a request.
#[must_use]
pub fn resolved(miss: &VariableMiss) -> String {
    miss.resolved.clone().unwrap_or_else(|key| format!("no resource, as {key} has no value"))
}

/// What a condition asks for.
#[must_use]
pub fn demand(condition: &Condition) -> String {
    let values = values(condition);
    let key = &condition.key;
    match condition.operator.kind {
        Some(OperatorKind::Null) if condition.values.iter().any(|value| value.value.eq_ignore_ascii_case("true")) => {
            format!("{key} is absent")
        }
        Some(OperatorKind::Null) => format!("{key} is present"),
        Some(OperatorKind::IpAddress) => format!("{key} is in {values}"),
        Some(OperatorKind::NotIpAddress) => format!("{key} is not in {values}"),
        Some(OperatorKind::StringLike | OperatorKind::ArnLike) => format!("{key} is like {values}"),
        Some(OperatorKind::StringNotLike | OperatorKind::ArnNotLike) => format!("{key} is not like {values}"),
        Some(kind) if kind.is_negated() => format!("{key} is not {values}"),
        Some(OperatorKind::NumericLessThan) => format!("{key} is less than {values}"),
        Some(OperatorKind::NumericLessThanEquals) => format!("{key} is at most {values}"),
        Some(OperatorKind::NumericGreaterThan) => format!("{key} is greater than {values}"),
        Some(OperatorKind::NumericGreaterThanEquals) => format!("{key} is at least {values}"),
        Some(OperatorKind::DateLessThan) => format!("{key} is before {values}"),
        Some(OperatorKind::DateLessThanEquals) => format!("{key} is not after {values}"),
        Some(OperatorKind::DateGreaterThan) => format!("{key} is after {values}"),
        Some(OperatorKind::DateGreaterThanEquals) => format!("{key} is not before {values}"),
        _ => format!("{key} is {values}"),
    }
}

/// What a condition of a Deny does not catch.
#[must_use]
pub fn escape(condition: &Condition) -> String {
    use OperatorKind::{
        ArnEquals, ArnLike, ArnNotEquals, DateGreaterThan, DateGreaterThanEquals, DateLessThan, DateLessThanEquals,
        NotIpAddress, NumericGreaterThan, NumericGreaterThanEquals, NumericLessThan, NumericLessThanEquals,
        StringEquals, StringEqualsIgnoreCase, StringLike, StringNotEquals, StringNotEqualsIgnoreCase,
    };
    let word = match condition.operator.kind {
        Some(NumericLessThan) => "at least",
        Some(NumericGreaterThan) => "at most",
        Some(NumericLessThanEquals) => "greater than",
        Some(NumericGreaterThanEquals) => "less than",
        Some(DateLessThan) => "not before",
        Some(DateGreaterThan) => "not after",
        Some(DateLessThanEquals) => "after",
        Some(DateGreaterThanEquals) => "before",
        Some(NotIpAddress) => "in",
        Some(StringEquals | StringEqualsIgnoreCase | ArnEquals) => "not",
        Some(StringLike | ArnLike) => "not like",
        Some(StringNotEquals | StringNotEqualsIgnoreCase | ArnNotEquals) => {
            return format!("{} is {}", condition.key, values(condition));
        }
        _ => "like",
    };
    format!("{} is {word} {}", condition.key, values(condition))
}

fn values(condition: &Condition) -> String {
    condition.values.iter().map(|value| format!("`{}`", value.value)).collect::<Vec<_>>().join(" or ")
}
