//! How the denied session was made, where another record of the input says so.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, Input};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::facts::{Denial, KeyMark};
use super::record::{Identity, Record};
use crate::iam::{Arn, PolicyType, PrincipalKind, SessionMatch, SessionOrigin, instant};

/// Calls that make sessions, and what their records are searched for.
const CALLS: [&str; 6] =
    ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetFederationToken", "AssumeRoot", SCOPED];
/// The call that gives credentials of the same session which may do less.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getscopedcredentials.html>
const SCOPED: &str = "GetScopedCredentials";

/// A call that made a session. There may be very many: what the same text tells of several is held once.
#[derive(Debug)]
pub(in crate::denial) struct SessionCall {
    operation: &'static str,
    /// The ARN of the session.
    arn: Box<str>,
    at: Option<Box<str>>,
    pub(in crate::denial) by: Option<Arc<str>>,
    pub(in crate::denial) source_identity: Option<Arc<str>>,
    /// The session policy, and its line.
    pub(in crate::denial) policy: Option<(Arc<str>, usize)>,
    policy_arns: Box<[String]>,
    has_parameters: bool,
    /// The input in which its record stands.
    pub(in crate::denial) file: Option<Arc<str>>,
    line: usize,
    key: Option<KeyMark>,
    /// The key with which it was made.
    by_key: Option<KeyMark>,
    /// The tags that were passed.
    pub(super) tags: Box<[(String, String)]>,
    /// The id of its record, where that is of the event history.
    pub(super) event: Option<Box<str>>,
}

impl SessionCall {
    /// Names where its record came from.
    pub(super) fn came_from(&mut self, event: &str) {
        self.file = Some(format!("CloudTrail record {event}").into());
        self.event = Some(event.into());
    }

    /// The ARN of the session.
    pub(super) fn session_arn(&self) -> &str {
        &self.arn
    }

    /// Whether it narrows a session that there was.
    fn narrows(&self) -> bool {
        self.operation == SCOPED
    }

    fn has_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    fn origin(&self, whole: bool, matched_by: SessionMatch) -> SessionOrigin {
        let owned = |text: &Arc<str>| text.as_ref().to_owned();
        SessionOrigin {
            operation: self.operation.to_owned(),
            arn: self.arn.clone().into_string(),
            by: self.by.as_ref().map(owned),
            at: self.at.clone().map(String::from),
            source_identity: self.source_identity.as_ref().map(owned),
            policy: self.policy.as_ref().map(|(text, line)| (owned(text), *line)),
            policy_arns: self.policy_arns.to_vec(),
            whole,
            has_parameters: self.has_parameters,
            file: self.file.as_ref().map(owned).unwrap_or_default(),
            line: self.line,
            matched_by,
        }
    }
}

/// How the names of the calls begin.
const NAMES: [&str; 3] = ["AssumeRo", "GetFederationToken", SCOPED];

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(NAMES).ok());

/// Whether a record may be of such a call; most are not.
pub(super) fn may_be(raw: &str) -> bool {
    NAMES.iter().any(|name| memchr::memmem::find(raw.as_bytes(), name.as_bytes()).is_some())
}

/// Where the names of such calls begin in a range of a text.
pub(super) fn words(text: &str, range: Range<usize>) -> Vec<usize> {
    let Some(search) = WORDS.as_ref() else { return Vec::new() };
    let far = text.len().min(range.end + SCOPED.len() - 1);
    let found = search.find_iter(Input::new(text.as_bytes()).range(range.start..far));
    found.map(|word| word.start()).take_while(|start| *start < range.end).collect()
}

/// What such a call answered.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Response {
    credentials: Credentials,
    assumed_role_user: Named,
    federated_user: Named,
    source_identity: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Credentials {
    access_key_id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    arn: String,
}

