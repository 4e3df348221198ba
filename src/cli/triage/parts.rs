//! Parts of a trail that are counted on the machines of a cluster, and put together there and here.
//!
//! Between machines a part is a key and bytes: the fingerprint and what was counted of it, or [`REST`] and all that belongs to none.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::one::{Counter, Told};
use super::policies;
use crate::denial::{FingerprintId, Note};
use crate::diagnosed::Look;
use crate::report::words;
use crate::snapshot::Snapshot;
use crate::triage::{Broken, Denied, Filters, Skipped, Tally, Trail};

/// A part that is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAPart {
    /// What is asked for was written by another version: counts of different versions do not add up.
    #[error("the driver has iamdx {driver} and this machine has {VERSION}: install the same version on all machines")]
    OtherVersion {
        /// The version of the driver.
        driver: String,
    },
    /// What is asked for cannot be read.
    #[error("what is asked for cannot be read: {0}")]
    Asked(serde_json::Error),
    /// A part cannot be read.
    #[error("a part of a trail cannot be read: {0}")]
    Part(String),
}

/// What an executor and its driver have to share.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The key of what belongs to no fingerprint.
pub const REST: &str = "";

/// Counts files, one after the other, on the thread that asks.
#[derive(Debug)]
pub struct Files {
    counter: Counter,
}

/// What is asked for, as it travels.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    version: String,
    pub(super) filter: Filter,
    /// Whether records are kept for a diagnosis.
    pub(super) records: bool,
}

impl Asked {
    pub(super) fn new(filter: Filter, records: bool) -> Self {
        Self { version: VERSION.to_owned(), filter, records }
    }

    fn read(text: &str) -> Result<Self, NotAPart> {
        #[derive(Deserialize)]
        struct Versioned {
            version: String,
        }
        // all else may have been something else there
        let Versioned { version } = serde_json::from_str(text).map_err(NotAPart::Asked)?;
        if version != VERSION {
            return Err(NotAPart::OtherVersion { driver: version });
        }
        serde_json::from_str(text).map_err(NotAPart::Asked)
    }
}

/// Whether what is asked for can be done here.
///
/// # Errors
/// When it is none, or that of another version.
pub fn check(asked: &str) -> Result<(), NotAPart> {
    Asked::read(asked).map(drop)
}

/// What one file tells, as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilePart {
    /// SHA-256 of its bytes; `None` where it is damaged.
    pub digest: Option<String>,
    /// Why nothing of it counts.
    pub damage: Option<String>,
    /// What was counted; of a damaged file at most that there was a secret before the damage.
    pub tally: Vec<u8>,
}

/// A part as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The fingerprint, or [`REST`].
    pub key: String,
    /// What was counted.
    pub counted: Vec<u8>,
    /// What a look at the fingerprint found, where one was made.
    pub look: Option<Vec<u8>>,
}

/// Looks at fingerprints by the policies of snapshots.
#[derive(Debug, Default)]
pub struct Looker {
    snapshot: Snapshot,
}

impl Looker {
    pub(super) const fn new(snapshot: Snapshot) -> Self {
        Self { snapshot }
    }
}

/// What was counted of no fingerprint.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rest {
    trail: Trail,
}

impl Files {
    /// Counts what is asked for, as [`super::asked`] gives it.
    ///
    /// # Errors
    /// When it is none, or that of another version.
    pub fn new(asked: &str) -> Result<Self, NotAPart> {
        let asked = Asked::read(asked)?;
        let counter = Counter::new(asked.filter);
        Ok(Self { counter: if asked.records { counter.keeping_records() } else { counter } })
    }

    /// Counts a file of which the bytes are there.
    ///
    /// # Errors
    /// When what was counted cannot be written down.
    pub fn bytes(&self, content: &[u8]) -> Result<FilePart, NotAPart> {
        self.part(self.counter.bytes(content))
    }

    /// Counts a file of this machine.
    ///
    /// # Errors
    /// When what was counted cannot be written down.
    pub fn path(&self, path: &str) -> Result<FilePart, NotAPart> {
        self.part(self.counter.path(path))
    }

    fn part(&self, told: Result<Told<String>, Broken>) -> Result<FilePart, NotAPart> {
        match told {
            Ok(Told { counting, print: digest }) => {
                let tally = packed(counting.tally())?;
                Ok(FilePart { digest: Some(digest), damage: None, tally })
            }
            Err(broken) => {
                // nothing of it counts, but who sees a secret says so
                let mut only = Tally::new();
                only.secrets = self.counter.take_secrets_of_damaged();
                let tally = if only.secrets.is_empty() { Vec::new() } else { packed(only)? };
                Ok(FilePart { digest: None, damage: Some(words::triage::broken(&broken)), tally })
            }
        }
    }

    /// The denials of a file of which the bytes are there, each with its record; gives the SHA-256 of the file.
    ///
    /// # Errors
    /// When it is damaged, in a sentence: then none of them counts.
    pub fn denials_of_bytes(&self, content: &[u8], each: impl FnMut(&Denied, &[u8])) -> Result<String, String> {
        self.counter.denials_of_bytes(content, each).map_err(|broken| words::triage::broken(&broken))
    }

