//! `iamdx run -- COMMAND...`: runs a command as it is, and explains the denial that it met.

mod child;
mod kept;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod terminal;

use std::ffi::OsString;

use super::diagnose::{self, KnownArgs};
use super::{Error, Exit, OutputArgs, output};
use crate::report::{Detail, Length};
use crate::text::{Source, decode};

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    known: KnownArgs,
    /// Look at what the command writes to standard output, too
    #[arg(long)]
    stdout: bool,
    /// Say nothing where there is no denial
    #[arg(short, long)]
    quiet: bool,
    /// One screen for each denial instead of three lines
    #[arg(long, conflicts_with = "all")]
    screen: bool,
    /// The whole report
    #[arg(long)]
    all: bool,
    /// Replace account ids, names and ids by stable pseudonyms
    #[arg(long)]
    redact: bool,
    #[command(flatten)]
    output: OutputArgs,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command, then says what denied it. The exit code is the command's, whatever is found.
pub(crate) fn run(args: RunArgs) -> Result<Exit, Error> {
    #[cfg(not(feature = "live"))]
    args.known.live.refuse()?;
    let ended = child::run(&args.command, args.stdout)?;
    output::left(ended.line);
    let mut exit = Exit::OfCommand(ended.code);
    if let Some(error) = ended.written.lost() {
        output::complain(&format!("what the command wrote could not be passed on: {error}"));
        // as a command fails that finds it out itself
        exit = Exit::OfCommand(if ended.code == 0 { 1 } else { ended.code });
    }
    // the command has done its work: what goes wrong from here on is said, and changes nothing
    if let Err(error) = explain(args, &ended) {
        output::complain(&error.to_string());
    }
    Ok(exit)
}

fn explain(args: RunArgs, ended: &child::Ended) -> Result<(), Error> {
    let text = decode(ended.written.text());
    super::input::learn(&text);
    let source = Source::new("what the command wrote", text);
    let (denials, secret_seen) = super::told::denials_of(&source);
    if denials.is_empty() {
        if !args.quiet && ended.code != 0 {
            let left_out = ended.written.left_out();
            let but = if left_out == 0 {
                String::new()
            } else {
                format!(" ({left_out} bytes in the middle were not looked at)")
            };
            output::note(&format!("no denial by AWS in what the command wrote{but}"));
        }
        return Ok(());
    }
    let (mut reports, failed) = match args.known.diagnose(&source, &denials, &|_| secret_seen) {
        Ok(told) => told,
        // the command cannot be run again to see it: without the files, what its text tells is said all the same
        Err(error) => (KnownArgs::default().diagnose(&source, &denials, &|_| secret_seen)?.0, Some(error)),
    };
    if args.redact {
        diagnose::redact(&mut reports);
    }
    let length = match (args.all, args.screen) {
        (true, _) => Length::All,
        (_, true) => Length::Screen,
        _ => Length::Brief,
    };
    let style = output::style(&args.output);
    let answer = args.output.format.write(&reports, Detail { length, verbose: false }, style);
    match &args.output.output {
        Some(_) => {
            if let Err(error) = args.output.deliver(&answer) {
                output::after_command(&answer);
                return Err(error);
            }
        }
        None => output::after_command(&answer),
    }
    failed.map_or(Ok(()), Err)
}
