//! A request that an S3 server access log lists as denied: the line as S3 writes it, or a row of it as JSON.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html>

use super::cursor::{head, tail};
use super::partial::PartialDenial;
use super::wrapper::Envelope;
use crate::iam::Principal;

/// Whether the word is how S3 calls what was done: `REST.GET.OBJECT`.
fn is_operation(word: &str) -> bool {
    ["REST.", "WEBSITE.", "SOAP.", "BATCH.", "S3."].iter().any(|kind| word.starts_with(kind)) && word.len() > 6
}

/// The ARN of the bucket, or of the object where a key is given. A key that is encoded is not what policies are compared with.
fn resource(bucket: &str, key: &str) -> Option<String> {
    let name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    if bucket.len() < 3 || !bucket.bytes().all(name) || key.contains('%') {
        return None;
    }
    let object = !matches!(key, "" | "-" | "null");
    Some(if object { format!("arn:aws:s3:::{bucket}/{key}") } else { format!("arn:aws:s3:::{bucket}") })
}

/// A line of an S3 server access log.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>
pub(super) fn line(text: &str, at: usize) -> Option<PartialDenial> {
    let before = tail(text.get(..at)?, 4096);
    let start = at - before.len() + before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..at)?;
    let mut words = line.split(' ');
    let operation = words.clone().find(|word| is_operation(word))?;
    let principal = words.find(|word| word.starts_with("arn:")).map(Principal::new);
    let envelope = Envelope {
        error_code: Some("AccessDenied".to_owned()),
        operation: Some(operation.to_owned()),
        http_status: Some(403),
        service: Some("s3".to_owned()),
    };
    let mut fields = line.split(' ').skip(1);
    let bucket = fields.next().unwrap_or_default();
    let key = fields.skip_while(|word| *word != operation).nth(1).unwrap_or_default();
    let mut partial = PartialDenial::new(start, at + " 403 AccessDenied".len(), envelope).whole();
    partial.denial.principal = principal;
    partial.denial.resource = resource(bucket, key);
    Some(partial)
}

/// A row as JSON around the `AccessDenied` at `at`; the names are those of the columns of Athena's table, or the log's own.
pub(super) fn row(text: &str, at: usize) -> Option<PartialDenial> {
    let before = tail(text.get(..at)?, 3 << 10);
    let open = at - before.len() + before.rfind('{')?;
    let row = head(text.get(open..)?, 6 << 10);
    let row = row.get(..=row.find('}')?).filter(|row| open + row.len() > at)?;
    let field = |names: &[&str]| names.iter().find_map(|name| value(row, name)).filter(|value| *value != "-");
    let operation = field(&["operation"]).filter(|word| is_operation(word))?;
    field(&["errorcode", "error_code", "errorCode", "ErrorCode"]).filter(|code| *code == "AccessDenied")?;
    let envelope = Envelope {
        error_code: Some("AccessDenied".to_owned()),
        operation: Some(operation.to_owned()),
        http_status: Some(403),
        service: Some("s3".to_owned()),
    };
    let mut partial = PartialDenial::new(open, open + row.len(), envelope).whole();
    partial.denial.principal = field(&["requester"]).filter(|who| who.starts_with("arn:")).map(Principal::new);
    let bucket = field(&["bucket_name", "bucket", "bucketName"]).unwrap_or_default();
    partial.denial.resource = resource(bucket, field(&["key"]).unwrap_or_default());
    Some(partial)
}

/// The text that is the value of a key of JSON.
fn value<'a>(row: &'a str, name: &str) -> Option<&'a str> {
    let at = row.find(&format!("\"{name}\""))?;
    let rest = row.get(at + name.len() + 2..)?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    rest.get(..rest.find('"')?)
}
