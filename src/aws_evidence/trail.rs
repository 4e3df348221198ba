//! CloudTrail's event history of a denial, as `cloudtrail:LookupEvents` answers, and which of its records is certainly of this denial.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read;
use crate::denial::{Denial, DenialKind, EventRecord, Reason};
use crate::iam::{Asked, CallOutcome, Gap, Refusal, Subject, Unseen, instant};
use crate::snapshot::RawEvidence;

/// How far the time of a line of a log may be from that of the request, in seconds.
const NEAR: i128 = 120;

/// One question to the event history and its answer, as a snapshot keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrailFile {
    /// The denial for which it was asked.
    pub of: AskedFor,
    /// What was looked for.
    pub wanted: Wanted,
    /// Why it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_asked: Option<NotAsked>,
    /// The Region that was asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// The attribute by which it was asked: `EventName`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attribute: String,
    /// Its value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The time that was searched (RFC 3339).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Its end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// Whether the answer was read to its end.
    #[serde(default)]
    pub complete: bool,
    /// The records, as they came but for access keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Value>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<TrailFailure>,
}

/// A denial, by what its text says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedFor {
    /// Who was denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The operation that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// On what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The ids of the requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
}

impl AskedFor {
    /// What a text says of a denial.
    #[must_use]
    pub fn of(denial: &Denial) -> Self {
        Self {
            principal: denial.principal.as_ref().map(|principal| principal.as_str().to_owned()),
            action: denial.action.as_ref().map(|action| action.as_str().to_owned()),
            operation: denial.operation.clone(),
            resource: denial.resource.clone(),
            at: denial.at.clone(),
            request_ids: denial.request_ids.clone(),
        }
    }
}

/// What was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// The record of the denial.
    Denial,
    /// The call that made the session.
    Session,
}

/// Why the event history was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotAsked {
    /// It is a data event, which the event history does not hold.
    DataEvent,
    /// Enough was asked for other denials.
    Limit,
    /// It is older than the records that are kept.
    TooOld,
}

/// A question that was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailFailure {
    /// AWS's words, or what happened on the way.
    pub said: String,
    /// What came of the call: the id of a [`CallOutcome`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The permission that it needs, where that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
}

impl TrailFailure {
    fn gap(&self) -> Gap {
        let outcome = CallOutcome::ALL.into_iter().find(|outcome| Some(outcome.id()) == self.answer.as_deref());
        let refusal = Refusal {
            operation: "cloudtrail:LookupEvents".to_owned(),
            outcome: outcome.unwrap_or(CallOutcome::Refused),
            error: Some(self.said.clone()),
            permission: self.permission.clone(),
            asked: Asked::ForDiagnosis,
        };
        Gap::new(Subject::TrailRecord, Unseen::Refused(refusal))
    }
}

/// What the event history tells of a denial.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trail {
    /// The record of the denial.
    Record(TrailRecord, TrailMatch),
    /// Records that may be of it, of which none is used.
    Candidates(Vec<TrailRecord>, NotUsed),
    /// No record, in this Region and time.
    Nothing {
        /// The Region.
        region: String,
        /// The time that was searched (RFC 3339).
        from: String,
        /// Its end.
        to: String,
        /// Whether the answer was read to its end.
        complete: bool,
    },
    /// It was not asked.
    NotAsked(NotAsked),
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailRecord {
    /// Its id.
    pub id: String,
    /// When the request was completed (RFC 3339).
    pub at: String,
}

/// By what a record is known to be of the denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailMatch {
    /// The id of the request.
    RequestId,
    /// The authorization id.
    AuthorizationId,
    /// It is the only one of this caller, action and error around the time of the message.
    OnlyAround,
    /// It is the only one of this caller, action and error in the last hour; the text tells no time.
    OnlyOfLastHour,
}

/// Why records that may be of the denial are not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotUsed {
    /// There are several.
    Several,
    /// There may be more.
    MayBeMore,
    /// The text does not name the caller.
    CallerNotNamed,
}

