//! A large file in one buffer, read on all cores: most of that time goes into memory that is touched for the first time.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use rayon::prelude::*;

use super::progress::Progress;

/// Files of fewer bytes are read by one thread.
pub(super) const LEAST: u64 = 16 << 20;

/// Bytes that are read at once.
const SHARE: usize = 4 << 20;

/// All bytes of a file that has `size` of them; `None` where it turns out to have fewer.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(mut file: &File, size: usize, progress: &Progress) -> io::Result<Option<Vec<u8>>> {
    // memory that is zero from the beginning cannot be asked for with a chance to be refused
    let mut room = Vec::<u8>::new();
    room.try_reserve_exact(size).map_err(|_| io::ErrorKind::OutOfMemory)?;
    drop(std::hint::black_box(room));
    let mut bytes = vec![0; size];
    let filled = bytes.par_chunks_mut(SHARE).enumerate().map(|(number, share)| {
        let is_full = fill(file, share, (number * SHARE) as u64)?;
        progress.add(share.len() as u64);
        Ok::<bool, io::Error>(is_full)
    });
    if !filled.try_reduce(|| true, |one, other| Ok(one && other))? {
        return Ok(None);
    }
    // what was written to it since then
    file.seek(SeekFrom::Start(size as u64))?;
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Fills the bytes from a place of the file; whether there were as many.
fn fill(file: &File, mut room: &mut [u8], mut at: u64) -> io::Result<bool> {
    while !room.is_empty() {
        match read_at(file, room, at) {
            Ok(0) => return Ok(false),
            Ok(count) => {
                room = room.get_mut(count..).unwrap_or_default();
                at += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::cli::progress::Unit;

    #[test]
    fn a_file_is_read_as_it_is_also_where_its_length_has_changed() {
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * SHARE + 77).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let progress = Progress::start("reading", Unit::Bytes, None);
        let read = |size| read(&file, size, &progress).unwrap();
        for size in [0, 1, SHARE, bytes.len() - 1, bytes.len()] {
            assert!(read(size).as_deref() == Some(&*bytes), "{size}");
        }
        assert!(read(bytes.len() + 1).is_none());
    }
}
