//! CloudTrail records: one event, a `Records` file, `lookup-events` output, `EventBridge` events, rows of Athena and Lake, events of
//! Security Lake, one after the other.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

mod context;
mod federated;
mod history;
mod ocsf;
#[cfg(feature = "cli")]
mod plainly;
mod record;
mod sent;
mod session;
mod undoing;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::Searcher;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::assemble::{self, Lines};
use super::dedup::Distinct;
use super::facts::{Denial, DenialKind, KeyMark, Reason};
use super::model_failure::{ModelFailure, ModelTrouble};
use super::note::Note;
use super::{code_error, conclude, contradiction, operation_actions, service};
use crate::iam::PolicyType;
use crate::text::{self, Span};

#[cfg(feature = "cli")]
pub(super) use plainly::Plainly;
pub(super) use record::Record;
pub(super) use session::SessionCall;

pub(super) use context::VPCE_ACCOUNT;
pub use history::EventRecord;
pub(super) use session::join as join_sessions;

/// The class of an event, which every event of Security Lake has.
pub(crate) const OCSF: &[u8] = b"\"class_uid\"";

/// How a text begins that may be of records.
pub(super) fn first(text: &str) -> Option<u8> {
    let first = text.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']).bytes().next()?;
    let names: [&[u8]; 4] = [b"ventName", b"eventname", b"CloudTrailEvent", OCSF];
    let records = || names.iter().any(|name| memchr::memmem::find(text.as_bytes(), name).is_some());
    (matches!(first, b'{' | b'[') && records()).then_some(first)
}

/// Whether a text that begins so may be of records: its first value is JSON, as far as it is there.
pub(super) fn begins_as_records(start: &str) -> bool {
    let Some(at) = first(start).and_then(|first| start.find(first as char)) else { return false };
    let mut values = serde_json::Deserializer::from_str(start.get(at..).unwrap_or_default()).into_iter::<&RawValue>();
    values.next().is_some_and(|value| value.map_or_else(|error| error.is_eof(), |_| true))
}

/// Denials of the records in `text`, and where the records end; nothing when there are none.
///
/// The calls that made sessions go to `sessions`.
pub(super) fn read(
    text: &str,
    lines: &mut Lines<'_>,
    found: &mut Distinct,
    sessions: &mut Vec<SessionCall>,
) -> Option<usize> {
    let first = first(text)?;
    let mut add = |denial| found.add(denial);
    let mut reader = Reader { text, base: 0, lines, found: &mut add, sessions, records: 0 };
    let start = text.find(first as char)?;
    let mut values = serde_json::Deserializer::from_str(text.get(start..)?).into_iter::<&RawValue>();
    let mut end = start;
    while let Some(Ok(value)) = values.next() {
        reader.value(value.get(), 0);
        end = start + values.byte_offset();
    }
    (reader.records > 0).then_some(end)
}

/// What a text is that may be one record.
pub(crate) enum OneRecord {
    /// Something else, or not only that.
    SomethingElse,
    /// A record without a denial.
    NoDenial,
    /// A record of a denial, with its id.
    Denial(Box<Denial>, Option<String>),
}

/// A record of an unusual number of calls, which is none of a call.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insight-details.html>
pub(crate) const INSIGHT: &str = "AwsCloudTrailInsight";

