//! What one call came to, as far as the network and the service tell.

use schemars::JsonSchema;
use serde::Serialize;

/// Tokens that a call used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Usage {
    /// Tokens of the question.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
}

/// One call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// How long it took, to the last byte, in milliseconds.
    pub latency_ms: u64,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// What it came to.
    pub outcome: Outcome,
}

/// How a call ended. Texts are as the service wrote them: they are redacted where they leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A whole answer; of a stream, one with its closing event.
    Completed {
        /// Why the model stopped: `max_tokens`, `guardrail_intervened`.
        stop_reason: Option<String>,
        /// The tokens, where the answer tells.
        usage: Usage,
    },
    /// A stream that ended without its closing event and without an error.
    Truncated {
        /// How many events came before.
        events: u32,
        /// The tokens, where the stream told.
        usage: Usage,
    },
    /// A stream that ended with an error.
    Exception {
        /// The type: `throttlingException`; none where the client does not know it.
        code: Option<String>,
        /// The text.
        message: Option<String>,
        /// How many events came before.
        events: u32,
    },
    /// An answer that is an error.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error code: `AccessDeniedException`; none where the answer names none.
        code: Option<String>,
        /// The text of the error.
        message: Option<String>,
        /// The start of the body where the answer is not one of the service's errors: a proxy's page, another envelope.
        body: Option<String>,
    },
    /// No answer: the name does not resolve, nothing listens, the time is over, or what came cannot be read.
    Unanswered {
        /// What happened.
        why: String,
    },
}
