//! The JSON shape of one denial, as `explain` and `diagnose` print it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::next_step::NextStepRecord;
use super::printable;
use super::words::denial as words;
use crate::denial::{Damage, Denial, DenialKind, Doubt, Elsewhere, Failure, Fingerprint, Note, Part, ReasonEffect};
use crate::iam::{PolicyType, Principal, PrincipalKind, secret};
use crate::remedy::bedrock::next::Calls;

/// The version of every JSON answer.
pub const SCHEMA_VERSION: u8 = 1;

/// The answer of `explain --format json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ExplainReport<'a> {
    /// Always 1.
    pub schema_version: u8,
    /// What was found, in order.
    pub denials: Vec<DenialRecord<'a>>,
}

/// One denial, or one failure that looks like a denial.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DenialRecord<'a> {
    /// Whether IAM denied the request.
    pub kind: Kind,
    /// What it is instead, for `other-failure`.
    pub failure: Option<Failure>,
    /// The error code of the response.
    pub error_code: Option<Cow<'a, str>>,
    /// The HTTP status of the response.
    pub http_status: Option<u16>,
    /// The API operation that was called: not always the action's name.
    pub operation: Option<Cow<'a, str>>,
    /// The IAM prefix of the service that answered.
    pub service: Option<Cow<'a, str>>,
    /// Who was denied.
    pub principal: Option<PrincipalRecord<'a>>,
    /// What was denied, as written; compare without case.
    pub action: Option<Cow<'a, str>>,
    /// On what, unquoted and unwrapped.
    pub resource: Option<Cow<'a, str>>,
    /// Explicit deny, implicit deny, or not said.
    pub effect: Effect,
    /// The policy type that AWS named.
    pub policy_type: Option<PolicyType>,
    /// The policy that AWS named.
    pub policy_arn: Option<Cow<'a, str>>,
    /// The id for iam:GetRequestAuthorizationDetails.
    pub authorization_id: Option<Cow<'a, str>>,
    /// Whether an encoded authorization message is there; the blob itself is not repeated.
    pub encoded_message: Option<EncodedRecord>,
    /// Policy types that the wording rules out as the reported cause.
    pub excludes: &'a [PolicyType],
    /// What the text does not prove; edits or truncation noticed.
    pub notes: Vec<Cow<'a, str>>,
    /// The stable code of each note, in the same order.
    pub note_codes: Vec<&'static str>,
    /// For a failure of a model on Amazon Bedrock: which one; left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_failure: Option<&'static str>,
    /// What to do about it; its commands are for a person to read and run. Left out where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub next: Vec<NextStepRecord>,
    /// Signs that the text is not as AWS wrote it; each stands among the notes too.
    pub damage: Vec<DamageRecord>,
    /// The same for denials of one cause, whatever the session, the object or the request id.
    pub fingerprint: String,
    /// Where it stands in the input.
    pub span: SpanRecord,
    /// How often the same denial occurs in the input.
    pub occurrences: usize,
    /// The input that it stands in, where several were given; left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Cow<'a, str>>,
    /// Where it stands in other inputs. Left out where it stands in none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub also_in: Vec<ElsewhereRecord<'a>>,
}

/// A place in another input.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ElsewhereRecord<'a> {
    /// The input.
    pub file: Cow<'a, str>,
    /// The line, from 1.
    pub line: usize,
}

/// Whether IAM denied the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// IAM said no.
    IamDenial,
    /// Something else did.
    OtherFailure,
}

/// Explicit deny, implicit deny, or not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A Deny statement matched.
    ExplicitDeny,
    /// No policy of the type allows the action.
    ImplicitDeny,
    /// The text does not say.
    Unknown,
}

/// Who was denied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PrincipalRecord<'a> {
    /// As written: an ARN, a service principal, or a word.
    pub arn: Cow<'a, str>,
    /// What kind of principal it is.
    #[serde(rename = "type")]
    pub kind: PrincipalKind,
    /// The account, if it is a twelve-digit number.
    pub account: Option<Cow<'a, str>>,
    /// The name of the user, role, federated user or service.
    pub name: Option<Cow<'a, str>>,
    /// The session name of an assumed role.
    pub session: Option<Cow<'a, str>>,
}

/// An encoded authorization message, which is not repeated.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct EncodedRecord {
    /// Whether it is whole; a truncated one cannot be decoded.
    pub complete: bool,
}

