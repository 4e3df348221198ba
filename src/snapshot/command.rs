//! The commands that would show what is missing.

use crate::iam::{Command, Remark};

/// `iamdx snapshot`, with the file name that examples use.
pub(super) fn snapshot() -> Command {
    Command::new("iamdx snapshot --output snapshot.json")
}

/// The whole account at once.
pub(super) fn account() -> Command {
    Command::aws("iam get-account-authorization-details")
        .into_file("account.json")
        .note("then: --snapshot account.json")
}

/// What shows the document of a managed policy.
pub(super) fn managed_policy(arn: &str) -> Command {
    let version = Command::aws("iam get-policy")
        .option("--policy-arn", arn)
        .words("--query Policy.DefaultVersionId --output text");
    Command::aws("iam get-policy-version").option("--policy-arn", arn).output_of("--version-id", version)
}

/// Who asks, as iamdx takes it from behind the denial.
pub(super) fn caller() -> Command {
    Command::aws("sts get-caller-identity")
        .onto_file(DENIAL)
        .note(format!("{}; then: iamdx diagnose denial.txt", Remark::AsTheDenied))
}

/// The record of the call that made a session, which iamdx takes from behind the denial, too.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html>
pub(super) fn session(operation: &str, session: &str) -> Command {
    // a name cannot leave its quotes in the query either: <https://jmespath.org/specification.html#raw-string-literals>
    let session = session.replace('\'', "\\'");
    Command::aws("cloudtrail lookup-events --lookup-attributes")
        .word(format!("AttributeKey=EventName,AttributeValue={operation}"))
        .option("--query", &format!("Events[?contains(CloudTrailEvent, '{session}')].CloudTrailEvent"))
        .words("--output text")
        .onto_file(DENIAL)
        .note(Remark::RecordOfSession { federated: operation == "AssumeRole" }.to_string())
}

/// The policy of the VPC endpoint that a request came through.
pub(super) fn endpoint(id: &str, region: &str) -> Command {
    Command::aws("ec2 describe-vpc-endpoints")
        .option("--vpc-endpoint-ids", id)
        .region(region)
        .into_file("policy.json")
        .note("then: --vpc-endpoint-policy policy.json")
}

/// The file with the denial, as examples name it.
const DENIAL: &str = "denial.txt";
