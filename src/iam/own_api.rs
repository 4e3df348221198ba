//! `execute-api:/stage/METHOD/path` in the policy of an API: API Gateway puts the ARN of the API in its place when the policy is saved.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html>

use std::borrow::Cow;

/// What stands behind the API: `stage/METHOD/path`; `None` where the entry is not of this form.
#[must_use]
pub fn own_api(entry: &str) -> Option<&str> {
    entry.strip_prefix("execute-api:/")
}

/// The entry as an ARN that covers the same of every API; any other entry as it is.
#[must_use]
pub fn of_every_api(entry: &str) -> Cow<'_, str> {
    own_api(entry).map_or(Cow::Borrowed(entry), |rest| format!("arn:*:execute-api:*:*:*/{rest}").into())
}

/// How an ARN is written here that has no API: two of one text are the same method of an API.
pub(super) fn without_api(rest: &str) -> String {
    format!("arn:aws:execute-api:::{rest}")
}

/// The method that an ARN names, whatever the API is.
pub(super) fn method(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "execute-api", _, _, resource] => resource.split_once('/').map(|(_, rest)| without_api(rest)),
        _ => None,
    }
}
