//! Whether two patterns of ARNs have an ARN in common, and what an unknown resource of an action can be.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// What a resource that is not known can be: the kinds of resources that the action works on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ResourceKinds {
    /// The ARNs of these kinds, with `${NAME}` for what differs.
    pub own: Vec<String>,
    /// Those of all kinds of the service.
    pub of_service: Vec<String>,
    /// The names of all services that are known in ARNs.
    pub services: BTreeSet<String>,
}

impl ResourceKinds {
    /// Whether an entry of Resource covers no resource of these kinds. It is said only where the entry is of a kind that is known to be
    /// another one.
    #[must_use]
    pub fn exclude(&self, entry: &str) -> bool {
        let Some(service) = service_of(entry) else { return false };
        let meets = |template: &String| is_of(template, Some(service)) && may_meet(entry, template);
        if self.own.is_empty() || self.own.iter().any(meets) {
            return false;
        }
        if self.own.iter().any(|template| is_of(template, Some(service))) {
            self.of_service.iter().any(meets)
        } else {
            self.services.contains(service)
        }
    }

    /// The ARNs of these kinds as a person fills them in, for a caller of this partition and account: `arn:aws:s3:::BUCKET_NAME`.
    #[must_use]
    pub fn shapes(&self, partition: Option<&str>, account: Option<&str>) -> Vec<String> {
        self.own.iter().map(|template| shape(template, partition, account)).collect()
    }
}

fn shape(template: &str, partition: Option<&str>, account: Option<&str>) -> String {
    let mut text = String::new();
    for (number, part) in template.split("${").enumerate() {
        let Some((name, rest)) = part.split_once('}').filter(|_| number > 0) else {
            text.push_str(part);
            continue;
        };
        match (name, partition, account) {
            ("Partition", partition, _) => text.push_str(partition.unwrap_or("aws")),
            ("Account", _, Some(account)) => text.push_str(account),
            _ => {
                let mut before = None;
                for character in name.chars() {
                    let word = character.is_ascii_uppercase() && before.is_some_and(|c: char| c.is_ascii_lowercase());
                    text.extend(word.then_some('_').into_iter().chain([character.to_ascii_uppercase()]));
                    before = Some(character);
                }
            }
        }
        text.push_str(rest);
    }
    text
}

/// Whether ARNs of the template are of the service; a template may leave it open.
pub(crate) fn is_of(template: &str, service: Option<&str>) -> bool {
    service_of(template).is_none_or(|other| Some(other) == service)
}

/// Whether some ARN can be of the template `arn:${Partition}:s3:::${BucketName}/${ObjectName}` and of the text, in which wildcards and
/// variables stand for any characters.
pub(crate) fn meet(resource: &str, template: &str) -> bool {
    let [own, other] = [resource, template].map(with_wildcards);
    // a bucket's name has no slash, and with one it is an object
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
    if template.ends_with(":${BucketName}") && own.contains('/') {
        return false;
    }
    let parts = |text| str::splitn(text, 6, ':');
    // a pattern that ends before the sixth part may go on in any way
    parts(&own).nth(5).is_none()
        || parts(&own).zip(parts(&other)).all(|(own, other)| overlap(own.as_bytes(), other.as_bytes()))
}

/// The same of two patterns, where a `*` at the end of one of the first parts of the entry may run past colons. It errs by saying that they
/// meet.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub(crate) fn may_meet(entry: &str, template: &str) -> bool {
    let [own, other] = [entry, template].map(with_wildcards);
    meet(entry, template)
        || (own.splitn(6, ':').take(5).any(|part| part.ends_with('*')) && overlap(own.as_bytes(), other.as_bytes()))
}

/// Each variable as any run of characters.
fn with_wildcards(text: &str) -> Cow<'_, str> {
    if !text.contains("${") {
        return Cow::Borrowed(text);
    }
    let mut pattern = String::new();
    for (number, part) in text.split("${").enumerate() {
        match part.split_once('}') {
            Some((_, rest)) if number > 0 => {
                pattern.push('*');
                pattern.push_str(rest);
            }
            _ => pattern.push_str(part),
        }
    }
    Cow::Owned(pattern)
}

/// Whether some text matches both patterns of `*` and `?`.
fn overlap(mut one: &[u8], mut other: &[u8]) -> bool {
    // most differ, or end, before anything stands for more than one character
    while let ([own, after @ ..], [step, after_other @ ..]) = (one, other)
        && *own != b'*'
        && *step != b'*'
    {
        if own != step && *own != b'?' && *step != b'?' {
            return false;
        }
        (one, other) = (after, after_other);
    }
    match (one, other) {
        ([b'*'], _) | (_, [b'*']) => return true,
        ([], rest) | (rest, []) => return rest.iter().all(|step| *step == b'*'),
        _ => {}
    }
    // whether what was read of the one can be what the first so many characters of the other match
    let mut met = vec![true];
    for own in other {
        met.push(met.last() == Some(&true) && *own == b'*');
    }
    for own in one {
        let mut next = vec![*own == b'*' && met.first() == Some(&true)];
        for ((at, step), pair) in other.iter().enumerate().zip(met.windows(2)) {
            let [before, here] = *pair else { continue };
            let last = next.get(at) == Some(&true);
            next.push(match (own, step) {
                (b'*', _) | (_, b'*') => here || last,
                (own, step) => before && (*own == b'?' || *step == b'?' || own == step),
            });
        }
        met = next;
    }
    met.last() == Some(&true)
}

/// The service in an ARN, where it is written out.
pub(crate) fn service_of(arn: &str) -> Option<&str> {
    let service = arn.strip_prefix("arn:")?.split(':').nth(1)?;
    (!service.is_empty() && !service.contains(['*', '?', '$'])).then_some(service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wildcard;

    /// Every text of these characters, up to that length.
    fn texts(characters: &str, most: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..most {
            let to = all.len();
            for at in from..to {
                all.extend(characters.chars().map(|character| format!("{}{character}", all[at])).collect::<Vec<_>>());
            }
            from = to;
        }
        all
    }

    #[test]
    fn patterns_overlap_where_some_text_matches_both() {
        // two patterns of three characters that have a text in common have one of six
        let (patterns, texts) = (texts("ab*?", 3), texts("ab", 6));
        let matched: Vec<Vec<bool>> = patterns
            .iter()
            .map(|pattern| texts.iter().map(|text| Wildcard::new(pattern).matches(text)).collect())
            .collect();
        for (one, of_one) in patterns.iter().zip(&matched) {
            for (other, of_other) in patterns.iter().zip(&matched) {
                let some = of_one.iter().zip(of_other).any(|(one, other)| *one && *other);
                assert_eq!(overlap(one.as_bytes(), other.as_bytes()), some, "{one} {other}");
            }
        }
    }
}
