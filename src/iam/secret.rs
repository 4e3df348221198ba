//! Secrets of AWS in untrusted text: found, so that a leak can be told, and redacted, so that no output repeats one.
//!
//! Key ids: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, Input};

mod record_names;
mod stretches;

use crate::text::Span;
use record_names::RecordNames;

pub use stretches::SecretsInStretches;

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretKind {
    /// `AKIA...` or `ASIA...`: names a key; together with a secret key it is a leak, alone it is a trace of one.
    AccessKeyId,
    /// The forty characters of a secret access key.
    SecretAccessKey,
    /// The token of temporary credentials.
    SessionToken,
    /// A Bedrock API key.
    BearerKey,
    /// The credentials of an Authorization header.
    Authorization,
    /// The signature of a request or of a presigned URL.
    Signature,
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeyId => "access key id",
            Self::SecretAccessKey => "secret access key",
            Self::SessionToken => "session token",
            Self::BearerKey => "Bedrock API key",
            Self::Authorization => "authorization header",
            Self::Signature => "request signature",
        })
    }
}

/// A secret and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// What it is.
    pub kind: SecretKind,
    /// The bytes of the secret alone, without its label.
    pub span: Span,
}

/// Letters that announce a secret, and what they announce.
const MARKS: [(&str, Mark); 21] = [
    ("AKIA", Mark::KeyId),
    ("ASIA", Mark::KeyId),
    ("ABIA", Mark::KeyId),
    ("ecret", Mark::SecretLabel),
    ("ECRET", Mark::SecretLabel),
    ("ession_token", Mark::TokenLabel),
    ("ESSION_TOKEN", Mark::TokenLabel),
    ("essionToken", Mark::TokenLabel),
    ("ession Token", Mark::TokenLabel),
    ("ecurity-Token", Mark::TokenLabel),
    ("ecurity-token", Mark::TokenLabel),
    ("ecurityToken", Mark::TokenLabel),
    // the first letters of every session token, by generation
    ("IQoJb3JpZ2lu", Mark::Token),
    ("FwoGZXIvYXdz", Mark::Token),
    ("FQoGZXIvYXdz", Mark::Token),
    ("bedrock-api-key-", Mark::Bearer),
    // the first letters that all long-term keys have in common, and those that are short enough to be a chance
    ("ABSKQmVkcm9ja0FQSUtleS", Mark::Bearer),
    ("ABSK", Mark::BearerWord),
    ("earer ", Mark::Header),
    ("ignature=", Mark::Signature),
    ("ignature\":", Mark::Signature),
];

/// So many letters announce a secret at most.
const MOST_LETTERS: usize = 24;

#[derive(Debug, Clone, Copy)]
enum Mark {
    KeyId,
    SecretLabel,
    TokenLabel,
    Token,
    Bearer,
    BearerWord,
    Header,
    Signature,
}

static SEARCHER: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Config::new().builder().extend(MARKS.map(|(letters, _)| letters)).build());
/// Where the processor has no vector instructions.
static FALLBACK: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(MARKS.map(|(letters, _)| letters)).ok());

/// The next announcement from `from` to `far`: its place, and what it announces.
fn next_mark(text: &str, from: usize, far: usize) -> Option<(usize, usize, Mark)> {
    let bytes = text.as_bytes().get(..far)?;
    let from = from.min(far);
    let found = match SEARCHER.as_ref() {
        Some(searcher) => searcher.find_in(bytes, (from..far).into())?,
        None => FALLBACK.as_ref()?.find(Input::new(bytes).range(from..))?,
    };
    Some((found.start(), found.end(), MARKS.get(found.pattern().as_usize())?.1))
}

/// Every secret in the text, in order, without overlap.
#[must_use]
pub fn find(text: &str) -> Vec<Secret> {
    find_within(text, 0..text.len())
}

