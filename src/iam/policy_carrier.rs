//! What carries the policy of a resource, and how the calls name it.

use super::arn::Arn;
use super::arn_part::ArnPart;
use super::policy_calls::{PolicyCalls, policy_calls};
use super::policy_write::PolicyWrite;

/// The calls for the policy of a resource, where the one that sets it is known.
#[must_use]
pub fn settable_policy(arn: &Arn) -> Option<(&'static PolicyCalls, &'static PolicyWrite)> {
    let calls = policy_calls(arn).filter(|calls| arn.resource().len() > calls.prefix.len())?;
    Some((calls, calls.write?))
}

/// The ARN of what carries the policy of a resource: of an object its bucket, of an index its table.
#[must_use]
pub fn policy_carrier(arn: &Arn) -> Option<String> {
    let Some((kind, _)) = settable_policy(arn) else {
        return Some(arn.to_string());
    };
    let name = arn.resource().strip_prefix(kind.prefix)?;
    let part = name.find(['/', ':']).and_then(|end| name.get(end..));
    let own = part.is_some_and(|part| has_own_policy(arn.as_str(), part));
    let name = match kind.service {
        _ if own => name,
        // the names of repositories have slashes, and so have those of secrets
        "ecr" | "secretsmanager" => name,
        _ => name.split('/').next()?,
    };
    let head = arn.as_str().strip_suffix(arn.resource())?;
    Some(format!("{head}{}{name}", kind.prefix))
}

impl PolicyCalls {
    /// A part of the ARN of such a resource; `None` where it cannot be told.
    #[must_use]
    pub fn part(&self, part: ArnPart, arn: &Arn) -> Option<String> {
        let name = arn.resource().strip_prefix(self.prefix);
        let nth = |n| name?.split(['/', ':']).nth(n).map(str::to_owned);
        match part {
            ArnPart::Arn => Some(arn.to_string()),
            ArnPart::Parent => {
                let name = name?;
                let rest = name.len() - name.split('/').next()?.len();
                arn.as_str().get(..arn.as_str().len() - rest).map(str::to_owned)
            }
            ArnPart::Name => name.map(str::to_owned),
            ArnPart::First => nth(0),
            ArnPart::Second => nth(1),
            ArnPart::Third => nth(2),
            ArnPart::Last => name?.rsplit('/').next().map(str::to_owned),
            ArnPart::Account => arn.account_id().map(str::to_owned),
            ArnPart::QueueUrl => queue_url(arn),
            ArnPart::Words(words) => Some(words.to_owned()),
        }
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html>
fn queue_url(arn: &Arn) -> Option<String> {
    let suffix = match arn.partition() {
        "aws" | "aws-us-gov" => "amazonaws.com",
        "aws-cn" => "amazonaws.com.cn",
        _ => return None,
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let named = plain(arn.region()) && plain(arn.resource());
    named.then(|| format!("https://sqs.{}.{suffix}/{}/{}", arn.region(), arn.account(), arn.resource()))
}

/// Whether a part of the thing with this ARN has a policy of its own, so that the thing's policy is not for it.
///
/// - <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-attach-resource-policy-streams.html>
/// - <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html>
/// - <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>: a version or an alias by `Qualifier`
#[must_use]
pub fn has_own_policy(arn: &str, part: &str) -> bool {
    let service = arn.split(':').nth(2).unwrap_or_default();
    match service {
        "dynamodb" => part.starts_with("/stream/"),
        "kinesis" => part.starts_with("/consumer/"),
        "lambda" => part.starts_with(':'),
        _ => false,
    }
}

/// The ARN of something of `CodeArtifact`.
fn of_code_artifact(resource: &str) -> Option<Arn> {
    // nearly no resource is one, and each request asks
    let named = resource.split(':').nth(2) == Some("codeartifact");
    named.then(|| resource.parse().ok()).flatten()
}

/// The repository that holds a package of `CodeArtifact`: its policy is for the package too.
/// <https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html>
#[must_use]
pub fn policy_repository(resource: &str) -> Option<String> {
    let arn = of_code_artifact(resource)?;
    let mut parts = arn.resource().strip_prefix("package/")?.split('/');
    let (domain, repository) = (parts.next()?, parts.next()?);
    Some(format!("{}repository/{domain}/{repository}", arn.as_str().strip_suffix(arn.resource())?))
}

/// The domain that holds a repository or a package of `CodeArtifact`, whose policy counts for them too.
/// <https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html>
#[must_use]
pub fn policy_domain(resource: &str) -> Option<String> {
    let arn = of_code_artifact(resource)?;
    let parts = arn.resource();
    let domain = parts.strip_prefix("repository/").or_else(|| parts.strip_prefix("package/"))?.split('/').next()?;
    Some(format!("{}domain/{domain}", arn.as_str().strip_suffix(parts)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(resource: &str) -> String {
        policy_carrier(&resource.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_policy_of_a_part_is_that_of_the_whole() {
        assert_eq!(carried("arn:aws:s3:::reports/2026/q1.csv"), "arn:aws:s3:::reports");
        assert_eq!(
            carried("arn:aws:s3:eu-west-1:111122223333:accesspoint/team/object/a"),
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/team"
        );
        assert_eq!(
            carried("arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-day"),
            "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
        );
        assert_eq!(
            carried("arn:aws:ecr:eu-west-1:111122223333:repository/team/web"),
            "arn:aws:ecr:eu-west-1:111122223333:repository/team/web"
        );
        assert_eq!(
            carried("arn:aws:glue:eu-west-1:111122223333:catalog"),
            "arn:aws:glue:eu-west-1:111122223333:catalog"
        );
    }

    #[test]
    fn what_has_an_account_is_no_bucket() {
        let row = |arn: &str| settable_policy(&arn.parse().unwrap()).map(|(_, write)| write.put);
        assert_eq!(row("arn:aws:s3:::reports"), Some("s3api put-bucket-policy"));
        assert_eq!(row("arn:aws:s3:eu-west-1:111122223333:access-grants/default"), None);
    }

    #[test]
    fn a_queue_has_an_address() {
        let url = |arn: &str| queue_url(&arn.parse().unwrap());
        assert_eq!(
            url("arn:aws:sqs:eu-west-1:111122223333:orders").as_deref(),
            Some("https://sqs.eu-west-1.amazonaws.com/111122223333/orders")
        );
        assert_eq!(
            url("arn:aws-cn:sqs:cn-north-1:111122223333:orders").as_deref(),
            Some("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/orders")
        );
        assert_eq!(url("arn:aws-iso:sqs:us-iso-east-1:111122223333:orders"), None);
    }
}
