//! `iamdx cause`: the page about a cause of denials, or the list of them.

use super::{Error, Exit, output};
use crate::diagnose::{CAUSES, Cause};

/// Arguments of `cause`.
#[derive(Debug, clap::Args)]
pub(crate) struct CauseArgs {
    /// The id, as `finding` in a report; or words, for the causes whose pages have them; without it, the list
    id: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &CauseArgs) -> Result<Exit, Error> {
    if args.id.is_empty() {
        output::print(&list("", CAUSES.iter()))?;
        return Ok(Exit::Done);
    }
    let id = args.id.join(" ");
    if let Some(cause) = of_id(&id) {
        output::print(cause.page)?;
        return Ok(Exit::Done);
    }
    // a page that only has the word is not the page about it
    let about = about(&id);
    if about.is_empty() {
        return Err(Error::Usage(format!("{}, and no page has this word. {}", unknown(&id), near(&id))));
    }
    output::print(&list("iamdx cause ", about.into_iter()))?;
    Ok(Exit::Done)
}

/// The cause of this id, however it is written.
fn of_id(id: &str) -> Option<&'static Cause> {
    let plain = words(id).join("-");
    CAUSES.iter().find(|cause| cause.id == plain)
}

/// The cause of an id.
///
/// # Errors
/// When it is of none; with the ids that are near it.
#[cfg(feature = "mcp")]
pub(crate) fn find(id: &str) -> Result<&'static Cause, Error> {
    of_id(id).ok_or_else(|| Error::Usage(format!("{}. {}", unknown(id), near(id))))
}

fn unknown(id: &str) -> String {
    format!("no cause has the id `{id}`")
}

/// The ids that are written alike, then those whose pages have the words; all where there are none.
fn near(id: &str) -> String {
    let plain = words(id).join("-");
    let mut near: Vec<(usize, &Cause)> = CAUSES.iter().map(|cause| (distance(&plain, cause.id), cause)).collect();
    near.retain(|(distance, cause)| *distance * 3 <= cause.id.len());
    near.sort_by_key(|(distance, _)| *distance);
    let mut near: Vec<&str> = near.into_iter().map(|(_, cause)| cause.id).collect();
    for cause in about(id) {
        if !near.contains(&cause.id) {
            near.push(cause.id);
        }
    }
    if near.is_empty() {
        let all: Vec<&str> = CAUSES.iter().map(|cause| cause.id).collect();
        return format!("The causes are: {}", all.join(", "));
    }
    format!("Near it: {}", near.join(", "))
}

/// How many letters have to be put in, taken out or changed to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (place, letter) in one.chars().enumerate() {
        let (mut before, mut last) = (place, place + 1);
        for (cell, wanted) in row.iter_mut().skip(1).zip(other.chars()) {
            let changed = before + usize::from(letter != wanted);
            before = *cell;
            last = changed.min(last + 1).min(before + 1);
            *cell = last;
        }
    }
    row.last().copied().unwrap_or_default()
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
    // the beginning of a word counts: `permission` is about permissions; that of a short one says nothing, and a letter is no word
    let holds = |text: &str, word: &String| {
        let fits = |part: &str| if word.len() < 4 { part == word.as_str() } else { part.starts_with(word.as_str()) };
        word.len() > 1 && text.split(|c: char| !c.is_alphanumeric()).any(fits)
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
