//! JSON read in one pass: every value and key with its place, in the order of the text, and nothing copied.

use std::borrow::Cow;
use std::cell::Cell;

use wide::u8x16;

use super::json_error::{DEPTH_LIMIT, JsonError, refusal, too_deep, unreadable_text};
use super::span::Span;

/// The values of a JSON text, one after the other: what a list or an object holds follows it. A key is followed by its value.
#[derive(Debug)]
pub(crate) struct Tape<'t> {
    text: &'t str,
    entries: Vec<Entry>,
    /// The most lists and objects that one value is in.
    depth: usize,
}

/// One value or key.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    end: usize,
    /// Where the next one stands that is not inside this one.
    next: usize,
    kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number.
    Number,
    /// A string without escapes: between its quotes it is as it is meant.
    Plain,
    /// A string with escapes.
    Escaped,
    /// A list.
    List,
    /// An object.
    Object,
}

/// One value of a [`Tape`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a, 't> {
    tape: &'a Tape<'t>,
    at: usize,
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'a, 't> {
    pub(crate) key: Item<'a, 't>,
    pub(crate) value: Item<'a, 't>,
}

/// It is not JSON.
struct NotJson;

/// A longer list of entries is given back to the system.
const KEPT: usize = 1 << 16;

thread_local! {
    /// The list of the last tape of this thread, for the next one: a list is as large as its text, and new memory is slow.
    static SPARE: Cell<Vec<Entry>> = const { Cell::new(Vec::new()) };
}

impl Drop for Tape<'_> {
    fn drop(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        if entries.capacity() <= KEPT {
            entries.clear();
            // a thread that ends keeps nothing
            let _ = SPARE.try_with(|spare| spare.set(entries));
        }
    }
}

impl<'t> Tape<'t> {
    /// Reads one JSON value with nothing but space around it.
    ///
    /// # Errors
    /// When the text is not that, or nests deeper than [`DEPTH_LIMIT`].
    pub(crate) fn new(text: &'t str) -> Result<Self, JsonError> {
        let mut scanner = Scanner::new(text);
        if scanner.document().is_err() {
            return Err(refusal(text));
        }
        match (scanner.too_deep, scanner.refused) {
            (Some(at), _) | (None, Some(Refused::Deep(at))) => Err(too_deep(text, at)),
            (None, Some(Refused::Text(span))) => Err(unreadable_text(text, span)),
            (None, None) => Ok(Self { text, depth: scanner.deepest, entries: scanner.entries }),
        }
    }

    /// The value that the text is.
    #[inline]
    pub(crate) fn root(&self) -> Option<Item<'_, 't>> {
        self.item(0)
    }

    /// The most lists and objects that one value is in.
    pub(crate) const fn depth(&self) -> usize {
        self.depth
    }

    #[inline]
    fn item(&self, at: usize) -> Option<Item<'_, 't>> {
        (at < self.entries.len()).then_some(Item { tape: self, at })
    }
}

impl<'a, 't> Item<'a, 't> {
    #[inline]
    fn entry(self) -> Entry {
        self.tape.entries.get(self.at).copied().unwrap_or(Entry { start: 0, end: 0, next: 0, kind: Kind::Null })
    }

    /// Where it stands.
    #[inline]
    pub(crate) fn span(self) -> Span {
        let Entry { start, end, .. } = self.entry();
        Span::new(start, end)
    }

    /// What it is.
    #[inline]
    pub(crate) fn kind(self) -> Kind {
        self.entry().kind
    }

