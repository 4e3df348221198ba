//! Why the request is denied: all blockers, what nearly allowed it, whether AWS's words and the policies agree, and the
//! cause that this amounts to.

mod agreement;
mod blocker;
mod causes;
mod hypothesis;
mod left_open;
mod near_miss;
mod no_action;
mod public_access;
mod recorded;

use std::sync::Arc;

use crate::answers::Answers;
use crate::denial::{Denial, Part};
use crate::evaluate::{Decision, Evaluation};
use crate::iam::{Command, Gap, InferenceProfile, Policy, PolicySet, Problem, Reach, Request};
use crate::reference::Reference;

pub use agreement::Confidence;
pub use blocker::{Blocker, StatementRef, blockers};
pub use causes::{CAUSES, Cause, is_quarantine, is_quarantine_arn, is_quarantine_policy};
pub use hypothesis::{Hypothesis, Likelihood};
pub use left_open::left_open;
pub(crate) use near_miss::unlikeness;
pub use near_miss::{NearMiss, near_misses};
pub use no_action::no_action;
pub use public_access::{PublicAccessSetting, refused_by_setting, suspected_setting};

/// Everything that is known about one denial: what the later stages read.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What AWS said.
    pub denial: &'a Denial,
    /// What was asked.
    pub request: &'a Request,
    /// The policies that apply, and what was not seen of them.
    pub policies: &'a PolicySet,
    /// What they say.
    pub evaluation: &'a Evaluation,
    /// Everything that could not be seen.
    pub gaps: &'a [Gap],
    /// What AWS itself answered.
    pub answers: &'a Answers,
    /// The inference profiles of Amazon Bedrock of which the destinations are known.
    pub profiles: &'a [InferenceProfile],
    /// What AWS documents of its actions.
    pub reference: &'a Reference,
    /// How far the policies of the organization reach that block the request.
    pub reach: &'a [Reach],
    /// The parts of the request that the reader has given, whatever the text says of them.
    pub confirmed: &'a [Part],
    /// Whether credentials stand in the same input.
    pub secret_seen: bool,
    /// Whether the request is about a user whom AWS has quarantined, in a way that would undo it.
    pub target_quarantined: bool,
}

impl Case<'_> {
    /// The parts of the request about which the text contradicts itself, and which the reader has not given.
    #[must_use]
    pub fn unconfirmed(&self) -> Vec<Part> {
        let mut parts: Vec<Part> =
            self.denial.damage.iter().flat_map(|damage| damage.unconfirmed(self.confirmed)).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}

/// Why the request is denied.
#[derive(Debug)]
pub struct Diagnosis {
    /// The cause.
    pub cause: &'static Cause,
    /// It, in one sentence about this case.
    pub summary: String,
    /// Everything that blocks the request, not only what AWS named.
    pub blockers: Vec<Blocker>,
    /// Statements that allow nearly this request, nearest first.
    pub near_misses: Vec<NearMiss>,
    /// Where AWS's words and the policies at hand do not agree.
    pub disagreements: Vec<String>,
    /// How sure the answer is, and by what.
    pub confidence: Confidence,
    /// The parts of the request about which the text contradicts itself, and which the reader has not given.
    pub unconfirmed: Vec<Part>,
    /// What could not be seen, with the command that would show it.
    pub gaps: Vec<Gap>,
    /// Causes that fit the text where the evidence does not decide.
    pub hypotheses: Vec<Hypothesis>,
    /// What AWS would reject in the documents, or what does not do what it seems to do.
    pub problems: Vec<PolicyProblem>,
    /// Whether this is a security incident rather than a missing permission.
    pub incident: bool,
}

/// A problem of one document.
#[derive(Debug, Clone)]
pub struct PolicyProblem {
    /// The policy.
    pub policy: Arc<Policy>,
    /// What is wrong, and where in its document.
    pub problem: Problem,
}

/// Finds all blockers, what comes near, and the cause.
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let mut blockers = blockers(case.request, case.policies, case.evaluation);
    let (explicit, implicit): (Vec<_>, Vec<_>) =
        recorded::blockers(case, &blockers).into_iter().partition(Blocker::is_explicit);
    blockers.splice(0..0, explicit);
    blockers.extend(implicit);
    let near_misses = near_misses(case.request, case.evaluation);
    let evidence = causes::Evidence::new(case, &blockers, &near_misses);
    let (cause, summary) = causes::find(&evidence);
    let quarantined = is_quarantine(case);
    let mut hypotheses = hypothesis::hypotheses(case, &blockers);
    hypotheses.extend(suspected_setting(case, &blockers).map(|(_, hypothesis)| hypothesis));
    Diagnosis {
        cause,
        summary,
        disagreements: no_action::asked(case.request, case.reference)
            .into_iter()
            .chain(agreement::disagreements(case, &blockers))
            .collect(),
        confidence: agreement::confidence(case, &blockers),
        unconfirmed: case.unconfirmed(),
        gaps: gaps(case),
        hypotheses,
        problems: problems(case),
        incident: quarantined || case.secret_seen,
        blockers,
        near_misses,
    }
}

impl Diagnosis {
    /// Takes over what a second opinion adds: contradictions, likely causes, and what could not be asked.
    pub fn take_over(
        &mut self,
        answers: &Answers,
        disagreements: &[String],
        hypotheses: &[Hypothesis],
        refused: &[String],
    ) {
        self.disagreements.extend_from_slice(disagreements);
        self.hypotheses.extend_from_slice(hypotheses);
        let gap = |what: &str, why: &String| Gap { what: what.to_owned(), why: why.clone(), how_to_close: Vec::new() };
        self.gaps.extend(refused.iter().map(|why| gap("AWS's simulator", why)));
        self.gaps.extend(answers.unreadable.iter().map(|why| gap("an answer of AWS in the snapshot", why)));
    }
}

/// What was not seen, what templates leave open, then the condition keys that decide and are not known.
fn gaps(case: &Case<'_>) -> Vec<Gap> {
    let mut gaps = case.gaps.to_vec();
    gaps.extend(left_open(case.request, case.evaluation));
    if case.evaluation.decision == Decision::Undetermined {
        gaps.extend(case.evaluation.missing_context.iter().map(|key| Gap {
            what: format!("the value of {key} in the request"),
            why: "a statement that decides tests it, and the input does not tell it".to_owned(),
            how_to_close: vec![Command::new("--context").word(format!("{key}=VALUE"))],
        }));
    }
    gaps
}

/// What is wrong with the documents, in the order of the layers; a policy that is attached at several levels is told once.
fn problems(case: &Case<'_>) -> Vec<PolicyProblem> {
    let mut all: Vec<PolicyProblem> = Vec::new();
    let mut told: Vec<&Arc<Policy>> = Vec::new();
    for policy in case.policies.policies() {
        if told.iter().any(|known| Arc::ptr_eq(&known.document, &policy.document)) {
            continue;
        }
        told.push(policy);
        let mut problems = policy.document.problems_as(policy.policy_type);
        problems.extend(no_action::written(policy, case.request, case.reference));
        problems.sort_by_key(|problem| problem.span.start);
        all.extend(problems.into_iter().map(|problem| PolicyProblem { policy: Arc::clone(policy), problem }));
    }
    all
}
