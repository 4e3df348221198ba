//! The denials of a whole trail: what stands out, and the findings, the most frequent first.

use schemars::JsonSchema;
use serde::Serialize;

use super::triage_finding::{self, ExplainedModel, NotDiagnosedModel};
use crate::diagnosed::{self, Outcome, TrailDiagnosis};
use crate::iam::{Action, Owner, PolicyType};
use crate::reference::Reference;
use crate::report::page::{Detail, Page, Tone};
use crate::report::words::triage as words;
use crate::report::{CommandReport, SCHEMA_VERSION, to_json};
use crate::triage::{Finding, Reason, Standout, Trail, findings, standouts};

/// What `triage` answers.
#[derive(Debug)]
pub struct Triage {
    /// What was read.
    pub trail: Trail,
    /// Findings that a person gets to see.
    pub top: usize,
    /// What policies tell, where some were given.
    pub diagnosis: Option<TrailDiagnosis>,
}

impl Triage {
    /// The findings, the most frequent first: by policies where some were given, else by AWS's words.
    #[must_use]
    pub fn findings(&self) -> Vec<(Finding<'_>, Option<&Outcome>)> {
        match &self.diagnosis {
            Some(diagnosis) => diagnosed::findings(&self.trail.tally, diagnosis)
                .into_iter()
                .map(|(finding, outcome)| (finding, Some(outcome)))
                .collect(),
            None => findings(&self.trail.tally).into_iter().map(|finding| (finding, None)).collect(),
        }
    }
}

/// The JSON of `triage`; `triage merge` reads it too.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TriageReport<'a> {
    /// The version of this form.
    schema_version: u8,
    /// What was read and counted: all that adds up.
    trail: &'a Trail,
    /// What stands out, in sentences.
    stands_out: Vec<StandoutModel<'a>>,
    /// Denials by their cause, the most frequent first.
    findings: Vec<FindingModel<'a>>,
}

/// Something that stands out.
#[derive(Debug, Serialize, JsonSchema)]
struct StandoutModel<'a> {
    /// Its stable code.
    code: &'static str,
    /// Who, as in a fingerprint.
    principals: Vec<&'a str>,
    /// It, in a sentence.
    what: String,
}

/// Denials of one cause.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingModel<'a> {
    /// By what they are denied, in a sentence.
    reason: String,
    /// The stable code of that.
    reason_code: &'static str,
    /// The type of the policy, where AWS told it.
    policy_type: Option<PolicyType>,
    /// The policy that AWS named.
    policy_arn: Option<&'a str>,
    /// Who can change it, where that follows from the type.
    owner: Option<Owner>,
    /// How many denials.
    count: u64,
    /// The first (RFC 3339).
    first: Option<String>,
    /// The last.
    last: Option<String>,
    /// The principals, as in a fingerprint.
    principals: Vec<&'a str>,
    /// The fingerprints, the most frequent first.
    fingerprints: Vec<&'a str>,
    /// Changes of policies in the hour before the first, by the ids of their records. That is no proof that they are the cause.
    changes_before: Vec<&'a str>,
    /// What the policies that were given tell of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Box<ExplainedModel>>,
    /// Why policies were given and tell nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_diagnosed: Option<NotDiagnosedModel>,
}

impl<'a> FindingModel<'a> {
    fn new((finding, outcome): &'a (Finding<'a>, Option<&'a Outcome>)) -> Self {
        let time = |at: Option<i64>| at.and_then(|at| jiff::Timestamp::from_second(at).ok()).map(|at| at.to_string());
        let (reason_code, policy_type, policy_arn) = match &finding.reason {
            Reason::Policy { arn, policy_type } => ("named-policy", *policy_type, Some(arn.as_str())),
            Reason::OfType { policy_type, denies: true, .. } => ("explicit-deny", Some(*policy_type), None),
            Reason::OfType { policy_type, denies: false, .. } => ("missing-allow", Some(*policy_type), None),
            Reason::Untold { .. } => ("not-told", None, None),
            Reason::Failure { .. } => ("other-failure", None, None),
        };
        Self {
            reason: words::reason(&finding.reason),
            reason_code,
            policy_type,
            policy_arn,
            owner: finding.reason.owner(),
            count: finding.count,
            first: time(finding.first),
            last: time(finding.last),
            principals: finding.principals().into_iter().collect(),
            fingerprints: finding.fingerprints.iter().map(|(id, _)| *id).collect(),
            changes_before: finding.changes.iter().map(|change| change.id.as_str()).collect(),
            diagnosis: ExplainedModel::of(*outcome),
            not_diagnosed: NotDiagnosedModel::of(*outcome),
        }
    }
}

