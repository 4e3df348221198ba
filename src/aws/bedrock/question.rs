//! What goes into a call: one word, one token of answer, and the variation's parameter.

use std::collections::HashMap;

use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message, PerformanceConfigLatency,
    PerformanceConfiguration, ServiceTier, ServiceTierType, Tool, ToolConfiguration, ToolInputSchema,
    ToolSpecification,
};
use aws_smithy_types::Document;
use serde_json::{Value, json};

use crate::probe::Variation;

/// What is said to the model.
const WORD: &str = "ping";

/// The tool that a variation offers.
const TOOL: (&str, &str) = ("ping", "Answers with the same word.");

/// How many tokens of answer are asked for.
fn tokens(variation: &Variation) -> i32 {
    match variation {
        Variation::Dry => 0,
        _ => 1,
    }
}

/// The parts of `Converse` and `ConverseStream`.
pub(super) struct Conversation {
    pub(super) message: Message,
    pub(super) inference: InferenceConfiguration,
    pub(super) tools: Option<ToolConfiguration>,
    pub(super) tier: Option<ServiceTier>,
    pub(super) performance: Option<PerformanceConfiguration>,
}

impl Conversation {
    /// One word, one token; only what the variation is about is set besides: newer models refuse `temperature` and its kin.
    pub(super) fn new(variation: &Variation) -> Result<Self, BuildError> {
        let content = ContentBlock::Text(WORD.to_owned());
        let message = Message::builder().role(ConversationRole::User).content(content).build()?;
        let mut inference = InferenceConfiguration::builder().max_tokens(tokens(variation));
        let (mut tools, mut tier, mut performance) = (None, None, None);
        match variation {
            Variation::Temperature => inference = inference.temperature(0.0),
            Variation::TemperatureAndTopP => inference = inference.temperature(0.0).top_p(1.0),
            Variation::Tool => {
                let object = [("type".to_owned(), Document::String("object".to_owned()))];
                let schema = Document::Object(HashMap::from(object));
                let tool = ToolSpecification::builder().name(TOOL.0).description(TOOL.1);
                let tool = tool.input_schema(ToolInputSchema::Json(schema)).build()?;
                tools = Some(ToolConfiguration::builder().tools(Tool::ToolSpec(tool)).build()?);
            }
            Variation::ServiceTier(name) => {
                tier = Some(ServiceTier::builder().r#type(ServiceTierType::from(*name)).build()?);
            }
            Variation::LowLatency => {
                let optimized = PerformanceConfiguration::builder().latency(PerformanceConfigLatency::Optimized);
                performance = Some(optimized.build());
            }
            Variation::Plain | Variation::Dry | Variation::Guardrail { .. } => {}
        }
        Ok(Self { message, inference: inference.build(), tools, tier, performance })
    }
}

/// The body of `InvokeModel`: Anthropic's messages. Tier, latency and guardrail travel as headers.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html>
pub(super) fn messages(variation: &Variation) -> Blob {
    let mut body = json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": tokens(variation),
        "messages": [{"role": "user", "content": WORD}],
    });
    let mut set = |name: &str, value: Value| {
        if let Some(fields) = body.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    match variation {
        Variation::Temperature => set("temperature", json!(0)),
        Variation::TemperatureAndTopP => {
            set("temperature", json!(0));
            set("top_p", json!(1));
        }
        Variation::Tool => {
            set("tools", json!([{"name": TOOL.0, "description": TOOL.1, "input_schema": {"type": "object"}}]));
        }
        _ => {}
    }
    Blob::new(body.to_string())
}
