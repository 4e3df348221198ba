//! Placeholders of templates and examples that nobody replaced: `${Region}`, `<ACCOUNT>`, `{{bucket}}`, `YOUR-BUCKET`.
//!
//! A policy variable is none: it is a condition key in `${...}`, which has a prefix and a colon, or one of `${*}`, `${?}`, `${$}`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::ops::Range;

/// Where placeholders stand in a value, from left to right.
#[must_use]
pub fn placeholders(value: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = (at..value.len()).find(|place| may_begin(value.as_bytes(), *place)) {
        at = begin;
        let rest = value.get(at..).unwrap_or_default();
        let before = value.get(..at).and_then(|before| before.chars().next_back());
        let length = bracketed(rest).or_else(|| word(rest, before)).or_else(|| printf(rest));
        if let Some(length) = length {
            found.push(at..at + length);
        }
        let variable = || variable(rest);
        at += length.or_else(variable).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
    }
    found
}

/// Whether a placeholder or a variable may begin at a byte: at its sign, or at the first letter of one of the words.
fn may_begin(value: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| value.get(before));
    match value.get(at) {
        Some(b'$' | b'{' | b'<' | b'[' | b'%') => true,
        Some(b'A' | b'B' | b'C' | b'R' | b'Y') => {
            !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        }
        _ => false,
    }
}

/// The value with `*` in the place of each placeholder; `None` where there is none.
#[must_use]
pub fn without_placeholders(value: &str) -> Option<String> {
    let found = placeholders(value);
    let mut text = value.to_owned();
    for range in found.iter().rev() {
        text.replace_range(range.clone(), "*");
    }
    if found.is_empty() { None } else { Some(text) }
}

/// Whether it can be the name of a condition key, all of which have a prefix.
#[must_use]
pub fn is_context_key(name: &str) -> bool {
    // tools that make templates write `${self:service}`, `${AWS::Region}`
    const OF_TOOLS: [&str; 7] = ["self", "opt", "env", "cf", "sls", "param", "file"];
    name.split_once(':').is_some_and(|(prefix, rest)| {
        !prefix.is_empty() && !rest.is_empty() && !rest.starts_with(':') && !OF_TOOLS.contains(&prefix)
    })
}

/// How long a policy variable, or what stands open in a template, is.
fn variable(rest: &str) -> Option<usize> {
    Some(rest.strip_prefix("${")?.find('}')? + 3)
}

/// `${Region}`, `{{bucket}}`, `<ACCOUNT>`, `[ORG]`.
fn bracketed(rest: &str) -> Option<usize> {
    if let Some(inside) = rest.strip_prefix("${") {
        let name = inside.get(..inside.find('}')?)?;
        let default = name.split_once(',').map_or(name, |(key, _)| key).trim();
        return (!["*", "?", "$"].contains(&name) && !is_context_key(default)).then_some(name.len() + 3);
    }
    if let Some(inside) = rest.strip_prefix("{{") {
        let name = inside.get(..inside.find("}}")?)?;
        return (!name.trim().is_empty() && !name.contains(['{', '"'])).then_some(name.len() + 4);
    }
    let (close, capitals) = match rest.chars().next()? {
        '<' => ('>', false),
        '[' => (']', true),
        _ => return None,
    };
    let name = rest.get(1..rest.find(close)?)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-. ".contains(c);
    let shaped = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
    (shaped && !(capitals && name.contains(|c: char| c.is_ascii_lowercase()))).then_some(name.len() + 2)
}

/// Words that stand for a name, in capitals.
const WORDS: [&str; 10] = [
    "ACCOUNT_ID",
    "ACCOUNT-ID",
    "ACCOUNTID",
    "AWS_ACCOUNT_ID",
    "BUCKET_NAME",
    "BUCKET-NAME",
    "REPLACE_ME",
    "CHANGE_ME",
    "CHANGEME",
    "REGION",
];

/// `ACCOUNT_ID`, `YOUR-BUCKET`: a whole word in capitals.
fn word(rest: &str, before: Option<char>) -> Option<usize> {
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if before.is_some_and(of_word) {
        return None;
    }
    let end = rest.find(|c: char| !of_word(c) && c != '-').unwrap_or(rest.len());
    let whole = rest.get(..end)?;
    let yours = ["YOUR_", "YOUR-"].iter().any(|start| whole.starts_with(start) && whole.len() > start.len());
    if yours && !whole.contains(|c: char| c.is_ascii_lowercase()) {
        return Some(end);
    }
    let known = WORDS.iter().find(|word| whole == **word)?;
    Some(known.len())
}

/// `%s` of a format; what is percent-encoded has hexadecimal digits.
fn printf(rest: &str) -> Option<usize> {
    let next = rest.strip_prefix("%s")?.chars().next();
    next.is_none_or(|c| !c.is_ascii_alphanumeric()).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::{placeholders, without_placeholders};

    fn found(value: &str) -> Vec<&str> {
        placeholders(value).into_iter().filter_map(|range| value.get(range)).collect()
    }

    #[test]
    fn what_a_template_or_an_example_leaves_to_be_replaced() {
        for (value, placeholder) in [
            ("arn:aws:sqs:${Region}:111122223333:jobs", "${Region}"),
            ("arn:aws:iam::${AWS::AccountId}:role/app", "${AWS::AccountId}"),
            ("arn:aws:s3:::${var.bucket}/*", "${var.bucket}"),
            ("arn:aws:s3:::${self:custom.bucket}/*", "${self:custom.bucket}"),
            ("arn:aws:iam::<ACCOUNT>:root", "<ACCOUNT>"),
            ("arn:aws:iam::<your account id>:root", "<your account id>"),
            ("[ORG]", "[ORG]"),
            ("arn:aws:s3:::{{bucket}}/a", "{{bucket}}"),
            ("arn:aws:s3:::{{ bucket }}", "{{ bucket }}"),
            ("arn:aws:iam::ACCOUNT_ID:user/a", "ACCOUNT_ID"),
            ("arn:aws:s3:::YOUR-BUCKET/*", "YOUR-BUCKET"),
            ("arn:aws:s3:::YOUR_BUCKET_NAME", "YOUR_BUCKET_NAME"),
            ("arn:aws:sqs:REGION:111122223333:jobs", "REGION"),
            ("arn:aws:s3:::%s/*", "%s"),
        ] {
            assert_eq!(found(value), [placeholder], "{value}");
        }
    }

    #[test]
    fn what_is_none() {
        for value in [
            "arn:aws:s3:::home/${aws:username}/*",
            "arn:aws:s3:::home/${aws:PrincipalTag/team, 'none'}/*",
            "arn:aws:s3:::${s3:prefix}",
            "arn:aws:s3:::a${*}b${?}c${$}d",
            "arn:aws:s3:::${accounts.google.com:sub}",
            "arn:aws:s3:::b/%20s%d0%b0",
            "arn:aws:s3:::my-REGION-bucket-Account_id",
            "arn:aws:s3:::reports/[a-z]/x",
            "${template:Bucket} in a template",
            "a < b and c > d",
            "YOUR-",
        ] {
            assert_eq!(found(value), Vec::<&str>::new(), "{value}");
        }
    }

    #[test]
    fn each_is_anything() {
        assert_eq!(without_placeholders("arn:aws:s3:::<A1>/{{b}}").as_deref(), Some("arn:aws:s3:::*/*"));
        assert_eq!(without_placeholders("arn:aws:s3:::a/b"), None);
    }
}