/// Every secret that is announced in a range of the text, which need not begin at a character: a secret may reach beyond the range.
#[must_use]
pub fn find_within(text: &str, range: Range<usize>) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let mut key_end = None;
    let mut from = range.start;
    // an announcement that begins in the range may end behind it
    let far = text.len().min(range.end + MOST_LETTERS - 1);
    while let Some((start, end, mark)) = next_mark(text, from, far).filter(|(start, ..)| *start < range.end) {
        from = end;
        if found.last().is_some_and(|last| start < last.span.end) {
            continue;
        }
        if let Some(secret) = at(text, start, end, mark) {
            if secret.kind == SecretKind::AccessKeyId {
                // a bare secret key often stands beside its id, as in a credentials file of one line
                let before = ahead(text, secret.span.start);
                found.extend(before.filter(|key| found.last().is_none_or(|last| last.span.end <= key.span.start)));
                key_end = Some(secret.span.end);
            }
            if found.last().is_none_or(|last| last.span.end <= secret.span.start) {
                found.push(secret);
            }
        }
        if let Some(end) = key_end.take() {
            found.extend(beside(text, end));
        }
    }
    found
}

/// The kinds of secrets in the text whose being there is a leak.
///
/// CloudTrail writes the key id of each call, and the session token of each session that is made, but no secret key: nobody can use
/// them, and a record of CloudTrail is no leak. They are redacted all the same.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[must_use]
pub fn leaks(text: &str) -> Vec<SecretKind> {
    let found = find(text);
    let is_of_record = || {
        let mut seen = RecordNames::default();
        seen.look(text.as_bytes());
        seen.are_of_record()
    };
    let record = !found.is_empty() && found.iter().all(|secret| is_trace(secret.kind)) && is_of_record();
    found.iter().filter(|secret| !(record && is_labelled(text, secret))).map(|secret| secret.kind).collect()
}

/// What a record of a trail holds that is to stand nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfRecord {
    /// The kinds whose being there is a leak, each once. An id of a key is none by itself, wherever in the record it stands and in whatever
    /// form that is: calls are made with it, looked up by it, and ask for it.
    pub leaks: Vec<SecretKind>,
    /// Whether something is to be redacted elsewhere than in the field in which every record has the id of its key.
    pub redacts: bool,
}

/// What a record of a trail holds that is to stand nowhere else, whatever the form of the record.
#[must_use]
pub fn of_record(record: &str) -> OfRecord {
    let found = find(record);
    let is_own = |secret: &Secret| is_trace(secret.kind) && is_labelled(record, secret);
    let is_leak = |secret: &Secret| secret.kind != SecretKind::AccessKeyId && !is_own(secret);
    let mut leaks = Vec::new();
    if found.iter().any(is_leak) {
        leaks.extend(found.iter().filter(|secret| !is_own(secret)).map(|secret| secret.kind));
        leaks.sort_unstable();
        leaks.dedup();
    }
    OfRecord { leaks, redacts: !found.iter().all(is_own) }
}

/// What CloudTrail writes of a key.
const fn is_trace(kind: SecretKind) -> bool {
    matches!(kind, SecretKind::AccessKeyId | SecretKind::SessionToken)
}

/// The fields in which CloudTrail writes them, Athena's names and that of Security Lake with them.
const LABELS: [&str; 4] = ["accessKeyId", "sessionToken", "accesskeyid", "credential_uid"];

/// Whether the field of a record is before it that CloudTrail writes.
fn is_labelled(text: &str, secret: &Secret) -> bool {
    let before = text.get(..secret.span.start).unwrap_or_default();
    let label = before.trim_end_matches(['\\', '"', ':', ' ', '=']);
    LABELS.iter().any(|own| label.ends_with(own))
}

/// The text with every secret replaced by what it was.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    replaced(text, |secret| format!("[redacted {}]", secret.kind))
}

/// The text with every secret replaced by as many stars, for places that are counted.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    replaced(text, |secret| "*".repeat(secret.span.end - secret.span.start))
}

/// The end of the last line behind which the text can be cut so that its parts have the same secrets as the whole: nothing near it
/// announces one.
#[must_use]
pub fn seam(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut before = bytes.len();
    loop {
        let at = memchr::memrchr(b'\n', bytes.get(..before)?)? + 1;
        let (behind, ahead) = (bytes.get(..at)?, bytes.get(at..)?);
        let from = at - beyond(behind.iter().rev());
        let to = at + beyond(ahead.iter());
        match next_mark(text, from, bytes.len()).filter(|(start, ..)| *start < to) {
            // at its end the text goes on with what nobody knows
            None if to < bytes.len() => return Some(at),
            None => before = at.checked_sub(1)?,
            Some((mark, ..)) => before = at.min(mark).checked_sub(1)?,
        }
    }
}