    /// How it is written.
    #[inline]
    pub(crate) fn written(self) -> &'t str {
        let Entry { start, end, .. } = self.entry();
        self.tape.text.get(start..end).unwrap_or_default()
    }

    /// Whether it is a string or key that says this.
    #[inline]
    pub(crate) fn is(self, wanted: &str) -> bool {
        match self.kind() {
            Kind::Plain => self.inner() == wanted,
            Kind::Escaped => self.text().is_some_and(|text| text == wanted),
            _ => false,
        }
    }

    /// What a string or key says.
    #[inline]
    pub(crate) fn text(self) -> Option<Cow<'t, str>> {
        match self.kind() {
            Kind::Plain => Some(Cow::Borrowed(self.inner())),
            // it was read without complaint before
            Kind::Escaped => Some(Cow::Owned(serde_json::from_str(self.written()).unwrap_or_default())),
            _ => None,
        }
    }

    /// What a string without escapes says.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'t str> {
        (self.kind() == Kind::Plain).then(|| self.inner())
    }

    /// What a string says, or how a number or boolean is written: IAM takes all three where it expects a string.
    #[inline]
    pub(crate) fn scalar(self) -> Option<Cow<'t, str>> {
        match self.kind() {
            Kind::Plain | Kind::Escaped => self.text(),
            Kind::Number | Kind::True | Kind::False => Some(Cow::Borrowed(self.written())),
            Kind::Null | Kind::List | Kind::Object => None,
        }
    }

    #[inline]
    fn inner(self) -> &'t str {
        let Entry { start, end, .. } = self.entry();
        self.tape.text.get(start + 1..end.saturating_sub(1)).unwrap_or_default()
    }

    /// Whether it is an object.
    #[inline]
    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// What kind of value it is, for messages.
    pub(crate) fn noun(self) -> &'static str {
        match self.kind() {
            Kind::Null => "null",
            Kind::True | Kind::False => "a boolean",
            Kind::Number => "a number",
            Kind::Plain | Kind::Escaped => "a string",
            Kind::List => "a list",
            Kind::Object => "an object",
        }
    }

    /// The members of an object; of anything else none.
    #[inline]
    pub(crate) fn members(self) -> impl Iterator<Item = Pair<'a, 't>> + use<'a, 't> {
        let (mut at, end) = if self.is_object() { (self.at + 1, self.entry().next) } else { (0, 0) };
        std::iter::from_fn(move || {
            let key = self.tape.item(at).filter(|_| at < end)?;
            let value = self.tape.item(at + 1)?;
            at = value.entry().next;
            Some(Pair { key, value })
        })
    }

    /// The items of a list; any other value is a list of itself, as in IAM's grammar.
    #[inline]
    pub(crate) fn one_or_many(self) -> impl Iterator<Item = Self> + use<'a, 't> {
        let (mut at, end) = match self.kind() {
            Kind::List => (self.at + 1, self.entry().next),
            _ => (self.at, self.at + 1),
        };
        std::iter::from_fn(move || {
            let item = self.tape.item(at).filter(|_| at < end)?;
            at = item.entry().next;
            Some(item)
        })
    }
}

/// What is JSON and refused all the same: the first such place in the order of the text.
enum Refused {
    /// A value that is no list and no object, inside too many.
    Deep(usize),
    /// A string with half a character.
    Text(Span),
}

