//! `--service-reference`: another list of AWS's actions than the one that is part of the program.

use super::Error;
use super::input::bytes_of;
use crate::reference::Reference;

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
            Some(path) => Reference::read(&bytes_of(path)?).map_err(|error| Error::Input(format!("`{path}`: {error}"))),
        }
    }
}
