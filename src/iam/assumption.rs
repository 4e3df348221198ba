//! What was not in the input and was filled in, and why that may be done.

use super::action::Action;
use super::policy_type::PolicyType;
use super::session::SessionOrigin;

/// Something that was not in the input and was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumption {
    /// What was filled in.
    pub field: AssumedField,
    /// With what.
    pub value: AssumedValue,
    /// Why that is certain, or how likely.
    pub why: Why,
}

/// A part of the request, or of what is known about its policies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssumedField {
    /// Who asked.
    Principal,
    /// What was asked.
    Action,
    /// On what.
    Resource,
    /// Whose the resource is.
    ResourceAccount,
    /// A condition key.
    ContextKey(String),
    /// The policies of a type.
    Policies(PolicyType),
    /// What the policy of the resource says.
    ResourcePolicy,
    /// The kind of the VPC endpoint.
    VpcEndpoint,
    /// The policies that were passed when the session was made.
    SessionPolicies,
    /// A part that a template leaves open.
    TemplatePart {
        /// What is written there.
        part: String,
        /// The file.
        file: String,
    },
}

/// What was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssumedValue {
    /// A value of the request, or several of a list.
    Text(String),
    /// The key is not in the request.
    Absent,
    /// So many documents, and no more.
    Documents(usize),
    /// So many SCPs, and no more but a policy that allows everything at each level where those that were given only deny.
    Denials {
        /// How many documents, of all levels.
        documents: usize,
        /// The levels, from 1; none where they are all.
        levels: Vec<usize>,
    },
    /// So many policies, and no more.
    Policies(usize),
    /// The account does not manage its organization.
    NotManagementAccount(String),
    /// The policy does not allow the request.
    DoesNotAllow,
    /// The policy leaves the decision at most to the policies of the account.
    DelegatesAtMost,
    /// A gateway endpoint.
    GatewayEndpoint,
}

/// Why something may be taken for known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The text contradicts itself about it, so its value is not certain.
    Contradicted,
    /// The operation asks for this action; the text does not name it. The others that it can ask for follow.
    Operation {
        /// The API operation, where the text names it.
        operation: Option<String>,
        /// Other actions that it can be.
        others: Vec<Action>,
    },
    /// All of these are needed, and the text does not tell which one is missing.
    OneOf(Vec<Action>),
    /// The policies allow this action, which the text names; the session's tags need another one, and AWS may say the same for both.
    SessionTags(Action),
    /// The text quotes a pattern; AWS names one resource.
    QuotedPattern,
    /// The text hides a part of it.
    Masked,
    /// AWS wrote the pattern, because the call does not name the whole resource; policies are compared with this text.
    PatternOfAws,
    /// No policy can name a resource of the action, so that its statements need `*`.
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    WithoutResources,
    /// A call need not name any of the resources of the action, and the text names none, so that policies are compared with `*`.
    NamesNone,
    /// The text names an entity of IAM without its ARN, whose path would not show.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
    EntityName(String),
    /// The text names the resource in a form that is no ARN.
    CallNamesIt,
    /// The model belongs to AWS; the account of the caller decides.
    ModelOfAws,
    /// ARNs of this service hold no account; the caller's own is taken.
    NoAccountInArn(String),
    /// The action has no resource; the caller's account is meant.
    NoResource,
    /// The resource of a test case does not name its account; the principal's is taken, as AWS's simulator does.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>
    AsTheSimulator,
    /// The ARN holds no account, and the snapshot holds only one.
    OnlyAccount,
    /// The text does not tell the account of the caller; the files hold one account, and it has a caller of that name.
    OnlyOneOfName,
    /// The text names an alias of KMS alone, which is one of the caller's account and the Region that was called.
    AliasName(String),
    /// The VPC that the request came from has one endpoint of the service.
    OnlyEndpointOfVpc(String),
    /// A field of the CloudTrail record.
    CloudTrailField(String),
    /// A field of a record of CloudTrail's event history.
    EventHistory {
        /// The id of the record.
        event: String,
        /// The field.
        field: String,
    },
    /// The conditions of a decoded authorization message.
    DecodedConditions,
    /// The log of the job prints it.
    JobLog,
    /// The text around the message names it.
    RoleOfText,
    /// It is the only identity provider that the trust policy names.
    OnlyProviderOfTrust,
    /// The output of `aws sts get-caller-identity` beside the message has it.
    CallerIdentity,
    /// The decoded authorization message.
    DecodedMessage,
    /// AWS's own record of the request.
    AuthorizationDetails,
    /// A tag of the principal in the snapshot.
    PrincipalTag,
    /// The organization in the snapshot.
    Organization,
    /// The snapshot does not say which account manages this organization.
    ManagementAccountNotTold(String),
    /// Given by an option, and taken to be every policy of the type that applies.
    GivenByOption(PolicyType),
    /// Something said that there is none.
    NoneSaid(NoneSaid),
    /// The record of the call that made the session.
    Session(Box<SessionOrigin>),
    /// AWS reported that no policy of this type allows the request, so no policy of the resource did.
    NothingOfResource(PolicyType),
    /// AWS denied the request and gave no reason: if the policy of the resource allowed it, something else that was not seen would deny it.
    DeniedWithoutReason,
    /// AWS reported that no policy of this type allows the request, so the unseen policy does not name the caller.
    DoesNotNameCaller(PolicyType, Box<super::gap::Subject>),
    /// AWS reported that the endpoint's policy does not allow the request, and at any other endpoint it would.
    OnlyAGatewayDenies,
    /// A probe called the model through this inference profile.
    Probe,
    /// No VPC endpoint was given with `--context`.
    NoEndpointGiven,
    /// What a template leaves open follows from the request.
    Template(Follows),
    /// It follows from the principal, the resource or the event.
    Derived(Derived),
}

