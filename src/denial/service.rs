//! The IAM prefix of a service, from the many names that SDKs and records have for it.

/// Names that are not the prefix in other letters.
const NAMES: [(&str, &str); 38] = [
    ("apigatewaymanagementapi", "execute-api"),
    ("applicationautoscaling", "application-autoscaling"),
    ("autoscaling", "autoscaling"),
    ("bedrockagent", "bedrock"),
    ("bedrockagentruntime", "bedrock"),
    ("bedrockruntime", "bedrock"),
    ("certificatemanager", "acm"),
    ("cloudwatchevents", "events"),
    ("cloudwatchlogs", "logs"),
    ("cognitoidentity", "cognito-identity"),
    ("cognitoidentityprovider", "cognito-idp"),
    ("configservice", "config"),
    ("costexplorer", "ce"),
    ("databasemigrationservice", "dms"),
    ("dynamodbstreams", "dynamodb"),
    ("dynamodbv2", "dynamodb"),
    ("ecrpublic", "ecr-public"),
    ("efs", "elasticfilesystem"),
    ("elasticloadbalancingv2", "elasticloadbalancing"),
    ("elasticmapreduce", "elasticmapreduce"),
    ("elasticsearchservice", "es"),
    ("emr", "elasticmapreduce"),
    ("eventbridge", "events"),
    ("identitymanagement", "iam"),
    ("keymanagementservice", "kms"),
    ("monitoring", "cloudwatch"),
    ("opensearch", "es"),
    ("organizations", "organizations"),
    ("route53resolver", "route53resolver"),
    ("sagemakerruntime", "sagemaker"),
    ("securitytokenservice", "sts"),
    ("servicequotas", "servicequotas"),
    ("sesv2", "ses"),
    ("sfn", "states"),
    ("simpleemailservice", "ses"),
    ("ssoadmin", "sso"),
    ("stepfunctions", "states"),
    ("timestreamwrite", "timestream"),
];

/// The prefix for an SDK's name of a service: `Amazon S3`, `AWSSecurityTokenService`, `Bedrock Runtime`.
pub(super) fn from_sdk(name: &str) -> Option<String> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let plain = plain.strip_prefix("amazon").or_else(|| plain.strip_prefix("aws")).unwrap_or(&plain);
    if plain.is_empty() || plain.len() > 40 {
        return None;
    }
    let known = NAMES.iter().find(|(known, _)| *known == plain);
    Some(known.map_or(plain, |(_, prefix)| prefix).to_owned())
}

/// The prefix for the event source of a record: `s3.amazonaws.com`.
pub(crate) fn from_event_source(source: &str) -> Option<String> {
    let name = source.strip_suffix(".amazonaws.com").or_else(|| source.strip_suffix(".amazonaws.com.cn"))?;
    from_sdk(name.rsplit('.').next().unwrap_or(name)).map(|plain| match name {
        // prefixes with a hyphen are written as they are in event sources
        hyphenated if hyphenated.contains('-') && !hyphenated.contains('.') => hyphenated.to_owned(),
        _ => plain,
    })
}
