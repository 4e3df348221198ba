//! What a path on the command line stands for: a file, the files below a folder, or those that fit a pattern.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::Error;

/// What a path stands for.
pub(crate) enum Meant {
    /// Something that can be read: mostly a file, or a pipe.
    File(Metadata),
    /// A folder.
    Folder,
    /// What fits a pattern, in the order of the names; not what could not be looked into.
    Pattern(Vec<Result<PathBuf, Error>>),
}

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 64;

/// Whether a path that is there nowhere may be a pattern.
pub(crate) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// What a path stands for. What is there under the name is meant, whatever signs of a pattern the name has.
///
/// # Errors
/// When it leads nowhere.
pub(crate) fn meant(path: &str) -> Result<Meant, Error> {
    match std::fs::metadata(path) {
        Ok(of) if of.is_dir() => Ok(Meant::Folder),
        Ok(of) => Ok(Meant::File(of)),
        Err(error) => {
            // a name with a bracket in it is no pattern by that alone
            let pattern = if is_pattern(path) { glob::glob(path).ok() } else { None };
            let Some(found) = pattern else { return Err(Error::Read { path: path.to_owned(), error }) };
            let one = |found: glob::GlobResult| {
                found.map_err(|error| Error::Read { path: shown(error.path()), error: error.into() })
            };
            Ok(Meant::Pattern(found.map(one).collect()))
        }
    }
}

/// That nothing fits a pattern.
pub(crate) fn nothing_fits(pattern: &str) -> Error {
    Error::Input(format!("no file fits the pattern `{pattern}`"))
}

/// Gives everything below a folder that is no folder, in any order, and what cannot be looked into. `enters` says by their names into
/// which folders to go.
///
/// # Errors
/// As `each` gives them.
pub(crate) fn below(
    folder: &Path,
    enters: fn(&OsStr) -> bool,
    each: &mut dyn FnMut(Result<PathBuf, Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    walk(folder, 0, enters, each)
}

fn walk(
    folder: &Path,
    depth: usize,
    enters: fn(&OsStr) -> bool,
    each: &mut dyn FnMut(Result<PathBuf, Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |error| Error::Read { path: shown(folder), error };
    if depth > DEEPEST {
        return Ok(());
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return each(Err(failed(error))),
    };
    for entry in entries {
        let found = entry.and_then(|entry| Ok((entry.file_type()?, entry)));
        match found {
            Err(error) => each(Err(failed(error)))?,
            // a link to a folder could lead back here
            Ok((kind, entry)) if kind.is_dir() => {
                if enters(&entry.file_name()) {
                    walk(&entry.path(), depth + 1, enters, each)?;
                }
            }
            Ok((_, entry)) => each(Ok(entry.path()))?,
        }
    }
    Ok(())
}

/// A path for a person.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
