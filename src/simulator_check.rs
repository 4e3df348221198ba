//! AWS's simulator as a second opinion: what to ask it about a diagnosis, and what its answers amount to.
//!
//! Pure: each round gives the questions that are still open; whoever can reach AWS asks them, adds the answers to the snapshot, and starts
//! the next round. A saved snapshot holds all answers, so a replay has no open questions and says the same.

use serde_json::Value;

use crate::aws_evidence::{AwsEvidence, Question, Simulation, SimulationResult, simulator_sees};
use crate::deduce::{Deduction, KeyFact, KeyWas};
use crate::diagnose::{
    DenialContext, Diagnosis, Disagreement, Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood,
    SimulatorDiffers,
};
use crate::evaluate::{Decision, Evaluation, Values};
use crate::iam::{Asked, CallOutcome, Coverage, Effect, Hierarchy, PolicySet, PolicyType, Refusal, Request};
use crate::remedy::{Edit, Remedy, edited};

/// Remedies that the simulator checks; the others differ in form.
const REMEDIES: usize = 2;

/// A diagnosis that is looked at once more.
#[derive(Debug)]
#[non_exhaustive]
pub struct SimulatorCheck<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// The policies at hand.
    pub policies: &'a PolicySet,
    /// What they say.
    pub evaluation: &'a Evaluation,
    /// Why the request is denied.
    pub diagnosis: &'a Diagnosis,
    /// What would change that.
    pub remedies: &'a [Remedy],
    /// What AWS answered so far.
    pub answers: &'a AwsEvidence,
    /// What follows from AWS's words for what is not known.
    pub deduction: &'a Deduction,
}

impl<'a> SimulatorCheck<'a> {
    /// What is known of a denial, and what came of it.
    #[must_use]
    pub const fn new(case: &DenialContext<'a>, diagnosis: &'a Diagnosis, remedies: &'a [Remedy]) -> Self {
        let DenialContext { request, policies, evaluation, answers, deduction, .. } = *case;
        Self { request, policies, evaluation, diagnosis, remedies, answers, deduction }
    }

    /// Keys with the one value that they had in every case that agrees with AWS's words.
    fn supposed(&self) -> Vec<(String, String)> {
        let one = |fact: &KeyFact| match &fact.was {
            KeyWas::OneOf { values, absent: false } => match values.as_slice() {
                [Values::Is(value)] => Some((fact.key.clone(), value.clone())),
                _ => None,
            },
            _ => None,
        };
        self.deduction.implies.iter().filter_map(one).collect()
    }
}

/// The second opinion.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SimulatorFindings {
    /// What would still have to be asked.
    pub open: Vec<Question>,
    /// What the simulator's answers show.
    pub statements: Vec<SimulatorStatement>,
    /// Where it contradicts the policies, with the known reasons.
    pub disagreements: Vec<Disagreement>,
    /// What its answers make likely.
    pub hypotheses: Vec<Hypothesis>,
    /// Its decision with a remedy in place, by the id of the remedy.
    pub confirmed: Vec<(String, Decision)>,
    /// Permissions without which it could not be asked.
    pub refused: Vec<Refusal>,
}

/// What one or several answers of the simulator show.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SimulatorStatement {
    /// Its answer about the request as it was.
    Answer {
        /// The answer.
        result: SimulationResult,
        /// Whether it was asked with condition keys.
        with_context: bool,
        /// Those of them of which the value only follows from AWS's words.
        supposed: Vec<String>,
    },
    /// Its answer without the SCPs.
    WithoutServiceControl(Decision),
    /// It does not allow the request even without every Deny of the SCPs, so an Allow is missing at one level.
    NoAllowAtOneLevel,
    /// Its answer changes to allowed without this statement of an SCP.
    Decisive {
        /// The statement's `Sid`.
        sid: Option<String>,
        /// The statement's index in its document.
        index: usize,
        /// The name of the SCP.
        policy: String,
        /// The root, unit or account that the SCP is attached to.
        target: String,
    },
}

impl SimulatorStatement {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::WithoutServiceControl(_) => "without-service-control",
            Self::NoAllowAtOneLevel => "no-allow-at-one-level",
            Self::Decisive { .. } => "decisive-statement",
        }
    }
}

impl SimulatorFindings {
    /// The simulator's decision with a remedy in place.
    #[must_use]
    pub fn decision(&self, remedy: &str) -> Option<Decision> {
        self.confirmed.iter().find(|(id, _)| id == remedy).map(|(_, decision)| *decision)
    }

