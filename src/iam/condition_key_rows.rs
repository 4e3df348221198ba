//! The condition keys of which it is known who determines their value: one row for each, or for each family.
//!
//! The arguments are spelled as the models of the SDKs and the AWS CLI have them, which are made of one another.

use super::Action;
use super::condition_keys::{CallArgument, ConditionKey, DeterminedBy, Lever};

/// The page on which AWS describes its global keys, each under an anchor of its own.
macro_rules! global {
    ($anchor:literal) => {
        concat!(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-",
            $anchor
        )
    };
}

const IAM_STS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html";
const IDENTITY: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_tip.html";
const S3: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html";
const S3_TAGS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html";
const KMS: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html";
const EC2: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html";
const EC2_TAGS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html";
const TAGS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html";
const BEDROCK: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html";
const DYNAMODB: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html";
const LAMBDA: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html";
const SECRETS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html";
const RDS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html";
const EFS: &str =
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html";
const RAM: &str =
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html";
const ELASTICACHE: &str =
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html";
const GLUE: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html";
const STS_SOURCE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html";
const LAMBDA_VPC: &str = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html";
const S3_SIGNATURES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html";
const BEDROCK_KEYS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-permissions.html";
const MCP: &str = "https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_troubleshoot.html";
const SNS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html";

/// A parameter.
const fn argument(cli: &'static str, sdk: &'static str) -> CallArgument {
    CallArgument { cli, sdk }
}

