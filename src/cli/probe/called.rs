//! A probe that is asked for by a call of a tool: with fewer options, and limits that the caller does not set.

use clap::{Args as _, FromArgMatches as _};
use tokio::sync::watch;

use super::key_safety::Inputs;
use super::{BedrockArgs, probed};
use crate::cli::Error;
use crate::cli::live::{self, AwsArgs};
use crate::report::sections::probe::ProbeReport;

/// What is asked for.
pub(crate) struct Wanted {
    /// Models to call.
    pub(crate) models: Vec<String>,
    /// Regions to call from.
    pub(crate) regions: Vec<String>,
    /// Whether no token is asked for.
    pub(crate) dry: bool,
    /// As many calls at most.
    pub(crate) max_calls: Option<u32>,
    /// US dollars that the calls may cost at most.
    pub(crate) max_usd: f64,
}

/// Makes the calls.
///
/// # Errors
/// When what is asked for makes no plan, or nobody can be called.
pub(crate) fn called(wanted: &Wanted, aws: &AwsArgs, live: bool) -> Result<ProbeReport, Error> {
    // the reader of the command line says what is wrong with a model or a Region
    let command = BedrockArgs::augment_args(clap::Command::new("probe_bedrock").no_binary_name(true));
    let mut arguments = vec![format!("--max-usd={}", wanted.max_usd)];
    arguments.extend(wanted.models.iter().map(|model| format!("--models={model}")));
    arguments.extend(wanted.regions.iter().map(|region| format!("--regions={region}")));
    arguments.extend(wanted.max_calls.map(|calls| format!("--max-calls={calls}")));
    arguments.extend(wanted.dry.then(|| "--dry".to_owned()));
    let matches = command.try_get_matches_from(arguments);
    let args = matches.and_then(|matches| BedrockArgs::from_arg_matches(&matches));
    let mut args = args.map_err(|error| Error::Usage(error.render().to_string()))?;
    args.aws = aws.clone();
    args.live = live;
    if !args.regions.is_empty() {
        args.aws.region = None;
    }
    // nobody sits at a keyboard
    let (_pressed, presses) = watch::channel(0);
    let inputs = Inputs::read(&[])?;
    live::run(async { Box::pin(probed(&args, &inputs, presses)).await })
}
