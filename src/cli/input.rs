//! The text of a file or of standard input. Any bytes are taken.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that reads files")]

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use super::Error;
use super::large::{self, LARGE, Large, Opened, ReadTrail};
use super::progress::{Counted, Progress, Unit};
use super::trail::WhenBroken;
use super::{inside, large_file, private, secrets};
use crate::iam::secret;
use crate::snapshot::{Snapshot, SnapshotError};
use crate::text::{STANDARD_INPUT, Source, decode, decoded_stream, packed_damage};

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
pub(super) fn text_of(path: &str) -> Result<Source, Error> {
    Ok(learnt(shown(path), read(path)?))
}

/// The text of these bytes, once its secrets are known. What is UTF-8 stays where it was read to.
pub(super) fn learnt(name: &str, bytes: Vec<u8>) -> Source {
    if let Some(error) = packed_damage(&bytes) {
        large::damaged(name, &error);
    }
    learnt_text(name, decode(bytes))
}

fn learnt_text(name: &str, text: String) -> Source {
    learn(&text);
    Source::new(name, text)
}

fn read(path: &str) -> Result<Vec<u8>, Error> {
    read_from(Path::new(path), shown(path))
}

fn read_from(path: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::Read { path: name.to_owned(), error };
    if let Some(bytes) = read_large(path, name).map_err(failed)? {
        return Ok(bytes);
    }
    let (mut input, size) = opened_from(path, name, LARGE)?;
    let mut bytes = Vec::new();
    let room = size.and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    bytes.try_reserve_exact(room).map_err(|_| failed(std::io::ErrorKind::OutOfMemory.into()))?;
    input.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The bytes of a large file; `None` for any other, and for what is no file.
fn read_large(path: &Path, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    let is_file = path != Path::new("-") && path.to_str().and_then(inside::text).is_none();
    let found = is_file.then(|| std::fs::metadata(path).ok()).flatten().filter(std::fs::Metadata::is_file);
    let Some(size) = found.map(|found| found.len()).filter(|size| *size >= large_file::LEAST) else { return Ok(None) };
    super::file::is_read(path);
    let file = std::fs::File::open(path)?;
    let progress = Progress::start(&format!("reading {name}"), Unit::Bytes, Some(size));
    let Ok(size) = usize::try_from(size) else { return Ok(None) };
    inside::on_all_cores(|| large_file::read(&file, size, &progress))
}

/// A file, or standard input for `-`: its denials where it is large, otherwise its text.
///
/// # Errors
/// When it cannot be read.
pub(super) fn given(path: &Path, name: &str) -> Result<Given, Error> {
    let (input, size) = opened_from(path, name, LARGE)?;
    let room = size.and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    match large::open(input, room, name).map_err(|error| Error::Read { path: name.to_owned(), error })? {
        Opened::Whole(bytes) => Ok(Given::Text(learnt(name, bytes))),
        Opened::Stream(text) => Ok(Given::Told(large::read(text, name)?, name.to_owned())),
        Opened::Records(text) => {
            // what is no file cannot be read a second time
            let when_broken = if size.is_some() { WhenBroken::Stop } else { WhenBroken::ReadAsText };
            match large::read_trail(text, name, when_broken)? {
                ReadTrail::Told(large) => Ok(Given::Told(large, name.to_owned())),
                ReadTrail::Held(text) => Ok(Given::Text(learnt_text(name, text))),
                ReadTrail::Broken => Ok(Given::Text(learnt(name, read_from(path, name)?))),
            }
        }
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
    secrets::learn(text);
    private::learn(text);
}

/// The snapshot in a file. In a large one secrets are looked for beside the reading, and known before anything is said of it.
pub(super) fn snapshot_of(path: &str) -> Result<Snapshot, Error> {
    if !std::fs::metadata(path).is_ok_and(|found| found.len() >= large_file::LEAST) {
        return Ok(snapshot_in(source_of(path)?)?);
    }
    let name = shown(path);
    let bytes = read(path)?;
    if let Some(error) = packed_damage(&bytes) {
        large::damaged(name, &error);
    }
    let source = Source::new(name, decode(bytes));
    let text = source.clone();
    let (snapshot, found) =
        inside::on_all_cores(|| rayon::join(|| Snapshot::from_source(source), || secret::find(text.text())));
    secrets::learn_found(text.text(), &found);
    private::learn(text.text());
    Ok(snapshot?)
}

/// The snapshot in a text. The threads that read a large one inside another program end with the reading.
pub(super) fn snapshot_in(source: Source) -> Result<Snapshot, SnapshotError> {
    if (source.text().len() as u64) < large_file::LEAST {
        return Snapshot::from_source(source);
    }
    inside::on_all_cores(|| Snapshot::from_source(source))
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
pub(super) fn shown(path: &str) -> &str {
    if path == "-" { STANDARD_INPUT } else { path }
}

/// Whether there is a file of this name.
pub(crate) fn exists(path: &str) -> bool {
    std::path::Path::new(path).exists()
}
