//! The pages that document the forms of [`super::forms`].

pub(super) const DENIED: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";
pub(super) const SPOT: &str =
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html";
pub(super) const COMMON: &str = "https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html";
pub(super) const GRAMMAR: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
pub(super) const SIGNING: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html";
pub(super) const ROLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html";
pub(super) const PASS_ROLE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";
pub(super) const TAGS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html";
pub(super) const SERVICE_LINKED: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html";
pub(super) const STS: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html";
pub(super) const ASSUME_ROLE: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html";
pub(super) const WEB_IDENTITY: &str =
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";
pub(super) const POD_IDENTITY: &str = "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html";
pub(super) const COGNITO_ROLES: &str =
    "https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html";
pub(super) const OIDC_ERRORS: &str = "https://repost.aws/knowledge-center/iam-oidc-idp-federation";
pub(super) const SESSION_TOKEN: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html";
pub(super) const FEDERATION_TOKEN: &str =
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html";
pub(super) const DECODE: &str =
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html";
pub(super) const CREDENTIALS: &str = "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html";
pub(super) const SSO: &str = "https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html";
pub(super) const JAVA: &str =
    "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/handling-exceptions.html";
pub(super) const WAIT: &str = "https://docs.aws.amazon.com/cli/latest/reference/s3api/wait/bucket-exists.html";
pub(super) const S3: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html";
pub(super) const S3_403: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html";
pub(super) const S3_LOG: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html";
pub(super) const OWNERSHIP: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html";
pub(super) const OBJECT_LOCK: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html";
pub(super) const PUBLIC_ACCESS: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";
pub(super) const EC2: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";
pub(super) const NETWORK_EVENTS: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html";
pub(super) const CDK: &str = "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html";
pub(super) const STACK: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html";
pub(super) const SECRETS: &str = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html";
pub(super) const KMS_DECRYPT: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html";
pub(super) const KEY_STATE: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";
pub(super) const REDSHIFT: &str = "https://docs.aws.amazon.com/redshift/latest/dg/r_STL_S3CLIENT_ERROR.html";
pub(super) const ECR_PUSH: &str = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html";
pub(super) const SQS: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html";
pub(super) const SNS: &str = "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html";
pub(super) const BEDROCK: &str =
    "https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html";
pub(super) const MODEL_ACCESS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html";
pub(super) const PROFILES: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles.html";
pub(super) const LIFECYCLE: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html";
pub(super) const API_KEYS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html";
pub(super) const ORGANIZATIONS: &str =
    "https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html";
pub(super) const DECLARATIVE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2.html";
pub(super) const ECR_POLICY: &str = "https://docs.aws.amazon.com/botocore/latest/reference/services/ecr/client/exceptions/BlockedByOrganizationPolicyException.html";
pub(super) const COGNITO: &str =
    "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html";
pub(super) const DYNAMODB: &str =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html";
pub(super) const QUOTAS: &str = "https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html";
pub(super) const SUPPORT: &str = "https://docs.aws.amazon.com/awssupport/latest/APIReference/Welcome.html";
pub(super) const LAMBDA_INVOKE: &str = "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html";
pub(super) const LAMBDA_ROLE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html";
pub(super) const LAMBDA_DEPLOY: &str = "https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html";
pub(super) const AGENT_CORE: &str =
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html";
pub(super) const MANAGED_RULE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html";
pub(super) const APPSYNC: &str = "https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html";
pub(super) const ECR: &str = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html";
pub(super) const GATEWAY: &str =
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html";
pub(super) const COST_EXPLORER: &str = "https://docs.aws.amazon.com/cost-management/latest/userguide/ce-enable.html";
pub(super) const EKS: &str = "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html";
pub(super) const LAKE_FORMATION: &str = "https://docs.aws.amazon.com/lake-formation/latest/dg/troubleshooting.html";
pub(super) const OPENSEARCH: &str = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html";
pub(super) const BOTOCORE: &str = "https://github.com/boto/botocore/blob/develop/botocore/exceptions.py";
pub(super) const SMITHY_GO: &str = "https://github.com/aws/smithy-go/blob/main/errors.go";
pub(super) const AZURE: &str = "https://learn.microsoft.com/en-us/azure/role-based-access-control/troubleshooting";
pub(super) const GOOGLE: &str = "https://cloud.google.com/storage/docs/xml-api/reference-status";
pub(super) const RBAC: &str = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/";
pub(super) const DOTNET: &str = "https://learn.microsoft.com/en-us/dotnet/api/system.unauthorizedaccessexception";
pub(super) const PYTHON: &str = "https://docs.python.org/3/library/exceptions.html#PermissionError";
pub(super) const DOCKER: &str = "https://docs.docker.com/engine/install/linux-postinstall/";
pub(super) const PAID_AMIS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/paid-amis.html";
pub(super) const LAUNCH_TEMPLATE: &str =
    "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html";
pub(super) const STS_REGIONS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html";
pub(super) const MFA_DELETE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMFADelete.html";
pub(super) const BALANCER_LOGS: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
pub(super) const FLOW_LOGS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html";
pub(super) const TRAIL_LOGS: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";
pub(super) const ROTATION: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html";
pub(super) const LOG_SUBSCRIPTIONS: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html";
pub(super) const FUNCTION_IMAGES: &str = "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html";
pub(super) const REDSHIFT_ROLES: &str = "https://docs.aws.amazon.com/redshift/latest/mgmt/copy-unload-iam-role.html";
pub(super) const DMS_ROLES: &str =
    "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole";
