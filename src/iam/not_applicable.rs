//! Why policies of a type cannot apply to a request.

use super::assumption::NoneSaid;
use super::gap::Subject;
use super::policy_type::PolicyType;
use super::session::SessionOrigin;

/// Why a layer cannot apply to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotApplicable {
    /// The root user has every permission in its account.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html>
    RootUser,
    /// An AWS service has no policies of this type.
    Service(PolicyType),
    /// A request that is not signed has no policies of this type.
    Anonymous(PolicyType),
    /// A call that a token or an assertion of an identity provider makes: its caller has no policies in AWS.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
    FederatedCall(PolicyType),
    /// Calls of service-linked roles are outside the policies of organizations.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    ServiceLinkedRole(PolicyType),
    /// The request names the role itself, not a session of it.
    NotASession,
    /// Only sessions of roles and federated users have session policies.
    NoSessionPolicies,
    /// The record of the call that made the session shows no session policies.
    SessionWithout(Box<SessionOrigin>),
    /// The VPC endpoint has the default policy, which allows everything.
    DefaultEndpointPolicy(String),
    /// `aws:SourceVpce` is absent: the request did not come through a VPC endpoint.
    NoEndpoint,
    /// `aws:SourceIp` is present, which AWS fills only when the request does not come through a VPC endpoint.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
    PublicAddress,
    /// A service of AWS that calls by its own name calls from outside of every network of a customer.
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice>
    /// - <https://aws.amazon.com/blogs/security/iam-makes-it-easier-to-manage-permissions-for-aws-services-accessing-resources/>
    OutsideOfNetworks,
    /// RCPs do not apply to this service.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-effects-on-permissions>
    NoRcpsOfService(String),
    /// RCPs do not apply to this action.
    NoRcpsOfAction(String),
    /// The action names no resource.
    ActionWithoutResource,
    /// The actions of IAM have no resource-based policies.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
    ActionOfIam,
    /// Inference profiles of Amazon Bedrock carry no policy.
    InferenceProfile,
    /// AWS documents no policies for this type of resource.
    NoPolicyOfType {
        /// The service in the ARN.
        service: String,
        /// The type in the ARN.
        kind: String,
    },
    /// The resource belongs to AWS.
    ResourceOfAws,
    /// The account belongs to no organization.
    NoOrganization(String),
    /// SCPs and RCPs do not reach the management account.
    ManagementAccount(PolicyType, String),
    /// The organization has not enabled policies of this type.
    NotEnabled(PolicyType, String),
    /// Something said that there is none.
    NoneSaid(NoneSaid),
    /// AWS reported that no policy of this type allows the request, so no policy of the resource did.
    NothingOfResource(PolicyType),
    /// A comparison goes over every request.
    EveryRequest,
    /// What was not seen is taken not to block.
    AssumedNotToBlock(Subject),
}

impl NotApplicable {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RootUser => "root-user",
            Self::Service(_) => "service",
            Self::Anonymous(_) => "anonymous",
            Self::FederatedCall(_) => "federated-call",
            Self::ServiceLinkedRole(_) => "service-linked-role",
            Self::NotASession => "not-a-session",
            Self::NoSessionPolicies => "no-session-policies",
            Self::SessionWithout(_) => "session-without",
            Self::DefaultEndpointPolicy(_) => "default-endpoint-policy",
            Self::NoEndpoint => "no-endpoint",
            Self::PublicAddress => "public-address",
            Self::OutsideOfNetworks => "outside-of-networks",
            Self::NoRcpsOfService(_) => "no-rcps-of-service",
            Self::NoRcpsOfAction(_) => "no-rcps-of-action",
            Self::ActionWithoutResource => "action-without-resource",
            Self::ActionOfIam => "action-of-iam",
            Self::InferenceProfile => "inference-profile",
            Self::NoPolicyOfType { .. } => "no-policy-of-type",
            Self::ResourceOfAws => "resource-of-aws",
            Self::NoOrganization(_) => "no-organization",
            Self::ManagementAccount(..) => "management-account",
            Self::NotEnabled(..) => "not-enabled",
            Self::NoneSaid(_) => "none-said",
            Self::NothingOfResource(_) => "aws-reason",
            Self::EveryRequest => "every-request",
            Self::AssumedNotToBlock(_) => "assumed-not-to-block",
        }
    }
}
