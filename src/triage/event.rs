//! What one record of a trail tells of a denial, or of a change of policies.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::change;
use crate::denial::{self, Denial};

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
    failed: [Finder<'static>; 3],
    name: Finder<'static>,
    lower: Finder<'static>,
    keeps_records: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            // `errorCode` and `ErrorCode`, Athena's names, and Security Lake's class of every event
            failed: [Finder::new("rrorCode\""), Finder::new("\"errorcode\""), Finder::new("\"class_uid\"")],
            name: Finder::new("\"eventName\""),
            lower: Finder::new("\"eventname\""),
            keeps_records: false,
        }
    }
}

/// What is read of a record beside the denial itself.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Frame<'a> {
    #[serde(borrow, rename = "eventID", alias = "eventid", alias = "eventId")]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventtype")]
    event_type: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventtime")]
    event_time: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventname")]
    event_name: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventsource")]
    event_source: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "errorcode")]
    error_code: Option<Cow<'a, str>>,
    #[serde(alias = "readonly")]
    read_only: Option<serde_json::Value>,
    #[serde(borrow, alias = "recipientaccountid")]
    recipient_account_id: Option<Cow<'a, str>>,
    #[serde(alias = "useridentity")]
    user_identity: Option<Who>,
    #[serde(borrow, alias = "requestparameters")]
    request_parameters: Option<&'a RawValue>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Who {
    arn: Option<String>,
    #[serde(rename = "invokedBy", alias = "invokedby")]
    invoked_by: Option<String>,
}

/// Of an event of Security Lake.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    uid: Option<String>,
}

impl Reader {
    /// The same, where some records of each fingerprint are kept so that it can be diagnosed.
    #[must_use]
    pub fn keeping_records(self) -> Self {
        Self { keeps_records: true, ..self }
    }

    /// Reads one record.
    #[must_use]
    pub fn read(&self, record: &[u8]) -> Event {
        let failed = self.failed.iter().any(|finder| finder.find(record).is_some());
        if !failed {
            let mut calls = self.calls(record).peekable();
            if calls.peek().is_none() {
                return Event::NoRecord;
            }
            if !calls.any(change::may_change) {
                return Event::Other;
            }
        }
        let Ok(text) = std::str::from_utf8(record) else { return Event::NoRecord };
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(text) else { return Event::NoRecord };
        let lake = frame.metadata.is_some();
        // an insight tells of many calls, none of which it is
        // <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insight-details.html>
        if frame.event_type.as_deref() == Some("AwsCloudTrailInsight") || (frame.event_name.is_none() && !lake) {
            return Event::NoRecord;
        }
        if !lake && frame.error_code.as_deref().unwrap_or_default().is_empty() {
            return frame.change().map_or(Event::Other, Event::Change);
        }
        let Some(denial) = denial::parse_text(text).into_iter().next() else { return Event::Other };
        let at = denial.at.as_deref().and_then(seconds);
        let id = frame.id.map(Cow::into_owned).or_else(|| frame.metadata.and_then(|metadata| metadata.uid));
        let record = self.keeps_records.then(|| record.to_vec());
        Event::Denied(Box::new(Denied { denial, id: id.unwrap_or_default(), at, record }))
    }
}

impl Reader {
    /// The names of calls in a record, as far as they are seen without reading it: a name may stand among the parameters too.
    fn calls<'r>(&'r self, record: &'r [u8]) -> impl Iterator<Item = &'r str> {
        let ends = |finder: &'r Finder<'static>| finder.find_iter(record).map(|at| at + finder.needle().len());
        ends(&self.name).chain(ends(&self.lower)).map(move |end| {
            let rest = record.get(end..).unwrap_or_default().trim_ascii_start();
            let rest = rest.strip_prefix(b":").unwrap_or_default().trim_ascii_start();
            let value = rest.strip_prefix(b"\"").unwrap_or_default();
            let value = value.split(|byte| *byte == b'"').next().unwrap_or_default();
            std::str::from_utf8(value).unwrap_or_default()
        })
    }
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
            by: who.and_then(|who| who.arn.clone().or_else(|| who.invoked_by.clone())).unwrap_or_default(),
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
    let Ok(serde_json::Value::Object(all)) = serde_json::from_str(parameters.get()) else { return BTreeMap::new() };
    let named = all.into_iter().filter_map(|(key, value)| match value {
        serde_json::Value::String(text)
            if !text.is_empty() && text.len() <= LONGEST && !text.trim_start().starts_with(['{', '%']) =>
        {
            Some((key, text))
        }
        _ => None,
    });
    named.collect()
}

/// Seconds since 1970 of a time as CloudTrail writes it.
fn seconds(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_second)
}
