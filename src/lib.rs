//! IAM diagnostics: an AWS access denial comes in, a diagnosis comes out.
//!
//! [`denial::parse`] reads what AWS said, [`diagnose()`] does the rest, and [`Options`] say what a person adds:
//!
//! ```
//! use iamdx::{Options, denial, diagnose, snapshot::Snapshot, text::Source};
//!
//! let said = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
//!     \"arn:aws:s3:::reports/2026/q1.csv\" because no identity-based policy allows the s3:GetObject action";
//! let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "UserDetailList": [
//!     {"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [{"PolicyName": "reports", "PolicyDocument":
//!         {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2025/*"}}}]}]}]}"#;
//!
//! let denials = denial::parse(&Source::new("message", said));
//! let snapshot = Snapshot::read("account.json", file.to_vec())?;
//! let report = diagnose(&denials[0], &snapshot, &Options::default());
//!
//! assert_eq!(report.diagnosis.cause.id, "no-matching-allow");
//! let edit = &report.remedies[0].edits[0];
//! assert!(edit.after.document.source.text().contains(r#"["arn:aws:s3:::reports/2025/*", "arn:aws:s3:::reports/2026/q1.csv"]"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything here is synchronous and pure: no files, no clock, no network. The command line needs the feature `cli`, the probe of Amazon
//! Bedrock the feature `bedrock`.

#[cfg(feature = "live")]
pub mod aws;
pub mod aws_evidence;
#[cfg(feature = "cli")]
pub mod cli;
pub mod deduce;
pub mod denial;
pub mod diagnose;
pub mod diagnosed;
pub mod difference;
pub mod evaluate;
pub mod iam;
pub mod infer;
#[cfg(feature = "bedrock")]
pub mod probe;
#[cfg(feature = "python")]
mod python;
pub mod reference;
pub mod remedy;
pub mod render;
pub mod report;
pub mod several;
pub mod simulator_check;
pub mod snapshot;
pub mod text;
pub mod triage;

use std::collections::BTreeMap;

use crate::aws_evidence::{AwsEvidence, History};
use crate::deduce::{InCases, Verdict};
use crate::denial::{Denial, FingerprintId};
use crate::diagnose::{DenialContext, Diagnosis, Disagreement};
use crate::diagnosed::{AccountRead, Asked, Look, Stages, TrailDiagnosis};
use crate::evaluate::{Decision, Evaluation, evaluate};
use crate::iam::{Field, Hints, PolicySet, Request, Why};
use crate::infer::RequestBuilder;
use crate::reference::Reference;
use crate::remedy::{DenialPlace, Edit, Remedy};
use crate::report::Report;
use crate::simulator_check::SimulatorCheck;
use crate::snapshot::{RawEvidence, Selection, Snapshot, select_for_session};

/// The whole line, from what AWS said to what to change.
#[must_use]
pub fn diagnose(denial: &Denial, snapshot: &Snapshot, options: &Options<'_>) -> Report {
    let mut prepared = Prepared::new(denial, snapshot, options);
    let (mut diagnosis, remedies, next_denials, simulator_findings) =
        prepared.in_case(snapshot, options, |case, mut diagnosis| {
            let remedies = remedy::propose(case, &diagnosis);
            let next_denials = remedy::expected(case, &diagnosis, &remedies);
            let left_open = remedy::gaps(case, &diagnosis);
            let simulator_findings = simulator_check::check(&SimulatorCheck::new(case, &diagnosis, &remedies));
            diagnosis.add_evidence(
                case.answers,
                left_open,
                &simulator_findings.disagreements,
                &simulator_findings.hypotheses,
                &simulator_findings.refused,
            );
            (diagnosis, remedies, next_denials, simulator_findings)
        });
    let Prepared { said: denial, request, selection, evaluation, answers, otherwise, .. } = prepared;
    diagnosis.disagreements.splice(0..0, otherwise.into_iter().map(Disagreement::GivenOtherwise));
    let policies = selection.policies;
    Report { denial, request, policies, evaluation, diagnosis, remedies, next_denials, answers, simulator_findings }
}