/// How many bytes are out of reach of what announces a secret, and of a key that is looked for beside its id: space does not count.
fn beyond<'t>(bytes: impl Iterator<Item = &'t u8>) -> usize {
    const REACH: usize = 128;
    let mut words = 0;
    let near = bytes.take_while(|byte| {
        words += usize::from(!byte.is_ascii_whitespace());
        words < REACH
    });
    near.count()
}

fn replaced(text: &str, by: impl Fn(&Secret) -> String) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for secret in secrets {
        clean.push_str(text.get(at..secret.span.start).unwrap_or_default());
        clean.push_str(&by(&secret));
        at = secret.span.end;
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(clean)
}

fn at(text: &str, start: usize, end: usize, mark: Mark) -> Option<Secret> {
    let secret = |kind, start, end| Some(Secret { kind, span: Span::new(start, end) });
    match mark {
        Mark::KeyId => {
            // whatever it is glued to: no word has so many capitals behind these four
            let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            let run = run(text, start, 129, capital);
            (20..=128).contains(&run).then_some(())?;
            secret(SecretKind::AccessKeyId, start, start + run)
        }
        Mark::SecretLabel => {
            let labelled = value(text, end, 60, 64, is_base64)
                .filter(|(from, length)| *length == 40 && is_mixed(text.get(*from..from + length).unwrap_or_default()));
            let (from, to) = match labelled {
                Some((from, length)) => (from, from + length),
                // written with escapes
                None => places(text, end, 60).find_map(|from| {
                    let to = key(text, from)?;
                    let begins = from.checked_sub(1).and_then(|at| text.as_bytes().get(at)) == Some(&b'=');
                    let next = text.as_bytes().get(to);
                    // behind `key=` the path may go on
                    (unit(text.as_bytes(), to) == 0 || begins && next == Some(&b'/')).then_some((from, to))
                })?,
            };
            secret(SecretKind::SecretAccessKey, from, to)
        }
        Mark::TokenLabel => {
            let (from, length) = value(text, end, 24, LONGEST, is_token)?;
            (length >= 80).then_some(())?;
            secret(SecretKind::SessionToken, from, from + length)
        }
        Mark::Token => {
            let length = run(text, start, LONGEST, is_token);
            (length >= 80).then_some(())?;
            secret(SecretKind::SessionToken, start, start + length)
        }
        Mark::Bearer | Mark::BearerWord => {
            let length = run(text, start, LONGEST, is_token);
            let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            let begins = matches!(mark, Mark::Bearer) || before.is_none_or(|byte| !byte.is_ascii_alphanumeric());
            (begins && length >= 40).then_some(())?;
            secret(SecretKind::BearerKey, start, start + length)
        }
        Mark::Header => {
            let length = run(text, end, LONGEST, is_token);
            (length >= 20 && text.get(end..end + length)?.bytes().any(|byte| byte.is_ascii_digit())).then_some(())?;
            secret(SecretKind::Authorization, end, end + length)
        }
        Mark::Signature => {
            let (from, length) = value(text, end, 3, LONGEST, is_token)?;
            (length >= 27).then_some(())?;
            secret(SecretKind::Signature, from, from + length)
        }
    }
}

/// No secret is longer.
const LONGEST: usize = 1 << 16;

/// Characters that may stand between a key and its id, not counting space.
const NEAR: usize = 16;

/// A secret key within a few characters behind its id, on the same line, in a path or as the next value.
fn beside(text: &str, end: usize) -> Option<Secret> {
    places(text, end, NEAR).find_map(|from| {
        let to = key(text, from)?;
        // in a path the next part begins with a slash
        let next = text.as_bytes().get(to).copied();
        let ends = next.is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'+');
        ends.then_some(Secret { kind: SecretKind::SecretAccessKey, span: Span::new(from, to) })
    })
}

/// A secret key within a few characters before its id.
fn ahead(text: &str, start: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut passed = 0;
    loop {
        let from = end.checked_sub(40)?;
        let before = from.checked_sub(1).and_then(|at| bytes.get(at));
        let begins = before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'+');
        if begins && key(text, from) == Some(end) {
            return Some(Secret { kind: SecretKind::SecretAccessKey, span: Span::new(from, end) });
        }
        let before = bytes.get(end.checked_sub(1)?)?;
        passed += usize::from(!before.is_ascii_whitespace());
        if passed > NEAR || before.is_ascii_alphanumeric() {
            return None;
        }
        end -= 1;
    }
}

