//! Moving over a normalized text: phrases and tokens that a terminal may have broken over lines.

use super::normalized::TOKEN_END;

/// A place in a normalized text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At byte `at` of `text`.
    pub(super) const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The byte offset.
    pub(super) const fn at(self) -> usize {
        self.at
    }

    /// What is before.
    pub(super) fn before(self) -> &'a str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What follows.
    pub(super) fn rest(self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The text from `start` to here.
    pub(super) fn since(self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn byte(self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The same text, `count` bytes further on.
    pub(super) const fn skip(self, count: usize) -> Self {
        Self { text: self.text, at: self.at + count }
    }

    /// Past white space, line breaks included.
    pub(super) fn space(self) -> Self {
        self.skip_while(|byte| byte.is_ascii_whitespace())
    }

    /// Past white space and the marks of bold, code and quotes.
    pub(super) fn decoration(self) -> Self {
        self.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'*' | b'`' | b'"' | b'\'' | b'_'))
    }

    /// Past bytes that `wanted` accepts.
    pub(super) fn skip_while(self, wanted: impl Fn(u8) -> bool) -> Self {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.skip(rest.iter().take_while(|byte| wanted(**byte)).count())
    }

    /// Past `text`, if it is here exactly.
    pub(super) fn literal(self, text: &str) -> Option<Self> {
        self.rest().starts_with(text).then(|| self.skip(text.len()))
    }

    /// Past `phrase`, in any case; a space matches any white space, and a line break may be anywhere.
    pub(super) fn phrase(self, phrase: &str) -> Option<Self> {
        let mut here = self;
        let mut broken = false;
        for wanted in phrase.bytes() {
            if wanted == b' ' {
                let after = here.space();
                if after.at == here.at && !broken {
                    return None;
                }
                here = after;
                broken = false;
                continue;
            }
            broken = false;
            if here.byte() == Some(b'\n') && here.at != self.at {
                here = here.space();
                broken = true;
            }
            if !here.byte()?.eq_ignore_ascii_case(&wanted) {
                return None;
            }
            here = here.skip(1);
        }
        Some(here)
    }

    /// Past the first of `phrases` that is here, and which one.
    pub(super) fn any_phrase<T: Copy>(self, phrases: &[(&str, T)]) -> Option<(Self, T)> {
        phrases.iter().find_map(|(phrase, value)| Some((self.phrase(phrase)?, *value)))
    }
}

/// `text` cut to at most `limit` bytes, on a character boundary.
pub(super) fn head(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// The last `limit` bytes of `text` at most, on a character boundary.
pub(super) fn tail(text: &str, limit: usize) -> &str {
    let mut start = text.len().saturating_sub(limit);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or(text)
}

/// Whether the text is nothing but dots, an ellipsis, or question marks, perhaps in brackets: the author left something out.
pub(super) fn is_elided(text: &str) -> bool {
    let inner = |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let text = inner('(', ')').or_else(|| inner('[', ']')).filter(|inside| !inside.is_empty()).unwrap_or(text);
    text.chars().all(|c| matches!(c, '.' | '…' | '?' | ' ' | '\n'))
}

/// A broken value made whole: pieces of an ARN, a path or a URL join without a space, words with one.
pub(super) fn unwrapped(text: &str) -> String {
    if !text.contains('\n') {
        return text.trim().to_owned();
    }
    let pieces: Vec<&str> = text.lines().map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let words = pieces.iter().any(|piece| piece.contains(' ')) && !text.contains(':')
        || pieces.iter().all(|piece| piece.bytes().all(|byte| byte.is_ascii_alphabetic()));
    pieces.join(if words { " " } else { "" })
}

/// The value without the quotes, bold marks and brackets around it that do not belong to it.
pub(super) fn undecorated(text: &str) -> &str {
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || c == TOKEN_END);
    loop {
        let before = text;
        // stars and nothing else are a mask
        if text.len() > 2 && text.bytes().all(|byte| byte == b'*') {
            return text;
        }
        for (open, close) in [("**", "**"), ("\"", "\""), ("'", "'"), ("`", "`"), ("`", "'"), ("__", "__"), ("“", "”")]
        {
            if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
                text = inner.trim();
            }
        }
        text = text
            .trim_start_matches(['"', '`', '\'', '“'])
            .trim_end_matches(['"', '`', '\'', '”', ',', ';', '\\', TOKEN_END]);
        for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
            if text.ends_with(close) && text.matches(open).count() < text.matches(close).count() {
                text = text.strip_suffix(close).unwrap_or(text);
            }
        }
        text = text.trim();
        if text == before {
            return text;
        }
    }
}

/// Whether the line that ends here is as long as the one before it: a terminal broke both.
pub(super) fn is_hard_wrapped(end: Cursor<'_>) -> bool {
    let mut lines = end.since(0).rsplit('\n');
    let (Some(this), Some(before)) = (lines.next(), lines.next()) else { return false };
    this.len() >= 40 && this.chars().count() == before.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_may_be_broken_anywhere() {
        let eats = |text: &str, phrase: &str| Cursor::new(text, 0).phrase(phrase).map(Cursor::at);
        assert_eq!(eats("is not\n   autho\n rized to", "is not authorized"), Some(22));
        assert_eq!(eats("With An  explicit", "with an explicit"), Some(17));
        assert_eq!(eats("withan", "with an"), None);
        assert_eq!(eats("\nwith", "with"), None);
    }

    #[test]
    fn values_are_unwrapped_and_undecorated() {
        assert_eq!(unwrapped("arn:aws:s3:::a\n   b/c"), "arn:aws:s3:::ab/c");
        assert_eq!(unwrapped("role\n   x y"), "role x y");
        assert_eq!(undecorated("**`ec2:X`**"), "ec2:X");
        assert_eq!(undecorated("\"arn:x\"}"), "arn:x");
        assert_eq!(undecorated("a/***"), "a/***");
    }
}
