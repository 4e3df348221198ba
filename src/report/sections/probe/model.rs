//! The report of a probe as programs read it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::lines::{joined, still_denied, unknown};
use super::{Counts, Diagnosed, ProbeReport};
use crate::iam::{PolicyType, secret};
use crate::probe::{
    Api, Auth, Authorized, Cell, CellNote, Detail, Estimate, Identity, Incident, Mark, Note, Observation, Origin,
    Pattern, Proposal, Refusal, RegionModels, Stuck, Summary, Usage, Variation, Verdict, observations, patterns, stuck,
};
use crate::remedy::{Step, WhyNot};
use crate::report::SCHEMA_VERSION;
use crate::report::model::ReportModel;
use crate::report::next_step::NextStepRecord;
use crate::report::words::{gap_subject, next_step, probe as words, probe_cell, remedy};

/// The report of a probe.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProbeReport")]
pub struct ProbeModel<'a> {
    /// The version of this shape: 1.
    schema_version: u8,
    /// When it began, RFC 3339 in UTC.
    started_at: String,
    /// When it ended.
    ended_at: String,
    /// Whether nothing was broken off.
    complete: bool,
    /// Who called.
    identity: Option<&'a Identity>,
    /// How the calls were signed.
    auth: Auth,
    /// The command that does it again.
    command: String,
    /// The answer in a sentence.
    summary: String,
    /// Its code.
    summary_code: &'static str,
    /// That the key counts as compromised; nothing is called with it then, unless the caller insists.
    incident: Option<IncidentModel>,
    /// Every cell of the matrix.
    cells: Vec<CellRecord<'a>>,
    /// How many cells have each verdict.
    counts: Counts,
    /// What the calls used.
    usage: UsageRecord,
    /// What they were estimated at before.
    estimate: Estimate,
    /// What the control plane reported, by Region. Never a verdict.
    discovery: Vec<DiscoveryRecord>,
    /// What was seen, about what was tried and no more.
    statements: Vec<String>,
    /// Their codes, in the same order.
    statement_codes: Vec<&'static str>,
    /// What the cells together point to.
    patterns: Vec<String>,
    /// Their codes, in the same order.
    pattern_codes: Vec<&'static str>,
    /// What to do about cells that failed for another reason than a policy: one for many cells.
    next: Vec<StuckRecord>,
    /// What there is to know besides, and what was not tried.
    notes: Vec<String>,
    /// Their codes, in the same order.
    note_codes: Vec<&'static str>,
    /// Why cells are denied: one for many cells.
    findings: Vec<FindingModel<'a>>,
}

/// Cells that failed in one way, and what to do.
#[derive(Debug, Serialize, JsonSchema)]
struct StuckRecord {
    /// What failed, as a code.
    code: &'static str,
    /// What failed, in a sentence.
    what: &'static str,
    /// The cells, counted from 0.
    cells: Vec<usize>,
    /// The steps, in order.
    steps: Vec<NextStepRecord>,
}

/// That the key which signs the calls counts as compromised, and what to do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Incident")]
struct IncidentModel {
    /// What marks it so.
    why: Vec<String>,
    /// Their codes, in the same order.
    why_codes: Vec<&'static str>,
    /// Whether it was called with all the same, as the caller wished.
    called: bool,
    /// What to do, in this order.
    steps: Vec<String>,
    /// Their codes, in the same order.
    step_codes: Vec<&'static str>,
    /// Commands for it.
    commands: Vec<String>,
    /// What not to do.
    never: Option<String>,
    /// The codes of what it says.
    never_codes: Vec<&'static str>,
}

/// One cell.
#[derive(Debug, Serialize, JsonSchema)]
struct CellRecord<'a> {
    /// The model as asked.
    model: String,
    /// What went into the request.
    resolved: String,
    /// The Region whose endpoint was called.
    region: &'a str,
    /// The operation.
    api: Api,
    /// The parameters beyond one output token.
    #[schemars(with = "BTreeMap<String, Value>")]
    parameters: BTreeMap<&'static str, Value>,
    /// How often it was called.
    attempts: usize,
    /// The HTTP status of the last answer.
    http_status: Option<u16>,
    /// Its error code.
    error_code: Option<String>,
    /// Its text, without secrets.
    message: Option<String>,
    /// How long it took.
    latency_ms: Option<u64>,
    /// What it came to.
    verdict: Verdict,
    /// What more that says.
    detail: Option<Detail>,
    /// The type of policy that AWS named.
    policy_type: Option<PolicyType>,
    /// Whether the policies allow it.
    authorized: Authorized,
    /// The policy that AWS named.
    policy_arn: Option<String>,
    /// The action that is checked, or that was denied.
    action: String,
    /// The resource that was denied: not always the model that was asked for.
    denied_resource: Option<String>,
    /// The service's id of the last request.
    request_id: Option<String>,
    /// The tokens, where the answer tells.
    usage: Option<Usage>,
    /// What the verdict does not show by itself, or why the cell was not called.
    note: Option<String>,
    /// The codes of what the note says, in the same order.
    note_codes: Vec<&'static str>,
    /// Why the cell is in the matrix.
    origin: Origin,
    /// The cell that led to it, counted from 0.
    after: Option<usize>,
}

