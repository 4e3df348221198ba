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

/// What a path stands for. What is there under the name is meant, whatever signs of a pattern the name has. `enters` says by their names
/// which folders stand behind `**`.
///
/// # Errors
/// When it leads nowhere.
pub(crate) fn meant(path: &str, enters: fn(&OsStr) -> bool) -> Result<Meant, Error> {
    match std::fs::metadata(path) {
        Ok(of) if of.is_dir() => Ok(Meant::Folder),
        Ok(of) => Ok(Meant::File(of)),
        Err(error) => {
            // a name with a bracket in it is no pattern by that alone
            let found = if is_pattern(path) { fitting(path, enters) } else { None };
            found.map(Meant::Pattern).ok_or_else(|| Error::Read { path: path.to_owned(), error })
        }
    }
}

/// What fits a pattern, in the order of the names; nothing where it is none.
fn fitting(pattern: &str, enters: fn(&OsStr) -> bool) -> Option<Vec<Result<PathBuf, Error>>> {
    const OPTIONS: glob::MatchOptions = glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let whole = glob::Pattern::new(pattern).ok()?;
    let Some((before, _)) = pattern.split_once("**") else { return listed(pattern) };
    // what stands before may be a pattern itself
    let roots = match before.strip_suffix('/').unwrap_or(before) {
        "" => vec![Ok(PathBuf::from(if before.is_empty() { "." } else { "/" }))],
        root if is_pattern(root) => listed(root)?,
        root => vec![Ok(PathBuf::from(root))],
    };
    let mut found = Vec::new();
    for root in roots {
        let Ok(root) = root.map_err(|error| found.push(Err(error))) else { continue };
        let each = &mut |one: Result<PathBuf, Error>| {
            let one = match one {
                Ok(path) if before.is_empty() => Ok(path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path)),
                other => other,
            };
            if one.as_ref().map_or(true, |path| whole.matches_path_with(path, OPTIONS)) {
                found.push(one);
            }
            Ok(())
        };
        if root.is_dir() {
            // what cannot be looked into is among what was found
            below(&root, enters, each).ok()?;
        }
    }
    let name = |one: &Result<PathBuf, Error>| one.as_ref().ok().cloned();
    found.sort_by_cached_key(name);
    Some(found)
}

/// What fits a pattern without `**`.
fn listed(pattern: &str) -> Option<Vec<Result<PathBuf, Error>>> {
    let one =
        |found: glob::GlobResult| found.map_err(|error| Error::Read { path: shown(error.path()), error: error.into() });
    Some(glob::glob(pattern).ok()?.map(one).collect())
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
