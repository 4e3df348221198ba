//! What a form is: a way in which an error is written, and who reads it.

use super::facts::DenialKind::{self, IamDenial, OtherFailure};
use super::failure::Failure;
use Reader::{Code, PartOfSentence, Sentence, Service};

/// One way in which an error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// The stable name.
    pub id: &'static str,
    /// The words or the error code that the text contains, in the case in which AWS writes them.
    pub phrase: &'static str,
    /// What such an error is, unless its message says more.
    pub kind: DenialKind,
    /// How it is read.
    pub(super) reader: Reader,
    /// A page that documents it.
    pub doc_url: &'static str,
    /// A text in this form.
    pub example: &'static str,
}

impl Form {
    /// What it is, if it is no denial.
    pub(super) const fn failure(&self) -> Option<Failure> {
        match self.kind {
            OtherFailure(failure) => Some(failure),
            IamDenial => None,
        }
    }

    /// Whether it is an error code that means a denial.
    pub(super) fn is_denial_code(&self) -> bool {
        self.reader == Code && self.kind == IamDenial
    }
}

/// How an error is read once its phrase is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The general sentence: `User: P is not authorized to perform: A on resource: R`.
    Sentence,
    /// A part of the general sentence whose beginning is missing.
    PartOfSentence,
    /// The header of the AWS CLI and of boto3.
    CommandLine,
    /// The header of the Go SDK.
    Go,
    /// The trailer of the Java SDKs.
    Java,
    /// An error code.
    Code,
    /// Words that say what else failed.
    Words,
    /// A message that one service writes in words of its own.
    Service(ServiceMessage),
    /// The status that an HTTP client reports, with the address beside it.
    HttpClient,
    /// An error that an SDK or a tool prints without AWS's code.
    Short(ShortError),
    /// The box of the console.
    ConsoleBox,
    /// The label of an encoded authorization message.
    EncodedMessage,
    /// A decoded authorization message.
    DecodedMessage,
    /// A line of an S3 server access log.
    AccessLog,
}

impl Reader {
    /// Whether the form is the general sentence or a part of it.
    pub(super) const fn is_sentence(self) -> bool {
        matches!(self, Sentence | PartOfSentence)
    }

    /// Whether the form is a message about who may do what, beside which the general sentence may be found.
    pub(super) const fn is_message(self) -> bool {
        matches!(self, Sentence | PartOfSentence | Service(_))
    }
}

/// Denials that one service writes in words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceMessage {
    /// EC2: `You are not authorized to perform this operation.`
    Ec2Operation,
    /// The event of a network activity.
    VpcEndpoint,
    /// AWS CDK: `could not be used to assume`.
    AssumeRole,
    /// Secrets Manager and others: `Access to KMS is not allowed`.
    Kms,
    /// AWS KMS, in words that it no longer uses.
    KmsCiphertext,
    /// SQS, in words that it no longer uses.
    Sqs,
    /// S3 through .NET and Java, without a code: `S3Exception: Access Denied`.
    S3Exception,
    /// S3 through `CloudFormation`: `API: s3:CreateBucket Access Denied`.
    S3OfStack,
    /// AWS Lambda: `... have permission to GetObject for BUCKET/KEY`.
    S3ForCaller,
    /// Bedrock `AgentCore`: `The execution role requires permissions for A, B, and C operations`.
    ExecutionRole,
    /// EC2 Auto Scaling: `You are not authorized to use launch template: lt-...`.
    LaunchTemplate,
    /// `Failed to create service linked role ... due to missing permissions for '...'`.
    ServiceLinkedRole,
}

/// Tools and SDKs that leave AWS's code out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShortError {
    /// Amazon Redshift: `S3ServiceException:Access Denied,Status 403,Error AccessDenied`.
    Redshift,
    /// AWS Tools for `PowerShell`: the class comes behind the message.
    PowerShell,
    /// .NET, about an answer without a body.
    DotNet,
    /// Rust, about an answer without a body.
    Rust,
    /// JavaScript, about an answer without a body.
    JavaScript,
    /// Apache Arrow: `AWS Error ACCESS_DENIED during HeadObject operation`.
    Arrow,
    /// AWS CDK: `exists, but we dont have access to it`.
    CdkBucket,
    /// botocore, of a login that was never made: `Token for NAME does not exist`.
    SsoToken,
    /// `minio-go`, which prints S3's message alone.
    ObjectStore,
}