/// What the calls used.
#[derive(Debug, Serialize, JsonSchema)]
struct UsageRecord {
    /// Tokens of the questions.
    input_tokens: u64,
    /// Tokens of the answers.
    output_tokens: u64,
    /// Their price at most, in US dollars.
    estimated_usd: f64,
    /// Calls, repetitions included.
    calls: u32,
}

/// What the control plane reported of a Region.
#[derive(Debug, Serialize, JsonSchema)]
struct DiscoveryRecord {
    /// The Region.
    region: String,
    /// How many models it lists; none where it did not tell.
    models: Option<usize>,
    /// How many profiles.
    profiles: Option<usize>,
    /// What it said instead.
    refused: Vec<String>,
}

/// A finding as programs read it: a report as in `diagnose`, and the cells that it is about.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingModel<'a> {
    /// The cells, counted from 0.
    cells: &'a [usize],
    /// What was seen, about what was tried.
    statement: String,
    /// Its code.
    statement_code: &'static str,
    /// What to do before anything else.
    advice: Vec<String>,
    /// Their codes, in the same order.
    advice_codes: Vec<&'static str>,
    /// One policy for all that was tried, where an allow is missing.
    proposal: Option<ProposalModel<'a>>,
    /// The diagnosis.
    #[serde(flatten)]
    report: ReportModel<'a>,
}

/// A policy for all calls of a finding.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Proposal")]
struct ProposalModel<'a> {
    /// The policy document.
    document: &'a str,
    /// Its size as AWS counts it, without white space.
    characters: usize,
    /// Requests that the calls make.
    requests: usize,
    /// How many of them the document alone allows.
    allowed: usize,
    /// How many are allowed by the document together with the policies that were given.
    allowed_with_policies: usize,
    /// Layers that were not seen, which are assumed not to block.
    assumes: Vec<String>,
    /// Requests that stay denied, and how.
    still_denied: Vec<String>,
    /// What is not known of the calls, with the command that tells it.
    unknown: Vec<String>,
}

impl<'a> ProbeModel<'a> {
    pub(super) fn new(report: &'a ProbeReport) -> Self {
        let record = &report.record;
        let (run, cells) = (&record.run, record.cells());
        let summary = Summary::of(cells);
        let (seen, points_to, notes) = (observations(cells), patterns(cells), record.notes());
        let usage = run.usage();
        let plan = run.plan();
        Self {
            schema_version: SCHEMA_VERSION,
            started_at: clean(&record.started_at),
            ended_at: clean(&record.ended_at),
            complete: run.is_complete(),
            identity: record.identity.as_ref(),
            auth: record.auth,
            command: clean(&record.command.line()),
            summary: words::summary(&summary),
            summary_code: summary.code(),
            incident: record.incident.as_ref().map(IncidentModel::new),
            cells: cells.iter().map(CellRecord::new).collect(),
            counts: Counts::of(cells),
            usage: UsageRecord {
                input_tokens: usage.input_tokens,
                output_tokens: usage.output_tokens,
                estimated_usd: round(run.spent_usd()),
                calls: run.calls(),
            },
            estimate: Estimate { max_usd: round(plan.estimate.max_usd), ..plan.estimate },
            discovery: plan.discovery.regions.iter().map(discovery).collect(),
            statements: seen.iter().map(words::observation).collect(),
            statement_codes: seen.iter().map(Observation::code).collect(),
            patterns: points_to.iter().map(words::pattern).collect(),
            pattern_codes: points_to.iter().map(Pattern::code).collect(),
            next: stuck(record).iter().map(StuckRecord::new).collect(),
            notes: notes.iter().map(|note| clean(&words::note(note))).collect(),
            note_codes: notes.iter().map(Note::code).collect(),
            findings: report.findings.iter().map(FindingModel::new).collect(),
        }
    }
}

impl StuckRecord {
    fn new(stuck: &Stuck) -> Self {
        let failure = stuck.calls.failure;
        Self {
            code: failure.code(),
            what: next_step::failure(failure),
            cells: stuck.cells.clone(),
            steps: NextStepRecord::all(&stuck.calls),
        }
    }
}

