//! Patterns of the Resource and `NotResource` elements, compiled, and the resource of a request to match them with.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::context::Context;
use super::language::Language;
use super::open::is_open;
use super::own_api::{method, own_api, without_api};
use super::template::{Resolved, Template};
use crate::text::{Piece, Wildcard};

/// A request's resource, taken apart once.
#[derive(Debug, Clone, Copy)]
pub enum ResourceText<'r> {
    /// `*`: the action has no resources.
    All,
    /// An ARN, with the byte offset behind each of its first five colons.
    Arn(&'r str, [usize; 5]),
    /// Something else, which no pattern but `*` can be compared with.
    Other(&'r str),
}

/// One entry of Resource or `NotResource`, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourcePattern {
    /// `*`
    All,
    /// An ARN of six parts with no wildcard but perhaps a `*` at its end, as most are.
    Plain(PlainArn),
    /// An ARN with wildcards and variables, perhaps with fewer than six parts.
    Arn(Box<ArnShape>),
    /// A template leaves a part of it open; the pattern with `*` in those places covers all that it can cover.
    Open(Box<Wildcard>),
    /// `execute-api:/stage/METHOD/path`: the part behind the API whose policy it stands in, as an ARN without an API.
    OwnApi(Box<Self>),
    /// Neither: AWS rejects it.
    NotAnArn,
}

/// What a pattern may have beside plain text: told in one pass.
struct Signs {
    wild: bool,
    /// A sign with which a variable may begin.
    variable: bool,
    /// The colons of an ARN of six parts.
    six: bool,
}

impl Signs {
    fn of(text: &str) -> Self {
        let (mut wild, mut variable, mut colons) = (false, false, 0);
        let mut bytes = text.as_bytes().iter();
        // the colons stand close together, and behind them nothing has to be counted
        while colons < 5 {
            match bytes.next() {
                Some(b':') => colons += 1,
                Some(b'*' | b'?') => wild = true,
                Some(b'$') => variable = true,
                Some(_) => {}
                None => return Self { wild, variable, six: false },
            }
        }
        for byte in bytes {
            wild |= *byte == b'*';
            wild |= *byte == b'?';
            variable |= *byte == b'$';
        }
        Self { wild, variable, six: true }
    }
}

/// An ARN, or how ARNs begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainArn {
    /// Without the `*` at its end.
    text: Box<str>,
    starred: bool,
}

impl PlainArn {
    /// The pattern, if it is of this kind and has no sign at all with which a variable may begin.
    fn of_nothing_special(text: &str) -> Option<Self> {
        let (text, starred) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        let Signs { wild, variable, six } = Signs::of(text);
        (!wild && !variable && six && text.starts_with("arn:")).then(|| Self { text: text.into(), starred })
    }

    /// Whether an entry covers the resource, without compiling it; `None` where it is no ARN of six parts, or may have a variable. A
    /// wildcard but the one at its end counts as if it did, and so does a resource that is no ARN.
    pub(super) fn plainly_covers(entry: &str, resource: &ResourceText<'_>) -> Option<bool> {
        let (text, starred) = entry.strip_suffix('*').map_or((entry, false), |text| (text, true));
        let Signs { wild, variable, six } = Signs::of(text);
        if variable || !six || !text.starts_with("arn:") {
            return None;
        }
        Some(match resource {
            ResourceText::Arn(asked, _) => wild || if starred { asked.starts_with(text) } else { *asked == text },
            ResourceText::All | ResourceText::Other(_) => true,
        })
    }

    /// The pattern, if it is of this kind.
    fn new(text: &str, language: Language) -> Option<Self> {
        let (text, starred) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        let bytes = text.as_bytes();
        let special = memchr::memchr3(b'*', b'?', b'$', bytes).is_some_and(|at| {
            language == Language::V2012
                || bytes.get(at..).is_some_and(|rest| rest.iter().any(|byte| matches!(byte, b'*' | b'?')))
        });
        let six = memchr::memchr_iter(b':', bytes).nth(4).is_some();
        (six && !special).then(|| Self { text: text.into(), starred })
    }

