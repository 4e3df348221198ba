//! Text with policy variables: `home/${aws:username}/*`, and what it becomes for one request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use super::context::{Context, ContextValue};
use super::language::Language;
use crate::text::Piece;

/// A text in which variables, and wildcards where they count, are told from plain characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

/// One part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Fixed(Piece),
    Variable(Variable),
}

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    /// The condition key, as written.
    key: String,
    /// The key in lower case.
    folded_key: String,
    default: Option<String>,
}

/// What a template is for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// These pieces; a substituted value is literal, also where it holds `*`.
    Pieces(Vec<Piece>),
    /// A variable has no value: the text matches nothing. Holds the key as written.
    NoValue(String),
    /// The value of this key, as written, is not known.
    Unknown(String),
}

impl Template {
    /// Reads a text; variables count in version `2012-10-17` only, wildcards where the element has them.
    #[must_use]
    pub fn new(text: &str, language: Language, wildcards: bool) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        let mut ends = Ends::default();
        while let Some(character) = rest.chars().next() {
            let special = match character {
                '$' if language == Language::V2012 => variable(rest, &mut ends),
                '*' if wildcards => Some((Part::Fixed(Piece::AnyRun), 1)),
                '?' if wildcards => Some((Part::Fixed(Piece::AnyOne), 1)),
                _ => None,
            };
            let length = match special {
                Some((Part::Fixed(Piece::Literal(escaped)), length)) => {
                    literal.push_str(&escaped);
                    length
                }
                Some((part, length)) => {
                    if !literal.is_empty() {
                        parts.push(Part::Fixed(Piece::Literal(std::mem::take(&mut literal))));
                    }
                    parts.push(part);
                    length
                }
                None => {
                    literal.push(character);
                    character.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        if !literal.is_empty() {
            parts.push(Part::Fixed(Piece::Literal(literal)));
        }
        Self { parts }
    }

    /// The pieces, if there is no variable in it.
    #[must_use]
    pub fn fixed(&self) -> Option<Vec<Piece>> {
        let piece = |part: &Part| match part {
            Part::Fixed(piece) => Some(piece.clone()),
            Part::Variable(_) => None,
        };
        self.parts.iter().map(piece).collect()
    }

    /// The pieces with every variable as `*`: what this does not match, no value makes match.
    #[must_use]
    pub fn widest(&self) -> Vec<Piece> {
        let piece = |part: &Part| match part {
            Part::Fixed(piece) => piece.clone(),
            Part::Variable(_) => Piece::AnyRun,
        };
        self.parts.iter().map(piece).collect()
    }

    /// The variables' keys, as written, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(variable) => Some(variable.key.as_str()),
            Part::Fixed(_) => None,
        })
    }

    /// Puts the request's values in. A variable without a value decides before one that is not known.
    #[must_use]
    pub fn resolve(&self, context: &Context) -> Resolved {
        let mut pieces = Vec::with_capacity(self.parts.len());
        let mut unknown = None;
        for part in &self.parts {
            let variable = match part {
                Part::Fixed(piece) => {
                    pieces.push(piece.clone());
                    continue;
                }
                Part::Variable(variable) => variable,
            };
            let value = match (context.get_folded(&variable.folded_key), &variable.default) {
                // a multivalued key never resolves
                (ContextValue::Present { values, multivalued: false }, _) if values.len() == 1 => values.first(),
                (ContextValue::Absent, Some(default)) => Some(default),
                (ContextValue::Present { .. } | ContextValue::Absent, _) => {
                    return Resolved::NoValue(variable.key.clone());
                }
                (ContextValue::Unknown, _) => {
                    unknown.get_or_insert_with(|| variable.key.clone());
                    None
                }
            };
            pieces.extend(value.map(|value| Piece::Literal(value.clone())));
        }
        unknown.map_or(Resolved::Pieces(pieces), Resolved::Unknown)
    }
}

/// The literal text of pieces, for elements without wildcards.
#[must_use]
pub fn literal_text(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::AnyRun => "*",
            Piece::AnyOne => "?",
        })
        .collect()
}

/// Whether what ends a variable still comes: a text that opens many and ends none is searched once.
#[derive(Default)]
struct Ends {
    brace: End,
    quote: End,
}

#[derive(Default)]
struct End {
    none: bool,
}

impl End {
    fn find(&mut self, text: &str, end: &str) -> Option<usize> {
        let found = if self.none { None } else { text.find(end) };
        self.none = found.is_none();
        found
    }
}

/// The variable or escape at the start of the text, and its length in bytes.
fn variable(text: &str, ends: &mut Ends) -> Option<(Part, usize)> {
    let inner = text.strip_prefix("${")?;
    for (escape, character) in [("*}", "*"), ("?}", "?"), ("$}", "$")] {
        if inner.starts_with(escape) {
            return Some((Part::Fixed(Piece::Literal(character.to_owned())), 4));
        }
    }
    let close = ends.brace.find(inner, "}")?;
    let (key, default, length) = match inner.get(..close)?.find(", '") {
        Some(comma) => {
            let quoted = inner.get(comma + 3..)?;
            let end = ends.quote.find(quoted, "'}")?;
            (inner.get(..comma)?, quoted.get(..end).map(str::to_owned), comma + 3 + end + 2)
        }
        None => (inner.get(..close)?, None, close + 1),
    };
    let key = key.trim();
    let variable = Variable { key: key.to_owned(), folded_key: key.to_ascii_lowercase(), default };
    (!key.is_empty()).then_some((Part::Variable(variable), 2 + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, context: &Context) -> String {
        match Template::new(text, Language::V2012, true).resolve(context) {
            Resolved::Pieces(pieces) => format!("{pieces:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn values_are_literal_and_missing_ones_are_told_from_unknown_ones() {
        let mut context = Context::new();
        context.set_one("aws:username", "a*");
        context.set_one("aws:PrincipalTag/empty", "");
        context.set("aws:TagKeys", ContextValue::Present { values: vec!["one".to_owned()], multivalued: true });
        context.set("aws:PrincipalTag/gone", ContextValue::Absent);
        let rows = [
            ("x/${aws:UserName}/*", r#"[Literal("x/"), Literal("a*"), Literal("/"), AnyRun]"#),
            ("${*}${?}${$}{x}", r#"[Literal("*?${x}")]"#),
            ("${aws:PrincipalTag/gone, 'a, }b'}?", r#"[Literal("a, }b"), AnyOne]"#),
            ("${aws:PrincipalTag/empty, 'default'}", r#"[Literal("")]"#),
            ("${aws:PrincipalTag/gone}${aws:SourceIp}", r#"NoValue("aws:PrincipalTag/gone")"#),
            ("${aws:SourceIp}${aws:TagKeys}", r#"NoValue("aws:TagKeys")"#),
            ("${aws:SourceIp}", r#"Unknown("aws:SourceIp")"#),
            ("${unclosed", r#"[Literal("${unclosed")]"#),
        ];
        for (text, expected) in rows {
            assert_eq!(resolve(text, &context), expected, "{text}");
        }
    }

    #[test]
    fn the_old_language_has_no_variables() {
        let template = Template::new("${aws:username}*", Language::V2008, true);
        assert_eq!(template.fixed(), Some(vec![Piece::Literal("${aws:username}".to_owned()), Piece::AnyRun]));
    }
}
