//! How AWS is reached: what the options, the environment and the configuration files say, checked before the SDK sees it.
//!
//! The SDK panics on some values, ignores others, and shows its own requests where an endpoint cannot be read. Each value is read here as
//! the AWS CLI reads it, and what cannot be used is one sentence with its place.
//! <https://docs.aws.amazon.com/cli/latest/topic/config-vars.html>, <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>

mod certificates;
mod credentials;
mod endpoints;
mod error;
mod files;
mod metadata;
mod origin;
mod retry;
mod sign_in;
mod transport;

use std::time::Duration;

use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};

pub(super) use endpoints::endpoint;
pub use error::{Entry, Place, SettingsError};
use files::Files;
pub(super) use origin::Origin;

/// How AWS is reached; what is not set comes from the environment and the profile.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A profile of the AWS configuration files. Its credentials count for more than those of the environment.
    pub profile: Option<String>,
    /// The region of regional endpoints.
    pub region: Option<String>,
    /// The Region of the global services where nothing names a Region: that of the partition that is asked about.
    pub global_region: Option<&'static str>,
    /// One endpoint for all services; wins over the `AWS_ENDPOINT_URL` variables.
    pub endpoint_url: Option<String>,
    /// How long one attempt of a call may take; three times that with its retries.
    pub timeout: Option<Duration>,
}

/// An attempt of a call, when nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The settings, all of them checked.
pub(super) struct Checked {
    pub(super) config: SdkConfig,
    pub(super) region_known: bool,
    /// Where the credentials come from, for the sentence when there are none.
    pub(super) origin: Origin,
}

/// Reads and checks the settings. Credentials are looked for when the first call needs them.
///
/// # Errors
/// When a value cannot be used, with its place.
pub(super) async fn check(settings: &Settings) -> Result<Checked, SettingsError> {
    let files = Files::read(settings.profile.as_deref()).await?;
    let retry = retry::config(&files)?;
    let http = transport::client(&files)?;
    let said = region(settings, &files)?;
    let origin = Origin::find(&files)?;
    let mut metadata = metadata::Service::new(&files, &origin)?;
    let known = match said {
        Some(region) => Some(region),
        None => metadata.region().await,
    };
    let region_known = known.is_some();
    // IAM and Organizations are global: any region of the partition leads there
    let region = Region::new(known.unwrap_or_else(|| settings.global_region.unwrap_or("us-east-1").to_owned()));
    let timeout = settings.timeout.unwrap_or(TIMEOUT);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .operation_attempt_timeout(timeout)
        .operation_timeout(timeout * 3)
        .build();
    let shared = ProviderConfig::without_region()
        .with_region(Some(region.clone()))
        .with_http_client(http.clone())
        .with_retry_config(retry.clone())
        .with_timeout_config(timeouts.clone());
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region)
        .timeout_config(timeouts)
        .retry_config(retry)
        .http_client(http)
        .profile_name(files.profile())
        .credentials_provider(credentials::provider(&origin, &files, &shared, &metadata));
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;
    endpoints::check(&config, &files)?;
    Ok(Checked { config, region_known, origin })
}

/// The region of the option, the environment or the profile, as the AWS CLI looks for it. An empty one is none.
fn region(settings: &Settings, files: &Files) -> Result<Option<String>, SettingsError> {
    let option = settings.region.clone().map(|region| (region, Place::Option("--region")));
    let found = option
        .or_else(|| files.variable("AWS_REGION"))
        .or_else(|| files.variable("AWS_DEFAULT_REGION"))
        .or_else(|| files.entry("region"));
    let Some((region, place)) = found else {
        return Ok(None);
    };
    // a region becomes part of a host name
    if is_region(&region) {
        return Ok(Some(region));
    }
    Err(SettingsError::Value { place, value: region, expected: "a Region such as eu-west-1" })
}

/// Whether the text can be a region: one label of a host name. New regions need no new program.
#[must_use]
pub fn is_region(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether the text can be an endpoint.
///
/// # Errors
/// What is expected instead.
pub fn is_endpoint(text: &str) -> Result<(), &'static str> {
    endpoints::is_url(text)
}
