//! Why cells are denied: the same layer and phrase in many cells is one finding.

use schemars::JsonSchema;
use serde::Serialize;

use super::grant::Proposal;
use super::patterns;
use super::record::CellRecord;
use super::report::ProbeReport;
use super::verdict::{Detail, Verdict};
use crate::denial::{ContextFact, ContextSource, Denial, ReasonEffect};
use crate::diagnose::{Blocker, Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood};
use crate::iam::{Arn, Hints, PolicyType, PrincipalKind};
use crate::report::Report;
use crate::report::model::ReportModel;

/// Denied cells with one reason, before the diagnosis.
#[derive(Debug, Clone)]
pub struct Group {
    /// The cells, counted from 0.
    pub cells: Vec<usize>,
    /// What AWS said in the cell that tells most.
    pub denial: Denial,
    /// What the probe knows beyond that.
    pub hints: Hints,
    /// What was seen, about what was tried.
    pub statement: String,
}

/// A diagnosis of one group.
#[derive(Debug)]
pub struct Finding {
    /// The cells that it is about.
    pub cells: Vec<usize>,
    /// What was seen, about what was tried.
    pub statement: String,
    /// What to do before anything else.
    pub advice: Vec<String>,
    /// The diagnosis.
    pub report: Report,
    /// One policy for all that was tried, where an allow is missing.
    pub proposal: Option<Proposal>,
}

/// A finding as programs read it: a report as in `diagnose`, and the cells that it is about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingModel<'a> {
    /// The cells, counted from 0.
    pub cells: &'a [usize],
    /// What was seen, about what was tried.
    pub statement: &'a str,
    /// What to do before anything else.
    pub advice: &'a [String],
    /// One policy for all that was tried, where an allow is missing.
    pub proposal: Option<&'a Proposal>,
    /// The diagnosis.
    #[serde(flatten)]
    pub report: ReportModel<'a>,
}

impl<'a> FindingModel<'a> {
    pub(super) fn new(finding: &'a Finding) -> Self {
        Self {
            cells: &finding.cells,
            statement: &finding.statement,
            advice: &finding.advice,
            proposal: finding.proposal.as_ref(),
            report: ReportModel::new(&finding.report),
        }
    }
}

/// What comes before every change where a quarantine is likely and not shown.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys-audit.html>
const QUARANTINE_FIRST: [&str; 3] = [
    "with an administrator's credentials, look whether a policy AWSCompromisedKeyQuarantine of any version is attached to the user \
     (commands under NOT SEEN)",
    "if it is, this is a security incident: deactivate the key, and do not detach the policy, narrow the Deny, add Allow statements, make \
     another key, or go around it by another Region or endpoint (iamdx cause quarantine)",
    "do not probe again with this key before that is known",
];

/// What makes denied cells one group: the effect, the type of policy, the policy, and what is denied where that is another thing than the
/// call itself.
type Key = (Verdict, Option<PolicyType>, Option<String>, Option<Detail>);

fn key(cell: &CellRecord) -> Key {
    let apart = cell.detail.filter(|detail| {
        matches!(detail, Detail::BearerToken | Detail::Guardrail | Detail::CountTokens | Detail::Quarantine)
            || (*detail == Detail::UnspecifiedRegion && cell.verdict == Verdict::DeniedExplicit)
    });
    (cell.verdict, cell.policy_type, cell.policy_arn.clone(), apart)
}

impl ProbeReport {
    /// The denied cells by reason, to be diagnosed one by one and handed back in the same order ([`Self::conclude`]).
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let mut keys: Vec<Key> = Vec::new();
        for cell in self.cells.iter().filter(|cell| cell.verdict.is_denied()) {
            let key = key(cell);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys.iter().filter_map(|wanted| self.group(wanted)).collect()
    }

    fn group(&self, wanted: &Key) -> Option<Group> {
        let all = self.cells.iter().enumerate();
        let cells: Vec<usize> =
            all.filter(|(_, cell)| cell.verdict.is_denied() && key(cell) == *wanted).map(|(at, _)| at).collect();
        // the profile first: what a call through it needs is known whole; then what does not stream
        let rank = |at: &&usize| {
            let cell = self.cells.get(**at);
            let profile = cell.is_some_and(|cell| cell.detail == Some(Detail::InferenceProfile));
            let streams = cell.is_some_and(|cell| cell.api.streams());
            (!profile, streams, **at)
        };
        let best = *cells.iter().min_by_key(rank)?;
        let cell = self.cells.get(best)?;
        let mut denial = self.judgements.get(best)?.as_ref()?.denial.clone()?;
        denial.context.extend(profile_of(self, cell));
        let counted: Vec<&CellRecord> = cells.iter().filter_map(|at| self.cells.get(*at)).collect();
        let called = self.cells.iter().filter(|cell| cell.was_called()).count();
        let statement = format!(
            "{} of {called} attempted calls denied ({}, {})",
            counted.len(),
            patterns::extent(&counted),
            actions(&counted)
        );
        Some(Group { cells, denial, hints: Hints::default(), statement })
    }

