//! `explain`: what a text says about an access denial, and what its wording rules out.

use serde::Serialize;
use serde_json::value::RawValue;

use super::input::Given;
use super::inputs::Inputs;
use super::large::Large;
use super::output::complain as say;
use super::{Error, Exit, InputArgs, OutputArgs, ndjson};
use crate::denial::{self, Denial, Note};
use crate::iam::secret;
use crate::reference::Reference;
use crate::report::{self, DenialRecord, Detail, Redact as _, Redactor, to_json};
use crate::text::Source;

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

/// What a text told.
pub(super) struct Told {
    pub(super) denials: Vec<Denial>,
    /// The kinds of secrets whose being there is a leak.
    pub(super) secrets: Vec<secret::SecretKind>,
    pub(super) lines: usize,
}

impl Told {
    pub(super) fn of_text(source: &Source) -> Self {
        Self::new(denial::parse(source), kinds_of_secrets(source.text()), source.text().lines().count())
    }

    pub(super) fn of_large(large: Large) -> Self {
        Self::new(large.denials, large.secrets, large.lines)
    }

    fn new(denials: Vec<Denial>, secrets: Vec<secret::SecretKind>, lines: usize) -> Self {
        let mut denials = examined(denials);
        note_secrets(&mut denials, &secrets);
        Self { denials, secrets, lines }
    }
}

/// The filter: line by line, in the order of the input.
fn filter(args: &ExplainArgs) -> Result<Exit, Error> {
    let answer = |id: Option<&RawValue>, text: &str| {
        let mut denials = examined(denial::parse_text(text));
        let secrets = kinds_of_secrets(text);
        note_secrets(&mut denials, &secrets);
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

/// The kinds of secrets that the text holds.
pub(super) fn kinds_of_secrets(text: &str) -> Vec<secret::SecretKind> {
    let mut kinds: Vec<_> = secret::leaks(text);
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Tells the reader of the answer, too, that the input leaks.
fn note_secrets(denials: &mut [Denial], secrets: &[secret::SecretKind]) {
    if let (Some(first), false) = (denials.first_mut(), secrets.is_empty()) {
        first.notes.push(Note::SecretInInput(secrets.to_vec()));
    }
}

/// The denials of a text, and whether a secret stands in it.
pub(super) fn denials_of(source: &Source) -> (Vec<Denial>, bool) {
    let mut denials = examined(denial::parse(source));
    let secrets = kinds_of_secrets(source.text());
    note_secrets(&mut denials, &secrets);
    (denials, !secrets.is_empty())
}

/// The denials with what the service reference says against their texts.
fn examined(mut denials: Vec<Denial>) -> Vec<Denial> {
    for denial in &mut denials {
        crate::infer::examine(denial, Reference::embedded());
    }
    denials
}

/// What is said of an input without denials, and what to do.
pub(super) fn nothing_found(source: &Source) -> Error {
    nothing(source.name(), source.text().lines().count())
}

fn nothing(name: &str, lines: usize) -> Error {
    Error::Input(format!("{}. {}", no_denial_in(name, lines), what_to_give()))
}

/// What to give instead.
pub(super) const fn what_to_give() -> &'static str {
    "Give the whole error message as AWS printed it, or its record in CloudTrail"
}

/// The same without what to do.
pub(super) fn no_denial(source: &Source) -> String {
    no_denial_in(source.name(), source.text().lines().count())
}

pub(super) fn no_denial_in(name: &str, lines: usize) -> String {
    let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
    format!("no denial found in {lines} of {name}")
}