/// The whole line for each denial of an input. Where remedies of several denials change the same policy, they say so, and one change for all of
/// them is among the remedies ([`several`]). `done` is called for each denial that was diagnosed.
#[must_use]
pub fn diagnose_all<'o>(
    denials: &[Denial],
    snapshot: &Snapshot,
    options_of: &dyn Fn(&Denial) -> &'o Options<'o>,
    done: &dyn Fn(),
) -> Vec<Report> {
    let diagnosed = |denial| {
        let report = diagnose(denial, snapshot, options_of(denial));
        done();
        report
    };
    let mut reports: Vec<Report> = denials.iter().map(diagnosed).collect();
    let mut cases = Vec::with_capacity(reports.len());
    for Report { denial, remedies, .. } in &mut reports {
        cases.push(several::Case::new(denial, DenialPlace::of(denial), remedies));
    }
    // of a denial of its own nothing is counted
    drop(several::settle(&mut cases, &Input { denials, snapshot, options_of }));
    reports
}

/// An input whose denials are looked at again with changes in place.
struct Input<'a, 'o> {
    denials: &'a [Denial],
    snapshot: &'a Snapshot,
    options_of: &'a dyn Fn(&Denial) -> &'o Options<'o>,
}

impl Input<'_, '_> {
    fn one(&self, number: usize) -> Option<(&Denial, Line<'_>)> {
        let denial = self.denials.get(number)?;
        Some((denial, Line { snapshot: self.snapshot, options: (self.options_of)(denial) }))
    }
}

impl several::Again for Input<'_, '_> {
    fn is_allowed(&self, number: usize, edits: &[(&Edit, bool)]) -> bool {
        self.one(number).is_some_and(|(denial, line)| line.is_allowed_with(denial, None, edits))
    }

    fn remedies(&self, number: usize, edits: &[(&Edit, bool)]) -> Vec<Remedy> {
        self.one(number).map_or_else(Vec::new, |(denial, line)| line.remedies_with(denial, None, edits))
    }
}

/// The findings of a trail by policies: each fingerprint is diagnosed by the records that are kept of it ([`triage::Reader::keeping_records`]),
/// and remedies are worked out for so many causes, the most frequent first. `looks` are those that [`look`] had at fingerprints on other
/// machines, by the same snapshot; `done` is told of fingerprints that were looked at.
///
/// The work is shared among all cores.
#[must_use]
pub fn diagnose_trail(
    tally: &triage::Tally,
    snapshot: &Snapshot,
    options: &Options<'_>,
    looks: BTreeMap<FingerprintId, Look>,
    remedies: usize,
    done: &(dyn Fn(u64) + Sync),
) -> TrailDiagnosis {
    let read = snapshot.accounts_read().map(|(id, at)| AccountRead::new(id.to_owned(), at.map(str::to_owned)));
    TrailDiagnosis {
        policies: read.collect(),
        ..diagnosed::diagnosed(&Line { snapshot, options }, tally, looks, remedies, done)
    }
}

/// The first look at a fingerprint: the part of [`diagnose_trail`] that takes no other fingerprint, so that machines can share it.
#[must_use]
pub fn look(counted: triage::Counted<'_>, snapshot: &Snapshot, options: &Options<'_>) -> Look {
    diagnosed::look(&Line { snapshot, options }, counted)
}

/// The line as the stages that a trail needs.
struct Line<'a> {
    snapshot: &'a Snapshot,
    options: &'a Options<'a>,
}

impl Line<'_> {
    /// The denial with its policies: for what was asked for, or for all that a pattern covers.
    fn prepared(&self, denial: &Denial, of_all: Option<&str>) -> Prepared {
        let mut prepared = Prepared::new(denial, self.snapshot, self.options);
        if let Some(pattern) = of_all {
            prepared.request.resource = Field::Assumed(pattern.to_owned(), Why::PatternOfAws);
            prepared.evaluation = evaluate(&prepared.request, &prepared.selection.policies);
        }
        prepared
    }
}

