//! The command line: one file per subcommand, and what they share.
//!
//! This layer reads files, knows the terminal, and decides the exit code. Everything else is the library's.

mod batch;
pub mod call;
mod caller;
mod cause;
mod changed;
mod checkout;
mod diagnose;
mod diff;
#[cfg(feature = "live")]
mod doctor;
mod error;
mod exit;
mod explain;
mod file;
mod files;
mod folder;
mod generated;
mod given;
mod help;
mod hook;
mod input;
mod inputs;
mod inside;
mod known_secrets;
mod large;
mod large_file;
mod links;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "mcp")]
mod mcp;
mod meaning;
mod ndjson;
#[cfg(not(all(feature = "bedrock-live", feature = "mcp")))]
mod not_built;
#[cfg(not(feature = "live"))]
mod offline;
mod output;
mod pager;
mod policies;
mod private;
#[cfg(feature = "bedrock-live")]
mod probe;
mod progress;
mod reference;
mod run;
mod secrets;
mod simulate;
#[cfg(feature = "live")]
mod snapshot;
mod snapshot_diff;
mod terminal;
mod test;
mod told;
mod trail;
pub mod triage;
mod unseen;
mod who_can;
mod write_remedies;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{FromArgMatches as _, Parser, Subcommand};

pub(crate) use error::Error;
pub(crate) use exit::Exit;
pub(crate) use inputs::InputArgs;
pub(crate) use output::OutputArgs;
pub(crate) use policies::PolicyArgs;

/// Reads an AWS access denial and tells which statement blocked it and what to change.
#[derive(Debug, Parser)]
#[command(name = "iamdx", version, long_version = version(), about, disable_help_subcommand = true, max_term_width = 100)]
struct Cli {
    /// Colours: auto, always or never (NO_COLOR is honoured)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Colour,
    /// No pager for an answer that is longer than the terminal (PAGER names it; less if it is not set)
    #[arg(long, global = true)]
    no_pager: bool,
    #[command(subcommand)]
    command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read a denial out of any text: who, what, on what, which policy type, explicit or implicit
    Explain(explain::ExplainArgs),
    /// Say why a request was denied, by which statement, and what to change
    Diagnose(Box<diagnose::DiagnoseArgs>),
    /// Run a command as it is, and explain the denial that it meets
    Run(Box<run::RunArgs>),
    /// Say whether a request would be allowed, and by which statements
    Simulate(Box<simulate::SimulateArgs>),
    /// Check the expectations of files of cases
    Test(test::TestArgs),
    /// Tell what new policies allow or deny that old ones did not; exit 1 on new access
    Diff(diff::DiffArgs),
    /// Group the denials of CloudTrail files by their cause, and say what stands out
    Triage(Box<triage::TriageArgs>),
    /// Collect the account's and the organization's policies into a file for offline use
    #[cfg(feature = "live")]
    Snapshot(snapshot::SnapshotArgs),
    /// Try which models this identity may call, and say why not the others
    #[cfg(feature = "bedrock-live")]
    Probe(probe::ProbeArgs),
    /// Try which calls this identity may make, and print the policy that each command needs
    #[cfg(feature = "live")]
    Doctor(doctor::DoctorArgs),
    /// Not in this build: it asks AWS
    #[cfg(not(feature = "live"))]
    #[command(hide = true)]
    Snapshot(not_built::AnyArgs),
    /// Not in this build: it calls Amazon Bedrock
    #[cfg(not(feature = "bedrock-live"))]
    #[command(hide = true)]
    Probe(not_built::AnyArgs),
    /// Not in this build: it asks AWS
    #[cfg(not(feature = "live"))]
    #[command(hide = true)]
    Doctor(not_built::AnyArgs),
    /// Print the page about a cause of denials, or the list of causes
    Cause(cause::CauseArgs),
    /// Answer agents by the Model Context Protocol (MCP) on standard input and output
    #[cfg(feature = "mcp")]
    Mcp(Box<mcp::McpArgs>),
    /// Not in this build: it speaks the Model Context Protocol
    #[cfg(not(feature = "mcp"))]
    #[command(hide = true)]
    Mcp(not_built::AnyArgs),
    /// Print the JSON schema of the report
    Schema,
    /// Print a completion script for a shell
    Completions(generated::CompletionsArgs),
    /// Print a shell function that explains, on request, why the last command was denied
    Hook(hook::HookArgs),
    /// Print the manual page
    Man,
    /// Print this help, the help of a command, or the exit codes (`help exit-codes`)
    Help(HelpArgs),
}

