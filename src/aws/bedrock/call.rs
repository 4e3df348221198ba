//! Makes one call and reads its answer by status, code and text, never by the client's own list of errors.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::RequestId as _;
use aws_sdk_bedrockruntime::types::{
    GuardrailConfiguration, GuardrailStreamConfiguration, PerformanceConfigLatency, ServiceTierType,
};
use serde_json::Value;
use tokio::time::Instant;

use super::super::failure::chain;
use super::Bedrock;
use super::answer::{Answer, tokens, usage};
use super::question::{Conversation, messages};
use super::stream;
use crate::probe::{Api, Attempt, Call, NoAnswer, Outcome, StreamFailure, Variation};

/// How much is kept of a body that is not one of the service's errors.
const BODY: usize = 2000;

impl Bedrock {
    /// Makes one call, once.
    pub async fn call(&self, call: &Call) -> Attempt {
        let client = self.runtime(&call.region);
        let started = Instant::now();
        let asked = async {
            match call.api {
                Api::Converse => self.converse(&client, call).await,
                Api::ConverseStream => self.converse_stream(&client, call).await,
                Api::Invoke => self.invoke(&client, call).await,
                Api::InvokeStream => self.invoke_stream(&client, call).await,
            }
        };
        let answer = asked.await.unwrap_or_else(|error| not_sent(&error));
        let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Attempt { latency_ms, request_id: answer.request_id, outcome: answer.outcome }
    }

    async fn converse(&self, client: &Client, call: &Call) -> Result<Answer, BuildError> {
        let parts = Conversation::new(&call.variation)?;
        let guardrail = guardrail(&call.variation).map(|(identifier, version)| {
            GuardrailConfiguration::builder().guardrail_identifier(identifier).guardrail_version(version).build()
        });
        let sent = client
            .converse()
            .model_id(call.model.as_str())
            .messages(parts.message)
            .inference_config(parts.inference)
            .set_tool_config(parts.tools)
            .set_service_tier(parts.tier)
            .set_performance_config(parts.performance)
            .set_guardrail_config(guardrail)
            .send();
        Ok(match sent.await {
            Ok(answer) => Answer {
                request_id: answer.request_id().map(str::to_owned),
                outcome: Outcome::Completed {
                    stop_reason: Some(answer.stop_reason.as_str().to_owned()),
                    usage: answer.usage.as_ref().map(tokens).unwrap_or_default(),
                },
            },
            Err(error) => self.failed(&error),
        })
    }

    async fn invoke(&self, client: &Client, call: &Call) -> Result<Answer, BuildError> {
        let guardrail = guardrail(&call.variation);
        let sent = client
            .invoke_model()
            .model_id(call.model.as_str())
            .content_type("application/json")
            .body(messages(&call.variation))
            .set_service_tier(tier(&call.variation))
            .set_performance_config_latency(latency(&call.variation))
            .set_guardrail_identifier(guardrail.map(|(identifier, _)| identifier.to_owned()))
            .set_guardrail_version(guardrail.map(|(_, version)| version.to_owned()))
            .send();
        Ok(match sent.await {
            Ok(answer) => {
                let request_id = answer.request_id().map(str::to_owned);
                Answer { request_id, outcome: message(answer.body.as_ref()) }
            }
            Err(error) => self.failed(&error),
        })
    }

    async fn converse_stream(&self, client: &Client, call: &Call) -> Result<Answer, BuildError> {
        let parts = Conversation::new(&call.variation)?;
        let guardrail = guardrail(&call.variation).map(|(identifier, version)| {
            GuardrailStreamConfiguration::builder().guardrail_identifier(identifier).guardrail_version(version).build()
        });
        let sent = client
            .converse_stream()
            .model_id(call.model.as_str())
            .messages(parts.message)
            .inference_config(parts.inference)
            .set_tool_config(parts.tools)
            .set_service_tier(parts.tier)
            .set_performance_config(parts.performance)
            .set_guardrail_config(guardrail)
            .send();
        let deadline = Instant::now() + self.limit;
        Ok(match sent.await {
            Ok(answer) => {
                let request_id = answer.request_id().map(str::to_owned);
                self.streamed(request_id, stream::conversation(answer.stream, deadline).await)
            }
            Err(error) => self.failed(&error),
        })
    }

