//! What the commands that call AWS share: how AWS is reached, and the runtime that the calls run on.

use std::future::Future;
use std::time::Duration;

use super::Error;
use crate::aws::Settings;

/// How AWS is reached; by default as every AWS tool does it.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "AWS")]
pub(crate) struct AwsArgs {
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region of regional endpoints
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// One endpoint for all services; wins over AWS_ENDPOINT_URL and its kin
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// How many seconds one attempt of a call may take; a call ends after three times that
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "a number of seconds between 0.1 and 3600 is expected".to_owned())
}

impl AwsArgs {
    /// As the clients take it.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            profile: self.profile.clone(),
            region: self.region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            timeout: self.timeout,
        }
    }
}

/// Runs calls to their end.
///
/// # Errors
/// When the operating system gives no means to wait for the network, or as `work` says.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::Usage(format!("the network cannot be used: {error}")))?;
    runtime.block_on(work)
}
