//! What is wrong with the documents: what AWS rejects, and what does not do what it seems to do.

use std::sync::Arc;

use super::any_subject::any_subject;
use super::context::DenialContext;
use super::unknown_action::{UnknownAction, unknown_entry};
use crate::iam::{
    Action, Effect, Fault, Policy, PolicyOrigin, Problem, Severity, Statement, WITHOUT_EFFECT, placeholders,
};
use crate::text::Span;

/// A problem of one document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PolicyProblem {
    /// The policy.
    pub policy: Arc<Policy>,
    /// Where in its document.
    pub span: Span,
    /// What follows from it.
    pub severity: Severity,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// It is not as the grammar of policies, or the type of the policy, wants it.
    Grammar(Fault),
    /// A placeholder of a template or example that was never replaced.
    Placeholder {
        /// The placeholder, as written.
        text: String,
    },
    /// An Allow of a trust policy lets in whoever can get a token of a provider that anybody can use.
    AnySubject {
        /// The host of the provider.
        provider: String,
    },
    /// An entry covers no action that exists.
    NoSuchAction {
        /// The entry, as written.
        entry: String,
        /// What it is instead.
        what: UnknownAction,
        /// What follows from it.
        consequence: Consequence,
    },
    /// An entry covers actions that AWS no longer asks about.
    NoEffect {
        /// The entry, as written.
        entry: String,
        /// What follows from it.
        consequence: Consequence,
    },
}

/// What follows from an entry that covers no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consequence {
    /// It allows nothing.
    AllowsNothing,
    /// It denies nothing.
    DeniesNothing,
    /// In `NotAction`: it leaves nothing out.
    ExcludesNothing,
}

impl ProblemKind {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Grammar(fault) => fault.code(),
            Self::Placeholder { .. } => "placeholder",
            Self::AnySubject { .. } => "any-subject",
            Self::NoSuchAction { .. } => "no-such-action",
            Self::NoEffect { .. } => "no-effect",
        }
    }
}

/// The problems of all documents, in the order of the layers; a policy that is attached at several levels counts once.
pub(super) fn problems(case: &DenialContext<'_>) -> Vec<PolicyProblem> {
    let mut all: Vec<PolicyProblem> = Vec::new();
    let mut seen: Vec<&Arc<Policy>> = Vec::new();
    for policy in case.policies.policies() {
        if seen.iter().any(|known| Arc::ptr_eq(&known.document, &policy.document)) {
            continue;
        }
        seen.push(policy);
        let grammar = |problem: Problem| PolicyProblem {
            policy: Arc::clone(policy),
            span: problem.span,
            severity: problem.fault.severity(),
            kind: ProblemKind::Grammar(problem.fault),
        };
        let mut problems: Vec<PolicyProblem> =
            policy.document.problems_as(policy.policy_type).into_iter().map(grammar).collect();
        problems.extend(unknown_actions(case, policy));
        problems.extend(any_subject(policy).into_iter().map(|(span, provider)| PolicyProblem {
            policy: Arc::clone(policy),
            span,
            severity: Severity::Warning,
            kind: ProblemKind::AnySubject { provider },
        }));
        problems.extend(unreplaced(policy));
        problems.sort_by_key(|problem| problem.span.start);
        all.extend(problems);
    }
    all
}

/// Entries that cover no action, as far as they are of the service that was asked, and those without effect.
fn unknown_actions(case: &DenialContext<'_>, policy: &Arc<Policy>) -> Vec<PolicyProblem> {
    // AWS keeps actions in its own policies that are no longer documented
    if policy.origin == PolicyOrigin::AwsManaged {
        return Vec::new();
    }
    let service = case.request.action.value().map(Action::service).unwrap_or_default();
    let mut problems = Vec::new();
    for statement in policy.document.statements.iter().filter(|statement| !statement.rejected) {
        for entry in &statement.action.entries {
            if entry.pattern.service() == Some(WITHOUT_EFFECT) {
                problems.push(PolicyProblem {
                    policy: Arc::clone(policy),
                    span: entry.span,
                    severity: Severity::Warning,
                    kind: ProblemKind::NoEffect { entry: entry.text.clone(), consequence: consequence(statement) },
                });
                continue;
            }
            let of_service = entry.pattern.service() == Some(service);
            if let Some(what) = of_service.then(|| unknown_entry(&entry.text, case.reference)).flatten() {
                let consequence = consequence(statement);
                problems.push(PolicyProblem {
                    policy: Arc::clone(policy),
                    span: entry.span,
                    severity: Severity::Warning,
                    kind: ProblemKind::NoSuchAction { entry: entry.text.clone(), what, consequence },
                });
            }
        }
    }
    problems
}

/// So many placeholders of a document are shown: a template has the same ones in every line.
const MOST_PLACEHOLDERS: usize = 5;

/// Placeholders, each once.
fn unreplaced(policy: &Arc<Policy>) -> Vec<PolicyProblem> {
    let mut problems: Vec<PolicyProblem> = Vec::new();
    for statement in &policy.document.statements {
        let resources = statement.resource.iter().flat_map(|element| &element.entries);
        // a word in capitals may be the value of a tag
        let sure = |value: &str| value.starts_with("arn:") || value.contains(['{', '<', '[']);
        let conditions = statement.conditions.iter().flat_map(|condition| &condition.values);
        let conditions = conditions.filter(|value| sure(&value.value));
        let values = resources.chain(conditions).map(|entry| (entry.value.as_str(), entry.span));
        let principals = statement.principal.iter().flat_map(|element| &element.entries);
        let principals = principals.map(|entry| (entry.value.as_str(), entry.span));
        for (value, span) in values.chain(principals) {
            for text in placeholders(value).into_iter().filter_map(|range| value.get(range)) {
                let kind = ProblemKind::Placeholder { text: text.to_owned() };
                if problems.len() < MOST_PLACEHOLDERS && problems.iter().all(|known| known.kind != kind) {
                    problems.push(PolicyProblem {
                        policy: Arc::clone(policy),
                        span,
                        severity: Severity::Warning,
                        kind,
                    });
                }
            }
        }
    }
    problems
}

const fn consequence(statement: &Statement) -> Consequence {
    match (statement.action.negated, statement.effect) {
        (true, _) => Consequence::ExcludesNothing,
        (false, Effect::Allow) => Consequence::AllowsNothing,
        (false, Effect::Deny) => Consequence::DeniesNothing,
    }
}
