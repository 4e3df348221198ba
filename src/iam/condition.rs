//! One line of a Condition block: operator, key and values.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::fmt;
use std::sync::Arc;

use ipnet::IpNet;

use super::language::Language;
use super::template::Template;
use super::value::{Decimal, boolean, instant, network};
use crate::text::{Piece, Span, Spanned, Wildcard, has_any};

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
    /// Its number, for looking it up.
    pub key_hash: u64,
    /// Where the key stands.
    pub key_span: Span,
    /// The values.
    pub values: Vec<Spanned<String>>,
    /// Where the values stand, brackets included.
    pub values_span: Span,
    /// The values compiled for the operator, in the same order.
    pub operands: Operands,
    /// Whether a template leaves a part of its key or values open, so that whether it holds is not known.
    pub open: bool,
}

/// The values of a condition, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operands {
    /// For String*.
    Text(Vec<TextOperand>),
    /// For Arn*.
    Arn(Vec<ArnOperand>),
    /// For Bool.
    Bool(Vec<BoolOperand>),
    /// For Date*: nanoseconds since 1970; `None` is no date.
    Date(Vec<Option<i128>>),
    /// For `IpAddress` and `NotIpAddress`; `None` is no address.
    Ip(Vec<Option<IpNet>>),
    /// For Null; `None` is neither true nor false.
    Null(Vec<Option<bool>>),
    /// For Numeric* and `BinaryEquals`, and for String* without wildcards and variables: the values as written serve.
    Plain,
    /// The operator is none.
    None,
}

/// A value of a String operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOperand {
    /// Exactly this text, or with `...IgnoreCase` this text in any case.
    Literal(String),
    /// `StringLike` with wildcards.
    Pattern(Wildcard),
    /// With variables.
    Template(Template),
}

/// A value of an Arn operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArnOperand {
    /// Six patterns, one a part.
    Parts(Box<[Wildcard; 6]>),
    /// With variables.
    Template(Template),
    /// No ARN.
    NotAnArn,
}

/// A value of Bool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoolOperand {
    /// `true` or `false`; `None` is neither.
    Literal(Option<bool>),
    /// With variables.
    Template(Template),
}

/// Whether a text has no sign of a wildcard or a variable.
fn is_as_written(text: &str) -> bool {
    !has_any(text, [b'$', b'*', b'?'])
}

impl Condition {
    /// Compiles the values for the operator.
    #[must_use]
    pub(super) fn compile(operator: &Operator, values: &[Spanned<String>], language: Language) -> Operands {
        let texts = values.iter().map(|value| value.value.as_str());
        let template = |text: &str, wildcards| {
            // only a text with `${` can hold a variable
            (language == Language::V2012 && text.contains("${")).then(|| Template::new(text, language, wildcards))
        };
        match operator.kind.map(OperatorKind::family) {
            None => Operands::None,
            // most are compared as they are written
            Some(Family::String) if values.iter().all(|value| is_as_written(&value.value)) => Operands::Plain,
            Some(Family::String) => {
                let wildcards = operator.kind.is_some_and(OperatorKind::has_wildcards);
                let operand = |text: &str| match template(text, wildcards).map(|template| (template.fixed(), template))
                {
                    Some((None, template)) => TextOperand::Template(template),
                    Some((Some(pieces), _)) if wildcards => TextOperand::Pattern(Wildcard::from_pieces(pieces)),
                    Some((Some(pieces), _)) => TextOperand::Literal(super::template::literal_text(&pieces)),
                    None if wildcards && text.contains(['*', '?']) => TextOperand::Pattern(Wildcard::new(text)),
                    None => TextOperand::Literal(text.to_owned()),
                };
                Operands::Text(texts.map(operand).collect())
            }
            Some(Family::Arn) => Operands::Arn(
                texts
                    .map(|text| match template(text, true) {
                        Some(template) => ArnOperand::Template(template),
                        None => ArnOperand::new(&Template::new(text, language, true).widest()),
                    })
                    .collect(),
            ),
            Some(Family::Bool) => Operands::Bool(
                texts
                    .map(|text| {
                        template(text, false).map_or(BoolOperand::Literal(boolean(text)), BoolOperand::Template)
                    })
                    .collect(),
            ),
            Some(Family::Date) => Operands::Date(texts.map(instant).collect()),
            Some(Family::Ip) => Operands::Ip(texts.map(network).collect()),
            Some(Family::Null) => Operands::Null(texts.map(boolean).collect()),
            Some(Family::Numeric | Family::Binary) => Operands::Plain,
        }
    }