    fn matches(&self, text: &str) -> bool {
        if self.starred { text.starts_with(&*self.text) } else { text == &*self.text }
    }
}

/// The compiled form of an ARN pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnShape {
    /// The first parts, at most five.
    head: Vec<Wildcard>,
    /// The first five parts with their colons, where they hold no wildcard: the quick way for most patterns.
    plain_head: Option<String>,
    /// What stands after the fifth colon; `None` if the pattern has fewer than six parts.
    tail: Option<Tail>,
    /// The reading in which a `*` at the end of one of the first parts runs past colons.
    spanning: Option<Spanning>,
    starred: bool,
    ends_in_star: bool,
}

/// What stands after the fifth colon.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tail {
    Fixed(Wildcard),
    Variable(Template),
}

/// A pattern from its first part that ends in `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spanning {
    /// How many parts before it must match on their own.
    after: usize,
    rest: Rest,
}

/// What must match from there on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rest {
    /// Every `*` in it may run past colons, so it is one pattern.
    Plain(Wildcard),
    /// The pieces of the first parts; variables follow in the last one.
    Variable(Vec<Piece>),
    /// Some wildcard in it must stay inside its part: the first parts, and the pieces of the last one if it is fixed.
    Confined(Vec<Token>, Vec<Piece>),
}

/// One step of a pattern in which some wildcards stay inside their part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Is(char),
    /// `?` inside a part: not a colon.
    OneInside,
    /// `?` behind the fifth colon.
    One,
    /// `*` that is not the last character of its part.
    RunInside,
    /// `*` that may run past colons.
    Run,
}

/// What a pattern with variables could not be resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceMatch {
    /// It covers the resource.
    Yes,
    /// It does not.
    No,
    /// A variable has no value, so the entry covers nothing, in `NotResource` neither. Holds the key.
    NoValue(String),
    /// The value of this variable is not known.
    Unknown(String),
}

impl<'r> ResourceText<'r> {
    /// Takes a request's resource apart.
    #[must_use]
    pub fn new(text: &'r str) -> Self {
        if text == "*" {
            return Self::All;
        }
        if !text.starts_with("arn:") {
            return Self::Other(text);
        }
        // they stand close together
        let mut colons = text.bytes().enumerate().filter(|(_, byte)| *byte == b':');
        let mut after = [0; 5];
        for place in &mut after {
            match colons.next() {
                Some((colon, _)) => *place = colon + 1,
                None => return Self::Other(text),
            }
        }
        Self::Arn(text, after)
    }

