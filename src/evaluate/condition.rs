//! One line of a Condition block against the request context.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>

use std::cmp::Ordering;

use super::distinct::distinct;
use super::truth::Truth;
use crate::iam::{
    ArnOperand, BoolOperand, Condition, Context, ContextValue, Decimal, Family, Operands, OperatorKind, Quantifier,
    Resolved, TextOperand, Typed, boolean, literal_text,
};
use crate::text::{Spanned, Wildcard};

/// Whether all lines hold.
pub(super) fn all_hold(conditions: &[Condition], context: &Context) -> Truth {
    conditions.iter().fold(Truth::True, |all, condition| all.and(holds(condition, context)))
}

/// Whether the line holds.
pub(crate) fn holds(condition: &Condition, context: &Context) -> Truth {
    let Some(kind) = condition.operator.kind else {
        return Truth::False;
    };
    if condition.open {
        return Truth::Unknown;
    }
    let (value, typed) = context.typed_folded(&condition.folded_key, condition.key_hash);
    if kind == OperatorKind::Null {
        return null(condition, value);
    }
    match value {
        ContextValue::Unknown => of_session_role(condition, kind, context),
        ContextValue::Absent => without_value(condition, kind),
        ContextValue::Present { values, .. } if values.is_empty() => without_value(condition, kind),
        ContextValue::Present { values, multivalued } => match (condition.operator.quantifier, values.as_slice()) {
            // an empty string is an empty set
            (Some(Quantifier::ForAllValues), [only]) if only.is_empty() => Truth::True,
            (Some(Quantifier::ForAnyValue), [only]) if only.is_empty() => Truth::False,
            (Some(Quantifier::ForAllValues), values) => values
                .iter()
                .zip(typed)
                .fold(Truth::True, |all, (value, typed)| all.and(accepts(condition, kind, value, *typed, context))),
            (Some(Quantifier::ForAnyValue), values) => values
                .iter()
                .zip(typed)
                .fold(Truth::False, |any, (value, typed)| any.or(accepts(condition, kind, value, *typed, context))),
            (None, [value]) if !multivalued => {
                typed.first().map_or(Truth::False, |typed| accepts(condition, kind, value, *typed, context))
            }
            // a key with many values needs a set operator
            (None, _) => Truth::False,
        },
    }
}

/// Whether a line on `aws:PrincipalArn` holds for the session of a role of which only the path is not known: it does not depend on it where
/// every path matches, or none.
fn of_session_role(condition: &Condition, kind: OperatorKind, context: &Context) -> Truth {
    let Some(role) = context.session_role().filter(|_| condition.folded_key == "aws:principalarn") else {
        return Truth::Unknown;
    };
    let (always, never) = match &condition.operands {
        Operands::Arn(operands) => {
            // of a negated operator, a value that is no ARN takes the line with it, and with a variable it may be none
            if kind.is_negated() && operands.contains(&ArnOperand::NotAnArn) {
                return Truth::False;
            }
            if kind.is_negated() && !operands.iter().all(|operand| matches!(operand, ArnOperand::Parts(_))) {
                return Truth::Unknown;
            }
            (role.always_matches(operands, ArnOperand::matches), role.never_matches(operands, ArnOperand::may_match))
        }
        Operands::Text(operands) => {
            (role.always_matches(operands, TextOperand::matches), role.never_matches(operands, TextOperand::may_match))
        }
        Operands::Plain => {
            let literal = |wanted: &Spanned<String>| TextOperand::Literal(wanted.value.clone());
            let operands: Vec<TextOperand> = condition.values.iter().map(literal).collect();
            (false, role.never_matches(&operands, TextOperand::may_match))
        }
        _ => return Truth::Unknown,
    };
    match (always, never) {
        (true, _) => (!kind.is_negated()).into(),
        (false, true) => kind.is_negated().into(),
        (false, false) => Truth::Unknown,
    }
}

/// What holds when the key is not in the request.
fn without_value(condition: &Condition, kind: OperatorKind) -> Truth {
    let operator = &condition.operator;
    let vacuous = operator.quantifier == Some(Quantifier::ForAllValues);
    let negated = kind.is_negated() && operator.quantifier.is_none();
    (operator.if_exists || vacuous || negated).into()
}

/// `Null`: `true` asks for the key's absence, `false` for its presence.
fn null(condition: &Condition, value: &ContextValue) -> Truth {
    let Operands::Null(operands) = &condition.operands else {
        return Truth::False;
    };
    let absent = match value {
        ContextValue::Absent => true,
        ContextValue::Present { values, .. } => values.is_empty(),
        ContextValue::Unknown => {
            let both = [true, false].iter().all(|wanted| operands.contains(&Some(*wanted)));
            let neither = operands.iter().all(Option::is_none);
            return if both {
                Truth::True
            } else if neither {
                Truth::False
            } else {
                Truth::Unknown
            };
        }
    };
    operands.contains(&Some(absent)).into()
}

/// Whether one value of the request passes: it matches a policy value, or for a negated operator none.
fn accepts(condition: &Condition, kind: OperatorKind, value: &str, typed: Typed, context: &Context) -> Truth {
    let matched = match kind.family() {
        Family::String => Some(text_matches(condition, kind, value, context)),
        Family::Arn => arn_matches(condition, value, context),
        Family::Numeric => numeric_matches(condition, kind, value),
        Family::Date => date_matches(condition, kind, typed),
        Family::Ip => ip_matches(condition, typed),
        Family::Bool => Some(bool_matches(condition, value, context)),
        Family::Binary => Some(condition.values.iter().any(|wanted| wanted.value == value).into()),
        Family::Null => None,
    };
    match matched {
        // what cannot be read never passes, negated or not
        None => Truth::False,
        Some(matched) if kind.is_negated() => !matched,
        Some(matched) => matched,
    }
}

