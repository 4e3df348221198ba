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
pub struct Wildcard(Shape);

/// Most patterns are a text, or a text and one star.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Literal(Box<str>),
    /// Followed by one star.
    Prefix(Box<str>),
    /// What stands before, between and behind the stars; without a star there is one segment, which must cover the text.
    Segments(Box<[Segment]>),
}

/// What stands between two stars.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Segment {
    /// Its characters, with any one of one byte where a `?` stands.
    text: String,
    /// The places of the `?`.
    ones: Vec<usize>,
}

impl Wildcard {
    /// Compiles a pattern as written in a policy.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        match memchr::memchr2(b'*', b'?', pattern.as_bytes()) {
            None => Self(Shape::Literal(pattern.into())),
            Some(at) if at + 1 == pattern.len() && pattern.ends_with('*') => {
                Self(Shape::Prefix(pattern.get(..at).unwrap_or_default().into()))
            }
            Some(_) => Self::of_segments(pattern.split('*').map(Segment::as_written).collect()),
        }
    }

    /// Compiles parts, for patterns in which a substituted value must stay literal.
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut segments = Vec::new();
        let mut current = Segment::default();
        for piece in pieces {
            match piece {
                Piece::Literal(text) if current.text.is_empty() => current.text = text,
                Piece::Literal(text) => current.text.push_str(&text),
                Piece::AnyOne => {
                    current.ones.push(current.text.len());
                    current.text.push('?');
                }
                Piece::AnyRun => segments.push(std::mem::take(&mut current)),
            }
        }
        segments.push(current);
        Self::of_segments(segments)
    }

    fn of_segments(segments: Vec<Segment>) -> Self {
        match segments.as_slice() {
            [only] if only.ones.is_empty() => Self(Shape::Literal(only.text.as_str().into())),
            [first, last] if first.ones.is_empty() && last.is_empty() => {
                Self(Shape::Prefix(first.text.as_str().into()))
            }
            _ => Self(Shape::Segments(segments.into())),
        }
    }

    /// Whether the pattern covers the whole text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let segments = match &self.0 {
            Shape::Literal(literal) => return text == &**literal,
            Shape::Prefix(prefix) => return text.starts_with(&**prefix),
            Shape::Segments(segments) => segments,
        };
        let Some((first, rest)) = segments.split_first() else {
            return text.is_empty();
        };
        let Some(mut left) = first.strip_from_start(text) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return left.is_empty();
        };
        for segment in middle {
            match segment.skip_past(left) {
                Some(after) => left = after,
                None => return false,
            }
        }
        last.ends(left)
    }

    /// Whether some text matches both patterns, where letters of another case are taken for the same: it errs by saying that there is one.
    #[must_use]
    pub fn may_meet(&self, other: &Self) -> bool {
        let others = other.steps();
        // whether what was read of the one can be what the first so many steps of the other match
        let mut met = vec![true];
        for step in &others {
            met.push(met.last() == Some(&true) && *step == Piece::AnyRun);
        }
        for own in self.steps() {
            let mut next = vec![own == Piece::AnyRun && met.first() == Some(&true)];
            for (step, pair) in others.iter().zip(met.windows(2)) {
                let [before, here] = *pair else { continue };
                let last = next.last() == Some(&true);
                next.push(match (&own, step) {
                    (Piece::AnyRun, _) | (_, Piece::AnyRun) => here || last,
                    (Piece::AnyOne, _) | (_, Piece::AnyOne) => before,
                    (Piece::Literal(own), Piece::Literal(step)) => before && own.eq_ignore_ascii_case(step),
                });
            }
            met = next;
        }
        met.last() == Some(&true)
    }

    /// The pattern, character by character.
    fn steps(&self) -> Vec<Piece> {
        let literal = |text: &str| text.chars().map(|one| Piece::Literal(one.to_string())).collect::<Vec<_>>();
        match &self.0 {
            Shape::Literal(text) => literal(text),
            Shape::Prefix(text) => literal(text).into_iter().chain([Piece::AnyRun]).collect(),
            Shape::Segments(segments) => {
                let mut steps = Vec::new();
                for (nth, segment) in segments.iter().enumerate() {
                    if nth > 0 {
                        steps.push(Piece::AnyRun);
                    }
                    let piece = |(at, one): (usize, char)| {
                        if segment.ones.contains(&at) { Piece::AnyOne } else { Piece::Literal(one.to_string()) }
                    };
                    steps.extend(segment.text.char_indices().map(piece));
                }
                steps
            }
        }
    }

    /// Whether the pattern is a lone `*`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        match &self.0 {
            Shape::Literal(_) => false,
            Shape::Prefix(prefix) => prefix.is_empty(),
            Shape::Segments(segments) => segments.len() > 1 && segments.iter().all(Segment::is_empty),
        }
    }

    /// Whether the pattern has neither `*` nor `?`.
    #[must_use]
    pub const fn is_literal(&self) -> bool {
        matches!(self.0, Shape::Literal(_))
    }
}