    async fn invoke_stream(&self, client: &Client, call: &Call) -> Result<Answer, BuildError> {
        let guardrail = guardrail(&call.variation);
        let sent = client
            .invoke_model_with_response_stream()
            .model_id(call.model.as_str())
            .content_type("application/json")
            .body(messages(&call.variation))
            .set_service_tier(tier(&call.variation))
            .set_performance_config_latency(latency(&call.variation))
            .set_guardrail_identifier(guardrail.map(|(identifier, _)| identifier.to_owned()))
            .set_guardrail_version(guardrail.map(|(_, version)| version.to_owned()))
            .send();
        let deadline = Instant::now() + self.limit;
        Ok(match sent.await {
            Ok(answer) => {
                let request_id = answer.request_id().map(str::to_owned);
                self.streamed(request_id, stream::chunks(answer.body, deadline).await)
            }
            Err(error) => self.failed(&error),
        })
    }

    /// What an error of the client says. A code that the operation does not list is as good as any other.
    fn failed<E>(&self, error: &SdkError<E, HttpResponse>) -> Answer
    where
        E: ProvideErrorMetadata + Error + Debug + 'static,
    {
        let response = error.raw_response();
        let header = |name: &str| response.and_then(|response| response.headers().get(name)).map(str::to_owned);
        let request_id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
        let unanswered = |why| Answer { request_id: None, outcome: Outcome::Unanswered(why) };
        match (error, response) {
            (SdkError::ServiceError(_) | SdkError::ResponseError(_), Some(response)) => {
                let status = response.status().as_u16();
                if response.status().is_success() {
                    return unanswered(NoAnswer::Unreadable(chain(error)));
                }
                let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
                let said = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
                let code = said(meta.and_then(|meta| meta.code()));
                let message = said(meta.and_then(|meta| meta.message()));
                let text = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
                let body = if code.is_none() { said(Some(&start(&text))) } else { None };
                Answer { request_id, outcome: Outcome::Refused { status, code, message, body } }
            }
            (SdkError::TimeoutError(_), _) => unanswered(NoAnswer::TimedOut(self.limit)),
            _ => unanswered(NoAnswer::Failed(chain(error))),
        }
    }

    /// The result of a stream. One without a single event and without the service's id may come from anybody: a page of a proxy has status
    /// 200, too.
    fn streamed(&self, request_id: Option<String>, outcome: Outcome) -> Answer {
        let not_ours = |error| Outcome::Unanswered(NoAnswer::NotStream(error));
        let outcome = match outcome {
            Outcome::Truncated { events: 0, .. } if request_id.is_none() => not_ours(None),
            Outcome::Exception { failure: StreamFailure::Unreadable(error), events: 0 } if request_id.is_none() => {
                not_ours(Some(error))
            }
            Outcome::Exception { failure: StreamFailure::Stalled, events: 0 } if request_id.is_none() => {
                Outcome::Unanswered(NoAnswer::TimedOut(self.limit))
            }
            outcome => outcome,
        };
        Answer { request_id, outcome }
    }
}

/// The answer of `InvokeModel`, which is the model's own.
fn message(body: &[u8]) -> Outcome {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Outcome::Unanswered(NoAnswer::NotJson);
    };
    let intervened = fields.get("amazon-bedrock-guardrailAction").and_then(Value::as_str) == Some("INTERVENED");
    let reason = fields.get("stop_reason").and_then(Value::as_str);
    let stop_reason = if intervened { Some("guardrail_intervened") } else { reason }.map(str::to_owned);
    Outcome::Completed { stop_reason, usage: fields.get("usage").map(usage).unwrap_or_default() }
}

fn guardrail(variation: &Variation) -> Option<(&str, &str)> {
    match variation {
        Variation::Guardrail { identifier, version } => Some((identifier, version)),
        _ => None,
    }
}

fn tier(variation: &Variation) -> Option<ServiceTierType> {
    match variation {
        Variation::ServiceTier(name) => Some(ServiceTierType::from(*name)),
        _ => None,
    }
}

fn latency(variation: &Variation) -> Option<PerformanceConfigLatency> {
    (*variation == Variation::LowLatency).then_some(PerformanceConfigLatency::Optimized)
}

fn not_sent(error: &BuildError) -> Answer {
    Answer { request_id: None, outcome: Outcome::Unanswered(NoAnswer::NotSent(error.to_string())) }
}

/// The start of a text, in whole characters.
fn start(text: &str) -> String {
    text.chars().take(BODY).collect()
}