    fn part(text: &'r str, after: &[usize; 5], index: usize) -> &'r str {
        let start = index.checked_sub(1).map_or(Some(0), |before| after.get(before).copied());
        let end = after.get(index).map_or(text.len(), |next| next - 1);
        start.and_then(|start| text.get(start..end)).unwrap_or_default()
    }

    fn from_part(text: &'r str, after: &[usize; 5], index: usize) -> &'r str {
        let start = index.checked_sub(1).map_or(Some(0), |before| after.get(before).copied());
        start.and_then(|start| text.get(start..)).unwrap_or_default()
    }
}

impl ResourcePattern {
    /// Compiles one entry.
    #[must_use]
    pub fn new(text: &str, language: Language) -> Self {
        if text == "*" {
            return Self::All;
        }
        if let Some(plain) = PlainArn::of_nothing_special(text) {
            return Self::Plain(plain);
        }
        if let Some(rest) = own_api(text) {
            return Self::OwnApi(Box::new(Self::new(&without_api(rest), language)));
        }
        if is_open(text) {
            let widest = Template::new(text, Language::V2012, true).widest();
            return Self::Open(Box::new(Wildcard::from_pieces(widest)));
        }
        if !text.starts_with("arn:") {
            return Self::NotAnArn;
        }
        if let Some(plain) = PlainArn::new(text, language) {
            return Self::Plain(plain);
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let (heads, tail) = match parts.split_at_checked(5) {
            Some((heads, [tail])) => (heads, Some(*tail)),
            _ => (parts.as_slice(), None),
        };
        let head: Vec<Wildcard> = heads.iter().map(|part| Wildcard::new(part)).collect();
        let plain_head = (tail.is_some() && head.iter().all(Wildcard::is_literal))
            .then(|| heads.iter().flat_map(|part| [*part, ":"]).collect());
        let template = tail.map(|tail| Template::new(tail, language, true));
        let spanning = heads.iter().position(|part| part.ends_with('*')).map(|first| Spanning {
            after: first,
            rest: rest(heads.get(first..).unwrap_or_default(), template.as_ref()),
        });
        Self::Arn(Box::new(ArnShape {
            head,
            plain_head,
            tail: template.map(|template| match template.fixed() {
                Some(pieces) => Tail::Fixed(Wildcard::from_pieces(pieces)),
                None => Tail::Variable(template),
            }),
            spanning,
            starred: text.contains('*'),
            ends_in_star: text.ends_with('*'),
        }))
    }

    /// Whether the pattern covers the resource.
    #[must_use]
    pub fn matches(&self, resource: &ResourceText<'_>, context: &Context) -> ResourceMatch {
        match (self, resource) {
            (Self::All, _) => ResourceMatch::Yes,
            (Self::Plain(plain), ResourceText::Arn(text, _)) => plain.matches(text).into(),
            (Self::Arn(shape), ResourceText::Arn(text, after)) => shape.matches(text, after, context),
            (Self::OwnApi(path), ResourceText::Arn(text, _)) => match method(text) {
                Some(method) => path.matches(&ResourceText::new(&method), context),
                None => ResourceMatch::No,
            },
            (Self::Open(widest), ResourceText::Arn(text, _)) if widest.matches(text) => {
                ResourceMatch::Unknown("template".to_owned())
            }
            (Self::Open(widest), ResourceText::All) if widest.matches("*") => {
                ResourceMatch::Unknown("template".to_owned())
            }
            _ => ResourceMatch::No,
        }
    }

    /// Whether it has a variable of which not even is known whether it has a value.
    #[must_use]
    pub fn may_lack_value(&self, context: &Context) -> bool {
        match self {
            Self::Arn(shape) => match &shape.tail {
                Some(Tail::Variable(template)) => matches!(template.resolve(context), Resolved::Unknown(_)),
                _ => false,
            },
            // another variable may stand in it
            Self::Open(_) => true,
            Self::OwnApi(path) => path.may_lack_value(context),
            Self::All | Self::Plain(_) | Self::NotAnArn => false,
        }
    }

    /// Whether it has fewer than the six parts of an ARN.
    #[must_use]
    pub fn is_short(&self) -> bool {
        matches!(self, Self::Arn(shape) if shape.tail.is_none())
    }

    /// Whether a `*` stands anywhere in it.
    #[must_use]
    pub fn is_starred(&self) -> bool {
        match self {
            Self::All | Self::Open(_) => true,
            Self::Plain(plain) => plain.starred,
            Self::Arn(shape) => shape.starred,
            Self::OwnApi(path) => path.is_starred(),
            Self::NotAnArn => false,
        }
    }

    /// Whether it ends in `*`.
    #[must_use]
    pub fn ends_in_star(&self) -> bool {
        match self {
            Self::All | Self::Open(_) => true,
            Self::Plain(plain) => plain.starred,
            Self::Arn(shape) => shape.ends_in_star,
            Self::OwnApi(path) => path.ends_in_star(),
            Self::NotAnArn => false,
        }
    }

    /// The keys of its variables, as written.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        match self {
            Self::Arn(shape) => match &shape.tail {
                Some(Tail::Variable(template)) => template.keys().collect(),
                _ => Vec::new(),
            },
            Self::OwnApi(path) => path.keys(),
            _ => Vec::new(),
        }
    }
}

/// The part of a pattern that may run past colons, from the first part that ends in `*`.
fn rest(heads: &[&str], tail: Option<&Template>) -> Rest {
    let inner = |part: &&str| part.strip_suffix('*').unwrap_or(part).contains(['*', '?']);
    let fixed = tail.map(Template::fixed);
    if heads.iter().any(inner) {
        let mut tokens = Vec::new();
        for (index, part) in heads.iter().enumerate() {
            if index > 0 {
                tokens.push(Token::Is(':'));
            }
            let last = part.chars().count().saturating_sub(1);
            tokens.extend(part.chars().enumerate().map(|(at, character)| match character {
                '*' if at == last => Token::Run,
                '*' => Token::RunInside,
                '?' => Token::OneInside,
                other => Token::Is(other),
            }));
        }
        if tail.is_some() {
            tokens.push(Token::Is(':'));
        }
        return Rest::Confined(tokens, fixed.flatten().unwrap_or_default());
    }
    let mut pieces = Vec::new();
    for (index, part) in heads.iter().enumerate() {
        if index > 0 {
            pieces.push(Piece::Literal(":".to_owned()));
        }
        let (literal, star) = part.strip_suffix('*').map_or((*part, false), |literal| (literal, true));
        pieces.push(Piece::Literal(literal.to_owned()));
        if star {
            pieces.push(Piece::AnyRun);
        }
    }
    match fixed {
        None => Rest::Plain(Wildcard::from_pieces(pieces)),
        Some(tail) => {
            pieces.push(Piece::Literal(":".to_owned()));
            match tail {
                None => Rest::Variable(pieces),
                Some(tail) => Rest::Plain(Wildcard::from_pieces(pieces.into_iter().chain(tail))),
            }
        }
    }
}

impl ArnShape {
    fn matches(&self, text: &str, after: &[usize; 5], context: &Context) -> ResourceMatch {
        // most patterns: five plain parts, then a wildcard or nothing special
        if let (Some(head), Some(Tail::Fixed(tail))) = (&self.plain_head, &self.tail) {
            return text.strip_prefix(head.as_str()).is_some_and(|rest| tail.matches(rest)).into();
        }
        let Some(Tail::Variable(template)) = &self.tail else {
            return self.matches_with(text, after, None).into();
        };
        match template.resolve(context) {
            Resolved::Pieces(pieces) => self.matches_with(text, after, Some(&pieces)).into(),
            Resolved::NoValue(key) => ResourceMatch::NoValue(key),
            Resolved::Unknown(key) if self.matches_with(text, after, Some(&template.widest())) => {
                ResourceMatch::Unknown(key)
            }
            Resolved::Unknown(_) => ResourceMatch::No,
        }
    }

