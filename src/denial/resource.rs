//! What the sentence names after `on resource:`, and where that ends.

use super::cursor::{Cursor, head, is_elided, is_hard_wrapped, tail, undecorated, unwrapped};
use super::normalized::TOKEN_END;
use super::reason::{self, Cause};

/// A resource and what follows it.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) value: Option<String>,
    /// It is `...`.
    pub(super) elided: bool,
    /// It stops before it is one.
    pub(super) cut: bool,
    pub(super) end: Cursor<'a>,
    /// The reason, if one follows.
    pub(super) reason: Option<(Cause, Cursor<'a>)>,
}

/// Longer than any ARN (2048) with its line breaks.
const REACH: usize = 2400;

/// Words that IAM writes before a name instead of an ARN.
const LEGACY: [&str; 10] = [
    "instance profile ",
    "server certificate ",
    "mfa device ",
    "saml provider ",
    "oidc provider ",
    "access key ",
    "role ",
    "user ",
    "policy ",
    "group ",
];

/// Reads the resource at `here`, after the colon.
pub(super) fn read(here: Cursor<'_>) -> Found<'_> {
    let start = here.space();
    let (end, reason) =
        until_reason(start).map_or_else(|| (token(start), None), |(end, cause, rest)| (end, Some((cause, rest))));
    let raw = end.since(start.at());
    let opened_bold = raw.starts_with("**");
    let mut value = unwrapped(undecorated(raw));
    // bold that was opened before the sentence closes after it: `/*` and `**` meet as `/***`
    let mask = value.len() > 2 && value.bytes().all(|byte| byte == b'*');
    let met = value.ends_with("***") && is_bold(tail(start.since(0), 1200));
    if !opened_bold && !mask && (met || (value.ends_with("**") && !value.ends_with("***"))) {
        value.truncate(value.len() - 2);
    }
    if value.ends_with('.') && !value.ends_with("..") {
        value.pop();
    }
    if let Some(whole) = value.strip_suffix(" -") {
        value.truncate(whole.len());
    }
    // `R: CODE` and the like: a colon after a whole ARN, with no reason after it
    if reason.is_none() && value.ends_with(':') && value.matches(':').count() > 5 && end.rest().starts_with(' ') {
        value.pop();
    }
    // IAM writes what it is before the ARN of a policy
    if let Some(arn) = LEGACY.iter().find_map(|word| value.strip_prefix(word)).filter(|rest| rest.starts_with("arn:")) {
        let length = arn.len();
        value.drain(..value.len() - length);
    }
    let elided = is_elided(&value);
    let cut = reason.is_none() && is_cut(&value, end);
    // what ends at a joint or in a mask is shown, but is no resource either
    let shown = !cut || value.ends_with([':', '*']);
    Found { value: (!elided && shown).then_some(value), elided: elided && !raw.is_empty(), cut, end, reason }
}

/// Whether the value is the beginning of an ARN that stops before its resource, where the text or line stops too.
fn is_cut(value: &str, end: Cursor<'_>) -> bool {
    let value = value.trim_end_matches(['.', '…']);
    let begun = value.starts_with("arn:") || matches!(value, "a" | "ar" | "arn");
    let stops = end.rest().trim_start_matches(['"', '\'', '`', ' ', '.', '…', ')', '}']);
    begun && value.matches(':').count() < 5 && (stops.is_empty() || stops.starts_with(['\n', TOKEN_END]))
}

/// Whether the line that ends here opened bold marks and did not close them.
fn is_bold(before: &str) -> bool {
    let paragraph = before.rsplit("\n\n").next().unwrap_or(before);
    let opens = paragraph.match_indices("**").find(|(at, _)| {
        let outside = paragraph
            .get(..*at)
            .is_none_or(|head| !head.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '/' | '*')));
        outside && paragraph.get(at + 2..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    });
    opens.is_some_and(|(at, _)| {
        paragraph.matches("**").count() % 2 == 1 || paragraph.get(at..).is_some_and(|rest| rest.starts_with("**User"))
    })
}

