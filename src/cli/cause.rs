//! `iamdx cause`: the page about a cause of denials, or the list of them.

use super::{Error, Exit, output};
use crate::diagnose::{CAUSES, Cause};

/// Arguments of `cause`.
#[derive(Debug, clap::Args)]
pub(crate) struct CauseArgs {
    /// The id, as `finding` in a report, or words of its page; without it, the list
    id: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &CauseArgs) -> Result<Exit, Error> {
    if args.id.is_empty() {
        let width = CAUSES.iter().map(|cause| cause.id.len()).max().unwrap_or(0);
        let list: Vec<_> = CAUSES.iter().map(|cause| format!("{:<width$}  {}\n", cause.id, cause.summary())).collect();
        output::print(&list.concat())?;
        return Ok(Exit::Done);
    }
    let id = args.id.join(" ");
    let plain = words(&id).join("-");
    match CAUSES.iter().find(|cause| cause.id == plain) {
        Some(cause) => output::print(cause.page)?,
        None => return Err(Error::Usage(unknown(&id))),
    }
    Ok(Exit::Done)
}

/// Causes that are named for an unknown id.
const MOST: usize = 5;

/// What is said of an id that no cause has: the causes whose pages are about these words.
fn unknown(id: &str) -> String {
    let near = near(id);
    if near.is_empty() {
        return format!("there is no cause `{id}`; `iamdx cause` lists them");
    }
    let width = near.iter().map(|cause| cause.id.len()).max().unwrap_or(0);
    let lines: Vec<String> =
        near.iter().map(|cause| format!("\n  iamdx cause {:<width$}  {}", cause.id, cause.summary())).collect();
    format!("there is no cause `{id}`; pages that speak of it:{}", lines.concat())
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The causes that have all the words in their id, in the first sentence of their page, or in its text, in this order.
fn near(id: &str) -> Vec<&'static Cause> {
    let words = words(id);
    let places = |cause: &Cause| [cause.id.to_lowercase(), cause.summary().to_lowercase(), cause.page.to_lowercase()];
    // the beginning of a word counts: `permission` is about permissions
    let holds = |text: &str, word: &String| {
        text.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word.as_str()))
    };
    let rank = |cause: &'static Cause| {
        let place = places(cause).iter().position(|text| words.iter().all(|word| holds(text, word)))?;
        Some((place, cause))
    };
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<_> = CAUSES.iter().filter_map(rank).collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, cause)| cause).take(MOST).collect()
}
