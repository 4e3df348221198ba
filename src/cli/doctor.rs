//! `iamdx doctor`: what this identity may see, and the policy that each command needs.

use serde_json::value::RawValue;

use super::live::{self, AwsArgs};
use super::{Error, Exit, OutputArgs};
use crate::aws::{self, Caller, Checkup, Clients, LiveCommand};
use crate::report::sections::doctor::{Call, CommandPolicy, Identity, PermissionReport, Works};
use crate::report::{Detail, SCHEMA_VERSION};

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Print the table of calls and permissions, without asking AWS
    #[arg(long)]
    table: bool,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub(crate) fn run(args: &DoctorArgs) -> Result<Exit, Error> {
    if args.table {
        args.output.deliver(&aws::permissions_page())?;
        return Ok(Exit::Done);
    }
    let permission_check = live::run(async {
        let clients = Clients::new(&args.aws.settings()).await.map_err(aws::AwsError::from)?;
        let _progress = live::asking(&clients);
        aws::permission_check(&clients).await.map_err(Error::from)
    })?;
    args.output.answer(&report(permission_check)?, Detail::default())?;
    Ok(Exit::Done)
}

/// The permissions of a command that do not work, each once.
fn missing(permission_check: &Checkup, command: LiveCommand) -> Vec<&'static str> {
    let denied = permission_check
        .trials
        .iter()
        .filter(|trial| trial.works == aws::Works::Denied && trial.operation.commands.contains(&command));
    let mut names: Vec<_> = denied.filter_map(|trial| trial.operation.permission).collect();
    names.dedup();
    names
}

fn report(permission_check: Checkup) -> Result<PermissionReport, Error> {
    let mut policies = Vec::new();
    for command in LiveCommand::ALL {
        let policy = RawValue::from_string(aws::policy(command));
        let policy = policy.map_err(|error| Error::Input(format!("the policy cannot be written as JSON: {error}")))?;
        policies.push(CommandPolicy { command: command.name(), missing: missing(&permission_check, command), policy });
    }
    let calls = permission_check.trials.into_iter().map(|trial| Call {
        operation: trial.operation.id(),
        permission: trial.operation.permission,
        works: match trial.works {
            aws::Works::Yes => Works::Yes,
            aws::Works::Denied => Works::Denied,
            aws::Works::NoOrganization => Works::NoOrganization,
            aws::Works::Unknown => Works::Unknown,
        },
        said: trial.said,
        used_by: trial.operation.commands.iter().map(|command| command.name()).collect(),
    });
    let Caller { arn, account, .. } = permission_check.caller;
    let identity = Identity { arn, account };
    Ok(PermissionReport { schema_version: SCHEMA_VERSION, identity, calls: calls.collect(), policies })
}
