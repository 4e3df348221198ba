//! What is known about one denial.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use super::caller::Caller;
use super::damage::Damage;
use super::failure::Failure;
use super::model_failure::ModelTrouble;
use super::note::{Note, ServiceRole};
use super::quarantine::{Undoing, is_quarantine_policy};
use crate::iam::{Action, Arn, PolicyType, Principal, SessionOrigin};
use crate::text::Span;

/// One denial, or one failure that looks like a denial, found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Denial {
    /// An IAM denial, or what it is instead.
    pub kind: DenialKind,
    /// The error code of the response, for example `AccessDeniedException`.
    pub error_code: Option<String>,
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// The API operation that was called, for example `ListObjectsV2`: not the action.
    pub operation: Option<String>,
    /// The service that answered, as its IAM prefix, for example `bedrock`.
    pub service: Option<String>,
    /// Who was denied.
    pub principal: Option<Principal>,
    /// Who was denied, where a record names somebody who has no ARN.
    pub(crate) caller: Option<Box<Caller>>,
    /// What was denied, as written.
    pub action: Option<Action>,
    /// On what, unquoted and unwrapped, as written otherwise: an ARN, `*`, a name, a URL.
    pub resource: Option<String>,
    /// The reason that AWS gave.
    pub reason: Reason,
    /// Actions that the operation needs, when the text names none: inferred, most likely first.
    pub candidates: Vec<Action>,
    /// For a session: the role with its path, where a record names it (a session's ARN has no path).
    pub role: Option<Arn>,
    /// For a session: how it was made, where another record of the input says so.
    pub session: Option<Box<SessionOrigin>>,
    /// What of AWS's quarantine of a leaked key the request would take off, as its record names it.
    pub(crate) undoes: Option<Box<Undoing>>,
    /// Distinguishes the access key of the record from other keys.
    pub(crate) key: Option<KeyMark>,
    /// For a failure of a model on Amazon Bedrock: which one, and of which model.
    pub model: Option<ModelTrouble>,
    /// Condition keys that the input gives beside the message.
    pub context: Vec<ContextFact>,
    /// The id for `iam:GetRequestAuthorizationDetails`.
    pub authorization_id: Option<String>,
    /// The encoded authorization failure message, if the text carries one.
    pub encoded_message: Option<EncodedMessage>,
    /// What the text does not prove; edits or truncation noticed.
    pub notes: Vec<Note>,
    /// Signs that the text is not as AWS wrote it.
    pub damage: Vec<Damage>,
    /// Whether the operation is certainly the one that was denied: its header is right before the sentence, or a record names both.
    pub operation_certain: bool,
    /// The ids of the requests, as far as the input names them.
    pub request_ids: Vec<String>,
    /// When it was denied (RFC 3339, with its zone), where the line of the message or its record tells.
    pub at: Option<String>,
    /// Where the denial is in the input.
    pub span: Span,
    /// The line (from 1) on which it starts.
    pub line: usize,
    /// How often the same denial occurs in the input.
    pub occurrences: usize,
    /// The input that it stands in, where several were given.
    pub file: Option<Arc<str>>,
    /// The other inputs that it stands in.
    pub also_in: Vec<Elsewhere>,
}

/// Where the same denial stands in another input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Elsewhere {
    /// The input.
    pub file: Arc<str>,
    /// The line (from 1) on which it starts there.
    pub line: usize,
}

/// A denial that occurs more often keeps no more ids.
const MOST_IDS: usize = 64;

impl Denial {
    /// The record of how the session was made, where it tells which policies were passed: where AWS blames a session policy, a record
    /// without policies is not of this session, or not the whole of it.
    #[must_use]
    pub fn session_origin(&self) -> Option<&SessionOrigin> {
        let blamed = self.reason.policy_type == Some(PolicyType::Session);
        self.session.as_deref().filter(|origin| origin.has_policies() || !blamed)
    }

    /// A denial about which nothing is known yet.
    #[must_use]
    pub fn new(kind: DenialKind) -> Self {
        Self { kind, line: 1, occurrences: 1, ..Self::default() }
    }

    /// Adds what another reading of the same denial knows. Where both know something, the first one stays; its place stays too.
    pub(super) fn merge(&mut self, other: Self) {
        if self.kind == DenialKind::IamDenial {
            self.kind = other.kind;
        }
        fill(&mut self.error_code, other.error_code);
        fill(&mut self.http_status, other.http_status);
        fill(&mut self.operation, other.operation);
        fill(&mut self.service, other.service);
        fill(&mut self.principal, other.principal);
        fill(&mut self.caller, other.caller);
        fill(&mut self.action, other.action);
        fill(&mut self.resource, other.resource);
        fill(&mut self.reason.policy_type, other.reason.policy_type);
        fill(&mut self.reason.policy_arn, other.reason.policy_arn);
        if self.reason.effect == ReasonEffect::Unknown {
            self.reason.effect = other.reason.effect;
        }
        fill(&mut self.role, other.role);
        fill(&mut self.session, other.session);
        fill(&mut self.undoes, other.undoes);
        fill(&mut self.key, other.key);
        fill(&mut self.model, other.model);
        fill(&mut self.at, other.at);
        fill(&mut self.authorization_id, other.authorization_id);
        if !self.encoded_message.as_ref().is_some_and(|message| message.complete) && other.encoded_message.is_some() {
            self.encoded_message = other.encoded_message;
        }
        if self.candidates.is_empty() {
            self.candidates = other.candidates;
        }
        if self.reason.excludes.is_empty() {
            self.reason.excludes = other.reason.excludes;
        }
        if self.context.is_empty() {
            self.context = other.context;
        }
        self.operation_certain |= other.operation_certain;
        for note in other.notes {
            self.add_note(note);
        }
        for damage in other.damage {
            self.add_damage(damage);
        }
        let room = MOST_IDS.saturating_sub(self.request_ids.len());
        self.request_ids.extend(other.request_ids.into_iter().take(room));
    }

