//! CloudTrail records: one event, a `Records` file, `lookup-events` output, `EventBridge` events, rows of Athena and Lake,
//! one after the other.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::assemble::Lines;
use super::dedup::Distinct;
use super::session::{KeyMark, Made};
use super::{
    Denial, DenialKind, Note, Reason, ReasonEffect, candidates, code_error, contradiction, notes, record_context,
    service, session,
};
use crate::iam::{PolicyType, Principal};
use crate::text::Span;

/// Denials of the records in `text`, and where the records end; nothing when it holds no records.
///
/// Those that made sessions go to `made`.
pub(super) fn read(text: &str, lines: &mut Lines<'_>, found: &mut Distinct, made: &mut Vec<Made>) -> Option<usize> {
    let first = text.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']).bytes().next()?;
    let names: [&[u8]; 3] = [b"ventName", b"eventname", b"CloudTrailEvent"];
    let records = names.iter().any(|name| memchr::memmem::find(text.as_bytes(), name).is_some());
    if !matches!(first, b'{' | b'[') || !records {
        return None;
    }
    let mut reader = Reader { text, lines, found, made, records: 0 };
    let start = text.find(first as char)?;
    let mut values = serde_json::Deserializer::from_str(text.get(start..)?).into_iter::<&RawValue>();
    let mut end = start;
    while let Some(Ok(value)) = values.next() {
        reader.value(value.get(), 0);
        end = start + values.byte_offset();
    }
    (reader.records > 0).then_some(end)
}

/// Only the records in a value of `text` that made sessions.
pub(super) fn sessions(text: &str, raw: &str, lines: &mut Lines<'_>, made: &mut Vec<Made>) {
    let mut found = Distinct::default();
    Reader { text, lines, found: &mut found, made, records: 0 }.value(raw, 0);
}

struct Reader<'a, 'l> {
    text: &'a str,
    lines: &'a mut Lines<'l>,
    found: &'a mut Distinct,
    made: &'a mut Vec<Made>,
    records: usize,
}

/// What a JSON value can be that holds records.
#[derive(Deserialize)]
struct Holder<'a> {
    #[serde(borrow, rename = "Records", default)]
    records: Vec<&'a RawValue>,
    #[serde(borrow, rename = "Events", default)]
    events: Vec<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, rename = "CloudTrailEvent")]
    event: Option<Cow<'a, str>>,
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
        if let Ok(holder) = serde_json::from_str::<Holder<'_>>(raw) {
            for item in holder.records.iter().chain(&holder.events).chain(&holder.detail) {
                self.value(item.get(), depth + 1);
            }
            if let Some(event) = &holder.event {
                self.record(event, raw);
                return;
            }
            if !holder.records.is_empty() || !holder.events.is_empty() || holder.detail.is_some() {
                return;
            }
        }
        self.record(raw, raw);
    }

    /// One record, which stands in the input as `place`.
    fn record(&mut self, raw: &str, place: &str) {
        // most records are successes
        let failed =
            ["rrorCode", "errorcode"].iter().any(|key| memchr::memmem::find(raw.as_bytes(), key.as_bytes()).is_some());
        if !failed {
            self.made_session(raw, place);
            self.records += usize::from(raw.contains("ventName") || raw.contains("eventname"));
            return;
        }
        let Ok(record) = serde_json::from_str::<Record<'_>>(raw) else { return };
        if record.event_name.is_none() {
            return;
        }
        self.records += 1;
        // exports that list every column have an empty error code
        if record.error_code.as_deref().unwrap_or_default().is_empty() {
            self.made_session(raw, place);
        }
        let start = (place.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let span = Span::new(start, start + place.len());
        for mut denial in denials(&record) {
            denial.span = span;
            denial.line = self.lines.of(start);
            self.found.add(denial);
        }
    }
}

