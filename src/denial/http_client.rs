//! The line of an HTTP client that was answered with 403, and the address of AWS beside it: the host tells the service, the path what was
//! called.

use super::cursor::{head, tail};
use super::note::Note;
use super::operation_actions;
use super::partial::PartialDenial;
use super::s3_place::{Place, is_of_s3, partition};
use super::wrapper::{self, Envelope};
use crate::iam::{Action, is_account_id};

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
    if !says_403 {
        return None;
    }
    let url = nearest(before, after).and_then(|url| Request::of_url(url, method(before, after, url)));
    let request =
        if url.is_none() && nearest(before, after).is_some() { None } else { url.or_else(|| request(before)) }?;
    let called = request.called(before)?;
    let around = wrapper::around_error(text, at, end, floor, 200);
    let mut partial = PartialDenial::new(
        at,
        end,
        Envelope {
            error_code: None,
            operation: called.operation.or(around.operation),
            http_status: Some(403),
            service: Some(called.service.to_owned()),
        },
    );
    // the SDK for PHP quotes the call twice, and its own line is read by itself
    let quoted = before.contains("AWS HTTP error");
    partial.denial.resource = called.resource.filter(|_| !quoted);
    partial.denial.action = called.action.and_then(|action| action.parse().ok());
    partial.denial.candidates = called.candidates;
    partial.denial.notes.extend(called.note);
    Some(partial)
}

/// A request to AWS, as far as a client tells it.
pub(super) struct Request<'t> {
    labels: Vec<&'t str>,
    path: &'t str,
    query: &'t str,
    method: Option<&'t str>,
}

impl<'t> Request<'t> {
    fn of_url(url: &'t str, method: Option<&'t str>) -> Option<Self> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let (host, target) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?;
        Self::new(host, target, method)
    }

    fn new(host: &'t str, target: &'t str, method: Option<&'t str>) -> Option<Self> {
        let host = host.strip_suffix(":443").unwrap_or(host);
        let names = [".amazonaws.com.cn", ".amazonaws.com", ".api.aws"];
        let labels = names.iter().find_map(|name| host.strip_suffix(name))?.split('.').collect();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(Self { labels, path: path.strip_prefix('/').unwrap_or(path), query, method })
    }

    /// The bucket and key.
    pub(super) fn place(&self) -> Option<Place> {
        let region = self.labels.last().copied().unwrap_or_default();
        Place::of_host(&self.labels, self.path, partition(region))
    }

    fn called(&self, before: &str) -> Option<Called> {
        let plain = |service| Called { service, ..Called::default() };
        if let [account, "dkr", "ecr" | "ecr-fips", region] = self.labels.as_slice() {
            return Some(registry(account, region, self.path, before).unwrap_or_else(|| plain("ecr")));
        }
        if self.labels.starts_with(&["api", "ecr"]) {
            return Some(plain("ecr"));
        }
        if self.labels.iter().any(|label| is_of_s3(label) || label.starts_with("s3-")) {
            return self.of_s3();
        }
        let first = self.labels.first()?;
        let first = first.strip_suffix("-fips").unwrap_or(first);
        let (_, service) = SERVICES.iter().find(|(host, _)| *host == first)?;
        let mut parts = self.path.split('/');
        let last = self.path.rsplit('/').next().unwrap_or_default();
        let call = match *service {
            "bedrock" => CALLS.iter().find(|(name, _)| *name == last).map(|(_, operation)| *operation),
            // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
            "lambda" if self.path.contains("/functions/") && last == "invocations" => Some("Invoke"),
            "lambda" if self.path.contains("/functions/") && last == "response-streaming-invocations" => {
                Some("InvokeWithResponseStream")
            }
            _ => None,
        };
        // the address of a queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
        let queue = match (*service, self.labels.as_slice(), parts.next(), parts.next()) {
            ("sqs", [_, region], Some(account), Some(name)) if is_account_id(account) && !name.is_empty() => {
                Some(format!("arn:{}:sqs:{region}:{account}:{name}", partition(region)))
            }
            _ => None,
        };
        Some(Called { operation: call.map(str::to_owned), resource: queue, ..plain(service) })
    }

    /// What a request to S3 asks for: the method, and what the query names.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>
    fn of_s3(&self) -> Option<Called> {
        let mut version = false;
        let mut other = None;
        let mut listed = false;
        for (name, value) in
            self.query.split('&').filter(|part| !part.is_empty()).map(|part| part.split_once('=').unwrap_or((part, "")))
        {
            match name {
                // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
                // and an expired or changed one is refused too: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
                "X-Amz-Signature" | "Signature" => return None,
                "versionId" => version = true,
                "list-type" => listed = value == "2",
                // the SDKs name the operation
                "x-id" => other = Some(value),
                "AWSAccessKeyId" | "Expires" | "prefix" | "delimiter" | "max-keys" | "marker" | "encoding-type"
                | "continuation-token" | "start-after" | "fetch-owner" | "partNumber" => {}
                _ if name.starts_with("X-Amz-") || name.starts_with("x-amz-") || name.starts_with("response-") => {}
                _ => other = Some(""),
            }
        }
        let place = self.place();
        let key = place.as_ref().is_some_and(Place::has_key);
        let operation = match (other, self.method, key) {
            (Some(named), ..) => Some(named).filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())),
            (None, _, _) if place.is_none() => None,
            (None, Some("GET"), true) => Some("GetObject"),
            (None, Some("HEAD"), true) => Some("HeadObject"),
            (None, Some("PUT"), true) => Some("PutObject"),
            (None, Some("DELETE"), true) => Some("DeleteObject"),
            (None, Some("GET"), false) => Some(if listed { "ListObjectsV2" } else { "ListObjects" }),
            (None, Some("HEAD"), false) => Some("HeadBucket"),
            _ => None,
        };
        let operation = operation.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let mut candidates = operation_actions::of(Some("s3"), operation);
        // a version has actions of its own: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
        if version && matches!(operation, Some("GetObject" | "HeadObject" | "DeleteObject")) {
            for action in &mut candidates {
                let own: Option<Action> = match action.name() {
                    "GetObject" => "s3:GetObjectVersion".parse().ok(),
                    "DeleteObject" => "s3:DeleteObjectVersion".parse().ok(),
                    _ => None,
                };
                *action = own.unwrap_or_else(|| action.clone());
            }
        }
        let resource = match candidates.first() {
            Some(action) => place.and_then(|place| place.about(action)),
            None => place.map(|place| place.named()),
        };
        let operation = operation.map(str::to_owned);
        Some(Called { service: "s3", operation, candidates, resource, ..Called::default() })
    }
}

