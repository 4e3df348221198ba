//! The JSON of `triage`: one document, or a line for each finding.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::super::triage_finding::{ExplainedModel, NotDiagnosedModel};
use super::{Listed, Triage, next, spelled_all};
use crate::denial::FingerprintId;
use crate::diagnosed::AccountRead;
use crate::iam::{Owner, PolicyType};
use crate::report::SCHEMA_VERSION;
use crate::report::words::triage as words;
use crate::triage::{Caution, Counts, Distinct, Filters, Kind, Reason, Sample, Standout, Trail};

/// The JSON of `triage`; `triage merge` reads it too.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TriageReport<'a> {
    /// The version of this form.
    schema_version: u8,
    /// Which denials count: each passes one of these filters. There are several where parts were counted with different ones, and none is
    /// told where that of a part is not known.
    #[serde(skip_serializing_if = "is_not_told")]
    #[schemars(with = "Option<Vec<crate::triage::Chosen>>")]
    filters: &'a Filters,
    /// How many findings were to be shown (`--top`), where that was said; here are all.
    #[serde(skip_serializing_if = "Option::is_none")]
    top: Option<usize>,
    /// What was read and counted: all that adds up.
    trail: &'a Trail,
    /// The accounts whose policies are known, and when they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<&'a [AccountRead]>,
    /// What stands out, in sentences.
    stands_out: Vec<TriageStandout<'a>>,
    /// Denials by their cause, the most frequent first.
    #[serde(serialize_with = "all")]
    #[schemars(with = "Vec<TriageFinding<'a>>")]
    findings: &'a [Listed<'a>],
}

/// Something that stands out.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TriageStandout<'a> {
    /// Its stable code.
    code: &'static str,
    /// Who, as in a fingerprint.
    principals: Vec<Cow<'a, str>>,
    /// It, in a sentence.
    what: String,
}

/// Denials of one cause; a line of `--format ndjson`.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TriageFinding<'a> {
    /// Its place, from 1.
    number: usize,
    /// In a line of `--format ndjson`: which denials count, where not all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<crate::triage::Chosen>>")]
    filters: Option<&'a Filters>,
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
    /// How many each day (UTC), by its date.
    days: BTreeMap<String, u64>,
    /// How many each hour, by its beginning (RFC 3339), where all denials of the trail lie within three days; otherwise none.
    hours: BTreeMap<String, u64>,
    /// The principals, as in a fingerprint.
    principals: Vec<&'a str>,
    /// The actions, the most frequent first.
    actions: Vec<NamedCount>,
    /// The resources, without what changes from call to call, the most frequent first.
    resources: Vec<NamedCount>,
    /// Session names.
    sessions: DistinctCount,
    /// Source addresses.
    source_ips: DistinctCount,
    /// VPC endpoints.
    endpoints: DistinctCount,
    /// User agents.
    user_agents: DistinctCount,
    /// The fingerprints, the most frequent first.
    #[schemars(with = "Vec<String>")]
    fingerprints: Vec<FingerprintId>,
    /// Some of the records.
    samples: Vec<TriageSample>,
    /// Changes of policies in the hour before the first, by the ids of their records. That is no proof that they are the cause.
    pub(super) changes_before: Vec<&'a str>,
    /// Callers to look at before anything is granted to them.
    cautions: Vec<TriageCaution<'a>>,
    /// In the answer of a tool: how many there are beside those that stand in the lists above.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<More>,
    /// What to run to see the statement that denies and a remedy, of the most frequent of its denials, where no policies were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Option<Vec<String>>")]
    next_commands: Vec<String>,
    /// What the policies that were given tell of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Box<ExplainedModel>>,
    /// Why policies were given and tell nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_diagnosed: Option<NotDiagnosedModel>,
}

/// How many there are beside those in a list.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct More {
    /// Principals.
    principals: usize,
    /// Actions.
    actions: usize,
    /// Resources.
    resources: usize,
    /// Fingerprints.
    fingerprints: usize,
    /// Changes of policies: the last ones are those before the first denial.
    changes_before: usize,
    /// Callers to look at.
    cautions: usize,
}

