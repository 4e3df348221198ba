//! Which files tools may read: those below the folders that the command line names, wherever links and `..` lead.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::cli::Error;

/// The folders.
#[derive(Debug, Default)]
pub(super) struct Roots {
    folders: Vec<PathBuf>,
}

impl Roots {
    /// The folders as they are now.
    ///
    /// # Errors
    /// When one is not there, or is no folder.
    pub(super) fn open(paths: &[String]) -> Result<Self, Error> {
        let folder = |path: &String| {
            let found = Path::new(path).canonicalize().map_err(|error| Error::Read { path: path.clone(), error })?;
            if found.is_dir() {
                Ok(found)
            } else {
                Err(Error::Usage(format!(
                    "--root takes a folder, and `{path}` is a file. Give the folder that it is in"
                )))
            }
        };
        Ok(Self { folders: paths.iter().map(folder).collect::<Result<_, _>>()? })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Opens a file below one of the folders. A path that does not begin at the top is looked for in each of them.
    ///
    /// # Errors
    /// When there is no such file, or it is not below any. Which of the two is not told of what is outside.
    pub(super) fn file(&self, path: &str) -> Result<File, Error> {
        if self.folders.is_empty() {
            return Err(Error::Usage(
                "this server reads no files: it was started without --root. Give the content as `text`".to_owned(),
            ));
        }
        let found = self.folders.iter().find_map(|folder| self.below(&folder.join(path)));
        let Some(found) = found else {
            return Err(Error::Usage(format!(
                "`{path}` is no file below the folders that this server may read (--root). Give a file there, or its content as `text`"
            )));
        };
        let failed = |error| Error::Read { path: path.to_owned(), error };
        let file = File::open(&found).map_err(failed)?;
        // what was put in its place meanwhile is not it
        let same = self.below(&found).is_some_and(|again| again == found);
        if same && file.metadata().map_err(failed)?.is_file() {
            Ok(file)
        } else {
            Err(failed(std::io::ErrorKind::NotFound.into()))
        }
    }

    /// Where a path leads, if that is a regular file below one of the folders: a pipe would keep its reader waiting.
    fn below(&self, path: &Path) -> Option<PathBuf> {
        let found = path.canonicalize().ok()?;
        let within = self.folders.iter().any(|folder| found.starts_with(folder));
        (within && found.is_file()).then_some(found)
    }
}