impl Trail {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Record(_, TrailMatch::RequestId) => "record-by-request-id",
            Self::Record(_, TrailMatch::AuthorizationId) => "record-by-authorization-id",
            Self::Record(_, TrailMatch::OnlyAround) => "only-record-around",
            Self::Record(_, TrailMatch::OnlyOfLastHour) => "only-record-of-last-hour",
            Self::Candidates(_, NotUsed::Several) => "several-candidates",
            Self::Candidates(_, NotUsed::MayBeMore) => "may-be-more",
            Self::Candidates(_, NotUsed::CallerNotNamed) => "caller-not-named",
            Self::Nothing { .. } => "no-record",
            Self::NotAsked(NotAsked::DataEvent) => "data-event",
            Self::NotAsked(NotAsked::Limit) => "not-asked",
            Self::NotAsked(NotAsked::TooOld) => "too-old",
        }
    }
}

/// What the event history tells of one denial, and what was not answered.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What it tells of the denial.
    pub trail: Option<Trail>,
    /// The questions that were not answered.
    pub refused: Vec<Gap>,
    /// Answers that cannot be read.
    pub unreadable: Vec<Unseen>,
}

impl History {
    /// Finds the record of a denial, and adds to the denial what it tells.
    #[must_use]
    pub fn find(denial: &mut Denial, stored: &RawEvidence) -> Self {
        let mut history = Self::default();
        if stored.event_history.is_empty() {
            return history;
        }
        let files: Vec<TrailFile> = read("event_history", &stored.event_history, &mut history.unreadable);
        let asked_for = AskedFor::of(denial);
        let about: Vec<&TrailFile> = files.iter().filter(|file| file.of == asked_for).collect();
        for failure in about.iter().filter_map(|file| file.failure.as_ref()) {
            let gap = failure.gap();
            if !history.refused.contains(&gap) {
                history.refused.push(gap);
            }
        }
        let (of_denial, of_session): (Vec<&TrailFile>, Vec<&TrailFile>) =
            about.into_iter().partition(|file| file.wanted == Wanted::Denial);
        let records = records(&of_denial);
        history.trail = find(denial, &of_denial, &records);
        if let Some(Trail::Record(found, _)) = &history.trail
            && let Some(record) = records.iter().find(|record| record.id == found.id)
        {
            denial.add_record(record);
        }
        // of several sessions with one name, the last is known only where all of them are
        if denial.has_key() || of_session.iter().all(|file| file.complete) {
            denial.add_session(&self::records(&of_session));
        }
        history
    }
}

/// Whether a record can be of a denial, or of the call that made its session: only those are anybody's business here.
#[must_use]
pub fn concerns(denial: &Denial, wanted: Wanted, event: &Value) -> bool {
    EventRecord::read(&event.to_string()).is_some_and(|record| match wanted {
        Wanted::Denial => likeness(denial, &record).is_some(),
        Wanted::Session => record.made_session_of(denial),
    })
}

/// The records of the answers, each once.
fn records(files: &[&TrailFile]) -> Vec<EventRecord> {
    let mut records: Vec<EventRecord> = Vec::new();
    for event in files.iter().flat_map(|file| &file.events) {
        if let Some(record) = EventRecord::read(&event.to_string())
            && !records.iter().any(|known| known.id == record.id)
        {
            records.push(record);
        }
    }
    records
}

fn find(denial: &Denial, files: &[&TrailFile], records: &[EventRecord]) -> Option<Trail> {
    if let Some(why) = files.iter().find_map(|file| file.not_asked) {
        return Some(Trail::NotAsked(why));
    }
    let answered: Vec<&&TrailFile> = files.iter().filter(|file| file.failure.is_none()).collect();
    let last = answered.last()?;
    let told = |record: &EventRecord| TrailRecord { id: record.id.clone(), at: record.at.clone() };
    let alike: Vec<(&EventRecord, Likeness)> =
        records.iter().filter_map(|record| Some((record, likeness(denial, record)?))).collect();
    let mut known = alike.iter().filter_map(|(record, likeness)| match likeness {
        Likeness::Certain(by) => Some((record, *by)),
        Likeness::Alike | Likeness::CallerUnknown => None,
    });
    if let Some((record, by)) = known.next() {
        return Some(Trail::Record(told(record), by));
    }
    let complete = answered.iter().all(|file| file.complete);
    let by = if denial.at.is_some() { TrailMatch::OnlyAround } else { TrailMatch::OnlyOfLastHour };
    Some(match alike.as_slice() {
        [] => Trail::Nothing { region: last.region.clone(), from: last.from.clone(), to: last.to.clone(), complete },
        [(record, Likeness::Alike)] if complete => Trail::Record(told(record), by),
        several => {
            let why = match several {
                [(_, Likeness::CallerUnknown), ..] => NotUsed::CallerNotNamed,
                [_] => NotUsed::MayBeMore,
                _ => NotUsed::Several,
            };
            Trail::Candidates(several.iter().map(|(record, _)| told(record)).collect(), why)
        }
    })
}