/// Why to look at a caller before anything is granted to it.
#[derive(Debug, Serialize, JsonSchema)]
struct TriageCaution<'a> {
    /// Its stable code: `quarantine` or `many-actions`, as in what stands out.
    code: &'static str,
    /// Who, as in a fingerprint.
    principal: &'a str,
    /// It, in a sentence.
    what: String,
}

/// A record of a denial.
#[derive(Debug, Serialize, JsonSchema)]
struct TriageSample {
    /// The id of the record.
    event_id: Box<str>,
    /// When (RFC 3339).
    at: Option<String>,
    /// The principal as it was, with its session.
    principal: Option<Arc<str>>,
    /// The resource as it was.
    resource: Option<Arc<str>>,
}

impl TriageSample {
    fn new(sample: Sample) -> Self {
        Self {
            event_id: sample.event_id,
            at: sample.at.and_then(rfc3339),
            principal: sample.principal,
            resource: sample.resource,
        }
    }
}

/// A name and how many denials it has.
#[derive(Debug, Serialize, JsonSchema)]
struct NamedCount {
    /// The name.
    name: String,
    /// How many denials.
    count: u64,
}

/// How many different values.
#[derive(Debug, Serialize, JsonSchema)]
struct DistinctCount {
    /// How many.
    count: u64,
    /// Whether that is exact; otherwise it is estimated.
    exact: bool,
}

impl<'a> TriageReport<'a> {
    pub(super) fn new(triage: &'a Triage, findings: &'a [Listed<'a>], standouts: &[Standout<'a>]) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            filters: &triage.filters,
            top: triage.top,
            trail: &triage.trail,
            policies: triage.diagnosis.as_ref().map(|diagnosis| diagnosis.policies.as_slice()),
            stands_out: standouts.iter().map(TriageStandout::new).collect(),
            findings,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_not_told(filters: &&Filters) -> bool {
    !filters.are_told()
}

/// One after the other: all of them take more room than what they are about.
fn all<S: Serializer>(findings: &[Listed<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq((1..).zip(findings).map(|(number, finding)| TriageFinding::new(number, finding)))
}

/// The stable code of a reason.
pub(super) const fn code(reason: &Reason) -> &'static str {
    match reason {
        Reason::Policy { .. } => "named-policy",
        Reason::OfType { denies: Some(true), .. } => "explicit-deny",
        Reason::OfType { denies: Some(false), .. } => "missing-allow",
        Reason::OfType { denies: None, .. } => "type-only",
        Reason::Untold { .. } => "not-told",
        Reason::Failure { .. } => "other-failure",
    }
}

impl<'a> TriageFinding<'a> {
    pub(super) fn new(number: usize, listed: &'a Listed<'a>) -> Self {
        let (finding, outcome) = listed;
        let (policy_type, policy_arn) = match &finding.reason {
            Reason::Policy { arn, policy_type } => (*policy_type, Some(arn.as_str())),
            Reason::OfType { policy_type, .. } => (Some(*policy_type), None),
            Reason::Untold { .. } | Reason::Failure { .. } => (None, None),
        };
        let named = |all: Vec<(String, u64)>| all.into_iter().map(|(name, count)| NamedCount { name, count }).collect();
        let resources = finding.resources().into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        let distinct = |kind| DistinctCount::new(&words::distinct(finding, kind));
        let of = |counts: &Counts, step: i64, form: fn(i64) -> Option<String>| {
            counts.iter().filter_map(|(at, count)| Some((form(at.checked_mul(step)?)?, count))).collect()
        };
        Self {
            number,
            filters: None,
            reason: words::reason(&finding.reason),
            reason_code: code(&finding.reason),
            policy_type,
            policy_arn,
            owner: finding.owner(),
            count: finding.count,
            first: finding.first.and_then(rfc3339),
            last: finding.last.and_then(rfc3339),
            days: of(&finding.days, 86_400, |at| Some(words::date(at))),
            hours: of(&finding.hours, 3600, rfc3339),
            principals: finding.principals().into_iter().collect(),
            actions: named(spelled_all(&finding.actions())),
            resources: named(resources),
            sessions: distinct(Kind::Sessions),
            source_ips: distinct(Kind::SourceIps),
            endpoints: distinct(Kind::Endpoints),
            user_agents: distinct(Kind::UserAgents),
            fingerprints: finding.fingerprints.iter().map(|(id, _)| *id).collect(),
            samples: finding.samples().into_iter().map(TriageSample::new).collect(),
            changes_before: finding.changes.iter().map(|before| before.change.id.as_str()).collect(),
            cautions: finding.cautions.iter().map(TriageCaution::new).collect(),
            more: None,
            next_commands: next(listed).iter().map(ToString::to_string).collect(),
            diagnosis: ExplainedModel::of(*outcome),
            not_diagnosed: NotDiagnosedModel::of(*outcome),
        }
    }
}

impl<'a> TriageFinding<'a> {
    /// The same by itself: with the filters, where not all denials count.
    pub(super) fn with(self, filters: &'a Filters) -> Self {
        Self { filters: Some(filters).filter(|filters| filters.are_told() && !filters.take_all()), ..self }
    }

