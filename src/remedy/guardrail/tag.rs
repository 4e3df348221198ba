//! Tags that decide: those by which a Deny leaves out whoever has them, and those of a data perimeter.

use super::exception::exceptions;
use crate::iam::{Condition, ContextValue, Effect, OperatorKind, PolicySet, Request};
use crate::text::Wildcard;

/// What the tags of a data perimeter begin with.
/// <https://github.com/aws-samples/data-perimeter-policy-examples>
const PERIMETER: &str = "dp:";
/// What the tags begin with that EKS sets for the sessions of pods.
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
const POD: [&str; 2] = ["eks-cluster-", "kubernetes-"];

/// Whether the tag is one of a data perimeter.
pub(super) fn is_of_perimeter(tag: &str) -> bool {
    tag.to_ascii_lowercase().starts_with(PERIMETER)
}

/// Whether the tag is one that EKS sets for pods.
pub(super) fn is_of_pod(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    POD.iter().any(|start| tag.starts_with(start))
}

/// The tag in a key such as `aws:PrincipalTag/team`, as written.
pub(super) fn of_key(condition: &Condition) -> Option<&str> {
    let (kind, tag) = condition.key.split_once('/')?;
    kind.to_ascii_lowercase().ends_with("tag").then_some(tag)
}

/// The tags that a Deny keeps from being set: those that its line names.
pub(super) fn kept(condition: &Condition) -> Vec<String> {
    let negated = condition.operator.kind.is_none_or(OperatorKind::is_negated);
    let absent = condition.operator.kind == Some(OperatorKind::Null)
        && condition.values.iter().any(|value| value.value.eq_ignore_ascii_case("true"));
    if negated || absent {
        return Vec::new();
    }
    match condition.folded_key.as_str() {
        // whatever the tags are
        "aws:tagkeys" if condition.operator.kind == Some(OperatorKind::Null) => vec!["*".to_owned()],
        "aws:tagkeys" => condition.values.iter().map(|value| value.value.clone()).collect(),
        key if key.starts_with("aws:requesttag/") => of_key(condition).map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The tags that the request sets, as far as its context tells.
pub(super) fn asked(request: &Request) -> Vec<String> {
    let mut tags = Vec::new();
    for (key, value) in request.context.iter() {
        if let (ContextValue::Present { values, .. }, false) = (value, request.context.is_supposed(key)) {
            match key.split_once('/') {
                Some((kind, tag)) if kind.eq_ignore_ascii_case("aws:requesttag") => tags.push(tag.to_owned()),
                None if key.eq_ignore_ascii_case("aws:tagkeys") => tags.extend(values.iter().cloned()),
                _ => {}
            }
        }
    }
    tags.sort();
    tags.dedup();
    tags
}

/// Those of the patterns that a tag of the request has, all of them where the request names none.
pub(super) fn hit(patterns: &[String], request: &Request) -> Vec<String> {
    let asked = asked(request);
    let hits: Vec<String> = patterns
        .iter()
        .filter(|pattern| {
            let wildcard = Wildcard::new(&pattern.to_ascii_lowercase());
            asked.iter().any(|tag| wildcard.matches(&tag.to_ascii_lowercase()))
        })
        .cloned()
        .collect();
    if hits.is_empty() { patterns.to_vec() } else { hits }
}

/// The tags that the request sets and by which a Deny at hand, or a data perimeter, leaves out whoever has them.
pub(in crate::remedy) fn exempting(request: &Request, policies: &PolicySet) -> Vec<String> {
    let mut tags = asked(request);
    if tags.is_empty() {
        return tags;
    }
    let denies = policies.policies().flat_map(|policy| &policy.document.statements);
    let denies = denies.filter(|statement| statement.effect == Effect::Deny);
    let by: Vec<String> =
        denies.flat_map(exceptions).filter_map(|exception| exception.tag().map(str::to_ascii_lowercase)).collect();
    tags.retain(|tag| is_of_perimeter(tag) || by.contains(&tag.to_ascii_lowercase()));
    tags
}
