//! What the message of another failure names: the bucket that a service may not write to, the role that a cluster may not assume.

use super::cursor::{head, tail};
use super::facts::{Denial, DenialKind};
use super::failure::Failure;
use super::normalized::TOKEN_END;
use super::s3_place::Place;
use crate::iam::Principal;

/// What stands before the name of the bucket, in the words of Elastic Load Balancing, VPC Flow Logs and CloudTrail.
const BUCKET: [&str; 3] =
    ["Access Denied for bucket:", "Access Denied for LogDestination:", "policy is detected for bucket:"];

/// What stands before the role, in the words of Amazon Redshift, and behind its user.
const ROLE: [&str; 2] = ["not authorized to assume IAM Role ", "Not authorized to get credentials of role "];
const USER_ENDS: &str = " is not authorized to assume IAM Role";

/// How far from the place where it was read a message reaches.
const REACH: usize = 300;

/// Adds what the message around `start` names.
pub(super) fn add(denial: &mut Denial, text: &str, start: usize) {
    let DenialKind::OtherFailure(failure) = denial.kind else { return };
    if !matches!(failure, Failure::LogBucket | Failure::ClusterRole) || denial.resource.is_some() {
        return;
    }
    let before = tail(text.get(..start).unwrap_or_default(), REACH);
    let after = head(text.get(start..).unwrap_or_default(), REACH);
    if failure == Failure::LogBucket {
        let name = BUCKET.iter().find_map(|label| value(before, after, label));
        denial.resource = name.and_then(|name| Place::bucket("aws", name, "")).map(|place| place.named());
        return;
    }
    let role = ROLE.iter().find_map(|label| value(before, after, label)).filter(|role| role.starts_with("arn:"));
    denial.resource = role.map(str::to_owned);
    let whole = text.get(start - before.len()..start + after.len()).unwrap_or_default();
    let user = whole.find(USER_ENDS).and_then(|end| whole.get(..end)?.rsplit([' ', '\n']).next());
    denial.principal = user.filter(|user| user.starts_with("arn:")).map(Principal::new);
}

/// The word behind the label, which is behind the place or, nearest to it, before.
fn value<'a>(before: &'a str, after: &'a str, label: &str) -> Option<&'a str> {
    let found = after.find(label).map(|at| (after, at)).or_else(|| Some((before, before.rfind(label)?)));
    let (text, at) = found?;
    let rest = text.get(at + label.len()..)?.trim_start();
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '(' | TOKEN_END));
    let word = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches(['.', ':', ';']);
    (!word.is_empty()).then_some(word)
}
