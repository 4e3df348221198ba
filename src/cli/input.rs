//! Where a command's text comes from: a path, standard input, or `-m`. Any bytes are taken.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that reads files")]

use std::io::Read as _;

use super::Error;
use crate::text::Source;

/// The text to read.
#[derive(Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// A file with the text, or `-` for standard input
    #[arg(value_name = "INPUT", default_value = "-")]
    input: String,
    /// The text itself
    #[arg(short, long, value_name = "TEXT", conflicts_with = "input")]
    message: Option<String>,
}

impl InputArgs {
    /// The bytes and the name that a person knows them by.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn bytes(&self) -> Result<(String, Vec<u8>), Error> {
        if let Some(message) = &self.message {
            return Ok(("message".to_owned(), message.clone().into_bytes()));
        }
        if self.input == "-" {
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map_err(|error| Error::Read { path: "standard input".to_owned(), error })?;
            return Ok(("standard input".to_owned(), bytes));
        }
        Ok((self.input.clone(), bytes_of(&self.input)?))
    }

    /// The bytes as they come, for commands that work line by line.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn stream(&self) -> Result<Box<dyn std::io::Read>, Error> {
        if let Some(message) = &self.message {
            return Ok(Box::new(std::io::Cursor::new(message.clone().into_bytes())));
        }
        if self.input == "-" {
            return Ok(Box::new(std::io::stdin().lock()));
        }
        let file = std::fs::File::open(&self.input);
        Ok(Box::new(file.map_err(|error| Error::Read { path: self.input.clone(), error })?))
    }

    /// The text; bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn text(&self) -> Result<Source, Error> {
        let (name, bytes) = self.bytes()?;
        Ok(Source::new(name, lossy(unpacked(bytes))))
    }
}

/// The bytes of a file.
pub(crate) fn bytes_of(path: &str) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| Error::Read { path: path.to_owned(), error })
}

/// What a gzip file holds, as CloudTrail delivers them; other bytes as they are. A cut file gives what it still holds.
fn unpacked(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut text = Vec::new();
    // bytes that only look like gzip are text like any other
    match flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text) {
        Err(_) if text.is_empty() => bytes,
        _ => text,
    }
}

/// UTF-8 as it is, anything else with replacement characters; without a copy where none is needed.
pub(crate) fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
