//! Bytes to text, for every file and stream that is read: gzip, UTF-8 with or without a byte order mark, the UTF-16 that PowerShell
//! writes for `>`, and UTF-32 with a mark.
//!
//! What is none of them is read as UTF-8 with replacement characters. Places are counted in the decoded text.

use std::borrow::Cow;
use std::io::{self, BufReader, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;

use super::utf32::{self, Utf32};

/// The first two bytes of a gzip file.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// Bytes that are looked at to tell an encoding.
const LOOK: usize = 64;

/// Bytes that are unpacked to tell whether they are text.
const MOST_UNPACKED: u64 = 1 << 13;

/// A packed file gives at most this much text; what is behind is as if the file had been cut there.
const UNPACKED_LIMIT: u64 = 1 << 30;

/// The text of a whole file. A gzip file that was cut gives what it still holds.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> String {
    let bytes = unpacked(bytes);
    if let Some(order) = Utf32::of(&bytes) {
        return order.decode(bytes.get(utf32::UNIT..).unwrap_or_default());
    }
    let (encoding, mark) = encoding_of(&bytes);
    let text = bytes.get(mark..).unwrap_or_default();
    if encoding != UTF_8 {
        return encoding.decode_without_bom_handling(text).0.into_owned();
    }
    if mark > 0 {
        return String::from_utf8_lossy(text).into_owned();
    }
    // most files are UTF-8, and large ones should not be copied
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The same for a part of a file, which is borrowed where it is text already.
#[must_use]
pub fn decode_part(bytes: &[u8]) -> Cow<'_, str> {
    let looked = bytes.get(..LOOK.min(bytes.len())).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with('\u{FEFF}') && !looked.contains(&0) => Cow::Borrowed(text),
        _ => Cow::Owned(decode(bytes.to_vec())),
    }
}

/// What a gzip file holds, as CloudTrail delivers them; other bytes as they are.
#[must_use]
pub fn unpacked(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.starts_with(&GZIP) {
        return bytes;
    }
    let mut text = Vec::new();
    // bytes that only look like gzip are text like any other
    match MultiGzDecoder::new(bytes.as_slice()).take(UNPACKED_LIMIT).read_to_end(&mut text) {
        Err(_) if text.is_empty() => bytes,
        _ => text,
    }
}

/// Why a gzip file cannot be unpacked to its end, where something of it can; `None` for any other bytes.
#[must_use]
pub fn packed_damage(bytes: &[u8]) -> Option<io::Error> {
    if !bytes.starts_with(&GZIP) {
        return None;
    }
    let mut unpacked = MultiGzDecoder::new(bytes).take(UNPACKED_LIMIT);
    let mut first = [0];
    // bytes that only look like gzip are text like any other
    unpacked.read_exact(&mut first).ok()?;
    io::copy(&mut unpacked, &mut io::sink()).err()
}

/// The first `most` bytes of what a gzip file holds that begins so; `None` where it is no such file.
#[must_use]
pub fn unpacked_start(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    if !bytes.starts_with(&GZIP) {
        return None;
    }
    let mut text = Vec::new();
    match MultiGzDecoder::new(bytes).take(most).read_to_end(&mut text) {
        Err(_) if text.is_empty() => None,
        _ => Some(text),
    }
}

/// Whether a file that begins so is text, packed or not. Other files have zero bytes soon.
#[must_use]
pub fn is_text(start: &[u8]) -> bool {
    let packed = start.starts_with(&GZIP).then(|| unpacked_start(start, MOST_UNPACKED));
    let text = match &packed {
        Some(Some(text)) => text,
        // it may be too short to be unpacked, and is no text in any case
        Some(None) => return false,
        None => start,
    };
    Utf32::of(text).is_some() || encoding_of(text).0 != UTF_8 || memchr::memchr(0, text).is_none()
}

/// The encoding of a text by how it begins, and the length of its byte order mark.
fn encoding_of(bytes: &[u8]) -> (&'static Encoding, usize) {
    if let Some(marked) = Encoding::for_bom(bytes) {
        return marked;
    }
    // without a mark: ASCII characters in UTF-16 have a zero byte in one place of each pair, and the other one never has
    let looked = bytes.get(..LOOK.min(bytes.len())).unwrap_or_default();
    let zeros = |place: usize| looked.iter().skip(place).step_by(2).filter(|byte| **byte == 0).count();
    let many = |zeros: usize| zeros > 0 && zeros * 4 >= looked.len();
    match (zeros(0), zeros(1)) {
        (0, low) if many(low) => (UTF_16LE, 0),
        (high, 0) if many(high) => (UTF_16BE, 0),
        _ => (UTF_8, 0),
    }
}

/// A stream as UTF-8, for what is read line by line. It reads no further ahead than it must to tell the encoding, so that a line
/// that was sent can be answered before the next one comes. Bytes that are no UTF-8 pass as they are.
///
/// # Errors
/// When the first bytes cannot be read.
pub fn decoded_stream<R: Read>(mut input: R) -> io::Result<impl Read + use<R>> {
    let first = first_bytes(&mut input)?;
    if first.starts_with(&GZIP) {
        let packed = BufReader::new(io::Cursor::new(first).chain(input));
        let mut inner = MultiGzDecoder::new(packed);
        let first = first_bytes(&mut inner)?;
        return Ok(Either::One(transcoded(&first, inner)));
    }
    Ok(Either::Other(transcoded(&first, input)))
}