/// The record that a text is, where it is one of CloudTrail and nothing else.
pub(super) fn only_record(text: &str) -> Option<Record<'_>> {
    if may_hold_or_is_another(text) {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// What a text is of which this is the record: what [`read`] finds in it, in less time.
pub(super) fn one_record(record: &Record<'_>, text: &str) -> OneRecord {
    if record.event_name.is_none() || record.event_type.as_deref() == Some(INSIGHT) || !has_failed(record) {
        return OneRecord::SomethingElse;
    }
    let Some(mut denial) = denials(record).into_iter().next() else { return OneRecord::NoDenial };
    (denial.span, denial.line) = (Span::new(0, text.len()), 1);
    OneRecord::Denial(Box::new(denial), record.event_id.as_deref().map(str::to_owned))
}

/// Reads a value that holds records, or may be one, and begins at byte `base` of the input. Gives how many records it has.
pub(super) fn read_value(
    value: &str,
    base: usize,
    lines: &mut Lines<'_>,
    found: &mut dyn FnMut(Denial),
    sessions: &mut Vec<SessionCall>,
) -> usize {
    let mut reader = Reader { text: value, base, lines, found, sessions, records: 0 };
    reader.value(value, 1);
    reader.records
}

/// What a value has in it that is worth reading: the names of errors, of calls that make sessions, and of what holds records; the first
/// ones are of records.
pub(super) const WORTH: ([&str; 8], [&str; 8]) = (
    [
        "rrorCode",
        "errorcode",
        "rrorMessage",
        "errormessage",
        "\"class_uid\"",
        "AssumeRo",
        "GetFederationToken",
        "GetScopedCredentials",
    ],
    // a letter of a name may be written as a number
    ["\"Records\"", "\"Events\"", "\"detail\"", "\"CloudTrailEvent\"", "\\u004", "\\u005", "\\u006", "\\u007"],
);

/// What the names of the fields that tell of an error have in them, in either spelling.
const ERROR: &[u8] = b"rror";

/// What follows it.
const FAILED: [&[u8]; 4] = [b"Code", b"code", b"Message", b"message"];

/// Whether a text is a record whose fields have the types that CloudTrail gives them.
pub(super) fn is_record(text: &str) -> bool {
    serde_json::from_str::<Record<'_>>(text).is_ok()
}

/// No record of a large text is longer, and none begins further before a word in it.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
pub(super) const REACH: usize = 1 << 20;

/// The calls that made sessions in records after or between other text: each begins with a brace at the beginning of a line.
pub(super) fn sessions_in_text(text: &str, from: usize, lines: &mut Lines<'_>, sessions: &mut Vec<SessionCall>) {
    let words = session_words(text, from..text.len());
    sessions_around(text, &words, &mut from.clone(), usize::MAX, lines, sessions);
}

/// Where the name of a call that makes a session begins.
pub(super) fn session_words(text: &str, range: Range<usize>) -> Vec<usize> {
    session::words(text, range)
}

/// The calls in the records around some words that begin behind `end`, where the last record ends, and no further from a word than `reach`.
pub(super) fn sessions_around(
    text: &str,
    words: &[usize],
    end: &mut usize,
    reach: usize,
    lines: &mut Lines<'_>,
    sessions: &mut Vec<SessionCall>,
) {
    for word in words {
        if word < end {
            continue;
        }
        if let Some(value) = around(text, *word, *end, reach) {
            Reader { text, base: 0, lines, found: &mut |_| {}, sessions, records: 0 }.value(value, 0);
            *end = (value.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) + value.len();
        }
    }
}

/// The value of JSON with a place in it that may be a record.
fn around(text: &str, place: usize, floor: usize, reach: usize) -> Option<&str> {
    /// Braces that begin another value are tried no more often than this.
    const TRIES: usize = 8;
    let bytes = text.as_bytes();
    let low = floor.max(place.saturating_sub(reach));
    let begins_line = |at: &usize| at.checked_sub(1).is_none_or(|before| bytes.get(before) == Some(&b'\n'));
    let before = bytes.get(low..place)?;
    let starts = memchr::memrchr_iter(b'\n', before).map(|newline| low + newline + 1);
    let first = Some(low).filter(begins_line);
    let opens = |at: &usize| matches!(bytes.get(*at), Some(b'{' | b'['));
    for start in starts.chain(first).filter(opens).take(TRIES) {
        let far = text.len().min(place.saturating_add(reach));
        let rest = bytes.get(start..far).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        // a value that has ended is beside it; what is none may hold one
        let Some(Ok(value)) = values.next() else { continue };
        let value = text.get(start..start + value.get().len())?;
        if start + value.len() > place {
            return memchr::memmem::find(value.as_bytes(), b"ventName").map(|_| value);
        }
    }
    None
}

struct Reader<'a, 'l> {
    text: &'a str,
    /// Where the text begins in the input.
    base: usize,
    lines: &'a mut Lines<'l>,
    found: &'a mut dyn FnMut(Denial),
    sessions: &'a mut Vec<SessionCall>,
    records: usize,
}

/// The JSON values in which records come.
#[derive(Deserialize)]
struct Holder<'a> {
    #[serde(borrow, rename = "Records", default)]
    records: Vec<&'a RawValue>,
    #[serde(borrow, rename = "Events", default)]
    events: Vec<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, rename = "CloudTrailEvent")]
    event: Option<&'a RawValue>,
}

/// The names under which a value holds records, and what an escape in a name begins with.
const HOLDS: [&str; 5] = ["\"Records\"", "\"Events\"", "\"detail\"", "\"CloudTrailEvent\"", "\\u"];

/// Whether a value may hold records: it has one of the names, or a name with an escape in it.
fn may_hold(raw: &str) -> bool {
    static NAMES: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(HOLDS));
    has_one(raw, NAMES.as_ref(), &HOLDS)
}

/// The same, or whether it may be an event of another form.
fn may_hold_or_is_another(raw: &str) -> bool {
    const MARKS: [&str; 6] = {
        let [records, events, detail, event, escape] = HOLDS;
        [records, events, detail, event, escape, "\"class_uid\""]
    };
    static NAMES: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(MARKS));
    has_one(raw, NAMES.as_ref(), &MARKS)
}

