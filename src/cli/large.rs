//! A text that is too large to be held: read stretch by stretch, on all cores, in the same memory whatever its length.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use super::inside::Cores;
use super::output::complain;
use super::trail::{self, Stopped, Trail, WhenBroken};
use super::{Error, secrets};
use crate::denial::{self, Denial, SessionCalls, Stretches};
use crate::iam::secret::{SecretKind, SecretsInStretches};
use crate::text::{Sizes, Stretch, decode, decoded_stream, in_stretches, unpacked_start};

/// Texts of fewer bytes are read at once.
pub(super) const LARGE: u64 = 1 << 22;

/// What a text told that was not held.
pub(crate) struct Large {
    pub(crate) denials: Vec<Denial>,
    /// The calls that made sessions.
    pub(crate) sessions: SessionCalls,
    /// The kinds of secrets whose being there is a leak.
    pub(crate) secrets: Vec<SecretKind>,
    pub(crate) lines: usize,
}

/// An input, as far as it was looked at.
pub(super) enum Opened<'r> {
    /// All of its bytes.
    Whole(Vec<u8>),
    /// Its text as a stream.
    Stream(Box<dyn Read + Send + 'r>),
    /// The same of a text that begins as records of a trail do.
    Records(Box<dyn Read + Send + 'r>),
}

/// Looks at the beginning of an input, and whether it is to be held.
///
/// # Errors
/// When it cannot be read.
pub(super) fn open<'r>(mut input: Box<dyn Read + Send + 'r>, room: usize, name: &str) -> io::Result<Opened<'r>> {
    let mut first = Vec::new();
    input.by_ref().take(LARGE).read_to_end(&mut first)?;
    let is_large = |bytes: &[u8]| bytes.len() as u64 >= LARGE;
    let (start, packed) = match unpacked_start(&first, LARGE) {
        Some(start) => (start, true),
        None => (first.clone(), false),
    };
    if !is_large(&start) {
        // a terminal that was told to end would have to be told again
        if is_large(&first) {
            first.try_reserve_exact(room.saturating_sub(first.len())).map_err(|_| io::ErrorKind::OutOfMemory)?;
            input.read_to_end(&mut first)?;
        }
        return Ok(Opened::Whole(first));
    }
    let are_records = denial::may_be_records(&decode(start));
    let text = decoded_stream(Cursor::new(first).chain(input))?;
    let text: Box<dyn Read + Send + 'r> =
        if packed { Box::new(UntilDamage { text: Some(text), name: name.to_owned() }) } else { Box::new(text) };
    Ok(if are_records { Opened::Records(text) } else { Opened::Stream(text) })
}

/// A packed file that was cut gives what it still holds.
struct UntilDamage<R> {
    text: Option<R>,
    name: String,
}

impl<R: Read> Read for UntilDamage<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let Some(text) = &mut self.text else { return Ok(0) };
        match text.read(bytes) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                damaged(&self.name, &error);
                // it is said once
                self.text = None;
                Ok(0)
            }
            other => other,
        }
    }
}

/// Says that a packed file is damaged, so that nobody takes what it tells for all.
pub(super) fn damaged(name: &str, error: &io::Error) {
    complain(&format!(
        "`{name}` is damaged and cannot be unpacked to its end ({error}): denials may be missing, and what stands last may be wrong"
    ));
}

/// How much of a text is held.
fn sizes() -> Sizes {
    Sizes { behind: Stretches::SIZES.behind.max(SecretsInStretches::HELD), ..Stretches::SIZES }
}

/// Reads a text under the name that a person knows it by.
///
/// # Errors
/// When it cannot be read to its end.
pub(super) fn read(text: Box<dyn Read + Send + '_>, name: &str) -> Result<Large, Error> {
    let cores = Cores::new();
    let (mut denials, mut secrets) = (Stretches::new(), Secrets::default());
    let result = in_stretches(text, sizes(), |stretch| {
        cores.run(|| {
            denials.add(stretch);
            secrets.add(stretch);
        });
    });
    result.map_err(|error| Error::Read { path: name.to_owned(), error })?;
    Ok(secrets.told_with(denials, name))
}

/// A trail that was read.
pub(super) enum ReadTrail {
    /// What it told.
    Told(Large),
    /// The text, which had to be held.
    Held(String),
    /// A part of it is not as records are, and that ended the reading.
    Broken,
}

/// Reads a trail under the name that a person knows it by.
///
/// # Errors
/// When it cannot be read to its end.
pub(super) fn read_trail(
    text: Box<dyn Read + Send + '_>,
    name: &str,
    when_broken: WhenBroken,
) -> Result<ReadTrail, Error> {
    let cores = Cores::new();
    let mut secrets = Secrets::default();
    // what is new is held once more, until its records end
    let sizes = Sizes { read: Stretches::SIZES.read / 2, ..sizes() };
    match Trail::new(&cores, when_broken).read_all(text, sizes, |stretch| secrets.add(stretch)) {
        Ok(trail::Read::Told(denials)) => Ok(ReadTrail::Told(secrets.told_with(*denials, name))),
        Ok(trail::Read::Held(text)) => Ok(ReadTrail::Held(text)),
        Err(Stopped::Broken) => Ok(ReadTrail::Broken),
        Err(Stopped::Read(error)) => Err(Error::Read { path: name.to_owned(), error }),
    }
}

/// The secrets of a text that is not held.
#[derive(Default)]
struct Secrets {
    found: SecretsInStretches,
    written: BTreeMap<String, SecretKind>,
}

impl Secrets {
    fn add(&mut self, stretch: &Stretch<'_>) {
        self.found.add(stretch, |text, secret| {
            let secret_text = text.get(secret.span.start..secret.span.end).unwrap_or_default();
            if !self.written.contains_key(secret_text) {
                self.written.insert(secret_text.to_owned(), secret.kind);
            }
        });
    }

    /// What the text told, once its secrets are known.
    fn told_with(self, denials: Stretches, name: &str) -> Large {
        for (text, kind) in &self.written {
            secrets::learn_one(text, *kind);
        }
        let lines = denials.lines();
        let (denials, sessions) = denials.into_told(name);
        Large { denials, sessions, secrets: self.found.leaks(), lines }
    }
}