/// Where the resource ends because a reason begins.
fn until_reason(start: Cursor<'_>) -> Option<(Cursor<'_>, Cause, Cursor<'_>)> {
    let text = head(start.rest(), REACH);
    let bytes = text.as_bytes();
    let mut words = 0;
    let mut at = 0;
    while let Some(space) = bytes.get(at..)?.iter().position(|byte| byte.is_ascii_whitespace() || *byte == 1) {
        let gap = at + space;
        let after = start.skip(gap);
        if after.rest().starts_with(TOKEN_END) || after.rest().starts_with("\n\n") {
            return None;
        }
        // a lone star on a new line is the end of the resource, not a mark
        let open = text.get(at..gap).is_some_and(|piece| piece.ends_with([':', '/', '-', '_']));
        let star = open && after.space().rest().starts_with("* ");
        let next = if star { after.space() } else { after.decoration() };
        if let Some((cause, rest)) = reason::read(next) {
            return Some((after, cause, rest));
        }
        let rest = next.rest();
        let over = ["(Service", "Encoded ", "Go to ", "(RequestToken", "status code", "is not ", "User:", "An error "];
        let piece = text.get(at..gap).unwrap_or_default();
        words += 1;
        if words > 12 || over.iter().any(|stop| rest.starts_with(stop)) || (words > 1 && piece.ends_with('.')) {
            return None;
        }
        at = after.space().at() - start.at();
    }
    None
}

/// Where the resource ends when no reason follows it.
fn token(start: Cursor<'_>) -> Cursor<'_> {
    if let Some(quote) = start.rest().chars().next().filter(|c| matches!(c, '"' | '`')) {
        let closing = |c: char| c == quote || (quote == '`' && c == '\'');
        let inner = start.skip(1);
        let limit = head(inner.rest(), REACH);
        if let Some(length) =
            limit.find(closing).filter(|length| !limit.get(..*length).is_some_and(|s| s.contains("\n\n")))
        {
            return inner.skip(length + 1);
        }
    }
    let legacy = LEGACY.iter().find_map(|words| start.phrase(words));
    let mut end = piece(legacy.unwrap_or(start).space());
    let mut lines = 0;
    while lines < 6 && goes_on(start, end) {
        lines += 1;
        end = piece(end.space());
    }
    end
}

/// Past one run without white space; a placeholder in angle brackets may hold spaces.
fn piece(start: Cursor<'_>) -> Cursor<'_> {
    let mut end = start;
    loop {
        end = end.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'`' | b'<' | 1));
        if end.rest().starts_with('<') {
            let bracket = head(end.rest(), 40);
            match bracket.find('>').filter(|_| !bracket.starts_with("</")) {
                Some(close) if !bracket.get(..close).is_some_and(|s| s.contains(['\n', '='])) => {
                    end = end.skip(close + 1);
                    continue;
                }
                _ => return end,
            }
        }
        let value = end.since(start.at());
        // a mask that left a space before the colon
        if end.rest().starts_with(" :") && value.starts_with("arn:") {
            end = end.skip(2);
            continue;
        }
        // or after it
        let joint = value.starts_with("arn:") && value.ends_with(':') && end.rest().starts_with(' ');
        if joint && end.skip(1).skip_while(|byte| byte.is_ascii_lowercase() || byte == b'-').rest().starts_with('/') {
            end = end.skip(1);
            continue;
        }
        return end;
    }
}

/// Whether a value that stops at a line break was broken there: it stops at a joint, or all its lines are as long as the
/// terminal is wide.
fn goes_on(start: Cursor<'_>, end: Cursor<'_>) -> bool {
    let next = end.space();
    let value = end.since(start.at());
    let blank = end.rest().starts_with("\n\n");
    if !end.rest().starts_with('\n') || blank || next.rest().is_empty() || !value.contains([':', '/']) {
        return false;
    }
    let word = piece(next).since(next.at());
    let continues =
        word.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'*' | b'-'));
    if !continues || word.ends_with([':', ',']) || word.eq_ignore_ascii_case("status") {
        return false;
    }
    let alone = piece(next).rest().is_empty() || piece(next).rest().starts_with(['\n', '.', '"', ' ']);
    let line_of_its_own = piece(next).rest().is_empty() || piece(next).rest().starts_with('\n');
    if value.ends_with([':', '-', '_', '=']) || value == "arn" {
        // a word at the start of a sentence of its own
        let prose = piece(next).rest().starts_with(' ')
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_alphabetic());
        return alone && !prose;
    }
    (value.ends_with('/') && line_of_its_own) || is_hard_wrapped(end)
}
