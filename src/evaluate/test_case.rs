//! A case: one request, the policies that apply to it, and perhaps what is expected; and the answer to it.
//!
//! The policies of a case are complete: a list that is absent means that no such policy applies.

use serde::Serialize;
use serde_json::Value;

use super::ask::evaluate;
use super::case_parts::{CaseError, Parts};
use super::case_tape::Wanted;
use super::derive::{derive_context, derive_tested};
use super::evaluation::{CheckEffect, Decision, Evaluation, StatementOutcome};
use super::known_documents::KnownDocuments;
use super::matches::{Matches, matches};
use super::truth::Truth;
use super::{case_form, case_tape};
use crate::iam::{Document, Effect, PolicySet, PolicyType, Request};
use crate::text::{Places, Position};

/// One case.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TestCase {
    /// Its `id`, as given.
    pub id: Value,
    /// Its `name`, if it has one.
    pub name: Option<String>,
    /// The request.
    pub request: Request,
    /// The policies. They are large, and a case is handed on often.
    pub policies: Box<PolicySet>,
    /// What is expected.
    pub expect: Option<Decision>,
    /// Whether keys that AWS always fills are derived.
    derive: bool,
}

/// The answer to a case, as one line of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema), schemars(rename = "CaseAnswer"))]
#[non_exhaustive]
pub struct Answer {
    /// The case's `id`.
    pub id: Value,
    /// The decision.
    pub decision: Decision,
    /// The types of policy that decided: those that allow, or for a denial those that deny or lack an allow.
    pub decided_by: Vec<&'static str>,
    /// The statements that matched: for an explicit deny those that deny.
    pub matched_statements: Vec<MatchedStatement>,
    /// Condition keys that are not known and decide.
    pub missing_context_values: Vec<String>,
    /// What AWS would reject in the documents; left out where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "report", schemars(default))]
    pub problems: Vec<AnswerProblem>,
}

/// A statement that matched the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MatchedStatement {
    /// The type of its policy.
    pub policy_type: &'static str,
    /// The name of its policy.
    pub policy: String,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Its place in the document, from 0.
    pub index: usize,
    /// Its effect.
    pub effect: Effect,
    /// Its line in the document.
    pub line: usize,
    /// Its column.
    pub column: usize,
}

/// Something that AWS would reject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AnswerProblem {
    /// The type of the policy.
    pub policy_type: &'static str,
    /// The name of the policy.
    pub policy: String,
    /// The line in the document.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The same as a code.
    pub code: &'static str,
}

impl TestCase {
    /// Reads one case.
    ///
    /// # Errors
    /// When the text is not a case, its action none, or a policy of it no policy document.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        Self::read(text, None, Wanted::All)
    }

    /// The same, where many cases are read that may have policies in common.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn parse_with(text: &str, known: &KnownDocuments) -> Result<Self, CaseError> {
        Self::read(text, Some(known), Wanted::All)
    }

    /// The same, for its [`answer`](Self::answer) alone: statements that certainly do not match, and of which nothing is to be told, may be
    /// left out of its documents.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn parse_for_answer(text: &str, known: &KnownDocuments) -> Result<Self, CaseError> {
        Self::read(text, Some(known), Wanted::Answer)
    }

    pub(super) fn read(text: &str, known: Option<&KnownDocuments>, wanted: Wanted) -> Result<Self, CaseError> {
        let parts = match case_tape::read(text, known, wanted) {
            Some(parts) => parts,
            None => case_form::read(text)?,
        };
        let Parts { id, name, mut request, policies, expect, derive } = parts;
        if derive {
            derive_context(&mut request);
            derive_tested(&mut request, &policies);
        }
        Ok(Self { id, name, request, policies, expect, derive })
    }

    /// The case with policies that were given beside it, where it has none of their type; with `whole` also with what was not seen of
    /// these types, which then is not known.
    #[must_use]
    pub fn with_policies(mut self, mut given: PolicySet, whole: bool) -> Self {
        // a level without a policy says something, too: it allows nothing
        let has_any = |set: &PolicySet, policy_type| {
            let layer = set.layer(policy_type);
            !layer.levels.is_empty() || layer.all().next().is_some()
        };
        for policy_type in PolicySet::LAYERS {
            if !has_any(&self.policies, policy_type) && (whole || has_any(&given, policy_type)) {
                self.policies.swap_layer(&mut given, policy_type);
            }
        }
        if self.derive {
            derive_tested(&mut self.request, &self.policies);
        }
        self
    }

    /// Evaluates the case.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match matches(&self.request, &self.policies) {
            Some(matches) => Answer::of(self.id.clone(), matches, &self.policies),
            None => Answer::new(self.id.clone(), &evaluate(&self.request, &self.policies), &self.policies),
        }
    }
}