    /// The answer to a question; without one the question stays open.
    fn ask<'a>(&mut self, case: &SimulatorCheck<'a>, question: Question) -> Option<&'a SimulationResult> {
        let Some(simulation) = case.answers.to(&question) else {
            self.open.push(question);
            return None;
        };
        self.refusal(simulation);
        simulation.results.iter().find(|result| result.is_about(case.request))
    }

    fn refusal(&mut self, simulation: &Simulation) {
        let Some(error) = &simulation.error else {
            return;
        };
        let refusal = Refusal {
            operation: simulation.question.simulator.id().to_owned(),
            outcome: CallOutcome::Refused,
            error: Some(error.clone()),
            permission: simulation.permission.clone(),
            asked: Asked::ForDiagnosis,
        };
        if !self.refused.contains(&refusal) {
            self.refused.push(refusal);
        }
    }
}

/// Reads the answers that are there and names the questions that are open.
#[must_use]
pub fn check(case: &SimulatorCheck<'_>) -> SimulatorFindings {
    let mut simulator_findings = SimulatorFindings::default();
    let supposed = case.supposed();
    let Some(question) = Question::principal(case.request, Some(case.policies)) else {
        return simulator_findings;
    };
    let question = question.supposing(&supposed);
    // the remedies do not depend on the first answer, so all are asked in one round
    for remedy in case.remedies.iter().filter(|remedy| is_seen(case, remedy)).take(REMEDIES) {
        let edited = edited(case.policies, &remedy.edits);
        if let Some(question) = Question::custom(case.request, &edited)
            && let Some(result) = simulator_findings.ask(case, question.supposing(&supposed))
        {
            simulator_findings.confirmed.push((remedy.id.to_string(), result.decision));
            if result.decision != Decision::Allowed {
                simulator_findings.disagreements.push(Disagreement::SimulatedRemedy {
                    remedy: remedy.id.to_string(),
                    simulator: result.decision,
                    missing_context: result.missing_context.clone(),
                });
            }
        }
    }
    if let Some(result) = simulator_findings.ask(case, question.clone()) {
        let with_context = case.request.context.iter().next().is_some();
        let supposed = question.supposed.clone();
        let answer = SimulatorStatement::Answer { result: result.clone(), with_context, supposed };
        simulator_findings.statements.push(answer);
        compare(case, &question, result, &mut simulator_findings);
        if result.allowed_by_organization == Some(false) {
            organization(case, question, &mut simulator_findings);
        }
    }
    simulator_findings
}

/// Whether the simulator sees everything that a remedy changes.
fn is_seen(case: &SimulatorCheck<'_>, remedy: &Remedy) -> bool {
    let seen = |edit: &Edit| simulator_sees(edit.policy_type, case.request);
    !remedy.edits.is_empty() && remedy.edits.iter().all(seen)
}

/// The simulator against the evaluation of the policies.
fn compare(
    case: &SimulatorCheck<'_>,
    question: &Question,
    result: &SimulationResult,
    simulator_findings: &mut SimulatorFindings,
) {
    let own = case.evaluation.decision;
    if own == Decision::Undetermined || own == result.decision {
        return;
    }
    let blockers = &case.diagnosis.blockers;
    let unseen: Vec<PolicyType> = blockers
        .iter()
        .filter(|blocker| !simulator_sees(blocker.policy_type, case.request))
        .map(|blocker| blocker.policy_type)
        .collect();
    let mut because = Vec::new();
    if result.decision == Decision::Allowed && !unseen.is_empty() {
        because.push(SimulatorDiffers::Blind(unseen));
    }
    if result.allowed_by_organization == Some(false) && case.policies.service_control.coverage.gap().is_some() {
        because.push(SimulatorDiffers::SeesServiceControl);
    }
    if !result.missing_context.is_empty() {
        because.push(SimulatorDiffers::MissingContext(result.missing_context.clone()));
    }
    // it does not tell which keys of the SCPs it had no value for
    let untold = untold(case, question);
    if result.allowed_by_organization == Some(false) && !untold.is_empty() {
        because.push(SimulatorDiffers::OrganizationKeys(untold));
    }
    if !question.supposed.is_empty() {
        because.push(SimulatorDiffers::Supposed(question.supposed.clone()));
    }
    if because.is_empty() {
        because.push(SimulatorDiffers::NotExplained);
    }
    let disagreement = Disagreement::Simulated { simulator: result.decision, policies: own, because };
    simulator_findings.disagreements.push(disagreement);
}

