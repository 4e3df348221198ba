//! A text that is too large to be held: stretch after stretch, each with some of the text around it.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use rayon::prelude::*;

/// A stretch of a text, on character boundaries.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stretch<'t> {
    /// It, and what is held around it.
    pub text: &'t str,
    /// How many bytes of the whole text are before this text.
    pub offset: usize,
    /// The bytes of this text that are in no other stretch.
    pub new: Range<usize>,
    /// Whether the text ends with it.
    pub is_last: bool,
}

/// Bytes that one core searches at a time: few enough for its cache.
const SHARE: usize = 256 << 10;

impl Stretch<'_> {
    /// Looks into all that is new on all cores; the results are in the order of the text. Ranges need not begin at a character.
    pub fn shares<T: Send>(&self, look: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        let Range { start, end } = self.new;
        let count = (end - start).div_ceil(SHARE);
        let share = |number: usize| start + number * SHARE..(start + (number + 1) * SHARE).min(end);
        (0..count).into_par_iter().map(|number| look(share(number))).collect()
    }
}

/// How much is held.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes that are read at once.
    pub read: usize,
    /// Bytes before each stretch.
    pub before: usize,
    /// Bytes behind it.
    pub behind: usize,
}

/// Calls `each` with every stretch of a text in UTF-8, while the next one is read. What is no UTF-8 is replaced.
///
/// # Errors
/// When the input cannot be read to its end.
pub fn in_stretches(input: impl Read + Send, sizes: Sizes, mut each: impl FnMut(&Stretch<'_>)) -> io::Result<()> {
    // no more than two are there: the one that is looked at, and the one that is read
    let (give, take) = sync_channel::<io::Result<Held>>(0);
    let (give_back, used) = channel::<String>();
    std::thread::scope(|scope| {
        scope.spawn(move || read_all(input, sizes, &give, &used));
        for held in take {
            let held = held?;
            each(&held.stretch());
            // nobody takes it where nothing is read any more
            let _ = give_back.send(held.text);
        }
        Ok(())
    })
}

/// A stretch that owns its text.
struct Held {
    text: String,
    offset: usize,
    new: Range<usize>,
    is_last: bool,
}

impl Held {
    fn stretch(&self) -> Stretch<'_> {
        Stretch { text: &self.text, offset: self.offset, new: self.new.clone(), is_last: self.is_last }
    }
}

fn read_all(mut input: impl Read, sizes: Sizes, give: &SyncSender<io::Result<Held>>, used: &Receiver<String>) {
    // what the next one begins with: text that was there before, and the beginning of a character
    let (mut kept, mut half): (String, Vec<u8>) = Default::default();
    let (mut offset, mut start) = (0, 0);
    loop {
        let before = kept.len() + half.len();
        let mut bytes = used.try_recv().map_or_else(|_| Vec::new(), String::into_bytes);
        // what was used before is written over: to clear it takes as long as to read it
        if bytes.is_empty() {
            bytes = vec![0; sizes.before + sizes.behind + sizes.read + 8];
        }
        bytes.resize(before + sizes.read.max(1), 0);
        let (front, room) = bytes.split_at_mut(before);
        let (text, rest) = front.split_at_mut(kept.len());
        text.copy_from_slice(kept.as_bytes());
        rest.copy_from_slice(&half);
        let is_last = match fill(&mut input, room) {
            Ok(count) => {
                bytes.truncate(before + count);
                count == 0
            }
            Err(error) => {
                // who does not listen any more does not wait for it
                let _ = give.send(Err(error));
                return;
            }
        };
        let text;
        (text, half) = decoded(bytes, is_last);
        let end =
            if is_last { text.len() } else { boundary(&text, text.len().saturating_sub(sizes.behind).max(start)) };
        let new = start..end;
        let keep = boundary(&text, end.saturating_sub(sizes.before));
        kept.clear();
        kept.push_str(text.get(keep..).unwrap_or_default());
        let held = Held { text, offset, new, is_last };
        offset += keep;
        start = end - keep;
        if give.send(Ok(held)).is_err() || is_last {
            return;
        }
    }
}

/// Reads until the bytes are full or the input ends; how many there are. Bytes that are there already need not be cleared for that.
fn fill(input: &mut dyn Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match input.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The last boundary of characters at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|place| text.is_char_boundary(*place)).unwrap_or_default()
}

/// The text, and the bytes of a character that is not whole yet.
fn decoded(bytes: Vec<u8>, is_last: bool) -> (String, Vec<u8>) {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (text, Vec::new()),
        Err(error) => error,
    };
    let (valid, is_half) = (error.utf8_error().valid_up_to(), error.utf8_error().error_len().is_none());
    let mut bytes = error.into_bytes();
    if is_half && !is_last {
        let half = bytes.split_off(valid);
        return (String::from_utf8(bytes).unwrap_or_default(), half);
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let invalid = chunk.invalid();
        if invalid.is_empty() {
            continue;
        }
        let is_half = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
        let at_end = bytes.as_ptr_range().end == invalid.as_ptr_range().end;
        if is_half && at_end && !is_last {
            return (text, invalid.to_vec());
        }
        text.push(char::REPLACEMENT_CHARACTER);
    }
    (text, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_the_text_whatever_is_read_at_once() {
        let bytes = "aü𝒳\u{FFFD}z".repeat(9).into_bytes();
        let broken = [b"\xF0\x9D".as_slice(), &bytes, b"x\xFF\xC3(\xE2\x82", &bytes, b"\xE2"].concat();
        for bytes in [bytes, broken, Vec::new()] {
            let whole = String::from_utf8_lossy(&bytes).into_owned();
            for (read, before, behind) in [(1, 0, 0), (2, 3, 5), (7, 1, 0), (64, 16, 9), (1000, 0, 0)] {
                let (mut text, mut last) = (String::new(), false);
                in_stretches(bytes.as_slice(), Sizes { read, before, behind }, |stretch| {
                    assert_eq!(whole.get(stretch.offset..stretch.offset + stretch.text.len()), Some(stretch.text));
                    assert_eq!(stretch.offset + stretch.new.start, text.len());
                    assert!(stretch.is_last || stretch.text.len() - stretch.new.end >= behind.min(stretch.text.len()));
                    text.push_str(stretch.text.get(stretch.new.clone()).unwrap());
                    last = stretch.is_last;
                })
                .unwrap();
                assert!(text == whole && last, "{read} {before} {behind}");
            }
        }
    }
}