    /// The same with so many of each list at most, and the number of the others.
    pub(super) fn cut(mut self, most: usize) -> Self {
        let changes = self.changes_before.len().saturating_sub(most);
        self.changes_before.drain(..changes);
        let more = More {
            principals: cut(&mut self.principals, most),
            actions: cut(&mut self.actions, most),
            resources: cut(&mut self.resources, most),
            fingerprints: cut(&mut self.fingerprints, most),
            changes_before: changes,
            cautions: cut(&mut self.cautions, most),
        };
        let none = More { principals: 0, actions: 0, resources: 0, fingerprints: 0, changes_before: 0, cautions: 0 };
        self.more = (more != none).then_some(more);
        self
    }
}

/// Leaves so many of a list; how many there were beside them.
fn cut<T>(list: &mut Vec<T>, most: usize) -> usize {
    let more = list.len().saturating_sub(most);
    list.truncate(most);
    more
}

impl<'a> TriageCaution<'a> {
    fn new(caution: &Caution<'a>) -> Self {
        Self { code: caution.code(), principal: caution.principal(), what: words::caution(caution) }
    }
}

impl DistinctCount {
    fn new(distinct: &Distinct) -> Self {
        Self { count: distinct.count(), exact: distinct.is_exact() }
    }
}

impl<'a> TriageStandout<'a> {
    /// The same with so many names at most: the sentence counts the others.
    pub(super) fn cut(mut self, most: usize) -> Self {
        self.principals.truncate(most);
        self
    }

    pub(super) fn new(standout: &Standout<'a>) -> Self {
        let names = |all: &[&'a str]| all.iter().copied().map(Cow::Borrowed).collect();
        let (code, principals) = match standout {
            Standout::Secret(secrets) => {
                let principals: BTreeSet<&str> =
                    secrets.places.iter().filter_map(|place| place.principal.as_deref()).collect();
                ("secret", principals.into_iter().map(Cow::Borrowed).collect())
            }
            Standout::Quarantine { principal, .. } | Standout::QuarantineSeen { principal, .. } => {
                ("quarantine", names(&[principal]))
            }
            Standout::QuarantinePut { whose, .. } => ("quarantine", vec![Cow::Owned(whose.clone())]),
            Standout::QuarantineUndone { principals, .. } => ("quarantine-undone", names(principals)),
            Standout::ManyActions { principal, .. } => ("many-actions", names(&[principal])),
            Standout::Changed { principals, .. } => ("change-before", names(principals)),
            Standout::ManyResources { principal, .. } => ("many-resources", names(&[principal])),
            Standout::Services { principals, .. } => ("service-principals", names(principals)),
            Standout::Dangerous { principals, .. } => ("dangerous-actions", names(principals)),
        };
        Self { code, principals, what: words::standout(standout) }
    }
}

/// A time as programs write it.
pub(super) fn rfc3339(at: i64) -> Option<String> {
    jiff::Timestamp::from_second(at).ok().map(|at| at.to_string())
}
