//! The texts of a call: as they are, or from files below the roots, within the limit of bytes.

use std::io::Read as _;

use super::Settings;
use super::asked::{PolicyAsked, Text, TextAsked};
use crate::cli::policies::PolicyText;
use crate::cli::{Error, PolicyArgs, input};
use crate::iam::PolicyType;
use crate::text::{Source, decoded_stream};

/// What a call may still bring.
pub(super) struct Given<'s> {
    settings: &'s Settings,
    left: u64,
}

impl<'s> Given<'s> {
    /// Nothing was brought so far.
    pub(super) const fn new(settings: &'s Settings) -> Self {
        Self { settings, left: settings.max_bytes }
    }

    /// Policies as the commands take them.
    ///
    /// # Errors
    /// When one cannot be read, or they are too long.
    pub(super) fn policies(&mut self, asked: Vec<PolicyAsked>, none: &[PolicyType]) -> Result<PolicyArgs, Error> {
        let mut texts = Vec::new();
        for (number, asked) in (1..).zip(asked) {
            let PolicyAsked { of, text, path } = asked;
            let policy_type = of.policy_type();
            let name = format!("{}-{number}.json", of.name());
            texts.push(PolicyText { policy_type, source: self.source(text, path, &name)? });
        }
        for policy_type in none {
            if texts.iter().any(|text| text.policy_type == Some(*policy_type)) {
                return Err(Error::Usage(format!(
                    "`policies` has a {policy_type}, and `no_policies` says that there is none. Leave one of the two out"
                )));
            }
        }
        Ok(PolicyArgs::of_texts(texts, none))
    }

    /// A text that a call is about: as it is, or of a file.
    ///
    /// # Errors
    /// When it is neither of them or both, cannot be read, or is too long.
    pub(super) fn source(&mut self, text: Option<Text>, path: Option<String>, name: &str) -> Result<Source, Error> {
        match (text, path) {
            (Some(text), None) => {
                let text = text.into_string();
                self.take(text.len() as u64)?;
                input::learn(&text);
                Ok(Source::new(name, text))
            }
            (None, Some(path)) => {
                let text = self.read(&path)?;
                input::learn(&text);
                Ok(Source::new(path, text))
            }
            _ => Err(Error::Usage("give either `text` or `path`".to_owned())),
        }
    }

    /// Files of a trail, each by its name, and a text.
    ///
    /// # Errors
    /// When there are none, one cannot be read, or they are too long.
    pub(super) fn trail(&mut self, text: Option<Text>, paths: Vec<String>) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let mut all = Vec::new();
        if let Some(text) = text {
            let text = text.into_string();
            self.take(text.len() as u64)?;
            all.push(("text".to_owned(), text.into_bytes()));
        }
        for path in paths {
            let bytes = self.bytes(&path)?;
            // how long it is unpacked is known when it is
            if bytes.starts_with(b"PAR1") {
                return Err(Error::Usage(format!(
                    "`{path}` is Parquet, which only `iamdx triage` on the command line reads"
                )));
            }
            all.push((path, bytes));
        }
        if all.is_empty() {
            return Err(Error::Usage("give `text`, or `paths` where the server reads files".to_owned()));
        }
        Ok(all)
    }

    /// Snapshots alone.
    ///
    /// # Errors
    /// When one cannot be read, or they are too long.
    pub(super) fn snapshots(&mut self, asked: Vec<TextAsked>) -> Result<PolicyArgs, Error> {
        let mut texts = Vec::new();
        for (number, TextAsked { text, path }) in (1..).zip(asked) {
            let source = self.source(text, path, &format!("snapshot-{number}.json"))?;
            texts.push(PolicyText { policy_type: None, source });
        }
        Ok(PolicyArgs::of_texts(texts, &[]))
    }

    fn read(&mut self, path: &str) -> Result<String, Error> {
        let bytes = self.bytes(path)?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn bytes(&mut self, path: &str) -> Result<Vec<u8>, Error> {
        let failed = |error| Error::Read { path: path.to_owned(), error };
        let file = self.settings.roots.file(path)?;
        let mut bytes = Vec::new();
        // a packed file is as long as what it holds
        let limit = self.left.saturating_add(1);
        decoded_stream(file).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        self.take(bytes.len() as u64)?;
        Ok(bytes)
    }

    fn take(&mut self, bytes: u64) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            let most = self.settings.max_bytes;
            Error::Usage(format!(
                "the texts and files of this call have more than {most} bytes. Give the part that matters, or start the server with a \
                 larger --max-bytes"
            ))
        })?;
        Ok(())
    }
}
