//! The text as its author saw it: escapes, entities, markup, colours and the marks before lines are undone, and every
//! byte still knows where it was.

use super::plain::plain;

/// Ends every token: where markup was closed.
pub(super) const TOKEN_END: char = '\u{1}';

/// A cleaned copy of a part of the input.
#[derive(Debug, Default)]
pub(super) struct NormalizedText {
    text: String,
    /// Where a run of copied bytes begins, here and in the input.
    runs: Vec<(usize, usize)>,
    /// Characters that were dropped or replaced although no terminal, page or program puts them into a message, each before a byte.
    removed: Vec<(usize, char)>,
}

impl NormalizedText {
    /// Normalizes `text`, which begins `offset` bytes into the input.
    pub(super) fn new(text: &str, offset: usize) -> Self {
        Self::read(text, offset, None)
    }

    /// The same, with the breaks undone that a terminal as wide as the longest line made, in words as in spaces.
    pub(super) fn unbroken(text: &str, offset: usize) -> Option<Self> {
        let width = text.lines().map(|line| line.chars().count()).max().filter(|width| (40..=400).contains(width))?;
        Some(Self::read(text, offset, Some(width)))
    }

    fn read(text: &str, offset: usize, width: Option<usize>) -> Self {
        let mut reader = Reader {
            bytes: text.as_bytes(),
            source: text,
            at: 0,
            view: Self { text: String::with_capacity(text.len()), runs: Vec::with_capacity(8), removed: Vec::new() },
            line: 0,
            table: false,
            width,
            raw_line: 0,
        };
        reader.read();
        let mut view = reader.view;
        for run in &mut view.runs {
            run.1 += offset;
        }
        view
    }

    /// The cleaned text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The invisible characters that stood between two bytes of the cleaned text, and the hyphens that were no hyphens.
    pub(super) fn removed(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, char)> {
        let first = self.removed.partition_point(|(at, _)| *at <= from);
        self.removed.iter().skip(first).take_while(move |(at, _)| *at < to).copied()
    }

    /// Where a byte of the normalized text is in the input.
    pub(super) fn origin(&self, at: usize) -> usize {
        let next = self.runs.partition_point(|(here, _)| *here <= at);
        self.runs.get(next.wrapping_sub(1)).map_or(at, |(here, there)| there + (at - here))
    }

