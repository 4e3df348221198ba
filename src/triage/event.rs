//! What one record of a trail tells of a denial, or of a change of policies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{answered, change, types, wrapper};
use crate::denial::{self, Denial, OneRecord};
#[cfg(feature = "cli")]
use crate::denial::{Alike, Alikes};
use crate::text::{self, JsonText};

/// One record that matters.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// IAM denied a request, or it failed in a way that looks like it.
    Denied(Box<Denied>),
    /// A call that changed what somebody may do, and worked.
    Change(Change),
    /// Nothing of that.
    Other,
    /// No record of a call: a digest, an insight, something else.
    NoRecord,
    /// Not a record, but what holds these.
    Wrapper(Vec<String>),
    /// A record of a call with fields of other types than CloudTrail gives them; its id, where it has one.
    Unreadable(Option<String>),
    /// No JSON, though it begins and ends like a value of it.
    Damaged,
}

/// A denial and what is counted of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Denied {
    /// The denial, as `explain` reads it.
    pub denial: Denial,
    /// The id of the record.
    pub id: String,
    /// When, in seconds since 1970.
    pub at: Option<i64>,
    /// The record itself, where it is to be kept.
    pub record: Option<Vec<u8>>,
}

/// A call that changed what somebody may do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Change {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The operation, with its service: `iam:PutRolePolicy`.
    pub operation: String,
    /// Who made it.
    pub by: String,
    /// The parameters that name something: a role, a bucket, a policy.
    pub of: BTreeMap<String, String>,
    /// The account in which it was recorded.
    pub account: String,
    /// The id of the record.
    pub id: String,
}

/// Looks through records. Most are of calls that worked and changed nothing, and are read no further than they must.
#[derive(Debug)]
pub struct Reader {
    failures: [Finder<'static>; 2],
    lake: Finder<'static>,
    names: [Finder<'static>; 2],
    insight: Finder<'static>,
    keeps_records: bool,
    #[cfg(feature = "cli")]
    alikes: Alikes,
}

/// The end of `errorCode` and `ErrorCode`, and Athena's name.
const FAILURES: [&str; 2] = ["rrorCode\"", "\"errorcode\""];

/// How a record begins that CloudTrail wrote: none of another form does, and all its names are CloudTrail's.
const OWN: &[u8; 16] = b"{\"eventVersion\":";

/// The end of the name under which a call is named, and Athena's.
const NAMES: [&str; 2] = ["entName\"", "entname\""];

/// What an insight tells of, before the name of the call.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insight-details.html>
const INSIGHT_DETAILS: &str = "\"insightDetails\"";

/// How the name begins of which these are the end.
const NAME: &[u8; 3] = b"\"ev";

/// What a first look at a record shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// No call.
    Nothing,
    /// A call that neither failed nor changed what somebody may do.
    Call,
    /// One that may have changed it.
    Change,
    /// One that may have failed, or an event of another form.
    Failed,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            failures: FAILURES.map(Finder::new),
            lake: Finder::new(denial::OCSF),
            names: NAMES.map(Finder::new),
            insight: Finder::new(INSIGHT_DETAILS),
            keeps_records: false,
            #[cfg(feature = "cli")]
            alikes: Alikes::default(),
        }
    }
}

/// What is read of a record beside the denial itself.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Frame<'a> {
    #[serde(borrow, rename = "eventID", alias = "eventid", alias = "eventId")]
    id: Option<JsonText<'a>>,
    #[serde(borrow, alias = "eventtype")]
    event_type: Option<JsonText<'a>>,
    #[serde(borrow, alias = "eventtime")]
    event_time: Option<JsonText<'a>>,
    #[serde(borrow, alias = "eventname")]
    event_name: Option<JsonText<'a>>,
    #[serde(borrow, alias = "eventsource")]
    event_source: Option<JsonText<'a>>,
    #[serde(borrow, alias = "errorcode")]
    error_code: Option<JsonText<'a>>,
    #[serde(alias = "readonly")]
    read_only: Option<serde_json::Value>,
    #[serde(borrow, alias = "recipientaccountid")]
    recipient_account_id: Option<JsonText<'a>>,
    #[serde(borrow, alias = "useridentity")]
    user_identity: Option<Who<'a>>,
    #[serde(borrow, alias = "requestparameters")]
    request_parameters: Option<&'a RawValue>,
    metadata: Option<Metadata>,
    #[serde(borrow)]
    api: Option<Api<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Who<'a> {
    #[serde(borrow)]
    arn: Option<JsonText<'a>>,
    #[serde(borrow, rename = "invokedBy", alias = "invokedby")]
    invoked_by: Option<JsonText<'a>>,
}

/// Of an event of Security Lake.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    uid: Option<String>,
}

/// Its call.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Api<'a> {
    #[serde(borrow)]
    response: Option<Response<'a>>,
}

/// Its answer.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Response<'a> {
    #[serde(borrow)]
    error: Option<JsonText<'a>>,
}

impl Reader {
    /// The same, where some records of each fingerprint are kept so that it can be diagnosed.
    #[must_use]
    pub fn keeping_records(self) -> Self {
        Self { keeps_records: true, ..self }
    }

