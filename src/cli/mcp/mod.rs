//! `iamdx mcp`: the same answers for agents, by the Model Context Protocol over standard input and output.
//!
//! What a tool answers is what a command answers: the same functions, without a process in between. Nothing is changed anywhere, and
//! standard output carries the protocol alone.

mod answer;
mod asked;
mod bounded;
mod fits;
mod given;
mod message;
mod pages;
mod roots;
mod schema;
mod server;
mod shown;
mod tools;
mod transport;
mod work;

use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio_pipes;

#[cfg(feature = "live")]
use super::live::AwsArgs;
use super::{Error, Exit, inside, output, progress};
use roots::Roots;
use server::Server;
use transport::Stdio;
use work::Limits;

/// Arguments of `mcp`.
#[derive(Debug, clap::Args)]
pub(crate) struct McpArgs {
    /// A folder whose files tools may read by their paths; may be repeated. Without it no file is read
    #[arg(long, value_name = "DIR")]
    root: Vec<String>,
    /// Replace account ids, names and ids by stable pseudonyms in everything that is answered
    #[arg(long)]
    redact: bool,
    /// Bytes that the texts and files of one call may have together, unpacked
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, help_heading = "Limits")]
    max_bytes: u64,
    /// Seconds that one call may take, waiting included
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "120", help_heading = "Limits")]
    max_time: Duration,
    /// Calls that are worked on at a time
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=64), default_value_t = 4, help_heading = "Limits")]
    max_parallel: u16,
    /// Let tools collect from AWS what a denial needs, with the credentials of --profile
    #[cfg(feature = "live")]
    #[arg(long, requires = "profile", help_heading = "AWS")]
    live: bool,
    /// Offer the tool `probe_bedrock`, which calls models with one token each
    #[cfg(feature = "bedrock-live")]
    #[arg(long, requires = "profile", help_heading = "AWS")]
    allow_calls: bool,
    /// With --allow-calls: US dollars that all calls of models together may cost
    #[cfg(feature = "bedrock-live")]
    #[arg(long, value_name = "USD", requires = "allow_calls", default_value_t = crate::probe::MAX_USD, help_heading = "AWS")]
    max_usd: f64,
    #[cfg(feature = "live")]
    #[command(flatten)]
    aws: AwsArgs,
    #[cfg(not(feature = "live"))]
    #[command(flatten)]
    live: super::offline::LiveArgs,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
    let expected = || "a number of seconds between 0.1 and 3600 is expected".to_owned();
    seconds.map(Duration::from_secs_f64).ok_or_else(expected)
}

/// What the tools may do, as the command line says.
#[derive(Debug)]
struct Settings {
    roots: Roots,
    redact: bool,
    max_bytes: u64,
    live: bool,
    #[cfg(feature = "live")]
    aws: AwsArgs,
    #[cfg(feature = "bedrock-live")]
    allow_calls: bool,
    /// What is left of the money for calls of models.
    #[cfg(feature = "bedrock-live")]
    usd_left: std::sync::Mutex<f64>,
}

impl Settings {
    /// Whether tools may ask AWS about policies.
    const fn is_live(&self) -> bool {
        self.live
    }

    /// Whether models may be called.
    #[cfg(feature = "bedrock-live")]
    const fn may_call(&self) -> bool {
        self.allow_calls
    }
}

/// The longest message that is read, in bytes.
const LONGEST_MESSAGE: usize = 16 << 20;

/// How long what is written already may take to get out, once the client has gone.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves one client, until it closes standard input.
pub(crate) fn run(args: &McpArgs) -> Result<Exit, Error> {
    #[cfg(not(feature = "live"))]
    args.live.refuse()?;
    // nobody looks on
    progress::over();
    // what a text can do to bring a bug to light is no reason to print it
    std::panic::set_hook(Box::new(|_| {
        // this one is not for the answer, which there is none of
        inside::gather_no_more();
        output::complain("a call ended because of an error in iamdx");
    }));
    let limits = Limits { time: args.max_time, parallel: args.max_parallel };
    let settings = Settings {
        roots: Roots::open(&args.root)?,
        redact: args.redact,
        max_bytes: args.max_bytes,
        #[cfg(feature = "live")]
        live: args.live,
        #[cfg(not(feature = "live"))]
        live: false,
        #[cfg(feature = "live")]
        aws: args.aws.clone(),
        #[cfg(feature = "bedrock-live")]
        allow_calls: args.allow_calls,
        #[cfg(feature = "bedrock-live")]
        usd_left: std::sync::Mutex::new(args.max_usd),
    };
    let failed = |error: &dyn std::fmt::Display| Error::Usage(format!("the protocol could not be served: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    let served = runtime.block_on(async {
        let (read, write) = stdio_pipes();
        let (transport, written) = Stdio::start(read, write, LONGEST_MESSAGE);
        let served = match Server::new(settings, limits).serve(transport).await {
            Ok(running) => running.waiting().await.map(|_| ()).map_err(|error| failed(&error)),
            // the client went before it began
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            // its own words are the client's
            Err(ServerInitializeError::ExpectedInitializeRequest(_)) => Err(failed(&"it begins with `initialize`")),
            Err(error) => Err(failed(&error)),
        };
        // a client that reads no more is not waited for
        let _ = tokio::time::timeout(LAST_WORDS, written).await;
        served
    });
    // a diagnosis that nobody waits for any more is not waited for either
    runtime.shutdown_background();
    served.map(|()| Exit::Done)
}
