//! The policies of resources, each by the service's own call.

mod endpoint;
mod key;
mod table;

use std::borrow::Cow;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Map, Value};

use super::clients::Clients;
use super::document::document;
use super::failure::{Failure, FailureKind};
use super::operation::{DESCRIBE_ENDPOINTS, GET_BUCKET_POLICY, Operation};
use super::signed_call::{Answer, SignedCall, encoded};
pub(super) use endpoint::{Endpoints, endpoint, endpoints_of};
pub(super) use key::{KeyUse, grants, may_allow, of_alias};
use table::{READINGS, Reading, Wire, reading};

use crate::iam::{Arn, ArnPart, POLICY_CALLS, PolicyCalls, PolicyType, policy_carrier};
use crate::snapshot::{GapFile, RawDocument, ResourcePolicyFile};

/// Calls that are under way at the same time.
const SIDE_BY_SIDE: usize = 8;

/// What was found of the policies of resources.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) policies: Vec<ResourcePolicyFile<'static>>,
    pub(super) gaps: Vec<GapFile<'static>>,
}

/// A resource whose policy can be read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// What carries the policy: of an object its bucket.
    carrier: Arn,
    calls: &'static PolicyCalls,
    reading: &'static Reading,
}

impl Wanted {
    /// What carries the policy of this resource; `None` where no call reads it, or where one of several is meant.
    pub(super) fn of(resource: &str) -> Option<Self> {
        let arn: Arn = resource.parse().ok()?;
        let carrier = carrier(&arn)?;
        // a stream of a table and a consumer of a stream have policies of their own
        let inner = arn.resource().contains("/stream/") || arn.resource().contains("/consumer/");
        // of a pattern there is no policy
        // and what is called by its alias has it under its own name: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>
        let alias = carrier.service() == "s3" && carrier.resource().ends_with("-s3alias");
        if inner || alias || carrier.as_str().contains(['*', '?', '$']) {
            return None;
        }
        let (calls, reading) = reading(&carrier)?;
        Some(Self { carrier, calls, reading })
    }

    /// The ARN of what carries the policy.
    pub(super) fn carrier(&self) -> &str {
        self.carrier.as_str()
    }

    /// Why it was not asked about.
    pub(super) fn not_asked(&self, why: impl Into<String>) -> GapFile<'static> {
        let failure = Failure::own(self.reading.operation, FailureKind::NotAsked, why);
        failure.gap(self.carrier(), Some(PolicyType::ResourceBased))
    }
}

/// What carries the policy of a resource: of an object its bucket, of an index its domain.
fn carrier(arn: &Arn) -> Option<Arn> {
    let (calls, _) = reading(arn)?;
    let first_only = !calls.options.is_empty() && calls.options.iter().all(|(_, part)| *part == ArnPart::First);
    if calls.write.is_some() || !first_only {
        return policy_carrier(arn)?.parse().ok();
    }
    let head = arn.as_str().strip_suffix(arn.resource())?;
    format!("{head}{}{}", calls.prefix, calls.part(ArnPart::First, arn)?).parse().ok()
}

/// Reads the policies side by side.
pub(super) async fn read(clients: &Clients, account: &str, wanted: &[Wanted]) -> Found {
    let mut found = Found::default();
    let answers = stream::iter(wanted).map(|one| async move { (ask(clients, one).await, one) });
    for (answer, one) in answers.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match answer {
            Ok(document) => found.policies.push(ResourcePolicyFile {
                arn: one.carrier().to_owned().into(),
                // S3 tells of a bucket's policy to its owner only
                // <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>
                account: one.carrier.account().is_empty().then(|| account.to_owned().into()),
                document,
                ..ResourcePolicyFile::default()
            }),
            Err(failure) => found.gaps.push(failure.gap(one.carrier(), Some(PolicyType::ResourceBased))),
        }
    }
    found
}

/// The same call about a resource of this name, which nobody has, to see whether it may be made.
pub(super) fn trial(
    operation: &'static Operation,
    partition: &str,
    region: &str,
    account: &str,
    name: &str,
) -> Option<SignedCall> {
    if *operation == DESCRIBE_ENDPOINTS {
        return Some(endpoint::trial());
    }
    let nobodys = format!("arn:{partition}:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000");
    if let Some(call) = key::trial(operation, &nobodys) {
        return Some(call);
    }
    let reading = READINGS.iter().find(|reading| *reading.operation == *operation)?;
    let calls =
        POLICY_CALLS.iter().find(|calls| calls.service == reading.service && calls.command == reading.command)?;
    let place = if *operation == GET_BUCKET_POLICY { ":".to_owned() } else { format!("{region}:{account}") };
    // some look at the form of a name before anything else
    let name = match calls.prefix {
        "file-system/" => "fs-00000000000000000",
        "key/" => "00000000-0000-4000-8000-000000000000",
        "service/" => "svc-00000000000000000",
        _ => name,
    };
    let parts = match calls.prefix {
        "layer:" => format!("{name}:1"),
        "repository/" if calls.service == "codeartifact" => format!("{name}/{name}"),
        _ => name.to_owned(),
    };
    let carrier = format!("arn:{partition}:{}:{place}:{}{parts}", calls.service, calls.prefix).parse().ok()?;
    request(&Wanted { carrier, calls, reading })
}

