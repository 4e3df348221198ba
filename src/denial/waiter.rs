//! `Waiter NAME failed: An error occurred (CODE): MESSAGE`: the error that ends a wait of boto3 or of `aws ... wait`. It names the wait and no
//! operation. <https://github.com/boto/botocore/blob/develop/botocore/waiter.py>

use super::cursor::{Cursor, tail};
use super::wrapper::Envelope;

/// Waits whose call is answered by a status alone, so that no message names the action, and what they call.
/// <https://docs.aws.amazon.com/cli/latest/reference/s3api/wait/bucket-exists.html>
const CALLS: [(&str, &str); 4] = [
    ("BucketExists", "HeadBucket"),
    ("BucketNotExists", "HeadBucket"),
    ("ObjectExists", "HeadObject"),
    ("ObjectNotExists", "HeadObject"),
];

/// The wrapper whose code ends with the `)` at `close`, and where its message begins; `occurred` is the place of that word, and `code` the
/// code.
pub(super) fn read<'t>(occurred: Cursor<'t>, code: &str, close: Cursor<'t>) -> Option<(Envelope, Cursor<'t>)> {
    let rest = close.literal("):")?;
    let before = tail(occurred.before(), 160);
    let name = Cursor::new(before, before.rfind("Waiter")?).phrase("Waiter ")?;
    let end = name.skip_while(|byte| byte.is_ascii_alphanumeric());
    let header = end.phrase(" failed: An error")?;
    if !header.rest().trim().is_empty() {
        return None;
    }
    let call = CALLS.iter().find(|(wait, _)| *wait == end.since(name.at()));
    let envelope = Envelope {
        error_code: Some(code.to_owned()).filter(|code| !code.is_empty()),
        operation: call.map(|(_, operation)| (*operation).to_owned()),
        service: call.map(|_| "s3".to_owned()),
        ..Envelope::default()
    };
    Some((envelope, rest))
}