/// A list or object that has not ended.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Its place among the entries.
    at: usize,
    object: bool,
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    entries: Vec<Entry>,
    /// The lists and objects that are open.
    open: Vec<Open>,
    deepest: usize,
    /// The first list or object inside too many.
    too_deep: Option<usize>,
    refused: Option<Refused>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        let mut entries = SPARE.try_with(Cell::take).unwrap_or_default();
        // policies have a value every ten bytes or so
        entries.reserve(text.len() / 10 + 4);
        let (bytes, open) = (text.as_bytes(), Vec::with_capacity(8));
        Self { text, bytes, at: 0, entries, open, deepest: 0, too_deep: None, refused: None }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) -> Option<u8> {
        // most values follow each other without
        match self.byte()? {
            byte if byte > b' ' => Some(byte),
            _ => self.long_space(),
        }
    }

    fn long_space(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                other => return Some(other),
            }
        }
    }

    fn document(&mut self) -> Result<(), NotJson> {
        self.value()?;
        while let Some(Open { at: container, object }) = self.open.last().copied() {
            let first = container + 1 == self.entries.len();
            let close = if object { b'}' } else { b']' };
            match self.space().ok_or(NotJson)? {
                byte if byte == close => {
                    self.at += 1;
                    self.close(container);
                    continue;
                }
                b',' if !first => {
                    self.at += 1;
                    self.space();
                }
                _ if first => {}
                _ => return Err(NotJson),
            }
            if object {
                self.key()?;
            }
            self.value()?;
        }
        if self.space().is_some() { Err(NotJson) } else { Ok(()) }
    }

    fn close(&mut self, container: usize) {
        let next = self.entries.len();
        if let Some(entry) = self.entries.get_mut(container) {
            (entry.end, entry.next) = (self.at, next);
        }
        self.open.pop();
    }

    fn key(&mut self) -> Result<(), NotJson> {
        if self.byte() != Some(b'"') {
            return Err(NotJson);
        }
        let start = self.at;
        let kind = self.string()?;
        self.push(start, kind);
        if self.space() != Some(b':') {
            return Err(NotJson);
        }
        self.at += 1;
        Ok(())
    }

    /// A value, or the beginning of a list or object.
    fn value(&mut self) -> Result<(), NotJson> {
        let byte = self.space().ok_or(NotJson)?;
        let start = self.at;
        let kind = match byte {
            b'"' => {
                self.depth_of_leaf(start);
                self.string()?
            }
            b'{' | b'[' => {
                self.at += 1;
                if self.open.len() == DEPTH_LIMIT && self.too_deep.is_none() {
                    self.too_deep = Some(start);
                }
                self.open.push(Open { at: self.entries.len(), object: byte == b'{' });
                self.deepest = self.deepest.max(self.open.len());
                if byte == b'{' { Kind::Object } else { Kind::List }
            }
            b't' => self.word(b"true", Kind::True)?,
            b'f' => self.word(b"false", Kind::False)?,
            b'n' => self.word(b"null", Kind::Null)?,
            _ => self.number()?,
        };
        if !matches!(kind, Kind::Plain | Kind::Escaped | Kind::List | Kind::Object) {
            self.depth_of_leaf(start);
        }
        self.push(start, kind);
        Ok(())
    }

    /// A value that is neither list nor object is refused inside as many as there may be.
    fn depth_of_leaf(&mut self, start: usize) {
        if self.open.len() >= DEPTH_LIMIT && self.refused.is_none() {
            self.refused = Some(Refused::Deep(start));
        }
    }

    #[inline]
    fn push(&mut self, start: usize, kind: Kind) {
        let next = self.entries.len() + 1;
        self.entries.push(Entry { start, end: self.at, next, kind });
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, NotJson> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word) {
            return Err(NotJson);
        }
        self.at = end;
        Ok(kind)
    }

    fn digits(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(NotJson) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Kind, NotJson> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
            if self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(NotJson);
            }
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Kind::Number)
    }

    /// From one quote to behind the other.
    fn string(&mut self) -> Result<Kind, NotJson> {
        let start = self.at;
        self.at += 1;
        let (mut kind, mut coded) = (Kind::Plain, false);
        loop {
            self.at += plain_bytes(self.bytes.get(self.at..).unwrap_or_default());
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    coded |= self.escape()?;
                }
                // the text ends, or a control character stands in it
                _ => return Err(NotJson),
            }
        }
        self.at += 1;
        // the code of a character may be half of one
        let half = || serde_json::from_str::<String>(self.text.get(start..self.at).unwrap_or_default()).is_err();
        if coded && self.refused.is_none() && half() {
            self.refused = Some(Refused::Text(Span::new(start, self.at)));
        }
        Ok(kind)
    }

    /// Whether it is the code of a character.
    fn escape(&mut self) -> Result<bool, NotJson> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(false)
            }
            Some(b'u') => {
                let code = self.bytes.get(self.at + 2..self.at + 6).ok_or(NotJson)?;
                self.at += 6;
                if code.iter().all(u8::is_ascii_hexdigit) { Ok(true) } else { Err(NotJson) }
            }
            _ => Err(NotJson),
        }
    }
}

/// How many bytes come before a quote, a backslash or a control character: sixteen at a time.
#[inline]
fn plain_bytes(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<16>();
    for (index, block) in blocks.iter().enumerate() {
        let block = u8x16::new(*block);
        let quote = block.simd_eq(u8x16::splat(b'"'));
        let backslash = block.simd_eq(u8x16::splat(b'\\'));
        let control = block.min(u8x16::splat(0x1F)).simd_eq(block);
        let found = (quote | backslash | control).to_bitmask();
        if found != 0 {
            return index * 16 + found.trailing_zeros() as usize;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    blocks.len() * 16 + rest.iter().position(special).unwrap_or(rest.len())
}
