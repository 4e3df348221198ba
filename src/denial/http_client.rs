//! The line of an HTTP client that was answered with 403, and the address of AWS beside it: the host tells the service, the path what was
//! called.

use super::cursor::{head, tail};
use super::partial::PartialDenial;
use super::wrapper::{self, Envelope};
use crate::iam::is_account_id;

/// How far from the words the address may be.
const REACH: usize = 600;

/// Hosts of AWS's own APIs, and the IAM prefix of each; what customers put behind other hosts decides for itself.
const SERVICES: [(&str, &str); 22] = [
    ("aps-workspaces", "aps"),
    ("athena", "athena"),
    ("bedrock", "bedrock"),
    ("bedrock-agent", "bedrock"),
    ("bedrock-agent-runtime", "bedrock"),
    ("bedrock-agentcore", "bedrock-agentcore"),
    ("bedrock-mantle", "bedrock-mantle"),
    ("bedrock-runtime", "bedrock"),
    ("cloudformation", "cloudformation"),
    ("dynamodb", "dynamodb"),
    ("ec2", "ec2"),
    ("ecs", "ecs"),
    ("eks", "eks"),
    ("glue", "glue"),
    ("kms", "kms"),
    ("lambda", "lambda"),
    ("logs", "logs"),
    ("secretsmanager", "secretsmanager"),
    ("sns", "sns"),
    ("sqs", "sqs"),
    ("ssm", "ssm"),
    ("sts", "sts"),
];

/// The last part of a path of Amazon Bedrock, and its operation.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html>
const CALLS: [(&str, &str); 7] = [
    ("apply", "ApplyGuardrail"),
    ("async-invoke", "StartAsyncInvoke"),
    ("converse", "Converse"),
    ("converse-stream", "ConverseStream"),
    ("count-tokens", "CountTokens"),
    ("invoke", "InvokeModel"),
    ("invoke-with-response-stream", "InvokeModelWithResponseStream"),
];

/// The denial that the words at `at`, which are `phrase`, report.
pub(super) fn read(text: &str, at: usize, phrase: &str, floor: usize) -> Option<PartialDenial> {
    let end = (at + phrase.len()).min(text.len());
    let before = tail(text.get(floor.min(at)..at)?, REACH);
    let after = head(text.get(end..)?, REACH);
    let says_403 = phrase.contains("403") || tail(before, 40).contains("403") || head(after, 200).contains("403");
    let url = nearest(before, after)?;
    if !says_403 || url.contains("Signature=") {
        return None;
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.split('?').next().unwrap_or(path);
    let names = ["amazonaws.com.cn", "amazonaws.com", "api.aws"];
    let labels: Vec<&str> =
        names.iter().find_map(|name| host.strip_suffix(name))?.trim_end_matches('.').split('.').collect();
    let called = called(&labels, path, before)?;
    let around = wrapper::around_error(text, at, end, floor, 200);
    let mut partial = PartialDenial::new(
        at,
        end,
        Envelope {
            error_code: None,
            operation: called.operation.map(str::to_owned).or(around.operation),
            http_status: Some(403),
            service: Some(called.service.to_owned()),
        },
    );
    partial.denial.resource = called.resource;
    partial.denial.action = called.action.and_then(|action| action.parse().ok());
    Some(partial)
}

/// The address that is nearest to the words, whosever it is.
fn nearest<'a>(before: &'a str, after: &'a str) -> Option<&'a str> {
    let whole = |text: &'a str, at: usize| {
        let url = text.get(at..).unwrap_or_default();
        let end = url.find(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | ')' | '>' | ',' | '|')
        });
        url.get(..end.unwrap_or(url.len())).unwrap_or_default().trim_end_matches([':', '.', ';', '\\'])
    };
    let ahead = after.find("http").filter(|at| is_url(after, *at)).map(|at| (at, whole(after, at)));
    let behind = memchr::memmem::rfind_iter(before.as_bytes(), b"http").find(|at| is_url(before, *at)).map(|at| {
        let url = whole(before, at);
        (before.len() - at - url.len(), url)
    });
    match (ahead, behind) {
        (Some((ahead, one)), Some((behind, other))) => Some(if ahead <= behind { one } else { other }),
        (one, other) => one.or(other).map(|(_, url)| url),
    }
}

fn is_url(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|url| url.starts_with("https://") || url.starts_with("http://"))
}

/// What an address calls.
struct Called {
    service: &'static str,
    operation: Option<&'static str>,
    action: Option<&'static str>,
    resource: Option<String>,
}

fn called(labels: &[&str], path: &str, before: &str) -> Option<Called> {
    let plain = |service| Called { service, operation: None, action: None, resource: None };
    if let [account, "dkr", "ecr" | "ecr-fips", region] = labels {
        return Some(registry(account, region, path, before).unwrap_or_else(|| plain("ecr")));
    }
    if labels.iter().any(|label| *label == "s3" || label.starts_with("s3-")) {
        return Some(plain("s3"));
    }
    let first = labels.first()?;
    let first = first.strip_suffix("-fips").unwrap_or(first);
    let (_, service) = SERVICES.iter().find(|(host, _)| *host == first)?;
    let last = path.rsplit('/').next().unwrap_or_default();
    let call = CALLS.iter().find(|(name, _)| *name == last && *service == "bedrock");
    Some(Called { operation: call.map(|(_, operation)| *operation), ..plain(service) })
}

/// A registry of Amazon ECR: the path names the repository, and what of it is read.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html>
fn registry(account: &str, region: &str, path: &str, before: &str) -> Option<Called> {
    if !is_account_id(account) {
        return None;
    }
    let path = path.strip_prefix("v2/")?;
    let (name, action) = match (path.find("/manifests/"), path.find("/blobs/")) {
        (Some(at), _) => (path.get(..at)?, Some("ecr:BatchGetImage")),
        (None, Some(at)) => {
            // an upload, or a question whether a layer is there, asks for other actions
            let reads = !path.contains("/blobs/uploads") && !tail(before, 300).contains("HEAD");
            (path.get(..at)?, reads.then_some("ecr:GetDownloadUrlForLayer"))
        }
        (None, None) => return None,
    };
    // a manifest is written by PUT
    let action = action.filter(|_| !tail(before, 300).contains("PUT"));
    let partition = match region {
        china if china.starts_with("cn-") => "aws-cn",
        gov if gov.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let resource = Some(format!("arn:{partition}:ecr:{region}:{account}:repository/{name}"));
    Some(Called { service: "ecr", operation: None, action, resource })
}