/// What it was asked.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Parameters<'a> {
    role_arn: Option<String>,
    role_session_name: Option<String>,
    name: Option<String>,
    source_identity: Option<String>,
    #[serde(borrow)]
    policy: Option<&'a RawValue>,
    #[serde(borrow)]
    policy_arns: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
    #[serde(borrow)]
    principal_tags: Option<&'a RawValue>,
}

/// The session that a record's call made; `line` gives the line of a part of the record.
pub(super) fn made(record: &Record<'_>, line: &mut dyn FnMut(&str) -> usize, whole: &str) -> Option<SessionCall> {
    let name = record.event_name.as_deref()?;
    let operation = CALLS.into_iter().find(|call| *call == name)?;
    let failed = record.error_code.as_deref().is_some_and(|code| !code.is_empty());
    if failed || record.event_source.as_deref().is_some_and(|source| source != "sts.amazonaws.com") {
        return None;
    }
    let answered: Option<Response> = record.response_elements.and_then(|raw| unpacked(raw.get()));
    let answered = answered.unwrap_or_default();
    let mut inner = Cow::Borrowed(record.request_parameters.map_or("", RawValue::get));
    // rows of Athena have the parameters as a string
    if inner.starts_with('"') {
        inner = Cow::Owned(serde_json::from_str::<String>(&inner).ok()?);
    }
    let parameters = serde_json::from_str::<Parameters<'_>>(&inner).ok();
    let has_parameters = parameters.is_some();
    let parameters = parameters.unwrap_or_default();
    let session = match operation {
        SCOPED => record.user_identity.arn.as_deref().map(str::to_owned)?,
        _ => session(&answered, &parameters, &record.user_identity)?,
    };
    let within = |part: &str| {
        let (start, end) = (whole.as_ptr() as usize, whole.as_ptr() as usize + whole.len());
        (start..end).contains(&(part.as_ptr() as usize))
    };
    let policy = parameters.policy.filter(|policy| policy.get() != "null").map(|policy| {
        let at = if within(policy.get()) { line(policy.get()) } else { line(whole) };
        let text = serde_json::from_str::<String>(policy.get()).unwrap_or_else(|_| policy.get().to_owned());
        (text, at)
    });
    let source_identity = parameters.source_identity.clone().or(answered.source_identity);
    Some(SessionCall {
        operation,
        arn: session.into(),
        by: caller(&record.user_identity).map(Into::into),
        at: record.event_time.as_deref().map(Into::into),
        source_identity: source_identity.map(Into::into),
        policy: policy.filter(|(text, _)| !text.trim().is_empty()).map(|(text, line)| (text.into(), line)),
        policy_arns: parameters.policy_arns.map(|raw| arns(raw.get())).unwrap_or_default().into(),
        has_parameters,
        file: None,
        line: line(whole),
        key: KeyMark::new(&answered.credentials.access_key_id),
        by_key: record.user_identity.access_key_id.as_deref().and_then(KeyMark::new),
        tags: passed_tags(&parameters).into(),
        event: None,
    })
}

/// The session tags that were passed: a list where they are a parameter, an object where they come with a token or an assertion.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
fn passed_tags(parameters: &Parameters<'_>) -> Vec<(String, String)> {
    #[derive(Deserialize)]
    struct Tag {
        key: String,
        value: String,
    }
    let list: Vec<Tag> = parameters.tags.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    let object: BTreeMap<String, String> =
        parameters.principal_tags.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    list.into_iter().map(|tag| (tag.key, tag.value)).chain(object).collect()
}

/// A value that may be a string of JSON.
fn unpacked<T: for<'de> Deserialize<'de>>(raw: &str) -> Option<T> {
    if raw.starts_with('"') {
        return serde_json::from_str(&serde_json::from_str::<String>(raw).ok()?).ok();
    }
    serde_json::from_str(raw).ok()
}

