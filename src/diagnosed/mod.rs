//! The findings of a trail for which policies were given: each cause by its statement, a remedy, and which denials it would end.
//!
//! A denial is counted as ended where its record was evaluated again with the remedy in place and is allowed then. What is only alike is
//! not counted, and what rests on policies that were not seen is counted by itself.

mod applied;
mod ends;
mod key;
mod narrowest;
mod shared;
mod standing;
mod standouts;
mod survey;
mod work;

use crate::denial::{Denial, FingerprintId};
use crate::diagnose::{Blocker, Cause, Confidence, Diagnosis, Disagreement, Summary};
use crate::evaluate::{Decision, Evaluation};
use crate::iam::{Gap, PolicySet, Request};
use crate::remedy::{Edit, Remedy, RemedyId};
use crate::snapshot::PrincipalFound;
use crate::triage::{Cautions, Counted, Finding, Reason, Tally};

pub use ends::{Count, Ends, Together};
pub use standouts::standouts;
pub use survey::{Look, denials, look};
pub use work::{REMEDIES, diagnosed};

/// The stages from a denial to its remedies, by the policies and options of one run.
pub trait Stages: Sync {
    /// What was asked, and what the policies say.
    fn asked(&self, denial: &Denial) -> Asked;

    /// Why it was denied.
    fn diagnosis(&self, denial: &Denial) -> (Asked, Diagnosis);

    /// Why, and what to change: for what was asked for, or for all that a pattern covers.
    fn remedies(&self, denial: &Denial, of_all: Option<&str>) -> (Diagnosis, Vec<Remedy>);

    /// Whether it is allowed with these edits in place, where what was not seen does not block: what was asked for, or all that a pattern
    /// covers. With each edit stands whether a new policy would be attached there.
    fn is_allowed_with(&self, denial: &Denial, of_all: Option<&str>, edits: &[(&Edit, bool)]) -> bool;

    /// What to change with these edits in place.
    fn remedies_with(&self, denial: &Denial, of_all: Option<&str>, edits: &[(&Edit, bool)]) -> Vec<Remedy>;

    /// Whether it is allowed by these policies whatever is not known of the request, as far as that agrees with what AWS said.
    fn is_always_allowed(&self, denial: &Denial, asked: &Asked, policies: &PolicySet) -> bool;
}

/// What was asked, and what the policies say.
#[derive(Debug)]
#[non_exhaustive]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// The policies that apply.
    pub policies: PolicySet,
    /// Whether the principal was found.
    pub principal: PrincipalFound,
    /// What they say.
    pub evaluation: Evaluation,
}

impl Asked {
    /// A request, its policies, and whether its principal was found.
    #[must_use]
    pub const fn new(request: Request, policies: PolicySet, principal: PrincipalFound, evaluation: Evaluation) -> Self {
        Self { request, policies, principal, evaluation }
    }
}

/// What policies tell of the denials of a trail.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct TrailDiagnosis {
    /// Groups of fingerprints: each fingerprint is in one.
    pub groups: Vec<Group>,
    /// The accounts whose policies are known.
    pub policies: Vec<AccountRead>,
}

/// An account whose policies are known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "report", derive(serde::Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountRead {
    /// Its id.
    pub account: String,
    /// When they were read (RFC 3339), where the file tells it.
    pub taken_at: Option<String>,
}

impl AccountRead {
    /// An account, and when its policies were read.
    #[must_use]
    pub const fn new(account: String, taken_at: Option<String>) -> Self {
        Self { account, taken_at }
    }
}

/// Fingerprints of one cause and one remedy.
#[derive(Debug)]
#[non_exhaustive]
pub struct Group {
    /// The fingerprints.
    pub fingerprints: Vec<FingerprintId>,
    /// Why they were denied, or why that was not found out.
    pub outcome: Outcome,
}

/// Why denials were denied, or why that was not found out.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Why, and what ends it.
    Explained(Box<Explained>),
    /// Not found out.
    NotDiagnosed(NotDiagnosed),
}

/// Why fingerprints were not diagnosed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotDiagnosed {
    /// They are no denials of IAM.
    OtherFailure,
    /// No record of them was kept.
    NoRecord,
    /// Their records are longer than those that are kept.
    TooLong,
    /// A secret stands in a record.
    HoldsSecret,
    /// The snapshots do not hold the account or the principal.
    NotSeen(Box<Gap>),
}

impl NotDiagnosed {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherFailure => "other-failure",
            Self::NoRecord => "no-record",
            Self::TooLong => "record-too-long",
            Self::HoldsSecret => "secret-in-record",
            Self::NotSeen(_) => "principal-not-seen",
        }
    }
}

