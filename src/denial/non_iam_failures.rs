//! Failures that look like denials: by their error codes, and by their words.
//!
//! Common errors: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Failure::{
    self, AccountState, ApplicationAuthorization, BlockPublicAccess, Entitlement, ExpiredCredentials,
    InvalidCredentials, InvalidRequest, KubernetesRbac, LakeFormation, Lifecycle, LocalPermission, OtherCloud,
    ResourceState, Routing, ServiceSetting, ServiceTrust, Signature, Throttled,
};

/// Codes that are never IAM denials.
pub(super) const CODES: [(&str, Failure); 56] = [
    ("AWSOrganizationsNotInUseException", AccountState),
    ("AccessControlListNotSupported", ServiceSetting),
    ("AccountProblem", AccountState),
    ("AllAccessDisabled", AccountState),
    ("AuthFailure", InvalidCredentials),
    ("AuthorizationFailed", OtherCloud),
    ("AuthorizationHeaderMalformed", Signature),
    ("CredentialsProviderError", InvalidCredentials),
    ("DisabledException", ResourceState),
    ("ExpiredToken", ExpiredCredentials),
    ("ExpiredTokenException", ExpiredCredentials),
    ("IncompleteSignature", Signature),
    ("IncompleteSignatureException", Signature),
    ("InvalidAccessKeyId", InvalidCredentials),
    ("InvalidCiphertextException", ResourceState),
    ("InvalidClientTokenId", InvalidCredentials),
    ("InvalidGrantException", ExpiredCredentials),
    ("InvalidIdentityToken", InvalidCredentials),
    ("InvalidObjectState", ResourceState),
    ("InvalidSignatureException", Signature),
    ("InvalidToken", InvalidCredentials),
    ("KMSDisabledException", ResourceState),
    ("KMSInvalidStateException", ResourceState),
    ("KMS.DisabledException", ResourceState),
    ("LimitExceeded", Throttled),
    ("LimitExceededException", Throttled),
    ("MPAgreementBeingCreated", Entitlement),
    ("MalformedPolicyDocument", InvalidRequest),
    ("MalformedPolicyDocumentException", InvalidRequest),
    ("MethodNotAllowed", InvalidRequest),
    ("MissingAuthenticationToken", InvalidCredentials),
    ("MissingAuthenticationTokenException", InvalidCredentials),
    ("NoCredentialProviders", InvalidCredentials),
    ("NoCredentialsError", InvalidCredentials),
    ("NotAuthorizedException", ApplicationAuthorization),
    ("NotSignedUp", AccountState),
    ("OptInRequired", AccountState),
    ("PendingVerification", AccountState),
    ("ProvisionedThroughputExceededException", Throttled),
    ("RequestExpired", ExpiredCredentials),
    ("RequestLimitExceeded", Throttled),
    ("RequestTimeTooSkewed", Signature),
    ("ServiceQuotaExceededException", Throttled),
    ("SignatureDoesNotMatch", Signature),
    ("SlowDown", Throttled),
    ("SubscriptionRequiredException", AccountState),
    ("Throttling", Throttled),
    ("ThrottlingException", Throttled),
    ("TokenRefreshRequired", ExpiredCredentials),
    ("TooManyRequestsException", Throttled),
    ("UnauthorizedException", ApplicationAuthorization),
    ("UnauthorizedSSOTokenError", ExpiredCredentials),
    ("UnauthorizedAccessException", LocalPermission),
    ("UnrecognizedClientException", InvalidCredentials),
    ("UnauthenticatedException", InvalidCredentials),
    ("ModelNotReadyException", Throttled),
];

