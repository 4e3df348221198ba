//! `iamdx doctor`: what this identity may see, and the policy that each command needs.

use std::fmt::Write as _;

use super::live::{self, AwsArgs};
use super::{Error, Exit, Format, OutputArgs};
use crate::aws::{self, Checkup, Clients, LiveCommand, Works};
use crate::report::{printable, to_json};

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

/// The answer for programs.
#[derive(serde::Serialize)]
struct Answer<'a> {
    schema_version: u32,
    identity: Identity<'a>,
    calls: Vec<Call<'a>>,
    policies: Vec<CommandPolicy>,
}

#[derive(serde::Serialize)]
struct Identity<'a> {
    arn: &'a str,
    account: &'a str,
}

#[derive(serde::Serialize)]
struct Call<'a> {
    operation: String,
    permission: Option<&'a str>,
    works: Works,
    said: Option<&'a str>,
    used_by: Vec<&'static str>,
}

#[derive(serde::Serialize)]
struct CommandPolicy {
    command: &'static str,
    missing: Vec<&'static str>,
    policy: Box<serde_json::value::RawValue>,
}

/// Runs the command.
pub(crate) fn run(args: &DoctorArgs) -> Result<Exit, Error> {
    if args.table {
        args.output.deliver(&aws::permissions_page())?;
        return Ok(Exit::Done);
    }
    let permission_check = live::run(async {
        let clients = Clients::new(&args.aws.settings()).await.map_err(aws::AwsError::from)?;
        aws::permission_check(&clients).await.map_err(Error::from)
    })?;
    let answer = if args.output.format == Format::Json {
        format!("{}\n", to_json(&model(&permission_check)?, true))
    } else {
        text(&permission_check)
    };
    args.output.deliver(&answer)?;
    Ok(Exit::Done)
}

/// The permissions of a command that do not work, each once.
fn missing(permission_check: &Checkup, command: LiveCommand) -> Vec<&'static str> {
    let denied = permission_check
        .trials
        .iter()
        .filter(|trial| trial.works == Works::Denied && trial.operation.commands.contains(&command));
    let mut names: Vec<_> = denied.filter_map(|trial| trial.operation.permission).collect();
    names.dedup();
    names
}

fn model(permission_check: &Checkup) -> Result<Answer<'_>, Error> {
    let calls = permission_check.trials.iter().map(|trial| Call {
        operation: trial.operation.id(),
        permission: trial.operation.permission,
        works: trial.works,
        said: trial.said.as_deref(),
        used_by: trial.operation.commands.iter().map(|command| command.name()).collect(),
    });
    let mut policies = Vec::new();
    for command in LiveCommand::ALL {
        let policy = serde_json::value::RawValue::from_string(aws::policy(command));
        let policy = policy.map_err(|error| Error::Input(format!("the policy cannot be written as JSON: {error}")))?;
        policies.push(CommandPolicy { command: command.name(), missing: missing(permission_check, command), policy });
    }
    let identity = Identity { arn: &permission_check.caller.arn, account: &permission_check.caller.account };
    Ok(Answer { schema_version: 1, identity, calls: calls.collect(), policies })
}

fn text(permission_check: &Checkup) -> String {
    let mut text = format!(
        "IDENTITY  {} in account {}\n\nCALLS\n",
        printable(&permission_check.caller.arn),
        printable(&permission_check.caller.account)
    );
    let width = permission_check.trials.iter().map(|trial| trial.operation.id().len()).max().unwrap_or_default();
    for trial in &permission_check.trials {
        let works = match trial.works {
            Works::Yes => "works",
            Works::Denied => "denied",
            Works::NoOrganization => "no organization",
            Works::Unknown => "unknown",
        };
        let said = trial.said.as_deref().map_or_else(String::new, |said| format!(": {}", printable(said)));
        // writing to a string cannot fail
        let _ = writeln!(text, "  {:<width$}  {works}{said}", trial.operation.id());
    }
    for command in LiveCommand::ALL {
        let missing = missing(permission_check, command);
        let _ = writeln!(text, "\n{}", command.name().to_uppercase());
        if missing.is_empty() {
            let _ = writeln!(text, "  nothing that it needs is denied");
        } else {
            let _ = writeln!(text, "  missing: {}", missing.join(", "));
            let _ = writeln!(text, "  the least that it needs:");
            for line in aws::policy(command).lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text
}