/// Every row is read in this order, so a special key stands before a general one, and the row of some actions before that of all.
#[rustfmt::skip]
const KEYS: &[ConditionKey] = {
    use DeterminedBy::{Aws, Caller, Principal, Resource};
    use Lever::{
        AnotherPrincipal, AnotherResource, BearerToken, Call, Endpoint, Header, Image, InferenceProfile, MadeUp, McpServer, Mfa,
        Network, OwnName, Parameter, PassedService, PrincipalTag, Region, ResourceTag, SentTag, SentTagKeys,
        Signature, ThroughService, Time, Tls, Via, Vpc,
    };
    const fn row(pattern: &'static str, determined_by: DeterminedBy, lever: Lever, page: &'static str) -> ConditionKey {
        ConditionKey { pattern, actions: &[], determined_by, lever, page }
    }
    const fn arg(pattern: &'static str, cli: &'static str, sdk: &'static str, page: &'static str) -> ConditionKey {
        row(pattern, Caller, Parameter(argument(cli, sdk)), page)
    }
    const fn header(pattern: &'static str, cli: &'static str, sdk: &'static str) -> ConditionKey {
        row(pattern, Caller, Header(argument(cli, sdk)), S3)
    }
    const fn tag(pattern: &'static str, cli: &'static str, sdk: &'static str, page: &'static str) -> ConditionKey {
        row(pattern, Caller, SentTag(argument(cli, sdk)), page)
    }
    const fn on(actions: &'static [&'static str], row: ConditionKey) -> ConditionKey {
        ConditionKey { actions, ..row }
    }
    /// Launching machines.
    const RUN: &[&str] = &["ec2:runinstances"];
    const VOLUME: &[&str] = &["ec2:createvolume"];
    const DATABASE: &[&str] = &["rds:createdbinstance*", "rds:restoredbinstance*"];
    const CLUSTER: &[&str] = &["rds:createdbcluster", "rds:restoredbcluster*"];
    const CACHE: &[&str] = &["elasticache:createreplicationgroup"];
    const KEY: &[&str] = &["kms:createkey"];
    const FUNCTION_URL: &[&str] = &["lambda:createfunctionurlconfig", "lambda:updatefunctionurlconfig"];
    &[
        // the call
        on(&["ec2:*"], tag("aws:requesttag/*", "--tag-specifications ResourceType=TYPE,Tags=[{Key=TAG,Value=VALUE}]", "TagSpecifications", EC2)),
        on(&["sts:*"], tag("aws:requesttag/*", "--tags Key=TAG,Value=VALUE", "Tags", global!("requesttag"))),
        on(&["iam:*"], tag("aws:requesttag/*", "--tags Key=TAG,Value=VALUE", "Tags", global!("requesttag"))),
        on(&["s3:createbucket"], tag("aws:requesttag/*", "--create-bucket-configuration Tags=[{Key=TAG,Value=VALUE}]", "CreateBucketConfiguration.Tags", S3)),
        tag("aws:requesttag/*", "--tags", "Tags", global!("requesttag")),
        row("aws:tagkeys", Caller, SentTagKeys, global!("tagkeys")),
        row("aws:requestedregion", Caller, Region, global!("requestedregion")),
        row("aws:multifactorauthpresent", Caller, Mfa, global!("multifactorauthpresent")),
        row("aws:multifactorauthage", Caller, Mfa, global!("multifactorauthage")),
        row("aws:securetransport", Caller, Tls, global!("securetransport")),
        row("aws:sourceip", Caller, Network, global!("sourceip")),
        row("aws:vpcsourceip", Caller, Network, global!("vpcsourceip")),
        row("aws:sourcevpc", Caller, Network, global!("sourcevpc")),
        row("aws:sourcevpcarn", Caller, Network, global!("sourcevpcarn")),
        row("aws:sourcevpce", Caller, Endpoint, global!("sourcevpce")),
        row("aws:vpceaccount", Caller, Endpoint, global!("vpceaccount")),
        row("aws:vpceorgid", Caller, Endpoint, global!("vpceorgid")),
        row("aws:vpceorgpaths", Caller, Endpoint, global!("vpceorgpaths")),
        row("aws:referer", Caller, MadeUp, global!("referer")),
        row("aws:useragent", Caller, MadeUp, global!("useragent")),
        row("aws:calledviaawsmcp", Caller, McpServer, MCP),
        row("aws:viaawsmcpservice", Caller, McpServer, MCP),
        row("aws:calledvia", Caller, Via, global!("calledvia")),
        row("aws:calledviafirst", Caller, Via, global!("calledviafirst")),
        row("aws:calledvialast", Caller, Via, global!("calledvialast")),
        row("aws:viaawsservice", Caller, Via, global!("viaawsservice")),
        row("kms:viaservice", Caller, Via, KMS),
        row("aws:currenttime", Caller, Time, global!("currenttime")),
        row("aws:epochtime", Caller, Time, global!("epochtime")),
        row("aws:sourceidentity", Caller, OwnName(argument("--source-identity", "SourceIdentity")), STS_SOURCE),
        // the calls of IAM and STS
        on(&["iam:createuser", "iam:createrole", "iam:putuserpermissionsboundary", "iam:putrolepermissionsboundary"],
            arg("iam:permissionsboundary", "--permissions-boundary", "PermissionsBoundary", IAM_STS)),
        row("iam:permissionsboundary", Resource, AnotherResource, IAM_STS),
        arg("iam:policyarn", "--policy-arn", "PolicyArn", IAM_STS),
        arg("iam:awsservicename", "--aws-service-name", "AWSServiceName", IAM_STS),
        row("iam:passedtoservice", Caller, PassedService, IAM_STS),
        row("iam:associatedresourcearn", Caller, Call, IAM_STS),
        arg("iam:organizationspolicyid", "--organizations-policy-id", "OrganizationsPolicyId", IAM_STS),
        on(&["iam:createservicespecificcredential"], arg("iam:servicespecificcredentialservicename", "--service-name", "ServiceName", IAM_STS)),
        on(&["iam:createservicespecificcredential"], arg("iam:servicespecificcredentialagedays", "--credential-age-days", "CredentialAgeDays", IAM_STS)),
        arg("sts:externalid", "--external-id", "ExternalId", IAM_STS),
        row("sts:rolesessionname", Caller, OwnName(argument("--role-session-name", "RoleSessionName")), IAM_STS),
        row("sts:sourceidentity", Caller, OwnName(argument("--source-identity", "SourceIdentity")), STS_SOURCE),
        arg("sts:durationseconds", "--duration-seconds", "DurationSeconds", IAM_STS),
        arg("sts:transitivetagkeys", "--transitive-tag-keys", "TransitiveTagKeys", IAM_STS),
        row("sts:awsservicename", Caller, Call, IAM_STS),
        // the calls of S3
        arg("s3:x-amz-server-side-encryption", "--server-side-encryption", "ServerSideEncryption", S3),
        arg("s3:x-amz-server-side-encryption-aws-kms-key-id", "--ssekms-key-id", "SSEKMSKeyId", S3),
        arg("s3:x-amz-server-side-encryption-customer-algorithm", "--sse-customer-algorithm", "SSECustomerAlgorithm", S3),
        header("s3:x-amz-acl", "--acl", "ACL"),
        header("s3:x-amz-grant-full-control", "--grant-full-control", "GrantFullControl"),
        header("s3:x-amz-grant-read", "--grant-read", "GrantRead"),
        header("s3:x-amz-grant-read-acp", "--grant-read-acp", "GrantReadACP"),
        header("s3:x-amz-grant-write", "--grant-write", "GrantWrite"),
        header("s3:x-amz-grant-write-acp", "--grant-write-acp", "GrantWriteACP"),
        header("s3:x-amz-website-redirect-location", "--website-redirect-location", "WebsiteRedirectLocation"),
        arg("s3:x-amz-storage-class", "--storage-class", "StorageClass", S3),
        arg("s3:x-amz-object-ownership", "--object-ownership", "ObjectOwnership", S3),
        arg("s3:x-amz-copy-source", "--copy-source", "CopySource", S3),
        arg("s3:x-amz-metadata-directive", "--metadata-directive", "MetadataDirective", S3),
        arg("s3:prefix", "--prefix", "Prefix", S3),
        arg("s3:delimiter", "--delimiter", "Delimiter", S3),
        arg("s3:max-keys", "--max-keys", "MaxKeys", S3),
        arg("s3:versionid", "--version-id", "VersionId", S3),
        arg("s3:locationconstraint", "--create-bucket-configuration LocationConstraint=VALUE", "CreateBucketConfiguration.LocationConstraint", S3),
        on(&["s3:putobject"], arg("s3:object-lock-mode", "--object-lock-mode", "ObjectLockMode", S3)),
        on(&["s3:putobjectretention"], arg("s3:object-lock-mode", "--retention Mode=VALUE,RetainUntilDate=DATE", "Retention.Mode", S3)),
        row("s3:object-lock-mode", Caller, Call, S3),
        on(&["s3:putobject"], arg("s3:object-lock-retain-until-date", "--object-lock-retain-until-date", "ObjectLockRetainUntilDate", S3)),
        row("s3:object-lock-retain-until-date", Caller, Call, S3),
        arg("s3:if-none-match", "--if-none-match", "IfNoneMatch", S3),
        arg("s3:if-match", "--if-match", "IfMatch", S3),
        tag("s3:requestobjecttag/*", "--tagging TAG=VALUE", "Tagging", S3_TAGS),
        row("s3:requestobjecttagkeys", Caller, SentTagKeys, S3_TAGS),
        row("s3:tlsversion", Caller, Tls, S3),
        row("s3:signatureversion", Caller, Signature, S3_SIGNATURES),
        row("s3:signatureage", Caller, Signature, S3_SIGNATURES),
        row("s3:authtype", Caller, Signature, S3_SIGNATURES),
        row("s3:dataaccesspointarn", Caller, Call, S3),
        row("s3:dataaccesspointaccount", Caller, Call, S3),
        row("s3:accesspointnetworkorigin", Caller, Call, S3),
        // the calls of KMS
        arg("kms:encryptioncontext:*", "--encryption-context NAME=VALUE", "EncryptionContext", KMS),
        arg("kms:encryptioncontextkeys", "--encryption-context VALUE=TEXT", "EncryptionContext", KMS),
        arg("kms:encryptionalgorithm", "--encryption-algorithm", "EncryptionAlgorithm", KMS),
        arg("kms:signingalgorithm", "--signing-algorithm", "SigningAlgorithm", KMS),
        arg("kms:macalgorithm", "--mac-algorithm", "MacAlgorithm", KMS),
        arg("kms:messagetype", "--message-type", "MessageType", KMS),
        arg("kms:datakeypairspec", "--key-pair-spec", "KeyPairSpec", KMS),
        arg("kms:grantoperations", "--operations", "Operations", KMS),
        arg("kms:granteeprincipal", "--grantee-principal", "GranteePrincipal", KMS),
        arg("kms:retiringprincipal", "--retiring-principal", "RetiringPrincipal", KMS),
        arg("kms:grantconstrainttype", "--constraints", "Constraints", KMS),
        arg("kms:schedulekeydeletionpendingwindowindays", "--pending-window-in-days", "PendingWindowInDays", KMS),
        arg("kms:bypasspolicylockoutsafetycheck", "--bypass-policy-lockout-safety-check", "BypassPolicyLockoutSafetyCheck", KMS),
        arg("kms:rotationperiodindays", "--rotation-period-in-days", "RotationPeriodInDays", KMS),
        arg("kms:replicaregion", "--replica-region", "ReplicaRegion", KMS),
        arg("kms:expirationmodel", "--expiration-model", "ExpirationModel", KMS),
        arg("kms:requestalias", "--key-id", "KeyId", KMS),
        on(KEY, arg("kms:keyspec", "--key-spec", "KeySpec", KMS)),
        on(KEY, arg("kms:keyusage", "--key-usage", "KeyUsage", KMS)),
        on(KEY, arg("kms:keyorigin", "--origin", "Origin", KMS)),
        on(KEY, arg("kms:multiregion", "--multi-region", "MultiRegion", KMS)),
        // the calls of EC2
        on(RUN, arg("ec2:instancetype", "--instance-type", "InstanceType", EC2)),
        on(RUN, arg("ec2:metadatahttptokens", "--metadata-options HttpTokens=VALUE", "MetadataOptions.HttpTokens", EC2)),
        on(RUN, arg("ec2:metadatahttpendpoint", "--metadata-options HttpEndpoint=VALUE", "MetadataOptions.HttpEndpoint", EC2)),
        on(RUN, arg("ec2:metadatahttpputresponsehoplimit", "--metadata-options HttpPutResponseHopLimit=VALUE", "MetadataOptions.HttpPutResponseHopLimit", EC2)),
        on(RUN, arg("ec2:instancemetadatatags", "--metadata-options InstanceMetadataTags=VALUE", "MetadataOptions.InstanceMetadataTags", EC2)),
        on(RUN, arg("ec2:instancemarkettype", "--instance-market-options MarketType=VALUE", "InstanceMarketOptions.MarketType", EC2)),
        on(RUN, arg("ec2:associatepublicipaddress", "--associate-public-ip-address", "NetworkInterfaces.AssociatePublicIpAddress", EC2)),
        on(RUN, arg("ec2:ebsoptimized", "--ebs-optimized", "EbsOptimized", EC2)),
        on(RUN, arg("ec2:tenancy", "--placement Tenancy=VALUE", "Placement.Tenancy", EC2)),
        on(RUN, arg("ec2:availabilityzone", "--placement AvailabilityZone=VALUE", "Placement.AvailabilityZone", EC2)),
        on(RUN, arg("ec2:instanceprofile", "--iam-instance-profile Arn=VALUE", "IamInstanceProfile.Arn", EC2)),
        on(RUN, arg("ec2:keypairname", "--key-name", "KeyName", EC2)),
        on(RUN, arg("ec2:cpuoptionsamdsevsnp", "--cpu-options AmdSevSnp=VALUE", "CpuOptions.AmdSevSnp", EC2)),
        on(RUN, row("ec2:owner", Caller, Image, EC2)),
        on(RUN, row("ec2:imageid", Caller, Image, EC2)),
        on(RUN, row("ec2:imagetype", Caller, Image, EC2)),
        on(RUN, row("ec2:public", Caller, Image, EC2)),
        on(RUN, arg("ec2:encrypted", "--block-device-mappings DeviceName=DEVICE,Ebs={Encrypted=VALUE}", "BlockDeviceMappings.Ebs.Encrypted", EC2)),
        on(RUN, arg("ec2:volumetype", "--block-device-mappings DeviceName=DEVICE,Ebs={VolumeType=VALUE}", "BlockDeviceMappings.Ebs.VolumeType", EC2)),
        on(RUN, arg("ec2:volumesize", "--block-device-mappings DeviceName=DEVICE,Ebs={VolumeSize=VALUE}", "BlockDeviceMappings.Ebs.VolumeSize", EC2)),
        on(RUN, arg("ec2:volumeiops", "--block-device-mappings DeviceName=DEVICE,Ebs={Iops=VALUE}", "BlockDeviceMappings.Ebs.Iops", EC2)),
        on(RUN, arg("ec2:volumethroughput", "--block-device-mappings DeviceName=DEVICE,Ebs={Throughput=VALUE}", "BlockDeviceMappings.Ebs.Throughput", EC2)),
        on(&["ec2:createvolume", "ec2:copysnapshot"], arg("ec2:encrypted", "--encrypted", "Encrypted", EC2)),
        on(VOLUME, arg("ec2:volumetype", "--volume-type", "VolumeType", EC2)),
        on(VOLUME, arg("ec2:volumesize", "--size", "Size", EC2)),
        on(VOLUME, arg("ec2:volumeiops", "--iops", "Iops", EC2)),
        on(VOLUME, arg("ec2:volumethroughput", "--throughput", "Throughput", EC2)),
        on(VOLUME, arg("ec2:availabilityzone", "--availability-zone", "AvailabilityZone", EC2)),
        on(VOLUME, arg("ec2:kmskeyid", "--kms-key-id", "KmsKeyId", EC2)),
        row("ec2:launchtemplate", Caller, Call, EC2),
        arg("ec2:attribute", "--attribute", "Attribute", EC2),
        // the call that makes the thing, while its tagging is checked
        row("*:createaction", Aws, Call, EC2_TAGS),
        row("ec2:attribute/*", Caller, Call, EC2),
        // the calls of Bedrock
        row("bedrock:inferenceprofilearn", Caller, InferenceProfile, BEDROCK),
        arg("bedrock:guardrailidentifier", "--guardrail-identifier VALUE --guardrail-version VERSION", "guardrailIdentifier", BEDROCK),
        row("bedrock:bearertokentype", Caller, BearerToken, BEDROCK_KEYS),
        // the calls of other services
        row("dynamodb:leadingkeys", Caller, Call, DYNAMODB),
        row("dynamodb:attributes", Caller, Call, DYNAMODB),
        arg("secretsmanager:versionstage", "--version-stage", "VersionStage", SECRETS),
        arg("secretsmanager:versionid", "--version-id", "VersionId", SECRETS),
        arg("secretsmanager:name", "--name", "Name", SECRETS),
        arg("secretsmanager:kmskeyarn", "--kms-key-id", "KmsKeyId", SECRETS),
        arg("secretsmanager:blockpublicpolicy", "--block-public-policy", "BlockPublicPolicy", SECRETS),
        arg("sns:endpoint", "--notification-endpoint", "Endpoint", SNS),
        arg("sns:protocol", "--protocol", "Protocol", SNS),
        arg("elasticfilesystem:encrypted", "--encrypted", "Encrypted", EFS),
        arg("ram:requestedallowsexternalprincipals", "--allow-external-principals", "allowExternalPrincipals", RAM),
        on(DATABASE, arg("rds:databaseclass", "--db-instance-class", "DBInstanceClass", RDS)),
        on(CLUSTER, arg("rds:databaseclass", "--db-cluster-instance-class", "DBClusterInstanceClass", RDS)),
        on(DATABASE, arg("rds:multiaz", "--multi-az", "MultiAZ", RDS)),
        on(DATABASE, arg("rds:publiclyaccessible", "--publicly-accessible", "PubliclyAccessible", RDS)),
        on(&["rds:createdbinstance", "rds:createdbcluster"], arg("rds:databaseengine", "--engine", "Engine", RDS)),
        on(&["rds:createdbinstance", "rds:createdbcluster"], arg("rds:storageencrypted", "--storage-encrypted", "StorageEncrypted", RDS)),
        on(&["rds:createdbinstance", "rds:createdbcluster"], arg("rds:storagesize", "--allocated-storage", "AllocatedStorage", RDS)),
        on(&["rds:createdbinstance", "rds:createdbcluster"], arg("rds:piops", "--iops", "Iops", RDS)),
        arg("rds:managemasteruserpassword", "--manage-master-user-password", "ManageMasterUserPassword", RDS),
        tag("rds:req-tag/*", "--tags Key=TAG,Value=VALUE", "Tags", RDS),
        on(CACHE, arg("elasticache:transitencryptionenabled", "--transit-encryption-enabled", "TransitEncryptionEnabled", ELASTICACHE)),
        on(CACHE, arg("elasticache:atrestencryptionenabled", "--at-rest-encryption-enabled", "AtRestEncryptionEnabled", ELASTICACHE)),
        on(CACHE, arg("elasticache:multiazenabled", "--multi-az-enabled", "MultiAZEnabled", ELASTICACHE)),
        on(CACHE, arg("elasticache:automaticfailoverenabled", "--automatic-failover-enabled", "AutomaticFailoverEnabled", ELASTICACHE)),
        on(CACHE, arg("elasticache:cachenodetype", "--cache-node-type", "CacheNodeType", ELASTICACHE)),
        on(CACHE, arg("elasticache:engineversion", "--engine-version", "EngineVersion", ELASTICACHE)),
        on(CACHE, arg("elasticache:snapshotretentionlimit", "--snapshot-retention-limit", "SnapshotRetentionLimit", ELASTICACHE)),
        on(FUNCTION_URL, arg("lambda:functionurlauthtype", "--auth-type", "AuthType", LAMBDA)),
        on(&["lambda:addpermission"], arg("lambda:functionurlauthtype", "--function-url-auth-type", "FunctionUrlAuthType", LAMBDA)),
        row("lambda:functionurlauthtype", Resource, AnotherResource, LAMBDA),
        row("lambda:vpcids", Caller, Vpc(argument("--vpc-config SubnetIds=SUBNETS,SecurityGroupIds=GROUPS", "VpcConfig")), LAMBDA_VPC),
        arg("lambda:subnetids", "--vpc-config SubnetIds=VALUE,SecurityGroupIds=GROUPS", "VpcConfig.SubnetIds", LAMBDA_VPC),
        arg("lambda:securitygroupids", "--vpc-config SubnetIds=SUBNETS,SecurityGroupIds=VALUE", "VpcConfig.SecurityGroupIds", LAMBDA_VPC),
        arg("lambda:functionarn", "--function-name", "FunctionName", LAMBDA),
        arg("lambda:layer", "--layers", "Layers", LAMBDA),
        arg("lambda:codesigningconfigarn", "--code-signing-config-arn", "CodeSigningConfigArn", LAMBDA),
        on(&["lambda:addpermission"], arg("lambda:principal", "--principal", "Principal", LAMBDA)),
        on(&["glue:createjob", "glue:createsession"], row("glue:vpcids", Caller, Vpc(argument("--connections Connections=NAME", "Connections")), GLUE)),
        on(&["glue:createjob", "glue:createsession"], row("glue:subnetids", Caller, Vpc(argument("--connections Connections=NAME", "Connections")), GLUE)),
        on(&["glue:createjob", "glue:createsession"], row("glue:securitygroupids", Caller, Vpc(argument("--connections Connections=NAME", "Connections")), GLUE)),
        // the principal
        row("aws:principaltag/*", Principal, PrincipalTag, global!("principaltag")),
        row("aws:principalorgid", Principal, AnotherPrincipal, global!("principalorgid")),
        row("aws:principalorgpaths", Principal, AnotherPrincipal, global!("principalorgpaths")),
        row("aws:principalarn", Principal, AnotherPrincipal, global!("principalarn")),
        row("aws:principalaccount", Principal, AnotherPrincipal, global!("principalaccount")),
        row("aws:principaltype", Principal, AnotherPrincipal, global!("principaltype")),
        row("aws:principalisawsservice", Principal, AnotherPrincipal, global!("principalisawsservice")),
        row("aws:principalservicename", Principal, AnotherPrincipal, global!("principalservicename")),
        row("aws:principalservicenameslist", Principal, AnotherPrincipal, global!("principalservicenameslist")),
        row("aws:username", Principal, AnotherPrincipal, global!("username")),
        row("aws:userid", Principal, AnotherPrincipal, global!("userid")),
        row("aws:federatedprovider", Principal, AnotherPrincipal, global!("federatedprovider")),
        row("aws:tokenissuetime", Principal, AnotherPrincipal, global!("tokenissuetime")),
        row("aws:assumedroot", Principal, AnotherPrincipal, global!("assumedroot")),
        row("aws:ec2instancesourcevpc", Principal, AnotherPrincipal, global!("ec2instancesourcevpc")),
        row("aws:ec2instancesourceprivateipv4", Principal, AnotherPrincipal, global!("ec2instancesourceprivateip4")),
        row("ec2:sourceinstancearn", Principal, AnotherPrincipal, global!("ec2-source-instance-arn")),
        row("lambda:sourcefunctionarn", Principal, AnotherPrincipal, global!("lambda-source-function-arn")),
        row("ec2:roledelivery", Principal, AnotherPrincipal, global!("ec2-role-delivery")),
        row("kms:calleraccount", Principal, AnotherPrincipal, KMS),
        // STS sets them from what the identity provider vouches for; the caller cannot
        row("aws:originidentity/*", Principal, AnotherPrincipal, IDENTITY),
        row("aws:transactioncontext/*", Principal, AnotherPrincipal, IDENTITY),
        // the resource
        row("aws:resourcetag/*", Resource, ResourceTag, global!("resourcetag")),
        row("*:resourcetag/*", Resource, ResourceTag, TAGS),
        row("s3:existingobjecttag/*", Resource, ResourceTag, S3_TAGS),
        row("aws:resourceaccount", Resource, AnotherResource, global!("resourceaccount")),
        row("aws:resourceorgid", Resource, AnotherResource, global!("resourceorgid")),
        row("aws:resourceorgpaths", Resource, AnotherResource, global!("resourceorgpaths")),
        row("s3:resourceaccount", Resource, AnotherResource, S3),
        row("kms:resourcealiases", Resource, AnotherResource, KMS),
        row("kms:keyspec", Resource, AnotherResource, KMS),
        row("kms:keyusage", Resource, AnotherResource, KMS),
        row("kms:keyorigin", Resource, AnotherResource, KMS),
        row("kms:multiregion", Resource, AnotherResource, KMS),
        row("ec2:vpc", Resource, AnotherResource, EC2),
        row("ec2:subnet", Resource, AnotherResource, EC2),
        row("ec2:region", Resource, AnotherResource, EC2),
        row("ec2:availabilityzone", Resource, AnotherResource, EC2),
        row("ec2:owner", Resource, AnotherResource, EC2),
        row("ec2:encrypted", Resource, AnotherResource, EC2),
        row("ec2:instanceprofile", Resource, AnotherResource, EC2),
        row("ec2:tenancy", Resource, AnotherResource, EC2),
        row("ec2:volumesize", Resource, AnotherResource, EC2),
        row("ec2:volumetype", Resource, AnotherResource, EC2),
        row("ec2:volumeiops", Resource, AnotherResource, EC2),
        row("ec2:instancetype", Resource, AnotherResource, EC2),
        row("ec2:metadatahttptokens", Resource, AnotherResource, EC2),
        row("ec2:metadatahttpputresponsehoplimit", Resource, AnotherResource, EC2),
        row("rds:storageencrypted", Resource, AnotherResource, RDS),
        row("rds:databaseclass", Resource, AnotherResource, RDS),
        row("rds:multiaz", Resource, AnotherResource, RDS),
        row("ec2:parentsnapshot", Resource, AnotherResource, EC2),
        row("secretsmanager:secretid", Resource, AnotherResource, SECRETS),
        // AWS
        row("kms:grantisforawsresource", Aws, ThroughService, KMS),
        row("aws:sourcearn", Aws, ThroughService, global!("sourcearn")),
        row("aws:sourceaccount", Aws, ThroughService, global!("sourceaccount")),
        row("aws:sourceorgid", Aws, ThroughService, global!("sourceorgid")),
        row("aws:sourceorgpaths", Aws, ThroughService, global!("sourceorgpaths")),
    ]
};

