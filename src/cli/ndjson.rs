//! `--ndjson`: one message a line in, one answer a line out, in constant memory.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Error, Exit};
use crate::report::printable;

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

#[derive(Serialize)]
struct Failed<'a> {
    id: Option<&'a RawValue>,
    error: String,
}

/// Enough to keep system calls rare.
const BUFFER: usize = 1 << 18;

/// Answers one message: its id, its text, and where the line goes (without the newline).
pub(super) type Answer<'a> = dyn FnMut(Option<&RawValue>, &str, &mut dyn Write) -> io::Result<Exit> + 'a;

/// Answers every line of `input` on `output`.
///
/// # Errors
/// When the input cannot be read or the output cannot be written.
pub(super) fn run(input: impl io::Read, output: impl Write, answer: &mut Answer<'_>) -> Result<Exit, Error> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut output = io::BufWriter::with_capacity(BUFFER, output);
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
        let outcome = one(text, &mut output, answer);
        match super::output::written("standard output", outcome)? {
            Exit::Incident => exit = Exit::Incident,
            Exit::BadInput if exit != Exit::Incident => exit = Exit::BadInput,
            other if exit == Exit::Done => exit = other,
            _ => {}
        }
        // whoever waits for this answer before sending more must get it now
        if input.buffer().is_empty() {
            super::output::written("standard output", output.flush())?;
        }
    }
    super::output::written("standard output", output.flush())?;
    Ok(exit)
}

fn one(text: &str, output: &mut impl Write, answer: &mut Answer<'_>) -> io::Result<Exit> {
    let exit = match serde_json::from_str::<Line<'_>>(text) {
        Ok(line) => answer(line.id, &line.raw, output)?,
        Err(error) => {
            let id = serde_json::from_str::<Id<'_>>(text).ok().and_then(|line| line.id);
            let error = format!("expected {{\"id\": ..., \"raw\": \"text\"}}: {}", printable(&error.to_string()));
            serde_json::to_writer(&mut *output, &Failed { id, error })?;
            Exit::BadInput
        }
    };
    output.write_all(b"\n")?;
    Ok(exit)
}