    /// Whether the pattern matches, its last part being `resolved` where it has variables.
    fn matches_with(&self, text: &str, after: &[usize; 5], resolved: Option<&[Piece]>) -> bool {
        let tail_text = ResourceText::from_part(text, after, 5);
        let with_pieces = |pieces: &[Piece]| Wildcard::from_pieces(pieces.iter().cloned());
        let tail_matches = || match &self.tail {
            None => true,
            Some(Tail::Fixed(tail)) => tail.matches(tail_text),
            Some(Tail::Variable(_)) => with_pieces(resolved.unwrap_or_default()).matches(tail_text),
        };
        if self.head_matches(text, after) && tail_matches() {
            return true;
        }
        let Some(spanning) = &self.spanning else {
            return false;
        };
        let mut before = self.head.iter().take(spanning.after).enumerate();
        if !before.all(|(index, part)| part.matches(ResourceText::part(text, after, index))) {
            return false;
        }
        let left = ResourceText::from_part(text, after, spanning.after);
        match &spanning.rest {
            Rest::Plain(pattern) => pattern.matches(left),
            Rest::Variable(pieces) => {
                Wildcard::from_pieces(pieces.iter().chain(resolved.unwrap_or_default()).cloned()).matches(left)
            }
            Rest::Confined(tokens, tail) => confined_match(tokens, resolved.unwrap_or(tail), left),
        }
    }