/// The document of one policy; `None`: there is none, which is an answer, too.
async fn ask(clients: &Clients, wanted: &Wanted) -> Result<Option<RawDocument<'static>>, Failure> {
    let operation = wanted.reading.operation;
    let Some(call) = request(wanted) else {
        return Err(Failure::own(
            operation,
            FailureKind::NotAsked,
            "the resource's ARN does not name what the call needs",
        ));
    };
    // that there is no policy is no failure of the call
    match clients.signed_unless(call, wanted.calls.none).await {
        Ok(None) => Ok(None),
        Ok(Some(answer)) => policy(wanted, &answer)
            .ok_or_else(|| Failure::own(operation, FailureKind::Unreadable, "the answer holds no policy")),
        // <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>
        Err(failure) if failure.code.as_deref() == Some("MethodNotAllowed") => {
            let said = format!("the bucket belongs to another account: {}", failure.said);
            Err(Failure { said, ..failure })
        }
        Err(failure) => Err(failure),
    }
}

/// The call; `None` where the ARN does not have what it takes.
fn request(wanted: &Wanted) -> Option<SignedCall> {
    let Wanted { carrier, calls, reading } = wanted;
    let operation = reading.operation;
    let given: Vec<String> = calls.options.iter().map(|(_, part)| calls.part(*part, carrier)).collect::<Option<_>>()?;
    // as a part of a path dots alone would lead to another place
    if given.iter().any(|part| part.chars().all(|c| c == '.')) {
        return None;
    }
    let path = |path: &str| {
        let filled = given.iter().enumerate();
        filled.fold(path.to_owned(), |path, (at, value)| path.replace(&format!("{{{at}}}"), &encoded(value)))
    };
    let call = match reading.wire {
        Wire::Json(target, version, members) => {
            let member = |(name, value): (&&str, &String)| match name.strip_suffix("[]") {
                Some(list) => (list.to_owned(), Value::from(vec![value.clone()])),
                None => ((*name).to_owned(), Value::from(value.clone())),
            };
            let input: Map<String, Value> = members.iter().zip(&given).map(member).collect();
            SignedCall::json(operation, target, version, &Value::Object(input))
        }
        Wire::Query(version, names) => {
            let input: Vec<(&str, &str)> = names.iter().copied().zip(given.iter().map(String::as_str)).collect();
            SignedCall::query(operation, version, &input)
        }
        Wire::Path(template) | Wire::Document(template) => SignedCall::get(operation, path(template)),
        Wire::OfAccount(template) => {
            let account = given.first()?;
            SignedCall::get_xml(operation, path(template))
                .with_header("x-amz-account-id", account.clone())
                .with_label(account)
        }
    };
    Some(call.in_region(Some(carrier.region().to_owned())))
}

/// The policy in an answer: the inside is empty where the answer says that there is none, the outside where it is no such answer.
#[expect(clippy::option_option, reason = "no policy and no answer are two things")]
fn policy(wanted: &Wanted, answer: &Answer) -> Option<Option<RawDocument<'static>>> {
    if matches!(wanted.reading.wire, Wire::Document(_)) {
        return answer.value.get("Statement").map(|_| Some(document(&answer.text)));
    }
    // of a queue without a policy no attribute is left: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
    if wanted.calls.service == "sqs" && answer.value.as_object().is_some_and(Map::is_empty) {
        return Some(None);
    }
    let result = format!("{}Result", wanted.reading.operation.name);
    let mut at = answer.value.get(&result).unwrap_or(&answer.value);
    let whole = !wanted.calls.without.is_empty() && wanted.calls.without.iter().all(|name| at.get(name).is_some());
    for name in wanted.calls.document.split('.') {
        let found = match name.strip_suffix("{}") {
            // attributes by their names, in XML each an entry
            Some(name) => at.get(name).and_then(attribute),
            None => at.get(name),
        };
        match found {
            Some(value) => at = value,
            None => return whole.then_some(None),
        }
    }
    match at {
        // Kinesis gives an empty object, which says nothing
        Value::String(text) if matches!(text.trim(), "" | "{}") => Some(None),
        Value::String(text) => Some(Some(document(&unescaped(text)))),
        _ => None,
    }
}

/// API Gateway escapes the quotes of the document once more.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html>
fn unescaped(text: &str) -> Cow<'_, str> {
    let escaped = text.trim_start().trim_start_matches('{').trim_start().starts_with("\\\"");
    if escaped { Cow::Owned(text.replace("\\\"", "\"").replace("\\/", "/")) } else { Cow::Borrowed(text) }
}

/// The policy in a map of attributes. In XML each attribute is an element `entry` with a key and a value.
fn attribute(map: &Value) -> Option<&Value> {
    let Some(entries) = map.get("entry") else {
        return map.get("Policy");
    };
    let one = std::slice::from_ref(entries);
    let entries = entries.as_array().map_or(one, Vec::as_slice);
    entries.iter().find(|entry| entry.get("key").and_then(Value::as_str) == Some("Policy"))?.get("value")
}