/// The places behind `from` where a value may begin: right there, or behind what is no letter and no digit.
fn places(text: &str, from: usize, reach: usize) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    let passed = bytes.iter().scan(0, |passed, byte| {
        let now = *passed;
        *passed += usize::from(!byte.is_ascii_whitespace());
        Some((now, *byte))
    });
    let near = passed.take_while(move |(passed, _)| *passed <= reach);
    let begins = near.scan(None, |before: &mut Option<u8>, (_, byte)| {
        let begins = before.is_none_or(|before| !before.is_ascii_alphanumeric());
        *before = Some(byte);
        Some(begins)
    });
    begins.enumerate().filter(|(_, begins)| *begins).map(move |(offset, _)| from + offset)
}

/// Where a secret key ends that begins here: forty characters, also where `/` and `+` are written as in JSON or in an address.
fn key(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    for _ in 0..40 {
        match unit(bytes, at) {
            0 => return None,
            length => at += length,
        }
    }
    is_mixed(text.get(from..at)?).then_some(at)
}

/// The length of one character of a secret key as it is written; 0 where there is none.
fn unit(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [byte, ..] if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+') => 1,
        [b'\\', b'/', ..] => 2,
        [b'%', b'2', b'F' | b'f' | b'B' | b'b', ..] => 3,
        _ => 0,
    }
}

/// The first long run of `wanted` bytes that begins within `reach` bytes of `from`, behind what separates a label from its value.
fn value(
    text: &str,
    from: usize,
    reach: usize,
    most: usize,
    wanted: impl Fn(u8) -> bool + Copy,
) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    // space does not count: values of JSON stand on lines of their own
    let mut passed = 0;
    while passed < reach {
        let here = bytes.get(at)?;
        // a label ends at its sign; letters before it belong to the label
        let boundary = at == from || !bytes.get(at - 1).copied().is_some_and(|byte| wanted(byte) && byte != b'=');
        if boundary && wanted(*here) {
            let length = run(text, at, most, wanted);
            // `key=VALUE`: what pads a value stands at its end, so a sign before its end ends a label
            let word = bytes.get(at..at + length)?;
            let sign = word.iter().position(|byte| *byte == b'=');
            if let Some(sign) =
                sign.filter(|sign| word.get(*sign..).is_some_and(|rest| rest.iter().any(|b| *b != b'=')))
            {
                at += sign + 1;
                passed += sign + 1;
                continue;
            }
            if length >= 20 {
                return Some((at, length));
            }
            at += length;
            passed += length;
        } else {
            passed += usize::from(!here.is_ascii_whitespace());
            at += 1;
        }
    }
    None
}

/// How many bytes are wanted, up to `most`: a text that announces secrets all along is still read once.
fn run(text: &str, from: usize, most: usize, wanted: impl Fn(u8) -> bool) -> usize {
    text.as_bytes().get(from..).unwrap_or_default().iter().take(most).take_while(|byte| wanted(**byte)).count()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'=')
}

fn is_token(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'-' | b'_' | b'.' | b'%' | b'~')
}