impl IncidentModel {
    fn new(incident: &Incident) -> Self {
        let response = incident.response.as_ref();
        let (steps, never) = response.map_or((&[][..], &[][..]), |response| (&response.steps, &response.why_not));
        Self {
            why: incident.marks.iter().map(words::mark).collect(),
            why_codes: incident.marks.iter().map(Mark::code).collect(),
            called: incident.called,
            steps: steps.iter().map(remedy::step).collect(),
            step_codes: steps.iter().map(Step::code).collect(),
            commands: response.map(|remedy| remedy.calls.iter().map(ToString::to_string).collect()).unwrap_or_default(),
            never: remedy::why_not(never),
            never_codes: never.iter().map(WhyNot::code).collect(),
        }
    }
}

impl<'a> CellRecord<'a> {
    fn new(cell: &'a Cell) -> Self {
        let (judgement, last) = (&cell.judgement, cell.attempts.last());
        Self {
            model: clean(&cell.plan.asked),
            resolved: clean(cell.model()),
            region: cell.region(),
            api: cell.plan.call.api,
            parameters: parameters(&cell.plan.call.variation),
            attempts: cell.attempts.len(),
            http_status: cell.status(),
            error_code: cell.error_code().map(clean),
            message: last.and_then(probe_cell::message).as_deref().map(clean),
            latency_ms: last.map(|attempt| attempt.latency_ms),
            verdict: judgement.verdict,
            detail: judgement.detail,
            policy_type: judgement.policy_type(),
            authorized: judgement.authorized,
            policy_arn: judgement.policy_arn().map(clean),
            action: clean(cell.action()),
            denied_resource: judgement.denied_resource().map(clean),
            request_id: last.and_then(|attempt| attempt.request_id.as_deref()).map(clean),
            usage: cell.usage(),
            note: (!judgement.notes.is_empty()).then(|| clean(&joined(&judgement.notes))),
            note_codes: judgement.notes.iter().map(CellNote::code).collect(),
            origin: cell.plan.origin,
            after: cell.plan.after,
        }
    }
}

impl<'a> FindingModel<'a> {
    fn new(diagnosed: &'a Diagnosed) -> Self {
        Self {
            cells: &diagnosed.finding.cells,
            statement: words::basis(&diagnosed.finding.basis),
            statement_code: diagnosed.finding.basis.code(),
            advice: diagnosed.first(),
            advice_codes: diagnosed.advice.iter().map(|advice| advice.code()).collect(),
            proposal: diagnosed.proposal.as_ref().map(ProposalModel::new),
            report: ReportModel::new(&diagnosed.report),
        }
    }
}

impl<'a> ProposalModel<'a> {
    fn new(proposal: &'a Proposal) -> Self {
        Self {
            document: &proposal.document,
            characters: proposal.characters(),
            requests: proposal.requests,
            allowed: proposal.allowed,
            allowed_with_policies: proposal.allowed_with_policies(),
            assumes: proposal.assumes.iter().map(gap_subject).collect(),
            still_denied: still_denied(proposal),
            unknown: unknown(proposal),
        }
    }
}

fn discovery((region, models): (&String, &RegionModels)) -> DiscoveryRecord {
    let lists = [models.models.refused(), models.profiles.refused()].into_iter();
    let refused = lists.chain(models.availability.values().map(|found| found.refused())).flatten();
    DiscoveryRecord {
        region: region.clone(),
        models: models.models.listed().map(Vec::len),
        profiles: models.profiles.listed().map(Vec::len),
        refused: refused.map(|why: &Refusal| clean(&words::refusal(why))).collect(),
    }
}

/// What differs from the plain call.
fn parameters(variation: &Variation) -> BTreeMap<&'static str, Value> {
    match variation {
        Variation::Plain => BTreeMap::new(),
        Variation::Temperature => [("temperature", json!(0))].into(),
        Variation::TemperatureAndTopP => [("temperature", json!(0)), ("top_p", json!(1))].into(),
        Variation::Tool => [("tools", json!(1))].into(),
        Variation::ServiceTier(tier) => [("service_tier", json!(tier))].into(),
        Variation::LowLatency => [("latency", json!("optimized"))].into(),
        Variation::Guardrail { identifier, version } => {
            [("guardrail", json!(clean(identifier))), ("guardrail_version", json!(clean(version)))].into()
        }
        Variation::Dry => [("max_tokens", json!(0))].into(),
    }
}

/// Text from outside on its way into the report: no secret, and no longer than a message is.
fn clean(text: &str) -> String {
    const LONGEST: usize = 4_000;
    let safe = secret::redact(text);
    match safe.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}... (cut)", safe.get(..end).unwrap_or_default()),
        None => safe.into_owned(),
    }
}

/// Hundredths of a cent are cents enough.
fn round(usd: f64) -> f64 {
    (usd * 1e6).ceil() / 1e6
}
