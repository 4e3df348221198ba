//! Failures that look like denials: by their error codes, by their words, and by whose host answered.
//!
//! Common errors: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::cursor::head;
use super::failure::Failure;
use super::form::{Form, Reader};
use super::forms::FORMS;

/// Hosts and marks of services that speak S3's protocol and answer with S3's codes.
const OTHER_CLOUDS: [&str; 12] = [
    "storage.googleapis.com",
    "r2.cloudflarestorage.com",
    "backblazeb2.com",
    "digitaloceanspaces.com",
    "wasabisys.com",
    "linodeobjects.com",
    "scw.cloud",
    "minio",
    "MinIO",
    "blob.core.windows.net",
    "aliyuncs.com",
    "myqcloud.com",
];

/// Codes of other failures.
static CODES: LazyLock<HashMap<&str, Failure>> =
    LazyLock::new(|| failures(Reader::Code).map(|(form, failure)| (form.phrase, failure)).collect());
/// Words of other failures, whatever the code.
static WORDS: LazyLock<Vec<Failure>> = LazyLock::new(|| failures(Reader::Words).map(|(_, failure)| failure).collect());
/// Few short messages are looked through: a faster automaton would take five milliseconds to make.
static WORDS_SEARCHER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let phrases = failures(Reader::Words).map(|(form, _)| form.phrase);
    let builder = &mut AhoCorasick::builder();
    // as where the forms of a text are found: the first, and of those that begin there the longest
    builder.kind(Some(AhoCorasickKind::NoncontiguousNFA)).match_kind(MatchKind::LeftmostLongest).build(phrases).ok()
});

fn failures(reader: Reader) -> impl Iterator<Item = (&'static Form, Failure)> {
    FORMS.iter().filter(move |form| form.reader == reader).filter_map(|form| Some((form, form.failure()?)))
}

/// The failure that a code means.
pub(super) fn by_code(code: &str) -> Option<Failure> {
    // EC2 writes whose fault it is before its codes
    // <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
    let bare = ["Client.", "Server."].iter().find_map(|side| code.strip_prefix(side));
    CODES.get(code).or_else(|| CODES.get(bare?)).copied()
}

static OTHERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(OTHER_CLOUDS).ok());

/// The failure that the words at the beginning of a message, or soon after, mean.
pub(super) fn by_words(message: &str) -> Option<Failure> {
    let message = head(message, 400);
    let flat;
    let message = if message.contains('\n') {
        flat = message.split_whitespace().collect::<Vec<_>>().join(" ");
        flat.as_str()
    } else {
        message
    };
    let found = WORDS_SEARCHER.as_ref()?.find(message)?;
    WORDS.get(found.pattern().as_usize()).copied()
}

/// The failure that words mean as the message of this code: elsewhere they mean something else, or other programs say the same.
///
/// The access portal of IAM Identity Center takes a session that has ended, or was never there, for nobody's:
/// <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>. What S3 calls expired under
/// `AccessDenied` is the URL, not the credentials that signed it:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>. An audience:
/// <https://repost.aws/knowledge-center/iam-oidc-idp-federation>.
pub(super) fn by_code_and_words(code: &str, message: &str) -> Option<Failure> {
    let starts = |words: &str| message.trim_start_matches([' ', '\n', '"', '\'', '`']).starts_with(words);
    match code {
        "InvalidIdentityToken" if message.contains("Incorrect token audience") => Some(Failure::TokenAudience),
        "UnauthorizedException" if message.contains(ENDED_SESSION) => Some(Failure::ExpiredCredentials),
        "AccessDenied" if starts("Request has expired") => Some(Failure::ExpiredUrl),
        _ => None,
    }
}

/// What the access portal of IAM Identity Center says.
pub(super) const ENDED_SESSION: &str = "Session token not found or invalid";

/// The operations of the access portal of IAM Identity Center, which has no other refusal under `UnauthorizedException` than of its session.
/// <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Operations.html>
const OF_PORTAL: [&str; 2] = ["GetRoleCredentials", "ListAccountRoles"];

/// The failure that a code means as the answer of an operation.
pub(super) fn by_code_and_operation(code: &str, operation: Option<&str>) -> Option<Failure> {
    (code == "UnauthorizedException" && OF_PORTAL.contains(&operation?)).then_some(Failure::ExpiredCredentials)
}

/// The signs in S3's answer to a presigned URL that is too old: when it ended, and what time it is.
const OF_OLD_URL: [&str; 3] = ["X-Amz-Expires", "<Expires>", "<ServerTime>"];

/// What words mean with this text around them.
pub(super) fn in_context(failure: Failure, words: &str, around: &str) -> Failure {
    let old = failure == Failure::ExpiredCredentials && words.starts_with("Request has expired");
    if old && OF_OLD_URL.iter().any(|sign| around.contains(sign)) { Failure::ExpiredUrl } else { failure }
}

/// Messages of S3 under `AccessDenied` about a request that is not signed as it must be, and one of Amazon `DataZone`, whose domain units
/// and projects decide who may do what.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>,
/// <https://repost.aws/knowledge-center/s3-presigned-url-signature-mismatch>,
/// <https://docs.aws.amazon.com/datazone/latest/userguide/user-management-portal.html>
const MESSAGES: [(&str, Failure); 6] = [
    ("Query-string authentication", Failure::Signature),
    ("There were headers present in the request which were not signed", Failure::Signature),
    ("AWS authentication requires a valid Date", Failure::Signature),
    ("Invalid date (should be seconds since epoch)", Failure::Signature),
    ("Invalid according to Policy", Failure::Signature),
    ("User is not permitted to perform operation", Failure::ApplicationAuthorization),
];

/// The failure that the words of an error's message mean, where they are too common to be searched for in other text.
pub(super) fn by_message(message: &str) -> Option<Failure> {
    let flat = head(message, 200).split_whitespace().collect::<Vec<_>>().join(" ");
    let flat = flat.trim_start_matches(['"', '\'', '`', ' ']);
    MESSAGES.iter().find(|(words, _)| flat.starts_with(words)).map(|(_, failure)| *failure)
}

/// The failure that words mean as the message of an error; in other text they are too common to mean anything.
pub(super) fn by_plain_words(message: &str, service: Option<&str>) -> Option<Failure> {
    let message = message.trim_start();
    if let Some(failure) = by_message(message) {
        return Some(failure);
    }
    if message.starts_with("Operation not allowed") {
        return Some(Failure::Entitlement);
    }
    // IAM Identity Center: the user is not assigned to the account and permission set
    // https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
    if message.starts_with("No access") {
        return Some(Failure::AccountAssignment);
    }
    if message.starts_with("Access is not allowed")
        && service.is_some_and(|name| matches!(name, "lakeformation" | "glue"))
    {
        return Some(Failure::LakeFormation);
    }
    None
}

/// Whether the text around a code of S3 names the host of another cloud.
pub(super) fn is_other_cloud(around: &str) -> bool {
    OTHERS.as_ref().is_some_and(|marks| marks.is_match(around))
}
