//! What AWS said: an access-denied text, read into its parts and no further.
//!
//! What the text does not say is `None` or `Unknown`; conclusions belong to later stages.

use crate::iam::{Action, Arn, PolicyType, Principal};
use crate::text::Span;

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
    /// What a record tells of the request's context beyond the sentence.
    pub context: Vec<ContextFact>,
    /// The id for `iam:GetRequestAuthorizationDetails`.
    pub authorization_id: Option<String>,
    /// The encoded authorization failure message, if the text carries one.
    pub encoded_message: Option<EncodedMessage>,
    /// What the text does not prove; edits or truncation noticed.
    pub notes: Vec<String>,
    /// Where the denial stands in the input.
    pub span: Span,
    /// The line (from 1) on which it starts.
    pub line: usize,
    /// How often the same denial occurs in the input.
    pub occurrences: usize,
}

/// A condition key that the input itself tells, and from which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextFact {
    /// The condition key, for example `aws:SourceIp`.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// Where the input says so, for example `sourceIPAddress of the CloudTrail record`.
    pub from: String,
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

/// What a failure is that is not an IAM denial. A later stage prints what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// Credentials have expired.
    ExpiredCredentials,
    /// Credentials are missing, wrong or not valid here.
    InvalidCredentials,
    /// The signature or the clock is wrong.
    Signature,
    /// Too many requests.
    Throttled,
    /// The account has no access to the product or model.
    Entitlement,
    /// The model or resource is at the end of its life.
    Lifecycle,
}