/// The stream that begins with `first`, which was read from it already.
fn transcoded<R: Read>(first: &[u8], rest: R) -> impl Read + use<R> {
    let order = Utf32::of(first);
    let (encoding, mark) = if order.is_some() { (UTF_8, utf32::UNIT) } else { encoding_of(first) };
    let all = io::Cursor::new(first.get(mark..).unwrap_or_default().to_vec()).chain(rest);
    if let Some(order) = order {
        return Either::One(Either::Other(utf32::Decoded::new(order, all)));
    }
    if encoding == UTF_8 {
        return Either::One(Either::One(all));
    }
    Either::Other(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_sniffing(false).build(all))
}

/// One of two streams.
enum Either<A, B> {
    One(A),
    Other(B),
}

impl<A: Read, B: Read> Read for Either<A, B> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::One(stream) => stream.read(bytes),
            Self::Other(stream) => stream.read(bytes),
        }
    }
}

/// Enough bytes to tell the encoding, or fewer where a line or the stream ends before.
fn first_bytes(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut first = vec![0; LOOK];
    let mut length = 0;
    while length < 4 {
        match input.read(first.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if first.get(..length).is_some_and(|bytes| bytes.ends_with(b"\n")) {
            break;
        }
    }
    first.truncate(length);
    Ok(first)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// One text in every encoding that people's files have.
    fn encoded(text: &str) -> Vec<(&'static str, Vec<u8>)> {
        let units = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let with = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let gzip = |bytes: &[u8]| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed.write_all(bytes).unwrap();
            packed.finish().unwrap()
        };
        let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        let characters = |unit: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| unit(u32::from(c))).collect::<Vec<u8>>();
        let (wide, wide_big) = (characters(u32::to_le_bytes), characters(u32::to_be_bytes));
        vec![
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-8 with a mark", with(b"\xEF\xBB\xBF", text.as_bytes().to_vec())),
            ("UTF-16 LE", little.clone()),
            ("UTF-16 LE with a mark", with(b"\xFF\xFE", little.clone())),
            ("UTF-16 BE", big.clone()),
            ("UTF-16 BE with a mark", with(b"\xFE\xFF", big)),
            ("gzip", gzip(text.as_bytes())),
            ("gzip of UTF-16", gzip(&with(b"\xFF\xFE", little))),
            ("UTF-32 LE with a mark", with(b"\xFF\xFE\0\0", wide.clone())),
            ("UTF-32 BE with a mark", with(b"\0\0\xFE\xFF", wide_big)),
            ("gzip of UTF-32", gzip(&with(b"\xFF\xFE\0\0", wide))),
        ]
    }

    fn streamed(bytes: &[u8]) -> String {
        let mut text = Vec::new();
        decoded_stream(bytes).unwrap().read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn every_encoding_gives_the_same_text_whole_and_as_a_stream() {
        for text in ["{\"ü\": \"𝒳\"}\r\n", "", "[1]", "An error occurred", "{}\n{}\n"] {
            for (name, bytes) in encoded(text) {
                assert_eq!(decode(bytes.clone()), text, "{name} whole");
                assert_eq!(decode_part(&bytes), text, "{name} as a part");
                assert_eq!(streamed(&bytes), text, "{name} as a stream");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_read_all_the_same() {
        assert_eq!(decode(b"a\xFFb".to_vec()), "a\u{FFFD}b");
        // UTF-16 with half a unit at its end
        assert_eq!(decode(b"\xFF\xFEa\0b".to_vec()), "a\u{FFFD}");
        assert_eq!(decode(vec![0x1F, 0x8B]), "\u{1F}\u{FFFD}");
        assert_eq!(decode(vec![0; 9]), "\0".repeat(9));
        assert_eq!(decode_part(b"a\xFFb"), "a\u{FFFD}b");
        assert_eq!(decode(b"log \0 with one zero byte in a long enough line of text".to_vec()).len(), 54);
    }

    #[test]
    fn a_text_is_told_from_other_files_by_how_it_begins() {
        for (name, bytes) in encoded("An error occurred (AccessDenied), größe\n") {
            assert!(is_text(&bytes), "{name}");
            assert!(is_text(&bytes[..bytes.len() - 9]), "{name}, cut");
        }
        assert!(is_text(b"") && is_text(b"a\xFFb"));
        let archive = encoded("log.txt\0\0\0\0 0000644").swap_remove(6).1;
        for other in
            [b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".as_slice(), b"PK\x03\x04\x14\0\x08", &archive, b"\x1F\x8Bxx"]
        {
            assert!(!is_text(other), "{other:?}");
        }
    }

    #[test]
    fn a_cut_gzip_file_gives_what_it_still_holds() {
        let text = "one line of a log\n".repeat(4000);
        let (_, packed) = encoded(&text).swap_remove(6);
        let cut = decode(packed.get(..packed.len() - 20).unwrap().to_vec());
        assert!(cut.len() > 1000 && text.starts_with(&cut), "{} bytes", cut.len());
    }
}