    /// The values that the operator cannot read, with what it expects.
    pub(crate) fn unreadable_values(&self) -> Vec<(&Spanned<String>, &'static str)> {
        if self.open {
            return Vec::new();
        }
        let numeric = self.operator.kind.map(OperatorKind::family) == Some(Family::Numeric);
        let unread = |place: usize, value: &Spanned<String>| match &self.operands {
            Operands::Arn(operands) => operands.get(place) == Some(&ArnOperand::NotAnArn),
            Operands::Bool(operands) => operands.get(place) == Some(&BoolOperand::Literal(None)),
            Operands::Date(operands) => operands.get(place) == Some(&None),
            Operands::Ip(operands) => operands.get(place) == Some(&None),
            Operands::Null(operands) => operands.get(place) == Some(&None),
            Operands::Plain if numeric => Decimal::new(&value.value).is_none(),
            Operands::Text(_) | Operands::Plain | Operands::None => false,
        };
        let expected = match &self.operands {
            Operands::Arn(_) => "an ARN of six parts",
            Operands::Bool(_) | Operands::Null(_) => "`true` or `false`",
            Operands::Date(_) => "a date",
            Operands::Ip(_) => "an address or a range of addresses",
            _ => "a number",
        };
        let values = self.values.iter().enumerate();
        values.filter(|(place, value)| unread(*place, value)).map(|(_, value)| (value, expected)).collect()
    }

    /// The keys of the variables in its values, as written.
    #[must_use]
    pub fn variable_keys(&self) -> Vec<&str> {
        let templates: Vec<&Template> = match &self.operands {
            Operands::Text(operands) => operands
                .iter()
                .filter_map(|operand| if let TextOperand::Template(template) = operand { Some(template) } else { None })
                .collect(),
            Operands::Arn(operands) => operands
                .iter()
                .filter_map(|operand| if let ArnOperand::Template(template) = operand { Some(template) } else { None })
                .collect(),
            Operands::Bool(operands) => operands
                .iter()
                .filter_map(|operand| if let BoolOperand::Template(template) = operand { Some(template) } else { None })
                .collect(),
            _ => Vec::new(),
        };
        templates.into_iter().flat_map(Template::keys).collect()
    }
}

impl ArnOperand {
    /// Six parts from resolved pieces; fewer, or another beginning than `arn`, are no ARN.
    #[must_use]
    pub fn new(pieces: &[Piece]) -> Self {
        let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
        for piece in pieces {
            let Piece::Literal(text) = piece else {
                if let Some(part) = parts.last_mut() {
                    part.push(piece.clone());
                }
                continue;
            };
            let mut rest = text.as_str();
            while parts.len() < 6 {
                let Some((before, after)) = rest.split_once(':') else {
                    break;
                };
                if let Some(part) = parts.last_mut() {
                    part.push(Piece::Literal(before.to_owned()));
                }
                parts.push(Vec::new());
                rest = after;
            }
            if let Some(part) = parts.last_mut() {
                part.push(Piece::Literal(rest.to_owned()));
            }
        }
        let compiled: Vec<Wildcard> = parts.into_iter().map(Wildcard::from_pieces).collect();
        match <Box<[Wildcard; 6]>>::try_from(compiled.into_boxed_slice()) {
            Ok(parts) if parts.first().is_some_and(|first| first.matches("arn")) => Self::Parts(parts),
            _ => Self::NotAnArn,
        }
    }

    /// Whether the text is an ARN each of whose parts matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Self::Parts(patterns) = self else {
            return false;
        };
        let mut parts = text.splitn(6, ':');
        text.starts_with("arn:")
            && patterns.iter().all(|pattern| parts.next().is_some_and(|part| pattern.matches(part)))
    }
}

