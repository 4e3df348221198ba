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
        output::print(&list("", CAUSES.iter()))?;
        return Ok(Exit::Done);
    }
    match find(&args.id.join(" "))?.as_slice() {
        [only] => output::print(only.page)?,
        several => output::print(&list("iamdx cause ", several.iter().copied()))?,
    }
    Ok(Exit::Done)
}

/// The cause of an id, or those whose pages have the words; all for no word.
///
/// # Errors
/// When there is none.
pub(crate) fn find(id: &str) -> Result<Vec<&'static Cause>, Error> {
    let plain = words(id).join("-");
    if id.is_empty() {
        return Ok(CAUSES.iter().collect());
    }
    if let Some(cause) = CAUSES.iter().find(|cause| cause.id == plain) {
        return Ok(vec![cause]);
    }
    let found = about(id);
    if found.is_empty() {
        let ids: Vec<&str> = CAUSES.iter().map(|cause| cause.id).collect();
        return Err(Error::Usage(format!(
            "no page about a cause has the word `{id}`. The causes are: {}",
            ids.join(", ")
        )));
    }
    Ok(found)
}

/// Causes with the first sentence of their pages, a line each.
pub(crate) fn list<'c>(before: &str, causes: impl Iterator<Item = &'c Cause> + Clone) -> String {
    let width = causes.clone().map(|cause| cause.id.len()).max().unwrap_or(0);
    let lines = causes.map(|cause| format!("{before}{:<width$}  {}\n", cause.id, cause.summary()));
    lines.collect::<Vec<_>>().concat()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The causes that have all the words in their id, in the first sentence of their page, or in its text, in this order.
fn about(id: &str) -> Vec<&'static Cause> {
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
    found.into_iter().map(|(_, cause)| cause).collect()
}
