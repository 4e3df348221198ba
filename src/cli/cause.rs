//! `iamdx cause`: the page about a cause of denials, or the list of them.

use super::{Error, Exit, output};
use crate::diagnose::CAUSES;

/// Arguments of `cause`.
#[derive(Debug, clap::Args)]
pub(crate) struct CauseArgs {
    /// The id, as `finding` in a report; without it, the list
    id: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &CauseArgs) -> Result<Exit, Error> {
    let Some(id) = &args.id else {
        let width = CAUSES.iter().map(|cause| cause.id.len()).max().unwrap_or(0);
        let list: Vec<_> = CAUSES.iter().map(|cause| format!("{:<width$}  {}\n", cause.id, cause.summary())).collect();
        output::print(&list.concat())?;
        return Ok(Exit::Done);
    };
    match CAUSES.iter().find(|cause| cause.id == id) {
        Some(cause) => output::print(cause.page)?,
        None => return Err(Error::Usage(format!("there is no cause `{id}`; `iamdx cause` lists them"))),
    }
    Ok(Exit::Done)
}