impl ConditionKey {
    /// What is known of a key, in any case, whatever the action.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        let folded = key.to_ascii_lowercase();
        KEYS.iter().find(|row| row.actions.is_empty() && row.is(&folded))
    }

    /// What is known of a key, in any case, in a request for an action.
    #[must_use]
    pub fn of(key: &str, action: Option<&Action>) -> Option<&'static Self> {
        let folded = key.to_ascii_lowercase();
        KEYS.iter().find(|row| row.is(&folded) && row.is_told_of(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(key: &str, action: &str) -> Option<(DeterminedBy, Lever)> {
        let action = action.parse().unwrap();
        ConditionKey::of(key, Some(&action)).map(|row| (row.determined_by, row.lever))
    }

    #[test]
    fn a_key_is_found_in_any_case_and_by_the_part_that_people_choose() {
        let determined_by = |key: &str| ConditionKey::find(key).map(|row| row.determined_by);
        let rows = [
            ("STS:ExternalID", Some(DeterminedBy::Caller)),
            ("aws:RequestTag/cost-center", Some(DeterminedBy::Caller)),
            ("aws:RequestTag/", None),
            ("aws:ResourceTag/owner", Some(DeterminedBy::Resource)),
            ("ssm:resourceTag/a", Some(DeterminedBy::Resource)),
            ("secretsmanager:ResourceTag/owner", Some(DeterminedBy::Resource)),
            ("aws:PrincipalOrgID", Some(DeterminedBy::Principal)),
            ("kms:GrantIsForAWSResource", Some(DeterminedBy::Aws)),
            ("aws:OriginIdentity/Subject", Some(DeterminedBy::Principal)),
            ("aws:TransactionContext/IdentityProvider/team", Some(DeterminedBy::Principal)),
            ("kms:EncryptionContext:app", Some(DeterminedBy::Caller)),
            ("custom:key", None),
        ];
        for (key, expected) in rows {
            assert_eq!(determined_by(key), expected, "{key}");
        }
    }

    /// What is chosen while a thing is made is found with the thing afterwards.
    #[test]
    fn a_key_is_the_callers_where_the_call_makes_the_thing() {
        let kind = CallArgument { cli: "--instance-type", sdk: "InstanceType" };
        let rows = [
            ("ec2:InstanceType", "ec2:RunInstances", Some((DeterminedBy::Caller, Lever::Parameter(kind)))),
            ("ec2:InstanceType", "ec2:TerminateInstances", Some((DeterminedBy::Resource, Lever::AnotherResource))),
            ("kms:KeySpec", "kms:Decrypt", Some((DeterminedBy::Resource, Lever::AnotherResource))),
            ("iam:PermissionsBoundary", "iam:AttachRolePolicy", Some((DeterminedBy::Resource, Lever::AnotherResource))),
            ("rds:DatabaseClass", "rds:DeleteDBInstance", Some((DeterminedBy::Resource, Lever::AnotherResource))),
            ("rds:MultiAz", "rds:DeleteDBInstance", Some((DeterminedBy::Resource, Lever::AnotherResource))),
        ];
        for (key, action, expected) in rows {
            assert_eq!(found(key, action), expected, "{key} of {action}");
        }
    }

    #[test]
    fn no_row_is_hidden_behind_an_earlier_one_and_each_names_a_page_of_aws() {
        for (index, row) in KEYS.iter().enumerate() {
            let sample = row.pattern.replace('*', "x");
            let hides = |other: &ConditionKey| {
                other.is(&sample)
                    && (other.actions.is_empty() || other.actions.iter().any(|action| row.actions.contains(action)))
            };
            assert_eq!(KEYS.iter().position(hides), Some(index), "{}", row.pattern);
            assert!(row.page.starts_with("https://docs.aws.amazon.com/"), "{}", row.pattern);
            assert_eq!(row.pattern, row.pattern.to_ascii_lowercase());
        }
    }

    #[test]
    fn the_actions_of_a_row_are_written_as_actions_are() {
        for action in KEYS.iter().flat_map(|row| row.actions) {
            assert!(action.trim_end_matches('*').contains(':') && *action == action.to_ascii_lowercase(), "{action}");
        }
    }
}
