//! `explain`: what a text says about an access denial, and what its wording rules out.

use serde::Serialize;
use serde_json::value::RawValue;

use super::input::Given;
use super::inputs::Inputs;
use super::output::complain as say;
use super::told::{Told, nothing, nothing_found};
use super::{Error, Exit, InputArgs, OutputArgs, ndjson};
use crate::denial::{Denial, Note};
use crate::report::{self, DenialRecord, Detail, Redact as _, Redactor, to_json};

/// Reads a denial out of any text and tells what it says
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Read `{"id": ..., "raw": "text"}` lines and answer each with one line of JSON, as a filter
    #[arg(long)]
    ndjson: bool,
    /// Replace account ids, names and ids by stable pseudonyms
    #[arg(long)]
    redact: bool,
}

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Error> {
    if args.ndjson {
        return filter(args);
    }
    if let Some(inputs) = args.input.several()? {
        return several(args, inputs);
    }
    let (Told { mut denials, secrets, .. }, nothing) = match args.input.given()? {
        Given::Text(source) => (Told::of_text(&source), nothing_found(&source)),
        Given::Told(large, name) => {
            let nothing = nothing(&name, large.lines);
            (Told::of_large(large), nothing)
        }
    };
    let quarantined = denials.iter().any(Denial::is_quarantine);
    if args.redact {
        redact(&mut denials);
    }
    args.output.answer(&denials, Detail::default())?;
    let incident = quarantined || !secrets.is_empty();
    if !secrets.is_empty() {
        say(&report::words::denial::note(&Note::SecretInInput(secrets)));
    }
    if denials.is_empty() {
        say(&nothing.to_string());
    }
    Ok(exit(&denials, incident))
}

/// The same of several inputs.
fn several(args: &ExplainArgs, inputs: Inputs) -> Result<Exit, Error> {
    let mut told = inputs.read(&|_| Ok(None));
    let exit = told.exit();
    if args.redact {
        redact(&mut told.denials);
    }
    args.output.answer(&told.denials, Detail::default())?;
    told.say();
    Ok(exit)
}

/// The filter: line by line, in the order of the input.
fn filter(args: &ExplainArgs) -> Result<Exit, Error> {
    let answer = |id: Option<&RawValue>, text: &str| {
        let Told { mut denials, secrets, .. } = Told::of_message(text);
        let incident = !secrets.is_empty() || denials.iter().any(Denial::is_quarantine);
        if args.redact {
            redact(&mut denials);
        }
        let line = to_json(&Answer { id, denials: denials.iter().map(DenialRecord::from).collect() }, false);
        (line, if incident { Exit::Incident } else { Exit::Done })
    };
    ndjson::run_all(&args.input, args.output.output.as_deref(), args.redact, &answer)
}

/// One line of the output of `explain --ndjson`.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "ExplainLine")]
pub(crate) struct Answer<'a> {
    /// The id of the line that it answers.
    #[schemars(with = "serde_json::Value")]
    id: Option<&'a RawValue>,
    /// What the text of the line says.
    denials: Vec<DenialRecord<'a>>,
}

fn redact(denials: &mut Vec<Denial>) {
    denials.redact(&mut Redactor::default());
}

fn exit(denials: &[Denial], incident: bool) -> Exit {
    if incident {
        Exit::Incident
    } else if denials.is_empty() {
        Exit::BadInput
    } else {
        Exit::Done
    }
}
