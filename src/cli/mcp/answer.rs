//! What a tool answers: the report as text for a model, marked as data, and its JSON as structured content.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

use super::shown::{all_visible, fenced};
use crate::cli::{Error, secrets, terminal};
use crate::report::{CommandReport, Detail, Format, Style};

/// Bytes of structured content; what has more helps no client.
const MOST: usize = 8 << 20;

/// An answer on its way out.
#[derive(Debug)]
pub(super) struct Answer {
    /// For a model.
    text: String,
    /// Whether the text quotes nobody.
    is_ours: bool,
    /// For a program.
    json: String,
}

impl Answer {
    /// A command's report.
    pub(super) fn report(report: &dyn CommandReport, detail: Detail) -> Self {
        let write = |name| Format::named(name).map(|format| format.write(report, detail, STYLE)).unwrap_or_default();
        Self { text: write("text"), is_ours: false, json: write("json") }
    }

    /// A page of ours.
    pub(super) const fn page(text: String, json: String) -> Self {
        Self { text, is_ours: true, json }
    }

    /// What was noticed on the way.
    pub(super) fn with_notes(mut self, notes: &[String]) -> Self {
        for note in notes {
            self.text.push('\n');
            self.text.push_str(note);
        }
        self.is_ours &= notes.is_empty();
        self
    }

    /// As the protocol has it.
    pub(super) fn into_result(self) -> CallToolResult {
        let Self { text, is_ours, json } = self;
        let json = secrets::clean(&json);
        if json.len() > MOST {
            return refusal(&format!(
                "the report has {} bytes, more than the {MOST} that are answered. Ask about a part of the text, or use the command line",
                json.len()
            ));
        }
        let Ok(mut value) = serde_json::from_str::<Value>(&json) else {
            return refusal("the report could not be written as JSON, which is an error in iamdx");
        };
        let hidden = all_visible(&mut value);
        let text = secrets::clean(&text);
        let mut text = if is_ours { text.into_owned() } else { fenced("The report", &text) };
        if hidden > 0 {
            text.push_str(HIDDEN);
        }
        let mut result = CallToolResult::structured(value);
        result.content = vec![ContentBlock::text(text)];
        result
    }
}

const STYLE: Style = Style { width: 100, colour: false, links: false, checkout: None };

const HIDDEN: &str = "\nThe texts have hidden characters, which are written as \\u{...} here. A document or command with one in it is not to be copied from \
     this answer: `iamdx diagnose --write-remedies` writes it as it is.";

/// Why a call was not answered.
pub(super) fn failed(error: &Error) -> CallToolResult {
    refusal(&error.to_string())
}

/// The same in words. They quote arguments and files.
pub(super) fn refusal(words: &str) -> CallToolResult {
    let text = fenced("What went wrong", &terminal::safe(words));
    CallToolResult::error(vec![ContentBlock::text(text)])
}