/// The ARN of the session: as it was answered, or as it follows from what was asked.
fn session(answered: &Response, parameters: &Parameters<'_>, identity: &Identity) -> Option<String> {
    let told = [&answered.assumed_role_user.arn, &answered.federated_user.arn].into_iter().find(|arn| !arn.is_empty());
    if let Some(arn) = told {
        return Some(arn.clone());
    }
    if let (Some(role), Some(name)) = (&parameters.role_arn, &parameters.role_session_name) {
        let role: Arn = role.parse().ok()?;
        let bare = role.resource().strip_prefix("role/")?.rsplit('/').next()?;
        return Some(format!("arn:{}:sts::{}:assumed-role/{bare}/{name}", role.partition(), role.account()));
    }
    let caller: Arn = identity.arn.as_deref()?.parse().ok()?;
    let name = parameters.name.as_deref()?;
    Some(format!("arn:{}:sts::{}:federated-user/{name}", caller.partition(), caller.account()))
}

/// Who called: an ARN, a service, or a user of an identity provider.
fn caller(identity: &Identity<'_>) -> Option<String> {
    let arn = identity.arn.as_ref().filter(|arn| !arn.is_empty());
    let user = || {
        let name = identity.user_name.as_deref().or(identity.principal_id.as_deref())?;
        let provider = identity.provider.as_deref();
        Some(provider.map_or_else(|| name.to_owned(), |provider| format!("{name} of {provider}")))
    };
    arn.map(|arn| (**arn).to_owned()).or_else(|| identity.invoked_by.as_deref().map(str::to_owned)).or_else(user)
}

/// `[{"arn": ...}]`, or a list of texts.
fn arns(raw: &str) -> Vec<String> {
    let items: Vec<serde_json::Value> = serde_json::from_str(raw).unwrap_or_default();
    let one = |item: &serde_json::Value| item.get("arn").unwrap_or(item).as_str().map(str::to_owned);
    items.iter().filter_map(one).collect()
}

/// Adds to each denial how its session was made, where one record says so and no other contradicts it.
pub(in crate::denial) fn join(denials: &mut [Denial], calls: &[SessionCall]) {
    let mut by_session: BTreeMap<&str, Vec<&SessionCall>> = BTreeMap::new();
    for one in calls {
        by_session.entry(&*one.arn).or_default().push(one);
    }
    for denial in denials {
        let session = denial.principal.as_ref().map(crate::iam::Principal::as_str);
        if let Some(candidates) = session.and_then(|session| by_session.get(session)) {
            join_one(denial, candidates);
        }
    }
}

/// The same for one denial; the call, where it is known by its access key.
pub(super) fn join_one<'a>(denial: &mut Denial, calls: &[&'a SessionCall]) -> Option<&'a SessionCall> {
    let session = denial
        .principal
        .as_ref()
        .filter(|principal| matches!(principal.kind(), PrincipalKind::AssumedRole | PrincipalKind::FederatedUser));
    let session = session?;
    let candidates: Vec<&SessionCall> = calls.iter().copied().filter(|one| *one.arn == *session.as_str()).collect();
    let same_key = denial.key.and_then(|key| candidates.iter().copied().find(|one| one.key == Some(key)));
    let found = match same_key {
        Some(one) => Some((one, SessionMatch::AccessKey)),
        // another key is another session, whatever its name
        None => latest(denial, &candidates).map(|one| (one, SessionMatch::RoleAndSessionName)),
    };
    denial.session = found.map(|(one, matched_by)| {
        let whole = !one.narrows() || is_whole(one, &candidates);
        Box::new(one.origin(whole, matched_by))
    });
    same_key
}

/// Whether a narrowing call is the only one that limited its session: the call that made the session is there, and passed no policy.
fn is_whole(scoped: &SessionCall, candidates: &[&SessionCall]) -> bool {
    let Some(by_key) = scoped.by_key else { return false };
    candidates.iter().any(|one| one.key == Some(by_key) && !one.narrows() && one.has_parameters && !one.has_policies())
}

