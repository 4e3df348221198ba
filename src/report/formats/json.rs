//! Reports as JSON for programs: one document, nothing in it that a terminal would obey.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use crate::iam::secret;
use crate::text::is_unprintable;

/// Any model as JSON; characters that a terminal would obey are escaped.
///
/// Such characters occur in strings only, so escaping them in the finished text is sound.
#[must_use]
pub fn to_json<T: Serialize>(model: &T, indented: bool) -> String {
    if indented {
        // the models hold strings, numbers and lists: nothing that JSON cannot say
        return safe(Cow::Owned(serde_json::to_string_pretty(model).unwrap_or_default())).into_owned();
    }
    // most lines are as long as this, so that no buffer grows
    let mut line = Vec::with_capacity(LINE);
    let written = serde_json::to_writer(&mut line, model).ok().and_then(|()| String::from_utf8(line).ok());
    safe(Cow::Owned(written.unwrap_or_default())).into_owned()
}

/// A line of JSON that is written already, with characters escaped that a terminal would obey.
#[must_use]
pub fn safe_json(line: String) -> String {
    match safe(Cow::Borrowed(&line)) {
        Cow::Owned(safe) => safe,
        Cow::Borrowed(_) => line,
    }
}

/// Bytes of a line of output, about.
const LINE: usize = 512;

/// Whether a text is printable ASCII and line breaks: looked at a stretch at a time, without a branch for each byte.
fn is_plain(text: &str) -> bool {
    let odd = |odd: bool, byte: &u8| odd | (byte.wrapping_sub(b' ') > b'~' - b' ' && *byte != b'\n');
    text.as_bytes().chunks(64).all(|bytes| !bytes.iter().fold(false, odd))
}

fn safe(text: Cow<'_, str>) -> Cow<'_, str> {
    // most answers are ASCII
    if is_plain(&text) || !text.chars().any(|character| character != '\n' && is_unprintable(character)) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if character != '\n' && is_unprintable(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The same JSON, indented and without secrets, part by part: each ends with a line.
///
/// # Errors
/// When `each` has one.
pub fn json_in_parts<T: Serialize>(model: &T, each: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let mut parts = Parts { held: Vec::new(), enough: PART, each };
    serde_json::to_writer_pretty(&mut parts, model)?;
    parts.held.push(b'\n');
    let end = parts.held.len();
    parts.give(end)
}

/// Bytes of a part, if it can be cut there.
const PART: usize = 1 << 20;

struct Parts<'e> {
    held: Vec<u8>,
    /// So many bytes are held before the next try to give some.
    enough: usize,
    each: &'e mut dyn FnMut(&str) -> io::Result<()>,
}

impl Parts<'_> {
    fn give(&mut self, end: usize) -> io::Result<()> {
        let text = std::str::from_utf8(self.held.get(..end).unwrap_or_default()).map_err(io::Error::other)?;
        (self.each)(&secret::redact(&safe(Cow::Borrowed(text))))?;
        self.held.drain(..end);
        Ok(())
    }
}

impl io::Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // names are written whole, so a part is text before any of them
        if self.held.len() >= self.enough
            && let Ok(text) = std::str::from_utf8(&self.held)
        {
            match secret::seam(text) {
                Some(end) => {
                    self.give(end)?;
                    self.enough = PART;
                }
                // secrets all along: they are looked for again when there is twice as much
                None => self.enough = 2 * self.held.len(),
            }
        }
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole() {
        let names: Vec<String> = (0..60_000).map(|number| format!("größe \u{1b} {number}")).collect();
        let mut lengths = Vec::new();
        let mut all = String::new();
        json_in_parts(&names, &mut |part| {
            assert!(part.ends_with('\n'));
            lengths.push(part.len());
            all.push_str(part);
            Ok(())
        })
        .unwrap();
        assert_eq!(all, to_json(&names, true) + "\n");
        assert!(lengths.len() > 1 && lengths.iter().all(|length| *length < 2 * PART), "{lengths:?}");
    }

    #[test]
    fn control_characters_are_escaped_in_strings() {
        let text = "a\u{1b}[0m\u{9b}\u{202e}é\u{7f}";
        assert_eq!(to_json(&text, false), r#""a\u001b[0m\u009b\u202eé\u007f""#);
        assert_eq!(serde_json::from_str::<String>(&to_json(&text, false)).unwrap(), text);
    }
}
