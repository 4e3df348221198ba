//! The calls that made sessions, of one input or of several: how a denied session was made may be told in another file than its denial.

use std::collections::HashSet;
use std::sync::Arc;

use super::cloudtrail::{SessionCall, join_sessions};
use super::facts::Denial;

/// Calls that made sessions.
#[derive(Debug, Default)]
pub struct SessionCalls {
    calls: Vec<SessionCall>,
    /// What several of them tell: who called, which policy was passed.
    texts: HashSet<Arc<str>>,
}

impl SessionCalls {
    /// Adds the calls that were found next.
    pub(super) fn add(&mut self, calls: Vec<SessionCall>) {
        self.calls.reserve(calls.len());
        for mut call in calls {
            let policy = call.policy.as_mut().map(|(text, _)| text);
            let texts = [call.by.as_mut(), call.source_identity.as_mut(), call.file.as_mut(), policy];
            for text in texts.into_iter().flatten() {
                if let Some(known) = self.texts.get(text) {
                    *text = Arc::clone(known);
                } else {
                    self.texts.insert(Arc::clone(text));
                }
            }
            self.calls.push(call);
        }
    }

    /// Adds those of the next input.
    pub(super) fn append(&mut self, other: Self) {
        self.add(other.calls);
    }

    /// Names the input in which they stand.
    pub(super) fn stand_in(&mut self, file: &str) {
        let file: Arc<str> = file.into();
        for call in &mut self.calls {
            call.file = Some(Arc::clone(&file));
        }
    }

    /// Adds to each denial how its session was made, where one call says so and no other contradicts it.
    pub(super) fn join(&self, denials: &mut [Denial]) {
        join_sessions(denials, &self.calls);
    }
}