/// The request that `curl -v` prints, the last one: `> GET /key HTTP/1.1` and `> Host: bucket.s3.amazonaws.com`.
pub(super) fn request(before: &str) -> Option<Request<'_>> {
    let lines = || before.lines().rev().map(|line| line.trim_start_matches([' ', '\t']));
    // the mark of what was sent looks like one of a quote, which is taken away
    let lines = || lines().map(|line| line.strip_prefix("> ").unwrap_or(line));
    let header = |line: &'_ str| line.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("host: "));
    let host = lines().find(|line| header(line)).and_then(|line| line.get(6..)).map(str::trim)?;
    let (method, target) = lines().find_map(|line| {
        let (method, rest) = line.split_once(' ')?;
        let (target, version) = rest.split_once(' ')?;
        (version.starts_with("HTTP/") && METHODS.contains(&method)).then_some((method, target))
    })?;
    Request::new(host, target, Some(method))
}

const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/// The method of the request to `url`, where the text around it says it.
fn method<'t>(before: &'t str, after: &'t str, url: &str) -> Option<&'t str> {
    // `HEAD request to https://...`, `HTTP GET error on 'https://...'`
    let near = [before, after].into_iter().find_map(|part| {
        let near = tail(part.get(..part.find(url)?)?, 40);
        let line = near.rsplit('\n').next().unwrap_or(near);
        line.split(|c: char| !c.is_ascii_alphanumeric()).rev().find(|word| METHODS.contains(word))
    });
    // `requests.get(` in a traceback, `method: 'get'` of axios
    let named = || {
        METHODS.iter().copied().find(|name| {
            let small = name.to_ascii_lowercase();
            before.contains(&format!("requests.{small}("))
                || [before, after].iter().any(|part| part.contains(&format!("method: '{small}'")))
        })
    };
    near.or_else(named).or_else(|| of_command(before, url))
}

/// The method of a command line with this address: curl and wget get what no option says otherwise of.
/// <https://curl.se/docs/manpage.html>
fn of_command(before: &str, url: &str) -> Option<&'static str> {
    let command = before.lines().rev().find(|line| {
        line.contains(url) && (line.contains("curl ") || line.contains("wget ")) && !line.contains("curl: (")
    })?;
    let mut options = command.split_whitespace().filter(|word| word.starts_with('-'));
    if options.clone().any(|option| matches!(option, "-I" | "--head" | "-sI" | "-IL")) {
        return Some("HEAD");
    }
    let plain = |option: &str| {
        let long = ["--location", "--fail", "--silent", "--show-error", "--output", "--verbose", "--remote-name"];
        let short = |c: char| "fsSLovOkqN".contains(c);
        long.contains(&option) || option.strip_prefix('-').is_some_and(|rest| rest.chars().all(short))
    };
    options.all(plain).then_some("GET")
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
#[derive(Default)]
struct Called {
    service: &'static str,
    operation: Option<String>,
    action: Option<&'static str>,
    candidates: Vec<Action>,
    resource: Option<String>,
    note: Option<Note>,
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
    let resource = Some(format!("arn:{}:ecr:{region}:{account}:repository/{name}", partition(region)));
    Some(Called { service: "ecr", action, resource, ..Called::default() })
}
