//! What a failure is when IAM did not deny it, and what helps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A failure that is often taken for an access denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Failure {
    /// Credentials have expired.
    ExpiredCredentials,
    /// Credentials are missing, wrong or not valid here.
    InvalidCredentials,
    /// The signature or the clock is wrong.
    Signature,
    /// Too many requests, or a quota is used up.
    Throttled,
    /// The account has no access to the product or model.
    Entitlement,
    /// The model or resource is at the end of its life.
    Lifecycle,
    /// The account is not active, not verified, or not signed up.
    AccountState,
    /// The region, endpoint, model id or inference profile is not the right one.
    Routing,
    /// The request itself is not valid; no policy was asked.
    InvalidRequest,
    /// A setting of the service or resource that is no policy.
    ServiceSetting,
    /// S3 Block Public Access.
    BlockPublicAccess,
    /// The resource is in a state that forbids the call.
    ResourceState,
    /// A service cannot assume the role yet, or the trust policy does not name it.
    ServiceTrust,
    /// Kubernetes RBAC, or an EKS access entry.
    KubernetesRbac,
    /// A Lake Formation grant.
    LakeFormation,
    /// An authorization system of the application: `AppSync`, Cognito, an API key, OpenSearch roles.
    ApplicationAuthorization,
    /// Permissions of the machine: files, sockets.
    LocalPermission,
    /// Another cloud, or another program that speaks the S3 protocol.
    OtherCloud,
}

impl Failure {
    /// All of them, in order.
    pub const ALL: [Self; 18] = [
        Self::ExpiredCredentials,
        Self::InvalidCredentials,
        Self::Signature,
        Self::Throttled,
        Self::Entitlement,
        Self::Lifecycle,
        Self::AccountState,
        Self::Routing,
        Self::InvalidRequest,
        Self::ServiceSetting,
        Self::BlockPublicAccess,
        Self::ResourceState,
        Self::ServiceTrust,
        Self::KubernetesRbac,
        Self::LakeFormation,
        Self::ApplicationAuthorization,
        Self::LocalPermission,
        Self::OtherCloud,
    ];

    /// The stable identifier, as in JSON: `expired-credentials`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ExpiredCredentials => "expired-credentials",
            Self::InvalidCredentials => "invalid-credentials",
            Self::Signature => "signature",
            Self::Throttled => "throttled",
            Self::Entitlement => "entitlement",
            Self::Lifecycle => "lifecycle",
            Self::AccountState => "account-state",
            Self::Routing => "routing",
            Self::InvalidRequest => "invalid-request",
            Self::ServiceSetting => "service-setting",
            Self::BlockPublicAccess => "block-public-access",
            Self::ResourceState => "resource-state",
            Self::ServiceTrust => "service-trust",
            Self::KubernetesRbac => "kubernetes-rbac",
            Self::LakeFormation => "lake-formation",
            Self::ApplicationAuthorization => "application-authorization",
            Self::LocalPermission => "local-permission",
            Self::OtherCloud => "other-cloud",
        }
    }

    /// What it is, in one sentence.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ExpiredCredentials => "the credentials have expired",
            Self::InvalidCredentials => {
                "the credentials are missing, unknown, or not valid in this partition or region"
            }
            Self::Signature => {
                "the signature does not fit: wrong secret key, wrong clock, or a proxy that changes requests"
            }
            Self::Throttled => "a rate limit or quota is used up; the request was authorized or never judged",
            Self::Entitlement => "the account, not the identity, has no access to the product or model",
            Self::Lifecycle => "the model is at the end of its life, or a legacy model that the account does not use",
            Self::AccountState => "the account is not verified, not signed up, or blocked",
            Self::Routing => "the region, endpoint or model id is not one that can answer",
            Self::InvalidRequest => "the request is not valid; no policy decides it",
            Self::ServiceSetting => "a setting of the service or resource refuses it, not a policy",
            Self::BlockPublicAccess => "S3 Block Public Access refuses it, not a policy",
            Self::ResourceState => "the resource is in a state that forbids the call",
            Self::ServiceTrust => "a service cannot assume the role: its trust policy, or a role that is seconds old",
            Self::KubernetesRbac => "Kubernetes refuses it: RBAC or the cluster's access entries, not IAM",
            Self::LakeFormation => "a Lake Formation grant is missing",
            Self::ApplicationAuthorization => "the application's own authorization refuses it, not IAM",
            Self::LocalPermission => "permissions of this machine refuse it, not AWS",
            Self::OtherCloud => "another cloud or S3-compatible service answered, not AWS IAM",
        }
    }

    /// What helps.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::ExpiredCredentials => {
                "get new credentials (`aws sso login`, assume the role again, or make a new key), then repeat the call"
            }
            Self::InvalidCredentials => {
                "see which credentials are used with `aws sts get-caller-identity` and `aws configure list`; mixed keys and \
                 session tokens, deleted keys, the wrong partition and regions that are not enabled look like this"
            }
            Self::Signature => "check the secret key and the clock, and whether a proxy rewrites paths or headers",
            Self::Throttled => "wait and retry with back-off, or ask for a higher quota in Service Quotas",
            Self::Entitlement => {
                "an administrator enables the product or model for the account (Marketplace subscription, payment method, \
                 use-case form); for the first use of a Marketplace model the caller needs aws-marketplace:Subscribe and \
                 aws-marketplace:ViewSubscriptions once"
            }
            Self::Lifecycle => "use a model that is active; policies do not help",
            Self::AccountState => "finish the sign-up or verification of the account, or ask AWS Support",
            Self::Routing => {
                "check the region and the id; models without on-demand throughput are called by an inference profile id"
            }
            Self::InvalidRequest => "correct the request; no policy change helps",
            Self::ServiceSetting => "change the setting, if its owner agrees; no policy change helps",
            Self::BlockPublicAccess => {
                "do not make the bucket public; where public access is intended, its owner relaxes Block Public Access on the \
                 bucket, the account or the organization"
            }
            Self::ResourceState => "bring the resource into the right state, for example enable the key",
            Self::ServiceTrust => {
                "let the role's trust policy name the service principal; for a new role wait and retry"
            }
            Self::KubernetesRbac => {
                "grant it in the cluster: an EKS access entry (or aws-auth) for the IAM principal, and a Role or ClusterRole \
                 binding"
            }
            Self::LakeFormation => "grant the Lake Formation permission on the catalog, database, table or location",
            Self::ApplicationAuthorization => {
                "look at the application's authorizer, API key, web ACL or role mapping; IAM policies do not decide it"
            }
            Self::LocalPermission => "look at the owner and mode of the file or socket on this machine",
            Self::OtherCloud => "look at the access rules of that service; AWS policies do not decide it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_json_name() {
        for failure in Failure::ALL {
            assert_eq!(serde_json::to_string(&failure).unwrap(), format!("\"{}\"", failure.id()));
        }
    }
}
