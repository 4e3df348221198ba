//! `simulate`: whether a request would be allowed, by which statements; one request, or a file of cases.

use serde_json::json;

use super::batch::{Sink, each};
use super::diagnose::ContextArgs;
use super::who::{self, Question};
use super::{Error, Exit, OutputArgs, PolicyArgs};
use crate::iam::{Action, Hints};
use crate::report::printable;

/// Arguments of `simulate`.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// A file of cases, or `-`: JSON lines, a JSON array, or one object; one answer a line, as JSON
    #[arg(long, value_name = "FILE", conflicts_with = "who")]
    batch: Option<String>,
    /// List the users and roles of the snapshot that are allowed the action on the resource, each by which statement
    #[arg(long, requires_all = ["action", "resource"])]
    who: bool,
    /// The action, for example s3:GetObject
    #[arg(long, value_name = "ACTION")]
    action: Option<Action>,
    /// The ARN of the resource; `*` for actions without resources
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,
    /// The account that owns the resource, where its ARN does not tell
    #[arg(long, value_name = "ACCOUNT")]
    resource_account: Option<String>,
    #[command(flatten)]
    context: ContextArgs,
    #[command(flatten)]
    policies: PolicyArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs `simulate`.
///
/// # Errors
/// When the input cannot be read or the answer not be written.
pub(crate) fn run(args: &SimulateArgs) -> Result<Exit, Error> {
    if let Some(path) = &args.batch {
        return batch(path, args.output.output.as_deref());
    }
    match (args.who, &args.action, &args.resource) {
        (true, Some(action), Some(resource)) => {
            let question = Question {
                action: action.clone(),
                resource: resource.clone(),
                hints: Hints { resource_account: args.resource_account.clone(), ..args.context.clone().hints() },
            };
            who::run(&args.policies.read()?, &question, &args.output)
        }
        _ => Err(Error::Usage("give `--batch FILE`, or `--who --action ACTION --resource ARN`".to_owned())),
    }
}

/// Every case of a file, one line an answer; a line that cannot be read is answered by an error.
fn batch(path: &str, output: Option<&str>) -> Result<Exit, Error> {
    let mut sink = Sink::open(output)?;
    let mut unreadable = 0usize;
    let mut cases = 0usize;
    each(
        path,
        |text| match text.case() {
            Ok(case) => serde_json::to_string(&case.answer()).map_err(|error| error.to_string()),
            Err(unreadable) => Err(json!({
                "id": unreadable.id,
                "line": unreadable.place,
                "error": printable(&unreadable.error.to_string()),
            })
            .to_string()),
        },
        |line| {
            cases += 1;
            match line {
                Ok(line) => sink.line(&line),
                Err(line) => {
                    unreadable += 1;
                    sink.line(&line)
                }
            }
        },
    )?;
    sink.close()?;
    if cases == 0 {
        return Err(Error::Input(format!("`{path}` holds no case")));
    }
    Ok(if unreadable == 0 { Exit::Done } else { Exit::BadInput })
}
