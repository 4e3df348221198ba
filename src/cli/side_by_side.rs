//! A large file that is held whole, its parts read side by side: most of that time the system clears memory for it and copies, which each core
//! can do.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;

use rayon::prelude::*;

use super::inside;
use super::progress::{Progress, Unit};

/// Smaller files are read by one.
pub(super) const LEAST: u64 = 32 << 20;

/// Bytes that are read in one call.
const PART: usize = 4 << 20;

/// The bytes of a file of so many bytes; nothing where it is not as long as it was.
///
/// # Errors
/// When it cannot be read, or there is no memory for it.
pub(super) fn read(file: &mut File, size: u64, name: &str) -> io::Result<Option<Vec<u8>>> {
    let room = usize::try_from(size).map_err(|_| io::ErrorKind::OutOfMemory)?;
    // whether there is memory can be asked of what is not cleared only
    Vec::<u8>::new().try_reserve_exact(room).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut bytes = vec![0; room];
    let shared = &*file;
    let progress = Progress::start(&format!("reading {name}"), Unit::Bytes, Some(size));
    let one = |(number, part): (usize, &mut [u8])| -> io::Result<()> {
        shared.read_exact_at(part, (number * PART) as u64)?;
        progress.add(part.len() as u64);
        Ok(())
    };
    match inside::on_all_cores(|| bytes.par_chunks_mut(PART).enumerate().try_for_each(one)) {
        // it is shorter by now
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    // or longer
    file.seek(SeekFrom::Start(size))?;
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{PART, read};

    #[test]
    fn a_file_is_read_whole_whatever_becomes_of_its_length() {
        let content: Vec<u8> = (0..=250).cycle().take(2 * PART + 3).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let mut of_size = |size: usize| read(&mut file, size as u64, "a file").unwrap();
        assert!(of_size(content.len()).is_some_and(|bytes| bytes == content));
        // it has grown since its length was asked for, or was cut
        assert!(of_size(content.len() - 5).is_some_and(|bytes| bytes == content));
        assert!(of_size(content.len() + 5).is_none());
    }
}