impl Segment {
    /// A part of a pattern without stars.
    fn as_written(text: &str) -> Self {
        Self { text: text.to_owned(), ones: memchr::memchr_iter(b'?', text.as_bytes()).collect() }
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text after this segment, if it begins with it.
    fn strip_from_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.ones.is_empty() {
            return text.strip_prefix(self.text.as_str());
        }
        let (mut left, mut from) = (text, 0);
        for one in &self.ones {
            let mut characters = left.strip_prefix(self.text.get(from..*one)?)?.chars();
            characters.next()?;
            (left, from) = (characters.as_str(), one + 1);
        }
        left.strip_prefix(self.text.get(from..)?)
    }

    /// The text after the first place where this segment occurs.
    fn skip_past<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.ones.is_empty() {
            let at = memmem::find(text.as_bytes(), self.text.as_bytes())?;
            return text.get(at + self.text.len()..);
        }
        let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        starts.find_map(|at| self.strip_from_start(text.get(at..)?))
    }

    /// Whether the text ends with this segment.
    fn ends(&self, text: &str) -> bool {
        if self.ones.is_empty() {
            return text.ends_with(self.text.as_str());
        }
        let (mut left, mut to) = (text, self.text.len());
        for one in self.ones.iter().rev() {
            let literal = self.text.get(one + 1..to).unwrap_or_default();
            let Some(mut characters) = left.strip_suffix(literal).map(str::chars) else { return false };
            if characters.next_back().is_none() {
                return false;
            }
            (left, to) = (characters.as_str(), *one);
        }
        left.ends_with(self.text.get(..to).unwrap_or_default())
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
        fn a_pattern_is_the_same_from_its_parts(pattern in "[aü?*]{0,9}") {
            let parts = pattern.chars().map(|c| match c { '*' => Piece::AnyRun, '?' => Piece::AnyOne, c => Piece::Literal(c.to_string()) });
            prop_assert_eq!(Wildcard::new(&pattern), Wildcard::from_pieces(parts));
        }

        #[test]
        fn patterns_that_share_a_text_may_meet(one in "[ab?*/]{0,6}", other in "[AB?*/]{0,6}", text in "[ab/]{0,6}") {
            let both = Wildcard::new(&one).matches(&text) && Wildcard::new(&other.to_lowercase()).matches(&text);
            let meet = Wildcard::new(&one).may_meet(&Wildcard::new(&other));
            prop_assert!(meet || !both);
            prop_assert_eq!(meet, Wildcard::new(&other).may_meet(&Wildcard::new(&one)));
        }

        #[test]
        fn patterns_that_no_short_text_shares_do_not_meet(one in "[ab?*]{0,4}", other in "[ab?*]{0,4}") {
            // what two patterns share has a text without more than the characters of both
            let mut texts = vec![String::new()];
            let mut last = texts.clone();
            for _ in 0..8 {
                last = last.iter().flat_map(|text| [format!("{text}a"), format!("{text}b")]).collect();
                texts.extend(last.iter().cloned());
            }
            let [one, other] = [one, other].map(|pattern| Wildcard::new(&pattern));
            let shared = texts.iter().any(|text| one.matches(text) && other.matches(text));
            prop_assert_eq!(one.may_meet(&other), shared);
        }

        #[test]
        fn agrees_with_a_regular_expression(pattern in "[abü?*/]{0,9}", text in "[abü/]{0,12}") {
            let expression: String = pattern.chars().map(|c| match c { '*' => "(?s:.*)".to_owned(), '?' => "(?s:.)".to_owned(), c => regex::escape(&c.to_string()) }).collect();
            let oracle = regex::Regex::new(&format!("^(?:{expression})$")).unwrap();
            prop_assert_eq!(Wildcard::new(&pattern).matches(&text), oracle.is_match(&text));
        }
    }
}
