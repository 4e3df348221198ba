//! Which files are meant: each once, in the order of their names.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::{Error, content};
use crate::cli::inside;

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
    /// Files in folders that are none of a trail.
    pub(super) left_alone: u64,
}

/// How the names of trail files end; others in a folder are left alone.
const ENDINGS: [&str; 6] = ["json", "jsonl", "ndjson", "gz", "csv", "parquet"];

/// How files begin whose names have no ending: Athena's UNLOAD names them so.
const BEGINNINGS: [&[u8]; 2] = [&content::PARQUET, &content::GZIP];

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 64;

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
            for line in std::io::stdin().lock().lines() {
                let line = line.map_err(failed)?;
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
    match std::fs::metadata(place) {
        Ok(of) if of.is_dir() => walk(place, 0, files),
        Ok(of) => {
            files.found.insert(file(place, &of));
            Ok(())
        }
        Err(error) if !path.contains(['*', '?', '[']) => Err(Error::Read { path: path.to_owned(), error }),
        Err(_) => {
            let usage = |error: String| Error::Usage(format!("the pattern `{path}` cannot be used: {error}"));
            let before = files.found.len();
            for one in glob::glob(path).map_err(|error| usage(error.to_string()))? {
                let one = one.map_err(|error| usage(error.to_string()))?;
                let of = std::fs::metadata(&one).map_err(|error| Error::Read { path: shown(&one), error })?;
                if of.is_file() {
                    files.found.insert(file(&one, &of));
                }
            }
            if files.found.len() == before {
                return Err(Error::Input(format!("no file fits the pattern `{path}`")));
            }
            Ok(())
        }
    }
}

fn walk(folder: &Path, depth: usize, files: &mut Files) -> Result<(), Error> {
    let failed = |error| Error::Read { path: shown(folder), error };
    if depth > DEEPEST {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        // a link to a folder could lead back here
        if entry.file_type().map_err(failed)?.is_dir() {
            walk(&path, depth + 1, files)?;
            continue;
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let is_of_trail = match ending {
            Some(ending) => ENDINGS.contains(&ending.as_str()),
            None => begins_like_one(&path),
        };
        if !is_of_trail {
            files.left_alone += 1;
            continue;
        }
        match std::fs::metadata(&path) {
            Ok(of) if of.is_file() => {
                files.found.insert(file(&path, &of));
            }
            Ok(_) => {}
            Err(error) => return Err(Error::Read { path: shown(&path), error }),
        }
    }
    Ok(())
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

/// A path for a person.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