fn has_one(raw: &str, search: Option<&Searcher>, words: &[&str]) -> bool {
    match search {
        Some(search) => search.find(raw).is_some(),
        None => words.iter().any(|word| memchr::memmem::find(raw.as_bytes(), word.as_bytes()).is_some()),
    }
}

impl Reader<'_, '_> {
    fn value(&mut self, raw: &str, depth: usize) {
        if depth > 3 {
            return;
        }
        if raw.starts_with('[') {
            for item in serde_json::from_str::<Vec<&RawValue>>(raw).unwrap_or_default() {
                self.value(item.get(), depth + 1);
            }
            return;
        }
        if may_hold(raw)
            && let Ok(holder) = serde_json::from_str::<Holder<'_>>(raw)
        {
            for item in holder.records.iter().chain(&holder.events).chain(&holder.detail) {
                self.value(item.get(), depth + 1);
            }
            if let Some(event) = holder.event.and_then(|event| text_of(event.get())) {
                self.record(&event, raw);
                return;
            }
            if !holder.records.is_empty() || !holder.events.is_empty() || holder.detail.is_some() {
                return;
            }
        }
        self.record(raw, raw);
    }

    /// One record, which is `place` in the input.
    fn record(&mut self, raw: &str, place: &str) {
        if memchr::memmem::find(raw.as_bytes(), OCSF).is_some()
            && let Some(event) = ocsf::read(text::mended(raw).as_deref().unwrap_or(raw))
        {
            self.event(&event, place);
            return;
        }
        // most records are successes; what somebody chose of a record may lack the code
        let bytes = raw.as_bytes();
        let named = |at: usize| {
            FAILED.iter().any(|end| bytes.get(at + ERROR.len()..).is_some_and(|rest| rest.starts_with(end)))
        };
        let failed = memchr::memmem::find_iter(bytes, ERROR).any(named);
        if !failed {
            self.session(raw, place);
            self.records += usize::from(raw.contains("ventName") || raw.contains("eventname"));
            return;
        }
        let mended = text::mended(raw);
        let raw = mended.as_deref().unwrap_or(raw);
        let Ok(record) = serde_json::from_str::<Record<'_>>(raw) else { return };
        if record.event_name.is_none() {
            return;
        }
        self.records += 1;
        // exports that list every column have an empty error code
        if record.error_code.as_deref().unwrap_or_default().is_empty() {
            self.session(raw, place);
        }
        let start = self.start(place);
        for mut denial in denials(&record) {
            denial.span = Span::new(start, start + place.len());
            denial.line = self.lines.of(start);
            (self.found)(denial);
        }
    }

    /// One event of Security Lake.
    fn event(&mut self, event: &ocsf::Event, place: &str) {
        self.records += 1;
        let start = self.start(place);
        for mut denial in denials(&event.record()) {
            ocsf::rename(&mut denial.context);
            denial.span = Span::new(start, start + place.len());
            denial.line = self.lines.of(start);
            (self.found)(denial);
        }
    }

