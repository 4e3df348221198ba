//! What failed when IAM did not deny the request.

use serde::{Deserialize, Serialize};

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// A failure that is often taken for an access denial.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum Failure {
            $($(#[$doc])* #[serde(rename = $id)] $name,)*
        }

        impl Failure {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable identifier, as in JSON: `expired-credentials`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

failures! {
    /// Credentials have expired.
    ExpiredCredentials = "expired-credentials",
    /// A presigned URL is older than it was made for.
    ExpiredUrl = "expired-url",
    /// Credentials are missing, wrong or not valid here.
    InvalidCredentials = "invalid-credentials",
    /// The signature or the clock is wrong.
    Signature = "signature",
    /// Too many requests, or a quota is used up.
    Throttled = "throttled",
    /// The account has no access to the product or model.
    Entitlement = "entitlement",
    /// The model or resource is at the end of its life.
    Lifecycle = "lifecycle",
    /// The account is not active, not verified, or not signed up.
    AccountState = "account-state",
    /// The Region, or STS in it, is not switched on for the account.
    RegionDisabled = "region-disabled",
    /// The region, endpoint, model id or inference profile is not the right one.
    Routing = "routing",
    /// The request itself is not valid; no policy was asked.
    InvalidRequest = "invalid-request",
    /// A setting of the service or resource that is no policy.
    ServiceSetting = "service-setting",
    /// MFA delete of S3: only the root user deletes versions, with a code.
    MfaDelete = "mfa-delete",
    /// S3 Block Public Access.
    BlockPublicAccess = "block-public-access",
    /// The resource is in a state that forbids the call.
    ResourceState = "resource-state",
    /// A service cannot assume the role yet, or the trust policy does not name it.
    ServiceTrust = "service-trust",
    /// The role of a Cognito identity pool: it is missing, or its trust policy does not let this pool in.
    IdentityPoolRole = "identity-pool-role",
    /// The role of a Redshift cluster or namespace: it is not associated, or its trust policy does not let Redshift in.
    ClusterRole = "cluster-role",
    /// The policy of a bucket or another destination does not let a service write its logs.
    LogBucket = "log-bucket",
    /// The policy of a Lambda function does not let a service call it.
    FunctionPolicy = "function-policy",
    /// The policy of an ECR repository does not let AWS Lambda read the image.
    ImagePolicy = "image-policy",
    /// Kubernetes RBAC, or an EKS access entry.
    KubernetesRbac = "kubernetes-rbac",
    /// A declarative policy of the organization, which the service enforces by itself: no SCP.
    OrganizationPolicy = "organization-policy",
    /// The user of IAM Identity Center is not assigned to the account with the permission set that was asked for.
    AccountAssignment = "account-assignment",
    /// The service answered before it knew which action to authorize: it names `null`.
    UnnamedAction = "unnamed-action",
    /// The account of the role has no identity provider for the issuer of the token.
    IdentityProviderMissing = "identity-provider-missing",
    /// The token is for another audience than the identity provider knows.
    TokenAudience = "token-audience",
    /// AWS cannot get the keys of the identity provider, or does not trust its certificate.
    IdentityProviderUnreachable = "identity-provider-unreachable",
    /// A Lake Formation grant.
    LakeFormation = "lake-formation",
    /// An authorization system of the application: `AppSync`, Cognito, an API key, OpenSearch roles.
    ApplicationAuthorization = "application-authorization",
    /// Permissions of the machine: files, sockets.
    LocalPermission = "local-permission",
    /// Another cloud, or another program that speaks the S3 protocol.
    OtherCloud = "other-cloud",
}
