//! The report as programs read it: the JSON of `diagnose`, described by docs/report-schema.json.

use serde::Serialize;

use super::danger::DangerRecord;
use super::denial::DenialRecord;
use super::diagnosis_model::{
    BlockerModel, EvidenceModel, HypothesisModel, ImpliesModel, NearMissModel, ProblemModel, ReasonModel,
};
use crate::deduce::InCases;
use crate::denial::Part;
use crate::diagnose::{Confidence, Disagreement};
use crate::evaluate::Decision;
use crate::iam::{Assumption, AttachmentScope, Command, ContextValue, Field, Gap, PolicyType, Request};
use crate::remedy::bedrock::Provided;
use crate::remedy::{
    Disposition, Edit, EditOp, NextDenial, Owner, PolicyAssumption, Presumed, Remedy, RemedyKind, Size, Step,
    Verification, WhyNot,
};
use crate::render;
use crate::text::minified;

use super::{Report, words};

/// The output of `diagnose`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct DiagnoseReport<'a> {
    /// The version of this shape: 1.
    pub schema_version: u32,
    /// One report for each denial in the input, in order.
    pub reports: Vec<ReportModel<'a>>,
}

/// The diagnosis of one denial.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct ReportModel<'a> {
    /// What AWS said.
    pub denial: DenialRecord<'a>,
    /// What was asked.
    pub request: RequestModel,
    /// What the policies at hand say now.
    pub decision: Decision,
    /// What the answer rests on.
    pub confidence: Confidence,
    /// The parts of the request about which the text contradicts itself, and which no option gave; then `decision` is undetermined.
    pub unconfirmed: &'a [Part],
    /// The cause in one sentence.
    pub summary: String,
    /// The code of that sentence; `finding` is the cause.
    pub summary_code: &'static str,
    /// Everything that blocks the request, not only what AWS named.
    pub blockers: Vec<BlockerModel>,
    /// Statements that nearly allow it, nearest first.
    pub near_misses: Vec<NearMissModel>,
    /// Each source with what it says and what it cannot see.
    pub evidence: Vec<EvidenceModel>,
    /// Where the sources contradict each other.
    pub disagreements: Vec<String>,
    /// The codes of these.
    pub disagreement_codes: Vec<&'static str>,
    /// What may explain each of these, most likely first.
    pub disagreement_reasons: Vec<Vec<ReasonModel>>,
    /// What could not be seen.
    pub gaps: Vec<GapModel>,
    /// Causes that fit, where the evidence does not decide.
    pub hypotheses: Vec<HypothesisModel>,
    /// What AWS would reject in the documents, or what does not do what it seems to do.
    pub problems: Vec<ProblemModel>,
    /// The id of the cause; `iamdx cause ID` prints its page.
    pub finding: String,
    /// Whether this is a security incident.
    pub incident: bool,
    /// What to change, best first.
    pub remedies: Vec<RemedyModel>,
    /// What the caller is likely to be denied next.
    pub next_denials: Vec<NextDenialModel>,
}

/// What was asked of AWS.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct RequestModel {
    /// Who asked.
    pub principal: Option<String>,
    /// What was asked.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// Condition keys that are known: a list of values, or null for a key that is known to be absent.
    pub context: std::collections::BTreeMap<String, Option<Vec<String>>>,
    /// What was filled in, and why.
    pub assumed: Vec<AssumedModel>,
}

/// Something that was filled in.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct AssumedModel {
    /// The field or condition key.
    pub field: String,
    /// The value.
    pub value: String,
    /// Why.
    pub why: String,
    /// The kind of reason.
    pub code: &'static str,
}

/// Something that could not be seen.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct GapModel {
    /// What.
    pub what: String,
    /// The kind of thing that it is.
    pub what_code: &'static str,
    /// Why.
    pub why: String,
    /// The kind of reason.
    pub why_code: &'static str,
    /// The commands or options that would show it, one a line.
    pub how_to_close: Option<String>,
    /// The options of the command line that close it, each alone: `--scp FILE`, `--no-scp`.
    pub options: Vec<String>,
}