/// Words that tell it whatever the code says.
pub(super) const PHRASES: [(&str, Failure); 93] = [
    // credentials
    ("token included in the request is expired", ExpiredCredentials),
    ("token included in the request is invalid", InvalidCredentials),
    ("provided token has expired", ExpiredCredentials),
    ("provided token is malformed", InvalidCredentials),
    ("Bearer Token has expired", ExpiredCredentials),
    ("Token has expired and refresh failed", ExpiredCredentials),
    ("session associated with this profile has expired", ExpiredCredentials),
    ("Token for default does not exist", ExpiredCredentials),
    ("Error when retrieving token from sso", ExpiredCredentials),
    ("authorization token has expired", ExpiredCredentials),
    ("Request has expired", ExpiredCredentials),
    ("Unable to locate credentials", InvalidCredentials),
    ("able to validate the provided access credentials", InvalidCredentials),
    ("Could not load credentials from any providers", InvalidCredentials),
    ("Unable to load credentials from", InvalidCredentials),
    ("Unable to load AWS credentials from", InvalidCredentials),
    ("failed to refresh cached credentials", InvalidCredentials),
    ("no valid providers in chain", InvalidCredentials),
    ("No valid credential sources found", InvalidCredentials),
    ("make sure your API Key is valid", InvalidCredentials),
    ("Invalid API Key format", InvalidCredentials),
    ("no basic auth credentials", InvalidCredentials),
    ("Access Key Id you provided does not exist", InvalidCredentials),
    ("Missing Authentication Token", InvalidCredentials),
    ("Missing credentials in config", InvalidCredentials),
    ("No OpenIDConnect provider found in your account", InvalidCredentials),
    // signature and clock
    ("request signature we calculated does not match", Signature),
    ("Signature expired:", Signature),
    ("Signature not yet current", Signature),
    ("difference between the request time and the", Signature),
    // limits
    ("Rate exceeded", Throttled),
    ("Too many requests, please wait", Throttled),
    ("Too many tokens, please wait", Throttled),
    ("Too many tokens per day", Throttled),
    ("Too many connections, please wait", Throttled),
    ("exceeds the service quota for", Throttled),
    ("Bedrock is unable to process your request", Throttled),
    ("not ready for inference", Throttled),
    // Bedrock and Marketplace
    ("access to the model with the specified model", Entitlement),
    ("required AWS Marketplace actions", Entitlement),
    ("Model access is denied due to", Entitlement),
    ("account is not authorized to invoke this API operation", Entitlement),
    ("account is not authorized to access this model", Entitlement),
    ("use case details have not been submitted", Entitlement),
    ("filled out the required use-case form", Entitlement),
    ("is not available for this account", Entitlement),
    ("models is not allowed from unsupported countries", Entitlement),
    ("is not available for this model", Entitlement),
    ("reached the end of its life", Lifecycle),
    ("marked by provider as Legacy", Lifecycle),
    ("on-demand throughput isn", Routing),
    ("on-demand throughput is not supported", Routing),
    ("provided model identifier is invalid", Routing),
    ("at 'modelId' failed to satisfy constraint", Routing),
    ("Please use the Messages API instead", InvalidRequest),
    ("deprecated for this model", InvalidRequest),
    ("cannot both be specified for this model", InvalidRequest),
    ("Malformed input request", InvalidRequest),
    // accounts
    ("Access Key Id needs a subscription", AccountState),
    ("Your account is currently blocked", AccountState),
    ("Your request for accessing resources in this region is being validated", AccountState),
    // rules of an API, and settings
    ("Unable to determine service/operation name", InvalidRequest),
    ("Roles may not be assumed by root accounts", InvalidRequest),
    ("GetSessionToken with session credentials", InvalidRequest),
    ("GetFederationToken with session credentials", InvalidRequest),
    ("Unable to validate tags", InvalidRequest),
    ("Cross-account pass role is not allowed", InvalidRequest),
    ("enabled for cost explorer access", ServiceSetting),
    ("bucket does not allow ACLs", ServiceSetting),
    ("prevented by the BlockPublic", BlockPublicAccess),
    ("blocked by the BlockPublic", BlockPublicAccess),
    ("blocked by the RestrictPublic", BlockPublicAccess),
    ("blocked upload requests that specify Server Side Encryption", ServiceSetting),
    ("protected by object lock", ServiceSetting),
    ("is pending deletion", ResourceState),
    ("function cannot be assumed by Lambda", ServiceTrust),
    ("unable to assume the service linked role", ServiceTrust),
    ("unable to assume the role", ServiceTrust),
    ("cannot assume the role", ServiceTrust),
    ("is invalid or cannot be assumed", ServiceTrust),
    // other systems
    ("is forbidden: User \"", KubernetesRbac),
    ("must be logged in to the server", KubernetesRbac),
    ("have access to Kubernetes objects", KubernetesRbac),
    ("Insufficient Lake Formation permission", LakeFormation),
    ("Principal does not have any privilege on specified resource", LakeFormation),
    ("You are not authorized to make this call", ApplicationAuthorization),
    ("no permissions for [indices", ApplicationAuthorization),
    ("\"message\":\"Forbidden\"", ApplicationAuthorization),
    ("\"message\": \"Forbidden\"", ApplicationAuthorization),
    ("does not have storage.", OtherCloud),
    ("does not have authorization to perform action", OtherCloud),
    ("[Errno 13] Permission denied", LocalPermission),
    ("connect to the Docker daemon socket", LocalPermission),
];

/// Hosts and marks of services that speak S3's protocol and answer with S3's codes.
const OTHER_CLOUDS: [&str; 12] = [
    "storage.googleapis.com",
    "r2.cloudflarestorage.com",
    "backblazeb2.com",
    "digitaloceanspaces.com",
    "wasabisys.com",
    "linodeobjects.com",
    "scw.cloud",
    "minio",
    "MinIO",
    "blob.core.windows.net",
    "aliyuncs.com",
    "myqcloud.com",
];

/// The failure for a code.
pub(super) fn by_code(code: &str) -> Option<Failure> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, failure)| *failure)
}

static WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(PHRASES.iter().map(|(words, _)| *words)).ok());
static OTHERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(OTHER_CLOUDS).ok());

/// The failure that the words at the beginning of a message, or soon after, tell.
pub(super) fn by_words(message: &str) -> Option<Failure> {
    let message = super::cursor::head(message, 400);
    let flat;
    let message = if message.contains('\n') {
        flat = message.split_whitespace().collect::<Vec<_>>().join(" ");
        flat.as_str()
    } else {
        message
    };
    let found = WORDS.as_ref()?.find(message)?;
    PHRASES.get(found.pattern().as_usize()).map(|(_, failure)| *failure)
}

/// Words that are too plain to stand alone, but tell it as the message of an error.
pub(super) fn by_plain_words(message: &str, service: Option<&str>) -> Option<Failure> {
    let message = message.trim_start();
    if message.starts_with("Operation not allowed") {
        return Some(Entitlement);
    }
    // IAM Identity Center: the user is not assigned to the account and permission set
    // https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
    if message.starts_with("No access") {
        return Some(ApplicationAuthorization);
    }
    if message.starts_with("Access is not allowed")
        && service.is_some_and(|name| matches!(name, "lakeformation" | "glue"))
    {
        return Some(LakeFormation);
    }
    None
}

/// Whether another cloud's host stands in the text around a code of S3.
pub(super) fn is_other_cloud(around: &str) -> bool {
    OTHERS.as_ref().is_some_and(|marks| marks.is_match(around))
}