/// A sign that the text was edited or damaged.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DamageRecord {
    /// The stable name of the kind.
    pub code: &'static str,
    /// The parts that it makes doubtful.
    pub parts: Vec<Part>,
    /// Whether they cannot be right as they stand, rather than may be.
    pub contradicted: bool,
    /// It, in a sentence.
    pub what: String,
}

/// A place in the input.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct SpanRecord {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The line, from 1.
    pub line: usize,
}

impl<'a> ExplainReport<'a> {
    /// The answer for `denials`.
    #[must_use]
    pub fn new(denials: &'a [Denial]) -> Self {
        Self { schema_version: SCHEMA_VERSION, denials: denials.iter().map(DenialRecord::from).collect() }
    }
}

impl<'a> From<&'a Denial> for DenialRecord<'a> {
    fn from(denial: &'a Denial) -> Self {
        let (kind, failure) = match denial.kind {
            DenialKind::IamDenial => (Kind::IamDenial, None),
            DenialKind::OtherFailure(failure) => (Kind::OtherFailure, Some(failure)),
        };
        let text = |value: &'a Option<String>| value.as_deref().map(clean);
        let damage = denial.damage.iter().map(Damage::code);
        Self {
            kind,
            failure,
            error_code: text(&denial.error_code),
            http_status: denial.http_status,
            operation: text(&denial.operation),
            service: text(&denial.service),
            principal: denial.principal.as_ref().map(PrincipalRecord::from),
            action: denial.action.as_ref().map(|action| clean(action.as_str())),
            resource: text(&denial.resource),
            effect: match denial.reason.effect {
                ReasonEffect::ExplicitDeny => Effect::ExplicitDeny,
                ReasonEffect::ImplicitDeny => Effect::ImplicitDeny,
                ReasonEffect::Unknown => Effect::Unknown,
            },
            policy_type: denial.reason.policy_type,
            policy_arn: text(&denial.reason.policy_arn),
            authorization_id: text(&denial.authorization_id),
            encoded_message: denial
                .encoded_message
                .as_ref()
                .map(|message| EncodedRecord { complete: message.complete }),
            excludes: &denial.reason.excludes,
            notes: words::remarks(denial).map(|note| Cow::Owned(clean(&note).into_owned())).collect(),
            note_codes: damage.chain(denial.notes.iter().map(Note::code)).collect(),
            model_failure: denial.model.as_ref().map(|model| model.failure.code()),
            next: Calls::of_text(denial).as_ref().map(NextStepRecord::all).unwrap_or_default(),
            damage: denial.damage.iter().map(DamageRecord::from).collect(),
            fingerprint: Fingerprint::of(denial).to_string(),
            span: SpanRecord { start: denial.span.start, end: denial.span.end, line: denial.line },
            occurrences: denial.occurrences,
            file: denial.file.as_deref().map(clean),
            also_in: denial.also_in.iter().map(ElsewhereRecord::from).collect(),
        }
    }
}

impl<'a> From<&'a Elsewhere> for ElsewhereRecord<'a> {
    fn from(elsewhere: &'a Elsewhere) -> Self {
        Self { file: clean(&elsewhere.file), line: elsewhere.line }
    }
}

impl From<&Damage> for DamageRecord {
    fn from(damage: &Damage) -> Self {
        let (doubt, parts) = damage.parts();
        let contradicted = doubt == Doubt::Contradicted;
        Self { code: damage.code(), parts, contradicted, what: clean(&words::damage(damage)).into_owned() }
    }
}

impl<'a> From<&'a Principal> for PrincipalRecord<'a> {
    fn from(principal: &'a Principal) -> Self {
        Self {
            arn: clean(principal.as_str()),
            kind: principal.kind(),
            account: principal.account().map(clean),
            name: principal.name().map(clean),
            session: principal.session().map(clean),
        }
    }
}

/// Untrusted text for an output: no secret, no control character.
fn clean(text: &str) -> Cow<'_, str> {
    // secrets are at least twenty characters long
    let redacted = if text.len() < 20 { Cow::Borrowed(text) } else { secret::redact(text) };
    if redacted.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return redacted;
    }
    if redacted.chars().any(|c| c.is_control() || matches!(c, '\u{200E}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
        return Cow::Owned(printable(&redacted));
    }
    redacted
}
