//! Which files are meant: each once, in the order of their names.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::{Error, content};
use crate::cli::files::{Meant, below, meant, nothing_fits, shown};
use crate::cli::inside;
use crate::report::words;
use crate::text;
use crate::triage::{Broken, Skipped};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Its path.
    pub(super) path: PathBuf,
    /// Its size.
    pub(super) bytes: u64,
    /// When it was changed, in nanoseconds since 1970.
    pub(super) changed: u128,
    /// Its bytes, where it is no file but a value of the program in which this one runs.
    pub(super) content: Option<Arc<[u8]>>,
}

/// The files of all paths.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) found: BTreeSet<Found>,
    /// Those that were given by name.
    pub(super) named: BTreeSet<PathBuf>,
    /// Files in folders that are none of a trail.
    pub(super) left_alone: u64,
    /// Files and folders in folders that cannot be looked at: a link that leads nowhere, what others may not read.
    pub(super) skipped: Vec<Skipped>,
}

/// How the names of trail files end; others in a folder are left alone.
const ENDINGS: [&str; 6] = ["json", "jsonl", "ndjson", "gz", "csv", "parquet"];

/// How files begin whose names have no ending: Athena's UNLOAD names them so.
const BEGINNINGS: [&[u8]; 2] = [&content::PARQUET, &content::GZIP];

/// What is said where a trail is given instead of a list.
const NO_LIST: &str =
    "with `-` the paths of files are read from standard input, one a line, and this is JSON: give the file itself";

/// The files of all paths.
///
/// # Errors
/// When a path leads nowhere, or a folder cannot be read.
pub(super) fn find(paths: &[String]) -> Result<Files, Error> {
    let mut files = Files::default();
    for path in paths {
        if let Some(content) = inside::text(path) {
            let bytes = content.len() as u64;
            files.found.insert(Found { path: PathBuf::from(path), bytes, changed: 0, content: Some(content.into()) });
        } else if path == "-" {
            let failed = |error| Error::Read { path: "standard input".to_owned(), error };
            // PowerShell writes UTF-16 or a mark at the beginning
            let list = text::decoded_stream(std::io::stdin().lock()).map_err(failed)?;
            for line in std::io::BufReader::new(list).lines() {
                let line = line.map_err(failed)?;
                if line.trim_start().starts_with(['{', '[']) {
                    return Err(Error::Usage(NO_LIST.to_owned()));
                }
                if !line.trim().is_empty() {
                    add(line.trim_end_matches('\r'), &mut files)?;
                }
            }
        } else {
            add(path, &mut files)?;
        }
    }
    if files.found.is_empty() {
        let what = "there are no files of a trail there: .json, .json.gz, .jsonl, .ndjson, .csv or .parquet".to_owned();
        return Err(Error::Input(what));
    }
    Ok(files)
}

fn add(path: &str, files: &mut Files) -> Result<(), Error> {
    let place = Path::new(path);
    match meant(path, |_| true)? {
        Meant::Folder => below(place, |_| true, &mut |found| {
            match found {
                Ok(found) => add_of_folder(&found, files),
                // one folder of many
                Err(Error::Read { path: inner, error }) if Path::new(&inner) != place => files.skip(inner, error),
                Err(error) => return Err(error),
            }
            Ok(())
        }),
        Meant::File(of) => {
            let file = file(place, &of);
            files.named.insert(file.path.clone());
            files.found.insert(file);
            Ok(())
        }
        Meant::Pattern(all) => {
            let before = files.found.len();
            for one in all {
                let one = one?;
                let of = std::fs::metadata(&one).map_err(|error| Error::Read { path: shown(&one), error })?;
                if of.is_file() {
                    files.found.insert(file(&one, &of));
                }
            }
            if files.found.len() == before { Err(nothing_fits(path)) } else { Ok(()) }
        }
    }
}

impl Files {
    fn skip(&mut self, path: String, error: std::io::Error) {
        self.skipped.push(Skipped::new(path, words::triage::broken(&Broken::Read(error))));
    }
}

fn add_of_folder(path: &Path, files: &mut Files) {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let is_of_trail = match ending {
        Some(ending) => ENDINGS.contains(&ending.as_str()),
        None => begins_like_one(path),
    };
    if !is_of_trail {
        files.left_alone += 1;
        return;
    }
    match std::fs::metadata(path) {
        Ok(of) if of.is_file() => {
            files.found.insert(file(path, &of));
        }
        Ok(_) => {}
        Err(error) => files.skip(shown(path), error),
    }
}

/// Whether a file without an ending is a packed file or a table by its first bytes. One that cannot be read is none.
fn begins_like_one(path: &Path) -> bool {
    let mut first = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut first));
    read.is_ok() && BEGINNINGS.iter().any(|beginning| first.starts_with(beginning))
}

fn file(path: &Path, of: &std::fs::Metadata) -> Found {
    // the same file under two names of a path is one
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let changed = of.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Found { path, bytes: of.len(), changed: changed.as_nanos(), content: None }
}
