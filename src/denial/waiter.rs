//! `Waiter NAME failed: An error occurred (CODE): MESSAGE`: the error that ends a wait of boto3 or of `aws ... wait`. It names the wait and no
//! operation. <https://github.com/boto/botocore/blob/develop/botocore/waiter.py>

use super::cursor::{Cursor, tail};

/// Waits whose call is answered by a status alone, so that no message names the action, and what they call.
/// <https://docs.aws.amazon.com/cli/latest/reference/s3api/wait/bucket-exists.html>
const CALLS: [(&str, &str); 4] = [
    ("BucketExists", "HeadBucket"),
    ("BucketNotExists", "HeadBucket"),
    ("ObjectExists", "HeadObject"),
    ("ObjectNotExists", "HeadObject"),
];

/// What the wait that ended with the error calls, where its name tells; and where the message begins. `occurred` is the place of that word,
/// `close` that of the `)` behind the code.
pub(super) fn read<'t>(occurred: Cursor<'t>, close: Cursor<'t>) -> Option<(Option<&'static str>, Cursor<'t>)> {
    let rest = close.literal("):")?;
    let before = tail(occurred.before(), 160);
    let name = Cursor::new(before, before.rfind("Waiter")?).phrase("Waiter ")?;
    let end = name.skip_while(|byte| byte.is_ascii_alphanumeric());
    let header = end.phrase(" failed: An error")?;
    if !header.rest().trim().is_empty() {
        return None;
    }
    let call = CALLS.iter().find(|(wait, _)| *wait == end.since(name.at()));
    Some((call.map(|(_, operation)| *operation), rest))
}
