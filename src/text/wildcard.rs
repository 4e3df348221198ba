//! `*` and `?` as IAM means them: `*` is any run of characters, `?` is exactly one; nothing else is special.
//!
//! A pattern is compiled into the literal segments between its `*`s. Each segment is searched once, leftmost first, which
//! is sufficient because `*` may take any run; so matching never backtracks over a star and fifty stars cost fifty searches.

use memchr::memmem;

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// These characters.
    Literal(String),
    /// `*`: any run, also an empty one.
    AnyRun,
    /// `?`: one character.
    AnyOne,
}

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    segments: Vec<Segment>,
    /// Whether the pattern holds a `*`; without one the single segment must cover the text.
    starred: bool,
}

/// What stands between two stars.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// `None` is one character.
    Mixed(Vec<Option<char>>),
}

impl Wildcard {
    /// Compiles a pattern as written in a policy.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self::from_pieces(pieces(pattern))
    }

    /// Compiles parts, for patterns in which a substituted value must stay literal.
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut segments = Vec::new();
        let mut current: Vec<Option<char>> = Vec::new();
        let mut starred = false;
        for piece in pieces {
            match piece {
                Piece::Literal(text) => current.extend(text.chars().map(Some)),
                Piece::AnyOne => current.push(None),
                Piece::AnyRun => {
                    starred = true;
                    segments.push(Segment::of(std::mem::take(&mut current)));
                }
            }
        }
        segments.push(Segment::of(current));
        Self { segments, starred }
    }

    /// Whether the pattern covers the whole text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.segments.split_first() else {
            return text.is_empty();
        };
        let Some(mut left) = first.strip_from_start(text) else {
            return false;
        };
        if !self.starred {
            return left.is_empty();
        }
        let Some((last, middle)) = rest.split_last() else {
            return true;
        };
        for segment in middle {
            match segment.skip_past(left) {
                Some(after) => left = after,
                None => return false,
            }
        }
        last.ends(left)
    }

    /// Whether the pattern is a lone `*`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.starred && self.segments.iter().all(Segment::is_empty)
    }

    /// Whether the pattern has neither `*` nor `?`.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !self.starred && self.segments.iter().all(|segment| matches!(segment, Segment::Literal(_)))
    }
}

/// The parts of a pattern as written.
fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    for character in pattern.chars() {
        let piece = match character {
            '*' => Piece::AnyRun,
            '?' => Piece::AnyOne,
            other => {
                literal.push(other);
                continue;
            }
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(piece);
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

impl Segment {
    fn of(parts: Vec<Option<char>>) -> Self {
        parts.iter().copied().collect::<Option<String>>().map_or(Self::Mixed(parts), Self::Literal)
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Literal(text) if text.is_empty())
    }

    /// The text after this segment, if it begins with it.
    fn strip_from_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Literal(literal) => text.strip_prefix(literal.as_str()),
            Self::Mixed(parts) => {
                let mut characters = text.chars();
                for part in parts {
                    let character = characters.next()?;
                    if part.is_some_and(|wanted| wanted != character) {
                        return None;
                    }
                }
                Some(characters.as_str())
            }
        }
    }

    /// The text after the first place where this segment occurs.
    fn skip_past<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Literal(literal) => {
                let at = memmem::find(text.as_bytes(), literal.as_bytes())?;
                text.get(at + literal.len()..)
            }
            Self::Mixed(_) => {
                let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                starts.find_map(|at| self.strip_from_start(text.get(at..)?))
            }
        }
    }

    /// Whether the text ends with this segment.
    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => text.ends_with(literal.as_str()),
            Self::Mixed(parts) => {
                let mut characters = text.chars().rev();
                parts.iter().rev().all(|part| {
                    characters.next().is_some_and(|character| part.is_none_or(|wanted| wanted == character))
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn star_takes_any_run_and_question_mark_one_character() {
        let rows = [
            ("*", "", true),
            ("?", "", false),
            ("?", "ü", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("a?c", "a/c", true),
            ("*a*b*", "xxaxxbxx", true),
            ("ab*ba", "aba", false),
            ("", "", true),
            ("", "a", false),
            ("a*?b", "ab", false),
            ("a*?b", "aab", true),
            ("*\n*", "x\ny", true),
            ("s3:Get*", "s3:GetObject", true),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(Wildcard::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_regular_expression(pattern in "[ab?*/]{0,9}", text in "[ab/]{0,12}") {
            let expression: String = pattern.chars().map(|c| match c { '*' => "(?s:.*)".to_owned(), '?' => "(?s:.)".to_owned(), c => regex::escape(&c.to_string()) }).collect();
            let oracle = regex::Regex::new(&format!("^(?:{expression})$")).unwrap();
            prop_assert_eq!(Wildcard::new(&pattern).matches(&text), oracle.is_match(&text));
        }
    }
}
