//! Secrets of AWS in untrusted text: found, so that a leak can be told, and redacted, so that no output repeats one.
//!
//! Key ids: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, Input};

use crate::text::Span;

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
const MARKS: [(&str, Mark); 20] = [
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
    ("ABSK", Mark::Bearer),
    ("earer ", Mark::Header),
    ("ignature=", Mark::Signature),
    ("ignature\":", Mark::Signature),
];

#[derive(Debug, Clone, Copy)]
enum Mark {
    KeyId,
    SecretLabel,
    TokenLabel,
    Token,
    Bearer,
    Header,
    Signature,
}

static SEARCHER: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Config::new().builder().extend(MARKS.map(|(letters, _)| letters)).build());
/// Where the processor has no vector instructions.
static FALLBACK: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(MARKS.map(|(letters, _)| letters)).ok());

/// The next announcement at or after `from`: its place, and what it announces.
fn next_mark(text: &str, from: usize) -> Option<(usize, usize, Mark)> {
    let found = match SEARCHER.as_ref() {
        Some(searcher) => searcher.find_in(text.as_bytes(), (from..text.len()).into())?,
        None => FALLBACK.as_ref()?.find(Input::new(text).range(from..))?,
    };
    Some((found.start(), found.end(), MARKS.get(found.pattern().as_usize())?.1))
}

/// Every secret in the text, in order, without overlap.
#[must_use]
pub fn find(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let mut key_end = None;
    let mut from = 0;
    while let Some((start, end, mark)) = next_mark(text, from) {
        from = end;
        if found.last().is_some_and(|last| start < last.span.end) {
            continue;
        }
        if let Some(secret) = at(text, start, end, mark) {
            if secret.kind == SecretKind::AccessKeyId {
                // a bare secret key often follows its id, as in a credentials file of one line
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
    let traces = |kind| matches!(kind, SecretKind::AccessKeyId | SecretKind::SessionToken);
    let has = |name: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    let record = has("userIdentity") && has("eventSource") && found.iter().all(|secret| traces(secret.kind));
    let labelled = |secret: &Secret| {
        let before = text.get(..secret.span.start).unwrap_or_default();
        let label = before.trim_end_matches(['\\', '"', ':', ' ']);
        label.ends_with("accessKeyId") || label.ends_with("sessionToken")
    };
    found.iter().filter(|secret| !(record && labelled(secret))).map(|secret| secret.kind).collect()
}

/// The text with every secret replaced by what it was.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for secret in secrets {
        clean.push_str(text.get(at..secret.span.start).unwrap_or_default());
        clean.push_str("[redacted ");
        clean.push_str(&secret.kind.to_string());
        clean.push(']');
        at = secret.span.end;
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(clean)
}

fn at(text: &str, start: usize, end: usize, mark: Mark) -> Option<Secret> {
    let secret = |kind, start, end| Some(Secret { kind, span: Span::new(start, end) });
    match mark {
        Mark::KeyId => {
            let run = run(text, start, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            let bounded = bounded(text, start, start + run);
            ((20..=128).contains(&run) && bounded).then_some(())?;
            secret(SecretKind::AccessKeyId, start, start + run)
        }
        Mark::SecretLabel => {
            let (from, length) = value(text, end, 60, is_base64)?;
            let word = text.get(from..from + length)?;
            (length == 40 && is_mixed(word)).then_some(())?;
            secret(SecretKind::SecretAccessKey, from, from + length)
        }
        Mark::TokenLabel => {
            let (from, length) = value(text, end, 24, is_token)?;
            (length >= 80).then_some(())?;
            secret(SecretKind::SessionToken, from, from + length)
        }
        Mark::Token => {
            let length = run(text, start, is_token);
            (length >= 80).then_some(())?;
            secret(SecretKind::SessionToken, start, start + length)
        }
        Mark::Bearer => {
            let length = run(text, start, is_token);
            let bounded =
                start.checked_sub(1).and_then(|at| text.as_bytes().get(at)).is_none_or(|b| !b.is_ascii_alphanumeric());
            (bounded && length >= 40).then_some(())?;
            secret(SecretKind::BearerKey, start, start + length)
        }
        Mark::Header => {
            let length = run(text, end, is_token);
            (length >= 20 && text.get(end..end + length)?.bytes().any(|byte| byte.is_ascii_digit())).then_some(())?;
            secret(SecretKind::Authorization, end, end + length)
        }
        Mark::Signature => {
            let (from, length) = value(text, end, 3, is_token)?;
            (length >= 27).then_some(())?;
            secret(SecretKind::Signature, from, from + length)
        }
    }
}

/// A secret key within a few characters of its id, on the same line or as the next value.
fn beside(text: &str, end: usize) -> Option<Secret> {
    let (from, length) = value(text, end, 16, is_base64)?;
    let word = text.get(from..from + length)?;
    (length == 40 && is_mixed(word))
        .then_some(Secret { kind: SecretKind::SecretAccessKey, span: Span::new(from, from + length) })
}

/// The first long run of `wanted` bytes that begins within `reach` bytes of `from`, behind what separates a label from its value.
fn value(text: &str, from: usize, reach: usize, wanted: impl Fn(u8) -> bool + Copy) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    let limit = from + reach;
    while at < limit.min(bytes.len()) {
        let here = bytes.get(at)?;
        // a label ends at its sign; letters before it belong to the label
        let boundary = at == from || !bytes.get(at - 1).copied().is_some_and(|byte| wanted(byte) && byte != b'=');
        if boundary && wanted(*here) {
            let length = run(text, at, wanted);
            if length >= 20 {
                return Some((at, length));
            }
            at += length;
        } else {
            at += 1;
        }
    }
    None
}

fn run(text: &str, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    text.as_bytes().get(from..).unwrap_or_default().iter().take_while(|byte| wanted(**byte)).count()
}

fn bounded(text: &str, start: usize, end: usize) -> bool {
    let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    !word(start.checked_sub(1).and_then(|at| bytes.get(at))) && !word(bytes.get(end))
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
    fn ids_of_roles_hashes_and_words_are_no_secrets() {
        for text in [
            "AROAIOSFODNN7EXAMPLE:session",
            "XAKIAIOSFODNN7EXAMPLE",
            "secret sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
            "Bearer Token has expired",
            "AKIA",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
