//! The records that CloudTrail's event history has of denials, and of the calls that made their sessions. Few calls, and not for long.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

mod question;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use question::Question;

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::signed_call::SignedCall;
use super::{Caller, operation as op};
use crate::aws_evidence::{AskedFor, History, NotAsked, Trail, TrailFailure, TrailFile, Wanted, concerns};
use crate::denial::Denial;
use crate::iam::secret::{self, SecretKind};
use crate::snapshot::RawEvidence;

/// Calls of one run.
const CALLS: usize = 4;

/// Pages of one question; a page holds fifty records at most.
const PAGES: usize = 2;

/// The time of all calls together.
const LIMIT: Duration = Duration::from_secs(5);

/// Two calls a second are allowed in an account and Region.
const PAUSE: Duration = Duration::from_millis(500);

/// What the event history tells of the denials of the caller's own account.
pub async fn history(clients: &Clients, caller: &Caller, denials: &[Denial]) -> Vec<TrailFile> {
    let mut asking = Asking { clients, calls: 0, last: BTreeMap::new(), failed: None, files: Vec::new() };
    let within = tokio::time::timeout(LIMIT, asking.ask(caller, denials)).await;
    if within.is_err()
        && let Some(open) = asking.files.last_mut()
        && !open.complete
        && open.failure.is_none()
    {
        open.failure = Some(failure(&Failure::own(
            &op::LOOKUP_EVENTS,
            FailureKind::Unreachable,
            format!("no answer within {} seconds", LIMIT.as_secs()),
        )));
    }
    if within.is_err() {
        let own = denials.iter().filter(|denial| question::is_own(denial, caller) && question::lacks_record(denial));
        for denial in own {
            if !asking.files.iter().any(|file| file.of == AskedFor::of(denial)) {
                asking.files.push(not_asked(denial, NotAsked::Limit));
            }
        }
    }
    asking.files
}

/// Asks for one record of the last minute, to see whether it may be asked.
pub(super) async fn try_it(clients: &Clients) -> Result<(), Failure> {
    let now = jiff::Timestamp::now().as_second();
    let input = serde_json::json!({"StartTime": now - 60, "EndTime": now, "MaxResults": 1});
    clients.signed(SignedCall::json(&op::LOOKUP_EVENTS, question::TARGET, "1.1", &input)).await.map(drop)
}

/// What was asked so far.
struct Asking<'a> {
    clients: &'a Clients,
    calls: usize,
    /// When each Region was asked last.
    last: BTreeMap<String, Instant>,
    /// A failure after which nothing more is asked.
    failed: Option<TrailFailure>,
    files: Vec<TrailFile>,
}

impl Asking<'_> {
    async fn ask(&mut self, caller: &Caller, denials: &[Denial]) {
        for denial in denials.iter().filter(|denial| question::is_own(denial, caller)) {
            let from = self.files.len();
            let mut known = denial.clone();
            if question::lacks_record(denial) {
                if question::is_data_event(denial) {
                    self.files.push(not_asked(denial, NotAsked::DataEvent));
                } else if question::is_too_old(denial) {
                    self.files.push(not_asked(denial, NotAsked::TooOld));
                } else {
                    for question in question::of_denial(self.clients, denial) {
                        self.put(denial, Wanted::Denial, &question).await;
                        if !matches!(self.told(&mut known, denial, from), Some(Trail::Nothing { .. })) {
                            break;
                        }
                    }
                }
            }
            for question in question::of_session(self.clients, &known) {
                self.put(denial, Wanted::Session, &question).await;
                self.told(&mut known, denial, from);
                if known.session.is_some() {
                    break;
                }
            }
        }
    }

    /// What the answers for one denial come to, by the same code that reads a saved file; `known` is the denial with it.
    fn told(&self, known: &mut Denial, denial: &Denial, from: usize) -> Option<Trail> {
        let texts = self.files.iter().skip(from).filter_map(|file| serde_json::to_string(file).ok());
        let stored = RawEvidence { event_history: texts.collect(), ..RawEvidence::default() };
        known.clone_from(denial);
        History::find(known, &stored).trail
    }

    /// Asks one question.
    async fn put(&mut self, denial: &Denial, wanted: Wanted, question: &Question) {
        let mut file = TrailFile {
            of: AskedFor::of(denial),
            wanted,
            not_asked: None,
            region: question.region.clone(),
            attribute: question.attribute.to_owned(),
            value: question.value.clone(),
            from: question.from.to_string(),
            to: question.to.to_string(),
            complete: false,
            events: Vec::new(),
            failure: self.failed.clone(),
        };
        if file.failure.is_some() {
            // said once for each denial
            if !self.files.iter().any(|known| known.of == file.of && known.failure == file.failure) {
                self.files.push(file);
            }
            return;
        }
        if self.calls >= CALLS {
            if wanted == Wanted::Denial && !self.files.iter().any(|known| known.of == file.of) {
                self.files.push(not_asked(denial, NotAsked::Limit));
            }
            return;
        }
        // where the time is over in the middle, what is there stays
        let at = self.files.len();
        self.files.push(file.clone());
        let mut token: Option<String> = None;
        let mut raw: Vec<String> = Vec::new();
        for _ in 0..PAGES {
            if self.calls >= CALLS {
                break;
            }
            match self.page(question, token.as_deref()).await {
                Ok((events, next)) => {
                    raw.extend(events);
                    file.complete = next.is_none();
                    token = next;
                }
                Err(failed) => {
                    let told = failure(&failed);
                    file.failure = Some(told.clone());
                    self.failed = Some(told);
                    break;
                }
            }
            if token.is_none() {
                break;
            }
        }
        file.events = without_keys(&raw);
        // what others did stays out of the file
        file.events.retain(|event| concerns(denial, wanted, event));
        if let Some(open) = self.files.get_mut(at) {
            *open = file;
        }
    }

    /// One page of records, and the token of the next.
    async fn page(
        &mut self,
        question: &Question,
        token: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), Failure> {
        if let Some(last) = self.last.get(&question.region) {
            tokio::time::sleep_until(*last + PAUSE).await;
        }
        self.last.insert(question.region.clone(), Instant::now());
        self.calls += 1;
        let call = SignedCall::json(&op::LOOKUP_EVENTS, question::TARGET, "1.1", &question.input(token));
        let answer = self.clients.signed(call.in_region(Some(question.region.clone()))).await?;
        let unreadable =
            || Failure::own(&op::LOOKUP_EVENTS, FailureKind::Unreadable, "the answer holds no list of records");
        let events = answer.value.get("Events").and_then(Value::as_array).ok_or_else(unreadable)?;
        let text = |event: &Value| event.get("CloudTrailEvent").and_then(Value::as_str).map(str::to_owned);
        let next = answer.value.get("NextToken").and_then(Value::as_str).filter(|token| !token.is_empty());
        Ok((events.iter().filter_map(text).collect(), next.map(str::to_owned)))
    }
}