impl Stages for Line<'_> {
    fn asked(&self, denial: &Denial) -> Asked {
        Prepared::new(denial, self.snapshot, self.options).into_asked()
    }

    fn diagnosis(&self, denial: &Denial) -> (Asked, Diagnosis) {
        let mut prepared = Prepared::new(denial, self.snapshot, self.options);
        let diagnosis = prepared.in_case(self.snapshot, self.options, |_, diagnosis| diagnosis);
        (prepared.into_asked(), diagnosis)
    }

    fn remedies(&self, denial: &Denial, of_all: Option<&str>) -> (Diagnosis, Vec<Remedy>) {
        let mut prepared = self.prepared(denial, of_all);
        prepared.in_case(self.snapshot, self.options, |case, diagnosis| {
            let remedies = remedy::propose(case, &diagnosis);
            (diagnosis, remedies)
        })
    }

    fn is_allowed_with(&self, denial: &Denial, of_all: Option<&str>, edits: &[(&Edit, bool)]) -> bool {
        let prepared = self.prepared(denial, of_all);
        let own = &prepared.selection.policies;
        let changed = remedy::applied(edits.iter().copied(), own);
        let changed = remedy::presumed(changed.as_ref().unwrap_or(own)).0;
        evaluate(&prepared.request, &changed).decision == Decision::Allowed
            // what is not known of the request may not matter, by AWS's words about the policies as they were
            || self.is_always_allowed(denial, &prepared.into_asked(), &changed)
    }

    fn remedies_with(&self, denial: &Denial, of_all: Option<&str>, edits: &[(&Edit, bool)]) -> Vec<Remedy> {
        let mut prepared = self.prepared(denial, of_all);
        if let Some(changed) = remedy::applied(edits.iter().copied(), &prepared.selection.policies) {
            prepared.evaluation = evaluate(&prepared.request, &changed);
            prepared.selection.policies = changed;
        }
        prepared.in_case(self.snapshot, self.options, |case, diagnosis| remedy::propose(case, &diagnosis))
    }

    fn is_always_allowed(&self, denial: &Denial, asked: &Asked, policies: &PolicySet) -> bool {
        let Asked { request, evaluation, .. } = asked;
        let Some(verdict) = Verdict::of(denial).map(|verdict| verdict.by_settings(request, self.snapshot)) else {
            return false;
        };
        let before = &asked.policies;
        let found =
            deduce::deduce_beside(request, before, evaluation, Some(&verdict), Some(policies), self.options.reference);
        found.suppose(request, before).is_some() && found.in_cases(request, request, policies) == InCases::Every
    }
}

/// A denial with what was asked and the policies that apply: where every stage begins.
struct Prepared {
    /// What AWS said.
    said: Denial,
    /// The same without AWS's reason, where a part of the request is given otherwise than the text has it.
    denial: Denial,
    otherwise: Vec<infer::Otherwise>,
    answers: AwsEvidence,
    request: Request,
    /// The policies, as AWS's words leave them.
    selection: Selection,
    evaluation: Evaluation,
}

impl Prepared {
    fn new(denial: &Denial, snapshot: &Snapshot, options: &Options<'_>) -> Self {
        let Options { hints, reference } = options;
        let mut said = infer::examined(denial, reference);
        let history = History::find(&mut said, snapshot.raw_evidence());
        let otherwise = infer::given_otherwise(&said, hints);
        let answers = AwsEvidence::of(&said, snapshot).with_history(history);
        infer::reason_decoded(&mut said, &answers, hints);
        // AWS's reason is about the request of the text, and proves nothing of another one
        let denial = if otherwise.is_empty() {
            said.clone()
        } else {
            Denial { reason: denial::Reason::default(), ..said.clone() }
        };
        let request = RequestBuilder::from_message(&denial, hints).spelled_by(reference);
        let request = request
            .aws_evidence(&answers)
            .caller_in(snapshot)
            .resource_by(reference)
            .key_in(snapshot)
            .owner_in(snapshot);
        // a Deny of another policy may be about the way that the request took, so a guess would speak against AWS's word
        let denied_elsewhere = denial.reason.effect == denial::ReasonEffect::ExplicitDeny
            && denial.reason.policy_type != Some(iam::PolicyType::VpcEndpoint);
        let request = if denied_elsewhere { request } else { request.endpoint_in(snapshot) };
        let mut selection = select_for_session(snapshot, request.so_far(), denial.session_origin());
        diagnose::settle_bucket_behind(request.so_far(), snapshot, &mut selection);
        let request = request.snapshot_facts(&selection).derived_context(&selection.policies, reference);
        let request = request.aws_reason(&mut selection.policies).build();
        let request = infer::for_session_tags(&denial, &request, &selection.policies).unwrap_or(request);
        let mut evaluation = evaluate(&request, &selection.policies);
        let (policies, mut request) = (&selection.policies, request);
        if let Some(open) = diagnose::without_wrong_guess(&denial, &request, policies, &evaluation, snapshot, reference)
        {
            evaluation = evaluate(&open, policies);
            request = open;
        }
        Self { said, denial, otherwise, answers, request, selection, evaluation }
    }

