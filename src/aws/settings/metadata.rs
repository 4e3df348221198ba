//! The metadata service of an EC2 instance, the last place to look for a region and credentials: asked once, and not for long.

use std::time::Duration;

use aws_config::imds;
use aws_config::imds::region::ImdsRegionProvider;

use super::error::SettingsError;
use super::files::{Files, variable};
use super::origin::Origin;

/// Seconds and attempts where nothing else is set, as for the AWS CLI.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html>
const ONE: u32 = 1;

/// The service, where it is to be asked.
pub(super) struct Service {
    client: Option<imds::Client>,
}

impl Service {
    /// The service as the environment sets it up.
    ///
    /// # Errors
    /// When one of its variables cannot be used.
    pub(super) fn new(files: &Files, origin: &Origin) -> Result<Self, SettingsError> {
        let seconds = number(files, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")?;
        let attempts = number(files, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")?;
        let off = variable("AWS_EC2_METADATA_DISABLED").is_some_and(|(value, _)| value.eq_ignore_ascii_case("true"));
        let wanted = matches!(origin, Origin::Instance { .. }) && !off;
        let limit = Duration::from_secs(seconds.into());
        let client = wanted
            .then(|| imds::Client::builder().max_attempts(attempts).connect_timeout(limit).read_timeout(limit).build());
        Ok(Self { client })
    }

    /// The region of the instance. Where the service does not tell it, it is not asked for credentials either.
    pub(super) async fn region(&mut self) -> Option<String> {
        let client = self.client.clone()?;
        let region = ImdsRegionProvider::builder().imds_client(client).build().region().await;
        if region.is_none() {
            self.client = None;
        }
        region.map(|region| region.to_string())
    }

    /// The client, where credentials may come from there.
    pub(super) fn client(&self) -> Option<imds::Client> {
        self.client.clone()
    }
}

fn number(files: &Files, name: &str, key: &str) -> Result<u32, SettingsError> {
    let Some((value, place)) = files.variable(name).or_else(|| files.entry(key)) else {
        return Ok(ONE);
    };
    match value.trim().parse::<u32>() {
        Ok(number) if (1..=60).contains(&number) => Ok(number),
        _ => Err(SettingsError::Value { place, value, expected: "a whole number from 1 to 60" }),
    }
}
