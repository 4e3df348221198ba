//! What a text told: its denials, and the secrets that stand in it.

use super::Error;
use super::large::Large;
use crate::denial::{self, Denial, Note, SessionCalls};
use crate::iam::secret;
use crate::reference::Reference;
use crate::report::words;
use crate::text::Source;

/// What a text told.
pub(super) struct Told {
    pub(super) denials: Vec<Denial>,
    /// The kinds of secrets whose being there is a leak.
    pub(super) secrets: Vec<secret::SecretKind>,
    pub(super) lines: usize,
    /// The calls that made sessions, where other inputs may tell of their denials.
    pub(super) sessions: SessionCalls,
}

impl Told {
    pub(super) fn of_text(source: &Source) -> Self {
        Self::new(denial::parse(source), kinds_of_secrets(source.text()), source.text().lines().count())
    }

    /// The same of one of several inputs.
    pub(super) fn of_one(source: &Source) -> Self {
        let (denials, sessions) = denial::parse_with_sessions(source);
        let text = source.text();
        Self { sessions, ..Self::new(denials, kinds_of_secrets(text), text.lines().count()) }
    }

    /// The same of a message, of which nobody asks for its name and its lines.
    pub(super) fn of_message(text: &str) -> Self {
        Self::new(denial::parse_text(text), kinds_of_secrets(text), 0)
    }

    pub(super) fn of_large(large: Large) -> Self {
        Self { sessions: large.sessions, ..Self::new(large.denials, large.secrets, large.lines) }
    }

    fn new(denials: Vec<Denial>, secrets: Vec<secret::SecretKind>, lines: usize) -> Self {
        let mut denials = examined(denials);
        note_secrets(&mut denials, &secrets);
        Self { denials, secrets, lines, sessions: SessionCalls::default() }
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
    let Told { denials, secrets, .. } = Told::of_text(source);
    (denials, !secrets.is_empty())
}

/// The denials with what the service reference says against their texts.
fn examined(mut denials: Vec<Denial>) -> Vec<Denial> {
    for denial in &mut denials {
        crate::infer::examine(denial, Reference::embedded());
    }
    denials
}

/// A failure with an input that leaks: the leak is told first, and is what the exit code says.
pub(super) fn leaked(secrets: &[secret::SecretKind], error: &Error) -> Error {
    Error::Secret(format!("{}. Besides: {error}", words::denial::note(&Note::SecretInInput(secrets.to_vec()))))
}

/// What is said of an input without denials, and what to do.
pub(super) fn nothing_found(source: &Source) -> Error {
    nothing(source.name(), source.text().lines().count())
}

pub(super) fn nothing(name: &str, lines: usize) -> Error {
    Error::Input(format!("{}. {}", no_denial_in(name, lines), WHAT_TO_GIVE))
}

/// What to give instead.
pub(super) const WHAT_TO_GIVE: &str = "Give the whole error message as AWS printed it, or its record in CloudTrail";

/// The same without what to do.
pub(super) fn no_denial(source: &Source) -> String {
    no_denial_in(source.name(), source.text().lines().count())
}

pub(super) fn no_denial_in(name: &str, lines: usize) -> String {
    let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
    format!("no denial found in {lines} of {name}")
}