    /// Why it was denied, with the case that later stages read.
    fn in_case<T>(
        &mut self,
        snapshot: &Snapshot,
        options: &Options<'_>,
        then: impl FnOnce(&DenialContext<'_>, Diagnosis) -> T,
    ) -> T {
        let Options { hints, reference } = options;
        let Self { said, denial, answers, request, selection, evaluation, .. } = self;
        let policies = &selection.policies;
        let verdict = Verdict::of(denial).or_else(|| Verdict::of_token(denial, request, policies, evaluation));
        let verdict = verdict.map(|verdict| verdict.by_settings(request, snapshot));
        if verdict.as_ref().is_some_and(|verdict| verdict.settings_are_off) {
            said.notes.retain(|note| *note != denial::Note::PerhapsBlockPublicAccess);
        }
        // a grant that is there now can be newer than AWS's word, which proves nothing about it then
        let verdict = verdict.filter(|_| !policies.resource.coverage.tells_of_grant());
        let deduction = deduce::deduce(request, policies, evaluation, verdict.as_ref(), reference);
        let case = DenialContext {
            denial,
            request,
            policies,
            evaluation,
            deduction: &deduction,
            gaps: &selection.gaps,
            answers,
            snapshot,
            reference,
            confirmed: &infer::confirmed(hints),
            told: &hints.context,
            secret_seen: hints.secret_seen,
            target_quarantined: diagnose::target_quarantined(request, snapshot),
        };
        let diagnosis = diagnose::diagnose(&case);
        then(&case, diagnosis)
    }

    fn into_asked(self) -> Asked {
        let Selection { policies, principal, .. } = self.selection;
        Asked::new(self.request, policies, principal, self.evaluation)
    }
}

/// What a person adds to a denial, and by what it is judged. [`Options::default`] adds nothing.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    hints: Hints,
    reference: &'a Reference,
}

impl<'a> Options<'a> {
    /// The request as far as the message and the person tell it: what policies have to be collected for.
    #[must_use]
    pub fn request(&self, denial: &Denial) -> iam::Request {
        RequestBuilder::from_message(denial, &self.hints).resource_by(self.reference).build()
    }

    /// The same with what AWS told of the denial itself, as a snapshot keeps it: a text may name nobody, and its encoded message does.
    #[must_use]
    pub fn request_by(&self, denial: &Denial, told: &RawEvidence) -> iam::Request {
        let mut denial = denial.clone();
        let history = History::find(&mut denial, told);
        let answers = AwsEvidence::stored(&denial, told).with_history(history);
        let request = RequestBuilder::from_message(&denial, &self.hints).aws_evidence(&answers);
        request.resource_by(self.reference).build()
    }

    /// The same with what a person knows beside the text.
    #[must_use]
    pub fn hints(self, hints: Hints) -> Self {
        Self { hints, ..self }
    }

    /// The same by another service reference than the one that is part of the program.
    #[must_use]
    pub fn reference(self, reference: &'a Reference) -> Self {
        Self { reference, ..self }
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { hints: Hints::default(), reference: Reference::embedded() }
    }
}