    /// The role that a service uses, where the message says that this role lacks permissions.
    #[must_use]
    pub fn role_of_service(&self) -> Option<ServiceRole> {
        self.notes.iter().find_map(|note| match note {
            Note::RoleOfService(role) => Some(*role),
            _ => None,
        })
    }

    /// Adds a note, once.
    pub fn add_note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds a sign of damage, once.
    pub fn add_damage(&mut self, damage: Damage) {
        if !self.damage.contains(&damage) {
            self.damage.push(damage);
        }
    }

    /// Whether a record told the access key, of which only a hash is kept.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Whether AWS named its own quarantine policy for leaked keys: the key is to be replaced, the policy to be left alone.
    ///
    /// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
    #[must_use]
    pub fn is_quarantine(&self) -> bool {
        self.reason.policy_arn.as_deref().is_some_and(is_quarantine_policy)
    }
}

/// Takes what is not known yet.
fn fill<T>(own: &mut Option<T>, other: Option<T>) {
    if own.is_none() {
        *own = other;
    }
}

/// A hash that distinguishes access keys, and cannot be turned back into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyMark {
    hash: u64,
    /// Whether it is a key of a user or of the root user, not of a session.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>
    pub(crate) long_term: bool,
}

impl KeyMark {
    pub(super) fn new(key: &str) -> Option<Self> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        (!key.is_empty()).then(|| Self { hash: hasher.finish(), long_term: key.starts_with("AKIA") })
    }
}

/// The value of a condition key, and which part of the input gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContextFact {
    /// The condition key, for example `aws:SourceIp`.
    pub key: String,
    /// Its values; none where the request does not have the key.
    pub values: Vec<String>,
    /// The part of the input that gives it.
    pub source: ContextSource,
}

/// The part of the input that gives a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextSource {
    /// A field of the CloudTrail record, for example `sourceIPAddress`.
    CloudTrailField(String),
    /// A field of a record that CloudTrail's event history has of the denial.
    EventHistory {
        /// The id of the record.
        event: String,
        /// The field.
        field: String,
    },
    /// The conditions of the decoded authorization message.
    DecodedMessage,
    /// The output of `aws sts get-caller-identity` beside the message.
    CallerIdentity,
    /// The inputs of a step that the log of a job prints.
    JobLog,
    /// The call of a probe, which went through this inference profile.
    ProbedProfile,
}

impl ContextSource {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CloudTrailField(_) => "cloudtrail-field",
            Self::EventHistory { .. } => "event-history",
            Self::DecodedMessage => "decoded-message",
            Self::CallerIdentity => "caller-identity",
            Self::JobLog => "job-log",
            Self::ProbedProfile => "probed-profile",
        }
    }
}

/// Whether IAM denied the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DenialKind {
    /// IAM denied it.
    #[default]
    IamDenial,
    /// It failed for another reason.
    OtherFailure(Failure),
}

/// The reason that AWS gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Reason {
    /// Explicit deny, implicit deny, or not said.
    pub effect: ReasonEffect,
    /// The type of policy that AWS named.
    pub policy_type: Option<PolicyType>,
    /// The policy that AWS named, as an ARN.
    pub policy_arn: Option<String>,
    /// Types of policy that the wording rules out as the reported cause.
    pub excludes: Vec<PolicyType>,
}

impl Reason {
    /// The policy types that a message cannot mean which names one type.
    pub(super) fn excluded(named: PolicyType) -> Vec<PolicyType> {
        PolicyType::ALL.into_iter().filter(|other| other.normalized() != named.normalized()).collect()
    }

    /// Whether the message names two policy types: an endpoint policy that denies because of a service control policy.
    pub(crate) fn is_transitive(&self) -> bool {
        self.policy_type == Some(PolicyType::VpcEndpoint)
            && !self.excludes.is_empty()
            && !self.excludes.contains(&PolicyType::ServiceControl)
    }
}

/// Explicit deny, implicit deny, or not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReasonEffect {
    /// A Deny statement matched.
    ExplicitDeny,
    /// No policy of the type allows the action.
    ImplicitDeny,
    /// The text does not say.
    #[default]
    Unknown,
}

/// An encoded authorization failure message; the blob itself is not kept in reports.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodedMessage {
    /// The blob as found, for `sts:DecodeAuthorizationMessage`.
    pub blob: String,
    /// Whether it is whole; a truncated one cannot be decoded.
    pub complete: bool,
}