    /// Whether each of the parts before the fifth colon matches on its own; missing ones match anything.
    fn head_matches(&self, text: &str, after: &[usize; 5]) -> bool {
        if let Some(head) = &self.plain_head {
            return text.starts_with(head.as_str());
        }
        self.head.iter().enumerate().all(|(index, part)| part.matches(ResourceText::part(text, after, index)))
    }
}

/// Follows all ways through the tokens at once: steps are bounded by tokens times characters.
fn confined_match(head: &[Token], tail: &[Piece], text: &str) -> bool {
    let mut tokens = head.to_vec();
    for piece in tail {
        match piece {
            Piece::Literal(literal) => tokens.extend(literal.chars().map(Token::Is)),
            Piece::AnyRun => tokens.push(Token::Run),
            Piece::AnyOne => tokens.push(Token::One),
        }
    }
    // `open[i]`: the text so far can have been taken by the first i tokens
    let mut open = vec![false; tokens.len() + 1];
    let skip_runs = |open: &mut Vec<bool>| {
        for (at, token) in tokens.iter().enumerate() {
            if matches!(token, Token::Run | Token::RunInside)
                && open.get(at) == Some(&true)
                && let Some(next) = open.get_mut(at + 1)
            {
                *next = true;
            }
        }
    };
    if let Some(start) = open.first_mut() {
        *start = true;
    }
    skip_runs(&mut open);
    for character in text.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate() {
            if open.get(at) != Some(&true) {
                continue;
            }
            let to = match token {
                Token::Is(wanted) if *wanted == character => at + 1,
                Token::OneInside if character != ':' => at + 1,
                Token::One => at + 1,
                Token::RunInside if character != ':' => at,
                Token::Run => at,
                _ => continue,
            };
            if let Some(place) = next.get_mut(to) {
                *place = true;
            }
        }
        skip_runs(&mut next);
        open = next;
    }
    open.last() == Some(&true)
}

impl From<bool> for ResourceMatch {
    fn from(matches: bool) -> Self {
        if matches { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, resource: &str) -> bool {
        let resource = ResourceText::new(resource);
        ResourcePattern::new(pattern, Language::V2012).matches(&resource, &Context::new()) == ResourceMatch::Yes
    }

    #[test]
    fn a_star_stays_in_its_part_unless_it_ends_it() {
        let rows = [
            ("*", "*", true),
            ("arn:*", "*", false),
            ("arn:aws:sqs:us-east-1:111122223333:q", "*", false),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/c:d\n", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::B/a", false),
            ("arn:aws:s3:::b?", "arn:aws:s3:::b:", true),
            ("arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:sqs:us-*-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:sqs:u*1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", true),
            // a star inside a part does not reach over the colon
            ("arn:aws:s*s:us-east-1:111122223333:q", "arn:aws:s:x:s:us-east-1:111122223333:q", false),
            // one that ends its part does
            ("arn:aws:sqs:*:q", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:s*", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:logs:*:*:*", "arn:aws:logs:us-east-1:111122223333:log-group:x:*", true),
            ("arn:aws:logs:*:q", "arn:aws:sqs:us-east-1:111122223333:q", false),
            (
                "arn:aws:execute-api:us-east-1:111122223333:*/prod/GET/*",
                "arn:aws:execute-api:us-east-1:111122223333:a1/prod/GET/x",
                true,
            ),
            // `?` in the first parts is no colon, also when an earlier star runs past colons
            ("arn:aws:sqs:*:?11122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:x*:?:b:c", "arn:aws:x:::b:c", false),
        ];
        for (pattern, resource, expected) in rows {
            assert_eq!(covers(pattern, resource), expected, "{pattern} on {resource}");
        }
    }

    #[test]
    fn text_that_is_no_arn_is_not_compared() {
        assert!(matches!(ResourcePattern::new("mybucket", Language::V2012), ResourcePattern::NotAnArn));
        assert!(!covers("arn:aws:s3:::x", "x"));
    }
}
