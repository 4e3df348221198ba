//! Errors that SDKs and tools print without AWS's error code: a class, a status or a tool's own words are the only evidence.

use super::cursor::{head, tail};
use super::facts::DenialKind;
use super::failure::Failure;
use super::form::ShortError;
use super::non_iam_failures;
use super::normalized::TOKEN_END;
use super::partial::PartialDenial;
use super::s3_place::{Place, partition as partition_of};
use super::wrapper::{self, Envelope};
use super::{code, code_error, service};

/// The error at `at`, which begins with the form's words.
pub(super) fn read(text: &str, at: usize, error: ShortError, floor: usize) -> Option<PartialDenial> {
    let before = tail(text.get(floor.min(at)..at)?, 3 << 10);
    let after = head(text.get(at..)?, 1200);
    match error {
        ShortError::Redshift => redshift(at, after),
        ShortError::PowerShell => power_shell(at, before, floor),
        ShortError::DotNet => dot_net(at, before, after),
        ShortError::Rust => rust(at, before),
        ShortError::JavaScript => java_script(text, at, after, floor),
        ShortError::Arrow => arrow(at, after),
        ShortError::CdkBucket => {
            let (_, name) = tail(before, 200).rsplit_once("Bucket named")?;
            let name = name.trim_start().split([' ', '\n']).next()?.trim_matches(['\'', '"', '`']);
            let mut partial = PartialDenial::new(at, at + "we dont have access to it".len(), s3()).whole();
            partial.denial.resource = cdk_bucket(name);
            Some(partial)
        }
        ShortError::ObjectStore => object_store(at, before, after),
        ShortError::SsoToken => sso_token(at, before, after),
    }
}

fn s3() -> Envelope {
    Envelope { service: Some("s3".to_owned()), ..Envelope::default() }
}

fn line(text: &str) -> &str {
    text.split(['\n', TOKEN_END]).next().unwrap_or(text)
}

/// <https://docs.aws.amazon.com/redshift/latest/dg/r_STL_S3CLIENT_ERROR.html>
fn redshift(at: usize, after: &str) -> Option<PartialDenial> {
    let fields = line(after.strip_prefix("S3ServiceException:")?);
    let (message, rest) = fields.split_once(",Status ")?;
    let (status, rest) = rest.split_once(",Error ")?;
    let code = rest.split(',').next().unwrap_or(rest).trim();
    let failure = non_iam_failures::by_words(message).or_else(|| non_iam_failures::by_code(code));
    let kind = match failure {
        Some(failure) => DenialKind::OtherFailure(failure),
        // the general sentence is read as such
        None if code::is_denial(code) && !message.contains("not authorized") => DenialKind::IamDenial,
        None => return None,
    };
    let envelope = Envelope { error_code: Some(code.to_owned()), http_status: status.trim().parse().ok(), ..s3() };
    let end = at + "S3ServiceException:".len() + fields.len() - rest.len() + code.len();
    let mut partial = PartialDenial::new(at, end, envelope).of_kind(kind).whole();
    let id = rest.split_once(",Rid ").and_then(|(_, id)| id.split(',').next());
    partial.denial.request_ids.extend(id.map(str::to_owned));
    Some(partial)
}

/// What botocore says before the name of the login for which it has no token, and what it then says of it.
/// <https://github.com/boto/botocore/blob/develop/botocore/exceptions.py>
const NO_TOKEN: ([&str; 3], &str) = (
    ["Error loading SSO Token:", "Error when retrieving credentials from", "Error when retrieving token from"],
    " does not exist",
);

/// `Error when retrieving credentials from PROVIDER: Token for NAME does not exist`: the name is that of a session, or the address where
/// it begins. <https://github.com/boto/botocore/blob/develop/botocore/utils.py>
fn sso_token(at: usize, before: &str, after: &str) -> Option<PartialDenial> {
    let (heads, tail_of_it) = NO_TOKEN;
    let head = tail(before, 200);
    let begins = heads.iter().filter_map(|words| head.rfind(words)).max()?;
    let near = head.get(begins..).is_some_and(|gap| !gap.contains('\n') || gap.trim_end().ends_with(':'));
    let end = line(after).find(tail_of_it).filter(|_| near)? + tail_of_it.len();
    let start = at - head.len() + begins;
    let kind = DenialKind::OtherFailure(Failure::ExpiredCredentials);
    Some(PartialDenial::new(start, at + end, Envelope::default()).of_kind(kind).whole())
}

/// The bucket of an asset; a Region in its name tells the partition.
/// <https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html>
fn cdk_bucket(name: &str) -> Option<String> {
    let partition = ["cn-", "us-gov-"].iter().find(|region| name.contains(&format!("-{region}")));
    Place::bucket(partition.map_or("aws", |region| partition_of(region)), name, "").map(|place| place.named())
}