/// What to change, or what to do.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct RemedyModel {
    /// Stable within the report.
    pub id: String,
    /// In one line.
    pub title: String,
    /// The code of that line.
    pub title_code: &'static str,
    /// Who must do it.
    pub owner: Owner,
    /// Whether it may be done as it stands.
    pub disposition: Disposition,
    /// The kind of change.
    pub kind: RemedyKind,
    /// The documents to change, all of them.
    pub edits: Vec<EditModel>,
    /// The proof.
    pub verification: Option<VerificationModel>,
    /// Whether it helps in every case that agrees with AWS's words, `if` what `conditional_on` says is so, or in `some` that are not known.
    pub cases: &'static str,
    /// What must have been so of the request for it to help; empty where it helps in every case that agrees with AWS's words.
    pub conditional_on: Vec<ImpliesModel>,
    /// What whoever gains the new access could do beyond it; with one of them a remedy is never safe.
    pub dangers: Vec<DangerRecord>,
    /// Steps for a person.
    pub steps: Vec<String>,
    /// The code of each of them.
    pub step_codes: Vec<&'static str>,
    /// Commands that carry it out, and how to go back.
    pub commands: Vec<String>,
    /// The same change as Terraform.
    pub terraform: Option<String>,
    /// The same change as CloudFormation.
    pub cloudformation: Option<String>,
    /// Why it should not be done, or what stands against a better one.
    pub why_not: Option<String>,
    /// The code of each of its parts, in order.
    pub why_not_codes: Vec<&'static str>,
}

/// One document to change.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct EditModel {
    /// What is done.
    pub op: EditOp,
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The policy's ARN, or its name.
    pub policy: String,
    /// The entity, root, unit or account that it is attached to.
    pub attached_to: Option<String>,
    /// The level, for policies of an organization.
    pub level: Option<String>,
    /// Who must make it.
    pub owner: Owner,
    /// The account in which it is made.
    pub account: Option<String>,
    /// The permission set of IAM Identity Center whose policy it is, where its ARN is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_set_arn: Option<String>,
    /// What changes, in words.
    pub what: String,
    /// The code of each change, in order.
    pub what_codes: Vec<&'static str>,
    /// Which accounts it binds, for policies of an organization whose tree is known.
    pub reach: Option<ReachModel>,
    /// The whole corrected document.
    #[schemars(with = "serde_json::Value")]
    pub document: Box<serde_json::value::RawValue>,
    /// The same document with its formatting kept.
    pub text: String,
    /// The change as a unified diff.
    pub diff: String,
}

/// Which accounts a policy of the organization binds.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct ReachModel {
    /// The roots, units and accounts to which it is attached.
    pub attached_to: Vec<String>,
    /// The member accounts that it binds.
    pub accounts: Vec<String>,
    /// How many of them are others than the one of the request.
    pub other_accounts: usize,
    /// Whether those are all.
    pub complete: bool,
    /// Why there may be more.
    pub why_incomplete: Option<String>,
}

/// What the edits do.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct VerificationModel {
    /// The decision with the edits in place.
    pub decision_after: Decision,
    /// What else may work afterwards.
    pub newly_allowed: Vec<String>,
    /// What stops working.
    pub newly_denied: Vec<String>,
    /// What could not be compared.
    pub cannot_tell: Vec<String>,
    /// The same as codes, in the same order.
    pub cannot_tell_codes: Vec<&'static str>,
    /// What a narrowed Deny no longer denies; other policies, now or later, may allow it.
    pub no_longer_denied: Vec<String>,
    /// Whether the request is all that is opened.
    pub exactly_minimal: bool,
    /// Whether what is opened is all part of the denied call, for which AWS checks more than one request.
    pub only_this_call: bool,
    /// AWS's simulator's answer, if it was asked.
    pub simulator: Option<Decision>,
    /// What was not seen and is taken not to block.
    pub assumes: Vec<String>,
    /// The kind of each of them.
    pub assume_codes: Vec<&'static str>,
    /// What else is taken to be so.
    pub provided: Vec<String>,
    /// Their codes, in the same order.
    pub provided_codes: Vec<&'static str>,
    /// What must hold in policies that were not seen; where this is not empty, the edits alone are not proved to help.
    pub conditional_on: Vec<PolicyAssumptionModel>,
    /// The size of the largest changed document.
    pub size: Option<Size>,
}

