//! A pager for what is longer than the terminal, as git has it: `PAGER`, else less; none with `--no-pager`.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that starts the pager")]

use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::ColorChoice;

use super::file::interrupted;
use super::terminal::is_dumb;
use crate::report::{rows, without_links};

static OFF: AtomicBool = AtomicBool::new(false);

/// `--no-pager`.
pub(crate) fn turn_off() {
    OFF.store(true, Ordering::Relaxed);
}

/// Shows the text in a pager; false where there is none to be used, or none that starts.
pub(crate) fn shown(text: &str) -> bool {
    let stdout = io::stdout();
    if OFF.load(Ordering::Relaxed) || !stdout.is_terminal() || is_dumb() || !is_longer(text) {
        return false;
    }
    // not every pager takes links
    let text = without_links(text);
    let Some(mut pager) = program().and_then(|program| start(&program)) else {
        return false;
    };
    let text = match anstream::AutoStream::choice(&stdout) {
        ColorChoice::Never => anstream::adapter::strip_str(&text).to_string(),
        _ => text,
    };
    // Ctrl-C is the pager's: less goes on with it, and this process must not leave it alone with the terminal
    interrupted::hold(true);
    if let Some(mut to) = pager.stdin.take() {
        // whoever closes the pager early has seen enough
        let _ = to.write_all(text.as_bytes());
    }
    let ended = pager.wait();
    interrupted::hold(false);
    // what a shell says of a program that it cannot start
    !ended.is_ok_and(|ended| matches!(ended.code(), Some(126 | 127)))
}

fn is_longer(text: &str) -> bool {
    let size = terminal_size::terminal_size();
    size.is_some_and(|(terminal_size::Width(columns), terminal_size::Height(lines))| {
        rows(&anstream::adapter::strip_str(&without_links(text)).to_string(), usize::from(columns)) > usize::from(lines)
    })
}

/// The command of the pager; an empty one, or `cat`, is none.
fn program() -> Option<String> {
    let program = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let program = program.trim();
    (!program.is_empty() && program != "cat").then(|| program.to_owned())
}

/// Starts it: by itself where it is one word, else by a shell, as every program does it.
fn start(program: &str) -> Option<Child> {
    let plain = program.chars().all(|c| c.is_ascii_alphanumeric() || "/._+-".contains(c));
    let mut command = if plain || !cfg!(unix) {
        let mut words = program.split_whitespace();
        let mut command = Command::new(words.next()?);
        command.args(words);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", program]);
        command
    };
    if std::env::var_os("LESS").is_none() {
        // ends at once where it fits, shows colours, leaves the text on the screen
        command.env("LESS", "FRX");
    }
    command.stdin(Stdio::piped()).spawn().ok()
}