/// How far a record is that of the denial.
enum Likeness {
    /// It is.
    Certain(TrailMatch),
    /// It tells the same of everything that the text tells.
    Alike,
    /// The same, but the text does not name the caller.
    CallerUnknown,
}

fn likeness(denial: &Denial, record: &EventRecord) -> Option<Likeness> {
    let other = record.denial.as_ref().filter(|other| other.kind == DenialKind::IamDenial)?;
    if let Some(same) = same_id(&denial.request_ids, &other.request_ids) {
        return same.then_some(Likeness::Certain(TrailMatch::RequestId));
    }
    if let (Some(id), Some(known)) = (&denial.authorization_id, &other.authorization_id) {
        return (id == known).then_some(Likeness::Certain(TrailMatch::AuthorizationId));
    }
    let fits = |one: Option<&str>, two: Option<&str>| one.zip(two).is_none_or(|(one, two)| one == two);
    let silent = |reason: &Reason| *reason == Reason::default();
    let alike = is_same_call(denial, other)
        && fits(denial.error_code.as_deref().map(plain_code), other.error_code.as_deref().map(plain_code))
        && fits(denial.resource.as_deref(), other.resource.as_deref())
        && (silent(&denial.reason) || silent(&other.reason) || denial.reason == other.reason)
        && is_near(denial, record);
    if !alike {
        return None;
    }
    match (&denial.principal, &other.principal) {
        (None, _) => Some(Likeness::CallerUnknown),
        (Some(one), Some(two)) => (one.as_str() == two.as_str()).then_some(Likeness::Alike),
        (Some(_), None) => None,
    }
}

/// Whether both tell of the same request; nothing where one of them names none.
fn same_id(one: &[String], two: &[String]) -> Option<bool> {
    (!one.is_empty() && !two.is_empty()).then(|| one.iter().any(|id| two.contains(id)))
}

/// Whether both name the same action and operation, as far as they name one.
fn is_same_call(denial: &Denial, other: &Denial) -> bool {
    let name = |operation: &str| event_name(operation).to_ascii_lowercase();
    let operations = denial.operation.as_deref().zip(other.operation.as_deref());
    let same_operation = operations.map(|(one, two)| name(one) == name(two));
    match (&denial.action, &other.action) {
        (Some(one), Some(two)) => {
            one.folded() == two.folded() && (!denial.operation_certain || same_operation != Some(false))
        }
        (Some(one), None) => {
            let of_action = one.as_str().split_once(':').map(|(_, action)| action.to_ascii_lowercase());
            let service = other.service.as_deref().is_none_or(|service| service.eq_ignore_ascii_case(one.service()));
            same_operation.unwrap_or_else(|| service && of_action == other.operation.as_deref().map(name))
        }
        (None, _) => same_operation == Some(true),
    }
}

/// The name of an operation without the version that some services add to it in records: `CreateFunction20150331`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>
fn event_name(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
}

/// The code of an error without what SDKs and services put around it: `Client.UnauthorizedOperation`, `AccessDeniedException`.
fn plain_code(code: &str) -> &str {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    code.strip_suffix("Exception").unwrap_or(code)
}

fn is_near(denial: &Denial, record: &EventRecord) -> bool {
    let Some(at) = denial.at.as_deref() else { return true };
    let both = instant(at).zip(instant(&record.at));
    both.is_some_and(|(one, two)| (one - two).abs() <= NEAR * 1_000_000_000)
}
