//! Records of CloudTrail's event history, which are asked for because of a denial that a text told: what they add to it.

use super::super::assemble::Lines;
use super::super::facts::{ContextFact, ContextSource, Denial};
use super::record::Record;
use super::session::{self, SessionCall};
use super::{Reader, denials};
use crate::text;

/// A record of the event history.
#[derive(Debug)]
pub struct EventRecord {
    /// Its id.
    pub id: String,
    /// When the request was completed (RFC 3339).
    pub at: String,
    /// The denial that it tells of.
    pub denial: Option<Denial>,
    /// The call that made a session, if it is of one.
    sessions: Vec<SessionCall>,
}

impl EventRecord {
    /// Reads a record: the JSON text of `CloudTrailEvent`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mended = text::mended(text);
        let text = mended.as_deref().unwrap_or(text);
        let record: Record<'_> = serde_json::from_str(text).ok()?;
        let id = record.event_id.as_deref()?.to_owned();
        let at = record.event_time.as_deref()?.to_owned();
        let mut sessions = Vec::new();
        let (found, lines) = (&mut |_| {}, &mut Lines::new(text));
        Reader { text, base: 0, lines, found, sessions: &mut sessions, records: 0 }.session(text, text);
        for call in &mut sessions {
            call.came_from(&id);
        }
        Some(Self { id, at, denial: denials(&record).into_iter().next(), sessions })
    }

    /// Whether it is of a call that made a session of the denied principal's name.
    #[must_use]
    pub fn made_session_of(&self, denial: &Denial) -> bool {
        let principal = denial.principal.as_ref().map(crate::iam::Principal::as_str);
        self.sessions.iter().any(|call| Some(call.session_arn()) == principal)
    }
}

impl Denial {
    /// Adds what the record of this denial tells of the request and the caller. What the text told stays.
    pub fn add_record(&mut self, record: &EventRecord) {
        let Some(of_record) = &record.denial else { return };
        for fact in &of_record.context {
            let known = self.context.iter().any(|own| own.key.eq_ignore_ascii_case(&fact.key));
            if let (false, ContextSource::CloudTrailField(field)) = (known, &fact.source) {
                let source = ContextSource::EventHistory { event: record.id.clone(), field: field.clone() };
                self.context.push(ContextFact { source, ..fact.clone() });
            }
        }
        self.role = self.role.take().or_else(|| of_record.role.clone());
        self.key = self.key.or(of_record.key);
        self.at = self.at.take().or_else(|| of_record.at.clone());
        self.principal = self.principal.take().or_else(|| of_record.principal.clone());
        for id in &of_record.request_ids {
            if !self.request_ids.contains(id) {
                self.request_ids.push(id.clone());
            }
        }
    }

    /// Adds how its session was made, if one of the records tells it and no other contradicts.
    pub fn add_session(&mut self, records: &[EventRecord]) {
        if self.session.is_none() {
            let calls: Vec<&SessionCall> = records.iter().flat_map(|record| &record.sessions).collect();
            let made_by = session::join_one(self, &calls);
            // tags that were passed count for more than those of the role
            for (key, value) in made_by.into_iter().flat_map(|call| &call.tags) {
                let key = format!("aws:PrincipalTag/{key}");
                let event = made_by.and_then(|call| call.event.clone()).map(String::from).unwrap_or_default();
                if !self.context.iter().any(|own| own.key.eq_ignore_ascii_case(&key)) {
                    let source = ContextSource::EventHistory { event, field: "requestParameters.tags".to_owned() };
                    self.context.push(ContextFact { key, values: vec![value.clone()], source });
                }
            }
        }
    }
}
