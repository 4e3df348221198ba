//! What a message does not prove, and what was noticed while reading it: facts beside a denial.

use super::damage::Part;
use crate::iam::{Action, Principal, secret::SecretKind};

/// Something to know about a denial beyond its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The message names no action: `is not authorized to access this resource`.
    NoAction,
    /// A placeholder of a template or example that was never replaced.
    Placeholder {
        /// The part that has it.
        part: Part,
        /// The placeholder, as written.
        text: String,
    },
    /// The message gives no reason.
    NoReason,
    /// An explicit deny, without the type of the policy.
    NoPolicyType,
    /// No policy of a type that is not known here allows the action.
    UnknownPolicyType,
    /// The auth policy of a service network of VPC Lattice is named, not that of the service.
    /// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html>
    PolicyOfNetwork,
    /// The resource stops in the middle: what is left of it is none.
    ResourceCut,
    /// The endpoint policy denies because of a service control policy.
    TwoPolicyTypes,
    /// One text for three cases: no such resource in the Region, no resource-based policy that allows, or one that denies.
    ThreeCases,
    /// A setting refused the request, not a policy.
    Setting,
    /// Somebody left out parts of the message.
    Elided,
    /// The message begins in the middle of the principal.
    PrincipalCut,
    /// The message speaks of a resource without naming it.
    NoResource,
    /// S3 reports Block Public Access with the words for a bucket policy.
    PerhapsBlockPublicAccess,
    /// No resource-based policy allows the request; within one account an identity-based policy can be enough.
    OneSideCanBeEnough,
    /// A service may have passed the session policy.
    SessionPolicyOfService,
    /// Cognito passed the session policy, by the name of the session.
    SessionPolicyOfCognito,
    /// The resource is a pattern, and AWS reports one resource.
    WildcardInResource,
    /// Account ids or names are masked.
    Masked,
    /// S3 denies with the same short message for many causes.
    AnyCauseOfS3,
    /// The actions that the operation needs; the message names none.
    ActionsOfOperation(Vec<Action>),
    /// The action that a call of Amazon Bedrock needs; the message names none.
    ActionOfCall {
        /// The API operation.
        operation: String,
    },
    /// The denial carries an encoded authorization message.
    EncodedMessage {
        /// Whether it is whole; a part of it cannot be decoded.
        complete: bool,
    },
    /// The denial was read out of a decoded authorization message, which names neither the policy nor its type.
    DecodedMessage,
    /// The decoded authorization message is cut off.
    DecodedMessageCut,
    /// A statement that matched, as the decoded authorization message names it.
    MatchedStatement {
        /// Its name.
        statement: StatementName,
        /// `allow` or `deny`.
        effect: String,
    },
    /// A deployment tool could not assume a role.
    RoleNotAssumed,
    /// The actions are needed by a role that a service uses, and not by the caller.
    RoleOfService(ServiceRole),
    /// The service reads the object with the permissions of the caller.
    ReadForCaller,
    /// The resource is a bare name, which means one of the caller's own account.
    BareName,
    /// The resource is in the account `aws`: it belongs to AWS.
    OwnedByAws,
    /// AWS KMS denied, and the message does not name the key.
    KmsKeyNotNamed,
    /// One text for three cases: no such key, a key in another Region, or a key that the caller may not use.
    KeyNotFoundOrDenied,
    /// The resource comes from the CloudTrail record; the message does not name it.
    ResourceOfRecord,
    /// The token or the assertion passed session tags.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required>
    PassesSessionTags,
    /// The role is taken from the text around the message.
    RoleOfText,
    /// The bucket or object is taken from the address or the command around the message.
    ResourceOfText,
    /// The role of the caller is taken from the text around the message.
    CallerRoleOfText,
    /// The text names several roles that a job may have assumed, so none is taken for the caller.
    SeveralRolesInText,
    /// The message of an operation that changes a setting of EC2 which an organization may manage, in words that are not those of EC2.
    WordsOfOrganization,
    /// The caller is taken from the output of `aws sts get-caller-identity` beside the message.
    CallerOfText,
    /// The output of `aws sts get-caller-identity` beside the message is of another caller than the message names.
    OtherCallerInText(Principal),
    /// The input contains secrets.
    SecretInInput(Vec<SecretKind>),
}

/// A role that a service uses, which the message says lacks permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ServiceRole {
    /// The role of a state machine of Step Functions, which has to manage rules of `EventBridge`.
    /// <https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html>
    StateMachine,
    /// The execution role that a call of Bedrock `AgentCore` passes.
    /// <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html>
    Execution,
}

impl ServiceRole {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::StateMachine => "role-of-state-machine",
            Self::Execution => "execution-role",
        }
    }
}

/// How a decoded authorization message names a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatementName {
    /// By its `Sid`.
    Sid(String),
    /// The statement has no `Sid`.
    NoSid,
}

impl Note {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAction => "no-action",
            Self::Placeholder { .. } => "placeholder",
            Self::NoReason => "no-reason",
            Self::NoPolicyType => "no-policy-type",
            Self::UnknownPolicyType => "unknown-policy-type",
            Self::PolicyOfNetwork => "policy-of-network",
            Self::ResourceCut => "resource-cut",
            Self::TwoPolicyTypes => "two-policy-types",
            Self::ThreeCases => "three-cases",
            Self::Setting => "setting",
            Self::Elided => "elided",
            Self::PrincipalCut => "principal-cut",
            Self::NoResource => "no-resource",
            Self::PerhapsBlockPublicAccess => "perhaps-block-public-access",
            Self::OneSideCanBeEnough => "one-side-can-be-enough",
            Self::SessionPolicyOfService => "session-policy-of-service",
            Self::SessionPolicyOfCognito => "session-policy-of-cognito",
            Self::WildcardInResource => "wildcard-in-resource",
            Self::Masked => "masked",
            Self::AnyCauseOfS3 => "any-cause-of-s3",
            Self::ActionsOfOperation(_) => "actions-of-operation",
            Self::ActionOfCall { .. } => "action-of-call",
            Self::EncodedMessage { complete: true } => "encoded-message",
            Self::EncodedMessage { complete: false } => "encoded-message-cut",
            Self::DecodedMessage => "decoded-message",
            Self::DecodedMessageCut => "decoded-message-cut",
            Self::MatchedStatement { .. } => "matched-statement",
            Self::RoleNotAssumed => "role-not-assumed",
            Self::RoleOfService(role) => role.code(),
            Self::ReadForCaller => "read-for-caller",
            Self::BareName => "bare-name",
            Self::OwnedByAws => "owned-by-aws",
            Self::KmsKeyNotNamed => "kms-key-not-named",
            Self::KeyNotFoundOrDenied => "key-not-found-or-denied",
            Self::ResourceOfRecord => "resource-of-record",
            Self::PassesSessionTags => "passes-session-tags",
            Self::RoleOfText => "role-of-text",
            Self::ResourceOfText => "resource-of-text",
            Self::CallerRoleOfText => "caller-role-of-text",
            Self::SeveralRolesInText => "several-roles-in-text",
            Self::WordsOfOrganization => "words-of-organization",
            Self::CallerOfText => "caller-of-text",
            Self::OtherCallerInText(_) => "other-caller-in-text",
            Self::SecretInInput(_) => "secret-in-input",
        }
    }
}
