//! `--service-reference`: another list of AWS's actions than the one that is part of the program.

use super::Error;
use super::input::bytes_of;
use crate::reference::Reference;
use crate::text::{decode, unpacked};

/// Which service reference to use.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct ReferenceArgs {
    /// Facts about AWS's actions from this file, newer than those of the program (docs/reference.md)
    #[arg(long, value_name = "FILE")]
    service_reference: Option<String>,
}

impl ReferenceArgs {
    /// The reference to use.
    ///
    /// # Errors
    /// When the file cannot be read, or is no service reference.
    pub(crate) fn read(&self) -> Result<Reference, Error> {
        match &self.service_reference {
            None => Ok(Reference::embedded().clone()),
            Some(path) => {
                Reference::read(&plain(bytes_of(path)?)).map_err(|error| Error::Input(format!("`{path}`: {error}")))
            }
        }
    }
}

/// The file as it was made: one that went through an editor or a shell is text in another encoding, or with other line ends.
fn plain(bytes: Vec<u8>) -> Vec<u8> {
    let bytes = unpacked(bytes);
    let first_line = bytes.iter().position(|byte| *byte == b'\n').and_then(|end| bytes.get(..end)).unwrap_or_default();
    if first_line.is_ascii() && !first_line.contains(&0) && !first_line.ends_with(b"\r") {
        return bytes;
    }
    decode(bytes).replace("\r\n", "\n").into_bytes()
}
