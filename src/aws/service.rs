//! The services that are called: how gaps name them, how the SDK knows them, and where AWS has them.

/// A service that iamdx calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// REST APIs of API Gateway.
    ApiGateway,
    /// AWS Backup.
    Backup,
    /// The control plane of Bedrock.
    Bedrock,
    /// CloudTrail.
    CloudTrail,
    /// `CodeArtifact`.
    CodeArtifact,
    /// DynamoDB.
    DynamoDb,
    /// EC2, which has the VPC endpoints.
    Ec2,
    /// The container registry.
    Ecr,
    /// Elastic File System.
    Efs,
    /// `EventBridge`.
    EventBridge,
    /// Glue.
    Glue,
    /// Identity and Access Management.
    Iam,
    /// IAM's endpoint for records of denials.
    IamToolbox,
    /// Kinesis data streams.
    Kinesis,
    /// Key Management Service.
    Kms,
    /// Lambda.
    Lambda,
    /// OpenSearch.
    OpenSearch,
    /// Organizations.
    Organizations,
    /// S3.
    S3,
    /// S3's endpoint for what belongs to an account: access points.
    S3Control,
    /// S3's endpoint for directory buckets.
    S3Express,
    /// Secrets Manager.
    SecretsManager,
    /// Simple Notification Service.
    Sns,
    /// Simple Queue Service.
    Sqs,
    /// IAM Identity Center.
    SsoAdmin,
    /// Security Token Service.
    Sts,
    /// VPC Lattice.
    VpcLattice,
}

/// What stands in the table for each service.
struct Row {
    /// In gaps and messages.
    prefix: &'static str,
    /// As the SDK knows it.
    sdk_id: &'static str,
    /// The first labels of its host name.
    host: &'static str,
    /// The same under the suffix of dual-stack endpoints, where S3 has its old one.
    dual_stack: &'static str,
    /// Under which name requests are signed.
    signing_name: &'static str,
}

const fn row(prefix: &'static str, sdk_id: &'static str, host: &'static str) -> Row {
    Row { prefix, sdk_id, host, dual_stack: host, signing_name: host }
}

impl Row {
    const fn dual_stack(self, dual_stack: &'static str) -> Self {
        Self { dual_stack, ..self }
    }