impl Reader<'_, '_> {
    /// Keeps a record of a call that made a session.
    fn made_session(&mut self, raw: &str, place: &str) {
        if !session::may_be(raw) {
            return;
        }
        let Ok(record) = serde_json::from_str::<Record<'_>>(raw) else { return };
        let base = self.text.as_ptr() as usize;
        // a record inside a text stands where that text stands
        let inside = (base..base + self.text.len()).contains(&(raw.as_ptr() as usize));
        let lines = &mut *self.lines;
        let mut line = |part: &str| {
            let part = if inside { part } else { place };
            lines.of((part.as_ptr() as usize).saturating_sub(base))
        };
        self.made.extend(session::made(&record, &mut line, raw));
    }
}

/// The parts of a record that matter to a denial.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Record<'a> {
    #[serde(borrow, alias = "eventname")]
    pub(super) event_name: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventsource")]
    pub(super) event_source: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "eventtime")]
    pub(super) event_time: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "awsregion")]
    pub(super) aws_region: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "sourceIPAddress", alias = "sourceipaddress")]
    pub(super) source_ip: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "useragent")]
    pub(super) user_agent: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "errorcode")]
    pub(super) error_code: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "errormessage")]
    pub(super) error_message: Option<Cow<'a, str>>,
    #[serde(alias = "useridentity")]
    pub(super) user_identity: Identity,
    pub(super) resources: Option<Vec<Resource>>,
    #[serde(borrow, alias = "vpcendpointid")]
    pub(super) vpc_endpoint_id: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "requestparameters")]
    pub(super) request_parameters: Option<&'a RawValue>,
    #[serde(borrow, alias = "responseelements")]
    pub(super) response_elements: Option<&'a RawValue>,
    #[serde(borrow, rename = "requestID", alias = "requestid", alias = "requestId")]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) tls_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) event_context: Option<&'a RawValue>,
}

/// Who a record says made the request.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Identity {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(alias = "principalid")]
    pub(super) principal_id: Option<String>,
    pub(super) arn: Option<String>,
    #[serde(alias = "accountid")]
    pub(super) account_id: Option<String>,
    #[serde(alias = "username")]
    pub(super) user_name: Option<String>,
    #[serde(alias = "invokedby")]
    pub(super) invoked_by: Option<String>,
    #[serde(alias = "sessioncontext")]
    pub(super) session_context: Option<Session>,
    /// Kept as a mark only.
    #[serde(alias = "accesskeyid")]
    access_key_id: Option<String>,
    #[serde(rename = "identityProvider", alias = "identityprovider")]
    pub(super) provider: Option<String>,
}

/// The session of temporary credentials.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Session {
    #[serde(rename = "sessionIssuer", alias = "sessionissuer")]
    pub(super) issuer: Option<Issuer>,
    pub(super) attributes: Option<Attributes>,
    #[serde(alias = "sourceidentity")]
    pub(super) source_identity: Option<String>,
    #[serde(alias = "webidfederationdata")]
    pub(super) web_id_federation_data: Option<Federation>,
}

/// Whose session it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Issuer {
    pub(super) arn: Option<String>,
}

/// How the session was made.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Attributes {
    #[serde(alias = "mfaauthenticated")]
    pub(super) mfa_authenticated: Option<serde_json::Value>,
    #[serde(alias = "creationdate")]
    pub(super) creation_date: Option<String>,
}

/// Who vouched for a web identity.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Federation {
    pub(super) federated_provider: Option<String>,
}

/// What a record says was touched.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Resource {
    #[serde(rename = "ARN", alias = "arn")]
    pub(super) arn: Option<String>,
    #[serde(rename = "accountId", alias = "accountid")]
    pub(super) account: Option<String>,
}

