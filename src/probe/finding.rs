//! Why cells are denied: the same policy type and wording in many cells is one finding.

use super::cell::Cell;
use super::needs::profile_arn;
use super::record::Record;
use super::summary::Extent;
use super::verdict::{Detail, Verdict};
use crate::denial::{ContextFact, ContextSource, Denial};
use crate::diagnose::{Diagnosis, Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood};
use crate::iam::{Arn, PolicyType, PrincipalKind};

/// Denied cells with one reason.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The cells, counted from 0.
    pub cells: Vec<usize>,
    /// What AWS said in the cell that says most.
    pub denial: Denial,
    /// What it rests on.
    pub basis: Basis,
}

/// What a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// Calls of this run.
    Calls {
        /// How many were denied.
        denied: usize,
        /// How many were made.
        called: usize,
        /// What was denied.
        extent: Extent,
        /// The denied actions.
        actions: Vec<String>,
    },
    /// A denial in this input.
    Input(String),
}

impl Basis {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Calls { .. } => "calls",
            Self::Input(_) => "input",
        }
    }
}

/// What to do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Look whether a quarantine policy is attached.
    LookForQuarantine,
    /// If it is, it is an incident.
    TreatAsIncident,
    /// No further probe before that is known.
    DoNotProbeAgain,
}

impl Advice {
    /// What comes before every change where a quarantine is likely and not shown.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys-audit.html>
    pub const QUARANTINE: [Self; 3] = [Self::LookForQuarantine, Self::TreatAsIncident, Self::DoNotProbeAgain];

    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LookForQuarantine => "look-for-quarantine",
            Self::TreatAsIncident => "treat-as-incident",
            Self::DoNotProbeAgain => "do-not-probe-again",
        }
    }
}

/// What makes denied cells one finding: the effect, the type of policy, the policy, and what is denied where that is another thing than
/// the call itself.
type Key<'a> = (Verdict, Option<PolicyType>, Option<&'a str>, Option<Detail>);

fn key(cell: &Cell) -> Key<'_> {
    let judgement = &cell.judgement;
    let apart = judgement.detail.filter(|detail| {
        matches!(detail, Detail::BearerToken | Detail::Guardrail | Detail::CountTokens | Detail::Quarantine)
            || (*detail == Detail::UnspecifiedRegion && judgement.verdict == Verdict::DeniedExplicit)
    });
    (judgement.verdict, judgement.policy_type(), judgement.policy_arn(), apart)
}

/// The denied cells by reason.
#[must_use]
pub fn findings(record: &Record) -> Vec<Finding> {
    let mut groups: Vec<(Key<'_>, Vec<(usize, &Cell)>)> = Vec::new();
    for (at, cell) in record.cells().iter().enumerate().filter(|(_, cell)| cell.is_denied()) {
        let key = key(cell);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, cells)) => cells.push((at, cell)),
            None => groups.push((key, vec![(at, cell)])),
        }
    }
    groups.into_iter().filter_map(|(_, cells)| finding(record, &cells)).collect()
}

fn finding(record: &Record, group: &[(usize, &Cell)]) -> Option<Finding> {
    // the profile first: everything that a call through it needs is known; then what does not stream
    let rank = |(at, cell): &&(usize, &Cell)| {
        let profile = cell.judgement.detail == Some(Detail::InferenceProfile);
        (!profile, cell.plan.call.api.streams(), *at)
    };
    let (_, best) = group.iter().min_by_key(rank)?;
    let mut denial = best.judgement.denial.clone()?;
    denial.context.extend(profile_of(record, best));
    let cells = group.iter().map(|(_, cell)| *cell);
    let mut actions: Vec<String> = cells.clone().map(|cell| cell.action().to_owned()).collect();
    actions.sort_unstable();
    actions.dedup();
    Some(Finding {
        cells: group.iter().map(|(at, _)| *at).collect(),
        denial,
        basis: Basis::Calls {
            denied: group.len(),
            called: record.run.called().count(),
            extent: Extent::of(cells),
            actions,
        },
    })
}

/// The profile that the call went through, where the denied resource is the model that the profile leads to.
fn profile_of(record: &Record, cell: &Cell) -> Option<ContextFact> {
    let denied: Arn = cell.judgement.denied_resource()?.parse().ok()?;
    if !denied.resource().starts_with("foundation-model/") {
        return None;
    }
    Some(ContextFact {
        key: "bedrock:InferenceProfileArn".to_owned(),
        values: vec![profile_arn(cell, record.account()?)?],
        source: ContextSource::ProbedProfile,
    })
}

impl Finding {
    /// The cells of the finding.
    pub(super) fn cells<'r>(&self, record: &'r Record) -> impl Iterator<Item = &'r Cell> + Clone {
        let at = self.cells.clone();
        at.into_iter().filter_map(|at| record.cells().get(at))
    }

    /// What many calls show that one does not: AWS's quarantine denies both actions on every model and leaves the lists alone, which a
    /// Deny on everything of Bedrock would not.
    /// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
    ///
    /// Adds that to the diagnosis, and gives what to do first where a quarantine is likely.
    #[must_use]
    pub fn weigh(&self, record: &Record, diagnosis: &mut Diagnosis) -> Vec<Advice> {
        let cells = self.cells(record);
        let mut models: Vec<&str> = cells.clone().map(Cell::model).collect();
        models.sort_unstable();
        models.dedup();
        let both =
            [true, false].iter().all(|streams| cells.clone().any(|cell| cell.plan.call.api.streams() == *streams));
        let user = self.denial.principal.as_ref().is_some_and(|principal| principal.kind() == PrincipalKind::User);
        let all = self.cells.len() == record.run.called().count() && models.len() > 1 && both && user;
        let listed = record.run.plan().discovery.regions.values().any(|region| region.models.listed().is_some());
        let quarantine = |hypothesis: &&mut Hypothesis| hypothesis.kind == HypothesisKind::Quarantine;
        let Some(hypothesis) = diagnosis.hypotheses.iter_mut().find(quarantine) else {
            return Vec::new();
        };
        if all {
            hypothesis.evidence.push(HypothesisEvidence::DeniedOnAllModels { models: models.len() });
            if listed {
                hypothesis.evidence.push(HypothesisEvidence::ListingWorks);
                hypothesis.likelihood = Likelihood::Likely;
            }
        }
        let likely = hypothesis.likelihood == Likelihood::Likely && !diagnosis.incident;
        if likely { Advice::QUARANTINE.to_vec() } else { Vec::new() }
    }
}
