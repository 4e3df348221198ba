//! What stays of a resource's name when everything that changes from call to call is taken out of it.
//!
//! The rules are told in `docs/triage.md`; another rule is another version of the fingerprint.

use crate::iam::{Arn, ResourcePolicy, resource_policy};

/// Stands for an object's key or another path below a thing.
const BELOW: &str = "*";

/// The shape of a resource as a denial names it: an ARN, `*`, a name, a URL.
pub(super) fn shape(resource: &str) -> String {
    if let Ok(arn) = resource.parse::<Arn>() {
        let name = of_arn(&arn);
        return format!("arn:{}:{}:{}:{}:{name}", arn.partition(), arn.service(), arn.region(), arn.account());
    }
    match resource.split_once("://") {
        Some((scheme, rest)) => {
            let path = rest.split(['?', '#']).next().unwrap_or_default();
            match path.split_once('/') {
                Some((host, path)) => format!("{scheme}://{host}/{}", segments(path, 0)),
                None => format!("{scheme}://{path}"),
            }
        }
        None => segments(resource, 0),
    }
}

/// What is behind the account. The name of a thing that can have a policy of its own stays whole, since that policy may be the cause.
fn of_arn(arn: &Arn) -> String {
    let resource = arn.resource();
    if arn.service() == "s3" && arn.account().is_empty() {
        return match resource.split_once('/') {
            Some((bucket, _)) => format!("{bucket}/{BELOW}"),
            None => resource.to_owned(),
        };
    }
    if arn.service() == "sts" && resource.starts_with("assumed-role/") {
        let role = resource.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        return format!("{role}/{BELOW}");
    }
    if arn.service() == "s3"
        && let Some((access_point, _)) = resource.split_once("/object/")
    {
        return format!("{access_point}/object/{BELOW}");
    }
    let carrier = match resource_policy(arn) {
        ResourcePolicy::Possible(kind) => kind.prefix.len(),
        _ if arn.service() == "iam" => return resource.to_owned(),
        _ => return segments(resource, 0),
    };
    let name = resource.get(carrier..).unwrap_or_default();
    let end = name.find(['/', ':']).map_or(resource.len(), |end| carrier + end);
    segments(resource, end)
}

/// The text without what changes; the first `kept` bytes stay as they are.
fn segments(text: &str, kept: usize) -> String {
    let (kept, mut rest) = text.split_at_checked(kept).unwrap_or(("", text));
    let mut shape = kept.to_owned();
    if !rest.bytes().any(|byte| byte.is_ascii_digit()) {
        shape.push_str(rest);
        return shape;
    }
    while !rest.is_empty() {
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric();
        let end = rest.bytes().position(|byte| !is_letter(&byte)).unwrap_or(rest.len());
        let alone = shape.ends_with(['/', ':']) || shape.is_empty();
        let whole = alone && rest.get(end..).is_some_and(|tail| tail.is_empty() || tail.starts_with(['/', ':']));
        // eight letters and digits are before the first hyphen of an id, and four before that of a day
        let (kind, length) = if let Some(length) = (end == 8).then(|| uuid(rest)).flatten() {
            ("{id}", length)
        } else if let Some(length) = (end == 4).then(|| dashed_date(rest)).flatten() {
            ("{date}", length)
        } else {
            (word(rest.get(..end).unwrap_or_default(), whole), end)
        };
        let (head, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        shape.push_str(if kind.is_empty() { head } else { kind });
        // what stands between two words
        let gap = tail.bytes().position(|byte| is_letter(&byte)).unwrap_or(tail.len());
        let (between, next) = tail.split_at_checked(gap).unwrap_or((tail, ""));
        shape.push_str(between);
        rest = next;
    }
    shape
}

/// The kind of a word that changes; empty where it stays. A `whole` one is all that stands between two separators.
fn word(text: &str, whole: bool) -> &'static str {
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return "";
    }
    let all = |test: fn(&u8) -> bool| bytes.iter().all(test);
    if digits == bytes.len() {
        return match bytes.len() {
            // versions and small ordinals are part of a name, and an account tells things apart
            12 => "",
            4 | 8 if is_date(text) => "{date}",
            0..=3 if !whole => "",
            _ => "{n}",
        };
    }
    if bytes.len() >= 15 && text.get(8..9) == Some("T") && text.get(..8).is_some_and(is_date) {
        return "{date}";
    }
    let hexadecimal = bytes.len() >= 8 && all(u8::is_ascii_hexdigit);
    // the suffix of a name that CloudFormation made
    let capitals = bytes.len() >= 10 && all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let long = bytes.len() >= 16 && digits >= 2;
    if hexadecimal || capitals || long { "{id}" } else { "" }
}