/// The last call before the denial, unless it may have made another session of the same name.
fn latest<'a>(denial: &Denial, candidates: &[&'a SessionCall]) -> Option<&'a SessionCall> {
    let at = denial.context.iter().find(|fact| fact.key == "aws:CurrentTime").and_then(|fact| fact.values.first());
    let at = at.or(denial.at.as_ref()).and_then(|at| instant(at));
    let possible: Vec<&SessionCall> = candidates
        .iter()
        .copied()
        .filter(|one| denial.key.is_none() || one.key.is_none())
        .filter(|one| at.zip(one.at.as_deref().and_then(instant)).is_none_or(|(at, made)| made <= at))
        .collect();
    // the credentials from before go on beside narrowed ones; only where AWS blames a session policy it is that of the only call with one
    if possible.iter().any(|one| one.narrows()) {
        let mut with = possible.iter().copied().filter(|one| one.has_policies());
        let only = with.next().filter(|_| with.next().is_none());
        return only.filter(|_| denial.reason.policy_type == Some(PolicyType::Session));
    }
    let last = possible.iter().copied().max_by_key(|one| one.at.as_deref())?;
    let same = |one: &&SessionCall| {
        let text = |call: &SessionCall| call.policy.as_ref().map(|(text, _)| Arc::clone(text));
        text(one) == text(last) && one.policy_arns == last.policy_arns
    };
    // without the time of the denial any of them may be meant
    (at.is_some() || possible.iter().all(same)).then_some(last)
}

#[cfg(test)]
mod tests {
    use crate::denial::{Denial, parse_text};

    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/reader/run-9";