/// The condition keys of the SCPs that were asked about without a value.
fn untold(case: &SimulatorCheck<'_>, question: &Question) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let policies = case.policies.service_control.levels.iter().flat_map(|level| &level.policies);
    let statements = policies.flat_map(|policy| &policy.document.statements);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        let given = question.context.iter().any(|entry| entry.key.eq_ignore_ascii_case(&condition.key));
        if !given && !keys.iter().any(|key| key.eq_ignore_ascii_case(&condition.key)) {
            keys.push(condition.key.clone());
        }
    }
    keys
}

/// The simulator says that the SCPs block it: which, as far as that can be found.
fn organization(case: &SimulatorCheck<'_>, question: Question, simulator_findings: &mut SimulatorFindings) {
    let scps = &case.policies.service_control;
    if scps.coverage != Coverage::Complete || scps.levels.is_empty() {
        if let Some(result) = simulator_findings.ask(case, question.without("scp")) {
            simulator_findings.statements.push(SimulatorStatement::WithoutServiceControl(result.decision));
            simulator_findings.hypotheses.push(Hypothesis {
                likelihood: Likelihood::Likely,
                kind: HypothesisKind::ServiceControl,
                evidence: vec![
                    HypothesisEvidence::SimulatedServiceControl,
                    HypothesisEvidence::SimulatedWithoutServiceControl(result.decision),
                ],
            });
        }
        return;
    }
    let denies = denies(scps);
    // f(k): allowed with the first k Deny statements left out. It changes from no to yes at a statement that denies.
    let (mut low, mut high) = (0, denies.len());
    let Some(without_all) = probe(case, scps, &denies, simulator_findings) else {
        return;
    };
    if !without_all {
        simulator_findings.statements.push(SimulatorStatement::NoAllowAtOneLevel);
        return;
    }
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        let Some(allowed) = probe(case, scps, denies.get(..middle).unwrap_or_default(), simulator_findings) else {
            return;
        };
        if allowed { high = middle } else { low = middle }
    }
    if let Some((level, policy, index)) = denies.get(low)
        && let Some(level) = scps.levels.get(*level)
        && let Some(policy) = level.policies.get(*policy)
        && let Some(statement) = policy.document.statements.get(*index)
    {
        simulator_findings.statements.push(SimulatorStatement::Decisive {
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            index: *index,
            policy: policy.name.clone(),
            target: level.target.clone(),
        });
    }
}

/// Every Deny of the SCPs: level, policy, statement.
fn denies(scps: &Hierarchy) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (level, at) in scps.levels.iter().enumerate() {
        for (policy, document) in at.policies.iter().map(|policy| &policy.document).enumerate() {
            let denying = document.statements.iter().filter(|statement| statement.effect == Effect::Deny);
            found.extend(denying.map(|statement| (level, policy, statement.index)));
        }
    }
    found
}

/// Whether the simulator allows the request when everything but the SCPs allows it, and some statements are left out of these.
fn probe(
    case: &SimulatorCheck<'_>,
    scps: &Hierarchy,
    left_out: &[(usize, usize, usize)],
    simulator_findings: &mut SimulatorFindings,
) -> Option<bool> {
    let mut levels = Vec::new();
    for (at, level) in scps.levels.iter().enumerate() {
        let mut documents = Vec::new();
        for (index, policy) in level.policies.iter().enumerate() {
            let out: Vec<usize> = left_out
                .iter()
                .filter(|(l, p, _)| (*l, *p) == (at, index))
                .map(|(_, _, statement)| *statement)
                .collect();
            documents.extend(without(policy.document.source.text(), &out));
        }
        levels.push(documents);
    }
    let result = simulator_findings.ask(case, Question::organization(case.request, levels)?)?;
    Some(result.decision == Decision::Allowed)
}

/// The document without some statements; `None` where nothing is left of it.
fn without(text: &str, out: &[usize]) -> Option<String> {
    if out.is_empty() {
        return Some(text.to_owned());
    }
    let mut document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get_mut("Statement")?.as_array_mut()?;
    let kept: Vec<Value> = statements
        .iter()
        .enumerate()
        .filter(|(index, _)| !out.contains(index))
        .map(|(_, statement)| statement.clone())
        .collect();
    if kept.is_empty() {
        return None;
    }
    *statements = kept;
    Some(document.to_string())
}
