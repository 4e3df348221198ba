//! Who determines the value of a condition key, and what somebody can do to change it: one row for each key.
//!
//! A key that has no row is one of which this is not known; nothing is guessed for it. Rows are looked up in lower case, because key
//! names have no case; a `*` stands for the part that people choose, such as the name of a tag.

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
const SNS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html";

/// Who determines the value of a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeterminedBy {
    /// Whoever makes the call: a parameter, a header, or where and how the call is made.
    Caller,
    /// Who the caller is, or the session that it has.
    Principal,
    /// What the resource is, or how it is tagged.
    Resource,
    /// AWS, from the way in which one of its services makes the call.
    Aws,
}

/// What changes the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lever {
    /// A parameter of the call, as the AWS CLI spells it: `--external-id`.
    Parameter(&'static str),
    /// A tag that is sent with the call.
    SentTag,
    /// The names of the tags that are sent with the call.
    SentTagKeys,
    /// The Region in which the call is made.
    Region,
    /// A session with multi-factor authentication.
    Mfa,
    /// TLS.
    Tls,
    /// The network from which the call is made.
    Network,
    /// A VPC endpoint through which the call is made.
    Endpoint,
    /// The service to which a role is given.
    PassedService,
    /// The service through which the call is made.
    ThroughService,
    /// A part of the call that has no parameter of one name.
    Call,
    /// A tag of the principal, or of its session.
    PrincipalTag,
    /// The principal itself: another one must make the call.
    AnotherPrincipal,
    /// A tag of the resource.
    ResourceTag,
    /// The resource itself: another one must be meant.
    AnotherResource,
    /// Nobody chooses it.
    Nothing,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// The key in lower case, with a `*` where people choose a part of its name.
    pub pattern: &'static str,
    /// Who determines the value.
    pub determined_by: DeterminedBy,
    /// What changes it.
    pub lever: Lever,
    /// The page of AWS.
    pub page: &'static str,
}

impl ConditionKey {
    /// What is known of a key, in any case.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        let folded = key.to_ascii_lowercase();
        KEYS.iter().find(|row| row.is(&folded))
    }

    /// Whether the row is about the key, which is in lower case.
    fn is(&self, folded: &str) -> bool {
        // every part that people choose has at least one character
        match self.pattern.split_once('*') {
            Some(("", rest)) => {
                let middle = rest.trim_end_matches('*');
                folded.find(middle).is_some_and(|at| at > 0 && at + middle.len() < folded.len())
            }
            Some((start, _)) => folded.len() > start.len() && folded.starts_with(start),
            None => self.pattern == folded,
        }
    }
}

