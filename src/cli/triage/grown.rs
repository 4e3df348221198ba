//! A file that has grown since it was counted: where what was counted stands at its beginning, only what follows is read.
//!
//! That is so of JSON as it is, to which exports append records. In a packed file or a table what is appended does not stand alone.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use sha2::{Digest as _, Sha256};

use super::Progress;
use super::content::{self, CHUNK};
use super::files::Found;
use super::print::{Exact, hex};
use crate::triage::Broken;

/// What follows in a file what was counted of it.
pub(super) struct Rest {
    file: File,
    /// Bytes that were counted.
    from: u64,
    /// Of these.
    hash: Sha256,
}

impl Rest {
    /// What follows the longest beginning of a file that was counted; `sizes` are those that the file had then, in order. Nothing where its
    /// beginning is another by now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn of(found: &Found, sizes: &[u64], is_counted: impl Fn(&str) -> bool) -> Result<Option<Self>, Broken> {
        let mut file = File::open(&found.path).map_err(Broken::Read)?;
        let mut chunk = vec![0; CHUNK];
        let (mut hash, mut done, mut counted) = (Sha256::new(), 0_u64, None);
        for size in sizes {
            while done < *size {
                let many = usize::try_from(*size - done).unwrap_or(CHUNK).min(CHUNK);
                let read = file.read(chunk.get_mut(..many).unwrap_or_default()).map_err(Broken::Read)?;
                let read = chunk.get(..read).unwrap_or_default();
                if read.is_empty() || (done == 0 && !content::is_json(read)) {
                    return Ok(None);
                }
                hash.update(read);
                done += read.len() as u64;
            }
            if is_counted(&hex(&hash.clone().finalize())) {
                counted = Some((*size, hash.clone()));
            }
        }
        let Some((from, hash)) = counted else { return Ok(None) };
        file.seek(SeekFrom::Start(from)).map_err(Broken::Read)?;
        Ok(Some(Self { file, from, hash }))
    }

    /// Bytes that were counted before.
    pub(super) const fn from(&self) -> u64 {
        self.from
    }

    /// Gives every record that follows, and what tells the whole file from others.
    ///
    /// # Errors
    /// When what follows is damaged.
    pub(super) fn each_record(self, progress: &Progress, each: &mut dyn FnMut(&[u8])) -> Result<Exact, Broken> {
        let Self { file, from, hash } = self;
        progress.add(from);
        content::json(file, (from, hash), progress, each).map_err(|broken| broken.behind(from))
    }
}
