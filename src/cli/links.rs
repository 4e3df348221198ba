//! Whether the terminal has links, and what they become where it has not.

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::ColorChoice;

use crate::report::around_links;

static OFF: AtomicBool = AtomicBool::new(false);

/// `--color never`; and names that are replaced lead nowhere.
pub(crate) fn turn_off() {
    OFF.store(true, Ordering::Relaxed);
}

/// Whether an answer on standard output has links.
pub(crate) fn are_shown() -> bool {
    let stdout = io::stdout();
    // the crate takes a wish for more than a terminal
    let can = stdout.is_terminal() && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    can && !super::terminal::is_dumb() && !OFF.load(Ordering::Relaxed)
}

/// The text as it is written to a terminal with links, which whoever wants no colours may want all the same.
pub(crate) fn coloured(text: &str) -> String {
    match anstream::AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => around_links(text, |part| anstream::adapter::strip_str(part).to_string()),
        _ => text.to_owned(),
    }
}