fn not_asked(denial: &Denial, why: NotAsked) -> TrailFile {
    TrailFile {
        of: AskedFor::of(denial),
        wanted: Wanted::Denial,
        not_asked: Some(why),
        region: String::new(),
        attribute: String::new(),
        value: String::new(),
        from: String::new(),
        to: String::new(),
        complete: false,
        events: Vec::new(),
        failure: None,
    }
}

fn failure(failure: &Failure) -> TrailFailure {
    let gap = failure.gap("", None);
    TrailFailure {
        said: failure.said.clone(),
        answer: gap.answer.map(Into::into),
        permission: gap.permission.map(Into::into),
    }
}

/// The records without secrets. Access keys, by which a session is known, are replaced by a mark that is the same for the same key.
fn without_keys(raw: &[String]) -> Vec<Value> {
    let mut clean = Vec::new();
    for text in raw {
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for found in secret::find(text).iter().filter(|found| found.kind == SecretKind::AccessKeyId) {
            let span = found.span;
            if let (Some(before), Some(key)) = (text.get(at..span.start), text.get(span.start..span.end)) {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                let mark = format!("-{:016x}", hasher.finish());
                shown.extend([before, key.get(..4).unwrap_or_default(), &mark]);
                at = span.end;
            }
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        clean.extend(serde_json::from_str::<Value>(&secret::redact(&shown)));
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_record_tells_keys_apart_and_holds_none() {
        let token =
            "IQoJb3JpZ2luX2VjEXAMPLETOKENexampletokenEXAMPLETOKENexampletokenEXAMPLETOKENexampletokenEXAMPLETOKEN==";
        let made = format!(
            r#"{{"userIdentity": {{"accessKeyId": "AKIAIOSFODNN7EXAMPLE"}}, "responseElements": {{"credentials":
            {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "sessionToken": "{token}"}}}}}}"#
        );
        let denied = r#"{"userIdentity": {"accessKeyId": "ASIAIOSFODNN7EXAMPLE"}}"#.to_owned();
        let kept = [without_keys(&[made]), without_keys(&[denied])].concat();
        let key = |pointer: &str, record: usize| kept[record].pointer(pointer).unwrap().as_str().unwrap();
        let (by, made, denied) = (
            key("/userIdentity/accessKeyId", 0),
            key("/responseElements/credentials/accessKeyId", 0),
            key("/userIdentity/accessKeyId", 1),
        );
        assert!(made == denied && by != made && by.starts_with("AKIA-") && made.starts_with("ASIA-"), "{kept:?}");
        assert!(!serde_json::to_string(&kept).unwrap().contains("EXAMPLE"), "{kept:?}");
    }
}
