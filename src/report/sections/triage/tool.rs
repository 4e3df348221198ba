//! The JSON of `triage` for a model: the same, without what only adds up with other parts, and no longer than somebody reads.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::model::{TriageFinding, TriageStandout};
use super::{Listed, Triage};
use crate::diagnosed::AccountRead;
use crate::report::page::{Detail, Page};
use crate::report::sheet::Sheet;
use crate::report::{CommandReport, SCHEMA_VERSION, to_json};
use crate::triage::{Change, Filters, Secrets, Skipped, Trail, Unreadable};

/// Findings, where nothing else was said.
const FINDINGS: usize = 10;

/// Names of a list of a finding, and files.
const NAMES: usize = 50;

/// What `triage` answers, for a model.
#[derive(Debug)]
#[non_exhaustive]
pub struct ForModel(Triage);

impl ForModel {
    /// What `triage` answers, in so many findings as it has to show.
    #[must_use]
    pub const fn new(triage: Triage) -> Self {
        Self(triage)
    }
}

impl CommandReport for ForModel {
    fn page(&self, detail: Detail) -> Page {
        self.0.page(detail)
    }

    fn json(&self) -> String {
        let findings = self.0.findings();
        let standouts = self.0.standouts_of(&findings);
        let shown = findings.get(..self.0.shown(FINDINGS)).unwrap_or(&findings);
        let standouts = standouts.iter().map(|standout| TriageStandout::new(standout).cut(NAMES)).collect();
        to_json(&TriageAnswer::new(&self.0, shown, findings.len(), standouts), true)
    }

    fn sheet(&self) -> Sheet<'_> {
        self.0.sheet()
    }
}

/// What the tool `triage` answers: as the JSON of the command, but the first findings alone, with the first names of each list, and what was
/// counted in sums. `triage merge` does not read it.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TriageAnswer<'a> {
    /// The version of this form.
    schema_version: u8,
    /// Which denials count.
    #[schemars(with = "Vec<crate::triage::Chosen>")]
    filters: &'a Filters,
    /// What was read.
    trail: TrailInShort<'a>,
    /// The accounts whose policies are known, and when they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<&'a [AccountRead]>,
    /// What stands out, in sentences.
    stands_out: Vec<TriageStandout<'a>>,
    /// Denials by their cause, the most frequent first.
    findings: Vec<TriageFinding<'a>>,
    /// Findings behind these.
    more_findings: usize,
}

/// What was read of a trail.
#[derive(Debug, Serialize, JsonSchema)]
struct TrailInShort<'a> {
    /// Files and texts that were read to their end.
    files: u64,
    /// Their bytes.
    bytes: u64,
    /// Those whose content is that of another, which were left out.
    seen_before: u64,
    /// Those without records of calls.
    without_records: u64,
    /// Those of which nothing was counted, the first of them.
    skipped: &'a [Skipped],
    /// Those behind these.
    more_skipped: usize,
    /// What the others tell.
    tally: TallyInShort<'a>,
}

/// What was counted, in sums.
#[derive(Debug, Serialize, JsonSchema)]
struct TallyInShort<'a> {
    /// Records of calls, whether they worked or not.
    records: u64,
    /// Denials of IAM.
    denials: u64,
    /// Calls that failed otherwise, and look like a denial.
    failures: u64,
    /// The earliest denial, in seconds since 1970.
    first: Option<i64>,
    /// The latest.
    last: Option<i64>,
    /// The changes of policies that the findings name.
    changes: Vec<&'a Change>,
    /// Secrets in records of denials.
    secrets: &'a Secrets,
    /// Records of calls that could not be read; they are not among the records.
    unreadable: &'a Unreadable,
}

impl<'a> TriageAnswer<'a> {
    fn new(triage: &'a Triage, shown: &'a [Listed<'a>], all: usize, stands_out: Vec<TriageStandout<'a>>) -> Self {
        let findings: Vec<_> =
            (1..).zip(shown).map(|(number, listed)| TriageFinding::new(number, listed).cut(NAMES)).collect();
        let named = findings.iter().flat_map(|finding| finding.changes_before.iter().copied()).collect();
        Self {
            schema_version: SCHEMA_VERSION,
            filters: &triage.filters,
            trail: TrailInShort::new(&triage.trail, &named),
            policies: triage.diagnosis.as_ref().map(|diagnosis| diagnosis.policies.as_slice()),
            stands_out,
            findings,
            more_findings: all - shown.len(),
        }
    }
}

impl<'a> TrailInShort<'a> {
    fn new(trail: &'a Trail, changes: &BTreeSet<&str>) -> Self {
        let tally = &trail.tally;
        let (denials, failures) = tally.sums();
        let skipped = trail.skipped.get(..NAMES).unwrap_or(&trail.skipped);
        Self {
            files: trail.files,
            bytes: trail.bytes,
            seen_before: trail.seen_before,
            without_records: trail.without_records,
            skipped,
            more_skipped: trail.skipped.len() - skipped.len(),
            tally: TallyInShort {
                records: tally.records,
                denials,
                failures,
                first: tally.first,
                last: tally.last,
                changes: tally.changes.iter().filter(|change| changes.contains(change.id.as_str())).collect(),
                secrets: &tally.secrets,
                unreadable: &tally.unreadable,
            },
        }
    }
}