/// What says that no policy of a type applies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoneSaid {
    /// An option: `--no-scp`.
    Option(&'static str),
    /// A file with AWS's answer that there is none.
    Answer(NoPolicy),
}

/// An answer of AWS from which it is known that there is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoPolicy {
    /// The command ended with an error that says so.
    #[error("`aws {command}` answered {code}: there is none")]
    Error {
        /// The command, without `aws`.
        command: &'static str,
        /// The error's code.
        code: String,
    },
    /// The command answered, and the policy is not in the answer.
    #[error("the answer of `aws {command}` has no policy")]
    Without {
        /// The command, without `aws`.
        command: &'static str,
    },
    /// The member of the answer that would have the policy is empty.
    #[error("its `{member}` is empty: there is none")]
    Empty {
        /// Its path.
        member: String,
    },
}

impl NoPolicy {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Error { .. } => "error",
            Self::Without { .. } => "without-policy",
            Self::Empty { .. } => "empty",
        }
    }
}

/// What the value of a part that a template leaves open is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Follows {
    /// The partition of the principal.
    PrincipalPartition,
    /// The partition of the resource.
    ResourcePartition,
    /// The account of the principal, whose policy it is.
    PrincipalAccount,
    /// The account of the resource, whose policy it is.
    ResourceAccount,
}

/// What a condition key follows from.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Derived {
    /// The ARN of the principal.
    PrincipalArn,
    /// The ARN of the session's role.
    RoleArn,
    /// The request is not signed.
    NotSigned,
    /// The account of the principal.
    PrincipalAccount,
    /// The kind of the principal.
    PrincipalKind,
    /// The name of the user.
    UserName,
    /// Only IAM users have it.
    OnlyUsers,
    /// The id of the root user is the account.
    RootId,
    /// The principal is a service.
    IsService,
    /// The name of the service.
    ServiceName,
    /// The principal is not a service.
    NotAService,
    /// The Region in the ARN of the resource.
    RegionOfResource,
    /// Global inference leaves the Region of the model open.
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html>
    GlobalInference,
    /// The account that owns the resource, as the input gives it.
    OwnerOfResource,
    /// The account in the ARN of the resource.
    AccountOfResource,
    /// The call passes roles to this service only.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    PassedByCall,
    /// The call makes a thing and tags it.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>
    NamedByCall,
    /// The service to which the call goes asks KMS for the key, in the key's own Region.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
    AskedByService,
    /// The caller called KMS, and no service did so for it.
    CalledDirectly,
    /// A part of the ARN of the resource.
    PartOfResource,
    /// The caller's account.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account>
    CallerAccount,
    /// All tags that the request sends are known, or all of its encryption context.
    NotSent,
    /// Whoever comes with a token or an assertion has no identity in AWS yet.
    NoIdentityYet,
    /// Only a session of a role has it.
    OnlyRoleSessions,
    /// Only a session of the root user has it.
    OnlyRootSessions,
    /// The request is signed with a key that is no session's.
    LongTermKey,
    /// AWS does not set it for this action.
    NotOfAction,
    /// The account is in no organization.
    NoOrganization,
    /// The principal's unique id in the snapshot.
    UniqueId,
    /// The time of the request.
    TimeOfRequest,
    /// Only such requests have it, and this is none.
    OnlyIn(Circumstance),
    /// Only such requests have a key that is known, so this is one.
    SinceIn(Circumstance),
}

/// What a request has to be for AWS to set some condition keys.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Circumstance {
    /// It came through a VPC endpoint.
    ThroughEndpoint,
    /// The session has multi-factor authentication.
    WithMfa,
    /// A service makes it for the caller, with the caller's permissions.
    Forwarded,
    /// An MCP service of AWS does.
    ForwardedByMcp,
    /// A service principal makes it.
    OfService,
}

impl Circumstance {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ThroughEndpoint => "through-endpoint",
            Self::WithMfa => "with-mfa",
            Self::Forwarded => "forwarded",
            Self::ForwardedByMcp => "forwarded-by-mcp",
            Self::OfService => "of-service",
        }
    }
}

impl Assumption {
    /// The resource.
    #[must_use]
    pub fn resource(resource: &str, why: Why) -> Self {
        Self { field: AssumedField::Resource, value: AssumedValue::Text(resource.to_owned()), why }
    }

