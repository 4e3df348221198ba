//! `--ndjson`: one message a line in, one answer a line out, on all cores, in the order of the input and in constant memory.

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::inside::Cores;
use super::known_secrets::Known;
use super::output::Lines;
use super::secrets::Clean;
use super::{Error, Exit, InputArgs};
use crate::report::{printable, redacted_id, to_json};
use crate::text;

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
pub(super) type Answer<'a> = dyn Fn(Option<&RawValue>, &str) -> (String, Exit) + Sync + 'a;

/// Answers every line of the inputs of a command, one input after the other.
///
/// # Errors
/// When an only input cannot be read, or the output cannot be written.
pub(super) fn run_all(
    input: &InputArgs,
    output: Option<&str>,
    redact: bool,
    answer: &Answer<'_>,
) -> Result<Exit, Error> {
    let Some(inputs) = input.several()? else {
        return run(input.stream()?, Lines::open(output)?, redact, answer);
    };
    let mut output = Lines::open(output)?;
    let exit = inputs.each_stream(|input| run_into(input, &mut output, redact, answer))?;
    output.close()?;
    Ok(exit)
}

/// Answers every line of `input` on `output`; with `redact` the ids become pseudonyms.
///
/// # Errors
/// When the input cannot be read or the output cannot be written.
pub(super) fn run(input: impl io::Read, mut output: Lines, redact: bool, answer: &Answer<'_>) -> Result<Exit, Error> {
    let exit = run_into(input, &mut output, redact, answer)?;
    output.close()?;
    Ok(exit)
}

/// The same, where more may follow.
///
/// # Errors
/// When the input cannot be read or the output cannot be written.
pub(super) fn run_into(
    input: impl io::Read,
    output: &mut Lines,
    redact: bool,
    answer: &Answer<'_>,
) -> Result<Exit, Error> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let cores = Cores::new();
    let mut lines = Batch::default();
    let mut exit = Exit::Done;
    while lines.fill(&mut input).map_err(|error| Error::Read { path: "the input".to_owned(), error })? {
        let answers = cores.run(|| lines.answered(|line| answered(line, redact, answer)));
        for (line, outcome) in answers.into_iter().flatten() {
            output.clean_line(&line)?;
            exit = exit.and(outcome);
        }
        // whoever waits for these answers before sending more must get them now
        output.flush()?;
    }
    Ok(exit)
}

/// Lines that are answered at once: those that are there, and no others are waited for.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Batch {
    /// Takes the next line, and those behind it that have been read already; whether there is one.
    fn fill(&mut self, input: &mut BufReader<impl io::Read>) -> io::Result<bool> {
        self.bytes.clear();
        self.ends.clear();
        loop {
            if input.read_until(b'\n', &mut self.bytes)? == 0 {
                break;
            }
            self.ends.push(self.bytes.len());
            if !input.buffer().contains(&b'\n') {
                break;
            }
        }
        Ok(!self.ends.is_empty())
    }

    /// The answers in the order of the lines; none to an empty one.
    fn answered<T: Send>(&self, answer: impl Fn(&[u8]) -> Option<T> + Sync) -> Vec<Option<T>> {
        let line = |(number, end): (usize, &usize)| {
            let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
            answer(self.bytes.get(start..*end).unwrap_or_default())
        };
        // a single one is not worth waking anybody
        if self.ends.len() == 1 {
            return self.ends.iter().enumerate().map(line).collect();
        }
        self.ends.par_iter().enumerate().map(line).collect()
    }
}

/// The answer to a line, without the secrets of that line.
fn answered(line: &[u8], redact: bool, answer: &Answer<'_>) -> Option<(Clean, Exit)> {
    let text = String::from_utf8_lossy(line);
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (line, outcome) = one(text, redact, answer);
    Some((Clean::new(Known::of(text).clean(&line).into_owned()), outcome))
}

fn one(text: &str, redact: bool, answer: &Answer<'_>) -> (String, Exit) {
    let mended = text::mended(text);
    let text = mended.as_deref().unwrap_or(text);
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