    /// Takes the diagnoses of [`Self::groups`], in the same order.
    #[must_use]
    pub fn conclude(mut self, groups: Vec<Group>, reports: Vec<Report>) -> Self {
        for (group, mut report) in groups.into_iter().zip(reports) {
            let advice = self.weigh(&group, &mut report);
            let proposal = self.proposal(&group, &report);
            self.findings.push(Finding { cells: group.cells, statement: group.statement, advice, report, proposal });
        }
        self
    }

    /// What many calls show that one does not: AWS's quarantine denies both actions on every model and leaves the lists alone, which a
    /// Deny on everything of Bedrock would not.
    /// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
    ///
    /// Gives what to do first where that makes a quarantine likely.
    fn weigh(&self, group: &Group, report: &mut Report) -> Vec<String> {
        let cells: Vec<&CellRecord> = group.cells.iter().filter_map(|at| self.cells.get(*at)).collect();
        let called = self.cells.iter().filter(|cell| cell.was_called()).count();
        let mut models: Vec<&str> = cells.iter().map(|cell| cell.resolved.as_str()).collect();
        models.sort_unstable();
        models.dedup();
        let both = [true, false].iter().all(|streams| cells.iter().any(|cell| cell.api.streams() == *streams));
        let user = report.denial.principal.as_ref().is_some_and(|principal| principal.kind() == PrincipalKind::User);
        let whole = cells.len() == called && models.len() > 1 && both && user;
        let listed = self.discovery.iter().any(|region| region.models.is_some());
        let quarantine = |hypothesis: &&mut Hypothesis| hypothesis.kind == HypothesisKind::Quarantine;
        if let (true, Some(hypothesis)) = (whole, report.diagnosis.hypotheses.iter_mut().find(quarantine)) {
            hypothesis.evidence.push(HypothesisEvidence::DeniedOnAllModels { models: models.len() });
            if listed {
                hypothesis.evidence.push(HypothesisEvidence::ListingWorks);
                hypothesis.likelihood = Likelihood::Likely;
            }
        }
        let hypotheses = &report.diagnosis.hypotheses;
        let likely =
            hypotheses.iter().any(|it| it.likelihood == Likelihood::Likely && it.kind == HypothesisKind::Quarantine);
        if likely && !report.diagnosis.incident { QUARANTINE_FIRST.map(str::to_owned).to_vec() } else { Vec::new() }
    }
}

/// The profile that the call went through, where the denied resource is a model behind it.
fn profile_of(report: &ProbeReport, cell: &CellRecord) -> Option<ContextFact> {
    let denied: Arn = cell.denied_resource.as_deref()?.parse().ok()?;
    if !denied.resource().starts_with("foundation-model/") {
        return None;
    }
    let profile = super::grant::profile_arn(cell, report.account()?)?;
    Some(ContextFact {
        key: "bedrock:InferenceProfileArn".to_owned(),
        values: vec![profile],
        source: ContextSource::ProbedProfile,
    })
}

/// `2 actions`.
fn actions(cells: &[&CellRecord]) -> String {
    let mut all: Vec<&str> = cells.iter().map(|cell| cell.action.as_str()).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [one] => format!("1 action: {one}"),
        many => format!("{} actions: {}", many.len(), many.join(", ")),
    }
}

impl Finding {
    /// Whether what is missing is an allow of the identity's own policies: as AWS said, or, where it gave no reason, as the policies show.
    pub(super) fn lacks_allow(report: &Report) -> bool {
        let reason = &report.denial.reason;
        let blockers = &report.diagnosis.blockers;
        let own = |blocker: &Blocker| !blocker.is_explicit() && blocker.policy_type == PolicyType::IdentityBased;
        match reason.effect {
            ReasonEffect::ImplicitDeny => reason.policy_type == Some(PolicyType::IdentityBased),
            ReasonEffect::Unknown => !blockers.is_empty() && blockers.iter().all(own),
            ReasonEffect::ExplicitDeny => false,
        }
    }
}
