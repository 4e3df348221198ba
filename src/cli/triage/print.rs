//! What tells a file from others by its content, and whether one of the same was counted.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::inflate::{Checked, MOST_PACKED};

/// What is taken of a file that is read, to tell it from others.
pub(super) trait Print: Sized {
    /// From its bytes.
    fn exact(exact: Exact) -> Self;

    /// Of a gzip file that can be read again.
    fn gzip(packed: &[u8], _: Checked) -> Self {
        Self::exact(Exact { sha256: sha256_of(packed), bytes: packed.len() as u64 })
    }
}

/// The bytes of a file that were read: files of the same are the same.
#[derive(Debug)]
pub(super) struct Exact {
    pub(super) sha256: String,
    /// How many there were. A file may have grown since it was found.
    pub(super) bytes: u64,
}

impl Print for Exact {
    fn exact(exact: Self) -> Self {
        exact
    }
}

/// SHA-256 alone.
impl Print for String {
    fn exact(exact: Exact) -> Self {
        exact.sha256
    }
}

/// What costs least.
#[derive(Debug)]
pub(super) enum Quick {
    /// Its bytes.
    Exact(Exact),
    /// Files that differ have seldom the same, and then their bytes are looked at.
    Gzip(Checked),
}

impl Print for Quick {
    fn exact(exact: Exact) -> Self {
        Self::Exact(exact)
    }

    fn gzip(_: &[u8], checked: Checked) -> Self {
        Self::Gzip(checked)
    }
}

/// The gzip files that were counted, by what they say of themselves.
#[derive(Debug, Default)]
pub(super) struct Gzips(BTreeMap<Checked, Vec<Known>>);

/// A file that was counted.
#[derive(Debug)]
enum Known {
    At(PathBuf),
    Of(String),
}

impl Gzips {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether a file is the first of its content, by its path, or its bytes where it is no file; nothing where that cannot be told any
    /// more, as it or one that looks alike cannot be read again.
    pub(super) fn is_first(&mut self, checked: Checked, path: &Path, content: Option<&[u8]>) -> Option<bool> {
        let alike = self.0.entry(checked).or_default();
        let mut own = content.map_or_else(|| Known::At(path.to_owned()), |content| Known::Of(sha256_of(content)));
        if !alike.is_empty() {
            let digest = own.digest()?.to_owned();
            let others: Vec<Option<&str>> = alike.iter_mut().map(Known::digest).collect();
            if others.contains(&Some(&digest)) {
                return Some(false);
            }
            if others.contains(&None) {
                return None;
            }
        }
        alike.push(own);
        Some(true)
    }
}

impl Known {
    /// SHA-256 of its bytes; `None` where it cannot be read any more.
    fn digest(&mut self) -> Option<&str> {
        if let Self::At(path) = self {
            *self = Self::Of(sha256_at(path).ok()?);
        }
        if let Self::Of(digest) = self { Some(digest) } else { None }
    }
}

fn sha256_at(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    // it was no longer than that when it was counted
    File::open(path)?.take(MOST_PACKED + 1).read_to_end(&mut bytes)?;
    Ok(sha256_of(&bytes))
}

/// SHA-256 of bytes.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A hash, as it is kept.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // a text takes everything
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{Checked, Gzips};

    #[test]
    fn files_that_look_alike_are_told_apart_by_their_bytes_while_these_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("a", "abc"), ("b", "xyz"), ("c", "abc"), ("d", "abc")] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let (one, other) = (Checked { bytes: 3, sum: 1, size: 9 }, Checked { bytes: 3, sum: 2, size: 9 });
        let mut gzips = Gzips::new();
        let mut is_first = |checked, name: &str, content| gzips.is_first(checked, &folder.path().join(name), content);
        // nothing is read where nothing looks alike
        assert_eq!(is_first(other, "gone", None), Some(true));
        assert_eq!(is_first(one, "a", None), Some(true));
        assert_eq!(is_first(one, "b", None), Some(true));
        assert_eq!(is_first(one, "c", None), Some(false));
        assert_eq!(is_first(one, "value", Some(b"xyz".as_slice())), Some(false));
        // of what cannot be read any more nothing is supposed
        assert_eq!(is_first(one, "gone", None), None);
        assert_eq!(is_first(other, "d", None), None);
    }
}