    fn run(&mut self, source: usize) {
        let here = self.text.len();
        match self.runs.last_mut() {
            Some(last) if last.0 == here => last.1 = source,
            Some(last) if source.wrapping_sub(last.1) == here - last.0 => {}
            _ => self.runs.push((here, source)),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    source: &'a str,
    at: usize,
    view: NormalizedText,
    /// Where the current line begins in the view.
    line: usize,
    /// Whether the current line began with a table's bar.
    table: bool,
    /// The width of the terminal whose breaks are undone.
    width: Option<usize>,
    /// Where the current line begins in the input.
    raw_line: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn read(&mut self) {
        self.start_line();
        while self.at < self.bytes.len() {
            let plain = self.plain();
            if plain > 0 {
                self.copy(plain);
            } else {
                self.special();
            }
        }
        self.trim_line();
    }

    /// How many bytes are copied as they are: with quotes that are followed by more of their text, as most are.
    fn plain(&self) -> usize {
        let rest = self.rest();
        let mut length = plain(rest);
        while let (Some(b'"' | b'\''), Some(next)) = (rest.get(length), rest.get(length + 1)) {
            if BEHIND_A_STRING.contains(next) {
                break;
            }
            length += 1;
            length += plain(rest.get(length..).unwrap_or_default());
        }
        length
    }

    fn copy(&mut self, length: usize) {
        self.view.run(self.at);
        let end = self.at + length;
        self.view.text.push_str(self.source.get(self.at..end).unwrap_or_default());
        self.at = end;
    }

    /// One character that stands for `length` bytes of the input.
    fn put(&mut self, character: char, length: usize) {
        self.view.run(self.at);
        self.view.text.push(character);
        self.at += length;
    }

    fn special(&mut self) {
        match self.peek(0) {
            b'\n' => {
                let full = self.width.is_some()
                    && self.width == self.source.get(self.raw_line..self.at).map(|line| line.chars().count());
                self.raw_line = self.at + 1;
                // a sentence that ends there, and a value that was left out, end with the line
                let full = full && !self.view.text.ends_with("..") && !self.view.text.ends_with('…');
                // a terminal breaks a line once its marks are there: the next one has none
                let marks = prefix(self.bytes.get(self.at + 1..).unwrap_or_default()).0;
                let marked = self.source.get(self.at + 1..self.at + 1 + marks).is_some_and(|m| !m.trim().is_empty());
                let full = full && !marked;
                if full { self.at += 1 } else { self.end_line(1) }
            }
            b'\r' => self.at += 1,
            0x1b => self.at += 1 + control_sequence(self.bytes.get(self.at + 1..).unwrap_or_default()),
            b'^' if self.rest().starts_with(b"^[[") => {
                self.at += 2 + control_sequence(self.bytes.get(self.at + 2..).unwrap_or_default());
            }
            b'\\' => self.escape(),
            b'&' => self.entity(),
            b'<' => self.tag(),
            b'"' | b'\'' => self.quote(),
            0xC2 | 0xE2 | 0xEF => self.wide(),
            byte if byte < 0x20 || byte == 0x7f => self.put(' ', 1),
            _ => self.copy(1),
        }
    }

    /// Runs of backslashes, as JSON in JSON makes them, stand for one.
    fn escape(&mut self) {
        let slashes = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        let next = self.peek(slashes);
        match next {
            b'n' => self.end_line(slashes + 1),
            b'r' => self.at += slashes + 1,
            b't' => self.put(' ', slashes + 1),
            b'"' | b'\'' => {
                self.at += slashes;
                self.quote();
            }
            b'/' | b'`' | b'*' | b'_' | b'<' | b'>' | b'[' | b']' => {
                self.at += slashes;
                if next == b'<' {
                    self.tag();
                } else {
                    self.copy(1);
                }
            }
            b'u' | b'x' => {
                let digits = if next == b'u' { 4 } else { 2 };
                let code = self
                    .source
                    .get(self.at + slashes + 1..self.at + slashes + 1 + digits)
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok());
                let length = slashes + 1 + digits;
                match code.and_then(char::from_u32) {
                    Some('\n') => self.end_line(length),
                    Some('\u{1b}') => {
                        self.at += length;
                        self.at += control_sequence(self.rest());
                    }
                    Some(control) if control.is_control() => self.put(' ', length),
                    Some(mark) if is_box(mark) => self.bar(length),
                    Some(mark) if is_invisible(mark) => self.remove(mark, length),
                    Some(character) => self.put(character, length),
                    None => self.at += slashes,
                }
            }
            b'\n' => self.at += slashes,
            b'&' if self.bytes.get(self.at + slashes..).is_some_and(|rest| rest.starts_with(b"&quot;")) => {
                self.at += slashes;
            }
            // a path of Windows, or the end: one backslash stands for the run
            _ => self.put('\\', slashes),
        }
    }

    fn entity(&mut self) {
        let mut rest = self.rest();
        let mut length = 0;
        // &amp;quot; is an entity that was escaped once more
        while rest.starts_with(b"&amp;") {
            let after = rest.get(5..).unwrap_or_default();
            if after.starts_with(b"amp;") || named_entity(after).is_some() {
                length += 4;
                rest = rest.get(4..).unwrap_or_default();
                // what follows is read as if it began with `&`
                if !after.starts_with(b"amp;") {
                    break;
                }
            } else {
                break;
            }
        }
        match named_entity(rest.get(1..).unwrap_or_default()) {
            Some(('\n', name)) => self.end_line(length + 1 + name),
            Some((mark, name)) if is_invisible(mark) => self.remove(mark, length + 1 + name),
            Some((character, name)) => self.put(character, length + 1 + name),
            None => self.copy(1),
        }
    }

    fn tag(&mut self) {
        let rest = self.rest();
        let closing = rest.get(1) == Some(&b'/');
        let name_at = if closing { 2 } else { 1 };
        let name = rest.get(name_at..).unwrap_or_default();
        let name_len = name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let end = rest.iter().take(400).position(|byte| *byte == b'>');
        let (Some(end), true) = (end, name_len > 0) else {
            self.copy(1);
            return;
        };
        let is_one_of = |tags: &str| {
            let name = name.get(..name_len).unwrap_or_default();
            tags.split(' ').any(|tag| tag.as_bytes().eq_ignore_ascii_case(name))
        };
        let attributes = rest.get(name_at + name_len..end).unwrap_or_default();
        // `<Code>` is XML's, `<code>` is HTML's
        let mixed = name_len > 1
            && name.first().is_some_and(u8::is_ascii_uppercase)
            && name.get(1).is_some_and(u8::is_ascii_lowercase);
        let plain = !mixed && (attributes.is_empty() || matches!(attributes.first(), Some(b' ' | b'/')));
        if plain && is_one_of(INLINE_TAGS) {
            self.at += end + 1;
        } else if plain && is_one_of(BLOCK_TAGS) {
            self.end_line(end + 1);
        } else if closing {
            self.put(TOKEN_END, end + 1);
        } else {
            self.copy(1);
        }
    }

    /// A string that goes on as another string on the next line, as source code writes it, is one string.
    fn quote(&mut self) {
        let rest = self.rest();
        let mut ahead = 1;
        let skip = |ahead: &mut usize, also: &[u8]| {
            while rest.get(*ahead).is_some_and(|byte| *byte == b' ' || *byte == b'\t' || also.contains(byte)) {
                *ahead += 1;
            }
        };
        skip(&mut ahead, BETWEEN_STRINGS);
        if rest.get(ahead) == Some(&b'\n') {
            ahead += 1;
            ahead += prefix(rest.get(ahead..).unwrap_or_default()).0;
            skip(&mut ahead, b"+.");
            if rest.get(ahead) == rest.first() && rest.get(ahead + 1).is_some_and(|byte| *byte != b':' && *byte != b',')
            {
                self.at += ahead + 1;
                return;
            }
        }
        self.copy(1);
    }

    fn wide(&mut self) {
        let Some(character) = self.source.get(self.at..).and_then(|rest| rest.chars().next()) else {
            self.at += 1;
            return;
        };
        let length = character.len_utf8();
        match character {
            mark if is_invisible(mark) => self.remove(mark, length),
            '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => self.put(' ', length),
            '\u{80}'..='\u{9F}' => self.at += length,
            '\u{2010}' | '\u{2011}' => {
                self.view.removed.push((self.view.text.len(), character));
                self.put('-', length);
            }
            '↵' | '⏎' | '\u{2028}' | '\u{2029}' => self.end_line(length),
            mark if is_box(mark) => self.bar(length),
            _ => self.copy(length),
        }
    }

    /// Drops a character that nobody sees, and keeps in mind that it was there.
    fn remove(&mut self, character: char, length: usize) {
        self.view.removed.push((self.view.text.len(), character));
        self.at += length;
    }

    /// A bar of a table or frame inside a line.
    fn bar(&mut self, length: usize) {
        self.put(' ', length);
    }

    fn end_line(&mut self, length: usize) {
        self.trim_line();
        self.put('\n', length);
        self.start_line();
    }

    /// Drops white space and a table's bar from the end of the current line.
    fn trim_line(&mut self) {
        let mut end = self.view.text.trim_end_matches([' ', '\t']).len();
        if self.table && self.view.text.get(self.line..end).is_some_and(|line| line.ends_with('|')) {
            end -= 1;
            end = self.view.text.get(..end).unwrap_or_default().trim_end_matches([' ', '\t']).len();
        }
        let end = end.max(self.line);
        self.view.text.truncate(end);
        while self.view.runs.last().is_some_and(|(here, _)| *here > end) {
            self.view.runs.pop();
        }
    }

    fn start_line(&mut self) {
        let (length, table) = prefix(self.rest());
        self.at += length;
        self.line = self.view.text.len();
        self.table = table;
    }
}

/// What may stand behind a string before the line ends on which it goes on, beside spaces.
const BETWEEN_STRINGS: &[u8] = b"+.\\\r";
/// What may stand behind the quote of a string that goes on as another one.
const BEHIND_A_STRING: &[u8] = b" \t\n+.\\\r";

/// How many bytes at the start of a line are indentation, quote and comment marks, bars or a collector's time stamp;
/// and whether a table's bar is among them.
fn prefix(rest: &[u8]) -> (usize, bool) {
    let mut at = 0;
    let mut table = false;
    loop {
        let here = rest.get(at..).unwrap_or_default();
        let next = here.get(1).copied().unwrap_or(b'\n');
        let step = match here.first() {
            Some(b' ' | b'\t' | b'#' | b'>') => 1,
            Some(b'&') if here.starts_with(b"&gt;") => 4,
            Some(b'\\') if here.starts_with(b"\\u003e") => 6,
            Some(b'|') => {
                table = true;
                1
            }
            Some(b'/') if next == b'/' => comment_mark(here),
            // a bullet, unless it is the resource `*` at the start of a broken line
            Some(b'*') if next == b' ' && !is_reason(here.get(2..).unwrap_or_default()) => 1,
            Some(b'-') if next == b'-' && here.get(2) == Some(&b' ') => 2,
            Some(b';' | b'+') if next == b' ' => 1,
            // rows of a table that was exported
            Some(b',') if matches!(here.get(1..3), Some(b"  ")) => 1,
            // U+2500 to U+257F, the frames of Terraform and of tables
            Some(0xE2) if matches!(next, 0x94 | 0x95) => 3,
            Some(0x1b) => 1 + control_sequence(here.get(1..).unwrap_or_default()),
            Some(b'0'..=b'9') => time_stamp(here),
            _ => 0,
        };
        if step == 0 {
            return (at, table);
        }
        at += step;
    }
}

/// The length of `//` or `///`; without a space after it, it is a part of a path or address that was broken.
fn comment_mark(rest: &[u8]) -> usize {
    let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
    if matches!(rest.get(slashes), None | Some(b' ' | b'\t' | b'\n' | b'\r')) { slashes } else { 0 }
}

/// Whether a reason, or an encoded message, begins here.
fn is_reason(rest: &[u8]) -> bool {
    [b"because".as_slice(), b"with ", b"Encoded"].iter().any(|word| rest.starts_with(word))
}

/// The length of `2025-10-03T06:49:58.1234567Z ` at the start of a line, as GitHub Actions and collectors write it.
fn time_stamp(rest: &[u8]) -> usize {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = shape.iter().zip(rest).all(|(want, byte)| match want {
        b'd' => byte.is_ascii_digit(),
        mark => mark == byte,
    });
    if !fits || rest.len() < shape.len() {
        return 0;
    }
    let fraction =
        rest.iter().skip(shape.len()).take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
    let end = shape.len() + fraction;
    match (rest.get(end), rest.get(end + 1)) {
        (Some(b'Z'), Some(b' ' | b'\t')) => end + 2,
        _ => 0,
    }
}

/// The length of what follows an escape character: colours, cursor movements, titles.
fn control_sequence(rest: &[u8]) -> usize {
    match rest.first() {
        Some(b'[') => {
            let body = rest.iter().skip(1).take(64).take_while(|byte| (0x20..0x40).contains(*byte)).count();
            match rest.get(body + 1) {
                Some(0x40..=0x7e) => body + 2,
                _ => 1,
            }
        }
        Some(b']') => {
            let body = rest.iter().take(256).take_while(|byte| !matches!(byte, 0x07 | 0x1b | b'\n')).count();
            if rest.get(body) == Some(&0x07) { body + 1 } else { body }
        }
        Some(b'(' | b')') => 2,
        _ => 0,
    }
}

/// The character that an entity stands for, and the length of its name with the semicolon.
fn named_entity(rest: &[u8]) -> Option<(char, usize)> {
    let end = rest.iter().take(9).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(rest.get(..end)?).ok()?;
    let character = match name {
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "nbsp" => ' ',
        "colon" => ':',
        "sol" => '/',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).map(|c| if c.is_control() && c != '\n' { ' ' } else { c })?
        }
    };
    Some((character, end + 1))
}