/// Every row is read in this order, so a special key stands before a general one.
const KEYS: &[ConditionKey] = {
    use DeterminedBy::{Aws, Caller, Principal, Resource};
    use Lever::{
        AnotherPrincipal, AnotherResource, Call, Endpoint, Mfa, Network, Nothing, Parameter, PassedService,
        PrincipalTag, Region, ResourceTag, SentTag, SentTagKeys, ThroughService, Tls,
    };
    const fn row(pattern: &'static str, determined_by: DeterminedBy, lever: Lever, page: &'static str) -> ConditionKey {
        ConditionKey { pattern, determined_by, lever, page }
    }
    &[
        // the call
        row("aws:requesttag/*", Caller, SentTag, global!("requesttag")),
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
        row("aws:referer", Caller, Call, global!("referer")),
        row("aws:useragent", Caller, Call, global!("useragent")),
        // the calls of IAM and STS
        row("iam:permissionsboundary", Caller, Parameter("--permissions-boundary"), IAM_STS),
        row("iam:policyarn", Caller, Parameter("--policy-arn"), IAM_STS),
        row("iam:awsservicename", Caller, Parameter("--aws-service-name"), IAM_STS),
        row("iam:passedtoservice", Caller, PassedService, IAM_STS),
        row("iam:associatedresourcearn", Caller, Call, IAM_STS),
        row("iam:organizationspolicyid", Caller, Parameter("--organizations-policy-id"), IAM_STS),
        row("iam:servicespecificcredentialservicename", Caller, Parameter("--service-name"), IAM_STS),
        row("sts:externalid", Caller, Parameter("--external-id"), IAM_STS),
        row("sts:rolesessionname", Caller, Parameter("--role-session-name"), IAM_STS),
        row("sts:sourceidentity", Caller, Parameter("--source-identity"), IAM_STS),
        row("sts:durationseconds", Caller, Parameter("--duration-seconds"), IAM_STS),
        row("sts:transitivetagkeys", Caller, Parameter("--transitive-tag-keys"), IAM_STS),
        row("sts:awsservicename", Caller, Call, IAM_STS),
        // the calls of S3
        row("s3:x-amz-server-side-encryption", Caller, Parameter("--server-side-encryption"), S3),
        row("s3:x-amz-server-side-encryption-aws-kms-key-id", Caller, Parameter("--ssekms-key-id"), S3),
        row("s3:x-amz-server-side-encryption-customer-algorithm", Caller, Parameter("--sse-customer-algorithm"), S3),
        row("s3:x-amz-acl", Caller, Parameter("--acl"), S3),
        row("s3:x-amz-grant-full-control", Caller, Parameter("--grant-full-control"), S3),
        row("s3:x-amz-grant-read", Caller, Parameter("--grant-read"), S3),
        row("s3:x-amz-storage-class", Caller, Parameter("--storage-class"), S3),
        row("s3:x-amz-object-ownership", Caller, Parameter("--object-ownership"), S3),
        row("s3:x-amz-copy-source", Caller, Parameter("--copy-source"), S3),
        row("s3:x-amz-metadata-directive", Caller, Parameter("--metadata-directive"), S3),
        row("s3:x-amz-website-redirect-location", Caller, Parameter("--website-redirect-location"), S3),
        row("s3:prefix", Caller, Parameter("--prefix"), S3),
        row("s3:delimiter", Caller, Parameter("--delimiter"), S3),
        row("s3:max-keys", Caller, Parameter("--max-keys"), S3),
        row("s3:versionid", Caller, Parameter("--version-id"), S3),
        row("s3:locationconstraint", Caller, Parameter("--create-bucket-configuration LocationConstraint"), S3),
        row("s3:object-lock-mode", Caller, Parameter("--object-lock-mode"), S3),
        row("s3:object-lock-retain-until-date", Caller, Parameter("--object-lock-retain-until-date"), S3),
        row("s3:if-none-match", Caller, Parameter("--if-none-match"), S3),
        row("s3:if-match", Caller, Parameter("--if-match"), S3),
        row("s3:requestobjecttag/*", Caller, SentTag, S3_TAGS),
        row("s3:requestobjecttagkeys", Caller, SentTagKeys, S3_TAGS),
        row("s3:tlsversion", Caller, Tls, S3),
        row("s3:signatureversion", Caller, Call, S3),
        row("s3:signatureage", Caller, Call, S3),
        row("s3:authtype", Caller, Call, S3),
        row("s3:dataaccesspointarn", Caller, Call, S3),
        row("s3:dataaccesspointaccount", Caller, Call, S3),
        row("s3:accesspointnetworkorigin", Caller, Call, S3),
        // the calls of other services
        row("kms:encryptioncontext:*", Caller, Parameter("--encryption-context"), KMS),
        row("kms:encryptioncontextkeys", Caller, Parameter("--encryption-context"), KMS),
        row("kms:encryptionalgorithm", Caller, Parameter("--encryption-algorithm"), KMS),
        row("kms:signingalgorithm", Caller, Parameter("--signing-algorithm"), KMS),
        row("kms:macalgorithm", Caller, Parameter("--mac-algorithm"), KMS),
        row("kms:grantoperations", Caller, Parameter("--operations"), KMS),
        row("kms:granteeprincipal", Caller, Parameter("--grantee-principal"), KMS),
        row("kms:retiringprincipal", Caller, Parameter("--retiring-principal"), KMS),
        row("kms:grantconstrainttype", Caller, Parameter("--constraints"), KMS),
        row("kms:schedulekeydeletionpendingwindowindays", Caller, Parameter("--pending-window-in-days"), KMS),
        row("kms:bypasspolicylockoutsafetycheck", Caller, Call, KMS),
        row("kms:requestalias", Caller, Parameter("--key-id"), KMS),
        row("ec2:instancetype", Caller, Parameter("--instance-type"), EC2),
        row("ec2:metadatahttptokens", Caller, Parameter("--metadata-options HttpTokens"), EC2),
        row("ec2:instancemarkettype", Caller, Parameter("--instance-market-options MarketType"), EC2),
        row("ec2:launchtemplate", Caller, Parameter("--launch-template"), EC2),
        row("ec2:attribute", Caller, Parameter("--attribute"), EC2),
        row("ec2:createaction", Caller, Call, EC2),
        row("ec2:attribute/*", Caller, Call, EC2),
        row("bedrock:inferenceprofilearn", Caller, Parameter("--model-id"), BEDROCK),
        row("bedrock:guardrailidentifier", Caller, Parameter("--guardrail-config guardrailIdentifier"), BEDROCK),
        row("bedrock:bearertokentype", Caller, Call, BEDROCK),
        row("dynamodb:leadingkeys", Caller, Call, DYNAMODB),
        row("dynamodb:attributes", Caller, Call, DYNAMODB),
        row("dynamodb:select", Caller, Parameter("--select"), DYNAMODB),
        row("lambda:functionurlauthtype", Caller, Parameter("--function-url-auth-type"), LAMBDA),
        row("lambda:functionarn", Caller, Parameter("--function-name"), LAMBDA),
        row("lambda:layer", Caller, Parameter("--layers"), LAMBDA),
        row("lambda:principal", Caller, Parameter("--principal"), LAMBDA),
        row("lambda:vpcids", Caller, Parameter("--vpc-config"), LAMBDA),
        row("lambda:subnetids", Caller, Parameter("--vpc-config SubnetIds"), LAMBDA),
        row("lambda:securitygroupids", Caller, Parameter("--vpc-config SecurityGroupIds"), LAMBDA),
        row("secretsmanager:versionstage", Caller, Parameter("--version-stage"), SECRETS),
        row("secretsmanager:versionid", Caller, Parameter("--version-id"), SECRETS),
        row("secretsmanager:name", Caller, Parameter("--name"), SECRETS),
        row("secretsmanager:kmskeyarn", Caller, Parameter("--kms-key-id"), SECRETS),
        row("secretsmanager:blockpublicpolicy", Caller, Parameter("--block-public-policy"), SECRETS),
        row("sns:endpoint", Caller, Parameter("--notification-endpoint"), SNS),
        row("sns:protocol", Caller, Parameter("--protocol"), SNS),
        row("rds:storageencrypted", Caller, Parameter("--storage-encrypted"), RDS),
        row("elasticfilesystem:encrypted", Caller, Parameter("--encrypted"), EFS),
        row("ram:requestedallowsexternalprincipals", Caller, Parameter("--allow-external-principals"), RAM),
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
        row("aws:sourceidentity", Principal, AnotherPrincipal, global!("sourceidentity")),
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
        row("ec2:parentsnapshot", Resource, AnotherResource, EC2),
        row("secretsmanager:secretid", Resource, AnotherResource, SECRETS),
        // AWS
        row("aws:calledvia", Aws, ThroughService, global!("calledvia")),
        row("aws:calledviafirst", Aws, ThroughService, global!("calledviafirst")),
        row("aws:calledvialast", Aws, ThroughService, global!("calledvialast")),
        row("aws:viaawsservice", Aws, ThroughService, global!("viaawsservice")),
        row("kms:viaservice", Aws, ThroughService, KMS),
        row("kms:grantisforawsresource", Aws, ThroughService, KMS),
        row("aws:sourcearn", Aws, ThroughService, global!("sourcearn")),
        row("aws:sourceaccount", Aws, ThroughService, global!("sourceaccount")),
        row("aws:sourceorgid", Aws, ThroughService, global!("sourceorgid")),
        row("aws:sourceorgpaths", Aws, ThroughService, global!("sourceorgpaths")),
        row("aws:currenttime", Aws, Nothing, global!("currenttime")),
        row("aws:epochtime", Aws, Nothing, global!("epochtime")),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_any_case_and_by_the_part_that_people_choose() {
        let found = |key: &str| ConditionKey::find(key).map(|row| (row.determined_by, row.lever));
        let rows = [
            ("IAM:PermissionsBoundary", Some((DeterminedBy::Caller, Lever::Parameter("--permissions-boundary")))),
            ("aws:RequestTag/cost-center", Some((DeterminedBy::Caller, Lever::SentTag))),
            ("aws:RequestTag/", None),
            ("aws:ResourceTag/owner", Some((DeterminedBy::Resource, Lever::ResourceTag))),
            ("ssm:resourceTag/a", Some((DeterminedBy::Resource, Lever::ResourceTag))),
            ("secretsmanager:ResourceTag/owner", Some((DeterminedBy::Resource, Lever::ResourceTag))),
            ("aws:PrincipalOrgID", Some((DeterminedBy::Principal, Lever::AnotherPrincipal))),
            ("aws:OriginIdentity/Subject", Some((DeterminedBy::Principal, Lever::AnotherPrincipal))),
            ("aws:TransactionContext/IdentityProvider/team", Some((DeterminedBy::Principal, Lever::AnotherPrincipal))),
            ("kms:GrantIsForAWSResource", Some((DeterminedBy::Aws, Lever::ThroughService))),
            ("kms:EncryptionContext:app", Some((DeterminedBy::Caller, Lever::Parameter("--encryption-context")))),
            ("custom:key", None),
        ];
        for (key, expected) in rows {
            assert_eq!(found(key), expected, "{key}");
        }
    }

    #[test]
    fn no_row_is_hidden_behind_an_earlier_one_and_each_names_a_page_of_aws() {
        for (index, row) in KEYS.iter().enumerate() {
            let sample = row.pattern.replace('*', "x");
            assert_eq!(KEYS.iter().position(|other| other.is(&sample)), Some(index), "{}", row.pattern);
            assert!(row.page.starts_with("https://docs.aws.amazon.com/"), "{}", row.pattern);
            assert_eq!(row.pattern, row.pattern.to_ascii_lowercase());
        }
    }
}