/// A year, or a day without separators.
fn is_date(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let year = (1990..2100).contains(&number(0, 4));
    match digits.len() {
        4 => year,
        8 => year && (1..=12).contains(&number(4, 6)) && (1..=31).contains(&number(6, 8)),
        _ => false,
    }
}

/// The length of `2026-11-29`, with its time if one follows.
fn dashed_date(text: &str) -> Option<usize> {
    let part =
        |from: usize, to: usize| text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let separated = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    if !separated || !is_date(part(0, 4)?) || part(5, 7).is_none() || part(8, 10).is_none() {
        return None;
    }
    let rest = text.get(10..)?;
    match rest.strip_prefix('T') {
        Some(time) => {
            let end =
                time.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '-' | '.' | 'Z'))).unwrap_or(time.len());
            let time = time.get(..end)?.trim_end_matches([':', '-', '.']).len();
            Some(11 + time)
        }
        None if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) => None,
        None => Some(10),
    }
}

/// The length of a UUID at the beginning.
fn uuid(text: &str) -> Option<usize> {
    let bytes = text.as_bytes().get(..36)?;
    let shaped = bytes.iter().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let ends = text.as_bytes().get(36).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (shaped && ends).then_some(36)
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn what_changes_from_call_to_call_is_taken_out_and_what_has_a_policy_stays() {
        let of = |resource: &str| shape(resource);
        let shapes = [
            "*",
            "arn:aws:s3:::reports-2026",
            "arn:aws:s3:::reports-2026/2026/11/q3.csv",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/team-7/object/a/b",
            "arn:aws:ec2:us-east-1:111122223333:instance/i-0abcdef1234567890",
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db2-AbCdEf",
            "arn:aws:lambda:us-east-1:111122223333:function:resize-v2:17",
            "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/resize:log-stream:2026/11/29/[$LATEST]8f2a9c1b0d3e4f5a8f2a9c1b0d3e4f5a",
            "arn:aws:sts::111122223333:assumed-role/deploy/build-8812",
            "arn:aws:iam::111122223333:role/app-20261129",
            "arn:aws:cloudformation:us-east-1:111122223333:stack/shop-Api-1ABC2DEF3GHI/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:states:us-east-1:111122223333:execution:nightly:run-2026-11-29T03:00:00.000Z-x",
            "https://sqs.us-east-1.amazonaws.com/111122223333/jobs?token=abc",
            "orders/42/größe-2026-11-29",
        ];
        let shown: Vec<String> = shapes.map(of).to_vec();
        insta::assert_snapshot!(shown.join("\n"), @r"
        *
        arn:aws:s3:::reports-2026
        arn:aws:s3:::reports-2026/*
        arn:aws:s3:us-east-1:111122223333:accesspoint/team-7/object/*
        arn:aws:ec2:us-east-1:111122223333:instance/i-{id}
        arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
        arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db2-AbCdEf
        arn:aws:lambda:us-east-1:111122223333:function:resize-v2:{n}
        arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/resize:log-stream:{date}/{n}/{n}/[$LATEST]{id}
        arn:aws:sts::111122223333:assumed-role/deploy/*
        arn:aws:iam::111122223333:role/app-20261129
        arn:aws:cloudformation:us-east-1:111122223333:stack/shop-Api-{id}/{id}
        arn:aws:states:us-east-1:111122223333:execution:nightly:run-{date}-x
        https://sqs.us-east-1.amazonaws.com/111122223333/jobs
        orders/{n}/größe-{date}
        ");
    }
}
