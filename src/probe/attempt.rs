//! The result of one call, as far as the network and the service report it.

use std::ops::Add;
use std::time::Duration;

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

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
        }
    }
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
        /// The tokens, where the answer reports them.
        usage: Usage,
    },
    /// A stream that ended without its closing event and without an error.
    Truncated {
        /// How many events came before.
        events: u32,
        /// The tokens, where the stream reported them.
        usage: Usage,
    },
    /// A stream that ended with an error.
    Exception {
        /// The error.
        failure: StreamFailure,
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
    /// No answer that can be read.
    Unanswered(NoAnswer),
}

/// Why a stream ended with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamFailure {
    /// The service sent an error as an event.
    Service {
        /// The type: `throttlingException`; none where the client does not know it.
        code: Option<String>,
        /// The text.
        message: Option<String>,
    },
    /// No further event came before the time limit.
    Stalled,
    /// What came is not a stream of events: the client's error.
    Unreadable(String),
}

/// Why there is no answer. The texts are those of the client and the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The client could not build the request.
    NotSent(String),
    /// The service was not reached: the name does not resolve, nothing listens, the connection broke.
    Failed(String),
    /// No answer came within this limit.
    TimedOut(Duration),
    /// The client cannot read what came.
    Unreadable(String),
    /// The answer is not a JSON object.
    NotJson,
    /// A stream without a single event and without the service's request id; the client's error, if it reports one. A proxy's page has
    /// status 200, too.
    NotStream(Option<String>),
}

impl Attempt {
    /// The tokens that the answer reports.
    #[must_use]
    pub fn usage(&self) -> Usage {
        match &self.outcome {
            Outcome::Completed { usage, .. } | Outcome::Truncated { usage, .. } => *usage,
            _ => Usage::default(),
        }
    }
}
