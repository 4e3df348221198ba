//! Every form in which an error is written: a phrase, what it means, who reads it, the page that documents it, and an example.
//!
//! A new message form is one row here, and a reader where its grammar is new. The table is printed in docs/messages.md.

use super::facts::DenialKind::{IamDenial, OtherFailure};
use super::failure::Failure::{
    AccountState, ApplicationAuthorization, BlockPublicAccess, ClusterRole, Entitlement, ExpiredCredentials,
    FunctionPolicy, IdentityPoolRole, IdentityProviderMissing, IdentityProviderUnreachable, ImagePolicy,
    InvalidCredentials, InvalidRequest, KubernetesRbac, LakeFormation, Lifecycle, LocalPermission, LogBucket,
    MfaDelete, OrganizationPolicy, OtherCloud, RegionDisabled, ResourceState, Routing, ServiceSetting, ServiceTrust,
    Signature, Throttled, TokenAudience,
};
use super::form::{Form, Reader, ServiceMessage, ShortError};
use super::form_pages as page;
use Reader::{
    AccessLog, Code, CommandLine, ConsoleBox, DecodedMessage, EncodedMessage, Go, HttpClient, Java, PartOfSentence,
    Sentence, Service, Short, Words,
};
use ServiceMessage::{
    AssumeRole, Ec2Operation, ExecutionRole, Kms, KmsCiphertext, LaunchTemplate, S3Exception, S3ForCaller, S3OfStack,
    ServiceLinkedRole, Sqs, VpcEndpoint,
};
use ShortError::{Arrow, CdkBucket, DotNet, JavaScript, ObjectStore, PowerShell, Redshift, Rust, SsoToken};

/// `ID, PHRASE, KIND, READER, PAGE, EXAMPLE;` for each form.
macro_rules! forms {
    ($($id:literal, $phrase:literal, $kind:expr, $reader:expr, $doc_url:expr, $example:literal;)*) => {
        &[$(Form { id: $id, phrase: $phrase, kind: $kind, reader: $reader, doc_url: $doc_url, example: $example }),*]
    };
}

