//! A gzip file of ordinary size, inflated at once: nearly twice as fast as a stream is.
//!
//! <https://www.rfc-editor.org/rfc/rfc1952>

use std::cell::RefCell;

use libdeflater::{Decompressor, crc32};
use memchr::memmem;

/// Bytes of a file that is inflated at once.
pub(super) const MOST_PACKED: u64 = 4 * 1024 * 1024;

/// Bytes that all threads together hold of inflated files.
const HELD: usize = 64 * 1024 * 1024;

/// Bytes that each of them may hold.
const EACH: std::ops::RangeInclusive<usize> = 4 * 1024 * 1024..=24 * 1024 * 1024;

/// Bytes before what is packed, where the file has no name in it.
const HEADER: usize = 10;

/// Bytes behind it: a checksum and the size.
const TRAILER: usize = 8;

/// The flag that says that a name is there.
const NAME: u8 = 8;

thread_local! {
    /// What each thread uses again and again.
    static TOOLS: RefCell<Option<(Decompressor, Vec<u8>)>> = const { RefCell::new(None) };
}

/// What a file says of itself and was found to be true: its length, the checksum of its content and the size of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Checked {
    pub(super) bytes: usize,
    /// CRC-32.
    pub(super) sum: u32,
    pub(super) size: u32,
}

/// Whether a file is small enough.
pub(super) const fn fits(bytes: u64) -> bool {
    bytes <= MOST_PACKED
}

/// Does something with what the file holds. Nothing where it is too large, where it is not one whole member with nothing behind it, and
/// where it is damaged: the stream says in which way.
pub(super) fn whole<T>(packed: &[u8], work: impl FnOnce(&[u8]) -> T) -> Option<(T, Checked)> {
    let begin = HEADER + name(packed)?;
    let (body, trailer) = packed.get(begin..)?.split_last_chunk::<TRAILER>()?;
    let [c0, c1, c2, c3, s0, s1, s2, s3] = *trailer;
    let (sum, size) = (u32::from_le_bytes([c0, c1, c2, c3]), u32::from_le_bytes([s0, s1, s2, s3]));
    let checked = Checked { bytes: packed.len(), sum, size };
    let size = size as usize;
    if size > (HELD / rayon::current_num_threads().max(1)).clamp(*EACH.start(), *EACH.end()) || is_another(body) {
        return None;
    }
    // the work may read another file
    let tools = TOOLS.try_with(RefCell::take).ok().flatten();
    let (mut inflater, mut room) = tools.unwrap_or_else(|| (Decompressor::new(), Vec::new()));
    if room.len() < size {
        room.resize(size, 0);
    }
    let content = room.get_mut(..size)?;
    let done = match inflater.deflate_decompress(body, content) {
        Ok(written) if written == size && crc32(content) == sum => Some((work(content), checked)),
        _ => None,
    };
    // where the thread ends there is nothing to keep it for
    let _ = TOOLS.try_with(|tools| tools.replace(Some((inflater, room))));
    done
}

/// The length of the name of the file that stands in it; nothing where more than that stands there.
fn name(packed: &[u8]) -> Option<usize> {
    match packed {
        [0x1F, 0x8B, 8, 0, ..] => Some(0),
        [0x1F, 0x8B, 8, NAME, ..] => memchr::memchr(0, packed.get(HEADER..)?).map(|end| end + 1),
        _ => None,
    }
}

/// Whether another member may begin in these bytes. Each begins with the same three, and flags of which the highest are not used.
fn is_another(body: &[u8]) -> bool {
    memmem::find_iter(body, &[0x1F, 0x8B, 8]).any(|at| body.get(at + 3).is_none_or(|flags| *flags < 0x20))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, GzBuilder, write::GzEncoder};

    use super::whole;

    fn packed(text: &str) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    }

    fn content(packed: &[u8]) -> Option<String> {
        whole(packed, |content| String::from_utf8_lossy(content).into_owned()).map(|(content, _)| content)
    }

    #[test]
    fn one_member_is_inflated_whole_and_everything_else_is_left_to_the_stream() {
        let one = packed("a trail");
        assert_eq!(content(&one).as_deref(), Some("a trail"));
        let mut named = GzBuilder::new().filename("t.json").write(Vec::new(), Compression::fast());
        named.write_all(b"a trail").unwrap();
        assert_eq!(content(&named.finish().unwrap()).as_deref(), Some("a trail"));
        // two members, even of the same content, are more than the first
        assert_eq!(content(&[one.as_slice(), &one].concat()), None);
        assert_eq!(content(&[one.as_slice(), b"garbage"].concat()), None);
        assert_eq!(content(&one[..one.len() - 3]), None);
        for at in 0..one.len() {
            let mut damaged = one.clone();
            damaged[at] ^= 4;
            // times, the name of a system and bits behind the end may be any
            assert!(content(&damaged).is_none_or(|content| content == "a trail"), "{at}");
        }
        assert_eq!(content(b""), None);
    }
}
