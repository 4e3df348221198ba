//! How often a call is tried: `AWS_RETRY_MODE`, `AWS_MAX_ATTEMPTS` and their entries. The SDK panics on what it does not know.

use aws_config::retry::RetryConfig;
use aws_smithy_types::retry::{RetryMode, RetrySpec};

use super::error::SettingsError;
use super::files::Files;

/// Attempts in the AWS CLI's legacy mode, the first one included.
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-retries.html>
const LEGACY_ATTEMPTS: u32 = 5;

/// More attempts than the time of a call leaves room for. The SDK does not come to an end with some larger numbers.
const MOST_ATTEMPTS: u32 = 100;

/// The retries that are set. The legacy mode is the standard one with its own number of attempts: which errors are tried again differs
/// only for services that are not called here.
pub(super) fn config(files: &Files) -> Result<RetryConfig, SettingsError> {
    let mut config = RetryConfig::standard();
    if let Some((value, place)) = files.variable("AWS_RETRY_MODE").or_else(|| files.entry("retry_mode")) {
        config = match value.trim().to_ascii_lowercase().as_str() {
            "legacy" => config.with_max_attempts(LEGACY_ATTEMPTS),
            "standard" => config,
            "adaptive" => config.with_retry_mode(RetryMode::Adaptive),
            _ => return Err(SettingsError::Value { place, value, expected: "legacy, standard or adaptive" }),
        };
    }
    if let Some((value, place)) = files.variable("AWS_MAX_ATTEMPTS").or_else(|| files.entry("max_attempts")) {
        config = match value.trim().parse::<u64>() {
            Ok(attempts) if attempts > 0 => {
                config.with_max_attempts(u32::try_from(attempts).unwrap_or(MOST_ATTEMPTS).min(MOST_ATTEMPTS))
            }
            _ => return Err(SettingsError::Value { place, value, expected: "a whole number of at least 1" }),
        };
    }
    let new = files.variable("AWS_NEW_RETRIES_2026").is_some_and(|(value, _)| value.eq_ignore_ascii_case("true"));
    Ok(if new { config.with_retry_spec(RetrySpec::v2_1()) } else { config })
}