/// Every form, in the order in which docs/messages.md lists them. Of forms that overlap in a text the first and longest is read.
pub const FORMS: &[Form] = forms! {
    "sentence", "not authorized", IamDenial, Sentence, page::DENIED,
        "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/q3.csv because no identity-based policy allows the s3:GetObject action";
    "sentence-capital", "Not authorized", IamDenial, Sentence, page::WEB_IDENTITY,
        "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity";
    "command-line", "occurred (", IamDenial, CommandLine, page::BOTOCORE,
        "An error occurred (403) when calling the HeadObject operation: Forbidden";
    "waiter", "failed: An error occurred (", IamDenial, CommandLine, page::WAIT,
        "Waiter BucketExists failed: An error occurred (403): Forbidden";
    "go", "operation error ", IamDenial, Go, page::SMITHY_GO,
        "operation error S3: GetObject, https response error StatusCode: 403, RequestID: 0A1B2C3D4E5F6A7B, api error AccessDenied: Access Denied";
    "go-response", "https response error", IamDenial, Go, page::SMITHY_GO,
        "https response error StatusCode: 403, RequestID: 0A1B2C3D4E5F6A7B, api error AccessDenied: Access Denied";
    "go-status", "response error StatusCode: 4", IamDenial, Go, page::SMITHY_GO,
        "http response error StatusCode: 403, RequestID: 0A1B2C3D4E5F6A7B, api error AccessDenied: Access Denied";
    "java", "tatus Code: 403", IamDenial, Java, page::JAVA,
        "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 0A1B2C3D4E5F6A7B)";
    "access-denied", "AccessDenied", IamDenial, Code, page::DENIED,
        "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied";
    "access-forbidden", "AccessForbidden", IamDenial, Code, page::DENIED,
        "{\"errorCode\": \"AccessForbidden\", \"errorMessage\": \"Access Denied\", \"eventName\": \"GetThing\"}";
    "unauthorized-operation", "UnauthorizedOperation", IamDenial, Code, page::EC2,
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: Access Denied";
    "unauthorized-access", "UnauthorizedAccess", IamDenial, Code, page::DENIED,
        "An error occurred (UnauthorizedAccess) when calling the GetThing operation: Access Denied";
    "unauthorized-request", "UnauthorizedRequest", IamDenial, Code, page::DENIED,
        "An error occurred (UnauthorizedRequest) when calling the GetThing operation: Access Denied";
    "not-authorized", "NotAuthorized", IamDenial, Code, page::DENIED,
        "An error occurred (NotAuthorized) when calling the GetThing operation: Access Denied";
    "authorization-error", "AuthorizationError", IamDenial, Code, page::SNS,
        "An error occurred (AuthorizationError) when calling the Publish operation: Access Denied";
    "authorization-exception", "AuthorizationException", IamDenial, Code, page::DENIED,
        "An error occurred (AuthorizationException) when calling the GetThing operation: Access Denied";
    "go-forbidden", "api error Forbidden", IamDenial, Code, page::S3_403,
        "operation error S3: HeadObject, https response error StatusCode: 403, RequestID: 0A1B2C3D4E5F6A7B, api error Forbidden: Forbidden";
    "forbidden", "Forbidden: Forbidden", IamDenial, Code, page::S3_403,
        "aws-sdk: Forbidden: Forbidden status code: 403";
    "forbidden-null", "Forbidden: null", IamDenial, Code, page::S3_403,
        "Forbidden: null\n    at Request.extractError (aws-sdk/lib/services/s3.js:712:35)";
    "forbidden-ruby", "S3::Errors::Forbidden", IamDenial, Code, page::S3_403,
        "Aws::S3::Errors::Forbidden: Forbidden";
    "service-linked-role-ec2", "ServiceLinkedRoleCreationNotPermitted", IamDenial, Code, page::SPOT,
        "An error occurred (AuthFailure.ServiceLinkedRoleCreationNotPermitted) when calling the CreateFleet operation: The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.";
    "ec2-operation", "You are not authorized to perform this operation", IamDenial, Service(Ec2Operation), page::DECODE,
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this operation.";
    "vpc-endpoint", "denied due to a VPC endpoint policy", IamDenial, Service(VpcEndpoint), page::NETWORK_EVENTS,
        "The request was denied due to a VPC endpoint policy";
    "assume-role", "could not be used to assume", IamDenial, Service(AssumeRole), page::CDK,
        "current credentials could not be used to assume 'arn:aws:iam::111122223333:role/deploy', but are for the right account";
    "kms", "Access to KMS is not allowed", IamDenial, Service(Kms), page::SECRETS,
        "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: Access to KMS is not allowed";
    "kms-ciphertext", "refers to a customer master key that does not exist", IamDenial, Service(KmsCiphertext), page::KMS_DECRYPT,
        "An error occurred (AccessDeniedException) when calling the Decrypt operation: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
    "sqs", "Access to the resource http", IamDenial, Service(Sqs), page::SQS,
        "Access to the resource https://sqs.eu-west-1.amazonaws.com/111122223333/orders is denied.";
    "stack-s3", "API: s3:", IamDenial, Service(S3OfStack), page::STACK,
        "API: s3:CreateBucket Access Denied";
    "s3-exception-null", "S3Exception: null (Service", IamDenial, Service(S3Exception), page::JAVA,
        "S3Exception: null (Service: S3, Status Code: 403, Request ID: 0A1B2C3D4E5F6A7B)";
    "s3-exception", "S3Exception: Access Denied", IamDenial, Service(S3Exception), page::JAVA,
        "Amazon.S3.AmazonS3Exception: Access Denied";
    "read-for-caller", "please make sure your request credentials have permission to", IamDenial, Service(S3ForCaller), page::LAMBDA_DEPLOY,
        "An error occurred (AccessDeniedException) when calling the UpdateFunctionCode operation: Your access has been denied by S3, please make sure your request credentials have permission to GetObject for reports/app.zip. S3 Error Code: AccessDenied. S3 Error Message: Access Denied";
    "execution-role", "execution role requires permissions for", IamDenial, Service(ExecutionRole), page::AGENT_CORE,
        "An error occurred (ValidationException) when calling the CreateAgentRuntime operation: Access denied while validating ECR URI '111122223333.dkr.ecr.eu-west-1.amazonaws.com/agent:1'. The execution role requires permissions for ecr:GetAuthorizationToken, ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer operations.";
    "managed-rule", "not authorized to create managed-rule", IamDenial, Sentence, page::MANAGED_RULE,
        "An error occurred (AccessDeniedException) when calling the CreateStateMachine operation: 'arn:aws:iam::111122223333:role/steps' is not authorized to create managed-rule.";
    "launch-template", "not authorized to use launch template:", IamDenial, Service(LaunchTemplate), page::LAUNCH_TEMPLATE,
        "An error occurred (AccessDenied) when calling the CreateAutoScalingGroup operation: You are not authorized to use launch template: lt-0123456789abcdef0";
    "service-linked-role", "due to missing permissions for", IamDenial, Service(ServiceLinkedRole), page::SERVICE_LINKED,
        "Failed to create service linked role due to missing permissions for 'iam:CreateServiceLinkedRole'";
    "redshift", "S3ServiceException:", IamDenial, Short(Redshift), page::REDSHIFT,
        "ERROR: S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 8Q,ExtRid x=,CanRetry 1";
    "powershell", "Amazon.PowerShell.Cmdlets", IamDenial, Short(PowerShell), page::S3_403,
        "Read-S3Object : Access Denied\nAt line:1 char:1\n+ Read-S3Object -BucketName reports\n    + FullyQualifiedErrorId : Amazon.S3.AmazonS3Exception,Amazon.PowerShell.Cmdlets.S3.ReadS3ObjectCmdlet";
    "dotnet-head", "Error making request with Error Code Forbidden", IamDenial, Short(DotNet), page::S3_403,
        "Amazon.S3.AmazonS3Exception: Error making request with Error Code Forbidden and Http Status Code Forbidden.";
    "rust-head", "SdkBody", IamDenial, Short(Rust), page::S3_403,
        "ErrorMetadata { code: None } raw: Response { status: StatusCode(403), headers: {\"server\": \"AmazonS3\"}, body: SdkBody { inner: Once(None) } }";
    "javascript-head", "knownError", IamDenial, Short(JavaScript), page::S3_403,
        "403: UnknownError\n    at de_HeadObjectCommandError (client-s3/index.js:1) { '$metadata': { httpStatusCode: 403 } }";
    "arrow", "AWS Error ACCESS_", IamDenial, Short(Arrow), page::S3_403,
        "OSError: When reading information for key 'q3' in bucket 'reports': AWS Error ACCESS_DENIED during HeadObject operation: No response body.";
    "cdk-bucket", "we dont have access to it", IamDenial, Short(CdkBucket), page::CDK,
        "fail: Bucket named 'reports-assets' exists, but we dont have access to it.";
    "object-store", ": Access Denied", IamDenial, Short(ObjectStore), page::S3_403,
        "level=error msg=\"sync failed\" err=\"iter bucket: Access Denied\"";
    "http-status", "403 Forbidden", IamDenial, HttpClient, page::ECR_PUSH,
        "unexpected status from HEAD request to https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/shop/manifests/1: 403 Forbidden";
    "http-url", "Forbidden for url", IamDenial, HttpClient, page::S3_403,
        "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://reports.s3.eu-west-1.amazonaws.com/q3.csv";
    "http-error", "403: Forbidden", IamDenial, HttpClient, page::S3_403,
        "https://reports.s3.eu-west-1.amazonaws.com/q3.csv: ERROR 403: Forbidden.";
    "http-curl", "curl: (22)", IamDenial, HttpClient, page::S3_403,
        "curl: (22) The requested URL returned error: 403 https://reports.s3.eu-west-1.amazonaws.com/q3.csv";
    "http-axios", "AxiosError", IamDenial, HttpClient, page::S3_403,
        "AxiosError: Request failed with status code 403 url: 'https://reports.s3.eu-west-1.amazonaws.com/q3.csv'";
    "http-parenthesis", "TP 403)", IamDenial, HttpClient, page::S3_403,
        "HTTP GET error on 'https://reports.s3.eu-west-1.amazonaws.com/q3.csv' (HTTP 403)";
    "console", "rce(s)", IamDenial, ConsoleBox, page::DENIED,
        "User: arn:aws:iam::111122223333:user/ana\nAction: s3:GetObject\nOn resource(s): arn:aws:s3:::reports/q3.csv\nContext: no identity-based policy allows the action";
    "console-request", "following text and send it to your AWS administrator", IamDenial, ConsoleBox, page::DENIED,
        "You don't have permission to s3:ListAllMyBuckets. To request access, copy the following text and send it to your AWS administrator.\nUser: arn:aws:iam::111122223333:user/ana\nAction: s3:ListAllMyBuckets\nContext: no identity-based policy allows the s3:ListAllMyBuckets action";
    "encoded-message", "ncoded authorization failure message", IamDenial, EncodedMessage, page::DECODE,
        "Encoded authorization failure message: 0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f";
    "decoded-message", "\"explicitDeny\"", IamDenial, DecodedMessage, page::DECODE,
        "{\"allowed\": false, \"explicitDeny\": true, \"context\": {\"action\": \"ec2:RunInstances\"}}";
    "access-log", " 403 AccessDenied ", IamDenial, AccessLog, page::S3_LOG,
        "79a5 reports [06/Nov/2026:00:00:38 +0000] 192.0.2.3 arn:aws:iam::111122223333:user/ana 3E57427F3EXAMPLE REST.GET.OBJECT q3.csv \"GET /q3.csv HTTP/1.1\" 403 AccessDenied 243 -";
    "part-explicit", "with an explicit deny in", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... with an explicit deny in a service control policy";
    "part-resource", "on resource: arn", IamDenial, PartOfSentence, page::DENIED,
        "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/q3.csv";
    "part-perform", "authorized to perform:", IamDenial, PartOfSentence, page::DENIED,
        "User: arn:aws:iam::111122223333:user/ana is not\nauthorized to perform: s3:GetObject";
    "part-based-policy", "based policy allows", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... because no identity-based policy allows the s3:GetObject action";
    "part-control-policy", "control policy allows", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... because no service control policy allows the s3:GetObject action";
    "part-boundary", "boundary allows the", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... because no permissions boundary allows the s3:GetObject action";
    "part-session-policy", "session policy allows", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... because no session policy allows the s3:GetObject action";
    "part-endpoint-policy", "endpoint policy allows", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... because no VPC endpoint policy allows the s3:GetObject action";
    "part-trust-policy", "trust policy allows", IamDenial, PartOfSentence, page::DENIED,
        "AccessDenied: ... because no role trust policy allows the sts:AssumeRole action";
    "aws-organizations-not-in-use-exception", "AWSOrganizationsNotInUseException", OtherFailure(AccountState), Code, page::ORGANIZATIONS,
        "An error occurred (AWSOrganizationsNotInUseException) when calling the ListAccounts operation: Your account is not a member of an organization.";
    "access-control-list-not-supported", "AccessControlListNotSupported", OtherFailure(ServiceSetting), Code, page::OWNERSHIP,
        "An error occurred (AccessControlListNotSupported) when calling the PutObjectAcl operation: The bucket does not allow ACLs";
    "account-problem", "AccountProblem", OtherFailure(AccountState), Code, page::S3,
        "An error occurred (AccountProblem) when calling the GetObject operation: There is a problem with your account.";
    "all-access-disabled", "AllAccessDisabled", OtherFailure(AccountState), Code, page::S3,
        "An error occurred (AllAccessDisabled) when calling the GetObject operation: All access to this object has been disabled";
    "auth-failure", "AuthFailure", OtherFailure(InvalidCredentials), Code, page::EC2,
        "An error occurred (AuthFailure) when calling the DescribeRegions operation: AWS was not able to validate the provided access credentials";
    "authorization-failed", "AuthorizationFailed", OtherFailure(OtherCloud), Code, page::AZURE,
        "An error occurred (AuthorizationFailed) when calling the GetThing operation: The client may not perform the action.";
    "authorization-header-malformed", "AuthorizationHeaderMalformed", OtherFailure(Signature), Code, page::S3,
        "An error occurred (AuthorizationHeaderMalformed) when calling the ListObjectsV2 operation: The authorization header is malformed; the region 'us-east-1' is wrong";
    "blocked-by-organization-policy-exception", "BlockedByOrganizationPolicyException", OtherFailure(OrganizationPolicy), Code, page::ECR_POLICY,
        "An error occurred (BlockedByOrganizationPolicyException) when calling the PutRegistryScanningConfiguration operation: The account is managed by an organization policy.";
    "credentials-provider-error", "CredentialsProviderError", OtherFailure(InvalidCredentials), Code, page::CREDENTIALS,
        "CredentialsProviderError: Could not load credentials from any providers";
    "disabled-exception", "DisabledException", OtherFailure(ResourceState), Code, page::KEY_STATE,
        "An error occurred (DisabledException) when calling the Decrypt operation: The key is disabled.";
    "expired-token", "ExpiredToken", OtherFailure(ExpiredCredentials), Code, page::S3,
        "An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.";
    "expired-token-exception", "ExpiredTokenException", OtherFailure(ExpiredCredentials), Code, page::STS,
        "An error occurred (ExpiredTokenException) when calling the GetCallerIdentity operation: The security token included in the request is expired";
    "incomplete-signature", "IncompleteSignature", OtherFailure(Signature), Code, page::COMMON,
        "An error occurred (IncompleteSignature) when calling the ListUsers operation: The request signature does not conform to AWS standards.";
    "incomplete-signature-exception", "IncompleteSignatureException", OtherFailure(Signature), Code, page::COMMON,
        "An error occurred (IncompleteSignatureException) when calling the ListTables operation: The request signature does not conform to AWS standards.";
    "invalid-access-key-id", "InvalidAccessKeyId", OtherFailure(InvalidCredentials), Code, page::S3,
        "An error occurred (InvalidAccessKeyId) when calling the ListBuckets operation: The AWS Access Key Id you provided does not exist in our records.";
    "invalid-ciphertext-exception", "InvalidCiphertextException", OtherFailure(ResourceState), Code, page::KMS_DECRYPT,
        "An error occurred (InvalidCiphertextException) when calling the Decrypt operation: The ciphertext is not valid.";
    "invalid-client-token-id", "InvalidClientTokenId", OtherFailure(InvalidCredentials), Code, page::COMMON,
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.";
    "invalid-grant-exception", "InvalidGrantException", OtherFailure(ExpiredCredentials), Code, page::SSO,
        "An error occurred (InvalidGrantException) when calling the CreateToken operation: The grant is not valid.";
    "invalid-identity-token", "InvalidIdentityToken", OtherFailure(InvalidCredentials), Code, page::WEB_IDENTITY,
        "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: The token could not be validated.";
    "invalid-object-state", "InvalidObjectState", OtherFailure(ResourceState), Code, page::S3,
        "An error occurred (InvalidObjectState) when calling the GetObject operation: The operation is not valid for the object's storage class";
    "invalid-signature-exception", "InvalidSignatureException", OtherFailure(Signature), Code, page::SIGNING,
        "An error occurred (InvalidSignatureException) when calling the ListTables operation: The request signature we calculated does not match the signature you provided.";
    "invalid-token", "InvalidToken", OtherFailure(InvalidCredentials), Code, page::S3,
        "An error occurred (InvalidToken) when calling the ListBuckets operation: The provided token is malformed or otherwise invalid.";
    "kms-disabled-exception", "KMSDisabledException", OtherFailure(ResourceState), Code, page::KEY_STATE,
        "An error occurred (KMSDisabledException) when calling the Publish operation: The key is disabled.";
    "kms-invalid-state-exception", "KMSInvalidStateException", OtherFailure(ResourceState), Code, page::KEY_STATE,
        "An error occurred (KMSInvalidStateException) when calling the SendMessage operation: The key is pending import.";
    "kms-of-disabled-exception", "KMS.DisabledException", OtherFailure(ResourceState), Code, page::KEY_STATE,
        "An error occurred (KMS.DisabledException) when calling the PutObject operation: The key is disabled.";
    "limit-exceeded", "LimitExceeded", OtherFailure(Throttled), Code, page::COMMON,
        "An error occurred (LimitExceeded) when calling the CreateUser operation: Cannot exceed quota for UsersPerAccount: 5000";
    "limit-exceeded-exception", "LimitExceededException", OtherFailure(Throttled), Code, page::COMMON,
        "An error occurred (LimitExceededException) when calling the CreateTable operation: Too many tables are being created.";
    "mp-agreement-being-created", "MPAgreementBeingCreated", OtherFailure(Entitlement), Code, page::MODEL_ACCESS,
        "An error occurred (MPAgreementBeingCreated) when calling the Converse operation: The agreement is being created.";
    "malformed-policy-document", "MalformedPolicyDocument", OtherFailure(InvalidRequest), Code, page::GRAMMAR,
        "An error occurred (MalformedPolicyDocument) when calling the PutRolePolicy operation: Syntax errors in policy.";
    "malformed-policy-document-exception", "MalformedPolicyDocumentException", OtherFailure(InvalidRequest), Code, page::GRAMMAR,
        "An error occurred (MalformedPolicyDocumentException) when calling the CreateKey operation: The new key policy is not valid.";
    "method-not-allowed", "MethodNotAllowed", OtherFailure(InvalidRequest), Code, page::S3,
        "An error occurred (MethodNotAllowed) when calling the DeleteObject operation: The specified method is not allowed against this resource.";
    "missing-authentication-token", "MissingAuthenticationToken", OtherFailure(InvalidCredentials), Code, page::COMMON,
        "An error occurred (MissingAuthenticationToken) when calling the ListUsers operation: Request is missing Authentication Token";
    "missing-authentication-token-exception", "MissingAuthenticationTokenException", OtherFailure(InvalidCredentials), Code, page::COMMON,
        "An error occurred (MissingAuthenticationTokenException) when calling the ListTables operation: Request is missing Authentication Token";
    "no-credential-providers", "NoCredentialProviders", OtherFailure(InvalidCredentials), Code, page::CREDENTIALS,
        "NoCredentialProviders: no valid providers in chain";
    "no-credentials-error", "NoCredentialsError", OtherFailure(InvalidCredentials), Code, page::CREDENTIALS,
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials";
    "not-authorized-exception", "NotAuthorizedException", OtherFailure(ApplicationAuthorization), Code, page::COGNITO,
        "An error occurred (NotAuthorizedException) when calling the InitiateAuth operation: Incorrect username or password.";
    "not-signed-up", "NotSignedUp", OtherFailure(AccountState), Code, page::S3,
        "An error occurred (NotSignedUp) when calling the ListBuckets operation: Your account is not signed up for the Amazon S3 service.";
    "opt-in-required", "OptInRequired", OtherFailure(AccountState), Code, page::COMMON,
        "An error occurred (OptInRequired) when calling the RunInstances operation: You are not subscribed to this service.";
    "pending-verification", "PendingVerification", OtherFailure(AccountState), Code, page::EC2,
        "An error occurred (PendingVerification) when calling the RunInstances operation: Your account is being verified.";
    "provisioned-throughput-exceeded-exception", "ProvisionedThroughputExceededException", OtherFailure(Throttled), Code, page::DYNAMODB,
        "An error occurred (ProvisionedThroughputExceededException) when calling the PutItem operation: The level of configured provisioned throughput for the table was exceeded.";
    "region-disabled-exception", "RegionDisabledException", OtherFailure(RegionDisabled), Code, page::STS_REGIONS,
        "An error occurred (RegionDisabledException) when calling the AssumeRole operation: STS is not activated in this region for account:111122223333.";
    "request-expired", "RequestExpired", OtherFailure(ExpiredCredentials), Code, page::COMMON,
        "An error occurred (RequestExpired) when calling the DescribeInstances operation: Request has expired.";
    "request-limit-exceeded", "RequestLimitExceeded", OtherFailure(Throttled), Code, page::EC2,
        "An error occurred (RequestLimitExceeded) when calling the DescribeInstances operation: Request limit exceeded.";
    "request-time-too-skewed", "RequestTimeTooSkewed", OtherFailure(Signature), Code, page::S3,
        "An error occurred (RequestTimeTooSkewed) when calling the ListBuckets operation: The difference between the request time and the current time is too large.";
    "service-quota-exceeded-exception", "ServiceQuotaExceededException", OtherFailure(Throttled), Code, page::QUOTAS,
        "An error occurred (ServiceQuotaExceededException) when calling the CreateAgent operation: The quota is used up.";
    "signature-does-not-match", "SignatureDoesNotMatch", OtherFailure(Signature), Code, page::SIGNING,
        "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided.";
    "slow-down", "SlowDown", OtherFailure(Throttled), Code, page::S3,
        "An error occurred (SlowDown) when calling the PutObject operation: Please reduce your request rate.";
    "subscription-required-exception", "SubscriptionRequiredException", OtherFailure(AccountState), Code, page::SUPPORT,
        "An error occurred (SubscriptionRequiredException) when calling the DescribeTrustedAdvisorChecks operation: Amazon Web Services Premium Support Subscription is required to use this service.";
    "throttling", "Throttling", OtherFailure(Throttled), Code, page::COMMON,
        "An error occurred (Throttling) when calling the DescribeStacks operation: Rate exceeded";
    "throttling-exception", "ThrottlingException", OtherFailure(Throttled), Code, page::COMMON,
        "An error occurred (ThrottlingException) when calling the ListTables operation: Rate exceeded";
    "token-refresh-required", "TokenRefreshRequired", OtherFailure(ExpiredCredentials), Code, page::S3,
        "An error occurred (TokenRefreshRequired) when calling the ListBuckets operation: The provided token must be refreshed.";
    "too-many-requests-exception", "TooManyRequestsException", OtherFailure(Throttled), Code, page::LAMBDA_INVOKE,
        "An error occurred (TooManyRequestsException) when calling the Invoke operation: Rate Exceeded.";
    "unauthorized-exception", "UnauthorizedException", OtherFailure(ApplicationAuthorization), Code, page::APPSYNC,
        "{\"errors\": [{\"errorType\": \"UnauthorizedException\", \"message\": \"Permission denied\"}], \"statusCode\": 401}";
    "unauthorized-sso-token-error", "UnauthorizedSSOTokenError", OtherFailure(ExpiredCredentials), Code, page::SSO,
        "botocore.exceptions.UnauthorizedSSOTokenError: The SSO session associated with this profile has expired";
    "unauthorized-access-exception", "UnauthorizedAccessException", OtherFailure(LocalPermission), Code, page::DOTNET,
        "UnauthorizedAccessException: Access to the path '/var/keys' is denied. at Amazon.Runtime.Internal";
    "unrecognized-client-exception", "UnrecognizedClientException", OtherFailure(InvalidCredentials), Code, page::COMMON,
        "An error occurred (UnrecognizedClientException) when calling the ListTables operation: The security token included in the request is invalid.";
    "unauthenticated-exception", "UnauthenticatedException", OtherFailure(InvalidCredentials), Code, page::COMMON,
        "An error occurred (UnauthenticatedException) when calling the GetThing operation: The caller is not authenticated.";
    "model-not-ready-exception", "ModelNotReadyException", OtherFailure(Throttled), Code, page::BEDROCK,
        "An error occurred (ModelNotReadyException) when calling the Converse operation: The model is not ready for inference.";
    "token-expired", "token included in the request is expired", OtherFailure(ExpiredCredentials), Words, page::STS,
        "An error occurred (ExpiredTokenException) when calling the ListTables operation: The security token included in the request is expired";
    "token-invalid", "token included in the request is invalid", OtherFailure(InvalidCredentials), Words, page::STS,
        "The security token included in the request is invalid. (Service: AWSSecurityTokenService; Status Code: 403)";
    "provided-token-expired", "provided token has expired", OtherFailure(ExpiredCredentials), Words, page::S3,
        "aws s3 ls: error: The provided token has expired.";
    "provided-token-malformed", "provided token is malformed", OtherFailure(InvalidCredentials), Words, page::S3,
        "aws s3 ls: error: The provided token is malformed or otherwise invalid.";
    "bearer-token-expired", "Bearer Token has expired", OtherFailure(ExpiredCredentials), Words, page::BEDROCK,
        "API error 403: Bearer Token has expired";
    "sso-refresh-failed", "Token has expired and refresh failed", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "Error when using AWS SSO: Token has expired and refresh failed";
    "sso-session-expired", "session associated with this profile has expired", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "Error: The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login";
    "sso-session-expired-go", "the SSO session has expired or is invalid", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "AWS error: SSOProviderInvalidToken: the SSO session has expired or is invalid";
    "sso-session-not-refreshed", "failed to refresh cached credentials, the SSO session", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "operation error S3: ListBuckets, get identity: get credentials: failed to refresh cached credentials, the SSO session has expired or is invalid";
    "sso-session-token-js", "SSO session token associated with profile", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "CredentialsProviderError: The SSO session token associated with profile=work was not found or is invalid.";
    "sso-token-missing", "Token for ", OtherFailure(ExpiredCredentials), Short(SsoToken), page::SSO,
        "Error when retrieving credentials from custom-process: Token for work does not exist";
    "sso-token-load", "Error loading SSO Token", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "Error loading SSO Token: Token for default does not exist";
    "sso-token-load-java", "Unable to load SSO token", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "SdkClientException: Unable to load SSO token";
    "sso-token-error", "Error when retrieving token from sso", OtherFailure(ExpiredCredentials), Words, page::SSO,
        "Error when retrieving token from sso: Token has expired and refresh failed";
    "ecr-token-expired", "authorization token has expired", OtherFailure(ExpiredCredentials), Words, page::ECR,
        "denied: Your authorization token has expired. Reauthenticate and try again.";
    "request-expired-words", "Request has expired", OtherFailure(ExpiredCredentials), Words, page::COMMON,
        "<Error><Message>Request has expired</Message></Error>";
    "no-credentials", "Unable to locate credentials", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "Unable to locate credentials. You can configure credentials by running aws configure.";
    "credentials-not-validated", "able to validate the provided access credentials", OtherFailure(InvalidCredentials), Words, page::EC2,
        "AWS was not able to validate the provided access credentials";
    "no-credentials-js", "Could not load credentials from any providers", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "Error: Could not load credentials from any providers";
    "no-credentials-java", "Unable to load credentials from", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "SdkClientException: Unable to load credentials from any of the providers in the chain";
    "no-credentials-java-1", "Unable to load AWS credentials from", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "AmazonClientException: Unable to load AWS credentials from any provider in the chain";
    "no-credentials-go", "failed to refresh cached credentials", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "operation error STS: GetCallerIdentity, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found";
    "no-providers-go", "no valid providers in chain", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "NoCredentialProviders: no valid providers in chain. Deprecated.";
    "no-credentials-terraform", "No valid credential sources found", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "Error: No valid credential sources found";
    "api-key-invalid", "make sure your API Key is valid", OtherFailure(InvalidCredentials), Words, page::API_KEYS,
        "API error 403: Authentication failed: Please make sure your API Key is valid.";
    "api-key-format", "Invalid API Key format", OtherFailure(InvalidCredentials), Words, page::API_KEYS,
        "API error 403: Invalid API Key format";
    "ecr-no-credentials", "no basic auth credentials", OtherFailure(InvalidCredentials), Words, page::ECR,
        "Error response from daemon: Get https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/app: no basic auth credentials";
    "unknown-access-key", "Access Key Id you provided does not exist", OtherFailure(InvalidCredentials), Words, page::S3,
        "Error: The AWS Access Key Id you provided does not exist in our records.";
    "missing-token", "Missing Authentication Token", OtherFailure(InvalidCredentials), Words, page::GATEWAY,
        "{\"message\":\"Missing Authentication Token\"}";
    "no-credentials-js-2", "Missing credentials in config", OtherFailure(InvalidCredentials), Words, page::CREDENTIALS,
        "Error: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1";
    "no-oidc-provider", "No OpenIDConnect provider found in your account", OtherFailure(IdentityProviderMissing), Words, page::WEB_IDENTITY,
        "Error: No OpenIDConnect provider found in your account for https://oidc.example.com";
    "token-audience", "with OIDC: Incorrect token audience", OtherFailure(TokenAudience), Words, page::OIDC_ERRORS,
        "Error: Could not assume role with OIDC: Incorrect token audience";
    "provider-keys", "retrieve verification key from your identity provider", OtherFailure(IdentityProviderUnreachable), Words, page::OIDC_ERRORS,
        "Error: Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements";
    "provider-thumbprint", "HTTPS certificate doesn't match configured thumbprint", OtherFailure(IdentityProviderUnreachable), Words, page::OIDC_ERRORS,
        "Error: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint";
    "signature-mismatch", "request signature we calculated does not match", OtherFailure(Signature), Words, page::SIGNING,
        "Error: The request signature we calculated does not match the signature you provided.";
    "signature-expired", "Signature expired:", OtherFailure(Signature), Words, page::SIGNING,
        "AWS error: Signature expired: 20261129T070000Z is now earlier than 20261129T071000Z";
    "signature-not-yet-current", "Signature not yet current", OtherFailure(Signature), Words, page::SIGNING,
        "AWS error: Signature not yet current: 20261129T080000Z is still later than 20261129T071000Z";
    "clock-skew", "difference between the request time and the", OtherFailure(Signature), Words, page::S3,
        "Error: The difference between the request time and the current time is too large.";
    "rate-exceeded", "Rate exceeded", OtherFailure(Throttled), Words, page::COMMON,
        "Error: Throttling: Rate exceeded";
    "bedrock-requests", "Too many requests, please wait", OtherFailure(Throttled), Words, page::BEDROCK,
        "API error 429: Too many requests, please wait before trying again.";
    "bedrock-tokens", "Too many tokens, please wait", OtherFailure(Throttled), Words, page::BEDROCK,
        "API error 429: Too many tokens, please wait before trying again.";
    "bedrock-tokens-per-day", "Too many tokens per day", OtherFailure(Throttled), Words, page::BEDROCK,
        "API error 429: Too many tokens per day, please wait before trying again.";
    "bedrock-connections", "Too many connections, please wait", OtherFailure(Throttled), Words, page::BEDROCK,
        "API error 429: Too many connections, please wait before trying again.";
    "service-quota", "exceeds the service quota for", OtherFailure(Throttled), Words, page::QUOTAS,
        "API error: the request exceeds the service quota for this account";
    "bedrock-unable", "Bedrock is unable to process your request", OtherFailure(Throttled), Words, page::BEDROCK,
        "Bedrock is unable to process your request.";
    "model-not-ready", "not ready for inference", OtherFailure(Throttled), Words, page::BEDROCK,
        "API error 429: Model is not ready for inference. Wait and try your request again.";
    "model-access", "access to the model with the specified model", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: You don't have access to the model with the specified model ID.";
    "marketplace-actions", "required AWS Marketplace actions", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: Your role cannot perform the required AWS Marketplace actions (aws-marketplace:Subscribe)";
    "model-access-denied", "Model access is denied due to", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: Model access is denied due to invalid payment instrument";
    "api-not-for-account", "account is not authorized to invoke this API operation", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: Your account is not authorized to invoke this API operation.";
    "model-not-for-account", "account is not authorized to access this model", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: Your account is not authorized to access this model.";
    "use-case-missing", "use case details have not been submitted", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 404: Model use case details have not been submitted for this account.";
    "marketplace-terms", "need to accept terms and subscribe", OtherFailure(Entitlement), Words, page::PAID_AMIS,
        "An error occurred (OptInRequired) when calling the RunInstances operation: In order to use this AWS Marketplace product you need to accept terms and subscribe.";
    "use-case-form", "filled out the required use-case form", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: You have not filled out the required use-case form";
    "model-not-available", "is not available for this account", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: the model is not available for this account.";
    "unsupported-country", "models is not allowed from unsupported countries", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 400: Access to these models is not allowed from unsupported countries, regions, or territories.";
    "not-for-model", "is not available for this model", OtherFailure(Entitlement), Words, page::MODEL_ACCESS,
        "API error 403: access is not available for this model";
    "model-retired", "reached the end of its life", OtherFailure(Lifecycle), Words, page::LIFECYCLE,
        "API error 404: This model version has reached the end of its life.";
    "model-legacy", "marked by provider as Legacy", OtherFailure(Lifecycle), Words, page::LIFECYCLE,
        "API error 404: Access denied. This Model is marked by provider as Legacy and you have not been actively using it.";
    "no-on-demand", "on-demand throughput isn", OtherFailure(Routing), Words, page::PROFILES,
        "API error 400: Invocation of model ID with on-demand throughput isn't supported.";
    "no-on-demand-words", "on-demand throughput is not supported", OtherFailure(Routing), Words, page::PROFILES,
        "API error 400: on-demand throughput is not supported for this model.";
    "model-id", "provided model identifier is invalid", OtherFailure(Routing), Words, page::BEDROCK,
        "API error 400: The provided model identifier is invalid.";
    "model-id-constraint", "at 'modelId' failed to satisfy constraint", OtherFailure(Routing), Words, page::BEDROCK,
        "API error 400: Value at 'modelId' failed to satisfy constraint";
    "messages-api", "Please use the Messages API instead", OtherFailure(InvalidRequest), Words, page::BEDROCK,
        "API error 400: This model is not for this API. Please use the Messages API instead.";
    "parameter-deprecated", "deprecated for this model", OtherFailure(InvalidRequest), Words, page::BEDROCK,
        "API error 400: temperature is deprecated for this model.";
    "parameters-together", "cannot both be specified for this model", OtherFailure(InvalidRequest), Words, page::BEDROCK,
        "API error 400: temperature and top_p cannot both be specified for this model.";
    "malformed-input", "Malformed input request", OtherFailure(InvalidRequest), Words, page::BEDROCK,
        "API error 400: Malformed input request, please reformat your input and try again.";
    "subscription-needed", "Access Key Id needs a subscription", OtherFailure(AccountState), Words, page::COMMON,
        "AWS error: The AWS Access Key Id needs a subscription for the service";
    "account-blocked", "account is currently blocked and not recognized", OtherFailure(AccountState), Words, page::EC2,
        "AWS error: Your account is currently blocked and not recognized as a valid account.";
    "sts-region", "STS is not activated in this region", OtherFailure(RegionDisabled), Words, page::STS_REGIONS,
        "AWS error: STS is not activated in this region for account:111122223333.";
    "region-being-validated", "Your request for accessing resources in this region is being validated", OtherFailure(AccountState), Words, page::EC2,
        "AWS error: Your request for accessing resources in this region is being validated, and you will not be able to launch additional resources in this region until the validation is complete.";
    "unknown-operation", "Unable to determine service/operation name", OtherFailure(InvalidRequest), Words, page::COMMON,
        "AWS error: Unable to determine service/operation name to be authorized";
    "root-may-not-assume", "Roles may not be assumed by root accounts", OtherFailure(InvalidRequest), Words, page::ASSUME_ROLE,
        "AWS error: Roles may not be assumed by root accounts.";
    "session-token-of-session", "GetSessionToken with session credentials", OtherFailure(InvalidRequest), Words, page::SESSION_TOKEN,
        "AWS error: Cannot call GetSessionToken with session credentials";
    "federation-token-of-session", "GetFederationToken with session credentials", OtherFailure(InvalidRequest), Words, page::FEDERATION_TOKEN,
        "AWS error: Cannot call GetFederationToken with session credentials";
    "tags-not-valid", "Unable to validate tags", OtherFailure(InvalidRequest), Words, page::TAGS,
        "AWS error: Unable to validate tags";
    "cross-account-pass-role", "Cross-account pass role is not allowed", OtherFailure(InvalidRequest), Words, page::PASS_ROLE,
        "AWS error: Cross-account pass role is not allowed.";
    "cost-explorer-off", "enabled for cost explorer access", OtherFailure(ServiceSetting), Words, page::COST_EXPLORER,
        "AWS error: User not enabled for cost explorer access";
    "declarative-policy", "due to an organizational policy in effect", OtherFailure(OrganizationPolicy), Words, page::DECLARATIVE,
        "An error occurred (UnauthorizedOperation) when calling the DisableImageBlockPublicAccess operation: This action is denied due to an organizational policy in effect";
    "acls-disabled", "bucket does not allow ACLs", OtherFailure(ServiceSetting), Words, page::OWNERSHIP,
        "AWS error: The bucket does not allow ACLs";
    "public-prevented", "prevented by the BlockPublic", OtherFailure(BlockPublicAccess), Words, page::PUBLIC_ACCESS,
        "AWS error: public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.";
    "public-blocked", "blocked by the BlockPublic", OtherFailure(BlockPublicAccess), Words, page::PUBLIC_ACCESS,
        "AWS error: public ACLs are blocked by the BlockPublicAcls setting in S3 Block Public Access.";
    "public-restricted", "blocked by the RestrictPublic", OtherFailure(BlockPublicAccess), Words, page::PUBLIC_ACCESS,
        "AWS error: access is blocked by the RestrictPublicBuckets setting in S3 Block Public Access.";
    "sse-c-blocked", "blocked upload requests that specify Server Side Encryption", OtherFailure(ServiceSetting), Words, page::S3_403,
        "AWS error: this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C).";
    "object-lock", "protected by object lock", OtherFailure(ServiceSetting), Words, page::OBJECT_LOCK,
        "AWS error: Access Denied because object protected by object lock.";
    "mfa-delete", "Mfa Authentication must be used for this request", OtherFailure(MfaDelete), Words, page::MFA_DELETE,
        "An error occurred (AccessDenied) when calling the DeleteObject operation: Mfa Authentication must be used for this request";
    "pending-deletion", "is pending deletion", OtherFailure(ResourceState), Words, page::KEY_STATE,
        "AWS error: the key is pending deletion.";
    "role-not-for-lambda", "function cannot be assumed by Lambda", OtherFailure(ServiceTrust), Words, page::LAMBDA_ROLE,
        "AWS error: The role defined for the function cannot be assumed by Lambda.";
    "role-not-for-principal", "cannot be assumed by principal", OtherFailure(ServiceTrust), Words, page::ROLES,
        "AWS error: Provided role 'arn:aws:iam::111122223333:role/rules' cannot be assumed by principal 'events.amazonaws.com'.";
    "service-linked-role-not-assumed", "unable to assume the service linked role", OtherFailure(ServiceTrust), Words, page::SERVICE_LINKED,
        "AWS error: ECS was unable to assume the service linked role.";
    "role-not-assumed", "unable to assume the role", OtherFailure(ServiceTrust), Words, page::ROLES,
        "AWS error: the service was unable to assume the role.";
    "pod-identity", "EKS does not have permissions to assume the associated role", OtherFailure(ServiceTrust), Words, page::POD_IDENTITY,
        "An error occurred (AccessDeniedException) when calling the AssumeRoleForPodIdentity operation: Unauthorized Exception! EKS does not have permissions to assume the associated role.";
    "identity-pool-roles", "Check assigned IAM roles for this pool", OtherFailure(IdentityPoolRole), Words, page::COGNITO_ROLES,
        "InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool.";
    "role-cannot-be-assumed", "cannot assume the role", OtherFailure(ServiceTrust), Words, page::ROLES,
        "AWS error: the service cannot assume the role.";
    "role-invalid", "is invalid or cannot be assumed", OtherFailure(ServiceTrust), Words, page::ROLES,
        "AWS error: the role is invalid or cannot be assumed.";
    "principal-not-trusted", "is authorized to assume the provided role", OtherFailure(ServiceTrust), Words, page::ROLES,
        "An error occurred (AccessDeniedException) when calling the CreateStateMachine operation: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.";
    "principal-not-trusted-before", "not authorized to assume the provided role", OtherFailure(ServiceTrust), Words, page::ROLES,
        "The principal states.amazonaws.com is not authorized to assume the provided role.";
    "role-not-to-be-assumed", "not authorized to be assumed by", OtherFailure(ServiceTrust), Words, page::ROLES,
        "AWS error: execution role arn:aws:iam::111122223333:role/jobs is not authorized to be assumed by emr-serverless";
    "provided-role-not-assumed", "unable to assume provided role", OtherFailure(ServiceTrust), Words, page::ROLES,
        "An error occurred (InvalidInputException) when calling the StartCrawler operation: Service is unable to assume provided role. Please verify role's TrustPolicy";
    "role-of-logs", "have given CloudWatch Logs permission to assume the provided role", OtherFailure(ServiceTrust), Words, page::LOG_SUBSCRIPTIONS,
        "An error occurred (ValidationException) when calling the PutSubscriptionFilter operation: Make sure you have given CloudWatch Logs permission to assume the provided role.";
    "role-allows-principal", "ensure that the role exists and allows principal", OtherFailure(ServiceTrust), Words, page::ROLES,
        "An error occurred (ValidationException) when calling the CreateTrainingJob operation: Could not assume role arn:aws:iam::111122223333:role/train. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.";
    "dms-role", "dms-vpc-role is not configured properly", OtherFailure(ServiceTrust), Words, page::DMS_ROLES,
        "An error occurred (AccessDeniedFault) when calling the CreateReplicationInstance operation: The IAM Role arn:aws:iam::111122223333:role/dms-vpc-role is not configured properly.";
    "cluster-role", "not authorized to assume IAM Role", OtherFailure(ClusterRole), Words, page::REDSHIFT_ROLES,
        "ERROR: User arn:aws:redshift:eu-west-1:111122223333:dbuser:shop/ana is not authorized to assume IAM Role arn:aws:iam::111122223333:role/copy";
    "cluster-role-credentials", "Not authorized to get credentials of role", OtherFailure(ClusterRole), Words, page::REDSHIFT_ROLES,
        "ERROR: Not authorized to get credentials of role arn:aws:iam::111122223333:role/copy";
    "balancer-logs", "Please check S3bucket permission", OtherFailure(LogBucket), Words, page::BALANCER_LOGS,
        "An error occurred (InvalidConfigurationRequest) when calling the ModifyLoadBalancerAttributes operation: Access Denied for bucket: shop-logs. Please check S3bucket permission";
    "flow-logs", "Please check LogDestination permission", OtherFailure(LogBucket), Words, page::FLOW_LOGS,
        "AWS error: 400: Access Denied for LogDestination: shop-logs. Please check LogDestination permission";
    "trail-logs", "Incorrect S3 bucket policy is detected for bucket", OtherFailure(LogBucket), Words, page::TRAIL_LOGS,
        "An error occurred (InsufficientS3BucketPolicyException) when calling the CreateTrail operation: Incorrect S3 bucket policy is detected for bucket: shop-logs";
    "rotation-function", "Ensure that the function policy grants access to the principal", OtherFailure(FunctionPolicy), Words, page::ROTATION,
        "An error occurred (AccessDeniedException) when calling the RotateSecret operation: Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.";
    "function-of-logs", "have given CloudWatch Logs permission to execute your function", OtherFailure(FunctionPolicy), Words, page::LOG_SUBSCRIPTIONS,
        "An error occurred (InvalidParameterException) when calling the PutSubscriptionFilter operation: Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.";
    "function-image", "does not have permission to access the ECR image", OtherFailure(ImagePolicy), Words, page::FUNCTION_IMAGES,
        "An error occurred (AccessDeniedException) when calling the CreateFunction operation: Lambda does not have permission to access the ECR image. Check the ECR permissions.";
    "function-image-specified", "does not have permission to access the specified image", OtherFailure(ImagePolicy), Words, page::FUNCTION_IMAGES,
        "AWS Lambda error: The function does not have permission to access the specified image.";
    "kubernetes-forbidden", "is forbidden: User \"", OtherFailure(KubernetesRbac), Words, page::RBAC,
        "pods is forbidden: User \"ana\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"";
    "kubernetes-login", "must be logged in to the server", OtherFailure(KubernetesRbac), Words, page::EKS,
        "error: You must be logged in to the server (Unauthorized)";
    "eks-access", "have access to Kubernetes objects", OtherFailure(KubernetesRbac), Words, page::EKS,
        "Your current IAM principal doesn't have access to Kubernetes objects on this cluster.";
    "lake-formation-permission", "Insufficient Lake Formation permission", OtherFailure(LakeFormation), Words, page::LAKE_FORMATION,
        "AWS error: Insufficient Lake Formation permission(s): Required Select on orders";
    "lake-formation-privilege", "Principal does not have any privilege on specified resource", OtherFailure(LakeFormation), Words, page::LAKE_FORMATION,
        "AWS error: Principal does not have any privilege on specified resource";
    "lake-formation-requester", "requester is not authorized to access requested", OtherFailure(LakeFormation), Words, page::LAKE_FORMATION,
        "COLUMN_NOT_FOUND: line 1:8: Column 'id' cannot be resolved or requester is not authorized to access requested resources";
    "appsync-call", "You are not authorized to make this call", OtherFailure(ApplicationAuthorization), Words, page::APPSYNC,
        "{\"errors\": [{\"message\": \"You are not authorized to make this call.\"}]}";
    "opensearch-role", "no permissions for [indices", OtherFailure(ApplicationAuthorization), Words, page::OPENSEARCH,
        "security_exception: no permissions for [indices:data/read/search] and User [name=arn:aws:iam::111122223333:role/app]";
    "gateway-forbidden", "\"message\":\"Forbidden\"", OtherFailure(ApplicationAuthorization), Words, page::GATEWAY,
        "HTTP status 403 {\"message\":\"Forbidden\"} of the API";
    "gateway-forbidden-spaced", "\"message\": \"Forbidden\"", OtherFailure(ApplicationAuthorization), Words, page::GATEWAY,
        "HTTP status 403 {\"message\": \"Forbidden\"} of the API";
    "google-cloud-storage", "does not have storage.", OtherFailure(OtherCloud), Words, page::GOOGLE,
        "ana@example.com does not have storage.objects.get access to the Google Cloud Storage object.";
    "azure", "does not have authorization to perform action", OtherFailure(OtherCloud), Words, page::AZURE,
        "The client ana@example.com does not have authorization to perform action Microsoft.Storage/read";
    "file-permission", "[Errno 13] Permission denied", OtherFailure(LocalPermission), Words, page::PYTHON,
        "PermissionError: [Errno 13] Permission denied: /var/keys";
    "docker-socket", "connect to the Docker daemon socket", OtherFailure(LocalPermission), Words, page::DOCKER,
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock";
};
