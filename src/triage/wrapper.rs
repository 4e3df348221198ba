//! Values that hold records and are none: events of `EventBridge`, answers of `lookup-events`, and what `CloudWatch` Logs hands on.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html>

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::split::LONGEST;

/// The names of which one is in each.
const NAMES: [&str; 5] = ["\"detail\"", "\"CloudTrailEvent\"", "\"logEvents\"", "\"awslogs\"", "\"ingestionTime\""];

/// Where each of them has what it holds.
#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(rename = "CloudTrailEvent")]
    event: Option<String>,
    #[serde(rename = "logEvents", default)]
    log_events: Vec<LogEvent>,
    awslogs: Option<Packed>,
    /// Of a log event that `filter-log-events` or `get-log-events` answers.
    #[serde(rename = "ingestionTime")]
    taken_in: Option<IgnoredAny>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct LogEvent {
    message: String,
}

/// What a subscription hands to a function: gzip in Base64.
#[derive(Deserialize)]
struct Packed {
    data: String,
}

/// What a value holds; nothing where it is none of these.
pub(super) fn held(text: &str) -> Vec<String> {
    if !NAMES.iter().any(|name| memmem::find(text.as_bytes(), name.as_bytes()).is_some()) {
        return Vec::new();
    }
    let Ok(wrapper) = serde_json::from_str::<Wrapper<'_>>(text) else { return Vec::new() };
    let detail = wrapper.detail.map(RawValue::get).filter(|detail| detail.starts_with('{')).map(str::to_owned);
    let packed = wrapper.awslogs.and_then(|packed| unpacked(&packed.data));
    let messages = wrapper.log_events.into_iter().map(|event| event.message);
    let message = wrapper.taken_in.and(wrapper.message).and_then(|message| serde_json::from_str(message.get()).ok());
    detail.into_iter().chain(wrapper.event).chain(messages).chain(packed).chain(message).collect()
}

fn unpacked(data: &str) -> Option<String> {
    let bytes = STANDARD.decode(data).ok()?;
    let mut text = String::new();
    MultiGzDecoder::new(bytes.as_slice()).take(LONGEST as u64).read_to_string(&mut text).ok()?;
    Some(text)
}
