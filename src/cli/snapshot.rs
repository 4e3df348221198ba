//! `iamdx snapshot`: the account's and the organization's policies in a file.

use std::fmt::Write as _;

use super::live::{self, AwsArgs};
use super::{Error, Exit, output};
use crate::aws::{self, Clients};
use crate::report::printable;
use crate::snapshot::{NodeFile, SnapshotFile};

/// Arguments of `snapshot`.
#[derive(Debug, clap::Args)]
pub(crate) struct SnapshotArgs {
    /// The file to write: whole or not at all, and readable by its owner only
    #[arg(short, long, value_name = "FILE")]
    output: String,
    #[command(flatten)]
    aws: AwsArgs,
}

/// Runs the command.
pub(crate) fn run(args: &SnapshotArgs) -> Result<Exit, Error> {
    let file = live::run(async {
        let clients = Clients::new(&args.aws.settings()).await.map_err(aws::AwsError::from)?;
        let progress = live::asking(&clients);
        let say = |text: &str| progress.say(text);
        Box::pin(aws::account(&clients, &say)).await.map_err(Error::from)
    })?;
    output::write_file_with(&args.output, |out| file.write(out))?;
    output::print(&summary(&args.output, &file))?;
    Ok(Exit::Done)
}

/// What was collected, and what was not.
fn summary(path: &str, file: &SnapshotFile<'_>) -> String {
    let mut text = format!("{}\n", printable(path));
    for account in &file.accounts {
        let details = &account.details;
        let count = |length: Option<usize>| length.unwrap_or_default();
        // writing to a string cannot fail
        let _ = writeln!(
            text,
            "  account {}: {} users, {} groups, {} roles, {} managed policies",
            account.id,
            count(details.user_detail_list.as_ref().map(Vec::len)),
            count(details.group_detail_list.as_ref().map(Vec::len)),
            count(details.role_detail_list.as_ref().map(Vec::len)),
            count(details.policies.as_ref().map(Vec::len)),
        );
        if account.in_organization == Some(false) {
            let _ = writeln!(text, "  account {} belongs to no organization", account.id);
        }
    }
    if let Some(organization) = &file.organization {
        let (units, accounts) = organization.root.as_ref().map_or((0, 0), size);
        let _ = writeln!(
            text,
            "  organization {}: {units} units, {accounts} accounts, {} policies",
            printable(&organization.id),
            organization.policies.len()
        );
    }
    if file.gaps.is_empty() {
        text.push_str("  no gaps\n");
    }
    for gap in &file.gaps {
        let of = gap.of.as_deref().map_or_else(String::new, |of| format!(" of {of}"));
        let what = gap.policy_type.as_deref().map_or_else(String::new, |policy_type| format!(" ({policy_type})"));
        let needs = gap.permission.as_deref().map_or_else(String::new, |name| format!("; it needs {name}"));
        let said = gap.error.as_deref().unwrap_or("refused");
        let _ = writeln!(text, "  gap: {}{of}{what}: {}{needs}", gap.operation, printable(said));
    }
    text
}

/// Units and accounts below a node.
fn size(node: &NodeFile<'_>) -> (usize, usize) {
    let below = node.organizational_units.iter().map(size);
    below.fold((node.organizational_units.len(), node.accounts.len()), |all, one| (all.0 + one.0, all.1 + one.1))
}