impl<'a> StandoutModel<'a> {
    fn new(standout: &Standout<'a>) -> Self {
        let (code, principal) = match standout {
            Standout::Quarantine { principal, .. } => ("quarantine", *principal),
            Standout::ManyActions { principal, .. } => ("many-actions", *principal),
            Standout::Services { principals, .. } => {
                return Self::of("service-principals", principals.clone(), standout);
            }
            Standout::Dangerous { principals, .. } => {
                return Self::of("dangerous-actions", principals.clone(), standout);
            }
        };
        Self::of(code, vec![principal], standout)
    }

    fn of(code: &'static str, principals: Vec<&'a str>, standout: &Standout<'a>) -> Self {
        Self { code, principals, what: words::standout(standout) }
    }
}

/// Damaged files that a person wants to read.
const SKIPPED_SHOWN: usize = 5;

/// What stands out that a person wants to read.
const STANDOUTS_SHOWN: usize = 8;

/// Actions as AWS writes them.
fn spelled(actions: &[(&str, u64)]) -> Vec<(String, u64)> {
    let name = |folded: &str| {
        let action: Option<Action> = folded.parse().ok();
        let facts = action.as_ref().and_then(|action| Reference::embedded().action(action));
        facts.map_or_else(|| folded.to_owned(), |facts| facts.full_name())
    };
    actions.iter().map(|(action, count)| (name(action), *count)).collect()
}

fn owned(names: &[(&str, u64)]) -> Vec<(String, u64)> {
    names.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

impl CommandReport for Triage {
    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        page.whole("", words::read(&self.trail));
        for line in words::left_out(&self.trail) {
            page.whole("  ", line);
        }
        let skipped = &self.trail.skipped;
        if !skipped.is_empty() {
            let count = words::counted_large(skipped.len() as u64, "file is", "files are");
            page.heading("SKIPPED", format!("{count} damaged, and nothing of it was counted"), Tone::Unsure);
            let shown = if detail.all() { skipped.len() } else { SKIPPED_SHOWN };
            for file in skipped.iter().take(shown) {
                page.whole("  ", format!("{}: {}", file.path, file.why));
            }
            if skipped.len() > shown {
                page.whole("  ", format!("{} more: --all", skipped.len() - shown));
            }
        }
        let standouts = standouts(&self.trail.tally, Reference::embedded());
        if !standouts.is_empty() {
            page.heading("STANDS OUT", String::new(), Tone::Block);
            let shown = if detail.all() { standouts.len() } else { STANDOUTS_SHOWN };
            standouts.iter().take(shown).for_each(|standout| page.item(" !  ", words::standout(standout)));
            if standouts.len() > shown {
                page.whole("  ", format!("{} more: --all", standouts.len() - shown));
            }
        }
        let findings = self.findings();
        let shown = if detail.all() { findings.len() } else { self.top };
        for (number, (finding, outcome)) in findings.iter().take(shown).enumerate() {
            let count = words::counted_large(finding.count, "denial", "denials");
            let cause = outcome.and_then(triage_finding::cause);
            let cause = cause.unwrap_or_else(|| words::reason(&finding.reason));
            page.heading(format!("{}", number + 1), format!("{count}: {cause}"), Tone::Block);
            page.item("  by    ", words::first_names(finding.principals()));
            page.item("  for   ", words::names(&spelled(&finding.actions())));
            page.item("  on    ", words::names(&owned(&finding.resources())));
            if let Some(when) = words::when(finding) {
                page.item("  when  ", when);
            }
            let spread = words::spread(finding);
            if !spread.is_empty() {
                page.item("  from  ", spread);
            }
            if let Some(outcome) = outcome {
                triage_finding::lines(&mut page, outcome, finding.count, detail.all());
            }
            // a remedy says who must make it
            let has_remedy =
                outcome.is_some_and(|it| matches!(it, Outcome::Explained(explained) if !explained.remedies.is_empty()));
            if let Some(owner) = finding.reason.owner().filter(|_| !has_remedy) {
                page.item("  ask   ", format!("the {}", owner.noun().trim_start_matches("the ")));
            }
            if let Some(change) = finding.nearest_change() {
                page.item("  look  ", words::change(change, finding.first));
            }
        }
        if findings.len() > shown {
            page.whole(
                "MORE  ",
                format!("{} more findings: --all, or --top N", words::large((findings.len() - shown) as u64)),
            );
        }
        page
    }

    fn json(&self) -> String {
        let found = self.findings();
        let standouts = standouts(&self.trail.tally, Reference::embedded());
        let model = TriageReport {
            schema_version: SCHEMA_VERSION,
            trail: &self.trail,
            stands_out: standouts.iter().map(StandoutModel::new).collect(),
            findings: found.iter().map(FindingModel::new).collect(),
        };
        to_json(&model, true)
    }
}
