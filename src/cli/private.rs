//! `--redact` on standard error: remarks, failures and complaints about arguments name nobody either.

use std::borrow::Cow;
use std::sync::Mutex;

use super::inside;
use crate::report::InputNames;

/// There is something in it only where `--redact` is given.
static NAMES: Mutex<Option<InputNames>> = Mutex::new(None);

/// Looks for `--redact` in the arguments, before they are known to be good; whether it is there.
pub(crate) fn start(arguments: &[String], definition: impl FnOnce() -> clap::Command) -> bool {
    if !arguments.iter().any(|argument| argument == "--redact") {
        return false;
    }
    // what is needed by nobody else yet costs every start of the program a good part of its time
    let definition = definition();
    let options: Vec<&str> =
        definition.get_subcommands().flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_long).collect();
    let mut names = InputNames::default();
    for argument in arguments.iter().skip(1) {
        let own_option = argument.strip_prefix("--").map(|option| option.split_once('=').unwrap_or((option, "")));
        match own_option {
            Some((option, value)) if option == "redact" || options.contains(&option) => names.learn_argument(value),
            _ if definition.find_subcommand(argument).is_none() => names.learn_argument(argument),
            _ => {}
        }
    }
    let mut names = Some(names);
    if !inside::start_names(&mut names)
        && let Ok(mut known) = NAMES.lock()
    {
        *known = names;
    }
    true
}

/// Remembers the names of an input.
pub(crate) fn learn(text: &str) {
    if inside::learn_names(text) {
        return;
    }
    if let Ok(Some(names)) = NAMES.lock().as_deref_mut() {
        names.learn_input(text);
    }
}

/// Remembers what an argument names.
#[cfg(feature = "mcp")]
pub(crate) fn learn_argument(argument: &str) {
    if let Ok(Some(names)) = NAMES.lock().as_deref_mut() {
        names.learn_argument(argument);
    }
}

/// The text as it may be said.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    if let Some(text) = inside::redacted(text) {
        return text;
    }
    match NAMES.lock().as_deref() {
        Ok(Some(names)) => Cow::Owned(names.redacted(text)),
        _ => Cow::Borrowed(text),
    }
}