    const fn signed_as(self, signing_name: &'static str) -> Self {
        Self { signing_name, ..self }
    }
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::ApiGateway,
        Self::Backup,
        Self::Bedrock,
        Self::CloudTrail,
        Self::CodeArtifact,
        Self::DynamoDb,
        Self::Ec2,
        Self::Ecr,
        Self::Efs,
        Self::EventBridge,
        Self::Glue,
        Self::Iam,
        Self::IamToolbox,
        Self::Kinesis,
        Self::Kms,
        Self::Lambda,
        Self::OpenSearch,
        Self::Organizations,
        Self::S3,
        Self::S3Control,
        Self::S3Express,
        Self::SecretsManager,
        Self::Sns,
        Self::Sqs,
        Self::SsoAdmin,
        Self::Sts,
        Self::VpcLattice,
    ];

    /// <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>
    const fn row(self) -> Row {
        match self {
            Self::ApiGateway => row("apigateway", "API Gateway", "apigateway"),
            Self::Backup => row("backup", "Backup", "backup"),
            Self::Bedrock => row("bedrock", "Bedrock", "bedrock"),
            Self::CloudTrail => row("cloudtrail", "CloudTrail", "cloudtrail"),
            Self::CodeArtifact => row("codeartifact", "codeartifact", "codeartifact"),
            Self::DynamoDb => row("dynamodb", "DynamoDB", "dynamodb"),
            Self::Ec2 => row("ec2", "EC2", "ec2"),
            Self::Ecr => row("ecr", "ECR", "api.ecr").dual_stack("ecr").signed_as("ecr"),
            Self::Efs => row("efs", "EFS", "elasticfilesystem").dual_stack("efs"),
            Self::EventBridge => row("events", "EventBridge", "events"),
            Self::Glue => row("glue", "Glue", "glue"),
            Self::Iam => row("iam", "IAM", "iam"),
            Self::IamToolbox => row("iam-toolbox", "IAM Toolbox", "iam-toolbox").signed_as("iam"),
            Self::Kinesis => row("kinesis", "Kinesis", "kinesis"),
            Self::Kms => row("kms", "KMS", "kms"),
            Self::Lambda => row("lambda", "Lambda", "lambda"),
            Self::OpenSearch => row("opensearch", "OpenSearch", "es").dual_stack("aos"),
            Self::Organizations => row("organizations", "Organizations", "organizations"),
            Self::S3 => row("s3", "S3", "s3"),
            Self::S3Control => row("s3control", "S3 Control", "s3-control").signed_as("s3"),
            Self::S3Express => row("s3express", "S3 Express", "s3express-control").signed_as("s3express"),
            Self::SecretsManager => row("secretsmanager", "Secrets Manager", "secretsmanager"),
            Self::Sns => row("sns", "SNS", "sns"),
            Self::Sqs => row("sqs", "SQS", "sqs"),
            Self::SsoAdmin => row("sso", "SSO Admin", "sso"),
            Self::Sts => row("sts", "STS", "sts"),
            Self::VpcLattice => row("vpc-lattice", "VPC Lattice", "vpc-lattice"),
        }
    }

    /// The prefix by which gaps and messages name it.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        self.row().prefix
    }

    /// The name by which the SDK knows it.
    pub(super) const fn sdk_id(self) -> &'static str {
        self.row().sdk_id
    }

    /// The name in the scope of a signature.
    pub(super) const fn signing_name(self) -> &'static str {
        self.row().signing_name
    }

    /// Whether it is S3, whose paths are signed as they are.
    pub(super) const fn is_s3(self) -> bool {
        matches!(self, Self::S3 | Self::S3Control | Self::S3Express)
    }

    /// Where AWS has it in a Region.
    /// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
    pub(super) fn address(self, region: &str, fips: bool, dual_stack: bool) -> String {
        let row = self.row();
        let (plain, dual) = suffixes(region);
        let fips = if fips { "-fips" } else { "" };
        // the two that came before the common form of dual-stack names
        match self {
            Self::S3 | Self::S3Control | Self::S3Express if dual_stack => {
                format!("{}{fips}.dualstack.{region}.{plain}", row.host)
            }
            Self::SecretsManager => format!("{}{fips}.{region}.{plain}", row.host),
            _ if dual_stack => format!("{}{fips}.{region}.{dual}", row.dual_stack),
            _ => format!("{}{fips}.{region}.{plain}", row.host),
        }
    }
}

/// The DNS suffixes of a Region's partition: the ordinary one and that of dual-stack endpoints.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
pub(super) fn suffixes(region: &str) -> (&'static str, &'static str) {
    const SUFFIXES: [(&str, &str, &str); 6] = [
        ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
        ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ];
    let found = SUFFIXES.iter().find(|(prefix, ..)| region.starts_with(prefix));
    found.map_or(("amazonaws.com", "api.aws"), |(_, plain, dual)| (plain, dual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_aws_in_every_partition() {
        let rows = [
            (Service::Kms, "eu-west-1", false, false, "kms.eu-west-1.amazonaws.com"),
            (Service::Ecr, "us-east-1", true, false, "api.ecr-fips.us-east-1.amazonaws.com"),
            (Service::Ecr, "us-east-1", false, true, "ecr.us-east-1.api.aws"),
            (Service::OpenSearch, "us-east-1", false, true, "aos.us-east-1.api.aws"),
            (Service::SecretsManager, "us-east-1", false, true, "secretsmanager.us-east-1.amazonaws.com"),
            (Service::S3, "us-east-1", true, true, "s3-fips.dualstack.us-east-1.amazonaws.com"),
            (Service::S3Express, "us-west-2", false, false, "s3express-control.us-west-2.amazonaws.com"),
            (Service::Sqs, "cn-north-1", false, false, "sqs.cn-north-1.amazonaws.com.cn"),
            (Service::Efs, "cn-north-1", false, true, "efs.cn-north-1.api.amazonwebservices.com.cn"),
            (Service::CloudTrail, "eusc-de-east-1", false, false, "cloudtrail.eusc-de-east-1.amazonaws.eu"),
            (Service::IamToolbox, "us-gov-west-1", false, false, "iam-toolbox.us-gov-west-1.amazonaws.com"),
        ];
        for (service, region, fips, dual_stack, address) in rows {
            assert_eq!(service.address(region, fips, dual_stack), address);
        }
    }

    #[test]
    fn no_two_services_have_one_name() {
        let mut names: Vec<_> = Service::ALL.iter().map(|service| service.sdk_id()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Service::ALL.len());
    }
}
