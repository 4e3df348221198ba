//! One line of a Condition block: operator, key and values.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::fmt;

use crate::text::{Span, Spanned};

/// One `operator: { key: values }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator, or what was written when it is none.
    pub operator: Operator,
    /// Where the operator's name stands.
    pub operator_span: Span,
    /// The condition key, as written.
    pub key: String,
    /// The key in lower case: key names have no case.
    pub folded_key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The values.
    pub values: Vec<Spanned<String>>,
    /// Where the values stand, brackets included.
    pub values_span: Span,
}

/// A condition operator with its prefix and suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// As written.
    pub text: String,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub quantifier: Option<Quantifier>,
    /// The operator itself; `None` when AWS knows no such operator.
    pub kind: Option<OperatorKind>,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
}

/// The prefix that compares sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// Every value of the request must match.
    ForAllValues,
    /// At least one value of the request must match.
    ForAnyValue,
}

/// The operators of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are AWS's own and mean what the page above says")]
pub enum OperatorKind {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

impl OperatorKind {
    const ALL: [(&'static str, Self); 27] = [
        ("StringEquals", Self::StringEquals),
        ("StringNotEquals", Self::StringNotEquals),
        ("StringEqualsIgnoreCase", Self::StringEqualsIgnoreCase),
        ("StringNotEqualsIgnoreCase", Self::StringNotEqualsIgnoreCase),
        ("StringLike", Self::StringLike),
        ("StringNotLike", Self::StringNotLike),
        ("NumericEquals", Self::NumericEquals),
        ("NumericNotEquals", Self::NumericNotEquals),
        ("NumericLessThan", Self::NumericLessThan),
        ("NumericLessThanEquals", Self::NumericLessThanEquals),
        ("NumericGreaterThan", Self::NumericGreaterThan),
        ("NumericGreaterThanEquals", Self::NumericGreaterThanEquals),
        ("DateEquals", Self::DateEquals),
        ("DateNotEquals", Self::DateNotEquals),
        ("DateLessThan", Self::DateLessThan),
        ("DateLessThanEquals", Self::DateLessThanEquals),
        ("DateGreaterThan", Self::DateGreaterThan),
        ("DateGreaterThanEquals", Self::DateGreaterThanEquals),
        ("Bool", Self::Bool),
        ("BinaryEquals", Self::BinaryEquals),
        ("IpAddress", Self::IpAddress),
        ("NotIpAddress", Self::NotIpAddress),
        ("ArnEquals", Self::ArnEquals),
        ("ArnLike", Self::ArnLike),
        ("ArnNotEquals", Self::ArnNotEquals),
        ("ArnNotLike", Self::ArnNotLike),
        ("Null", Self::Null),
    ];

    /// Whether the operator is satisfied by a key that is not in the request.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }
}

impl Operator {
    /// Reads an operator name; the case does not matter.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (quantifier, rest) = match text.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(Quantifier::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Some(Quantifier::ForAnyValue), rest),
            _ => (None, text),
        };
        let suffix_at = rest.len().saturating_sub("IfExists".len());
        let suffixed = rest.get(suffix_at..).is_some_and(|suffix| suffix.eq_ignore_ascii_case("IfExists"));
        let name = if suffixed { rest.get(..suffix_at).unwrap_or(rest) } else { rest };
        let kind =
            OperatorKind::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| kind);
        // `Null` takes neither prefix nor suffix
        let kind = kind.filter(|kind| *kind != OperatorKind::Null || (!suffixed && quantifier.is_none()));
        Self { text: text.to_owned(), quantifier, kind, if_exists: suffixed }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
