//! What a probe found: every cell with its verdict, counts that add up, and one finding for many cells.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::discovery::{Discovery, Found, RegionModels};
use super::findings::{Finding, FindingModel};
use super::plan::Estimate;
use super::record::{CellRecord, Counts, clean};
use super::run::Run;
use super::settings::Origin;
use super::verdict::{Authorized, Detail, Judgement, Verdict};
use crate::iam::{Principal, secret};
use crate::report::SCHEMA_VERSION;

/// Whom the credentials are, as STS says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Identity {
    /// The caller's ARN.
    pub arn: String,
    /// The account.
    pub account: String,
}

/// How the calls are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// By the credentials of the identity.
    Sigv4,
    /// By a Bedrock API key, whose user may be another one.
    Bearer,
}

/// That the key which signs the calls counts as compromised, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Incident {
    /// What marks it so.
    pub why: Vec<String>,
    /// Whether it was called with all the same, as the caller wished.
    pub called: bool,
    /// What to do, in this order.
    pub steps: Vec<String>,
    /// Commands for it.
    pub commands: Vec<String>,
    /// What not to do.
    pub never: Option<String>,
}

/// What the run does not know by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended.
    pub ended_at: String,
    /// Who called; none where STS did not answer.
    pub identity: Option<Identity>,
    /// How the calls were signed.
    pub auth: Auth,
    /// The command that does it again.
    pub command: String,
    /// That the key counts as compromised.
    pub incident: Option<Incident>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

/// The report of a probe.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProbeReport {
    /// The version of this shape: 1.
    pub schema_version: u8,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended.
    pub ended_at: String,
    /// Whether nothing was broken off.
    pub complete: bool,
    /// Who called.
    pub identity: Option<Identity>,
    /// How the calls were signed.
    pub auth: Auth,
    /// The command that does it again.
    pub command: String,
    /// The answer in a sentence.
    pub summary: String,
    /// That the key counts as compromised; nothing is called with it then, unless the caller insists.
    pub incident: Option<Incident>,
    /// Every cell of the matrix.
    pub cells: Vec<CellRecord>,
    /// How many cells have each verdict.
    pub counts: Counts,
    /// What the calls used.
    pub usage: UsageRecord,
    /// What they were estimated at before.
    pub estimate: Estimate,
    /// What the control plane told, by Region. Never a verdict.
    pub discovery: Vec<DiscoveryRecord>,
    /// What was seen, about what was tried and no more.
    pub statements: Vec<String>,
    /// What the cells together point to.
    pub patterns: Vec<String>,
    /// What there is to know besides, and what was not tried.
    pub notes: Vec<String>,
    /// Why cells are denied: one for many cells.
    #[schemars(with = "Vec<FindingModel<'static>>")]
    #[serde(serialize_with = "findings")]
    pub findings: Vec<Finding>,
    /// What was said of denied cells, to make findings of.
    #[serde(skip)]
    pub(super) judgements: Vec<Option<Judgement>>,
    /// The models behind profiles: Region, profile, their ARNs.
    #[serde(skip)]
    pub(super) destinations: Vec<(String, String, Vec<String>)>,
}

/// What the calls used.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct UsageRecord {
    /// Tokens of the questions.
    pub input_tokens: u64,
    /// Tokens of the answers.
    pub output_tokens: u64,
    /// Their price at most, in US dollars.
    pub estimated_usd: f64,
    /// Calls, repetitions included.
    pub calls: u32,
}

/// What the control plane told of a Region.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DiscoveryRecord {
    /// The Region.
    pub region: String,
    /// How many models it lists; none where it did not tell.
    pub models: Option<usize>,
    /// How many profiles.
    pub profiles: Option<usize>,
    /// What it said instead.
    pub refused: Vec<String>,
}

impl Incident {
    /// What marks the key, and what follows for this run.
    pub(super) fn lines(&self) -> Vec<String> {
        let follows = if self.called {
            "it was called with all the same, as --i-own-this-key says"
        } else {
            "nothing was called with it; --i-own-this-key is for who has dealt with that"
        };
        self.why.iter().cloned().chain([follows.to_owned()]).collect()
    }
}

/// How a probe ended, as its exit code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every call that was planned is allowed, and the models answer.
    Allowed,
    /// Some cell is denied.
    Denied,
    /// Nothing is denied, and not everything is decided.
    Undecided,
    /// A quarantined identity, or leaked credentials.
    Incident,
}

impl Ending {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::Denied => 1,
            Self::Undecided => 3,
            Self::Incident => 5,
        }
    }
}

impl ProbeReport {
    /// The report of a run, as far as it went. Findings are added by [`Self::conclude`].
    #[must_use]
    pub fn new(run: &Run, facts: Facts) -> Self {
        let cells: Vec<CellRecord> = run.cells().iter().map(CellRecord::new).collect();
        let counts = Counts::of(&cells);
        let usage = run.usage();
        let plan = run.plan();
        let mut notes: Vec<String> = plan.notes.iter().chain(&facts.notes).map(|note| clean(note)).collect();
        for cell in run.cells().iter().filter(|cell| !cell.attempts.is_empty()) {
            let note = super::plan::unknown_offer(plan, &cell.planned).filter(|note| !notes.contains(note));
            notes.extend(note);
        }
        let mut report = Self {
            schema_version: SCHEMA_VERSION,
            started_at: clean(&facts.started_at),
            ended_at: clean(&facts.ended_at),
            complete: run.is_complete(),
            identity: facts.identity,
            auth: facts.auth,
            command: clean(&facts.command),
            summary: super::patterns::in_short(&cells),
            incident: facts.incident,
            counts,
            usage: UsageRecord {
                input_tokens: usage.input_tokens,
                output_tokens: usage.output_tokens,
                estimated_usd: round(run.spent_usd()),
                calls: run.calls(),
            },
            estimate: Estimate { max_usd: round(plan.estimate.max_usd), ..plan.estimate },
            discovery: discovery(&plan.discovery),
            statements: Vec::new(),
            patterns: Vec::new(),
            notes,
            findings: Vec::new(),
            destinations: destinations(run),
            judgements: run.cells().iter().map(|cell| cell.judgement.clone()).collect(),
            cells,
        };
        report.statements = super::patterns::statements(&report.cells);
        report.patterns = super::patterns::patterns(&report.cells);
        let left = super::patterns::not_tried(&report.cells, &plan.discovery);
        report.notes.extend(left);
        let other = report.another_principal().map(|note| clean(&note));
        report.notes.extend(other);
        report
    }