    /// Whether a record is of a call that neither failed nor changed what somebody may do, as a first look shows of most.
    #[must_use]
    pub fn is_plain(&self, record: &[u8]) -> bool {
        self.seen(record) == Seen::Call
    }

    /// Reads one record.
    #[must_use]
    pub fn read(&self, record: &[u8]) -> Event {
        // what is read is told
        self.read_by(record, |text| Some(denial::one_record(text))).unwrap_or(Event::Other)
    }

    /// Reads one record, unless it is of a denial like one that was read before and `take` takes that, with its time in seconds since 1970, and
    /// the record where that is to be kept: then there is no event. Whether it takes one is asked before.
    #[cfg(feature = "cli")]
    pub(crate) fn read_or_take(
        &self,
        record: &[u8],
        takes: impl FnOnce(&str) -> bool,
        take: impl FnOnce(Alike<'_>, Option<i64>, Option<&[u8]>),
    ) -> Option<Event> {
        let kept = self.keeps_records.then_some(record);
        let take = |alike: Alike<'_>| {
            let at = seconds(alike.at);
            take(alike, at, kept);
        };
        self.read_by(record, |text| self.alikes.read(text, takes, take))
    }

    fn read_by(&self, record: &[u8], one_record: impl FnOnce(&str) -> Option<OneRecord>) -> Option<Event> {
        let seen = self.seen(record);
        if seen == Seen::Call {
            return Some(Event::Other);
        }
        let text = match std::str::from_utf8(record) {
            // such a record is one: other readers take it
            Ok(text) if seen == Seen::Failed && text::mended(text).is_none() => text,
            _ => return Some(self.read_rest(seen, record)),
        };
        match one_record(text)? {
            OneRecord::Denial(denial, id) => Some(self.denied(*denial, id, record)),
            OneRecord::NoDenial => Some(Event::Other),
            OneRecord::SomethingElse => Some(self.read_frame(text, record)),
        }
    }

    /// Reads a record that is no denial at first sight.
    fn read_rest(&self, seen: Seen, record: &[u8]) -> Event {
        let text = match std::str::from_utf8(record) {
            Ok(text) if seen == Seen::Nothing => return held(text::mended(text).as_deref().unwrap_or(text)),
            Ok(text) => text,
            // what is no UTF-8 in it stands for a letter each
            Err(_) => return self.read(String::from_utf8_lossy(record).as_bytes()),
        };
        // such a record is one: other readers take it
        if let Some(mended) = text::mended(text) {
            return self.read(mended.as_bytes());
        }
        self.read_frame(text, record)
    }

    /// Reads a record by what stands around a denial or a change.
    fn read_frame(&self, text: &str, record: &[u8]) -> Event {
        let mended = || types::mended(text).map(|mended| self.read(mended.as_bytes()));
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(text) else { return mended().unwrap_or_else(|| odd(text)) };
        let lake = frame.metadata.is_some();
        // an insight tells of many calls, none of which it is
        if frame.event_type.as_deref() == Some(denial::INSIGHT) {
            return Event::NoRecord;
        }
        if frame.event_name.is_none() && !lake {
            return held(text);
        }
        if !lake && frame.error_code.as_deref().unwrap_or_default().is_empty() {
            return frame.change().map_or(Event::Other, Event::Change);
        }
        let answer = frame.api.as_ref().and_then(|api| api.response.as_ref());
        if lake && answer.and_then(|answer| answer.error.as_deref()).unwrap_or_default().is_empty() {
            return Event::Other;
        }
        // what is no record would be read as any text is, and not who called
        if !lake && !denial::is_record(text) {
            return mended().unwrap_or_else(|| Event::Unreadable(frame.id.as_deref().map(str::to_owned)));
        }
        let denial = denial::parse_text(text).into_iter().next();
        let Some(denial) = denial else { return Event::Other };
        let id = frame.id.as_deref().map(str::to_owned).or_else(|| frame.metadata.and_then(|metadata| metadata.uid));
        self.denied(denial, id, record)
    }

    fn denied(&self, denial: Denial, id: Option<String>, record: &[u8]) -> Event {
        let at = denial.at.as_deref().and_then(seconds);
        let record = self.keeps_records.then(|| record.to_vec());
        Event::Denied(Box::new(Denied { denial, id: id.unwrap_or_default(), at, record }))
    }
}

