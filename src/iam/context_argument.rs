//! A condition key with its value as one argument: `KEY=VALUE`, or JSON where that can be read in two ways.
//!
//! The key of a tag may hold an `=`, and so may any value.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html>

use crate::text::{Node, Value, parse, quoted};

/// Why an argument is none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoContextArgument {
    /// There is no `=`, or no key before it.
    NoPair,
    /// The key is one whose end people choose, and there are several `=`; the JSON for each of the two outermost ways to read it.
    Ambiguous([String; 2]),
    /// It is JSON, and not an object of texts and lists of texts.
    NoObject,
}

/// The keys and values of an argument; a key with several values is there several times.
///
/// # Errors
/// When it is neither a pair nor an object, or a pair that can be read in two ways.
pub fn read_context_argument(text: &str) -> Result<Vec<(String, String)>, NoContextArgument> {
    if text.trim_start().starts_with('{') {
        return object(text).ok_or(NoContextArgument::NoObject);
    }
    let pair = |at: Option<(&str, &str)>| {
        let (key, value) = at.filter(|(key, _)| !key.is_empty()).ok_or(NoContextArgument::NoPair)?;
        Ok((key.to_owned(), value.to_owned()))
    };
    let (key, value) = pair(text.split_once('='))?;
    if value.contains('=') && ends_freely(&key) {
        let (last, rest) = pair(text.rsplit_once('='))?;
        return Err(NoContextArgument::Ambiguous([json(&key, &value), json(&last, &rest)]));
    }
    Ok(vec![(key, value)])
}

/// The argument that gives this key this value.
#[must_use]
pub fn context_argument(key: &str, value: &str) -> String {
    let plain = format!("{key}={value}");
    let known = read_context_argument(&plain);
    let same = known.is_ok_and(|known| matches!(&known[..], [(one, other)] if one == key && other == value));
    if same { plain } else { json(key, value) }
}

/// The option that gives this key a value, with a blank for that.
#[must_use]
pub fn context_option(key: &str) -> String {
    format!("--context {}", quoted(&context_argument(key, "VALUE")))
}

/// Whether people choose how the key ends: a tag's name, or a name in an encryption context.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context>
fn ends_freely(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.contains("tag/") || key.starts_with("kms:encryptioncontext:")
}

fn json(key: &str, value: &str) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    format!("{{{}: {}}}", text(key), text(value))
}

fn object(text: &str) -> Option<Vec<(String, String)>> {
    let node = parse(text).ok()?;
    let mut all = Vec::new();
    for member in node.members()? {
        let values = member.value.one_or_many();
        if member.key.is_empty() || values.is_empty() {
            return None;
        }
        for value in values {
            all.push((member.key.clone(), plain(value)?));
        }
    }
    (!all.is_empty()).then_some(all)
}

/// A value as a policy has it.
fn plain(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::NoContextArgument::{Ambiguous, NoObject, NoPair};
    use super::*;

    #[test]
    fn a_pair_is_read_where_there_is_one_way_to_read_it() {
        for (text, key, value) in [
            ("aws:SourceIp=203.0.113.7", "aws:SourceIp", "203.0.113.7"),
            ("s3:prefix=a=b=c", "s3:prefix", "a=b=c"),
            ("aws:PrincipalTag/team=", "aws:PrincipalTag/team", ""),
            ("aws:PrincipalTag/team=web", "aws:PrincipalTag/team", "web"),
            (r#" {"aws:PrincipalTag/x=y": "a=b"}"#, "aws:PrincipalTag/x=y", "a=b"),
            (r#"{"aws:SecureTransport": false}"#, "aws:SecureTransport", "false"),
        ] {
            assert_eq!(read_context_argument(text), Ok(vec![(key.to_owned(), value.to_owned())]), "{text}");
        }
        let several = read_context_argument(r#"{"aws:TagKeys": ["a", "b"], "s3:max-keys": 5}"#).unwrap();
        let several: Vec<_> = several.iter().map(|(key, value)| (&**key, &**value)).collect();
        assert_eq!(several, [("aws:TagKeys", "a"), ("aws:TagKeys", "b"), ("s3:max-keys", "5")]);
    }

    #[test]
    fn nothing_is_guessed() {
        for text in ["", "=", "=a", "aws:SourceIp"] {
            assert_eq!(read_context_argument(text), Err(NoPair), "{text}");
        }
        for text in ["{", "{}", r#"{"a": null}"#, r#"{"a": {}}"#, r#"{"a": []}"#, r#"{"": "a"}"#, r#"{"a": [["b"]]}"#] {
            assert_eq!(read_context_argument(text), Err(NoObject), "{text}");
        }
        let two = |one: &str, other: &str| Err(Ambiguous([one.to_owned(), other.to_owned()]));
        assert_eq!(
            read_context_argument("aws:PrincipalTag/x=y=a"),
            two(r#"{"aws:PrincipalTag/x": "y=a"}"#, r#"{"aws:PrincipalTag/x=y": "a"}"#)
        );
        assert_eq!(
            read_context_argument("KMS:EncryptionContext:a=b=="),
            two(r#"{"KMS:EncryptionContext:a": "b=="}"#, r#"{"KMS:EncryptionContext:a=b=": ""}"#)
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (key, value, written) in [
            ("aws:SourceIp", "203.0.113.7", "aws:SourceIp=203.0.113.7"),
            ("s3:prefix", "a=b", "s3:prefix=a=b"),
            ("aws:PrincipalTag/x=y", "a", r#"{"aws:PrincipalTag/x=y": "a"}"#),
            ("aws:PrincipalTag/x", "a=\"b\"", r#"{"aws:PrincipalTag/x": "a=\"b\""}"#),
            ("a=b", "c", r#"{"a=b": "c"}"#),
        ] {
            assert_eq!(context_argument(key, value), written);
            assert_eq!(read_context_argument(written), Ok(vec![(key.to_owned(), value.to_owned())]));
        }
        assert_eq!(context_option("aws:PrincipalTag/x"), "--context aws:PrincipalTag/x=VALUE");
        assert_eq!(context_option("aws:PrincipalTag/x=y"), "--context '{\"aws:PrincipalTag/x=y\": \"VALUE\"}'");
    }
}