    /// How it ended.
    #[must_use]
    pub fn ending(&self) -> Ending {
        let incident = self.incident.is_some()
            || self.findings.iter().any(|finding| finding.report.diagnosis.incident)
            || self.cells.iter().any(|cell| cell.detail == Some(Detail::Quarantine));
        let fine = |cell: &CellRecord| {
            cell.authorized == Authorized::Yes
                && matches!(cell.verdict, Verdict::Ok | Verdict::Throttled | Verdict::RequestInvalid)
        };
        // that a model is called by a profile only is no open question once the profile answers
        let answered = |cell: &CellRecord| {
            let leads_on = |other: &CellRecord| {
                other.origin == Origin::Fallback
                    && (&other.model, &other.region, other.api) == (&cell.model, &cell.region, cell.api)
                    && fine(other)
            };
            cell.verdict == Verdict::Routing && self.cells.iter().any(leads_on)
        };
        if incident {
            Ending::Incident
        } else if self.cells.iter().any(|cell| cell.authorized == Authorized::No) {
            Ending::Denied
        } else if self.complete && !self.cells.is_empty() && self.cells.iter().all(|cell| fine(cell) || answered(cell))
        {
            Ending::Allowed
        } else {
            Ending::Undecided
        }
    }

    /// The JSON, indented, with a newline at the end.
    #[must_use]
    pub fn json(&self) -> String {
        let text = crate::report::to_json(self, true);
        format!("{}\n", secret::redact(&text))
    }

    /// A page of this report with account ids and names replaced by stable pseudonyms.
    #[must_use]
    pub fn redacted(&self, page: &str) -> String {
        let own = self.identity.iter().map(|identity| identity.arn.as_str());
        let called = self.cells.iter().map(|cell| cell.resolved.as_str());
        let also: Vec<&str> = own.chain(called.filter(|model| model.starts_with("arn:"))).collect();
        crate::report::redacted_text(page, self.findings.iter().map(|finding| &finding.report), &also)
    }

    /// The account whose policies decide: of the API key's user where that is known, of the identity otherwise.
    pub(super) fn account(&self) -> Option<&str> {
        match self.auth {
            Auth::Sigv4 => self.identity.as_ref().map(|identity| identity.account.as_str()),
            Auth::Bearer => self.denied_principals().find_map(Principal::account),
        }
    }

    /// Whom AWS named as denied.
    pub(super) fn denied_principals(&self) -> impl Iterator<Item = &Principal> {
        self.judgements.iter().flatten().filter_map(|it| it.denial.as_ref()?.principal.as_ref())
    }

    /// What there is to know where AWS denied another principal than the one that STS named.
    fn another_principal(&self) -> Option<String> {
        let named = self.denied_principals().map(Principal::as_str).find(|named| named.starts_with("arn:"))?;
        let own = self.identity.as_ref().map(|identity| identity.arn.as_str());
        if own == Some(named) {
            return None;
        }
        Some(match self.auth {
            Auth::Bearer => format!("AWS denied {named}: that is the user of the API key, whose policies decide"),
            Auth::Sigv4 => format!("AWS denied {named}, and STS named {}", own.unwrap_or("nobody")),
        })
    }
}

fn findings<S: Serializer>(findings: &[Finding], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(FindingModel::new))
}

/// The models behind the profiles that were planned, where the control plane told them.
fn destinations(run: &Run) -> Vec<(String, String, Vec<String>)> {
    let mut all: Vec<(String, String, Vec<String>)> = Vec::new();
    for cell in run.cells() {
        let models = run.plan().discovery.destinations(&cell.planned.region, &cell.planned.resolved);
        let found = (cell.planned.region.clone(), clean(cell.planned.resolved.as_str()), models.to_vec());
        if !models.is_empty() && !all.contains(&found) {
            all.push(found);
        }
    }
    all
}

fn discovery(found: &Discovery) -> Vec<DiscoveryRecord> {
    let record = |(region, models): (&String, &RegionModels)| DiscoveryRecord {
        region: region.clone(),
        models: models.models.listed().map(Vec::len),
        profiles: models.profiles.listed().map(Vec::len),
        refused: [refused(&models.models), refused(&models.profiles)]
            .into_iter()
            .chain(models.availability.values().map(refused))
            .flatten()
            .map(|why| clean(why))
            .collect(),
    };
    found.regions.iter().map(record).collect()
}

fn refused<T>(found: &Found<T>) -> Option<&String> {
    match found {
        Found::Refused(why) => Some(why),
        Found::Listed(_) | Found::NotTried => None,
    }
}

/// Hundredths of a cent are cents enough.
fn round(usd: f64) -> f64 {
    (usd * 1e6).ceil() / 1e6
}