impl MatchedStatement {
    /// The statement behind an outcome.
    #[must_use]
    pub fn of(outcome: &StatementOutcome) -> Option<Self> {
        let statement = outcome.statement()?;
        Self::at(outcome, outcome.policy.document.position(statement.span))
    }

    fn at(outcome: &StatementOutcome, at: Position) -> Option<Self> {
        let statement = outcome.statement()?;
        Some(Self {
            policy_type: outcome.policy.policy_type.id(),
            policy: outcome.policy.name.clone(),
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            index: statement.index,
            effect: statement.effect,
            line: at.line,
            column: at.column,
        })
    }
}

impl Answer {
    /// The answer that an evaluation gives.
    #[must_use]
    pub fn new(id: Value, evaluation: &Evaluation, policies: &PolicySet) -> Self {
        let effects = evaluation.checks.iter().map(|check| (check.policy_type, check.effect));
        let outcomes = evaluation.checks.iter().flat_map(|check| &check.outcomes);
        let matched = outcomes.filter(|outcome| outcome.matched() == Truth::True);
        let missing = evaluation.missing_context.clone();
        Self::from_parts(id, evaluation.decision, effects, matched, missing, policies)
    }

    fn of(id: Value, matches: Matches, policies: &PolicySet) -> Self {
        let Matches { decision, effects, matched } = matches;
        Self::from_parts(id, decision, effects.into_iter(), matched.iter(), Vec::new(), policies)
    }

    fn from_parts<'o>(
        id: Value,
        decision: Decision,
        effects: impl Iterator<Item = (PolicyType, CheckEffect)>,
        matched: impl Iterator<Item = &'o StatementOutcome>,
        missing_context_values: Vec<String>,
        policies: &PolicySet,
    ) -> Self {
        let mut decided_by: Vec<&'static str> = Vec::new();
        for (policy_type, _) in effects.filter(|(_, effect)| decides(decision, *effect)) {
            let id = policy_type.normalized().id();
            if !decided_by.contains(&id) {
                decided_by.push(id);
            }
        }
        // with a deny only the statements that deny are named, as AWS's simulator does
        let named = matched.filter(|outcome| decision != Decision::ExplicitDeny || outcome.effect == Effect::Deny);
        let matched_statements = matched_statements(named);
        Self { id, decision, decided_by, matched_statements, missing_context_values, problems: problems(policies) }
    }
}

/// The statements behind outcomes: those of one document stand in its order, so that their places are counted on.
fn matched_statements<'o>(outcomes: impl Iterator<Item = &'o StatementOutcome>) -> Vec<MatchedStatement> {
    let mut places: Option<(&Document, Places<'_>)> = None;
    let mut matched = Vec::new();
    for outcome in outcomes {
        let Some(statement) = outcome.statement() else { continue };
        let document: &Document = &outcome.policy.document;
        if !places.as_ref().is_some_and(|(of, _)| std::ptr::eq(*of, document)) {
            places = Some((document, document.source.places()));
        }
        let at = places.as_mut().map(|(_, places)| places.position(statement.span.start));
        matched.extend(at.and_then(|at| MatchedStatement::at(outcome, at)));
    }
    matched
}

/// Whether the requirement is part of the reason.
const fn decides(decision: Decision, effect: CheckEffect) -> bool {
    match decision {
        Decision::Allowed => matches!(effect, CheckEffect::Allow),
        Decision::ExplicitDeny | Decision::ImplicitDeny => {
            matches!(effect, CheckEffect::ExplicitDeny | CheckEffect::ImplicitDeny)
        }
        Decision::Undetermined => matches!(effect, CheckEffect::Undetermined),
    }
}

fn problems(set: &PolicySet) -> Vec<AnswerProblem> {
    let mut all = Vec::new();
    for policy in set.policies() {
        let found = policy.document.problems_as(policy.policy_type);
        if found.is_empty() {
            continue;
        }
        let mut places = policy.document.source.places();
        for problem in found {
            let at = places.position(problem.span.start);
            all.push(AnswerProblem {
                policy_type: policy.policy_type.id(),
                policy: policy.name.clone(),
                line: at.line,
                column: at.column,
                code: problem.fault.code(),
                message: problem.fault.to_string(),
            });
        }
    }
    all
}