/// Something that must hold in a policy that was not seen.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct PolicyAssumptionModel {
    /// The type of the policy.
    pub policy_type: PolicyType,
    /// What must hold.
    pub what: String,
    /// The kind of thing that must hold.
    pub code: &'static str,
    /// Who can see and change that policy.
    pub owner: Owner,
    /// The owner's account.
    pub account: Option<String>,
    /// The statement that would do, as JSON; null where one must go instead.
    pub statement: Option<String>,
    /// Whether AWS's own words say that it does not hold.
    pub contradicted: bool,
    /// The commands that show the policy, one a line.
    pub how_to_see: Option<String>,
}

/// A denial that the caller is likely to meet next.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct NextDenialModel {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// Why.
    pub why: String,
    /// The kind of reason.
    pub code: &'static str,
}

impl<'a> ReportModel<'a> {
    /// The report in its JSON shape.
    #[must_use]
    pub fn new(report: &'a Report) -> Self {
        let diagnosis = &report.diagnosis;
        Self {
            denial: DenialRecord::from(&report.denial),
            request: RequestModel::new(&report.request),
            decision: report.decision(),
            confidence: diagnosis.confidence,
            unconfirmed: &diagnosis.unconfirmed,
            summary: words::cause::summary(&diagnosis.summary),
            summary_code: diagnosis.summary.code(),
            blockers: diagnosis.blockers.iter().map(BlockerModel::new).collect(),
            near_misses: diagnosis.near_misses.iter().map(NearMissModel::new).collect(),
            evidence: super::evidence::evidence(report).iter().map(EvidenceModel::new).collect(),
            disagreements: diagnosis.disagreements.iter().map(words::disagreement::disagreement).collect(),
            disagreement_codes: diagnosis.disagreements.iter().map(Disagreement::code).collect(),
            disagreement_reasons: diagnosis.disagreements.iter().map(ReasonModel::all).collect(),
            gaps: diagnosis.gaps.iter().map(GapModel::new).collect(),
            hypotheses: diagnosis.hypotheses.iter().map(HypothesisModel::new).collect(),
            problems: diagnosis.problems.iter().map(ProblemModel::new).collect(),
            finding: diagnosis.cause.id.to_owned(),
            incident: diagnosis.incident,
            remedies: report
                .remedies
                .iter()
                .map(|remedy| RemedyModel::new(remedy, report.simulator_findings.decision(&remedy.id.to_string())))
                .collect(),
            next_denials: report.next_denials.iter().map(NextDenialModel::new).collect(),
        }
    }
}

impl RequestModel {
    pub(super) fn new(request: &Request) -> Self {
        let context = request.context.iter().filter_map(|(key, value)| match value {
            ContextValue::Present { values, .. } => Some((key.to_owned(), Some(values.clone()))),
            ContextValue::Absent => Some((key.to_owned(), None)),
            ContextValue::Unknown => None,
        });
        Self {
            principal: text(&request.principal),
            action: text(&request.action),
            resource: text(&request.resource),
            context: context.collect(),
            assumed: request.assumed.iter().map(AssumedModel::new).collect(),
        }
    }
}

fn text<T: ToString>(field: &Field<T>) -> Option<String> {
    field.value().map(ToString::to_string)
}

impl AssumedModel {
    pub(super) fn new(assumption: &Assumption) -> Self {
        Self {
            field: words::assumed_field(&assumption.field),
            value: words::assumed_value(&assumption.value),
            why: words::why_assumed(assumption),
            code: assumption.why.code(),
        }
    }
}

impl GapModel {
    pub(super) fn new(gap: &Gap) -> Self {
        Self {
            what: words::gap_subject(&gap.subject),
            what_code: gap.subject.code(),
            why: words::gap_reason(&gap.reason),
            why_code: gap.reason.code(),
            how_to_close: Command::lines(&gap.how_to_close),
            options: gap.options().iter().map(ToString::to_string).collect(),
        }
    }
}