    /// The same of a file of this machine.
    ///
    /// # Errors
    /// When it is damaged, in a sentence: then none of them counts.
    pub fn denials_of_path(&self, path: &str, each: impl FnMut(&Denied, &[u8])) -> Result<String, String> {
        self.counter.denials_of_path(path, each).map_err(|broken| words::triage::broken(&broken))
    }
}

/// Parts that are put together.
#[derive(Debug, Default)]
pub struct Parts {
    rest: Rest,
    entries: Tally,
    /// The names of each file that was counted, by SHA-256 of its bytes.
    counted: HashMap<String, BTreeSet<u64>>,
}

impl Parts {
    /// Adds a file, unless one of the same content was added. The same name twice is one file.
    ///
    /// # Errors
    /// When the part is none.
    pub fn add_file(&mut self, path: &str, bytes: u64, file: &FilePart) -> Result<(), NotAPart> {
        let Some(digest) = &file.digest else {
            let skipped = Skipped::new(path.to_owned(), file.damage.clone().unwrap_or_default());
            if !self.rest.trail.skipped.contains(&skipped) {
                self.rest.trail.skipped.push(skipped);
            }
            if !file.tally.is_empty() {
                let tally = unpacked(&file.tally)?;
                self.rest.trail.tally.secrets.merge(tally.secrets);
            }
            return Ok(());
        };
        if let Some(names) = self.counted.get_mut(digest) {
            self.rest.trail.seen_before += u64::from(names.insert(short(path)));
            return Ok(());
        }
        self.counted.insert(digest.clone(), BTreeSet::from([short(path)]));
        let mut tally = unpacked(&file.tally)?;
        tally.unreadable.in_file(path);
        self.rest.trail.files += 1;
        self.rest.trail.bytes += bytes;
        self.rest.trail.without_records += u64::from(tally.records == 0);
        self.entries.merge(tally);
        Ok(())
    }

    /// Adds a part of another.
    ///
    /// # Errors
    /// When it is none.
    pub fn add(&mut self, key: &str, part: &[u8]) -> Result<(), NotAPart> {
        if key == REST {
            let Rest { trail } = read(part)?;
            self.rest.trail.merge(trail);
        } else {
            let id = key.parse().map_err(no_part)?;
            self.entries.add_bytes(id, part).map_err(no_part)?;
        }
        Ok(())
    }

    /// How many fingerprints are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.entries.fingerprints.len()
    }

    /// Takes what is held, to be put together elsewhere; with a look at each fingerprint, where all that there is of it is held. Which files
    /// were counted is remembered.
    ///
    /// # Errors
    /// When a part cannot be written down.
    pub fn take(&mut self, looker: Option<&Looker>) -> Result<Vec<Part>, NotAPart> {
        let mut tally = std::mem::take(&mut self.entries);
        let fingerprints = std::mem::take(&mut tally.fingerprints);
        let mut rest = std::mem::take(&mut self.rest);
        rest.trail.tally.merge(tally);
        let mut parts = vec![Part { key: REST.to_owned(), counted: written(&rest)?, look: None }];
        let options = policies::options();
        for (id, counted) in fingerprints.iter() {
            let look = looker.map(|looker| written(&crate::look(counted, &looker.snapshot, &options))).transpose()?;
            parts.push(Part { key: id.to_string(), counted: counted.to_bytes(), look });
        }
        Ok(parts)
    }

    /// The whole trail as `triage merge` reads it, and what is to be said of secrets in the records of its denials. What was asked for is
    /// what the files were counted with.
    ///
    /// # Errors
    /// When it cannot be written down, or what was asked for cannot be read.
    pub fn finish(self, asked: &str) -> Result<(Vec<u8>, Option<String>), NotAPart> {
        #[derive(Serialize)]
        struct Answer {
            schema_version: u8,
            filters: Filters,
            trail: Trail,
        }
        let filters = Filters::of(Asked::read(asked)?.filter.chosen());
        let Self { rest: Rest { mut trail }, entries, .. } = self;
        trail.skipped.sort();
        trail.tally.merge(entries);
        let answer = Answer { schema_version: crate::report::SCHEMA_VERSION, filters, trail };
        let kinds: Vec<_> = answer.trail.tally.secrets.kinds.iter().copied().collect();
        let note = (!kinds.is_empty()).then(|| words::denial::note(&Note::SecretInInput(kinds)));
        Ok((written(&answer)?, note))
    }
}

/// Looks at fingerprints, as they came from other machines.
///
/// # Errors
/// When one is none.
pub fn looks(all: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<BTreeMap<FingerprintId, Look>, NotAPart> {
    all.into_iter().map(|(key, look)| Ok((key.parse().map_err(no_part)?, read(&look)?))).collect()
}

fn short(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

fn no_part(error: impl std::fmt::Display) -> NotAPart {
    NotAPart::Part(error.to_string())
}

fn packed(tally: Tally) -> Result<Vec<u8>, NotAPart> {
    tally.into_bytes().map_err(no_part)
}

fn unpacked(part: &[u8]) -> Result<Tally, NotAPart> {
    Tally::of_bytes(part).map_err(no_part)
}

fn written(part: &impl Serialize) -> Result<Vec<u8>, NotAPart> {
    serde_json::to_vec(part).map_err(no_part)
}

fn read<T: serde::de::DeserializeOwned>(part: &[u8]) -> Result<T, NotAPart> {
    serde_json::from_slice(part).map_err(no_part)
}
