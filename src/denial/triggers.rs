//! Every wording that begins an error: what to look for in a cleaned text, and in the raw input before that.

use std::sync::LazyLock;

use super::Failure;
use super::non_iam_failures;

/// What a wording announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    /// `not authorized`: the general sentence.
    Sentence,
    /// The error of the AWS CLI and of boto3.
    CommandLine,
    /// The error of the Go SDK.
    Go,
    /// The trailer of the Java SDKs.
    Java,
    /// An error code that means a denial.
    DenialCode,
    /// An error code that means something else.
    FailureCode(Failure),
    /// Words that mean something else.
    Words(Failure),
    /// A denial in words of its own.
    Text(Text),
    /// The label of an encoded message.
    Encoded,
    /// A decoded message.
    Decoded,
    /// A line of an S3 server access log.
    AccessLog,
    /// Part of a sentence whose beginning a terminal broke.
    Broken,
}

/// Denials that are not the general sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// EC2: `You are not authorized to perform this operation.`
    Operation,
    /// A network activity event.
    VpcEndpoint,
    /// CDK: `could not be used to assume`.
    Assume,
    /// Secrets Manager and others: `Access to KMS is not allowed`.
    Kms,
    /// The old text of KMS.
    Ciphertext,
    /// The old text of SQS.
    Queue,
    /// S3 through .NET and Java, without a code: `S3Exception: Access Denied`.
    Storage,
    /// S3 through `CloudFormation`: `API: s3:CreateBucket Access Denied`.
    StackCall,
    /// `Failed to create service linked role ... due to missing permissions for '...'`.
    ServiceLinkedRole,
}

/// Wordings of denials.
const DENIALS: [(&str, Trigger); 41] = [
    ("not authorized", Trigger::Sentence),
    ("Not authorized", Trigger::Sentence),
    ("occurred (", Trigger::CommandLine),
    ("operation error ", Trigger::Go),
    ("https response error", Trigger::Go),
    ("response error StatusCode: 4", Trigger::Go),
    ("tatus Code: 403", Trigger::Java),
    ("AccessDenied", Trigger::DenialCode),
    ("AccessForbidden", Trigger::DenialCode),
    ("UnauthorizedOperation", Trigger::DenialCode),
    ("UnauthorizedAccess", Trigger::DenialCode),
    ("UnauthorizedRequest", Trigger::DenialCode),
    ("NotAuthorized", Trigger::DenialCode),
    ("AuthorizationError", Trigger::DenialCode),
    ("AuthorizationException", Trigger::DenialCode),
    ("api error Forbidden", Trigger::DenialCode),
    ("Forbidden: Forbidden", Trigger::DenialCode),
    ("Forbidden: null", Trigger::DenialCode),
    ("S3::Errors::Forbidden", Trigger::DenialCode),
    ("You are not authorized to perform this operation", Trigger::Text(Text::Operation)),
    ("denied due to a VPC endpoint policy", Trigger::Text(Text::VpcEndpoint)),
    ("could not be used to assume", Trigger::Text(Text::Assume)),
    ("Access to KMS is not allowed", Trigger::Text(Text::Kms)),
    ("refers to a customer master key that does not exist", Trigger::Text(Text::Ciphertext)),
    ("Access to the resource http", Trigger::Text(Text::Queue)),
    ("API: s3:", Trigger::Text(Text::StackCall)),
    ("S3Exception: null (Service", Trigger::Text(Text::Storage)),
    ("S3Exception: Access Denied", Trigger::Text(Text::Storage)),
    ("due to missing permissions for", Trigger::Text(Text::ServiceLinkedRole)),
    ("ncoded authorization failure message", Trigger::Encoded),
    ("\"explicitDeny\"", Trigger::Decoded),
    (" 403 AccessDenied ", Trigger::AccessLog),
    ("with an explicit deny in", Trigger::Broken),
    ("on resource: arn", Trigger::Broken),
    ("authorized to perform:", Trigger::Broken),
    ("based policy allows", Trigger::Broken),
    ("control policy allows", Trigger::Broken),
    ("boundary allows the", Trigger::Broken),
    ("session policy allows", Trigger::Broken),
    ("endpoint policy allows", Trigger::Broken),
    ("trust policy allows", Trigger::Broken),
];

/// Every wording and what it announces, the phrases of denials first.
pub(super) static ALL: LazyLock<Vec<(&'static str, Trigger)>> = LazyLock::new(|| {
    let codes = non_iam_failures::CODES.iter().map(|(code, failure)| (*code, Trigger::FailureCode(*failure)));
    let words = non_iam_failures::PHRASES.iter().map(|(words, failure)| (*words, Trigger::Words(*failure)));
    DENIALS.iter().copied().chain(codes).chain(words).collect()
});