/// Upper case, lower case and digits: a key, not a word or a checksum.
fn is_mixed(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_no_secret_begins_or_ends() {
        let plain = "no name stands here, and nothing that looks like one\n".repeat(20);
        let leak = "  \"secretAccessKey\":\n  \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"\n";
        let text = [plain.as_str(), leak, &plain].concat();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let Some(at) = text.get(..end).and_then(seam) else { continue };
            let (one, other) = text.split_at(at);
            assert!(one.ends_with('\n'));
            assert_eq!(format!("{}{}", redact(one), redact(other)), redact(&text), "{end}");
        }
        assert!(seam(&text).is_some_and(|at| at > plain.len() + leak.len()));
        assert_eq!(seam(&leak.repeat(100)), None);
    }

    #[test]
    fn every_kind_is_redacted_and_its_label_stays() {
        let token = format!("IQoJb3JpZ2lu{}", "aB3+/".repeat(30));
        let text = format!(
            "AWS Access Key ID: AKIAIOSFODNN7EXAMPLE\nAWS Secret Access Key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY (mine)\n\
             aws_session_token = {token}\nAuthorization: Bearer abcdefgh1234567890abcd\n\
             key bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2Fs\nX-Amz-Signature=0123456789abcdef0123456789abcdef"
        );
        assert_eq!(
            redact(&text),
            "AWS Access Key ID: [redacted access key id]\nAWS Secret Access Key: [redacted secret access key] (mine)\n\
             aws_session_token = [redacted session token]\nAuthorization: Bearer [redacted authorization header]\n\
             key [redacted Bedrock API key]\nX-Amz-Signature=[redacted request signature]"
        );
    }

    #[test]
    fn what_cloudtrail_records_is_no_leak_and_what_stands_beside_it_is() {
        let token = "aB3+/".repeat(30);
        let record = format!(
            r#"{{"eventSource": "sts.amazonaws.com", "userIdentity": {{"accessKeyId": "AKIAIOSFODNN7EXAMPLE"}}, "responseElements":
            {{"credentials": {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "sessionToken": "{token}"}}}}}}"#
        );
        assert_eq!(leaks(&record), []);
        assert!(!redact(&record).contains("IOSFODNN7EXAMPLE"));
        assert_eq!(leaks(&format!("{record}\nkey AKIAIOSFODNN7EXAMPLE")), [SecretKind::AccessKeyId]);
        let key = "\"secretAccessKey\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"";
        assert_eq!(leaks(&format!("{record}\n{key}")).len(), 4);
    }

    #[test]
    fn a_key_beside_its_id_needs_no_label() {
        let text = "ASIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
        let kinds: Vec<_> = find(text).iter().map(|secret| secret.kind).collect();
        assert_eq!(kinds, [SecretKind::AccessKeyId, SecretKind::SecretAccessKey]);
    }

    #[test]
    fn a_key_is_found_wherever_it_stands_beside_its_id() {
        let (id, key) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let escaped = ["\\/", "%2F", "%2f"].map(|slash| key.replace('/', slash));
        for text in [
            format!("arn:aws:s3:::b/{id}/{key}"),
            format!("arn:aws:s3:::b/{id}/{key}/more"),
            format!("{{\n  \"{id}\": [\n            \"{key}\"\n  ]\n}}"),
            format!("[\n            \"{key}\",\n            \"{id}\"\n]"),
            format!("{key}:{id}"),
            format!("\"secret\": [\n            \"{key}\"\n]"),
            format!("{id}:{}", escaped[0]),
            format!("key={id}&secret={}", escaped[1]),
            format!("key={id}&secret={}&x=1", escaped[2]),
        ] {
            let clean = redact(&text);
            assert!(!clean.contains("MDENG") && !clean.contains("XUtn"), "{clean}");
            assert_eq!(masked(&text).len(), text.len());
        }
    }

    #[test]
    fn what_a_key_id_is_glued_to_does_not_hide_it() {
        for text in
            ["XAKIAIOSFODNN7EXAMPLE", "keyASIAIOSFODNN7EXAMPLE", "_AKIAIOSFODNN7EXAMPLE_", "AKIAIOSFODNN7EXAMPLEold"]
        {
            assert!(!redact(text).contains("IOSFODNN7"), "{text}");
        }
    }

    #[test]
    fn a_path_behind_a_key_id_stays() {
        for text in [
            "arn:aws:s3:::b/AKIAIOSFODNN7EXAMPLE/Reports/2026/January/final/Version1.csv",
            "AKIAIOSFODNN7EXAMPLE da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert_eq!(find(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_value_right_behind_its_label_is_redacted() {
        for (text, clean) in [
            (
                "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "aws_secret_access_key=[redacted secret access key]",
            ),
            (
                "AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY;",
                "[redacted access key id] AWS_SECRET_ACCESS_KEY=[redacted secret access key];",
            ),
            (
                "SecretAccessKey=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY&x=1",
                "SecretAccessKey=[redacted secret access key]&x=1",
            ),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    #[test]
    fn ids_of_roles_hashes_and_words_are_no_secrets() {
        for text in [
            "AROAIOSFODNN7EXAMPLE:session",
            "secret sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
            "Bearer Token has expired",
            "AKIA",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
