//! What follows for condition keys that nobody told.

use super::list::{all_of, any_of};
use super::tree::group;
use crate::deduce::{KeyFact, KeyWas};
use crate::evaluate::Values;

/// `aws:MultiFactorAuthPresent was false or absent`, and what else follows.
#[must_use]
pub fn facts(facts: &[KeyFact]) -> String {
    facts.iter().map(|fact| format!("{} was {}", fact.key, is(&fact.was))).collect::<Vec<_>>().join("; ")
}

/// What a key was: `false or absent`, `none of t3.micro and t3.small`.
#[must_use]
pub fn is(was: &KeyWas) -> String {
    match was {
        KeyWas::OneOf { values, absent } => {
            let mut all: Vec<String> = values.iter().map(group).collect();
            all.extend(absent.then(|| "absent".to_owned()));
            any_of(&all)
        }
        KeyWas::NoneOf { values, absent: false } if values.is_empty() => "present".to_owned(),
        KeyWas::NoneOf { values, absent } => {
            let words = none_of(values);
            if *absent { format!("{words}, or absent") } else { words }
        }
        KeyWas::Such { operator, values, held } => such(operator, values, *held),
    }
}

fn none_of(values: &[Values]) -> String {
    let all: Vec<String> = values.iter().map(group).collect();
    match all.as_slice() {
        [only] => format!("not {only}"),
        several if values.iter().all(|value| matches!(value, Values::Is(_))) => format!("none of {}", all_of(several)),
        several => format!("not {}", several.join(", nor ")),
    }
}

/// How a value compares that makes a line hold, and one that does not; the second of a pair where the operator is negated.
const COMPARED: [(&str, &str, &str); 13] = [
    ("StringEquals", "", "not "),
    ("StringEqualsIgnoreCase", "", "not "),
    ("StringLike", "like ", "not like "),
    ("ArnEquals", "like ", "not like "),
    ("ArnLike", "like ", "not like "),
    ("NumericEquals", "", "not "),
    ("NumericLessThan", "less than ", "not less than "),
    ("NumericLessThanEquals", "at most ", "more than "),
    ("NumericGreaterThan", "more than ", "not more than "),
    ("NumericGreaterThanEquals", "at least ", "less than "),
    ("DateEquals", "", "not "),
    ("IpAddress", "in ", "not in "),
    ("Bool", "", "not "),
];

/// `not ${aws:PrincipalTag/team}, or absent`: what it means for a key that a line on it held or did not.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
fn such(operator: &str, values: &[String], held: bool) -> String {
    let (of_many, rest) = operator.split_once(':').map_or((None, operator), |(many, rest)| (Some(many), rest));
    let if_exists = rest.strip_suffix("IfExists");
    let base = if_exists.unwrap_or(rest);
    let positive = base.replacen("Not", "", 1);
    let negated = positive != base;
    let row = COMPARED.iter().find(|(name, ..)| name.eq_ignore_ascii_case(&positive));
    let (None, Some((_, yes, no))) = (of_many, row) else {
        return format!("such that `{operator}` {} {}", any_of(values), if held { "held" } else { "did not hold" });
    };
    // a key that is absent meets what is negated, and what says IfExists
    let absent = held == (negated || if_exists.is_some());
    let words = if held == negated {
        let each: Vec<String> = values.iter().map(|value| format!("{no}{value}")).collect();
        each.join(", nor ").replace(", nor not ", ", nor ")
    } else {
        any_of(&values.iter().map(|value| format!("{yes}{value}")).collect::<Vec<_>>())
    };
    if absent { format!("{words}, or absent") } else { words }
}

#[cfg(test)]
mod tests {
    use super::such;

    #[test]
    fn a_line_that_held_or_did_not_is_said_of_its_key() {
        let said = |operator: &str, values: &[&str], held| {
            such(operator, &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>(), held)
        };
        assert_eq!(
            [
                said("NumericLessThan", &["300"], true),
                said("NumericLessThan", &["300"], false),
                said("NumericLessThanEqualsIfExists", &["300"], true),
                said("NumericLessThanEqualsIfExists", &["300"], false),
                said("StringNotEquals", &["${aws:PrincipalTag/team}"], true),
                said("StringNotEquals", &["${aws:PrincipalTag/team}"], false),
                said("StringNotEqualsIfExists", &["a", "b"], true),
                said("StringNotLike", &["a*", "b*"], true),
                said("stringequals", &["a", "b"], false),
                said("ForAllValues:StringEquals", &["a"], false),
            ],
            [
                "less than 300",
                "not less than 300, or absent",
                "at most 300, or absent",
                "more than 300",
                "not ${aws:PrincipalTag/team}, or absent",
                "${aws:PrincipalTag/team}",
                "not a, nor b, or absent",
                "not like a*, nor like b*, or absent",
                "not a, nor b, or absent",
                "such that `ForAllValues:StringEquals` a did not hold",
            ]
        );
    }
}