/// Zero-width characters and direction marks: nobody sees them, and AWS writes none.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
pub(super) const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
    )
}

fn is_box(character: char) -> bool {
    matches!(character, '\u{2500}'..='\u{259F}')
}

/// Markup inside a line.
const INLINE_TAGS: &str = "a b i u s em strong code span mark font tt kbd samp wbr small del ins";

/// Markup that ends a line.
const BLOCK_TAGS: &str = "br p pre div td tr th li ul ol table tbody thead script body html head h1 h2 h3 h4 h5 blockquote details summary hr";

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        NormalizedText::new(text, 0).text().to_owned()
    }

    #[test]
    fn what_wraps_a_text_is_undone() {
        assert_eq!(clean("│ Error: a \\\"b\\\" c  │\n│  \u{1b}[31mred\u{1b}[0m"), "Error: a \"b\" c\nred");
        assert_eq!(clean("# \"User: \"\n#   \"arn:x \"\n# \"is\""), "\"User: arn:x is\"");
        assert_eq!(clean("&quot;a&amp;quot; &lt;x&#39;s&gt; <b>y</b><br/>z</Message>"), "\"a\" <x's> y\nz\u{1}");
        assert_eq!(clean("a\\\\n\\\\tb \\u003cX\\u003e"), "a\n b <X>");
        assert_eq!(clean("2025-10-03T06:49:58.1234567Z > | a |\r\n> | b   |"), "a\nb");
        assert_eq!(clean("keep <ACCOUNT> and /*** and 'x' C:\\src"), "keep <ACCOUNT> and /*** and 'x' C:\\src");
    }

    #[test]
    fn every_byte_knows_where_it_stood() {
        let text = "## a\n│ b &lt; \\\"c\\\"";
        let view = NormalizedText::new(text, 100);
        for (at, letter) in view.text().char_indices().filter(|(_, c)| c.is_ascii_lowercase()) {
            assert_eq!(view.origin(at), 100 + text.find(letter).unwrap());
        }
    }
}