impl Reader {
    /// Looks for signs, as far as they are seen without reading the record: a name may stand among the parameters too.
    fn seen(&self, record: &[u8]) -> Seen {
        let is_own = record.first_chunk() == Some(OWN);
        let spellings = if is_own { 1 } else { 2 };
        let failed = self.failures.iter().take(spellings).any(|code| code.find(record).is_some());
        if failed || (!is_own && self.lake.find(record).is_some()) {
            return Seen::Failed;
        }
        let mut seen = Seen::Nothing;
        for name in self.names.iter().take(spellings) {
            let mut from = 0;
            while let Some(start) = record.get(from..).and_then(|rest| name.find(rest)).map(|at| from + at) {
                from = start + name.needle().len();
                if record.get(..start).is_some_and(|before| before.last_chunk() == Some(NAME)) {
                    // sums of many calls have it as a value
                    // <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aggregated-events.html>
                    let behind = record.get(from..).unwrap_or_default();
                    if behind.trim_ascii_start().first() != Some(&b':') {
                        continue;
                    }
                    if called(record, start + name.needle().len()).is_some_and(change::may_change) {
                        return Seen::Change;
                    }
                    // of an insight it is read what it is: the call that it names is none of its own
                    let before = record.get(..start).unwrap_or_default();
                    if !is_behind_its_time(before) && self.insight.find(before).is_some() {
                        return Seen::Change;
                    }
                    seen = Seen::Call;
                    // CloudTrail names the call before what was asked for
                    if is_own {
                        return seen;
                    }
                }
            }
        }
        seen
    }
}

/// What holds records, or nothing of a trail.
fn held(text: &str) -> Event {
    let mut records = wrapper::held(text);
    records.extend(answered::held(text));
    match records {
        records if records.is_empty() => Event::NoRecord,
        records => Event::Wrapper(records),
    }
}

/// What is not as a record is: damaged, a record with fields of other types, or none.
fn odd(text: &str) -> Event {
    let Ok(fields) = serde_json::from_str::<BTreeMap<JsonText<'_>, &RawValue>>(text) else { return Event::Damaged };
    let field = |name: &str| fields.iter().find(|(own, _)| &***own == name).map(|(_, value)| *value);
    if field("eventName").or_else(|| field("eventname")).is_none() {
        return held(text);
    }
    let id = field("eventID").or_else(|| field("eventid")).or_else(|| field("eventId"));
    Event::Unreadable(id.and_then(|id| serde_json::from_str(id.get()).ok()))
}

/// Whether what is named stands behind a time and a service, as CloudTrail writes a call: where an insight names one, its state stands there.
fn is_behind_its_time(before: &[u8]) -> bool {
    /// How a time is written, and what stands on both sides of it.
    const TIME: usize = "2026-11-29T03:00:00Z".len();
    let behind = || {
        let service = before.strip_suffix(NAME)?.strip_suffix(b"\",")?;
        let from = memchr::memrchr(b'"', service)?;
        let time = service.get(..=from)?.strip_suffix(b"\",\"eventSource\":\"")?;
        time.get(..time.len().checked_sub(TIME)?)?.ends_with(b",\"eventTime\":\"").then_some(())
    };
    behind().is_some()
}

/// The name that follows.
fn called(record: &[u8], end: usize) -> Option<&[u8]> {
    let rest = record.get(end..)?;
    // as CloudTrail writes it, or with space
    let value = match rest.strip_prefix(b":\"") {
        Some(value) => value,
        None => rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?,
    };
    value.get(..memchr::memchr(b'"', value)?)
}

impl Frame<'_> {
    /// The change of what somebody may do that the call made.
    fn change(&self) -> Option<Change> {
        let name = self.event_name.as_deref()?;
        let is_read = matches!(&self.read_only, Some(serde_json::Value::Bool(true)))
            || matches!(&self.read_only, Some(serde_json::Value::String(text)) if text == "true");
        if is_read {
            return None;
        }
        let service = denial::service_of_source(self.event_source.as_deref()?)?;
        let who = self.user_identity.as_ref();
        let by_service =
            who.is_some_and(|who| who.invoked_by.as_deref().is_some_and(|by| by.ends_with(".amazonaws.com")));
        let operation = change::changing(&service, name, by_service)?;
        Some(Change {
            at: seconds(self.event_time.as_deref()?)?,
            operation,
            by: who.and_then(|who| who.arn.as_deref().or(who.invoked_by.as_deref())).unwrap_or_default().to_owned(),
            of: self.request_parameters.map(names).unwrap_or_default(),
            account: self.recipient_account_id.as_deref().unwrap_or_default().to_owned(),
            id: self.id.as_deref().unwrap_or_default().to_owned(),
        })
    }
}

/// The parameters that name something: no documents.
fn names(parameters: &RawValue) -> BTreeMap<String, String> {
    /// A name is no longer than an ARN.
    const LONGEST: usize = 256;
    let all: BTreeMap<JsonText<'_>, &RawValue> = serde_json::from_str(parameters.get()).unwrap_or_default();
    let named = all.into_iter().filter_map(|(key, value)| {
        let text = value.get();
        // a text with escapes is longer than what it says
        let may_be = text.starts_with('"') && text.len() <= 6 * LONGEST;
        let text = may_be.then(|| serde_json::from_str::<JsonText<'_>>(text).ok()).flatten()?;
        let is_name = !text.is_empty() && text.len() <= LONGEST && !text.trim_start().starts_with(['{', '%']);
        is_name.then(|| ((*key).to_owned(), (*text).to_owned()))
    });
    named.collect()
}

/// Seconds since 1970 of a time as CloudTrail writes it.
fn seconds(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_second)
}