#[derive(Debug, clap::Args)]
struct HelpArgs {
    /// A command, or `exit-codes`
    topic: Vec<String>,
}

/// Runs the command line and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(main_with(std::env::args_os().collect()))
}

/// The same with other arguments than those of the process, the name of the program first.
pub(crate) fn main_with(given: Vec<OsString>) -> u8 {
    exit_of(given).code()
}

/// What this program was given, without its name.
static ARGUMENTS: OnceLock<Vec<String>> = OnceLock::new();

fn exit_of(given: Vec<OsString>) -> Exit {
    let arguments: Vec<String> = given.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    for argument in &arguments {
        secrets::learn(argument);
    }
    let _ = ARGUMENTS.set(arguments.iter().skip(1).cloned().collect());
    if private::start(&arguments, definition) {
        links::turn_off();
    }
    // what stands after `--` is a command's, byte by byte
    let own = arguments.iter().take_while(|argument| *argument != "--").count();
    let taken = arguments.iter().take(own).map(OsString::from).chain(given.into_iter().skip(own));
    let cli = definition().try_get_matches_from(taken).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return exit::usage(error),
    };
    if cli.no_pager {
        pager::turn_off();
    }
    match cli.color {
        Colour::Auto => {}
        Colour::Always => anstream::ColorChoice::Always.write_global(),
        Colour::Never => {
            anstream::ColorChoice::Never.write_global();
            links::turn_off();
        }
    }
    match run(cli.command) {
        Ok(exit) => exit,
        Err(error) => exit::failed(&error),
    }
}

fn run(command: Command) -> Result<Exit, Error> {
    match command {
        Command::Run(args) => run::run(*args),
        Command::Simulate(args) => simulate::run(*args),
        Command::Test(args) => test::run(&args),
        Command::Diagnose(args) => diagnose::run(*args),
        Command::Triage(args) => triage::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Cause(args) => cause::run(&args),
        #[cfg(feature = "mcp")]
        Command::Mcp(args) => mcp::run(&args),
        #[cfg(not(feature = "mcp"))]
        Command::Mcp(_) => not_built::mcp(),
        Command::Schema => generated::schema(),
        Command::Completions(args) => generated::completions(&args),
        Command::Hook(args) => hook::run(&args),
        Command::Man => generated::man(),
        Command::Explain(args) => explain::run(&args),
        #[cfg(feature = "live")]
        Command::Snapshot(args) => snapshot::run(&args),
        #[cfg(feature = "bedrock-live")]
        Command::Probe(args) => probe::run(&args),
        #[cfg(feature = "live")]
        Command::Doctor(args) => doctor::run(&args),
        #[cfg(not(feature = "live"))]
        Command::Snapshot(_) => not_built::run("iamdx snapshot", "live"),
        #[cfg(not(feature = "bedrock-live"))]
        Command::Probe(_) => not_built::run("iamdx probe", not_built::PROBE),
        #[cfg(not(feature = "live"))]
        Command::Doctor(_) => not_built::run("iamdx doctor", "live"),
        Command::Help(args) => exit::help(&args.topic),
    }
}

/// The version, and the date of the facts about AWS that come with it.
fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    let date = crate::reference::Reference::embedded().date();
    VERSION.get_or_init(|| format!("{}\nservice reference of {date}", env!("CARGO_PKG_VERSION")))
}

/// The definition of the command line, for help, completions and the man page.
fn definition() -> clap::Command {
    help::with_examples(output::with_formats(<Cli as clap::CommandFactory>::command(), None), "")
}