/// `CMDLET : MESSAGE`, and further down `FullyQualifiedErrorId : Amazon.S3.AmazonS3Exception,Amazon.PowerShell.Cmdlets`.
fn power_shell(at: usize, before: &str, floor: usize) -> Option<PartialDenial> {
    let class = before.trim_end().strip_suffix(',')?.rsplit([' ', '\n']).next()?;
    let envelope = of_class(class)?;
    let position = before.rfind("\nAt ")?;
    let head = before.get(..position)?;
    let message_at = head.rfind(" : ")? + " : ".len();
    let message = head.get(message_at..)?;
    if !code_error::says_no_more(message) && !message.starts_with(HEAD_OF_DOT_NET) {
        return None;
    }
    let start = (at - before.len() + message_at).max(floor);
    Some(PartialDenial::new(start, at, envelope))
}

const HEAD_OF_DOT_NET: &str = "Error making request with Error Code Forbidden";

/// Says of which service a class of an exception is, where it is one of AWS: `Amazon.S3.AmazonS3Exception`.
fn of_class(class: &str) -> Option<Envelope> {
    let name = class.strip_prefix("Amazon.")?.strip_suffix("Exception")?;
    let (name, _) = name.split_once('.')?;
    Some(Envelope { service: service::from_sdk(name).filter(|_| name != "Runtime"), ..Envelope::default() })
}

fn dot_net(at: usize, before: &str, after: &str) -> Option<PartialDenial> {
    let class = before.trim_end().strip_suffix(':')?.rsplit([' ', '\n']).next()?;
    let envelope = Envelope { error_code: Some("Forbidden".to_owned()), http_status: Some(403), ..of_class(class)? };
    Some(PartialDenial::new(at, at + line(after).len(), envelope).whole())
}

/// The debug output of an answer to a HEAD request, which has no body and so no code.
fn rust(at: usize, before: &str) -> Option<PartialDenial> {
    let status = ["StatusCode(403)", "status: 403"].iter().filter_map(|status| before.rfind(status)).max()?;
    let answer = before.get(status..)?;
    let of_aws = ["x-amz-request-id", "x-amzn-requestid", "AmazonS3"].iter().any(|mark| answer.contains(mark));
    if !of_aws || !before.contains("code: None") {
        return None;
    }
    let operation = ["HeadObject", "HeadBucket"].iter().find(|name| {
        before.rfind(**name).is_some_and(|at| before.get(at + name.len()..).is_some_and(|s| s.starts_with("Error")))
    });
    let envelope =
        Envelope { operation: operation.map(|name| (*name).to_owned()), http_status: Some(403), ..Envelope::default() };
    let envelope = if answer.contains("AmazonS3") { Envelope { service: s3().service, ..envelope } } else { envelope };
    Some(PartialDenial::new(at - before.len() + status, at, envelope).whole())
}

/// `403: UnknownError` with `httpStatusCode: 403` below.
fn java_script(text: &str, at: usize, after: &str, floor: usize) -> Option<PartialDenial> {
    let status = after.find("httpStatusCode")?;
    if !after.get(status..)?.trim_start_matches(|c: char| !c.is_ascii_digit()).starts_with("403") {
        return None;
    }
    let mut envelope = wrapper::around_error(text, at, at + "knownError".len(), floor, 1200);
    envelope.error_code = None;
    if after.contains("client-s3/") {
        envelope.service = s3().service;
    }
    Some(PartialDenial::new(at, at + status, envelope).whole())
}

/// <https://arrow.apache.org/docs/cpp/api/filesystem.html>
fn arrow(at: usize, after: &str) -> Option<PartialDenial> {
    let rest = after.strip_prefix("AWS Error ACCESS_DENIED during ")?;
    let operation = rest.split(' ').next()?;
    let message = rest.split_once(": ").map_or("", |(_, message)| message);
    let envelope =
        Envelope { error_code: Some("ACCESS_DENIED".to_owned()), operation: Some(operation.to_owned()), ..s3() };
    let whole = code_error::says_no_more(message) || message.starts_with("No response body");
    let mut partial = PartialDenial::new(at, at + line(after).len(), envelope);
    partial.whole = whole;
    Some(partial)
}

/// `... iter bucket: Access Denied`, at the end of a value of a log, or restic's question that follows.
fn object_store(at: usize, before: &str, after: &str) -> Option<PartialDenial> {
    let rest = after.strip_prefix(": Access Denied")?;
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let ends = rest.is_empty() || rest.starts_with(['"', '\'', '\n', '\\', TOKEN_END]);
    let line = before.rsplit('\n').next().unwrap_or(before);
    let near = tail(line, 160);
    let bucket =
        ["bucket", "Bucket", "s3 object", "S3 object", "s3://", "objstore"].iter().any(|word| near.contains(word));
    let log = ["err=", "error=", "err\"", "error\"", "level="].iter().any(|key| line.contains(key));
    let restic = head(rest, 250).contains("s3:s3.") || head(rest, 250).contains("s3:https://s3.");
    let other =
        non_iam_failures::is_other_cloud(tail(before, 300)) || non_iam_failures::is_other_cloud(head(rest, 200));
    let coded = near.ends_with("Denied") || near.ends_with(')');
    let read = ends && !other && !coded && ((bucket && log) || restic);
    read.then(|| PartialDenial::new(at + 2, at + ": Access Denied".len(), s3()).whole())
}