/// Why denials were denied, by the record that stands for them, and what ends them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained {
    /// The id of the record that stands for them: a diagnosis of it says more.
    pub event_id: String,
    /// Of how many records that are kept of its kind.
    pub kept: usize,
    /// Those of which the policies say something else.
    pub others: Vec<OtherRecord>,
    /// The cause.
    pub cause: &'static Cause,
    /// What it means for that record.
    pub summary: Summary,
    /// What the policies say of it.
    pub decision: Decision,
    /// How sure that is, and by what.
    pub confidence: Confidence,
    /// What blocks it: the first is what the denials have in common.
    pub blockers: Vec<Blocker>,
    /// Where AWS's words and the policies do not agree: they are old, or those of something else, or what decides was not seen.
    pub disagreements: Vec<Disagreement>,
    /// What was not seen.
    pub gaps: Vec<Gap>,
    /// Whether no remedy is offered as AWS quarantined a leaked key of the caller: whoever holds the key would get what is granted.
    pub withheld: bool,
    /// Whether it is a security incident, for which no policy is changed.
    pub incident: bool,
    /// Whether remedies were looked for: that is done for the most frequent causes.
    pub worked_out: bool,
    /// What to do, best first: the first of all, and the first that changes policies, where that is another one; then the one for several
    /// findings whose remedies change the same policy, where there is one.
    pub remedies: Vec<Remedy>,
    /// The pattern for which the remedy that changes policies is made, where one for the record's own resource leaves other denials.
    pub for_all: Option<String>,
    /// What the remedy that changes policies would end; `None` where there is none.
    pub ends: Option<Ends>,
    /// What the one for several findings would end; `None` where there is none.
    pub together: Option<Together>,
}

/// Records of which the policies say something else than of the one that stands for all.
#[derive(Debug)]
#[non_exhaustive]
pub struct OtherRecord {
    /// One of them.
    pub event_id: String,
    /// How many.
    pub records: usize,
    /// Whether the policies allow it.
    pub allowed: bool,
    /// The cause, of that one.
    pub summary: Summary,
}

impl Explained {
    /// The remedy that changes policies: `ends` is about it.
    #[must_use]
    pub fn change(&self) -> Option<&Remedy> {
        self.ends.as_ref().and_then(|_| self.remedies.iter().find(|remedy| !remedy.edits.is_empty()))
    }

    /// The remedy for several findings: `together` is about it.
    #[must_use]
    pub fn joint(&self) -> Option<&Remedy> {
        self.remedies.iter().find(|remedy| matches!(remedy.id, RemedyId::Together(_)))
    }
}

/// Whether the caller is in AWS's quarantine, as AWS said or as the policies show.
const fn is_quarantined(summary: &Summary) -> bool {
    matches!(summary, Summary::Quarantined { .. } | Summary::QuarantineReported { .. } | Summary::QuarantineAttached)
}

/// The callers to look at first, by the denials and by the policies.
fn cautions<'t>(tally: &'t Tally, diagnosis: &TrailDiagnosis) -> Cautions<'t> {
    let mut all = Cautions::of(tally);
    for group in &diagnosis.groups {
        if !matches!(&group.outcome, Outcome::Explained(explained) if is_quarantined(&explained.summary)) {
            continue;
        }
        let entries = group.fingerprints.iter().filter_map(|id| tally.fingerprints.get(id));
        entries.filter_map(Counted::principal).for_each(|principal| all.quarantine(principal));
    }
    all
}

/// The groups as findings, with their numbers: denials of IAM before other failures, the most frequent first.
#[must_use]
pub fn findings<'t>(tally: &'t Tally, diagnosis: &'t TrailDiagnosis) -> Vec<(Finding<'t>, &'t Outcome)> {
    let cautions = cautions(tally, diagnosis);
    let finding = |group: &'t Group| {
        let entries: Vec<_> =
            group.fingerprints.iter().filter_map(|id| Some((*id, tally.fingerprints.get(id)?))).collect();
        let first = entries.iter().max_by_key(|(_, entry)| entry.count())?;
        let reason = Reason::of(&first.1.cause());
        Some((Finding::new(tally, &cautions, reason, entries), &group.outcome))
    };
    let mut all: Vec<_> = diagnosis.groups.iter().filter_map(finding).collect();
    all.sort_by_key(|(finding, _)| (!finding.is_denial(), std::cmp::Reverse(finding.count)));
    all
}
