//! Where a command's text comes from: a path, standard input, or `-m`. Any bytes are taken.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that reads files")]

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use super::Error;
use super::inputs::{self, Inputs};
use super::large::{self, LARGE, Large, Opened};
use super::progress::Counted;
use crate::text::{STANDARD_INPUT, Source, decode, decoded_stream};

/// The texts to read.
#[derive(Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// Files with the text, folders of them, or patterns such as `logs/**/*.log`; `-` for standard input
    #[arg(value_name = "INPUT", default_value = "-")]
    input: Vec<String>,
    /// The text itself
    #[arg(short, long, value_name = "TEXT", conflicts_with = "input")]
    message: Option<String>,
}

/// What is to be typed where a text is expected.
pub(super) const WHAT: &str = "Paste the error message, the log or the CloudTrail record";

impl InputArgs {
    /// The inputs, where there may be several.
    ///
    /// # Errors
    /// When there are to be several, and none is there.
    pub(crate) fn several(&self) -> Result<Option<Inputs>, Error> {
        if self.message.is_some() || !inputs::are_several(&self.input) {
            return Ok(None);
        }
        Inputs::find(&self.input).map(Some)
    }

    /// The only one.
    fn only(&self) -> &str {
        self.input.first().map_or("-", String::as_str)
    }

    /// The denials of the text where it is large; otherwise the text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn given(&self) -> Result<Given, Error> {
        if self.message.is_some() {
            return Ok(Given::Text(self.text()?));
        }
        invite(self.only(), WHAT);
        given(Path::new(self.only()), shown(self.only()))
    }

    /// The text as it comes, for commands that work line by line.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn stream(&self) -> Result<Box<dyn std::io::Read + Send>, Error> {
        if let Some(message) = &self.message {
            Ok(Box::new(std::io::Cursor::new(message.clone().into_bytes())))
        } else {
            invite(self.only(), r#"Type lines of the form {"id": ..., "raw": "text"}"#);
            stream_of(self.only())
        }
    }

    /// The text, whatever its encoding.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn text(&self) -> Result<Source, Error> {
        if let Some(message) = &self.message {
            return Ok(Source::new("message", decode(message.clone().into_bytes())));
        }
        invite(self.only(), WHAT);
        text_of(self.only())
    }
}

/// A text that was read, whole or stretch by stretch.
pub(crate) enum Given {
    /// It.
    Text(Source),
    /// What it tells, where it is too large to be held, and its name.
    Told(Large, String),
}

/// How a person ends what is typed into a terminal.
const END: &str = if cfg!(windows) { "press Enter, Ctrl-Z and Enter" } else { "press Enter and Ctrl-D" };

/// Where the input is typed into a terminal: what to type, and how to end it; a program that waits in silence looks broken.
pub(crate) fn invite(path: &str, what: &str) {
    if path == "-" && std::io::stdin().is_terminal() {
        super::output::complain(&format!("{what}. To end it, {END}"));
    }
}

/// The bytes of a file, or of standard input for `-`, once their secrets are known.
pub(crate) fn bytes_of(path: &str) -> Result<Vec<u8>, Error> {
    let bytes = read(path)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => learn(text),
        Err(_) => learn(&decode(bytes.clone())),
    }
    Ok(bytes)
}

/// The text of a file, once its secrets are known.
fn text_of(path: &str) -> Result<Source, Error> {
    Ok(learnt(shown(path), read(path)?))
}

/// The text of these bytes, once its secrets are known. What is UTF-8 stays where it was read to.
pub(super) fn learnt(name: &str, bytes: Vec<u8>) -> Source {
    let text = decode(bytes);
    learn(&text);
    Source::new(name, text)
}

fn read(path: &str) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::Read { path: shown(path).to_owned(), error };
    let (mut input, size) = opened_from(Path::new(path), shown(path), LARGE)?;
    let mut bytes = Vec::new();
    let room = size.and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    bytes.try_reserve_exact(room).map_err(|_| failed(std::io::ErrorKind::OutOfMemory.into()))?;
    input.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A file, or standard input for `-`: its denials where it is large, otherwise its text.
///
/// # Errors
/// When it cannot be read.
pub(super) fn given(path: &Path, name: &str) -> Result<Given, Error> {
    let (input, size) = opened_from(path, name, LARGE)?;
    let room = size.and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    match large::open(input, room).map_err(|error| Error::Read { path: name.to_owned(), error })? {
        Opened::Whole(bytes) => Ok(Given::Text(learnt(name, bytes))),
        Opened::Stream(text) => Ok(Given::Told(large::read(text, name)?, name.to_owned())),
    }
}

/// The bytes of a file, or of standard input for `-`, as they come.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn opened(path: &Path) -> Result<Box<dyn std::io::Read + Send>, Error> {
    let name = path.to_string_lossy();
    Ok(opened_from(path, shown(&name), 0)?.0)
}

/// Opens a file, or standard input for `-`: its bytes, and how many there are where that is known. They are counted for whoever waits,
/// unless there are fewer than `least`.
fn opened_from(path: &Path, name: &str, least: u64) -> Result<(Box<dyn std::io::Read + Send>, Option<u64>), Error> {
    if let Some(bytes) = path.to_str().and_then(super::inside::text) {
        let size = bytes.len() as u64;
        return Ok((Box::new(std::io::Cursor::new(bytes)), Some(size)));
    }
    super::file::is_read(path);
    if path == Path::new("-") {
        let stdin = std::io::stdin();
        // who types knows how far it is
        let input: Box<dyn std::io::Read + Send> =
            if stdin.is_terminal() { Box::new(stdin) } else { Box::new(Counted::new(stdin, STANDARD_INPUT, None)) };
        return Ok((input, None));
    }
    let failed = |error| Error::Read { path: name.to_owned(), error };
    let file = std::fs::File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    let size = found.is_file().then_some(found.len());
    if file.is_terminal() || size.is_some_and(|size| size < least) {
        return Ok((Box::new(file), size));
    }
    Ok((Box::new(Counted::new(file, name, size)), size))
}

/// Remembers what of a text must not be shown.
pub(crate) fn learn(text: &str) {
    super::secrets::learn(text);
    super::private::learn(text);
}

/// The text of a file under its name, whatever its encoding.
pub(crate) fn source_of(path: &str) -> Result<Source, Error> {
    invite(path, "Paste the policy document");
    text_of(path)
}

/// A file as a stream of UTF-8, whatever its encoding.
pub(crate) fn stream_of(path: &str) -> Result<Box<dyn std::io::Read + Send>, Error> {
    let failed = |error| Error::Read { path: shown(path).to_owned(), error };
    Ok(Box::new(decoded_stream(opened(Path::new(path))?).map_err(failed)?))
}

/// What a person calls the file.
fn shown(path: &str) -> &str {
    if path == "-" { STANDARD_INPUT } else { path }
}

/// Whether there is a file of this name.
pub(crate) fn exists(path: &str) -> bool {
    std::path::Path::new(path).exists()
}