impl ArnOperand {
    /// Whether it matches some ARN of this pattern, whatever its variables are and whatever the case.
    #[must_use]
    pub fn may_match(&self, pattern: &str) -> bool {
        match self {
            Self::Parts(parts) => {
                parts.iter().zip(pattern.splitn(6, ':')).all(|(part, other)| part.may_meet(&Wildcard::new(other)))
            }
            // the value of a variable may have colons
            Self::Template(template) => Wildcard::from_pieces(template.widest()).may_meet(&Wildcard::new(pattern)),
            Self::NotAnArn => false,
        }
    }
}

impl TextOperand {
    /// Whether it is exactly this text, or matches it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Pattern(pattern) => pattern.matches(text),
            Self::Template(_) => false,
        }
    }

    /// Whether it matches some text of this pattern, whatever its variables are and whatever the case.
    #[must_use]
    pub fn may_match(&self, pattern: &str) -> bool {
        let pattern = Wildcard::new(pattern);
        match self {
            // a text that is compared as it is written has no wildcards
            Self::Literal(literal) => Wildcard::from_pieces([Piece::Literal(literal.clone())]).may_meet(&pattern),
            Self::Pattern(own) => own.may_meet(&pattern),
            Self::Template(template) => Wildcard::from_pieces(template.widest()).may_meet(&pattern),
        }
    }
}

/// Operators that read their values in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// String*
    String,
    /// Numeric*
    Numeric,
    /// Date*
    Date,
    /// Bool
    Bool,
    /// `BinaryEquals`
    Binary,
    /// `IpAddress`, `NotIpAddress`
    Ip,
    /// Arn*
    Arn,
    /// Null
    Null,
}

/// A condition operator with its prefix and suffix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operator {
    /// As written.
    pub text: Arc<str>,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub quantifier: Option<Quantifier>,
    /// The operator itself; `None` when AWS knows no such operator.
    pub kind: Option<OperatorKind>,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
}

/// The prefix that compares sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantifier {
    /// Every value of the request must match.
    ForAllValues,
    /// At least one value of the request must match.
    ForAnyValue,
}

/// The operators of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// How the operator reads its values.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::StringEquals
            | Self::StringNotEquals
            | Self::StringEqualsIgnoreCase
            | Self::StringNotEqualsIgnoreCase
            | Self::StringLike
            | Self::StringNotLike => Family::String,
            Self::NumericEquals
            | Self::NumericNotEquals
            | Self::NumericLessThan
            | Self::NumericLessThanEquals
            | Self::NumericGreaterThan
            | Self::NumericGreaterThanEquals => Family::Numeric,
            Self::DateEquals
            | Self::DateNotEquals
            | Self::DateLessThan
            | Self::DateLessThanEquals
            | Self::DateGreaterThan
            | Self::DateGreaterThanEquals => Family::Date,
            Self::Bool => Family::Bool,
            Self::BinaryEquals => Family::Binary,
            Self::IpAddress | Self::NotIpAddress => Family::Ip,
            Self::ArnEquals | Self::ArnLike | Self::ArnNotEquals | Self::ArnNotLike => Family::Arn,
            Self::Null => Family::Null,
        }
    }

    /// Whether `*` and `?` in its values are wildcards, of the String operators.
    #[must_use]
    pub const fn has_wildcards(self) -> bool {
        matches!(self, Self::StringLike | Self::StringNotLike)
    }

    /// Whether the case of the text does not matter.
    #[must_use]
    pub const fn ignores_case(self) -> bool {
        matches!(self, Self::StringEqualsIgnoreCase | Self::StringNotEqualsIgnoreCase)
    }

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
        let kind = OperatorKind::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind);
        // `Null` asks whether the key exists, so it takes no suffix; a prefix adds nothing to it
        let kind = kind.filter(|kind| *kind != OperatorKind::Null || !suffixed);
        Self { text: text.into(), quantifier, kind, if_exists: suffixed }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
