//! What AWS said: an access-denied text, read into its parts and no further.
//!
//! What the text does not say is `None` or `Unknown`; conclusions belong to later stages.

mod assemble;
mod authorization_message;
mod candidates;
mod cloudtrail;
mod code;
mod code_context;
mod code_error;
mod contradiction;
mod cursor;
mod damage;
mod dedup;
mod encoded;
mod failure;
mod grammar;
mod inspect;
mod non_iam_failures;
mod normalized;
mod note;
mod notes;
mod prefilter;
mod principal;
mod reason;
mod record_context;
mod resource;
mod service;
mod service_messages;
mod session;
mod triggers;
mod wrapper;

use crate::iam::{Action, Arn, PolicyType, Principal, SessionOrigin};
use crate::text::{Source, Span};

pub(crate) use authorization_message::AuthorizationMessage;
pub use damage::{Damage, Doubt, Part};
pub use failure::Failure;
pub use note::{Note, StatementName};

/// Every denial in the text, and every failure that looks like one, in order; the same one once, with its occurrences.
///
/// Total: any text gives an answer, in time linear in its length.
///
/// ```
/// use iamdx::{denial, text::Source};
///
/// let text = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject \
///             on resource: \"arn:aws:s3:::reports/q3.csv\" because no identity-based policy allows the s3:GetObject action";
/// let denials = denial::parse(&Source::new("message", text));
/// assert_eq!(denials[0].resource.as_deref(), Some("arn:aws:s3:::reports/q3.csv"));
/// assert_eq!(denials[0].reason.policy_type, Some(iamdx::iam::PolicyType::IdentityBased));
/// ```
#[must_use]
pub fn parse(source: &Source) -> Vec<Denial> {
    let mut denials = parse_text(source.text());
    for session in denials.iter_mut().filter_map(|denial| denial.session.as_mut()) {
        source.name().clone_into(&mut session.file);
    }
    denials
}

/// The actions that an operation asks for where their names differ, or the one that is called like it; most likely first.
#[must_use]
pub fn actions_of(service: Option<&str>, operation: &str) -> Vec<Action> {
    candidates::of(service, Some(operation))
}

/// [`parse`] without a name for the text.
#[must_use]
pub fn parse_text(text: &str) -> Vec<Denial> {
    let mut found = dedup::Distinct::default();
    let mut lines = assemble::Lines::new(text);
    let mut made = Vec::new();
    let records = cloudtrail::read(text, &mut lines, &mut found, &mut made).unwrap_or(0);
    // what follows the last whole record, or everything, is read as text
    in_text(text, records, &mut lines, &mut found);
    let mut denials = found.into_denials();
    contradiction::mark(&mut denials);
    if !denials.is_empty() {
        session::in_text(text, records, &mut lines, &mut made);
        session::join(&mut denials, &made);
    }
    denials
}

/// The message inside a record: text, whatever it looks like.
fn from_text(text: &str) -> Vec<Denial> {
    let mut found = dedup::Distinct::default();
    in_text(text, 0, &mut assemble::Lines::new(text), &mut found);
    found.into_denials()
}

fn in_text(text: &str, from: usize, lines: &mut assemble::Lines<'_>, found: &mut dedup::Distinct) {
    let rest = text.get(from..).unwrap_or_default();
    for region in prefilter::TextWindows::new(rest) {
        let part = rest.get(region.clone()).unwrap_or_default();
        for denial in assemble::region(part, from + region.start, lines) {
            found.add(denial);
        }
    }
}

/// One denial, or one failure that looks like a denial, found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What was denied, as written.
    pub action: Option<Action>,
    /// On what, unquoted and unwrapped, as written otherwise: an ARN, `*`, a name, a URL.
    pub resource: Option<String>,
    /// What the wording says about the reason.
    pub reason: Reason,
    /// Actions that the operation asks for, when the text names none: inferred, most likely first.
    pub candidates: Vec<Action>,
    /// For a session: the role with its path, where a record tells it (a session's ARN has no path).
    pub role: Option<Arn>,
    /// For a session: how it was made, where another record of the input tells.
    pub session: Option<Box<SessionOrigin>>,
    /// What tells the access key of the record from others.
    key: Option<session::KeyMark>,
    /// What a record tells of the request's context beyond the sentence.
    pub context: Vec<ContextFact>,
    /// The id for `iam:GetRequestAuthorizationDetails`.
    pub authorization_id: Option<String>,
    /// The encoded authorization failure message, if the text carries one.
    pub encoded_message: Option<EncodedMessage>,
    /// What the text does not prove; edits or truncation noticed.
    pub notes: Vec<Note>,
    /// Signs that the text is not as AWS wrote it.
    pub damage: Vec<Damage>,
    /// Whether the operation is certainly that of the denied call: its header stands right before the sentence, or a record tells both.
    pub operation_certain: bool,
    /// The ids of the requests, as far as the input tells them.
    pub request_ids: Vec<String>,
    /// Where the denial stands in the input.
    pub span: Span,
    /// The line (from 1) on which it starts.
    pub line: usize,
    /// How often the same denial occurs in the input.
    pub occurrences: usize,
}

impl Denial {
    /// A denial of which nothing is known yet.
    fn blank(kind: DenialKind) -> Self {
        Self {
            kind,
            error_code: None,
            http_status: None,
            operation: None,
            service: None,
            principal: None,
            action: None,
            resource: None,
            reason: Reason::default(),
            candidates: Vec::new(),
            role: None,
            session: None,
            key: None,
            context: Vec::new(),
            authorization_id: None,
            encoded_message: None,
            notes: Vec::new(),
            damage: Vec::new(),
            operation_certain: false,
            request_ids: Vec::new(),
            span: Span::default(),
            line: 1,
            occurrences: 1,
        }
    }

    /// Adds a sign of damage, once.
    pub fn add_damage(&mut self, damage: Damage) {
        if !self.damage.contains(&damage) {
            self.damage.push(damage);
        }
    }

    /// Whether AWS named its own quarantine policy for leaked keys: the key is to be replaced, the policy to be left alone.
    ///
    /// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
    #[must_use]
    pub fn is_quarantine(&self) -> bool {
        let name = self.reason.policy_arn.as_deref().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
        name.starts_with("AWSCompromisedKeyQuarantine") || name.starts_with("AWSExposedCredentialPolicy")
    }
}

/// A condition key that the input itself tells, and from which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextFact {
    /// The condition key, for example `aws:SourceIp`.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// Where the input gives it.
    pub source: ContextSource,
}

/// The part of the input that gives a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextSource {
    /// A field of the CloudTrail record, for example `sourceIPAddress`.
    CloudTrailField(String),
    /// The conditions of the decoded authorization message.
    DecodedMessage,
    /// The call of a probe, which went through this inference profile.
    ProbedProfile,
}

impl ContextSource {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CloudTrailField(_) => "cloudtrail-field",
            Self::DecodedMessage => "decoded-message",
            Self::ProbedProfile => "probed-profile",
        }
    }
}

/// Whether IAM denied the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenialKind {
    /// IAM said no.
    IamDenial,
    /// Something else did.
    OtherFailure(Failure),
}

/// The reason that the wording gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// Whether it names two policy types: an endpoint policy that denies because of a service control policy.
    fn is_transitive(&self) -> bool {
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
pub struct EncodedMessage {
    /// The blob as found, for `sts:DecodeAuthorizationMessage`.
    pub blob: String,
    /// Whether it is whole; a truncated one cannot be decoded.
    pub complete: bool,
}
