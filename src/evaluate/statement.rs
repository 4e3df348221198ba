//! One statement against the request: each of its elements, always all of them.

use super::condition::all_hold;
use super::distinct::distinct;
use super::evaluation::StatementOutcome;
use super::principal::{Named, named};
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{
    ActionElement, ActionPattern, ContextValue, Policy, PolicyType, ResourceElement, ResourceMatch, ResourcePattern,
    ResourceText, Statement, is_trust_action, may_meet, of_every_api,
};

use std::sync::Arc;

/// Whether an element covers the request, and the entry that decided, if one did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) truth: Truth,
    pub(super) entry: Option<usize>,
}

impl Hit {
    const fn new(truth: Truth, entry: Option<usize>) -> Self {
        Self { truth, entry }
    }
}

/// The outcome of a statement, and by whom it names the caller.
pub(super) fn outcome(
    subject: &Subject<'_>,
    policy: &Arc<Policy>,
    position: usize,
    statement: &Statement,
    bounded: bool,
) -> (StatementOutcome, Named) {
    if statement.rejected {
        let [principal, action, resource, condition] = [Truth::False; 4];
        let (policy, effect) = (Arc::clone(policy), statement.effect);
        let outcome = StatementOutcome { policy, statement: position, effect, principal, action, resource, condition };
        return (outcome, Named::NOT);
    }
    let named = named(subject, policy.policy_type, statement, bounded);
    let outcome = StatementOutcome {
        policy: Arc::clone(policy),
        statement: position,
        effect: statement.effect,
        principal: named.any(),
        action: action(subject, &statement.action).truth,
        resource: resource(subject, policy.policy_type, statement.resource.as_ref()).truth,
        condition: all_hold(&statement.conditions, subject.context),
    };
    (outcome, named)
}

/// The Action or `NotAction` element.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub(super) fn action(subject: &Subject<'_>, element: &ActionElement) -> Hit {
    let entries = || element.entries.iter().map(|entry| &entry.pattern);
    let hit = match subject.action {
        Some(action) => {
            let entry = entries().position(|pattern| pattern.matches(action));
            match entry.is_none().then(|| entries().position(ActionPattern::is_open)).flatten() {
                Some(open) => Hit::new(Truth::Unknown, Some(open)),
                None => Hit::new(entry.is_some().into(), entry),
            }
        }
        None => match entries().position(|pattern| pattern.service().is_none() && !pattern.is_open()) {
            Some(entry) => Hit::new(Truth::True, Some(entry)),
            None if element.entries.is_empty() => Hit::new(Truth::False, None),
            None => Hit::new(Truth::Unknown, None),
        },
    };
    if element.negated { Hit::new(!hit.truth, hit.entry) } else { hit }
}

/// The Resource or `NotResource` element.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
pub(super) fn resource(subject: &Subject<'_>, policy_type: PolicyType, element: Option<&ResourceElement>) -> Hit {
    let Some(element) = element else {
        return Hit::new(may_lack_resource(subject, policy_type).into(), None);
    };
    let mut unknown = None;
    let mut matched = None;
    for (index, pattern) in element.patterns.iter().enumerate() {
        let taken = policy_type.takes(pattern);
        if element.negated && !taken && leaves_statement_out(policy_type, pattern) {
            return Hit::new(Truth::False, Some(index));
        }
        if !taken {
            continue;
        }
        let result = match (&subject.resource, pattern) {
            (Some(ResourceText::Other(_)) | None, ResourcePattern::All) => ResourceMatch::Yes,
            (None, ResourcePattern::NotAnArn) => ResourceMatch::No,
            (None, _) if is_of_other_kind(subject, element, index) => ResourceMatch::No,
            (Some(ResourceText::Other(_)) | None, _) => {
                unknown.get_or_insert(index);
                continue;
            }
            (Some(resource), pattern) => {
                let result = pattern.matches(resource, subject.context);
                match (subject.resource_within, element.entries.get(index)) {
                    (Some(within), Some(entry)) => for_any_of(result, &entry.value, within),
                    _ => result,
                }
            }
        };
        match result {
            ResourceMatch::Yes => {
                matched.get_or_insert(index);
            }
            ResourceMatch::NoValue(_) if element.negated => return Hit::new(Truth::False, Some(index)),
            // without a value the entry would take the statement out
            ResourceMatch::No if !(element.negated && pattern.may_lack_value(subject.context)) => {}
            ResourceMatch::NoValue(_) => {}
            ResourceMatch::No | ResourceMatch::Unknown(_) => {
                unknown.get_or_insert(index);
            }
        }
    }
    let truth = match (matched, unknown) {
        (Some(_), _) => Truth::True,
        (None, Some(_)) => Truth::Unknown,
        (None, None) => Truth::False,
    };
    Hit::new(if element.negated { !truth } else { truth }, matched.or(unknown))
}

/// Whether the entry is of a kind of resources on which the action is never asked.
fn is_of_other_kind(subject: &Subject<'_>, element: &ResourceElement, index: usize) -> bool {
    let entry = element.entries.get(index);
    subject.resource_kinds.zip(entry).is_some_and(|(kinds, entry)| kinds.exclude(&of_every_api(&entry.value)))
}

/// What an entry says about a resource of which only a pattern is known: the entry covers all that the pattern stands for if it
/// covers the pattern's own text; it covers none if they have no ARN in common; else it depends on which one was meant.
fn for_any_of(result: ResourceMatch, entry: &str, within: &str) -> ResourceMatch {
    match result {
        ResourceMatch::Yes if !entry.contains('?') && !entry.contains("${*}") => ResourceMatch::Yes,
        ResourceMatch::No if !may_meet(&of_every_api(entry), within) => ResourceMatch::No,
        ResourceMatch::NoValue(key) => ResourceMatch::NoValue(key),
        _ => ResourceMatch::Unknown("the resource".to_owned()),
    }
}

/// Whether an entry of `NotResource` that does not count takes the whole statement with it: AWS rejects the document, so
/// that what it would have left out must not be reached by it.
fn leaves_statement_out(policy_type: PolicyType, pattern: &ResourcePattern) -> bool {
    matches!(pattern, ResourcePattern::NotAnArn | ResourcePattern::OwnApi(_)) || policy_type.row().has_levels
}

/// Trust policies and ECR repository policies have no Resource: they are about what they are attached to.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html>
fn may_lack_resource(subject: &Subject<'_>, policy_type: PolicyType) -> bool {
    match policy_type {
        PolicyType::RoleTrust => true,
        PolicyType::ResourceBased => {
            subject.action.is_some_and(is_trust_action) || matches!(subject.service(), "ecr" | "ecr-public")
        }
        _ => false,
    }
}

/// The keys, as written, of variables in the Resource element whose values are not known and decide.
pub(super) fn unknown_variables<'e>(subject: &Subject<'_>, element: Option<&'e ResourceElement>) -> Vec<&'e str> {
    let Some(resource @ ResourceText::Arn(..)) = &subject.resource else {
        return Vec::new();
    };
    let mut keys: Vec<&str> = Vec::new();
    for pattern in element.into_iter().flat_map(|element| &element.patterns) {
        let decides = matches!(pattern.matches(resource, subject.context), ResourceMatch::Unknown(_))
            || (element.is_some_and(|element| element.negated) && pattern.may_lack_value(subject.context));
        if !decides {
            continue;
        }
        keys.extend(pattern.keys().into_iter().filter(|key| *subject.context.get(key) == ContextValue::Unknown));
    }
    distinct(keys.into_iter())
}
