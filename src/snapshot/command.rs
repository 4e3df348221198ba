//! The commands that would show what is missing.

use crate::iam::Command;

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