impl RemedyModel {
    pub(super) fn new(remedy: &Remedy, simulator: Option<Decision>) -> Self {
        Self {
            id: remedy.id.to_string(),
            title: words::remedy::title(remedy),
            title_code: remedy.title.code(),
            owner: remedy.owner,
            disposition: remedy.disposition,
            kind: remedy.kind,
            edits: remedy.edits.iter().map(EditModel::new).collect(),
            verification: remedy.verification.as_ref().map(|found| VerificationModel::new(found, simulator)),
            cases: remedy.verification.as_ref().map_or("every", |proof| proof.in_cases.code()),
            conditional_on: match remedy.verification.as_ref().map(|proof| &proof.in_cases) {
                Some(InCases::If(facts)) => facts.iter().map(ImpliesModel::new).collect(),
                _ => Vec::new(),
            },
            dangers: remedy.dangers().iter().map(DangerRecord::new).collect(),
            steps: remedy.steps.iter().map(words::remedy::step).collect(),
            step_codes: remedy.steps.iter().map(Step::code).collect(),
            commands: render::commands(remedy).iter().map(ToString::to_string).collect(),
            terraform: render::to_terraform(&remedy.edits),
            cloudformation: render::to_cloudformation(&remedy.edits),
            why_not: words::remedy::why_not(&remedy.why_not),
            why_not_codes: remedy.why_not.iter().map(WhyNot::code).collect(),
        }
    }
}

impl EditModel {
    fn new(edit: &Edit) -> Self {
        let text = edit.after.document.source.text();
        Self {
            op: edit.op,
            policy_type: edit.policy_type,
            policy: edit.after.arn.clone().unwrap_or_else(|| edit.after.name.clone()),
            attached_to: edit.after.attached_to.first().cloned(),
            level: edit.target.clone(),
            owner: edit.owner(),
            account: edit.account.clone(),
            permission_set_arn: edit.permission_set_arn.clone(),
            what: words::policy_change::changes(edit),
            what_codes: edit.changes.iter().map(|change| change.kind.code()).collect(),
            reach: edit.reach.as_ref().map(ReachModel::new),
            document: document(text),
            text: text.to_owned(),
            diff: super::unified(edit),
        }
    }
}

impl ReachModel {
    fn new(reach: &AttachmentScope) -> Self {
        Self {
            attached_to: reach.attached_to.clone(),
            accounts: reach.accounts.clone(),
            other_accounts: reach.others().count(),
            complete: reach.incomplete.is_none(),
            why_incomplete: reach.incomplete.as_ref().map(words::tree_gap),
        }
    }
}

/// The document with its members in the order of the text; documents were read before, so the text is JSON.
fn document(text: &str) -> Box<serde_json::value::RawValue> {
    let raw = serde_json::value::RawValue::from_string(minified(text));
    raw.unwrap_or_else(|_| serde_json::value::RawValue::NULL.to_owned())
}

impl NextDenialModel {
    fn new(next: &NextDenial) -> Self {
        Self {
            action: next.action.clone(),
            resource: words::remedy::next_resource(next),
            why: words::remedy::next_why(&next.why),
            code: next.why.code(),
        }
    }
}

impl PolicyAssumptionModel {
    fn new(assumption: &PolicyAssumption) -> Self {
        Self {
            policy_type: assumption.policy_type,
            what: words::remedy::needed(assumption),
            code: assumption.needed.code(),
            owner: assumption.owner,
            account: assumption.account.clone(),
            statement: assumption.statement.clone(),
            contradicted: assumption.contradicted,
            how_to_see: Command::lines(&assumption.how_to_see),
        }
    }
}

impl VerificationModel {
    fn new(verification: &Verification, simulator: Option<Decision>) -> Self {
        let cannot_tell = words::difference::cannot_tell_all(&verification.compared.cannot_tell);
        let (cannot_tell, cannot_tell_codes) = cannot_tell.into_iter().unzip();
        Self {
            decision_after: verification.decision_after,
            newly_allowed: words::remedy::newly_allowed(verification, words::difference::access_change),
            newly_denied: verification.compared.newly_denied.iter().map(words::difference::access_change).collect(),
            cannot_tell,
            cannot_tell_codes,
            no_longer_denied: verification.no_longer_denied.iter().map(words::policy_change::opened).collect(),
            exactly_minimal: verification.exactly_minimal,
            only_this_call: verification.only_this_call,
            simulator,
            assumes: verification.assumes.iter().map(words::remedy::presumed).collect(),
            assume_codes: verification.assumes.iter().map(Presumed::code).collect(),
            provided: verification.provided.iter().map(words::remedy::provided).collect(),
            provided_codes: verification.provided.iter().map(Provided::code).collect(),
            conditional_on: verification.conditional_on.iter().map(PolicyAssumptionModel::new).collect(),
            size: verification.size,
        }
    }
}
