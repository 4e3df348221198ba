//! Text from outside as Markdown: names are code, and nothing else in a text is markup.
//!
//! What a renderer turns into a link, a mention, a heading or a list is never plain text: it stands in a code span, which also pastes into
//! a chat without signs in front of each letter. <https://github.github.com/gfm/#code-spans>

use std::fmt::Write as _;

use super::super::printable;
use crate::iam::secret;

/// A sentence: what stands between backticks is a name, and so is every word that is more than a word.
pub(super) fn said(text: &str) -> String {
    let text = plain(text);
    let text = if text.contains('`') { text } else { marked(&text) };
    let pieces: Vec<&str> = text.split('`').collect();
    let paired = pieces.len() % 2 == 1 && pieces.iter().skip(1).step_by(2).all(|name| !name.trim().is_empty());
    let mut safe = String::with_capacity(text.len() + 16);
    if paired {
        for (number, piece) in pieces.iter().enumerate() {
            if number % 2 == 1 { span(&mut safe, piece) } else { words(&mut safe, piece) }
        }
    } else {
        words(&mut safe, &text);
    }
    safe
}

/// What stands for a secret is one name.
fn marked(text: &str) -> String {
    let mut parts = text.split("[redacted ");
    let mut marked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((what, rest)) => marked.extend(["`[redacted ", what, "]`", rest]),
            None => marked.extend(["[redacted ", part]),
        }
    }
    marked
}

/// A name as code, whatever is in it.
pub(super) fn code(text: &str) -> String {
    let mut safe = String::new();
    span(&mut safe, &plain(text));
    safe
}

/// Text for a cell of a table, in which a bar ends the cell even in code.
pub(super) fn cell(text: &str) -> String {
    said(&plain(text).replace('|', "\\u{7c}"))
}

/// A block whose fence is longer than any within.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let safe = printable(&secret::redact(text));
    let fence = "`".repeat(longest_run(&safe).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n\n", safe.trim_end())
}

/// One line without secrets and controls.
fn plain(text: &str) -> String {
    printable(&secret::redact(text)).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A code span whose delimiter is no run of backticks within it.
fn span(safe: &mut String, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    // two spans side by side would be one
    if safe.ends_with('`') {
        safe.push(' ');
    }
    let delimiter = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let _ = write!(safe, "{delimiter}{pad}{text}{pad}{delimiter}");
}

/// Words, each as it is or as code, with the spaces between them.
fn words(safe: &mut String, text: &str) {
    for word in text.split_inclusive(' ') {
        let own = word.trim_end_matches(' ');
        let first = safe.trim().is_empty();
        let inner = own.trim_start_matches(['(', '"']);
        let before = own.get(..own.len() - inner.len()).unwrap_or_default();
        // a bracket that is opened in the word is a part of it, and so is the end of an entity
        let is_end = |c: char| match c {
            ')' => !inner.contains('('),
            ';' => !inner.starts_with('&'),
            _ => matches!(c, ',' | '.' | ':' | '"' | '?'),
        };
        let inner = inner.trim_end_matches(is_end);
        let after = own.get(before.len() + inner.len()..).unwrap_or_default();
        if own.is_empty() {
            // only the space
        } else if is_plain(inner) && !(first && inner.starts_with(|c: char| c.is_ascii_digit()) && !after.is_empty()) {
            safe.push_str(own);
        } else if inner.is_empty() || (matches!(inner, "-" | "=" | "%") && !first) {
            // signs alone: a dash, dots, a bracket
            if first { span(safe, own) } else { safe.push_str(own) }
        } else {
            safe.push_str(before);
            span(safe, inner);
            safe.push_str(after);
        }
        if word.len() > own.len() {
            safe.push(' ');
        }
    }
}

/// Whether it is a word or a number, which no renderer makes anything of.
fn is_plain(word: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    let joined = |sign: char| word.split(sign).all(letters);
    // a version, a date, a time
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = ['.', ',', '-', ':'].into_iter().any(|sign| word.len() <= 10 && word.split(sign).all(digits));
    let short = number || word.len() <= 6 && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // an apostrophe, a hyphen, a slash between two words
    joined('\'') || joined('-') || joined('/') || word.strip_suffix('\'').is_some_and(letters) || short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_and_words_are_words() {
        assert_eq!(
            said("statement `No Models` of policy `x` denies s3:GetObject on arn:aws:s3:::a/*; the account's SCP, too"),
            "statement `No Models` of policy `x` denies `s3:GetObject` on `arn:aws:s3:::a/*`; the account's SCP, too"
        );
        assert_eq!(said("2 changes (all needed)."), "2 changes (all needed).");
        assert_eq!(
            said("Claude 3.5 ended on 2026-03-01 (see a.b), not v1.2"),
            "Claude 3.5 ended on 2026-03-01 (see `a.b`), not `v1.2`"
        );
        assert_eq!(said("3.5 models"), "3.5 models");
    }

    #[test]
    fn what_a_page_makes_something_of_is_code() {
        assert_eq!(
            said("@ana #12 GH-3 https://e.x www.e.x <b> [a](b) **x** a_b_ &amp; ~~x~~ | \\"),
            "`@ana` `#12` `GH-3` `https://e.x` `www.e.x` `<b>` `[a](b)` `**x**` `a_b_` `&amp;` `~~x~~` `|` `\\`"
        );
        for begins in ["- a", "1. a", "1) a", "# a", "> a", "+ a", "=== a", "* a", "``` a", "~~~ a", "... a", ": a"] {
            assert!(said(begins).starts_with('`'), "{begins}: {}", said(begins));
        }
    }

    #[test]
    fn a_backtick_ends_no_code() {
        assert_eq!(said("a `b"), "a `` `b ``");
        assert_eq!(said("x.y`b`"), "`x.y` `b`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb\u{202e}"), "`a b\\u{202e}`");
        assert_eq!(cell("a|b"), "`a\\u{7c}b`");
        assert_eq!(fenced("text", "a\n```\nb"), "````text\na\n```\nb\n````\n\n");
    }
}