fn any_of<T>(operands: &[T], test: impl Fn(&T) -> Truth) -> Truth {
    let mut any = Truth::False;
    for operand in operands {
        any = any.or(test(operand));
        if any.is_true() {
            break;
        }
    }
    any
}

fn text_matches(condition: &Condition, kind: OperatorKind, value: &str, context: &Context) -> Truth {
    let same = |text: &str| if kind.ignores_case() { same_ignoring_case(text, value) } else { text == value };
    let operands = match &condition.operands {
        Operands::Text(operands) => operands,
        Operands::Plain => return condition.values.iter().any(|wanted| same(&wanted.value)).into(),
        _ => return Truth::False,
    };
    any_of(operands, |operand| match operand {
        TextOperand::Literal(text) => same(text).into(),
        TextOperand::Pattern(pattern) => pattern.matches(value).into(),
        TextOperand::Template(template) => match template.resolve(context) {
            Resolved::Pieces(pieces) if kind.has_wildcards() => Wildcard::from_pieces(pieces).matches(value).into(),
            Resolved::Pieces(pieces) => same(&literal_text(&pieces)).into(),
            Resolved::NoValue(_) => Truth::False,
            Resolved::Unknown(_) => {
                let widest = Wildcard::from_pieces(template.widest());
                if kind.ignores_case() || widest.matches(value) { Truth::Unknown } else { Truth::False }
            }
        },
    })
}

/// Equal apart from case, in any script.
fn same_ignoring_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// `None` where the request's value is no ARN, or a value of a negated operator is none.
fn arn_matches(condition: &Condition, value: &str, context: &Context) -> Option<Truth> {
    let Operands::Arn(operands) = &condition.operands else {
        return None;
    };
    if !is_arn(value) {
        return None;
    }
    let negated = condition.operator.kind.is_some_and(OperatorKind::is_negated);
    let mut any = Truth::False;
    for operand in operands {
        let resolved = match operand {
            ArnOperand::Template(template) => match template.resolve(context) {
                Resolved::Pieces(pieces) => Some(ArnOperand::new(&pieces)),
                Resolved::NoValue(_) => continue,
                Resolved::Unknown(_) => {
                    any = any.or(Truth::Unknown);
                    continue;
                }
            },
            ArnOperand::Parts(_) | ArnOperand::NotAnArn => None,
        };
        let pattern = resolved.as_ref().unwrap_or(operand);
        if negated && *pattern == ArnOperand::NotAnArn {
            return None;
        }
        any = any.or(pattern.matches(value).into());
    }
    Some(any)
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && memchr::memchr_iter(b':', text.as_bytes()).nth(4).is_some()
}

/// Numbers and dates: the order that the operator asks for, against any of the policy's values.
fn in_order(kind: OperatorKind, order: Ordering) -> bool {
    match kind {
        OperatorKind::NumericLessThan | OperatorKind::DateLessThan => order.is_lt(),
        OperatorKind::NumericLessThanEquals | OperatorKind::DateLessThanEquals => order.is_le(),
        OperatorKind::NumericGreaterThan | OperatorKind::DateGreaterThan => order.is_gt(),
        OperatorKind::NumericGreaterThanEquals | OperatorKind::DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn numeric_matches(condition: &Condition, kind: OperatorKind, value: &str) -> Option<Truth> {
    let value = Decimal::new(value)?;
    let wanted = || condition.values.iter().map(|wanted| Decimal::new(&wanted.value));
    if kind.is_negated() && wanted().any(|wanted| wanted.is_none()) {
        return None;
    }
    Some(wanted().flatten().any(|wanted| in_order(kind, value.compare(&wanted))).into())
}

fn date_matches(condition: &Condition, kind: OperatorKind, value: Typed) -> Option<Truth> {
    let Operands::Date(operands) = &condition.operands else {
        return None;
    };
    let value = value.instant?;
    if kind.is_negated() && operands.contains(&None) {
        return None;
    }
    Some(operands.iter().flatten().any(|wanted| in_order(kind, value.cmp(wanted))).into())
}

fn ip_matches(condition: &Condition, value: Typed) -> Option<Truth> {
    let Operands::Ip(operands) = &condition.operands else {
        return None;
    };
    let address = value.address?;
    let negated = condition.operator.kind.is_some_and(OperatorKind::is_negated);
    if negated && operands.contains(&None) {
        return None;
    }
    Some(operands.iter().flatten().any(|range| range.contains(&address)).into())
}

fn bool_matches(condition: &Condition, value: &str, context: &Context) -> Truth {
    let (Operands::Bool(operands), Some(value)) = (&condition.operands, boolean(value)) else {
        return Truth::False;
    };
    any_of(operands, |operand| match operand {
        BoolOperand::Literal(wanted) => (*wanted == Some(value)).into(),
        BoolOperand::Template(template) => match template.resolve(context) {
            Resolved::Pieces(pieces) => (boolean(&literal_text(&pieces)) == Some(value)).into(),
            Resolved::NoValue(_) => Truth::False,
            Resolved::Unknown(_) => Truth::Unknown,
        },
    })
}

/// The keys, as written, whose values are not known and decide about the line.
pub(super) fn missing_keys<'c>(condition: &'c Condition, context: &Context) -> Vec<&'c str> {
    // what a template leaves open is no key of the request
    if condition.open || holds(condition, context) != Truth::Unknown {
        return Vec::new();
    }
    let unknown = |key: &&str| *context.get(key) == ContextValue::Unknown;
    distinct(std::iter::once(condition.key.as_str()).chain(condition.variable_keys()).filter(unknown))
}