    fn made(at: &str, action: &str) -> String {
        let policy =
            format!(r#"{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}}}"#);
        format!(
            r#"{{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "eventTime": "{at}", "userIdentity": {{"type": "AWSService",
            "invokedBy": "codepipeline.amazonaws.com"}}, "requestParameters": {{"roleArn": "arn:aws:iam::111122223333:role/ci/reader",
            "roleSessionName": "run-9", "policy": "{policy}"}}, "responseElements": null}}"#
        )
    }

    fn denied() -> String {
        format!(
            "User: {SESSION} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no session policy allows the s3:GetObject action"
        )
    }

    fn told(text: &str) -> Option<String> {
        let denials: Vec<Denial> = parse_text(text);
        assert_eq!(denials.len(), 1, "{text}");
        let origin = denials.first()?.session.as_ref()?;
        let (by, at) = (origin.by.as_deref()?, origin.at.as_deref()?);
        Some(format!("{by} at {at} in {}, line {}, by {}", origin.operation, origin.line, origin.matched_by.code()))
    }

    #[test]
    fn a_call_that_made_a_session_is_no_denial() {
        assert_eq!(parse_text(&made("2026-11-20T09:00:00Z", "s3:*")), []);
        let refused = made("2026-11-20T09:00:00Z", "s3:*").replacen('{', r#"{"errorCode": "AccessDenied", "errorMessage": "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/ci/reader","#, 1);
        let denials = parse_text(&refused);
        assert_eq!(
            denials
                .iter()
                .filter_map(|denial| denial.action.as_ref())
                .map(crate::iam::Action::as_str)
                .collect::<Vec<_>>(),
            ["sts:AssumeRole"]
        );
        // and it made no session
        assert_eq!(
            parse_text(&format!("{refused}\n{}", denied())).iter().filter(|denial| denial.session.is_some()).count(),
            0
        );
    }

    #[test]
    fn the_record_may_stand_before_or_behind_the_message() {
        let expected =
            "codepipeline.amazonaws.com at 2026-11-20T09:00:00Z in AssumeRole, line 1, by role-and-session-name";
        let record = made("2026-11-20T09:00:00Z", "s3:ListBucket");
        assert_eq!(told(&format!("{record}\n{}", denied())).as_deref(), Some(expected));
        assert_eq!(told(&format!("{}\n{record}", denied())), Some(expected.replace("line 1", "line 2")));
    }

    #[test]
    fn of_two_sessions_of_one_name_none_is_guessed() {
        let (one, same) =
            (made("2026-11-20T09:00:00Z", "s3:ListBucket"), made("2026-11-20T10:00:00Z", "s3:ListBucket"));
        let other = made("2026-11-20T10:00:00Z", "s3:GetObject");
        assert!(told(&format!("{one}\n{same}\n{}", denied())).is_some());
        assert_eq!(told(&format!("{one}\n{other}\n{}", denied())), None);
    }

    fn narrowed(at: &str, by: &str, key: &str, action: &str) -> String {
        let policy =
            format!(r#"{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}}}"#);
        format!(
            r#"{{"eventSource": "sts.amazonaws.com", "eventName": "GetScopedCredentials", "eventTime": "{at}", "userIdentity": {{
            "type": "AssumedRole", "arn": "{SESSION}", "accessKeyId": "{by}"}}, "requestParameters": {{"policy": "{policy}"}},
            "responseElements": {{"credentials": {{"accessKeyId": "{key}"}}}}}}"#
        )
        .replace("\n            ", " ")
    }

    fn denied_with(key: &str) -> String {
        format!(
            r#"{{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventTime": "2026-11-27T12:00:00Z", "errorCode": "AccessDenied",
            "errorMessage": "User: {SESSION} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\"",
            "userIdentity": {{"type": "AssumedRole", "arn": "{SESSION}", "accessKeyId": "{key}"}}}}"#
        )
        .replace("\n            ", " ")
    }

    fn origin(text: &str) -> Option<(String, bool)> {
        let denials: Vec<Denial> = parse_text(text);
        let origin = denials.first()?.session.as_ref()?;
        Some((origin.operation.clone(), origin.whole))
    }

    #[test]
    fn narrowed_credentials_are_known_by_their_key() {
        let first = made("2026-11-27T09:00:00Z", "s3:*").replace(
            r#""responseElements": null"#,
            r#""responseElements": {"credentials": {"accessKeyId": "ASIAIOSFODNN7EXAMPLE"}}"#,
        );
        let plain = first.replace(r#""policy": "#, r#""none": "#);
        let scoped = narrowed("2026-11-27T10:00:00Z", "ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE", "s3:ListBucket");
        let denied = denied_with("ASIAI44QH8DHBEXAMPLE");
        let narrows = |whole| Some(("GetScopedCredentials".to_owned(), whole));
        assert_eq!(origin(&format!("{scoped}\n{denied}")), narrows(false));
        // the session that was narrowed has no policy of its own, or has one
        assert_eq!(origin(&format!("{plain}\n{scoped}\n{denied}")), narrows(true));
        assert_eq!(origin(&format!("{first}\n{scoped}\n{denied}")), narrows(false));
        // the credentials from before go on beside it
        let before = denied_with("ASIAIOSFODNN7EXAMPLE");
        assert_eq!(origin(&format!("{plain}\n{scoped}\n{before}")), Some(("AssumeRole".to_owned(), true)));
    }

    #[test]
    fn without_a_key_narrowed_credentials_are_taken_only_where_aws_blames_a_session_policy() {
        let scoped = narrowed("2026-11-27T10:00:00Z", "ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE", "s3:ListBucket");
        let again = narrowed("2026-11-27T11:00:00Z", "ASIAI44QH8DHBEXAMPLE", "ASIAI55QH8DHBEXAMPLE", "s3:ListBucket");
        let narrows = Some(("GetScopedCredentials".to_owned(), false));
        assert_eq!(origin(&format!("{scoped}\n{}", denied())), narrows);
        assert_eq!(origin(&format!("{scoped}\n{again}\n{}", denied())), None);
        let silent = denied().replace(" because no session policy allows the s3:GetObject action", "");
        assert_eq!(origin(&format!("{scoped}\n{silent}")), None);
    }
}
