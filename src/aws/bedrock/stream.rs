//! Reads a stream of events. A stream that simply ends is no answer: only its closing event shows that it is whole.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::primitives::event_stream::{EventReceiver, Message};
use aws_sdk_bedrockruntime::types::error::{ConverseStreamOutputError, ResponseStreamError};
use aws_sdk_bedrockruntime::types::{ConverseStreamOutput, ResponseStream};
use aws_smithy_types::event_stream::RawMessage;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::super::failure::chain;
use super::answer::{tokens, usage};
use crate::probe::{Outcome, StreamFailure, Usage};

/// What the events have reported so far.
#[derive(Default)]
struct Progress {
    events: u32,
    closed: bool,
    stop_reason: Option<String>,
    usage: Usage,
}

impl Progress {
    /// The end of the stream, without an error.
    fn ended(self) -> Outcome {
        if self.closed {
            Outcome::Completed { stop_reason: self.stop_reason, usage: self.usage }
        } else {
            Outcome::Truncated { events: self.events, usage: self.usage }
        }
    }

    fn exception(self, code: Option<String>, message: Option<String>) -> Outcome {
        self.broken(StreamFailure::Service { code, message })
    }

    fn broken(self, failure: StreamFailure) -> Outcome {
        Outcome::Exception { failure, events: self.events }
    }

    /// The time is over before the stream is.
    fn late(self) -> Outcome {
        if self.closed {
            return self.ended();
        }
        self.broken(StreamFailure::Stalled)
    }

    /// An error instead of an event.
    fn failed<E>(self, error: &SdkError<E, RawMessage>) -> Outcome
    where
        E: ProvideErrorMetadata + Error + Debug + 'static,
    {
        // the client knows few types of exceptions, the frame names each
        if let Some(RawMessage::Decoded(frame)) = error.raw_response()
            && let Some(code) = header(frame, ":exception-type").or_else(|| header(frame, ":error-code"))
        {
            let meta = error.as_service_error().and_then(|error| error.meta().message().map(str::to_owned));
            let said = meta.or_else(|| text_of(frame)).or_else(|| header(frame, ":error-message"));
            return self.exception(Some(code), said);
        }
        let broken = chain(error);
        if self.closed {
            return self.ended();
        }
        match error {
            // the connection ended, in the middle of a frame or of a chunk
            SdkError::DispatchFailure(_) => self.ended(),
            _ if broken.contains("unexpected end of stream") => self.ended(),
            _ => self.broken(StreamFailure::Unreadable(broken)),
        }
    }
}

/// The text of a header.
fn header(frame: &Message, name: &str) -> Option<String> {
    let header = frame.headers().iter().find(|header| header.name().as_str() == name)?;
    header.value().as_string().ok().map(|value| value.as_str().to_owned())
}

/// The message of a payload that is JSON.
fn text_of(frame: &Message) -> Option<String> {
    let payload: Value = serde_json::from_slice(frame.payload()).ok()?;
    ["message", "Message"].iter().find_map(|name| payload.get(name)?.as_str().map(str::to_owned))
}

/// Reads a stream of `ConverseStream`; its last event is `metadata`, its closing one `messageStop`.
pub(super) async fn conversation(
    mut stream: EventReceiver<ConverseStreamOutput, ConverseStreamOutputError>,
    deadline: Instant,
) -> Outcome {
    let mut so_far = Progress::default();
    loop {
        match timeout_at(deadline, stream.recv()).await {
            Err(_) => return so_far.late(),
            Ok(Err(error)) => return so_far.failed(&error),
            Ok(Ok(None)) => return so_far.ended(),
            Ok(Ok(Some(event))) => {
                so_far.events += 1;
                match event {
                    ConverseStreamOutput::MessageStop(stop) => {
                        so_far.closed = true;
                        so_far.stop_reason = Some(stop.stop_reason.as_str().to_owned());
                    }
                    ConverseStreamOutput::Metadata(metadata) => {
                        so_far.usage = metadata.usage.as_ref().map(tokens).unwrap_or_default();
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Reads a stream of `InvokeModelWithResponseStream`: chunks that hold the model's own events, of which the closing one is `message_stop`.
/// <https://docs.anthropic.com/en/api/messages-streaming>
pub(super) async fn chunks(
    mut stream: EventReceiver<ResponseStream, ResponseStreamError>,
    deadline: Instant,
) -> Outcome {
    let mut so_far = Progress::default();
    loop {
        let chunk = match timeout_at(deadline, stream.recv()).await {
            Err(_) => return so_far.late(),
            Ok(Err(error)) => return so_far.failed(&error),
            Ok(Ok(None)) => return so_far.ended(),
            Ok(Ok(Some(ResponseStream::Chunk(chunk)))) => chunk,
            Ok(Ok(Some(_))) => continue,
        };
        so_far.events += 1;
        let bytes = chunk.bytes.unwrap_or_else(|| aws_sdk_bedrockruntime::primitives::Blob::new([]));
        let Ok(event) = serde_json::from_slice::<Value>(bytes.as_ref()) else {
            continue;
        };
        match event.get("type").and_then(Value::as_str) {
            Some("message_start") => {
                let start = event.pointer("/message/usage").map(usage).unwrap_or_default();
                so_far.usage.input_tokens = start.input_tokens;
            }
            Some("message_delta") => {
                let delta = event.get("usage").map(usage).unwrap_or_default();
                so_far.usage.output_tokens = so_far.usage.output_tokens.max(delta.output_tokens);
                let reason = event.pointer("/delta/stop_reason").and_then(Value::as_str);
                so_far.stop_reason = reason.map(str::to_owned).or(so_far.stop_reason);
            }
            Some("message_stop") => so_far.closed = true,
            Some("error") => {
                let field = |name: &str| event.pointer(name).and_then(Value::as_str).map(str::to_owned);
                return so_far.exception(field("/error/type"), field("/error/message"));
            }
            _ => {}
        }
        if event.get("amazon-bedrock-guardrailAction").and_then(Value::as_str) == Some("INTERVENED") {
            so_far.stop_reason = Some("guardrail_intervened".to_owned());
        }
    }
}