fn denials(record: &Record<'_>) -> Vec<Denial> {
    let Some(error_code) = record.error_code.as_deref().filter(|code| !code.is_empty()) else { return Vec::new() };
    let message = record.error_message.as_deref().unwrap_or_default();
    let service = record.event_source.as_deref().and_then(service::from_event_source);
    let mut found = super::from_text(message);
    // the message of one record tells of one denial
    found.truncate(1);
    if found.is_empty() {
        found.extend(
            code_error::kind_by_code(error_code, message, service.as_deref()).map(|kind| blank(kind, error_code)),
        );
    }
    for denial in &mut found {
        fill(denial, record, error_code, service.as_deref());
    }
    found
}

/// A denial of which only the code is known.
fn blank(kind: DenialKind, error_code: &str) -> Denial {
    let mut denial = Denial::blank(kind);
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html
    if error_code == "VpceAccessDenied" {
        denial.reason.policy_type = Some(PolicyType::VpcEndpoint);
    }
    denial
}

fn fill(denial: &mut Denial, record: &Record<'_>, error_code: &str, service: Option<&str>) {
    denial.error_code = Some(error_code.to_owned());
    denial.operation = record.event_name.as_deref().map(str::to_owned);
    denial.service = service.map(str::to_owned);
    denial.operation_certain = denial.operation.is_some();
    denial.request_ids = record.request_id.as_deref().map(str::to_owned).into_iter().collect();
    let identity = &record.user_identity;
    let named = denial.principal.as_ref().zip(principal(identity));
    if let Some(damage) = named.and_then(|(said, own)| contradiction::principal_of_record(said, &own)) {
        denial.add_damage(damage);
    }
    if denial.principal.as_ref().is_none_or(|principal| principal.as_str().contains("...")) {
        denial.principal = principal(identity).or_else(|| denial.principal.take());
    }
    denial.role = identity
        .session_context
        .as_ref()
        .and_then(|session| session.issuer.as_ref()?.arn.as_ref()?.parse().ok())
        .filter(|arn: &crate::iam::Arn| arn.resource().starts_with("role/"));
    denial.context = record_context::facts(record);
    denial.key = identity.access_key_id.as_deref().and_then(KeyMark::new);
    let bare = denial.reason == Reason::default() && denial.kind == DenialKind::IamDenial && denial.action.is_none();
    if denial.action.is_none() && denial.kind == DenialKind::IamDenial {
        denial.candidates = candidates::of(service, denial.operation.as_deref());
        if denial.resource.is_none() {
            denial.resource = only_resource(record);
            if denial.resource.is_some() {
                denial.notes.push(Note::ResourceOfRecord);
            }
        }
    }
    if bare && denial.notes.iter().all(|note| !matches!(note, Note::ActionsOfOperation(_))) {
        denial.notes.retain(|note| *note != Note::NoReason);
        notes::of_bare(service, &denial.candidates, ReasonEffect::Unknown, &mut denial.notes);
    }
    if denial.reason.policy_type == Some(PolicyType::VpcEndpoint) && denial.reason.excludes.is_empty() {
        denial.reason.excludes = notes::excluded(&denial.reason, super::reason::Wording::Silent);
    }
}

/// The resource, if the record lists exactly one with an ARN.
fn only_resource(record: &Record<'_>) -> Option<String> {
    let mut arns = record.resources.iter().flatten().filter_map(|resource| resource.arn.clone());
    let first = arns.next()?;
    arns.next().is_none().then_some(first)
}

/// Who made the request: an ARN, a service, or an account.
fn principal(identity: &Identity) -> Option<Principal> {
    if let Some(arn) = identity.arn.as_deref().filter(|arn| !arn.is_empty()) {
        return Some(Principal::new(arn));
    }
    match identity.kind.as_deref() {
        Some("AWSService") => identity.invoked_by.as_deref().map(Principal::new),
        Some("AWSAccount") => {
            let account = identity.account_id.as_deref()?;
            let unsigned = account.eq_ignore_ascii_case("anonymous") || account == "ANONYMOUS_PRINCIPAL";
            Some(Principal::new(if unsigned { "anonymous" } else { account }))
        }
        _ => None,
    }
}