    /// A condition key that is set; without values where the request does not have it.
    #[must_use]
    pub fn key(key: &str, values: &[String], why: Why) -> Self {
        let value = if values.is_empty() { AssumedValue::Absent } else { AssumedValue::Text(values.join(", ")) };
        Self { field: AssumedField::ContextKey(key.to_owned()), value, why }
    }
}

impl AssumedField {
    /// Whether it is this condition key.
    #[must_use]
    pub fn is_key(&self, key: &str) -> bool {
        matches!(self, Self::ContextKey(own) if own.eq_ignore_ascii_case(key))
    }
}

impl Why {
    /// Whether policies are compared with the resource as it stands, wildcards and all.
    #[must_use]
    pub const fn is_checked_as_written(&self) -> bool {
        matches!(self, Self::PatternOfAws | Self::WithoutResources | Self::NamesNone)
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Operation { .. } => "operation",
            Self::OneOf(_) => "one-of",
            Self::QuotedPattern => "quoted-pattern",
            Self::Masked => "masked",
            Self::PatternOfAws => "pattern-of-aws",
            Self::SessionTags(_) => "session-tags",
            Self::WithoutResources => "no-resource-level-permissions",
            Self::NamesNone => "names-no-resource",
            Self::EntityName(_) => "entity-name",
            Self::CallNamesIt => "named-by-call",
            Self::ModelOfAws => "model-of-aws",
            Self::NoAccountInArn(_) => "no-account-in-arn",
            Self::NoResource => "no-resource",
            Self::AsTheSimulator => "as-the-simulator",
            Self::OnlyAccount => "only-account",
            Self::OnlyOneOfName => "only-one-of-name",
            Self::AliasName(_) => "alias-name",
            Self::OnlyEndpointOfVpc(_) => "only-endpoint-of-vpc",
            Self::CloudTrailField(_) => "cloudtrail-field",
            Self::EventHistory { .. } => "event-history",
            Self::DecodedConditions => "decoded-conditions",
            Self::RoleOfText => "role-of-text",
            Self::JobLog => "job-log",
            Self::OnlyProviderOfTrust => "only-provider-of-trust",
            Self::CallerIdentity => "caller-identity",
            Self::DecodedMessage => "decoded-message",
            Self::AuthorizationDetails => "authorization-details",
            Self::PrincipalTag => "principal-tag",
            Self::Organization => "organization",
            Self::ManagementAccountNotTold(_) => "management-account-not-told",
            Self::GivenByOption(_) => "given-by-option",
            Self::NoneSaid(_) => "none-said",
            Self::Session(_) => "session-record",
            Self::NothingOfResource(_) => "aws-reason",
            Self::DeniedWithoutReason => "denied-without-reason",
            Self::DoesNotNameCaller(..) => "aws-reason-caller-not-named",
            Self::OnlyAGatewayDenies => "aws-reason-gateway-endpoint",
            Self::Probe => "probe",
            Self::NoEndpointGiven => "no-endpoint-given",
            Self::Template(_) => "template",
            Self::Derived(derived) => derived.code(),
        }
    }
}

impl Derived {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PrincipalArn => "principal-arn",
            Self::RoleArn => "role-arn",
            Self::NotSigned => "not-signed",
            Self::PrincipalAccount => "principal-account",
            Self::PrincipalKind => "principal-kind",
            Self::UserName => "user-name",
            Self::OnlyUsers => "only-users",
            Self::RootId => "root-id",
            Self::IsService => "is-service",
            Self::ServiceName => "service-name",
            Self::NotAService => "not-a-service",
            Self::RegionOfResource => "region-of-resource",
            Self::GlobalInference => "global-inference",
            Self::PassedByCall => "passed-by-call",
            Self::NamedByCall => "named-by-call",
            Self::AskedByService => "asked-by-service",
            Self::CalledDirectly => "called-directly",
            Self::CallerAccount => "caller-account",
            Self::NotSent => "not-sent",
            Self::PartOfResource => "part-of-resource",
            Self::NoIdentityYet => "no-identity-yet",
            Self::OwnerOfResource => "owner-of-resource",
            Self::AccountOfResource => "account-of-resource",
            Self::OnlyRoleSessions => "only-role-sessions",
            Self::OnlyRootSessions => "only-root-sessions",
            Self::LongTermKey => "long-term-key",
            Self::NotOfAction => "not-of-action",
            Self::NoOrganization => "no-organization",
            Self::UniqueId => "unique-id",
            Self::TimeOfRequest => "time-of-request",
            Self::OnlyIn(Circumstance::ThroughEndpoint) => "only-through-endpoint",
            Self::OnlyIn(Circumstance::WithMfa) => "only-with-mfa",
            Self::OnlyIn(Circumstance::Forwarded) => "only-forwarded",
            Self::OnlyIn(Circumstance::ForwardedByMcp) => "only-forwarded-by-mcp",
            Self::OnlyIn(Circumstance::OfService) => "only-of-service",
            Self::SinceIn(circumstance) => circumstance.code(),
        }
    }
}