    /// Where a part of the text begins in the input.
    fn start(&self, part: &str) -> usize {
        self.base + (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// Keeps a record of a call that made a session.
    fn session(&mut self, raw: &str, place: &str) {
        if !session::may_be(raw) {
            return;
        }
        let mended = text::mended(raw);
        let raw = mended.as_deref().unwrap_or(raw);
        let Ok(record) = serde_json::from_str::<Record<'_>>(raw) else { return };
        let (first, base) = (self.text.as_ptr() as usize, self.base);
        // a record inside a string is where that string is
        let inside = (first..first + self.text.len()).contains(&(raw.as_ptr() as usize));
        let lines = &mut *self.lines;
        let mut line = |part: &str| {
            let part = if inside { part } else { place };
            lines.of(base + (part.as_ptr() as usize).saturating_sub(first))
        };
        self.sessions.extend(session::made(&record, &mut line, raw));
    }
}

/// The text that JSON has.
fn text_of(json: &str) -> Option<Cow<'_, str>> {
    if let Some(mended) = text::mended(json) {
        return serde_json::from_str(&mended).ok().map(Cow::Owned);
    }
    serde_json::from_str(json).ok()
}

/// Whether a call failed: its record has an error code, or a message without the field of the code, as rows of a query that chose some
/// fields have. Rows of all fields have an empty code where the call succeeded.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Fields.html>
fn has_failed(record: &Record<'_>) -> bool {
    let message = || record.error_message.as_deref().is_some_and(|message| !message.is_empty());
    record.error_code.as_deref().map_or_else(message, |code| !code.is_empty())
}

fn denials(record: &Record<'_>) -> Vec<Denial> {
    let message = record.error_message.as_deref().unwrap_or_default();
    if !has_failed(record) {
        return Vec::new();
    }
    let code = record.error_code.as_deref();
    let error_code = code.unwrap_or_default();
    let service = record.event_source.as_deref().and_then(service::from_event_source);
    let mut found = assemble::read_message(message);
    // the message of one record is about one denial
    found.truncate(1);
    if found.is_empty() {
        let kind = code.and_then(|code| code_error::kind_by_code(code, message, service.as_deref()));
        found.extend(kind.map(|kind| by_code(kind, error_code)));
        if let (Some(denial), Some("bedrock")) = (found.first_mut(), service.as_deref()) {
            let said = ModelFailure::by_words(message).or_else(|| ModelFailure::by_code(error_code));
            let fits =
                |failure: &ModelFailure| matches!(denial.kind, DenialKind::OtherFailure(kind) if failure.fits(kind));
            denial.model = said.filter(fits).map(ModelTrouble::new);
        }
    }
    found.into_iter().map(|message| with_record(message, record, error_code, service.clone())).collect()
}

/// A denial of which only the code is known.
fn by_code(kind: DenialKind, error_code: &str) -> Denial {
    let mut denial = Denial::new(kind);
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html
    if error_code == "VpceAccessDenied" {
        denial.reason.policy_type = Some(PolicyType::VpcEndpoint);
    }
    denial
}

/// What a record says, and what its message says where the record says nothing.
fn with_record(mut message: Denial, record: &Record<'_>, error_code: &str, service: Option<String>) -> Denial {
    let identity = &record.user_identity;
    let mut denial = Denial::new(DenialKind::IamDenial);
    denial.error_code = Some(error_code.to_owned()).filter(|code| !code.is_empty());
    denial.operation = record.event_name.as_deref().map(str::to_owned);
    denial.operation_certain = denial.operation.is_some();
    denial.service = service;
    denial.request_ids = record.request_id.as_deref().map(str::to_owned).into_iter().collect();
    denial.role = identity.issuer().and_then(|arn| arn.parse().ok());
    denial.role = denial.role.filter(|arn| arn.resource().starts_with("role/"));
    denial.at = record.event_time.as_deref().filter(|at| !at.is_empty()).map(str::to_owned);
    denial.context = context::facts(record);
    // what a call sends is not shown to the check of another service, such as whether a role may be passed
    if message.action.as_ref().is_none_or(|action| denial.service.as_deref() == Some(action.service())) {
        denial.context.extend(context::of_sent(record, message.resource.as_deref()));
    }
    denial.key = identity.access_key_id.as_deref().and_then(KeyMark::new);
    let federated = federated::read(record).unwrap_or_default();
    denial.context.splice(0..0, federated.claims);
    let principal = federated.provider.or_else(|| identity.principal());
    let named = message.principal.as_ref().zip(principal.as_ref());
    // who called is another than the role that the service uses
    let of_service = message.role_of_service().is_some();
    if of_service {
        denial.role = None;
        denial.key = None;
        denial.context.retain(|fact| fact.key == "aws:RequestedRegion");
    } else if let Some(damage) = named.and_then(|(said, own)| contradiction::principal_of_record(said, own)) {
        message.add_damage(damage);
    }
    if message.principal.as_ref().is_none_or(|principal| principal.as_str().contains("...")) {
        denial.caller = match &principal {
            None => identity.caller(),
            Some(_) => federated.caller,
        }
        .map(Box::new);
        denial.principal = principal;
    }
    denial.undoes = undoing::undoing(record, message.action.as_ref());
    denial.occurrences = message.occurrences;
    // its ids are those of requests that the service made
    message.request_ids.clear();
    // the service of the record knows its operation better
    if !of_service {
        message.candidates.clear();
    }
    denial.merge(message);
    if federated.tags && denial.kind == DenialKind::IamDenial {
        denial.add_note(Note::PassesSessionTags);
    }
    if denial.resource.is_none() && federated.role.is_some() {
        denial.resource = federated.role;
        denial.add_note(Note::ResourceOfRecord);
    }
    let no_action = denial.kind == DenialKind::IamDenial && denial.action.is_none();
    if no_action && !of_service {
        denial.candidates = operation_actions::of(denial.service.as_deref(), denial.operation.as_deref());
        if denial.resource.is_none() {
            denial.resource = record.only_resource();
            if denial.resource.is_some() {
                denial.add_note(Note::ResourceOfRecord);
            }
        }
    }
    let inferred = denial.notes.iter().any(|note| matches!(note, Note::ActionsOfOperation(_)));
    if no_action && denial.reason == Reason::default() && !inferred {
        denial.notes.retain(|note| !matches!(note, Note::NoReason | Note::AnyCauseOfS3));
        conclude::error_notes(&mut denial);
    }
    conclude::exclude(&mut denial.reason);
    denial
}
