//! `--ndjson`: one message a line in, one answer a line out, in constant memory.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::known_secrets::Known;
use super::output::Lines;
use super::{Error, Exit};
use crate::report::{printable, redacted_id, to_json};

/// A line of the input; other fields are carried by whoever made them, not by this filter.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    raw: Cow<'a, str>,
}

/// The id alone, for lines without a message.
#[derive(Deserialize)]
struct Id<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

/// The answer to a line that cannot be read.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "FailedLine")]
pub(crate) struct Failed<'a> {
    /// Its id, if that can be read.
    #[schemars(with = "serde_json::Value")]
    id: Option<&'a RawValue>,
    /// What is wrong.
    error: String,
}

/// Enough to keep system calls rare.
const BUFFER: usize = 1 << 18;

/// Answers one message: its id and its text. The answer is one line.
pub(super) type Answer<'a> = dyn FnMut(Option<&RawValue>, &str) -> (String, Exit) + 'a;

/// Answers every line of `input` on `output`; with `redact` the ids become pseudonyms.
///
/// # Errors
/// When the input cannot be read or the output cannot be written.
pub(super) fn run(
    input: impl io::Read,
    mut output: Lines,
    redact: bool,
    answer: &mut Answer<'_>,
) -> Result<Exit, Error> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut line = Vec::new();
    let mut exit = Exit::Done;
    let read = |error| Error::Read { path: "the input".to_owned(), error };
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(read)? == 0 {
            break;
        }
        let text = match std::str::from_utf8(&line) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&line),
        };
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let (line, outcome) = one(text, redact, answer);
        output.line(&Known::of(text).clean(&line))?;
        match outcome {
            Exit::Incident => exit = Exit::Incident,
            Exit::BadInput if exit != Exit::Incident => exit = Exit::BadInput,
            other if exit == Exit::Done => exit = other,
            _ => {}
        }
        // whoever waits for this answer before sending more must get it now
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.close()?;
    Ok(exit)
}

fn one(text: &str, redact: bool, answer: &mut Answer<'_>) -> (String, Exit) {
    match serde_json::from_str::<Line<'_>>(text) {
        Ok(line) => answer(id(line.id, redact).as_deref(), &line.raw),
        Err(error) => {
            let found = serde_json::from_str::<Id<'_>>(text).ok().and_then(|line| line.id);
            let error = format!("expected {{\"id\": ..., \"raw\": \"text\"}}: {}", printable(&error.to_string()));
            (to_json(&Failed { id: id(found, redact).as_deref(), error }, false), Exit::BadInput)
        }
    }
}

/// The id as it is written: its strings in the one way in which secrets are looked for, or all of it as a pseudonym.
fn id(id: Option<&RawValue>, redact: bool) -> Option<Box<RawValue>> {
    let id = id?;
    if redact {
        let text = format!("\"{}\"", redacted_id(id.get()));
        return RawValue::from_string(text).ok();
    }
    if !id.get().contains('\\') {
        return Some(id.to_owned());
    }
    let value: serde_json::Value = serde_json::from_str(id.get()).ok()?;
    RawValue::from_string(to_json(&value, false)).ok()
}
